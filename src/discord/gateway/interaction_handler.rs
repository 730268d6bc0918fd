//! Sends the answer to each interaction within Discord's three seconds, or defers it.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::task::TaskTracker;

use super::outages::Outages;
use crate::catalog::Catalog;
use crate::command::Command;
use crate::commands;
use crate::digest::delivery::DigestPoster;
use crate::discord::http::{Rest, RestError};
use crate::discord::incoming::{Interaction, InteractionData, Token};
use crate::discord::respond::{
    Deferred, Dispatch, LOOK_UP, Reply, Responder, apologize, apology_message,
};
use crate::discord::wire::Body;
use crate::guild::{ApplicationId, ChannelId, InteractionId};
use crate::telemetry;

/// Discord's timeout for an answer:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback>.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(3);

/// An answer that takes longer is deferred.
const DEFER_AFTER: Duration = Duration::from_millis(1_500);

/// How many answers are sent at once. With more, the next interaction waits for one of them.
const CONCURRENT_ANSWERS_MAX: usize = 1_024;

/// How long Discord may take to read a callback that is the response to its request. Before that, it knows no message to change.
const RESPONSE_DELAY: Duration = Duration::from_millis(500);

/// How many ids of interactions are cached, so that none is answered twice: when Discord repeats one after a resume, or when somebody
/// sends a recorded request again, whose signature is valid for five minutes.
const RECENT_IDS_MAX: usize = 65_536;

/// The error code of an interaction that has expired, or was answered by another process.
const UNKNOWN_INTERACTION: u64 = 10_062;

pub struct InteractionHandler {
    /// Replaced when the dataset is loaded again.
    responder: RwLock<Arc<Responder>>,
    rest: Arc<Rest>,
    permits: Arc<Semaphore>,
    tasks: TaskTracker,
    recent: Mutex<RecentIds>,
    outages: Mutex<Outages>,
}

/// What it takes to answer an interaction.
struct PendingInteraction {
    id: InteractionId,
    application: Option<ApplicationId>,
    token: Token<'static>,
    /// Its name in the log.
    command: &'static str,
    received_at: Instant,
    is_autocomplete: bool,
    /// Takes the callback where it is the response to a request of Discord's.
    response: Option<mpsc::Sender<Body>>,
}

impl InteractionHandler {
    pub fn new(responder: Responder, rest: Arc<Rest>) -> Self {
        Self {
            responder: RwLock::new(Arc::new(responder)),
            rest,
            permits: Arc::new(Semaphore::new(CONCURRENT_ANSWERS_MAX)),
            tasks: TaskTracker::new(),
            recent: Mutex::default(),
            outages: Mutex::default(),
        }
    }

    pub fn catalog(&self) -> Arc<Catalog> {
        self.responder().catalog()
    }

    pub fn poster(&self) -> Option<Arc<DigestPoster>> {
        self.responder().poster().cloned()
    }

    /// Answers from another catalog from now on. Answers under way are finished with the previous one.
    pub fn replace_catalog(&self, catalog: Catalog) {
        let responder = Arc::new(self.responder().with_catalog(catalog));
        *self.responder.write().unwrap_or_else(PoisonError::into_inner) = responder;
    }

