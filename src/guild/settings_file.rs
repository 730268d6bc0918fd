//! A guild's settings as an editable JSON file, written by `/config export` and read by `/config
//! import`.
//!
//! The parser is strict: a file with an unknown, missing or repeated key is rejected at the first of
//! them, and one with invalid values with all of those and their paths.

use std::fmt::Display;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{GuildId, PACE_MAX, RULES_MAX, RoleId, Rule, Settings, parse_id};
use crate::content::Kind;
use crate::digest::{DIGESTS_MAX, Days, Plan, PlannedDigest, Zone};
use crate::text::{BYTE_ORDER_MARK, is_compressed, is_invisible, is_utf16, shorten};

/// The version of the file format.
const VERSION: u64 = 1;

/// Maximum file size in bytes. The largest exported file has a few thousand bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1_024;

/// Maximum number of reported errors. A file with more is probably not a settings file, and the
/// first errors show that.
const FAULTS_MAX: usize = 100;

/// Maximum number of characters of an error about the format, which repeats a part of the file.
const FORMAT_FAULT_CHARS_MAX: usize = 300;

const BACKUP: &str = "This is a backup of the settings of all servers, which its operator restores with `dossier settings import`. A file of this server comes from `/config export`.";

/// Maximum length of a channel name in characters. Discord allows 100:
/// <https://docs.discord.com/developers/resources/channel#channel-object-channel-structure>.
const NAME_CHARS_MAX: usize = 100;

/// A channel's name, sanitized and shortened for the file.
pub fn sanitize_channel_name(name: &str) -> String {
    let seen = without_invisible(name);
    seen.trim().chars().take(NAME_CHARS_MAX).collect::<String>().trim_end().to_owned()
}

fn without_invisible(text: &str) -> String {
    text.chars().filter(|character| !is_invisible(*character)).collect()
}

/// The contents of a settings file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsFile {
    pub settings: Settings,
    /// The digests, if the file contains the key.
    pub digests: Option<Vec<PlannedDigest>>,
}

/// The format of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct File {
    dossier: u64,
    server: String,
    channels: ChannelsInFile,
    #[serde(deserialize_with = "Option::deserialize")]
    trouble: Option<String>,
    pictures: Option<bool>,
    digests: Option<Vec<DigestInFile>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ChannelsInFile {
    allow: Vec<String>,
    block: Vec<String>,
    elsewhere: String,
    pace: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct DigestInFile {
    channel: String,
    name: String,
    at: String,
    zone: String,
    days: String,
    content: String,
    #[serde(deserialize_with = "Option::deserialize")]
    role: Option<String>,
    publish: bool,
    paused: bool,
}

/// Serializes settings to a file.
pub fn write<'a>(
    guild: GuildId,
    settings: &Settings,
    digests: impl Iterator<Item = &'a PlannedDigest>,
) -> String {
    let channels = |rule| settings.rules.channels(rule).map(|one| one.to_string()).collect();
    let file = File {
        dossier: VERSION,
        server: guild.to_string(),
        channels: ChannelsInFile {
            allow: channels(Rule::Allow),
            block: channels(Rule::Block),
            elsewhere: settings.elsewhere.name().to_owned(),
            pace: settings.pace.into(),
        },
        trouble: settings.failure_channel.map(|channel| channel.to_string()),
        pictures: Some(settings.pictures),
        digests: Some(digests.map(DigestInFile::new).collect()),
    };
    let text = serde_json::to_string_pretty(&file).expect("the file is plain data");
    format!("{text}\n")
}

impl DigestInFile {
    fn new(PlannedDigest { plan, channel_name, is_paused }: &PlannedDigest) -> Self {
        Self {
            channel: plan.channel.to_string(),
            name: sanitize_channel_name(channel_name),
            at: plan.at.to_string(),
            zone: plan.zone.to_string(),
            days: plan.days.to_string(),
            content: plan.content.to_string(),
            role: plan.role.map(|role| role.to_string()),
            publish: plan.publish,
            paused: *is_paused,
        }
    }
}

