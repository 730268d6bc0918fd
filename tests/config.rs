//! Moderators' settings: the real program with a real database against a fake Discord.

use std::path::Path;
use std::time::Duration;

use crate::database::{execute, query, while_locked};
use crate::fake::guild::{
    BOTS, CATEGORY, CONNECT, DIRECT, FOREIGN, FORUM, GENERAL, GUILD, HIDDEN, MEMBERS, NEWS,
    READERS, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, STAGE, THREAD, VIEW_CHANNEL, VOICE,
};
use crate::fake::{Answer, Ask, Bot, FakeDiscord, Fault, FaultRule, Folder, OTHER_USER, Settings};
use crate::postgres::Postgres;
use serde_json::{Value, json};

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
    assert_contains(&answer, &["Only you see this", &mention(BOTS), "NATO"]);
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
    assert_contains(&discord.ask(&check_settings()), &["within a minute"]);
    assert_contains(
        &discord.ask(&config("channels pace").with("answers", 0)),
        &["no limit on public answers"],
    );
    assert_contains(&discord.ask(&config("trouble").with("channel", NEWS)), &[&mention(NEWS)]);
    assert_contains(&discord.ask(&config("check")), &["What decides here", "no channel rules"]);
    assert_contains(
        &discord.ask(&config("log")),
        &["9 changes", "<@300000000000000007>", "refused"],
    );
    let exported = discord.ask(&config("export"));
    let file = exported.text_file();
    assert_contains(&exported, &["The settings of this server"]);
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
    let (menu, pace) = panel.option("5 public answers a minute").expect("a pace");
    let panel = discord.ask(&Ask::choose(&panel, &menu, &pace));
    assert_contains(&panel, &["After 5 public answers"]);
    let elsewhere = panel.button("Elsewhere").expect("a button");
    let panel = discord.ask(&Ask::press(&panel, &elsewhere));
    assert_contains(&panel, &["questions are refused"]);
    let block = panel.channel_menu("Block").expect("a menu");
    assert_contains(
        &discord.ask(&Ask::choose_channels(&panel, &block, &[HIDDEN])),
        &["I cannot see", "the rule applies"],
    );
    let trouble = panel.channel_menu("failed").expect("a menu");
    assert_contains(
        &discord.ask(&Ask::choose_channels(&panel, &trouble, &[FORUM])),
        &["Nothing can be posted"],
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
                        let is_forum = answer.text().contains("Nothing can be posted");
                        let unseen =
                            *lacking == VIEW_CHANNEL && answer.text().contains("I cannot see");
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
    assert_contains(&discord.ask(&allow(HIDDEN)), &["I cannot see", &mention(HIDDEN)]);
    assert_contains(&discord.ask(&config("trouble").with("channel", HIDDEN)), &["I cannot see"]);
    assert_contains(&discord.ask(&config("check").with("channel", HIDDEN)), &["I cannot see"]);
    assert_contains(&discord.ask(&config("log")), &["7 changes"]);
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
        assert_contains(&trouble(channel), &["Nothing can be posted"]);
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
            &["Only you see this", "blocked"],
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
    assert!(!answer.text().contains("View Channel in that channel"));
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
        assert_contains(&answer, &["not a channel", "Choose one from"]);
    }
    let answer = discord.ask(&config("check").with("member", "someone"));
    assert_contains(&answer, &["not a member", "Choose one from"]);
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
            "No setting under Integrations keeps <@300000000000000007>",
            "/config needs the permission Manage Server",
        ],
    );
    let answer = check_with(config("check"), use_commands | manage);
    assert_contains(&answer, &["No setting under Integrations"]);
    assert!(!answer.text().contains("Manage Server"));
    assert!(!answer.text().contains("<@300000000000000007> lacks"));
    // Only reported for the channel of the interaction.
    let lacks = "<@300000000000000007> lacks: Use Application Commands";
    assert_contains(&check_with(config("check"), VIEW_CHANNEL), &[lacks]);
    let elsewhere = check_with(config("check").with("channel", NEWS), VIEW_CHANNEL);
    assert!(!elsewhere.text().contains(lacks));
    for (overrides, says_so) in [
        (deny(GUILD, 1), "allow the commands to some only"),
        (deny(MEMBERS, 1), "<@&300000000000000020>"),
        (deny(300_000_000_000_000_007, 2), "keep <@300000000000000007>"),
        (deny(GENERAL, 3), "<#300000000000000002>"),
        (deny(GUILD - 1, 3), "in some channels only"),
    ] {
        discord.override_commands(json!([{ "id": application, "application_id": application, "guild_id": GUILD.to_string(), "permissions": [overrides] }]));
        assert_contains(&check(config("check")), &[says_so]);
    }
    let random = discord.command_id("random");
    discord.override_commands(json!([{ "id": random, "permissions": [deny(MEMBERS, 1)] }]));
    assert_contains(&check(config("check")), &["No setting", "cannot be used: /random"]);
    assert_contains(
        &discord.ask(&config("check").with("member", OTHER_USER).with("channel", NEWS)),
        &["<@300000000000000008>", &mention(NEWS)],
    );
    discord.inject_fault(FaultRule::next("GET", "/permissions", Fault::Status(500)).times(9));
    assert_contains(&check(config("check")), &["could not be read"]);
}

