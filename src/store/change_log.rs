//! The change log: who changed which setting of a guild, and when.

use super::query::{Transaction, query};
use super::row::{Checked, rows};
use super::{Store, StoreError};
use crate::guild::{Difference, GuildId, LogLine, UserId, Value};

/// How many lines are kept for each guild.
const LINES_MAX: i64 = 1_000;

rows! {
    struct LineRow {
        at: i64,
        member_id: UserId,
        what: String,
        about: Option<u64>,
        before: String,
        after: String,
    }
}

const LINES: &str = "select at, member_id, what, about, before, after from change_log
     where guild_id = $1 order by id desc limit $2 offset $3";

const APPEND: &str = "insert into change_log (guild_id, at, member_id, what, about, before, after)
     values ($1, $2, $3, $4, $5, $6, $7)";

const DELETE_OLD: &str = "delete from change_log where guild_id = $1 and id <=
     (select id from change_log where guild_id = $1 order by id desc limit 1 offset $2)";

impl Store {
    /// Up to `limit` lines of a guild's change log, newest first, and the number of all its lines.
    pub async fn change_log(
        &self,
        guild: GuildId,
        offset: usize,
        limit: usize,
    ) -> Result<(Vec<LogLine>, usize), StoreError> {
        const COUNT: &str = "select count(*) from change_log where guild_id = $1";
        let lines = query(LINES).bind(guild).bind(limit as i64).bind(offset as i64);
        let rows: Vec<Checked<LineRow>> = self.fetch_all(lines).await?;
        let total: Option<(i64,)> = self.fetch_optional(query(COUNT).bind(guild)).await?;
        let rows = rows.into_iter().filter_map(|row| row.readable("change_log"));
        let total = total.map_or(0, |(total,)| usize::try_from(total).unwrap_or_default());
        Ok((rows.filter_map(line_from_row).collect(), total))
    }
}

/// `None` for a line of a later version.
fn line_from_row(row: LineRow) -> Option<LogLine> {
    let value = |text: &str| Value::from_columns(&row.what, row.about, text);
    let what = Difference { from: value(&row.before)?, to: value(&row.after)? };
    Some(LogLine { at: row.at, member: row.member_id, what })
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
    let append = query(APPEND)
        .bind(guild)
        .bind(now)
        .bind(member)
        .bind(what)
        .bind(about.map(u64::cast_signed))
        .bind(before)
        .bind(after);
    transaction.execute(append).await.map(drop)
}

/// Deletes the oldest lines where there are too many.
pub(super) async fn trim(transaction: &mut Transaction, guild: GuildId) -> sqlx::Result<()> {
    transaction.execute(query(DELETE_OLD).bind(guild).bind(LINES_MAX)).await.map(drop)
}
