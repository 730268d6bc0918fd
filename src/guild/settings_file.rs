//! A guild's settings as an editable JSON file, written by `/config export` and read by `/config
//! import`.
//!
//! The parser is strict: every error is reported with its path, and a file with errors is rejected
//! as a whole.

use std::str::FromStr;

use super::{GuildId, PACE_MAX, RULES_MAX, RoleId, Rule, Settings, parse_id};
use serde_json::json;
use serde_json::value::RawValue;

use crate::content::Kind;
use crate::digest::{DIGESTS_MAX, Days, Plan, PlannedDigest, Zone};
use crate::text::{BYTE_ORDER_MARK, is_compressed, is_invisible, is_utf16};
use strict::{StrictFields, value};

mod strict;

/// The version of the file format.
const VERSION: u64 = 1;

/// Maximum file size in bytes. The largest exported file has a few thousand bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1_024;

const BACKUP: &str = "This is a backup of the settings of all servers, which its operator restores with `dossier settings import`. A file of this server comes from `/config export`.";

/// Maximum length of a channel name in characters. Discord allows 100:
/// <https://docs.discord.com/developers/resources/channel#channel-object-channel-structure>.
const NAME_CHARS_MAX: usize = 100;

/// A channel's name, sanitized and shortened for the file.
pub fn sanitize_channel_name(name: &str) -> String {
    let seen: String = name.chars().filter(|character| !is_invisible(*character)).collect();
    seen.trim().chars().take(NAME_CHARS_MAX).collect::<String>().trim_end().to_owned()
}

/// The contents of a settings file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsFile {
    pub settings: Settings,
    /// The digests, if the file contains the key.
    pub digests: Option<Vec<PlannedDigest>>,
}

/// Serializes settings to a file.
pub fn write<'a>(
    guild: GuildId,
    settings: &Settings,
    digests: impl Iterator<Item = &'a PlannedDigest>,
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
        "trouble": settings.failure_channel.map(|channel| channel.to_string()),
        "pictures": settings.pictures,
        "digests": digests.map(digest_json).collect::<Vec<_>>(),
    });
    format!("{file:#}\n")
}

fn digest_json(planned: &PlannedDigest) -> serde_json::Value {
    let plan = &planned.plan;
    json!({
        "channel": plan.channel.to_string(),
        "name": sanitize_channel_name(&planned.channel_name),
        "at": plan.at.to_string(),
        "zone": plan.zone.name(),
        "days": plan.days.to_string(),
        "content": plan.content.to_string(),
        "role": plan.role.map(|role| role.to_string()),
        "publish": plan.publish,
        "paused": planned.is_paused,
    })
}

/// Parses a settings file. `now`, in seconds since 1970, resolves time zone abbreviations.
///
/// # Errors
///
/// Returns every error in the file, in file order, as one sentence each.
pub fn read(bytes: &[u8], guild: GuildId, now: i64) -> Result<SettingsFile, Vec<String>> {
    let file = decode_text(bytes).and_then(parse).map_err(|fault| vec![fault])?;
    match StrictFields::parse(file, "", |file| read_all(file, guild, now)) {
        (Some(portable), faults) if faults.is_empty() => Ok(portable),
        (_, faults) => Err(faults),
    }
}

/// Strips a byte order mark. Rejects other encodings and empty files.
fn decode_text(bytes: &[u8]) -> Result<&[u8], String> {
    if is_compressed(bytes) {
        return Err("The file is compressed: unpack it, and import the file in it.".to_owned());
    }
    let encoding = match bytes {
        [0, 0, ..] | [_, 0, 0, ..] | [0xff, 0xfe, 0, 0, ..] => Some("UTF-32"),
        _ if is_utf16(bytes) => Some("UTF-16"),
        _ => str::from_utf8(bytes).err().map(|_| "not UTF-8"),
    };
    if let Some(encoding) = encoding {
        return Err(format!("The file is {encoding}: save it as UTF-8."));
    }
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    match text.trim_ascii().is_empty() {
        true => Err("The file is empty.".to_owned()),
        false => Ok(text),
    }
}

