//! Registration of the commands when the bot starts.

use std::time::Duration;

use super::{count, demand, program, ready, stop};
use crate::fake::{Bot, DefaultFields, FakeDiscord, Fault, FaultRule, GatewayEvent, Settings};
use serde_json::json;

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
    let bot = started_again(&discord);
    bot.wait_for("commands registered changes=1");
    stop(&discord, bot);
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
