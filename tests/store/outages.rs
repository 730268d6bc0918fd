//! Databases that are down, slow, locked, full, damaged or deleted.

use std::sync::Arc;

use super::{OTHER, change};
use crate::engine::{Engine, GUILD, MEMBER, cached_settings, on_both, runtime};
use crate::local::Folder;
use crate::postgres::Postgres;
use crate::proxy::Proxy;
use dossier::guild::{GuildId, SettingValue, Settings};
use dossier::store::{DEPARTED_RETENTION_SECONDS, Store, StoreError, StoreUrl};
use tokio::time::{Duration, sleep};

#[test]
fn lookups_fail_at_once_while_the_database_is_down_and_recover_afterwards() {
    let Some(engine) = Engine::both().pop().filter(|engine| engine.cluster.is_some()) else {
        return;
    };
    let cluster = engine.cluster.as_ref().expect("a cluster");
    runtime().block_on(async {
        let store = engine.process().await;
        change(&store, SettingValue::Pace(4).into()).await;
        assert!(cached_settings(&store, GUILD).is_some());
        cluster.stop("immediate");
        wait_until(|| store.current_error().is_some()).await;
        assert_eq!(cached_settings(&store, GUILD), None, "what changes is not heard any more");
        let began = tokio::time::Instant::now();
        for _ in 0..50 {
            assert_eq!(store.settings(GUILD).await, Err(StoreError::Unreachable));
        }
        assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for what is gone");
        cluster.resume();
        wait_until(|| store.current_error().is_none()).await;
        assert_eq!(store.settings(GUILD).await.expect("settings").pace, 4);
        change(&store, SettingValue::Pace(5).into()).await;
        assert_eq!(cached_settings(&store, GUILD).expect("it listens again").pace, 5);
    });
}

/// Runs a test with a store that connects to PostgreSQL through a proxy.
fn with_proxy(test: impl AsyncFn(&Store, &Proxy, &Postgres)) {
    let Some(engine) = Engine::both().pop().filter(|engine| engine.cluster.is_some()) else {
        return;
    };
    runtime().block_on(async {
        let cluster = engine.cluster.as_ref().expect("a cluster");
        let proxy = Proxy::start(cluster.port()).await;
        let url = cluster.url().replace(&cluster.port().to_string(), &proxy.port.to_string());
        let store = Store::new(&StoreUrl::parse(&url).expect("an address"));
        store.open().await.expect("a database");
        let kept = Arc::clone(&store);
        tokio::spawn(async move { kept.maintain().await });
        change(&store, SettingValue::Pace(4).into()).await;
        test(&store, &proxy, cluster).await;
    });
}

/// Loads the uncached settings of this many guilds concurrently.
async fn look_up(store: &Store, servers: u64) -> Vec<Result<Arc<Settings>, StoreError>> {
    let lookups = (1..=servers).map(|server| store.settings(GuildId::new(server)));
    futures_util::future::join_all(lookups).await
}

