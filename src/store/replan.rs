//! Reschedules digests after the clock was wrong.

use super::column::params;
use super::query::{FromRow, Row};
use super::{Store, StoreError};
use crate::digest::{DigestId, Plan, Slot};
use crate::store::digests::plan_columns;

/// Digests that are due within this time are not checked: clocks are not that exact.
const TOLERANCE_SECONDS: i64 = 60 * 60;

/// The page size of the query.
const PAGE_ROWS: i64 = 500;

const WAITING_DIGESTS: &str = concat!(
    "select id, slot, ",
    plan_columns!(),
    " from digest where due > $1 and slot is not null and id > $2 order by id limit $3"
);

/// Deletes runs recorded as missed that lie in the future.
const DELETE_FUTURE_MISSED_RUNS: &str =
    "delete from digest_run where digest_id = $1 and state = 'skipped' and due > $2";

const MOVE_BACK: &str = "update digest set slot = $3, due = $4 where id = $1 and slot = $2";

/// A scheduled digest.
struct WaitingDigest {
    id: DigestId,
    slot: String,
    plan: Plan,
}

impl FromRow for WaitingDigest {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        Ok(Self { id: row.get("id")?, slot: row.get("slot")?, plan: Plan::from_row(row)? })
    }
}

impl Store {
    /// Reschedules all digests whose next run is later than their plan says, as it was set while
    /// the clock was ahead. Returns their number.
    pub async fn replan(&self, now: i64) -> Result<usize, StoreError> {
        let (mut replanned, mut last_id) = (0, i64::MIN);
        loop {
            let values = params![now + TOLERANCE_SECONDS, last_id, PAGE_ROWS];
            let page = self.fetch_all(WAITING_DIGESTS, values).await?;
            let Some(last) = page.last() else {
                return Ok(replanned);
            };
            last_id = last.get("id")?;
            for digest in page.iter().filter_map(|row| row.parse_row::<WaitingDigest>("digest")) {
                if let Some(next) = digest.earlier_run(now) {
                    self.move_back(&digest, next, now).await?;
                    replanned += 1;
                }
            }
        }
    }

    async fn move_back(
        &self,
        digest: &WaitingDigest,
        next: Slot,
        now: i64,
    ) -> Result<(), StoreError> {
        let WaitingDigest { id, slot, plan } = digest;
        self.transaction(async |transaction| {
            transaction.execute(DELETE_FUTURE_MISSED_RUNS, params![*id, now]).await?;
            let values = params![*id, &**slot, plan.key(next), id.starts_at(next)];
            transaction.execute(MOVE_BACK, values).await.map(drop)
        })
        .await
    }
}

impl WaitingDigest {
    /// The next run by the plan, if it is earlier than the scheduled one.
    fn earlier_run(&self, now: i64) -> Option<Slot> {
        let set = self.plan.slot_of_key(&self.slot).map_or(i64::MAX, |slot| slot.due);
        self.plan.next_after(now).filter(|next| next.due < set)
    }
}
