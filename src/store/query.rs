//! Statements, transactions and rows, with one interface for SQLite and PostgreSQL.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{
    Arguments, AssertSqlSafe, Column, ColumnIndex, Database, Decode, Encode, Postgres, SqlSafeStr,
    Sqlite, Type,
};

use super::column::{DbValue, FromColumn, params};
use super::engine::Engine;
use super::file::DatabaseFile;

/// The PostgreSQL channel that announces changed settings. The payload is a guild's id or
/// [`ALL_GUILDS`], and the process that made the change.
pub(super) const CHANGES_CHANNEL: &str = "dossier_settings";

/// Replaces the guild id where the settings of any guild may have changed.
pub(super) const ALL_GUILDS: &str = "all";

/// A row of either engine, or of a backup: its columns with their values, which are `None` if they
/// are neither numbers nor texts.
pub(super) struct DbRow(pub(super) Vec<(String, Option<DbValue>)>);

/// A type that can be read from the columns of a row.
pub(super) trait FromRow: Sized {
    fn from_row(row: &DbRow) -> sqlx::Result<Self>;
}

/// The first two columns.
impl<A: FromColumn, B: FromColumn> FromRow for (A, B) {
    fn from_row(row: &DbRow) -> sqlx::Result<Self> {
        Ok((row.by_index(0)?, row.by_index(1)?))
    }
}

impl DbRow {
    fn read<R: sqlx::Row>(row: &R) -> Self
    where
        usize: ColumnIndex<R>,
        Option<i64>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
        Option<String>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    {
        let value = |index: usize| match row.try_get(index) {
            Ok(number) => Some(DbValue::Number(number)),
            Err(_) => row.try_get(index).map(DbValue::Text).ok(),
        };
        let columns = row.columns().iter();
        Self(columns.map(|one| (one.name().to_owned(), value(one.ordinal()))).collect())
    }

    pub(super) fn get<T: FromColumn>(&self, column: &str) -> sqlx::Result<T> {
        let index = self.0.iter().position(|(name, _)| name == column);
        self.by_index(index.ok_or_else(|| sqlx::Error::ColumnNotFound(column.to_owned()))?)
    }

    fn by_index<T: FromColumn>(&self, index: usize) -> sqlx::Result<T> {
        let (name, value) = &self.0[index];
        value.clone().and_then(T::from_column).ok_or_else(|| sqlx::Error::ColumnDecode {
            index: name.clone(),
            source: "it holds a value that this version does not know".into(),
        })
    }

    /// Parses a text column that may be null or written by a later version.
    pub(super) fn parse<T: FromStr>(&self, column: &str) -> sqlx::Result<Option<T>> {
        Ok(self.get::<String>(column)?.parse().ok())
    }

    /// Reads a row, or logs the unreadable column and returns `None`, so that one bad row does not
    /// fail the query.
    pub(super) fn parse_row<T: FromRow>(&self, table: &'static str) -> Option<T> {
        let report = |error: &sqlx::Error| tracing::error!(table, %error, "a row is unreadable");
        T::from_row(self).inspect_err(report).ok()
    }
}

/// The readable rows.
pub(super) fn parse_rows<T: FromRow>(rows: &[DbRow], table: &'static str) -> Vec<T> {
    rows.iter().filter_map(|row| row.parse_row(table)).collect()
}

/// A connection to either engine.
pub(super) enum DbConnection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl DbConnection {
    async fn fetch_all(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<DbValue>,
    ) -> sqlx::Result<Vec<DbRow>> {
        match self {
            Self::Sqlite(connection) => {
                let query = sqlx::query_with(sql, arguments::<Sqlite>(values)?);
                let rows = query.fetch_all(&mut **connection).await?;
                Ok(rows.iter().map(DbRow::read).collect())
            }
            Self::Postgres(connection) => {
                let query = sqlx::query_with(sql, arguments::<Postgres>(values)?);
                let rows = query.fetch_all(&mut **connection).await?;
                Ok(rows.iter().map(DbRow::read).collect())
            }
        }
    }

    async fn execute(&mut self, sql: impl SqlSafeStr, values: Vec<DbValue>) -> sqlx::Result<u64> {
        match self {
            Self::Sqlite(connection) => {
                let query = sqlx::query_with(sql, arguments::<Sqlite>(values)?);
                Ok(query.execute(&mut **connection).await?.rows_affected())
            }
            Self::Postgres(connection) => {
                let query = sqlx::query_with(sql, arguments::<Postgres>(values)?);
                Ok(query.execute(&mut **connection).await?.rows_affected())
            }
        }
    }
}

