//! The configuration: `config/dossier.toml` lists all settings with their defaults; a file and the
//! environment override them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

use crate::guild::{ChannelId, GuildId, id_from_number, parse_id};
use crate::store::StoreUrl;
use crate::text::{is_invisible, nearest};

/// The defaults, which also define the set of valid settings.
const DEFAULTS: &str = include_str!("../config/dossier.toml");

/// The prefix of variables that override a setting.
const PREFIX: &str = "DOSSIER_";

/// The variable with the path of the configuration file.
const CONFIG_FILE: &str = "DOSSIER_CONFIG";

/// Variables that are no settings, each by what operators write after `DOSSIER_` for it.
const FLAT_VARIABLES: [(&str, &str); 12] = [
    ("CONFIG", CONFIG_FILE),
    ("CONFIG_FILE", CONFIG_FILE),
    ("LOG", "DOSSIER_LOG"),
    ("LOG_LEVEL", "DOSSIER_LOG"),
    ("LOGLEVEL", "DOSSIER_LOG"),
    ("LOG_FORMAT", "DOSSIER_LOG_FORMAT"),
    ("TOKEN", "DISCORD_TOKEN"),
    ("DISCORD_TOKEN", "DISCORD_TOKEN"),
    ("TOKEN_FILE", "DISCORD_TOKEN_FILE"),
    ("DISCORD_TOKEN_FILE", "DISCORD_TOKEN_FILE"),
    ("PUBLIC_KEY", PUBLIC_KEY),
    ("DATABASE_URL", DATABASE_URL),
];

/// Settings that accept a word as well as a list or table.
const STRING_OR_TABLE: [&str; 2] = ["discord.register", "discord.shards"];

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub discord: Discord,
    pub data: Data,
    pub store: Store,
    pub digest: Digest,
    pub pictures: Pictures,
    pub web: Web,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discord {
    /// Discord, or a proxy or test double. The gateway's address is requested from it.
    pub api_url: String,
    pub register: Register,
    pub shards: Shards,
    pub transport: Transport,
    /// In hexadecimal; required if interactions arrive over HTTP.
    pub public_key: String,
    /// The channel for error reports, if configured.
    #[serde(deserialize_with = "optional_channel")]
    pub report_channel: Option<ChannelId>,
}

/// How interactions arrive:
/// <https://docs.discord.com/developers/interactions/overview#configuring-interactions>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum Transport {
    Gateway,
    /// Discord sends each one to `POST /interactions`.
    Http,
}

/// Where commands are registered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum Register {
    /// Everywhere the application is installed.
    Global,
    /// In these guilds only, where changes are visible at once.
    Guilds(Vec<GuildId>),
    /// Nowhere; they are registered by other means.
    Off,
}

/// The shards of this process: <https://docs.discord.com/developers/events/gateway#sharding>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum Shards {
    /// All shards, as many as Discord recommends.
    Auto,
    /// A part of the shards, if several processes share them.
    Range {
        from: u32,
        /// Exclusive.
        to: u32,
        total: u32,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The folder of articles, if configured.
    #[serde(deserialize_with = "optional_path")]
    pub dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    #[serde(deserialize_with = "store_url")]
    pub url: StoreUrl,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// How late a digest may be posted, in seconds.
    #[serde(rename = "window_hours", deserialize_with = "window")]
    pub window_s: i64,
}

/// The longest window: after a week, a weekly digest is due again.
const WINDOW_HOURS_MAX: i64 = 7 * 24;

/// The shortest window, which tolerates clock skew.
const WINDOW_LEAST_S: i64 = 5 * 60;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pictures {
    pub enabled: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    /// The listening address, if configured.
    #[serde(deserialize_with = "optional_address")]
    pub listen: Option<SocketAddr>,
}

/// The variable with the database address that hosting platforms set.
const DATABASE_URL: &str = "DATABASE_URL";

/// The variable with the public key in Discord's examples.
const PUBLIC_KEY: &str = "DISCORD_PUBLIC_KEY";

