//! A strict JSON reader that reports duplicate keys, unknown keys and values of the wrong type.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::text::{is_invisible, nearest};

/// Maximum number of reported errors. A file with more is probably not a settings file, and the
/// first errors show that.
const FAULTS_MAX: usize = 100;

/// Maximum number of characters of a key that an error repeats.
const KEY_CHARS_MAX: usize = 40;

/// Collects errors.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<String>,
}

/// The fields of an object, and which of them have been read.
pub(super) struct Fields<'a> {
    fields: Vec<(String, &'a RawValue)>,
    within: String,
    known: Vec<&'static str>,
}

/// Parses JSON as a `T`.
pub(super) fn value<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Option<T> {
    serde_json::from_str(json.get()).ok()
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
    pub(super) fn object<'a>(&mut self, json: &'a RawValue, place: &str) -> Option<Fields<'a>> {
        let Some(Object(fields)) = value(json) else {
            let subject = if place.is_empty() { "The file".into() } else { format!("`{place}`") };
            self.note(match json.get().starts_with('{') {
                true => format!("{subject} has a key that is not valid text."),
                false => format!("{subject} has to be an object, as in {{\"…\": …}}."),
            });
            return None;
        };
        let within = if place.is_empty() { String::new() } else { format!("{place}.") };
        Some(Fields { fields, within, known: Vec::new() })
    }
}

impl<'a> Fields<'a> {
    /// Returns the value of a required key.
    pub(super) fn take(&mut self, reader: &mut Reader, key: &'static str) -> Option<&'a RawValue> {
        let found = self.take_optional(key);
        if found.is_none() {
            reader.fault(&format!("{}{key}", self.within), "is missing");
        }
        found
    }

    /// Parses the value of a required key with `read`. `expected` completes the error message
    /// "`key` …".
    pub(super) fn read<T>(
        &mut self,
        reader: &mut Reader,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a RawValue) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.take(reader, key)?);
        if value.is_none() {
            reader.fault(&format!("{}{key}", self.within), expected);
        }
        value
    }

    /// Returns the value of an optional key.
    pub(super) fn take_optional(&mut self, key: &'static str) -> Option<&'a RawValue> {
        self.known.push(key);
        let mut fields = self.fields.iter();
        fields.find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// Reports unknown and duplicate keys.
    pub(super) fn finish(self, reader: &mut Reader) {
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
                let near = nearest(key, self.known.iter().copied());
                let near = near.map(|near| format!("; did you mean `{}{near}`?", self.within));
                let end = near.unwrap_or_else(|| ".".to_owned());
                reader.note(format!("`{full}` is nothing that Dossier knows{end}"));
            }
        }
    }
}

/// The fields of an object in file order. A map would lose duplicate keys.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;

        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let fields = std::iter::from_fn(|| map.next_entry().transpose());
                fields.collect::<Result<_, _>>().map(Object)
            }
        }

        deserializer.deserialize_map(FieldsVisitor)
    }
}
