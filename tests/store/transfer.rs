//! Backups: `dossier settings export` and `import`.

use super::{BACKUP, rule};
use crate::engine::{Engine, MEMBER, import, on_both, runtime};
use crate::local::Folder;
use dossier::guild::{GuildId, Rule, SettingValue};
use dossier::store::{Store, StoreUrl};

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
        assert_eq!(import(&to, &file[..]).await.expect("an import"), count);
        let again = import(&to, &file[..]).await.expect_err("it is not empty any more");
        assert!(again.to_string().contains("not empty"), "{again:#}");
        // Generated ids continue after the imported ones.
        to.change(GuildId::new(1), MEMBER, 6, &SettingValue::Pace(1).into())
            .await
            .expect("a change");
        let mut second = Vec::new();
        to.export(&mut second).await.expect("an export");
        let back = Folder::new();
        let back = Store::new(&StoreUrl::parse(&back.sqlite()).expect("an address"));
        back.open().await.expect("a database");
        assert_eq!(import(&back, &second[..]).await.expect("an import"), count + 1);
        let mut third = Vec::new();
        back.export(&mut third).await.expect("an export");
        assert!(second == third, "it comes back as it went");
    });
}

/// A file that runs an action once when its first row is written.
struct AtFirstRow<F: FnOnce()> {
    file: Vec<u8>,
    action: Option<F>,
}

impl<F: FnOnce()> std::io::Write for AtFirstRow<F> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.extend(bytes);
        if self.file.windows(9).any(|part| part == b"{\"guild\":") {
            self.action.take().into_iter().for_each(|action| action());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_backup_made_while_the_bot_writes_can_be_imported() {
    on_both(async |engine| {
        let store = engine.process().await;
        let pace = SettingValue::Pace(1).into();
        store.change(GuildId::new(9), MEMBER, 5, &pace).await.expect("a change");
        // Of a guild behind the page that has been read, only the rule would be exported.
        let sql = "insert into guild (guild_id) values (1);
             insert into channel_rule (guild_id, channel_id, rule) values (1, 4, 'allow')";
        let write = || {
            std::thread::scope(|scope| {
                let written = scope.spawn(|| runtime().block_on(engine.execute(sql)));
                written.join().expect("a statement");
            });
        };
        let mut export = AtFirstRow { file: Vec::new(), action: Some(write) };
        let count = store.export(&mut export).await.expect("an export");
        assert!(export.action.is_none() && count == 2, "{count}");
        let folder = Folder::new();
        let to = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
        to.open().await.expect("a database");
        assert_eq!(import(&to, &export.file).await.expect("an import"), 2);
        assert_eq!(store.export(Vec::new()).await.expect("an export"), 4);
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
            ("{}".to_owned(), "not a file written by"),
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
                "99, and must be a number from 0 to 60",
            ),
            (format!("{head}\n{}", guild.replace("pace", "space")), "line 2"),
            (
                format!("{head}\n{}", guild.replace("\"pace\":0", "\"pace\":0,\"p\\u0061ce\":1")),
                "line 2: the key `pace` occurs twice",
            ),
            (
                format!("{head}\n{guild}\n{{\"guild\":{{}},\"guild\":{{}}}}"),
                "line 3: the key `guild` occurs twice",
            ),
            (
                head.replace("\"schema\":1", "\"schema\":1,\"schema\":999"),
                "line 1: the key `schema` occurs twice",
            ),
            (format!("{head}\n{guild}\n{}", "x".repeat(70_000)), "line 3"),
            (
                "{\n  \"channels\": {\n    \"allow\": []\n  },\n  \"dossier\": 1\n}\n".to_owned(),
                "import it there with `/config import`",
            ),
            (r#"{"dossier":1,"server":"7"}"#.to_owned(), "import it there with `/config import`"),
        ] {
            let refused = import(&store, file.as_bytes()).await.expect_err("a fault");
            assert!(format!("{refused:#}").contains(why), "{file}: {refused:#}");
        }
        assert_eq!(
            import(&store, format!("{head}\n{guild}\n").as_bytes()).await.expect("an import"),
            1
        );
    });
}

