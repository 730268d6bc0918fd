//! Digests as moderators have set them up, how each goes, and drafts that wait for a confirmation.

use std::collections::HashSet;

use sqlx::Connection;

use super::failure_notices::TOLD;
use super::settings::{column, number, typed_id};
use super::{Engine, Store, reading, writing};
use crate::digest::{
    DRAFT_S, Days, Digest, DigestId, Draft, Plan, Planned, Publish, Run, RunState, Slot, TimeOfDay,
    Told, Zone,
};
use crate::guild::{GuildId, UserId};
use crate::store::StoreError;

/// Runs that are due in the same minute begin within so many seconds of it, each digest at its own.
const SPREAD_S: i64 = 55;

/// The digests of a server.
pub(super) const DIGESTS: &str =
    "select id, channel_id, at_minute, zone, days, content, role_id, publish,
         channel_name, is_paused, paused_for, slot, missed, told
     from digest where guild_id = $1 order by id";

pub(super) type DigestRow = (
    i64,
    i64,
    i64,
    String,
    i64,
    String,
    Option<i64>,
    i64,
    String,
    i64,
    String,
    Option<String>,
    i64,
    String,
);

type RunRow = (i64, String, i64, i64, Option<i64>, String, Option<i64>, String);

type DraftRow = (Option<i64>, String, String);

/// When a run is begun, in seconds since 1970.
pub(super) fn begun_at(digest: DigestId, slot: Slot) -> i64 {
    slot.due + digest.number() % SPREAD_S
}

