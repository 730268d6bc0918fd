//! How many sessions may be begun: a thousand a day, over all shards. Who begins more loses all sessions and the token.
//! <https://docs.discord.com/developers/events/gateway#session-start-limit-object>

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use twilight_gateway::queue::Queue;

use super::Fatal;
use crate::telemetry;

/// The time that passes between two sessions of shards that wait for each other.
const GAP: Duration = Duration::from_secs(5);

/// The time over which Discord counts.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What Discord says of it. Where it says nothing: as it is for every bot.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(super) struct SessionStartLimit {
    total: u32,
    remaining: u32,
    /// In milliseconds.
    reset_after: u64,
    max_concurrency: u32,
}

/// Gives each shard leave to begin a session, in Discord's order, and counts.
#[derive(Clone, Debug)]
pub(super) struct Budget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    used_up: CancellationToken,
}

#[derive(Debug)]
struct State {
    total: u32,
    remaining: u32,
    reset: Instant,
    /// When the next shard of each bucket may begin, by number of the shard modulo their count.
    next: Vec<Instant>,
}

impl Default for SessionStartLimit {
    fn default() -> Self {
        Self { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 }
    }
}

impl SessionStartLimit {
    /// Whether this many sessions may be begun.
    pub(super) fn allows(&self, shards: u32) -> Result<(), Fatal> {
        if self.remaining >= shards {
            return Ok(());
        }
        Err(Fatal::NoSessionsLeft { remaining: self.remaining, resets: self.resets() })
    }

    fn resets(&self) -> Duration {
        Duration::from_millis(self.reset_after).min(DAY)
    }
}

impl Budget {
    pub(super) fn new(limit: &SessionStartLimit) -> Self {
        telemetry::identifies_left(limit.remaining);
        let now = Instant::now();
        // More buckets than this, and no two shards of any bot would share one.
        let buckets = limit.max_concurrency.clamp(1, 4_096);
        let state = State {
            total: limit.total,
            remaining: limit.remaining,
            reset: now + limit.resets(),
            next: vec![now; usize::try_from(buckets).unwrap_or(1)],
        };
        Self(Arc::new(Shared { state: Mutex::new(state), used_up: CancellationToken::new() }))
    }

    /// Comes back when a shard wanted to begin a session, and none is left.
    pub(super) async fn used_up(&self) {
        self.0.used_up.cancelled().await;
    }

    /// What to say then.
    pub(super) fn fatal(&self) -> Fatal {
        let state = self.state();
        Fatal::NoSessionsLeft {
            remaining: state.remaining,
            resets: state.reset.duration_since(Instant::now()),
        }
    }

    /// How long the last of this many shards waits, if all begin at once.
    pub(super) fn longest_wait(&self, shards: u32) -> Duration {
        let buckets = u32::try_from(self.state().next.len()).unwrap_or(1);
        GAP * shards.div_ceil(buckets)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue for Budget {
    fn enqueue(&self, shard: u32) -> oneshot::Receiver<()> {
        let (leave, asked) = oneshot::channel();
        let turn = self.state().turn(shard, Instant::now());
        let budget = self.clone();
        tokio::spawn(async move {
            sleep_until(turn).await;
            if leave.is_closed() {
                return;
            }
            if budget.state().take(Instant::now()) {
                // Nobody waits any more: the shard is gone.
                let _ = leave.send(());
            } else {
                budget.0.used_up.cancel();
            }
        });
        asked
    }
}

impl State {
    /// When a shard may begin.
    fn turn(&mut self, shard: u32, now: Instant) -> Instant {
        let bucket = usize::try_from(shard).unwrap_or(0) % self.next.len();
        let turn = self.next[bucket].max(now);
        self.next[bucket] = turn + GAP;
        turn
    }

    /// OptionKind one of those that are left.
    fn take(&mut self, now: Instant) -> bool {
        if self.reset <= now {
            self.remaining = self.total;
            self.reset = now + DAY;
        }
        let is_left = self.remaining > 0;
        self.remaining = self.remaining.saturating_sub(1);
        telemetry::identifies_left(self.remaining);
        is_left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(remaining: u32, max_concurrency: u32) -> Budget {
        Budget::new(&SessionStartLimit {
            total: 10,
            remaining,
            reset_after: 3_600_000,
            max_concurrency,
        })
    }

    #[tokio::test]
    async fn shards_of_a_bucket_take_turns() {
        let budget = budget(10, 2);
        let start = Instant::now() + Duration::from_secs(1);
        let turns: Vec<Duration> =
            (0..5).map(|shard| budget.state().turn(shard, start) - start).collect();
        assert_eq!(turns, [Duration::ZERO, Duration::ZERO, GAP, GAP, 2 * GAP]);
        assert_eq!(budget.longest_wait(5), 3 * GAP);
    }

    #[tokio::test]
    async fn what_is_used_up_comes_back_when_discord_says() {
        let budget = budget(1, 1);
        let now = Instant::now();
        let mut state = budget.state();
        assert!(state.take(now));
        assert!(!state.take(now));
        assert!(state.take(now + Duration::from_secs(3_601)));
        assert_eq!(state.remaining, 9);
    }

    #[tokio::test]
    async fn the_first_is_let_in_at_once_and_one_too_many_ends_it_all() {
        let budget = budget(1, 2);
        assert_eq!(budget.enqueue(0).await, Ok(()));
        let refused = budget.enqueue(1);
        budget.used_up().await;
        assert!(refused.await.is_err());
        assert!(budget.fatal().to_string().contains("in 60 minutes"), "{}", budget.fatal());
    }

    #[test]
    fn what_discord_does_not_say_is_as_for_every_bot() {
        let limit: SessionStartLimit =
            serde_json::from_str(r#"{"remaining": 3}"#).expect("a limit");
        assert_eq!(limit, SessionStartLimit { remaining: 3, ..SessionStartLimit::default() });
        assert!(limit.allows(3).is_ok() && limit.allows(4).is_err());
    }
}
