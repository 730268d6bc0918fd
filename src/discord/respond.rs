//! Answers interactions, for every transport.
//!
//! Most answers are computed at once, in memory ([`Dispatch::Respond`]). Answers that need the
//! database or Discord are returned as [`Dispatch::Defer`], so that the transport can process the
//! next interaction.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::answer_cache::AnswerCache;
use super::http::Rest;
use super::incoming::{CommandOption, Interaction, InteractionData, SourceMessage};
use super::permissions::{CategoryCache, ChannelGuilds};
use super::pictures::Pictures;
use super::render::{RenderOptions, render};
use super::wire::{Body, Callback, Choice};
use crate::action::{Action, SettingInput, Verb, decode_request};
use crate::admin::internal_error;
use crate::autocomplete::{self, choices, digests};
use crate::card::{Refusal, shorten};
use crate::catalog::Catalog;
use crate::clock::{now, today};
use crate::command::Audience;
use crate::commands;
use crate::digest::delivery::DigestPoster;
use crate::guild::{ChannelId, GuildId, InteractionId};
use crate::request::{OptionKind, PRIVATE, Request};
use crate::store::Store;
use admin::AdminTask;
use lookup::{Lookup, Press};
use origin::InteractionOrigin;
pub use reply::{MessageReply, PicturedReply};
use report::{ReportTask, Reports};
use visibility::PaceLimiter;

mod admin;
mod lookup;
mod origin;
mod reply;
mod report;
mod visibility;

/// The name of the message command.
pub const LOOK_UP: &str = "Look up in Dossier";

/// Timeout for loading what decides whether an answer is public. After it the answer is private,
/// within Discord's three seconds.
const VISIBILITY_TIMEOUT: Duration = Duration::from_millis(1_500);

/// The result of dispatching an interaction.
pub enum Dispatch {
    Respond(Reply),
    /// Needs the database or Discord: see [`Responder::finish`].
    Defer(Deferred),
}

pub enum Reply {
    /// A callback as JSON.
    Callback(Bytes),
    /// Acknowledges the press with this callback, then deletes the message.
    Delete(Bytes),
    /// A message that can also be sent after a deferral.
    Message(Box<MessageReply>),
    /// A card whose picture may have to be rendered first.
    Pictured(Box<PicturedReply>),
}

/// An interaction that waits for the database or for Discord.
pub struct Deferred(Box<Task>);

enum Task {
    Lookup(InteractionOrigin, Lookup),
    Admin(AdminTask),
    Report(ReportTask),
    /// Autocomplete of a guild's digests.
    Digests(GuildId, String),
}

/// Answers interactions from the catalog and the guilds' settings.
#[derive(Clone)]
pub struct Responder {
    catalog: Arc<Catalog>,
    answers: Arc<AnswerCache>,
    /// `None` if the operator has turned pictures off.
    pictures: Option<Arc<Pictures>>,
    store: Arc<Store>,
    /// Discord's REST API; `None` without a token.
    rest: Option<Arc<Rest>>,
    poster: Option<Arc<DigestPoster>>,
    categories: Arc<CategoryCache>,
    channel_guilds: Arc<ChannelGuilds>,
    pace: Arc<PaceLimiter>,
    reports: Option<Arc<Reports>>,
}

impl Deferred {
    /// The callback that defers the response, as this may take longer than three seconds.
    pub fn deferral(&self) -> Option<Bytes> {
        match &*self.0 {
            Task::Admin(task) => Some(task.deferral()),
            Task::Report(_) => Some(encode(&Callback::DEFERRED_EPHEMERAL)),
            Task::Lookup(..) | Task::Digests(..) => None,
        }
    }
}

impl Responder {
    pub fn new(catalog: Catalog, store: Arc<Store>, rest: Option<Arc<Rest>>) -> Self {
        let channel_guilds = Arc::<ChannelGuilds>::default();
        let poster = rest.as_ref().map(|rest| {
            let (rest, store) = (Arc::clone(rest), Arc::clone(&store));
            Arc::new(DigestPoster::new(rest, store, Arc::clone(&channel_guilds)))
        });
        Self {
            catalog: Arc::new(catalog),
            answers: Arc::default(),
            pictures: None,
            store,
            rest,
            poster,
            categories: Arc::default(),
            channel_guilds,
            pace: Arc::default(),
            reports: None,
        }
    }

    /// Sets the channel for error reports. The catalog must offer the form.
    #[must_use]
    pub fn with_report_channel(self, channel: Option<ChannelId>) -> Self {
        Self { reports: channel.map(Reports::new).map(Arc::new), ..self }
    }

    /// Enables pictures. Each is rendered on first use, then cached.
    #[must_use]
    pub fn with_pictures(self) -> Self {
        let pictures = Arc::<Pictures>::default();
        let poster = self.poster.map(|poster| {
            Arc::new(Arc::unwrap_or_clone(poster).with_pictures(Arc::clone(&pictures)))
        });
        Self { pictures: Some(pictures), poster, ..self }
    }

