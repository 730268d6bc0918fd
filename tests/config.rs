//! Moderators' settings: the real program with a real database against a fake Discord.

mod departures;
mod import;
mod kills;
mod outages;

use std::path::Path;
use std::time::Duration;

use crate::fake::guild::{
    BOTS, CATEGORY, CONNECT, FORUM, GENERAL, GUILD, HIDDEN, MEMBERS, NEWS, SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS, STAGE, THREAD, VIEW_CHANNEL, VOICE,
};
use crate::fake::{Answer, Ask, Bot, FakeDiscord, Fault, FaultRule, OTHER_USER};
use serde_json::json;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_dossier"))
}

/// Starts a bot and waits until it is connected and has registered its commands.
fn ready(discord: &FakeDiscord, variables: &[(&str, &str)]) -> Bot {
    let bot = Bot::start(program(), discord, variables);
    discord.wait_for_sessions(1);
    bot.wait_for("commands registered");
    bot
}

fn config(command: &str) -> Ask {
    Ask::slash(&format!("config {command}"))
}

fn allow(channel: u64) -> Ask {
    config("channels allow").with("channel", channel)
}

fn check_settings() -> Ask {
    Ask::slash("demand").with("demand", "nato")
}

/// Checks that a response is ephemeral and contains all of these texts.
#[track_caller]
fn assert_contains(answer: &Answer, parts: &[&str]) {
    assert!(answer.is_private(), "{}", answer.text());
    for part in parts {
        assert!(answer.text().contains(part), "{part:?} is not in:\n{}", answer.text());
    }
}

fn mention(channel: u64) -> String {
    format!("<#{channel}>")
}

#[test]
fn each_subcommand_works() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    assert_contains(&discord.ask(&config("view")), &["Dossier in this server", "no rules"]);
    assert_contains(&discord.ask(&allow(BOTS)), &["Saved", &mention(BOTS)]);
    let answer = discord.ask(&check_settings());
    assert_contains(&answer, &["Only you can see this", &mention(BOTS), "NATO"]);
    assert!(answer.button("Share").is_none());
    assert!(!discord.ask(&check_settings().in_channel(BOTS)).is_private());
    assert_contains(
        &discord.ask(&config("channels elsewhere").with("mode", "refuse")),
        &["refused"],
    );
    assert_contains(
        &discord.ask(&check_settings()),
        &["does not answer in this channel", &mention(BOTS)],
    );
    assert_contains(&discord.ask(&config("channels block").with("channel", BOTS)), &["not public"]);
    assert_contains(&discord.ask(&config("channels remove").with("channel", BOTS)), &["no rule"]);
    assert!(!discord.ask(&check_settings()).is_private());
    assert_contains(&discord.ask(&config("channels block").with("channel", CATEGORY)), &["Saved"]);
    assert_contains(&discord.ask(&check_settings()), &["does not answer"]);
    assert_contains(&discord.ask(&config("channels clear")), &["no rules"]);
    assert_contains(
        &discord.ask(&config("channels pace").with("answers", 1)),
        &["After one public answer"],
    );
    assert!(!discord.ask(&check_settings()).is_private());
    assert_contains(&discord.ask(&check_settings()), &["limit of one public answer per minute"]);
    assert_contains(
        &discord.ask(&config("channels pace").with("answers", 0)),
        &["no limit on public answers"],
    );
    assert_contains(&discord.ask(&config("trouble").with("channel", NEWS)), &[&mention(NEWS)]);
    assert_contains(&discord.ask(&config("check")), &["Everything works", "no channel rules"]);
    assert_contains(
        &discord.ask(&config("log")),
        &["9 changes", "<@300000000000000007>", "allowed → blocked"],
    );
    let exported = discord.ask(&config("export"));
    let file = exported.text_file();
    assert_contains(&exported, &["This server's settings"]);
    let reset = discord.ask(&config("reset"));
    assert_contains(&reset, &["Erase everything?"]);
    let sure = reset.button("Erase everything").expect("a button");
    assert_contains(&discord.ask(&Ask::press(&reset, &sure)), &["Erased"]);
    assert_contains(&discord.ask(&config("log")), &["Nothing has been changed yet"]);
    let upload = discord.upload(&file);
    assert_contains(
        &discord.ask(&config("import").with("file", upload)),
        &["2 settings were changed"],
    );
    assert_contains(&discord.ask(&config("trouble")), &[&mention(NEWS)]);
}

