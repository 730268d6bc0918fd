//! Reschedules digests after the clock was wrong.

use super::column::params;
use super::{Result, Store};
use crate::digest::{DigestId, Plan};
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

impl Store {
    /// Reschedules all digests whose next run is later than their plan says, as it was set while
    /// the clock was ahead. Returns their number.
    pub async fn replan(&self, now: i64) -> Result<usize> {
        let (mut replanned, mut last_id) = (0, i64::MIN);
        loop {
            let values = params![now + TOLERANCE_SECONDS, last_id, PAGE_ROWS];
            let page = self.fetch_all(WAITING_DIGESTS, values).await?;
            let Some(last) = page.last() else {
                return Ok(replanned);
            };
            last_id = last.get("id")?;
            for row in &page {
                let waiting = row.parse_row::<(DigestId, String)>("digest");
                let Some(((id, slot), plan)) = waiting.zip(row.parse_row::<Plan>("digest")) else {
                    continue;
                };
                let scheduled = plan.slot_of_key(&slot).map_or(i64::MAX, |slot| slot.due);
                let Some(next) = plan.next_after(now).filter(|next| next.due < scheduled) else {
                    continue;
                };
                self.transaction(async |transaction| {
                    transaction.execute(DELETE_FUTURE_MISSED_RUNS, params![id, now]).await?;
                    let values = params![id, &*slot, plan.key(next), id.starts_at(next)];
                    transaction.execute(MOVE_BACK, values).await
                })
                .await?;
                replanned += 1;
            }
        }
    }
}
