//! Databases of earlier versions, on both engines, can be opened with all of their data.

use std::sync::Arc;

use crate::engine::{Engine, GUILD, MEMBER, runtime};
use dossier::digest::{Digest, DigestId, Fault, NextEntry, NoticeState, Plan, Publish, RunState};
use dossier::guild::{
    ChannelId, Elsewhere, GuildId, MessageId, Rule, Rules, SettingValue, Settings,
};
use dossier::store::{Store, StoreUrl};
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType};

/// The schema of version 0.1 for SQLite and PostgreSQL, and rows for every table.
const SCHEMA: [&str; 2] = [
    include_str!("fixtures/database-0.1/sqlite.sql"),
    include_str!("fixtures/database-0.1/postgres.sql"),
];
const ROWS: &str = include_str!("fixtures/database-0.1/rows.sql");

const MORNING: i64 = 4_503_599_627_370_497;
const EVENING: i64 = 4_503_599_627_370_501;

fn digest_id(number: i64) -> DigestId {
    DigestId::from_number(number).expect("an id")
}

/// Runs a test with a database of version 0.1 opened by this version.
fn with_version_0_1(test: impl AsyncFn(&Arc<Store>)) {
    for (engine, schema) in Engine::both().into_iter().zip(SCHEMA) {
        runtime().block_on(async {
            if engine.cluster.is_none() {
                let path = engine.url.strip_prefix("sqlite:").expect("a path");
                std::fs::write(path, "").expect("a file");
            }
            engine.execute(schema).await;
            engine.execute(ROWS).await;
            let store = Store::new(&StoreUrl::parse(&engine.url).expect("an address"));
            store.open_once().await.expect("a database");
            test(&store).await;
        });
    }
}

#[test]
fn settings_and_the_change_log_of_version_0_1_are_read() {
    with_version_0_1(async |store| {
        let expected = Settings {
            rules: Rules::new([
                (ChannelId::new(300_000_000_000_000_004), Rule::Allow),
                (ChannelId::new(300_000_000_000_000_005), Rule::Block),
            ]),
            elsewhere: Elsewhere::Refuse,
            pace: 5,
            failure_channel: Some(ChannelId::new(300_000_000_000_000_009)),
            pictures: true,
        };
        assert_eq!(*store.settings(GUILD).await.expect("settings"), expected);
        assert_eq!(store.change_log(GUILD, 0, 20).await.expect("the log").len(), 7);
        let other = GuildId::new(300_000_000_000_000_002);
        assert_eq!(store.erase_departed(1_795_000_000 + 40 * 86_400).await, Ok(1));
        assert_eq!(*store.settings(other).await.expect("settings"), Settings::default());
    });
}

#[test]
fn digests_of_version_0_1_are_read_with_their_runs() {
    with_version_0_1(async |store| {
        let digests: Vec<Digest> = store.digests(GUILD).await.expect("digests");
        let [morning, evening] = &digests[..] else {
            panic!("{digests:?}");
        };
        assert_eq!((morning.id, evening.id), (digest_id(MORNING), digest_id(EVENING)));
        assert_eq!((morning.next, morning.missed), (Some(1_795_590_000), 3));
        let refused = Fault::Refused { status: 403, code: 50_013 };
        assert_eq!((evening.paused_for, evening.notice), (Some(refused), NoticeState::Sent));
        assert_eq!(
            evening.plan().to_string(),
            "300000000000000005 21:30 America/New_York mon,wed kind:term 300000000000000021 true"
        );
        let runs = store.recent_runs(digest_id(MORNING)).await.expect("runs");
        let mut states: Vec<&str> = runs.iter().map(|run| run.state.name()).collect();
        states.sort_unstable();
        assert_eq!(states, ["open", "sent", "skipped", "unknown"]);
        let runs = store.recent_runs(digest_id(EVENING)).await.expect("runs");
        let sent = runs.iter().find(|run| run.state == RunState::Sent).expect("a run");
        assert_eq!(sent.publish, Publish::Done);
        assert_eq!(sent.message, Some(MessageId::new(300_000_000_000_000_102)));
        let draft =
            store.find_draft(GUILD, MEMBER, 1_795_503_100, digest_id(4_503_599_627_370_601));
        let draft = draft.await.expect("drafts").expect("a draft");
        assert_eq!(draft.planned.plan.at.to_string(), "10:15");
    });
}

#[test]
fn a_database_of_version_0_1_continues_where_it_left_off() {
    with_version_0_1(async |store| {
        let now = 1_795_590_060;
        let left = store.claim_expired(now, 9).await.expect("runs");
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].nonce, &*left[0].entry), (13, "demand/demilitarization"));
        let choose = |_: &Plan, _, posted: &std::collections::HashSet<String>| {
            assert!(posted.contains("demand/nato") && posted.contains("demand/withdrawal"));
            Some(NextEntry { entry: "demand/cap".to_owned(), restarts: false })
        };
        let due = store.claim(now, 6 * 3_600, 9, &choose).await.expect("runs");
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].slot, "2026-11-25T09:00[Europe/Kyiv]");
        let change = store.change(GUILD, MEMBER, now, &SettingValue::Pace(7).into()).await;
        assert_eq!(change.expect("a change").settings.pace, 7);
        let mut file = Vec::new();
        assert_eq!(store.export(&mut file).await.expect("an export"), 2 + 3 + 8 + 3 + 7);
    });
}

#[test]
fn released_migrations_never_change() {
    const RELEASED: [[&str; 2]; 2] = [
        [
            include_str!("../src/store/migrations/sqlite/0001_guild_settings.sql"),
            include_str!("../src/store/migrations/sqlite/0002_digests.sql"),
        ],
        [
            include_str!("../src/store/migrations/postgres/0001_guild_settings.sql"),
            include_str!("../src/store/migrations/postgres/0002_digests.sql"),
        ],
    ];
    for (schema, migrations) in SCHEMA.into_iter().zip(RELEASED) {
        for sql in migrations {
            let kind = MigrationType::Simple;
            let migration = Migration::new(1, "".into(), kind, sql.into_sql_str(), false);
            let checksum: String =
                migration.checksum.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(schema.contains(&checksum), "{sql}");
        }
    }
}