#[test]
fn the_panel_saves_changes_at_once_and_is_redrawn() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let panel = discord.ask(&config("view"));
    let menu = panel.channel_menu("Allow").expect("a menu");
    let panel =
        discord.ask(&Ask::choose_channels(&panel, &menu, &[BOTS, NEWS, VOICE, THREAD, STAGE]));
    assert_eq!(panel.kind, 7);
    assert_contains(&panel, &[&mention(BOTS), &mention(STAGE), "Page 1 of 2"]);
    let next = panel.button("Next").expect("a second page");
    let second = discord.ask(&Ask::press(&panel, &next));
    assert_contains(&second, &["Page 2 of 2"]);
    let remove = second.button("Remove").expect("a rule");
    let panel = discord.ask(&Ask::press(&second, &remove));
    assert_contains(&panel, &["no rule for", "allowed"]);
    let (menu, pace) = panel.option("5 public answers per minute").expect("a pace");
    let panel = discord.ask(&Ask::choose(&panel, &menu, &pace));
    assert_contains(&panel, &["After 5 public answers"]);
    let elsewhere = panel.button("elsewhere").expect("a button");
    let panel = discord.ask(&Ask::press(&panel, &elsewhere));
    assert_contains(&panel, &["questions are refused"]);
    let block = panel.channel_menu("Block").expect("a menu");
    assert_contains(
        &discord.ask(&Ask::choose_channels(&panel, &block, &[HIDDEN])),
        &["Dossier cannot see", "the rule applies"],
    );
    let trouble = panel.channel_menu("failed").expect("a menu");
    assert_contains(
        &discord.ask(&Ask::choose_channels(&panel, &trouble, &[FORUM])),
        &["Dossier cannot post directly"],
    );
    let log = discord.ask(&config("log"));
    assert_contains(&log, &["9 changes"]);
    // Every component does something, but nothing for users it was not shown to.
    for custom_id in panel.custom_ids() {
        let stranger = discord.ask(&Ask::press(&panel, &custom_id).by(OTHER_USER));
        assert_contains(&stranger, &["shown to somebody else"]);
        let elsewhere = discord.ask(&Ask::press(&panel, &custom_id).in_guild(GUILD + 7));
        assert_contains(&elsewhere, &["in another server"]);
    }
    assert_contains(&discord.ask(&config("log")), &["9 changes"]);
}

#[test]
fn a_channel_without_permissions_is_refused_and_the_permission_named() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let name = |bit: u64| match bit {
        VIEW_CHANNEL => "View Channel",
        SEND_MESSAGES => "Send Messages",
        CONNECT => "Connect",
        _ => "Send Messages in Threads",
    };
    for (channel, needed) in [
        (GENERAL, &[VIEW_CHANNEL, SEND_MESSAGES][..]),
        (NEWS, &[VIEW_CHANNEL, SEND_MESSAGES]),
        (CATEGORY, &[VIEW_CHANNEL, SEND_MESSAGES]),
        (VOICE, &[VIEW_CHANNEL, SEND_MESSAGES, CONNECT]),
        (STAGE, &[VIEW_CHANNEL, SEND_MESSAGES, CONNECT]),
        (THREAD, &[VIEW_CHANNEL, SEND_MESSAGES_IN_THREADS]),
        (FORUM, &[VIEW_CHANNEL, SEND_MESSAGES_IN_THREADS]),
    ] {
        let is_postable = !matches!(channel, CATEGORY | FORUM);
        for lacking in needed {
            for shown in [true, false] {
                discord.change_channel(channel, |one| {
                    one.permissions &= !lacking;
                    one.shows_permissions = shown;
                });
                // The permissions come from the interaction, or else from the REST API. There, a
                // thread has those of its parent channel.
                if shown || channel != THREAD {
                    for ask in [allow(channel), config("trouble").with("channel", channel)] {
                        let answer = discord.ask(&ask);
                        let is_forum = answer.text().contains("cannot post directly");
                        let unseen = *lacking == VIEW_CHANNEL
                            && answer.text().contains("Dossier cannot see");
                        assert!(
                            is_forum && !is_postable
                                || unseen
                                || answer.text().contains(name(*lacking)),
                            "{channel} without {}: {}",
                            name(*lacking),
                            answer.text()
                        );
                    }
                }
                discord.change_channel(channel, |one| {
                    one.permissions |= lacking;
                    one.shows_permissions = true;
                });
            }
        }
        assert_contains(&discord.ask(&allow(channel)), &["Saved"]);
    }
    assert_contains(&discord.ask(&allow(HIDDEN)), &["Dossier cannot see", &mention(HIDDEN)]);
    assert_contains(
        &discord.ask(&config("trouble").with("channel", HIDDEN)),
        &["Dossier cannot see"],
    );
    assert_contains(
        &discord.ask(&config("check").with("channel", HIDDEN)),
        &["Dossier cannot see"],
    );
    assert_contains(&discord.ask(&config("log")), &["7 changes"]);
}

