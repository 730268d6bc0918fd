//! What goes on in the background: the store is opened, looked after, and told what other processes change.

use std::convert::Infallible;
use std::time::Duration;

use sqlx::postgres::{PgConnection, PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgPool, SqlitePool};
use tokio::time::{sleep, timeout};

use super::error_mapping::trouble_of;
use super::migrate::{MigrationError, SCHEMA, migrate};
use super::{Engine, OPERATION_MAX, Store, reading};
use crate::guild::parse_id;
use crate::store::file::DatabaseFile;
use crate::store::health::Use;

/// How often it is looked whether the database is there, and, with SQLite, whether another program has changed it.
const LOOK: Duration = Duration::from_millis(500);

/// How long the connection that listens may be silent before it is asked whether it is still there.
const SILENCE_MAX: Duration = Duration::from_secs(3);

/// How long it may take to say so.
const REPLY_MAX: Duration = Duration::from_secs(2);

/// How often it is tried whether it can be used again, after that failed.
const TRY: Duration = Duration::from_secs(1);

/// What is read to try it.
const READ_TRIAL: &str = "select count(*) from guild where guild_id = 0";

/// What a change writes, of a server that there is not, and gone again. A transaction that is rolled back would not find out whether
/// the disk is full.
const WRITE_TRIAL: &str = "insert into guild (guild_id) values (0);
     insert into change_log (guild_id, at, member_id, what, about, before, after) values (0, 0, 0, '', null, '', '');
     delete from guild where guild_id = 0";

/// What processes tell each other by: a server's id, or [`ALL`], and who has changed its settings.
pub(super) const CHANNEL: &str = "dossier_settings";

/// What stands there instead of an id where any server's may have changed.
pub(super) const ALL: &str = "all";

/// Why it is no use to go on with this database.
#[derive(Debug)]
pub struct Fatal {
    schema: i64,
}

impl std::fmt::Display for Fatal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the database has the schema {}, and this version of Dossier knows no more than {SCHEMA}: run the newer version again, \
             or name another database in `store.url`",
            self.schema
        )
    }
}

impl std::error::Error for Fatal {}

impl Store {
    /// Opens the store and looks after it, for as long as it is polled.
    ///
    /// # Errors
    ///
    /// If a newer version of the program has been here. Whatever else is wrong, is tried again.
    pub async fn keep(&self) -> Result<Infallible, Fatal> {
        self.open().await?;
        tokio::select! {
            never = self.look() => match never {},
            never = self.recover() => match never {},
        }
    }

    /// Sees what other processes change, and whether the database is there.
    async fn look(&self) -> Infallible {
        match &self.engine {
            Engine::Sqlite { write, file, .. } => {
                let mut version = None;
                loop {
                    self.look_at_file(write, file, &mut version).await;
                    sleep(LOOK).await;
                }
            }
            Engine::Postgres { pool, process } => loop {
                let ended = self.listen(pool, process).await;
                // What others change is not heard from now on.
                self.known.is_told(false);
                tracing::debug!(?ended, "changes by other processes are not heard");
                if let Err(error) = reach(pool).await {
                    self.health.failed(Use::Read, &error);
                }
                sleep(LOOK).await;
            },
        }
    }

    /// Tries whether it can be used again where it could not, as nobody else might for a long time.
    async fn recover(&self) -> Infallible {
        loop {
            sleep(TRY).await;
            // How it goes is noted there.
            if self.health.is_read_refused() {
                let _ = self.attempt(Use::Read, self.try_to_read()).await;
            }
            if self.health.is_write_refused() {
                let _ = self.attempt(Use::Write, self.try_to_write()).await;
            }
        }
    }

    async fn try_to_read(&self) -> Result<i64, sqlx::Error> {
        reading!(self, |pool| sqlx::query_scalar(READ_TRIAL).fetch_one(pool).await)
    }

