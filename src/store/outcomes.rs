//! Records the outcome of a run: sent, published, failed, skipped, or to be retried.

use super::claims::ClaimedRun;
use super::column::params;
use super::failure_notices::{clear_failure, report_failure};
use super::query::Transaction;
use super::{Result, Store};
use crate::digest::{DigestId, Fault, Publish, REFUSALS_MAX, Run, RunState};

const SCHEDULE_RETRY: &str =
    "update digest_run set owner = '', lease_until = $4, publish_at = case publish when 'due' then $4 end,
         tried_at = $5, fault = $6, at = case state when 'open' then $7 else at end
     where digest_id = $1 and slot = $2 and owner = $3 and (state = 'open' or publish = 'due')";

/// Keeps the time at which a run was sent when it is published later. That nothing was sent counts
/// only while no other process has taken the run over, as that one may have sent it.
const RECORD: &str =
    "update digest_run set state = $3, message_id = $4, publish = $5, publish_at = $6, fault = $7,
         at = case state when 'open' then $8 else at end
     where digest_id = $1 and slot = $2 and (state = 'open' or state = $3 and publish = 'due')
         and (owner = $9 or $3 = 'sent')";

const COUNT_MISSED: &str = "update digest set missed = missed + 1 where id = $1";

const COUNT_REFUSAL: &str =
    "update digest set refusals = refusals + 1 where id = $1 returning refusals";

const RESET_REFUSALS: &str = "update digest set refusals = 0 where id = $1 and refusals > 0";

const PAUSE: &str =
    "update digest set is_paused = 1, paused_for = $2, slot = null, due = null, told = 'due', tell_at = $3
     where id = $1 and is_paused = 0";

impl Store {
    /// Releases a run, to be retried by any process at `retry_at`. If this fails, it is retried
    /// when the lease expires.
    pub async fn schedule_retry(
        &self,
        run: &ClaimedRun,
        retry_at: i64,
        fault: Option<Fault>,
        now: i64,
    ) -> Result<()> {
        let (slot, first) = (&*run.slot, run.first_attempt_at);
        let values = params![run.digest, slot, &*self.process, retry_at, first, fault, now];
        self.execute(SCHEDULE_RETRY, values).await.map(drop)
    }

    /// Records the outcome of a run. [`REFUSALS_MAX`] consecutive refusals pause the digest, and a
    /// final refusal does at once. Returns whether it was paused.
    pub async fn record_run(&self, claimed: &ClaimedRun, run: &Run) -> Result<bool> {
        let (digest, slot) = (claimed.digest, &*claimed.slot);
        let publish_at = if let Publish::Due(at) = run.publish { Some(at) } else { None };
        let publish: &str = run.publish.into();
        let (state, fault, at) = (run.state.name(), run.fault, run.at);
        let process = &*self.process;
        let values =
            params![digest, slot, state, run.message, publish, publish_at, fault, at, process];
        self.transaction(async |transaction| {
            if transaction.execute(RECORD, values).await? == 0 {
                return Ok(false);
            }
            match (run.state, fault) {
                (RunState::Skipped, _) => {
                    transaction.execute(COUNT_MISSED, params![digest]).await?;
                }
                (RunState::Sent, fault) => {
                    transaction.execute(RESET_REFUSALS, params![digest]).await?;
                    match (fault, run.publish) {
                        // A run succeeds only once published, and its fault was reported when it
                        // was sent.
                        (None, Publish::Due(_)) | (Some(_), Publish::Done) => {}
                        (None, _) => clear_failure(transaction, digest).await?,
                        (Some(fault), _) => report_failure(transaction, digest, fault, at).await?,
                    }
                }
                // Moderators need no report of their own changes.
                (_, None | Some(Fault::Changed)) => {}
                (_, Some(fault)) => return record_failure(transaction, digest, fault, at).await,
            }
            Ok(false)
        })
        .await
    }
}

/// Reports and counts a failure. Returns whether it pauses the digest.
async fn record_failure(
    transaction: &mut Transaction,
    digest: DigestId,
    fault: Fault,
    now: i64,
) -> sqlx::Result<bool> {
    report_failure(transaction, digest, fault, now).await?;
    if !matches!(fault, Fault::Refused { .. } | Fault::OtherServer | Fault::NoEntry) {
        return Ok(false);
    }
    let refusals: Option<i64> = transaction.fetch_scalar(COUNT_REFUSAL, params![digest]).await?;
    let pauses = fault.is_final() || refusals.is_some_and(|count| count >= REFUSALS_MAX);
    if pauses {
        transaction.execute(PAUSE, params![digest, Some(fault), now]).await?;
    }
    Ok(pauses)
}
