//! Connection pools of the two database engines.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool, SqlitePool};
use tokio::time::timeout;

use super::file::DatabaseFile;
use super::{OPERATION_TIMEOUT, StoreUrl};

/// SQLite's [busy timeout](https://sqlite.org/c3ref/busy_timeout.html). It is shorter than
/// [`OPERATION_TIMEOUT`], so that the error can name the lock.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_millis(1_500);

/// Read-only connections to SQLite, beside the one that writes.
const READERS_MAX: u32 = 2;

/// Connections to PostgreSQL, beside the one that listens for changes.
const CONNECTIONS_MAX: u32 = 8;

/// Makes PostgreSQL cancel statements that outlive their operation.
const SET_STATEMENT_TIMEOUT: &str = "set statement_timeout = 2000";

/// Timeout for the ping before a connection is used. If the network has dropped it, time is left
/// within the operation for a new one.
const PING_TIMEOUT: Duration = Duration::from_millis(500);

/// Timeout for the ping after a connection was used, which waits for a cancelled statement.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) enum Engine {
    Sqlite { write: SqlitePool, read: SqlitePool, file: Arc<DatabaseFile> },
    Postgres(PgPool),
}

impl Engine {
    /// Creates the pools without opening a connection.
    pub(super) fn new(url: &StoreUrl) -> Self {
        match url {
            StoreUrl::Sqlite(path) => Self::sqlite(path),
            StoreUrl::Postgres(options) => Self::postgres(options),
        }
    }

    fn sqlite(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        let write = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(OPERATION_TIMEOUT)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
        };
        let file = Arc::new(DatabaseFile::new(path));
        let connected = Arc::clone(&file);
        let writer = pool(1).after_connect(move |_, _| {
            connected.on_connect();
            Box::pin(std::future::ready(Ok(())))
        });
        Self::Sqlite {
            write: writer.connect_lazy_with(write),
            read: pool(READERS_MAX).connect_lazy_with(options.read_only(true)),
            file,
        }
    }

    fn postgres(options: &PgConnectOptions) -> Self {
        let options = options.clone().application_name("dossier").disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(OPERATION_TIMEOUT)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SET_STATEMENT_TIMEOUT).await.map(drop) })
            })
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(ping(connection, PING_TIMEOUT)))
            .after_release(|connection, _| Box::pin(ping(connection, RELEASE_TIMEOUT)))
            .connect_lazy_with(options);
        Self::Postgres(pool)
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { write, read, .. } => {
                // Commits are durable already; this moves them from the write-ahead log into the
                // file.
                drop(sqlx::query("pragma wal_checkpoint(truncate)").execute(write).await);
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Whether a connection works. If not, the pool replaces it.
async fn ping(connection: &mut PgConnection, within: Duration) -> sqlx::Result<bool> {
    let works = matches!(timeout(within, connection.ping()).await, Ok(Ok(())));
    if !works {
        tracing::info!("a connection to the database is lost and will be replaced");
    }
    Ok(works)
}
