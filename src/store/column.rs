//! Conversions between columns and the types of the crate.
//!
//! Every column holds a number or a text. A value that its type does not allow, such as an id of 0
//! in a hand-edited database, makes the row unreadable; it is never replaced by a default.

use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::digest::{Content, Days, DigestId, Fault, Publish, RunState, TimeOfDay, Zone};
use crate::guild::{
    ChannelId, Elsewhere, GuildId, MessageId, PACE_MAX, RoleId, Rule, UserId, id_from_number,
};

/// A value of a column. PostgreSQL needs the type of a null that is bound.
#[derive(Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum DbValue {
    Number(Option<i64>),
    Text(Option<String>),
}

/// The values bound to `$1`, `$2` and so on.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::column::DbValue::from($value)),*] };
}

pub(super) use params;

/// A type that a column can be read as.
pub(super) trait FromColumn: Sized {
    /// Converts a stored value; `None` if it is invalid or from a later version.
    fn from_column(stored: DbValue) -> Option<Self>;
}

impl FromColumn for DbValue {
    fn from_column(stored: DbValue) -> Option<Self> {
        Some(stored)
    }
}

impl FromColumn for i64 {
    fn from_column(stored: DbValue) -> Option<Self> {
        match stored {
            DbValue::Number(number) => number,
            DbValue::Text(_) => None,
        }
    }
}

impl FromColumn for String {
    fn from_column(stored: DbValue) -> Option<Self> {
        match stored {
            DbValue::Text(text) => text,
            DbValue::Number(_) => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(stored: DbValue) -> Option<Self> {
        match stored {
            DbValue::Number(None) | DbValue::Text(None) => Some(None),
            stored => T::from_column(stored).map(Some),
        }
    }
}

/// Types with the stored type that they are read from, and how.
macro_rules! columns {
    ($($type:ty: $stored:ty = $read:expr;)*) => {$(
        impl FromColumn for $type {
            fn from_column(stored: DbValue) -> Option<Self> {
                let read: fn($stored) -> Option<Self> = $read;
                read(<$stored>::from_column(stored)?)
            }
        }
    )*};
}

pub(super) use columns;

columns! {
    bool: i64 = |number| matches!(number, 0 | 1).then_some(number == 1);
    // The pace of answers, per minute.
    u16: i64 = |number| number.try_into().ok().filter(|pace| *pace <= PACE_MAX);
    u64: i64 = |number| number.try_into().ok();
    GuildId: i64 = id;
    ChannelId: i64 = id;
    RoleId: i64 = id;
    MessageId: i64 = id;
    UserId: i64 = id;
    DigestId: i64 = DigestId::from_number;
    TimeOfDay: i64 = TimeOfDay::from_minutes;
    Days: i64 = Days::from_bits;
    Zone: String = |name| Zone::from_name(&name);
    Content: String = parse;
    RunState: String = parse;
    Elsewhere: String = parse;
    Rule: String = parse;
    // The time at which it is due is in a column of its own.
    Publish: String = parse;
}

fn parse<T: FromStr>(name: String) -> Option<T> {
    name.parse().ok()
}

fn id<Id: From<NonZeroU64>>(number: i64) -> Option<Id> {
    id_from_number(number.try_into().ok()?)
}

macro_rules! number_values {
    ($($type:ty: $number:expr;)*) => {$(
        impl From<$type> for DbValue {
            fn from(value: $type) -> Self {
                Self::from(Some(value))
            }
        }

        impl From<Option<$type>> for DbValue {
            fn from(value: Option<$type>) -> Self {
                let number: fn($type) -> i64 = $number;
                Self::Number(value.map(number))
            }
        }
    )*};
}

// Snowflakes fit into a signed 64-bit column until 2084.
number_values! {
    i64: |number| number;
    u64: u64::cast_signed;
    usize: |count| count as i64;
    bool: i64::from;
    GuildId: |id| id.get().cast_signed();
    ChannelId: |id| id.get().cast_signed();
    RoleId: |id| id.get().cast_signed();
    MessageId: |id| id.get().cast_signed();
    UserId: |id| id.get().cast_signed();
    DigestId: DigestId::number;
}

impl From<Option<String>> for DbValue {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<String> for DbValue {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for DbValue {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

/// Stored as an empty text if there is no fault.
impl From<Option<Fault>> for DbValue {
    fn from(fault: Option<Fault>) -> Self {
        Self::from(fault.map(|fault| fault.to_string()).unwrap_or_default())
    }
}
