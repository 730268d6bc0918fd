//! The properties of a table, read from the JSON Schema of its type, the same one that editors use
//! for completion.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeTable, DeValue};

/// A type that a table is deserialized into.
pub(in super::super) trait TableFormat:
    DeserializeOwned + JsonSchema + 'static
{
    /// The schema of the type, built once.
    fn schema() -> &'static TableSchema {
        static SCHEMAS: LazyLock<Mutex<HashMap<TypeId, &'static TableSchema>>> =
            LazyLock::new(Mutex::default);
        let mut schemas = SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner);
        schemas
            .entry(TypeId::of::<Self>())
            .or_insert_with(|| Box::leak(Box::new(TableSchema::for_type::<Self>())))
    }
}

impl<T: DeserializeOwned + JsonSchema + 'static> TableFormat for T {}

#[derive(Debug)]
pub(in super::super) struct TableSchema {
    pub properties: Vec<Property>,
}

#[derive(Debug)]
pub(in super::super) struct Property {
    pub name: String,
    pub description: String,
    pub is_required: bool,
    pub value: ValueSchema,
}

#[derive(Debug)]
pub(in super::super) enum ValueSchema {
    /// One line of text.
    Text {
        chars_max: usize,
        format: Option<String>,
    },
    /// An enumeration of words.
    Enum(Vec<String>),
    Integer {
        min: i64,
        max: i64,
    },
    List {
        items: Box<Self>,
        len_max: usize,
        is_unique: bool,
    },
    Map {
        values: Box<Self>,
        len_max: usize,
        key_format: Option<String>,
    },
    Table(TableSchema),
    /// A table that may be written as a text: the value of its only required key.
    TextOrTable(TableSchema),
}

impl TableSchema {
    fn for_type<T: JsonSchema>() -> Self {
        let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
        Self::parse(&settings.into_generator().into_root_schema_for::<T>().to_value())
    }

    fn parse(schema: &Value) -> Self {
        let required = schema["required"].as_array();
        let properties = schema["properties"].as_object().into_iter().flatten();
        let properties = properties.map(|(name, value)| Property {
            name: name.clone(),
            description: value["description"].as_str().unwrap_or_default().replace('\n', " "),
            is_required: required.is_some_and(|names| names.iter().any(|one| one == name)),
            value: ValueSchema::parse(value),
        });
        Self { properties: properties.collect() }
    }

    fn has(&self, name: &str) -> bool {
        self.properties.iter().any(|property| property.name == name)
    }
}

