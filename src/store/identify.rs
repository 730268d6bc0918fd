//! When shards may identify, where several processes of a bot share a PostgreSQL database: one at a time of each concurrency bucket,
//! and no more in a day than the session start limit allows. The database's clock counts, whatever those of the processes say.

use std::time::Duration;

use super::column::params;
use super::engine::Engine;
use super::{Store, StoreError};

/// How long a bucket is taken: five seconds, and a margin for the time until IDENTIFY is sent.
const LEASE_MS: i64 = 5_300;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Whether a shard may identify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifyLease {
    /// Now; so many more identifies are left to all processes.
    Granted { remaining: u32 },
    /// Another shard of its bucket identifies; try again after this time.
    Taken(Duration),
    /// Discord allows no more today.
    Exhausted,
}

const TAKE_BUCKET: &str = "insert into gateway_identify as taken (bucket, free_at)
     values ($1, (extract(epoch from clock_timestamp()) * 1000)::bigint + $2)
     on conflict (bucket) do update set free_at = excluded.free_at
     where taken.free_at <= excluded.free_at - $2
     returning free_at";

const BUCKET_WAIT: &str = "select free_at - (extract(epoch from clock_timestamp()) * 1000)::bigint
     from gateway_identify where bucket = $1";

/// What Discord has said may be older than an identify of the last minute.
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
    /// Whether other processes may use the same database; SQLite serves one.
    pub fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Records the session start limit as Discord has just reported it.
    pub async fn set_session_limit(
        &self,
        remaining: u32,
        resets_in: Duration,
    ) -> Result<(), StoreError> {
        let resets_in = i64::try_from(resets_in.as_millis()).unwrap_or(DAY_MS);
        self.execute(SET_LIMIT, params![i64::from(remaining), resets_in]).await.map(drop)
    }

    /// Takes a bucket for a shard that wants to identify. `total` is the number of identifies in a day.
    pub async fn lease_identify(
        &self,
        bucket: u32,
        total: u32,
    ) -> Result<IdentifyLease, StoreError> {
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
