//! Settings files: `/config export` and `/config import`.

use super::{assert_contains, config, mention, ready};
use crate::fake::guild::{
    BOTS, CATEGORY, CONNECT, DIRECT, FOREIGN, FORUM, GUILD, HIDDEN, NEWS, READERS, VOICE,
};
use crate::fake::{Answer, Ask, FakeDiscord, Fault, FaultRule};
use serde_json::{Value, json};

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
            "digests[3].publish must be false",
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
    assert_contains(&blocked, &["Saved", "Dossier cannot see", &mention(gone)]);
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
