//! The database: the settings of guilds, their digests and the ledger of runs, in SQLite or PostgreSQL.
//!
//! Both engines run the same statements. A change is one transaction together with its line of the change log; once it is
//! acknowledged it survives a crash. Settings are cached, so that answering waits for no database, and a change made by one process
//! invalidates the caches of the others.
//!
//! A failure is a [`StoreError`], which can be shown to people. Its cause is logged once, when the failure begins.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::guild::GuildId;
use crate::telemetry;
use column::Value;
use engine::Engine;
pub use error::StoreError;
use health::{Access, Health};
use query::{ALL_GUILDS, Row, Transaction};
use settings_cache::SettingsCache;

mod change_log;
mod claims;
mod column;
mod departures;
mod digest_changes;
mod digests;
mod drafts;
mod engine;
mod error;
mod failure_notices;
mod file;
mod health;
mod identify;
mod inspection;
mod maintenance;
mod migrate;
mod outcomes;
mod query;
mod replan;
mod settings;
mod settings_cache;
pub mod transfer;
mod url;

pub use claims::{Choose, ClaimedRun};
pub use departures::{DEPARTED_RETENTION_SECONDS, ShardInfo};
pub use failure_notices::FailureNotice;
pub use identify::IdentifyLease;
pub use inspection::{Inspection, PostingChannel};
pub use migrate::{NewerSchema, SCHEMA_VERSION};
pub use settings::AppliedChange;
pub use url::StoreUrl;

/// Timeout for one operation, so that there is still time to say so within Discord's three seconds for an answer.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(2);

/// The database of one process. [`Store::maintain`] opens it in the background.
pub struct Store {
    engine: Engine,
    settings_cache: SettingsCache,
    health: Health,
    /// By this random name a process recognizes the runs that it holds, and the changes that it announced.
    process: String,
    /// Whether the schema is up to date.
    is_open: watch::Sender<bool>,
}

impl Store {
    /// Prepares the store; nothing is opened yet. It has to be called within a tokio runtime.
    pub fn new(url: &StoreUrl) -> Arc<Self> {
        let engine = Engine::new(url);
        let settings_cache = SettingsCache::default();
        // Until this process listens, it does not learn what others change.
        settings_cache.set_listening(matches!(engine, Engine::Sqlite { .. }));
        let health = Health::default();
        let (process, is_open) = (format!("{:016x}", fastrand::u64(..)), watch::Sender::new(false));
        Arc::new(Self { engine, settings_cache, health, process, is_open })
    }

    /// Why the store cannot be used at present; `None` if it can.
    pub fn current_error(&self) -> Option<StoreError> {
        match *self.is_open.borrow() {
            true => self.health.error(),
            false => Some(self.health.error().unwrap_or(StoreError::Opening)),
        }
    }

    /// Closes all connections. The store cannot be used afterwards.
    pub async fn close(&self) {
        self.engine.close().await;
    }

    async fn fetch_all(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.run(Access::Read, self.engine.fetch_all(sql, values)).await
    }

    /// Runs one statement in a transaction and returns the number of rows that it changed.
    async fn execute(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        self.transaction(async |transaction| transaction.execute(sql, values).await).await
    }

    /// Makes changes in a transaction that is rolled back after an error.
    async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction) -> sqlx::Result<T>,
    ) -> Result<T, StoreError> {
        let work = async {
            let mut transaction = self.engine.begin().await?;
            let done = work(&mut transaction).await?;
            transaction.commit().await?;
            Ok(done)
        };
        self.run(Access::Write, work).await
    }

    /// The same, where settings of a guild (or of [`ALL_GUILDS`]) change, which no process may have cached afterwards.
    async fn settings_transaction<T>(
        &self,
        guild: Option<GuildId>,
        work: impl AsyncFnOnce(&mut Transaction) -> sqlx::Result<T>,
    ) -> Result<T, StoreError> {
        let changed = self
            .transaction(async |transaction| {
                let done = work(transaction).await?;
                let guild = guild.map_or(ALL_GUILDS.to_owned(), |guild| guild.to_string());
                transaction.notify(&guild, &self.process).await?;
                Ok(done)
            })
            .await;
        match guild {
            Some(guild) => self.settings_cache.invalidate(guild),
            None => self.settings_cache.invalidate_all(),
        }
        changed
    }

    async fn run<T>(
        &self,
        access: Access,
        work: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T, StoreError> {
        if self.health.is_away() {
            // `maintain` tries whether the database is back. If every lookup did, each would wait for the timeout.
            return Err(StoreError::Away);
        }
        self.attempt(access, work).await
    }

    /// Runs an operation within the timeout and records how it went.
    async fn attempt<T>(
        &self,
        access: Access,
        work: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T, StoreError> {
        if let Some(error) = self.opening_error() {
            return Err(error);
        }
        let opened = async {
            let mut is_open = self.is_open.subscribe();
            // The sender lives as long as the store.
            drop(is_open.wait_for(|is_open| *is_open).await);
            work.await
        };
        let began = Instant::now();
        let done = timeout(OPERATION_TIMEOUT, opened).await;
        telemetry::store_used(access.name(), matches!(done, Ok(Ok(_))), began.elapsed());
        match done {
            Ok(Ok(done)) => {
                self.health.succeeded(access);
                Ok(done)
            }
            Ok(Err(error @ sqlx::Error::ColumnDecode { .. })) => {
                // The database itself is fine.
                tracing::error!(%error, "a row is unreadable");
                Err(StoreError::Damaged)
            }
            Ok(Err(error)) => Err(self.health.failed(access, &error)),
            Err(_) if *self.is_open.borrow() => Err(self.health.timed_out(access)),
            // `open` counts as writing, and replaces this error as soon as it knows the reason.
            Err(_) => {
                Err(self.opening_error().unwrap_or_else(|| self.health.timed_out(Access::Write)))
            }
        }
    }

    /// Why the store could not be opened so far; `None` if it is open, or the reason is not known yet.
    fn opening_error(&self) -> Option<StoreError> {
        let is_open = *self.is_open.borrow();
        self.health.error().filter(|_| !is_open)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
