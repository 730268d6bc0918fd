//! The options of a slash command, with the groups and subcommands taken apart from them.

use std::borrow::Cow;

use super::json::{Json, Read, Scalar};
use super::{CommandOption, Id, Value};

/// The types of option that are no options but hold some:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type>.
const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;

/// The types whose value is an id.
const IDS: [u64; 5] = [6, 7, 8, 9, 11];

/// A group, a subcommand and its options: what lies deeper is nothing that Discord knows.
const DEPTH_MAX: usize = 3;

/// What was given with a command.
#[derive(Default)]
pub(super) struct Options<'a> {
    pub(super) path: Vec<Cow<'a, str>>,
    pub(super) options: Vec<CommandOption<'a>>,
    pub(super) focused: Option<Cow<'a, str>>,
}

/// One item of a list of options.
#[derive(Default)]
struct Item<'a> {
    name: Cow<'a, str>,
    kind: u64,
    value: Option<Scalar<'a>>,
    is_focused: bool,
    /// Read when the type is known.
    options: Option<Json<'a>>,
}

impl<'a> Options<'a> {
    /// Reads the options of a command, if it has any.
    pub(super) fn read(list: Option<Json<'a>>) -> Read<Self> {
        let mut options = Self::default();
        if let Some(mut list) = list {
            options.extend(&mut list, DEPTH_MAX)?;
        }
        Ok(options)
    }

    fn extend(&mut self, list: &mut Json<'a>, depth: usize) -> Read<()> {
        list.items(|json| {
            let item = Item::read(json)?;
            if !item.holds_options() {
                self.take(item);
                return Ok(());
            }
            self.path.push(item.name);
            match item.options {
                Some(mut options) if depth > 1 => self.extend(&mut options, depth - 1),
                _ => Ok(()),
            }
        })
    }

    fn take(&mut self, item: Item<'a>) {
        // There is one, but Discord has sent two (discord-api-docs, issue 4199).
        if item.is_focused && self.focused.is_none() {
            self.focused = Some(item.name.clone());
        }
        let value = value(item.kind, item.value);
        self.options.push(CommandOption { name: item.name, value });
    }
}

impl<'a> Item<'a> {
    fn read(json: &mut Json<'a>) -> Read<Self> {
        let mut item = Self::default();
        json.fields(|field, json| {
            match field {
                b"name" => item.name = json.text()?.unwrap_or_default(),
                b"type" => item.kind = json.whole()?.unwrap_or(0),
                b"value" => item.value = json.scalar()?,
                b"focused" => item.is_focused = json.is_true()?,
                b"options" => item.options = Some(json.bookmark()?),
                _ => json.skip()?,
            }
            Ok(())
        })?;
        Ok(item)
    }

    /// Whether it is a group or a subcommand, by its type, or without one by what it has.
    fn holds_options(&self) -> bool {
        let has_only_options = self.value.is_none() && self.options.is_some();
        matches!(self.kind, SUBCOMMAND | GROUP) || (self.kind == 0 && has_only_options)
    }
}

fn value(kind: u64, value: Option<Scalar<'_>>) -> Value<'_> {
    match value {
        None => Value::Other,
        Some(Scalar::Flag(flag)) => Value::Flag(flag),
        Some(Scalar::Text(text)) => id(kind, &text).unwrap_or(Value::Text(text)),
        Some(Scalar::Number(written)) => id(kind, written).unwrap_or_else(|| number(written)),
    }
}

fn id(kind: u64, written: &str) -> Option<Value<'static>> {
    let id = IDS.contains(&kind).then(|| written.parse().ok()).flatten()?;
    Some(Value::Id(Id(id)))
}

fn number(written: &str) -> Value<'static> {
    let whole = written.parse().ok().map(Value::Whole);
    let fraction =
        || written.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Number);
    whole.or_else(fraction).unwrap_or(Value::Other)
}