#[test]
fn a_settings_file_is_imported_as_a_whole_or_not_at_all() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    discord.ask(&config("channels pace").with("answers", 7));
    let import = |content: &str| {
        let file = discord.upload(content);
        discord.ask(&config("import").with("file", file))
    };
    let good = |pace: u32| {
        format!(
            r#"{{"dossier":1,"server":"{GUILD}","channels":{{"allow":["{BOTS}"],"block":[],"elsewhere":"refuse","pace":{pace}}},"trouble":null}}"#
        )
    };
    for hostile in hostile_files(&good(3)) {
        let answer = import(&hostile);
        assert_contains(&answer, &[]);
        let text = answer.text();
        let is_refused = text.contains("Not imported") || text.contains("File too large");
        assert!(is_refused, "{hostile:.200}: {text}");
    }
    assert_contains(&discord.ask(&config("log")), &["One change"]);
    let moved = config("import").with("file", discord.upload(&good(3))).with_payload(|all| {
        let attachments = &mut all["data"]["resolved"]["attachments"];
        for attachment in attachments.as_object_mut().expect("attachments").values_mut() {
            attachment["url"] = json!("http://127.0.0.1:1/elsewhere");
        }
    });
    assert_contains(&discord.ask(&moved), &["not on Discord"]);
    let lying = "x".repeat(300_000);
    let lying = config("import").with("file", discord.upload(&lying)).with_payload(|all| {
        let attachments = &mut all["data"]["resolved"]["attachments"];
        for attachment in attachments.as_object_mut().expect("attachments").values_mut() {
            attachment["size"] = json!(10);
        }
    });
    assert_contains(&discord.ask(&lying), &["larger than 256 KiB"]);
    discord.inject_fault(FaultRule::next("GET", "/attachments", Fault::Status(302)));
    assert_contains(&import(&good(3)), &["could not be downloaded"]);
    assert_contains(&discord.ask(&config("import").with("file", 5)), &["could not be downloaded"]);
    assert_contains(&discord.ask(&config("log")), &["One change"]);
    assert_contains(&import(&good(3)), &["3 settings were changed"]);
    assert_contains(&import(&good(3)), &["Nothing has changed"]);
}

