//! Posts due digests in the background, takes over what another process left, and retries, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::digest::delivery::now;
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::store::Store;
use crate::store::StoreError;

/// How often the store is polled. The clock is read each time, so it may be set at will.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// A clock that goes back by more seconds than this has been ahead.
const CLOCK_STEP_MIN_S: i64 = 60;

/// How many posts are sent at once.
const CONCURRENT_POSTS_MAX: usize = 16;

/// The time between posts: 40 a second, where Discord allows 50 requests
/// (<https://docs.discord.com/developers/topics/rate-limits#global-rate-limit>), so that some are left for members.
const POST_INTERVAL: Duration = Duration::from_millis(25);

/// How many digests a failure notice names.
const DIGESTS_PER_NOTICE: usize = 3;

/// How many failure notices are sent, and how many posts are published, at each poll.
const NOTICES_PER_POLL: usize = 4;
const PUBLICATIONS_PER_POLL: usize = 4;

/// Posts digests until it is stopped.
pub(super) struct Digests {
    handler: Arc<InteractionHandler>,
    store: Arc<Store>,
    /// How late a run may still be posted.
    window_s: i64,
    stop: CancellationToken,
    permits: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Digests {
    pub(super) fn new(
        handler: Arc<InteractionHandler>,
        store: Arc<Store>,
        window_s: i64,
        stop: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self {
            handler,
            store,
            window_s,
            stop,
            permits: Arc::new(Semaphore::new(CONCURRENT_POSTS_MAX)),
            tasks: TaskTracker::new(),
        })
    }

    /// Posts, publishes and notifies until stopped.
    pub(super) async fn run(self: Arc<Self>) {
        let posts = async {
            let mut ticks = ticks();
            // As if the clock had been ahead before the start.
            let mut last = i64::MAX;
            while self.next_poll(&mut ticks).await {
                let now = now();
                if now < last.saturating_sub(CLOCK_STEP_MIN_S) {
                    match self.store.replan(now).await {
                        Ok(0) => {}
                        Ok(count) => {
                            tracing::warn!(count, "the clock was ahead; digests are planned anew")
                        }
                        Err(_) => continue,
                    }
                }
                last = now;
                log_failure(self.post().await);
            }
        };
        // Apart, as a minute with many posts takes longer than a poll.
        let follow_ups = async {
            let mut ticks = ticks();
            while self.next_poll(&mut ticks).await {
                log_failure(self.follow_up().await);
            }
        };
        tokio::join!(posts, follow_ups);
    }

    /// Waits for the next poll; `false` if stopped.
    async fn next_poll(&self, ticks: &mut Interval) -> bool {
        tokio::select! {
            _ = ticks.tick() => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Waits until all posts are sent, up to a timeout.
    pub(super) async fn finish(&self, limit: Duration) {
        self.tasks.close();
        if timeout(limit, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                posts = self.tasks.len(),
                "stopped before all digests were posted; another process, or the next one, takes them over"
            );
        }
    }

    /// Sends failure notices, and publishes posts, a few at a time.
    async fn follow_up(&self) -> Result<(), StoreError> {
        if !self.store.has_news(now()).await? {
            return Ok(());
        }
        let Some(poster) = self.handler.poster() else {
            return Ok(());
        };
        for publication in poster.publications(PUBLICATIONS_PER_POLL).await? {
            let poster = Arc::clone(poster);
            self.tasks.spawn(async move { poster.publish(&publication).await });
        }
        for _ in 0..NOTICES_PER_POLL {
            let Some(notice) = poster.tale(DIGESTS_PER_NOTICE).await? else {
                break;
            };
            let (poster, handler) = (Arc::clone(poster), Arc::clone(&self.handler));
            self.tasks.spawn(async move { poster.tell(handler.catalog(), &notice).await });
        }
        Ok(())
    }

    /// Posts until nothing is due any more. No more is claimed than is sent at once, so that a process that dies leaves little.
    async fn post(&self) -> Result<(), StoreError> {
        if !self.store.has_runs(now()).await? {
            return Ok(());
        }
        let Some(poster) = self.handler.poster() else {
            return Ok(());
        };
        let mut next = Instant::now();
        while !self.stop.is_cancelled() {
            // Nobody closes the semaphore.
            let Ok(first) = Arc::clone(&self.permits).acquire_owned().await else {
                return Ok(());
            };
            let mut permits = vec![first];
            while let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
                permits.push(permit);
            }
            let catalog = self.handler.catalog();
            let runs = poster.claim(catalog, self.window_s, permits.len()).await?;
            if runs.is_empty() {
                return Ok(());
            }
            for (run, permit) in runs.into_iter().zip(permits) {
                sleep_until(next).await;
                next = Instant::now() + POST_INTERVAL;
                let (poster, handler) = (Arc::clone(poster), Arc::clone(&self.handler));
                self.tasks.spawn(async move {
                    poster.deliver(handler.catalog(), run).await;
                    drop(permit);
                });
            }
        }
        Ok(())
    }
}

fn ticks() -> Interval {
    let mut ticks = interval(POLL_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// The store logs its outages itself, and what failed is still due at the next poll.
fn log_failure(polled: Result<(), StoreError>) {
    if let Err(error) = polled {
        tracing::debug!(%error, "digests wait for the database");
    }
}
