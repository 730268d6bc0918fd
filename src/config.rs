//! Settings of the operator: `config/dossier.toml` states each once, with its default; a file and the environment replace values.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use toml::{Table, Value};

use crate::content::nearest;
use crate::discord::incoming::Id;
use crate::store::StoreUrl;

/// The defaults, and the list of all settings.
const DEFAULTS: &str = include_str!("../config/dossier.toml");

/// What the variables that override a setting begin with.
const PREFIX: &str = "DOSSIER_";

/// Settings that are a word, or a list or table instead.
const WORDS_OR_MORE: [&str; 2] = ["discord.register", "discord.shards"];

/// All settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How Discord is reached.
    pub discord: Discord,
    /// Where articles come from.
    pub data: Data,
    /// Where settings of servers are kept.
    pub store: Store,
    /// How digests are posted.
    pub digest: Digest,
    /// What is answered over HTTP.
    pub web: Web,
}

/// How Discord is reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discord {
    /// Where its REST interface is. The gateway's address comes from there.
    pub api_url: String,
    /// Where the commands are registered.
    pub register: Register,
    /// Which shards this process serves.
    pub shards: Shards,
    pub transport: Transport,
    /// In hexadecimal; needed where interactions come over HTTP.
    pub public_key: String,
}

/// How interactions get here: <https://docs.discord.com/developers/interactions/overview#configuring-interactions>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    Gateway,
    /// Discord sends each one to `POST /interactions`.
    Http,
}

/// Where the commands are registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Register {
    /// Wherever the application is installed.
    Global,
    /// In these servers alone, where a change shows at once.
    Guilds(Vec<Id>),
    /// Nowhere: somebody else does it.
    Off,
}

/// Which shards this process serves: <https://docs.discord.com/developers/events/gateway#sharding>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shards {
    /// As many as Discord recommends, all of them.
    Auto,
    /// Those of one process of several.
    Range {
        /// The first, from 0.
        from: u32,
        /// The one after the last.
        to: u32,
        /// How many all processes serve together.
        total: u32,
    },
}

/// Where articles come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    dir: PathBuf,
}

/// Where settings of servers are kept.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    url: String,
}

/// How digests are posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    window_hours: u16,
}

/// How late a digest may be at most; more than a week is another week's.
const WINDOW_HOURS_MAX: u16 = 7 * 24;

/// How late every digest may be, in seconds: no clock is that exact.
const WINDOW_LEAST_S: i64 = 5 * 60;

/// What is answered over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    listen: String,
}

/// The variable that names the database, as hosts of programs set it.
const DATABASE_URL: &str = "DATABASE_URL";

/// The variable that holds the public key, as in Discord's own examples.
const PUBLIC_KEY: &str = "DISCORD_PUBLIC_KEY";

impl Config {
    /// Reads the settings: the defaults, replaced by those of `file`, overridden by those of `variables`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is no TOML, or a key or value is not one that there is; the message names it.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let mut settings: Table = DEFAULTS.parse().context("config/dossier.toml")?;
        let (mut database, mut public_key) = (None, None);
        if let Some(file) = file {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("read the settings in {}", file.display()))?;
            let own: Table =
                text.parse().with_context(|| format!("read the settings in {}", file.display()))?;
            replace(&mut settings, own, "")
                .with_context(|| format!("read the settings in {}", file.display()))?;
        }
        for (name, value) in variables {
            if name == DATABASE_URL {
                // A secret that was not filled in must not lead to an empty database elsewhere.
                if value.trim().is_empty() {
                    bail!(
                        "{DATABASE_URL} is empty: unset it, or give it the address of a database"
                    );
                }
                let url = Table::from_iter([("url".to_owned(), Value::String(value))]);
                database = Some(Table::from_iter([("store".to_owned(), Value::Table(url))]));
                continue;
            }
            if name == PUBLIC_KEY {
                public_key = Some(value);
                continue;
            }
            if let Some((section, key)) =
                name.strip_prefix(PREFIX).and_then(|rest| rest.split_once("__"))
            {
                let (section, key) = (section.to_lowercase(), key.to_lowercase());
                let known = settings.get(&section).and_then(|section| section.get(&key));
                let name = format!("{section}.{key}");
                let value = match known {
                    Some(_)
                        if WORDS_OR_MORE.contains(&&*name)
                            && value.trim_start().starts_with(['[', '{']) =>
                    {
                        read_value(&value)
                    }
                    Some(known) => read_variable(known, &value),
                    None => Value::String(String::new()),
                };
                let own =
                    Table::from_iter([(section, Value::Table(Table::from_iter([(key, value)])))]);
                replace(&mut settings, own, "")
                    .with_context(|| format!("read the variable {name}"))?;
            }
        }
        if let Some(database) = database {
            replace(&mut settings, database, "").context("read the variable DATABASE_URL")?;
        }
        let mut config: Self = settings.try_into().context("read the settings")?;
        if let Some(key) = public_key.filter(|key| !key.trim().is_empty()) {
            config.discord.public_key = key;
        }
        config.store.url()?;
        config.digest.window_s()?;
        config.web.listen()?;
        Ok(config)
    }
}

