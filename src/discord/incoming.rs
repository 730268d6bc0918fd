//! What Discord sends: one lenient reader of interactions from raw JSON, for every transport.
//!
//! Discord adds fields and types without notice, and whoever gets no answer within three seconds is told that the bot did not
//! respond. So a missing field, an unknown one, one of another type and a number nobody has heard of are all read as what they
//! are: absent, ignored, or [`InteractionData::Unknown`]. Only what is no JSON, or names nobody to answer, is [`InvalidInteraction`].
//!
//! What people type is in here, and is shown by no `Debug`: it gives the shape and the lengths alone.

mod event;
mod interaction;
mod modal;
mod options;
mod resolved;
mod shape;
mod target;

use super::json::Object;
use crate::guild::{ApplicationId, ChannelId, GuildId, InteractionId, Permissions, UserId};
use std::borrow::Cow;
use std::fmt;

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

/// [Something that a person did](https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object) and
/// that waits for an answer. Each field is `None` where Discord did not send it, or sent something else in its place.
#[derive(Clone, Debug)]
pub struct Interaction<'a> {
    /// Its id; 0 for a ping without one.
    pub id: Option<InteractionId>,
    /// The right to answer it; empty for a ping without one.
    pub token: Token<'a>,
    /// The application that was asked; 0 if that was not said.
    pub application_id: Option<ApplicationId>,
    /// The server; absent in direct messages.
    pub guild_id: Option<GuildId>,
    /// The channel.
    pub channel_id: Option<ChannelId>,
    /// Where: 0 a server, 1 a direct message with the bot, 2 another private channel.
    pub context: Option<u8>,
    /// Who did it.
    pub user_id: Option<UserId>,
    /// The language of their Discord, as `en-US`.
    pub locale: Option<Cow<'a, str>>,
    /// What the bot may do there, as bits.
    pub app_permissions: Option<Permissions>,
    /// What the one who did it may do there, as bits; absent in direct messages.
    pub member_permissions: Option<Permissions>,
    /// Whether the server itself has the app; if not, only a user has it.
    pub installed_in_guild: Option<bool>,
    /// The channel as Discord shows it.
    pub channel: Option<Channel>,
    /// What came along with it; read when it is asked for.
    pub resolved: Resolved<'a>,
    /// What is asked.
    pub asked: InteractionData<'a>,
}

/// What an interaction asks.
#[derive(Clone, PartialEq)]
pub enum InteractionData<'a> {
    /// Discord, whether there is anybody.
    Ping,
    /// A slash command was run.
    Command {
        /// Its name.
        name: Cow<'a, str>,
        /// The group and the subcommand, where it has such.
        path: Vec<Cow<'a, str>>,
        /// The options of the command, or of the subcommand.
        options: Vec<CommandOption<'a>>,
    },
    /// A message command was run.
    Message {
        /// Its name.
        name: Cow<'a, str>,
        /// What the message says, with what it forwards, embeds and displays.
        content: Cow<'a, str>,
    },
    /// An option of a slash command is being typed.
    Autocomplete {
        /// The command's name.
        name: Cow<'a, str>,
        /// The group and the subcommand, where it has such.
        path: Vec<Cow<'a, str>>,
        /// What there is of the options so far, the one that is being typed among them.
        options: Vec<CommandOption<'a>>,
        /// The name of the one that is being typed.
        focused: Option<Cow<'a, str>>,
    },
    /// A button was pressed, or something was chosen in a menu.
    Component {
        /// Which; empty if that was not said.
        custom_id: Cow<'a, str>,
        /// What was chosen: values of options, or ids.
        values: Vec<Cow<'a, str>>,
        /// The message that it is on.
        message: SourceMessage,
    },
    /// A form was sent.
    Modal {
        /// Which; empty if that was not said.
        custom_id: Cow<'a, str>,
        /// The inputs by `custom_id`, in their order: texts, values, ids, `true` or `false`. Where several were chosen, each is one
        /// pair; where nothing was, there is none.
        values: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    },
    /// Something newer than this program, or that it does not offer, such as a user command.
    Unknown {
        /// The type of the interaction, as Discord numbers it; 0 if that was not said.
        kind: u64,
    },
}

/// The message that a component is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceMessage {
    /// Whether only one person sees it.
    pub ephemeral: bool,
    /// Whose interaction it answers; absent if it answers none.
    pub asked_by: Option<UserId>,
}

/// An option of a command with its value.
#[derive(Clone, PartialEq)]
pub struct CommandOption<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its value, by what was sent: while an option is being typed, a number comes as text, and may be none.
    pub value: Value<'a>,
}

/// The value of an option.
#[derive(Clone, PartialEq)]
pub enum Value<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction, or too large for [`Value::Whole`].
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A user, role, channel or attachment.
    Id(u64),
    /// None, or one of a shape that no option has had so far.
    Other,
}

/// The right to answer one interaction, good for 15 minutes. Whoever has it speaks for the bot, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token<'a>(Cow<'a, str>);

impl Token<'_> {
    /// The token itself, for the address of an answer and nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, to be kept when the interaction is gone.
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
