//! Who posts a run: the claims by which several processes post each digest once.
//!
//! A run begins with its row in the ledger, which only one process can insert, and which says what is to be posted; the same
//! transaction moves the digest on to its next run. The process holds the run on a lease and ends it by recording the outcome
//! (`outcomes`). If it does not, another process takes the run over once the lease has expired, and knows from the row what may
//! have been sent.

use std::collections::HashSet;

use jiff::civil::Date;

use super::digests::{ENTRIES_OF_ROUND, PlanRow, plan_columns};
use super::query::{Transaction, query};
use super::row::{Checked, Joined, rows};
use super::{Store, StoreError};
use crate::digest::{DigestId, Fault, NextEntry, Plan, Slot};
use crate::guild::{ChannelId, GuildId};

/// The most rows that are written for runs of one digest that were missed at a time.
const MISSED_ROWS_MAX: usize = 5;

/// How long runs are kept that no list shows any more.
const RUN_RETENTION_SECONDS: i64 = 60 * 24 * 60 * 60;

/// How often a claim is tried while other processes are faster, or change what it is based on.
const CLAIM_ATTEMPTS: usize = 5;

/// A process that claims runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process(String);

/// The terms on which a process claims runs. Instants are seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    pub process: &'a Process,
    pub now: i64,
    /// Until this instant no other process touches the run.
    pub until: i64,
}

/// A run that this process holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedRun {
    pub digest: DigestId,
    pub guild: GuildId,
    pub plan: Plan,
    /// The key of the run in the ledger; see [`Plan::key`].
    pub slot: String,
    /// The instant when it was due.
    pub due: i64,
    /// The last instant at which it may be posted.
    pub deadline: i64,
    /// The channel at the time of the claim, should the digest be changed meanwhile.
    pub channel: ChannelId,
    /// When it may have been sent for the first time; `None` if it was certainly not sent.
    pub first_attempt_at: Option<i64>,
    /// Distinguishes its message from all others. It is positive.
    pub nonce: u64,
    /// The entry that is posted; empty if there is none.
    pub entry: String,
    /// Whether all entries were posted before, so that they start again.
    pub restarts: bool,
    /// Whether its digest was paused since, unless the run was asked for with *Post now*.
    pub is_paused: bool,
    /// What kept it from being posted so far.
    pub fault: Option<Fault>,
}

rows! {
    /// The id as it is stored, to pause a digest that is unreadable.
    struct IdRow {
        id: i64,
    }

    struct DueRow {
        id: DigestId,
        guild_id: GuildId,
        slot: Option<String>,
        round: i64,
    }

    /// The key as it is stored, to put off a run that is unreadable.
    struct RunKeyRow {
        digest_id: i64,
        slot: String,
    }

    struct ExpiredRow {
        digest_id: DigestId,
        guild_id: GuildId,
        slot: String,
        due: i64,
        until: i64,
        run_channel_id: ChannelId,
        tried_at: Option<i64>,
        mark: u64,
        entry: String,
        round: i64,
        fault: String,
        is_paused: bool,
        posted_before: i64,
    }
}

type DigestRow = Joined<IdRow, Checked<Joined<DueRow, PlanRow>>>;

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

/// Finds a digest that was not changed since it was read.
const UNCHANGED_DIGEST: &str =
    "select id from digest where id = $1 and round = $2 and coalesce(slot, '') = $3";

/// Finds and locks such a digest, and waits for whoever has locked it.
const LOCK_UNCHANGED_DIGEST: &str = "update digest set round = round where id = $1 and round = $2 and coalesce(slot, '') = $3 returning id";

const PAUSE_UNREADABLE: &str =
    "update digest set is_paused = 1, slot = null, due = null where id = $1";

/// `tried_at` stays null: nothing is sent before [`Store::renew_lease`].
const INSERT_RUN: &str =
    "insert into digest_run (digest_id, slot, due, until, state, owner, lease_until, mark, round, entry, channel_id, at)
     values ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11) on conflict (digest_id, slot) do nothing";

const INSERT_MISSED_RUN: &str =
    "insert into digest_run (digest_id, slot, due, until, state, mark, round, entry, channel_id, at)
     values ($1, $2, $3, $4, 'skipped', 0, 0, '', $5, $6) on conflict (digest_id, slot) do nothing";

const MOVE_ON: &str =
    "update digest set slot = $2, due = $3, round = $4, missed = missed + $5 where id = $1";

/// Runs of the current round stay: they say which entries were posted.
const DELETE_OLD_RUNS: &str = "delete from digest_run
     where digest_id = $1 and due < $2 and round <> $3 and state <> 'open' and publish <> 'due'";

