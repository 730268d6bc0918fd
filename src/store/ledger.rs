//! The ledger of runs, by which several processes post each digest once.
//!
//! A run begins with its row, which only one process can write, and which says what is to be posted; the same transaction moves the
//! digest on to its next run. Whoever wrote the row holds it on a lease. It ends the run by writing what became of it; if it does
//! not, another process takes the run over when the lease is up, and knows from the row what may have been sent.

use std::collections::HashSet;

use jiff::civil::Date;
use sqlx::Connection;

use super::digests::{SHOWN, begun_at, plan_of, publish_columns};
use super::failure_notices::told_of;
use super::settings::{column, number, typed_id};
use super::{Engine, Store, reading, writing};
use crate::digest::{Chosen, DigestId, Fault, Plan, Publish, REFUSALS_MAX};
use crate::guild::{ChannelId, GuildId, MessageId};
use crate::store::StoreError;

/// How many of the runs that were missed at a time get a row each.
const MISSED_ROWS_MAX: usize = 5;

/// For how long runs are kept that no list shows, in seconds.
const RUNS_KEPT_S: i64 = 60 * 24 * 60 * 60;

/// A process that works on runs, as the others know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process(String);

/// What a process takes runs on.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// The process.
    pub process: &'a Process,
    /// The instant of now, in seconds since 1970.
    pub now: i64,
    /// Until when no other process touches the run.
    pub until: i64,
}

/// A run that this process holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Its digest.
    pub digest: DigestId,
    /// The server.
    pub guild: GuildId,
    /// What is set up.
    pub plan: Plan,
    /// What the ledger knows it by.
    pub slot: String,
    /// The instant when it was due, in seconds since 1970.
    pub due: i64,
    /// Until when it may be posted.
    pub until: i64,
    /// Where. It stays, should the digest be changed meanwhile.
    pub channel: ChannelId,
    /// When it may first have been sent; nothing if it surely was not.
    pub tried_at: Option<i64>,
    /// What tells its message from all others; positive.
    pub mark: u64,
    /// The entry.
    pub entry: String,
    /// Whether all was posted before, so that it begins again.
    pub begins_again: bool,
    /// Whether its digest was paused since it was begun, unless somebody asked for it then.
    pub is_paused: bool,
    /// What kept it from being posted so far.
    pub fault: Option<Fault>,
}

type DueRow = (i64, i64, i64, i64, String, i64, String, Option<i64>, i64, String, i64);

type OpenRow = (i64, String, i64, i64, i64, Option<i64>, i64, String, i64, String);

type PlanRow = (i64, i64, i64, String, i64, String, Option<i64>, i64, i64, i64);

type WaitingRow = (i64, i64, i64, String, i64, String, Option<i64>, i64, String);

impl Process {
    /// One that no other is mistaken for.
    pub fn new() -> Self {
        Self(format!("{:016x}", fastrand::u64(..)))
    }
}

impl Default for Process {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    /// Whether there is anything to do for [`Store::claim`] or [`Store::take_over`].
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn has_runs(&self, now: i64) -> Result<bool, StoreError> {
        self.is_past(
            "select (select min(due) from digest where due is not null),
                 (select min(lease_until) from digest_run where state = 'open')",
            now,
        )
        .await
    }

    /// Whether there is anything to do for [`Store::tale`] or [`Store::publications`].
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn has_news(&self, now: i64) -> Result<bool, StoreError> {
        self.is_past(
            "select (select min(tell_at) from digest where told = 'due'),
                 (select min(publish_at) from digest_run where publish = 'due')",
            now,
        )
        .await
    }

    /// Whether one of two instants has come. The least of something is the first in its index, whatever the database believes of
    /// how many there are.
    async fn is_past(&self, instants: &'static str, now: i64) -> Result<bool, StoreError> {
        let (one, other): (Option<i64>, Option<i64>) = self
            .read(async { reading!(self, |pool| sqlx::query_as(instants).fetch_one(pool).await) })
            .await?;
        let first = [one, other].into_iter().flatten().min();
        Ok(first.is_some_and(|first| first <= now))
    }

