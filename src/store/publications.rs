//! Which posts are published to the servers that follow their channels, by one process each.

use super::failure_notices::{clear_failure, report_failure};
use super::query::query;
use super::row::{Checked, Joined, rows};
use super::{Store, StoreError};
use crate::digest::{DigestId, Fault};
use crate::guild::{ChannelId, GuildId, MessageId};

/// How long a process has for publishing before another one tries.
const LEASE_SECONDS: i64 = 60;

/// A post that is to be published to the servers that follow its channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub digest: DigestId,
    pub guild: GuildId,
    slot: String,
    /// The last instant at which the digest could be posted; see [`super::ClaimedRun::deadline`].
    pub deadline: i64,
    pub channel: ChannelId,
    pub message: MessageId,
}

rows! {
    struct KeyRow {
        digest_id: i64,
        slot: String,
    }

    struct PublicationRow {
        digest_id: DigestId,
        guild_id: GuildId,
        slot: String,
        until: i64,
        channel_id: ChannelId,
        message_id: MessageId,
    }
}

const DUE: &str = "select digest_id, guild_id, digest_run.slot as slot, until,
         digest_run.channel_id as channel_id, message_id
     from digest_run join digest on digest.id = digest_id
     where digest_run.publish = 'due' and publish_at <= $1 order by publish_at limit $2";

const SET_PUBLISH_AT: &str =
    "update digest_run set publish_at = $3 where digest_id = $1 and slot = $2";

const RECORD_PUBLISHED: &str = "update digest_run set publish = 'done', publish_at = null
     where digest_id = $1 and slot = $2 returning fault";

const RECORD_FAILED: &str =
    "update digest_run set publish = 'failed', publish_at = null, fault = $3
     where digest_id = $1 and slot = $2";

impl Store {
    /// Claims up to `limit` posts that are to be published now.
    pub async fn claim_publications(
        &self,
        now: i64,
        limit: usize,
    ) -> Result<Vec<Publication>, StoreError> {
        let rows = self
            .write(async {
                let mut transaction = self.begin().await?;
                let due = transaction.lock_rows(DUE, "digest_run").bind(now).bind(limit as i64);
                let rows: Vec<Joined<KeyRow, Checked<PublicationRow>>> =
                    transaction.fetch_all(due).await?;
                for Joined(key, _) in &rows {
                    let claim = query(SET_PUBLISH_AT).bind(key.digest_id).bind(&key.slot);
                    transaction.execute(claim.bind(now + LEASE_SECONDS)).await?;
                }
                transaction.commit().await?;
                Ok(rows)
            })
            .await?;
        let rows = rows.into_iter().filter_map(|Joined(_, row)| row.readable("digest_run"));
        let publication = |row: PublicationRow| Publication {
            digest: row.digest_id,
            guild: row.guild_id,
            slot: row.slot,
            deadline: row.until,
            channel: row.channel_id,
            message: row.message_id,
        };
        Ok(rows.map(publication).collect())
    }

    pub async fn record_published(&self, publication: &Publication) -> Result<(), StoreError> {
        let Publication { digest, slot, .. } = publication;
        self.write(async {
            let mut transaction = self.begin().await?;
            let record = query(RECORD_PUBLISHED).bind(*digest).bind(slot);
            let fault: Option<String> = transaction.fetch_scalar(record).await?;
            if fault.is_some_and(|fault| fault.is_empty()) {
                clear_failure(&mut transaction, *digest).await?;
            }
            transaction.commit().await
        })
        .await
    }

    /// Has publishing tried again at `retry_at`.
    pub async fn retry_publication(
        &self,
        publication: &Publication,
        retry_at: i64,
    ) -> Result<(), StoreError> {
        let retry = query(SET_PUBLISH_AT).bind(publication.digest).bind(&publication.slot);
        self.execute(retry.bind(retry_at)).await.map(drop)
    }

    /// Records that a post could not be published.
    pub async fn record_publication_failed(
        &self,
        publication: &Publication,
        fault: Fault,
        now: i64,
    ) -> Result<(), StoreError> {
        let Publication { digest, slot, .. } = publication;
        self.write(async {
            let mut transaction = self.begin().await?;
            transaction.execute(query(RECORD_FAILED).bind(*digest).bind(slot).bind(fault)).await?;
            report_failure(&mut transaction, *digest, fault, now).await?;
            transaction.commit().await
        })
        .await
    }
}
