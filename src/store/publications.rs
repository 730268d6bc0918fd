//! Which posts are to be published to the servers that follow their channels, by one process each.

use sqlx::Connection;

use super::failure_notices::told_of;
use super::ledger::{TELL, WELL};
use super::settings::typed_id;
use super::{Engine, Store, writing};
use crate::digest::{DigestId, Fault};
use crate::guild::{ChannelId, GuildId, MessageId};
use crate::store::StoreError;

/// How long a process has for publishing before another one tries, in seconds.
const PUBLISHED_WITHIN_S: i64 = 60;

/// A post that is to be published to the servers that follow its channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The digest.
    pub digest: DigestId,
    /// The server of the digest.
    pub guild: GuildId,
    slot: String,
    /// Until when that is tried.
    pub until: i64,
    /// Where the message is.
    pub channel: ChannelId,
    /// The message.
    pub message: MessageId,
}

impl Store {
    /// Posts that are to be published now, at most so many.
    ///
    /// # Errors
    ///
    /// If it cannot be read or written.
    pub async fn publications(
        &self,
        now: i64,
        most: usize,
    ) -> Result<Vec<Publication>, StoreError> {
        type Row = (i64, i64, String, i64, i64, Option<i64>);
        self.write(async {
            writing!(self, |transaction| {
                let rows: Vec<Row> = sqlx::query_as(self.skipping(UNPUBLISHED, "digest_run"))
                    .bind(now)
                    .bind(most as i64)
                    .fetch_all(&mut *transaction)
                    .await?;
                for (id, _, slot, ..) in &rows {
                    sqlx::query(
                        "update digest_run set publish_at = $3 where digest_id = $1 and slot = $2",
                    )
                    .bind(id)
                    .bind(slot)
                    .bind(now + PUBLISHED_WITHIN_S)
                    .execute(&mut *transaction)
                    .await?;
                }
                let publication = |(id, guild, slot, until, channel, message): Row| Publication {
                    digest: DigestId::kept(id),
                    guild: typed_id(guild),
                    slot,
                    until,
                    channel: typed_id(channel),
                    message: typed_id(message.unwrap_or_default()),
                };
                Ok(rows.into_iter().map(publication).collect())
            })
        })
        .await
    }

    /// Notes that a post was published.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn published(&self, publication: &Publication) -> Result<(), StoreError> {
        self.write(async {
            writing!(self, |transaction| {
                let fault: Option<String> = sqlx::query_scalar(
                    "update digest_run set publish = 'done', publish_at = null
                     where digest_id = $1 and slot = $2 returning fault",
                )
                .bind(publication.digest.number())
                .bind(&publication.slot)
                .fetch_optional(&mut *transaction)
                .await?;
                if fault.is_some_and(|fault| fault.is_empty()) {
                    sqlx::query(WELL)
                        .bind(publication.digest.number())
                        .execute(&mut *transaction)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Notes when a post can be published, at the earliest.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn put_off_publication(
        &self,
        publication: &Publication,
        until: i64,
    ) -> Result<(), StoreError> {
        self.write(async {
            writing!(self, |transaction| {
                sqlx::query(
                    "update digest_run set publish_at = $3 where digest_id = $1 and slot = $2",
                )
                .bind(publication.digest.number())
                .bind(&publication.slot)
                .bind(until)
                .execute(&mut *transaction)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Notes that a post could not be published, and why.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn unpublished(
        &self,
        publication: &Publication,
        fault: Fault,
        now: i64,
    ) -> Result<(), StoreError> {
        self.write(async {
            writing!(self, |transaction| {
                sqlx::query("update digest_run set publish = 'failed', publish_at = null, fault = $3 where digest_id = $1 and slot = $2")
                    .bind(publication.digest.number())
                    .bind(&publication.slot)
                    .bind(fault.to_string())
                    .execute(&mut *transaction)
                    .await?;
                sqlx::query(TELL)
                    .bind(publication.digest.number())
                    .bind(now)
                    .bind(told_of(fault))
                    .execute(&mut *transaction)
                    .await?;
                Ok(())
            })
        })
        .await
    }
}

/// Posts that are to be published.
const UNPUBLISHED: &str =
    "select digest_id, guild_id, digest_run.slot, until, digest_run.channel_id, message_id
     from digest_run join digest on digest.id = digest_id
     where digest_run.publish = 'due' and publish_at <= $1 order by publish_at limit $2";
