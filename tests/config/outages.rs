//! The bot while its database fails, is full, read-only or damaged.

use std::time::Duration;

use super::{allow, assert_contains, check_settings, config, mention, program, ready, wait_until};
use crate::database::execute;
use crate::fake::guild::{GENERAL, GUILD};
use crate::fake::{Bot, FakeDiscord, Folder};
use crate::postgres::Postgres;
use serde_json::json;

#[test]
fn readyz_reports_why_the_bot_is_not_ready() {
    let discord = FakeDiscord::start();
    let bot = ready(&discord, &[]);
    assert_eq!(bot.health("/healthz"), (200, "alive\n".to_owned()));
    wait_until(|| bot.health("/readyz") == (200, "ready\n".to_owned()));
    assert_eq!(bot.health("/elsewhere").0, 404);
    discord.expect_greetings(std::iter::repeat_n(crate::fake::Greeting::Refused, 4));
    discord.drop_socket();
    bot.wait_for("gateway lost");
    let (status, why) = bot.health("/readyz");
    assert!(status == 503 && why.contains("no session for shard 0") || status == 200, "{why}");
    drop(bot);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let bot = Bot::start(program(), &discord, &[("DOSSIER_WEB__LISTEN", &address)]);
    bot.wait_for("cannot listen on `web.listen`");
    discord.wait_for_sessions(2);
    assert!(!discord.ask(&check_settings()).is_private(), "it serves all the same");
}

#[test]
fn postgres_may_fail_and_recover_under_load() {
    let Some(cluster) = Postgres::start() else {
        return;
    };
    let discord = FakeDiscord::start();
    let url = cluster.url();
    let bot = ready(&discord, &[("DATABASE_URL", &url)]);
    assert_contains(&discord.ask(&config("channels pace").with("answers", 60)), &["Saved"]);
    for how in ["fast", "immediate"] {
        assert!(!discord.ask(&check_settings()).is_private());
        cluster.stop(how);
        bot.wait_for("the database cannot be used");
        let mut private = 0;
        for _ in 0..40 {
            private += usize::from(discord.ask(&check_settings()).is_private());
        }
        assert!(private > 30, "{private} of 40");
        assert_contains(
            &discord.ask(&check_settings()),
            &["settings of this server cannot be read"],
        );
        assert_contains(
            &discord.ask(&config("view")),
            &["cannot be read at the moment", "cannot be reached"],
        );
        assert_contains(&discord.ask(&config("channels clear")), &["cannot be reached"]);
        let (status, why) = bot.health("/readyz");
        assert!(status == 503 && why.contains("store: the database cannot be reached"), "{why}");
        cluster.resume();
        wait_until(|| bot.health("/readyz").0 == 200);
        assert_contains(&discord.ask(&config("view")), &["After 60 public answers"]);
    }
    let output = bot.output();
    assert!(!output.contains("hidden-password"), "{output}");
    let causes = output.matches("the database cannot be used").count();
    assert!(causes <= 12, "the cause is told once for each way in which it fails:\n{output}");
}

#[test]
fn a_database_of_a_newer_version_stops_it_with_an_explanation() {
    let discord = FakeDiscord::start();
    let folder = Folder::new();
    let url = folder.sqlite();
    drop(ready(&discord, &[("DOSSIER_STORE__URL", &url)]));
    execute(
        &folder,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'x', true, '', 0)",
    );
    let mut bot = Bot::start(program(), &discord, &[("DOSSIER_STORE__URL", &url)]);
    let (code, output) = bot.wait_for_exit();
    assert_eq!(code, Some(78), "{output}");
    assert!(output.contains("run the newer version again"), "{output}");
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn print_note(what: &str) {
    eprintln!("{what}");
}

/// Runs a system program and returns whether it succeeded.
fn system(program: &str, arguments: &[&str]) -> bool {
    let done = std::process::Command::new(program).args(arguments).output();
    done.is_ok_and(|done| done.status.success())
}