const EXPIRED_RUNS: &str = concat!(
    "select digest_id, guild_id, digest_run.slot as slot, digest_run.due as due, until,
         digest_run.channel_id as run_channel_id, tried_at, mark, entry, digest_run.round as round, fault, is_paused,
         (select count(*) from digest_run other
          where other.digest_id = digest_run.digest_id and other.round = digest_run.round
              and other.slot <> digest_run.slot and other.state in ('sent', 'unknown')) as posted_before, ",
    plan_columns!(),
    " from digest_run join digest on digest.id = digest_id
     where state = 'open' and lease_until <= $1 order by lease_until limit $2"
);

const TAKE_OVER: &str =
    "update digest_run set owner = $3, lease_until = $4 where digest_id = $1 and slot = $2";

const RENEW_LEASE: &str = "update digest_run set tried_at = $4, lease_until = $5
     where digest_id = $1 and slot = $2 and owner = $3 and state = 'open'";

impl Process {
    /// Creates a process with a random name.
    pub fn new() -> Self {
        Self(format!("{:016x}", fastrand::u64(..)))
    }

    pub(super) fn name(&self) -> &str {
        &self.0
    }
}

impl Default for Process {
    fn default() -> Self {
        Self::new()
    }
}

/// A digest as it was read before an entry was chosen, which takes a while and happens outside a transaction.
struct Snapshot {
    digest: DigestId,
    guild: GuildId,
    plan: Plan,
    slot: String,
    round: i64,
    posted: HashSet<String>,
}

/// What becomes of a digest that is due: the runs that were missed, the one that is begun, and the next.
struct Turn {
    snapshot: Snapshot,
    missed: Vec<Slot>,
    run: Option<ClaimedRun>,
    round: i64,
    next: Option<Slot>,
}

impl Store {
    /// Whether [`Store::claim`] or [`Store::claim_expired`] would find a run.
    pub async fn has_due_runs(&self, now: i64) -> Result<bool, StoreError> {
        self.is_due(
            "select (select min(due) from digest where due is not null),
                 (select min(lease_until) from digest_run where state = 'open')",
            now,
        )
        .await
    }

    /// Whether one of two instants has come. A minimum is the first entry of its index, whatever the database's statistics say.
    pub(super) async fn is_due(
        &self,
        instants: &'static str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let row: Option<(Option<i64>, Option<i64>)> = self.fetch_optional(query(instants)).await?;
        let first = row.into_iter().flat_map(|(one, other)| [one, other]).flatten().min();
        Ok(first.is_some_and(|first| first <= now))
    }

    /// Claims up to `limit` runs that are due, and moves their digests on. Where several runs of a digest were missed, the last is
    /// claimed if it is no later than `window_seconds`; the others are noted as missed. After an error, runs that were claimed all
    /// the same are taken over when their lease has expired.
    pub async fn claim(
        &self,
        lease: Lease<'_>,
        window_seconds: i64,
        limit: usize,
        mut choose: impl FnMut(&Plan, Date, &HashSet<String>) -> Option<NextEntry>,
    ) -> Result<Vec<ClaimedRun>, StoreError> {
        for _ in 0..CLAIM_ATTEMPTS {
            let due = query(DUE_DIGESTS).bind(lease.now).bind(limit as i64);
            let snapshots = self.snapshots(self.fetch_all(due).await?).await?;
            if snapshots.is_empty() {
                break;
            }
            let turns = snapshots.into_iter();
            let turns: Vec<Turn> = turns
                .map(|snapshot| Turn::new(snapshot, lease.now, window_seconds, &mut choose))
                .collect();
            let (mut runs, mut moved) = (Vec::new(), 0);
            self.write(async {
                let mut transaction = self.begin().await?;
                for turn in turns {
                    if turn.snapshot.is_current(&mut transaction).await? {
                        moved += 1;
                        runs.extend(turn.take(&mut transaction, lease, window_seconds).await?);
                    }
                }
                transaction.commit().await
            })
            .await?;
            if moved > 0 {
                return Ok(runs);
            }
        }
        Ok(Vec::new())
    }

    /// Claims a run that nobody scheduled. Returns `None` if there is no such digest in the guild, or the run was begun before.
    pub async fn claim_unscheduled(
        &self,
        lease: Lease<'_>,
        guild: GuildId,
        digest: DigestId,
        slot: &str,
        deadline: i64,
        mut choose: impl FnMut(&Plan, Date, &HashSet<String>) -> Option<NextEntry>,
    ) -> Result<Option<ClaimedRun>, StoreError> {
        for _ in 0..CLAIM_ATTEMPTS {
            let row = self.fetch_all(query(DIGEST).bind(digest).bind(guild)).await?;
            let Some(snapshot) = self.snapshots(row).await?.pop() else {
                return Ok(None);
            };
            let day = snapshot.plan.day_of(lease.now);
            let (entry, round) = snapshot.choose(day, &mut choose);
            let run = snapshot.run(slot.to_owned(), lease.now, deadline, entry);
            let claimed = self
                .write(async {
                    let mut transaction = self.begin().await?;
                    let is_current = snapshot.lock_current(&mut transaction).await?;
                    let mut is_new = false;
                    if is_current {
                        is_new = insert_run(&mut transaction, lease, &run, round).await?;
                        let update = query("update digest set round = $2 where id = $1");
                        transaction.execute(update.bind(digest).bind(round)).await?;
                    }
                    transaction.commit().await?;
                    Ok(is_current.then_some(is_new))
                })
                .await?;
            if let Some(is_new) = claimed {
                return Ok(is_new.then_some(run));
            }
        }
        Err(StoreError::Locked)
    }

