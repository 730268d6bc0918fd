//! Whole-bot tests: the real program against a fake Discord, one of each per test.

use std::collections::{BTreeSet, VecDeque};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::fake::{
    Answer, Ask, Bot, DefaultFields, FakeDiscord, Fault, FaultRule, GatewayEvent, Greeting,
    OTHER_USER, Settings,
};
use dossier::commands;
use serde_json::{Value, json};

/// The exit code for a configuration error, as in sysexits.h.
const EXIT_CONFIG: Option<i32> = Some(78);

/// The name of the message command.
const LOOK_UP: &str = "Look up in Dossier";

/// The number of registered commands: those for everyone, `/config`, and the message command.
const COMMANDS: usize = commands::ALL.len() + 2;

const CALLBACK: &str = "/callback";

/// All locales of the Discord client: <https://docs.discord.com/developers/reference#locales>
const LOCALES: &[&str] = &[
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
    "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th",
    "zh-CN", "ja", "zh-TW", "ko",
];

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_dossier"))
}

/// Starts a bot and waits until it is connected and has registered its commands.
fn ready(discord: &FakeDiscord) -> Bot {
    ready_with(discord, &[])
}

fn ready_with(discord: &FakeDiscord, variables: &[(&str, &str)]) -> Bot {
    let bot = Bot::start(program(), discord, variables);
    discord.wait_for_sessions(1);
    discord.wait_for_commands(COMMANDS);
    bot
}

fn demand() -> Ask {
    Ask::slash("demand").with("demand", "nato")
}

fn count(seen: &[GatewayEvent], what: GatewayEvent) -> usize {
    seen.iter().filter(|one| **one == what).count()
}

// Interactions.

#[test]
fn commands_autocomplete_menus_buttons_and_message_commands_are_answered() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);

    let card = discord.ask(&demand());
    assert_eq!(card.kind, 4);
    assert!(card.text().contains("NATO") && !card.is_private(), "{}", card.text());

    let offered = discord.ask(&Ask::slash("demand").with("demand", "nat").autocomplete());
    assert!(offered.choices().iter().any(|choice| choice.contains("NATO")), "{offered:?}");

    let (custom_id, values) = card.select().expect("a card with several views has a select menu");
    let other = values.last().expect("a select has options");
    let shown = discord.ask(&Ask::choose(&card, &custom_id, other));
    assert_eq!(shown.kind, 7, "a choice changes the message");
    assert_ne!(shown.text(), card.text());

    let page = discord.ask(&Ask::slash("timeline"));
    let next = page.button("Next").expect("the chronology has pages");
    let second = discord.ask(&Ask::press(&page, &next));
    assert_eq!(second.kind, 7);
    assert_ne!(second.text(), page.text());

    let found = discord.ask(&Ask::on_message(LOOK_UP, "What about NATO membership for Ukraine?"));
    assert!(found.is_private() && found.text().contains("NATO"), "{}", found.text());
}

#[test]
fn a_button_on_another_members_message_opens_a_private_copy() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    let page = discord.ask(&Ask::slash("timeline"));
    let next = page.button("Next").expect("the chronology has pages");
    let copy = discord.ask(&Ask::press(&page, &next).by(OTHER_USER));
    assert_eq!((copy.kind, copy.is_private()), (4, true));
    let own = copy.button("Next").expect("and so on in the copy");
    assert_eq!(discord.ask(&Ask::press(&copy, &own).by(OTHER_USER)).kind, 7);
}

#[test]
fn a_response_can_be_private_and_then_shared() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    let card = discord.ask(&demand().with("private", true));
    assert!(card.is_private());
    for (value, is_private) in [
        (json!("yes"), true),
        (json!("True"), true),
        (json!(1), true),
        (json!("False"), false),
        (json!(false), false),
    ] {
        let asked = demand().with("private", value.clone());
        assert_eq!(discord.ask(&asked).is_private(), is_private, "{value}");
    }
    let share = card.button("Share").expect("a private answer can be shared");
    let shared = discord.ask(&Ask::press(&card, &share));
    assert_eq!((shared.kind, shared.is_private()), (4, false));
}

#[test]
fn only_the_member_who_asked_can_delete_a_response() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    let card = discord.ask(&demand());
    let delete = card.button("Delete").expect("a public answer can be deleted");
    let refused = discord.ask(&Ask::press(&card, &delete).by(OTHER_USER));
    assert!(refused.is_private(), "{refused:?}");
    let deleted = discord.ask(&Ask::press(&card, &delete));
    assert!(matches!(deleted.kind, 6 | 7), "{deleted:?}");
    discord.wait_for_calls("DELETE", "/messages/@original", 1);
}

