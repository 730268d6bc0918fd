//! The store's two database engines, for tests that run on both.

use std::sync::Arc;

use dossier::guild::{GuildId, Settings, UserId};
use dossier::store::transfer::Lines;
use dossier::store::{Store, StoreUrl};
use futures_util::FutureExt;
use tokio::runtime::Runtime;
use tokio::time::{Duration, sleep};

use crate::local::Folder;
use crate::postgres::Postgres;

pub(crate) const GUILD: GuildId = GuildId::new(300_000_000_000_000_001);
pub(crate) const MEMBER: UserId = UserId::new(7);

/// One engine with a new database.
pub(crate) struct Engine {
    pub(crate) url: String,
    _folder: Folder,
    pub(crate) cluster: Option<Postgres>,
}

impl Engine {
    /// Both engines, or only SQLite if PostgreSQL is not installed.
    pub(crate) fn both() -> Vec<Self> {
        let folder = Folder::new();
        let sqlite = Self { url: folder.sqlite(), _folder: folder, cluster: None };
        let postgres = Postgres::start().map(|cluster| Self {
            url: cluster.url(),
            _folder: Folder::new(),
            cluster: Some(cluster),
        });
        std::iter::once(sqlite).chain(postgres).collect()
    }

    /// Executes a statement on a separate connection.
    pub(crate) async fn execute(&self, sql: &str) {
        use sqlx::Connection;
        if let Some(cluster) = &self.cluster {
            return drop(cluster.sql(sql));
        }
        let connection = sqlx::SqliteConnection::connect(&self.url).await;
        let mut connection = connection.expect("a database");
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await;
        done.expect("a statement");
    }

    /// A process of the bot: an open store with its background maintenance.
    pub(crate) async fn process(&self) -> Arc<Store> {
        let store = Store::new(&StoreUrl::parse(&self.url).expect("an address"));
        store.open().await.expect("a database");
        let kept = Arc::clone(&store);
        tokio::spawn(async move { kept.maintain().await });
        // Gives it time to start listening for changes.
        sleep(Duration::from_millis(100)).await;
        store
    }
}

/// The settings of a guild, if they are cached: otherwise they have to be waited for.
pub(crate) fn cached_settings(store: &Store, guild: GuildId) -> Option<Arc<Settings>> {
    store.settings(guild).now_or_never()?.ok()
}

/// Imports what `dossier settings import` reads from a file.
pub(crate) async fn import(store: &Store, file: &[u8]) -> anyhow::Result<u64> {
    store.import(Lines::new(file)?).await
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

pub(crate) fn on_both(test: impl AsyncFn(&Engine)) {
    for engine in Engine::both() {
        runtime().block_on(test(&engine));
    }
}