#[test]
fn a_check_begins_with_a_verdict_and_the_problems() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let check = |channel: u64| discord.ask(&config("check").with("channel", channel));
    assert_contains(&check(BOTS), &["Everything works", "post there"]);
    let forum = check(FORUM);
    assert_contains(&forum, &["Everything works", "but not in the forum itself"]);
    assert!(!forum.text().contains("post there"), "{}", forum.text());
    assert_contains(&check(CATEGORY), &["Nothing can be posted in a category itself"]);
    // A missing permission is a problem only where Dossier is set to post.
    discord.ask(&config("trouble").with("channel", BOTS));
    for channel in [BOTS, NEWS] {
        discord.change_channel(channel, |one| one.permissions &= !SEND_MESSAGES);
    }
    assert_contains(&check(NEWS), &["Everything works", "Dossier lacks: Send Messages"]);
    let text = check(BOTS).text();
    let places = ["One problem", "Dossier lacks: Send Messages", "no channel rules"];
    let places = places.map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}")));
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn a_failure_channel_missing_from_the_interaction_is_loaded() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let trouble = |channel: u64| {
        let silent = |all: &mut serde_json::Value| {
            all["data"].as_object_mut().expect("the data").remove("resolved");
        };
        discord.ask(&config("trouble").with("channel", channel).with_payload(silent))
    };
    for channel in [FORUM, CATEGORY] {
        assert_contains(&trouble(channel), &["Dossier cannot post directly"]);
    }
    assert_contains(&trouble(NEWS), &["Saved", &mention(NEWS)]);
    assert_contains(&discord.ask(&config("log")), &["One change"]);
}

#[test]
fn a_channel_that_cannot_be_checked_is_saved_with_a_note() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    discord.change_channel(BOTS, |one| one.shows_permissions = false);
    assert_contains(&discord.ask(&allow(BOTS)), &["Saved"]);
    discord.inject_fault(FaultRule::next("GET", "/roles", Fault::Status(403)).times(5));
    let answer = discord.ask(&config("trouble").with("channel", BOTS));
    assert_contains(&answer, &["Saved", "could not be checked"]);
}

#[test]
fn a_threads_category_is_loaded_once_and_its_rule_applies() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    discord.ask(&config("channels block").with("channel", CATEGORY));
    let asked = || {
        let calls = discord.calls();
        calls.iter().filter(|call| call.path.ends_with(&format!("/channels/{GENERAL}"))).count()
    };
    for _ in 0..3 {
        assert_contains(
            &discord.ask(&check_settings().in_channel(THREAD)),
            &["Only you can see this", "blocked"],
        );
    }
    assert_eq!(asked(), 1, "once, and then it is remembered");
    // Moved to another category, reported by the gateway.
    discord.change_channel(GENERAL, |one| one.parent = None);
    discord.dispatch("CHANNEL_UPDATE", &json!({ "id": GENERAL.to_string() }).to_string());
    assert!(!discord.ask(&check_settings().in_channel(THREAD)).is_private());
    // The channel cannot be loaded, so it is unknown which rule applies.
    discord.change_channel(GENERAL, |one| one.permissions = 0);
    discord.dispatch("CHANNEL_UPDATE", &json!({ "id": GENERAL.to_string() }).to_string());
    assert_contains(
        &discord.ask(&check_settings().in_channel(THREAD)),
        &["cannot see the channel of this thread"],
    );
    assert_contains(
        &discord.ask(&config("check").in_channel(THREAD)),
        &["a channel that Dossier cannot see"],
    );
    // A rule for the thread itself does not need the category.
    discord.ask(&allow(THREAD));
    assert!(!discord.ask(&check_settings().in_channel(THREAD)).is_private());
}

