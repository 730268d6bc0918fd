//! Claims: how several processes post each run exactly once.
//!
//! A process begins a run by inserting its row into the ledger, which the primary key allows only
//! once. The row says what is posted, and the same transaction advances the digest to its next run.
//! The process holds a lease on the run until it records the outcome (`outcomes`). If the lease
//! expires first, another process takes the run over, and learns from the row whether the message
//! may have been sent.

use std::collections::HashSet;

use jiff::civil::Date;

use super::column::params;
use super::digests::plan_columns;
use super::query::{DbRow, FromRow, Transaction};
use super::{Result, Store, StoreError};
use crate::digest::{DigestId, Fault, NextEntry, Plan};
use crate::guild::{ChannelId, GuildId, MessageId};
use snapshot::Snapshot;

mod snapshot;

/// The lease on a run. It is longer than one attempt takes.
const LEASE_SECONDS: i64 = 15;

/// How often a claim is retried when a concurrent change invalidates its snapshot.
const CLAIM_ATTEMPTS_MAX: usize = 5;

/// Chooses the next entry of a digest for a day, given the entries already posted. It is slow, so
/// it is called outside a transaction.
pub type ChooseEntry<'a> =
    &'a (dyn Fn(&Plan, Date, &HashSet<String>) -> Option<NextEntry> + Send + Sync);

/// A run that this process holds a lease on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedRun {
    pub digest: DigestId,
    pub guild: GuildId,
    pub plan: Plan,
    /// The key of the run in the ledger; see [`Plan::key`].
    pub slot: String,
    /// When it was due, in seconds since 1970.
    pub due: i64,
    /// The last time at which it may be posted.
    pub deadline: i64,
    /// The channel at the time of the claim, in case the digest is edited meanwhile.
    pub channel: ChannelId,
    /// The message, if the run is posted and still to be published.
    pub message: Option<MessageId>,
    /// When it may first have been sent; `None` if it was certainly not.
    pub first_attempt_at: Option<i64>,
    /// A positive number that makes its message unique.
    pub nonce: u64,
    /// The entry that is posted; empty if there is none.
    pub entry: String,
    /// Whether the digest starts over because all entries were posted.
    pub restarts: bool,
    /// Whether the digest has been paused since. Always false for *Post now*.
    pub is_paused: bool,
    /// The fault of the last attempt.
    pub fault: Option<Fault>,
    /// No entry is posted twice within a round.
    round: i64,
}

const DUE_DIGESTS: &str = concat!(
    "select id, guild_id, slot, round, ",
    plan_columns!(),
    " from digest where due <= $1 order by due, id limit $2"
);

const DIGEST: &str = concat!(
    "select id, guild_id, slot, round, ",
    plan_columns!(),
    " from digest where id = $1 and guild_id = $2"
);

const PAUSE_UNREADABLE: &str =
    "update digest set is_paused = 1, slot = null, due = null where id = $1";

/// A run that may have been sent counts as posted.
const FAIL_UNREADABLE: &str =
    "update digest_run set state = case when state <> 'open' then state when tried_at is null then 'failed' else 'unknown' end,
         publish = case publish when 'due' then 'failed' else publish end
     where digest_id = $1 and slot = $2";

/// `tried_at` stays null until [`Store::renew_lease`]: nothing has been sent.
const INSERT_RUN: &str =
    "insert into digest_run (digest_id, slot, due, until, state, owner, lease_until, mark, round, entry, channel_id, at)
     values ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11) on conflict (digest_id, slot) do nothing";

const SET_ROUND: &str = "update digest set round = $2 where id = $1";

macro_rules! claimed_runs {
    ($condition:literal) => {
        concat!(
            "select digest_id, guild_id, digest_run.slot as slot, digest_run.due as due, until,
                 digest_run.channel_id as run_channel_id, message_id, tried_at, mark, entry,
                 digest_run.round as round, fault, is_paused,
                 (select count(*) from digest_run other
                  where other.digest_id = digest_run.digest_id and other.round = digest_run.round
                      and other.slot <> digest_run.slot and other.state in ('sent', 'unknown')) as posted_before, ",
            plan_columns!(),
            " from digest_run join digest on digest.id = digest_id where ",
            $condition,
            " limit $2"
        )
    };
}

