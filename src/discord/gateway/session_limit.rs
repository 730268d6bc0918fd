//! The session start limit, a rate limit of the gateway: a bot may identify 1,000 times a day across
//! all shards. Exceeding it ends all sessions and resets the token.
//! <https://docs.discord.com/developers/events/gateway#session-start-limit-object>

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use twilight_gateway::queue::Queue;

use super::GatewayError;
use crate::store::{IdentifyLease, Store};
use crate::telemetry;

/// Discord's interval between two identifies in the same concurrency bucket.
const IDENTIFY_INTERVAL: Duration = Duration::from_secs(5);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The limit as reported by Discord; the default is Discord's standard limit.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(super) struct SessionStartLimit {
    total: u32,
    remaining: u32,
    /// Milliseconds until the limit resets.
    reset_after: u64,
    max_concurrency: u32,
}

/// Paces the identifies of all shards as `max_concurrency` demands, and counts them against the
/// limit.
///
/// Processes that share a database also take turns among each other. While it cannot be used, each keeps to its own turns: a second
/// identify within five seconds costs that session another try, and waiting for the database would cost all of them.
#[derive(Clone, Debug)]
pub(super) struct SessionQueue(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<QueueState>,
    /// Set where other processes of the bot may use the same database.
    store: Option<Arc<Store>>,
    exhausted: CancellationToken,
}

#[derive(Debug)]
struct QueueState {
    total: u32,
    remaining: u32,
    resets_at: Instant,
    /// The earliest time of the next identify in each bucket. A shard belongs to bucket `shard id %
    /// max_concurrency`.
    next: Vec<Instant>,
}

impl Default for SessionStartLimit {
    fn default() -> Self {
        Self { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 }
    }
}

impl SessionStartLimit {
    /// How many sessions may still be started, and the time until there are new ones.
    pub(super) fn remaining(&self) -> (u32, Duration) {
        (self.remaining, self.reset_after())
    }

    /// Checks that the limit leaves room for this many identifies.
    pub(super) fn check(&self, shards: u32) -> Result<(), GatewayError> {
        let (remaining, reset_after) = self.remaining();
        let exceeded = GatewayError::NoSessionsLeft { remaining, reset_after };
        if remaining >= shards { Ok(()) } else { Err(exceeded) }
    }

    /// Stores the limit, so that processes sharing the database count down together.
    pub(super) async fn share(&self, store: &Store) {
        if store.is_shared()
            && let Err(error) = store.set_session_limit(self.remaining, self.reset_after()).await
        {
            tracing::warn!(%error, "the session start limit is not shared with other processes");
        }
    }

    fn reset_after(&self) -> Duration {
        Duration::from_millis(self.reset_after).min(DAY)
    }
}

impl SessionQueue {
    pub(super) fn new(limit: &SessionStartLimit, store: Option<Arc<Store>>) -> Self {
        telemetry::record_identifies_left(limit.remaining);
        let now = Instant::now();
        // An upper bound on the allocation; no bot has so many shards that two of them would share
        // a bucket.
        let buckets = limit.max_concurrency.clamp(1, 4_096);
        let state = QueueState {
            total: limit.total,
            remaining: limit.remaining,
            resets_at: now + limit.reset_after(),
            next: vec![now; usize::try_from(buckets).unwrap_or(1)],
        };
        let store = store.filter(|store| store.is_shared());
        let (state, exhausted) = (Mutex::new(state), CancellationToken::new());
        Self(Arc::new(Shared { state, store, exhausted }))
    }

    /// Completes when a shard wants to identify but the limit is used up.
    pub(super) async fn exhausted(&self) -> GatewayError {
        self.0.exhausted.cancelled().await;
        let state = self.0.state.lock();
        GatewayError::NoSessionsLeft {
            remaining: state.remaining,
            reset_after: state.resets_at.duration_since(Instant::now()),
        }
    }

    /// How long the last of this many shards has to wait before it identifies.
    pub(super) fn longest_wait(&self, shards: u32) -> Duration {
        let buckets = u32::try_from(self.0.state.lock().next.len()).unwrap_or(1);
        IDENTIFY_INTERVAL * shards.div_ceil(buckets)
    }

