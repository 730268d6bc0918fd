//! The process: its token and settings, signals, secrets in the log, memory and file descriptors.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{CALLBACK, COMMANDS, EXIT_CONFIG, LOOK_UP, demand, program, ready, ready_with, stop};
use crate::fake::{Ask, Bot, FakeDiscord, Fault, FaultRule, Folder, GatewayEvent, Settings};

#[test]
fn sighup_does_not_stop_the_bot() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    for _ in 0..3 {
        bot.signal("-HUP");
        discord.ask(&demand());
    }
    assert!(bot.is_running());
    stop(&discord, bot);
}

#[test]
fn without_a_token_it_explains_where_to_get_one() {
    let discord = FakeDiscord::start();
    let api_url = discord.api_url();
    let mut bot = Bot::spawn(program(), &["run"], &[("DOSSIER_DISCORD__API_URL", &api_url)]);
    let (code, output) = bot.wait_for_exit();
    assert_eq!(code, EXIT_CONFIG, "{output}");
    for word in ["DISCORD_TOKEN", "discord.com/developers", "ask"] {
        assert!(output.contains(word), "{word} is not in: {output}");
    }
    assert!(discord.calls().is_empty());
}

#[test]
fn an_empty_setting_stops_it_with_an_explanation() {
    let discord = FakeDiscord::start();
    for name in ["DATABASE_URL", "DOSSIER_STORE__URL", "DISCORD_TOKEN"] {
        let mut bot = Bot::start(program(), &discord, &[(name, "")]);
        let (code, output) = bot.wait_for_exit();
        assert_eq!(code, EXIT_CONFIG, "{name}: {output}");
        assert!(output.split_whitespace().count() > 6, "{name}: {output}");
    }
}

#[test]
fn an_outage_is_logged_when_it_begins_and_when_it_ends() {
    let discord = FakeDiscord::start();
    let bot = ready(&discord);
    discord.inject_fault(FaultRule::next("POST", CALLBACK, Fault::Status(403)).times(100));
    for _ in 0..100 {
        discord.send(&demand());
    }
    discord.wait_for_calls("POST", CALLBACK, 100);
    discord.ask(&demand());
    bot.wait_for("answers are accepted again");
    let output = bot.output();
    let lines = output.lines().filter(|line| line.contains("an answer failed")).count();
    assert_eq!(lines, 1, "{output}");
}

#[test]
fn the_token_may_be_in_a_file_that_others_cannot_read() {
    let discord = FakeDiscord::start();
    let (token, api_url) = (discord.token(), discord.api_url());
    let file = Temporary::file("token", &format!("{token}\n"));
    let path = file.0.to_string_lossy().into_owned();
    let with = |more: &[(&str, &str)]| {
        let mut variables =
            vec![("DOSSIER_DISCORD__API_URL", api_url.as_str()), ("DISCORD_TOKEN_FILE", &path)];
        variables.extend_from_slice(more);
        Bot::spawn(program(), &["run"], &variables)
    };
    file.readable(0o644);
    assert_eq!(with(&[]).wait_for_exit().0, EXIT_CONFIG, "others can read it");
    file.readable(0o600);
    let (code, output) = with(&[("DISCORD_TOKEN", &token)]).wait_for_exit();
    assert_eq!(code, EXIT_CONFIG, "two tokens");
    assert!(!output.contains(&token));
    let _bot = with(&[]);
    discord.wait_for_sessions(1);
}

#[test]
fn the_database_is_closed_if_it_is_stopped_during_startup() {
    let discord = FakeDiscord::start();
    discord.inject_fault(FaultRule::next("GET", "/gateway/bot", Fault::Status(503)).times(100));
    let folder = Folder::new();
    let mut bot =
        Bot::start(program(), &discord, &[("DOSSIER_STORE__URL", folder.sqlite().as_str())]);
    bot.wait_for("retrying");
    bot.terminate();
    let (code, output) = bot.wait_for_exit();
    assert!(code == Some(0) && output.contains("stopped during startup"), "{output}");
    assert!(folder.0.join("dossier.db").exists() && !folder.0.join("dossier.db-wal").exists());
}

#[test]
fn a_rejected_token_stops_it_at_once() {
    let discord = FakeDiscord::start();
    let variables = [("DISCORD_TOKEN", "MTEwMDAwMDAwMDAwMDAwMDAwMQ.wrong.token-of-somebody-else")];
    let mut bot = Bot::start(program(), &discord, &variables);
    let (code, output) = bot.wait_for_exit();
    assert_eq!(code, EXIT_CONFIG, "{output}");
    assert!(output.contains("token") && !output.contains("somebody-else"), "{output}");
    assert!(discord.calls().len() <= 5, "{:?}", discord.calls());
}

#[test]
fn responses_in_progress_are_finished_at_shutdown() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    discord.inject_fault(
        FaultRule::next("POST", CALLBACK, Fault::Delayed(Duration::from_millis(900))).times(8),
    );
    let sent: Vec<u64> = (0..8).map(|_| discord.send(&demand())).collect();
    discord.wait_for_calls("POST", CALLBACK, 8);
    let at = Instant::now();
    bot.terminate();
    let (code, output) = bot.wait_for_exit();
    assert_eq!(code, Some(0), "{output}");
    assert!(at.elapsed() < Duration::from_secs(8));
    assert!(sent.iter().all(|id| discord.is_answered(*id)));
    discord.wait_for("a close with 1000", |seen| seen.contains(&GatewayEvent::Closed(Some(1000))));
}

