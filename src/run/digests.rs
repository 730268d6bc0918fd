//! Digests in the background: what is due is begun, what another process left is taken over, and both are posted, a few at a time.

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

/// How often it is looked what is due. The clock of the day is read each time, so it may be set at will.
const LOOK: Duration = Duration::from_secs(1);

/// From how many seconds on a clock that goes back has been ahead. The zones' clocks have nothing to do with it.
const STEP_MIN_S: i64 = 60;

/// How many posts are under way at once.
const UNDER_WAY_MAX: usize = 16;

/// How far posts are apart: 40 a second, where Discord allows 50 calls
/// (<https://docs.discord.com/developers/topics/rate-limits#global-rate-limit>), so that some are left for what members ask.
const APART: Duration = Duration::from_millis(25);

/// How many digests are told of in a message.
const TOLD_TOGETHER: usize = 3;

/// How many messages about trouble are sent, and how many posts are published, each time that is looked for.
const TOLD_AT_A_TIME: usize = 4;
const PUBLISHED_AT_A_TIME: usize = 4;

/// Posts digests until it is stopped.
pub(super) struct Digests {
    answering: Arc<InteractionHandler>,
    store: Arc<Store>,
    /// How late a run may still be posted.
    window_s: i64,
    stop: CancellationToken,
    slots: Arc<Semaphore>,
    under_way: TaskTracker,
}

impl Digests {
    pub(super) fn new(
        answering: Arc<InteractionHandler>,
        store: Arc<Store>,
        window_s: i64,
        stop: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self {
            answering,
            store,
            window_s,
            stop,
            slots: Arc::new(Semaphore::new(UNDER_WAY_MAX)),
            under_way: TaskTracker::new(),
        })
    }

    /// Begins what is due, and sees to what follows from it, for as long as nobody stops it.
    pub(super) async fn run(self: Arc<Self>) {
        let posts = async {
            let mut looks = looks();
            // As if the clock had been ahead before the start.
            let mut last = i64::MAX;
            while self.is_time(&mut looks).await {
                let now = now();
                if now < last.saturating_sub(STEP_MIN_S) {
                    match self.store.replan(now).await {
                        Ok(0) => {}
                        Ok(count) => {
                            tracing::warn!(count, "the clock was ahead; digests are planned anew")
                        }
                        Err(_) => continue,
                    }
                }
                last = now;
                note(self.post().await);
            }
        };
        // By itself, as a minute with many posts takes longer than that.
        let news = async {
            let mut looks = looks();
            while self.is_time(&mut looks).await {
                note(self.follow_up().await);
            }
        };
        tokio::join!(posts, news);
    }

    /// Waits for the next look; whether there is one.
    async fn is_time(&self, looks: &mut Interval) -> bool {
        tokio::select! {
            _ = looks.tick() => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Waits until what is under way is through.
    pub(super) async fn finish(&self, within: Duration) {
        self.under_way.close();
        if timeout(within, self.under_way.wait()).await.is_err() {
            tracing::warn!(
                posts = self.under_way.len(),
                "stopped before all digests were through; another process, or the next one, goes on with them"
            );
        }
    }

    /// Tells of trouble, and publishes what is to be published, a few at a time.
    async fn follow_up(&self) -> Result<(), StoreError> {
        if !self.store.has_news(now()).await? {
            return Ok(());
        }
        let Some(poster) = self.answering.poster() else {
            return Ok(());
        };
        for publication in poster.publications(PUBLISHED_AT_A_TIME).await? {
            let poster = Arc::clone(&poster);
            self.under_way.spawn(async move { poster.publish(&publication).await });
        }
        for _ in 0..TOLD_AT_A_TIME {
            let Some(tale) = poster.tale(TOLD_TOGETHER).await? else {
                break;
            };
            let (poster, catalog) = (Arc::clone(&poster), self.answering.catalog());
            self.under_way.spawn(async move { poster.tell(&catalog, &tale).await });
        }
        Ok(())
    }

    /// Posts until nothing is due any more. No more is begun than can be under way, so that a process that dies leaves little.
    async fn post(&self) -> Result<(), StoreError> {
        if !self.store.has_runs(now()).await? {
            return Ok(());
        }
        let Some(poster) = self.answering.poster() else {
            return Ok(());
        };
        let mut next = Instant::now();
        while !self.stop.is_cancelled() {
            // Nobody closes it.
            let Ok(first) = Arc::clone(&self.slots).acquire_owned().await else {
                return Ok(());
            };
            let mut slots = vec![first];
            while let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
                slots.push(slot);
            }
            let catalog = self.answering.catalog();
            let runs = poster.claim(&catalog, self.window_s, slots.len()).await?;
            if runs.is_empty() {
                return Ok(());
            }
            for (run, slot) in runs.into_iter().zip(slots) {
                sleep_until(next).await;
                next = Instant::now() + APART;
                let (poster, catalog) = (Arc::clone(&poster), Arc::clone(&catalog));
                self.under_way.spawn(async move {
                    poster.deliver(&catalog, run).await;
                    drop(slot);
                });
            }
        }
        Ok(())
    }
}

fn looks() -> Interval {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
}

/// The store has told the log why, and what could not be done now is still due at the next look.
fn note(looked: Result<(), StoreError>) {
    if let Err(trouble) = looked {
        tracing::debug!(%trouble, "digests wait for the database");
    }
}
