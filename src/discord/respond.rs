//! The one way from an interaction to its answer, for every transport: run the command, render what it says.

use std::borrow::Cow;

use bytes::Bytes;

use super::parse::{Asked, Given, Interaction, Pressed, Value};
use super::ready::Ready;
use super::render::{Shown, render, render_sources};
use super::wire::{Callback, Choice, Message, NEW_MESSAGE, UPDATE_MESSAGE};
use crate::action::{Action, Verb, decode_request};
use crate::answer::{Card, Refusal};
use crate::choices::choices;
use crate::commands;
use crate::library::Library;
use crate::lookup;
use crate::request::{PRIVATE, Request};

/// The name of the message command.
pub const LOOK_UP: &str = "Look up in Dossier";

/// The permission to show the answers of one's own apps to everyone:
/// <https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags>.
const USE_EXTERNAL_APPS: u64 = 1 << 50;

/// The bytes of a callback, as most are: room that need not grow while it is written.
const CALLBACK_BYTES: usize = 4_096;

/// An answer that is ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The callback as JSON.
    pub body: Bytes,
    /// What is to be done once it has been sent.
    pub then: Then,
}

/// What follows a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Nothing,
    /// The message that was pressed on is deleted.
    DeleteOriginal,
}

/// What answers interactions: the library, and the answers that were made at start.
pub struct Responder {
    library: Library,
    ready: Ready,
}

impl Responder {
    /// Makes ready what can be made at start.
    pub fn new(library: Library) -> Self {
        let ready = Ready::of(&library);
        Self { library, ready }
    }

    /// What is answered from.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Answers an interaction. There is an answer to everything, and none of them waits.
    pub fn respond(&self, interaction: &Interaction<'_>) -> Reply {
        let prepared = match &interaction.asked {
            Asked::Command {
                name,
                path,
                options,
            } if path.is_empty() => self.prepared(name, options),
            Asked::Component {
                custom_id,
                values,
                message,
            } => self.prepared_for(interaction, custom_id, values, message),
            _ => None,
        };
        prepared.unwrap_or_else(|| respond(&self.library, interaction))
    }

    /// The public answer to a command, if it was made at start.
    fn prepared(&self, name: &str, options: &[Given<'_>]) -> Option<Reply> {
        let is_text = |option: &Given<'_>| matches!(option.value, Value::Text(_));
        let request = options
            .iter()
            .all(is_text)
            .then(|| request(name, options))?;
        self.ready
            .message(&request)
            .map(|message| prepared(NEW_MESSAGE, message))
    }

    /// What a public message becomes by a press of the one who asked for it, if that was made at start.
    fn prepared_for(
        &self,
        interaction: &Interaction<'_>,
        custom_id: &str,
        values: &[Cow<'_, str>],
        message: &Pressed,
    ) -> Option<Reply> {
        let action = Action::decode(custom_id)
            .filter(|_| !message.ephemeral && is_own(interaction, message))?;
        let request = match action.verb {
            Verb::Previous | Verb::Next | Verb::Open(_) => action.request,
            Verb::Menu(_) => decode_request(values.first()?)?,
            Verb::Sources(_) | Verb::Share | Verb::Delete => return None,
        };
        self.ready
            .message(&request)
            .map(|message| prepared(UPDATE_MESSAGE, message))
    }
}

/// A callback around a message that is JSON already.
fn prepared(kind: u8, message: &[u8]) -> Reply {
    let mut body = Vec::with_capacity(message.len() + 24);
    body.extend_from_slice(format!("{{\"type\":{kind},\"data\":").as_bytes());
    body.extend_from_slice(message);
    body.push(b'}');
    Reply {
        body: body.into(),
        then: Then::Nothing,
    }
}

/// Whether the message that was pressed on was asked for by the one who pressed.
fn is_own(interaction: &Interaction<'_>, message: &Pressed) -> bool {
    message.ephemeral || (message.asked_by.is_some() && message.asked_by == interaction.user_id)
}

fn respond(library: &Library, interaction: &Interaction<'_>) -> Reply {
    let place = Place::of(interaction);
    let (callback, then) = match &interaction.asked {
        Asked::Ping => (Callback::PONG, Then::Nothing),
        Asked::Command {
            name,
            path,
            options,
        } if path.is_empty() => (asked(library, place, name, options), Then::Nothing),
        Asked::Command { name, .. } => (
            refused(library, place, &commands::no_command(name)),
            Then::Nothing,
        ),
        Asked::Message { name, content } if name == LOOK_UP => {
            (looked_up(library, place, content), Then::Nothing)
        }
        Asked::Message { name, .. } => (
            refused(library, place, &commands::no_command(name)),
            Then::Nothing,
        ),
        Asked::Autocomplete {
            name,
            options,
            focused,
            ..
        } => (
            offered(library, name, options, focused.as_deref()),
            Then::Nothing,
        ),
        Asked::Component {
            custom_id,
            values,
            message,
        } => pressed(library, place, interaction, custom_id, values, message),
        Asked::Modal { .. } => (refused(library, place, &Refusal::Stale), Then::Nothing),
        Asked::Unknown { .. } => (refused(library, place, &Refusal::Newer), Then::Nothing),
    };
    Reply {
        body: encode(&callback),
        then,
    }
}

/// The apology where something on our side broke.
pub fn apologize(library: &Library, id: &str) -> Bytes {
    let place = Place {
        may_share: false,
        application: None,
    };
    encode(&refused(
        library,
        place,
        &Refusal::Broken { id: id.to_owned() },
    ))
}

/// The answer to a command that was typed; to the caller alone where its option `private` says so.
pub fn typed(library: &Library, request: &Request, place: Place) -> Callback {
    let private = request.option(PRIVATE.name) == Some("true");
    match commands::answer(library, &request.clone().with(PRIVATE.name, "")) {
        Ok(answer) => said(library, place, &answer.card, private),
        Err(refusal) => refused(library, place, &refusal),
    }
}

fn encode(callback: &Callback) -> Bytes {
    let mut body = Vec::with_capacity(CALLBACK_BYTES);
    // Our own structs have no map keys that are no text, which is all that can fail here.
    serde_json::to_writer(&mut body, callback).expect("a callback is JSON");
    body.into()
}

/// What an answer has to know of where it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether a private answer may be shown to everyone from here.
    pub may_share: bool,
    /// The application that answers, for the links that invite it.
    pub application: Option<u64>,
}

impl Place {
    /// A direct message with the bot.
    pub const DIRECT: Self = Self {
        may_share: false,
        application: None,
    };