impl Store {
    /// The digests of a server, in the order in which they are listed, without their runs.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn digests(&self, guild: GuildId) -> Result<Vec<Digest>, StoreError> {
        let rows: Vec<DigestRow> = self
            .read(async {
                reading!(self, |pool| sqlx::query_as(DIGESTS)
                    .bind(column(guild.get()))
                    .fetch_all(pool)
                    .await)
            })
            .await?;
        Ok(digests_of(rows))
    }

    /// The last runs of a digest, at most so many, those first of which there is news; and, if it is none of them, the last that was
    /// posted.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn runs(&self, digest: DigestId, most: usize) -> Result<Vec<Run>, StoreError> {
        let rows: Vec<RunRow> = self
            .read(async {
                reading!(self, |pool| {
                    let rows = sqlx::query_as(LAST_RUNS).bind(digest.number());
                    let mut rows: Vec<RunRow> = rows.bind(most as i64).fetch_all(pool).await?;
                    if !rows.iter().any(|(_, state, ..)| state == RunState::Sent.name()) {
                        let sent = sqlx::query_as(LAST_SENT).bind(digest.number());
                        rows.extend(sent.fetch_optional(pool).await?);
                    }
                    Ok(rows)
                })
            })
            .await?;
        Ok(rows.into_iter().filter_map(run_of).collect())
    }

    /// The entries that a digest has shown, of those that it does not show again yet.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn shown(&self, digest: DigestId) -> Result<HashSet<String>, StoreError> {
        let entries: Vec<String> = self
            .read(async {
                reading!(self, |pool| sqlx::query_scalar(SHOWN)
                    .bind(digest.number())
                    .fetch_all(pool)
                    .await)
            })
            .await?;
        Ok(entries.into_iter().collect())
    }

    /// Keeps a draft for a quarter of an hour, and drops those of others that are older.
    ///
    /// # Errors
    ///
    /// If it cannot be kept.
    pub async fn keep_draft(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        draft: &Draft,
    ) -> Result<(), StoreError> {
        self.write(async {
            writing!(self, |transaction| {
                sqlx::query("delete from digest_draft where made_at <= $1")
                    .bind(now - DRAFT_S)
                    .execute(&mut *transaction)
                    .await?;
                sqlx::query(
                    "insert into digest_draft (id, guild_id, member_id, digest_id, plan, channel_name, made_at)
                     values ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(draft.id.number())
                .bind(column(guild.get()))
                .bind(column(member.get()))
                .bind(draft.changes.map(DigestId::number))
                .bind(draft.planned.to_string())
                .bind(&draft.planned.channel_name)
                .bind(now)
                .execute(&mut *transaction)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// The draft of a number, if it is this member's in this server, and not too old.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn draft(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        id: DigestId,
    ) -> Result<Option<Draft>, StoreError> {
        let row: Option<DraftRow> = self
            .read(async {
                reading!(self, |pool| sqlx::query_as(
                    "select digest_id, plan, channel_name from digest_draft
                     where id = $1 and guild_id = $2 and member_id = $3 and made_at > $4"
                )
                .bind(id.number())
                .bind(column(guild.get()))
                .bind(column(member.get()))
                .bind(now - DRAFT_S)
                .fetch_optional(pool)
                .await)
            })
            .await?;
        Ok(row.and_then(|(changes, plan, channel_name)| {
            let planned: Planned = plan.parse().ok()?;
            Some(Draft {
                id,
                changes: changes.map(DigestId::kept),
                planned: Planned { channel_name, ..planned },
            })
        }))
    }
}

const LAST_RUNS: &str = "select due, state, at, channel_id, message_id, publish, publish_at, fault
     from digest_run where digest_id = $1 order by at desc, due desc limit $2";

const LAST_SENT: &str = "select due, state, at, channel_id, message_id, publish, publish_at, fault
     from digest_run where digest_id = $1 and state = 'sent' order by at desc limit 1";

/// The entries that are not posted again before all were.
pub(super) const SHOWN: &str = "select entry from digest_run
     where digest_id = $1 and state in ('open', 'sent', 'unknown') and entry <> ''
         and round = (select round from digest where id = $1)";

pub(super) fn digests_of(rows: Vec<DigestRow>) -> Vec<Digest> {
    rows.into_iter().filter_map(digest_of).collect()
}

/// A digest; nothing if a newer version wrote what this one does not know.
fn digest_of(row: DigestRow) -> Option<Digest> {
    let (
        id,
        channel,
        at,
        zone,
        days,
        content,
        role,
        publish,
        channel_name,
        is_paused,
        paused_for,
        slot,
        missed,
        told,
    ) = row;
    let plan = plan_of(channel, at, &zone, days, &content, role, publish)?;
    let next = slot.and_then(|slot| plan.of_key(&slot));
    Some(Digest {
        id: DigestId::kept(id),
        next: next.map(|slot| slot.due),
        planned: Planned { plan, channel_name, is_paused: is_paused != 0 },
        paused_for: paused_for.parse().ok(),
        missed: number(missed),
        told: told_of(&told),
        runs: Vec::new(),
    })
}

/// What is set up, from what is kept of it.
pub(super) fn plan_of(
    channel: i64,
    at: i64,
    zone: &str,
    days: i64,
    content: &str,
    role: Option<i64>,
    publish: i64,
) -> Option<Plan> {
    Some(Plan {
        channel: typed_id(channel),
        at: TimeOfDay::of_minutes(at)?,
        zone: Zone::named(zone)?,
        days: Days::of_bits(days)?,
        content: content.parse().ok()?,
        role: role.map(typed_id),
        publish: publish != 0,
    })
}

fn run_of((due, state, at, channel, message, publish, publish_at, fault): RunRow) -> Option<Run> {
    Some(Run {
        due,
        state: RunState::named(&state)?,
        at,
        channel: typed_id(channel),
        message: message.map(typed_id),
        publish: match &*publish {
            "due" => Publish::Due(publish_at.unwrap_or_default()),
            "done" => Publish::Done,
            "failed" => Publish::Failed,
            _ => Publish::No,
        },
        fault: fault.parse().ok(),
    })
}

/// What a run is kept with of its being published, and from when on that is tried.
pub(super) const fn publish_columns(publish: Publish) -> (&'static str, Option<i64>) {
    match publish {
        Publish::No => ("", None),
        Publish::Due(at) => ("due", Some(at)),
        Publish::Done => ("done", None),
        Publish::Failed => ("failed", None),
    }
}

fn told_of(told: &str) -> Told {
    match told {
        "due" => Told::Due,
        done if done.starts_with(TOLD) => Told::Done,
        fault => fault.parse().map_or(Told::Nothing, Told::Failed),
    }
}
