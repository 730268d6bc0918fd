//! What became of a run: sent, failed, skipped, or to be retried.

use super::claims::{ClaimedRun, Process};
use super::failure_notices::{clear_failure, report_failure};
use super::query::{Transaction, query};
use super::{Store, StoreError};
use crate::digest::{Fault, Publish, REFUSALS_MAX, RunState};
use crate::guild::MessageId;

const SCHEDULE_RETRY: &str =
    "update digest_run set owner = '', lease_until = $4, tried_at = $5, fault = $6, at = $7
     where digest_id = $1 and slot = $2 and owner = $3 and state = 'open'";

const RECORD_SENT: &str =
    "update digest_run set state = 'sent', message_id = $3, publish = $4, publish_at = $5, fault = $6, at = $7
     where digest_id = $1 and slot = $2 and state = 'open'";

const END_RUN: &str = "update digest_run set state = $3, fault = $4, at = $5
     where digest_id = $1 and slot = $2 and state = 'open'";

const PAUSE: &str =
    "update digest set is_paused = 1, paused_for = $2, slot = null, due = null, told = 'due', tell_at = $3
     where id = $1 and is_paused = 0";

impl Store {
    /// Gives a run back to be retried at `retry_at`, by whichever process comes to it. After an error it is retried when the lease
    /// has expired.
    pub async fn schedule_retry(
        &self,
        process: &Process,
        run: &ClaimedRun,
        retry_at: i64,
        fault: Fault,
        now: i64,
    ) -> Result<(), StoreError> {
        let retry = query(SCHEDULE_RETRY)
            .bind(run.digest)
            .bind(&run.slot)
            .bind(process.name())
            .bind(retry_at)
            .bind(run.first_attempt_at)
            .bind(fault)
            .bind(now);
        self.execute(retry).await.map(drop)
    }

    /// Records that a run was posted, and what went wrong all the same.
    pub async fn record_sent(
        &self,
        run: &ClaimedRun,
        message: Option<MessageId>,
        publish: Publish,
        fault: Option<Fault>,
        now: i64,
    ) -> Result<(), StoreError> {
        let (publish, publish_at) = match publish {
            Publish::No => ("", None),
            Publish::Due(at) => ("due", Some(at)),
            Publish::Done => ("done", None),
            Publish::Failed => ("failed", None),
        };
        let record = query(RECORD_SENT)
            .bind(run.digest)
            .bind(&run.slot)
            .bind(message)
            .bind(publish)
            .bind(publish_at)
            .bind(fault)
            .bind(now);
        self.write(async {
            let mut transaction = self.begin().await?;
            transaction.execute(record).await?;
            let reset = query("update digest set refusals = 0 where id = $1 and refusals > 0");
            transaction.execute(reset.bind(run.digest)).await?;
            match fault {
                Some(fault) => report_failure(&mut transaction, run.digest, fault, now).await?,
                // All is well only once it is published too.
                None if publish == "due" => {}
                None => clear_failure(&mut transaction, run.digest).await?,
            }
            transaction.commit().await
        })
        .await
    }

    /// Records that no process was there to post a run in time.
    pub async fn record_skipped(&self, run: &ClaimedRun, now: i64) -> Result<(), StoreError> {
        self.write(async {
            let mut transaction = self.begin().await?;
            if end_run(&mut transaction, run, RunState::Skipped, None, now).await? {
                let count = query("update digest set missed = missed + 1 where id = $1");
                transaction.execute(count.bind(run.digest)).await?;
            }
            transaction.commit().await
        })
        .await
    }

    /// Records that a run was not posted, or that nobody can tell. What Discord refuses is counted: [`REFUSALS_MAX`] refusals in a
    /// row pause the digest, and a final one does at once. Returns whether it was paused.
    pub async fn record_failed(
        &self,
        run: &ClaimedRun,
        fault: Fault,
        now: i64,
    ) -> Result<bool, StoreError> {
        let state = if fault == Fault::Untold { RunState::Unknown } else { RunState::Failed };
        self.write(async {
            let mut transaction = self.begin().await?;
            let is_ended = end_run(&mut transaction, run, state, Some(fault), now).await?;
            let mut pauses = false;
            // The moderators know of their own changes.
            if is_ended && fault != Fault::Changed {
                report_failure(&mut transaction, run.digest, fault, now).await?;
                pauses = count_refusal(&mut transaction, run, fault).await?;
                if pauses {
                    let pause = query(PAUSE).bind(run.digest).bind(fault).bind(now);
                    transaction.execute(pause).await?;
                }
            }
            transaction.commit().await?;
            Ok(pauses)
        })
        .await
    }
}

/// Ends a run; returns whether it was still open.
async fn end_run(
    transaction: &mut Transaction,
    run: &ClaimedRun,
    state: RunState,
    fault: Option<Fault>,
    now: i64,
) -> sqlx::Result<bool> {
    let end = query(END_RUN).bind(run.digest).bind(&run.slot);
    let end = end.bind(state.name()).bind(fault).bind(now);
    Ok(transaction.execute(end).await? > 0)
}

/// Counts a refusal, if it is one; returns whether the digest is to be paused.
async fn count_refusal(
    transaction: &mut Transaction,
    run: &ClaimedRun,
    fault: Fault,
) -> sqlx::Result<bool> {
    if !matches!(fault, Fault::Refused { .. } | Fault::OtherServer | Fault::Nothing) {
        return Ok(false);
    }
    let count = query("update digest set refusals = refusals + 1 where id = $1 returning refusals");
    let refusals: Option<i64> = transaction.fetch_scalar(count.bind(run.digest)).await?;
    Ok(fault.is_final() || refusals.is_some_and(|count| count >= REFUSALS_MAX))
}
