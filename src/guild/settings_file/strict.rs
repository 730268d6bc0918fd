//! A strict JSON reader that reports duplicate keys, unknown keys and values of the wrong type.

use serde::de::Deserialize;
use serde_json::value::RawValue;

use crate::json::{Json, Object};
use crate::text::{is_invisible, nearest};

/// Maximum number of reported errors. A file with more is probably not a settings file, and the
/// first errors show that.
const FAULTS_MAX: usize = 100;

/// Maximum number of characters of a key that an error repeats.
const KEY_CHARS_MAX: usize = 40;

/// The fields of an object, which of them have been read, and the errors found so far.
pub(super) struct StrictFields<'a> {
    object: Object<'a>,
    /// The path of the object, before its keys in errors.
    within: String,
    known: Vec<&'static str>,
    faults: Vec<String>,
}

/// Parses JSON as a `T`.
pub(super) fn value<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Option<T> {
    serde_json::from_str(json.get()).ok()
}

impl<'a> StrictFields<'a> {
    /// Reads an object with `read`, and returns the errors in it as well. `place` is its path in
    /// the file; empty for the root.
    pub(super) fn parse<T>(
        json: &'a RawValue,
        place: &str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> (Option<T>, Vec<String>) {
        let Ok(object) = Object::parse(json.get()) else {
            let subject = if place.is_empty() { "The file".into() } else { format!("`{place}`") };
            return (None, vec![format!("{subject} must be an object, as in {{\"…\": …}}.")]);
        };
        let within = if place.is_empty() { String::new() } else { format!("{place}.") };
        let mut fields = Self { object, within, known: Vec::new(), faults: Vec::new() };
        let read = read(&mut fields);
        fields.report_strays();
        (Some(read), fields.faults)
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
        let end = if what.ends_with('?') { "" } else { "." };
        self.report(format!("`{}{place}` {what}{end}", self.within));
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
        self.read_or_offer(key, |json| read(json).ok_or_else(|| expected.to_owned()))
    }

    /// Like [`StrictFields::read`], where the error message depends on the value.
    pub(super) fn read_or_offer<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'a RawValue) -> Result<T, String>,
    ) -> Option<T> {
        let value = read(self.take(key)?);
        value.map_err(|expected| self.fault(key, &expected)).ok()
    }

    /// Returns the value of an optional key.
    pub(super) fn take_optional(&mut self, key: &'static str) -> Option<&'a RawValue> {
        self.known.push(key);
        self.object.get(key).map(Json::raw)
    }

    /// Reports unknown and duplicate keys.
    fn report_strays(&mut self) {
        // All but the known keys are errors.
        let object = std::mem::take(&mut self.object);
        let keys = object.fields().map(|(key, _)| key).take(FAULTS_MAX + self.known.len());
        let keys: Vec<&str> = keys.collect();
        for (index, key) in keys.iter().enumerate() {
            let seen = key.chars().filter(|character| !is_invisible(*character));
            let shown: String = seen.take(KEY_CHARS_MAX).collect();
            if keys[..index].contains(key) {
                self.fault(&shown, "occurs twice");
            } else if !self.known.contains(key) {
                let near = nearest(key, self.known.iter().copied());
                let near = near.map(|near| format!("; did you mean `{}{near}`?", self.within));
                let end = near.unwrap_or_else(|| ".".to_owned());
                self.report(format!("`{}{shown}` is not a known key{end}", self.within));
            }
        }
    }
}
