//! What is kept: the settings of servers, in SQLite or PostgreSQL.
//!
//! Both engines get the same statements. A change is one transaction, with its line in the log; it is acknowledged when it is
//! written, and survives whatever happens to the process from then on. Settings that were read are kept in memory, so that
//! an answer in the same server waits for no database; a change in one process empties the others' memory of that server.
//!
//! A store that cannot be used is a [`StoreError`], which says what can be said to people; its cause goes to the log once, when it
//! begins.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgPool, SqlitePool};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::telemetry;
pub use error::StoreError;
use file::DatabaseFile;
use health::{Health, Use};
use settings_cache::Known;

mod departures;
mod digests;
mod error;
mod error_mapping;
mod failure_notices;
mod file;
mod health;
mod ledger;
mod maintenance;
mod migrate;
mod publications;
mod settings;
mod settings_cache;
pub mod transfer;
mod url;

pub use departures::{KEPT_S, Part};
pub use failure_notices::FailureNotice;
pub use ledger::{Claimed, Lease, Process};
pub use maintenance::Fatal;
pub use migrate::SCHEMA;
pub use publications::Publication;
pub use settings::Made;
pub use url::StoreUrl;

/// How long an operation may take, so that whoever waits for an answer gets one within Discord's three seconds.
const OPERATION_MAX: Duration = Duration::from_secs(2);

/// How long SQLite waits for another program's lock: less than that, so that the sentence can say so.
const BUSY_MAX: Duration = Duration::from_millis(1_500);

/// How many connections there are to PostgreSQL, besides the one that listens.
const CONNECTIONS_MAX: u32 = 8;

/// How long PostgreSQL may work on a statement, in milliseconds: nobody waits for it any more.
const SET_STATEMENT_TIMEOUT: &str = "set statement_timeout = 4000";

/// How long a connection that was given up in the midst of a statement may take until it can be used again. Longer than that, and
/// nobody is at its other end.
const RELEASE_MAX: Duration = Duration::from_secs(5);

/// How many connections to SQLite read. One writes.
const READERS_MAX: u32 = 2;

/// The store. It is opened in the background: see [`Store::keep`].
pub struct Store {
    engine: Engine,
    known: Known,
    health: Health,
    /// Whether the schema is there.
    is_ready: watch::Sender<bool>,
}

/// Where it is kept.
enum Engine {
    Sqlite { write: SqlitePool, read: SqlitePool, file: Arc<DatabaseFile> },
    Postgres { pool: PgPool, process: String },
}

/// Runs one expression on either engine; for SQLite it is given the pool of connections that read.
macro_rules! reading {
    ($store:expr, |$pool:ident| $query:expr) => {
        match &$store.engine {
            Engine::Sqlite { read: $pool, .. } => $query,
            Engine::Postgres { pool: $pool, .. } => $query,
        }
    };
}

/// Runs one block in a transaction on either engine, and commits what it did if it comes out well. With `tells`, the processes that
/// share the database are told whose settings have changed, as soon as they have.
macro_rules! writing {
    ($store:expr, |$transaction:ident| $block:block $(, tells $guild:expr)?) => {
        match &$store.engine {
            Engine::Sqlite { write, file, .. } => {
                let mut connection = write.acquire().await?;
                file.check().await?;
                let done: Result<_, sqlx::Error> = async {
                    let mut begun = connection.begin_with("BEGIN IMMEDIATE").await?;
                    let $transaction = &mut *begun;
                    let done: Result<_, sqlx::Error> = async { $block }.await;
                    let done = done?;
                    begun.commit().await?;
                    Ok(done)
                }
                .await;
                if done.is_err() {
                    // SQLite ends a transaction by itself where the disk is full, which the library does not notice.
                    connection.close_on_drop();
                } else {
                    file.check().await?;
                }
                done
            }
            Engine::Postgres { pool, process: _process, .. } => {
                let mut begun = pool.begin().await?;
                let $transaction = &mut *begun;
                let done: Result<_, sqlx::Error> = async { $block }.await;
                let done = done?;
                $(
                    sqlx::query("select pg_notify($1, $2)")
                        .bind(CHANNEL)
                        .bind(format!("{} {_process}", $guild))
                        .execute(&mut *begun)
                        .await?;
                )?
                begun.commit().await?;
                Ok(done)
            }
        }
    };
}

use {reading, writing};

