//! The environment variables of Dossier: settings, and what operators write in their place.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::bail;
use toml::Table;

use crate::text::nearest;

/// The prefix of variables that override a setting.
pub(super) const PREFIX: &str = "DOSSIER_";

/// The variable with the path of the configuration file.
pub(super) const CONFIG_FILE: &str = "DOSSIER_CONFIG";

/// The variable with the database address that hosting platforms set.
pub(super) const DATABASE_URL: &str = "DATABASE_URL";

/// The variable with the public key in Discord's examples.
pub(super) const PUBLIC_KEY: &str = "DISCORD_PUBLIC_KEY";

/// Variables that are not settings, each by what operators write after `DOSSIER_` for it.
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

/// The variable that an operator probably meant by `DOSSIER_` and `rest`, if any. Other variables
/// with the prefix are ignored: Kubernetes and Docker set some for a service named dossier.
pub(super) fn intended_variable(rest: &str, settings: &Table) -> Option<String> {
    if is_known(rest) {
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

/// Whether `DOSSIER_` and `rest` is a variable of Dossier, or looks like one of a service.
fn is_known(rest: &str) -> bool {
    let is_of_a_service = rest == "PORT"
        || ["_PORT", "SERVICE_HOST", "_NAME"].iter().any(|end| rest.ends_with(end))
        || ["PORT_", "SERVICE_PORT", "ENV_"].iter().any(|part| rest.contains(part));
    is_of_a_service
        || FLAT_VARIABLES.iter().any(|(_, name)| name.strip_prefix(PREFIX) == Some(rest))
}

/// The variables that begin like those of Dossier, and are ignored.
pub fn ignored_variables(variables: &[(String, String)]) -> impl Iterator<Item = &str> {
    let is_ignored = |name: &&str| {
        name.strip_prefix(PREFIX).is_some_and(|rest| !rest.contains("__") && !is_known(rest))
    };
    variables.iter().map(|(name, _)| name.as_str()).filter(is_ignored)
}

/// The UTF-8 variables of the environment. Those of other programs may hold any bytes, and are
/// skipped.
///
/// # Errors
///
/// If the name or the value of a variable of Dossier is not UTF-8.
pub fn environment() -> anyhow::Result<Vec<(String, String)>> {
    utf8_variables(std::env::vars_os())
}

fn utf8_variables(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> anyhow::Result<Vec<(String, String)>> {
    let is_own = |name: &str| name.starts_with(PREFIX) || name.starts_with("DISCORD_");
    let mut read = Vec::new();
    for (name, value) in variables {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => read.push((name, value)),
            // A path may hold any bytes, and clap reads this variable itself.
            (Ok(name), Err(_)) if name == CONFIG_FILE => {}
            (Ok(name), Err(_)) if is_own(&name) || name == DATABASE_URL => {
                bail!("the variable {name} is not UTF-8")
            }
            (Err(name), _) if is_own(&name.to_string_lossy()) => bail!(
                "the name of the variable {} is not UTF-8: unset it, or type its name again",
                name.to_string_lossy()
            ),
            _ => {}
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;
    use super::*;
    use crate::text::unquoted;

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
    fn quotation_marks_around_a_value_are_not_part_of_it() {
        for (name, value, part) in [
            ("DOSSIER_WEB__LISTEN", "\"127.0.0.1:9090\"", "127.0.0.1:9090"),
            ("DOSSIER_WEB__LISTEN", "'127.0.0.1:9090'", "127.0.0.1:9090"),
            ("DOSSIER_DIGEST__WINDOW_HOURS", "\"3\"", "window_seconds: 10800"),
            ("DOSSIER_PICTURES__ENABLED", "\"false\"", "enabled: false"),
            ("DOSSIER_DATA__DIR", "\"\"", "dir: None"),
            ("DISCORD_PUBLIC_KEY", "\"abc\"", "public_key: \"abc\""),
        ] {
            let config = format!("{:?}", load("", &[(name, value)]).expect(name));
            assert!(config.contains(part), "{name}={value}: {config}");
        }
        for value in ["\"", "\"a", "\"a\" \"b\"", "a"] {
            assert_eq!(unquoted(value), value);
        }
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
        for name in [
            &b"DOSSIER_WEB__\xa3"[..],
            b"DOSSIER_\xff",
            b"DISCORD_TOKEN\xc3",
            b"DISCORD_\xed\xa0\x80",
            b"DOSSIER_CONFIG\xa0",
        ] {
            let refused = read(name, b"1").expect_err("this is refused");
            let start = String::from_utf8_lossy(name);
            let sentence = format!("the name of the variable {start} is not UTF-8");
            assert!(refused.starts_with(&sentence), "{refused}");
        }
    }
}
