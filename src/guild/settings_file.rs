//! A server's settings as a file that a person can read, keep and edit: `/config export` writes it, `/config import` reads it.
//!
//! Reading is strict: whatever is not as it should be is told of, with its place, and nothing is taken from a file that has a fault.

use serde_json::json;

use super::{ChannelId, Elsewhere, GuildId, PACE_MAX, RULES_MAX, RoleId, Rule, Rules, Settings};
use crate::digest::{DIGESTS_MAX, Plan, Planned, Zone};
use strict::{Fields, Json, Reader};

mod strict;

/// The version of the format.
const VERSION: u64 = 1;

/// The most bytes of a file that is read. The largest that is written has a few thousand.
pub const FILE_BYTES_MAX: usize = 256 * 1_024;

/// The most characters of a channel's name that are taken. Discord allows 100:
/// <https://docs.discord.com/developers/resources/channel#channel-object-channel-structure>.
const NAME_CHARS_MAX: usize = 100;

/// What a channel is called, as far as a file takes it.
pub fn name(name: &str) -> String {
    let seen = name.chars().filter(|character| !character.is_control());
    seen.take(NAME_CHARS_MAX).collect()
}

/// What is in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portable {
    /// The settings.
    pub settings: Settings,
    /// The digests, if the file speaks of them.
    pub digests: Option<Vec<Planned>>,
}

/// Writes a file.
pub fn write<'a>(
    guild: GuildId,
    settings: &Settings,
    digests: impl Iterator<Item = &'a Planned>,
) -> String {
    let channels = |rule| -> Vec<String> {
        let channels = settings.rules.channels(rule);
        channels.map(|channel| channel.to_string()).collect()
    };
    let file = json!({
        "dossier": VERSION,
        "server": guild.to_string(),
        "channels": {
            "allow": channels(Rule::Allow),
            "block": channels(Rule::Block),
            "elsewhere": settings.elsewhere.name(),
            "pace": settings.pace,
        },
        "trouble": settings.trouble.map(|channel| channel.to_string()),
        "digests": digests.map(digest).collect::<Vec<_>>(),
    });
    // Plain data of our own: its keys are texts.
    serde_json::to_string_pretty(&file).expect("settings are JSON") + "\n"
}

fn digest(planned: &Planned) -> serde_json::Value {
    let plan = &planned.plan;
    json!({
        "channel": plan.channel.to_string(),
        "name": name(&planned.channel_name),
        "at": plan.at.to_string(),
        "zone": plan.zone.name(),
        "days": plan.days.to_string(),
        "content": plan.content.to_string(),
        "role": plan.role.map(|role| role.to_string()),
        "publish": plan.publish,
        "paused": planned.is_paused,
    })
}

/// Reads the file of a server.
///
/// # Errors
///
/// All that is wrong with it, in the order of the file, a sentence each.
pub fn read(bytes: &[u8], guild: GuildId) -> Result<Portable, Vec<String>> {
    let file = Json::parse(bytes).map_err(|fault| vec![fault])?;
    let mut reader = Reader::default();
    let read = whole(&mut reader, &file, guild);
    match reader.faults.is_empty() {
        true => Ok(read),
        false => Err(reader.faults),
    }
}

fn whole(reader: &mut Reader, file: &Json, guild: GuildId) -> Portable {
    let mut portable = Portable::default();
    let settings = &mut portable.settings;
    let Some(mut file) = reader.object(file, "the file") else {
        return portable;
    };
    match file.take(reader, "dossier") {
        Some(Json::Whole(VERSION)) | None => {}
        Some(_) => {
            reader.fault("dossier", &format!("has to be {VERSION}, the version of the format"))
        }
    }
    if let Some(server) = file.take(reader, "server")
        && reader.id::<GuildId>(server, "server").is_some_and(|server| server != guild)
    {
        reader.fault("server", "is another server: its channels are not here");
    }
    if let Some(channels) = file.take(reader, "channels") {
        read_channels(reader, channels, settings);
    }
    if let Some(trouble) = file.take(reader, "trouble") {
        settings.trouble = match trouble {
            Json::Null => None,
            trouble => reader.id(trouble, "trouble"),
        };
    }
    if let Some(digests) = file.take_if_there("digests") {
        portable.digests = Some(read_digests(reader, digests, guild));
    }
    file.end(reader);
    portable
}

fn read_digests(reader: &mut Reader, digests: &Json, guild: GuildId) -> Vec<Planned> {
    let Json::List(list) = digests else {
        reader.fault("digests", "has to be a list");
        return Vec::new();
    };
    if list.len() > DIGESTS_MAX {
        reader.fault("digests", &format!("has more than {DIGESTS_MAX}"));
        return Vec::new();
    }
    let read = |(number, digest): (usize, &Json)| {
        let place = format!("digests[{number}]");
        let mut fields = reader.object(digest, &place)?;
        let planned = read_digest(reader, &mut fields, &place, guild);
        fields.end(reader);
        planned
    };
    list.iter().enumerate().filter_map(read).collect()
}