#[test]
fn an_imported_file_is_checked_like_a_command() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let import = |trouble: Option<u64>, digests: &[(u64, bool)]| {
        let digests = digests.iter().map(|(channel, publish)| {
            json!({
                "channel": channel.to_string(), "name": "a channel", "at": "09:00", "zone": "UTC", "days": "daily",
                "content": "order", "role": null, "publish": publish, "paused": false,
            })
        });
        let file = json!({
            "dossier": 1, "server": GUILD.to_string(),
            "channels": { "allow": [], "block": [], "elsewhere": "private", "pace": 0 },
            "trouble": trouble.map(|channel| channel.to_string()), "digests": digests.collect::<Vec<_>>(),
        });
        let file = discord.upload(&file.to_string());
        discord.ask(&config("import").with("file", file))
    };
    // Paths are formatted as code, and Markdown is escaped.
    let assert_faults = |answer: &Answer, parts: &[&str]| {
        let text = answer.text().replace(['\\', '`'], "");
        for part in parts {
            assert!(text.contains(part), "{part:?} is not in:\n{text}");
        }
    };
    discord.change_channel(VOICE, |one| one.permissions &= !CONNECT);
    let gone = GUILD + 99;
    let digests = [
        (BOTS, false),
        (FORUM, false),
        (CATEGORY, false),
        (BOTS, true),
        (NEWS, true),
        (VOICE, false),
        (HIDDEN, false),
        (gone, false),
    ];
    assert_faults(
        &import(Some(FORUM), &digests),
        &[
            "7 errors",
            "trouble is a forum or a category",
            "digests[1].channel is a forum",
            "digests[2].channel is a forum or a category",
            "digests[3].publish has to be false",
            "digests[5].channel is a channel in which Dossier lacks: Connect",
            "digests[6].channel is a channel that Dossier cannot see",
            "digests[7].channel is a channel that Dossier cannot see",
        ],
    );
    assert_contains(&discord.ask(&config("log")), &["Nothing has been changed yet"]);
    let many: Vec<(u64, bool)> = (0..50).map(|number| (gone + number, false)).collect();
    let before = discord.calls().len();
    assert_contains(&import(None, &many), &["10 errors"]);
    let asked = discord.calls().len() - before;
    assert!(asked < 20, "{asked} calls for what is refused anyway");
    // What cannot be checked is saved with a note.
    discord.inject_fault(FaultRule::next("GET", "/roles", Fault::Status(403)).times(9));
    let answer = import(Some(BOTS), &[(BOTS, false), (NEWS, true)]);
    assert_contains(&answer, &["Saved", "could not be checked", &mention(BOTS), &mention(NEWS)]);
    discord.clear_faults();
    // Unchanged settings are not checked again.
    discord.change_channel(NEWS, |one| one.permissions = 0);
    let again = import(Some(BOTS), &[(BOTS, false), (NEWS, true)]);
    assert_contains(&again, &["Nothing has changed"]);
    assert!(!again.text().contains("could not be checked"));
    assert_faults(
        &import(Some(BOTS), &[(BOTS, false), (NEWS, false)]),
        &["digests[1].channel is a channel that Dossier cannot see"],
    );
}