const EXPIRED_RUNS: &str =
    claimed_runs!("state = 'open' and lease_until <= $1 order by lease_until");

const DUE_PUBLICATIONS: &str =
    claimed_runs!("digest_run.publish = 'due' and publish_at <= $1 order by publish_at");

const TAKE_OVER: &str =
    "update digest_run set owner = $3, lease_until = $4, publish_at = case publish when 'due' then $4 end
     where digest_id = $1 and slot = $2";

const RENEW_LEASE: &str = "update digest_run set tried_at = $4, lease_until = $5
     where digest_id = $1 and slot = $2 and owner = $3 and state = 'open'";

/// A run that was due shortly before, or that another process just began.
const RECENT_RUN: &str =
    "select due from digest_run where digest_id = $1 and abs(due - $2) < $3 limit 1";

/// `min` reads the first entry of the index, whatever the planner's statistics say.
const FIRST_DUE: &str = "select (select min(due) from digest where due is not null) as run,
     (select min(lease_until) from digest_run where state = 'open') as lease,
     (select min(publish_at) from digest_run where publish = 'due') as publication";

impl Store {
    /// Whether [`Store::claim`] or [`Store::claim_expired`] would find a run.
    pub async fn has_due_runs(&self, now: i64) -> Result<bool> {
        let rows = self.fetch_all(FIRST_DUE, params![]).await?;
        let mut is_due = false;
        for column in ["run", "lease", "publication"] {
            is_due |= rows[0].get::<Option<i64>>(column)?.is_some_and(|first| first <= now);
        }
        Ok(is_due)
    }

    /// Claims up to `limit` due runs, and advances their digests. If several runs of a digest were
    /// missed, the last is claimed if it is at most `window_seconds` late; the others are recorded
    /// as missed. Runs claimed before an error are taken over once their lease expires.
    pub async fn claim(
        &self,
        now: i64,
        window_seconds: i64,
        limit: usize,
        choose: ChooseEntry<'_>,
    ) -> Result<Vec<ClaimedRun>> {
        let mut claimed = Vec::new();
        for row in self.fetch_all(DUE_DIGESTS, params![now, limit]).await? {
            let Some(snapshot) = row.parse_row::<Snapshot>("digest") else {
                self.pause_unreadable(row.get("id")?).await?;
                continue;
            };
            let snapshot = snapshot.with_posted(self).await?;
            let (mut missed, next) = snapshot.due_slots(now);
            let current = missed.pop_if(|slot| now <= slot.due + window_seconds);
            let run = current.map(|slot| {
                let key = snapshot.plan.key(slot);
                snapshot.run(key, slot.day, slot.due, slot.due + window_seconds, choose)
            });
            let is_new = self
                .transaction(async |transaction| {
                    if !snapshot.lock(transaction).await? {
                        return Ok(false);
                    }
                    let is_new = match &run {
                        Some(run) => self.insert_run(transaction, run, now).await?,
                        None => false,
                    };
                    snapshot.advance(transaction, &missed, next, window_seconds, now).await?;
                    Ok(is_new)
                })
                .await?;
            claimed.extend(run.filter(|_| is_new));
        }
        Ok(claimed)
    }

    /// Claims a run outside the schedule. Returns `None` if the guild has no such digest, if the
    /// run was begun before, or if another run of the digest was due less than `quiet_seconds` ago.
    pub async fn claim_unscheduled(
        &self,
        now: i64,
        (guild, digest): (GuildId, DigestId),
        slot: &str,
        deadline: i64,
        quiet_seconds: i64,
        choose: ChooseEntry<'_>,
    ) -> Result<Option<ClaimedRun>> {
        for _ in 0..CLAIM_ATTEMPTS_MAX {
            let rows = self.fetch_all(DIGEST, params![digest, guild]).await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            let snapshot = Snapshot::from_row(row)?.with_posted(self).await?;
            let day = snapshot.plan.day_of(now);
            let run = snapshot.run(slot.to_owned(), day, now, deadline, choose);
            let is_new = self
                .transaction(async |transaction| {
                    if !snapshot.lock(transaction).await? {
                        return Ok(None);
                    }
                    // The row lock serializes processes that handle the same request.
                    let recent = params![digest, now, quiet_seconds];
                    let recent = transaction.fetch_scalar::<i64>(RECENT_RUN, recent).await?;
                    Ok(Some(recent.is_none() && self.insert_run(transaction, &run, now).await?))
                })
                .await?;
            if let Some(is_new) = is_new {
                return Ok(is_new.then_some(run));
            }
        }
        Err(StoreError::Locked)
    }

