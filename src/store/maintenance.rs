//! Background maintenance: opens the database, reconnects after a failure, and listens for changes
//! by other processes.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::{bail, ensure};
use sqlx::postgres::{PgConnection, PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgPool, SqlitePool};
use tokio::time::{sleep, timeout};

use super::column::params;
use super::engine::Engine;
use super::file::DatabaseFile;
use super::health::Operation;
use super::inspection::explain;
use super::migrate::{NewerSchema, migrate, schema_version};
use super::query::CHANGES_CHANNEL;
use super::{OPERATION_TIMEOUT, Store, StoreUrl};
use crate::guild::parse_id;

/// How often the database is checked: whether it is there and, with SQLite, whether another program
/// has changed it.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The delay between retries after a failure.
const RETRY_BACKOFF: Duration = Duration::from_secs(1);

/// How long the listening connection may be silent before it is pinged; also the timeout of the
/// ping.
const LISTENER_SILENCE_MAX: Duration = Duration::from_secs(3);
const LISTENER_PING_TIMEOUT: Duration = Duration::from_secs(2);

const READ_PROBE: &str = "select count(*) from guild where guild_id = 0";

/// Writes what a change writes, for a guild that does not exist, and deletes it again. A rollback
/// would not detect a full disk.
const WRITE_PROBE: &str = "insert into guild (guild_id) values (0);
     insert into change_log (guild_id, at, member_id, what, about, before, after) values (0, 0, 0, '', null, '', '');
     delete from guild where guild_id = 0";

impl Store {
    /// Opens the database and maintains it while the future is polled.
    pub async fn maintain(&self) -> Result<Infallible, NewerSchema> {
        self.open().await?;
        tokio::select! {
            never = self.watch_changes() => match never {},
            never = self.recover() => match never {},
        }
    }

