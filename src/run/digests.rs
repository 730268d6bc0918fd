//! Posts digests in the background: claims due runs, delivers several at a time under the rate limit,
//! and sends failure notices. At shutdown, waits for the deliveries in progress.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::now;
use crate::digest::delivery::DigestPoster;
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::store::{Store, StoreError};

/// The polling interval. The wall clock is read at each poll, as it may be adjusted at any time.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The least backward clock step after which digests are rescheduled. Daylight saving time does not
/// affect UTC.
const CLOCK_STEP_MIN_SECONDS: i64 = 60;

/// The most concurrent deliveries.
const DELIVERIES_MAX: usize = 16;

/// The least time between two posts: 40 a second out of the [50
/// requests](https://docs.discord.com/developers/topics/rate-limits#global-rate-limit) that Discord
/// allows. The rest is left to answers.
const POST_INTERVAL: Duration = Duration::from_millis(25);

/// The most digests in one failure notice.
const DIGESTS_PER_NOTICE: usize = 3;

/// The most failure notices sent at once.
const CONCURRENT_NOTICES: usize = 4;

/// Posts digests until stopped.
pub(super) struct DigestRunner {
    handler: Arc<InteractionHandler>,
    store: Arc<Store>,
    /// How late a run may still be posted.
    window_seconds: i64,
    stop: CancellationToken,
    permits: Arc<Semaphore>,
    notice_permits: Arc<Semaphore>,
    deliveries: TaskTracker,
}

impl DigestRunner {
    pub(super) fn new(
        handler: &Arc<InteractionHandler>,
        store: &Arc<Store>,
        window_seconds: i64,
        stop: &CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self {
            handler: Arc::clone(handler),
            store: Arc::clone(store),
            window_seconds,
            stop: stop.clone(),
            permits: Arc::new(Semaphore::new(DELIVERIES_MAX)),
            notice_permits: Arc::new(Semaphore::new(CONCURRENT_NOTICES)),
            deliveries: TaskTracker::new(),
        })
    }

    /// Runs until stopped. Posts and failure notices run concurrently, as a minute with many posts
    /// takes longer than a minute.
    pub(super) async fn run(self: Arc<Self>) {
        if let Some(poster) = self.handler.responder().poster() {
            tokio::join!(self.run_posts(&poster), self.run_failure_notices(&poster));
        }
    }

    async fn run_posts(&self, poster: &DigestPoster) {
        let mut polls = poll_interval();
        // The clock may have been ahead before the restart.
        let mut last = i64::MAX;
        while self.wait_for_poll(&mut polls).await {
            let now = now();
            if now < last.saturating_sub(CLOCK_STEP_MIN_SECONDS) {
                match self.store.replan(now).await {
                    Ok(0) => {}
                    Ok(count) => {
                        tracing::warn!(count, "the clock was ahead; digests were rescheduled")
                    }
                    Err(_) => continue,
                }
            }
            last = now;
            log_store_error(self.post_due_runs(poster).await);
        }
    }

    async fn run_failure_notices(&self, poster: &DigestPoster) {
        let mut polls = poll_interval();
        while self.wait_for_poll(&mut polls).await {
            log_store_error(self.report_failures(poster).await);
        }
    }

    /// Waits for the next poll. Returns false when stopped.
    async fn wait_for_poll(&self, polls: &mut Interval) -> bool {
        tokio::select! {
            _ = polls.tick() => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Waits for pending deliveries, up to a timeout.
    pub(super) async fn finish(&self, within: Duration) {
        self.deliveries.close();
        if timeout(within, self.deliveries.wait()).await.is_err() {
            tracing::warn!(
                posts = self.deliveries.len(),
                "shut down with unfinished digests; they resume when their leases expire"
            );
        }
    }

    async fn report_failures(&self, poster: &DigestPoster) -> Result<(), StoreError> {
        for _ in 0..CONCURRENT_NOTICES {
            // Those of earlier polls may still be waiting for Discord.
            let Ok(permit) = Arc::clone(&self.notice_permits).try_acquire_owned() else { break };
            let notice = self.store.claim_failure_notice(now(), DIGESTS_PER_NOTICE).await?;
            let Some(notice) = notice else { break };
            let (poster, catalog) = (poster.clone(), self.handler.catalog());
            self.deliveries.spawn(async move {
                poster.send_failure_notice(&catalog, &notice).await;
                drop(permit);
            });
        }
        Ok(())
    }

    /// Posts until nothing is due. Claims no more runs than can be delivered at once, so that a
    /// crash leaves few leases to expire.
    async fn post_due_runs(&self, poster: &DigestPoster) -> Result<(), StoreError> {
        if !self.store.has_due_runs(now()).await? {
            return Ok(());
        }
        let mut next_post = Instant::now();
        while !self.stop.is_cancelled() {
            let permits = self.free_permits().await;
            let catalog = self.handler.catalog();
            let runs = poster.claim(&catalog, self.window_seconds, permits.len()).await?;
            if runs.is_empty() {
                return Ok(());
            }
            for (run, permit) in runs.into_iter().zip(permits) {
                sleep_until(next_post).await;
                next_post = Instant::now() + POST_INTERVAL;
                let (poster, catalog) = (poster.clone(), Arc::clone(&catalog));
                self.deliveries.spawn(async move {
                    poster.deliver(&catalog, run).await;
                    drop(permit);
                });
            }
        }
        Ok(())
    }

    /// Waits for a permit, then takes all available ones.
    async fn free_permits(&self) -> Vec<OwnedSemaphorePermit> {
        let first = Arc::clone(&self.permits).acquire_owned().await;
        let mut permits = vec![first.expect("nobody closes the semaphore")];
        while let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            permits.push(permit);
        }
        permits
    }
}

fn poll_interval() -> Interval {
    let mut polls = interval(POLL_INTERVAL);
    polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
    polls
}

/// The store has logged the cause, and the work is still due at the next poll.
fn log_store_error(polled: Result<(), StoreError>) {
    if let Err(error) = polled {
        tracing::debug!(%error, "the database is unavailable; digests are delayed");
    }
}
