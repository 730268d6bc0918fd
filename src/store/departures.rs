//! Guilds that the bot was removed from. Their rows are erased after thirty days.

use std::collections::HashSet;

use super::query::{ALL_GUILDS, query};
use super::row::{Checked, rows};
use super::{Store, StoreError};
use crate::guild::GuildId;

/// How long the rows of a guild are kept after the bot was removed from it. Whoever adds it again by then finds all as it was.
pub const DEPARTED_RETENTION_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A shard, which serves a [fixed part of the guilds](https://docs.discord.com/developers/events/gateway#sharding-sharding-formula).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardInfo {
    pub id: u32,
    /// The number of shards.
    pub total: u32,
}

rows! {
    struct GuildOfShardRow {
        guild_id: GuildId,
        left_at: Option<i64>,
    }
}

const GUILDS_OF_SHARD: &str =
    "select guild_id, left_at from guild where (guild_id >> 22) % $2 = $1";

const SET_DEPARTURE: &str = "update guild set left_at = $2 where guild_id = $1 and left_at is null";

pub(super) const CLEAR_DEPARTURE: &str =
    "update guild set left_at = null where guild_id = $1 and left_at is not null";

/// Digests that were paused because nothing could be posted while the bot was away.
const RESUME_PAUSED_DIGESTS: &str =
    "update digest set is_paused = 0, paused_for = '', refusals = 0, told = '', tell_at = null, slot = '', due = $2
     where guild_id = $1 and paused_for <> '' and guild_id in (select guild_id from guild where left_at is not null)";

impl Store {
    /// Records that the bot was removed from a guild.
    pub async fn record_departure(&self, guild: GuildId, now: i64) -> Result<(), StoreError> {
        let recorded = self
            .write(async {
                let mut transaction = self.begin().await?;
                transaction.execute(query(SET_DEPARTURE).bind(guild).bind(now)).await?;
                transaction.commit_and_notify(guild).await
            })
            .await;
        self.settings_cache.invalidate(guild);
        recorded
    }

    /// Records that the bot is in a guild, again or still. Digests that were paused meanwhile are resumed.
    pub async fn clear_departure(&self, guild: GuildId, now: i64) -> Result<(), StoreError> {
        const LEFT_AT: &str =
            "select left_at from guild where guild_id = $1 and left_at is not null";
        let left_at = self.fetch_optional::<(i64,)>(query(LEFT_AT).bind(guild)).await?;
        if left_at.is_none() {
            return Ok(());
        }
        self.write(async {
            let mut transaction = self.begin().await?;
            transaction.execute(query(RESUME_PAUSED_DIGESTS).bind(guild).bind(now)).await?;
            transaction.execute(query(CLEAR_DEPARTURE).bind(guild)).await?;
            transaction.commit().await
        })
        .await
    }

    /// Compares the guilds of a shard with `present`, the complete list from Discord, and records departures and returns that were
    /// missed. Returns how many of each there were.
    pub async fn reconcile_guilds(
        &self,
        shard: ShardInfo,
        present: &HashSet<u64>,
        now: i64,
    ) -> Result<(usize, usize), StoreError> {
        let of_shard =
            query(GUILDS_OF_SHARD).bind(i64::from(shard.id)).bind(i64::from(shard.total));
        let rows: Vec<Checked<GuildOfShardRow>> = self.fetch_all(of_shard).await?;
        let (mut left, mut returned) = (0, 0);
        for row in rows.into_iter().filter_map(|row| row.readable("guild")) {
            match (present.contains(&row.guild_id.get()), row.left_at) {
                (false, None) => {
                    self.record_departure(row.guild_id, now).await?;
                    left += 1;
                }
                (true, Some(_)) => {
                    self.clear_departure(row.guild_id, now).await?;
                    returned += 1;
                }
                _ => {}
            }
        }
        Ok((left, returned))
    }

    /// Erases guilds that were left longer ago than [`DEPARTED_RETENTION_SECONDS`], and returns how many there were.
    pub async fn erase_departed(&self, now: i64) -> Result<u64, StoreError> {
        const EXPIRED: &str = "select guild_id from guild where left_at <= $1 limit 1";
        let until = now - DEPARTED_RETENTION_SECONDS;
        if self.fetch_optional::<(i64,)>(query(EXPIRED).bind(until)).await?.is_none() {
            return Ok(0);
        }
        let erased = self
            .write(async {
                let mut transaction = self.begin().await?;
                let erase = query("delete from guild where left_at <= $1").bind(until);
                let erased = transaction.execute(erase).await?;
                transaction.commit_and_notify(ALL_GUILDS).await?;
                Ok(erased)
            })
            .await;
        self.settings_cache.invalidate_all();
        erased
    }
}
