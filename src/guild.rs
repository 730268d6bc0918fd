//! What the moderators of a server decide: where the bot may post, and how each decision is changed and logged.
//!
//! Plain data and pure functions over it. `store` keeps it, `admin` shows and changes it, `discord` obeys it.

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub rules: Rules,
    pub elsewhere: Elsewhere,
    /// The most public answers in a channel within a minute; 0 for any number.
    pub pace: u16,
    /// Where the bot reports that a digest failed.
    pub failure_channel: Option<ChannelId>,
    /// Whether answers and digests come with pictures.
    pub pictures: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rules: Rules::default(),
            elsewhere: Elsewhere::default(),
            pace: 0,
            failure_channel: None,
            pictures: true,
        }
    }
}

/// What happens to a question where answers may not be public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elsewhere {
    /// Only the one who asks sees the answer.
    #[default]
    Private,
    Refuse,
}

/// The highest pace; more public answers a minute are no limit.
pub const PACE_MAX: u16 = 60;

impl Elsewhere {
    pub const ALL: [Self; 2] = [Self::Private, Self::Refuse];

    /// Its name in the option `mode`, in the database and in exported files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Refuse => "refuse",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The other of the two.
    pub const fn other(self) -> Self {
        match self {
            Self::Private => Self::Refuse,
            Self::Refuse => Self::Private,
        }
    }
}