#[test]
fn a_category_that_discord_refuses_is_requested_once() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    discord.ask(&config("channels block").with("channel", CATEGORY));
    let asked = || {
        let path = format!("/channels/{GENERAL}");
        let calls = discord.calls();
        calls.iter().filter(|call| call.path.ends_with(&path)).count()
    };
    // A temporary error is reported as such, and the request is repeated.
    discord.inject_fault(FaultRule::next("GET", "/channels/", Fault::Status(500)).times(20));
    let answer = discord.ask(&check_settings().in_channel(THREAD));
    assert_contains(&answer, &["did not say which category"]);
    assert!(!answer.text().contains("settings of this server"));
    let answer = discord.ask(&config("check").in_channel(THREAD));
    assert_contains(&answer, &["did not say which category"]);
    assert!(!answer.text().contains("View Channel permission in that channel"));
    discord.clear_faults();
    discord.inject_fault(FaultRule::next("GET", "/channels/", Fault::NoResponse));
    assert_contains(
        &discord.ask(&check_settings().in_channel(THREAD)),
        &["did not say which category"],
    );
    discord.clear_faults();
    discord.change_channel(GENERAL, |one| one.permissions = 0);
    let before = asked();
    for _ in 0..6 {
        assert_contains(
            &discord.ask(&check_settings().in_channel(THREAD)),
            &["cannot see the channel of this thread"],
        );
    }
    assert_eq!(asked() - before, 1, "refused once, and then it is remembered");
    // A moderator who has just fixed the permissions sees the effect at once.
    discord.change_channel(GENERAL, |one| one.permissions = VIEW_CHANNEL);
    assert_contains(&discord.ask(&config("check").in_channel(THREAD)), &["blocks public answers"]);
    assert_contains(&discord.ask(&check_settings().in_channel(THREAD)), &["blocked"]);
}

#[test]
fn a_page_beyond_the_last_shows_the_last() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord, &[]);
    discord.ask(&allow(GENERAL));
    for command in ["view", "log", "digest list"] {
        let shown = discord.ask(&config(command));
        let scope = shown.custom_ids().into_iter().find(|id| id.starts_with("1c"));
        let scope = scope.expect("a button with a scope");
        let (scope, _) = scope.split_once(':').expect("a scope");
        for page in ["18446744073709551615", "9223372036854775808", "0"] {
            let answer =
                discord.ask(&Ask::press(&shown, &format!("{scope}:config {command}:{page}:")));
            assert!(
                answer.is_private() && !answer.text().contains("went wrong"),
                "{command} {page}: {}",
                answer.text()
            );
            if command == "log" {
                assert_eq!(answer.text(), shown.text(), "{page}");
            }
        }
    }
    assert!(bot.is_running());
}

#[test]
fn an_invalid_option_value_is_refused_with_the_valid_ones() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    for value in [json!(-1), json!(2.5), json!("many"), json!({}), json!(null)] {
        assert_contains(
            &discord.ask(&config("channels pace").with("answers", value)),
            &["a whole number from 0 to 60"],
        );
    }
    for command in ["channels allow", "channels remove", "trouble", "check"] {
        let answer = discord.ask(&config(command).with("channel", "general"));
        assert_contains(&answer, &["takes a channel", "Choose one from"]);
    }
    let answer = discord.ask(&config("check").with("member", "someone"));
    assert_contains(&answer, &["takes a member", "Choose one from"]);
    assert_contains(&discord.ask(&config("log")), &["Nothing has been changed yet"]);
}

#[test]
fn settings_do_not_apply_to_user_installs() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    discord.ask(&config("channels block").with("channel", GENERAL));
    assert_contains(&discord.ask(&check_settings()), &["blocked"]);
    assert!(!discord.ask(&check_settings().user_installed()).is_private());
    assert!(!discord.ask(&check_settings().in_bot_dm()).is_private());
    assert!(!discord.ask(&check_settings().in_private_channel()).is_private());
    assert_contains(&discord.ask(&config("view").user_installed()), &["Only in servers"]);
    assert_contains(&discord.ask(&config("view").in_bot_dm()), &["Only in servers"]);
}

