//! Answers interactions, for every transport.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::answer_cache::AnswerCache;
use super::http::Rest;
use super::incoming::{CommandOption, Interaction, InteractionData, SourceMessage};
use super::permissions::{CategoryCache, ChannelGuilds};
use super::pictures::Pictures;
use super::render::{RenderOptions, render};
use super::wire::{Body, Callback, Choice};
use crate::action::{Action, SettingInput, Verb, decode_request};
use crate::autocomplete::{choices, digests};
use crate::card::{Refusal, shorten};
use crate::catalog::Catalog;
use crate::clock::{now, today};
use crate::command::Audience;
use crate::commands;
use crate::digest::delivery::DigestPoster;
use crate::guild::{ApplicationId, ChannelId, InteractionId, can_manage_server};
use crate::request::{OptionKind, PRIVATE, Request};
use crate::store::Store;
use origin::InteractionOrigin;
use query::QueryHandler;
pub use reply::MessageReply;
use report::ReportChannel;
use visibility::PaceLimiter;

mod admin;
mod origin;
mod query;
mod reply;
mod report;
mod visibility;

/// The name of the message command.
pub const LOOK_UP: &str = "Look up in Dossier";

/// Timeout for loading what decides whether an answer is public. After it the answer is private,
/// within Discord's three seconds.
const VISIBILITY_TIMEOUT: Duration = Duration::from_millis(1_500);

pub enum Reply {
    Callback(Body),
    /// Acknowledges the press with this callback, then deletes the message.
    Delete(Body),
    /// A message that can also be sent after a deferral.
    Message(MessageReply),
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
    categories: Arc<CategoryCache>,
    channel_guilds: Arc<ChannelGuilds>,
    pace: Arc<PaceLimiter>,
    reports: Option<Arc<ReportChannel>>,
}

impl Responder {
    /// Cards have a form to report errors if there is a channel for them.
    pub fn new(
        catalog: Catalog,
        store: Arc<Store>,
        rest: Option<Arc<Rest>>,
        report_channel: Option<ChannelId>,
    ) -> Self {
        Self {
            catalog: Arc::new(catalog.with_report_form(report_channel.is_some())),
            answers: Arc::default(),
            pictures: None,
            store,
            rest,
            categories: Arc::default(),
            channel_guilds: Arc::default(),
            pace: Arc::default(),
            reports: report_channel.map(ReportChannel::new).map(Arc::new),
        }
    }

    /// Enables pictures. Each is rendered on first use, then cached.
    #[must_use]
    pub fn with_pictures(self) -> Self {
        Self { pictures: Some(Arc::default()), ..self }
    }

    /// Replaces the catalog. The caches of guilds and channels are shared.
    #[must_use]
    pub fn with_catalog(&self, catalog: Catalog) -> Self {
        let catalog = Arc::new(catalog.with_report_form(self.reports.is_some()));
        Self { catalog, answers: Arc::default(), ..self.clone() }
    }

    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    /// What posts digests, which requires Discord's REST API.
    pub fn poster(&self) -> Option<DigestPoster> {
        let rest = Arc::clone(self.rest.as_ref()?);
        let (store, channel_guilds) = (Arc::clone(&self.store), Arc::clone(&self.channel_guilds));
        Some(DigestPoster::new(rest, store, channel_guilds, self.pictures.clone()))
    }

    /// Invalidates the cached category of a changed channel.
    pub fn on_channel_update(&self, channel: ChannelId) {
        self.categories.remove(channel);
    }

    /// Answers an interaction. Every interaction gets a response.
    pub async fn respond(&self, interaction: &Interaction) -> Reply {
        let origin = InteractionOrigin::new(interaction);
        self.dispatch(&origin).await.unwrap_or_else(|refusal| self.refusal_reply(&refusal))
    }

    /// The reply after a panic, which is logged under the interaction's id. An autocomplete gets an
    /// empty list of choices.
    pub fn internal_error_reply(&self, data: &InteractionData, id: InteractionId) -> Reply {
        match data {
            InteractionData::Autocomplete { .. } => callback_reply(&Callback::choices(Vec::new())),
            _ => self.refusal_reply(&Refusal::new("refuse-broken").with("id", id.to_string())),
        }
    }

    fn refusal_reply(&self, refusal: &Refusal) -> Reply {
        let locale = self.catalog.locale();
        Reply::Message(MessageReply::ephemeral(&refusal.card(locale), locale))
    }

    async fn dispatch(&self, origin: &InteractionOrigin<'_>) -> Result<Reply, Refusal> {
        match &origin.interaction.data {
            InteractionData::Ping => Ok(callback_reply(&Callback::PONG)),
            InteractionData::Command { name, options } => {
                self.handle_command(origin, name, options).await
            }
            InteractionData::MessageCommand { name, content, names } if name == LOOK_UP => {
                self.query(origin, |query| query.answer_message(content, names)).await
            }
            InteractionData::MessageCommand { name, .. } => Err(commands::unknown_command(name)),
            InteractionData::Autocomplete { name, options, focused } => {
                let request = request(origin, name, options);
                let choices = self.autocomplete(origin, &request, focused.as_deref()).await;
                Ok(callback_reply(&Callback::choices(choices)))
            }
            InteractionData::Component { custom_id, values, message } => {
                let action = Action::decode(custom_id).ok_or_else(stale_refusal)?;
                self.handle_press(origin, action, values, *message).await
            }
            InteractionData::Modal { custom_id, values } => {
                let submitted = self.submit_report(origin.interaction, custom_id, values);
                Box::pin(submitted).await.map(Reply::Message)
            }
            InteractionData::Unknown { .. } => Err(Refusal::new("refuse-newer")),
        }
    }

