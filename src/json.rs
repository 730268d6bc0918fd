//! Field-by-field access to JSON with serde. A value of an unexpected type counts as absent, so that
//! one odd field of Discord's does not prevent a response.
//!
//! Unused values are skipped by [`RawValue`] without recursion, so deep nesting, huge numbers and
//! lone surrogates in them are harmless.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::num::NonZeroU64;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::guild::{Permissions, id_from_number};

/// An unparsed value.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a>(&'a RawValue);

/// The fields of an object. For a duplicate key the last value wins.
#[derive(Default)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// A value other than an object or array.
pub(crate) enum Scalar<'a> {
    String(Cow<'a, str>),
    /// The number's source text.
    Number(&'a str),
    Boolean(bool),
}

/// A string with U+FFFD in place of lone surrogates, which some clients send and Discord passes on.
struct LossyText<'a>(Cow<'a, str>);

impl<'a> Scalar<'a> {
    pub(crate) fn into_text(self) -> String {
        match self {
            Scalar::String(text) => text.into_owned(),
            Scalar::Number(number) => number.to_owned(),
            Scalar::Boolean(flag) => flag.to_string(),
        }
    }
}

impl<'a> Json<'a> {
    /// The fields of an object; empty for any other value.
    pub(crate) fn object(self) -> Object<'a> {
        Object::parse(self.0.get()).unwrap_or_default()
    }

    /// The items of an array; empty for any other value.
    pub(crate) fn items(self) -> Vec<Json<'a>> {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    pub(crate) fn is_array(self) -> bool {
        self.0.get().starts_with('[')
    }

    pub(crate) fn scalar(self) -> Option<Scalar<'a>> {
        let written = self.0.get();
        match written.as_bytes() {
            // Without escapes, a string is the text between its quotation marks.
            [b'"', text @ .., b'"'] if !text.contains(&b'\\') => {
                Some(Scalar::String(Cow::Borrowed(&written[1..written.len() - 1])))
            }
            [b'"', ..] => {
                serde_json::from_str(written).ok().map(|LossyText(text)| Scalar::String(text))
            }
            [b'-' | b'0'..=b'9', ..] => Some(Scalar::Number(written)),
            b"true" => Some(Scalar::Boolean(true)),
            b"false" => Some(Scalar::Boolean(false)),
            _ => None,
        }
    }

    /// A string, or a number's source text.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self.scalar()? {
            Scalar::String(text) => Some(text),
            Scalar::Number(number) => Some(Cow::Borrowed(number)),
            Scalar::Boolean(_) => None,
        }
    }

    pub(crate) fn string(self) -> Option<String> {
        self.text().map(Cow::into_owned)
    }

    /// A copy that can be kept.
    pub(crate) fn to_raw(self) -> Box<RawValue> {
        self.0.to_owned()
    }

    /// A non-negative integer, from a number or a string of digits.
    pub(crate) fn number(self) -> Option<u64> {
        self.text()?.parse().ok()
    }

    /// An id, from a string or a number. Discord sends 0 for "none".
    pub(crate) fn id<T: From<NonZeroU64>>(self) -> Option<T> {
        id_from_number(self.number()?)
    }
}

impl<'a> Object<'a> {
    /// Parses a JSON object.
    pub(crate) fn parse(json: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Json<'a>> {
        self.fields().rfind(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// All fields in file order, with duplicates.
    pub(crate) fn fields(&self) -> impl DoubleEndedIterator<Item = (&str, Json<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The first key that occurs a second time.
    pub(crate) fn duplicate_key(&self) -> Option<&str> {
        let mut seen = HashSet::new();
        self.fields().map(|(name, _)| name).find(|name| !seen.insert(*name))
    }

    pub(crate) fn object(&self, name: &str) -> Object<'a> {
        self.get(name).map(Json::object).unwrap_or_default()
    }

    pub(crate) fn items(&self, name: &str) -> Vec<Json<'a>> {
        self.get(name).map(Json::items).unwrap_or_default()
    }

    pub(crate) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name)?.text()
    }

    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.get(name)?.string()
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.number()
    }

    pub(crate) fn id<T: From<NonZeroU64>>(&self, name: &str) -> Option<T> {
        self.get(name)?.id()
    }

    /// A bit set, from a string or a number. Unknown bits are kept.
    pub(crate) fn permissions(&self, name: &str) -> Option<Permissions> {
        self.number(name).map(Permissions::from_bits_retain)
    }

    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        match self.get(name)?.scalar()? {
            Scalar::Boolean(flag) => Some(flag),
            _ => None,
        }
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.boolean(name) == Some(true)
    }
}

impl<'a> From<&'a RawValue> for Json<'a> {
    fn from(raw: &'a RawValue) -> Self {
        Self(raw)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de RawValue>::deserialize(deserializer).map(Json)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Object<'de>, M::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some((LossyText(name), value)) = map.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for LossyText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = LossyText<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<LossyText<'de>, E> {
                // Faster than `from_utf8_lossy`, for the names of all fields.
                Ok(LossyText(match str::from_utf8(bytes) {
                    Ok(text) => Cow::Borrowed(text),
                    Err(_) => String::from_utf8_lossy(bytes),
                }))
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<LossyText<'de>, E> {
                Ok(LossyText(Cow::Owned(without_surrogates(bytes.to_vec()))))
            }
        }
        // serde_json accepts lone surrogates only when deserializing bytes; as a string it rejects
        // the text.
        deserializer.deserialize_bytes(Bytes)
    }
}

/// Replaces each encoded surrogate by U+FFFD, which is three bytes long as well.
fn without_surrogates(mut bytes: Vec<u8>) -> String {
    for at in 0..bytes.len().saturating_sub(2) {
        if bytes[at] == 0xed && bytes[at + 1] >= 0xa0 {
            bytes[at..at + 3].copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_lone_surrogates_replaced() {
        let table: &[(&str, Option<&str>)] = &[
            ("", Some("")),
            ("plain", Some("plain")),
            (r#"\"a\\b\/c\n\t\b\f\r"#, Some("\"a\\b/c\n\t\u{8}\u{c}\r")),
            (r"\u041a\u0438\u0457\u0432", Some("Київ")),
            (r"\uD83D\uDE00!", Some("😀!")),
            (r"\ud83d", Some("\u{fffd}")),
            (r"\ud83d\ud83d\ude00", Some("\u{fffd}😀")),
            (r"\ude00\ud83d", Some("\u{fffd}\u{fffd}")),
            (r"\ud83dx\n", Some("\u{fffd}x\n")),
            (r"\ud83d\u0041", Some("\u{fffd}A")),
            (r"\ud7ff\ue000", Some("\u{d7ff}\u{e000}")),
            (r"a\u0000b", Some("a\0b")),
            (r"\u12", None),
            (r"\u12g4", None),
            (r"\u+123", None),
            (r"\x41", None),
            (r"\", None),
        ];
        for (quoted, expected) in table {
            let json = format!("\"{quoted}\"");
            let text = serde_json::from_str(&json).ok().map(|LossyText(text)| text);
            assert_eq!(text.as_deref(), *expected, "{quoted}");
        }
    }
}