    /// Begins runs that are due, at most so many, and moves their digests on. Where several runs of a digest were missed, the last
    /// may still be posted, if it is not too late for that; the others are noted.
    ///
    /// # Errors
    ///
    /// If it cannot be written. Whatever was begun all the same is taken over when its lease is up.
    pub async fn claim(
        &self,
        lease: Lease<'_>,
        window_s: i64,
        most: usize,
        mut choose: impl FnMut(&Plan, Date, &HashSet<String>) -> Option<Chosen>,
    ) -> Result<Vec<Claimed>, StoreError> {
        let now = lease.now;
        self.write(async {
            writing!(self, |transaction| {
                let rows: Vec<DueRow> = sqlx::query_as(self.skipping(DUE, "digest"))
                    .bind(now)
                    .bind(most as i64)
                    .fetch_all(&mut *transaction)
                    .await?;
                let mut claimed = Vec::new();
                for (id, guild, channel, at, zone, days, content, role, publish, slot, round) in
                    rows
                {
                    let digest = DigestId::kept(id);
                    let Some(plan) = plan_of(channel, at, &zone, days, &content, role, publish)
                    else {
                        tracing::error!(
                            digest = id,
                            "a digest is paused, as this version cannot read it"
                        );
                        sqlx::query(PAUSE).bind(id).execute(&mut *transaction).await?;
                        continue;
                    };
                    let (mut due, next) = match plan.of_key(&slot) {
                        Some(first) => plan.due_since(first, now),
                        None => (Vec::new(), plan.next_after(now)),
                    };
                    let last = due.pop_if(|slot| now <= slot.due + window_s);
                    let mut missed = due.len().saturating_sub(MISSED_ROWS_MAX) as i64;
                    for slot in due.iter().rev().take(MISSED_ROWS_MAX) {
                        let skipped = sqlx::query(SKIP)
                            .bind(id)
                            .bind(plan.key(*slot))
                            .bind(slot.due)
                            .bind(slot.due + window_s)
                            .bind(channel)
                            .bind(now)
                            .execute(&mut *transaction)
                            .await?;
                        missed += skipped.rows_affected() as i64;
                    }
                    let mut round = round;
                    if let Some(slot) = last {
                        let shown: Vec<String> =
                            sqlx::query_scalar(SHOWN).bind(id).fetch_all(&mut *transaction).await?;
                        let chosen = chosen(round, shown, |shown| choose(&plan, slot.day, shown));
                        round += chosen.rounds;
                        let run = Begun {
                            digest,
                            guild,
                            channel,
                            slot: plan.key(slot),
                            due: slot.due,
                            until: slot.due + window_s,
                        };
                        let run = run.holding(plan.clone(), chosen.entry);
                        let begun = sqlx::query(BEGIN)
                            .bind(id)
                            .bind(&run.slot)
                            .bind(run.due)
                            .bind(run.until)
                            .bind(&lease.process.0)
                            .bind(lease.until)
                            .bind(column(run.mark))
                            .bind(round)
                            .bind(&run.entry)
                            .bind(channel)
                            .bind(now)
                            .execute(&mut *transaction)
                            .await?;
                        if begun.rows_affected() > 0 {
                            claimed.push(run);
                        }
                    }
                    sqlx::query(MOVE_ON)
                        .bind(id)
                        .bind(next.map(|slot| plan.key(slot)))
                        .bind(next.map(|slot| begun_at(digest, slot)))
                        .bind(round)
                        .bind(missed)
                        .execute(&mut *transaction)
                        .await?;
                    sqlx::query(FORGET)
                        .bind(id)
                        .bind(now - RUNS_KEPT_S)
                        .bind(round)
                        .execute(&mut *transaction)
                        .await?;
                }
                Ok(claimed)
            })
        })
        .await
    }

