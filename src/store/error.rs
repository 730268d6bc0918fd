//! Store errors, as shown to users.

use sqlx::migrate::MigrateError;

use super::file::FileReplaced;

/// Why a read or a write failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, thiserror::Error)]
#[strum(serialize_all = "kebab-case")]
pub enum StoreError {
    #[error("the database is not open yet")]
    Opening,
    #[error("the database cannot be reached")]
    #[strum(serialize = "away")]
    Unreachable,
    /// A change may have been written or not.
    #[error("the database did not answer in time")]
    TooSlow,
    /// The database failed while it committed. A change may have been written or not.
    #[error("the database did not confirm the change")]
    OutcomeUnknown,
    #[error("the database is in use by another program or another change")]
    Locked,
    /// It can be read.
    #[error("the database cannot be written")]
    ReadOnly,
    #[error("the database's disk is full")]
    Full,
    /// The file is damaged or not a database, or a row is unreadable.
    #[error("the database is damaged")]
    Damaged,
    #[error(
        "the database file was deleted or replaced: put it back, or start again with what is there"
    )]
    Moved,
    /// The log has the cause.
    #[error("the database reported an error")]
    Other,
}

/// The result of an operation of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// The error of a transaction whose commit failed with this one. Some errors prove that nothing
    /// was committed; after a lost connection, or if the file was replaced, the outcome is unknown.
    pub(super) fn during_commit(self) -> Self {
        match self {
            Self::Full | Self::Locked | Self::ReadOnly | Self::TooSlow => self,
            _ => Self::OutcomeUnknown,
        }
    }

    /// The Fluent key of the sentence for users.
    pub fn key(self) -> String {
        let name: &str = self.into();
        format!("trouble-{name}")
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&sqlx::Error> for StoreError {
    fn from(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unreachable,
            // All connections are in use, which does not mean that the database is unreachable.
            sqlx::Error::PoolTimedOut => Self::TooSlow,
            sqlx::Error::Database(error) => {
                error.code().map_or(Self::Other, |code| from_code(&code))
            }
            sqlx::Error::ColumnDecode { .. } => Self::Damaged,
            sqlx::Error::Migrate(error) => match &**error {
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                    Self::from(error)
                }
                _ => Self::Other,
            },
            sqlx::Error::Configuration(error) if error.is::<FileReplaced>() => Self::Moved,
            _ => Self::Other,
        }
    }
}

/// Maps an [SQLite result code](https://sqlite.org/rescode.html), a number whose last byte is the
/// primary code, or a [PostgreSQL error
/// code](https://www.postgresql.org/docs/current/errcodes-appendix.html), which has five
/// characters.
fn from_code(code: &str) -> StoreError {
    if let Ok(number) = code.parse::<u32>()
        && code.len() < 5
    {
        return match number & 0xff {
            5 | 6 => StoreError::Locked,
            8 => StoreError::ReadOnly,
            10 | 14 => StoreError::Unreachable,
            11 | 26 => StoreError::Damaged,
            13 => StoreError::Full,
            _ => StoreError::Other,
        };
    }
    match code {
        "25006" => StoreError::ReadOnly,
        "53100" => StoreError::Full,
        "55P03" | "40P01" => StoreError::Locked,
        "XX001" | "XX002" => StoreError::Damaged,
        // `query_canceled` by the statement timeout, or `too_many_connections`.
        "57014" | "53300" => StoreError::TooSlow,
        // Connection errors, shutdown, startup, lack of memory, invalid credentials or database.
        _ if matches!(code.get(..2), Some("08" | "28" | "3D" | "53" | "57")) => {
            StoreError::Unreachable
        }
        _ => StoreError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_during_a_commit_leaves_the_outcome_unknown() {
        for (error, expected) in [
            (StoreError::Unreachable, StoreError::OutcomeUnknown),
            (StoreError::Moved, StoreError::OutcomeUnknown),
            (StoreError::Full, StoreError::Full),
        ] {
            assert_eq!(error.during_commit(), expected);
        }
    }

    #[test]
    fn the_error_codes_of_both_engines_are_distinguished() {
        for (code, error) in [
            ("5", StoreError::Locked),
            ("517", StoreError::Locked),
            ("8", StoreError::ReadOnly),
            ("1032", StoreError::ReadOnly),
            ("13", StoreError::Full),
            ("11", StoreError::Damaged),
            ("26", StoreError::Damaged),
            ("14", StoreError::Unreachable),
            ("6410", StoreError::Unreachable),
            ("1", StoreError::Other),
            ("57P01", StoreError::Unreachable),
            ("53300", StoreError::TooSlow),
            ("57014", StoreError::TooSlow),
            ("53100", StoreError::Full),
            ("08006", StoreError::Unreachable),
            ("25006", StoreError::ReadOnly),
            ("42601", StoreError::Other),
            ("XX001", StoreError::Damaged),
        ] {
            assert_eq!(from_code(code), error, "{code}");
        }
    }
}