/// A query that must not appear in any log.
const QUERY: &str = "zyxwordthatnobodytypes";

#[test]
fn no_secret_is_ever_logged() {
    for level in ["trace", "debug"] {
        let discord = FakeDiscord::with(Settings {
            heartbeat: Duration::from_millis(400),
            ..Settings::default()
        });
        let mut bot = ready_with(&discord, &[("DOSSIER_LOG", level)]);
        let card = discord.ask(&demand());
        let query = Ask::slash("search").with("query", QUERY);
        discord.ask(&query);
        discord.ask(&Ask::slash("demand").with("demand", QUERY).autocomplete());
        discord.ask(&Ask::on_message(LOOK_UP, QUERY));
        discord.ask(&Ask::press(&card, QUERY));
        for fault in [
            Fault::Status(500),
            Fault::Status(403),
            Fault::EchoedRequest(404),
            Fault::DroppedBefore,
            Fault::DroppedAfter,
        ] {
            let calls = discord.wait_for_calls("POST", CALLBACK, 0).len();
            discord.inject_fault(FaultRule::next("POST", CALLBACK, fault));
            discord.send(&query);
            discord.wait_for_calls("POST", CALLBACK, calls + 1);
        }
        let broken =
            format!(r#"{{"id":7,"token":"{}","data":{{"name":"{QUERY}""#, "tokentoken".repeat(12));
        discord.dispatch("INTERACTION_CREATE", "[1,2]");
        discord.send_frame(&broken);
        discord.ask(&query);
        discord.drop_socket();
        discord.wait_for("a RESUME", |seen| seen.contains(&GatewayEvent::Resumed));
        discord.ask(&query);
        bot.terminate();
        let (_, output) = bot.wait_for_exit();
        assert!(
            output.contains("Discord answered 404, code 50035: data"),
            "at {level} it says what was refused: {output}"
        );
        let shown =
            |secret: &str| output.lines().find(|line| line.contains(secret)).map(str::to_owned);
        assert_eq!(shown("secret-of-the-fake-bot"), None, "the bot's token at {level}");
        assert_eq!(shown("tokentoken"), None, "an interaction's token at {level}");
        for token in discord.interaction_tokens() {
            assert_eq!(shown(&token[..24]), None, "an interaction's token at {level}");
        }
        if level != "trace" {
            assert_eq!(shown(QUERY), None, "what was typed, at {level}");
        }
        discord.take_violations();
    }
}

#[test]
fn memory_depends_neither_on_guilds_nor_on_responses() {
    let memory_with = |guilds: usize| {
        let discord =
            FakeDiscord::with(Settings { guilds, validate_every: 50, ..Settings::default() });
        let bot = ready(&discord);
        discord.ask(&demand());
        (bot.memory_kib(), bot, discord)
    };
    let (few, _, _) = memory_with(1);
    let (many, bot, discord) = memory_with(5_000);
    assert!(many < few + 4_096, "{few} KiB with 1 server, {many} KiB with 5,000");
    answers(&discord, 8_000);
    let before = bot.memory_kib();
    answers(&discord, 72_000);
    let after = bot.memory_kib();
    // The allocator alone makes it rise and fall by 2 MiB.
    assert!(after < before + 3_072, "{before} KiB after 8,000 answers, {after} KiB after 80,000");
}

#[test]
fn a_low_descriptor_limit_suffices_for_a_burst_with_idle_clients() {
    let discord = FakeDiscord::start();
    let mut bot = Bot::start_with_descriptors(program(), &discord, 64);
    discord.wait_for_sessions(1);
    discord.wait_for_commands(COMMANDS);
    let address = bot.web_address();
    let connect = |_| std::net::TcpStream::connect(&address).expect("a connection");
    let idle: Vec<_> = (0..60).map(connect).collect();
    answers(&discord, 500);
    drop(idle);
    assert_eq!(bot.health("/healthz").0, 200);
    assert!(bot.is_running());
}

/// Sends this many commands, autocompletes and component interactions, 16 at a time.
fn answers(discord: &FakeDiscord, count: usize) {
    let card = discord.ask(&Ask::slash("timeline"));
    let next = card.button("Next").expect("the chronology has pages");
    let asks = [
        demand(),
        Ask::slash("place").with("place", "Kiev"),
        Ask::slash("term").with("term", "buf").autocomplete(),
        Ask::press(&card, &next),
    ];
    let answers = discord.stream_answers();
    for number in 0..count {
        if number >= 16 {
            answers.recv_timeout(Duration::from_secs(20)).expect("each is answered");
        }
        discord.send(&asks[number % asks.len()]);
    }
    for _ in 0..16 {
        answers.recv_timeout(Duration::from_secs(20)).expect("each is answered");
    }
    discord.keep_answers();
}

/// A temporary file, deleted on drop.
struct Temporary(PathBuf);

impl Temporary {
    fn file(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("dossier-{name}-{}", std::process::id()));
        std::fs::write(&path, text).expect("a temporary file");
        Self(path)
    }

    fn readable(&self, mode: u32) {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&self.0, permissions).expect("a file of ours");
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}
