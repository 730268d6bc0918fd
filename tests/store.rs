//! The store: one test suite for both engines, run with a SQLite file and with a PostgreSQL
//! cluster.

use std::collections::HashSet;
use std::sync::Arc;

use crate::engine::{Engine, GUILD, MEMBER, on_both, runtime};
use crate::local::Folder;
use crate::postgres::Postgres;
use crate::proxy::Proxy;
use dossier::guild::{Change, ChannelId, Elsewhere, GuildId, Rule, Rules, Settings, Value};
use dossier::store::StoreError;
use dossier::store::{
    AppliedChange, DEPARTED_RETENTION_SECONDS, SCHEMA_VERSION, ShardInfo, Store, StoreUrl,
};
use tokio::time::{Duration, sleep};

const OTHER: GuildId = GuildId::new(300_000_000_000_000_002);

async fn change(store: &Store, change: Change) -> AppliedChange {
    store.change(GUILD, MEMBER, 1_000, &change).await.expect("a change")
}

fn rule(channel: u64, rule: Rule) -> Change {
    Value::Rule(ChannelId::new(channel), Some(rule)).into()
}

#[test]
fn changes_survive_a_restart() {
    on_both(async |engine| {
        let store = engine.process().await;
        assert_eq!(*store.settings(GUILD).await.expect("settings"), Settings::default());
        change(&store, rule(1, Rule::Allow)).await;
        change(&store, rule(2, Rule::Block)).await;
        change(&store, Value::Elsewhere(Elsewhere::Refuse).into()).await;
        change(&store, Value::Pace(5).into()).await;
        change(&store, Value::Pictures(false).into()).await;
        let applied =
            change(&store, Value::FailureChannel(Some(ChannelId::new(u64::MAX >> 1))).into()).await;
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
        let (lines, total) = store.change_log(GUILD, 0, 2).await.expect("the log");
        assert_eq!(total, 3);
        let changes: Vec<(Value, Value)> = lines
            .iter()
            .map(|line| (line.difference.from.clone(), line.difference.to.clone()))
            .collect();
        let ruled = |rule| Value::Rule(ChannelId::new(1), rule);
        assert_eq!(
            changes,
            [
                (ruled(Some(Rule::Block)), ruled(None)),
                (ruled(Some(Rule::Allow)), ruled(Some(Rule::Block)))
            ]
        );
        assert!(lines.iter().all(|line| (line.member, line.at) == (MEMBER, 1_000)));
        assert_eq!(store.change_log(OTHER, 0, 10).await.expect("the log").1, 0);
    });
}

#[test]
fn erasing_a_guild_removes_all_of_its_data() {
    on_both(async |engine| {
        let store = engine.process().await;
        change(&store, rule(1, Rule::Allow)).await;
        store.change(OTHER, MEMBER, 1, &Value::Pace(3).into()).await.expect("a change");
        store.erase_guild(GUILD).await.expect("an erasure");
        assert_eq!(*store.settings(GUILD).await.expect("settings"), Settings::default());
        assert_eq!(store.change_log(GUILD, 0, 10).await.expect("the log").1, 0);
        assert_eq!(store.settings(OTHER).await.expect("settings").pace, 3);
    });
}

