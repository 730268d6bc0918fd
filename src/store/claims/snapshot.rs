//! A digest as read before its next entry is chosen. The entry is chosen outside a transaction,
//! which then verifies that nothing has changed (optimistic locking).

use std::collections::HashSet;

use jiff::civil::Date;

use super::{ChooseEntry, ClaimedRun};
use crate::digest::{DigestId, Plan, Slot};
use crate::guild::GuildId;
use crate::store::column::params;
use crate::store::digests::{ENTRIES_OF_ROUND, entries};
use crate::store::query::{DbRow, FromRow, Transaction};
use crate::store::{Result, Store};

/// The most rows that are inserted for runs missed in one outage.
const MISSED_ROWS_MAX: usize = 5;

/// How long runs that no list shows are kept.
const RUN_RETENTION_SECONDS: i64 = 60 * 24 * 60 * 60;

/// Locks the row of a digest unless it has changed since it was read.
const LOCK_UNCHANGED_DIGEST: &str = "update digest set round = round where id = $1 and round = $2 and coalesce(slot, '') = $3 returning id";

const INSERT_MISSED_RUN: &str =
    "insert into digest_run (digest_id, slot, due, until, state, mark, round, entry, channel_id, at)
     values ($1, $2, $3, $4, 'skipped', 0, 0, '', $5, $6) on conflict (digest_id, slot) do nothing";

/// A digest that was paused meanwhile stays without a next run.
const MOVE_ON: &str =
    "update digest set slot = $2, due = $3, missed = missed + $4 where id = $1 and is_paused = 0";

/// Keeps the runs of the current round, which record the posted entries.
const DELETE_OLD_RUNS: &str = "delete from digest_run
     where digest_id = $1 and due < $2 and state <> 'open' and publish <> 'due'
         and round <> (select round from digest where id = $1)";

/// A digest as read before an entry is chosen.
pub(super) struct Snapshot {
    digest: DigestId,
    guild: GuildId,
    pub(super) plan: Plan,
    slot: String,
    round: i64,
    posted: HashSet<String>,
}

impl Snapshot {
    pub(super) async fn with_posted(self, store: &Store) -> Result<Self> {
        Ok(Self { posted: store.posted_entries(self.digest).await?, ..self })
    }

    /// The due runs, and the next one.
    pub(super) fn due_slots(&self, now: i64) -> (Vec<Slot>, Option<Slot>) {
        match self.plan.slot_of_key(&self.slot) {
            Some(first) => self.plan.due_since(first, now),
            None => (Vec::new(), self.plan.next_after(now)),
        }
    }

    /// Chooses the next entry and builds its run.
    pub(super) fn run(
        &self,
        slot: String,
        day: Date,
        due: i64,
        deadline: i64,
        choose: ChooseEntry<'_>,
    ) -> ClaimedRun {
        let chosen = choose(&self.plan, day, &self.posted);
        let restarts = chosen.as_ref().is_some_and(|chosen| chosen.restarts);
        // If the first entry of a round failed, the next one starts it.
        let is_first = chosen.is_some() && self.round > 1 && self.posted.is_empty();
        ClaimedRun {
            digest: self.digest,
            guild: self.guild,
            plan: self.plan.clone(),
            slot,
            due,
            deadline,
            channel: self.plan.channel,
            message: None,
            first_attempt_at: None,
            nonce: fastrand::u64(1..1 << 62),
            is_paused: false,
            restarts: restarts || is_first,
            entry: chosen.map(|chosen| chosen.entry).unwrap_or_default(),
            fault: None,
            round: self.round + i64::from(restarts),
        }
    }

    /// Locks the digest. Returns whether it and its posted entries are unchanged.
    pub(super) async fn lock(&self, transaction: &mut Transaction) -> sqlx::Result<bool> {
        let values = params![self.digest, self.round, &*self.slot];
        let is_locked = !transaction.fetch_all(LOCK_UNCHANGED_DIGEST, values).await?.is_empty();
        let posted = transaction.fetch_all(ENTRIES_OF_ROUND, params![self.digest]).await?;
        Ok(is_locked && entries(&posted)? == self.posted)
    }

    /// Records missed runs, schedules the next one, and deletes old ones.
    pub(super) async fn advance(
        &self,
        transaction: &mut Transaction,
        missed: &[Slot],
        next: Option<Slot>,
        window_seconds: i64,
        now: i64,
    ) -> sqlx::Result<()> {
        let Self { digest, plan, .. } = self;
        let mut count = missed.len().saturating_sub(MISSED_ROWS_MAX) as i64;
        for slot in missed.iter().rev().take(MISSED_ROWS_MAX) {
            let deadline = slot.due + window_seconds;
            let values = params![*digest, plan.key(*slot), slot.due, deadline, plan.channel, now];
            count += transaction.execute(INSERT_MISSED_RUN, values).await?.cast_signed();
        }
        let (slot, due) = next.map(|next| (plan.key(next), digest.starts_at(next))).unzip();
        transaction.execute(MOVE_ON, params![*digest, slot, due, count]).await?;
        let old = params![*digest, now - RUN_RETENTION_SECONDS];
        transaction.execute(DELETE_OLD_RUNS, old).await.map(drop)
    }
}

impl FromRow for Snapshot {
    fn from_row(row: &DbRow) -> sqlx::Result<Self> {
        Ok(Self {
            digest: row.get("id")?,
            guild: row.get("guild_id")?,
            plan: Plan::from_row(row)?,
            slot: row.get::<Option<String>>("slot")?.unwrap_or_default(),
            round: row.get("round")?,
            posted: HashSet::new(),
        })
    }
}
