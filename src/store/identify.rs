//! Coordinates IDENTIFY between processes that share a PostgreSQL database: one at a time per
//! concurrency bucket, within the session start limit. All times are the database's, so that clock
//! skew between processes does not matter.

use std::time::Duration;

use super::column::params;
use super::engine::Engine;
use super::{Result, Store};

/// The lease on a bucket: Discord's five seconds, plus a margin until IDENTIFY is sent.
const LEASE_MS: i64 = 5_300;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Whether a shard may identify now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifyLease {
    /// It may; `remaining` identifies are left to all processes.
    Granted { remaining: u32 },
    /// Another shard holds the bucket; retry after this time.
    Taken(Duration),
    /// The session start limit is exhausted.
    Exhausted,
}

const TAKE_BUCKET: &str = "insert into gateway_identify as taken (bucket, free_at)
     values ($1, (extract(epoch from clock_timestamp()) * 1000)::bigint + $2)
     on conflict (bucket) do update set free_at = excluded.free_at
     where taken.free_at <= excluded.free_at - $2
     returning free_at";

const BUCKET_WAIT: &str = "select free_at - (extract(epoch from clock_timestamp()) * 1000)::bigint
     from gateway_identify where bucket = $1";

/// Within a minute of an identify, the value from Discord may be older than ours.
const SET_LIMIT: &str = "insert into gateway_session_limit as known (id, remaining, resets_at)
     values (1, $1, (extract(epoch from clock_timestamp()) * 1000)::bigint + $2)
     on conflict (id) do update set resets_at = excluded.resets_at, remaining = case
         when exists (select 1 from gateway_identify where free_at > excluded.resets_at - $2 - 60000)
         then least(known.remaining, excluded.remaining) else excluded.remaining end";

const RENEW_LIMIT: &str =
    "update gateway_session_limit set remaining = $1, resets_at = resets_at + $2
     where resets_at <= (extract(epoch from clock_timestamp()) * 1000)::bigint";

const COUNT_IDENTIFY: &str =
    "update gateway_session_limit set remaining = remaining - 1 returning remaining";

impl Store {
    /// Whether other processes may share the database. SQLite serves one.
    pub fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Records the session start limit that Discord has just reported.
    pub async fn set_session_limit(&self, remaining: u32, resets_in: Duration) -> Result<()> {
        let resets_in = i64::try_from(resets_in.as_millis()).unwrap_or(DAY_MS);
        self.execute(SET_LIMIT, params![i64::from(remaining), resets_in]).await.map(drop)
    }

    /// Leases a bucket to a shard that wants to identify. `total` is the number of identifies per
    /// day.
    pub async fn lease_identify(&self, bucket: u32, total: u32) -> Result<IdentifyLease> {
        let bucket = i64::from(bucket);
        self.transaction(async |transaction| {
            if transaction.fetch_all(TAKE_BUCKET, params![bucket, LEASE_MS]).await?.is_empty() {
                let wait = transaction.fetch_scalar::<i64>(BUCKET_WAIT, params![bucket]).await?;
                let wait = wait.unwrap_or_default().clamp(1, LEASE_MS);
                return Ok(IdentifyLease::Taken(Duration::from_millis(wait.cast_unsigned())));
            }
            let renewed = params![i64::from(total), DAY_MS];
            transaction.execute(RENEW_LIMIT, renewed).await?;
            let remaining = transaction.fetch_scalar::<i64>(COUNT_IDENTIFY, params![]).await?;
            let remaining = remaining.map_or(Ok(total), u32::try_from);
            Ok(match remaining {
                Ok(remaining) => IdentifyLease::Granted { remaining },
                Err(_) => IdentifyLease::Exhausted,
            })
        })
        .await
    }
}
