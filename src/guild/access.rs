//! What is known of a channel, and what the bot and a member may do there.

use super::{
    Category, ChannelId, ChannelPath, ChannelType, Decision, GuildId, Permissions, RoleId, Settings,
};

/// A channel that a command is used in or names, as far as Discord has shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The channel or thread.
    pub channel: ChannelId,
    /// The server that it belongs to, where Discord said.
    pub guild: Option<GuildId>,
    pub kind: Option<ChannelType>,
    pub path: ChannelPath,
    /// The bot's permissions there, where Discord said.
    pub bot: Option<Permissions>,
    /// Whether Discord hides it from the bot. Nothing else is to be derived from it then.
    pub is_hidden: bool,
    /// Whether it is a thread that was locked: only who can manage threads posts there.
    pub is_locked: bool,
}

/// The bot's access to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelAccess {
    pub channel: ChannelId,
    /// Whether Discord said that it belongs to the server.
    pub is_of_guild: bool,
    pub kind: Option<ChannelType>,
    pub access: Access,
    /// All of the bot's permissions there, if they could be found out.
    pub permissions: Option<Permissions>,
}

/// Whether the bot can post in a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Full,
    Lacks(Permissions),
    /// Discord does not show it: it is hidden, or gone.
    NotVisible,
    /// It belongs to another server, or is a direct message.
    OtherServer,
    Unchecked(Unchecked),
}

/// Why something could not be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    /// Discord refused to say.
    Refused,
    /// Discord did not answer in time, or with nothing that can be read.
    Away,
}

/// Who may use the commands, by Server Settings, Integrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// It could not be found out.
    Unchecked,
    Known {
        /// What keeps the member from all commands, if anything does.
        all: Option<Denial>,
        /// The commands that are decided otherwise than the rest, and whether they may be used.
        others: Vec<(String, bool)>,
    },
}

/// The override that keeps somebody from a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    Channel(ChannelId),
    /// All channels but those that are named.
    AllChannels,
    Member,
    Role(RoleId),
    /// Everyone but those who are named.
    Everyone,
}

impl Location {
    /// A channel of which only the id is known.
    pub const fn unknown(channel: ChannelId) -> Self {
        Self {
            channel,
            guild: None,
            kind: None,
            path: ChannelPath { thread: None, channel, category: Category::Unknown },
            bot: None,
            is_hidden: false,
            is_locked: false,
        }
    }

    /// Whether answers may be public there; `None` where that depends on a category that is not known.
    pub fn decide(&self, settings: &Settings) -> Option<Decision> {
        settings.rules.decide(self.path)
    }

    /// The channel whose category has to be asked for, if it is not known.
    pub fn without_category(&self) -> Option<ChannelId> {
        (self.path.category == Category::Unknown).then_some(self.path.channel)
    }
}

impl ChannelAccess {
    /// Whether Discord said no.
    pub const fn is_refused(&self) -> bool {
        matches!(self.access, Access::NotVisible | Access::OtherServer)
    }
}

/// Why a file could not be fetched from Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    TooLong,
    /// It is not where Discord keeps files.
    Elsewhere,
    /// It did not come in time.
    Away,
}