    /// Plans digests anew that wait for longer than they have to: they were planned while the clock was ahead. How many there were.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn replan(&self, now: i64) -> Result<usize, StoreError> {
        let rows: Vec<WaitingRow> = self
            .read(async {
                reading!(self, |pool| sqlx::query_as(FAR).bind(now + FAR_S).fetch_all(pool).await)
            })
            .await?;
        let is_late = |(id, slot, plan): (i64, String, Plan)| {
            let next = plan.next_after(now)?;
            let waits_for = plan.of_key(&slot).map_or(i64::MAX, |slot| slot.due);
            (next.due < waits_for).then_some((id, slot, plan, next))
        };
        let late: Vec<_> = rows
            .into_iter()
            .filter_map(|(id, channel, at, zone, days, content, role, publish, slot)| {
                Some((id, slot, plan_of(channel, at, &zone, days, &content, role, publish)?))
            })
            .filter_map(is_late)
            .collect();
        for (id, slot, plan, next) in &late {
            self.write(async {
                writing!(self, |transaction| {
                    // What was noted as missed has yet to come.
                    sqlx::query(UNSKIP).bind(id).bind(now).execute(&mut *transaction).await?;
                    sqlx::query(
                        "update digest set slot = $3, due = $4 where id = $1 and slot = $2",
                    )
                    .bind(id)
                    .bind(slot)
                    .bind(plan.key(*next))
                    .bind(begun_at(DigestId::kept(*id), *next))
                    .execute(&mut *transaction)
                    .await?;
                    Ok(())
                })
            })
            .await?;
        }
        Ok(late.len())
    }

    /// Begins a run that nobody scheduled. Nothing if there is no such digest in that server, or the run was begun already.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn begin_now(
        &self,
        lease: Lease<'_>,
        guild: GuildId,
        digest: DigestId,
        slot: &str,
        until: i64,
        choose: impl FnOnce(&Plan, Date, &HashSet<String>) -> Option<Chosen>,
    ) -> Result<Option<Claimed>, StoreError> {
        let (id, now) = (digest.number(), lease.now);
        self.write(async {
            writing!(self, |transaction| {
                let row: Option<PlanRow> =
                    sqlx::query_as(LOCKED_PLAN).bind(id).fetch_optional(&mut *transaction).await?;
                let row = row.filter(|row| row.0 == column(guild.get()));
                let Some((guild, channel, at, zone, days, content, role, publish, round, _)) = row
                else {
                    return Ok(None);
                };
                let Some(plan) = plan_of(channel, at, &zone, days, &content, role, publish) else {
                    return Ok(None);
                };
                let shown: Vec<String> =
                    sqlx::query_scalar(SHOWN).bind(id).fetch_all(&mut *transaction).await?;
                let chosen = chosen(round, shown, |shown| choose(&plan, plan.day_of(now), shown));
                let round = round + chosen.rounds;
                let run = Begun { digest, guild, channel, slot: slot.to_owned(), due: now, until };
                let run = run.holding(plan, chosen.entry);
                let begun = sqlx::query(BEGIN)
                    .bind(id)
                    .bind(slot)
                    .bind(now)
                    .bind(until)
                    .bind(&lease.process.0)
                    .bind(lease.until)
                    .bind(column(run.mark))
                    .bind(round)
                    .bind(&run.entry)
                    .bind(channel)
                    .bind(now)
                    .execute(&mut *transaction)
                    .await?;
                sqlx::query("update digest set round = $2 where id = $1")
                    .bind(id)
                    .bind(round)
                    .execute(&mut *transaction)
                    .await?;
                Ok((begun.rows_affected() > 0).then_some(run))
            })
        })
        .await
    }

    /// OptionKind runs over whose lease is up, at most so many.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn take_over(
        &self,
        lease: Lease<'_>,
        most: usize,
    ) -> Result<Vec<Claimed>, StoreError> {
        let now = lease.now;
        self.write(async {
            writing!(self, |transaction| {
                let rows: Vec<OpenRow> = sqlx::query_as(self.skipping(LEFT, "digest_run"))
                    .bind(now)
                    .bind(most as i64)
                    .fetch_all(&mut *transaction)
                    .await?;
                let mut taken = Vec::new();
                for (id, slot, due, until, run_channel, tried_at, mark, entry, round, fault) in rows
                {
                    sqlx::query(TAKE)
                        .bind(id)
                        .bind(&slot)
                        .bind(&lease.process.0)
                        .bind(lease.until)
                        .execute(&mut *transaction)
                        .await?;
                    let before: i64 = sqlx::query_scalar(SHOWN_BEFORE)
                        .bind(id)
                        .bind(round)
                        .bind(&slot)
                        .fetch_one(&mut *transaction)
                        .await?;
                    let plan: PlanRow =
                        sqlx::query_as(PLAN).bind(id).fetch_one(&mut *transaction).await?;
                    let (guild, channel, at, zone, days, content, role, publish, _, is_paused) =
                        plan;
                    // What cannot be read is paused when it is due the next time.
                    let Some(plan) = plan_of(channel, at, &zone, days, &content, role, publish)
                    else {
                        continue;
                    };
                    taken.push(Claimed {
                        digest: DigestId::kept(id),
                        is_paused: is_paused != 0 && plan.of_key(&slot).is_some(),
                        guild: typed_id(guild),
                        plan,
                        slot,
                        due,
                        until,
                        channel: typed_id(run_channel),
                        tried_at,
                        mark: number(mark),
                        entry,
                        begins_again: round > 1 && before == 0,
                        fault: fault.parse().ok(),
                    });
                }
                Ok(taken)
            })
        })
        .await
    }

    /// Makes sure, right before a run is sent, that this process still holds it, and notes that it may be sent from now on.
    ///
    /// # Errors
    ///
    /// If it cannot be written: then it is not to be sent.
    pub async fn hold(&self, lease: Lease<'_>, run: &Claimed) -> Result<bool, StoreError> {
        self.write(async {
            writing!(self, |transaction| {
                let held = sqlx::query(
                    "update digest_run set tried_at = $4, lease_until = $5
                     where digest_id = $1 and slot = $2 and owner = $3 and state = 'open'",
                )
                .bind(run.digest.number())
                .bind(&run.slot)
                .bind(&lease.process.0)
                .bind(run.tried_at.unwrap_or(lease.now))
                .bind(lease.until)
                .execute(&mut *transaction)
                .await?;
                Ok(held.rows_affected() == 1)
            })
        })
        .await
    }

    /// Gives a run back, to be tried again at some instant, with what keeps it from being posted.
    ///
    /// # Errors
    ///
    /// If it cannot be written; then it is tried again when the lease is up.
    pub async fn put_off(
        &self,
        process: &Process,
        run: &Claimed,
        until: i64,
        fault: Fault,
        now: i64,
    ) -> Result<(), StoreError> {
        self.write(async {
            writing!(self, |transaction| {
                sqlx::query(
                    "update digest_run set owner = '', lease_until = $4, tried_at = $5, fault = $6, at = $7
                     where digest_id = $1 and slot = $2 and owner = $3 and state = 'open'",
                )
                .bind(run.digest.number())
                .bind(&run.slot)
                .bind(&process.0)
                .bind(until)
                .bind(run.tried_at)
                .bind(fault.to_string())
                .bind(now)
                .execute(&mut *transaction)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Notes that a run was posted, and what is wrong with it all the same, if anything is.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn sent(
        &self,
        run: &Claimed,
        message: Option<MessageId>,
        publish: Publish,
        fault: Option<Fault>,
        now: i64,
    ) -> Result<(), StoreError> {
        let (publish, publish_at) = publish_columns(publish);
        let is_told = fault.map(told_of);
        let fault = fault.map(|fault| fault.to_string()).unwrap_or_default();
        self.write(async {
            writing!(self, |transaction| {
                sqlx::query(
                    "update digest_run set state = 'sent', message_id = $3, publish = $4, publish_at = $5, fault = $6, at = $7
                     where digest_id = $1 and slot = $2 and state = 'open'",
                )
                .bind(run.digest.number())
                .bind(&run.slot)
                .bind(message.map(|message| column(message.get())))
                .bind(publish)
                .bind(publish_at)
                .bind(&fault)
                .bind(now)
                .execute(&mut *transaction)
                .await?;
                sqlx::query("update digest set refusals = 0 where id = $1 and refusals > 0")
                    .bind(run.digest.number())
                    .execute(&mut *transaction)
                    .await?;
                if let Some(told) = is_told {
                    sqlx::query(TELL)
                        .bind(run.digest.number())
                        .bind(now)
                        .bind(told)
                        .execute(&mut *transaction)
                        .await?;
                } else if publish != "due" {
                    sqlx::query(WELL)
                        .bind(run.digest.number())
                        .execute(&mut *transaction)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Notes that a run came too late, and that nothing had kept it from being posted but that nobody was there.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn skipped(&self, run: &Claimed, now: i64) -> Result<(), StoreError> {
        self.write(async {
            writing!(self, |transaction| {
                let skipped = sqlx::query(
                    "update digest_run set state = 'skipped', at = $3 where digest_id = $1 and slot = $2 and state = 'open'",
                )
                .bind(run.digest.number())
                .bind(&run.slot)
                .bind(now)
                .execute(&mut *transaction)
                .await?;
                sqlx::query("update digest set missed = missed + $2 where id = $1")
                    .bind(run.digest.number())
                    .bind(skipped.rows_affected() as i64)
                    .execute(&mut *transaction)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Notes that a run is over and was not posted, or may have been or not. What Discord refuses is counted, and pauses the digest
    /// in the end, or at once if it is for good; whether it did.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn ended(&self, run: &Claimed, fault: Fault, now: i64) -> Result<bool, StoreError> {
        let id = run.digest.number();
        let state = if fault == Fault::Untold { "unknown" } else { "failed" };
        let refused = matches!(fault, Fault::Refused { .. } | Fault::OtherServer | Fault::Nothing);
        self.write(async {
            writing!(self, |transaction| {
                let ended = sqlx::query(
                    "update digest_run set state = $3, fault = $4, at = $5 where digest_id = $1 and slot = $2 and state = 'open'",
                )
                .bind(id)
                .bind(&run.slot)
                .bind(state)
                .bind(fault.to_string())
                .bind(now)
                .execute(&mut *transaction)
                .await?;
                if ended.rows_affected() == 0 {
                    return Ok(false);
                }
                if fault == Fault::Changed {
                    // A moderator knows.
                    return Ok(false);
                }
                sqlx::query(TELL)
                    .bind(id)
                    .bind(now)
                    .bind(told_of(fault))
                    .execute(&mut *transaction)
                    .await?;
                let refusals: Option<i64> = sqlx::query_scalar(
                    "update digest set refusals = refusals + $2 where id = $1 returning refusals",
                )
                .bind(id)
                .bind(i64::from(refused))
                .fetch_optional(&mut *transaction)
                .await?;
                let pauses = refused && (fault.is_final() || refusals.is_some_and(|count| count >= REFUSALS_MAX));
                if pauses {
                    sqlx::query(
                        "update digest set is_paused = 1, paused_for = $2, slot = null, due = null, told = 'due', tell_at = $3
                         where id = $1 and is_paused = 0",
                    )
                    .bind(id)
                    .bind(fault.to_string())
                    .bind(now)
                    .execute(&mut *transaction)
                    .await?;
                }
                Ok(pauses)
            })
        })
        .await
    }
}

/// What is posted next, and by how many rounds that is on.
struct Next {
    entry: Option<Chosen>,
    rounds: i64,
}

/// Chooses what is posted next in a round in which this was shown.
fn chosen(
    round: i64,
    shown: Vec<String>,
    choose: impl FnOnce(&HashSet<String>) -> Option<Chosen>,
) -> Next {
    // Where what began the round could not be posted, the next begins it.
    let begins = round > 1 && shown.is_empty();
    let entry = choose(&shown.into_iter().collect());
    let rounds = i64::from(entry.as_ref().is_some_and(|entry| entry.begins_again));
    let entry = entry.map(|entry| Chosen { begins_again: entry.begins_again || begins, ..entry });
    Next { entry, rounds }
}

/// A run as it is begun.
struct Begun {
    digest: DigestId,
    guild: i64,
    channel: i64,
    slot: String,
    due: i64,
    until: i64,
}

impl Begun {
    fn holding(self, plan: Plan, chosen: Option<Chosen>) -> Claimed {
        Claimed {
            digest: self.digest,
            guild: typed_id(self.guild),
            plan,
            slot: self.slot,
            due: self.due,
            until: self.until,
            channel: typed_id(self.channel),
            tried_at: None,
            mark: fastrand::u64(1..1 << 62),
            is_paused: false,
            begins_again: chosen.as_ref().is_some_and(|chosen| chosen.begins_again),
            entry: chosen.map(|chosen| chosen.entry).unwrap_or_default(),
            fault: None,
        }
    }
}

/// Digests that are due.
const DUE: &str =
    "select id, guild_id, channel_id, at_minute, zone, days, content, role_id, publish, slot, round
     from digest where due <= $1 order by due limit $2";

/// No clock is that exact.
const FAR_S: i64 = 60 * 60;

/// Digests whose next run is far.
const FAR: &str = "select id, channel_id, at_minute, zone, days, content, role_id, publish, slot
     from digest where due > $1 and slot is not null";

const UNSKIP: &str =
    "delete from digest_run where digest_id = $1 and state = 'skipped' and due > $2";

/// What is needed of a digest to post it, besides the run.
const PLAN: &str =
    "select guild_id, channel_id, at_minute, zone, days, content, role_id, publish, round, is_paused
     from digest where id = $1";

/// The same of a digest that nobody else touches before this is done.
const LOCKED_PLAN: &str = "update digest set round = round where id = $1
     returning guild_id, channel_id, at_minute, zone, days, content, role_id, publish, round, is_paused";

/// The row of a run. `tried_at` is empty: nothing is sent before [`Store::hold`] says so.
const BEGIN: &str =
    "insert into digest_run (digest_id, slot, due, until, state, owner, lease_until, mark, round, entry, channel_id, at)
     values ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11) on conflict (digest_id, slot) do nothing";

/// The row of a run that was missed.
const SKIP: &str =
    "insert into digest_run (digest_id, slot, due, until, state, mark, round, entry, channel_id, at)
     values ($1, $2, $3, $4, 'skipped', 0, 0, '', $5, $6) on conflict (digest_id, slot) do nothing";

const MOVE_ON: &str =
    "update digest set slot = $2, due = $3, round = $4, missed = missed + $5 where id = $1";

const PAUSE: &str = "update digest set is_paused = 1, slot = null, due = null where id = $1";

/// Those of the current round stay: they say what was shown.
const FORGET: &str = "delete from digest_run where digest_id = $1 and due < $2 and round <> $3 and state <> 'open' and publish <> 'due'";

/// Runs that were left by whoever held them.
const LEFT: &str =
    "select digest_id, slot, due, until, channel_id, tried_at, mark, entry, round, fault
     from digest_run where state = 'open' and lease_until <= $1 order by lease_until limit $2";

const TAKE: &str =
    "update digest_run set owner = $3, lease_until = $4 where digest_id = $1 and slot = $2";

/// How many entries a round has shown, besides that of a run.
const SHOWN_BEFORE: &str = "select count(*) from digest_run
     where digest_id = $1 and round = $2 and slot <> $3 and state in ('sent', 'unknown')";

/// There is something to tell, unless just that was told.
pub(super) const TELL: &str = "update digest set tell_at = $2, told = case when told = $3 then told else 'due' end where id = $1";

/// All is well again; what is not told yet still is.
pub(super) const WELL: &str =
    "update digest set told = '', tell_at = null where id = $1 and told not in ('', 'due')";