#[test]
fn a_full_disk_is_reported_and_lookups_keep_working() {
    let folder = Folder::new();
    let disk = folder.0.join("disk");
    std::fs::create_dir_all(&disk).expect("a folder");
    let path = disk.display().to_string();
    if !system("mount", &["-t", "tmpfs", "-o", "size=512k", "tmpfs", &path]) {
        print_note("skipped, as only root can mount a small disk");
        return;
    }
    let url = format!("sqlite:{path}/dossier.db");
    let discord = FakeDiscord::start();
    let bot = ready(&discord, &[("DOSSIER_STORE__URL", &url)]);
    assert_contains(&discord.ask(&config("channels pace").with("answers", 60)), &["Saved"]);
    let mut filler = std::fs::File::create(disk.join("filler")).expect("a file");
    let block = [b'x'; 1_024];
    while std::io::Write::write_all(&mut filler, &block).is_ok() {}
    let mut channel = 0;
    let full = (0..200).map(|_| {
        channel += 1;
        discord.ask(&allow(GENERAL + 1_000 + channel).with_payload(|all| {
            let channels = &mut all["data"]["resolved"]["channels"];
            for channel in channels.as_object_mut().expect("channels").values_mut() {
                channel["app_permissions"] = json!("8");
            }
        }))
    });
    let refused = full.into_iter().find(|answer| !answer.text().contains("Saved"));
    assert_contains(&refused.expect("it is full"), &["Not saved", "the database's disk is full"]);
    bot.wait_for("the database's disk is full");
    assert_contains(&discord.ask(&config("log")), &["One change"]);
    assert!(!discord.ask(&check_settings()).is_private());
    let (_, why) = bot.health("/readyz");
    assert!(why.contains("the database's disk is full"), "{why}");
    std::thread::sleep(Duration::from_secs(4));
    let (status, why) = bot.health("/readyz");
    assert!(status == 503, "it was tried, in vain: {why}");
    drop(filler);
    std::fs::remove_file(disk.join("filler")).expect("a file to remove");
    wait_until(|| bot.health("/readyz").0 == 200);
    assert_contains(&discord.ask(&config("channels pace").with("answers", 59)), &["Saved"]);
    assert!(!discord.ask(&check_settings()).is_private());
    drop(bot);
    assert!(system("umount", &[&path]));
}

#[test]
fn a_read_only_database_file_can_still_be_read() {
    let folder = Folder::new();
    let url = folder.sqlite();
    let path = folder.0.join("dossier.db").display().to_string();
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord, &[("DOSSIER_STORE__URL", &url)]);
    let block = config("channels block").with("channel", GENERAL);
    assert_contains(&discord.ask(&block), &["Saved"]);
    bot.terminate();
    assert_eq!(bot.wait_for_exit().0, Some(0));
    // Root ignores file permissions, so the bot runs as another user.
    let nobody = folder.0.join("nobody");
    std::fs::copy(program(), &nobody).expect("a copy");
    assert!(
        system("chmod", &["a+rx,a-w", &path])
            && system("chmod", &["a+rwx", &folder.0.display().to_string()])
    );
    for log in ["-wal", "-shm"] {
        // They are empty after a clean shutdown.
        drop(std::fs::remove_file(format!("{path}{log}")));
    }
    let bot = Bot::start_as_nobody(&nobody, &discord, &[("DOSSIER_STORE__URL", &url)]);
    discord.wait_for_sessions(2);
    assert_contains(&discord.ask(&check_settings()), &["blocked"]);
    assert_contains(&discord.ask(&config("view")), &[&mention(GENERAL)]);
    assert_contains(
        &discord.ask(&config("channels clear")),
        &["Not saved", "can be read but not written"],
    );
    bot.wait_for("the database cannot be written");
}

#[test]
fn a_database_file_damaged_at_runtime_is_reported() {
    let folder = Folder::new();
    let url = folder.sqlite();
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord, &[("DOSSIER_STORE__URL", &url)]);
    assert_contains(&discord.ask(&config("channels pace").with("answers", 60)), &["Saved"]);
    for name in ["dossier.db-wal", "dossier.db"] {
        let path = folder.0.join(name);
        let length = std::fs::metadata(&path).expect("a file").len();
        let noise: Vec<u8> =
            std::iter::repeat_with(|| fastrand::u8(..)).take(length as usize).collect();
        std::fs::write(&path, noise).expect("a file that can be written");
    }
    let elsewhere = GUILD + 1;
    discord.ask(&check_settings().in_guild(elsewhere));
    let answer = discord.ask(&config("view").in_guild(elsewhere));
    assert_contains(&answer, &["cannot be read at the moment"]);
    bot.wait_for("the database cannot be used");
    assert!(!discord.ask(&check_settings()).is_private(), "what is known goes on");
    assert!(bot.is_running());
}