impl Data {
    /// The folder of articles, if there is one.
    pub fn dir(&self) -> Option<&Path> {
        Some(self.dir.as_path()).filter(|dir| !dir.as_os_str().is_empty())
    }
}

impl Store {
    /// The address of the database.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn url(&self) -> anyhow::Result<StoreUrl> {
        StoreUrl::parse(&self.url)
    }
}

impl Digest {
    /// How late a digest may still be posted, in seconds.
    ///
    /// # Errors
    ///
    /// If it is longer than makes sense.
    pub fn window_s(self) -> anyhow::Result<i64> {
        let hours = self.window_hours;
        if hours > WINDOW_HOURS_MAX {
            bail!("`digest.window_hours` can be {WINDOW_HOURS_MAX} at most");
        }
        Ok((i64::from(hours) * 60 * 60).max(WINDOW_LEAST_S))
    }
}

/// The address may hold a password.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Web {
    /// The address to listen at, if there is one.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn listen(&self) -> anyhow::Result<Option<SocketAddr>> {
        let listen = self.listen.trim();
        if listen.is_empty() {
            return Ok(None);
        }
        let address = listen.parse();
        address
            .map(Some)
            .context("`web.listen` is an address with a port, as in 127.0.0.1:8080, or empty")
    }
}

/// Puts values in the place of others. There has to be one of the same kind for each.
fn replace(settings: &mut Table, own: Table, within: &str) -> anyhow::Result<()> {
    for (key, value) in own {
        let name = format!("{within}{key}");
        let Some(known) = settings.get_mut(&key) else {
            match nearest(&key, settings.keys().map(String::as_str)) {
                Some(near) => bail!("there is no setting `{name}`; did you mean `{within}{near}`?"),
                None => bail!("there is no setting `{name}`; config/dossier.toml lists all"),
            }
        };
        match (known, value) {
            (Value::Table(known), Value::Table(own)) => replace(known, own, &format!("{name}."))?,
            (known, value) if known.same_type(&value) || WORDS_OR_MORE.contains(&&*name) => {
                *known = value
            }
            (known, value) => {
                bail!("`{name}` has to be a {}, and is a {}", known.type_str(), value.type_str())
            }
        }
    }
    Ok(())
}

/// The value of a variable as the kind that the setting has; text where it cannot be read as that.
fn read_variable(known: &Value, text: &str) -> Value {
    match known {
        Value::String(_) => Value::String(text.to_owned()),
        _ => read_value(text),
    }
}

/// A value as it is written in a file; text where it is none.
fn read_value(text: &str) -> Value {
    let read = || format!("value = {text}").parse::<Table>().ok()?.remove("value");
    read().unwrap_or_else(|| Value::String(text.to_owned()))
}

impl<'de> Deserialize<'de> for Register {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refused = || {
            D::Error::custom("`discord.register` is \"global\", \"off\", or a list of server ids")
        };
        match Value::deserialize(deserializer)? {
            Value::String(word) if word == "global" => Ok(Self::Global),
            Value::String(word) if word == "off" => Ok(Self::Off),
            Value::Array(ids) => {
                let ids: Option<Vec<Id>> = ids.iter().map(read_id).collect();
                ids.map(Self::Guilds).ok_or_else(refused)
            }
            _ => Err(refused()),
        }
    }
}

