//! Guilds that removed the bot. Their rows are erased after thirty days.

use std::collections::HashSet;

use super::column::params;
use super::query::parse_rows;
use super::{Result, Store};
use crate::guild::GuildId;

/// How long the rows of a guild are kept after it removed the bot. If the bot is added again by
/// then, the settings still apply.
pub const DEPARTED_RETENTION_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A shard, which serves a fixed part of the guilds:
/// <https://docs.discord.com/developers/events/gateway#sharding-sharding-formula>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardInfo {
    pub id: u32,
    /// The number of shards.
    pub total: u32,
}

const GUILDS_OF_SHARD: &str =
    "select guild_id, left_at from guild where (guild_id >> 22) % $2 = $1";

const SET_DEPARTURE: &str = "update guild set left_at = $2 where guild_id = $1 and left_at is null";

const FIND_DEPARTURE: &str =
    "select left_at from guild where guild_id = $1 and left_at is not null";

pub(super) const CLEAR_DEPARTURE: &str =
    "update guild set left_at = null where guild_id = $1 and left_at is not null";

const FIND_EXPIRED: &str = "select guild_id from guild where left_at <= $1 limit 1";

const ERASE_EXPIRED: &str = "delete from guild where left_at <= $1";

/// Resumes digests that were paused because the bot was not in the guild.
const RESUME_PAUSED_DIGESTS: &str =
    "update digest set is_paused = 0, paused_for = '', refusals = 0, told = '', tell_at = null, slot = '', due = $2
     where guild_id = $1 and paused_for <> '' and guild_id in (select guild_id from guild where left_at is not null)";

impl Store {
    /// Records that a guild removed the bot.
    pub async fn record_departure(&self, guild: GuildId, now: i64) -> Result<()> {
        self.settings_transaction(Some(guild), async |transaction| {
            transaction.execute(SET_DEPARTURE, params![guild, now]).await.map(drop)
        })
        .await
    }

    /// Records that the bot is in a guild, and resumes digests that were paused in its absence.
    pub async fn clear_departure(&self, guild: GuildId, now: i64) -> Result<()> {
        if self.fetch_all(FIND_DEPARTURE, params![guild]).await?.is_empty() {
            return Ok(());
        }
        self.transaction(async |transaction| {
            transaction.execute(RESUME_PAUSED_DIGESTS, params![guild, now]).await?;
            transaction.execute(CLEAR_DEPARTURE, params![guild]).await.map(drop)
        })
        .await
    }

    /// Reconciles the stored guilds of a shard with `present`, the complete list from Discord.
    /// Returns the number of departures and of returns that were missed.
    pub async fn reconcile_guilds(
        &self,
        shard: ShardInfo,
        present: &HashSet<u64>,
        now: i64,
    ) -> Result<(usize, usize)> {
        let of_shard = params![i64::from(shard.id), i64::from(shard.total)];
        let rows = self.fetch_all(GUILDS_OF_SHARD, of_shard).await?;
        let (mut left, mut returned) = (0, 0);
        for (guild, left_at) in parse_rows::<(GuildId, Option<i64>)>(&rows, "guild") {
            match (present.contains(&guild.get()), left_at) {
                (false, None) => {
                    self.record_departure(guild, now).await?;
                    left += 1;
                }
                (true, Some(_)) => {
                    self.clear_departure(guild, now).await?;
                    returned += 1;
                }
                _ => {}
            }
        }
        Ok((left, returned))
    }

    /// Erases guilds that left longer ago than [`DEPARTED_RETENTION_SECONDS`]. Returns their
    /// number.
    pub async fn erase_departed(&self, now: i64) -> Result<u64> {
        let until = now - DEPARTED_RETENTION_SECONDS;
        if self.fetch_all(FIND_EXPIRED, params![until]).await?.is_empty() {
            return Ok(0);
        }
        self.settings_transaction(None, async |transaction| {
            transaction.execute(ERASE_EXPIRED, params![until]).await
        })
        .await
    }
}
