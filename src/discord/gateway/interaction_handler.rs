//! From an interaction to its answer at Discord, whatever the way it came.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::task::TaskTracker;

use super::outage::Outages;
use crate::catalog::Catalog;
use crate::command::Command;
use crate::commands;
use crate::digest::delivery::DigestPoster;
use crate::discord::http::{Rest, RestError};
use crate::discord::incoming::{Id, Interaction, InteractionData, Token};
use crate::discord::respond::{
    Finished, LOOK_UP, Reply, Responder, Then, Turn, Waiting, apologize, apology_message,
};
use crate::discord::wire::Body;
use crate::telemetry;

/// How long Discord waits for an answer:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback>.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// How long an answer may take to be made, before Discord is told that it will follow.
const DEFER_AFTER: Duration = Duration::from_millis(1_500);

/// How many answers may be under way at once. With more, the next is not read before one is through.
const UNDER_WAY_MAX: usize = 1_024;

/// How long Discord may take to read a callback that is the response to its request. Before that, it knows no message to change.
const RESPONSE_TIME: Duration = Duration::from_millis(500);

/// How many interactions are remembered, so that none is answered twice: when Discord repeats what it is not sure we got, or when
/// somebody sends a recorded request again, which is valid for five minutes.
const SEEN_MAX: usize = 65_536;

/// The code of an interaction that is over, or was answered by another.
const UNKNOWN_INTERACTION: u64 = 10_062;

/// Answers interactions.
pub struct InteractionHandler {
    /// Another one after the dataset has been loaded again.
    responder: RwLock<Arc<Responder>>,
    rest: Arc<Rest>,
    slots: Arc<Semaphore>,
    under_way: TaskTracker,
    seen: Mutex<Seen>,
    outages: Mutex<Outages>,
}

/// What is known of an interaction when it has been read.
struct Received {
    id: Id,
    application: Id,
    token: Token<'static>,
    /// What it is called in the log.
    command: &'static str,
    at: Instant,
    is_typing: bool,
    /// Takes the callback, where that is the response to a request of Discord's.
    response: Option<mpsc::Sender<Body>>,
}

impl InteractionHandler {
    /// Answers with `responder`, by way of `rest`.
    pub fn new(responder: Responder, rest: Arc<Rest>) -> Self {
        Self {
            responder: RwLock::new(Arc::new(responder)),
            rest,
            slots: Arc::new(Semaphore::new(UNDER_WAY_MAX)),
            under_way: TaskTracker::new(),
            seen: Mutex::default(),
            outages: Mutex::default(),
        }
    }

