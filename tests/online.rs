//! `dossier check --online`: configuration problems are found before the bot is started.

use std::path::Path;
use std::process::{Command, Stdio};

use dossier::digest::{DigestId, Plan, PlannedDigest, Zone};
use dossier::guild::{Change, ChannelId, GuildId, SettingValue, UserId};
use dossier::store::{Store, StoreUrl};

use crate::engine::{Engine, runtime};
use crate::fake::guild::{
    GENERAL, GUILD, HIDDEN, NEWS, READ_MESSAGE_HISTORY, STAGE, THREAD, VIEW_CHANNEL,
};
use crate::fake::{Bot, FakeDiscord, Fault, FaultRule, Folder, Settings};

const PROGRAM: &str = env!("CARGO_BIN_EXE_dossier");

const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// Runs the check with the fake Discord's token. Returns the exit code and the output.
fn check(discord: &FakeDiscord, url: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let done = Command::new(PROGRAM)
        .args(["check", "--online"])
        .env_clear()
        .env("DISCORD_TOKEN", discord.token())
        .env("DOSSIER_DISCORD__API_URL", discord.api_url())
        .env("DATABASE_URL", url)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let output = [done.stdout, done.stderr].concat();
    let output = String::from_utf8(output).expect("text");
    for secret in [discord.token().as_str(), "hidden-password"] {
        assert!(!output.contains(secret), "{output}");
    }
    (done.status.code(), output)
}

/// Adds a digest in each channel, the last of them paused, and sets a failure channel.
fn fill_database(url: &str, digests: &[u64], failures: u64) {
    runtime().block_on(async {
        let store = Store::new(&StoreUrl::parse(url).expect("an address"));
        store.open().await.expect("a database");
        let (guild, member) = (GuildId::new(GUILD), UserId::new(7));
        for (number, channel) in digests.iter().enumerate() {
            let plan = Plan {
                channel: ChannelId::new(*channel),
                at: "09:00".parse().expect("a time"),
                zone: Zone::from_name("UTC").expect("a zone"),
                days: "daily".parse().expect("days"),
                content: "order".parse().expect("content"),
                role: None,
                publish: false,
            };
            let is_paused = number + 1 == digests.len();
            let planned = PlannedDigest { plan, channel_name: String::new(), is_paused };
            let id = DigestId::from_number(number as i64 + 1).expect("an id");
            let change = Change::from(SettingValue::Digest(id, Some(planned)));
            store.change(guild, member, 1, &change).await.expect("a change");
        }
        let change = Change::from(SettingValue::FailureChannel(Some(ChannelId::new(failures))));
        store.change(guild, member, 1, &change).await.expect("a change");
        store.close().await;
    });
}

fn has_finding(output: &str, verdict: &str, subject: &str) -> bool {
    let start = format!("{verdict:<8} {subject}");
    output.lines().any(|line| line.starts_with(&start))
}

#[test]
fn a_bot_can_be_checked_before_its_first_start() {
    let discord = FakeDiscord::start();
    let folder = Folder::new();
    let (code, output) = check(&discord, &folder.sqlite(), &[]);
    assert_eq!(code, Some(0), "{output}");
    for (verdict, subject) in [
        ("ok", "dataset: putins-terms-for-peace"),
        ("ok", "settings: interactions through the gateway"),
        ("note", "store: sqlite:"),
        ("ok", "token: belongs to"),
        ("ok", "application: 1100000000000000001"),
        ("ok", "gateway: 1 of 1 recommended shards; 1000 sessions"),
        ("note", "commands: the next start, or `dossier register`, will send: + /"),
    ] {
        assert!(has_finding(&output, verdict, subject), "{verdict} {subject} is not in:\n{output}");
    }
    assert!(output.ends_with("0 problems\n"), "{output}");
    let left = std::fs::read_dir(&folder.0).expect("a folder").count();
    assert_eq!(left, 0, "nothing is created");
    assert!(discord.registrations().is_empty(), "nothing is registered");
}