impl Config {
    /// Loads the configuration: defaults, overridden by `file`, overridden by `variables`.
    ///
    /// # Errors
    ///
    /// If the file is unreadable or not TOML, or if a key or value is invalid; the message names
    /// it.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let mut settings: Table = DEFAULTS.parse().context("config/dossier.toml")?;
        if let Some(path) = file {
            ensure!(
                !path.as_os_str().is_empty(),
                "{CONFIG_FILE} or --config is empty: name a file there, or leave it out"
            );
            read_file(path)
                .and_then(|own| merge_settings(&mut settings, own, ""))
                .and_then(|()| Self::read(&settings))
                .with_context(|| format!("read the settings in {}", path.display()))?;
        }
        let variables: Vec<(String, String)> = variables.into_iter().collect();
        for (name, value) in &variables {
            if let Some((section, key)) =
                name.strip_prefix(PREFIX).and_then(|rest| rest.split_once("__"))
            {
                let (section, key) = (section.to_lowercase(), key.to_lowercase());
                override_setting(&mut settings, &section, &key, value)
                    .and_then(|()| Self::read(&settings))
                    .with_context(|| format!("read the variable {name}"))?;
            } else if let Some(rest) = name.strip_prefix(PREFIX)
                && let Some(near) = intended_variable(rest, &settings)
            {
                bail!("there is no variable {name}; did you mean {near}?");
            }
        }
        let find = |name: &str| variables.iter().find(|(one, _)| one == name);
        if let Some((_, url)) = find(DATABASE_URL) {
            // An empty secret must not silently select another, empty database.
            ensure!(
                !url.trim().is_empty(),
                "{DATABASE_URL} is empty: unset it, or give it the address of a database"
            );
            override_setting(&mut settings, "store", "url", url)
                .and_then(|()| Self::read(&settings))
                .with_context(|| format!("read the variable {DATABASE_URL}"))?;
        }
        let mut config = Self::read(&settings)?;
        if let Some((_, key)) = find(PUBLIC_KEY).filter(|(_, key)| !key.trim().is_empty()) {
            config.discord.public_key.clone_from(key);
        }
        Ok(config)
    }

    /// Reads merged settings. This is repeated for each file and variable, so that an error can name
    /// the one that it came with.
    fn read(settings: &Table) -> anyhow::Result<Self> {
        let read = settings.clone().try_into();
        read.map_err(|error: toml::de::Error| anyhow::anyhow!("{}", error.message()))
    }
}

/// The variable that an operator probably meant by `DOSSIER_` and `rest`, if any. Other variables
/// with the prefix are ignored: Kubernetes and Docker set some for a service named dossier.
fn intended_variable(rest: &str, settings: &Table) -> Option<String> {
    let is_of_a_service = rest == "PORT"
        || ["_PORT", "SERVICE_HOST", "_NAME"].iter().any(|end| rest.ends_with(end))
        || ["PORT_", "SERVICE_PORT", "ENV_"].iter().any(|part| rest.contains(part));
    let is_own = FLAT_VARIABLES.iter().any(|(_, name)| name.strip_prefix(PREFIX) == Some(rest));
    if is_of_a_service || is_own {
        return None;
    }
    let flat = FLAT_VARIABLES.map(|(written, name)| (written.to_owned(), name.to_owned()));
    let mut intended = BTreeMap::from(flat);
    for (section, settings) in settings {
        for key in settings.as_table().into_iter().flat_map(Table::keys) {
            let (written, name) = (format!("{section}_{key}"), format!("{PREFIX}{section}__{key}"));
            intended.insert(written.to_uppercase(), name.to_uppercase());
        }
    }
    let near = nearest(&rest.to_uppercase(), intended.keys().map(String::as_str))?;
    intended.get(near).cloned()
}

/// The UTF-8 variables of the environment. Those of other programs may hold any bytes, and are
/// skipped.
///
/// # Errors
///
/// If a variable of Dossier is not UTF-8.
pub fn environment() -> anyhow::Result<Vec<(String, String)>> {
    utf8_variables(std::env::vars_os())
}

fn utf8_variables(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut read = Vec::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else {
            continue;
        };
        // A path may hold any bytes, and clap reads this variable itself.
        let is_own = name != CONFIG_FILE
            && (name.starts_with(PREFIX) || name == DATABASE_URL || name.starts_with("DISCORD_"));
        match value.into_string() {
            Ok(value) => read.push((name, value)),
            Err(_) if is_own => bail!("the variable {name} is not UTF-8"),
            Err(_) => {}
        }
    }
    Ok(read)
}

