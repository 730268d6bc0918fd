//! Statements and transactions in the same words for SQLite and PostgreSQL.
//!
//! Every column holds a number or a text, so a statement is its SQL with a list of those.

use std::fmt::Display;
use std::sync::Arc;

use sqlx::error::BoxDynError;
use sqlx::pool::PoolConnection;
use sqlx::{
    Arguments, AssertSqlSafe, Database, Encode, Postgres, SqlSafeStr, SqlStr, Sqlite, Type,
};

use super::engine::Engine;
use super::file::DatabaseFile;
use super::row::EngineRow;
use crate::digest::{DigestId, Fault};
use crate::guild::{ChannelId, GuildId, MessageId, RoleId, UserId};

/// The PostgreSQL channel on which processes tell each other whose settings have changed: a guild's id, or [`ALL_GUILDS`], and the
/// process that made the change.
pub(super) const CHANGES_CHANNEL: &str = "dossier_settings";

/// Stands in place of a guild's id where the settings of any guild may have changed.
pub(super) const ALL_GUILDS: &str = "all";

/// A statement with the values of `$1`, `$2` and so on.
pub(super) struct Query {
    sql: SqlStr,
    values: Vec<Value>,
}

/// A value for a column. PostgreSQL wants to know the type of a null.
pub(super) enum Value {
    Number(Option<i64>),
    Text(Option<String>),
}

pub(super) fn query(sql: impl SqlSafeStr) -> Query {
    Query { sql: sql.into_sql_str(), values: Vec::new() }
}

impl Query {
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The SQL, and the values as an engine takes them.
    fn split<DB: Database>(self) -> sqlx::Result<(SqlStr, DB::Arguments)>
    where
        Option<i64>: for<'t> Encode<'t, DB> + Type<DB>,
        Option<String>: for<'t> Encode<'t, DB> + Type<DB>,
    {
        let mut arguments = DB::Arguments::default();
        let mut add = |value| match value {
            Value::Number(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
        };
        let added: Result<(), BoxDynError> = self.values.into_iter().try_for_each(&mut add);
        added.map_err(sqlx::Error::Encode)?;
        Ok((self.sql, arguments))
    }
}

/// Runs a query on either engine: `$run` is given the query, and `$sqlite` or `$postgres` executes it.
macro_rules! on_engine {
    ($with:path, $method:ident, $query:expr, $engine:expr, $sqlite:pat => $on_sqlite:expr, $postgres:pat => $on_postgres:expr) => {
        match $engine {
            $sqlite => {
                let (sql, arguments) = $query.split::<Sqlite>()?;
                $with(sql, arguments).$method($on_sqlite).await
            }
            $postgres => {
                let (sql, arguments) = $query.split::<Postgres>()?;
                $with(sql, arguments).$method($on_postgres).await
            }
        }
    };
}

impl Engine {
    /// Reads rows outside a transaction.
    pub(super) async fn fetch_all<T: EngineRow>(&self, query: Query) -> sqlx::Result<Vec<T>> {
        on_engine!(sqlx::query_as_with, fetch_all, query, self,
            Self::Sqlite { read, .. } => read, Self::Postgres { pool, .. } => pool)
    }

    /// Begins a transaction that writes.
    pub(super) async fn begin(&self) -> sqlx::Result<Transaction> {
        match self {
            Self::Sqlite { write, file, .. } => {
                let connection = write.acquire().await?;
                file.check().await?;
                let mut begun =
                    SqliteTransaction { connection, file: Arc::clone(file), is_open: true };
                sqlx::query("begin immediate").execute(&mut *begun.connection).await?;
                Ok(Transaction::Sqlite(begun))
            }
            Self::Postgres { pool, process } => {
                Ok(Transaction::Postgres(pool.begin().await?, process.clone()))
            }
        }
    }
}

/// A transaction that writes; it is rolled back unless it is committed.
pub(super) enum Transaction {
    Sqlite(SqliteTransaction),
    /// With the name under which this process announces its changes.
    Postgres(sqlx::Transaction<'static, Postgres>, Arc<str>),
}

pub(super) struct SqliteTransaction {
    connection: PoolConnection<Sqlite>,
    file: Arc<DatabaseFile>,
    is_open: bool,
}

/// SQLite ends a transaction by itself where the disk is full, and sqlx does not notice. A connection whose transaction did not
/// come to its end is closed, which rolls back whatever is left of it.
impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.close_on_drop();
        }
    }
}

