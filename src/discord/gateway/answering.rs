//! From an interaction to its answer at Discord, whatever the way it came.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use tokio_util::task::TaskTracker;

use crate::commands;
use crate::discord::parse::{Asked, Id, Interaction, Token};
use crate::discord::respond::{LOOK_UP, Reply, Responder, Then, apologize};
use crate::discord::rest::{Rest, RestError};
use crate::library::Library;

/// How long Discord waits for an answer:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback>.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// How many answers may be under way at once. With more, the next is not read before one is through.
const UNDER_WAY_MAX: usize = 1_024;

/// How many interactions are remembered, so that none is answered twice when Discord repeats what it is not sure we got.
const SEEN_MAX: usize = 4_096;

/// The code of an interaction that is over, or was answered by another.
const UNKNOWN_INTERACTION: u64 = 10_062;

/// Answers interactions.
pub struct Answering {
    responder: Responder,
    rest: Arc<Rest>,
    slots: Arc<Semaphore>,
    under_way: TaskTracker,
    seen: Mutex<Seen>,
}

/// An answer that is ready to be sent.
struct Ready {
    id: Id,
    application: Id,
    token: Token<'static>,
    body: Bytes,
    then: Then,
    command: &'static str,
    received: Instant,
    made: Instant,
}

impl Answering {
    /// Answers with `responder`, by way of `rest`.
    pub fn new(responder: Responder, rest: Arc<Rest>) -> Self {
        Self {
            responder,
            rest,
            slots: Arc::new(Semaphore::new(UNDER_WAY_MAX)),
            under_way: TaskTracker::new(),
            seen: Mutex::default(),
        }
    }

    /// What is answered from.
    pub fn library(&self) -> &Library {
        self.responder.library()
    }

    /// Answers an interaction. It comes back as soon as the answer is made; that is sent meanwhile.
    pub async fn answer(self: &Arc<Self>, interaction: Interaction<'_>, received: Instant) {
        if !self.is_new(interaction.id) {
            tracing::debug!(id = interaction.id.get(), "an interaction came again");
            return;
        }
        let ready = self.prepare(interaction, received);
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let answering = Arc::clone(self);
        self.under_way.spawn(async move {
            answering.send(ready).await;
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
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(id.get())
    }

    fn prepare(&self, interaction: Interaction<'_>, received: Instant) -> Ready {
        let id = interaction.id;
        let reply = catch_unwind(AssertUnwindSafe(|| self.responder.respond(&interaction)));
        let reply = reply.unwrap_or_else(|_| {
            tracing::error!(
                id = id.get(),
                command = name(&interaction.asked),
                "an answer panicked"
            );
            Reply {
                body: self.apology(&interaction),
                then: Then::Nothing,
            }
        });
        Ready {
            id,
            application: interaction.application_id,
            command: name(&interaction.asked),
            token: interaction.token.into_owned(),
            body: reply.body,
            then: reply.then,
            received,
            made: Instant::now(),
        }
    }

    /// What is said where the answer broke. To somebody who is typing there is nothing to say.
    fn apology(&self, interaction: &Interaction<'_>) -> Bytes {
        if matches!(interaction.asked, Asked::Autocomplete { .. }) {
            return Bytes::from_static(br#"{"type":8,"data":{"choices":[]}}"#);
        }
        apologize(self.library(), &interaction.id.to_string())
    }

    async fn send(&self, ready: Ready) {
        let Ready {
            id,
            application,
            token,
            body,
            then,
            command,
            received,
            made,
        } = ready;
        let sent = self
            .rest
            .callback(id, token.as_str(), body, received + ANSWER_WITHIN)
            .await;
        let (made, total) = (micros(received, made), micros(received, Instant::now()));
        match &sent {
            Ok(()) => tracing::debug!(
                id = id.get(),
                command,
                made_us = made,
                total_us = total,
                "answered"
            ),
            Err(error) if error.code() == Some(UNKNOWN_INTERACTION) => {
                tracing::info!(
                    id = id.get(),
                    command,
                    made_us = made,
                    total_us = total,
                    "an answer came too late"
                );
            }
            Err(error) => {
                tracing::warn!(id = id.get(), command, made_us = made, total_us = total, %error, "an answer did not get through");
            }
        }
        if sent.is_ok() && then == Then::DeleteOriginal {
            self.delete_original(id, application, &token).await;
        }
    }

    async fn delete_original(&self, id: Id, application: Id, token: &Token<'_>) {
        let deleted: Result<(), RestError> =
            self.rest.delete_original(application, token.as_str()).await;
        match deleted {
            // Somebody else may have been faster.
            Err(error) if error.status() != Some(404) => {
                tracing::warn!(id = id.get(), %error, "a message could not be deleted");
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

/// What to call an interaction in the log: never by what somebody wrote.
fn name(asked: &Asked<'_>) -> &'static str {
    let command = |name: &str| {
        commands::ALL
            .iter()
            .map(|command| command.name)
            .find(|known| *known == name)
            .unwrap_or("an unknown command")
    };
    match asked {
        Asked::Ping => "a ping",
        Asked::Command { name, .. } => command(name),
        Asked::Autocomplete { .. } => "a choice",
        Asked::Message { name, .. } if name == LOOK_UP => LOOK_UP,
        Asked::Message { .. } => "an unknown command",
        Asked::Component { .. } => "a press",
        Asked::Modal { .. } => "a form",
        Asked::Unknown { .. } => "something unknown",
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
