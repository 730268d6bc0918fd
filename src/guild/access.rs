//! What is known about a channel, and what the bot and a member may do in it.

use super::{
    Category, ChannelId, ChannelPath, ChannelType, Decision, GuildId, Permissions, RoleId, Settings,
};

/// A channel that a command was used in or refers to, with what Discord sent about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    pub channel: ChannelId,
    /// The guild, if Discord sent it.
    pub guild: Option<GuildId>,
    pub kind: Option<ChannelType>,
    pub path: ChannelPath,
    /// The bot's permissions in the channel, if Discord sent them.
    pub bot_permissions: Option<Permissions>,
    /// Whether the channel is hidden from the bot. The other fields are unreliable then.
    pub is_hidden: bool,
    /// Whether this is a locked thread, in which only members with Manage Threads can post.
    pub is_locked: bool,
}

/// The bot's access to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelAccess {
    pub channel: ChannelId,
    /// Whether Discord confirmed that the channel belongs to the guild.
    pub is_in_guild: bool,
    pub kind: Option<ChannelType>,
    pub access: Access,
    /// The bot's permissions in the channel, if known.
    pub permissions: Option<Permissions>,
}

/// Whether the bot can post in a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Full,
    MissingPermissions(Permissions),
    /// The channel is hidden from the bot or was deleted.
    NotVisible,
    /// The channel belongs to another guild, or is a direct message.
    OtherServer,
    Unchecked(CheckFailure),
}

/// Why a check had no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckFailure {
    /// Discord rejected the request.
    Refused,
    /// Discord did not respond in time, or sent an invalid response.
    Unavailable,
}

/// The commands that a member may use, according to Server Settings, Integrations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandRights {
    /// The override that denies the member commands in general, if any.
    pub denied_by: Option<Denial>,
    /// The commands for which it is the other way around, by an override of their own.
    pub exceptions: Vec<String>,
}

/// The command permission override that denies a member a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    Channel(ChannelId),
    /// All channels without an override of their own.
    AllChannels,
    Member,
    Role(RoleId),
    /// Everyone without an override of their own.
    Everyone,
}

impl ChannelInfo {
    /// A channel about which only the id is known.
    pub const fn unknown(channel: ChannelId) -> Self {
        Self {
            channel,
            guild: None,
            kind: None,
            path: ChannelPath { thread: None, channel, category: Category::Unknown },
            bot_permissions: None,
            is_hidden: false,
            is_locked: false,
        }
    }

    /// Whether responses may be public in the channel; `None` if that depends on the category,
    /// which is unknown.
    pub fn decide(&self, settings: &Settings) -> Option<Decision> {
        settings.rules.decide(self.path)
    }

    /// The channel whose category must be loaded, if it is unknown.
    pub fn missing_category(&self) -> Option<ChannelId> {
        (self.path.category == Category::Unknown).then_some(self.path.channel)
    }
}

impl ChannelAccess {
    /// Whether Discord refused access, as opposed to failing to respond.
    pub const fn is_refused(&self) -> bool {
        matches!(self.access, Access::NotVisible | Access::OtherServer)
    }
}

/// Why an attachment could not be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownloadError {
    TooLarge,
    /// The URL does not point to Discord's CDN.
    ForeignHost,
    /// The download failed or timed out.
    Unavailable,
}
