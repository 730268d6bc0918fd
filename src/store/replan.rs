//! Planning anew after the clock was wrong.

use super::digests::{PlanRow, plan_columns};
use super::query::query;
use super::row::{Checked, Joined, rows};
use super::{Store, StoreError};
use crate::digest::{DigestId, Plan, Slot};

/// Digests that wait no longer than this need no check: no clock is that exact.
const TOLERANCE_SECONDS: i64 = 60 * 60;

/// How many digests are read at a time.
const PAGE_ROWS: i64 = 500;

rows! {
    struct IdRow {
        id: i64,
    }

    struct WaitingRow {
        id: DigestId,
        slot: String,
    }
}

const WAITING_DIGESTS: &str = concat!(
    "select id, slot, ",
    plan_columns!(),
    " from digest where due > $1 and slot is not null and id > $2 order by id limit $3"
);

/// Runs that were noted as missed, but are still to come.
const DELETE_FUTURE_MISSED_RUNS: &str =
    "delete from digest_run where digest_id = $1 and state = 'skipped' and due > $2";

const MOVE_BACK: &str = "update digest set slot = $3, due = $4 where id = $1 and slot = $2";

impl Store {
    /// Plans anew all digests that wait longer than their plan says: their next run was set while the clock was ahead. Returns how
    /// many there were.
    pub async fn replan(&self, now: i64) -> Result<usize, StoreError> {
        let (mut replanned, mut last_id) = (0, i64::MIN);
        loop {
            let waiting = query(WAITING_DIGESTS).bind(now + TOLERANCE_SECONDS);
            let waiting = waiting.bind(last_id).bind(PAGE_ROWS);
            let page: Vec<Joined<IdRow, Checked<Joined<WaitingRow, PlanRow>>>> =
                self.fetch_all(waiting).await?;
            let Some(Joined(last, _)) = page.last() else {
                return Ok(replanned);
            };
            last_id = last.id;
            let rows = page.into_iter().filter_map(|Joined(_, row)| row.readable("digest"));
            for Joined(digest, plan) in rows {
                let plan = Plan::from(plan);
                if let Some(next) = earlier_run(&plan, &digest.slot, now) {
                    self.move_back(&digest, &plan, next, now).await?;
                    replanned += 1;
                }
            }
        }
    }

    async fn move_back(
        &self,
        digest: &WaitingRow,
        plan: &Plan,
        next: Slot,
        now: i64,
    ) -> Result<(), StoreError> {
        self.write(async {
            let mut transaction = self.begin().await?;
            let delete = query(DELETE_FUTURE_MISSED_RUNS).bind(digest.id).bind(now);
            transaction.execute(delete).await?;
            let move_back = query(MOVE_BACK)
                .bind(digest.id)
                .bind(&digest.slot)
                .bind(plan.key(next))
                .bind(digest.id.starts_at(next));
            transaction.execute(move_back).await?;
            transaction.commit().await
        })
        .await
    }
}

/// The next run by the plan, if it is before the one that is set.
fn earlier_run(plan: &Plan, slot: &str, now: i64) -> Option<Slot> {
    let set = plan.slot_of_key(slot).map_or(i64::MAX, |slot| slot.due);
    plan.next_after(now).filter(|next| next.due < set)
}
