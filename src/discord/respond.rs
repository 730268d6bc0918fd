//! The one way from an interaction to its answer, for every transport: what the moderators decided, the command, its effect, and
//! what is said.
//!
//! Most answers are made at once, from what is in memory ([`Turn::Answer`]). What has to wait for the store or for Discord is handed
//! back ([`Turn::Wait`]), so that whoever carries interactions can go on with the next.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout, timeout_at};

use super::http::Rest;
use super::incoming::{CommandOption, Id, Interaction, InteractionData, SourceMessage, Value};
use super::permissions::{Categories, ChannelGuilds};
use super::prepared::PreparedAnswers;
use super::render::{Shown, render, render_sources};
use super::wire::{Body, Callback, Choice, Message, NEW_MESSAGE, UPDATE_MESSAGE};
use crate::action::{Action, PressScope, SelectInput, Verb, decode_request};
use crate::autocomplete::{self, choices, digests};
use crate::card::{Card, Refusal};
use crate::catalog::Catalog;
use crate::command::Audience;
use crate::commands;
use crate::digest::delivery::{DigestPoster, now};
use crate::guild::{Category, GuildId, Permission, Permissions, Settings};
use crate::message_lookup;
use crate::request::{Loaded, OptionKind, PRIVATE, Request};
use crate::store::Store;
use admin_command::AdminCommand;
use origin::VisibilityPolicy;
use visibility::{Pace, Visibility, Why, not_here};

pub use admin_command::Outcome;
pub use origin::Place;

mod admin_command;
mod origin;
mod visibility;

/// The name of the message command.
pub const LOOK_UP: &str = "Look up in Dossier";

/// The bytes of a callback, as most are: room that need not grow while it is written.
const CALLBACK_BYTES: usize = 4_096;

/// How long a lookup waits for what decides whether it may be public. Without that it is private, and still in time.
const DECIDED_WITHIN: Duration = Duration::from_millis(1_500);

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

/// What becomes of an interaction.
pub enum Turn {
    /// It is answered.
    Answer(Reply),
    /// It takes the store, or Discord, to answer it.
    Wait(Waiting),
}

/// An interaction that waits for something; to be finished by [`Responder::finish`].
pub struct Waiting(Box<Work>);

enum Work {
    Lookup(Place, Lookup),
    AdminCommand(AdminCommand),
    /// The digests of a server, of which one is being typed.
    Digests(GuildId, String),
}

/// What a waiting interaction comes to.
pub enum Finished {
    /// An answer that is sent as it is.
    Reply(Reply),
    /// What became of something to set. If it took too long for a callback, it can still be told.
    Outcome(Outcome),
}

/// A question that is answered from the library, once it is known whether the answer may be public.
#[derive(Clone, Debug)]
enum Lookup {
    Typed(Request),
    Message(String),
    SourceMessage(Press),
}

/// A press on a button or a choice from a menu.
#[derive(Clone, Debug)]
struct Press {
    verb: Verb,
    request: Request,
    on: SourceMessage,
    is_own: bool,
}

/// What answers interactions: the library with the answers that were made at start, and the settings of servers.
pub struct Responder {
    catalog: Arc<Catalog>,
    ready: PreparedAnswers,
    store: Arc<Store>,
    /// Discord, where it can be asked.
    rest: Option<Arc<Rest>>,
    /// What posts digests, where Discord can be asked.
    poster: Option<Arc<DigestPoster>>,
    categories: Arc<Categories>,
    channel_guilds: Arc<ChannelGuilds>,
    pace: Arc<Pace>,
}

impl Waiting {
    /// What Discord can be told for now, if the answer takes longer than Discord waits; nothing where it never does.
    pub fn deferral(&self) -> Option<Bytes> {
        match &*self.0 {
            Work::AdminCommand(errand) => Some(encode(&errand.deferral())),
            Work::Lookup(..) | Work::Digests(..) => None,
        }
    }
}

impl Responder {
    /// Answers from a library, with what was made ready of it.
    pub fn new(
        catalog: Catalog,
        ready: PreparedAnswers,
        store: Arc<Store>,
        rest: Option<Arc<Rest>>,
    ) -> Self {
        let channel_guilds = Arc::<ChannelGuilds>::default();
        let poster = rest.as_ref().map(|rest| {
            let (rest, store) = (Arc::clone(rest), Arc::clone(&store));
            Arc::new(DigestPoster::new(rest, store, Arc::clone(&channel_guilds)))
        });
        Self {
            catalog: Arc::new(catalog),
            ready,
            store,
            rest,
            poster,
            categories: Arc::default(),
            channel_guilds,
            pace: Arc::default(),
        }
    }

