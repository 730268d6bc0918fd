//! The gateway: resumed and new sessions, fatal errors, shards.

use std::time::{Duration, Instant};

use super::{COMMANDS, EXIT_CONFIG, count, demand, program, ready};
use crate::fake::{Bot, FakeDiscord, GatewayEvent, Greeting, Settings};

/// Checks that the session is resumed after a fault and that an interaction sent in the meantime is
/// answered.
fn resumes_after(fault: impl FnOnce(&FakeDiscord)) {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    discord.ask(&demand());
    fault(&discord);
    discord.wait_for("a RESUME at the address that READY gave", |seen| {
        count(seen, GatewayEvent::Resumed) > 0
            && seen.contains(&GatewayEvent::Connected { to_resume_url: true })
    });
    discord.ask(&demand());
    let identified = discord
        .events()
        .iter()
        .filter(|one| matches!(one, GatewayEvent::Identified { .. }))
        .count();
    assert_eq!(identified, 1, "a session is resumed rather than begun anew");
    assert!(bot.is_running());
}

#[test]
fn it_resumes_when_discord_asks_to_reconnect() {
    resumes_after(|discord| {
        discord.ask_to_reconnect();
        let meanwhile = discord.send(&demand());
        discord.answer_to(meanwhile);
    });
}

#[test]
fn it_resumes_after_a_resumable_invalid_session() {
    resumes_after(|discord| discord.invalidate(true));
}

#[test]
fn it_resumes_after_a_dropped_connection() {
    resumes_after(FakeDiscord::drop_socket);
}

#[test]
fn it_resumes_after_a_close_without_a_code() {
    resumes_after(|discord| discord.close(None));
}

#[test]
fn it_resumes_after_close_codes_that_are_not_fatal() {
    for code in [1001, 4000, 4001, 4002, 4005, 4008] {
        resumes_after(|discord| discord.close(Some(code)));
    }
}

#[test]
fn it_resumes_when_heartbeats_are_not_acknowledged() {
    let discord = FakeDiscord::with(Settings {
        heartbeat: Duration::from_millis(300),
        ..Settings::default()
    });
    let _bot = ready(&discord);
    discord.wait_for("a heartbeat", |seen| seen.contains(&GatewayEvent::Heartbeat));
    discord.ignore_heartbeats(true);
    discord.wait_for("a RESUME", |seen| seen.contains(&GatewayEvent::Resumed));
    discord.ignore_heartbeats(false);
    discord.ask(&demand());
}

#[test]
fn it_identifies_again_when_the_session_is_gone() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    discord.invalidate(false);
    discord.wait_for_sessions(2);
    discord.ask(&demand());

    discord.expect_greetings([Greeting::InvalidSession(false)]);
    discord.drop_socket();
    discord.wait_for_sessions(3);
    discord.ask(&demand());
    assert_eq!(count(&discord.events(), GatewayEvent::Resumed), 1);
}

#[test]
fn it_retries_when_the_first_connections_fail() {
    let discord = FakeDiscord::start();
    discord.expect_greetings([Greeting::Refused, Greeting::Silent]);
    let _bot = ready(&discord);
    discord.ask(&demand());
    assert_eq!(discord.unused_greetings(), 0);
}

#[test]
fn it_still_resumes_after_failed_reconnects() {
    resumes_after(|discord| {
        discord.expect_greetings([Greeting::Silent, Greeting::Refused]);
        discord.close(Some(4000));
        discord.wait_for("another try", |seen| {
            seen.iter().filter(|one| matches!(one, GatewayEvent::Connected { .. })).count() == 4
        });
        assert_eq!(discord.unused_greetings(), 0);
        // A host that does not answer is not tried again.
        assert_eq!(connected_to_resume_url(discord), [false, true, false, false]);
    });
}

#[test]
fn it_reconnects_within_fifteen_seconds_without_hello() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    discord.expect_greetings([Greeting::NoHello]);
    let at = Instant::now();
    discord.close(Some(4000));
    discord.wait_for("a RESUME", |seen| seen.contains(&GatewayEvent::Resumed));
    assert!(at.elapsed() < Duration::from_secs(15), "{:?}", at.elapsed());
    assert_eq!(connected_to_resume_url(&discord), [false, true, false]);
}

/// For each connection, whether it was made to the address for resuming.
fn connected_to_resume_url(discord: &FakeDiscord) -> Vec<bool> {
    let events = discord.events().into_iter();
    events
        .filter_map(|event| match event {
            GatewayEvent::Connected { to_resume_url } => Some(to_resume_url),
            _ => None,
        })
        .collect()
}

#[test]
fn invalid_and_unknown_frames_are_ignored() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    discord.send_frame("no JSON at all");
    discord.send_frame("{}");
    discord.send_frame(r#"{"op":77,"d":null,"s":null,"t":null}"#);
    discord.send_frame(r#"{"op":0,"d":{"id":5},"s":null,"t":null}"#);
    discord.send_bytes(b"\x00\x01garbage");
    discord.dispatch("SOMETHING_NEW", r#"{"of":["tomorrow"]}"#);
    discord.dispatch("INTERACTION_CREATE", "null");
    discord.dispatch("INTERACTION_CREATE", r#"{"id":"1"}"#);
    discord.dispatch("GUILD_DELETE", r#"{"id":"4","unavailable":true}"#);
    discord.dispatch("GUILD_CREATE", &format!(r#"{{"id":"4","name":"{}"}}"#, "x".repeat(5 << 20)));
    discord.ask(&demand());
    assert!(bot.is_running());
}

#[test]
fn a_fatal_close_code_stops_it_with_an_explanation() {
    let ends = |code: u16| {
        let discord = FakeDiscord::start();
        discord.expect_greetings([Greeting::Closed(code)]);
        let mut bot = Bot::start(program(), &discord, &[]);
        let (exit, output) = bot.wait_for_exit();
        assert_eq!(exit, EXIT_CONFIG, "close code {code}: {output}");
        let sentence = output.lines().last().unwrap_or("");
        assert!(sentence.split_whitespace().count() > 6, "close code {code}: {output}");
        sentence.to_owned()
    };
    let mut sentences: Vec<String> = [4004, 4010, 4011, 4012, 4013, 4014].map(ends).into();
    sentences.dedup();
    assert!(sentences.len() > 3, "each says what to mend: {sentences:#?}");
}

#[test]
fn it_does_not_identify_when_the_session_limit_is_used_up() {
    let discord = FakeDiscord::with(Settings { identifies_left: 0, ..Settings::default() });
    let bot = Bot::start(program(), &discord, &[]);
    discord.wait_for_calls("GET", "/gateway/bot", 1);
    bot.wait_for("session");
    let identified = |one: &GatewayEvent| matches!(one, GatewayEvent::Identified { .. });
    assert!(!discord.events().iter().any(identified), "{}", bot.output());
}

#[test]
fn it_starts_the_recommended_number_of_shards() {
    let discord =
        FakeDiscord::with(Settings { shards: 2, max_concurrency: 2, ..Settings::default() });
    let _bot = Bot::start(program(), &discord, &[]);
    discord.wait_for_sessions(2);
    let seen = discord.events();
    for shard in [0, 1] {
        assert_eq!(count(&seen, GatewayEvent::Identified { shard }), 1, "{seen:?}");
    }
    discord.wait_for_commands(COMMANDS);
    discord.ask(&demand());
}
