//! A guild's settings: where the bot may post publicly, and how settings are changed and logged.
//!
//! Plain data and pure functions. `store` persists it, `admin` displays and changes it, `discord`
//! enforces it.

mod access;
mod change;
mod id;
mod permissions;
mod rules;
pub mod settings_file;

pub use access::{
    Access, ChannelAccess, ChannelInfo, CheckFailure, CommandRights, Denial, DownloadError,
};
pub use change::{Change, Difference, LogLine, SettingValue};
pub use id::{
    ApplicationId, ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId, id_from_number,
    parse_id,
};
pub use permissions::{
    ChannelType, POSTABLE, Permissions, can_manage_server, effective_permissions, is_forum,
    is_thread, missing_permissions, permission_names, permissions_to_post,
};
pub use rules::{Category, ChannelPath, Decision, RULES_MAX, Rule, Rules};

/// The settings of a guild that are needed for every response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub rules: Rules,
    pub elsewhere: Elsewhere,
    /// Maximum number of public responses per channel and minute; 0 means unlimited.
    pub pace: u16,
    /// The channel where failed digests are reported.
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

/// What happens to a command in a channel without public responses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Elsewhere {
    /// The response is ephemeral.
    #[default]
    Private,
    Refuse,
}

/// Maximum for `pace`. More public responses per minute would not be a meaningful limit.
pub const PACE_MAX: u16 = 60;

impl Elsewhere {
    /// The value of the option `mode`, also used in the database and in exported files.
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub const fn other(self) -> Self {
        match self {
            Self::Private => Self::Refuse,
            Self::Refuse => Self::Private,
        }
    }
}
