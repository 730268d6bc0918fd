//! Queries of digests and their runs.

use std::collections::HashSet;

use super::column::params;
use super::failure_notices::notice_state;
use super::query::{DbRow, FromRow, parse_rows};
use super::{Result, Store};
use crate::digest::{Digest, DigestId, Plan, PlannedDigest, Publish, RUNS_SHOWN_MAX, Run};
use crate::guild::GuildId;

/// The columns of a [`Plan`], qualified for joins with `digest_run`.
macro_rules! plan_columns {
    () => {
        "digest.channel_id as channel_id, at_minute, zone, days, content, role_id, digest.publish as publish"
    };
}

pub(super) use plan_columns;

/// The digests of a guild.
pub(super) const DIGESTS: &str = concat!(
    "select id, channel_name, is_paused, paused_for, slot, missed, told, ",
    plan_columns!(),
    " from digest where guild_id = $1 order by id"
);

/// The last posted run is included even if it is older than the other ones.
const RECENT_RUNS: &str =
    "select due, state, at, channel_id, message_id, publish, publish_at, fault
     from digest_run where digest_id = $1 and (
         slot in (select slot from digest_run where digest_id = $1 order by at desc, due desc limit $2)
         or slot = (select slot from digest_run where digest_id = $1 and state = 'sent' order by at desc, due desc limit 1)
     ) order by at desc, due desc";

/// The entries of the current round, which are not posted again until all others were.
pub(super) const ENTRIES_OF_ROUND: &str = "select entry from digest_run
     where digest_id = $1 and state in ('open', 'sent', 'unknown') and entry <> ''
         and round = (select round from digest where id = $1)";

impl Store {
    /// The digests of a guild in display order, without their runs. Rows that this version cannot
    /// read are skipped.
    pub async fn digests(&self, guild: GuildId) -> Result<Vec<Digest>> {
        Ok(parse_rows(&self.fetch_all(DIGESTS, params![guild]).await?, "digest"))
    }

    /// Up to [`RUNS_SHOWN_MAX`] runs of a digest, the last changed first, plus the last posted run
    /// if it is older.
    pub async fn recent_runs(&self, digest: DigestId) -> Result<Vec<Run>> {
        let rows = self.fetch_all(RECENT_RUNS, params![digest, RUNS_SHOWN_MAX]).await?;
        Ok(parse_rows(&rows, "digest_run"))
    }

    /// The entries that a digest has posted in the current round.
    pub async fn posted_entries(&self, digest: DigestId) -> Result<HashSet<String>> {
        Ok(entries(&self.fetch_all(ENTRIES_OF_ROUND, params![digest]).await?)?)
    }
}

pub(super) fn entries(rows: &[DbRow]) -> sqlx::Result<HashSet<String>> {
    rows.iter().map(|row| row.get("entry")).collect()
}

impl FromRow for Digest {
    fn from_row(row: &DbRow) -> sqlx::Result<Self> {
        let plan = Plan::from_row(row)?;
        let slot: Option<String> = row.get("slot")?;
        let next = slot.and_then(|slot| plan.slot_of_key(&slot));
        let (channel_name, is_paused) = (row.get("channel_name")?, row.get("is_paused")?);
        Ok(Self {
            id: row.get("id")?,
            next: next.map(|slot| slot.due),
            planned: PlannedDigest { plan, channel_name, is_paused },
            paused_for: row.parse("paused_for")?,
            missed: row.get("missed")?,
            notice: notice_state(&row.get::<String>("told")?),
            runs: Vec::new(),
        })
    }
}

impl FromRow for Plan {
    fn from_row(row: &DbRow) -> sqlx::Result<Self> {
        Ok(Self {
            channel: row.get("channel_id")?,
            at: row.get("at_minute")?,
            zone: row.get("zone")?,
            days: row.get("days")?,
            content: row.get("content")?,
            role: row.get("role_id")?,
            publish: row.get("publish")?,
        })
    }
}

impl FromRow for Run {
    fn from_row(row: &DbRow) -> sqlx::Result<Self> {
        let publish_at: Option<i64> = row.get("publish_at")?;
        Ok(Self {
            due: row.get("due")?,
            state: row.get("state")?,
            at: row.get("at")?,
            channel: row.get("channel_id")?,
            message: row.get("message_id")?,
            publish: match row.get("publish")? {
                Publish::Due(_) => Publish::Due(publish_at.unwrap_or_default()),
                publish => publish,
            },
            fault: row.parse("fault")?,
        })
    }
}