    /// The same with another catalog: all that is known of servers and channels is shared.
    #[must_use]
    pub fn with_catalog(&self, catalog: Catalog) -> Self {
        Self {
            ready: PreparedAnswers::of(&catalog),
            catalog: Arc::new(catalog),
            store: Arc::clone(&self.store),
            rest: self.rest.clone(),
            poster: self.poster.clone(),
            categories: Arc::clone(&self.categories),
            channel_guilds: Arc::clone(&self.channel_guilds),
            pace: Arc::clone(&self.pace),
        }
    }

    /// What is answered from.
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    /// What posts digests, where Discord can be asked.
    pub fn poster(&self) -> Option<&Arc<DigestPoster>> {
        self.poster.as_ref()
    }

    /// Notes that a channel was changed: it may be in another category now.
    pub fn channel_changed(&self, channel: Id) {
        self.categories.forget(channel);
    }

    /// Answers an interaction, if that needs no waiting. There is an answer to everything.
    pub fn respond(&self, interaction: &Interaction<'_>) -> Turn {
        let place = Place::of(interaction);
        match self.read(&place, interaction) {
            Read::Reply(reply) => Turn::Answer(reply),
            Read::Refused(refusal) => Turn::Answer(self.refuse(&refusal)),
            Read::AdminCommand(errand) => {
                Turn::Wait(Waiting(Box::new(Work::AdminCommand(*errand))))
            }
            Read::Digests(guild, typed) => {
                Turn::Wait(Waiting(Box::new(Work::Digests(guild, typed))))
            }
            Read::Lookup(lookup) => match self.speech_at_once(&place) {
                Some(speech) => Turn::Answer(self.look_up(&place, lookup, speech)),
                None => Turn::Wait(Waiting(Box::new(Work::Lookup(place, lookup)))),
            },
        }
    }

    /// Answers what had to wait.
    pub async fn finish(&self, waiting: Waiting) -> Finished {
        match *waiting.0 {
            Work::AdminCommand(errand) => Finished::Outcome(self.run_errand(errand).await),
            Work::Digests(guild, typed) => {
                let found = timeout(DECIDED_WITHIN, self.store.digests(guild)).await;
                // An autocomplete has no way to say that it cannot.
                let found = found.ok().and_then(Result::ok).unwrap_or_default();
                Finished::Reply(offered(digests(&self.catalog, &found, &typed)).into())
            }
            Work::Lookup(place, lookup) => {
                let speech = self.speech(&place).await;
                Finished::Reply(self.look_up(&place, lookup, speech))
            }
        }
    }

    /// What is asked, apart from how it is answered.
    fn read(&self, place: &Place, interaction: &Interaction<'_>) -> Read {
        match &interaction.asked {
            InteractionData::Ping => Read::Reply(Callback::PONG.into()),
            InteractionData::Command { name, path, options } => {
                self.read_command(place, interaction, &full_name(name, path), options)
            }
            InteractionData::Message { name, content } if name == LOOK_UP => {
                Read::Lookup(Lookup::Message(content.to_string()))
            }
            InteractionData::Message { name, .. } => Read::Refused(commands::no_command(name)),
            InteractionData::Autocomplete { name, path, options, focused } => {
                let request = request(&full_name(name, path), options);
                self.offer(place, &request, focused.as_deref())
            }
            InteractionData::Component { custom_id, values, message } => {
                match Action::decode(custom_id) {
                    Some(action) => self.read_press(place, interaction, action, values, *message),
                    None => Read::Refused(Refusal::Stale),
                }
            }
            InteractionData::Modal { .. } => Read::Refused(Refusal::Stale),
            InteractionData::Unknown { .. } => Read::Refused(Refusal::Newer),
        }
    }