fn parse(bytes: &[u8]) -> Result<&RawValue, String> {
    let first_line = bytes.trim_ascii_start().split(|byte| *byte == b'\n').next();
    let is_backup = first_line.is_some_and(|line| {
        let head: Result<serde_json::Value, _> = serde_json::from_slice(line);
        head.is_ok_and(|head| head["dossier"] == "settings")
    });
    if is_backup {
        return Err(BACKUP.to_owned());
    }
    serde_json::from_slice(bytes).map_err(|error| match advice(bytes, &error) {
        Some(advice) => format!("This is not JSON: {error}: {advice}."),
        None => format!("This is not JSON: {error}."),
    })
}

/// What to do about the character at which the text is no longer JSON, for the common mistakes.
fn advice(bytes: &[u8], error: &serde_json::Error) -> Option<String> {
    if error.is_eof() {
        return Some("a part is missing at the end".to_owned());
    }
    let line = str::from_utf8(bytes).ok()?.split('\n').nth(error.line().checked_sub(1)?)?;
    // The column counts bytes from 1.
    let rest = line.get(error.column().checked_sub(1)?..)?;
    Some(match rest.chars().next()? {
        hidden if is_invisible(hidden) || hidden.is_whitespace() => {
            format!("it has a character that cannot be seen there, U+{:04X}", u32::from(hidden))
        }
        _ if error.to_string().starts_with("trailing") => {
            "leave out what follows the last }".to_owned()
        }
        '}' | ']' => "leave out the comma before it".to_owned(),
        '/' | '#' => "leave out the comment".to_owned(),
        '\'' | '“' | '”' | '„' | '‘' | '’' => {
            "write straight double quotation marks".to_owned()
        }
        '`' => "leave out all but the text from { to }".to_owned(),
        letter if letter.is_alphabetic() && error.column() > 1 => {
            "write keys and texts in quotation marks".to_owned()
        }
        _ => return None,
    })
}

fn read_all(file: &mut StrictFields<'_>, guild: GuildId, now: i64) -> SettingsFile {
    let mut portable = SettingsFile::default();
    let settings = &mut portable.settings;
    let version = format!("must be {VERSION}, the version of the format");
    file.read("dossier", &version, |json| value(json).filter(|one: &u64| *one == VERSION));
    let server: Option<GuildId> = file.read("server", ID, parse_json_id);
    if server.is_some_and(|server| server != guild) {
        file.fault("server", "is the id of another server: its channels are not here");
    }
    if let Some(channels) = file.take("channels") {
        file.object(channels, "channels", |channels| read_channels(channels, settings));
    }
    if settings.rules.len() > RULES_MAX {
        file.fault("channels", &format!("has more than {RULES_MAX} rules"));
    }
    settings.failure_channel = file.read("trouble", ID, or_null(parse_json_id)).flatten();
    if let Some(pictures) = file.take_optional("pictures") {
        match value(pictures) {
            Some(is_on) => settings.pictures = is_on,
            None => file.fault("pictures", FLAG),
        }
    }
    if let Some(digests) = file.take_optional("digests") {
        portable.digests = Some(read_digests(file, digests, guild, now));
    }
    portable
}

fn read_channels(channels: &mut StrictFields<'_>, settings: &mut Settings) {
    for rule in [Rule::Allow, Rule::Block] {
        let expected = "must be a list of channel ids";
        let list: Option<Vec<&RawValue>> = channels.read(rule.name(), expected, value);
        for (number, channel) in list.into_iter().flatten().enumerate() {
            let place = format!("{}[{number}]", rule.name());
            let Some(channel) = parse_json_id(channel) else {
                channels.fault(&place, ID);
                continue;
            };
            if settings.rules.get(channel).is_some() {
                channels.fault(&place, &format!("names {channel} a second time"));
            }
            settings.rules.set(channel, Some(rule));
        }
    }
    let elsewhere = channels.read("elsewhere", "must be \"private\" or \"refuse\"", parse_text);
    settings.elsewhere = elsewhere.unwrap_or_default();
    let expected = format!("must be a number from 0 to {PACE_MAX}");
    let pace = |json| value(json).filter(|pace: &u16| *pace <= PACE_MAX);
    settings.pace = channels.read("pace", &expected, pace).unwrap_or_default();
}

