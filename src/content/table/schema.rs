//! The JSON Schema of a table's type, the same one that editors use for completion.

use std::any::TypeId;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{LazyLock, Mutex, PoisonError};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeTable, DeValue};

/// A JSON Schema without references.
pub(in super::super) type Schema = &'static Value;

/// A type that a table is deserialized into.
pub(in super::super) trait TableFormat:
    DeserializeOwned + JsonSchema + 'static
{
    /// The schema of the type, built once.
    fn schema() -> Schema {
        static SCHEMAS: LazyLock<Mutex<HashMap<TypeId, Schema>>> = LazyLock::new(Mutex::default);
        let mut schemas = SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner);
        schemas.entry(TypeId::of::<Self>()).or_insert_with(|| {
            let settings = SchemaSettings::default().with(|one| one.inline_subschemas = true);
            let schema = settings.into_generator().into_root_schema_for::<Self>();
            Box::leak(Box::new(schema.to_value()))
        })
    }
}

impl<T: DeserializeOwned + JsonSchema + 'static> TableFormat for T {}

/// A key of a table.
#[derive(Clone, Copy)]
pub(super) struct Property {
    pub name: &'static str,
    pub schema: Schema,
    pub is_required: bool,
}

/// What a value has to be.
#[derive(Clone, Copy)]
pub(super) enum ValueType {
    /// One line of text.
    Text,
    /// One of these words, each a `const`.
    Word(&'static [Value]),
    Integer,
    List {
        items: Schema,
    },
    Map {
        values: Schema,
    },
    Table,
    /// A table that may be written as a text: the value of its only required key.
    TextOrTable,
}

/// The keys of a table.
pub(super) fn properties(schema: Schema) -> impl Iterator<Item = Property> {
    let required = schema["required"].as_array();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(move |(name, schema)| {
        let is_required = required.is_some_and(|names| names.iter().any(|one| one == name));
        Property { name, schema, is_required }
    })
}

/// The type of a schema's values, and the schema without the choice of a type.
pub(super) fn value_type(schema: Schema) -> (ValueType, Schema) {
    if let Some(options) = schema["anyOf"].as_array() {
        // An optional value is "this type or null"; a table may be "text or table".
        let mut options = options.iter().filter(|option| option["type"] != "null");
        let last = value_type(options.next_back().unwrap_or(schema));
        return match last {
            (ValueType::Table, table) if options.next().is_some() => {
                (ValueType::TextOrTable, table)
            }
            only => only,
        };
    }
    let is = |name: &str| match &schema["type"] {
        Value::Array(types) => types.iter().any(|one| one == name),
        one => one == name,
    };
    let value_type = if let Some(words) = schema["oneOf"].as_array() {
        ValueType::Word(words)
    } else if is("integer") {
        ValueType::Integer
    } else if is("array") {
        ValueType::List { items: &schema["items"] }
    } else if schema["properties"].is_object() {
        ValueType::Table
    } else if is("object") {
        ValueType::Map { values: &schema["additionalProperties"] }
    } else {
        ValueType::Text
    };
    (value_type, schema)
}

/// A placeholder with an empty span for a missing or invalid value, so that the rest of the table
/// can be checked.
pub(super) fn placeholder(schema: Schema) -> Spanned<DeValue<'static>> {
    let (value_type, schema) = value_type(schema);
    let value = match value_type {
        ValueType::Text | ValueType::Word(_) => DeValue::String("".into()),
        ValueType::Integer => DeValue::Integer(DeInteger::default()),
        ValueType::List { .. } => DeValue::Array(DeArray::new()),
        ValueType::Map { .. } => DeValue::Table(DeTable::new()),
        ValueType::Table | ValueType::TextOrTable => {
            let required = properties(schema).filter(|property| property.is_required);
            let values = required.map(|property| {
                (Spanned::new(0..0, property.name.into()), placeholder(property.schema))
            });
            DeValue::Table(values.collect())
        }
    };
    Spanned::new(0..0, value)
}

impl Property {
    pub(super) fn description(self) -> String {
        self.schema["description"].as_str().unwrap_or_default().replace('\n', " ")
    }

    /// Removes a misplaced key from a nested table, and returns its position: in TOML, a key after
    /// a `[table]` line belongs to that table.
    pub(super) fn take_misplaced(
        self,
        name: &str,
        value: &mut DeValue<'_>,
    ) -> Option<Range<usize>> {
        let is_unknown_to = |schema: Schema| {
            let (value_type, schema) = value_type(schema);
            matches!(value_type, ValueType::Table) && schema["properties"].get(name).is_none()
        };
        let table = match (value_type(self.schema).0, value) {
            (ValueType::Map { .. }, DeValue::Table(table)) if table.contains_key(name) => table,
            (ValueType::Map { values }, DeValue::Table(table)) if is_unknown_to(values) => {
                let mut inner = table.iter_mut().filter_map(|(_, value)| as_table(value.get_mut()));
                inner.find(|table| table.contains_key(name))?
            }
            (ValueType::List { items }, DeValue::Array(list)) if is_unknown_to(items) => {
                as_table(list.iter_mut().last()?.get_mut())?
            }
            _ => return None,
        };
        table.remove_entry(name).map(|(key, _)| key.span())
    }
}

fn as_table<'v, 'i>(value: &'v mut DeValue<'i>) -> Option<&'v mut DeTable<'i>> {
    if let DeValue::Table(table) = value { Some(table) } else { None }
}

impl ValueType {
    /// The type in words, with an article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Word(_) => "a text",
            Self::Integer => "a whole number",
            Self::List { items } if is_table(items) => "a list of tables",
            Self::List { .. } => "a list of texts",
            Self::Map { .. } | Self::Table => "a table",
            Self::TextOrTable => "a text or a table",
        }
    }

    /// How to fix a value of another type.
    pub(super) fn help(self, property: Property, found: &DeValue<'_>) -> String {
        let (name, description) = (property.name, property.description());
        match (self, found) {
            (Self::Text | Self::Word(_), DeValue::Integer(number)) => {
                format!("write it in quotes: \"{}\"", number.as_str())
            }
            (Self::Text, DeValue::Datetime(date)) => format!("write it in quotes: \"{date}\""),
            (Self::Integer, DeValue::String(text)) if text.parse::<i64>().is_ok() => {
                format!("write it without quotes: {text}")
            }
            (Self::List { items }, _) if is_table(items) => {
                format!("begin each with a line [[{name}]]")
            }
            (Self::List { .. }, DeValue::String(text)) => {
                format!("write it in brackets: [\"{text}\"]")
            }
            (Self::Map { values }, _) if is_table(values) => {
                format!("write a table [{name}.id] for each. {description}")
            }
            (Self::Map { .. }, _) => format!(
                "write [{name}] and below it a line `id = \"text\"` for each. {description}"
            ),
            _ => format!("write {}: {description}", self.name()),
        }
    }
}

fn is_table(schema: Schema) -> bool {
    matches!(value_type(schema).0, ValueType::Table)
}