#[test]
fn the_log_is_bounded() {
    on_both(async |engine| {
        let store = engine.process().await;
        for number in 0..1_010_u64 {
            let pace = Change::from(Value::Pace(if number % 2 == 0 { 1 } else { 2 }));
            store.change(GUILD, MEMBER, number as i64, &pace).await.expect("a change");
        }
        let (lines, total) = store.change_log(GUILD, 0, 1).await.expect("the log");
        assert_eq!((total, lines[0].at), (1_000, 1_009));
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
        change(&one, Value::Pace(9).into()).await;
        assert_eq!(one.cached_settings(GUILD).expect("its own change is known").pace, 9);
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
        change(&store, Value::Pace(1).into()).await;
        store.change(OTHER, MEMBER, 1, &Value::Pace(2).into()).await.expect("a change");
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
        change(&one, Value::Pace(9).into()).await;
        sleep(Duration::from_millis(900)).await;
        assert_eq!((pace(&one).await, pace(&two).await), (9, 9));
        one.record_departure(GUILD, 1_000).await.expect("a note");
        assert_eq!(one.cached_settings(GUILD), None);
        sleep(Duration::from_millis(900)).await;
        assert_eq!(two.cached_settings(GUILD), None);
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
            store.change(guild(number), MEMBER, 1, &Value::Pace(1).into()).await.expect("a change");
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
fn settings_can_be_transferred_between_engines_and_back() {
    let engines = Engine::both();
    let [sqlite, postgres] = &engines[..] else {
        return;
    };
    runtime().block_on(async {
        let from = sqlite.process().await;
        for number in 1..=1_200 {
            let guild = GuildId::new(number);
            from.change(guild, MEMBER, 5, &rule(number, Rule::Allow)).await.expect("a change");
        }
        from.record_departure(GuildId::new(3), 77).await.expect("a note");
        let mut file = Vec::new();
        let count = from.export(&mut file).await.expect("an export");
        assert_eq!(count, 3 * 1_200);
        let to = postgres.process().await;
        assert_eq!(to.import(&file[..]).await.expect("an import"), count);
        let again = to.import(&file[..]).await.expect_err("it is not empty any more");
        assert!(again.to_string().contains("not empty"), "{again:#}");
        // Generated ids continue after the imported ones.
        to.change(GuildId::new(1), MEMBER, 6, &Value::Pace(1).into()).await.expect("a change");
        let mut second = Vec::new();
        to.export(&mut second).await.expect("an export");
        let back = Folder::new();
        let back = Store::new(&StoreUrl::parse(&back.sqlite()).expect("an address"));
        back.open().await.expect("a database");
        assert_eq!(back.import(&second[..]).await.expect("an import"), count + 1);
        let mut third = Vec::new();
        back.export(&mut third).await.expect("an export");
        assert!(second == third, "it comes back as it went");
    });
}

#[test]
fn an_invalid_backup_is_not_imported_at_all() {
    let head = r#"{"dossier":"settings","schema":1}"#;
    let guild = r#"{"guild":{"guild_id":1,"elsewhere":"private","pace":0,"trouble_channel_id":null,"left_at":null}}"#;
    on_both(async |engine| {
        let store = engine.process().await;
        for (file, why) in [
            (String::new(), "the file is empty"),
            ("{}".to_owned(), "no file that"),
            (r#"{"dossier":"settings","schema":999}"#.to_owned(), "newer version"),
            (format!("{head}\n{guild}\nnonsense"), "line 3"),
            (format!("{head}\n{guild}\n{{\"secrets\":{{}}}}"), "line 3"),
            (
                format!("{head}\n{guild}\n{guild}"),
                "line 3: the file has a row of `guild` with this guild_id already",
            ),
            (
                format!(
                    "{head}\n{{\"channel_rule\":{{\"guild_id\":1,\"channel_id\":4,\"rule\":\"allow\"}}}}"
                ),
                "line 2: this row of `channel_rule` belongs to a row that is not in the file",
            ),
            (format!("{head}\n{}", guild.replace("\"pace\":0", "\"pace\":\"x\"")), "line 2"),
            (
                format!("{head}\n{}", guild.replace("\"pace\":0", "\"pace\":99")),
                "99, and has to be a number from 0 to 60",
            ),
            (format!("{head}\n{}", guild.replace("pace", "space")), "line 2"),
            (
                format!("{head}\n{}", guild.replace("\"pace\":0", "\"pace\":0,\"p\\u0061ce\":1")),
                "line 2: the key `pace` stands there twice",
            ),
            (
                format!("{head}\n{guild}\n{{\"guild\":{{}},\"guild\":{{}}}}"),
                "line 3: the key `guild` stands there twice",
            ),
            (
                head.replace("\"schema\":1", "\"schema\":1,\"schema\":999"),
                "line 1: the key `schema` stands there twice",
            ),
            (format!("{head}\n{guild}\n{}", "x".repeat(70_000)), "line 3"),
        ] {
            let refused = store.import(file.as_bytes()).await.expect_err("a fault");
            assert!(format!("{refused:#}").contains(why), "{file}: {refused:#}");
        }
        assert_eq!(
            store.import(format!("{head}\n{guild}\n").as_bytes()).await.expect("an import"),
            1
        );
    });
}

/// A backup with one row per table.
const BACKUP: [&str; 6] = [
    r#"{"dossier":"settings","schema":2}"#,
    r#"{"guild":{"guild_id":1,"elsewhere":"private","pace":0,"trouble_channel_id":9,"left_at":null}}"#,
    r#"{"channel_rule":{"guild_id":1,"channel_id":4,"rule":"allow"}}"#,
    r#"{"change_log":{"id":1,"guild_id":1,"at":5,"member_id":7,"what":"pace","about":null,"before":"0","after":"1"}}"#,
    r#"{"digest":{"id":3,"guild_id":1,"channel_id":4,"channel_name":"news","at_minute":540,"zone":"Europe/Kyiv","days":127,"content":"order","role_id":null,"publish":0,"is_paused":0,"paused_for":"","slot":null,"due":null,"round":1,"refusals":0,"missed":0,"told":"","tell_at":null}}"#,
    r#"{"digest_run":{"digest_id":3,"slot":"now:1","due":5,"until":6,"state":"sent","owner":"","lease_until":0,"tried_at":5,"mark":11,"round":1,"entry":"demand/nato","channel_id":4,"message_id":8,"publish":"","publish_at":null,"fault":"","at":5}}"#,
];

#[test]
fn an_unknown_value_in_a_backup_is_rejected_with_line_and_field() {
    on_both(async |engine| {
        let store = engine.process().await;
        for (from, to, line, field) in [
            ("Europe/Kyiv", "Mars/Olympus", 5, "zone"),
            ("Europe/Kyiv", "EST", 5, "zone"),
            ("\"role_id\":null", "\"role_id\":1", 5, "role_id"),
            ("\"slot\":null", "\"slot\":\"garbage\"", 5, "slot"),
            ("\"due\":null", "\"due\":9223372036854775807", 5, "due"),
            ("\"left_at\":null", "\"left_at\":-5", 2, "left_at"),
            ("\"order\"", "\"poems\"", 5, "content"),
            ("\"days\":127", "\"days\":0", 5, "days"),
            ("\"at_minute\":540", "\"at_minute\":1440", 5, "at_minute"),
            ("\"elsewhere\":\"private\"", "\"elsewhere\":\"shout\"", 2, "elsewhere"),
            ("\"rule\":\"allow\"", "\"rule\":\"perhaps\"", 3, "rule"),
            ("\"channel_id\":4,\"rule\"", "\"channel_id\":0,\"rule\"", 3, "channel_id"),
            ("\"member_id\":7", "\"member_id\":-7", 4, "member_id"),
            ("\"digest\":{\"id\":3", "\"digest\":{\"id\":0", 5, "id"),
            ("\"state\":\"sent\"", "\"state\":\"lost\"", 6, "state"),
            ("\"message_id\":8", "\"message_id\":\"8\"", 6, "message_id"),
            ("\"publish\":\"\"", "\"publish\":\"maybe\"", 6, "publish"),
            ("\"pace\":0,", "", 2, "pace"),
        ] {
            let file = BACKUP.join("\n").replace(from, to);
            let refused = store.import(file.as_bytes()).await.expect_err("a fault");
            let refused = format!("{refused:#}");
            let (line, field) = (format!("line {line}"), format!("the field `{field}`"));
            assert!(refused.contains(&line) && refused.contains(&field), "{to}: {refused}");
            let mut exported = Vec::new();
            assert_eq!(store.export(&mut exported).await.expect("an export"), 0, "{to}");
        }
        let rows = store.import(BACKUP.join("\n").as_bytes()).await;
        assert_eq!(rows.expect("an import"), 5);
    });
}

#[test]
fn a_backup_with_too_many_rules_or_digests_of_a_server_is_not_imported() {
    let [head, guild, rule, _, digest, _] = BACKUP;
    let rules = |count: usize| {
        let id = |id| format!("\"channel_id\":{id}");
        (1..=count).map(move |number| rule.replace(&id(4), &id(number)))
    };
    let digests = |count: usize| {
        let id = |id| format!("\"id\":{id},");
        (1..=count).map(move |number| digest.replace(&id(3), &id(number)))
    };
    let other = [guild, rule, &digest.replace("\"id\":3,", "\"id\":999,")];
    let other = other.map(|row| row.replace("\"guild_id\":1", "\"guild_id\":2"));
    let file = |rows: Vec<String>| {
        let start = [head, guild].map(str::to_owned).into_iter().chain(other.clone());
        start.chain(rows).collect::<Vec<_>>().join("\n")
    };
    on_both(async |engine| {
        let store = engine.process().await;
        for (rows, why) in [
            (
                rules(201).collect(),
                "line 206: the server 1 has more than 200 rows of `channel_rule`",
            ),
            (digests(51).collect(), "line 56: the server 1 has more than 50 rows of `digest`"),
        ] {
            let refused = store.import(file(rows).as_bytes()).await.expect_err("a fault");
            let refused = format!("{refused:#}");
            assert!(refused.starts_with(why) && refused.contains("remove"), "{refused}");
            let mut exported = Vec::new();
            assert_eq!(store.export(&mut exported).await.expect("an export"), 0, "{why}");
        }
        let most = file(rules(200).chain(digests(50)).collect());
        assert_eq!(store.import(most.as_bytes()).await.expect("an import"), 254);
    });
}

#[test]
fn common_text_encodings_of_a_backup_are_read_or_named_in_the_error() {
    on_both(async |engine| {
        let store = engine.process().await;
        let good = BACKUP.join("\n");
        let utf16 = |byte_order_mark: &[u8], units: fn(u16) -> [u8; 2]| {
            let text = good.encode_utf16().flat_map(units);
            byte_order_mark.iter().copied().chain(text).collect::<Vec<u8>>()
        };
        for (file, why) in [
            (Vec::new(), "the file is empty"),
            (b"\r\n \n\n".to_vec(), "the file is empty"),
            (b"\xef\xbb\xbf".to_vec(), "the file is empty"),
            (utf16(b"\xff\xfe", u16::to_le_bytes), "the file is UTF-16: save it as UTF-8"),
            (utf16(b"\xfe\xff", u16::to_be_bytes), "the file is UTF-16: save it as UTF-8"),
            (utf16(b"", u16::to_le_bytes), "the file is UTF-16: save it as UTF-8"),
            (utf16(b"", u16::to_be_bytes), "the file is UTF-16: save it as UTF-8"),
            (
                good.replace("news", "n\u{e4}ws").chars().map(|char| char as u8).collect(),
                "line 5 is not UTF-8",
            ),
            (
                good.as_bytes()[..good.len() - 9].to_vec(),
                "line 6 is no JSON: EOF while parsing an object at column",
            ),
        ] {
            let refused = store.import(&file[..]).await.expect_err("a fault");
            assert!(format!("{refused:#}").contains(why), "{why}: {refused:#}");
        }
        // A byte order mark, Windows line endings, and blank lines.
        let saved = format!("\u{feff}{}\r\n\r\n", BACKUP.join("\r\n"));
        assert_eq!(store.import(saved.as_bytes()).await.expect("an import"), 5);
    });
}

#[test]
fn a_failed_transfer_leaves_no_file_behind_and_says_why() {
    let folder = Folder::new();
    let run = |arguments: &[&str]| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_dossier"));
        program.arg("settings").args(arguments).env("DATABASE_URL", folder.sqlite());
        let done = program.output().expect("the program runs");
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let (file, database) = (folder.0.join("backup.jsonl"), folder.0.join("dossier.db"));
    let path = file.to_str().expect("UTF-8");
    assert!(run(&["import", path]).1.contains("open "));
    for (content, why) in [("", "the file is empty"), ("{}", "no file that")] {
        std::fs::write(&file, content).expect("a file");
        let (code, output) = run(&["import", path]);
        assert!(code == Some(1) && output.contains(why), "{output}");
        assert!(!database.exists(), "{content}");
    }
    std::fs::write(&file, BACKUP[..2].join("\n")).expect("a file");
    assert_eq!(run(&["import", path]), (Some(0), "1 row\n".to_owned()));
    let (code, output) = run(&["export", path]);
    assert!(code == Some(1) && output.contains("exists already"), "{output}");
}

/// Runs `dossier settings export` and returns whether it succeeded, with its output.
fn export_from(url: &str) -> (bool, String) {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_dossier"));
    let done = program.args(["settings", "export"]).env("DATABASE_URL", url).output();
    let done = done.expect("the program");
    let output = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8_lossy(&output).into_owned())
}

#[test]
fn exporting_a_file_that_is_not_a_database_fails_and_creates_none() {
    let folder = Folder::new();
    let (missing, empty) = (folder.0.join("typo.db"), folder.0.join("empty.db"));
    let (text, other) = (folder.0.join("notes.txt"), folder.0.join("other.db"));
    std::fs::write(&empty, "").expect("a file");
    std::fs::write(&text, "no database at all\n".repeat(200)).expect("a file");
    runtime().block_on(async {
        use sqlx::Connection;
        let url = format!("sqlite:{}?mode=rwc", other.display());
        let mut other = sqlx::SqliteConnection::connect(&url).await.expect("a database");
        let applied = sqlx::raw_sql("create table recipe (name text)").execute(&mut other).await;
        applied.expect("a table");
        other.close().await.expect("a database");
    });
    for path in [&missing, &empty, &text, &other, &folder.0] {
        let before = std::fs::read(path).ok();
        let (is_done, output) = export_from(&format!("sqlite:{}", path.display()));
        assert!(!is_done && output.contains(&path.display().to_string()), "{output}");
        assert_eq!(std::fs::read(path).ok(), before, "{output}");
    }
    assert!(!missing.exists());
}

#[test]
fn exporting_from_a_database_that_is_down_fails_with_a_sentence() {
    let (is_done, output) = export_from("postgres://dossier@127.0.0.1:1/dossier");
    assert!(!is_done && output.starts_with("dossier: "), "{output}");
}

#[test]
fn an_invalid_row_is_ignored_and_never_misread() {
    on_both(async |engine| {
        let store = engine.process().await;
        store.import(BACKUP.join("\n").as_bytes()).await.expect("an import");
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
        let (lines, total) = store.change_log(guild, 0, 9).await.expect("the log");
        assert_eq!((lines.len(), total), (1, 2));
        let digests = store.digests(guild).await.expect("digests");
        assert_eq!(store.recent_runs(digests[0].id, 9).await, Ok(Vec::new()));
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

#[test]
fn lookups_fail_at_once_while_the_database_is_down_and_recover_afterwards() {
    let Some(engine) = Engine::both().pop().filter(|engine| engine.cluster.is_some()) else {
        return;
    };
    let cluster = engine.cluster.as_ref().expect("a cluster");
    runtime().block_on(async {
        let store = engine.process().await;
        change(&store, Value::Pace(4).into()).await;
        assert!(store.cached_settings(GUILD).is_some());
        cluster.stop("immediate");
        wait_until(|| store.current_error().is_some()).await;
        assert_eq!(store.cached_settings(GUILD), None, "what changes is not heard any more");
        let began = tokio::time::Instant::now();
        for _ in 0..50 {
            assert_eq!(store.settings(GUILD).await, Err(StoreError::Unreachable));
        }
        assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for what is gone");
        cluster.resume();
        wait_until(|| store.current_error().is_none()).await;
        assert_eq!(store.settings(GUILD).await.expect("settings").pace, 4);
        change(&store, Value::Pace(5).into()).await;
        assert_eq!(store.cached_settings(GUILD).expect("it listens again").pace, 5);
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
        change(&store, Value::Pace(4).into()).await;
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
    change(store, Value::Pace(5).into()).await;
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
        assert_eq!(store.cached_settings(GUILD), None, "what changes is not heard any more");
        proxy.pause(false);
        recovers_within(store, Duration::from_secs(5)).await;
        while store.cached_settings(GUILD).is_none() {
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

#[test]
fn a_locked_file_is_reported_but_can_still_be_read() {
    use sqlx::Connection;
    let folder = Folder::new();
    let url = folder.sqlite();
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&url).expect("an address"));
        store.open().await.expect("a database");
        change(&store, Value::Pace(4).into()).await;
        let mut locker = sqlx::SqliteConnection::connect(&url).await.expect("a database");
        let locked = sqlx::query("begin exclusive").execute(&mut locker).await;
        locked.expect("a lock");
        let refused = store.change(GUILD, MEMBER, 1, &Value::Pace(5).into()).await;
        assert_eq!(refused, Err(StoreError::Locked));
        assert_eq!(store.current_error(), Some(StoreError::Locked));
        assert_eq!(store.settings(GUILD).await.expect("settings").pace, 4);
        sqlx::query("rollback").execute(&mut locker).await.expect("no lock");
        change(&store, Value::Pace(6).into()).await;
        assert_eq!(store.current_error(), None);
    });
}

#[test]
fn recovered_writability_is_detected_without_a_write() {
    use sqlx::Connection;
    on_both(async |engine| {
        let store = engine.process().await;
        change(&store, Value::Pace(4).into()).await;
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
                let connection = sqlx::SqliteConnection::connect(&engine.url).await;
                let locked = locker.insert(connection.expect("a database"));
                let locked = sqlx::query("begin exclusive").execute(locked).await;
                locked.expect("a lock");
                StoreError::Locked
            }
        };
        let refused = store.change(GUILD, MEMBER, 1, &Value::Pace(5).into()).await;
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
            let refused = store.change(GUILD, MEMBER, 1, &Value::Pace(5).into()).await;
            assert_eq!(refused, Err(StoreError::Damaged));
        }
        assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for what is known");
        assert_eq!(store.current_error(), Some(StoreError::Damaged));
        std::fs::remove_file(&path).expect("a file to remove");
        wait_until(|| store.current_error().is_none()).await;
        change(&store, Value::Pace(6).into()).await;
    });
}

#[test]
fn a_closed_file_is_complete_without_its_write_ahead_log() {
    let folder = Folder::new();
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
        store.open().await.expect("a database");
        change(&store, Value::Pace(4).into()).await;
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
    change(&store, Value::Pace(4).into()).await;
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
            let refused = store.change(GUILD, MEMBER, 1, &Value::Pace(5).into()).await;
            assert_eq!(refused, Err(StoreError::Moved));
            assert_eq!(store.current_error(), Some(StoreError::Moved));
            let refused = store.change(GUILD, MEMBER, 1, &Value::Pace(6).into()).await;
            assert_eq!(refused, Err(StoreError::Moved));
            std::fs::rename(elsewhere(&path), &path).expect("a file");
            wait_until(|| store.current_error().is_none()).await;
            change(&store, Value::Pace(7).into()).await;
            store.close().await;
            let (store, _) = open_store(&folder).await;
            assert_eq!(
                store.change_log(GUILD, 0, 9).await.expect("the log").1,
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
            let refused = store.change(GUILD, MEMBER, 1, &Value::Pace(5).into()).await;
            assert_eq!(refused, Err(trouble));
            assert_eq!(store.current_error(), Some(trouble));
        });
    }
}
