//! Checks of the channels and roles that a moderator names: they belong to the server, and the bot can post there.

use super::{AdminContext, mentions};
use crate::card::{Filling, Mention, Refusal, Text};
use crate::guild::{
    Access, ChannelAccess, ChannelId, ChannelType, Permissions, RoleId, effective_permissions,
    is_forum, permission_names,
};

/// The key of the refusal where Discord did not say whether something belongs to the server.
pub(super) const UNVERIFIED: &str = "refuse-unverified";

/// Whether a channel only holds other channels or threads.
pub(super) fn holds_no_messages(kind: ChannelType) -> bool {
    kind == ChannelType::Category || is_forum(kind)
}

/// Whether it is known that other servers cannot follow the channel.
pub(super) const fn is_no_announcement_channel(kind: ChannelType) -> bool {
    !matches!(kind, ChannelType::News | ChannelType::Unknown(_))
}

/// Refuses channels that nothing can be posted in.
pub(super) fn require_postable(
    context: &AdminContext<'_>,
    access: &ChannelAccess,
) -> Result<(), Refusal> {
    let location = context.asked.location(access.channel);
    // What Discord shows of a channel that a moderator names goes before what it shows the bot.
    if location.kind.or(access.kind).is_some_and(holds_no_messages) {
        return Err(about("refuse-not-postable", access.channel));
    }
    let can_manage = |granted| effective_permissions(granted).manage_threads();
    if location.is_locked && !access.permissions.is_some_and(can_manage) {
        return Err(about("refuse-locked", access.channel));
    }
    Ok(())
}

/// Refuses channels that the bot cannot post in; returns a note about those that could not be checked.
pub(super) fn require_access(
    context: &AdminContext<'_>,
    all: &[ChannelAccess],
) -> Result<Option<Text>, Refusal> {
    refuse_other_servers(all)?;
    let channels = |is_meant: fn(&Access) -> bool| -> Vec<ChannelId> {
        all.iter().filter(|one| is_meant(&one.access)).map(|one| one.channel).collect()
    };
    let hidden = channels(|access| matches!(access, Access::NotVisible));
    if !hidden.is_empty() {
        return Err(Refusal::new("refuse-unseen").with("channels", mentions(&hidden)));
    }
    let mut lacking = None;
    for ChannelAccess { channel, access, .. } in all {
        if let Access::Lacks(permissions) = access {
            let refusal = lacking.unwrap_or(Refusal::new("refuse-lacks"));
            lacking = Some(refusal.item("refuse-lacks.row", lacks(*channel, *permissions)));
        }
    }
    if let Some(refusal) = lacking {
        return Err(refusal);
    }
    let unchecked = channels(|access| matches!(access, Access::Unchecked(_)));
    let note = || context.text("config-unchecked", &[("channels", mentions(&unchecked))]);
    Ok((!unchecked.is_empty()).then(note))
}

/// The places of the sentence that names a channel and the permissions that the bot lacks there.
fn lacks(channel: ChannelId, permissions: Permissions) -> Vec<(&'static str, Filling<'static>)> {
    vec![
        ("channel", Mention::Channel(channel).into()),
        ("permissions", permission_names(permissions).into()),
    ]
}

/// Refuses channels that are known to belong to another server.
pub(super) fn refuse_other_servers(all: &[ChannelAccess]) -> Result<(), Refusal> {
    let others = all.iter().filter(|one| one.access == Access::OtherServer);
    let others: Vec<Mention> = others.map(|one| Mention::Channel(one.channel)).collect();
    match others.is_empty() {
        true => Ok(()),
        false => Err(other_server(others)),
    }
}

/// Refuses a channel to post in that is not known to belong to the server.
pub(super) fn require_ownership(access: &ChannelAccess) -> Result<(), Refusal> {
    match access.is_of_guild {
        true => Ok(()),
        false => Err(unverified(vec![Mention::Channel(access.channel)])),
    }
}

/// Refuses a role to mention that is not known to be one of the server's, and @everyone, which has the server's id.
pub(super) async fn require_mentionable(
    context: &AdminContext<'_>,
    role: RoleId,
) -> Result<(), Refusal> {
    if role.get() == context.asked.guild.get() {
        return Err(Refusal::new("refuse-everyone"));
    }
    if context.asked.role.is_some_and(|(shown, _)| shown == role) {
        return Ok(());
    }
    match context.roles().await {
        Some(roles) if roles.contains(&role) => Ok(()),
        Some(_) => Err(other_server(vec![Mention::Role(role)])),
        None => Err(unverified(vec![Mention::Role(role)])),
    }
}

/// The refusal of a channel, by the key of its sentence.
pub(super) fn about(key: &'static str, channel: ChannelId) -> Refusal {
    Refusal::new(key).with("channel", Mention::Channel(channel))
}

fn other_server(what: Vec<Mention>) -> Refusal {
    Refusal::new("refuse-other-server").with("what", what)
}

/// The refusal where Discord did not say whether something belongs to the server.
pub(super) fn unverified(what: Vec<Mention>) -> Refusal {
    Refusal::new(UNVERIFIED).with("what", what)
}
