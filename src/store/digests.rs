//! Digests with their runs, as lists show them.

use std::collections::HashSet;

use super::query::query;
use super::row::{Checked, Joined, rows};
use super::{Store, StoreError};
use crate::digest::{
    Content, Days, Digest, DigestId, Plan, Planned, Publish, Run, RunState, TimeOfDay, Zone,
};
use crate::guild::{ChannelId, GuildId, MessageId, RoleId};
use crate::store::failure_notices::notice_state;

/// The columns of a [`PlanRow`], for a query that may join `digest_run`.
macro_rules! plan_columns {
    () => {
        "digest.channel_id as channel_id, at_minute, zone, days, content, role_id, digest.publish as publish"
    };
}

pub(super) use plan_columns;

rows! {
    struct PlanRow {
        channel_id: ChannelId,
        at_minute: TimeOfDay,
        zone: Zone,
        days: Days,
        content: Content,
        role_id: Option<RoleId>,
        publish: bool,
    }

    struct StateRow {
        id: DigestId,
        channel_name: String,
        is_paused: bool,
        paused_for: String,
        slot: Option<String>,
        missed: u64,
        told: String,
    }

    struct RunRow {
        due: i64,
        state: RunState,
        at: i64,
        channel_id: ChannelId,
        message_id: Option<MessageId>,
        publish: String,
        publish_at: Option<i64>,
        fault: String,
    }
}

pub(super) type DigestRow = Joined<StateRow, PlanRow>;

/// The digests of a guild.
pub(super) const DIGESTS: &str = concat!(
    "select id, channel_name, is_paused, paused_for, slot, missed, told, ",
    plan_columns!(),
    " from digest where guild_id = $1 order by id"
);

const RECENT_RUNS: &str =
    "select due, state, at, channel_id, message_id, publish, publish_at, fault
     from digest_run where digest_id = $1 order by at desc, due desc limit $2";

const LAST_SENT_RUN: &str =
    "select due, state, at, channel_id, message_id, publish, publish_at, fault
     from digest_run where digest_id = $1 and state = 'sent' order by at desc limit 1";

/// The entries of the current round: they are not posted again before all others were.
pub(super) const ENTRIES_OF_ROUND: &str = "select entry from digest_run
     where digest_id = $1 and state in ('open', 'sent', 'unknown') and entry <> ''
         and round = (select round from digest where id = $1)";

impl Store {
    /// The digests of a guild in the order of lists, without their runs.
    pub async fn digests(&self, guild: GuildId) -> Result<Vec<Digest>, StoreError> {
        Ok(readable_digests(self.fetch_all(query(DIGESTS).bind(guild)).await?))
    }

    /// Up to `limit` runs of a digest, the last changed first; the last run that was posted follows if it is not among them.
    pub async fn recent_runs(
        &self,
        digest: DigestId,
        limit: usize,
    ) -> Result<Vec<Run>, StoreError> {
        let recent = query(RECENT_RUNS).bind(digest).bind(limit as i64);
        let mut runs = readable_runs(self.fetch_all(recent).await?);
        if !runs.iter().any(|run| run.state == RunState::Sent) {
            runs.extend(readable_runs(self.fetch_all(query(LAST_SENT_RUN).bind(digest)).await?));
        }
        Ok(runs)
    }

    /// The entries that a digest has posted in the current round.
    pub async fn posted_entries(&self, digest: DigestId) -> Result<HashSet<String>, StoreError> {
        let entries: Vec<(String,)> = self.fetch_all(query(ENTRIES_OF_ROUND).bind(digest)).await?;
        Ok(entries.into_iter().map(|(entry,)| entry).collect())
    }
}

/// Digests that a later version wrote with what this one does not know are left out.
pub(super) fn readable_digests(rows: Vec<Checked<DigestRow>>) -> Vec<Digest> {
    let rows = rows.into_iter().filter_map(|row| row.readable("digest"));
    rows.map(digest_from_row).collect()
}

fn digest_from_row(Joined(state, plan): DigestRow) -> Digest {
    let plan = Plan::from(plan);
    let next = state.slot.and_then(|slot| plan.slot_of_key(&slot));
    Digest {
        id: state.id,
        next: next.map(|slot| slot.due),
        planned: Planned { plan, channel_name: state.channel_name, is_paused: state.is_paused },
        paused_for: state.paused_for.parse().ok(),
        missed: state.missed,
        notice: notice_state(&state.told),
        runs: Vec::new(),
    }
}

impl From<PlanRow> for Plan {
    fn from(row: PlanRow) -> Self {
        Self {
            channel: row.channel_id,
            at: row.at_minute,
            zone: row.zone,
            days: row.days,
            content: row.content,
            role: row.role_id,
            publish: row.publish,
        }
    }
}

fn readable_runs(rows: Vec<Checked<RunRow>>) -> Vec<Run> {
    let rows = rows.into_iter().filter_map(|row| row.readable("digest_run"));
    rows.map(run_from_row).collect()
}

fn run_from_row(row: RunRow) -> Run {
    Run {
        due: row.due,
        state: row.state,
        at: row.at,
        channel: row.channel_id,
        message: row.message_id,
        publish: match &*row.publish {
            "due" => Publish::Due(row.publish_at.unwrap_or_default()),
            "done" => Publish::Done,
            "failed" => Publish::Failed,
            _ => Publish::No,
        },
        fault: row.fault.parse().ok(),
    }
}