    /// Waits until no shard of the same bucket identifies in another process, and counts an identify; `false` if none is left.
    async fn acquire(&self, shard: u32) -> bool {
        let (bucket, total) = {
            let state = self.0.state.lock();
            (state.bucket(shard), state.total)
        };
        while let Some(store) = &self.0.store {
            match store.lease_identify(bucket, total).await {
                Ok(IdentifyLease::Taken(wait)) => sleep(wait).await,
                Ok(IdentifyLease::Granted { remaining }) => {
                    let mut state = self.0.state.lock();
                    state.remaining = state.remaining.min(remaining.saturating_add(1));
                    break;
                }
                Ok(IdentifyLease::Exhausted) => {
                    self.0.state.lock().remaining = 0;
                    break;
                }
                Err(error) => {
                    tracing::warn!(%error, shard, "identifying without regard to other processes");
                    break;
                }
            }
        }
        self.0.state.lock().consume(Instant::now())
    }
}

impl Queue for SessionQueue {
    fn enqueue(&self, shard: u32) -> oneshot::Receiver<()> {
        let (mut permit, receiver) = oneshot::channel();
        let turn = self.0.state.lock().reserve(shard, Instant::now());
        let queue = self.clone();
        tokio::spawn(async move {
            sleep_until(turn).await;
            // It is closed where the shard is gone.
            let is_left = tokio::select! {
                is_left = queue.acquire(shard) => is_left,
                () = permit.closed() => return,
            };
            if is_left {
                let _ = permit.send(());
            } else {
                queue.0.exhausted.cancel();
            }
        });
        receiver
    }
}

impl QueueState {
    /// Reserves the next identify slot of the shard's bucket.
    fn reserve(&mut self, shard: u32, now: Instant) -> Instant {
        let bucket = self.bucket(shard) as usize;
        let turn = self.next[bucket].max(now);
        self.next[bucket] = turn + IDENTIFY_INTERVAL;
        turn
    }

    fn bucket(&self, shard: u32) -> u32 {
        shard % u32::try_from(self.next.len()).unwrap_or(1)
    }

    /// Counts an identify against the limit. Returns `false` if none is left.
    fn consume(&mut self, now: Instant) -> bool {
        if self.resets_at <= now {
            self.remaining = self.total;
            self.resets_at = now + DAY;
        }
        let is_left = self.remaining > 0;
        self.remaining = self.remaining.saturating_sub(1);
        telemetry::record_identifies_left(self.remaining);
        is_left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(remaining: u32, max_concurrency: u32) -> SessionQueue {
        let (total, reset_after) = (10, 3_600_000);
        SessionQueue::new(
            &SessionStartLimit { total, remaining, reset_after, max_concurrency },
            None,
        )
    }

    #[tokio::test]
    async fn shards_of_one_bucket_identify_five_seconds_apart() {
        let queue = queue(10, 2);
        let start = Instant::now() + Duration::from_secs(1);
        let turns: Vec<Duration> =
            (0..5).map(|shard| queue.0.state.lock().reserve(shard, start) - start).collect();
        assert_eq!(
            turns,
            [
                Duration::ZERO,
                Duration::ZERO,
                IDENTIFY_INTERVAL,
                IDENTIFY_INTERVAL,
                2 * IDENTIFY_INTERVAL
            ]
        );
        assert_eq!(queue.longest_wait(5), 3 * IDENTIFY_INTERVAL);
    }

    #[tokio::test]
    async fn the_limit_resets_when_discord_says() {
        let queue = queue(1, 1);
        let now = Instant::now();
        let mut state = queue.0.state.lock();
        assert!(state.consume(now));
        assert!(!state.consume(now));
        assert!(state.consume(now + Duration::from_secs(3_601)));
        assert_eq!(state.remaining, 9);
    }

    #[tokio::test]
    async fn identifying_beyond_the_limit_ends_the_queue() {
        let queue = queue(1, 2);
        assert_eq!(queue.enqueue(0).await, Ok(()));
        let refused = queue.enqueue(1);
        let error = queue.exhausted().await.to_string();
        assert!(refused.await.is_err());
        assert!(error.contains("in 60 minutes"), "{error}");
    }

    #[test]
    fn missing_fields_fall_back_to_the_standard_limit() {
        let limit: SessionStartLimit =
            serde_json::from_str(r#"{"remaining": 3}"#).expect("a limit");
        assert_eq!(limit, SessionStartLimit { remaining: 3, ..SessionStartLimit::default() });
        assert!(limit.check(3).is_ok() && limit.check(4).is_err());
    }
}
