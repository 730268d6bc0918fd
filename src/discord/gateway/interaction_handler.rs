//! From an interaction to its answer at Discord, whatever the way it came.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::TaskTracker;

use super::outage::Outages;
use crate::catalog::Catalog;
use crate::command::Command;
use crate::commands;
use crate::digest::delivery::DigestPoster;
use crate::discord::http::{Rest, RestError};
use crate::discord::incoming::{Id, Interaction, InteractionData, Token};
use crate::discord::respond::{
    Deferred, Dispatch, LOOK_UP, Reply, Responder, apologize, apology_message,
};
use crate::discord::wire::Body;

/// How long Discord waits for an answer:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback>.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// How long an answer may take to be made, before Discord is told that it will follow.
const DEFER_AFTER: Duration = Duration::from_millis(1_500);

/// How many answers may be under way at once. With more, the next is not read before one is through.
const UNDER_WAY_MAX: usize = 1_024;

/// How many interactions are remembered, so that none is answered twice when Discord repeats what it is not sure we got.
const SEEN_MAX: usize = 4_096;

/// The code of an interaction that is over, or was answered by another.
const UNKNOWN_INTERACTION: u64 = 10_062;

/// Answers interactions.
pub struct InteractionHandler {
    responder: Responder,
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
}

impl InteractionHandler {
    /// Answers with `responder`, by way of `rest`.
    pub fn new(responder: Responder, rest: Arc<Rest>) -> Self {
        Self {
            responder,
            rest,
            slots: Arc::new(Semaphore::new(UNDER_WAY_MAX)),
            under_way: TaskTracker::new(),
            seen: Mutex::default(),
            outages: Mutex::default(),
        }
    }

    /// What is answered from.
    pub fn catalog(&self) -> &Catalog {
        self.responder.catalog()
    }

    /// What posts digests.
    pub fn poster(&self) -> Option<&Arc<DigestPoster>> {
        self.responder.poster()
    }

    /// Notes that a channel was changed.
    pub fn channel_changed(&self, channel: Id) {
        self.responder.channel_changed(channel);
    }

    /// Answers an interaction. It comes back as soon as the answer is made, or has to wait; what remains to be done is done
    /// meanwhile.
    pub async fn answer(self: &Arc<Self>, interaction: Interaction<'_>, at: Instant) {
        if !self.is_new(interaction.id) {
            tracing::debug!(id = interaction.id.get(), "an interaction came again");
            return;
        }
        let dispatch = catch_unwind(AssertUnwindSafe(|| self.responder.respond(&interaction)));
        let received = Received {
            id: interaction.id,
            application: interaction.application_id,
            command: name(&interaction.asked),
            is_typing: matches!(interaction.asked, InteractionData::Autocomplete { .. }),
            token: interaction.token.into_owned(),
            at,
        };
        let dispatch = dispatch.unwrap_or_else(|_| Dispatch::Respond(self.apology(&received)));
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let answering = Arc::clone(self);
        self.under_way.spawn(async move {
            match dispatch {
                Dispatch::Respond(reply) => answering.send(&received, reply).await,
                Dispatch::Defer(deferred) => answering.finish_deferred(received, deferred).await,
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
        tracing::error!(id = received.id.get(), command = received.command, "an answer panicked");
        let body = match received.is_typing {
            true => Bytes::from_static(br#"{"type":8,"data":{"choices":[]}}"#),
            false => apologize(self.catalog(), &received.id.to_string()),
        };
        Reply::Callback(body)
    }

    /// Answers what has to wait for the store or for Discord. Where that takes long, Discord is told that an answer will follow.
    async fn finish_deferred(self: &Arc<Self>, received: Received, deferred: Deferred) {
        let deferral = deferred.deferral();
        let answering = Arc::clone(self);
        // A task of its own, so that a panic costs no more than this answer.
        let mut work = tokio::spawn(async move { answering.responder.finish(deferred).await });
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
                let message = apology_message(self.catalog(), &received.id.to_string());
                self.edit(&received, &message).await;
            }
            Err(_) => self.send(&received, self.apology(&received)).await,
            // What was pressed on stays where the answer does not take its place.
            Ok(Reply::Admin(reply)) if is_deferred => {
                match reply.is_in_place || received.command != PRESS {
                    true => self.edit(&received, &reply.edit()).await,
                    false => self.follow_up(&received, &reply.follow_up()).await,
                }
            }
            Ok(reply) => self.send(&received, reply).await,
        }
    }

    async fn send(&self, received: &Received, reply: Reply) {
        match reply {
            Reply::Callback(body) => drop(self.deliver(received, &body.into()).await),
            Reply::Admin(reply) => drop(self.deliver(received, &reply.callback()).await),
            Reply::Delete(body) => {
                if self.deliver(received, &body.into()).await {
                    self.delete_original(received).await;
                }
            }
        }
    }

    /// Tells Discord that an answer will follow.
    async fn defer(&self, received: &Received, deferral: Bytes) -> bool {
        let deadline = received.at + ANSWER_WITHIN;
        let body = deferral.into();
        let sent = self.rest.callback(received.id, received.token.as_str(), &body, deadline);
        match sent.await {
            Ok(()) => true,
            Err(error) => {
                self.failed(received, &error);
                false
            }
        }
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
        let deadline = received.at + ANSWER_WITHIN;
        let sent = self.rest.callback(id, received.token.as_str(), body, deadline).await;
        let (made, total) = (micros(received.at, made), micros(received.at, Instant::now()));
        match &sent {
            Ok(()) => {
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