fn read_file(path: &Path) -> anyhow::Result<Table> {
    let text = String::from_utf8(std::fs::read(path)?).ok();
    let text = text.context("it is not UTF-8; save it as plain text in UTF-8")?;
    let text = text.trim_start_matches('\u{feff}');
    text.parse().map_err(|error| anyhow::anyhow!(explain_syntax(text, &error)))
}

/// What is wrong with a file that is no TOML. The line itself is not quoted, as it may hold a
/// password.
fn explain_syntax(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let number = text[..start].lines().count() + 1;
    let line = text[start..].lines().next().unwrap_or_default();
    let column = text[start..at].chars().count() + 1;
    let is_hidden = |letter: char| {
        letter != '\t' && (is_invisible(letter) || !letter.is_ascii() && letter.is_whitespace())
    };
    if let Some(hidden) = line.chars().find(|letter| is_hidden(*letter)) {
        let code = u32::from(hidden);
        return format!(
            "line {number} has a character that cannot be seen, U+{code:04X}: type the line again"
        );
    }
    if line.contains(['“', '”', '„', '‘', '’']) {
        return format!(
            "line {number} has curly quotation marks: write straight ones, as in \"auto\""
        );
    }
    if ["i128", "u128", "overflowed"].iter().any(|part| error.message().contains(part)) {
        return format!("line {number}, column {column}: this number is too large");
    }
    let hint = match error.message() {
        "duplicate key" => ": keep one of the two",
        // Such as an address or a path without quotation marks.
        message if message.ends_with("expected nothing") => ": write text in quotation marks",
        _ => "",
    };
    format!("line {number}, column {column}: {}{hint}", error.message())
}

fn optional_path<'de, D: Deserializer<'de>>(value: D) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(value)?;
    Ok(Some(path).filter(|path| !path.as_os_str().is_empty()))
}

fn optional_channel<'de, D: Deserializer<'de>>(value: D) -> Result<Option<ChannelId>, D::Error> {
    let id = String::deserialize(value)?;
    let hint =
        "`discord.report_channel` is the id of a channel, as in \"1304000000000000001\", or empty";
    match id.trim() {
        "" => Ok(None),
        id => parse_id(id).map(Some).ok_or_else(|| Error::custom(hint)),
    }
}

fn store_url<'de, D: Deserializer<'de>>(value: D) -> Result<StoreUrl, D::Error> {
    StoreUrl::parse(&String::deserialize(value)?).map_err(Error::custom)
}

fn window<'de, D: Deserializer<'de>>(value: D) -> Result<i64, D::Error> {
    match i64::deserialize(value)? {
        hours @ 0..=WINDOW_HOURS_MAX => Ok((hours * 60 * 60).max(WINDOW_LEAST_S)),
        hours => Err(Error::custom(format!(
            "`digest.window_hours` is a number of hours from 0 to {WINDOW_HOURS_MAX}, not {hours}"
        ))),
    }
}

fn optional_address<'de, D: Deserializer<'de>>(value: D) -> Result<Option<SocketAddr>, D::Error> {
    match String::deserialize(value)?.trim() {
        "" => Ok(None),
        address => address.parse().map(Some).map_err(|_| {
            Error::custom("`web.listen` is an address with a port, as in 127.0.0.1:8080, or empty")
        }),
    }
}

/// Overrides settings. Each must exist with a value of the same type.
fn merge_settings(settings: &mut Table, own: Table, within: &str) -> anyhow::Result<()> {
    for (key, value) in own {
        let name = format!("{within}{key}");
        let Some(known) = settings.get_mut(&key) else {
            ensure!(
                !key.to_lowercase().contains("token"),
                "there is no setting `{name}`: the token is in DISCORD_TOKEN, or in the file that DISCORD_TOKEN_FILE names"
            );
            let section = settings.iter().find(|(_, section)| section.get(&key).is_some());
            let near = section.map(|(section, _)| format!("{section}.{key}")).or_else(|| {
                let near = nearest(&key, settings.keys().map(String::as_str))?;
                Some(format!("{within}{near}"))
            });
            match near {
                Some(near) => bail!("there is no setting `{name}`; did you mean `{near}`?"),
                None => bail!("there is no setting `{name}`; config/dossier.toml lists all"),
            }
        };
        match (known, value) {
            (Value::Table(known), Value::Table(own)) => {
                merge_settings(known, own, &format!("{name}."))?
            }
            (known, value) if known.same_type(&value) || STRING_OR_TABLE.contains(&&*name) => {
                *known = value
            }
            (known, value) => {
                let known = match known {
                    Value::Boolean(_) => "true or false".to_owned(),
                    known => type_name(known),
                };
                bail!("`{name}` has to be {known}, and is {}", type_name(&value))
            }
        }
    }
    Ok(())
}