impl Transaction {
    pub(super) async fn fetch_all<T: EngineRow>(&mut self, query: Query) -> sqlx::Result<Vec<T>> {
        on_engine!(sqlx::query_as_with, fetch_all, query, self,
            Self::Sqlite(begun) => &mut *begun.connection, Self::Postgres(begun, _) => &mut **begun)
    }

    pub(super) async fn fetch_optional<T: EngineRow>(
        &mut self,
        query: Query,
    ) -> sqlx::Result<Option<T>> {
        on_engine!(sqlx::query_as_with, fetch_optional, query, self,
            Self::Sqlite(begun) => &mut *begun.connection, Self::Postgres(begun, _) => &mut **begun)
    }

    /// Reads the one column of the first row.
    pub(super) async fn fetch_scalar<T>(&mut self, query: Query) -> sqlx::Result<Option<T>>
    where
        (T,): EngineRow,
    {
        Ok(self.fetch_optional::<(T,)>(query).await?.map(|(value,)| value))
    }

    /// Runs a statement and returns the number of rows that it changed.
    pub(super) async fn execute(&mut self, query: Query) -> sqlx::Result<u64> {
        match self {
            Self::Sqlite(begun) => {
                let (sql, arguments) = query.split::<Sqlite>()?;
                let done = sqlx::query_with(sql, arguments).execute(&mut *begun.connection).await?;
                Ok(done.rows_affected())
            }
            Self::Postgres(begun, _) => {
                let (sql, arguments) = query.split::<Postgres>()?;
                Ok(sqlx::query_with(sql, arguments).execute(&mut **begun).await?.rows_affected())
            }
        }
    }

    /// Completes a query for rows that this transaction is going to change: rows of `table` that another process is changing are
    /// left out. With SQLite only one process writes at a time.
    pub(super) fn lock_rows(&self, sql: &'static str, table: &str) -> Query {
        match self {
            Self::Sqlite(_) => query(sql),
            Self::Postgres(..) => {
                query(AssertSqlSafe(format!("{sql} for update of {table} skip locked")))
            }
        }
    }

    /// Commits, and tells the processes that share the database to forget the settings of a guild (or of [`ALL_GUILDS`]).
    pub(super) async fn commit_and_notify(mut self, guild: impl Display) -> sqlx::Result<()> {
        if let Self::Postgres(_, process) = &self {
            let announcement = format!("{guild} {process}");
            let notify = query("select pg_notify($1, $2)").bind(CHANGES_CHANNEL);
            self.execute(notify.bind(announcement)).await?;
        }
        self.commit().await
    }

    pub(super) async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(mut begun) => {
                sqlx::query("commit").execute(&mut *begun.connection).await?;
                begun.is_open = false;
                // What went to a file that nobody will find again is not acknowledged.
                begun.file.check().await
            }
            Self::Postgres(begun, _) => begun.commit().await,
        }
    }
}

macro_rules! number_values {
    ($($type:ty: $number:expr;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let number: fn($type) -> i64 = $number;
                Self::Number(Some(number(value)))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                let number: fn($type) -> i64 = $number;
                Self::Number(value.map(number))
            }
        }
    )*};
}

// Discord's ids fit into a signed column until the year 2084.
number_values! {
    i64: |number| number;
    bool: i64::from;
    GuildId: |id| id.get().cast_signed();
    ChannelId: |id| id.get().cast_signed();
    RoleId: |id| id.get().cast_signed();
    MessageId: |id| id.get().cast_signed();
    UserId: |id| id.get().cast_signed();
    DigestId: DigestId::number;
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<Fault> for Value {
    fn from(fault: Fault) -> Self {
        Self::Text(Some(fault.to_string()))
    }
}

/// No fault is an empty text.
impl From<Option<Fault>> for Value {
    fn from(fault: Option<Fault>) -> Self {
        Self::Text(Some(fault.map(|fault| fault.to_string()).unwrap_or_default()))
    }
}