impl Store {
    /// The store at an address. Nothing is opened yet, but it takes a runtime to be in.
    pub fn new(url: &StoreUrl) -> Arc<Self> {
        let engine = match url {
            StoreUrl::Sqlite(path) => sqlite(path),
            StoreUrl::Postgres(options) => postgres(options),
        };
        let known = Known::default();
        // Until it listens, it does not know what other processes change.
        known.is_told(matches!(engine, Engine::Sqlite { .. }));
        Arc::new(Self {
            engine,
            known,
            health: Health::default(),
            is_ready: watch::Sender::new(false),
        })
    }

    /// Why it cannot be used at present; nothing if it can.
    pub fn trouble(&self) -> Option<StoreError> {
        match *self.is_ready.borrow() {
            true => self.health.trouble(),
            false => Some(self.health.trouble().unwrap_or(StoreError::Opening)),
        }
    }

    /// Closes it in good order. Nothing can be done with it any more.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { write, read, .. } => {
                // What is written is safe as it is; this puts all of it into one file.
                drop(sqlx::query("pragma wal_checkpoint(truncate)").execute(write).await);
                read.close().await;
                write.close().await;
            }
            Engine::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// Reads something, for no longer than whoever waits can wait.
    async fn read<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        self.run(Use::Read, work).await
    }

    /// Writes something, likewise.
    async fn write<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        self.run(Use::Write, work).await
    }

    /// A query for rows that are about to be worked on: what another process is at is left out.
    fn skipping(&self, query: &str, table: &str) -> AssertSqlSafe<String> {
        AssertSqlSafe(match &self.engine {
            // Only one process writes at a time.
            Engine::Sqlite { .. } => query.to_owned(),
            Engine::Postgres { .. } => format!("{query} for update of {table} skip locked"),
        })
    }

    async fn run<T>(
        &self,
        used: Use,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        if self.health.is_away() {
            // `keep` tries whether it is there again, or each lookup would wait for it.
            return Err(StoreError::Away);
        }
        self.attempt(used, work).await
    }

    /// Uses it, and notes how that goes.
    async fn attempt<T>(
        &self,
        used: Use,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        if let Some(trouble) = self.unopened() {
            return Err(trouble);
        }
        let opened = async {
            let mut is_ready = self.is_ready.subscribe();
            // The sender lives as long as this does.
            drop(is_ready.wait_for(|is_ready| *is_ready).await);
            work.await
        };
        let began = Instant::now();
        let done = timeout(OPERATION_MAX, opened).await;
        let is_ok = matches!(done, Ok(Ok(_)));
        telemetry::store_used(used.name(), is_ok, began.elapsed());
        match done {
            Ok(Ok(done)) => {
                self.health.worked(used);
                Ok(done)
            }
            Ok(Err(error)) => Err(self.health.failed(used, &error)),
            Err(_) if *self.is_ready.borrow() => Err(self.health.timed_out(used)),
            // Opening it is writing, and takes the place of this as soon as it finds out why.
            Err(_) => Err(self.unopened().unwrap_or_else(|| self.health.timed_out(Use::Write))),
        }
    }

    /// Why it cannot be opened; nothing if it is open, or nobody knows yet. `open` goes on trying.
    fn unopened(&self) -> Option<StoreError> {
        let is_ready = *self.is_ready.borrow();
        self.health.trouble().filter(|_| !is_ready)
    }
}

fn sqlite(path: &Path) -> Engine {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_MAX)
        .disable_statement_logging();
    let write = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = |most| {
        SqlitePoolOptions::new()
            .max_connections(most)
            .acquire_timeout(OPERATION_MAX)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let file = Arc::new(DatabaseFile::new(path));
    let written = Arc::clone(&file);
    let writer = pool(1).after_connect(move |_, _| {
        written.connected();
        Box::pin(std::future::ready(Ok(())))
    });
    Engine::Sqlite {
        write: writer.connect_lazy_with(write),
        read: pool(READERS_MAX).connect_lazy_with(options.read_only(true)),
        file,
    }
}

fn postgres(options: &PgConnectOptions) -> Engine {
    let options = options.clone().application_name("dossier").disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(OPERATION_MAX)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(SET_STATEMENT_TIMEOUT).await.map(drop) })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                let answered = timeout(RELEASE_MAX, connection.ping()).await;
                answered.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
            })
        })
        .connect_lazy_with(options);
    // Its own changes are known to a process; those of the others are told.
    let process = format!("{:016x}", fastrand::u64(..));
    Engine::Postgres { pool, process }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
