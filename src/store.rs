//! The database: guild settings, digests and the ledger of runs, in SQLite or PostgreSQL.
//!
//! Both engines run the same statements. A change and its line of the change log are one
//! transaction, which survives a crash once acknowledged. Settings are cached, so most answers need
//! no query; a change by one process invalidates the caches of the others.
//!
//! A failure is a [`StoreError`], which can be shown to users. Its cause is logged once, when the
//! failure begins.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::guild::GuildId;
use crate::telemetry;
use column::DbValue;
use engine::Engine;
pub use error::{Result, StoreError};
use health::{Health, Operation};
use query::{ALL_GUILDS, DbRow, Transaction};
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

pub use claims::{ChooseEntry, ClaimedRun};
pub use departures::{DEPARTED_RETENTION_SECONDS, ShardInfo};
pub use failure_notices::FailureNotice;
pub use identify::IdentifyLease;
pub use inspection::{Inspection, PostingChannel};
pub use migrate::{NewerSchema, SCHEMA_VERSION};
pub use settings::AppliedChange;
pub use url::StoreUrl;

/// Timeout of one operation, which leaves time to report the failure within Discord's three
/// seconds:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#responding-to-an-interaction>.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(2);

/// The database of one process. [`Store::maintain`] opens it in the background.
pub struct Store {
    engine: Engine,
    settings_cache: SettingsCache,
    health: Health,
    /// A random name by which a process recognizes its own leases and change notifications.
    process: String,
    /// Whether the schema is migrated.
    is_open: watch::Sender<bool>,
}

impl Store {
    /// Creates the store without opening a connection. Must be called within a tokio runtime.
    pub fn new(url: &StoreUrl) -> Arc<Self> {
        let engine = Engine::new(url);
        // Nothing is cached until this process receives the changes of others.
        let settings_cache = SettingsCache::new(matches!(engine, Engine::Sqlite { .. }));
        let health = Health::default();
        let (process, is_open) = (format!("{:016x}", fastrand::u64(..)), watch::Sender::new(false));
        Arc::new(Self { engine, settings_cache, health, process, is_open })
    }

    /// The error that makes the store unusable at present, if any.
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

    async fn fetch_all(&self, sql: &'static str, values: Vec<DbValue>) -> Result<Vec<DbRow>> {
        self.run(Operation::Read, self.engine.fetch_all(sql, values)).await
    }

    /// Runs one statement in a transaction. Returns the number of changed rows.
    async fn execute(&self, sql: &'static str, values: Vec<DbValue>) -> Result<u64> {
        self.transaction(async |transaction| transaction.execute(sql, values).await).await
    }

    /// Runs a transaction, which is rolled back after an error, except after
    /// [`StoreError::OutcomeUnknown`] and [`StoreError::TooSlow`].
    async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction) -> sqlx::Result<T>,
    ) -> Result<T> {
        let mut is_committing = false;
        let work = async {
            let mut transaction = self.engine.begin().await?;
            let done = work(&mut transaction).await?;
            is_committing = true;
            transaction.commit().await?;
            Ok(done)
        };
        let done = self.run(Operation::Write, work).await;
        if is_committing { done.map_err(StoreError::during_commit) } else { done }
    }

    /// Runs a transaction that changes the settings of a guild or of [`ALL_GUILDS`], and
    /// invalidates the caches of all processes.
    async fn settings_transaction<T>(
        &self,
        guild: Option<GuildId>,
        work: impl AsyncFnOnce(&mut Transaction) -> sqlx::Result<T>,
    ) -> Result<T> {
        let changed = self
            .transaction(async |transaction| {
                let done = work(transaction).await?;
                let guild = guild.map_or(ALL_GUILDS.to_owned(), |guild| guild.to_string());
                transaction.notify(&guild, &self.process).await?;
                Ok(done)
            })
            .await;
        self.settings_cache.invalidate(guild);
        changed
    }

    async fn run<T>(
        &self,
        access: Operation,
        work: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T> {
        if self.health.is_unreachable() {
            // Fails fast: `maintain` probes the database, so no lookup has to wait for the timeout.
            return Err(StoreError::Unreachable);
        }
        self.attempt(access, work).await
    }

    /// Runs an operation within the timeout, and records its outcome in `health`.
    async fn attempt<T>(
        &self,
        access: Operation,
        work: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T> {
        if let Some(error) = self.opening_error() {
            return Err(error);
        }
        let opened = async {
            let mut is_open = self.is_open.subscribe();
            // Never fails: the sender lives as long as the store.
            drop(is_open.wait_for(|is_open| *is_open).await);
            work.await
        };
        let started = Instant::now();
        let done = timeout(OPERATION_TIMEOUT, opened).await;
        let is_done = matches!(done, Ok(Ok(_)));
        telemetry::record_store_operation(access.into(), is_done, started.elapsed());
        match done {
            Ok(Ok(done)) => {
                self.health.record_success(access);
                Ok(done)
            }
            Ok(Err(error @ sqlx::Error::ColumnDecode { .. })) => {
                // Health is unaffected: only this row is unreadable.
                tracing::error!(%error, "a row is unreadable");
                Err(StoreError::Damaged)
            }
            Ok(Err(error)) => Err(self.health.record_failure(access, &error)),
            Err(_) if *self.is_open.borrow() => Err(self.health.record_timeout(access)),
            // `open` counts as a write, and replaces this error once it knows the cause.
            Err(_) => Err(self
                .opening_error()
                .unwrap_or_else(|| self.health.record_timeout(Operation::Write))),
        }
    }

    /// Why the store could not be opened so far. `None` if it is open, or if the cause is not known
    /// yet.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_commit_that_is_not_confirmed_is_not_taken_for_a_rollback() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dossier.db");
        let url = StoreUrl::parse(&format!("sqlite:{}", path.display())).expect("an address");
        let store = Store::new(&url);
        store.open().await.expect("a database");
        let insert = "insert into guild (guild_id) values (1)";
        let failed = store.transaction(async |transaction| {
            transaction.execute(insert, Vec::new()).await?;
            transaction.execute(insert, Vec::new()).await
        });
        assert_eq!(failed.await, Err(StoreError::Other), "it is rolled back");
        let unconfirmed = store.transaction(async |transaction| {
            // The check of the file before the transaction has passed; the one after it fails.
            std::fs::rename(&path, path.with_extension("elsewhere")).expect("a file");
            transaction.execute(insert, Vec::new()).await
        });
        assert_eq!(unconfirmed.await, Err(StoreError::OutcomeUnknown));
        assert_eq!(store.current_error(), Some(StoreError::Moved), "the cause");
    }
}