#[test]
fn every_command_works_in_every_context_and_locale() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    for command in commands::ALL {
        let ask = Ask::slash(command.name);
        let ask = if command.name == "search" { ask.with("query", "nuclear weapons") } else { ask };
        for ask in [
            ask.clone(),
            ask.clone().in_bot_dm(),
            ask.clone().in_private_channel(),
            ask.user_installed(),
        ] {
            let answer = discord.ask(&ask);
            assert!(answer.kind == 4 && !answer.text().is_empty(), "/{}: {answer:?}", command.name);
        }
    }
    for &locale in LOCALES {
        let answer = discord.ask(&demand().in_locale(locale));
        assert!(answer.text().contains("NATO"), "in {locale}: {}", answer.text());
        discord.ask(&Ask::on_message(LOOK_UP, "Крим це Україна").in_locale(locale).in_bot_dm());
    }
}

/// The fake Discord validates every response along the way.
#[test]
fn every_button_and_menu_reachable_from_the_commands_works() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    let mut known = BTreeSet::new();
    let mut open: VecDeque<Answer> = VecDeque::new();
    for command in commands::ALL {
        let ask = Ask::slash(command.name);
        let ask = if command.name == "search" { ask.with("query", "war") } else { ask };
        open.push_back(discord.ask(&ask));
    }
    for ask in [demand(), demand().with("private", true), Ask::slash("actor").with("actor", "u")] {
        open.push_back(discord.ask(&ask));
    }
    let mut presses = 0;
    while let Some(answer) = open.pop_front().filter(|_| presses < 250) {
        let select = answer.select();
        for custom_id in answer.custom_ids() {
            if !known.insert(custom_id.clone()) {
                continue;
            }
            presses += 1;
            let press = match &select {
                Some((select, values)) if *select == custom_id => {
                    Ask::choose(&answer, &custom_id, values.last().map_or("", String::as_str))
                }
                _ => Ask::press(&answer, &custom_id),
            };
            let next = discord.ask(&press);
            assert!(matches!(next.kind, 4 | 6 | 7), "{custom_id}: {next:?}");
            open.push_back(next);
        }
    }
    assert!(presses > 50, "only {presses} could be pressed");
}