#[test]
fn a_running_bot_has_no_problems_and_is_not_disturbed() {
    let discord = FakeDiscord::start();
    let folder = Folder::new();
    let url = folder.sqlite();
    let mut bot = Bot::start(Path::new(PROGRAM), &discord, &[("DOSSIER_STORE__URL", &url)]);
    discord.wait_for_commands(dossier::commands::ALL.len() + 2);
    fill_database(&url, &[GENERAL, THREAD, HIDDEN], NEWS);
    let (code, output) = check(&discord, &url, &[]);
    assert_eq!(code, Some(0), "{output}");
    for line in [
        format!("ok       store: {url} can be read and written"),
        "ok       commands: up to date".to_owned(),
        format!("ok       channel {GENERAL} of server {GUILD}: ready for digests"),
        format!("ok       channel {THREAD} of server {GUILD}: ready for digests"),
        format!("ok       channel {NEWS} of server {GUILD}: ready for failure reports"),
    ] {
        assert!(output.lines().any(|one| one == line), "{line} is not in:\n{output}");
    }
    assert!(!output.contains(&HIDDEN.to_string()), "a paused digest does not count: {output}");
    assert!(bot.is_running() && bot.health("/readyz").0 == 200);
}

#[test]
fn a_channel_that_the_bot_cannot_post_in_is_a_problem() {
    let discord = FakeDiscord::start();
    discord.change_channel(GENERAL, |channel| channel.permissions &= !READ_MESSAGE_HISTORY);
    discord.change_channel(THREAD, |channel| channel.is_deleted = true);
    discord.change_channel(NEWS, |channel| channel.permissions = VIEW_CHANNEL);
    discord.change_channel(STAGE, |channel| channel.permissions = 0);
    for engine in Engine::both() {
        fill_database(&engine.url, &[GENERAL, HIDDEN, THREAD, NEWS, STAGE], NEWS);
        let (code, output) = check(&discord, &engine.url, &[]);
        assert_eq!(code, Some(1), "{output}");
        for (channel, lacks) in [
            (GENERAL, "Read Message History"),
            (HIDDEN, "View Channel"),
            (THREAD, "View Channel"),
            (NEWS, "Send Messages, Read Message History"),
        ] {
            let line = format!("channel {channel} of server {GUILD}: the bot lacks {lacks};");
            assert!(has_finding(&output, "problem", &line), "{line} is not in:\n{output}");
        }
        assert!(output.ends_with("4 problems\n"), "{output}");
    }
}

#[test]
fn settings_that_contradict_discord_are_a_problem() {
    let address = Some("https://bot.example/interactions".to_owned());
    let http = [("DOSSIER_DISCORD__TRANSPORT", "http"), ("DISCORD_PUBLIC_KEY", KEY)];
    for (key, endpoint_url, variables, problem) in [
        (KEY, None, &http[..], Some("Discord does not know where to send interactions")),
        (KEY, address.clone(), &http, None),
        ("ab", address.clone(), &http, Some("is not the key of this application")),
        (KEY, address, &[], Some("Discord sends its interactions to https://bot.example/")),
        ("ab", None, &http[1..], Some("is not the key of this application")),
    ] {
        let public_key = key.to_owned();
        let discord =
            FakeDiscord::with(Settings { public_key, endpoint_url, ..Settings::default() });
        let (code, output) = check(&discord, &Folder::new().sqlite(), variables);
        assert_eq!(code, Some(i32::from(problem.is_some())), "{output}");
        let lines = output.lines().filter(|line| line.starts_with("problem  application: "));
        let found: Vec<&str> = lines.collect();
        assert_eq!(found.len(), usize::from(problem.is_some()), "{output}");
        assert!(problem.is_none_or(|problem| found[0].contains(problem)), "{output}");
    }
}

