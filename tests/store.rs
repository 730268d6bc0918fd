//! The store: one test suite for both engines, run with a SQLite file and with a PostgreSQL
//! cluster.

mod outages;
mod transfer;

use std::collections::HashSet;
use std::sync::Arc;

use crate::engine::{Engine, GUILD, MEMBER, cached_settings, import, on_both, runtime};
use dossier::guild::{Change, ChannelId, Elsewhere, GuildId, Rule, Rules, SettingValue, Settings};
use dossier::store::{
    AppliedChange, DEPARTED_RETENTION_SECONDS, SCHEMA_VERSION, ShardInfo, Store, StoreError,
    StoreUrl,
};
use tokio::time::{Duration, sleep};

const OTHER: GuildId = GuildId::new(300_000_000_000_000_002);

/// A backup with one row per table.
const BACKUP: [&str; 6] = [
    r#"{"dossier":"settings","schema":2}"#,
    r#"{"guild":{"guild_id":1,"elsewhere":"private","pace":0,"trouble_channel_id":9,"left_at":null}}"#,
    r#"{"channel_rule":{"guild_id":1,"channel_id":4,"rule":"allow"}}"#,
    r#"{"change_log":{"id":1,"guild_id":1,"at":5,"member_id":7,"what":"pace","about":null,"before":"0","after":"1"}}"#,
    r#"{"digest":{"id":3,"guild_id":1,"channel_id":4,"channel_name":"news","at_minute":540,"zone":"Europe/Kyiv","days":127,"content":"order","role_id":null,"publish":0,"is_paused":0,"paused_for":"","slot":"2026-11-25T09:00[Europe/Kyiv]","due":1795590027,"round":1,"refusals":0,"missed":0,"told":"","tell_at":null}}"#,
    r#"{"digest_run":{"digest_id":3,"slot":"now:1","due":5,"until":6,"state":"sent","owner":"","lease_until":0,"tried_at":5,"mark":11,"round":1,"entry":"demand/nato","channel_id":4,"message_id":8,"publish":"","publish_at":null,"fault":"","at":5}}"#,
];

async fn change(store: &Store, change: Change) -> AppliedChange {
    store.change(GUILD, MEMBER, 1_000, &change).await.expect("a change")
}

fn rule(channel: u64, rule: Rule) -> Change {
    SettingValue::Rule(ChannelId::new(channel), Some(rule)).into()
}

#[test]
fn changes_survive_a_restart() {
    on_both(async |engine| {
        let store = engine.process().await;
        assert_eq!(*store.settings(GUILD).await.expect("settings"), Settings::default());
        change(&store, rule(1, Rule::Allow)).await;
        change(&store, rule(2, Rule::Block)).await;
        change(&store, SettingValue::Elsewhere(Elsewhere::Refuse).into()).await;
        change(&store, SettingValue::Pace(5).into()).await;
        change(&store, SettingValue::Pictures(false).into()).await;
        let applied = change(
            &store,
            SettingValue::FailureChannel(Some(ChannelId::new(u64::MAX >> 1))).into(),
        )
        .await;
        let expected = Settings {
            rules: Rules::new([(ChannelId::new(1), Rule::Allow), (ChannelId::new(2), Rule::Block)]),
            elsewhere: Elsewhere::Refuse,
            pace: 5,
            failure_channel: Some(ChannelId::new(u64::MAX >> 1)),
            pictures: false,
        };
        assert_eq!(*applied.settings, expected);
        let other = engine.process().await;
        assert_eq!(*other.settings(GUILD).await.expect("settings"), expected);
        assert_eq!(*other.settings(OTHER).await.expect("settings"), Settings::default());
    });
}

#[test]
fn the_log_contains_only_actual_differences() {
    on_both(async |engine| {
        let store = engine.process().await;
        change(&store, rule(1, Rule::Allow)).await;
        assert!(change(&store, rule(1, Rule::Allow)).await.differences.is_empty());
        change(&store, rule(1, Rule::Block)).await;
        change(&store, Change::ClearRules).await;
        let lines = store.change_log(GUILD, 0, 2).await.expect("the log");
        assert_eq!(store.change_log_length(GUILD).await, Ok(3));
        let changes: Vec<(SettingValue, SettingValue)> = lines
            .iter()
            .map(|line| (line.difference.from.clone(), line.difference.to.clone()))
            .collect();
        let ruled = |rule| SettingValue::Rule(ChannelId::new(1), rule);
        assert_eq!(
            changes,
            [
                (ruled(Some(Rule::Block)), ruled(None)),
                (ruled(Some(Rule::Allow)), ruled(Some(Rule::Block)))
            ]
        );
        assert!(lines.iter().all(|line| (line.member, line.at) == (MEMBER, 1_000)));
        assert_eq!(store.change_log_length(OTHER).await, Ok(0));
    });
}

