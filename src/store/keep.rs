//! What goes on in the background: the store is opened, looked after, and told what other processes change.

use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{Executor, PgPool, SqlitePool};
use tokio::time::{sleep, timeout};

use super::migrate::{SCHEMA, Unmigrated, migrate};
use super::trouble::trouble_of;
use super::{Engine, Store};
use crate::guild::GuildId;
use crate::store::health::Use;

/// How often it is looked whether the database is there, and, with SQLite, whether another program has changed it.
const LOOK: Duration = Duration::from_millis(500);

/// How long the connection that listens may be silent before it is asked whether it is still there.
const SILENCE_MAX: Duration = Duration::from_secs(3);

/// How long it may take to say so.
const REPLY_MAX: Duration = Duration::from_secs(2);

/// What processes tell each other by: a server's id, and who has changed its settings.
pub(super) const CHANNEL: &str = "dossier_settings";

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
    pub async fn keep(&self) -> Result<std::convert::Infallible, Fatal> {
        self.open().await?;
        match &self.engine {
            Engine::Sqlite { write, .. } => {
                let mut version = None;
                loop {
                    self.look_at_file(write, &mut version).await;
                    sleep(LOOK).await;
                }
            }
            Engine::Postgres { pool, process } => loop {
                if let Err(error) = self.listen(pool, process).await {
                    self.health.failed(Use::Read, &error);
                }
                // What others change is not heard from now on.
                self.known.is_told(false);
                sleep(LOOK).await;
            },
        }
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
                Err(Unmigrated::Newer(schema)) => return Err(Fatal { schema }),
                Err(Unmigrated::Failed(error)) => drop(self.health.failed(Use::Write, &error)),
            }
            sleep(LOOK).await;
        }
        self.health.worked(Use::Write);
        self.is_ready.send_replace(true);
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
                self.is_ready.send_replace(true);
                Ok(())
            }
            Err(Unmigrated::Newer(schema)) => Err(Fatal { schema }.into()),
            Err(Unmigrated::Failed(error)) => {
                Err(anyhow::Error::new(trouble_of(&error)).context(error.to_string()))
            }
        }
    }

    /// SQLite tells a connection by a number whether another one has changed the file. That which writes looks, so its own
    /// changes are not told.
    async fn look_at_file(&self, write: &SqlitePool, version: &mut Option<i64>) {
        let found = sqlx::query_scalar::<_, i64>("pragma data_version")
            .fetch_one(write)
            .await;
        match found {
            Ok(found) => {
                self.health.returned();
                if version.replace(found) != Some(found) {
                    self.known.forget_all();
                }
            }
            Err(error) => drop(self.health.failed(Use::Read, &error)),
        }
    }

    /// Listens to what other processes change, until that is no longer heard.
    async fn listen(&self, pool: &PgPool, process: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.ignore_pool_close_event(true);
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        self.known.is_told(true);
        self.health.returned();
        loop {
            match timeout(SILENCE_MAX, listener.try_recv()).await {
                Ok(Ok(Some(told))) => {
                    if let Some((guild, by)) = told.payload().split_once(' ')
                        && by != process
                    {
                        match guild.parse() {
                            Ok(guild) => self.known.forget(GuildId(guild)),
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
