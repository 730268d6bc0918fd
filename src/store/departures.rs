//! Servers that the bot was removed from: after thirty days all that is kept of them is erased.

use std::collections::HashSet;

use sqlx::Connection;

use super::maintenance::{ALL, CHANNEL};
use super::settings::{column, typed_id};
use super::{Engine, Store, reading, writing};
use crate::guild::GuildId;
use crate::store::StoreError;

/// How long settings are kept after the bot was removed from a server, in seconds: who adds it again by then finds them as they were.
pub const KEPT_S: i64 = 30 * 24 * 60 * 60;

/// Those servers that one connection to Discord is told of:
/// <https://docs.discord.com/developers/events/gateway#sharding-sharding-formula>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The number of the shard.
    pub shard: u32,
    /// How many shards there are.
    pub of: u32,
}

impl Store {
    /// Notes that the bot was removed from a server.
    ///
    /// # Errors
    ///
    /// If it cannot be noted.
    pub async fn left(&self, guild: GuildId, now: i64) -> Result<(), StoreError> {
        let noted = self
            .write(async {
                writing!(self, |transaction| {
                    sqlx::query(
                        "update guild set left_at = $2 where guild_id = $1 and left_at is null",
                    )
                    .bind(column(guild.get()))
                    .bind(now)
                    .execute(&mut *transaction)
                    .await?;
                    Ok(())
                }, tells guild)
            })
            .await;
        self.known.forget(guild);
        noted
    }

    /// Notes that the bot is in a server, again or still. Digests that were paused because nothing could be posted meanwhile go on.
    ///
    /// # Errors
    ///
    /// If it cannot be noted.
    pub async fn returned(&self, guild: GuildId, now: i64) -> Result<(), StoreError> {
        let left: Option<i64> = self
            .read(async {
                reading!(self, |pool| sqlx::query_scalar(
                    "select left_at from guild where guild_id = $1 and left_at is not null"
                )
                .bind(column(guild.get()))
                .fetch_optional(pool)
                .await)
            })
            .await?;
        if left.is_none() {
            return Ok(());
        }
        self.write(async {
            writing!(self, |transaction| {
                sqlx::query(
                    "update digest set is_paused = 0, paused_for = '', refusals = 0, told = '', tell_at = null, slot = '', due = $2
                     where guild_id = $1 and paused_for <> '' and guild_id in (select guild_id from guild where left_at is not null)",
                )
                .bind(column(guild.get()))
                .bind(now)
                .execute(&mut *transaction)
                .await?;
                sqlx::query(
                    "update guild set left_at = null where guild_id = $1 and left_at is not null",
                )
                .bind(column(guild.get()))
                .execute(&mut *transaction)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Compares the servers of a shard with those that Discord names, which have to be all: whichever is missing has been left
    /// meanwhile, and whichever is there has not. How many of each were noted.
    ///
    /// # Errors
    ///
    /// If that cannot be read or noted.
    pub async fn compare(
        &self,
        part: Part,
        present: &HashSet<u64>,
        now: i64,
    ) -> Result<(usize, usize), StoreError> {
        let rows: Vec<(i64, Option<i64>)> = self
            .read(async {
                reading!(self, |pool| sqlx::query_as(
                    "select guild_id, left_at from guild where (guild_id >> 22) % $2 = $1"
                )
                .bind(i64::from(part.shard))
                .bind(i64::from(part.of))
                .fetch_all(pool)
                .await)
            })
            .await?;
        let (mut left, mut returned) = (0, 0);
        for (id, left_at) in rows {
            let guild: GuildId = typed_id(id);
            match (present.contains(&guild.get()), left_at) {
                (false, None) => {
                    self.left(guild, now).await?;
                    left += 1;
                }
                (true, Some(_)) => {
                    self.returned(guild, now).await?;
                    returned += 1;
                }
                _ => {}
            }
        }
        Ok((left, returned))
    }

    /// Erases what is kept of servers that were left long ago; tells how many.
    ///
    /// # Errors
    ///
    /// If it cannot be done.
    pub async fn erase_departed(&self, now: i64) -> Result<u64, StoreError> {
        let until = now - KEPT_S;
        let count: i64 = self
            .read(async {
                reading!(self, |pool| sqlx::query_scalar(
                    "select count(*) from guild where left_at <= $1"
                )
                .bind(until)
                .fetch_one(pool)
                .await)
            })
            .await?;
        if count == 0 {
            return Ok(0);
        }
        let erased = self
            .write(async {
                writing!(self, |transaction| {
                    let erased = sqlx::query("delete from guild where left_at <= $1")
                        .bind(until)
                        .execute(&mut *transaction)
                        .await?;
                    Ok(erased.rows_affected())
                }, tells ALL)
            })
            .await;
        self.known.forget_all();
        erased
    }
}