    /// What is answered from.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.responder().catalog()
    }

    /// Answers from another catalog from now on. What is under way is finished with the previous one.
    pub fn replace_catalog(&self, catalog: Catalog) {
        let responder = Arc::new(self.responder().with_catalog(catalog));
        *self.responder.write().unwrap_or_else(PoisonError::into_inner) = responder;
    }

    fn responder(&self) -> Arc<Responder> {
        Arc::clone(&self.responder.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What posts digests.
    pub fn poster(&self) -> Option<Arc<DigestPoster>> {
        self.responder().poster().cloned()
    }

    /// Notes that a channel was changed.
    pub fn channel_changed(&self, channel: Id) {
        self.responder().channel_changed(channel);
    }

    /// Answers an interaction. It comes back as soon as the answer is made, or has to wait; what remains to be done is done
    /// meanwhile.
    pub async fn answer(self: &Arc<Self>, interaction: Interaction<'_>, at: Instant) {
        self.dispatch(interaction, at, None).await;
    }

    /// Answers an interaction in the response to the request that brought it; nothing, if that came before. What follows an answer
    /// is done by REST.
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
        if !self.is_new(interaction.id) {
            tracing::debug!(id = interaction.id.get(), "an interaction came again");
            return;
        }
        let responder = self.responder();
        let turn = catch_unwind(AssertUnwindSafe(|| responder.respond(&interaction)));
        let received = Received {
            id: interaction.id,
            application: interaction.application_id,
            command: name(&interaction.asked),
            is_typing: matches!(interaction.asked, InteractionData::Autocomplete { .. }),
            token: interaction.token.into_owned(),
            at,
            response,
        };
        let turn = turn.unwrap_or_else(|_| Turn::Answer(self.apology(&received)));
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let answering = Arc::clone(self);
        self.under_way.spawn(async move {
            match turn {
                Turn::Answer(reply) => answering.send(&received, reply).await,
                Turn::Wait(waiting) => answering.wait(received, responder, waiting).await,
            }
            drop(slot);
        });
    }

    /// Waits until what is under way is through.
    pub async fn finish(&self, within: Duration) {
        self.under_way.close();
        if timeout(within, self.under_way.wait()).await.is_err() {
            tracing::warn!(
                answers = self.under_way.len(),
                "stopped before all answers were through"
            );
        }
    }

    fn is_new(&self, id: Id) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).add(id.get())
    }

    /// What is said where the answer broke. To somebody who is typing there is nothing to say.
    fn apology(&self, received: &Received) -> Reply {
        telemetry::answer_broke(received.command);
        tracing::error!(id = received.id.get(), command = received.command, "an answer panicked");
        let body = match received.is_typing {
            true => Bytes::from_static(br#"{"type":8,"data":{"choices":[]}}"#),
            false => apologize(&self.catalog(), &received.id.to_string()),
        };
        Reply { body, then: Then::Nothing }
    }

    /// Answers what has to wait for the store or for Discord. Where that takes long, Discord is told that an answer will follow.
    async fn wait(
        self: &Arc<Self>,
        received: Received,
        responder: Arc<Responder>,
        waiting: Waiting,
    ) {
        let deferral = waiting.deferral();
        // A task of its own, so that a panic costs no more than this answer.
        let mut work = tokio::spawn(async move { responder.finish(waiting).await });
        let in_time = timeout_at(received.at + DEFER_AFTER, &mut work).await;
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
            Ok(Finished::Reply(reply)) => self.send(&received, reply).await,
            // Where something was pressed that is to stay, it is told in a message of its own.
            Ok(Finished::Outcome(outcome)) if is_deferred => {
                match outcome.is_in_place() || received.command != PRESS {
                    true => self.edit(&received, &outcome.edit()).await,
                    false => self.follow_up(&received, &outcome.follow_up()).await,
                }
            }
            Ok(Finished::Outcome(outcome)) => {
                self.deliver(&received, &outcome.callback()).await;
            }
        }
    }

    async fn send(&self, received: &Received, reply: Reply) {
        let is_sent = self.deliver(received, &reply.body.into()).await;
        if is_sent && reply.then == Then::DeleteOriginal {
            received.callback_is_read().await;
            self.delete_original(received).await;
        }
    }

    /// Tells Discord that an answer will follow.
    async fn defer(&self, received: &Received, deferral: Bytes) -> bool {
        match self.callback(received, &deferral.into()).await {
            Ok(()) => {
                received.measure("deferred");
                received.callback_is_read().await;
                true
            }
            Err(error) => {
                self.failed(received, &error);
                false
            }
        }
    }

    /// Sends a callback: as the response that is waited for, or else in a request of its own.
    async fn callback(&self, received: &Received, body: &Body) -> Result<(), RestError> {
        if let Some(response) = &received.response {
            if response.try_send(body.clone()).is_err() {
                tracing::debug!(id = received.id.get(), "Discord no longer waits for the response");
            }
            return Ok(());
        }
        let deadline = received.at + ANSWER_WITHIN;
        self.rest.callback(received.id, received.token.as_str(), body, deadline).await
    }

    /// Says what was put off, in the place of what was promised or pressed on.
    async fn edit(&self, received: &Received, message: &Body) {
        let token = received.token.as_str();
        let edited = self.rest.edit_original(received.application, token, message);
        if let Err(error) = edited.await {
            self.failed(received, &error);
        }
    }

    /// Says what was put off, in a message of its own.
    async fn follow_up(&self, received: &Received, message: &Body) {
        let token = received.token.as_str();
        let sent = self.rest.follow_up(received.application, token, message);
        if let Err(error) = sent.await {
            self.failed(received, &error);
        }
    }

    /// Sends a callback; whether Discord took it.
    async fn deliver(&self, received: &Received, body: &Body) -> bool {
        let made = Instant::now();
        let (id, command) = (received.id, received.command);
        let sent = self.callback(received, body).await;
        let (made, total) = (micros(received.at, made), micros(received.at, Instant::now()));
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
                    tracing::info!(failed = count, "answers get through again");
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

    /// Tells the log that an answer did not get through, unless there are many.
    fn failed(&self, received: &Received, error: &RestError) {
        let (id, command) = (received.id.get(), received.command);
        let kind = error.status().unwrap_or_default();
        let Some(count) = self.outages().failed(kind, Instant::now()) else {
            tracing::debug!(id, command, %error, "an answer did not get through");
            return;
        };
        match error.code() {
            Some(UNKNOWN_INTERACTION) => {
                tracing::info!(id, command, count, "an answer came too late");
            }
            _ => tracing::warn!(id, command, count, %error, "an answer did not get through"),
        }
    }

    fn outages(&self) -> MutexGuard<'_, Outages> {
        self.outages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn delete_original(&self, received: &Received) {
        let Received { application, token, .. } = received;
        match self.rest.delete_original(*application, token.as_str()).await {
            // Somebody else may have been faster.
            Err(error) if error.status() != Some(404) => {
                tracing::warn!(id = received.id.get(), %error, "a message could not be deleted");
            }
            _ => {}
        }
    }
}

impl Received {
    fn measure(&self, outcome: &'static str) {
        telemetry::answered(self.command, outcome, self.at.elapsed());
    }

    /// Waits until Discord knows the callback.
    async fn callback_is_read(&self) {
        if self.response.is_some() {
            sleep(RESPONSE_TIME).await;
        }
    }
}

/// The interactions that came last.
#[derive(Debug, Default)]
struct Seen {
    ids: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Seen {
    /// Adds one, and tells whether it is new.
    fn add(&mut self, id: u64) -> bool {
        if !self.ids.insert(id) {
            return false;
        }
        if self.order.len() == SEEN_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        self.order.push_back(id);
        true
    }
}

const PRESS: &str = "a press";

/// What to call an interaction in the log: never by what somebody wrote.
fn name(asked: &InteractionData<'_>) -> &'static str {
    let command = |name: &str| {
        commands::every()
            .map(Command::root)
            .find(|known| *known == name)
            .unwrap_or("an unknown command")
    };
    match asked {
        InteractionData::Ping => "a ping",
        InteractionData::Command { name, .. } => command(name),
        InteractionData::Autocomplete { .. } => "a choice",
        InteractionData::Message { name, .. } if name == LOOK_UP => LOOK_UP,
        InteractionData::Message { .. } => "an unknown command",
        InteractionData::Component { .. } => PRESS,
        InteractionData::Modal { .. } => "a form",
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
        let mut seen = Seen::default();
        assert!(seen.add(7));
        assert!(!seen.add(7));
        for id in 100..100_000 {
            assert!(seen.add(id));
        }
        assert!(!seen.add(99_999));
        assert!(seen.add(7), "long ago");
        assert_eq!((seen.ids.len(), seen.order.len()), (SEEN_MAX, SEEN_MAX));
    }
}
