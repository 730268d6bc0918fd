//! Whole-bot tests: the real program against a fake Discord, one of each per test.

mod callbacks;
mod gateway;
mod process;
mod registration;

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

use crate::fake::{Answer, Ask, Bot, FakeDiscord, GatewayEvent, OTHER_USER};
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
    let in_bot_dm = discord.ask(&demand().with("private", true).in_bot_dm());
    assert_eq!(in_bot_dm.button("Share"), None, "nobody to share it with");
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

/// Stops the bot with SIGTERM.
fn stop(discord: &FakeDiscord, mut bot: Bot) {
    discord.ask(&demand());
    bot.terminate();
    let (code, output) = bot.wait_for_exit();
    assert_eq!(code, Some(0), "{output}");
}
