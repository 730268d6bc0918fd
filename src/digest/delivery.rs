//! Delivers each run of a digest exactly once, across retries, crashes and several processes.
//!
//! The ledger in [`crate::store`] assigns each run to one process. While Discord still knows the
//! nonce of a run, a retry reuses it and Discord creates one message; after that, the channel is
//! searched for the message first. If the channel cannot be read, nothing is sent, and the list of
//! digests says so.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::catalog::Catalog;
use crate::clock::now;
use crate::digest::selection::choose;
use crate::digest::{DigestId, Fault, Plan, Run};
use crate::discord::http::{Rest, RestError};
use crate::discord::permissions::ChannelGuilds;
use crate::discord::pictures::Pictures;
use crate::guild::{ChannelId, GuildId};
use crate::store::{ClaimedRun, Store, StoreError};

mod failure_notices;
mod message;
mod message_search;
mod post;

/// The longest wait for a rate limit. Wait and request together end before the lease expires.
const RATE_LIMIT_WAIT_MAX: Duration = Duration::from_secs(4);

/// Timeout for looking up the guild of a channel.
const CHANNEL_TIMEOUT: Duration = Duration::from_secs(4);

/// The shortest and the longest delay before a scheduled retry.
const RETRY_SECONDS: (i64, i64) = (15, 600);

/// How long a *Post now* run is retried, in seconds.
const POST_NOW_DEADLINE: i64 = 10 * 60;

/// How often recording an outcome is retried while the store fails, and the delay between two
/// attempts.
const RECORD_ATTEMPTS_MAX: u32 = 120;
const RECORD_BACKOFF: Duration = Duration::from_millis(500);

/// Posts digests, as one of the processes that share the work.
#[derive(Clone)]
pub struct DigestPoster {
    rest: Arc<Rest>,
    store: Arc<Store>,
    channel_guilds: Arc<ChannelGuilds>,
    pictures: Option<Arc<Pictures>>,
}

/// Why nothing is sent to a channel, and the wait that Discord asks for, if any.
type ChannelFault = (Fault, Option<Duration>);

/// The outcome of *Post now*.
#[derive(Debug)]
pub enum PostNow {
    /// An entry was posted a moment ago or is being posted, so nothing more is.
    AlreadyRunning,
    /// This process lost the run or could not record its outcome. It is resolved once its lease
    /// expires.
    Pending,
    Finished(Run),
}

impl DigestPoster {
    /// With `pictures`, they are attached to posts.
    pub fn new(
        rest: Arc<Rest>,
        store: Arc<Store>,
        channel_guilds: Arc<ChannelGuilds>,
        pictures: Option<Arc<Pictures>>,
    ) -> Self {
        Self { rest, store, channel_guilds, pictures }
    }

    /// Claims up to `limit` runs: first those whose lease has expired or that are to be published,
    /// then those that are due.
    pub async fn claim(
        &self,
        catalog: &Catalog,
        window_seconds: i64,
        limit: usize,
    ) -> Result<Vec<ClaimedRun>, StoreError> {
        let now = now();
        let mut runs = self.store.claim_expired(now, limit).await?;
        if runs.len() < limit {
            let choose = |plan: &Plan, day, posted: &_| choose(catalog, plan.content, day, posted);
            let limit = limit - runs.len();
            runs.extend(self.store.claim(now, window_seconds, limit, &choose).await?);
        }
        Ok(runs)
    }

    /// Posts the next entry of a digest at once. `request` is an idempotency key: a second call
    /// with it posts nothing, and neither does one within `quiet_seconds` of another run of the
    /// digest.
    pub async fn post_now(
        &self,
        catalog: &Catalog,
        digest: (GuildId, DigestId),
        request: u64,
        quiet_seconds: i64,
    ) -> Result<PostNow, StoreError> {
        let (now, slot) = (now(), format!("now:{request}"));
        let choose = |plan: &Plan, day, posted: &_| choose(catalog, plan.content, day, posted);
        let deadline = now + POST_NOW_DEADLINE;
        let claim =
            self.store.claim_unscheduled(now, digest, &slot, deadline, quiet_seconds, &choose);
        let Some(run) = claim.await? else {
            return Ok(PostNow::AlreadyRunning);
        };
        Ok(self.deliver(catalog, run).await.map_or(PostNow::Pending, PostNow::Finished))
    }

    /// Checks that a channel belongs to the guild: the database may have been edited by hand or
    /// restored from another bot's.
    async fn verify_channel(&self, channel: ChannelId, guild: GuildId) -> Result<(), ChannelFault> {
        let owner = self.channel_guilds.get_or_load(&self.rest, channel);
        match timeout(CHANNEL_TIMEOUT, owner).await {
            Ok(Ok(owner)) if owner == Some(guild) => Ok(()),
            Ok(Ok(_)) => Err((Fault::OtherServer, None)),
            Ok(Err(Some(error))) => Err((fault_from_error(&error), error.retry_after())),
            Ok(Err(None)) | Err(_) => Err((Fault::Unavailable, None)),
        }
    }
}

fn fault_from_error(error: &RestError) -> Fault {
    match error.status() {
        _ if error.retry_after().is_some() => Fault::RateLimited,
        Some(status) if !error.is_transient() && !error.is_token_refused() => {
            Fault::Refused { status, code: error.code().unwrap_or(0) }
        }
        _ => Fault::Unavailable,
    }
}

/// Records an outcome, with retries while the store fails: the message is already in Discord, and a
/// lost outcome would leave the run to be attempted again.
async fn record<T, F: Future<Output = Result<T, StoreError>>>(write: impl Fn() -> F) -> Option<T> {
    for _ in 0..RECORD_ATTEMPTS_MAX {
        if let Ok(recorded) = write().await {
            return Some(recorded);
        }
        sleep(RECORD_BACKOFF).await;
    }
    None
}

fn whole_seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs()).unwrap_or(i64::MAX / 2) + 1
}
