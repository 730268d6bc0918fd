//! Lenient parser for what Discord sends.
//!
//! Discord adds fields and types without notice, and an interaction that is not answered within
//! three seconds fails for the member. So a field of an unexpected type counts as absent, and an
//! unknown interaction becomes [`InteractionData::Unknown`]. Only invalid JSON, or an interaction
//! without what a response needs, is [`InvalidInteraction`].
//!
//! The `Debug` output contains no user input.

mod event;
mod interaction;
mod message_text;
mod modal;
mod options;
pub(super) mod resolved;

use std::fmt;

use secrecy::SecretString;
use strum::IntoStaticStr;
use thiserror::Error;

use crate::guild::{
    ApplicationId, ChannelId, ChannelInfo, GuildId, InteractionId, Permissions, UserId,
};
use crate::json::Object;

pub use event::{Event, parse_event};
pub use resolved::{Attachment, Resolved};

/// Parses an interaction.
///
/// # Errors
///
/// Fails if the interaction cannot be answered: it is not a JSON object, or it lacks the id or
/// token that a response needs. A ping needs neither.
pub fn parse(json: &str) -> Result<Interaction, InvalidInteraction> {
    let outer = Object::parse(json).map_err(|error| InvalidInteraction::NotJson {
        line: error.line(),
        column: error.column(),
    })?;
    interaction::read(&outer)
}

/// [An interaction](https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object).
#[derive(Clone, Debug)]
pub struct Interaction {
    /// `None` only for a ping.
    pub id: Option<InteractionId>,
    /// For responding, valid for 15 minutes. Whoever has it can speak as the bot. Empty only for a
    /// ping.
    pub token: SecretString,
    pub application_id: Option<ApplicationId>,
    /// `None` in direct messages.
    pub guild_id: Option<GuildId>,
    pub channel_id: Option<ChannelId>,
    pub user_id: Option<UserId>,
    /// The language of the user's Discord client, such as `en-US`.
    pub locale: Option<String>,
    /// The bot's permissions in the channel.
    pub app_permissions: Option<Permissions>,
    /// The member's permissions in the channel; `None` in direct messages.
    pub member_permissions: Option<Permissions>,
    /// Whether the app is installed to the guild, rather than only to the user.
    pub installed_in_guild: Option<bool>,
    pub channel: Option<ChannelInfo>,
    pub resolved: Resolved,
    pub data: InteractionData,
}

#[derive(Clone, PartialEq, IntoStaticStr)]
pub enum InteractionData {
    Ping,
    Command {
        /// The name with the subcommand group and subcommand, if any: `config channels allow`.
        name: String,
        options: Vec<CommandOption>,
    },
    MessageCommand {
        name: String,
        /// The text of the message, including forwarded messages, embeds and components.
        content: String,
        /// The names of its files and buttons, one a line.
        names: String,
    },
    Autocomplete {
        /// As that of a command.
        name: String,
        /// All options entered so far, including the focused one.
        options: Vec<CommandOption>,
        /// The name of the option being typed.
        focused: Option<String>,
    },
    Component {
        /// Empty if missing.
        custom_id: String,
        /// The selected values: option values or ids.
        values: Vec<String>,
        message: SourceMessage,
    },
    Modal {
        /// Empty if missing.
        custom_id: String,
        /// `custom_id` and value of each input, in order. Values are texts, option values, ids, or
        /// `true`/`false`. An input with several values occurs several times, an empty one not at
        /// all.
        values: Vec<(String, String)>,
    },
    /// An interaction type newer than this program, or one that the bot does not offer, such as a
    /// user command.
    Unknown {
        /// The interaction type; 0 if missing.
        kind: u64,
    },
}

/// The kind of data, without the user's input.
impl fmt::Debug for InteractionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.into())
    }
}

/// The message that a component belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceMessage {
    pub ephemeral: bool,
    /// The user whose interaction the message responds to, if it is such a response.
    pub invoker: Option<UserId>,
}

#[derive(Clone, PartialEq)]
pub struct CommandOption {
    pub name: String,
    /// The value as text; `None` if it is missing, or of an unknown type.
    pub value: Option<String>,
}

/// Why an interaction cannot be answered. Contains nothing from the interaction itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidInteraction {
    /// Line and column of the error, starting at 1.
    #[error("not a JSON object (line {line}, column {column})")]
    NotJson { line: usize, column: usize },
    #[error("an interaction without an id")]
    MissingId,
    #[error("an interaction without a token")]
    MissingToken,
}