/// A value's type with its article.
fn type_name(value: &Value) -> String {
    match value {
        Value::Integer(_) | Value::Array(_) => format!("an {}", value.type_str()),
        _ => format!("a {}", value.type_str()),
    }
}

/// Overrides a setting with a variable, parsed as the setting's type.
fn override_setting(
    settings: &mut Table,
    section: &str,
    key: &str,
    text: &str,
) -> anyhow::Result<()> {
    let name = format!("{section}.{key}");
    let known = settings.get(section).and_then(|section| section.get(key));
    let is_structured =
        STRING_OR_TABLE.contains(&&*name) && text.trim_start().starts_with(['[', '{']);
    let value = match known {
        Some(Value::String(_)) if !is_structured => Value::String(text.to_owned()),
        _ => read_value(text),
    };
    let own = Table::from_iter([(key.to_owned(), value)]);
    merge_settings(settings, Table::from_iter([(section.to_owned(), Value::Table(own))]), "")
}

/// Parses a TOML value, or takes the text as a string.
fn read_value(text: &str) -> Value {
    let read = || format!("value = {text}").parse::<Table>().ok()?.remove("value");
    read().unwrap_or_else(|| Value::String(text.to_owned()))
}

impl TryFrom<Value> for Transport {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value.as_str() {
            Some("gateway") => Ok(Self::Gateway),
            Some("http") => Ok(Self::Http),
            _ => Err("`discord.transport` is \"gateway\" or \"http\""),
        }
    }
}

impl TryFrom<Value> for Register {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let guilds = |ids: Vec<Value>| ids.iter().map(read_id).collect::<Option<Vec<GuildId>>>();
        match value {
            Value::String(word) if word == "global" => Some(Self::Global),
            Value::String(word) if word == "off" => Some(Self::Off),
            Value::Array(ids) => guilds(ids).map(Self::Guilds),
            _ => None,
        }
        .ok_or("`discord.register` is \"global\", \"off\", or a list of server ids")
    }
}

/// An id as an integer or, more commonly, a string.
fn read_id(value: &Value) -> Option<GuildId> {
    match value {
        Value::String(text) => parse_id(text),
        Value::Integer(number) => id_from_number(u64::try_from(*number).ok()?),
        _ => None,
    }
}