    /// Replaces the catalog. The caches of guilds and channels are shared.
    #[must_use]
    pub fn with_catalog(&self, catalog: Catalog) -> Self {
        let catalog = catalog.with_report_form(self.catalog.has_report_form());
        let catalog = Arc::new(catalog);
        Self { catalog, answers: Arc::default(), ..self.clone() }
    }

    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    /// Enables posting digests, which requires Discord's REST API.
    pub fn poster(&self) -> Option<&Arc<DigestPoster>> {
        self.poster.as_ref()
    }

    /// Invalidates the cached category of a changed channel.
    pub fn on_channel_update(&self, channel: ChannelId) {
        self.categories.remove(channel);
    }

    /// Answers an interaction, or defers it. Every interaction gets a response.
    pub fn respond(&self, interaction: &Interaction<'_>) -> Dispatch {
        let origin = InteractionOrigin::new(interaction);
        self.dispatch(&origin, interaction)
            .unwrap_or_else(|refusal| Dispatch::Respond(self.refuse(&refusal)))
    }

    /// Answers a deferred interaction.
    pub async fn finish(&self, deferred: Deferred) -> Reply {
        match *deferred.0 {
            Task::Admin(task) => Reply::Message(Box::new(self.run_admin(task).await)),
            Task::Report(task) => Reply::Message(Box::new(self.run_report(task).await)),
            Task::Digests(guild, typed) => {
                let found = timeout(VISIBILITY_TIMEOUT, self.store.digests(guild)).await;
                // Autocomplete cannot show an error, so it offers nothing.
                let found = found.ok().and_then(Result::ok).unwrap_or_default();
                choices_reply(digests(&self.catalog, &found, &typed))
            }
            Task::Lookup(origin, lookup) => self.load_and_answer(&origin, lookup).await,
        }
    }

    fn dispatch(
        &self,
        origin: &InteractionOrigin,
        interaction: &Interaction<'_>,
    ) -> Result<Dispatch, Refusal> {
        match &interaction.data {
            InteractionData::Ping => Ok(Dispatch::Respond(callback_reply(&Callback::PONG))),
            InteractionData::Command { name, path, options } => {
                self.handle_command(origin, interaction, &full_name(name, path), options)
            }
            InteractionData::MessageCommand { name, content, names } if name == LOOK_UP => {
                let (content, names) = (content.clone(), names.clone());
                Ok(self.lookup(origin, Lookup::Message { content, names }))
            }
            InteractionData::MessageCommand { name, .. } => Err(commands::unknown_command(name)),
            InteractionData::Autocomplete { name, path, options, focused } => {
                let request = request(origin, &full_name(name, path), options);
                Ok(self.handle_autocomplete(origin, &request, focused.as_deref()))
            }
            InteractionData::Component { custom_id, values, message } => {
                let action = Action::decode(custom_id).ok_or_else(stale_refusal)?;
                self.handle_press(origin, interaction, action, values, *message)
            }
            InteractionData::Modal { custom_id, values } => {
                Self::submit(origin, interaction, custom_id, values)
            }
            InteractionData::Unknown { .. } => Err(Refusal::new("refuse-newer")),
        }
    }