async fn recovers_within(store: &Store, within: Duration) {
    let recovered = tokio::time::timeout(within, async {
        // The pool may still contain a broken connection, which is discarded by the next query.
        while store.current_error().is_some() || store.settings(OTHER).await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    assert!(recovered.await.is_ok(), "{:?}", store.current_error());
    assert_eq!(store.settings(OTHER).await.map(|settings| settings.pace), Ok(0));
    change(store, SettingValue::Pace(5).into()).await;
}

#[test]
fn a_locked_table_is_not_mistaken_for_an_outage() {
    use sqlx::Connection;
    with_proxy(async |store, _, cluster| {
        let mut locker = sqlx::PgConnection::connect(&cluster.url()).await.expect("a database");
        let locked = sqlx::raw_sql("begin; lock table guild in access exclusive mode");
        locked.execute(&mut locker).await.expect("a lock");
        for found in look_up(store, 20).await {
            assert_eq!(found, Err(StoreError::TooSlow));
        }
        sleep(Duration::from_secs(2)).await;
        locker.close().await.expect("no lock");
        recovers_within(store, Duration::from_secs(5)).await;
    });
}

#[test]
fn overload_of_a_slow_database_is_not_mistaken_for_an_outage() {
    with_proxy(async |store, proxy, _| {
        proxy.delay(Duration::from_millis(20));
        let found = look_up(store, 900).await;
        assert!(found.iter().any(Result::is_ok));
        assert!(found.iter().all(|found| matches!(found, Ok(_) | Err(StoreError::TooSlow))));
        recovers_within(store, Duration::from_secs(5)).await;
    });
}

#[test]
fn a_stalled_database_is_used_again_within_five_seconds() {
    with_proxy(async |store, proxy, _| {
        proxy.pause(true);
        for _ in 0..4 {
            let found = look_up(store, 20).await;
            assert!(found.iter().all(Result::is_err));
        }
        assert!(store.current_error().is_some());
        assert_eq!(cached_settings(store, GUILD), None, "what changes is not heard any more");
        proxy.pause(false);
        recovers_within(store, Duration::from_secs(5)).await;
        while cached_settings(store, GUILD).is_none() {
            sleep(Duration::from_millis(100)).await;
            store.settings(GUILD).await.expect("settings");
        }
    });
}

#[test]
fn connections_dropped_by_the_network_are_replaced() {
    with_proxy(async |store, proxy, _| {
        look_up(store, 20).await;
        proxy.drop_silently();
        let found = look_up(store, 20).await;
        assert!(found.iter().any(Result::is_ok), "a lookup waits for a new connection: {found:?}");
        recovers_within(store, Duration::from_secs(5)).await;
    });
}

async fn wait_until(holds: impl Fn() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("waited in vain");
}

/// Locks a SQLite file against changes by other connections.
async fn lock(url: &str) -> sqlx::SqliteConnection {
    use sqlx::Connection;
    let mut locker = sqlx::SqliteConnection::connect(url).await.expect("a database");
    sqlx::query("begin exclusive").execute(&mut locker).await.expect("a lock");
    locker
}

async fn unlock(mut locker: sqlx::SqliteConnection) {
    sqlx::query("rollback").execute(&mut locker).await.expect("no lock");
}

#[test]
fn a_locked_file_is_reported_but_can_still_be_read() {
    let folder = Folder::new();
    let url = folder.sqlite();
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&url).expect("an address"));
        store.open().await.expect("a database");
        change(&store, SettingValue::Pace(4).into()).await;
        let locker = lock(&url).await;
        let refused = store.change(GUILD, MEMBER, 1, &SettingValue::Pace(5).into()).await;
        assert_eq!(refused, Err(StoreError::Locked));
        assert_eq!(store.current_error(), Some(StoreError::Locked));
        assert_eq!(store.settings(GUILD).await.expect("settings").pace, 4);
        unlock(locker).await;
        change(&store, SettingValue::Pace(6).into()).await;
        assert_eq!(store.current_error(), None);
    });
}

#[test]
fn a_departure_that_cannot_be_cleared_is_cleared_by_a_later_use() {
    let folder = Folder::new();
    let url = folder.sqlite();
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&url).expect("an address"));
        store.open().await.expect("a database");
        change(&store, SettingValue::Pace(4).into()).await;
        store.record_departure(GUILD, 1_000).await.expect("a note");
        let locker = lock(&url).await;
        assert_eq!(store.settings(GUILD).await.expect("it can be read").pace, 4);
        unlock(locker).await;
        assert_eq!(store.settings(GUILD).await.expect("settings").pace, 4);
        assert_eq!(store.erase_departed(1_000 + DEPARTED_RETENTION_SECONDS).await, Ok(0));
    });
}

#[test]
fn recovered_writability_is_detected_without_a_write() {
    on_both(async |engine| {
        let store = engine.process().await;
        change(&store, SettingValue::Pace(4).into()).await;
        let mut before = Vec::new();
        store.export(&mut before).await.expect("an export");
        let mut locker = None;
        let trouble = match &engine.cluster {
            Some(cluster) => {
                cluster.sql("alter system set default_transaction_read_only = on");
                cluster.sql("select pg_reload_conf()");
                sleep(Duration::from_millis(500)).await;
                StoreError::ReadOnly
            }
            None => {
                locker = Some(lock(&engine.url).await);
                StoreError::Locked
            }
        };
        let refused = store.change(GUILD, MEMBER, 1, &SettingValue::Pace(5).into()).await;
        assert_eq!(refused, Err(trouble));
        sleep(Duration::from_secs(4)).await;
        assert_eq!(store.current_error(), Some(trouble), "it was tried, in vain");
        if let Some(cluster) = &engine.cluster {
            cluster.sql("alter system reset default_transaction_read_only");
            cluster.sql("select pg_reload_conf()");
        }
        drop(locker);
        wait_until(|| store.current_error().is_none()).await;
        let mut after = Vec::new();
        store.export(&mut after).await.expect("an export");
        assert!(before == after, "nothing is left of what was tried");
    });
}