/// 300 broken files: truncated, modified, of other formats, or too long.
fn hostile_files(good: &str) -> Vec<String> {
    let mut files: Vec<String> = (0..good.len()).map(|end| good[..end].to_owned()).collect();
    let swaps = [
        ("\"dossier\":1", "\"dossier\":2"),
        ("\"dossier\":1", "\"dossier\":\"1\""),
        ("\"dossier\":1", "\"dossier\":1.0"),
        ("\"dossier\":1,", ""),
        ("\"server\":\"3", "\"server\":\"4"),
        ("\"refuse\"", "\"REFUSE\""),
        ("\"refuse\"", "null"),
        ("\"pace\":3", "\"pace\":-1"),
        ("\"pace\":3", "\"pace\":61"),
        ("\"pace\":3", "\"pace\":1e400"),
        ("\"pace\":3", "\"pace\":99999999999999999999"),
        ("\"pace\":3", "\"pace\":[3]"),
        ("\"pace\":3", "\"pace\":3,\"pace\":3"),
        ("\"block\":[]", "\"block\":{}"),
        ("\"block\":[]", "\"block\":[\"0\"]"),
        ("\"block\":[]", "\"block\":[7]"),
        ("\"block\":[]", "\"block\":[null]"),
        ("\"block\":[]", "\"block\":[[]]"),
        ("\"block\":[]", "\"block\":[\"300000000000000004\"]"),
        ("\"block\":[]", "\"block\":[\"-1\"]"),
        ("\"block\":[]", "\"block\":[\"99999999999999999999\"]"),
        ("\"block\":[]", "\"block\":[\"<#3>\"]"),
        ("\"trouble\":null", "\"trouble\":0"),
        ("\"trouble\":null", "\"trouble\":\"@everyone\""),
        ("\"trouble\":null", "\"trouble\":null,\"__proto__\":{}"),
        ("\"trouble\":null", "\"trouble\":null,\"digest\":[]"),
        ("\"trouble\":null", "\"truoble\":null"),
        ("}", "}}"),
        ("{", "[{"),
        (",", ",,"),
        (":", "="),
        ("\"", "'"),
    ];
    files.extend(swaps.iter().map(|(from, to)| good.replacen(from, to, 1)));
    let many: Vec<String> = (1..=201).map(|id| format!("\"{id}\"")).collect();
    files.push(good.replace("\"block\":[]", &format!("\"block\":[{}]", many.join(","))));
    files.push(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    files.push(format!(
        "{{{}}}",
        (0..20_000).map(|key| format!("\"k{key}\":1")).collect::<Vec<_>>().join(",")
    ));
    files.push("null".to_owned());
    files.push("\"@everyone <@&300000000000000020>\"".to_owned());
    files.push(" ".repeat(300_000));
    let mut number = 0_usize;
    while files.len() < 300 {
        // Replaces one byte of the file.
        number += 1;
        let at = number * 7 % good.len();
        let mut bytes = good.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'?' { b'!' } else { b'?' };
        let twisted = String::from_utf8(bytes).expect("ASCII");
        files.push(twisted);
    }
    files
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
fn a_guild_that_removed_the_bot_is_erased_after_thirty_days() {
    let discord = FakeDiscord::start();
    let folder = Folder::new();
    let url = folder.sqlite();
    let guild = 400_000_000_000_000_000_u64;
    let variables = [("DOSSIER_STORE__URL", url.as_str())];
    let bot = ready(&discord, &variables);
    for guild in [guild, guild + 77_000_000] {
        assert_contains(
            &discord.ask(&config("channels pace").with("answers", 9).in_guild(guild)),
            &["Saved"],
        );
    }
    let left = || {
        let sql = format!("select coalesce(max(left_at), 0) from guild where guild_id = {guild}");
        query(&folder, &sql)
    };
    assert_eq!(left(), 0);
    // An outage does not count as a removal.
    discord.dispatch(
        "GUILD_DELETE",
        &json!({ "id": guild.to_string(), "unavailable": true }).to_string(),
    );
    discord.dispatch("GUILD_DELETE", &json!({ "id": guild.to_string() }).to_string());
    wait_until(|| left() > 0);
    let now = jiff::Timestamp::now().to_string();
    discord.dispatch(
        "GUILD_CREATE",
        &json!({ "id": guild.to_string(), "joined_at": now }).to_string(),
    );
    wait_until(|| left() == 0);
    drop(bot);
    // The guild missing from READY was left while the bot was down; it is erased a month later.
    let bot = ready(&discord, &variables);
    bot.wait_for("servers came or went meanwhile");
    assert_eq!(query(&folder, "select count(*) from guild where left_at is not null"), 1);
    drop(bot);
    let month = 30 * 24 * 60 * 60;
    execute(
        &folder,
        &format!("update guild set left_at = left_at - {month} where left_at is not null"),
    );
    let bot = ready(&discord, &variables);
    bot.wait_for("erased the data of departed servers");
    assert_eq!(query(&folder, "select count(*) from guild"), 1);
    assert_eq!(left(), 0);
}

#[test]
fn departures_and_returns_during_a_database_outage_are_recorded_in_order() {
    let discord = FakeDiscord::start();
    let folder = Folder::new();
    let url = folder.sqlite();
    let bot = ready(&discord, &[("DOSSIER_STORE__URL", url.as_str())]);
    let (first, second) = (400_000_000_000_000_000_u64, 400_000_000_077_000_000);
    for guild in [first, second] {
        let pace = config("channels pace").with("answers", 9);
        assert_contains(&discord.ask(&pace.in_guild(guild)), &["Saved"]);
    }
    let left = |guild: u64| {
        let sql = format!("select coalesce(max(left_at), 0) from guild where guild_id = {guild}");
        query(&folder, &sql)
    };
    let dispatch = |name: &str, data: serde_json::Value| discord.dispatch(name, &data.to_string());
    while_locked(&folder, || {
        dispatch("GUILD_DELETE", json!({ "id": first.to_string() }));
        bot.wait_for("another program has locked the database");
    });
    let now = jiff::Timestamp::now().to_string();
    dispatch("GUILD_CREATE", json!({ "id": first.to_string(), "joined_at": now }));
    dispatch("GUILD_DELETE", json!({ "id": second.to_string() }));
    wait_until(|| left(second) > 0);
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(left(first), 0, "it was added again after it was left");
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

/// A process that is killed at random moments, and the changes that it has acknowledged.
struct KilledBot {
    shard: u64,
    total: u64,
    bot: Bot,
    sessions: usize,
    acknowledged: u64,
}

impl KilledBot {
    fn start(discord: &FakeDiscord, variables: &[(&str, &str)], shard: u64, of: u64) -> Self {
        let bot = Self::begin(discord, variables, shard, of);
        discord.wait_for_shard(shard, 1);
        Self { shard, total: of, bot, sessions: 1, acknowledged: 0 }
    }

    fn begin(discord: &FakeDiscord, variables: &[(&str, &str)], shard: u64, of: u64) -> Bot {
        let shards = format!("{{ from = {shard}, to = {}, total = {of} }}", shard + 1);
        let mut all = variables.to_vec();
        all.push(("DOSSIER_DISCORD__SHARDS", &shards));
        all.push(("DOSSIER_DISCORD__REGISTER", "off"));
        Bot::start(program(), discord, &all)
    }

    /// A settings command in this process's own guild.
    fn ask(&self, command: &str) -> Ask {
        config(command).in_guild(GUILD + self.shard)
    }

    /// Checks that the stored settings are those last acknowledged or those last requested.
    fn look(&mut self, discord: &FakeDiscord, round: usize) {
        let found = pace_shown(&discord.ask_shard(self.shard, &self.ask("view")));
        let known = [self.acknowledged, self.acknowledged % 60 + 1];
        assert!(known.contains(&found), "round {round}: {found} is kept, of {known:?}");
        self.acknowledged = found;
    }

    /// Changes settings until the process is killed.
    fn change_until_killed(&mut self, discord: &FakeDiscord) {
        let after = Duration::from_micros(fastrand::u64(0..40_000));
        std::thread::scope(|scope| {
            let bot = &mut self.bot;
            scope.spawn(move || {
                std::thread::sleep(after);
                bot.kill();
            });
            loop {
                let next = self.acknowledged % 60 + 1;
                let pace =
                    config("channels pace").in_guild(GUILD + self.shard).with("answers", next);
                let sent = discord.send_to_shard(self.shard, &pace);
                match discord.answer_within(sent, Duration::from_millis(300)) {
                    Some(answer) if answer.text().contains("Saved") => self.acknowledged = next,
                    _ => break,
                }
            }
        });
    }

    fn restart(&mut self, discord: &FakeDiscord, variables: &[(&str, &str)]) {
        self.bot = Self::begin(discord, variables, self.shard, self.total);
        self.sessions += 1;
        discord.wait_for_shard(self.shard, self.sessions);
    }
}

/// Repeatedly kills one of several processes at a random moment and checks that no acknowledged
/// change is lost.
fn check_kills(variables: &[(&str, &str)], processes: u64) {
    let discord = FakeDiscord::with(Settings {
        shards: processes,
        max_concurrency: processes,
        ..Settings::default()
    });
    let mut victims: Vec<KilledBot> = (0..processes)
        .map(|shard| KilledBot::start(&discord, variables, shard, processes))
        .collect();
    for round in 0..rounds() {
        let victim = &mut victims[round % processes as usize];
        victim.change_until_killed(&discord);
        victim.restart(&discord, variables);
        for victim in &mut victims {
            victim.look(&discord, round);
        }
    }
    let changed: u64 = victims.iter().map(|victim| victim.acknowledged).sum();
    assert!(changed > 0, "nothing was ever acknowledged");
}

fn pace_shown(view: &Answer) -> u64 {
    let text = view.text();
    let after = text.split("After ").nth(1).unwrap_or("0 ");
    match after.split(' ').next().unwrap_or("0") {
        "one" => 1,
        number => number.parse().unwrap_or(0),
    }
}

#[test]
fn no_acknowledged_change_is_lost_when_killed_on_sqlite() {
    let folder = Folder::new();
    let url = folder.sqlite();
    check_kills(&[("DOSSIER_STORE__URL", &url)], 1);
}

#[test]
fn no_acknowledged_change_is_lost_when_one_of_three_is_killed_on_postgres() {
    let Some(cluster) = Postgres::start() else {
        return;
    };
    let url = cluster.url();
    check_kills(&[("DATABASE_URL", &url)], 3);
}

/// The number of kills: `DOSSIER_KILLS`, or 20 by default.
fn rounds() -> usize {
    let rounds = std::env::var("DOSSIER_KILLS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
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
    assert_contains(
        &refused.expect("it is full"),
        &["Not saved", "the disk of the database is full"],
    );
    bot.wait_for("the disk of the database is full");
    assert_contains(&discord.ask(&config("log")), &["One change"]);
    assert!(!discord.ask(&check_settings()).is_private());
    let (_, why) = bot.health("/readyz");
    assert!(why.contains("the disk of the database is full"), "{why}");
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
        &["Not saved", "can be read, but not written"],
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

/// A settings file with digests for these channels, each with the role that it mentions.
fn file(trouble: Option<u64>, block: &[u64], digests: &[(u64, Option<u64>)]) -> String {
    let id = |id: u64| id.to_string();
    let digests = digests.iter().map(|(channel, role)| {
        json!({
            "channel": id(*channel), "name": "a channel", "at": "09:00", "zone": "UTC", "days": "daily",
            "content": "order", "role": role.map(id), "publish": false, "paused": false,
        })
    });
    let block: Vec<String> = block.iter().map(|channel| id(*channel)).collect();
    let file = json!({
        "dossier": 1, "server": id(GUILD),
        "channels": { "allow": [], "block": block, "elsewhere": "private", "pace": 0 },
        "trouble": trouble.map(id), "digests": digests.collect::<Vec<_>>(),
    });
    file.to_string()
}

fn import(discord: &FakeDiscord, content: &str) -> Answer {
    discord.ask(&config("import").with("file", discord.upload(content)))
}

/// A response's text without Markdown escapes.
fn plain(answer: &Answer) -> String {
    answer.text().replace(['\\', '`'], "")
}

#[test]
fn channels_and_roles_of_another_guild_are_refused() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    for channel in [FOREIGN, DIRECT] {
        for command in ["trouble", "channels allow", "channels block", "digest add"] {
            for come_along in [true, false] {
                let mut ask = config(command).with("channel", channel);
                if command == "digest add" {
                    ask = ask.with("at", "09:00").with("zone", "UTC");
                }
                let ask = ask.with_payload(move |all| {
                    if !come_along {
                        all["data"].as_object_mut().expect("the data").remove("resolved");
                    }
                });
                assert_contains(&discord.ask(&ask), &["does not belong to your server"]);
            }
        }
        let answer = import(&discord, &file(Some(channel), &[], &[(channel, None)]));
        let text = plain(&answer);
        assert!(text.contains("trouble is a channel that does not belong"), "{text}");
        assert!(text.contains("digests[0].channel is a channel that does not"), "{text}");
        let text = plain(&import(&discord, &file(None, &[channel], &[])));
        assert!(text.contains("channels.block names"), "{text}");
        let panel = discord.ask(&config("view"));
        let menu = panel.channel_menu("failed").expect("a menu");
        assert_contains(
            &discord.ask(&Ask::choose_channels(&panel, &menu, &[channel])),
            &["does not belong to your server"],
        );
    }
    // A role of another guild, or the @everyone role of another guild.
    for role in [GUILD + 7, GUILD + 99] {
        let text = plain(&import(&discord, &file(None, &[], &[(BOTS, Some(role))])));
        assert!(text.contains("digests[0].role is not a role of this server"), "{text}");
        let add = config("digest add").with("channel", BOTS).with("at", "09:00");
        let add = add.with("zone", "UTC").with("role", role).with_payload(|all| {
            all["data"]["resolved"].as_object_mut().expect("channels").remove("roles");
        });
        assert_contains(&discord.ask(&add), &["does not belong to your server"]);
    }
    assert_contains(&discord.ask(&config("log")), &["Nothing has been changed yet"]);
}

#[test]
fn imported_rules_are_checked_like_commands() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let gone = GUILD + 99;
    let rules = |allow: &[u64], block: &[u64]| {
        let ids = |all: &[u64]| json!(all.iter().map(u64::to_string).collect::<Vec<_>>());
        let mut all: Value = serde_json::from_str(&file(None, block, &[])).expect("JSON");
        all["channels"]["allow"] = ids(allow);
        import(&discord, &all.to_string())
    };
    discord.change_channel(VOICE, |one| one.permissions &= !CONNECT);
    let refused = plain(&rules(&[gone, VOICE, BOTS, HIDDEN], &[FOREIGN]));
    for part in [
        "4 errors",
        &format!("channels.allow names {gone}, a channel that Dossier cannot see: it is gone"),
        &format!("channels.allow names {VOICE}, a channel in which Dossier lacks: Connect"),
        &format!("channels.allow names {HIDDEN}, a channel that Dossier cannot see"),
        &format!("channels.block names {FOREIGN}, a channel that does not belong"),
        "nothing was changed",
    ] {
        assert!(refused.contains(part), "{part:?} is not in:\n{refused}");
    }
    assert_contains(&discord.ask(&config("log")), &["Nothing has been changed yet"]);
    let blocked = rules(&[BOTS], &[gone, HIDDEN]);
    assert_contains(&blocked, &["Saved", "I cannot see", &mention(gone)]);
    // A rule that is there already is not checked again, unless it is turned around.
    assert_contains(&rules(&[BOTS], &[gone, HIDDEN]), &["Nothing has changed"]);
    assert!(plain(&rules(&[BOTS, gone], &[HIDDEN])).contains(&format!("names {gone}, a channel")));
    discord.inject_fault(FaultRule::next("GET", "/channels/", Fault::Status(500)).times(999));
    let unchecked = rules(&[BOTS, NEWS], &[]);
    assert_contains(&unchecked, &["Saved", "could not be checked", &mention(NEWS)]);
}

#[test]
fn unconfirmed_channels_are_refused_where_the_bot_would_post() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord, &[]);
    let unconfirmed = "Discord could not confirm";
    for fault in [Fault::Status(500), Fault::Status(400)] {
        discord.inject_fault(FaultRule::next("GET", "/channels/", fault).times(999));
        for content in [file(Some(BOTS), &[], &[]), file(None, &[], &[(FOREIGN, None)])] {
            assert_contains(&import(&discord, &content), &[unconfirmed]);
        }
        let silent = config("trouble").with("channel", BOTS).with_payload(|all| {
            all["data"].as_object_mut().expect("the data").remove("resolved");
        });
        assert_contains(&discord.ask(&silent), &[unconfirmed]);
        discord.clear_faults();
    }
    discord.inject_fault(FaultRule::next("GET", "/roles", Fault::Status(400)).times(999));
    assert_contains(&import(&discord, &file(None, &[], &[(BOTS, Some(READERS))])), &[unconfirmed]);
    // A draft cannot be confirmed either until Discord has confirmed its channel and role.
    let add = config("digest add").with("channel", NEWS).with("at", "09:00").with("zone", "UTC");
    let draft = discord.ask(&add.with("role", READERS));
    let confirm = draft.button("Confirm").expect("a button");
    assert_contains(&discord.ask(&Ask::press(&draft, &confirm)), &[unconfirmed]);
    assert_contains(&discord.ask(&config("log")), &["Nothing has been changed yet"]);
    discord.clear_faults();
    assert_contains(&discord.ask(&Ask::press(&draft, &confirm)), &["Saved"]);
    assert_contains(&import(&discord, &file(Some(BOTS), &[], &[])), &["Saved"]);
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
            (&panel, panel.button("Elsewhere").expect("a button")),
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
    let elsewhere = panel.button("Elsewhere").expect("a button");
    let panel = discord.ask(&holding(Ask::press(&panel, &elsewhere), none));
    assert_contains(&panel, &["questions are refused"]);
    let elsewhere = panel.button("Elsewhere").expect("a button");
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
        assert_contains(&answer, &["quarter of an hour"]);
    }
    assert_contains(&discord.ask(&config("log")), &["One change"]);
    assert_contains(
        &discord.ask(&Ask::press(&reset, &format!("{before}={}", at - 800))),
        &["Erased"],
    );
}
