//! The JSON Schema of a table's type, the same one that editors use for completion.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A JSON Schema without references.
pub(super) type Schema = &'static Value;

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

/// What a value must be.
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

impl Property {
    pub(super) fn description(self) -> String {
        self.schema["description"].as_str().unwrap_or_default().replace('\n', " ")
    }
}

impl ValueType {
    /// The type in words, with an article, and a sample.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Word(_) => ("a text", "it in quotes, \"text\""),
            Self::Integer => ("a whole number", "it without quotes, such as 1"),
            Self::List { items } if is_table(items) => {
                ("a list of tables", "its name in two pairs of brackets above each")
            }
            Self::List { .. } => ("a list of texts", "it in brackets, [\"text\"]"),
            Self::Map { values } if is_table(values) => {
                ("a table", "a table for each, with this key and an id in brackets")
            }
            Self::Map { .. } => {
                ("a table", "its name in brackets, and lines `id = \"text\"` below")
            }
            Self::Table => ("a table", "a table"),
            Self::TextOrTable => ("a text or a table", "a text or a table"),
        }
    }
}

fn is_table(schema: Schema) -> bool {
    matches!(value_type(schema).0, ValueType::Table)
}