impl TryFrom<Value> for Shards {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Range {
            from: u32,
            to: u32,
            total: u32,
        }
        if value.as_str() == Some("auto") {
            return Ok(Self::Auto);
        }
        let range =
            value.try_into().ok().filter(|Range { from, to, total }| from < to && to <= total);
        range.map(|Range { from, to, total }| Self::Range { from, to, total }).ok_or(
            "`discord.shards` is \"auto\" or { from = 0, to = 2, total = 4 }, with `from` below `to` and `to` at most `total`",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: impl AsRef<[u8]>, variables: &[(&str, &str)]) -> Result<Config, String> {
        let folder = std::env::temp_dir().join(format!(
            "dossier-config-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let path = folder.join("own.toml");
        std::fs::write(&path, file).map_err(|error| error.to_string())?;
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let loaded = Config::load(Some(&path), variables).map_err(|error| format!("{error:#}"));
        std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
        loaded
    }

    #[test]
    fn the_defaults_are_complete() {
        let config = Config::load(None, []).expect("the defaults");
        assert_eq!(config.data.dir, None);
        assert_eq!(config.discord.api_url, "https://discord.com");
        assert_eq!(config.discord.register, Register::Global);
        assert_eq!(config.discord.shards, Shards::Auto);
        assert_eq!(config.store.url.to_string(), "sqlite:dossier.db");
        assert_eq!(config.digest.window_s, 6 * 60 * 60);
        assert_eq!(config.web.listen, "127.0.0.1:8080".parse().ok());
    }

    #[test]
    fn the_database_url_variable_is_read_and_never_shown() {
        let url = "postgres://me:hidden@db.local/dossier";
        let config = load("[store]\nurl = \"sqlite:a.db\"", &[("DATABASE_URL", url)]);
        let config = config.expect("settings");
        assert_eq!(config.store.url.to_string(), "postgres://db.local/dossier");
        assert!(!format!("{config:?}").contains("hidden"));
        for (name, sentence) in
            [("DATABASE_URL", "DATABASE_URL is empty"), ("DOSSIER_STORE__URL", "`store.url`")]
        {
            for empty in ["", " "] {
                let refused = load("", &[(name, empty)]).expect_err("this is refused");
                assert!(refused.contains(sentence), "{refused}");
            }
        }
        let refused = load("", &[("DATABASE_URL", "mysql://hidden")]).expect_err("this is refused");
        assert!(refused.contains("`store.url`") && !refused.contains("hidden"), "{refused}");
        assert!(
            load("[web]\nlisten = \"8080\"", &[])
                .expect_err("this is refused")
                .contains("`web.listen`")
        );
    }

    #[test]
    fn a_misnamed_variable_is_refused_and_those_of_other_programs_ignored() {
        for (name, expected) in [
            ("DOSSIER_WEB_LISTEN", Some("DOSSIER_WEB__LISTEN")),
            ("DOSSIER_DATA_DIR", Some("DOSSIER_DATA__DIR")),
            ("DOSSIER_DISCORD_API_URL", Some("DOSSIER_DISCORD__API_URL")),
            ("DOSSIER_STORE_URL", Some("DOSSIER_STORE__URL")),
            ("DOSSIER_TOKEN", Some("DISCORD_TOKEN")),
            ("DOSSIER_DISCORD_TOKEN_FILE", Some("DISCORD_TOKEN_FILE")),
            ("DOSSIER_DATABASE_URL", Some("DATABASE_URL")),
            ("DOSSIER_LOG_LEVEL", Some("DOSSIER_LOG")),
            ("DOSSIER_LOGFORMAT", Some("DOSSIER_LOG_FORMAT")),
            ("DOSSIER_LOG", None),
            ("DOSSIER_LOG_FORMAT", None),
            ("DOSSIER_CONFIG", None),
            ("DOSSIER_PORT", None),
            ("DOSSIER_SERVICE_HOST", None),
            ("DOSSIER_SERVICE_PORT", None),
            ("DOSSIER_SERVICE_PORT_HTTP", None),
            ("DOSSIER_PORT_8080_TCP", None),
            ("DOSSIER_PORT_8080_TCP_ADDR", None),
            ("DOSSIER_PORT_8080_TCP_PROTO", None),
            ("DOSSIER_WEB_PORT", None),
            ("DOSSIER_WEB_PORT_8080_TCP_PORT", None),
            ("DOSSIER_NAME", None),
            ("DOSSIER_ENV_PATH", None),
            ("DOSSIER_VERSION", None),
            ("DOSSIER_", None),
        ] {
            let refused = load("", &[(name, "1")]).map(drop).err();
            let sentence =
                expected.map(|near| format!("there is no variable {name}; did you mean {near}?"));
            assert_eq!(refused, sentence);
        }
    }

    #[test]
    fn an_error_names_the_variable_or_the_file_that_it_came_with() {
        for (file, variables, parts) in [
            (
                "",
                [("DATABASE_URL", "\"sqlite:x.db\"")],
                ["variable DATABASE_URL", "quotation marks"],
            ),
            ("", [("DATABASE_URL", "mysql://a")], ["variable DATABASE_URL", "has to begin with"]),
            (
                "",
                [("DOSSIER_WEB__LISTEN", "x")],
                ["variable DOSSIER_WEB__LISTEN", "`web.listen` is"],
            ),
            ("", [("DOSSIER_DISCORD__TRANSPORT", "HTTP")], ["variable DOSSIER_", "or \"http\""]),
            (
                "",
                [("DOSSIER_DISCORD__TOKEN", "a")],
                ["variable DOSSIER_", "DISCORD_TOKEN_FILE names"],
            ),
            ("[web]\nlisten = \"x\"", [("X", "")], ["own.toml", "`web.listen` is an address"]),
            ("[discord]\ntransport = \"HTTP\"", [("X", "")], ["own.toml", "or \"http\""]),
            ("[store]\nurl = \"mysql:\"", [("X", "")], ["own.toml", "has to begin with sqlite:"]),
            ("[discord]\ntoken = \"a\"", [("X", "")], ["own.toml", "token is in DISCORD_TOKEN"]),
        ] {
            let refused = load(file, &variables).expect_err("this is refused");
            assert!(parts.iter().all(|part| refused.contains(part)), "{refused}");
        }
        let refused = Config::load(Some(Path::new("")), []).expect_err("this is refused");
        assert!(refused.to_string().contains("DOSSIER_CONFIG or --config is empty"), "{refused}");
    }

    #[test]
    fn the_error_of_a_file_says_what_to_do_and_quotes_no_line() {
        for (file, part) in [
            (&b"[data]\ndir = 1"[..], "`data.dir` has to be a string, and is an integer"),
            (b"[pictures]\nenabled = \"yes\"", "has to be true or false, and is a string"),
            (b"[data]\ndir = []", "`data.dir` has to be a string, and is an array"),
            (b"[digest]\nwindow_hours = -1", "is a number of hours from 0 to 168, not -1"),
            (b"[digest]\nwindow_hours = 99999999999999999999999", "line 2, column 16: this number"),
            (b"window_hours = 3", "`window_hours`; did you mean `digest.window_hours`?"),
            (b"[store]\nurl = \"hidden\" x", "line 2, column 16: "),
            (b"[data]\ndir = \"Z\xfcrich\"", "save it as plain text in UTF-8"),
            (b"\xff\xfe[\0d\0a\0t\0a\0]\0", "save it as plain text in UTF-8"),
            (
                "[data]\n\u{a0}dir = \"a\"".as_bytes(),
                "line 2 has a character that cannot be seen, U+00A0",
            ),
            (
                "[data]\ndir\u{200b} = \"a\"".as_bytes(),
                "line 2 has a character that cannot be seen, U+200B",
            ),
            (b"[web]\nlisten = 127.0.0.1:8080", "write text in quotation marks"),
            (b"[web]\nlisten = \"\"\nlisten = \"\"", "line 3, column 1: duplicate key: keep one"),
            (b"[discord]\nbot_token = \"hidden\"", "the token is in DISCORD_TOKEN"),
            ("[data]\ndir = “a”".as_bytes(), "line 2 has curly quotation marks"),
        ] {
            let refused = load(file, &[]).expect_err("this is refused");
            assert!(refused.contains(part) && !refused.contains("hidden"), "{refused}");
        }
    }

    #[test]
    fn the_digest_window_is_read_in_hours() {
        let window = |hours: &str| {
            let loaded = load("", &[("DOSSIER_DIGEST__WINDOW_HOURS", hours)]);
            loaded.map(|config| config.digest.window_s)
        };
        assert_eq!(window("2"), Ok(2 * 60 * 60));
        assert_eq!(window("0"), Ok(WINDOW_LEAST_S));
        for hours in ["-1", "200", "soon"] {
            assert!(window(hours).is_err(), "{hours}");
        }
    }

    #[test]
    fn commands_are_registered_everywhere_in_some_servers_or_nowhere() {
        for (written, register) in [
            ("\"global\"", Some(Register::Global)),
            ("\"off\"", Some(Register::Off)),
            ("[\"7\", 8]", Some(Register::Guilds(vec![GuildId::new(7), GuildId::new(8)]))),
            ("[]", Some(Register::Guilds(Vec::new()))),
            ("\"everywhere\"", None),
            ("[\"a\"]", None),
            ("[0]", None),
            ("[-1]", None),
            ("true", None),
        ] {
            let file = format!("[discord]\nregister = {written}");
            let loaded = load(&file, &[]).map(|config| config.discord.register);
            assert_eq!(loaded.ok(), register, "{written}");
            let variable = load("", &[("DOSSIER_DISCORD__REGISTER", written.trim_matches('"'))]);
            assert_eq!(variable.map(|config| config.discord.register).ok(), register, "{written}");
        }
    }

    #[test]
    fn reports_go_to_a_channel_or_nowhere() {
        for (written, channel) in [
            ("", Some(None)),
            (" 1304000000000000001 ", Some(Some(ChannelId::new(1_304_000_000_000_000_001)))),
            ("0", None),
            ("#errors", None),
            ("-1", None),
        ] {
            let loaded = load("", &[("DOSSIER_DISCORD__REPORT_CHANNEL", written)]);
            let found = loaded.map(|config| config.discord.report_channel);
            assert_eq!(found.ok(), channel, "{written}");
        }
    }

    #[test]
    fn shards_are_auto_or_a_range() {
        for (written, shards) in [
            ("\"auto\"", Some(Shards::Auto)),
            ("{ from = 0, to = 2, total = 4 }", Some(Shards::Range { from: 0, to: 2, total: 4 })),
            ("{ from = 2, to = 2, total = 4 }", None),
            ("{ from = 0, to = 5, total = 4 }", None),
            ("{ from = 0, to = 5 }", None),
            ("{ from = 0, to = 1, total = 1, more = 1 }", None),
            ("4", None),
        ] {
            let file = format!("[discord]\nshards = {written}");
            let loaded = load(&file, &[]).map(|config| config.discord.shards);
            assert_eq!(loaded.ok(), shards, "{written}");
            let variable = load("", &[("DOSSIER_DISCORD__SHARDS", written.trim_matches('"'))]);
            assert_eq!(variable.map(|config| config.discord.shards).ok(), shards, "{written}");
        }
    }

    #[test]
    fn an_invalid_setting_is_named_with_the_reason() {
        let refused = |file: &str| load(file, &[]).expect_err("this is refused");
        assert!(refused("[discord]\nregister = 1").contains("`discord.register` is \"global\""));
        assert!(refused("[discord]\nshards = 1").contains("`discord.shards` is \"auto\""));
        assert!(refused("[discord]\nshard = 1").contains("did you mean `discord.shards`?"));
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_the_defaults() {
        assert_eq!(
            load("[data]\ndir = \"a\"", &[]).map(|config| config.data.dir),
            Ok(Some("a".into()))
        );
        let both = load(
            "[data]\ndir = \"a\"",
            &[("DOSSIER_DATA__DIR", "b"), ("DOSSIER_CONFIG", "x"), ("HOME", "y")],
        );
        assert_eq!(both.map(|config| config.data.dir), Ok(Some("b".into())));
    }

    #[cfg(unix)]
    #[test]
    fn a_non_utf_8_variable_fails_only_if_it_is_dossiers_own() {
        use std::os::unix::ffi::OsStringExt;
        let read = |name: &[u8], value: &[u8]| {
            let variable = (OsString::from_vec(name.into()), OsString::from_vec(value.into()));
            utf8_variables([variable, ("HOME".into(), "/".into())])
                .map_err(|error| error.to_string())
        };
        let home = Ok(vec![("HOME".to_owned(), "/".to_owned())]);
        for (name, value) in [
            (&b"X"[..], &b"\xa3"[..]),
            (b"\xa3", b"x"),
            (b"\xa3", b"\xff\xfe"),
            (b"LC_NAME", b"Z\xfcrich"),
            (b"DOSSIER_CONFIG", b"/etc/\xa3.toml"),
            (b"PATH", b"/\xed\xa0\x80"),
        ] {
            assert_eq!(read(name, value), home, "{name:?}");
        }
        for name in [
            "DISCORD_TOKEN",
            "DISCORD_TOKEN_FILE",
            "DATABASE_URL",
            "DOSSIER_LOG",
            "DOSSIER_DATA__DIR",
        ] {
            let refused = read(name.as_bytes(), b"\xa3").expect_err("this is refused");
            assert_eq!(refused, format!("the variable {name} is not UTF-8"));
        }
    }

    #[test]
    fn a_configuration_file_may_have_a_byte_order_mark() {
        let loaded = load("\u{feff}[data]\ndir = \"a\"", &[]);
        assert_eq!(loaded.map(|config| config.data.dir), Ok(Some("a".into())));
    }

    #[test]
    fn an_unknown_key_is_named_with_the_nearest() {
        let refused = |file: &str, variables: &[(&str, &str)]| {
            load(file, variables).expect_err("this is refused")
        };
        assert!(
            refused("[data]\ndri = \"a\"", &[]).contains("`data.dri`; did you mean `data.dir`?")
        );
        assert!(refused("[dta]\ndir = \"a\"", &[]).contains("`dta`; did you mean `data`?"));
        assert!(
            refused("", &[("DOSSIER_DATA__DRI", "a")])
                .contains("`data.dri`; did you mean `data.dir`?")
        );
        assert!(
            refused("[data]\ndir = 1", &[])
                .contains("`data.dir` has to be a string, and is an integer")
        );
        assert!(refused("[data", &[]).contains("own.toml"));
    }
}