impl Property {
    /// Removes a misplaced key from a nested table, and returns its position: in TOML, a key after
    /// a `[table]` line belongs to that table.
    pub(super) fn take_misplaced(
        &self,
        name: &str,
        value: &mut DeValue<'_>,
    ) -> Option<std::ops::Range<usize>> {
        let is_unknown_to =
            |schema: &ValueSchema| matches!(schema, ValueSchema::Table(table) if !table.has(name));
        let table = match (&self.value, value) {
            (ValueSchema::Map { .. }, DeValue::Table(table)) if table.contains_key(name) => table,
            (ValueSchema::Map { values, .. }, DeValue::Table(table)) if is_unknown_to(values) => {
                let mut inner = table.iter_mut().filter_map(|(_, value)| as_table(value.get_mut()));
                inner.find(|table| table.contains_key(name))?
            }
            (ValueSchema::List { items, .. }, DeValue::Array(list)) if is_unknown_to(items) => {
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

impl ValueSchema {
    fn parse(schema: &Value) -> Self {
        if let Some(options) = schema["anyOf"].as_array() {
            // An optional value is "this type or null"; a table may be "text or table".
            let options = options.iter().filter(|option| option["type"] != "null");
            let mut options: Vec<Self> = options.map(Self::parse).collect();
            return match options.pop() {
                Some(Self::Table(table)) if !options.is_empty() => Self::TextOrTable(table),
                only => only.unwrap_or(Self::Text { chars_max: usize::MAX, format: None }),
            };
        }
        if let Some(words) = schema["oneOf"].as_array() {
            let words = words.iter().filter_map(|word| word["const"].as_str());
            return Self::Enum(words.map(str::to_owned).collect());
        }
        let is = |name: &str| match &schema["type"] {
            Value::Array(types) => types.iter().any(|one| one == name),
            one => one == name,
        };
        let limit = |key: &str| schema[key].as_u64().map_or(usize::MAX, |max| max as usize);
        let format = |schema: &Value| schema["format"].as_str().map(str::to_owned);
        if is("integer") {
            let bound = |key: &str, none| schema[key].as_i64().unwrap_or(none);
            Self::Integer { min: bound("minimum", 0), max: bound("maximum", i64::MAX) }
        } else if is("array") {
            Self::List {
                items: Box::new(Self::parse(&schema["items"])),
                len_max: limit("maxItems"),
                is_unique: schema["uniqueItems"] == true,
            }
        } else if is("object") && schema["properties"].is_object() {
            Self::Table(TableSchema::parse(schema))
        } else if is("object") {
            Self::Map {
                values: Box::new(Self::parse(&schema["additionalProperties"])),
                len_max: limit("maxProperties"),
                key_format: format(&schema["propertyNames"]),
            }
        } else {
            Self::Text { chars_max: limit("maxLength"), format: format(schema) }
        }
    }

    /// A placeholder with an empty span for a missing or invalid value, so that the rest of the
    /// table can be checked.
    pub(super) fn placeholder(&self) -> Spanned<DeValue<'static>> {
        let value = match self {
            Self::Text { .. } | Self::Enum(_) => DeValue::String("".into()),
            Self::Integer { .. } => DeValue::Integer(DeInteger::default()),
            Self::List { .. } => DeValue::Array(DeArray::new()),
            Self::Map { .. } => DeValue::Table(DeTable::new()),
            Self::Table(schema) | Self::TextOrTable(schema) => {
                let required = schema.properties.iter().filter(|property| property.is_required);
                let values = required.map(|property| {
                    (Spanned::new(0..0, property.name.clone().into()), property.value.placeholder())
                });
                DeValue::Table(values.collect())
            }
        };
        Spanned::new(0..0, value)
    }

    /// The type in words, with an article.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Text { .. } | Self::Enum(_) => "a text",
            Self::Integer { .. } => "a whole number",
            Self::List { items, .. } if matches!(**items, Self::Text { .. }) => "a list of texts",
            Self::List { .. } => "a list of tables",
            Self::Map { .. } | Self::Table(_) => "a table",
            Self::TextOrTable(_) => "a text or a table",
        }
    }

    /// How to fix a value of another type.
    pub(super) fn type_help(&self, property: &Property, found: &DeValue<'_>) -> String {
        let Property { name, description, .. } = property;
        match (self, found) {
            (Self::Text { .. } | Self::Enum(_), DeValue::Integer(number)) => {
                format!("write it in quotes: \"{}\"", number.as_str())
            }
            (Self::Text { .. }, DeValue::Datetime(date)) => {
                format!("write it in quotes: \"{date}\"")
            }
            (Self::Integer { .. }, DeValue::String(text)) if text.parse::<i64>().is_ok() => {
                format!("write it without quotes: {text}")
            }
            (Self::List { items, .. }, _) if matches!(**items, Self::Table(_)) => {
                format!("begin each with a line [[{name}]]")
            }
            (Self::List { .. }, DeValue::String(text)) => {
                format!("write it in brackets: [\"{text}\"]")
            }
            (Self::Map { values, .. }, _) if matches!(**values, Self::Table(_)) => {
                format!("write a table [{name}.id] for each. {description}")
            }
            (Self::Map { .. }, _) => {
                format!(
                    "write [{name}] and below it a line `id = \"text\"` for each. {description}"
                )
            }
            _ => format!("write {}: {description}", self.type_name()),
        }
    }
}
