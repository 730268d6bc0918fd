//! What is told of digests in the trouble channels of servers, by one process each.

use std::collections::HashSet;

use sqlx::Connection;

use super::digests::{DIGESTS, DigestRow, digests_of};
use super::settings::typed_id;
use super::{Engine, Store, writing};
use crate::digest::{Digest, Fault, RUNS_SHOWN_MAX, Told};
use crate::guild::{ChannelId, GuildId};
use crate::store::StoreError;

/// How long a process has for telling before another one tries, in seconds.
const TOLD_WITHIN_S: i64 = 60;

/// What is to be told of digests in the trouble channel of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureNotice {
    /// The server.
    pub guild: GuildId,
    /// The channel; none where none is set.
    pub channel: Option<ChannelId>,
    /// The digests, with their last runs.
    pub digests: Vec<Digest>,
    /// When another process tells it, should this one not come to it.
    again_at: i64,
}

impl Store {
    /// What is to be told of in the trouble channel of a server, at most so many digests; nothing if there is nothing to tell
    /// anywhere.
    ///
    /// # Errors
    ///
    /// If it cannot be read or written.
    pub async fn tale(&self, now: i64, most: usize) -> Result<Option<FailureNotice>, StoreError> {
        type Row = (i64, Option<i64>);
        type Found = (i64, Option<i64>, HashSet<i64>, Vec<DigestRow>);
        let found: Option<Found> = self
            .write(async {
                writing!(self, |transaction| {
                    let first: Option<i64> = sqlx::query_scalar(
                        "select guild_id from digest where told = 'due' and tell_at <= $1 order by tell_at limit 1",
                    )
                    .bind(now)
                    .fetch_optional(&mut *transaction)
                    .await?;
                    let Some(guild) = first else {
                        return Ok(None);
                    };
                    let rows: Vec<Row> = sqlx::query_as(self.skipping(UNTOLD, "digest"))
                        .bind(guild)
                        .bind(now)
                        .bind(most as i64)
                        .fetch_all(&mut *transaction)
                        .await?;
                    let Some((_, channel)) = rows.first().copied() else {
                        return Ok(None);
                    };
                    let mut ids = HashSet::new();
                    for (id, ..) in rows {
                        // Another process tries, should this one not come to it.
                        sqlx::query("update digest set tell_at = $2 where id = $1")
                            .bind(id)
                            .bind(now + TOLD_WITHIN_S)
                            .execute(&mut *transaction)
                            .await?;
                        ids.insert(id);
                    }
                    let digests = sqlx::query_as(DIGESTS)
                        .bind(guild)
                        .fetch_all(&mut *transaction)
                        .await?;
                    Ok(Some((guild, channel, ids, digests)))
                })
            })
            .await?;
        let Some((guild, channel, ids, rows)) = found else {
            return Ok(None);
        };
        let mut digests = digests_of(rows);
        digests.retain(|digest| ids.contains(&digest.id.number()));
        for digest in &mut digests {
            digest.runs = self.runs(digest.id, RUNS_SHOWN_MAX).await?;
        }
        Ok(Some(FailureNotice {
            again_at: now + TOLD_WITHIN_S,
            guild: typed_id(guild),
            channel: channel.map(typed_id),
            digests,
        }))
    }

    /// Notes what became of telling, unless there is more to tell by now.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub async fn told(&self, tale: &FailureNotice, told: Told) -> Result<(), StoreError> {
        let told = |digest: &Digest| match told {
            Told::Nothing => String::new(),
            Told::Due => "due".to_owned(),
            Told::Done => digest.fault().map(told_of).unwrap_or_default(),
            Told::Failed(fault) => fault.to_string(),
        };
        self.write(async {
            writing!(self, |transaction| {
                for digest in &tale.digests {
                    sqlx::query("update digest set told = $2 where id = $1 and told = 'due' and tell_at = $3")
                        .bind(digest.id.number())
                        .bind(told(digest))
                        .bind(tale.again_at)
                        .execute(&mut *transaction)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// Digests of a server of which there is something to tell.
const UNTOLD: &str = "select digest.id, trouble_channel_id
     from digest join guild on guild.guild_id = digest.guild_id
     where digest.guild_id = $1 and told = 'due' and tell_at <= $2 order by digest.id limit $3";

/// What is kept of a digest whose trouble was told: what it was, so that the same is told once and anything else anew.
pub(super) fn told_of(fault: Fault) -> String {
    format!("{TOLD}{fault}")
}

/// What that begins with.
pub(super) const TOLD: &str = "done ";
