//! Saves a moderator's change of a digest, and updates its next run and its ledger.

use super::column::params;
use super::query::Transaction;
use crate::digest::{DigestId, Fault, Plan, PlannedDigest, Slot};
use crate::guild::GuildId;

/// Locks a digest, so that no process begins its next run before the change is committed.
const LOCK_NEXT_RUN: &str =
    "update digest set slot = slot where id = $1 and guild_id = $2 returning slot";

const FIND_RUN: &str = "select due from digest_run where digest_id = $1 and slot = $2";

/// Records a due run that the change cancels.
const SUPERSEDE_RUN: &str =
    "insert into digest_run (digest_id, slot, due, until, state, mark, round, entry, channel_id, fault, at)
     values ($1, $2, $3, $3, 'failed', 0, 0, '', $4, $5, $6) on conflict (digest_id, slot) do nothing";

const UPSERT_DIGEST: &str =
    "insert into digest (id, guild_id, channel_id, channel_name, at_minute, zone, days, content, role_id, publish, is_paused, slot, due)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (id) do update set channel_id = excluded.channel_id, channel_name = excluded.channel_name,
         at_minute = excluded.at_minute, zone = excluded.zone, days = excluded.days, content = excluded.content,
         role_id = excluded.role_id, publish = excluded.publish, is_paused = excluded.is_paused, slot = excluded.slot,
         due = excluded.due, paused_for = '', refusals = 0, told = '', tell_at = null
     where digest.guild_id = excluded.guild_id";

/// Cancels runs that wait for a retry. A run that may have been sent is left to the process that
/// takes it over, which searches for the message.
const CANCEL_RETRIES: &str = "update digest_run set state = 'failed', fault = $3, at = $2
     where digest_id = $1 and state = 'open' and owner = '' and tried_at is null";

/// Starts a new round: entries posted under other content do not count.
const RESET_ROTATION: [&str; 2] = [
    "update digest_run set round = 0 where digest_id = $1",
    "update digest set round = 1 where id = $1",
];

const REMOVE_DIGEST: &str = "delete from digest where guild_id = $1 and id = $2";

/// Adds, changes or removes a digest.
pub(super) async fn save_digest(
    transaction: &mut Transaction,
    guild: GuildId,
    digest: DigestId,
    before: Option<&PlannedDigest>,
    planned: Option<&PlannedDigest>,
    now: i64,
) -> sqlx::Result<()> {
    let Some(planned) = planned else {
        return transaction.execute(REMOVE_DIGEST, params![guild, digest]).await.map(drop);
    };
    let next = next_run(transaction, guild, digest, before, planned, now).await?;
    let PlannedDigest { ref plan, channel_name: ref name, is_paused } = *planned;
    let Plan { channel, at, ref zone, days, ref content, role, publish } = *plan;
    let (name, at, zone, days) = (&**name, at.minutes(), zone.name(), days.bits());
    let content = content.to_string();
    let (slot, due) = next.map(|next| (plan.key(next), digest.starts_at(next))).unzip();
    let values = params![
        digest, guild, channel, name, at, zone, days, content, role, publish, is_paused, slot, due
    ];
    transaction.execute(UPSERT_DIGEST, values).await?;
    if is_paused {
        let values = params![digest, now, Some(Fault::Changed)];
        transaction.execute(CANCEL_RETRIES, values).await?;
    }
    if before.is_some_and(|before| before.plan.content != plan.content) {
        for restart in RESET_ROTATION {
            transaction.execute(restart, params![digest]).await?;
        }
    }
    Ok(())
}

/// The next run after the change. A due run that has not begun is kept if the plan still has it;
/// otherwise it is recorded as superseded.
async fn next_run(
    transaction: &mut Transaction,
    guild: GuildId,
    digest: DigestId,
    before: Option<&PlannedDigest>,
    planned: &PlannedDigest,
    now: i64,
) -> sqlx::Result<Option<Slot>> {
    let plan = &planned.plan;
    let locked = transaction.fetch_scalar(LOCK_NEXT_RUN, params![digest, guild]).await?;
    let waiting: Option<String> = locked.flatten();
    let due = before.and_then(|before| Some((before, due_run(before, &waiting?, now)?)));
    if let Some((before, slot)) = due {
        if is_kept(before, planned, slot) {
            return next_free_slot(transaction, digest, planned, slot).await;
        }
        let (key, channel) = (before.plan.key(slot), before.plan.channel);
        let values = params![digest, key, slot.due, channel, Some(Fault::Changed), now];
        transaction.execute(SUPERSEDE_RUN, values).await?;
    }
    match plan.next_after(now).filter(|_| !planned.is_paused) {
        Some(slot) => next_free_slot(transaction, digest, planned, slot).await,
        None => Ok(None),
    }
}

/// This slot, or the first after it without a run: after the clock was set back, the slot may
/// already have one.
async fn next_free_slot(
    transaction: &mut Transaction,
    digest: DigestId,
    planned: &PlannedDigest,
    slot: Slot,
) -> sqlx::Result<Option<Slot>> {
    let mut next = Some(slot);
    while let Some(slot) = next {
        let run = params![digest, planned.plan.key(slot)];
        if transaction.fetch_scalar::<i64>(FIND_RUN, run).await?.is_none() {
            break;
        }
        next = planned.plan.next_after(slot.due);
    }
    Ok(next)
}

/// The due run that has not begun: runs due in the same minute start at different seconds.
fn due_run(before: &PlannedDigest, slot: &str, now: i64) -> Option<Slot> {
    let slot = before.plan.slot_of_key(slot).filter(|slot| slot.due <= now);
    slot.filter(|_| !before.is_paused)
}

fn is_kept(before: &PlannedDigest, planned: &PlannedDigest, slot: Slot) -> bool {
    let plan = &planned.plan;
    !planned.is_paused
        && before.plan.key(slot) == plan.key(slot)
        && plan.slot_on(slot.day) == Some(slot)
}
