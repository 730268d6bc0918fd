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

/// The fields of an object, which of them have been read, and the errors found so far.
pub(super) struct Fields<'a> {
    fields: Vec<(String, &'a RawValue)>,
    /// The path of the object, before its keys in errors.
    within: String,
    known: Vec<&'static str>,
    faults: Vec<String>,
}

/// Parses JSON as a `T`.
pub(super) fn value<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Option<T> {
    serde_json::from_str(json.get()).ok()
}

impl<'a> Fields<'a> {
    /// Reads an object with `read`, and returns the errors in it as well. `place` is its path in
    /// the file; empty for the root.
    pub(super) fn parse<T>(
        json: &'a RawValue,
        place: &str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> (Option<T>, Vec<String>) {
        let Some(Object(fields)) = value(json) else {
            let subject = if place.is_empty() { "The file".into() } else { format!("`{place}`") };
            let fault = match json.get().starts_with('{') {
                true => format!("{subject} has a key that is not valid text."),
                false => format!("{subject} has to be an object, as in {{\"…\": …}}."),
            };
            return (None, vec![fault]);
        };
        let within = if place.is_empty() { String::new() } else { format!("{place}.") };
        let mut object = Self { fields, within, known: Vec::new(), faults: Vec::new() };
        let read = read(&mut object);
        object.report_strays();
        (Some(read), object.faults)
    }

    /// Reads an object within this one.
    pub(super) fn object<T>(
        &mut self,
        json: &'a RawValue,
        place: &str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        let (object, faults) = Self::parse(json, &format!("{}{place}", self.within), read);
        let room = FAULTS_MAX.saturating_sub(self.faults.len());
        self.faults.extend(faults.into_iter().take(room));
        object
    }

    /// Reports an error in the value at `place`.
    pub(super) fn fault(&mut self, place: &str, what: &str) {
        self.report(format!("`{}{place}` {what}.", self.within));
    }

    fn report(&mut self, fault: String) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        }
    }

    /// Returns the value of a required key.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'a RawValue> {
        let found = self.take_optional(key);
        if found.is_none() {
            self.fault(key, "is missing");
        }
        found
    }

    /// Parses the value of a required key with `read`. `expected` completes the error message
    /// "`key` …".
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a RawValue) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.take(key)?);
        if value.is_none() {
            self.fault(key, expected);
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
    fn report_strays(&mut self) {
        // All but the known keys are errors.
        let mut fields = std::mem::take(&mut self.fields);
        fields.truncate(FAULTS_MAX + self.known.len());
        for (place, (key, _)) in fields.iter().enumerate() {
            let seen = key.chars().filter(|character| !is_invisible(*character));
            let shown: String = seen.take(KEY_CHARS_MAX).collect();
            if fields[..place].iter().any(|(other, _)| other == key) {
                self.fault(&shown, "stands there twice");
            } else if !self.known.contains(&key.as_str()) {
                let near = nearest(key, self.known.iter().copied());
                let near = near.map(|near| format!("; did you mean `{}{near}`?", self.within));
                let end = near.unwrap_or_else(|| ".".to_owned());
                self.report(format!("`{}{shown}` is nothing that Dossier knows{end}", self.within));
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
