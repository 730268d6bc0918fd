//! What a table holds, as its type's schema says: the schema that editors' completion uses, so that the two cannot disagree.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A type that a table can be read into.
pub(in super::super) trait Format: DeserializeOwned + JsonSchema {
    /// Its shape, made once.
    fn shape() -> &'static Shape;
}

/// The keys of a table.
#[derive(Debug)]
pub(in super::super) struct Shape {
    pub keys: Vec<Key>,
}

/// One key of a table.
#[derive(Debug)]
pub(in super::super) struct Key {
    pub name: String,
    /// What the type's documentation says of it.
    pub about: String,
    pub required: bool,
    pub holds: Holds,
}

/// What kind of value it is.
#[derive(Debug)]
pub(in super::super) enum Holds {
    Text,
    Number,
    List(Box<Self>),
    Map(Box<Self>),
    Table(Shape),
    /// A table that may be written as a text alone: the value of its one required key.
    TextOrTable(Shape),
}

impl Shape {
    /// The shape of `T`.
    pub(in super::super) fn of<T: JsonSchema>() -> Self {
        let schema = schemars::schema_for!(T).to_value();
        Self::read(&schema, &schema)
    }

    fn read(schema: &Value, root: &Value) -> Self {
        let is_required = |name: &str| {
            schema["required"].as_array().is_some_and(|list| list.iter().any(|one| one == name))
        };
        let properties = schema["properties"].as_object().into_iter().flatten();
        let keys = properties.map(|(name, value)| Key {
            name: name.clone(),
            about: value["description"].as_str().unwrap_or_default().replace('\n', " "),
            required: is_required(name),
            holds: Holds::read(value, root),
        });
        Self { keys: keys.collect() }
    }
}

impl Key {
    /// Whether a value of this key holds one that does not belong there, but to the table around it.
    pub(super) fn swallows(&self, name: &str, value: &DeValue<'_>) -> bool {
        match (&self.holds, value) {
            (Holds::Map(item), DeValue::Table(table)) => {
                table.contains_key(name)
                    || matches!(&**item, Holds::Table(shape) if shape.keys.iter().all(|key| key.name != name))
                        && table.values().any(|value| holds_key(value.get_ref(), name))
            }
            (Holds::List(item), DeValue::Array(list)) => {
                match (&**item, list.last().map(Spanned::get_ref)) {
                    (Holds::Table(shape), Some(DeValue::Table(table))) => {
                        table.contains_key(name) && shape.keys.iter().all(|key| key.name != name)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// OptionKind such a value out, and gives its place.
    pub(super) fn take(
        &self,
        name: &str,
        value: &mut DeValue<'_>,
    ) -> Option<std::ops::Range<usize>> {
        let table = match value {
            DeValue::Table(table) if !table.contains_key(name) => {
                let mut inner = table.iter_mut().map(|(_, value)| value.get_mut());
                match inner.find(|value| holds_key(value, name))? {
                    DeValue::Table(table) => table,
                    _ => return None,
                }
            }
            DeValue::Table(table) => table,
            DeValue::Array(list) => match list.iter_mut().last()?.get_mut() {
                DeValue::Table(table) => table,
                _ => return None,
            },
            _ => return None,
        };
        table.remove_entry(name).map(|(key, _)| key.span())
    }
}

fn holds_key(value: &DeValue<'_>, name: &str) -> bool {
    matches!(value, DeValue::Table(table) if table.contains_key(name))
}

impl Holds {
    fn read(schema: &Value, root: &Value) -> Self {
        if let Some(name) = schema["$ref"].as_str() {
            return Self::read(&root["$defs"][name.trim_start_matches("#/$defs/")], root);
        }
        let either = schema["anyOf"].as_array().into_iter().flatten();
        if let Some(Self::Table(shape)) =
            either.map(|one| Self::read(one, root)).find(|one| matches!(one, Self::Table(_)))
        {
            return Self::TextOrTable(shape);
        }
        // An optional value is "of this type or null".
        let of_type = |name: &str| {
            schema["type"] == name
                || schema["type"]
                    .as_array()
                    .is_some_and(|types| types.iter().any(|one| one == name))
        };
        if of_type("integer") {
            Self::Number
        } else if of_type("array") {
            Self::List(Box::new(Self::read(&schema["items"], root)))
        } else if of_type("object") && schema["properties"].is_object() {
            Self::Table(Shape::read(schema, root))
        } else if of_type("object") {
            Self::Map(Box::new(Self::read(&schema["additionalProperties"], root)))
        } else {
            Self::Text
        }
    }

    /// A value of this kind that says nothing.
    pub(super) fn stand_in(&self) -> DeValue<'static> {
        match self {
            Self::Text => DeValue::String("".into()),
            Self::Number => one(),
            Self::List(_) => DeValue::Array(DeArray::new()),
            Self::Map(_) => DeValue::Table(DeTable::new()),
            Self::Table(shape) | Self::TextOrTable(shape) => {
                let required = shape.keys.iter().filter(|key| key.required);
                let values = required.map(|key| {
                    (
                        Spanned::new(0..0, key.name.clone().into()),
                        Spanned::new(0..0, key.holds.stand_in()),
                    )
                });
                DeValue::Table(values.collect())
            }
        }
    }

    pub(super) fn article(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a whole number",
            Self::List(item) if matches!(**item, Self::Text) => "a list of texts",
            Self::List(_) => "a list of tables",
            Self::Map(_) | Self::Table(_) => "a table",
            Self::TextOrTable(_) => "a text or a table",
        }
    }

    /// How a value of another kind is made right.
    pub(super) fn remedy(&self, key: &Key, wrong: &DeValue<'_>) -> String {
        match (self, wrong) {
            (Self::Text, DeValue::Integer(number)) => {
                format!("write it in quotes: \"{}\"", number.as_str())
            }
            (Self::Text, DeValue::Datetime(date)) => format!("write it in quotes: \"{date}\""),
            (Self::Number, DeValue::String(text)) if text.parse::<i64>().is_ok() => {
                format!("write it without quotes: {text}")
            }
            (Self::List(item), DeValue::String(text)) if matches!(**item, Self::Text) => {
                format!("write it in brackets: [\"{text}\"]")
            }
            (Self::List(item), _) if matches!(**item, Self::Table(_)) => {
                format!("begin each with a line [[{}]]", key.name)
            }
            (Self::Map(item), _) if matches!(**item, Self::Table(_)) => {
                format!("write a table [{}.id] for each. {}", key.name, key.about)
            }
            (Self::Map(_), _) => format!(
                "write [{}] and below it a line `id = \"text\"` for each. {}",
                key.name, key.about
            ),
            _ => format!("write {}: {}", self.article(), key.about),
        }
    }
}

/// The number that stands in for one that is not there. Numbers of the parser can only be parsed.
fn one() -> DeValue<'static> {
    DeValue::parse("1").map_or(DeValue::Boolean(true), Spanned::into_inner)
}