#[test]
fn erasing_a_guild_removes_all_of_its_data() {
    on_both(async |engine| {
        let store = engine.process().await;
        change(&store, rule(1, Rule::Allow)).await;
        store.change(OTHER, MEMBER, 1, &SettingValue::Pace(3).into()).await.expect("a change");
        store.erase_guild(GUILD).await.expect("an erasure");
        assert_eq!(*store.settings(GUILD).await.expect("settings"), Settings::default());
        assert_eq!(store.change_log_length(GUILD).await, Ok(0));
        assert_eq!(store.settings(OTHER).await.expect("settings").pace, 3);
    });
}

#[test]
fn the_log_is_bounded() {
    on_both(async |engine| {
        let store = engine.process().await;
        for number in 0..1_010_u64 {
            let pace = Change::from(SettingValue::Pace(if number % 2 == 0 { 1 } else { 2 }));
            store.change(GUILD, MEMBER, number as i64, &pace).await.expect("a change");
        }
        let lines = store.change_log(GUILD, 0, 1).await.expect("the log");
        assert_eq!(lines[0].at, 1_009);
        assert_eq!(store.change_log_length(GUILD).await, Ok(1_000));
    });
}

#[test]
fn concurrent_changes_of_two_processes_are_all_kept() {
    on_both(async |engine| {
        let (one, two) = (engine.process().await, engine.process().await);
        let changes = |store: Arc<Store>, first: u64| async move {
            for number in 0..20 {
                let applied =
                    store.change(GUILD, MEMBER, 1, &rule(first + number, Rule::Allow)).await;
                applied.expect("a change");
            }
        };
        tokio::join!(changes(Arc::clone(&one), 100), changes(Arc::clone(&two), 200));
        let settings = engine.process().await.settings(GUILD).await.expect("settings");
        assert_eq!(settings.rules.len(), 40);
    });
}

#[test]
fn a_change_is_seen_by_other_processes_within_a_second() {
    on_both(async |engine| {
        let (one, two) = (engine.process().await, engine.process().await);
        assert_eq!(two.settings(GUILD).await.expect("settings").pace, 0);
        change(&one, SettingValue::Pace(9).into()).await;
        assert_eq!(cached_settings(&one, GUILD).expect("its own change is known").pace, 9);
        sleep(Duration::from_millis(900)).await;
        assert_eq!(two.settings(GUILD).await.expect("settings").pace, 9);
        one.erase_guild(GUILD).await.expect("an erasure");
        sleep(Duration::from_millis(900)).await;
        assert_eq!(two.settings(GUILD).await.expect("settings").pace, 0);
    });
}

#[test]
fn a_guild_is_erased_thirty_days_after_the_departure() {
    on_both(async |engine| {
        let store = engine.process().await;
        change(&store, SettingValue::Pace(1).into()).await;
        store.change(OTHER, MEMBER, 1, &SettingValue::Pace(2).into()).await.expect("a change");
        store.record_departure(GUILD, 1_000).await.expect("a note");
        store.record_departure(GUILD, 9_000).await.expect("a note that changes nothing");
        assert_eq!(store.erase_departed(1_000 + DEPARTED_RETENTION_SECONDS - 1).await, Ok(0));
        store.clear_departure(GUILD, 0).await.expect("a note");
        assert_eq!(store.erase_departed(1_000 + DEPARTED_RETENTION_SECONDS).await, Ok(0));
        store.record_departure(GUILD, 1_000).await.expect("a note");
        assert_eq!(store.erase_departed(1_000 + DEPARTED_RETENTION_SECONDS).await, Ok(1));
        let fresh = engine.process().await;
        assert_eq!(fresh.settings(GUILD).await.expect("settings").pace, 0);
        assert_eq!(fresh.settings(OTHER).await.expect("settings").pace, 2);
    });
}