    fn read_command(
        &self,
        place: &Place,
        interaction: &Interaction<'_>,
        name: &str,
        options: &[CommandOption<'_>],
    ) -> Read {
        if let Some(given) = options.iter().find(|given| given.value == Value::Other) {
            let command = commands::named(name);
            let option = command.and_then(|command| command.option(&given.name));
            return Read::Refused(Refusal::Unreadable {
                option: given.name.to_string(),
                takes: option.map_or(OptionKind::Words, |option| option.takes),
            });
        }
        let request = request(name, options);
        match commands::named(name).map(|command| command.audience) {
            None => Read::Refused(commands::no_command(name)),
            Some(Audience::Everyone) => Read::Lookup(Lookup::Typed(request)),
            Some(Audience::Moderators) => {
                match AdminCommand::of(place, interaction, request, false) {
                    Ok(errand) => Read::AdminCommand(Box::new(errand)),
                    Err(refusal) => Read::Refused(refusal),
                }
            }
        }
    }

    fn read_press(
        &self,
        place: &Place,
        interaction: &Interaction<'_>,
        action: Action,
        values: &[Cow<'_, str>],
        on: SourceMessage,
    ) -> Read {
        if let Verb::Set(seal, ..) = action.verb {
            if !is_sealed_for(seal, place) {
                return Read::Refused(Refusal::NotYours);
            }
            if seal.takes_manage_server && !manages(interaction) {
                return Read::Refused(Refusal::ManageServerLost);
            }
        }
        let chosen = || values.first().and_then(|value| decode_request(value));
        let request = match action.verb {
            Verb::Menu(_) | Verb::Set(_, SelectInput::Request, _) => chosen(),
            Verb::Set(_, SelectInput::Channel, _) => {
                Some(action.request.with("channel", values.join(" ")))
            }
            _ => Some(action.request),
        };
        let Some(request) = request else {
            return Read::Refused(Refusal::Stale);
        };
        let audience = commands::named(&request.command).map(|command| command.audience);
        match (action.verb, audience) {
            (Verb::Set(..), Some(Audience::Moderators)) => {
                match AdminCommand::of(place, interaction, request, true) {
                    Ok(errand) => Read::AdminCommand(Box::new(errand)),
                    Err(refusal) => Read::Refused(refusal),
                }
            }
            // What only moderators may ask for is always sealed.
            (Verb::Set(..), _) | (_, Some(Audience::Moderators)) => Read::Refused(Refusal::Stale),
            (Verb::Delete, _) if is_own(interaction, &on) => {
                Read::Reply(Reply { then: Then::DeleteOriginal, ..Callback::LATER.into() })
            }
            (Verb::Delete, _) => Read::Refused(Refusal::NotYoursToDelete),
            (verb, _) => Read::Lookup(Lookup::SourceMessage(Press {
                verb,
                request,
                on,
                is_own: is_own(interaction, &on),
            })),
        }
    }

    /// Whether an answer may be public, if that is known without waiting.
    fn speech_at_once(&self, place: &Place) -> Option<Visibility> {
        let settings = match place.guild() {
            Some(guild) => self.store.known_settings(guild)?,
            None => return Visibility::of(place, &Settings::default()),
        };
        Visibility::of(place, &settings).or_else(|| {
            let told = self.categories.of(place.channel_of_thread()?)?;
            Some(told_of(told.ok(), place, &settings))
        })
    }

    /// Whether an answer may be public.
    async fn speech(&self, place: &Place) -> Visibility {
        let by = Instant::now() + DECIDED_WITHIN;
        let settings = match place.guild() {
            Some(guild) => timeout_at(by, self.store.settings(guild)).await,
            None => Ok(Ok(Arc::default())),
        };
        let Ok(Ok(settings)) = settings else {
            return Visibility::Private(Why::NoSettings);
        };
        if let Some(speech) = Visibility::of(place, &settings) {
            return speech;
        }
        let category = match (&self.rest, place.channel_of_thread()) {
            (Some(rest), Some(channel)) => {
                let found = timeout_at(by, self.categories.find(rest, channel)).await;
                found.ok().and_then(Result::ok)
            }
            _ => None,
        };
        told_of(category, place, &settings)
    }

    /// Answers a question from the library.
    fn look_up(&self, place: &Place, lookup: Lookup, speech: Visibility) -> Reply {
        match lookup {
            Lookup::Typed(request) => self.typed(place, &request, speech),
            Lookup::Message(content) => match message_lookup::look_up(&self.catalog, &content) {
                // Nothing of the message is in a link, so this cannot be shared; what is opened from it can.
                Ok(card) => self.say_privately(card, Why::Usual, false),
                Err(refusal) => self.refuse(&refusal),
            },
            Lookup::SourceMessage(press) => self.pressed(place, press, speech),
        }
    }

    fn typed(&self, place: &Place, request: &Request, speech: Visibility) -> Reply {
        let wants_private = request.is_private();
        let ready = self.ready.message(request);
        match (&speech, ready) {
            (Visibility::Refused(allowed), _) => return self.refuse(&not_here(allowed)),
            (Visibility::Public { pace }, Some(message)) if self.is_within(*pace, place) => {
                return prepared(NEW_MESSAGE, message);
            }
            _ => {}
        }
        let request = request.clone().with(PRIVATE.name, "");
        match commands::answer(&self.catalog, &request, &loaded(place)) {
            Ok(answer) if wants_private => {
                self.say_privately(answer.card, Why::Usual, speech.may_share(place))
            }
            Ok(answer) => self.say(place, answer.card, speech),
            Err(refusal) => self.refuse(&refusal),
        }
    }

    /// A button or a menu. What it is on was asked for by somebody: a press by someone else gives that person a private copy.
    fn pressed(&self, place: &Place, press: Press, speech: Visibility) -> Reply {
        let Press { verb, request, on, is_own } = press;
        let is_in_place = is_own && !matches!(verb, Verb::Sources(_) | Verb::Share);
        let may_speak = matches!(speech, Visibility::Public { .. });
        if is_in_place
            && may_speak
            && !on.ephemeral
            && let Some(message) = self.ready.message(&request)
        {
            return prepared(UPDATE_MESSAGE, message);
        }
        let Ok(answer) = commands::answer(&self.catalog, &request, &loaded(place)) else {
            // What a link of ours names is gone from the dataset, or the link is not ours.
            return self.refuse(&Refusal::Stale);
        };
        let card = answer.card;
        let may_share = speech.may_share(place);
        match (verb, speech) {
            (Verb::Sources(page), _) => {
                Callback::message(render_sources(&card, self.catalog.locale(), page)).into()
            }
            (Verb::Share, speech) => match (speech, place.ruled_by) {
                (_, VisibilityPolicy::Nobody)
                | (Visibility::Public { .. }, VisibilityPolicy::Discord { may_share: false }) => {
                    self.say_privately(card, Why::Usual, false)
                }
                (speech, _) => self.say(place, card, speech),
            },
            _ if is_in_place && on.ephemeral => {
                Callback::update(self.message(&card, Shown::privately(may_share))).into()
            }
            _ if is_in_place && may_speak => {
                Callback::update(self.message(&card, Shown::PUBLICLY)).into()
            }
            (_, Visibility::Refused(allowed)) => self.refuse(&not_here(&allowed)),
            (_, Visibility::Private(why)) if is_own => self.say_privately(card, why, false),
            _ => self.say_privately(card, Why::Usual, may_share),
        }
    }

    /// Says a card to everyone, if that may be done.
    fn say(&self, place: &Place, card: Card, speech: Visibility) -> Reply {
        match speech {
            Visibility::Public { pace } if self.is_within(pace, place) => {
                Callback::message(self.message(&card, Shown::PUBLICLY)).into()
            }
            Visibility::Public { pace } => self.say_privately(card, Why::Paced(pace), false),
            Visibility::Private(why) => self.say_privately(card, why, false),
            Visibility::Refused(allowed) => self.refuse(&not_here(&allowed)),
        }
    }

    /// Says a card to the one who asked alone.
    fn say_privately(&self, mut card: Card, why: Why, may_share: bool) -> Reply {
        card.notes.splice(0..0, why.note(self.catalog.locale()));
        Callback::message(self.message(&card, Shown::privately(may_share))).into()
    }

    /// Whether one more public answer is within the pace of a channel; it is counted, if it is.
    fn is_within(&self, pace: u16, place: &Place) -> bool {
        match place.ruled_by {
            VisibilityPolicy::Moderators(_, location) => {
                self.pace.allows(location.channel, pace, Instant::now())
            }
            VisibilityPolicy::Nobody | VisibilityPolicy::Discord { .. } => true,
        }
    }

    /// What may be chosen for an option that is being typed.
    fn offer(&self, place: &Place, request: &Request, focused: Option<&str>) -> Read {
        let Some(focused) = focused else {
            return Read::Reply(offered(Vec::new()).into());
        };
        let command = commands::named(&request.command);
        let option = command.and_then(|command| command.option(focused));
        match (option.map(|option| option.takes), place.guild()) {
            (Some(OptionKind::Digest), Some(guild)) => {
                let typed = request.option(focused).unwrap_or_default();
                Read::Digests(guild, typed.to_owned())
            }
            _ => Read::Reply(offered(choices(&self.catalog, request, focused, now())).into()),
        }
    }

    fn refuse(&self, refusal: &Refusal) -> Reply {
        refused(&self.catalog, refusal).into()
    }

    fn message(&self, card: &Card, shown: Shown) -> Message {
        render(card, self.catalog.locale(), shown)
    }
}

/// What is asked, and how it is to be answered.
enum Read {
    Reply(Reply),
    Refused(Refusal),
    Lookup(Lookup),
    AdminCommand(Box<AdminCommand>),
    Digests(GuildId, String),
}

/// Choices for an option.
fn offered(choices: Vec<autocomplete::Choice>) -> Callback {
    let choice = |choice: autocomplete::Choice| Choice { name: choice.label, value: choice.value };
    Callback::choices(choices.into_iter().map(choice).collect())
}

/// The apology where something on our side broke.
pub fn apologize(catalog: &Catalog, id: &str) -> Bytes {
    encode(&refused(catalog, &Refusal::Broken { id: id.to_owned() }))
}

/// The same, where a message was promised already.
pub fn apology_message(catalog: &Catalog, id: &str) -> Body {
    let card = Refusal::Broken { id: id.to_owned() }.card(catalog.locale());
    Body::of(&render(&card, catalog.locale(), Shown::privately(false)), None)
}

/// The answer to a command in a direct message; to the caller alone where its option `private` says so.
pub fn typed(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Callback {
    let shown = match request.is_private() {
        true => Shown::privately(false),
        false => Shown::PUBLICLY,
    };
    match commands::answer(catalog, &request.clone().with(PRIVATE.name, ""), loaded) {
        Ok(answer) => Callback::message(render(&answer.card, catalog.locale(), shown)),
        Err(refusal) => refused(catalog, &refusal),
    }
}

/// A refusal, to the one who asked only.
pub fn refused(catalog: &Catalog, refusal: &Refusal) -> Callback {
    let card = refusal.card(catalog.locale());
    Callback::message(render(&card, catalog.locale(), Shown::privately(false)))
}

impl From<Callback> for Reply {
    fn from(callback: Callback) -> Self {
        Self { body: encode(&callback), then: Then::Nothing }
    }
}

fn encode(callback: &Callback) -> Bytes {
    let mut body = Vec::with_capacity(CALLBACK_BYTES);
    // Our own structs have no map keys that are no text, which is all that can fail here.
    serde_json::to_writer(&mut body, callback).expect("a callback is JSON");
    body.into()
}

/// A callback around a message that is JSON already.
fn prepared(kind: u8, message: &[u8]) -> Reply {
    let mut body = Vec::with_capacity(message.len() + 24);
    body.extend_from_slice(format!("{{\"type\":{kind},\"data\":").as_bytes());
    body.extend_from_slice(message);
    body.push(b'}');
    Reply { body: body.into(), then: Then::Nothing }
}

/// Whether the message that was pressed on was asked for by the one who pressed.
fn is_own(interaction: &Interaction<'_>, message: &SourceMessage) -> bool {
    message.ephemeral || (message.asked_by.is_some() && message.asked_by == interaction.user_id)
}

/// Whether something to set was shown to the one who pressed, and in this server.
fn is_sealed_for(seal: PressScope, place: &Place) -> bool {
    place.guild() == Some(seal.guild) && place.member == Some(seal.member)
}

/// Whether the one who asks has the permission Manage Server, as Discord says in each payload.
fn manages(interaction: &Interaction<'_>) -> bool {
    let permissions = interaction.member_permissions.map(Permissions);
    permissions.is_some_and(|permissions| permissions.include(Permission::ManageServer))
}

/// Whether an answer may be public in a thread, by the category of its channel, if that could be found out.
fn told_of(category: Option<Category>, place: &Place, settings: &Settings) -> Visibility {
    let Some(category) = category else {
        return Visibility::Private(Why::Unchecked);
    };
    let speech = Visibility::of(&place.in_category(category), settings);
    speech.unwrap_or(Visibility::Private(Why::NoCategory))
}

/// What a lookup is given: it reads nothing of where it is asked.
fn loaded(place: &Place) -> Loaded {
    Loaded { chance: chance(), application: place.application, ..Loaded::default() }
}

/// A number that nobody can guess, at no cost: the standard library's hasher is seeded by the system.
fn chance() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

/// The name of a command with the group and the subcommand that were chosen.
fn full_name<'a>(name: &'a str, path: &[Cow<'a, str>]) -> Cow<'a, str> {
    if path.is_empty() {
        return Cow::Borrowed(name);
    }
    let words = std::iter::once(name).chain(path.iter().map(|part| &**part));
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

fn request(name: &str, options: &[CommandOption<'_>]) -> Request {
    options.iter().fold(Request::new(name), |request, option| match &option.value {
        Value::Text(text) => request.with(&option.name, text),
        Value::Whole(number) => request.with(&option.name, number.to_string()),
        Value::Number(number) => request.with(&option.name, number.to_string()),
        Value::Flag(flag) => request.with(&option.name, flag.to_string()),
        Value::Id(id) => request.with(&option.name, id.get().to_string()),
        Value::Other => request,
    })
}