/// Parses a settings file. `now`, in seconds since 1970, resolves time zone abbreviations.
///
/// # Errors
///
/// Returns the errors in the file, in file order, as one sentence each.
pub fn read(bytes: &[u8], guild: GuildId, now: i64) -> Result<SettingsFile, Vec<String>> {
    let file = decode_text(bytes).and_then(parse).map_err(|fault| vec![fault])?;
    let mut faults = Faults::default();
    let read = read_values(file, guild, now, &mut faults);
    faults.0.truncate(FAULTS_MAX);
    if faults.0.is_empty() { Ok(read) } else { Err(faults.0) }
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

fn parse(bytes: &[u8]) -> Result<File, String> {
    let first_line = bytes.trim_ascii_start().split(|byte| *byte == b'\n').next();
    let is_backup = first_line.is_some_and(|line| {
        let head: Result<serde_json::Value, _> = serde_json::from_slice(line);
        head.is_ok_and(|head| head["dossier"] == "settings")
    });
    if is_backup {
        return Err(BACKUP.to_owned());
    }
    let json: Result<Value, _> = serde_json::from_slice(bytes);
    let json = json.map_err(|error| match advice(bytes, &error) {
        Some(advice) => format!("This is not JSON: {error}: {advice}."),
        None => format!("This is not JSON: {error}."),
    })?;
    check_form(&json)?;
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let fault = without_invisible(&error.to_string());
        let fault = shorten(fault.trim_end_matches(&place), FORMAT_FAULT_CHARS_MAX);
        format!("This is not what `/config export` writes: {fault}{place}.")
    })
}