#[test]
fn a_damaged_file_is_reported() {
    let folder = Folder::new();
    let path = folder.0.join("dossier.db");
    std::fs::write(
        &path,
        b"this is no database, and never was one; not at all, whatever its name".repeat(100),
    )
    .expect("a file");
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
        let opening = Arc::clone(&store);
        tokio::spawn(async move { opening.open().await });
        assert_eq!(
            store.settings(GUILD).await,
            Err(StoreError::Damaged),
            "who came before it was known is told so, too"
        );
        let began = tokio::time::Instant::now();
        for _ in 0..20 {
            assert_eq!(store.settings(GUILD).await, Err(StoreError::Damaged));
            let refused = store.change(GUILD, MEMBER, 1, &SettingValue::Pace(5).into()).await;
            assert_eq!(refused, Err(StoreError::Damaged));
        }
        assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for what is known");
        assert_eq!(store.current_error(), Some(StoreError::Damaged));
        std::fs::remove_file(&path).expect("a file to remove");
        wait_until(|| store.current_error().is_none()).await;
        change(&store, SettingValue::Pace(6).into()).await;
    });
}

#[test]
fn a_closed_file_is_complete_without_its_write_ahead_log() {
    let folder = Folder::new();
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
        store.open().await.expect("a database");
        change(&store, SettingValue::Pace(4).into()).await;
        store.settings(OTHER).await.expect("settings");
        store.close().await;
        let log = std::fs::metadata(folder.0.join("dossier.db-wal"));
        assert!(log.is_err() || log.is_ok_and(|log| log.len() == 0));
    });
}

/// A store with a change in it, and the path of its file.
async fn open_store(folder: &Folder) -> (Arc<Store>, std::path::PathBuf) {
    let store = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
    store.open().await.expect("a database");
    change(&store, SettingValue::Pace(4).into()).await;
    let kept = Arc::clone(&store);
    tokio::spawn(async move { kept.maintain().await });
    (store, folder.0.join("dossier.db"))
}

#[test]
fn nothing_is_acknowledged_while_the_file_is_deleted_or_replaced() {
    let log = |path: &std::path::Path| path.with_extension("db-wal");
    let elsewhere = |path: &std::path::Path| path.with_extension("elsewhere");
    type Spoil = fn(&std::path::Path);
    let spoils: [Spoil; 2] = [|_| {}, |path| std::fs::write(path, "another one").expect("a file")];
    for (of, spoil) in [(false, spoils[0]), (false, spoils[1]), (true, spoils[0])] {
        let folder = Folder::new();
        runtime().block_on(async {
            let (store, path) = open_store(&folder).await;
            let path = if of { log(&path) } else { path };
            std::fs::rename(&path, elsewhere(&path)).expect("a file");
            spoil(&path);
            let refused = store.change(GUILD, MEMBER, 1, &SettingValue::Pace(5).into()).await;
            assert_eq!(refused, Err(StoreError::Moved));
            assert_eq!(store.current_error(), Some(StoreError::Moved));
            let refused = store.change(GUILD, MEMBER, 1, &SettingValue::Pace(6).into()).await;
            assert_eq!(refused, Err(StoreError::Moved));
            std::fs::rename(elsewhere(&path), &path).expect("a file");
            wait_until(|| store.current_error().is_none()).await;
            change(&store, SettingValue::Pace(7).into()).await;
            store.close().await;
            let (store, _) = open_store(&folder).await;
            assert_eq!(
                store.change_log_length(GUILD).await.expect("the log"),
                3,
                "4, 7, and 4 again"
            );
        });
    }
}

#[test]
fn a_deleted_file_is_detected_without_a_write() {
    let folder = Folder::new();
    runtime().block_on(async {
        let (store, path) = open_store(&folder).await;
        std::fs::remove_file(path).expect("a file");
        wait_until(|| store.current_error() == Some(StoreError::Moved)).await;
    });
}

#[test]
fn a_file_damaged_while_open_is_detected() {
    type Spoil = fn(&std::fs::File) -> std::io::Result<()>;
    let overwrite: Spoil = |file| std::os::unix::fs::FileExt::write_all_at(file, &[b'x'; 64], 0);
    // An empty file is a valid database without tables, so it counts as replaced.
    let empty: Spoil = |file| file.set_len(0);
    for (spoil, trouble) in [(overwrite, StoreError::Damaged), (empty, StoreError::Moved)] {
        let folder = Folder::new();
        runtime().block_on(async {
            let (store, path) = open_store(&folder).await;
            // Empties the write-ahead log, which could otherwise hide the damage.
            let checkpoint = async {
                use sqlx::Connection;
                let mut other = sqlx::SqliteConnection::connect(&folder.sqlite()).await?;
                sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut other).await?;
                other.close().await
            };
            checkpoint.await.expect("a database");
            let file = std::fs::File::options().write(true).open(path).expect("a file");
            spoil(&file).expect("a file");
            let refused = store.change(GUILD, MEMBER, 1, &SettingValue::Pace(5).into()).await;
            assert_eq!(refused, Err(trouble));
            assert_eq!(store.current_error(), Some(trouble));
        });
    }
}
