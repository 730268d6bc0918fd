//! Which failures of digests are reported in the failure channels of guilds, by one process each.

use std::collections::HashSet;

use super::query::{Transaction, query};
use super::row::{Checked, FromColumn, Joined, rows};
use super::{Store, StoreError};
use crate::digest::{Digest, DigestId, Fault, NoticeState, RUNS_SHOWN_MAX};
use crate::guild::{ChannelId, GuildId};

/// How long a process has for sending a notice before another one tries.
const LEASE_SECONDS: i64 = 60;

/// The column `told` holds this and the failure once a notice was sent: the same failure is reported once, and another anew.
const SENT_PREFIX: &str = "done ";

/// A message about failed digests that is to be sent to a guild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureNotice {
    pub guild: GuildId,
    /// The failure channel; `None` where none is set.
    pub channel: Option<ChannelId>,
    /// The digests with their recent runs.
    pub digests: Vec<Digest>,
    /// When another process sends it, should this one fail to.
    lease_until: i64,
}

rows! {
    struct IdRow {
        id: i64,
    }

    struct ChannelRow {
        trouble_channel_id: Option<ChannelId>,
    }
}

const FIRST_GUILD: &str =
    "select guild_id from digest where told = 'due' and tell_at <= $1 order by tell_at limit 1";

const DUE_DIGESTS: &str = "select digest.id as id, trouble_channel_id
     from digest join guild on guild.guild_id = digest.guild_id
     where digest.guild_id = $1 and told = 'due' and tell_at <= $2 order by digest.id limit $3";

/// A notice is due unless this very failure was reported already.
const REPORT_FAILURE: &str = "update digest set tell_at = $2, told = case when told = $3 then told else 'due' end where id = $1";

/// A notice that is due is still sent.
const CLEAR_FAILURE: &str =
    "update digest set told = '', tell_at = null where id = $1 and told not in ('', 'due')";

/// A failure that was reported since is left to the next notice.
const RECORD_NOTICE: &str =
    "update digest set told = $2 where id = $1 and told = 'due' and tell_at = $3";

impl Store {
    /// Whether [`Store::claim_failure_notice`] or [`Store::claim_publications`] would find something.
    pub async fn has_follow_ups(&self, now: i64) -> Result<bool, StoreError> {
        self.is_due(
            "select (select min(tell_at) from digest where told = 'due'),
                 (select min(publish_at) from digest_run where publish = 'due')",
            now,
        )
        .await
    }

    /// Claims the next notice that is due, about up to `limit` digests of one guild.
    pub async fn claim_failure_notice(
        &self,
        now: i64,
        limit: usize,
    ) -> Result<Option<FailureNotice>, StoreError> {
        type Row = Joined<IdRow, Checked<ChannelRow>>;
        let lease_until = now + LEASE_SECONDS;
        let (guild, rows): (Option<i64>, Vec<Row>) = self
            .write(async {
                let mut transaction = self.begin().await?;
                let first = query(FIRST_GUILD).bind(now);
                let guild: Option<i64> = transaction.fetch_scalar(first).await?;
                let due = transaction.lock_rows(DUE_DIGESTS, "digest");
                let due = due.bind(guild.unwrap_or_default()).bind(now).bind(limit as i64);
                let rows: Vec<Row> = transaction.fetch_all(due).await?;
                for Joined(IdRow { id }, _) in &rows {
                    let claim = query("update digest set tell_at = $2 where id = $1");
                    transaction.execute(claim.bind(*id).bind(lease_until)).await?;
                }
                transaction.commit().await?;
                Ok((guild, rows))
            })
            .await?;
        let Some(guild) = guild.and_then(GuildId::from_column).filter(|_| !rows.is_empty()) else {
            return Ok(None);
        };
        let ids: HashSet<i64> = rows.iter().map(|Joined(IdRow { id }, _)| *id).collect();
        let channel = rows.into_iter().find_map(|Joined(_, row)| row.readable("guild"));
        let channel = channel.and_then(|row| row.trouble_channel_id);
        let mut digests = self.digests(guild).await?;
        digests.retain(|digest| ids.contains(&digest.id.number()));
        for digest in &mut digests {
            digest.runs = self.recent_runs(digest.id, RUNS_SHOWN_MAX).await?;
        }
        Ok(Some(FailureNotice { guild, channel, digests, lease_until }))
    }

    /// Records what became of a notice.
    pub async fn record_notice(
        &self,
        notice: &FailureNotice,
        state: NoticeState,
    ) -> Result<(), StoreError> {
        let told = |digest: &Digest| match state {
            NoticeState::None => String::new(),
            NoticeState::Due => "due".to_owned(),
            NoticeState::Sent => digest.fault().map(sent_text).unwrap_or_default(),
            NoticeState::Failed(fault) => fault.to_string(),
        };
        self.write(async {
            let mut transaction = self.begin().await?;
            for digest in &notice.digests {
                let record = query(RECORD_NOTICE).bind(digest.id).bind(told(digest));
                transaction.execute(record.bind(notice.lease_until)).await?;
            }
            transaction.commit().await
        })
        .await
    }
}

/// Has a failure of a digest reported.
pub(super) async fn report_failure(
    transaction: &mut Transaction,
    digest: DigestId,
    fault: Fault,
    now: i64,
) -> sqlx::Result<()> {
    let report = query(REPORT_FAILURE).bind(digest).bind(now).bind(sent_text(fault));
    transaction.execute(report).await.map(drop)
}

/// Forgets which failure was reported: all is well again.
pub(super) async fn clear_failure(
    transaction: &mut Transaction,
    digest: DigestId,
) -> sqlx::Result<()> {
    transaction.execute(query(CLEAR_FAILURE).bind(digest)).await.map(drop)
}

/// Reads the column `told`.
pub(super) fn notice_state(told: &str) -> NoticeState {
    match told {
        "due" => NoticeState::Due,
        sent if sent.starts_with(SENT_PREFIX) => NoticeState::Sent,
        fault => fault.parse().map_or(NoticeState::None, NoticeState::Failed),
    }
}

fn sent_text(fault: Fault) -> String {
    format!("{SENT_PREFIX}{fault}")
}
