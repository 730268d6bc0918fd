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

use crate::telemetry;
use engine::Engine;
pub use error::StoreError;
use health::{Access, Health};
use query::{Query, Transaction};
use row::EngineRow;
use settings_cache::SettingsCache;

mod change_log;
mod claims;
mod departures;
mod digest_changes;
mod digests;
mod drafts;
mod engine;
mod error;
mod failure_notices;
mod file;
mod health;
mod inspection;
mod maintenance;
mod migrate;
mod outcomes;
mod publications;
mod query;
mod replan;
mod row;
mod settings;
mod settings_cache;
pub mod transfer;
mod url;

pub use claims::{ClaimedRun, Lease, Process};
pub use departures::{DEPARTED_RETENTION_SECONDS, ShardInfo};
pub use failure_notices::FailureNotice;
pub use inspection::{Inspection, PostingChannel};
pub use maintenance::NewerSchema;
pub use migrate::SCHEMA_VERSION;
pub use publications::Publication;
pub use settings::AppliedChange;
pub use url::StoreUrl;

/// Timeout for one operation, so that there is still time to say so within Discord's three seconds for an answer.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(2);

/// The database of one process. [`Store::maintain`] opens it in the background.
pub struct Store {
    engine: Engine,
    settings_cache: SettingsCache,
    health: Health,
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
        Arc::new(Self { engine, settings_cache, health, is_open: watch::Sender::new(false) })
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

    async fn fetch_all<T: EngineRow>(&self, query: Query) -> Result<Vec<T>, StoreError> {
        self.read(self.engine.fetch_all(query)).await
    }

    async fn fetch_optional<T: EngineRow>(&self, query: Query) -> Result<Option<T>, StoreError> {
        Ok(self.fetch_all(query).await?.into_iter().next())
    }

    /// Runs one statement in a transaction and returns the number of rows that it changed.
    async fn execute(&self, query: Query) -> Result<u64, StoreError> {
        self.write(async {
            let mut transaction = self.begin().await?;
            let changed = transaction.execute(query).await?;
            transaction.commit().await?;
            Ok(changed)
        })
        .await
    }

    async fn begin(&self) -> sqlx::Result<Transaction> {
        self.engine.begin().await
    }

    async fn read<T>(&self, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
        self.run(Access::Read, work).await
    }

    async fn write<T>(&self, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
        self.run(Access::Write, work).await
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
