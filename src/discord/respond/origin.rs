//! Where an interaction comes from, as far as the answer depends on it.

use std::num::NonZeroU64;

use crate::discord::incoming::Interaction;
use crate::guild::{ChannelId, ChannelInfo, GuildId, Permissions};

#[derive(Clone, Copy)]
pub(super) struct InteractionOrigin<'a> {
    pub interaction: &'a Interaction,
    /// Who decides whether the answer may be public.
    pub policy: VisibilityPolicy,
}

/// Who decides whether an answer may be public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VisibilityPolicy {
    /// A direct message or a group has no moderators.
    Nobody,
    /// Discord, as the guild has not added the bot: it allows or hides answers of user-installed
    /// apps.
    Discord { may_share: bool },
    /// The guild's moderators.
    Moderators(GuildId, ChannelInfo),
}

impl<'a> InteractionOrigin<'a> {
    pub(super) fn new(interaction: &'a Interaction) -> Self {
        Self { interaction, policy: policy(interaction) }
    }

    /// Whether the response may have files, by the app's permissions in the channel.
    pub(super) fn may_attach(&self) -> bool {
        self.interaction.app_permissions.is_none_or(Permissions::attach_files)
    }

    /// The guild whose moderators decide, and the channel there.
    pub(super) fn moderated(&self) -> Option<(GuildId, &ChannelInfo)> {
        match &self.policy {
            VisibilityPolicy::Moderators(guild, location) => Some((*guild, location)),
            VisibilityPolicy::Nobody | VisibilityPolicy::Discord { .. } => None,
        }
    }

    pub(super) fn guild(&self) -> Option<GuildId> {
        self.moderated().map(|(guild, _)| guild)
    }
}

fn policy(interaction: &Interaction) -> VisibilityPolicy {
    let Some(guild) = interaction.guild_id else {
        return VisibilityPolicy::Nobody;
    };
    if interaction.installed_in_guild == Some(false) {
        let may_share = interaction.member_permissions.is_some_and(Permissions::use_external_apps);
        return VisibilityPolicy::Discord { may_share };
    }
    VisibilityPolicy::Moderators(guild, current_location(interaction))
}

/// The channel of the interaction.
fn current_location(interaction: &Interaction) -> ChannelInfo {
    let channel = interaction.channel_id.unwrap_or(ChannelId::from(NonZeroU64::MIN));
    let location = interaction.channel.unwrap_or(ChannelInfo::unknown(channel));
    ChannelInfo { bot_permissions: interaction.app_permissions, ..location }
}