#[test]
fn all_problems_are_reported() {
    let discord = FakeDiscord::with(Settings { identifies_left: 0, ..Settings::default() });
    let folder = Folder::new();
    let url = format!("sqlite:{}", folder.0.join("nowhere/dossier.db").display());
    let broken = folder.0.display().to_string();
    std::fs::create_dir(folder.0.join("article")).expect("a folder");
    std::fs::write(folder.0.join("article/article.toml"), "nonsense = 1").expect("a file");
    let (code, output) = check(&discord, &url, &[("DOSSIER_DATA__DIR", &broken)]);
    assert_eq!(code, Some(1), "{output}");
    for subject in ["dataset: ", "store: sqlite:", "gateway: this process needs 1 session"] {
        assert!(has_finding(&output, "problem", subject), "{subject} is not in:\n{output}");
    }
    assert!(has_finding(&output, "note", "commands: not compared"), "{output}");
}

#[test]
fn a_token_that_discord_refuses_is_a_problem() {
    let discord = FakeDiscord::start();
    let url = Folder::new().sqlite();
    let (code, output) = check(&discord, &url, &[("DISCORD_TOKEN", "MTIz.not.theirs")]);
    assert_eq!(code, Some(1), "{output}");
    let line = "token: Discord refused it; take a new one";
    assert!(has_finding(&output, "problem", line) && !output.contains("not.theirs"), "{output}");
    let (code, output) = check(&discord, &url, &[("DISCORD_TOKEN", "")]);
    assert!(
        code == Some(1) && has_finding(&output, "problem", "token: there is no token"),
        "{output}"
    );
}

#[test]
fn a_database_that_cannot_be_used_is_a_problem() {
    let discord = FakeDiscord::start();
    let folder = Folder::new();
    let path = folder.0.join("notes.txt");
    std::fs::write(&path, "no database ".repeat(400)).expect("a file");
    let url = format!("sqlite:{}", path.display());
    let nowhere = "postgres://dossier:hidden-password@127.0.0.1:1/dossier";
    for (url, problem) in [
        (url.as_str(), "notes.txt is not a SQLite database"),
        ("sqlite:/dev/null/x.db", "there is no folder /dev/null"),
        (nowhere, "cannot be reached"),
    ] {
        let (code, output) = check(&discord, url, &[]);
        assert!(code == Some(1) && output.contains(problem), "{output}");
        assert!(has_finding(&output, "problem", "store: "), "{output}");
    }
}

#[test]
fn an_empty_database_of_postgresql_is_set_up_by_the_first_start() {
    let discord = FakeDiscord::start();
    for engine in Engine::both() {
        let (code, output) = check(&discord, &engine.url, &[]);
        assert!(code == Some(0) && output.contains("is empty; the first start"), "{output}");
        if let Some(cluster) = &engine.cluster {
            cluster.sql("create role guest login");
            let guest = engine.url.replace("//dossier:", "//guest:");
            let (code, output) = check(&discord, &guest, &[]);
            assert!(code == Some(1) && output.contains("may not create tables"), "{output}");
        }
    }
}

#[test]
fn an_unresponsive_discord_is_awaited_up_to_the_timeout() {
    let discord = FakeDiscord::start();
    discord.inject_fault(FaultRule::next("GET", "/users/@me", Fault::NoResponse).times(9));
    let began = std::time::Instant::now();
    let (code, output) = check(&discord, &Folder::new().sqlite(), &[]);
    assert_eq!(code, Some(1), "{output}");
    assert!(
        has_finding(&output, "problem", "token: Discord did not answer within 15 seconds"),
        "{output}"
    );
    assert!(began.elapsed().as_secs() < 25, "{:?}", began.elapsed());
}

#[test]
fn without_a_token_only_local_setup_is_checked() {
    let discord = FakeDiscord::start();
    let http = [
        ("DISCORD_TOKEN", ""),
        ("DOSSIER_DISCORD__TRANSPORT", "http"),
        ("DISCORD_PUBLIC_KEY", KEY),
    ];
    let (code, output) = check(&discord, &Folder::new().sqlite(), &http);
    assert!(code == Some(0) && has_finding(&output, "note", "token: none is set"), "{output}");
    assert!(discord.calls().is_empty());
    let (code, output) = check(&discord, &Folder::new().sqlite(), &http[..2]);
    assert!(code == Some(1) && has_finding(&output, "problem", "settings: "), "{output}");
}
