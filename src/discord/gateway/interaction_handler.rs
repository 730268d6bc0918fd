//! Answers each interaction within Discord's three-second limit, or defers the response.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use parking_lot::{Mutex, RwLock};
use secrecy::ExposeSecret;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::task::TaskTracker;

use super::outages::Outages;
use crate::catalog::Catalog;
use crate::command::Command;
use crate::commands;
use crate::discord::cache::Cache;
use crate::discord::http::{Rest, RestError};
use crate::discord::incoming::{Interaction, InteractionData};
use crate::discord::respond::{LOOK_UP, MessageReply, Reply, Responder, deferral};
use crate::discord::wire::Body;
use crate::guild::InteractionId;
use crate::telemetry;

/// Discord's timeout for the initial response:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback>.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(3);

/// A response that takes longer than this is deferred.
const DEFER_AFTER: Duration = Duration::from_millis(1_500);

/// The maximum number of responses in flight. Beyond it, the next interaction waits for a free
/// slot.
const CONCURRENT_ANSWERS_MAX: usize = 1_024;

/// How long Discord may take to process a callback sent as the HTTP response. Until then the
/// message cannot be edited or deleted.
const RESPONSE_DELAY: Duration = Duration::from_millis(500);

/// The number of interaction ids kept for deduplication. Discord may repeat an interaction after a
/// resume, and a recorded HTTP request can be replayed while its signature is valid (five minutes).
const RECENT_IDS_MAX: usize = 65_536;

pub struct InteractionHandler {
    /// Replaced when the dataset is reloaded.
    responder: RwLock<Arc<Responder>>,
    rest: Arc<Rest>,
    permits: Arc<Semaphore>,
    tasks: TaskTracker,
    /// The ids of the most recent interactions.
    recent: Cache<RECENT_IDS_MAX, InteractionId, ()>,
    outages: Mutex<Outages>,
}

struct PendingInteraction {
    interaction: Interaction,
    id: InteractionId,
    /// The command's name as it appears in the log.
    command: &'static str,
    received_at: Instant,
    /// Receives the callback if it is to be sent as the response to Discord's HTTP request.
    response: Option<mpsc::Sender<Body>>,
}

impl InteractionHandler {
    pub fn new(responder: Responder, rest: Arc<Rest>) -> Self {
        Self {
            responder: RwLock::new(Arc::new(responder)),
            rest,
            permits: Arc::new(Semaphore::new(CONCURRENT_ANSWERS_MAX)),
            tasks: TaskTracker::new(),
            recent: Cache::default(),
            outages: Mutex::default(),
        }
    }

    pub fn catalog(&self) -> Arc<Catalog> {
        self.responder().catalog()
    }

    /// Swaps in another catalog. Responses in progress keep using the previous one.
    pub fn replace_catalog(&self, catalog: Catalog) {
        let responder = Arc::new(self.responder().with_catalog(catalog));
        *self.responder.write() = responder;
    }

    pub fn responder(&self) -> Arc<Responder> {
        Arc::clone(&self.responder.read())
    }

    /// Answers an interaction that was received `at` this instant, in a spawned task.
    pub async fn answer(self: &Arc<Self>, interaction: Interaction, at: Instant) {
        self.dispatch(interaction, at, None).await;
    }

    /// Answers an interaction in the response to the HTTP request that delivered it. Returns `None`
    /// for a repeated interaction. Everything after the callback goes through the REST API.
    pub async fn respond(self: &Arc<Self>, interaction: Interaction, at: Instant) -> Option<Body> {
        let (response, mut callback) = mpsc::channel(1);
        self.dispatch(interaction, at, Some(response)).await;
        callback.recv().await
    }

    async fn dispatch(
        self: &Arc<Self>,
        interaction: Interaction,
        at: Instant,
        response: Option<mpsc::Sender<Body>>,
    ) {
        // Only a ping has no id, and pings are answered before they get here.
        let Some(id) = interaction.id else {
            return;
        };
        if self.recent.insert(id, ()).is_some() {
            tracing::debug!(id = id.get(), "duplicate interaction ignored");
            return;
        }
        let command = command_label(&interaction.data);
        let received = PendingInteraction { interaction, id, command, received_at: at, response };
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let handler = Arc::clone(self);
        self.tasks.spawn(async move {
            handler.process(&received).await;
            drop(permit);
        });
    }

    /// Sends the answer, which is deferred if it takes too long. A panic only affects this answer.
    async fn process(&self, received: &PendingInteraction) {
        let responder = self.responder();
        let answer = AssertUnwindSafe(responder.respond(&received.interaction)).catch_unwind();
        let mut answer = std::pin::pin!(answer);
        let in_time = timeout_at(received.received_at + DEFER_AFTER, &mut answer).await;
        let (answer, is_deferred) = match in_time.map_err(|_| deferral(&received.interaction)) {
            Ok(answer) => (answer, false),
            Err(None) => (answer.await, false),
            Err(Some(deferral)) => {
                let (is_deferred, answer) = tokio::join!(self.defer(received, &deferral), answer);
                if !is_deferred {
                    return;
                }
                (answer, true)
            }
        };
        match answer.unwrap_or_else(|_| self.error_reply(received)) {
            Reply::Message(reply) if is_deferred => self.send_later(received, reply).await,
            reply => self.send(received, reply).await,
        }
    }

    /// Waits for the responses in progress, up to a timeout.
    pub async fn finish(&self, limit: Duration) {
        self.tasks.close();
        if timeout(limit, self.tasks.wait()).await.is_err() {
            tracing::warn!(answers = self.tasks.len(), "shutting down with unfinished responses");
        }
    }