fn read_digests<'a>(
    file: &mut StrictFields<'a>,
    digests: &'a RawValue,
    guild: GuildId,
    now: i64,
) -> Vec<PlannedDigest> {
    let Some(list) = value::<Vec<&RawValue>>(digests) else {
        file.fault("digests", "must be a list");
        return Vec::new();
    };
    if list.len() > DIGESTS_MAX {
        file.fault("digests", &format!("has more than {DIGESTS_MAX}"));
        return Vec::new();
    }
    let read = |(number, digest)| {
        let read = |digest: &mut StrictFields<'_>| read_digest(digest, guild, now);
        let planned = file.object(digest, &format!("digests[{number}]"), read)??;
        Some((number, planned))
    };
    let read: Vec<(usize, PlannedDigest)> = list.into_iter().enumerate().filter_map(read).collect();
    for (index, (number, planned)) in read.iter().enumerate() {
        let same = |(_, other): &&(usize, PlannedDigest)| other.plan.repeats(&planned.plan, now);
        if let Some((other, _)) = read[..index].iter().find(same) {
            let fault =
                format!("does the same as `digests[{other}]`: each entry would be posted twice");
            file.fault(&format!("digests[{number}]"), &fault);
        }
    }
    read.into_iter().map(|(_, planned)| planned).collect()
}

/// Returns `None` if the digest has errors, which have been reported.
fn read_digest(digest: &mut StrictFields<'_>, guild: GuildId, now: i64) -> Option<PlannedDigest> {
    let channel = digest.read("channel", ID, parse_json_id);
    let expected =
        format!("must be a name of at most {NAME_CHARS_MAX} characters that can be seen");
    let is_sanitized = |text: &String| sanitize_channel_name(text) == *text;
    let channel_name = digest.read("name", &expected, |json| value(json).filter(is_sanitized));
    let at = digest.read("at", "must be a time, as in \"09:00\"", parse_text);
    // Resolved as in `/config digest add`: "EST" means New York, including daylight saving time.
    let zone = digest.read_or_offer("zone", |json| {
        let text = value::<String>(json).unwrap_or_default();
        let offered = |near: Vec<Zone>| if text.trim().is_empty() { Vec::new() } else { near };
        let fault = |near| offer("must be a time zone, as in \"Europe/Kyiv\"", &offered(near));
        Zone::resolve(&text, now).map_err(fault)
    });
    let days = digest.read_or_offer("days", |json| {
        let text = value::<String>(json).unwrap_or_default();
        let fault = |_| offer("must be days, as in \"mon,wed\"", &Days::similar(&text));
        text.parse().map_err(fault)
    });
    let kinds = Kind::ALL.map(Kind::name).join(", ");
    let expected = format!("must be \"order\", \"on-this-day\", or \"kind:\" with one of {kinds}");
    let content = digest.read("content", &expected, parse_text);
    // The id of @everyone is the guild's id.
    let is_role = |role: &RoleId| role.get() != guild.get();
    let role = or_null(|json| parse_json_id(json).filter(is_role));
    let role = digest.read("role", "must be the id of a role, or null", role);
    let publish = digest.read("publish", FLAG, value);
    let is_paused = digest.read("paused", FLAG, value);
    Some(PlannedDigest {
        plan: Plan {
            channel: channel?,
            at: at?,
            zone: zone?,
            days: days?,
            content: content?,
            role: role?,
            publish: publish?,
        },
        channel_name: channel_name?,
        is_paused: is_paused?,
    })
}

/// The most values that an error message offers.
const OFFERED_MAX: usize = 3;

fn offer(expected: &str, near: &[impl ToString]) -> String {
    let near = near.iter().take(OFFERED_MAX).map(|one| format!("\"{}\"", one.to_string()));
    match near.collect::<Vec<_>>().join(" or ") {
        near if near.is_empty() => expected.to_owned(),
        near => format!("{expected}; did you mean {near}?"),
    }
}

const FLAG: &str = "must be true or false";

const ID: &str = "must be an id in quotation marks, as in \"300000000000000002\"";

fn parse_json_id<Id: From<std::num::NonZeroU64>>(json: &RawValue) -> Option<Id> {
    parse_id(&value::<String>(json)?)
}

fn parse_text<T: FromStr>(json: &RawValue) -> Option<T> {
    value::<String>(json)?.parse().ok()
}