    /// Opens the database, with retries until it succeeds.
    pub async fn open(&self) -> Result<(), NewerSchema> {
        loop {
            match self.migrate().await {
                Ok(opened) => return opened,
                Err(error) => self.health.record_failure(Operation::Write, &error),
            };
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Opens the database with a single attempt.
    pub async fn open_once(&self) -> anyhow::Result<()> {
        Ok(self.migrate().await.map_err(explain)??)
    }

    /// Opens an existing database without creating a file or tables.
    pub async fn open_existing(&self) -> anyhow::Result<()> {
        if let Engine::Sqlite { file, .. } = &self.engine {
            let path = file.path().display();
            let url = StoreUrl::Sqlite(file.path().to_owned());
            url.check_file()?;
            ensure!(
                file.path().is_file(),
                "there is no database {path}; `store.url` or DATABASE_URL names it"
            );
            if schema_version(&self.engine).await.is_none() {
                // SQLite cannot read a file either, unless it may create others beside it.
                url.check_access()?;
                bail!("{path} is not a Dossier database, or it is damaged");
            }
        }
        self.open_once().await
    }

    async fn migrate(&self) -> sqlx::Result<Result<(), NewerSchema>> {
        let migrated = migrate(&self.engine).await?;
        if migrated.is_ok() {
            self.health.record_success(Operation::Write);
            self.on_open().await;
        }
        Ok(migrated)
    }

    pub(super) async fn on_open(&self) {
        if let Engine::Sqlite { write, file, .. } = &self.engine {
            // From now on, a missing file has been deleted and must not be created again.
            write.set_connect_options((*write.connect_options()).clone().create_if_missing(false));
            if let Err(error) = file.check().await {
                self.health.record_failure(Operation::Write, &error);
            }
        }
        self.is_open.send_replace(true);
    }

    /// Invalidates settings changed by other processes, and detects the loss of the database.
    async fn watch_changes(&self) -> Infallible {
        match &self.engine {
            Engine::Sqlite { write, file, .. } => {
                let mut data_version = None;
                loop {
                    if let Err(error) = self.poll_file(write, file, &mut data_version).await {
                        self.health.record_failure(Operation::Write, &error);
                    }
                    sleep(POLL_INTERVAL).await;
                }
            }
            Engine::Postgres(pool) => loop {
                let ended = self.listen(pool).await;
                self.settings_cache.set_listening(false);
                tracing::debug!(?ended, "not listening for changes by other processes");
                if let Err(error) = ping(pool).await {
                    self.health.record_failure(Operation::Read, &error);
                }
                sleep(POLL_INTERVAL).await;
            },
        }
    }

    /// SQLite's [`data_version`](https://sqlite.org/pragma.html#pragma_data_version) changes with
    /// commits by other connections. It is read on the writing connection, so that this process's
    /// own changes do not count.
    async fn poll_file(
        &self,
        write: &SqlitePool,
        file: &DatabaseFile,
        data_version: &mut Option<i64>,
    ) -> sqlx::Result<()> {
        let mut connection = write.acquire().await?;
        let version = sqlx::query_scalar("pragma data_version").fetch_one(&mut *connection).await?;
        if data_version.replace(version) != Some(version) {
            self.settings_cache.invalidate(None);
        }
        file.check().await
    }

    /// Listens for changes by other processes until the connection is lost.
    async fn listen(&self, pool: &PgPool) -> sqlx::Result<()> {
        // A connection of its own, as those of the pool may all be in use.
        let own = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(OPERATION_TIMEOUT)
            .connect_lazy_with((*pool.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.ignore_pool_close_event(true);
        listener.eager_reconnect(false);
        listener.listen(CHANGES_CHANNEL).await?;
        self.settings_cache.set_listening(true);
        loop {
            match timeout(LISTENER_SILENCE_MAX, listener.try_recv()).await {
                Ok(received) => match received? {
                    Some(notification) => self.invalidate(notification.payload()),
                    None => return Ok(()),
                },
                Err(_) => {
                    let ping = timeout(LISTENER_PING_TIMEOUT, listener.execute("select 1")).await;
                    ping.map_err(|_| sqlx::Error::PoolTimedOut)??;
                }
            }
        }
    }

    fn invalidate(&self, announcement: &str) {
        if let Some((guild, process)) = announcement.split_once(' ')
            && process != self.process
        {
            self.settings_cache.invalidate(parse_id(guild));
        }
    }

    /// Probes a failing database, which may otherwise not be used for a long time.
    async fn recover(&self) -> Infallible {
        loop {
            sleep(RETRY_BACKOFF).await;
            // `attempt` records how it went.
            if self.health.is_read_failing() {
                let probe = self.engine.fetch_all(READ_PROBE, params![]);
                let _ = self.attempt(Operation::Read, probe).await;
            }
            if self.health.is_write_failing() {
                // It does not wait for a lock, as other writers would have to wait for the probe.
                let probe = self.probe_write(Duration::ZERO);
                let _ = self.attempt(Operation::Write, probe).await;
            }
        }
    }

    /// Writes and deletes a row. SQLite waits up to `busy_timeout` for a lock.
    pub(super) async fn probe_write(&self, busy_timeout: Duration) -> sqlx::Result<()> {
        match &self.engine {
            Engine::Sqlite { write, file, .. } => {
                let mut connection = write.acquire().await?;
                // Closing the last connection to a deleted file would delete its log as well.
                file.check().await?;
                // The probe may be cancelled at any await, and a new connection may succeed where
                // this one cannot write.
                connection.close_on_drop();
                let timeout = busy_timeout.as_millis();
                let probe = format!(
                    "pragma busy_timeout = {timeout}; begin immediate; {WRITE_PROBE}; commit"
                );
                connection.execute(AssertSqlSafe(probe)).await?;
            }
            Engine::Postgres(pool) => {
                // Statements of one simple query are a single transaction.
                pool.execute(sqlx::raw_sql(WRITE_PROBE)).await?;
            }
        }
        Ok(())
    }
}

/// Connects outside the pool, whose errors hide the cause. A timeout is not an error here: the
/// database may be slow.
async fn ping(pool: &PgPool) -> sqlx::Result<()> {
    let options = pool.connect_options();
    match timeout(OPERATION_TIMEOUT, PgConnection::connect_with(&options)).await {
        Ok(reached) => drop(reached?),
        Err(_) => tracing::debug!("timeout while connecting to the database"),
    }
    Ok(())
}