    fn responder(&self) -> Arc<Responder> {
        Arc::clone(&self.responder.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Drops what is cached of a channel.
    pub fn channel_changed(&self, channel: ChannelId) {
        self.responder().channel_changed(channel);
    }

    /// Answers an interaction received `at` an instant. Sending, and what has to wait for the store or for Discord, goes on in a task.
    pub async fn answer(self: &Arc<Self>, interaction: Interaction<'_>, at: Instant) {
        self.dispatch(interaction, at, None).await;
    }

    /// Answers an interaction in the response to the request that brought it; `None` if it was repeated. What follows a callback is
    /// done through the REST API.
    pub async fn respond(
        self: &Arc<Self>,
        interaction: Interaction<'_>,
        at: Instant,
    ) -> Option<Body> {
        let (response, mut callback) = mpsc::channel(1);
        self.dispatch(interaction, at, Some(response)).await;
        callback.recv().await
    }

    async fn dispatch(
        self: &Arc<Self>,
        interaction: Interaction<'_>,
        at: Instant,
        response: Option<mpsc::Sender<Body>>,
    ) {
        // Only a ping has no id; it is answered elsewhere.
        let Some(id) = interaction.id else {
            return;
        };
        if !self.is_new(id) {
            tracing::debug!(id = id.get(), "an interaction was repeated");
            return;
        }
        let responder = self.responder();
        let dispatch = catch_unwind(AssertUnwindSafe(|| responder.respond(&interaction)));
        let received = PendingInteraction {
            id,
            application: interaction.application_id,
            command: name(&interaction.data),
            is_autocomplete: matches!(interaction.data, InteractionData::Autocomplete { .. }),
            token: interaction.token.into_owned(),
            received_at: at,
            response,
        };
        let dispatch = dispatch.unwrap_or_else(|_| Dispatch::Respond(self.apology(&received)));
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let handler = Arc::clone(self);
        self.tasks.spawn(async move {
            match dispatch {
                Dispatch::Respond(reply) => handler.send(&received, reply).await,
                Dispatch::Defer(deferred) => {
                    handler.finish_deferred(received, &responder, deferred).await;
                }
            }
            drop(permit);
        });
    }

    /// Waits until all answers are sent, up to a timeout.
    pub async fn finish(&self, limit: Duration) {
        self.tasks.close();
        if timeout(limit, self.tasks.wait()).await.is_err() {
            tracing::warn!(answers = self.tasks.len(), "stopped before all answers were sent");
        }
    }

    fn is_new(&self, id: InteractionId) -> bool {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).insert(id.get())
    }

    /// The answer where making it panicked: an autocomplete gets no choices.
    fn apology(&self, received: &PendingInteraction) -> Reply {
        telemetry::answer_broke(received.command);
        tracing::error!(id = received.id.get(), command = received.command, "an answer panicked");
        let body = match received.is_autocomplete {
            true => Bytes::from_static(br#"{"type":8,"data":{"choices":[]}}"#),
            false => apologize(&self.catalog(), &received.id.to_string()),
        };
        Reply::Callback(body)
    }

    /// Answers what has to wait for the store or for Discord; deferred where that takes long.
    async fn finish_deferred(
        &self,
        received: PendingInteraction,
        responder: &Arc<Responder>,
        deferred: Deferred,
    ) {
        let deferral = deferred.deferral();
        let responder = Arc::clone(responder);
        // A task of its own, so that a panic costs no more than this answer.
        let mut work = tokio::spawn(async move { responder.finish(deferred).await });
        let in_time = timeout_at(received.received_at + DEFER_AFTER, &mut work).await;
        let (finished, is_deferred) = match (in_time, deferral) {
            (Ok(finished), _) => (finished, false),
            (Err(_), None) => (work.await, false),
            (Err(_), Some(deferral)) => {
                if !self.defer(&received, deferral).await {
                    return;
                }
                (work.await, true)
            }
        };
        match finished {
            Err(_) if is_deferred => {
                drop(self.apology(&received));
                let message = apology_message(&self.catalog(), &received.id.to_string());
                self.edit(&received, &message).await;
            }
            Err(_) => self.send(&received, self.apology(&received)).await,
            // What was pressed on stays where the answer does not take its place.
            Ok(Reply::Admin(reply)) if is_deferred => {
                match reply.is_in_place || received.command != COMPONENT {
                    true => self.edit(&received, &reply.edit()).await,
                    false => self.follow_up(&received, &reply.follow_up()).await,
                }
            }
            Ok(reply) => self.send(&received, reply).await,
        }
    }

    async fn send(&self, received: &PendingInteraction, reply: Reply) {
        match reply {
            Reply::Callback(body) => drop(self.deliver(received, &body.into()).await),
            Reply::Admin(reply) => drop(self.deliver(received, &reply.callback()).await),
            Reply::Pictured(reply) => drop(self.deliver(received, &reply.callback().await).await),
            Reply::Delete(body) => {
                if self.deliver(received, &body.into()).await {
                    received.wait_for_response().await;
                    self.delete_original(received).await;
                }
            }
        }
    }

    async fn defer(&self, received: &PendingInteraction, deferral: Bytes) -> bool {
        match self.callback(received, &deferral.into()).await {
            Ok(()) => {
                received.measure("deferred");
                received.wait_for_response().await;
                true
            }
            Err(error) => {
                self.failed(received, &error);
                false
            }
        }
    }

    async fn edit(&self, received: &PendingInteraction, message: &Body) {
        let Some(application) = received.application else {
            return;
        };
        let token = received.token.as_str();
        let edited = self.rest.edit_original(application, token, message);
        if let Err(error) = edited.await {
            self.failed(received, &error);
        }
    }

    async fn follow_up(&self, received: &PendingInteraction, message: &Body) {
        let Some(application) = received.application else {
            return;
        };
        let token = received.token.as_str();
        let sent = self.rest.follow_up(application, token, message);
        if let Err(error) = sent.await {
            self.failed(received, &error);
        }
    }

    /// Sends a callback: as the response that Discord waits for, or else in a request of its own.
    async fn callback(&self, received: &PendingInteraction, body: &Body) -> Result<(), RestError> {
        if let Some(response) = &received.response {
            if response.try_send(body.clone()).is_err() {
                tracing::debug!(id = received.id.get(), "Discord no longer waits for the response");
            }
            return Ok(());
        }
        let deadline = received.received_at + CALLBACK_TIMEOUT;
        self.rest.callback(received.id, received.token.as_str(), body, deadline).await
    }

    /// Sends a callback; returns whether Discord accepted it.
    async fn deliver(&self, received: &PendingInteraction, body: &Body) -> bool {
        let made = Instant::now();
        let (id, command) = (received.id, received.command);
        let sent = self.callback(received, body).await;
        let (made, total) =
            (micros(received.received_at, made), micros(received.received_at, Instant::now()));
        match &sent {
            Ok(()) => {
                received.measure("sent");
                tracing::debug!(
                    id = id.get(),
                    command,
                    made_us = made,
                    total_us = total,
                    "answered"
                );
                if let Some(count) = self.outages().succeeded(Instant::now()) {
                    tracing::info!(failed = count, "answers are accepted again");
                }
            }
            Err(error) => {
                received.measure(match error.code() {
                    Some(UNKNOWN_INTERACTION) => "late",
                    _ => "failed",
                });
                tracing::debug!(id = id.get(), made_us = made, total_us = total, "not answered");
                self.failed(received, error);
            }
        }
        sent.is_ok()
    }

    /// Logs a failed answer, unless there are many.
    fn failed(&self, received: &PendingInteraction, error: &RestError) {
        let (id, command) = (received.id.get(), received.command);
        let kind = error.status().unwrap_or_default();
        let Some(count) = self.outages().failed(kind, Instant::now()) else {
            tracing::debug!(id, command, %error, "an answer failed");
            return;
        };
        match error.code() {
            Some(UNKNOWN_INTERACTION) => {
                tracing::info!(id, command, count, "an answer was too late");
            }
            _ => tracing::warn!(id, command, count, %error, "an answer failed"),
        }
    }

    fn outages(&self) -> MutexGuard<'_, Outages> {
        self.outages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn delete_original(&self, received: &PendingInteraction) {
        let Some(application) = received.application else {
            return;
        };
        match self.rest.delete_original(application, received.token.as_str()).await {
            // Somebody else may have been faster.
            Err(error) if error.status() != Some(404) => {
                tracing::warn!(id = received.id.get(), %error, "a message could not be deleted");
            }
            _ => {}
        }
    }
}

impl PendingInteraction {
    fn measure(&self, outcome: &'static str) {
        telemetry::answered(self.command, outcome, self.received_at.elapsed());
    }

    /// Waits until Discord has read the callback, where it is a response.
    async fn wait_for_response(&self) {
        if self.response.is_some() {
            sleep(RESPONSE_DELAY).await;
        }
    }
}

/// The ids of the last interactions.
#[derive(Debug, Default)]
struct RecentIds {
    ids: HashSet<u64>,
    order: VecDeque<u64>,
}

impl RecentIds {
    /// Returns whether the id was not among them.
    fn insert(&mut self, id: u64) -> bool {
        if !self.ids.insert(id) {
            return false;
        }
        if self.order.len() == RECENT_IDS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        self.order.push_back(id);
        true
    }
}

const COMPONENT: &str = "a component";

/// The name of an interaction in the log, never anything that somebody wrote.
fn name(data: &InteractionData<'_>) -> &'static str {
    let command = |name: &str| {
        commands::every()
            .map(Command::root)
            .find(|known| *known == name)
            .unwrap_or("an unknown command")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_is_known_and_memory_is_bounded() {
        let mut recent = RecentIds::default();
        assert!(recent.insert(7));
        assert!(!recent.insert(7));
        for id in 100..100_000 {
            assert!(recent.insert(id));
        }
        assert!(!recent.insert(99_999));
        assert!(recent.insert(7), "long ago");
        assert_eq!((recent.ids.len(), recent.order.len()), (RECENT_IDS_MAX, RECENT_IDS_MAX));
    }
}