/// Accepts `null` as `None`.
fn or_null<T>(read: impl Fn(&RawValue) -> Option<T>) -> impl Fn(&RawValue) -> Option<Option<T>> {
    move |json| if json.get() == "null" { Some(None) } else { read(json).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guild::{ChannelId, Elsewhere, Rules};
    use proptest::prelude::*;

    const GUILD: GuildId = GuildId::new(7);
    /// In July 2026, when New York has daylight saving time.
    const NOW: i64 = 1_783_000_000;

    #[test]
    fn a_written_file_can_be_read_back() {
        let settings = Settings {
            rules: Rules::new([(ChannelId::new(1), Rule::Allow), (ChannelId::new(2), Rule::Block)]),
            elsewhere: Elsewhere::Refuse,
            pace: 5,
            failure_channel: Some(ChannelId::new(9)),
            pictures: false,
        };
        let digest = |role, is_paused| PlannedDigest {
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
        assert_eq!(read(file.as_bytes(), GUILD, NOW), Ok(SettingsFile { settings, digests }));
    }

    #[test]
    fn a_time_zone_is_resolved_as_in_a_command() {
        for (zone, name) in [
            ("GB", Some("Europe/London")),
            ("UK", Some("Europe/London")),
            ("EST", Some("America/New_York")),
            ("est", Some("America/New_York")),
            ("PST", Some("America/Los_Angeles")),
            ("kyiv", Some("Europe/Kyiv")),
            ("Warsaw", Some("Europe/Warsaw")),
            ("Mars", None),
        ] {
            let file = format!(
                r#"{{"dossier": 1, "server": "7", "trouble": null, "digests": [{{"channel": "3", "name": "n", "at": "09:00",
                    "zone": "{zone}", "days": "daily", "content": "order", "role": null, "publish": false, "paused": false}}],
                    "channels": {{"allow": [], "block": [], "elsewhere": "private", "pace": 0}}}}"#
            );
            let read = read(file.as_bytes(), GUILD, NOW).ok().and_then(|file| file.digests);
            let read = read.map(|digests| digests[0].plan.zone.name().to_owned());
            assert_eq!(read.as_deref(), name, "{zone}");
        }
    }

    #[test]
    fn common_text_encodings_are_read_or_named_in_the_error() {
        let file = write(GUILD, &Settings::default(), [].into_iter());
        let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            file.encode_utf16().flat_map(bytes).collect()
        };
        let with = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        let (utf8, little, big) =
            (file.as_bytes(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
        let utf32: Vec<u8> = file.chars().flat_map(|one| u32::from(one).to_le_bytes()).collect();
        let is_utf32 = Some("The file is UTF-32: save it as UTF-8.");
        let is_utf16 = Some("The file is UTF-16: save it as UTF-8.");
        let is_compressed = Some("The file is compressed: unpack it, and import the file in it.");
        for (bytes, fault) in [
            (with(b"", utf8), None),
            (with(b"\xef\xbb\xbf", utf8), None),
            (with(b"\xef\xbb\xbf", file.replace('\n', "\r\n").as_bytes()), None),
            (Vec::new(), Some("The file is empty.")),
            (b" \r\n".to_vec(), Some("The file is empty.")),
            (b"\xef\xbb\xbf".to_vec(), Some("The file is empty.")),
            (with(b"\xff\xfe", &little), is_utf16),
            (with(b"\xfe\xff", &big), is_utf16),
            (with(b"\xff\xfe\0\0", &utf32), is_utf32),
            (utf32, is_utf32),
            (with(b"PK\x03\x04\n\0", utf8), is_compressed),
            (with(b"PK\x05\x06", b""), is_compressed),
            (with(b"\x1f\x8b\x08\0", utf8), is_compressed),
            (with(b"BZh9", utf8), is_compressed),
            (with(b"\xfd7zXZ\0", utf8), is_compressed),
            (with(b"\x28\xb5\x2f\xfd", utf8), is_compressed),
            (with(utf8, b"\xe4"), Some("The file is not UTF-8: save it as UTF-8.")),
            (little, is_utf16),
            (big, is_utf16),
        ] {
            let read = read(&bytes, GUILD, NOW).err().map(|faults| faults.join(" "));
            assert_eq!(read.as_deref(), fault, "{bytes:?}");
        }
    }

    fn file(digests: &str) -> String {
        format!(
            r#"{{"dossier": 1, "server": "7", "trouble": null, "digests": {digests},
                "channels": {{"allow": [], "block": [], "elsewhere": "private", "pace": 0}}}}"#
        )
    }

    fn digest(name: &str) -> String {
        format!(
            r#"[{{"channel": "3", "name": "{name}", "at": "09:00", "zone": "UTC", "days": "daily", "content": "order",
                 "role": null, "publish": false, "paused": false}}]"#
        )
    }

    #[test]
    fn what_is_misspelled_is_offered() {
        for (from, to, fault) in [
            (
                "daily",
                "funday",
                "`digests[0].days` must be days, as in \"mon,wed\"; did you mean \"sun\"?",
            ),
            (
                "daily",
                "sonday",
                "`digests[0].days` must be days, as in \"mon,wed\"; did you mean \"mon\" or \"sun\"?",
            ),
            (
                "daily",
                "wendsday",
                "`digests[0].days` must be days, as in \"mon,wed\"; did you mean \"wed\"?",
            ),
            (
                "UTC",
                "Berlni",
                "`digests[0].zone` must be a time zone, as in \"Europe/Kyiv\"; did you mean \"Europe/Berlin\"?",
            ),
            (
                "UTC",
                "Mars/Olympus",
                "`digests[0].zone` must be a time zone, as in \"Europe/Kyiv\".",
            ),
            ("UTC", " ", "`digests[0].zone` must be a time zone, as in \"Europe/Kyiv\"."),
            (
                "UTC",
                "London, Ontario",
                "`digests[0].zone` must be a time zone, as in \"Europe/Kyiv\"; did you mean \"America/Toronto\" or \"Europe/London\"?",
            ),
        ] {
            let digest = digest("news").replace(from, to);
            assert_eq!(read(file(&digest).as_bytes(), GUILD, NOW), Err(vec![fault.to_owned()]));
        }
    }

    #[test]
    fn errors_in_a_digest_are_reported() {
        for (digests, faults) in [
            ("7", vec!["`digests` must be a list."]),
            ("[7]", vec!["`digests[0]` must be an object, as in {\"…\": …}."]),
            (
                r#"[{"channel": "x", "name": "n", "at": "25:00", "zone": "Mars", "days": "someday", "content": "poems",
                     "role": "7", "publish": 1, "paused": false, "more": 1}]"#,
                vec![
                    "`digests[0].channel` must be an id in quotation marks, as in \"300000000000000002\".",
                    "`digests[0].at` must be a time, as in \"09:00\".",
                    "`digests[0].zone` must be a time zone, as in \"Europe/Kyiv\"; did you mean \"Europe/Paris\"?",
                    "`digests[0].days` must be days, as in \"mon,wed\".",
                    "`digests[0].content` must be \"order\", \"on-this-day\", or \"kind:\" with one of demand, event, position, proposal, term, place, actor, outlook, section.",
                    "`digests[0].role` must be the id of a role, or null.",
                    "`digests[0].publish` must be true or false.",
                    "`digests[0].more` is not a known key.",
                ],
            ),
        ] {
            let expected: Vec<String> = faults.iter().map(|fault| (*fault).to_owned()).collect();
            assert_eq!(read(file(digests).as_bytes(), GUILD, NOW), Err(expected), "{digests}");
        }
        for (name, is_read) in [
            ("news", true),
            (&"ж".repeat(100), true),
            (&"ж".repeat(101), false),
            ("a\\u0000b", false),
            ("a\\u001bb", false),
            ("", true),
            (" ", false),
            ("\\u200b", false),
            ("news ", false),
        ] {
            let read = read(file(&digest(name)).as_bytes(), GUILD, NOW).err();
            let fault =
                "`digests[0].name` must be a name of at most 100 characters that can be seen.";
            assert_eq!(read, (!is_read).then(|| vec![fault.to_owned()]), "{name}");
        }
        let old = file("[]").replace(r#""digests": [],"#, "");
        assert_eq!(read(old.as_bytes(), GUILD, NOW), Ok(SettingsFile::default()));
    }

    #[test]
    fn a_repeated_digest_is_reported() {
        let digest = |at: &str, zone: &str| {
            format!(
                r#"{{"channel": "3", "name": "n", "at": "{at}", "zone": "{zone}", "days": "daily", "content": "order",
                     "role": null, "publish": false, "paused": false}}"#
            )
        };
        for (digests, fault) in [
            ([digest("09:00", "Europe/Kyiv"), digest("9:00", "Europe/Kyiv")], true),
            ([digest("09:00", "Europe/Kyiv"), digest("09:00", "Europe/Zaporozhye")], true),
            ([digest("09:00", "Europe/Kyiv"), digest("09:01", "Europe/Kyiv")], false),
            ([digest("09:00", "Europe/Kyiv"), digest("09:00", "UTC")], false),
        ] {
            let file = format!(
                r#"{{"dossier": 1, "server": "7", "trouble": null, "digests": [{}],
                    "channels": {{"allow": [], "block": [], "elsewhere": "private", "pace": 0}}}}"#,
                digests.join(", ")
            );
            let expected =
                "`digests[1]` does the same as `digests[0]`: each entry would be posted twice.";
            let expected = fault.then(|| vec![expected.to_owned()]);
            assert_eq!(read(file.as_bytes(), GUILD, NOW).err(), expected, "{digests:?}");
        }
    }

    /// Comments, quotation marks, spaces and commas as other programs and phones write them.
    #[test]
    fn common_mistakes_in_json_are_named() {
        for (file, advice) in [
            (r#"{"dossier": 1,}"#, "leave out the comma before it"),
            (r#"{"channels": {"allow": ["1",]}}"#, "leave out the comma before it"),
            ("// mine\n{}", "leave out the comment"),
            ("{ # mine\n}", "leave out the comment"),
            (r#"{"dossier": 1, /* mine */ "server": "7"}"#, "leave out the comment"),
            ("{'dossier': 1}", "write straight double quotation marks"),
            ("{“dossier”: 1}", "write straight double quotation marks"),
            ("{dossier: 1}", "write keys and texts in quotation marks"),
            ("{\"dossier\":\u{a0}1}", "cannot be seen there, U+00A0"),
            ("{\n\u{200b}\"dossier\": 1}", "cannot be seen there, U+200B"),
            ("```json\n{}\n```", "leave out all but the text from { to }"),
            ("{}\nthanks", "leave out what follows the last }"),
            ("{}\n\0", "cannot be seen there, U+0000"),
            ("{}\u{1a}", "cannot be seen there, U+001A"),
            ("{}\n\u{200b}", "cannot be seen there, U+200B"),
            ("{}\u{feff}", "cannot be seen there, U+FEFF"),
            ("{}\u{a0}\n", "cannot be seen there, U+00A0"),
            ("{}{}", "leave out what follows the last }"),
            (r#"{"dossier": "#, "a part is missing at the end"),
            ("dossier: 1\nserver: 7", "line 1 column 1."),
            (
                "{\"dossier\":\"settings\",\"schema\":2}\n{\"guild\":{}}\n",
                "`dossier settings import`",
            ),
            ("{\"dossier\":\"settings\",\"format\":2,\"schema\":4}", "`dossier settings import`"),
        ] {
            let faults = read(file.as_bytes(), GUILD, NOW).expect_err(file);
            assert!(faults.len() == 1 && faults[0].contains(advice), "{file}: {faults:?}");
        }
    }

    #[test]
    fn all_errors_are_reported() {
        for (file, faults) in [
            (
                "{",
                vec![
                    "This is not JSON: EOF while parsing an object at line 1 column 1: a part is missing at the end.",
                ],
            ),
            ("[]", vec!["The file must be an object, as in {\"…\": …}."]),
            (
                r#"{"dossier": 2, "server": "8", "chanels": {}, "trouble": 7, "pictures": 1}"#,
                vec![
                    "`dossier` must be 1, the version of the format.",
                    "`server` is the id of another server: its channels are not here.",
                    "`channels` is missing.",
                    "`trouble` must be an id in quotation marks, as in \"300000000000000002\".",
                    "`pictures` must be true or false.",
                    "`chanels` is not a known key; did you mean `channels`?",
                ],
            ),
            (
                r#"{"dossier": 1, "server": "7", "trouble": null, "trouble": null,
                    "channels": {"allow": ["1", "x", 2], "block": ["1"], "elsewhere": "loud", "pace": 61}}"#,
                vec![
                    "`channels.allow[1]` must be an id in quotation marks, as in \"300000000000000002\".",
                    "`channels.allow[2]` must be an id in quotation marks, as in \"300000000000000002\".",
                    "`channels.block[0]` names 1 a second time.",
                    "`channels.elsewhere` must be \"private\" or \"refuse\".",
                    "`channels.pace` must be a number from 0 to 60.",
                    "`trouble` occurs twice.",
                ],
            ),
        ] {
            assert_eq!(
                read(file.as_bytes(), GUILD, NOW),
                Err(faults.iter().map(|fault| (*fault).to_owned()).collect()),
                "{file}"
            );
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(read(&bytes, GUILD, NOW));
        }
    }
}