    /// Takes over up to `limit` runs whose lease has expired.
    pub async fn claim_expired(
        &self,
        lease: Lease<'_>,
        limit: usize,
    ) -> Result<Vec<ClaimedRun>, StoreError> {
        type Row = Joined<RunKeyRow, Checked<Joined<ExpiredRow, PlanRow>>>;
        let rows = self
            .write(async {
                let mut transaction = self.begin().await?;
                let expired = transaction.lock_rows(EXPIRED_RUNS, "digest_run");
                let expired = expired.bind(lease.now).bind(limit as i64);
                let rows: Vec<Row> = transaction.fetch_all(expired).await?;
                for Joined(key, _) in &rows {
                    let take_over = query(TAKE_OVER)
                        .bind(key.digest_id)
                        .bind(&key.slot)
                        .bind(lease.process.name())
                        .bind(lease.until);
                    transaction.execute(take_over).await?;
                }
                transaction.commit().await?;
                Ok(rows)
            })
            .await?;
        let rows = rows.into_iter().filter_map(|Joined(_, row)| row.readable("digest_run"));
        Ok(rows.map(run_from_row).collect())
    }

    /// Records, right before a run is sent, that it may be sent from now on. Returns whether this process still holds it; without
    /// that, or after an error, it must not be sent.
    pub async fn renew_lease(
        &self,
        lease: Lease<'_>,
        run: &ClaimedRun,
    ) -> Result<bool, StoreError> {
        let renew = query(RENEW_LEASE)
            .bind(run.digest)
            .bind(&run.slot)
            .bind(lease.process.name())
            .bind(run.first_attempt_at.unwrap_or(lease.now))
            .bind(lease.until);
        Ok(self.execute(renew).await? == 1)
    }

    /// Reads what the choice of an entry is based on. A digest that is unreadable is paused.
    async fn snapshots(&self, rows: Vec<DigestRow>) -> Result<Vec<Snapshot>, StoreError> {
        let mut snapshots = Vec::new();
        for Joined(IdRow { id }, row) in rows {
            let Some(Joined(due, plan)) = row.readable("digest") else {
                tracing::error!(digest = id, "a digest is paused, as this version cannot read it");
                self.execute(query(PAUSE_UNREADABLE).bind(id)).await?;
                continue;
            };
            snapshots.push(Snapshot {
                digest: due.id,
                guild: due.guild_id,
                plan: plan.into(),
                slot: due.slot.unwrap_or_default(),
                round: due.round,
                posted: self.posted_entries(due.id).await?,
            });
        }
        Ok(snapshots)
    }
}

impl Snapshot {
    /// Chooses the next entry; returns it with the number of its round.
    fn choose(
        &self,
        day: Date,
        choose: &mut impl FnMut(&Plan, Date, &HashSet<String>) -> Option<NextEntry>,
    ) -> (Option<NextEntry>, i64) {
        let chosen = choose(&self.plan, day, &self.posted);
        let round = self.round + i64::from(chosen.as_ref().is_some_and(|entry| entry.restarts));
        // The first entry of a round may have failed; then the next one starts it.
        let is_first = self.round > 1 && self.posted.is_empty();
        let chosen =
            chosen.map(|entry| NextEntry { restarts: entry.restarts || is_first, ..entry });
        (chosen, round)
    }

    fn run(&self, slot: String, due: i64, deadline: i64, entry: Option<NextEntry>) -> ClaimedRun {
        ClaimedRun {
            digest: self.digest,
            guild: self.guild,
            plan: self.plan.clone(),
            slot,
            due,
            deadline,
            channel: self.plan.channel,
            first_attempt_at: None,
            nonce: fastrand::u64(1..1 << 62),
            is_paused: false,
            restarts: entry.as_ref().is_some_and(|entry| entry.restarts),
            entry: entry.map(|entry| entry.entry).unwrap_or_default(),
            fault: None,
        }
    }

