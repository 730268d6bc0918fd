//! What a moderator's change of a digest does to its next run and to its ledger.

use super::query::{Transaction, query};
use crate::digest::{DigestId, Fault, Planned, Slot};
use crate::guild::GuildId;

/// Locks a digest, so that no process begins its next run before the change is committed.
const LOCK_NEXT_RUN: &str =
    "update digest set slot = slot where id = $1 and guild_id = $2 returning slot";

const FIND_RUN: &str = "select due from digest_run where digest_id = $1 and slot = $2";

/// Notes a run that was due, and is not going to happen because of the change.
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

/// Cancels runs that wait for a retry. One that may have been posted is left to whoever takes it over and looks for the message.
const CANCEL_RETRIES: &str = "update digest_run set state = 'failed', fault = $3, at = $2
     where digest_id = $1 and state = 'open' and owner = '' and tried_at is null";

/// Entries that were posted under another content do not count as posted.
const RESTART_ROUNDS: [&str; 2] = [
    "update digest_run set round = 0 where digest_id = $1",
    "update digest set round = 1 where id = $1",
];

pub(super) async fn remove_digest(
    transaction: &mut Transaction,
    guild: GuildId,
    digest: DigestId,
) -> sqlx::Result<()> {
    let delete = query("delete from digest where guild_id = $1 and id = $2");
    transaction.execute(delete.bind(guild).bind(digest)).await.map(drop)
}

/// Adds or changes a digest.
pub(super) async fn save_digest(
    transaction: &mut Transaction,
    guild: GuildId,
    digest: DigestId,
    before: Option<&Planned>,
    planned: &Planned,
    now: i64,
) -> sqlx::Result<()> {
    let next = next_run(transaction, guild, digest, before, planned, now).await?;
    let plan = &planned.plan;
    let upsert = query(UPSERT_DIGEST)
        .bind(digest)
        .bind(guild)
        .bind(plan.channel)
        .bind(&planned.channel_name)
        .bind(plan.at.minutes())
        .bind(plan.zone.name())
        .bind(plan.days.bits())
        .bind(plan.content.to_string())
        .bind(plan.role)
        .bind(plan.publish)
        .bind(planned.is_paused)
        .bind(next.map(|slot| plan.key(slot)))
        .bind(next.map(|slot| digest.starts_at(slot)));
    transaction.execute(upsert).await?;
    if planned.is_paused {
        let cancel = query(CANCEL_RETRIES).bind(digest).bind(now).bind(Fault::Changed);
        transaction.execute(cancel).await?;
    }
    if before.is_some_and(|before| before.plan.content != plan.content) {
        for restart in RESTART_ROUNDS {
            transaction.execute(query(restart).bind(digest)).await?;
        }
    }
    Ok(())
}

/// The next run after the change. A run that is due but was not begun yet stays where the change leaves it alone; otherwise the
/// ledger says that it was superseded.
async fn next_run(
    transaction: &mut Transaction,
    guild: GuildId,
    digest: DigestId,
    before: Option<&Planned>,
    planned: &Planned,
    now: i64,
) -> sqlx::Result<Option<Slot>> {
    let plan = &planned.plan;
    let lock = query(LOCK_NEXT_RUN).bind(digest).bind(guild);
    let waiting: Option<String> = transaction.fetch_scalar(lock).await?.flatten();
    let due = before.and_then(|before| Some((before, due_run(before, &waiting?, now)?)));
    if let Some((before, slot)) = due {
        if is_kept(before, planned, slot) {
            return unless_begun(transaction, digest, planned, slot).await;
        }
        let supersede = query(SUPERSEDE_RUN)
            .bind(digest)
            .bind(before.plan.key(slot))
            .bind(slot.due)
            .bind(before.plan.channel)
            .bind(Fault::Changed)
            .bind(now);
        transaction.execute(supersede).await?;
    }
    match plan.next_after(now).filter(|_| !planned.is_paused) {
        Some(slot) => unless_begun(transaction, digest, planned, slot).await,
        None => Ok(None),
    }
}

/// This run, or the first after it that was not begun yet: the clock may have been set back since.
async fn unless_begun(
    transaction: &mut Transaction,
    digest: DigestId,
    planned: &Planned,
    slot: Slot,
) -> sqlx::Result<Option<Slot>> {
    let mut next = Some(slot);
    while let Some(slot) = next {
        let find = query(FIND_RUN).bind(digest).bind(planned.plan.key(slot));
        if transaction.fetch_scalar::<i64>(find).await?.is_none() {
            break;
        }
        next = planned.plan.next_after(slot.due);
    }
    Ok(next)
}

/// The run that is due and was not begun yet: runs of the same minute begin some seconds apart.
fn due_run(before: &Planned, slot: &str, now: i64) -> Option<Slot> {
    let slot = before.plan.slot_of_key(slot).filter(|slot| slot.due <= now);
    slot.filter(|_| !before.is_paused)
}

fn is_kept(before: &Planned, planned: &Planned, slot: Slot) -> bool {
    let plan = &planned.plan;
    !planned.is_paused && before.plan.key(slot) == plan.key(slot) && plan.on(slot.day) == Some(slot)
}
