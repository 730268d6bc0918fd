//! Inspects the database for `dossier check --online`, without creating or migrating anything.

use std::fs::OpenOptions;

use anyhow::{Context, ensure};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tokio::time::timeout;

use super::column::params;
use super::engine::{BUSY_TIMEOUT, Engine};
use super::migrate::{SCHEMA_VERSION, schema_version};
use super::query::{DbRow, FromRow, parse_rows};
use super::{NewerSchema, OPERATION_TIMEOUT, Result, Store, StoreError};
use crate::guild::{ChannelId, GuildId};

/// Fails if the file is not a database.
const READ_SQLITE: &str = "select count(*) from sqlite_schema";

/// Since PostgreSQL 15, only the owner of a database may create tables in its public schema:
/// https://www.postgresql.org/docs/15/release-15.html
const CAN_CREATE_TABLES: &str =
    "select 'yes' where has_schema_privilege(current_schema(), 'create')";

const POSTING_CHANNELS: &str = "select guild_id, channel_id, max(has_digest) as has_digest from (
         select digest.guild_id as guild_id, channel_id, cast(1 as bigint) as has_digest
         from digest join guild on guild.guild_id = digest.guild_id
         where left_at is null and (is_paused = 0 or paused_for <> '')
         union all select guild_id, trouble_channel_id, cast(0 as bigint)
         from guild where trouble_channel_id is not null and left_at is null
     ) as posting group by guild_id, channel_id order by guild_id, channel_id";

/// The state of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inspection {
    /// It is empty; the first start creates the tables.
    New,
    /// Its schema is of an earlier version; the next start migrates it.
    Outdated(i64),
    /// It is readable and writable.
    Current,
}

/// A channel in which the bot posts on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostingChannel {
    pub guild: GuildId,
    pub channel: ChannelId,
    /// Whether digests are posted there; otherwise only failures are reported.
    pub has_digest: bool,
}

impl FromRow for PostingChannel {
    fn from_row(row: &DbRow) -> sqlx::Result<Self> {
        Ok(Self {
            guild: row.get("guild_id")?,
            channel: row.get("channel_id")?,
            has_digest: row.get("has_digest")?,
        })
    }
}

impl Store {
    /// Checks whether the database is usable, after [`StoreUrl::check_access`](super::StoreUrl::check_access).
    pub async fn inspect(&self) -> anyhow::Result<Inspection> {
        match &self.engine {
            Engine::Sqlite { file, .. } if !file.path().exists() => return Ok(Inspection::New),
            Engine::Sqlite { .. } => {
                self.engine.fetch_all(READ_SQLITE, params![]).await.map_err(explain)?;
            }
            Engine::Postgres(pool) => {
                // The pool's errors hide why it has no connection.
                let connection = PgConnection::connect_with(&pool.connect_options()).await;
                connection.map_err(explain)?;
            }
        }
        match schema_version(&self.engine).await {
            Some(SCHEMA_VERSION) => {
                // The bot may be writing.
                let written = timeout(OPERATION_TIMEOUT, self.probe_write(BUSY_TIMEOUT)).await;
                written.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(explain)?;
                self.on_open().await;
                Ok(Inspection::Current)
            }
            Some(version) if version > SCHEMA_VERSION => Err(NewerSchema { version }.into()),
            version => {
                self.require_migratable().await?;
                Ok(version.map_or(Inspection::New, Inspection::Outdated))
            }
        }
    }

    /// The channels in which the bot posts on its own, except those of guilds that it has left and
    /// of digests that a moderator paused. Requires [`Inspection::Current`].
    pub async fn posting_channels(&self) -> Result<Vec<PostingChannel>> {
        Ok(parse_rows(&self.fetch_all(POSTING_CHANNELS, params![]).await?, "digest"))
    }

    async fn require_migratable(&self) -> anyhow::Result<()> {
        match &self.engine {
            Engine::Sqlite { file, .. } => {
                let path = file.path();
                let opened = OpenOptions::new().write(true).open(path);
                opened.map(drop).with_context(|| format!("write {}", path.display()))
            }
            Engine::Postgres(_) => {
                let allowed = self.engine.fetch_all(CAN_CREATE_TABLES, params![]).await;
                ensure!(
                    !allowed.map_err(explain)?.is_empty(),
                    "its user may not create tables; make it the owner of the database, as with `createdb --owner`"
                );
                Ok(())
            }
        }
    }
}

/// The error for users, with its cause.
pub(super) fn explain(error: sqlx::Error) -> anyhow::Error {
    anyhow::Error::new(StoreError::from(&error)).context(error.to_string())
}