    async fn handle_command(
        &self,
        origin: &InteractionOrigin<'_>,
        name: &str,
        options: &[CommandOption],
    ) -> Result<Reply, Refusal> {
        let command = commands::find(name);
        if let Some(unreadable) = options.iter().find(|option| option.value.is_none()) {
            let option = command.and_then(|command| command.option(&unreadable.name));
            return Err(option.map_or_else(
                || Refusal::new("refuse-unreadable").with("option", shorten(&unreadable.name, 32)),
                |option| option.invalid_refusal(),
            ));
        }
        let request = request(origin, name, options);
        match command.map(|command| command.audience) {
            None => Err(commands::unknown_command(name)),
            Some(Audience::Everyone) => {
                self.query(origin, |query| query.answer_command(request)).await
            }
            Some(Audience::Moderators) => {
                // Boxed, like other rare work: every answer's task would have room for it.
                Box::pin(self.run_admin(origin, request, false)).await.map(Reply::Message)
            }
        }
    }

    async fn handle_press(
        &self,
        origin: &InteractionOrigin<'_>,
        action: Action,
        values: &[String],
        on: SourceMessage,
    ) -> Result<Reply, Refusal> {
        let interaction = origin.interaction;
        if let Verb::ChangeSetting(scope, ..) = action.verb {
            if origin.guild() != Some(scope.guild) || interaction.user_id != Some(scope.member) {
                return Err(Refusal::new("refuse-not-yours"));
            }
            if scope.needs_manage_server && !can_manage_server(interaction.member_permissions) {
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
            request.map(|request| with_context(origin, request)).ok_or_else(stale_refusal)?;
        let audience = commands::find(&request.command).map(|command| command.audience);
        let is_own = is_own(interaction, &on);
        match (action.verb, audience) {
            (Verb::ChangeSetting(..), Some(Audience::Moderators)) => {
                Box::pin(self.run_admin(origin, request, true)).await.map(Reply::Message)
            }
            // Every request that only moderators may make has a scope.
            (Verb::ChangeSetting(..), _) | (_, Some(Audience::Moderators)) => Err(stale_refusal()),
            (Verb::Delete, _) if is_own => {
                Ok(Reply::Delete(Body::new(&Callback::DEFERRED_UPDATE, None)))
            }
            (Verb::Delete, _) => Err(Refusal::new("refuse-not-yours-to-delete")),
            (verb @ Verb::Report(_), _) => self.open_report_form(origin, &Action { verb, request }),
            (verb, _) => {
                let answer =
                    |query: QueryHandler<'_>| query.answer_press(verb, &request, on, is_own);
                self.query(origin, answer).await
            }
        }
    }

    /// The choices of the focused option.
    async fn autocomplete(
        &self,
        origin: &InteractionOrigin<'_>,
        request: &Request,
        focused: Option<&str>,
    ) -> Vec<Choice> {
        let Some(focused) = focused else {
            return Vec::new();
        };
        let command = commands::find(&request.command);
        let option = command.and_then(|command| command.option(focused));
        match (option.map(|option| option.kind), origin.guild()) {
            (Some(OptionKind::Digest), Some(guild)) => {
                let loading = Box::pin(self.store.digests(guild));
                let found = timeout(VISIBILITY_TIMEOUT, loading).await;
                // Autocomplete cannot show an error, so it offers nothing.
                let found = found.ok().and_then(Result::ok).unwrap_or_default();
                digests(&self.catalog, &found, request.option(focused).unwrap_or_default())
            }
            _ => choices(&self.catalog, request, focused, now()),
        }
    }
}

/// The callback that defers an answer which may take longer than three seconds, if it is one of
/// those that may.
pub fn deferral(interaction: &Interaction) -> Option<Body> {
    let callback = match &interaction.data {
        InteractionData::Command { name, .. } if name.starts_with(commands::SETTINGS_ROOT) => {
            &Callback::DEFERRED_EPHEMERAL
        }
        InteractionData::Modal { .. } => &Callback::DEFERRED_EPHEMERAL,
        InteractionData::Component { custom_id, .. } => match Action::decode(custom_id)?.verb {
            Verb::ChangeSetting(..) => &Callback::DEFERRED_UPDATE,
            _ => return None,
        },
        _ => return None,
    };
    Some(Body::new(callback, None))
}

fn stale_refusal() -> Refusal {
    Refusal::new("refuse-stale")
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
    Reply::Callback(Body::new(callback, None))
}

/// Whether the caller is the member for whom the message was sent.
fn is_own(interaction: &Interaction, message: &SourceMessage) -> bool {
    message.ephemeral || (message.invoker.is_some() && message.invoker == interaction.user_id)
}

/// Adds what the caller does not provide: a random number, the application and the current day.
fn with_context(origin: &InteractionOrigin<'_>, request: Request) -> Request {
    let application = origin.interaction.application_id.map(ApplicationId::get);
    request.with_context(fastrand::u64(..), application, today())
}

fn request(origin: &InteractionOrigin<'_>, name: &str, options: &[CommandOption]) -> Request {
    let values = options.iter().filter_map(|option| Some((&option.name, option.value.as_deref()?)));
    let request =
        values.fold(Request::new(name), |request, (name, value)| request.with(name, value));
    with_context(origin, request)
}