#[test]
fn check_reports_the_command_permissions_of_the_guild() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let application = "1100000000000000001";
    let deny =
        |id: u64, kind: u8| json!({ "id": id.to_string(), "type": kind, "permission": false });
    // The fake's member is an administrator; this one is not.
    let check_with = |ask: Ask, permissions: u64| {
        discord.ask(&ask.with_payload(move |all| {
            all["member"]["permissions"] = json!(permissions.to_string());
        }))
    };
    let (manage, use_commands) = (1 << 5, VIEW_CHANNEL | 1 << 31);
    let check = |ask: Ask| check_with(ask, use_commands);
    assert_contains(
        &check(config("check")),
        &[
            "keeps <@300000000000000007> from using commands here",
            "/config needs the Manage Server permission",
        ],
    );
    let answer = check_with(config("check"), use_commands | manage);
    assert_contains(&answer, &["Nothing in Server Settings"]);
    assert!(!answer.text().contains("Manage Server"));
    assert!(!answer.text().contains("<@300000000000000007> lacks"));
    // Only reported for the channel of the interaction.
    let lacks = "<@300000000000000007> lacks: Use Application Commands";
    assert_contains(&check_with(config("check"), VIEW_CHANNEL), &[lacks]);
    let elsewhere = check_with(config("check").with("channel", NEWS), VIEW_CHANNEL);
    assert!(!elsewhere.text().contains(lacks));
    for (overrides, says_so) in [
        (deny(GUILD, 1), "allow the commands only to some people"),
        (deny(MEMBERS, 1), "<@&300000000000000020>"),
        (deny(300_000_000_000_000_007, 2), "keep <@300000000000000007>"),
        (deny(GENERAL, 3), "<#300000000000000002>"),
        (deny(GUILD - 1, 3), "only in some channels"),
    ] {
        discord.override_commands(json!([{ "id": application, "application_id": application, "guild_id": GUILD.to_string(), "permissions": [overrides] }]));
        assert_contains(&check(config("check")), &[says_so]);
    }
    let random = discord.command_id("random");
    discord.override_commands(json!([{ "id": random, "permissions": [deny(MEMBERS, 1)] }]));
    assert_contains(
        &check(config("check")),
        &["Nothing in Server Settings", "cannot be used: /random"],
    );
    assert_contains(
        &discord.ask(&config("check").with("member", OTHER_USER).with("channel", NEWS)),
        &["<@300000000000000008>", &mention(NEWS)],
    );
    discord.inject_fault(FaultRule::next("GET", "/permissions", Fault::Status(500)).times(9));
    assert_contains(&check(config("check")), &["could not be read"]);
}

#[test]
fn a_slow_check_is_deferred_and_still_answered() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let panel = discord.ask(&config("view"));
    discord.change_channel(BOTS, |one| one.shows_permissions = false);
    let late = || FaultRule::next("GET", "/roles", Fault::Delayed(Duration::from_secs(2)));
    discord.inject_fault(late());
    let answer = discord.ask(&allow(BOTS));
    assert!(answer.latency > Duration::from_secs(2), "{:?}", answer.latency);
    assert_contains(&answer, &["Saved"]);
    discord.inject_fault(late());
    let menu = panel.channel_menu("Block").expect("a menu");
    let pressed = discord.send(&Ask::choose_channels(&panel, &menu, &[BOTS]));
    wait_until(|| discord.answer_to(pressed).kind == 7);
    assert_contains(&discord.answer_to(pressed), &["blocked"]);
}

fn wait_until(holds: impl Fn() -> bool) {
    for _ in 0..400 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("waited in vain");
}

#[test]
fn controls_are_refused_after_losing_manage_server() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let holding = |ask: Ask, permissions: u64| {
        ask.with_payload(move |all| all["member"]["permissions"] = json!(permissions.to_string()))
    };
    let (none, manage, administrator) = (VIEW_CHANNEL, VIEW_CHANNEL | 1 << 5, 1 << 3);
    for before in [manage, administrator] {
        let panel = discord.ask(&holding(config("view"), before));
        let reset = discord.ask(&holding(config("reset"), before));
        for (shown, custom_id) in [
            (&panel, panel.button("elsewhere").expect("a button")),
            (&panel, panel.channel_menu("Block").expect("a menu")),
            (&reset, reset.button("Erase everything").expect("a button")),
        ] {
            let press = Ask::press(shown, &custom_id);
            assert_contains(&discord.ask(&holding(press, none)), &["no longer have it"]);
        }
    }
    // A member let in by the guild's command permissions, without Manage Server, may still use
    // them.
    let panel = discord.ask(&holding(config("view"), none));
    let elsewhere = panel.button("elsewhere").expect("a button");
    let panel = discord.ask(&holding(Ask::press(&panel, &elsewhere), none));
    assert_contains(&panel, &["questions are refused"]);
    let elsewhere = panel.button("elsewhere").expect("a button");
    let answer = discord.ask(&holding(Ask::press(&panel, &elsewhere), none));
    assert_contains(&answer, &["only the person who asks sees them"]);
}

#[test]
fn the_confirmation_of_a_reset_expires_like_a_draft() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    discord.ask(&config("channels pace").with("answers", 7));
    let reset = discord.ask(&config("reset"));
    let sure = reset.button("Erase everything").expect("a button");
    let (before, at) = sure.rsplit_once('=').expect("an option");
    let at: i64 = at.parse().expect("an instant");
    for stale in ["yes".to_owned(), (at - 901).to_string(), (at + 9_000).to_string()] {
        let answer = discord.ask(&Ask::press(&reset, &format!("{before}={stale}")));
        assert_contains(&answer, &["15 minutes"]);
    }
    assert_contains(&discord.ask(&config("log")), &["One change"]);
    assert_contains(
        &discord.ask(&Ask::press(&reset, &format!("{before}={}", at - 800))),
        &["Erased"],
    );
}