    /// Takes over up to `limit` runs whose lease has expired or that are due to be published.
    pub async fn claim_expired(&self, now: i64, limit: usize) -> Result<Vec<ClaimedRun>> {
        let rows = self
            .transaction(async |transaction| {
                let mut rows = Vec::new();
                for due in [EXPIRED_RUNS, DUE_PUBLICATIONS] {
                    let values = params![now, limit - rows.len()];
                    rows.extend(transaction.fetch_unlocked(due, "digest_run", values).await?);
                }
                for row in &rows {
                    let (digest, slot): (i64, String) = (row.get("digest_id")?, row.get("slot")?);
                    let values = params![digest, slot, &*self.process, now + LEASE_SECONDS];
                    transaction.execute(TAKE_OVER, values).await?;
                }
                Ok(rows)
            })
            .await?;
        let mut claimed = Vec::new();
        for row in &rows {
            if let Some(run) = row.parse_row("digest_run") {
                claimed.push(run);
                continue;
            }
            // Otherwise it would be claimed again whenever its lease expires.
            let (digest, slot): (i64, String) = (row.get("digest_id")?, row.get("slot")?);
            self.execute(FAIL_UNREADABLE, params![digest, slot]).await?;
            self.pause_unreadable(digest).await?;
        }
        Ok(claimed)
    }

    async fn pause_unreadable(&self, digest: i64) -> Result<()> {
        tracing::error!(digest, "a digest is paused, as this version cannot read it");
        self.execute(PAUSE_UNREADABLE, params![digest]).await.map(drop)
    }

    /// Renews the lease and records that the run may have been sent. Returns whether this process
    /// still holds it; if not, or after an error, it must not be sent.
    pub async fn renew_lease(&self, run: &ClaimedRun, now: i64) -> Result<bool> {
        let first_attempt_at = run.first_attempt_at.unwrap_or(now);
        let (slot, process) = (&*run.slot, &*self.process);
        let values = params![run.digest, slot, process, first_attempt_at, now + LEASE_SECONDS];
        Ok(self.execute(RENEW_LEASE, values).await? == 1)
    }

    /// Inserts the row of a run and sets the round of its digest. Returns false if the row exists.
    async fn insert_run(
        &self,
        transaction: &mut Transaction,
        run: &ClaimedRun,
        now: i64,
    ) -> sqlx::Result<bool> {
        let ClaimedRun { digest, due, deadline, nonce, round, channel, .. } = *run;
        let (slot, entry, process) = (&*run.slot, &*run.entry, &*self.process);
        let lease = now + LEASE_SECONDS;
        let values =
            params![digest, slot, due, deadline, process, lease, nonce, round, entry, channel, now];
        let is_new = transaction.execute(INSERT_RUN, values).await? == 1;
        transaction.execute(SET_ROUND, params![digest, round]).await?;
        Ok(is_new)
    }
}

impl FromRow for ClaimedRun {
    fn from_row(row: &DbRow) -> sqlx::Result<Self> {
        let (plan, slot) = (Plan::from_row(row)?, row.get::<String>("slot")?);
        let round = row.get("round")?;
        Ok(Self {
            digest: row.get("digest_id")?,
            guild: row.get("guild_id")?,
            is_paused: row.get("is_paused")? && plan.slot_of_key(&slot).is_some(),
            plan,
            slot,
            due: row.get("due")?,
            deadline: row.get("until")?,
            channel: row.get("run_channel_id")?,
            message: row.get("message_id")?,
            first_attempt_at: row.get("tried_at")?,
            nonce: row.get("mark")?,
            entry: row.get("entry")?,
            restarts: round > 1 && row.get::<i64>("posted_before")? == 0,
            fault: row.parse("fault")?,
            round,
        })
    }
}
