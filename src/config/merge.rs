//! Merges a file and variables into the defaults. Each must name a setting that exists, and have a
//! value of its type.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use toml::{Table, Value};

use crate::text::{is_invisible, nearest};

/// Settings that accept a word as well as a list or table.
const STRING_OR_TABLE: [&str; 2] = ["discord.register", "discord.shards"];

pub(super) fn read_file(path: &Path) -> anyhow::Result<Table> {
    let text = String::from_utf8(std::fs::read(path)?).ok();
    let text = text.context("it is not UTF-8; save it as plain text in UTF-8")?;
    let text = text.trim_start_matches('\u{feff}');
    text.parse().map_err(|error| anyhow::anyhow!(explain_syntax(text, &error)))
}

/// What is wrong with a file that is not TOML. The line itself is not quoted, as it may hold a
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
        "duplicate key" if line.trim_start().starts_with('[') => {
            ": this section is there already; move its settings below the first heading"
        }
        "duplicate key" => ": keep one of the two",
        // "C:\Users" begins the code of a character.
        _ if line.contains('\\') => {
            ": write a path with / or in single quotation marks, as in 'C:\\data'"
        }
        // Such as an address or a path without quotation marks.
        message if message.ends_with("expected nothing") => ": write text in quotation marks",
        _ => "",
    };
    format!("line {number}, column {column}: {}{hint}", error.message())
}

/// Overrides settings. Each must exist with a value of the same type.
pub(super) fn merge_settings(settings: &mut Table, own: Table, within: &str) -> anyhow::Result<()> {
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
                let hint = conversion(known, &value)
                    .map(|value| format!(": write {value}"))
                    .unwrap_or_default();
                let known = match known {
                    Value::Boolean(_) => "true or false".to_owned(),
                    known => type_name(known),
                };
                bail!("`{name}` must be {known}, and is {}{hint}", type_name(&value))
            }
        }
    }
    Ok(())
}

/// The value of the setting's type that was probably meant, as TOML.
fn conversion(known: &Value, value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_lowercase(),
        Value::Integer(number) => number.to_string(),
        _ => return None,
    };
    match (known, &*text) {
        (Value::Boolean(_), "true" | "yes" | "on" | "1") => Some("true".to_owned()),
        (Value::Boolean(_), "false" | "no" | "off" | "0") => Some("false".to_owned()),
        // TOML has no number with a zero before it.
        (Value::Integer(_), text) => text.parse::<i64>().ok().map(|number| number.to_string()),
        _ => None,
    }
}

/// A value's type with its article.
fn type_name(value: &Value) -> String {
    match value {
        Value::Integer(_) | Value::Array(_) => format!("an {}", value.type_str()),
        _ => format!("a {}", value.type_str()),
    }
}

/// Overrides a setting with a variable, parsed as the setting's type.
pub(super) fn override_setting(
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

#[cfg(test)]
mod tests {
    use super::super::tests::load;

    #[test]
    fn the_error_of_a_file_says_what_to_do_and_quotes_no_line() {
        for (file, part) in [
            (&b"[data]\ndir = 1"[..], "`data.dir` must be a string, and is an integer"),
            (b"[pictures]\nenabled = \"yes\"", "or false, and is a string: write true"),
            (b"[pictures]\nenabled = 0", "or false, and is an integer: write false"),
            (b"[digest]\nwindow_hours = \"6\"", "and is a string: write 6"),
            (b"[data]\ndir = []", "`data.dir` must be a string, and is an array"),
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
            (b"[web]\n\n[data]\n[web]\nlisten = \"\"", "below the first heading"),
            (b"[data]\ndir = \"C:\\Users\"", "write a path with / or in single quotation marks"),
            (b"[data]\ndir = \"C:\\new\"", "write a path with / or in single quotation marks"),
            (b"[discord]\nregister = \"1304000000000000001\"", "as in [\"1304000000000000001\"]"),
            (b"[discord]\nbot_token = \"hidden\"", "the token is in DISCORD_TOKEN"),
            ("[data]\ndir = “a”".as_bytes(), "line 2 has curly quotation marks"),
        ] {
            let refused = load(file, &[]).expect_err("this is refused");
            assert!(refused.contains(part) && !refused.contains("hidden"), "{refused}");
        }
    }

    #[test]
    fn a_variable_of_another_type_is_refused_with_what_to_write() {
        for (name, text, end) in [
            ("DOSSIER_PICTURES__ENABLED", "True", "and is a string: write true"),
            ("DOSSIER_PICTURES__ENABLED", "1", "and is an integer: write true"),
            ("DOSSIER_PICTURES__ENABLED", "yes", "and is a string: write true"),
            ("DOSSIER_PICTURES__ENABLED", "OFF", "and is a string: write false"),
            ("DOSSIER_PICTURES__ENABLED", "", "and is a string"),
            ("DOSSIER_PICTURES__ENABLED", "maybe", "and is a string"),
            ("DOSSIER_DIGEST__WINDOW_HOURS", "06", "and is a string: write 6"),
            ("DOSSIER_DIGEST__WINDOW_HOURS", "6h", "and is a string"),
            ("DOSSIER_DIGEST__WINDOW_HOURS", "6.5", "and is a float"),
        ] {
            let refused = load("", &[(name, text)]).expect_err("this is refused");
            assert!(refused.ends_with(end), "{refused}");
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
                .contains("`data.dir` must be a string, and is an integer")
        );
        assert!(refused("[data", &[]).contains("own.toml"));
    }
}