    /// Locks the digest, unless another process has it or has changed what the choice was based on.
    async fn is_current(&self, transaction: &mut Transaction) -> sqlx::Result<bool> {
        let unchanged = transaction.lock_rows(UNCHANGED_DIGEST, "digest");
        let unchanged = unchanged.bind(self.digest).bind(self.round).bind(&self.slot);
        let found: Option<i64> = transaction.fetch_scalar(unchanged).await?;
        Ok(found.is_some() && self.has_same_entries(transaction).await?)
    }

    /// The same, but waits for the other process.
    async fn lock_current(&self, transaction: &mut Transaction) -> sqlx::Result<bool> {
        let lock = query(LOCK_UNCHANGED_DIGEST);
        let lock = lock.bind(self.digest).bind(self.round).bind(&self.slot);
        let found: Option<i64> = transaction.fetch_scalar(lock).await?;
        Ok(found.is_some() && self.has_same_entries(transaction).await?)
    }

    async fn has_same_entries(&self, transaction: &mut Transaction) -> sqlx::Result<bool> {
        let posted: Vec<(String,)> =
            transaction.fetch_all(query(ENTRIES_OF_ROUND).bind(self.digest)).await?;
        let posted: HashSet<String> = posted.into_iter().map(|(entry,)| entry).collect();
        Ok(posted == self.posted)
    }
}

impl Turn {
    fn new(
        snapshot: Snapshot,
        now: i64,
        window_seconds: i64,
        choose: &mut impl FnMut(&Plan, Date, &HashSet<String>) -> Option<NextEntry>,
    ) -> Self {
        let plan = &snapshot.plan;
        let (mut missed, next) = match plan.slot_of_key(&snapshot.slot) {
            Some(first) => plan.due_since(first, now),
            None => (Vec::new(), plan.next_after(now)),
        };
        let last = missed.pop_if(|slot| now <= slot.due + window_seconds);
        let mut round = snapshot.round;
        let run = last.map(|slot| {
            let (entry, of_round) = snapshot.choose(slot.day, choose);
            round = of_round;
            snapshot.run(plan.key(slot), slot.due, slot.due + window_seconds, entry)
        });
        Self { missed, run, round, next, snapshot }
    }

    /// Writes it; returns the run, unless it was begun before.
    async fn take(
        self,
        transaction: &mut Transaction,
        lease: Lease<'_>,
        window_seconds: i64,
    ) -> sqlx::Result<Option<ClaimedRun>> {
        let Snapshot { digest, plan, .. } = &self.snapshot;
        let mut missed = self.missed.len().saturating_sub(MISSED_ROWS_MAX) as i64;
        for slot in self.missed.iter().rev().take(MISSED_ROWS_MAX) {
            let insert = query(INSERT_MISSED_RUN)
                .bind(*digest)
                .bind(plan.key(*slot))
                .bind(slot.due)
                .bind(slot.due + window_seconds)
                .bind(plan.channel)
                .bind(lease.now);
            missed += transaction.execute(insert).await?.cast_signed();
        }
        let is_new = match &self.run {
            Some(run) => insert_run(transaction, lease, run, self.round).await?,
            None => false,
        };
        let move_on = query(MOVE_ON)
            .bind(*digest)
            .bind(self.next.map(|slot| plan.key(slot)))
            .bind(self.next.map(|slot| digest.starts_at(slot)))
            .bind(self.round)
            .bind(missed);
        transaction.execute(move_on).await?;
        let delete = query(DELETE_OLD_RUNS).bind(*digest);
        let delete = delete.bind(lease.now - RUN_RETENTION_SECONDS).bind(self.round);
        transaction.execute(delete).await?;
        Ok(self.run.filter(|_| is_new))
    }
}

/// Inserts the row of a run; returns whether there was none.
async fn insert_run(
    transaction: &mut Transaction,
    lease: Lease<'_>,
    run: &ClaimedRun,
    round: i64,
) -> sqlx::Result<bool> {
    let insert = query(INSERT_RUN)
        .bind(run.digest)
        .bind(&run.slot)
        .bind(run.due)
        .bind(run.deadline)
        .bind(lease.process.name())
        .bind(lease.until)
        .bind(run.nonce.cast_signed())
        .bind(round)
        .bind(&run.entry)
        .bind(run.channel)
        .bind(lease.now);
    Ok(transaction.execute(insert).await? == 1)
}

fn run_from_row(Joined(row, plan): Joined<ExpiredRow, PlanRow>) -> ClaimedRun {
    let plan = Plan::from(plan);
    ClaimedRun {
        digest: row.digest_id,
        guild: row.guild_id,
        is_paused: row.is_paused && plan.slot_of_key(&row.slot).is_some(),
        plan,
        slot: row.slot,
        due: row.due,
        deadline: row.until,
        channel: row.run_channel_id,
        first_attempt_at: row.tried_at,
        nonce: row.mark,
        entry: row.entry,
        restarts: row.round > 1 && row.posted_before == 0,
        fault: row.fault.parse().ok(),
    }
}