    fn handle_command(
        &self,
        origin: &InteractionOrigin,
        interaction: &Interaction<'_>,
        name: &str,
        options: &[CommandOption<'_>],
    ) -> Result<Dispatch, Refusal> {
        let command = commands::find(name);
        if let Some(unreadable) = options.iter().find(|option| option.value.is_none()) {
            let option = command.and_then(|command| command.option(&unreadable.name));
            return Err(option.map_or_else(
                || Refusal::new("refuse-unreadable").with("option", shorten(&unreadable.name, 32)),
                |option| option.invalid(),
            ));
        }
        let request = request(origin, name, options);
        match command.map(|command| command.audience) {
            None => Err(commands::unknown_command(name)),
            Some(Audience::Everyone) => Ok(self.lookup(origin, Lookup::Command(request))),
            Some(Audience::Moderators) => {
                let task = AdminTask::new(origin, interaction, request, false)?;
                Ok(defer(Task::Admin(task)))
            }
        }
    }

    fn handle_press(
        &self,
        origin: &InteractionOrigin,
        interaction: &Interaction<'_>,
        action: Action,
        values: &[Cow<'_, str>],
        on: SourceMessage,
    ) -> Result<Dispatch, Refusal> {
        if let Verb::ChangeSetting(scope, ..) = action.verb {
            if origin.guild() != Some(scope.guild) || origin.member != Some(scope.member) {
                return Err(Refusal::new("refuse-not-yours"));
            }
            if scope.needs_manage_server && !can_manage_server(interaction) {
                return Err(Refusal::new("refuse-manage-server-lost"));
            }
        }
        let chosen = || values.first().and_then(|value| decode_request(value));
        let request = match action.verb {
            Verb::Select(_) | Verb::ChangeSetting(_, SettingInput::Request, _) => chosen(),
            Verb::ChangeSetting(_, SettingInput::Channel, _) => {
                Some(action.request.with("channel", values.join(" ")))
            }
            _ => Some(action.request),
        };
        let request =
            request.map(|request| with_seed(origin, request)).ok_or_else(stale_refusal)?;
        let audience = commands::find(&request.command).map(|command| command.audience);
        let is_own = is_own(interaction, &on);
        match (action.verb, audience) {
            (Verb::ChangeSetting(..), Some(Audience::Moderators)) => {
                let task = AdminTask::new(origin, interaction, request, true)?;
                Ok(defer(Task::Admin(task)))
            }
            // Every request that only moderators may make has a scope.
            (Verb::ChangeSetting(..), _) | (_, Some(Audience::Moderators)) => Err(stale_refusal()),
            (Verb::Delete, _) if is_own => {
                Ok(Dispatch::Respond(Reply::Delete(encode(&Callback::DEFERRED_UPDATE))))
            }
            (Verb::Delete, _) => Err(Refusal::new("refuse-not-yours-to-delete")),
            (verb @ Verb::Report(_), _) => self.open_report_form(origin, &Action { verb, request }),
            (verb, _) => {
                Ok(self.lookup(origin, Lookup::Press(Press { verb, request, message: on, is_own })))
            }
        }
    }

    /// Autocompletes the focused option.
    fn handle_autocomplete(
        &self,
        origin: &InteractionOrigin,
        request: &Request,
        focused: Option<&str>,
    ) -> Dispatch {
        let Some(focused) = focused else {
            return Dispatch::Respond(choices_reply(Vec::new()));
        };
        let command = commands::find(&request.command);
        let option = command.and_then(|command| command.option(focused));
        match (option.map(|option| option.kind), origin.guild()) {
            (Some(OptionKind::Digest), Some(guild)) => {
                let typed = request.option(focused).unwrap_or_default();
                defer(Task::Digests(guild, typed.to_owned()))
            }
            _ => {
                let choices = choices(&self.catalog, request, focused, now());
                Dispatch::Respond(choices_reply(choices))
            }
        }
    }

    fn refuse(&self, refusal: &Refusal) -> Reply {
        callback_reply(&refusal_callback(&self.catalog, refusal))
    }
}

fn defer(task: Task) -> Dispatch {
    Dispatch::Defer(Deferred(Box::new(task)))
}

fn stale_refusal() -> Refusal {
    Refusal::new("refuse-stale")
}

fn choices_reply(choices: Vec<autocomplete::Choice>) -> Reply {
    let choice = |choice: autocomplete::Choice| Choice { name: choice.label, value: choice.value };
    callback_reply(&Callback::choices(choices.into_iter().map(choice).collect()))
}

/// The message for an internal error.
pub fn internal_error_reply(catalog: &Catalog, interaction: InteractionId) -> MessageReply {
    let card = internal_error(&interaction.to_string()).card(catalog.locale());
    MessageReply::ephemeral(&card, catalog.locale())
}

/// The answer to a command in a direct message; ephemeral if its option `private` says so.
pub fn command_callback(catalog: &Catalog, request: &Request) -> Callback {
    let shown = match request.is_private() {
        true => RenderOptions::ephemeral(false),
        false => RenderOptions::PUBLIC,
    };
    match commands::answer(catalog, &request.clone().with(PRIVATE.name, "")) {
        Ok(card) => Callback::message(render(&card, catalog.locale(), shown)),
        Err(refusal) => refusal_callback(catalog, &refusal),
    }
}

/// A refusal, visible to the caller only.
pub fn refusal_callback(catalog: &Catalog, refusal: &Refusal) -> Callback {
    let card = refusal.card(catalog.locale());
    Callback::message(render(&card, catalog.locale(), RenderOptions::ephemeral(false)))
}

fn callback_reply(callback: &Callback) -> Reply {
    Reply::Callback(encode(callback))
}

fn encode(callback: &Callback) -> Bytes {
    Body::new(callback, None).bytes
}

/// Whether the caller is the member for whom the message was sent.
fn is_own(interaction: &Interaction<'_>, message: &SourceMessage) -> bool {
    message.ephemeral || (message.invoker.is_some() && message.invoker == interaction.user_id)
}

/// Whether the caller has Manage Server, according to the permissions in the payload.
fn can_manage_server(interaction: &Interaction<'_>) -> bool {
    interaction
        .member_permissions
        .is_some_and(|granted| granted.administrator() || granted.manage_guild())
}

/// Adds what the caller does not provide: a random number, the application and the current day.
fn with_seed(origin: &InteractionOrigin, request: Request) -> Request {
    request.with_seed(fastrand::u64(..), origin.application, today())
}

/// The full name of a command, with its group and subcommand.
fn full_name<'a>(name: &'a str, path: &[Cow<'a, str>]) -> Cow<'a, str> {
    if path.is_empty() {
        return Cow::Borrowed(name);
    }
    let words = std::iter::once(name).chain(path.iter().map(|part| &**part));
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

fn request(origin: &InteractionOrigin, name: &str, options: &[CommandOption<'_>]) -> Request {
    let values = options.iter().filter_map(|option| Some((&option.name, option.value.as_deref()?)));
    let request =
        values.fold(Request::new(name), |request, (name, value)| request.with(name, value));
    with_seed(origin, request)
}
