//! The change log: who changed which setting of a guild, and when.

use super::column::params;
use super::query::{DbRow, FromRow, Transaction, parse_rows};
use super::{Result, Store};
use crate::guild::{Difference, GuildId, LogLine, SettingValue, UserId};

/// The most lines that are kept per guild.
const LINES_MAX: i64 = 1_000;

const LINES: &str = "select at, member_id, what, about, before, after from change_log
     where guild_id = $1 order by id desc limit $2 offset $3";

const COUNT: &str = "select count(*) as lines from change_log where guild_id = $1";

const APPEND: &str = "insert into change_log (guild_id, at, member_id, what, about, before, after)
     values ($1, $2, $3, $4, $5, $6, $7)";

const DELETE_OLD: &str = "delete from change_log where guild_id = $1 and id <=
     (select id from change_log where guild_id = $1 order by id desc limit 1 offset $2)";

impl Store {
    /// Up to `limit` lines of a guild's change log, newest first.
    pub async fn change_log(
        &self,
        guild: GuildId,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<LogLine>> {
        let rows = self.fetch_all(LINES, params![guild, limit, offset]).await?;
        Ok(parse_rows(&rows, "change_log"))
    }

    /// The number of lines of a guild's change log.
    pub async fn change_log_length(&self, guild: GuildId) -> Result<usize> {
        let rows = self.fetch_all(COUNT, params![guild]).await?;
        let count = rows.iter().find_map(|row| row.get::<u64>("lines").ok());
        Ok(count.unwrap_or_default() as usize)
    }
}

impl FromRow for LogLine {
    fn from_row(row: &DbRow) -> sqlx::Result<Self> {
        let (what, about) = (row.get::<String>("what")?, row.get::<Option<u64>>("about")?);
        let value = |column: &str| {
            let value = SettingValue::from_columns(&what, about, &row.get::<String>(column)?);
            value.ok_or_else(|| sqlx::Error::ColumnDecode {
                index: column.to_owned(),
                source: "a later version wrote it".into(),
            })
        };
        let difference = Difference { from: value("before")?, to: value("after")? };
        Ok(Self { at: row.get("at")?, member: row.get("member_id")?, difference })
    }
}

pub(super) async fn append_change(
    transaction: &mut Transaction,
    guild: GuildId,
    member: UserId,
    now: i64,
    difference: &Difference,
) -> sqlx::Result<()> {
    let (what, about, before) = difference.from.to_columns();
    let (_, _, after) = difference.to.to_columns();
    let line = params![guild, now, member, what, about, before, after];
    transaction.execute(APPEND, line).await.map(drop)
}

/// Deletes the oldest lines beyond [`LINES_MAX`].
pub(super) async fn trim(transaction: &mut Transaction, guild: GuildId) -> sqlx::Result<()> {
    transaction.execute(DELETE_OLD, params![guild, LINES_MAX]).await.map(drop)
}
