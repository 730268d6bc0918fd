//! Numbers as Discord writes them in JSON: ids and permissions as texts, types and flags as numbers. What stands there instead counts
//! as not sent.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A number that may be a text, or not be there.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(of(&Value::deserialize(deserializer)?))
}

/// The same, where none is zero.
pub(super) fn bits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(number(deserializer)?.unwrap_or_default())
}

/// A list of ids, which may not be there.
pub(super) fn ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    let listed = Option::<Vec<Value>>::deserialize(deserializer)?;
    Ok(listed.iter().flatten().filter_map(of).collect())
}

/// A list that may not be there.
pub(super) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn of(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64(),
    }
}