#[test]
fn invalid_input_gets_a_private_explanation() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    let card = discord.ask(&demand());
    let some = card.custom_ids().pop().expect("a card has buttons");
    let (menu, _) = card.select().expect("and a select menu");
    let wrong = |change: fn(&mut Value)| demand().with_payload(change);
    let asked = [
        ("an unknown command", wrong(|all| all["data"]["name"] = json!("nobody-knows-this"))),
        ("a command without a name", wrong(|all| all["data"]["name"] = Value::Null)),
        (
            "an option that is an object",
            wrong(|all| all["data"]["options"][0]["value"] = json!({ "a": [1] })),
        ),
        (
            "an option that is a number",
            wrong(|all| all["data"]["options"][0]["value"] = json!(-1.5e300)),
        ),
        (
            "a message command without its message",
            Ask::on_message(LOOK_UP, "x").with_payload(|all| all["data"]["resolved"] = Value::Null),
        ),
        ("a message without words", Ask::on_message(LOOK_UP, "")),
        ("a search for nothing", Ask::slash("search")),
        ("a search for 6,000 characters", Ask::slash("search").with("query", "zq".repeat(3_000))),
        (
            "a search for control characters",
            Ask::slash("search").with("query", "\u{0}\u{1b}[31m\u{202e}\u{200b}"),
        ),
        (
            "a search for mentions",
            Ask::slash("search").with("query", "@everyone <@300000000000000007> **qqzzxx** `"),
        ),
        ("another recipe", Ask::slash("demand").with("demand", "borscht with beetroot")),
        ("an unknown custom_id", Ask::press(&card, "zz:nothing")),
        ("a custom_id of tomorrow", Ask::press(&card, "9q:demand:1:x=y")),
        ("a custom_id of nothing but colons", Ask::press(&card, ":::::::::")),
        ("a custom_id in another script", Ask::press(&card, "1\u{1F600}\u{0}é:é")),
        ("a custom_id cut off", Ask::press(&card, some.get(..some.len() / 2).unwrap_or("1"))),
        ("a choice that is not offered", Ask::choose(&card, &menu, "nobody offered this")),
        (
            "a component of an unknown type",
            Ask::press(&card, "x").with_payload(|all| all["data"]["component_type"] = json!(77)),
        ),
        (
            "a component without data",
            Ask::press(&card, "x").with_payload(|all| all["data"] = Value::Null),
        ),
        (
            "a press without a message",
            Ask::press(&card, "x").with_payload(|all| all["message"] = Value::Null),
        ),
    ];
    let mut wrong = Vec::new();
    for (what, ask) in asked {
        let answer = discord.ask(&ask);
        if !answer.is_private() || answer.text().len() < 20 {
            wrong.push(format!("{what}: {}", answer.text()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(bot.is_running());
}

#[test]
fn odd_fields_do_not_prevent_an_answer() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    let oddities: [fn(&mut Value); 9] = [
        |all| all["data"]["options"][0]["type"] = json!(99),
        |all| all["entitlements"] = json!([{ "type": 99, "unheard": null }]),
        |all| all["member"]["user"]["new"] = json!({ "deep": [[[[1]]]] }),
        |all| all["context"] = json!(17),
        |all| all["locale"] = json!("xx-YY"),
        |all| all["app_permissions"] = Value::Null,
        |all| all["authorizing_integration_owners"] = Value::Null,
        |all| {
            all["channel"] =
                json!({ "id": 3, "type": 250, "name": "___hidden___", "flags": 131_072 })
        },
        |all| {
            *all = json!({ "id": all["id"], "token": all["token"], "type": 2, "data": all["data"] })
        },
    ];
    for odd in oddities {
        let answer = discord.ask(&demand().with_payload(odd));
        assert!(answer.text().contains("NATO"), "{}", answer.text());
    }
    assert!(bot.is_running());
}

#[test]
fn an_unknown_interaction_type_is_answered() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    for kind in [0, 5, 6, 99, 255, 256, 70_000] {
        let answer = discord.ask(&demand().with_payload(move |all| all["type"] = json!(kind)));
        assert!(answer.is_private(), "type {kind}: {answer:?}");
    }
    assert!(bot.is_running());
}

// Registration.

#[test]
fn a_restart_does_not_register_the_commands_again() {
    for default_fields in [DefaultFields::Omitted, DefaultFields::Included] {
        let discord = FakeDiscord::with(Settings { default_fields, ..Settings::default() });
        stop(&discord, ready(&discord));
        let first = discord.registrations();
        assert_eq!(first.len(), 1, "{first:?}");
        stop(&discord, started_again(&discord));
        assert_eq!(discord.registrations(), first, "{default_fields:?}");
    }
}

#[test]
fn commands_are_registered_even_if_ready_lacks_the_application_id() {
    let discord = FakeDiscord::with(Settings { names_application: false, ..Settings::default() });
    let _bot = ready(&discord);
    discord.ask(&demand());
    discord.change_commands(Vec::clear);
    discord.inject_fault(FaultRule::next("GET", "/applications/@me", Fault::Status(403)));
    let bot = Bot::start(program(), &discord, &[]);
    bot.wait_for("commands cannot be registered");
}

#[test]
fn changed_commands_are_overwritten_in_one_request_and_foreign_ones_stay() {
    let discord = FakeDiscord::start();
    stop(&discord, ready(&discord));
    discord.change_commands(|commands| {
        commands[1]["description"] = json!("What it said in an older version");
        let mut foreign = commands[0].clone();
        foreign["name"] = json!("not-ours");
        foreign["id"] = json!("5");
        commands.push(foreign);
    });
    let before = discord.registrations().len();
    stop(&discord, started_again(&discord));
    let sent = discord.registrations().split_off(before);
    assert!(matches!(sent.as_slice(), [one] if one.starts_with("PUT")), "{sent:?}");
    assert!(discord.commands().iter().any(|command| command["name"] == "not-ours"));
}

/// Starts a bot with the commands already registered and waits until it has compared them.
fn started_again(discord: &FakeDiscord) -> Bot {
    let is_look =
        |call: &&crate::fake::Call| call.method == "GET" && call.path.ends_with("/commands");
    let looks = discord.calls().iter().filter(is_look).count();
    let sessions = count(&discord.events(), GatewayEvent::Ready);
    let bot = Bot::start(program(), discord, &[]);
    discord.wait_for_sessions(sessions + 1);
    discord.wait_for_calls("GET", "/commands", looks + 1);
    discord.ask(&demand());
    bot
}

/// Stops the bot with SIGTERM.
fn stop(discord: &FakeDiscord, mut bot: Bot) {
    discord.ask(&demand());
    bot.terminate();
    let (code, output) = bot.wait_for_exit();
    assert_eq!(code, Some(0), "{output}");
}

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

// Gateway faults.

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
    });
}

