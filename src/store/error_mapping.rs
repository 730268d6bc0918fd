//! What an error of a database means for people.

use super::file::Moved;
use crate::store::StoreError;

/// What an error of the database means.
pub(super) fn trouble_of(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Away,
        // All connections are in use, which says nothing of the database.
        sqlx::Error::PoolTimedOut => StoreError::TooSlow,
        sqlx::Error::Database(error) => {
            error.code().map_or(StoreError::Other, |code| of_code(&code))
        }
        sqlx::Error::Migrate(error) => match &**error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => trouble_of(error),
            _ => StoreError::Other,
        },
        sqlx::Error::Configuration(error) if error.is::<Moved>() => StoreError::Moved,
        _ => StoreError::Other,
    }
}

/// What a code of SQLite (<https://sqlite.org/rescode.html>, of which the last byte tells the sort) or PostgreSQL
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>, five characters) means.
fn of_code(code: &str) -> StoreError {
    match code.parse() {
        Ok(number) if code.len() < 5 => of_sqlite(number),
        _ => of_sqlstate(code),
    }
}

fn of_sqlite(code: u32) -> StoreError {
    match code & 0xff {
        5 | 6 => StoreError::Locked,
        8 => StoreError::ReadOnly,
        10 | 14 => StoreError::Away,
        11 | 26 => StoreError::Damaged,
        13 => StoreError::Full,
        _ => StoreError::Other,
    }
}

fn of_sqlstate(code: &str) -> StoreError {
    match code {
        "25006" => StoreError::ReadOnly,
        "53100" => StoreError::Full,
        "55P03" | "40P01" => StoreError::Locked,
        "XX001" | "XX002" => StoreError::Damaged,
        // A statement that took too long was cancelled; more connections are open than there may be.
        "57014" | "53300" => StoreError::TooSlow,
        // It shuts down, starts up, has no memory, or knows no such user or database.
        _ if matches!(code.get(..2), Some("08" | "28" | "3D" | "53" | "57")) => StoreError::Away,
        _ => StoreError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_are_told_apart() {
        for (code, trouble) in [
            ("5", StoreError::Locked),
            ("517", StoreError::Locked),
            ("8", StoreError::ReadOnly),
            ("1032", StoreError::ReadOnly),
            ("13", StoreError::Full),
            ("11", StoreError::Damaged),
            ("26", StoreError::Damaged),
            ("14", StoreError::Away),
            ("6410", StoreError::Away),
            ("1", StoreError::Other),
            ("57P01", StoreError::Away),
            ("53300", StoreError::TooSlow),
            ("57014", StoreError::TooSlow),
            ("53100", StoreError::Full),
            ("08006", StoreError::Away),
            ("25006", StoreError::ReadOnly),
            ("42601", StoreError::Other),
            ("XX001", StoreError::Damaged),
        ] {
            assert_eq!(of_code(code), trouble, "{code}");
        }
    }
}
