//! A server's settings as a file that a person can read, keep and edit: `/config export` writes it, `/config import` reads it.
//!
//! Reading is strict: whatever is not as it should be is told of, with its place, and nothing is taken from a file that has a fault.

use serde_json::json;

use super::{ChannelId, Elsewhere, GuildId, PACE_MAX, RULES_MAX, Rule, Rules, Settings};
use strict::{Json, Reader};

mod strict;

/// The version of the format.
const VERSION: u64 = 1;

/// The most bytes of a file that is read. The largest that is written has a few thousand.
pub const FILE_BYTES_MAX: usize = 256 * 1_024;

/// Writes a file.
pub fn write(guild: GuildId, settings: &Settings) -> String {
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
    });
    // Plain data of our own: its keys are texts.
    serde_json::to_string_pretty(&file).expect("settings are JSON") + "\n"
}

/// Reads the file of a server.
///
/// # Errors
///
/// All that is wrong with it, in the order of the file, a sentence each.
pub fn read(bytes: &[u8], guild: GuildId) -> Result<Settings, Vec<String>> {
    let file = Json::parse(bytes).map_err(|fault| vec![fault])?;
    let mut reader = Reader::default();
    let settings = settings(&mut reader, &file, guild);
    match reader.faults.is_empty() {
        true => Ok(settings),
        false => Err(reader.faults),
    }
}

fn settings(reader: &mut Reader, file: &Json, guild: GuildId) -> Settings {
    let mut settings = Settings::default();
    let Some(mut file) = reader.object(file, "the file") else {
        return settings;
    };
    match file.take(reader, "dossier") {
        Some(Json::Whole(VERSION)) | None => {}
        Some(_) => reader.fault(
            "dossier",
            &format!("has to be {VERSION}, the version of the format"),
        ),
    }
    if let Some(server) = file.take(reader, "server")
        && reader
            .id::<GuildId>(server, "server")
            .is_some_and(|server| server != guild)
    {
        reader.fault("server", "is another server: its channels are not here");
    }
    if let Some(channels) = file.take(reader, "channels") {
        read_channels(reader, channels, &mut settings);
    }
    if let Some(trouble) = file.take(reader, "trouble") {
        settings.trouble = match trouble {
            Json::Null => None,
            trouble => reader.id(trouble, "trouble"),
        };
    }
    file.end(reader);
    settings
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
            _ => reader.fault(
                "channels.pace",
                &format!("has to be a number from 0 to {PACE_MAX}"),
            ),
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

    const GUILD: GuildId = GuildId(7);

    #[test]
    fn what_is_written_is_read() {
        let settings = Settings {
            rules: Rules::new([(ChannelId(1), Rule::Allow), (ChannelId(2), Rule::Block)]),
            elsewhere: Elsewhere::Refuse,
            pace: 5,
            trouble: Some(ChannelId(9)),
        };
        let file = write(GUILD, &settings);
        assert_eq!(read(file.as_bytes(), GUILD), Ok(settings));
    }

    #[test]
    fn all_that_is_wrong_is_told_of() {
        for (file, faults) in [
            (
                "",
                vec!["This is no JSON: EOF while parsing a value at line 1 column 0."],
            ),
            (
                "[]",
                vec!["The file has to be an object, as in {\"…\": …}."],
            ),
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
