//! A strict JSON reader that reports duplicate keys, unknown keys and values of the wrong type.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::text::{is_invisible, nearest};

/// Maximum number of reported errors. A file with more is probably not a settings file, and the
/// first errors show that.
const FAULTS_MAX: usize = 100;

/// Maximum number of characters of a key that an error repeats.
const KEY_CHARS_MAX: usize = 40;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Flag(bool),
    /// A non-negative integer.
    Whole(u64),
    /// Any other number.
    Number,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| format!("This is not JSON: {error}."))
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Collects errors.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<String>,
}

/// The fields of an object, and which of them have been read.
pub(super) struct Fields<'a> {
    fields: &'a [(String, Json)],
    within: String,
    known: Vec<&'static str>,
}

impl Reader {
    /// Reports an error in the value at `place`.
    pub(super) fn fault(&mut self, place: &str, what: &str) {
        self.note(format!("`{place}` {what}."));
    }

    fn is_full(&self) -> bool {
        self.faults.len() >= FAULTS_MAX
    }

    fn note(&mut self, fault: String) {
        if !self.is_full() {
            self.faults.push(fault);
        }
    }

    /// Returns the fields of an object. `place` is its path in the file; empty for the root.
    pub(super) fn object<'a>(&mut self, json: &'a Json, place: &str) -> Option<Fields<'a>> {
        let Json::Object(fields) = json else {
            let subject = if place.is_empty() { "The file".into() } else { format!("`{place}`") };
            self.note(format!("{subject} has to be an object, as in {{\"…\": …}}."));
            return None;
        };
        let within = if place.is_empty() { String::new() } else { format!("{place}.") };
        Some(Fields { fields, within, known: Vec::new() })
    }
}

impl<'a> Fields<'a> {
    /// Returns the value of a required key.
    pub(super) fn take(&mut self, reader: &mut Reader, key: &'static str) -> Option<&'a Json> {
        self.known.push(key);
        let found = self.fields.iter().find(|(name, _)| name == key);
        if found.is_none() {
            reader.fault(&format!("{}{key}", self.within), "is missing");
        }
        found.map(|(_, value)| value)
    }

    /// Parses the value of a required key with `read`. `expected` completes the error message
    /// "`key` …".
    pub(super) fn read<T>(
        &mut self,
        reader: &mut Reader,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a Json) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.take(reader, key)?);
        if value.is_none() {
            reader.fault(&format!("{}{key}", self.within), expected);
        }
        value
    }

    /// Returns the value of an optional key.
    pub(super) fn take_optional(&mut self, key: &'static str) -> Option<&'a Json> {
        self.known.push(key);
        let mut fields = self.fields.iter();
        fields.find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Reports unknown and duplicate keys.
    pub(super) fn end(self, reader: &mut Reader) {
        for (place, (key, _)) in self.fields.iter().enumerate() {
            if reader.is_full() {
                return;
            }
            let seen = key.chars().filter(|character| !is_invisible(*character));
            let shown: String = seen.take(KEY_CHARS_MAX).collect();
            let full = format!("{}{shown}", self.within);
            if self.fields[..place].iter().any(|(other, _)| other == key) {
                reader.fault(&full, "stands there twice");
            } else if !self.known.contains(&key.as_str()) {
                match nearest(key, self.known.iter().copied()) {
                    Some(near) => reader.fault(
                        &full,
                        &format!(
                            "is nothing that Dossier knows; did you mean `{}{near}`",
                            self.within
                        ),
                    ),
                    None => reader.fault(&full, "is nothing that Dossier knows"),
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfJson)
    }
}

struct OfJson;

impl<'de> Visitor<'de> for OfJson {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(u64::try_from(number).map_or(Json::Number, Json::Whole))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(field) = fields.next_entry()? {
            object.push(field);
        }
        Ok(Json::Object(object))
    }
}