#[test]
fn an_unknown_value_in_a_backup_is_rejected_with_line_and_field() {
    on_both(async |engine| {
        let store = engine.process().await;
        for (from, to, line, field) in [
            ("Europe/Kyiv", "Mars/Olympus", 5, "zone"),
            ("Europe/Kyiv", "EST", 5, "zone"),
            ("Europe/Kyiv", "UTC+99", 5, "zone"),
            ("\"role_id\":null", "\"role_id\":1", 5, "role_id"),
            ("2026-11-25T09:00[Europe/Kyiv]", "garbage", 5, "slot"),
            ("\"due\":1795590027", "\"due\":9223372036854775807", 5, "due"),
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
            // None of these would ever be posted, reported or published.
            ("\"due\":1795590027", "\"due\":null", 5, "due"),
            ("\"due\":1795590027,", "", 5, "due"),
            ("\"is_paused\":0", "\"is_paused\":1", 5, "due"),
            ("\"told\":\"\"", "\"told\":\"due\"", 5, "tell_at"),
            ("\"publish\":\"\"", "\"publish\":\"due\"", 6, "publish_at"),
            ("\"paused_for\":\"\"", "\"paused_for\":\"x\"", 5, "paused_for"),
            ("\"told\":\"\"", "\"told\":\"done\"", 5, "told"),
            ("\"fault\":\"\"", "\"fault\":\"x\"", 6, "fault"),
        ] {
            let file = BACKUP.join("\n").replace(from, to);
            let refused = import(&store, file.as_bytes()).await.expect_err("a fault");
            let refused = format!("{refused:#}");
            let (line, field) = (format!("line {line}"), format!("the field `{field}`"));
            assert!(refused.contains(&line) && refused.contains(&field), "{to}: {refused}");
            let mut exported = Vec::new();
            assert_eq!(store.export(&mut exported).await.expect("an export"), 0, "{to}");
        }
        let rows = import(&store, BACKUP.join("\n").as_bytes()).await;
        assert_eq!(rows.expect("an import"), 5);
    });
}

#[test]
fn the_zone_that_is_meant_is_named() {
    let folder = Folder::new();
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
        store.open().await.expect("a database");
        for (written, meant) in [
            ("EST", "America/New_York"),
            ("kyiv", "Europe/Kyiv"),
            ("UTC-12", "Etc/GMT+12"),
            ("Pacific Standard Time", "America/Los_Angeles"),
            ("GB", "Europe/London"),
            ("berlin", "Europe/Berlin"),
        ] {
            let digest =
                BACKUP[4].replace("\"zone\":\"Europe/Kyiv\"", &format!("\"zone\":\"{written}\""));
            let file = [BACKUP[0], BACKUP[1], &digest].join("\n");
            let refused = import(&store, file.as_bytes()).await.expect_err("a fault");
            let refused = format!("{refused:#}");
            assert!(refused.ends_with(&format!("write \"{meant}\"")), "{refused}");
        }
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
        let at = |minute| format!("\"at_minute\":{minute},");
        let digest =
            move |number| digest.replace(&id(3), &id(number)).replace(&at(540), &at(number));
        (1..=count).map(digest)
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
            let refused = import(&store, file(rows).as_bytes()).await.expect_err("a fault");
            let refused = format!("{refused:#}");
            assert!(refused.starts_with(why) && refused.contains("remove"), "{refused}");
            let mut exported = Vec::new();
            assert_eq!(store.export(&mut exported).await.expect("an export"), 0, "{why}");
        }
        let most = file(rules(200).chain(digests(50)).collect());
        assert_eq!(import(&store, most.as_bytes()).await.expect("an import"), 254);
    });
}

#[test]
fn a_backup_with_a_digest_twice_is_not_imported() {
    let [head, guild, rule, _, digest, _] = BACKUP;
    let of_guild = |row: &str| row.replace("\"guild_id\":1", "\"guild_id\":2");
    let other = digest.replace("\"id\":3,", "\"id\":4,");
    let file = |other: &str| {
        [head, guild, &of_guild(guild), rule, digest, other].map(str::to_owned).join("\n")
    };
    on_both(async |engine| {
        let store = engine.process().await;
        // Under another name of the zone, and paused.
        let paused = other.replace("\"is_paused\":0", "\"is_paused\":1");
        let paused = paused.replace("\"due\":1795590027", "\"due\":null");
        for twin in [&other, &other.replace("Europe/Kyiv", "Europe/Kiev"), &paused] {
            let refused = import(&store, file(twin).as_bytes()).await.expect_err("a fault");
            let refused = format!("{refused:#}");
            let fault = "line 6: the row of `digest` does the same as line 5, as its `channel_id`";
            assert!(refused.starts_with(fault), "{refused}");
        }
        let another = other.replace("\"at_minute\":540", "\"at_minute\":541");
        let files = file(&of_guild(&other)) + "\n" + &another.replace("\"id\":4", "\"id\":5");
        assert_eq!(import(&store, files.as_bytes()).await.expect("an import"), 6);
    });
}

#[test]
fn a_paused_digest_is_imported() {
    let paused = BACKUP.join("\n").replace("\"is_paused\":0", "\"is_paused\":1");
    let paused = paused.replace("\"2026-11-25T09:00[Europe/Kyiv]\"", "null");
    let paused = paused.replace("\"due\":1795590027", "\"due\":null");
    on_both(async |engine| {
        let store = engine.process().await;
        assert_eq!(import(&store, paused.as_bytes()).await.expect("an import"), 5);
    });
}