fn arguments<DB: Database>(values: Vec<DbValue>) -> sqlx::Result<DB::Arguments>
where
    Option<i64>: for<'t> Encode<'t, DB> + Type<DB>,
    Option<String>: for<'t> Encode<'t, DB> + Type<DB>,
{
    let mut arguments = DB::Arguments::default();
    for value in values {
        match value {
            DbValue::Number(number) => arguments.add(number),
            DbValue::Text(text) => arguments.add(text),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

impl Engine {
    /// Reads rows outside a transaction.
    pub(super) async fn fetch_all(
        &self,
        sql: impl SqlSafeStr,
        values: Vec<DbValue>,
    ) -> sqlx::Result<Vec<DbRow>> {
        self.acquire().await?.fetch_all(sql, values).await
    }

    async fn acquire(&self) -> sqlx::Result<DbConnection> {
        Ok(match self {
            Self::Sqlite { read, .. } => DbConnection::Sqlite(read.acquire().await?),
            Self::Postgres(pool) => DbConnection::Postgres(pool.acquire().await?),
        })
    }

    /// Begins a transaction whose statements all read the same state. It blocks no writers.
    pub(super) async fn begin_reading(&self) -> sqlx::Result<Transaction> {
        let begin = match self {
            Self::Sqlite { .. } => "begin",
            Self::Postgres(_) => "begin isolation level repeatable read read only",
        };
        Transaction::begin(self.acquire().await?, None, begin).await
    }

    /// Begins a writing transaction.
    pub(super) async fn begin(&self) -> sqlx::Result<Transaction> {
        let Self::Sqlite { write, file, .. } = self else {
            return Transaction::begin(self.acquire().await?, None, "begin").await;
        };
        let connection = DbConnection::Sqlite(write.acquire().await?);
        file.check().await?;
        Transaction::begin(connection, Some(Arc::clone(file)), "begin immediate").await
    }
}

/// A transaction, which is rolled back unless committed.
pub(super) struct Transaction {
    connection: DbConnection,
    /// Set if the transaction writes to SQLite.
    file: Option<Arc<DatabaseFile>>,
    is_open: bool,
}

/// Closes the connection of an unfinished transaction, which rolls it back. SQLite ends a
/// transaction by itself when the disk is full, and sqlx does not notice.
impl Drop for Transaction {
    fn drop(&mut self) {
        match &mut self.connection {
            DbConnection::Sqlite(connection) if self.is_open => connection.close_on_drop(),
            DbConnection::Postgres(connection) if self.is_open => connection.close_on_drop(),
            _ => {}
        }
    }
}

impl Transaction {
    async fn begin(
        connection: DbConnection,
        file: Option<Arc<DatabaseFile>>,
        begin: &'static str,
    ) -> sqlx::Result<Self> {
        let mut transaction = Self { connection, file, is_open: true };
        transaction.execute(begin, params![]).await?;
        Ok(transaction)
    }

    pub(super) async fn fetch_all(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<DbValue>,
    ) -> sqlx::Result<Vec<DbRow>> {
        self.connection.fetch_all(sql, values).await
    }

    /// Reads the first column of the first row.
    pub(super) async fn fetch_scalar<T: FromColumn>(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<DbValue>,
    ) -> sqlx::Result<Option<T>> {
        self.fetch_all(sql, values).await?.first().map(|row| row.by_index(0)).transpose()
    }

    /// Runs a statement. Returns the number of changed rows.
    pub(super) async fn execute(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<DbValue>,
    ) -> sqlx::Result<u64> {
        self.connection.execute(sql, values).await
    }

    /// Reads rows to be changed, skipping rows of `table` that another process has locked. SQLite
    /// has a single writer, so nothing is skipped there.
    pub(super) async fn fetch_unlocked(
        &mut self,
        sql: &str,
        table: &str,
        values: Vec<DbValue>,
    ) -> sqlx::Result<Vec<DbRow>> {
        let locking = match self.connection {
            DbConnection::Sqlite(_) => String::new(),
            DbConnection::Postgres(_) => format!(" for update of {table} skip locked"),
        };
        self.fetch_all(AssertSqlSafe(format!("{sql}{locking}")), values).await
    }

    /// Invalidates the cached settings of a guild, or of [`ALL_GUILDS`], in all processes upon
    /// commit.
    pub(super) async fn notify(&mut self, guild: impl Display, process: &str) -> sqlx::Result<()> {
        if let DbConnection::Postgres(_) = self.connection {
            let announcement = format!("{guild} {process}");
            let notify = "select pg_notify($1, $2)";
            self.execute(notify, params![CHANGES_CHANNEL, announcement]).await?;
        }
        Ok(())
    }

    pub(super) async fn commit(mut self) -> sqlx::Result<()> {
        self.execute("commit", params![]).await?;
        self.is_open = false;
        match &self.file {
            // A write to a deleted file must not be acknowledged.
            Some(file) => file.check().await,
            None => Ok(()),
        }
    }
}