    async fn try_to_write(&self) -> Result<(), sqlx::Error> {
        match &self.engine {
            Engine::Sqlite { write, file, .. } => {
                let mut connection = write.acquire().await?;
                // The connection is not given up while it is the last that has the file.
                file.check().await?;
                // It may be given up at any moment, and the next one may write where this one may only read.
                connection.close_on_drop();
                // No lock is waited for, or whoever wants to write meanwhile would have to wait for this.
                let trial =
                    format!("pragma busy_timeout = 0; begin immediate; {WRITE_TRIAL}; commit");
                connection.execute(AssertSqlSafe(trial)).await?;
            }
            Engine::Postgres { pool, .. } => {
                // Statements that are sent together are one transaction.
                pool.execute(sqlx::raw_sql(WRITE_TRIAL)).await?;
            }
        }
        Ok(())
    }

    /// Opens it, as often as it takes.
    ///
    /// # Errors
    ///
    /// As [`Store::keep`].
    pub async fn open(&self) -> Result<(), Fatal> {
        loop {
            match migrate(&self.engine).await {
                Ok(()) => break,
                Err(MigrationError::Newer(schema)) => return Err(Fatal { schema }),
                Err(MigrationError::Failed(error)) => drop(self.health.failed(Use::Write, &error)),
            }
            sleep(LOOK).await;
        }
        self.health.worked(Use::Write);
        self.opened().await;
        Ok(())
    }

    /// Tries once to open it.
    ///
    /// # Errors
    ///
    /// If it cannot be used.
    pub async fn open_once(&self) -> anyhow::Result<()> {
        match migrate(&self.engine).await {
            Ok(()) => {
                self.opened().await;
                Ok(())
            }
            Err(MigrationError::Newer(schema)) => Err(Fatal { schema }.into()),
            Err(MigrationError::Failed(error)) => {
                Err(anyhow::Error::new(trouble_of(&error)).context(error.to_string()))
            }
        }
    }

    async fn opened(&self) {
        if let Engine::Sqlite { write, file, .. } = &self.engine {
            // From now on a file that is missing was deleted.
            write.set_connect_options((*write.connect_options()).clone().create_if_missing(false));
            if let Err(error) = file.check().await {
                self.health.failed(Use::Write, &error);
            }
        }
        self.is_ready.send_replace(true);
    }

    /// SQLite tells a connection by a number whether another one has changed the file. That which writes looks, so its own
    /// changes are not told.
    async fn look_at_file(
        &self,
        write: &SqlitePool,
        file: &DatabaseFile,
        version: &mut Option<i64>,
    ) {
        let found = async {
            let mut connection = write.acquire().await?;
            let found = sqlx::query_scalar::<_, i64>("pragma data_version");
            let found = found.fetch_one(&mut *connection).await?;
            if version.replace(found) != Some(found) {
                self.known.forget_all();
            }
            file.check().await
        };
        if let Err(error) = found.await {
            self.health.failed(Use::Write, &error);
        }
    }

    /// Listens to what other processes change, until that is no longer heard.
    async fn listen(&self, pool: &PgPool, process: &str) -> Result<(), sqlx::Error> {
        // A connection beside those of the pool, which may all be in use.
        let own = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(OPERATION_MAX)
            .connect_lazy_with((*pool.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.ignore_pool_close_event(true);
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        self.known.is_told(true);
        loop {
            match timeout(SILENCE_MAX, listener.try_recv()).await {
                Ok(Ok(Some(told))) => {
                    if let Some((guild, by)) = told.payload().split_once(' ')
                        && by != process
                    {
                        match parse_id(guild) {
                            Ok(guild) => self.known.forget(guild),
                            Err(_) => self.known.forget_all(),
                        }
                    }
                }
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(error),
                Err(_) => match timeout(REPLY_MAX, listener.execute("select 1")).await {
                    Ok(alive) => {
                        alive?;
                    }
                    Err(_) => return Err(sqlx::Error::PoolTimedOut),
                },
            }
        }
    }
}

/// Connects beside the pool, which says no more than that it has no connection. Whether it takes long is not looked at: a database
/// may be slow.
///
/// # Errors
///
/// If it refuses the connection, or nobody listens there.
async fn reach(pool: &PgPool) -> Result<(), sqlx::Error> {
    let options = pool.connect_options();
    match timeout(OPERATION_MAX, PgConnection::connect_with(&options)).await {
        Ok(reached) => drop(reached?),
        Err(_) => tracing::debug!("the database takes long to connect to"),
    }
    Ok(())
}