/// Nothing where something is wrong, which is noted.
fn read_digest(
    reader: &mut Reader,
    fields: &mut Fields<'_>,
    place: &str,
    guild: GuildId,
) -> Option<Planned> {
    let mut text = |reader: &mut Reader, key: &'static str, what: &str| {
        let text = fields.take(reader, key)?;
        if text.as_text().is_none() {
            reader.fault(&format!("{place}.{key}"), what);
        }
        text.as_text()
    };
    let id = "has to be an id in quotation marks, as in \"300000000000000002\"";
    let channel = text(reader, "channel", id);
    let name = text(reader, "name", "has to be a text");
    let at = text(reader, "at", "has to be a time, as in \"09:00\"");
    let zone = text(reader, "zone", "has to be a time zone, as in \"Europe/Kyiv\"");
    let days = text(reader, "days", "has to be days, as in \"mon,wed\"");
    let content = text(reader, "content", "has to be content, as in \"order\"");
    let role = fields.take(reader, "role");
    let mut flag = |reader: &mut Reader, key: &'static str| match fields.take(reader, key)? {
        Json::Flag(flag) => Some(*flag),
        _ => {
            reader.fault(&format!("{place}.{key}"), "has to be true or false");
            None
        }
    };
    let publish = flag(reader, "publish");
    let is_paused = flag(reader, "paused");
    let mut known = |key: &str, is_known: bool, what: &str| {
        if !is_known {
            reader.fault(&format!("{place}.{key}"), what);
        }
    };
    let channel = channel.map(str::parse::<ChannelId>);
    known("channel", !matches!(channel, Some(Err(_))), id);
    known(
        "name",
        name.is_none_or(|name| !name.chars().any(char::is_control)),
        "has characters that cannot be seen",
    );
    known(
        "name",
        name.is_none_or(|name| name.chars().count() <= NAME_CHARS_MAX),
        &format!("is longer than {NAME_CHARS_MAX} characters"),
    );
    let at = at.map(str::parse);
    known("at", !matches!(at, Some(Err(_))), "is no time of the day");
    let zone = zone.map(Zone::from_name);
    known("zone", !matches!(zone, Some(None)), "is no time zone that is known");
    let days = days.map(str::parse);
    known("days", !matches!(days, Some(Err(_))), "is no list of days");
    let content = content.map(str::parse);
    known("content", !matches!(content, Some(Err(_))), "is nothing that a digest posts");
    let role = match role? {
        Json::Null => None,
        role => {
            let role = role.as_text().and_then(|role| role.parse().ok());
            let role = role.filter(|role: &RoleId| role.get() != guild.get());
            known("role", role.is_some(), "has to be the id of a role, or null");
            Some(role?)
        }
    };
    Some(Planned {
        plan: Plan {
            channel: channel?.ok()?,
            at: at?.ok()?,
            zone: zone??,
            days: days?.ok()?,
            content: content?.ok()?,
            role,
            publish: publish?,
        },
        channel_name: name?.to_owned(),
        is_paused: is_paused?,
    })
}

fn read_channels(reader: &mut Reader, channels: &Json, settings: &mut Settings) {
    let Some(mut channels) = reader.object(channels, "channels") else {
        return;
    };
    for rule in [Rule::Allow, Rule::Block] {
        if let Some(list) = channels.take(reader, rule.name()) {
            read_rules(reader, list, rule, &mut settings.rules);
        }
    }
    if settings.rules.len() > RULES_MAX {
        reader.fault("channels", &format!("has more than {RULES_MAX} rules"));
    }
    if let Some(mode) = channels.take(reader, "elsewhere") {
        match mode.as_text().and_then(Elsewhere::named) {
            Some(mode) => settings.elsewhere = mode,
            None => reader.fault("channels.elsewhere", "has to be \"private\" or \"refuse\""),
        }
    }
    if let Some(pace) = channels.take(reader, "pace") {
        match pace {
            Json::Whole(pace) if *pace <= u64::from(PACE_MAX) => settings.pace = *pace as u16,
            _ => reader.fault("channels.pace", &format!("has to be a number from 0 to {PACE_MAX}")),
        }
    }
    channels.end(reader);
}