/// Refuses another version of the format, and what serde would accept for a struct or an option: a
/// list and `null`.
fn check_form(json: &Value) -> Result<(), String> {
    if json["dossier"].as_u64().is_some_and(|version| version != VERSION) {
        return Err(format!("`dossier` must be {VERSION}, the version of the format."));
    }
    let digests = json["digests"].as_array().into_iter().flatten();
    if [json, &json["channels"]].into_iter().chain(digests).any(Value::is_array) {
        return Err("A list stands where an object must be.".to_owned());
    }
    match ["pictures", "digests"].into_iter().find(|key| json.get(key) == Some(&Value::Null)) {
        Some(key) => Err(format!("`{key}` must not be null.")),
        None => Ok(()),
    }
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
        _ if error.to_string().starts_with("trailing characters") => {
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

/// The errors in the values of a file.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    /// Adds an error in the value at `place`; `what` completes the sentence.
    fn add(&mut self, place: &str, what: impl Display) {
        let fault = format!("`{place}` {what}");
        self.0.push(if fault.ends_with('?') { fault } else { fault + "." });
    }

    /// Returns the parsed value, or adds what it must be.
    fn check<T>(&mut self, place: &str, parsed: Option<T>, expected: impl Display) -> Option<T> {
        if parsed.is_none() {
            self.add(place, expected);
        }
        parsed
    }
}

const ID: &str = "must be an id in quotation marks, as in \"300000000000000002\"";

fn read_values(file: File, guild: GuildId, now: i64, faults: &mut Faults) -> SettingsFile {
    let server: Option<GuildId> = faults.check("server", parse_id(&file.server), ID);
    if server.is_some_and(|server| server != guild) {
        faults.add("server", "is the id of another server: its channels are not here");
    }
    let mut settings = read_channels(file.channels, faults);
    settings.failure_channel =
        file.trouble.and_then(|id| faults.check("trouble", parse_id(&id), ID));
    settings.pictures = file.pictures.unwrap_or(settings.pictures);
    let digests = file.digests.map(|digests| read_digests(digests, guild, now, faults));
    SettingsFile { settings, digests }
}

fn read_channels(channels: ChannelsInFile, faults: &mut Faults) -> Settings {
    let mut settings = Settings::default();
    for (rule, ids) in [(Rule::Allow, channels.allow), (Rule::Block, channels.block)] {
        for (number, id) in ids.iter().enumerate() {
            let place = format!("channels.{}[{number}]", rule.name());
            match faults.check(&place, parse_id(id), ID) {
                Some(channel) if settings.rules.get(channel).is_some() => {
                    faults.add(&place, format!("names {channel} a second time"));
                }
                Some(channel) => settings.rules.set(channel, Some(rule)),
                None => {}
            }
        }
    }
    if settings.rules.len() > RULES_MAX {
        faults.add("channels", format!("has more than {RULES_MAX} rules"));
    }
    let elsewhere = channels.elsewhere.parse().ok();
    let expected = "must be \"private\" or \"refuse\"";
    let elsewhere = faults.check("channels.elsewhere", elsewhere, expected);
    settings.elsewhere = elsewhere.unwrap_or_default();
    let pace = u16::try_from(channels.pace).ok().filter(|pace| *pace <= PACE_MAX);
    let expected = format!("must be a number from 0 to {PACE_MAX}");
    settings.pace = faults.check("channels.pace", pace, expected).unwrap_or_default();
    settings
}

fn read_digests(
    digests: Vec<DigestInFile>,
    guild: GuildId,
    now: i64,
    faults: &mut Faults,
) -> Vec<PlannedDigest> {
    if digests.len() > DIGESTS_MAX {
        faults.add("digests", format!("has more than {DIGESTS_MAX}"));
        return Vec::new();
    }
    let mut read: Vec<(usize, PlannedDigest)> = Vec::new();
    for (number, digest) in digests.into_iter().enumerate() {
        let place = format!("digests[{number}]");
        let Some(planned) = read_digest(digest, &place, guild, now, faults) else { continue };
        if let Some((other, _)) = read.iter().find(|(_, one)| one.plan.repeats(&planned.plan, now))
        {
            let what = "each entry would be posted twice";
            faults.add(&place, format!("does the same as `digests[{other}]`: {what}"));
        }
        read.push((number, planned));
    }
    read.into_iter().map(|(_, planned)| planned).collect()
}

/// Returns `None` if the digest has errors, which have been added.
fn read_digest(
    digest: DigestInFile,
    place: &str,
    guild: GuildId,
    now: i64,
    faults: &mut Faults,
) -> Option<PlannedDigest> {
    let path = |key| format!("{place}.{key}");
    let channel = faults.check(&path("channel"), parse_id(&digest.channel), ID);
    let name = Some(digest.name).filter(|name| sanitize_channel_name(name) == *name);
    let expected =
        format!("must be a name of at most {NAME_CHARS_MAX} characters that can be seen");
    let channel_name = faults.check(&path("name"), name, expected);
    let time = faults.check(&path("at"), digest.at.parse().ok(), "must be a time, as in \"09:00\"");
    // Resolved as in `/config digest add`: "EST" means New York, including daylight saving time.
    let zone = Zone::resolve(&digest.zone, now);
    let near = zone.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    let expected = offer("must be a time zone, as in \"Europe/Kyiv\"", near);
    let zone = faults.check(&path("zone"), zone.ok(), expected);
    let days = digest.days.parse::<Days>();
    let near = days.map_or_else(|_| Days::similar(&digest.days), |_| Vec::new());
    let expected = offer("must be days, as in \"mon,wed\"", &near);
    let days = faults.check(&path("days"), days.ok(), expected);
    let kinds = Kind::ALL.map(Kind::name).join(", ");
    let expected = format!("must be \"order\", \"on-this-day\", or \"kind:\" with one of {kinds}");
    let content = faults.check(&path("content"), digest.content.parse().ok(), expected);
    // The id of @everyone is the guild's id.
    let is_role = |role: &RoleId| role.get() != guild.get();
    let role = digest.role.map(|id| parse_id(&id).filter(is_role));
    let role = faults.check(
        &path("role"),
        role.map_or(Some(None), |role| role.map(Some)),
        "must be the id of a role, or null",
    );
    Some(PlannedDigest {
        plan: Plan {
            channel: channel?,
            at: time?,
            zone: zone?,
            days: days?,
            content: content?,
            role: role?,
            publish: digest.publish,
        },
        channel_name: channel_name?,
        is_paused: digest.paused,
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
        let digests = r#"[{"channel": "x", "name": "n", "at": "25:00", "zone": "Mars", "days": "someday", "content": "poems",
            "role": "7", "publish": true, "paused": false}]"#;
        let faults = [
            "`digests[0].channel` must be an id in quotation marks, as in \"300000000000000002\".",
            "`digests[0].at` must be a time, as in \"09:00\".",
            "`digests[0].zone` must be a time zone, as in \"Europe/Kyiv\"; did you mean \"Europe/Paris\"?",
            "`digests[0].days` must be days, as in \"mon,wed\".",
            "`digests[0].content` must be \"order\", \"on-this-day\", or \"kind:\" with one of demand, event, position, proposal, term, place, actor, outlook, section.",
            "`digests[0].role` must be the id of a role, or null.",
        ];
        let read_faults = read(file(digests).as_bytes(), GUILD, NOW);
        assert_eq!(read_faults, Err(faults.map(str::to_owned).to_vec()));
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
    fn all_invalid_values_are_reported() {
        for (file, faults) in [
            (
                "{",
                vec![
                    "This is not JSON: EOF while parsing an object at line 1 column 1: a part is missing at the end.",
                ],
            ),
            (
                r#"{"dossier": 2, "server": "8", "later": true}"#,
                vec!["`dossier` must be 1, the version of the format."],
            ),
            (
                r#"{"dossier": 1, "server": "8", "trouble": "x",
                    "channels": {"allow": ["1", "x", "2"], "block": ["1"], "elsewhere": "loud", "pace": 61}}"#,
                vec![
                    "`server` is the id of another server: its channels are not here.",
                    "`channels.allow[1]` must be an id in quotation marks, as in \"300000000000000002\".",
                    "`channels.block[0]` names 1 a second time.",
                    "`channels.elsewhere` must be \"private\" or \"refuse\".",
                    "`channels.pace` must be a number from 0 to 60.",
                    "`trouble` must be an id in quotation marks, as in \"300000000000000002\".",
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

    /// Serde would take them for a struct and for an option that is missing.
    #[test]
    fn lists_for_objects_and_nulls_are_refused() {
        let good = file(&digest("news"));
        let list = r#"["1304", "news", "09:00", "UTC", "daily", "order", null, false, false]"#;
        for (from, to, fault) in [
            (&*good, r#"[1, "7", [[], [], "private", 3], null, true, []]"#, "A list stands"),
            (&digest("news"), &*format!("[{list}]"), "A list stands"),
            (r#""digests""#, r#""pictures": null, "digests""#, "`pictures` must not be null."),
            (&digest("news"), "null", "`digests` must not be null."),
        ] {
            let faulty = good.replacen(from, to, 1);
            assert_ne!(faulty, good, "{to}");
            let faults = read(faulty.as_bytes(), GUILD, NOW).expect_err(to);
            assert!(faults.len() == 1 && faults[0].starts_with(fault), "{to}: {faults:?}");
        }
    }

    #[test]
    fn a_key_that_is_unknown_missing_or_repeated_is_named_with_its_line() {
        let good = file(&digest("news"));
        assert!(read(good.as_bytes(), GUILD, NOW).is_ok());
        for (from, to, fault) in [
            (
                r#""channels":"#,
                r#""chanels":"#,
                "unknown field `chanels`, expected one of `dossier`",
            ),
            (r#""server": "7", "#, "", "missing field `server` at line 3"),
            (r#""trouble": null, "#, "", "missing field `trouble` at line 3"),
            (
                r#""trouble": null,"#,
                r#""trouble": null, "trouble": null,"#,
                "duplicate field `trouble`",
            ),
            (
                r#""trouble": null"#,
                r#""trouble": 7"#,
                "invalid type: integer `7`, expected a string",
            ),
            (r#""dossier": 1"#, r#""dossier": "1""#, "invalid type: string \"1\", expected u64"),
            (r#""allow": []"#, r#""allow": [2]"#, "invalid type: integer `2`, expected a string"),
            (r#""allow": []"#, r#""allow": {}"#, "invalid type: map, expected a sequence"),
            (
                r#""publish": false"#,
                r#""publish": 1"#,
                "invalid type: integer `1`, expected a boolean",
            ),
            (r#""paused": false"#, r#""more": 1, "paused": false"#, "unknown field `more`"),
            (r#""role": null, "#, "", "missing field `role`"),
            (&digest("news"), "7", "invalid type: integer `7`, expected a sequence"),
            (&digest("news"), "[7]", "invalid type: integer `7`, expected an object"),
            (r#""trouble""#, &format!("\"{}\u{200b}\"", "k".repeat(9_000)), "… at line 1 column"),
        ] {
            let faults = read(good.replacen(from, to, 1).as_bytes(), GUILD, NOW).expect_err(to);
            let is_format = faults[0].starts_with("This is not what `/config export` writes: ");
            assert!(is_format && faults.len() == 1 && faults[0].len() < 400, "{faults:?}");
            assert!(faults[0].contains(fault) && !faults[0].contains('\u{200b}'), "{faults:?}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(read(&bytes, GUILD, NOW));
        }
    }
}
