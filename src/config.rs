//! The configuration: `config/dossier.toml` lists all settings with their defaults; a file and the
//! environment override them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

use crate::guild::{ChannelId, GuildId, id_from_number, parse_id};
use crate::store::StoreUrl;
use crate::text::unquoted;
use merge::{merge_settings, override_setting, read_file};
use variables::{CONFIG_FILE, DATABASE_URL, PREFIX, PUBLIC_KEY, intended_variable};
pub use variables::{environment, ignored_variables};

mod merge;
mod variables;

/// The defaults, which also define the set of valid settings.
const DEFAULTS: &str = include_str!("../config/dossier.toml");

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub discord: DiscordSettings,
    pub data: DataSettings,
    pub store: StoreSettings,
    pub digest: DigestSettings,
    pub pictures: PictureSettings,
    pub web: WebSettings,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordSettings {
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
pub struct DataSettings {
    /// The folder of articles, if configured.
    #[serde(deserialize_with = "optional_path")]
    pub dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    #[serde(deserialize_with = "store_url")]
    pub url: StoreUrl,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestSettings {
    /// How late a digest may be posted, in seconds.
    #[serde(rename = "window_hours", deserialize_with = "window")]
    pub window_seconds: i64,
}

/// The longest window: after a week, a weekly digest is due again.
const WINDOW_HOURS_MAX: i64 = 7 * 24;

/// The shortest window, which tolerates clock skew.
const WINDOW_MIN_SECONDS: i64 = 5 * 60;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureSettings {
    pub enabled: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSettings {
    /// The listening address, if configured.
    #[serde(deserialize_with = "optional_address")]
    pub listen: Option<SocketAddr>,
}

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
            require_path(path).with_context(|| format!("{CONFIG_FILE} or --config"))?;
            read_file(path)
                .and_then(|own| merge_settings(&mut settings, own, ""))
                .and_then(|()| Self::read(&settings))
                .with_context(|| format!("read the settings in {}", path.display()))?;
        }
        let variables =
            variables.into_iter().map(|(name, value)| (name, unquoted(&value).to_owned()));
        let variables: Vec<(String, String)> = variables.collect();
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

/// Refuses what is meant as a path and is the address of a database, without repeating it: it may hold
/// a password.
pub fn require_path(path: &Path) -> anyhow::Result<()> {
    let text = path.to_string_lossy().to_lowercase();
    let is_address = text.contains("://")
        || text.contains("password=")
        || ["postgres:", "postgresql:", "sqlite:"].iter().any(|scheme| text.starts_with(scheme));
    ensure!(
        !is_address,
        "this is an address, and must be the path of a file or folder; the address of the database belongs in {DATABASE_URL}"
    );
    Ok(())
}

fn optional_path<'de, D: Deserializer<'de>>(value: D) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(value)?;
    require_path(&path).map_err(|error| Error::custom(format!("`data.dir`: {error}")))?;
    if path.to_string_lossy().contains(char::is_control) {
        return Err(Error::custom(
            "`data.dir` has a character that no path has, as \\n is one in double quotation marks: write a path with / or in single quotation marks",
        ));
    }
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
        hours @ 0..=WINDOW_HOURS_MAX => Ok((hours * 60 * 60).max(WINDOW_MIN_SECONDS)),
        hours => Err(Error::custom(format!(
            "`digest.window_hours` is a number of hours from 0 to {WINDOW_HOURS_MAX}, not {hours}"
        ))),
    }
}

fn optional_address<'de, D: Deserializer<'de>>(value: D) -> Result<Option<SocketAddr>, D::Error> {
    match String::deserialize(value)?.trim() {
        "" => Ok(None),
        address => address.replace("localhost", "127.0.0.1").parse().map(Some).map_err(|_| {
            Error::custom("`web.listen` is an address with a port, as in 127.0.0.1:8080, or empty")
        }),
    }
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
        .ok_or("`discord.register` is \"global\", \"off\", or a list of server ids, as in [\"1304000000000000001\"]")
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

    pub(super) fn load(
        file: impl AsRef<[u8]>,
        variables: &[(&str, &str)],
    ) -> Result<Config, String> {
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
        assert_eq!(config.digest.window_seconds, 6 * 60 * 60);
        assert_eq!(config.web.listen, "127.0.0.1:8080".parse().ok());
        let by_name = load("[web]\nlisten = \"localhost:8080\"", &[]).expect("an address");
        assert_eq!(by_name.web.listen, config.web.listen);
    }

    #[test]
    fn an_address_in_place_of_a_path_is_not_repeated() {
        for address in [
            "postgres://me:hidden@db.local/dossier",
            "postgresql://me:hidden@db.local/dossier",
            "DATABASE_URL=postgres://me:hidden@db.local/dossier",
            "mysql://me:hidden@db.local/dossier",
            "postgres:me:hidden@db.local",
            "host=db.local user=me password=hidden",
        ] {
            let refused = Config::load(Some(Path::new(address)), []).expect_err(address);
            let refused = format!("{refused:#}");
            assert!(refused.contains("belongs in DATABASE_URL"), "{refused}");
            let of_data = load("", &[("DOSSIER_DATA__DIR", address)]).expect_err(address);
            assert!(of_data.contains("belongs in DATABASE_URL"), "{of_data}");
            assert!(
                !refused.contains("hidden") && !of_data.contains("hidden"),
                "{refused} {of_data}"
            );
        }
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
    fn an_error_names_the_variable_or_the_file_that_it_came_with() {
        for (file, variables, parts) in [
            ("", [("DATABASE_URL", "\"sqlite:x.db")], ["variable DATABASE_URL", "quotation marks"]),
            ("", [("DATABASE_URL", "mysql://a")], ["variable DATABASE_URL", "must begin with"]),
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
            ("[store]\nurl = \"mysql:\"", [("X", "")], ["own.toml", "must begin with sqlite:"]),
            ("[discord]\ntoken = \"a\"", [("X", "")], ["own.toml", "token is in DISCORD_TOKEN"]),
        ] {
            let refused = load(file, &variables).expect_err("this is refused");
            assert!(parts.iter().all(|part| refused.contains(part)), "{refused}");
        }
        let refused = Config::load(Some(Path::new("")), []).expect_err("this is refused");
        assert!(refused.to_string().contains("DOSSIER_CONFIG or --config is empty"), "{refused}");
    }

    #[test]
    fn the_digest_window_is_read_in_hours() {
        let window = |hours: &str| {
            let loaded = load("", &[("DOSSIER_DIGEST__WINDOW_HOURS", hours)]);
            loaded.map(|config| config.digest.window_seconds)
        };
        assert_eq!(window("2"), Ok(2 * 60 * 60));
        assert_eq!(window("0"), Ok(WINDOW_MIN_SECONDS));
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
}
