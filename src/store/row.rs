//! Rows as structs, and columns as the types of the rest of the crate.
//!
//! A column that holds no value of its type, such as an id of 0 that somebody wrote by hand, makes its row unreadable: it is never
//! replaced by another value. This stands in for sqlx's derive macro, for which the drivers would be compiled a second time.

use std::num::NonZeroU64;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::digest::{Content, Days, DigestId, RunState, TimeOfDay, Zone};
use crate::guild::{
    ChannelId, Elsewhere, GuildId, MessageId, RoleId, Rule, UserId, id_from_number,
};

/// A row that both engines have.
pub(super) trait EngineRow:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> EngineRow for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

/// A type that a column is read as.
pub(super) trait FromColumn: Sized {
    /// The type of the column: a number or a text.
    type Stored;

    /// Reads a value; `None` if this version does not know such a value.
    fn from_column(stored: Self::Stored) -> Option<Self>;
}

/// Reads a column by its name.
pub(super) fn read_column<'r, R, T>(row: &'r R, name: &'static str) -> sqlx::Result<T>
where
    R: Row,
    &'static str: ColumnIndex<R>,
    T: FromColumn,
    T::Stored: Decode<'r, R::Database> + Type<R::Database>,
{
    T::from_column(row.try_get(name)?).ok_or_else(|| sqlx::Error::ColumnDecode {
        index: name.to_owned(),
        source: "it holds a value that this version does not know".into(),
    })
}

/// Defines structs that are read from the columns of the same names.
macro_rules! rows {
    ($($(#[$meta:meta])* struct $row:ident { $($field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub(super) struct $row {
            $(pub(super) $field: $type),*
        }

        impl<'r, R> sqlx::FromRow<'r, R> for $row
        where
            R: sqlx::Row,
            &'static str: sqlx::ColumnIndex<R>,
            i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
            String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self { $($field: $crate::store::row::read_column(row, stringify!($field))?),* })
            }
        }
    )*};
}

pub(super) use rows;

/// A row that may be unreadable, in a list of which the others are still of use.
#[derive(Debug)]
pub(super) struct Checked<T>(sqlx::Result<T>);

impl<T> Checked<T> {
    /// The row; where it is unreadable, the log says which column is to blame.
    pub(super) fn readable(self, table: &'static str) -> Option<T> {
        let report = |error: &sqlx::Error| tracing::error!(table, %error, "a row is unreadable");
        self.0.inspect_err(report).ok()
    }
}

impl<'r, R: Row, T: FromRow<'r, R>> FromRow<'r, R> for Checked<T> {
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self(T::from_row(row)))
    }
}

/// Columns of two kinds in one row.
#[derive(Debug)]
pub(super) struct Joined<A, B>(pub(super) A, pub(super) B);

impl<'r, R: Row, A: FromRow<'r, R>, B: FromRow<'r, R>> FromRow<'r, R> for Joined<A, B> {
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self(A::from_row(row)?, B::from_row(row)?))
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
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
    bool: i64 = |number| Some(number != 0);
    u16: i64 = |number| number.try_into().ok();
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
    RunState: String = |name| RunState::from_name(&name);
    Elsewhere: String = |name| Elsewhere::from_name(&name);
    Rule: String = |name| Rule::from_name(&name);
}

fn id<Id: From<NonZeroU64>>(number: i64) -> Option<Id> {
    id_from_number(number.try_into().ok()?).ok()
}