    fn of(interaction: &Interaction<'_>) -> Self {
        // Where only the member has the app, Discord's own permission decides whether its answers are public.
        let external = interaction
            .member_permissions
            .is_some_and(|permissions| permissions & USE_EXTERNAL_APPS != 0);
        let in_guild = interaction.guild_id.is_some();
        let may_share = in_guild && (interaction.installed_in_guild != Some(false) || external);
        Self {
            may_share,
            application: Some(interaction.application_id.get()),
        }
    }
}

fn asked(library: &Library, place: Place, name: &str, options: &[Given<'_>]) -> Callback {
    if let Some(option) = options.iter().find(|option| option.value == Value::Other) {
        return refused(
            library,
            place,
            &Refusal::Unreadable {
                option: option.name.to_string(),
            },
        );
    }
    let request = request(name, options)
        .with_application(place.application)
        .with_chance(chance());
    typed(library, &request, place)
}

/// A number that nobody can guess, at no cost: the standard library's hasher is seeded by the system.
fn chance() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

fn request(name: &str, options: &[Given<'_>]) -> Request {
    options
        .iter()
        .fold(Request::new(name), |request, option| match &option.value {
            Value::Text(text) => request.with(&option.name, text),
            Value::Whole(number) => request.with(&option.name, number.to_string()),
            Value::Number(number) => request.with(&option.name, number.to_string()),
            Value::Flag(flag) => request.with(&option.name, flag.to_string()),
            Value::Id(id) => request.with(&option.name, id.get().to_string()),
            Value::Other => request,
        })
}

fn looked_up(library: &Library, place: Place, content: &str) -> Callback {
    match lookup::look_up(library, content) {
        Ok(card) => said(
            library,
            Place {
                may_share: false,
                ..place
            },
            &card,
            true,
        ),
        Err(refusal) => refused(library, place, &refusal),
    }
}

fn offered(
    library: &Library,
    name: &str,
    options: &[Given<'_>],
    focused: Option<&str>,
) -> Callback {
    let request = request(name, options);
    let offered = focused
        .map(|focused| choices(library, &request, focused))
        .unwrap_or_default();
    Callback::choices(
        offered
            .into_iter()
            .map(|choice| Choice {
                name: choice.label,
                value: choice.value,
            })
            .collect(),
    )
}

fn said(library: &Library, place: Place, card: &Card, private: bool) -> Callback {
    Callback::message(message(library, place, card, private))
}

fn message(library: &Library, place: Place, card: &Card, private: bool) -> Message {
    render(
        card,
        library.lang(),
        Shown {
            private,
            may_share: place.may_share,
        },
    )
}

/// A refusal, to the one who asked only.
pub fn refused(library: &Library, place: Place, refusal: &Refusal) -> Callback {
    said(library, place, &refusal.card(library.lang()), true)
}

/// A button or a menu. What it is on was asked for by somebody: a press by someone else gives that person a private copy.
fn pressed(
    library: &Library,
    place: Place,
    interaction: &Interaction<'_>,
    custom_id: &str,
    values: &[Cow<'_, str>],
    message: &Pressed,
) -> (Callback, Then) {
    let own = is_own(interaction, message);
    let Some(action) = Action::decode(custom_id) else {
        return (refused(library, place, &Refusal::Stale), Then::Nothing);
    };
    let chosen = || values.first().and_then(|value| decode_request(value));
    let request = match action.verb {
        Verb::Delete if own => return (Callback::LATER, Then::DeleteOriginal),
        Verb::Delete => return (refused(library, place, &Refusal::NotYours), Then::Nothing),
        Verb::Menu(_) => chosen(),
        _ => Some(action.request),
    };
    let Some(request) = request else {
        return (refused(library, place, &Refusal::Stale), Then::Nothing);
    };
    let card = match commands::answer(library, &request.with_application(place.application)) {
        Ok(answer) => answer.card,
        // What a link of ours names is gone from the dataset, or the link is not ours.
        Err(_) => return (refused(library, place, &Refusal::Stale), Then::Nothing),
    };
    let callback = match action.verb {
        Verb::Sources(page) => Callback::message(render_sources(&card, library.lang(), page)),
        Verb::Share if place.may_share => said(library, place, &card, false),
        Verb::Share => said(library, place, &card, true),
        _ if own => Callback::update(self::message(library, place, &card, message.ephemeral)),
        _ => said(library, place, &card, true),
    };
    (callback, Then::Nothing)
}
