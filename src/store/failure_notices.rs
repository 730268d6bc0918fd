//! Claims of failure notices, each of which one process sends.

use super::column::params;
use super::query::Transaction;
use super::{Result, Store};
use crate::digest::{Digest, DigestId, Fault, NoticeState};
use crate::guild::{ChannelId, GuildId};

/// The lease on a notice.
const LEASE_SECONDS: i64 = 60;

/// The prefix in the column `told` of a sent notice; the failure follows. The same failure is
/// reported only once.
const SENT_PREFIX: &str = "done ";

/// A message about failed digests, to be sent to a guild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureNotice {
    pub guild: GuildId,
    /// The failure channel, if the guild has one.
    pub channel: Option<ChannelId>,
    /// The digests with their recent runs.
    pub digests: Vec<Digest>,
    /// When the lease of this process expires.
    lease_until: i64,
}

const FIRST_GUILD: &str =
    "select guild_id from digest where told = 'due' and tell_at <= $1 order by tell_at limit 1";

const DUE_DIGESTS: &str = "select digest.id as id, digest.guild_id as guild_id, trouble_channel_id
     from digest join guild on guild.guild_id = digest.guild_id
     where digest.guild_id = $1 and told = 'due' and tell_at <= $2 order by digest.id limit $3";

const SET_TELL_AT: &str = "update digest set tell_at = $2 where id = $1";

/// Marks a notice as due unless this failure was reported already.
const REPORT_FAILURE: &str = "update digest set tell_at = $2, told = case when told = $3 then told else 'due' end where id = $1";

/// A notice that is already due is still sent.
const CLEAR_FAILURE: &str =
    "update digest set told = '', tell_at = null where id = $1 and told not in ('', 'due')";

/// Leaves failures that occurred meanwhile to the next notice.
const RECORD_NOTICE: &str =
    "update digest set told = $2 where id = $1 and told = 'due' and tell_at = $3";

const FORGET_NOTICE: &str = "update digest set told = '', tell_at = null where id = $1";

impl Store {
    /// Claims the next due notice, which covers up to `limit` digests of one guild.
    pub async fn claim_failure_notice(
        &self,
        now: i64,
        limit: usize,
    ) -> Result<Option<FailureNotice>> {
        let lease_until = now + LEASE_SECONDS;
        // Nothing is written unless a notice is due.
        let first = self.fetch_all(FIRST_GUILD, params![now]).await?;
        let Some(first) = first.first() else {
            return Ok(None);
        };
        let guild: i64 = first.get("guild_id")?;
        let rows = self
            .transaction(async |transaction| {
                let due = params![guild, now, limit];
                let rows = transaction.fetch_unlocked(DUE_DIGESTS, "digest", due).await?;
                for row in &rows {
                    let claim = params![row.get::<i64>("id")?, lease_until];
                    transaction.execute(SET_TELL_AT, claim).await?;
                }
                Ok(rows)
            })
            .await?;
        let Some(guild) = rows.first().and_then(|row| row.get::<GuildId>("guild_id").ok()) else {
            return Ok(None);
        };
        let channel = rows[0].get("trouble_channel_id").unwrap_or_default();
        let ids: Vec<DigestId> = rows.iter().filter_map(|row| row.get("id").ok()).collect();
        let mut digests = self.digests(guild).await?;
        digests.retain(|digest| ids.contains(&digest.id));
        if digests.is_empty() {
            // None of them can be read, which the log says. Nothing can be said of them in Discord.
            for id in ids {
                self.execute(FORGET_NOTICE, params![id]).await?;
            }
            return Ok(None);
        }
        for digest in &mut digests {
            digest.runs = self.recent_runs(digest.id).await?;
        }
        Ok(Some(FailureNotice { guild, channel, digests, lease_until }))
    }

    /// Records the outcome of a notice.
    pub async fn record_notice(&self, notice: &FailureNotice, state: NoticeState) -> Result<()> {
        let state_text = |digest: &Digest| match state {
            NoticeState::None => String::new(),
            NoticeState::Due => "due".to_owned(),
            NoticeState::Sent => digest.fault().map(sent_text).unwrap_or_default(),
            NoticeState::Failed(fault) => fault.to_string(),
        };
        self.transaction(async |transaction| {
            for digest in &notice.digests {
                let values = params![digest.id, state_text(digest), notice.lease_until];
                transaction.execute(RECORD_NOTICE, values).await?;
            }
            Ok(())
        })
        .await
    }
}

/// Schedules a notice about a failed digest.
pub(super) async fn report_failure(
    transaction: &mut Transaction,
    digest: DigestId,
    fault: Fault,
    now: i64,
) -> sqlx::Result<()> {
    transaction.execute(REPORT_FAILURE, params![digest, now, sent_text(fault)]).await.map(drop)
}

/// Clears the reported failure once the digest works again.
pub(super) async fn clear_failure(
    transaction: &mut Transaction,
    digest: DigestId,
) -> sqlx::Result<()> {
    transaction.execute(CLEAR_FAILURE, params![digest]).await.map(drop)
}

/// Parses the state of a notice from its column.
pub(super) fn notice_state(text: &str) -> NoticeState {
    match text {
        "due" => NoticeState::Due,
        sent if sent.starts_with(SENT_PREFIX) => NoticeState::Sent,
        fault => fault.parse().map_or(NoticeState::None, NoticeState::Failed),
    }
}

/// Whether a text is the state of a notice as it is stored.
pub(super) fn is_notice_state(text: &str) -> bool {
    let fault = text.strip_prefix(SENT_PREFIX).unwrap_or(text);
    matches!(text, "" | "due") || fault.parse::<Fault>().is_ok()
}

fn sent_text(fault: Fault) -> String {
    format!("{SENT_PREFIX}{fault}")
}
