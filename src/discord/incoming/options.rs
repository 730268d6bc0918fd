//! The options of a slash command. Its subcommand group and subcommand become part of its name.

use super::CommandOption;
use crate::json::{Json, Object, Scalar};

/// Option types that contain other options:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type>.
const SUBCOMMAND: u64 = 1;
const SUBCOMMAND_GROUP: u64 = 2;

/// Discord's maximum nesting: group, subcommand, option.
const DEPTH_MAX: usize = 3;

pub(super) struct Options {
    pub(super) name: String,
    pub(super) options: Vec<CommandOption>,
    pub(super) focused: Option<String>,
}

impl Options {
    pub(super) fn read(name: String, list: Vec<Json<'_>>) -> Self {
        let mut options = Self { name, options: Vec::new(), focused: None };
        options.extend(list, DEPTH_MAX);
        options
    }

    fn extend(&mut self, list: Vec<Json<'_>>, depth: usize) {
        for option in list.into_iter().map(Json::object) {
            let kind = option.number("type").unwrap_or(0);
            let name = option.string("name").unwrap_or_default();
            if holds_options(kind, &option) {
                self.name = format!("{} {name}", self.name);
                if depth > 1 {
                    self.extend(option.items("options"), depth - 1);
                }
                continue;
            }
            // There should be only one focused option, but Discord has sent two (discord-api-docs,
            // issue 4199).
            if self.focused.is_none() && option.is_true("focused") {
                self.focused = Some(name.clone());
            }
            let value = option.get("value").and_then(Json::scalar).and_then(value);
            self.options.push(CommandOption { name, value });
        }
    }
}

/// Whether the option is a subcommand or group: by its type, or by its fields if the type is
/// missing.
fn holds_options(kind: u64, option: &Object<'_>) -> bool {
    let has_only_options =
        || option.get("value").and_then(Json::scalar).is_none() && option.get("options").is_some();
    matches!(kind, SUBCOMMAND | SUBCOMMAND_GROUP) || (kind == 0 && has_only_options())
}

/// The value as text. In an autocomplete, a number arrives as a string that may not be a valid number.
fn value(value: Scalar<'_>) -> Option<String> {
    match value {
        Scalar::Number(written) if written.parse::<i64>().is_err() => {
            let number = written.parse().ok().filter(|number: &f64| number.is_finite());
            number.map(|number| number.to_string())
        }
        value => Some(value.into_text()),
    }
}