/// An id, which is a number, and is mostly written as text.
fn read_id(value: &Value) -> Option<Id> {
    let id = match value {
        Value::String(text) => text.parse().ok()?,
        Value::Integer(number) => u64::try_from(*number).ok()?,
        _ => return None,
    };
    (id != 0).then_some(Id(id))
}

impl<'de> Deserialize<'de> for Shards {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Range {
            from: u32,
            to: u32,
            total: u32,
        }
        let refused = || {
            D::Error::custom(
                "`discord.shards` is \"auto\" or { from = 0, to = 2, total = 4 }, with `from` below `to` and `to` at most `total`",
            )
        };
        match Value::deserialize(deserializer)? {
            Value::String(word) if word == "auto" => Ok(Self::Auto),
            value @ Value::Table(_) => {
                let Range { from, to, total } = value.try_into().map_err(|_| refused())?;
                if from < to && to <= total {
                    Ok(Self::Range { from, to, total })
                } else {
                    Err(refused())
                }
            }
            _ => Err(refused()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
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
        assert_eq!(config.data.dir(), None);
        assert_eq!(config.discord.api_url, "https://discord.com");
        assert_eq!(config.discord.register, Register::Global);
        assert_eq!(config.discord.shards, Shards::Auto);
        let url = config.store.url().expect("an address");
        assert_eq!(url.to_string(), "sqlite:dossier.db");
        assert_eq!(config.digest.window_s().ok(), Some(6 * 60 * 60));
        let listen = config.web.listen().expect("an address");
        assert_eq!(listen, "127.0.0.1:8080".parse().ok());
    }

    #[test]
    fn the_database_may_be_named_as_hosts_do_and_is_never_shown() {
        let url = "postgres://me:hidden@db.local/dossier";
        let config = load("[store]\nurl = \"sqlite:a.db\"", &[("DATABASE_URL", url)]);
        let config = config.expect("settings");
        let shown = config.store.url().expect("an address").to_string();
        assert_eq!(shown, "postgres://db.local/dossier");
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
    fn a_digest_may_be_late_for_some_hours() {
        let window = |hours: &str| {
            let loaded = load("", &[("DOSSIER_DIGEST__WINDOW_HOURS", hours)]);
            loaded.map(|config| config.digest.window_s().ok())
        };
        assert_eq!(window("2"), Ok(Some(2 * 60 * 60)));
        assert_eq!(window("0"), Ok(Some(WINDOW_LEAST_S)));
        for hours in ["-1", "200", "soon"] {
            assert!(window(hours).is_err(), "{hours}");
        }
    }

    #[test]
    fn commands_are_registered_everywhere_in_some_servers_or_nowhere() {
        for (written, register) in [
            ("\"global\"", Some(Register::Global)),
            ("\"off\"", Some(Register::Off)),
            ("[\"7\", 8]", Some(Register::Guilds(vec![Id(7), Id(8)]))),
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
    fn shards_are_all_or_a_part() {
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
    fn what_is_wrong_with_a_setting_is_said() {
        let refused = |file: &str| load(file, &[]).expect_err("this is refused");
        assert!(refused("[discord]\nregister = 1").contains("`discord.register` is \"global\""));
        assert!(refused("[discord]\nshards = 1").contains("`discord.shards` is \"auto\""));
        assert!(refused("[discord]\nshard = 1").contains("did you mean `discord.shards`?"));
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_the_defaults() {
        assert_eq!(load("[data]\ndir = \"a\"", &[]).map(|config| config.data.dir), Ok("a".into()));
        let both = load(
            "[data]\ndir = \"a\"",
            &[("DOSSIER_DATA__DIR", "b"), ("DOSSIER_CONFIG", "x"), ("HOME", "y")],
        );
        assert_eq!(both.map(|config| config.data.dir), Ok("b".into()));
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
                .contains("`data.dir` has to be a string, and is a integer")
        );
        assert!(refused("[data", &[]).contains("own.toml"));
    }
}
