//! Columns as the types of the rest of the crate.
//!
//! Every column holds a number or a text. One that holds no value of its type, such as an id of 0 that somebody wrote by hand, makes
//! its row unreadable: it is never replaced by another value.

use std::num::NonZeroU64;

use serde::de::DeserializeOwned;
use sqlx::{Decode, Postgres, Sqlite, Type};

use crate::digest::{Content, Days, DigestId, Fault, Publish, RunState, TimeOfDay, Zone};
use crate::guild::{
    ChannelId, Elsewhere, GuildId, MessageId, PACE_MAX, RoleId, Rule, UserId, id_from_number,
};

/// A value for a column. PostgreSQL wants to know the type of a null.
#[derive(Clone)]
pub(super) enum Value {
    Number(Option<i64>),
    Text(Option<String>),
}

/// The values of `$1`, `$2` and so on.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::column::Value::from($value)),*] };
}

pub(super) use params;

/// What both engines store: a number or a text, or either or a null.
pub(super) trait Stored:
    for<'r> Decode<'r, Sqlite>
    + Type<Sqlite>
    + for<'r> Decode<'r, Postgres>
    + Type<Postgres>
    + DeserializeOwned
{
}

impl<T> Stored for T where
    T: for<'r> Decode<'r, Sqlite>
        + Type<Sqlite>
        + for<'r> Decode<'r, Postgres>
        + Type<Postgres>
        + DeserializeOwned
{
}

/// A type that a column is read as.
pub(super) trait FromColumn: Sized {
    type Stored: Stored;

    /// Reads a value; `None` if this version does not know such a value.
    fn from_column(stored: Self::Stored) -> Option<Self>;
}

impl<T: FromColumn> FromColumn for Option<T>
where
    Option<T::Stored>: Stored,
{
    type Stored = Option<T::Stored>;

    fn from_column(stored: Self::Stored) -> Option<Self> {
        match stored {
            Some(stored) => T::from_column(stored).map(Some),
            None => Some(None),
        }
    }
}

macro_rules! columns {
    ($($type:ty: $stored:ty = $read:expr;)*) => {$(
        impl FromColumn for $type {
            type Stored = $stored;

            fn from_column(stored: $stored) -> Option<Self> {
                let read: fn($stored) -> Option<Self> = $read;
                read(stored)
            }
        }
    )*};
}

columns! {
    i64: i64 = Some;
    String: String = Some;
    bool: i64 = |number| matches!(number, 0 | 1).then_some(number == 1);
    // Answers a minute.
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
    Content: String = |text| text.parse().ok();
    RunState: String = |name| name.parse().ok();
    Elsewhere: String = |name| Elsewhere::from_name(&name);
    Rule: String = |name| Rule::from_name(&name);
    // The instant at which it is due is another column.
    Publish: String = |name| Some(match &*name {
        "" => Publish::No,
        "due" => Publish::Due(0),
        "done" => Publish::Done,
        "failed" => Publish::Failed,
        _ => return None,
    });
}

fn id<Id: From<NonZeroU64>>(number: i64) -> Option<Id> {
    id_from_number(number.try_into().ok()?).ok()
}

macro_rules! number_values {
    ($($type:ty: $number:expr;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::from(Some(value))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                let number: fn($type) -> i64 = $number;
                Self::Number(value.map(number))
            }
        }
    )*};
}

// Discord's ids fit into a signed column until the year 2084.
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

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

/// No fault is an empty text.
impl From<Option<Fault>> for Value {
    fn from(fault: Option<Fault>) -> Self {
        Self::from(fault.map(|fault| fault.to_string()).unwrap_or_default())
    }
}