#[test]
fn it_reconnects_within_fifteen_seconds_without_hello() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    discord.expect_greetings([Greeting::NoHello]);
    let at = Instant::now();
    discord.drop_socket();
    discord.wait_for("a RESUME", |seen| seen.contains(&GatewayEvent::Resumed));
    assert!(at.elapsed() < Duration::from_secs(15), "{:?}", at.elapsed());
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

// Token and shutdown.

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

// REST API faults.

#[test]
fn a_rate_limited_callback_waits_for_retry_after() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    discord.inject_fault(FaultRule::rate_limited("POST", CALLBACK, "0.6"));
    discord.ask(&demand());
    let calls = discord.wait_for_calls("POST", CALLBACK, 2);
    let waited = calls[1].at - calls[0].at;
    assert!(waited >= Duration::from_millis(600), "it waited {waited:?}");
    assert_eq!((calls[0].status, calls.len()), (429, 2));
}

#[test]
fn a_failed_callback_is_never_accepted_twice_and_the_next_one_succeeds() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    for fault in [
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(403),
        Fault::Status(404),
        Fault::DroppedBefore,
        Fault::DroppedAfter,
        Fault::Delayed(Duration::from_millis(3_300)),
        Fault::NoResponse,
        Fault::RateLimited { retry_after: "soon".to_owned(), is_global: false },
        Fault::RateLimited { retry_after: "86400".to_owned(), is_global: true },
        Fault::RateLimited { retry_after: "-1".to_owned(), is_global: false },
    ] {
        let calls = discord.wait_for_calls("POST", CALLBACK, 0).len();
        discord.inject_fault(FaultRule::next("POST", CALLBACK, fault.clone()));
        discord.send(&demand());
        discord.wait_for_calls("POST", CALLBACK, calls + 1);
        let next = discord.ask(&demand());
        assert!(next.text().contains("NATO"), "after {fault:?}");
    }
    assert!(bot.is_running());
    let calls = discord.wait_for_calls("POST", CALLBACK, 0).len();
    assert!(calls <= 3 * 11, "{calls} calls for 22 answers, 11 of which went wrong");
    let refused = discord.take_violations();
    assert!(!refused.iter().any(|one| one.contains("twice")), "{refused:?}");
}

/// Discord closes idle connections, and a firewall may drop them silently.
#[test]
fn a_callback_is_retried_on_a_new_connection_if_pooled_ones_are_dead() {
    let discord = FakeDiscord::start();
    let bot = ready(&discord);
    for fault in [Fault::DroppedBefore, Fault::DroppedAfter, Fault::NoResponse] {
        discord.inject_fault(
            FaultRule::next("POST", CALLBACK, Fault::Delayed(Duration::from_millis(300))).times(8),
        );
        let open: Vec<u64> = (0..8).map(|_| discord.send(&demand())).collect();
        for id in open {
            discord.answer_to(id);
        }
        discord.inject_fault(
            FaultRule::next("POST", CALLBACK, fault.clone())
                .times(usize::MAX)
                .on_reused_connections(),
        );
        let sent: Vec<u64> = (0..8).map(|_| discord.send(&demand())).collect();
        for id in sent {
            let answer = discord.answer_within(id, Duration::from_secs(3));
            assert!(answer.is_some(), "after {fault:?}: {}", bot.output());
        }
        discord.clear_faults();
    }
    assert!(!bot.output().contains("an answer failed"), "{}", bot.output());
}

#[test]
fn an_unauthorized_callback_does_not_invalidate_the_bots_token() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    discord.inject_fault(FaultRule::next("POST", CALLBACK, Fault::Status(401)).times(2));
    for _ in 0..2 {
        let calls = discord.wait_for_calls("POST", CALLBACK, 0).len();
        discord.send(&demand());
        discord.wait_for_calls("POST", CALLBACK, calls + 1);
    }
    assert!(discord.ask(&demand()).text().contains("NATO"));
    assert!(bot.is_running());
}

#[test]
fn registration_waits_for_rate_limits_and_retries_after_errors() {
    let discord = FakeDiscord::start();
    discord.inject_fault(FaultRule::rate_limited("PUT", "/commands", "0.4"));
    discord.inject_fault(FaultRule::next("GET", "/commands", Fault::Status(502)));
    discord.inject_fault(FaultRule::next("GET", "/gateway/bot", Fault::Status(503)));
    let _bot = ready(&discord);
    discord.ask(&demand());
    let calls = discord.wait_for_calls("PUT", "/commands", 2);
    let refused = calls.iter().position(|call| call.status == 429).expect("one was refused");
    let waited = calls[refused + 1].at - calls[refused].at;
    assert!(waited >= Duration::from_millis(400), "it waited {waited:?}");
}

// Secrets and resources.

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