#[test]
fn a_backup_that_is_cut_off_is_not_imported() {
    on_both(async |engine| {
        let store = engine.process().await;
        import(&store, BACKUP.join("\n").as_bytes()).await.expect("an old backup");
        let mut exported = Vec::new();
        store.export(&mut exported).await.expect("an export");
        let exported = String::from_utf8(exported).expect("UTF-8");
        let folder = Folder::new();
        let to = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
        to.open().await.expect("a database");
        let refused = async |file: &str| {
            format!("{:#}", import(&to, file.as_bytes()).await.expect_err("a part is missing"))
        };
        for (end, _) in exported.trim_end().match_indices('\n') {
            let fault = refused(&exported[..end]).await;
            assert!(fault.starts_with("a part of the file is missing"), "{fault}");
            let fault = refused(&exported[..end + 9]).await;
            assert!(fault.ends_with("a part is missing at its end"), "{fault}");
        }
        let lines: Vec<&str> = exported.lines().collect();
        let fault = refused(&[&lines[..3], &lines[4..]].concat().join("\n")).await;
        let expected =
            "line 6 says that the file has 5 rows, but it has 4: copy it again, or write 4";
        assert!(fault.starts_with(expected), "{fault}");
        let fault = refused(&(exported.clone() + lines[1])).await;
        assert_eq!(fault, "line 8 follows the end of the file");
        assert_eq!(import(&to, exported.as_bytes()).await.expect("an import"), 5);
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
                "line 6 is not JSON: EOF while parsing an object at column",
            ),
            (BACKUP.join("\r").into_bytes(), "end with a carriage return alone: save it"),
        ] {
            let refused = import(&store, &file[..]).await.expect_err("a fault");
            assert!(format!("{refused:#}").contains(why), "{why}: {refused:#}");
        }
        // A byte order mark, Windows line endings, and blank lines.
        let saved = format!("\u{feff}{}\r\n\r\n", BACKUP.join("\r\n"));
        assert_eq!(import(&store, saved.as_bytes()).await.expect("an import"), 5);
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
    for (content, why) in [("", "the file is empty"), ("{}", "not a file written by")] {
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

/// Runs `dossier settings export` and returns its exit code and output.
fn export_from(url: &str) -> (Option<i32>, String) {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_dossier"));
    let done = program.args(["settings", "export"]).env("DATABASE_URL", url).output();
    let done = done.expect("the program");
    let output = [done.stdout, done.stderr].concat();
    (done.status.code(), String::from_utf8_lossy(&output).into_owned())
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
    for path in [&missing, &empty, &text, &other, &folder.0, &folder.0.join("nowhere/x.db")] {
        let before = std::fs::read(path).ok();
        let (code, output) = export_from(&format!("sqlite:{}", path.display()));
        assert!(code == Some(78) && output.contains(&path.display().to_string()), "{output}");
        assert_eq!(std::fs::read(path).ok(), before, "{output}");
    }
    assert!(!missing.exists());
}

#[test]
fn a_backup_that_nobody_reads_is_a_failure() {
    let folder = Folder::new();
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
        store.open().await.expect("a database");
        import(&store, BACKUP.join("\n").as_bytes()).await.expect("an import");
        store.close().await;
    });
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_dossier"));
    program.args(["settings", "export"]).env("DATABASE_URL", folder.sqlite());
    let piped = std::process::Stdio::piped;
    let mut child = program.stdout(piped()).stderr(piped()).spawn().expect("the program runs");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("the program ends");
    let output = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{output}");
    assert!(output.starts_with("dossier: write the backup: "), "{output}");
}

#[cfg(unix)]
#[test]
fn a_database_in_a_folder_that_cannot_be_written_is_not_called_damaged() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(&folder.sqlite()).expect("an address"));
        store.open().await.expect("a database");
        store.close().await;
    });
    let allow = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&folder.0, mode).expect("a mode");
    };
    allow(0o555);
    // Modes do not apply to root.
    let may_write = std::fs::write(folder.0.join("probe"), "").is_ok();
    let (code, output) = export_from(&folder.sqlite());
    allow(0o755);
    let is_explained = code == Some(78) && output.contains("cannot create files in ");
    assert!(may_write || is_explained, "{output}");
}

#[test]
fn exporting_from_a_database_that_is_down_fails_with_a_sentence() {
    let (code, output) = export_from("postgres://dossier@127.0.0.1:1/dossier");
    let start = "dossier: open postgres://127.0.0.1/dossier: ";
    assert!(code == Some(1) && output.starts_with(start), "{output}");
}
