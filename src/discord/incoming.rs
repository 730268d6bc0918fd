//! Reads what Discord sends, leniently and from raw JSON.
//!
//! Discord adds fields and types without notice, and an interaction without an answer within three seconds fails for its member. So a
//! missing field and one of another type count as absent, and an unknown type is [`InteractionData::Unknown`]. Only what is no JSON, or
//! has nothing to answer to, is [`InvalidInteraction`].
//!
//! `Debug` shows nothing that people typed, only its shape and length.

mod event;
mod interaction;
mod message_text;
mod modal;
mod options;
mod redacted;
mod resolved;

use std::borrow::Cow;
use std::fmt;

use super::json::Object;
use crate::guild::{ApplicationId, ChannelId, GuildId, InteractionId, Permissions, UserId};

pub use event::{Event, parse_event};
pub use resolved::{Attachment, Channel, Member, Resolved, Role};

/// Reads an interaction.
///
/// # Errors
///
/// If it cannot be answered at all: it is no JSON object, or the id or the token is missing that an answer needs. Only a ping needs
/// neither, as it is answered in place.
pub fn parse(json: &str) -> Result<Interaction<'_>, InvalidInteraction> {
    let outer = Object::parse(json).map_err(|error| InvalidInteraction::NotJson {
        line: error.line(),
        column: error.column(),
    })?;
    interaction::read(&outer)
}

/// [An interaction](https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object).
#[derive(Clone, Debug)]
pub struct Interaction<'a> {
    /// Absent only in a ping.
    pub id: Option<InteractionId>,
    /// Empty only in a ping.
    pub token: Token<'a>,
    pub application_id: Option<ApplicationId>,
    /// Absent in direct messages.
    pub guild_id: Option<GuildId>,
    pub channel_id: Option<ChannelId>,
    /// 0 a server, 1 a direct message with the bot, 2 another private channel.
    pub context: Option<u8>,
    pub user_id: Option<UserId>,
    /// The language of the user's Discord client, such as `en-US`.
    pub locale: Option<Cow<'a, str>>,
    /// The bot's permissions in the channel.
    pub app_permissions: Option<Permissions>,
    /// The member's permissions in the channel; absent in direct messages.
    pub member_permissions: Option<Permissions>,
    /// Whether the app is installed to the server, and not only to the user.
    pub installed_in_guild: Option<bool>,
    pub channel: Option<Channel>,
    pub resolved: Resolved<'a>,
    pub data: InteractionData<'a>,
}

#[derive(Clone, PartialEq)]
pub enum InteractionData<'a> {
    Ping,
    Command {
        name: Cow<'a, str>,
        /// The subcommand group and the subcommand, where it has such.
        path: Vec<Cow<'a, str>>,
        options: Vec<CommandOption<'a>>,
    },
    MessageCommand {
        name: Cow<'a, str>,
        /// The text of the message, with what it forwards, embeds and displays.
        content: Cow<'a, str>,
    },
    Autocomplete {
        name: Cow<'a, str>,
        /// The subcommand group and the subcommand, where it has such.
        path: Vec<Cow<'a, str>>,
        /// The options so far, the one that is being typed among them.
        options: Vec<CommandOption<'a>>,
        /// The name of the option that is being typed.
        focused: Option<Cow<'a, str>>,
    },
    Component {
        /// Empty if it is missing.
        custom_id: Cow<'a, str>,
        /// What was selected: values of options, or ids.
        values: Vec<Cow<'a, str>>,
        message: SourceMessage,
    },
    Modal {
        /// Empty if it is missing.
        custom_id: Cow<'a, str>,
        /// The inputs in order, by `custom_id`: texts, values, ids, `true` or `false`. An input with several values is in here several
        /// times, and one without any not at all.
        values: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    },
    /// Something newer than this program, or that it does not offer, such as a user command.
    Unknown {
        /// The type of the interaction; 0 if it is missing.
        kind: u64,
    },
}

/// The message that a component is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceMessage {
    pub ephemeral: bool,
    /// Whose interaction the message answers, if it answers one.
    pub asked_by: Option<UserId>,
}

#[derive(Clone, PartialEq)]
pub struct CommandOption<'a> {
    pub name: Cow<'a, str>,
    pub value: OptionValue<'a>,
}

/// The value of an option, by what was sent: an autocomplete sends a number as a string, which may hold none.
#[derive(Clone, PartialEq)]
pub enum OptionValue<'a> {
    String(Cow<'a, str>),
    Integer(i64),
    /// A number with a fraction, or too large for [`OptionValue::Integer`].
    Number(f64),
    Boolean(bool),
    /// Of a user, role, channel or attachment.
    Id(u64),
    /// None, or one of a shape that no option has had so far.
    Other,
}

/// The token to answer an interaction with, valid for 15 minutes. Whoever has it speaks for the bot, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token<'a>(Cow<'a, str>);

impl Token<'_> {
    /// The token itself, for the path of an answer and nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_owned(self) -> Token<'static> {
        Token(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Why an interaction cannot be answered. It says nothing of what the interaction holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidInteraction {
    /// It is no JSON object; line and column where that shows, from 1.
    NotJson {
        line: usize,
        column: usize,
    },
    MissingId,
    MissingToken,
}

impl fmt::Display for InvalidInteraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { line, column } => {
                write!(f, "not a JSON object (line {line}, column {column})")
            }
            Self::MissingId => f.write_str("an interaction without an id"),
            Self::MissingToken => f.write_str("an interaction without a token"),
        }
    }
}

impl std::error::Error for InvalidInteraction {}
