//! The options of a slash command, separated from its subcommand group and subcommand.

use std::borrow::Cow;

use super::{CommandOption, OptionValue};
use crate::discord::json::{Json, Object, Scalar};

/// Option types that contain other options:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type>.
const SUBCOMMAND: u64 = 1;
const SUBCOMMAND_GROUP: u64 = 2;

/// Option types whose value is an id: user, channel, role, mentionable, attachment.
const ID_TYPES: [u64; 5] = [6, 7, 8, 9, 11];

/// Discord's maximum nesting: group, subcommand, option.
const DEPTH_MAX: usize = 3;

#[derive(Default)]
pub(super) struct Options<'a> {
    pub(super) path: Vec<Cow<'a, str>>,
    pub(super) options: Vec<CommandOption<'a>>,
    pub(super) focused: Option<Cow<'a, str>>,
}

impl<'a> Options<'a> {
    pub(super) fn read(list: Vec<Json<'a>>) -> Self {
        let mut options = Self::default();
        options.extend(list, DEPTH_MAX);
        options
    }

    fn extend(&mut self, list: Vec<Json<'a>>, depth: usize) {
        for option in list.into_iter().map(Json::object) {
            let kind = option.number("type").unwrap_or(0);
            let name = option.text("name").unwrap_or_default();
            if holds_options(kind, &option) {
                self.path.push(name);
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
            let value = value(kind, option.get("value").and_then(Json::scalar));
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

fn value(kind: u64, value: Option<Scalar<'_>>) -> OptionValue<'_> {
    match value {
        None => OptionValue::Other,
        Some(Scalar::Boolean(flag)) => OptionValue::Boolean(flag),
        Some(Scalar::String(text)) => id(kind, &text).unwrap_or(OptionValue::String(text)),
        Some(Scalar::Number(written)) => id(kind, written).unwrap_or_else(|| number(written)),
    }
}

fn id(kind: u64, written: &str) -> Option<OptionValue<'static>> {
    let id = ID_TYPES.contains(&kind).then(|| written.parse().ok()).flatten()?;
    Some(OptionValue::Id(id))
}

fn number(written: &str) -> OptionValue<'static> {
    let whole = written.parse().ok().map(OptionValue::Integer);
    let fraction =
        || written.parse().ok().filter(|number: &f64| number.is_finite()).map(OptionValue::Number);
    whole.or_else(fraction).unwrap_or(OptionValue::Other)
}
