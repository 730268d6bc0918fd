//! Checks that the channels and roles named by a moderator belong to the guild, and that the bot
//! can post there.

use super::AdminContext;
use crate::card::{Mention, Refusal, Text};
use crate::guild::{
    Access, ChannelAccess, ChannelId, ChannelType, RoleId, effective_permissions, is_forum,
    permission_names,
};

/// The message key of the refusal if Discord did not confirm that something belongs to the guild.
pub(super) const UNVERIFIED: &str = "refuse-unverified";

/// Whether the channel can only contain channels or threads.
pub(super) fn holds_no_messages(kind: ChannelType) -> bool {
    kind == ChannelType::Category || is_forum(kind)
}

/// Whether the channel's type rules out that other guilds follow it.
pub(super) const fn is_no_announcement_channel(kind: ChannelType) -> bool {
    !matches!(kind, ChannelType::News | ChannelType::Unknown(_))
}

/// Refuses a channel that is not confirmed to belong to the guild, and one in which the bot cannot
/// post, or not publish if that is wanted. Returns a note if the bot's permissions could not be checked.
pub(super) async fn require_postable(
    context: &AdminContext<'_>,
    channel: ChannelId,
    is_published: bool,
) -> Result<(ChannelAccess, Option<Text>), Refusal> {
    let location = context.guild_context.location(channel);
    let access = context.check_access(&location).await;
    // The channel type sent with the interaction takes precedence over the one loaded as the bot.
    let kind = location.kind.or(access.kind);
    if kind.is_some_and(holds_no_messages) {
        return Err(channel_refusal("refuse-not-postable", channel));
    }
    let can_manage = |granted| effective_permissions(granted).manage_threads();
    if location.is_locked && !access.permissions.is_some_and(can_manage) {
        return Err(channel_refusal("refuse-locked", channel));
    }
    if is_published && kind.is_some_and(is_no_announcement_channel) {
        return Err(channel_refusal("refuse-no-announcements", channel));
    }
    let unchecked = require_access(context, std::slice::from_ref(&access))?;
    if !access.is_in_guild {
        return Err(unverified_refusal(vec![Mention::Channel(channel)]));
    }
    Ok((access, unchecked))
}

/// Refuses channels in which the bot cannot post. Returns a note about channels that could not be
/// checked.
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
        return Err(Refusal::new("refuse-unseen").with("channels", hidden.as_slice()));
    }
    let mut lacking = None;
    for ChannelAccess { channel, access, .. } in all {
        if let Access::MissingPermissions(permissions) = access {
            let refusal = lacking.unwrap_or(Refusal::new("refuse-lacks"));
            let channel = ("channel", Mention::Channel(*channel).into());
            let permissions = ("permissions", permission_names(*permissions).into());
            lacking = Some(refusal.item("refuse-lacks.row", vec![channel, permissions]));
        }
    }
    if let Some(refusal) = lacking {
        return Err(refusal);
    }
    let unchecked = channels(|access| matches!(access, Access::Unchecked(_)));
    let note = || context.text("config-unchecked", &[("channels", unchecked.as_slice().into())]);
    Ok((!unchecked.is_empty()).then(note))
}

/// Refuses channels that are known to belong to another guild.
pub(super) fn refuse_other_servers(all: &[ChannelAccess]) -> Result<(), Refusal> {
    let others = all.iter().filter(|one| one.access == Access::OtherServer);
    let others: Vec<Mention> = others.map(|one| Mention::Channel(one.channel)).collect();
    match others.is_empty() {
        true => Ok(()),
        false => Err(other_server_refusal(others)),
    }
}

/// Refuses a role that is not confirmed to be one of the guild's, and @everyone, whose id is the
/// guild's.
pub(super) async fn require_mentionable(
    context: &AdminContext<'_>,
    role: RoleId,
) -> Result<(), Refusal> {
    if role.get() == context.guild_context.guild.get() {
        return Err(Refusal::new("refuse-everyone"));
    }
    if context.guild_context.role.is_some_and(|(shown, _)| shown == role) {
        return Ok(());
    }
    match context.load_roles().await {
        Some(roles) if roles.contains_key(&role) => Ok(()),
        Some(_) => Err(other_server_refusal(vec![Mention::Role(role)])),
        None => Err(unverified_refusal(vec![Mention::Role(role)])),
    }
}

/// A refusal about a channel, with this message key.
pub(super) fn channel_refusal(key: &'static str, channel: ChannelId) -> Refusal {
    Refusal::new(key).with("channel", Mention::Channel(channel))
}

fn other_server_refusal(what: Vec<Mention>) -> Refusal {
    Refusal::new("refuse-other-server").with("what", what)
}

/// The refusal if Discord did not confirm that something belongs to the guild.
pub(super) fn unverified_refusal(what: Vec<Mention>) -> Refusal {
    Refusal::new(UNVERIFIED).with("what", what)
}