fn read_rules(reader: &mut Reader, list: &Json, rule: Rule, rules: &mut Rules) {
    let place = format!("channels.{}", rule.name());
    let Json::List(list) = list else {
        return reader.fault(&place, "has to be a list of channel ids");
    };
    for (number, channel) in list.iter().enumerate() {
        let place = format!("{place}[{number}]");
        let Some(channel) = reader.id::<ChannelId>(channel, &place) else {
            continue;
        };
        if rules.of(channel).is_some() {
            reader.fault(&place, &format!("names {channel} a second time"));
        }
        rules.set(channel, Some(rule));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GUILD: GuildId = GuildId::new(7);

    #[test]
    fn what_is_written_is_read() {
        let settings = Settings {
            rules: Rules::new([(ChannelId::new(1), Rule::Allow), (ChannelId::new(2), Rule::Block)]),
            elsewhere: Elsewhere::Refuse,
            pace: 5,
            trouble: Some(ChannelId::new(9)),
        };
        let digest = |role, is_paused| Planned {
            plan: Plan {
                channel: ChannelId::new(3),
                at: "09:05".parse().expect("a time"),
                zone: Zone::from_name("Europe/Kyiv").expect("a zone"),
                days: "mon,wed".parse().expect("days"),
                content: "kind:event".parse().expect("content"),
                role,
                publish: is_paused,
            },
            channel_name: "news".to_owned(),
            is_paused,
        };
        let digests = vec![digest(None, false), digest(Some(RoleId::new(5)), true)];
        let file = write(GUILD, &settings, digests.iter());
        let digests = Some(digests);
        assert_eq!(read(file.as_bytes(), GUILD), Ok(Portable { settings, digests }));
    }

    #[test]
    fn what_is_wrong_with_a_digest_is_told_of() {
        let file = |digests: &str| {
            format!(
                r#"{{"dossier": 1, "server": "7", "trouble": null, "digests": {digests},
                    "channels": {{"allow": [], "block": [], "elsewhere": "private", "pace": 0}}}}"#
            )
        };
        for (digests, faults) in [
            ("7", vec!["`digests` has to be a list."]),
            ("[7]", vec!["`digests[0]` has to be an object, as in {\"…\": …}."]),
            (
                r#"[{"channel": "x", "name": "n", "at": "25:00", "zone": "Mars", "days": "someday", "content": "poems",
                     "role": "7", "publish": 1, "paused": false, "more": 1}]"#,
                vec![
                    "`digests[0].publish` has to be true or false.",
                    "`digests[0].channel` has to be an id in quotation marks, as in \"300000000000000002\".",
                    "`digests[0].at` is no time of the day.",
                    "`digests[0].zone` is no time zone that is known.",
                    "`digests[0].days` is no list of days.",
                    "`digests[0].content` is nothing that a digest posts.",
                    "`digests[0].role` has to be the id of a role, or null.",
                    "`digests[0].more` is nothing that Dossier knows.",
                ],
            ),
        ] {
            let expected: Vec<String> = faults.iter().map(|fault| (*fault).to_owned()).collect();
            assert_eq!(read(file(digests).as_bytes(), GUILD), Err(expected), "{digests}");
        }
        let digest = |name: &str| {
            format!(
                r#"[{{"channel": "3", "name": "{name}", "at": "09:00", "zone": "UTC", "days": "daily", "content": "order",
                     "role": null, "publish": false, "paused": false}}]"#
            )
        };
        for (name, fault) in [
            ("news", None),
            (&"ж".repeat(100), None),
            (&"ж".repeat(101), Some("is longer than 100 characters")),
            ("a\\u0000b", Some("has characters that cannot be seen")),
            ("a\\u001bb", Some("has characters that cannot be seen")),
        ] {
            let read = read(file(&digest(name)).as_bytes(), GUILD).err();
            let fault = fault.map(|fault| vec![format!("`digests[0].name` {fault}.")]);
            assert_eq!(read, fault, "{name}");
        }
        let old = file("[]").replace(r#""digests": [],"#, "");
        assert_eq!(read(old.as_bytes(), GUILD), Ok(Portable::default()));
    }

    #[test]
    fn all_that_is_wrong_is_told_of() {
        for (file, faults) in [
            ("", vec!["This is no JSON: EOF while parsing a value at line 1 column 0."]),
            ("[]", vec!["The file has to be an object, as in {\"…\": …}."]),
            (
                r#"{"dossier": 2, "server": "8", "chanels": {}, "trouble": 7}"#,
                vec![
                    "`dossier` has to be 1, the version of the format.",
                    "`server` is another server: its channels are not here.",
                    "`channels` is missing.",
                    "`trouble` has to be an id in quotation marks, as in \"300000000000000002\".",
                    "`chanels` is nothing that Dossier knows; did you mean `channels`.",
                ],
            ),
            (
                r#"{"dossier": 1, "server": "7", "trouble": null, "trouble": null,
                    "channels": {"allow": ["1", "x", 2], "block": ["1"], "elsewhere": "loud", "pace": 61}}"#,
                vec![
                    "`channels.allow[1]` has to be an id in quotation marks, as in \"300000000000000002\".",
                    "`channels.allow[2]` has to be an id in quotation marks, as in \"300000000000000002\".",
                    "`channels.block[0]` names 1 a second time.",
                    "`channels.elsewhere` has to be \"private\" or \"refuse\".",
                    "`channels.pace` has to be a number from 0 to 60.",
                    "`trouble` stands there twice.",
                ],
            ),
        ] {
            assert_eq!(
                read(file.as_bytes(), GUILD),
                Err(faults.iter().map(|fault| (*fault).to_owned()).collect()),
                "{file}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_file_is_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(read(&bytes, GUILD));
        }
    }
}
