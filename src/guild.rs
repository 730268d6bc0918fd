//! What the moderators of a server decide: where the bot may speak, and how each decision is changed.
//!
//! Plain data and pure functions over it. `store` keeps it, `commands::config` shows and changes it, `discord` obeys it.

mod access;
mod change;
mod id;
mod permissions;
mod rules;
pub mod settings_file;

pub use access::{Access, ChannelAccess, Denial, FileFault, Location, Rights, Unchecked};
pub use change::{Change, Difference, LogLine, Value};
pub use id::{
    ApplicationId, ChannelId, GuildId, InteractionId, MessageId, ParseIdError, RoleId, UserId,
    id_from_number, parse_id,
};
pub use permissions::{
    ChannelType, Permissions, effective_permissions, is_forum, is_thread, missing_permissions,
    permission_names, permissions_to_post,
};
pub use rules::{Category, ChannelPath, Decision, RULES_MAX, Rule, Rules};

/// The settings of a server that every answer there needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where answers may be public.
    pub rules: Rules,
    /// What happens where they may not.
    pub elsewhere: Elsewhere,
    /// How many public answers there may be in a channel within a minute, before they are private; 0: any number.
    pub pace: u16,
    /// Where the bot says that a digest failed.
    pub trouble: Option<ChannelId>,
}

/// What happens to a question where answers may not be public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elsewhere {
    /// It is answered to the one who asked alone.
    #[default]
    Private,
    /// It is refused, in words.
    Refuse,
}

/// The most public answers a minute that a pace can be set to; more is no limit.
pub const PACE_MAX: u16 = 60;

impl Elsewhere {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Private, Self::Refuse];

    /// What the option `mode` calls it, and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Refuse => "refuse",
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Private => Self::Refuse,
            Self::Refuse => Self::Private,
        }
    }
}