#[test]
fn an_erased_guild_is_removed_from_every_cache() {
    on_both(async |engine| {
        let (one, two) = (engine.process().await, engine.process().await);
        let pace = async |store: &Store| store.settings(GUILD).await.expect("settings").pace;
        change(&one, SettingValue::Pace(9).into()).await;
        sleep(Duration::from_millis(900)).await;
        assert_eq!((pace(&one).await, pace(&two).await), (9, 9));
        one.record_departure(GUILD, 1_000).await.expect("a note");
        assert_eq!(cached_settings(&one, GUILD), None);
        sleep(Duration::from_millis(900)).await;
        assert_eq!(cached_settings(&two, GUILD), None);
        // The settings are cached again before the departure is recorded a second time.
        assert_eq!((pace(&one).await, pace(&two).await), (9, 9));
        engine.execute("update guild set left_at = 1000").await;
        assert_eq!(one.erase_departed(1_000 + DEPARTED_RETENTION_SECONDS).await, Ok(1));
        assert_eq!(pace(&one).await, 0);
        sleep(Duration::from_millis(900)).await;
        assert_eq!(pace(&two).await, 0);
    });
}

#[test]
fn missed_departures_are_found_for_the_own_shards_only() {
    on_both(async |engine| {
        let store = engine.process().await;
        let guild = |number: u64| GuildId::new(number << 22);
        for number in 1..=8 {
            store
                .change(guild(number), MEMBER, 1, &SettingValue::Pace(1).into())
                .await
                .expect("a change");
        }
        let part = ShardInfo { id: 1, total: 2 };
        let present: HashSet<u64> = [guild(1).get(), guild(3).get()].into();
        assert_eq!(
            store.reconcile_guilds(part, &present, 1_000).await,
            Ok((2, 0)),
            "5 and 7 are gone"
        );
        assert_eq!(store.reconcile_guilds(part, &present, 2_000).await, Ok((0, 0)));
        let present: HashSet<u64> = [1, 3, 5].map(|number| guild(number).get()).into();
        assert_eq!(store.reconcile_guilds(part, &present, 2_000).await, Ok((0, 1)), "5 is back");
        assert_eq!(store.erase_departed(1_000 + DEPARTED_RETENTION_SECONDS).await, Ok(1));
    });
}

#[test]
fn an_invalid_row_is_ignored_and_never_misread() {
    on_both(async |engine| {
        let store = engine.process().await;
        import(&store, BACKUP.join("\n").as_bytes()).await.expect("an import");
        let guild = GuildId::new(1);
        for sql in [
            "insert into channel_rule (guild_id, channel_id, rule) values (1, 0, 'block')",
            "insert into change_log (guild_id, at, member_id, what, before, after) values (1, 6, 0, 'pace', '1', '2')",
            "update digest_run set message_id = 0",
            "insert into guild (guild_id, left_at) values (0, 1)",
        ] {
            engine.execute(sql).await;
        }
        let settings = store.settings(guild).await.expect("settings");
        assert_eq!(settings.rules, Rules::new([(ChannelId::new(4), Rule::Allow)]));
        assert_eq!(store.change_log(guild, 0, 9).await.expect("the log").len(), 1);
        assert_eq!(store.change_log_length(guild).await, Ok(2));
        let digests = store.digests(guild).await.expect("digests");
        assert_eq!(store.recent_runs(digests[0].id).await, Ok(Vec::new()));
        let shard = ShardInfo { id: 0, total: 1 };
        let present = HashSet::from([1]);
        assert_eq!(store.reconcile_guilds(shard, &present, 1_000).await, Ok((0, 0)));
        engine.execute("update digest set channel_id = 0").await;
        assert_eq!(store.digests(guild).await, Ok(Vec::new()));
        // An invalid guild row is an error instead, but does not affect other guilds.
        engine.execute("update guild set trouble_channel_id = 0 where guild_id = 1").await;
        let fresh = engine.process().await;
        assert_eq!(fresh.settings(guild).await, Err(StoreError::Damaged));
        assert_eq!(fresh.current_error(), None);
        assert_eq!(fresh.settings(OTHER).await.map(|settings| settings.pace), Ok(0));
    });
}

#[test]
fn a_newer_schema_is_refused_with_an_explanation() {
    for engine in Engine::both() {
        let newer = SCHEMA_VERSION + 1;
        let sql = format!(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values ({newer}, 'x', true, '', 0)"
        );
        runtime().block_on(async {
            drop(engine.process().await);
            engine.execute(&sql).await;
            let store = Store::new(&StoreUrl::parse(&engine.url).expect("an address"));
            let refused = store.open().await.expect_err("it is newer");
            let refused = refused.to_string();
            assert!(
                refused.contains(&format!("schema {newer}")) && refused.contains("store.url"),
                "{refused}"
            );
        });
    }
}