    fn error_reply(&self, received: &PendingInteraction) -> Reply {
        telemetry::record_broken_answer(received.command);
        tracing::error!(id = received.id.get(), command = received.command, "the command panicked");
        self.responder().internal_error_reply(&received.interaction.data, received.id)
    }

    async fn send(&self, received: &PendingInteraction, reply: Reply) {
        match reply {
            Reply::Callback(body) => drop(self.deliver(received, &body, "sent").await),
            Reply::Message(reply) => drop(self.deliver(received, &reply.callback(), "sent").await),
            Reply::Delete(body) => {
                if self.deliver(received, &body, "sent").await {
                    received.wait_for_response().await;
                    self.delete_original(received).await;
                }
            }
        }
    }

    async fn defer(&self, received: &PendingInteraction, deferral: &Body) -> bool {
        let is_accepted = self.deliver(received, deferral, "deferred").await;
        received.wait_for_response().await;
        is_accepted
    }

    /// Sends a message after a deferral. If it does not replace the message that the component is
    /// on, that message stays and the reply is a follow-up.
    async fn send_later(&self, received: &PendingInteraction, reply: MessageReply) {
        let Some(application) = received.interaction.application_id else {
            return;
        };
        let token = received.interaction.token.expose_secret();
        let sent = match reply.replaces_message || received.command != COMPONENT {
            true => self.rest.edit_original(application, token, &reply.edit()).await,
            false => self.rest.follow_up(application, token, &reply.follow_up()).await,
        };
        if let Err(error) = sent {
            self.log_failure(received, &error);
        }
    }

    /// Sends a callback as the HTTP response if Discord is waiting for one, otherwise as a request
    /// of its own.
    async fn callback(&self, received: &PendingInteraction, body: &Body) -> Result<(), RestError> {
        if let Some(response) = &received.response {
            return response.try_send(body.clone()).map_err(|_| RestError::request_closed());
        }
        let deadline = received.received_at + CALLBACK_TIMEOUT;
        self.rest
            .callback(received.id, received.interaction.token.expose_secret(), body, deadline)
            .await
    }

    /// Sends a callback, whose `outcome` is recorded, and returns whether Discord accepted it.
    async fn deliver(
        &self,
        received: &PendingInteraction,
        body: &Body,
        outcome: &'static str,
    ) -> bool {
        let answered_at = Instant::now();
        let sent = self.callback(received, body).await;
        let (id, command) = (received.id.get(), received.command);
        let made_us = micros(received.received_at, answered_at);
        let total_us = micros(received.received_at, Instant::now());
        match &sent {
            Ok(()) => {
                received.record_outcome(outcome);
                tracing::debug!(id, command, outcome, made_us, total_us, "answered");
                if let Some(count) = self.outages.lock().record_success(Instant::now()) {
                    tracing::info!(failed = count, "answers are accepted again");
                }
            }
            Err(error) => {
                received.record_outcome(if error.is_expired() { "late" } else { "failed" });
                tracing::debug!(id, made_us, total_us, "no response was sent");
                self.log_failure(received, error);
            }
        }
        sent.is_ok()
    }

    /// Logs a failed response. During an outage only some failures are logged (see [`Outages`]).
    fn log_failure(&self, received: &PendingInteraction, error: &RestError) {
        let (id, command) = (received.id.get(), received.command);
        let kind = error.status().unwrap_or_default();
        let Some(count) = self.outages.lock().record_failure(kind, Instant::now()) else {
            tracing::debug!(id, command, %error, "an answer failed");
            return;
        };
        if error.is_expired() {
            tracing::info!(id, command, count, "the interaction expired before it was answered");
        } else {
            tracing::warn!(id, command, count, %error, "an answer failed");
        }
    }

    async fn delete_original(&self, received: &PendingInteraction) {
        let Some(application) = received.interaction.application_id else {
            return;
        };
        match self
            .rest
            .delete_original(application, received.interaction.token.expose_secret())
            .await
        {
            // A 404 means that somebody else has already deleted the message.
            Err(error) if error.status() != Some(404) => {
                tracing::warn!(id = received.id.get(), %error, "failed to delete a message");
            }
            _ => {}
        }
    }
}

impl PendingInteraction {
    fn record_outcome(&self, outcome: &'static str) {
        telemetry::record_answer(self.command, outcome, self.received_at.elapsed());
    }

    /// Waits until Discord has processed a callback that was sent as the HTTP response.
    async fn wait_for_response(&self) {
        if self.response.is_some() {
            sleep(RESPONSE_DELAY).await;
        }
    }
}

const COMPONENT: &str = "a component";

/// The interaction's name for the log. Never contains user input.
fn command_label(data: &InteractionData) -> &'static str {
    let command = |name: &str| {
        let root = name.split(' ').next();
        let mut known = commands::iter().map(Command::root);
        known.find(|known| Some(*known) == root).unwrap_or("an unknown command")
    };
    match data {
        InteractionData::Ping => "a ping",
        InteractionData::Command { name, .. } => command(name),
        InteractionData::Autocomplete { .. } => "an autocomplete",
        InteractionData::MessageCommand { name, .. } if name == LOOK_UP => LOOK_UP,
        InteractionData::MessageCommand { .. } => "an unknown command",
        InteractionData::Component { .. } => COMPONENT,
        InteractionData::Modal { .. } => "a modal",
        InteractionData::Unknown { .. } => "something unknown",
    }
}

fn micros(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.duration_since(from).as_micros()).unwrap_or(u64::MAX)
}
