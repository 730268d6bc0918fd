//! What an error of a database means for people.

use crate::guild::Trouble;

/// What an error of the database means.
pub(super) fn trouble_of(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed => Trouble::Away,
        sqlx::Error::Database(error) => error.code().map_or(Trouble::Other, |code| of_code(&code)),
        sqlx::Error::Migrate(error) => match &**error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => trouble_of(error),
            _ => Trouble::Other,
        },
        _ => Trouble::Other,
    }
}

/// What a code of SQLite (<https://sqlite.org/rescode.html>, of which the last byte tells the sort) or PostgreSQL
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>, five characters) means.
fn of_code(code: &str) -> Trouble {
    match code.parse() {
        Ok(number) if code.len() < 5 => of_sqlite(number),
        _ => of_sqlstate(code),
    }
}

fn of_sqlite(code: u32) -> Trouble {
    match code & 0xff {
        5 | 6 => Trouble::Locked,
        8 => Trouble::ReadOnly,
        10 | 14 => Trouble::Away,
        11 | 26 => Trouble::Damaged,
        13 => Trouble::Full,
        _ => Trouble::Other,
    }
}

fn of_sqlstate(code: &str) -> Trouble {
    match code {
        "25006" => Trouble::ReadOnly,
        "53100" => Trouble::Full,
        "55P03" | "40P01" => Trouble::Locked,
        "XX001" | "XX002" => Trouble::Damaged,
        // It shuts down, starts up, has no connection to give, or knows no such user or database.
        _ if matches!(code.get(..2), Some("08" | "28" | "3D" | "53" | "57")) => Trouble::Away,
        _ => Trouble::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_are_told_apart() {
        for (code, trouble) in [
            ("5", Trouble::Locked),
            ("517", Trouble::Locked),
            ("8", Trouble::ReadOnly),
            ("1032", Trouble::ReadOnly),
            ("13", Trouble::Full),
            ("11", Trouble::Damaged),
            ("26", Trouble::Damaged),
            ("14", Trouble::Away),
            ("6410", Trouble::Away),
            ("1", Trouble::Other),
            ("57P01", Trouble::Away),
            ("53300", Trouble::Away),
            ("53100", Trouble::Full),
            ("08006", Trouble::Away),
            ("25006", Trouble::ReadOnly),
            ("42601", Trouble::Other),
            ("XX001", Trouble::Damaged),
        ] {
            assert_eq!(of_code(code), trouble, "{code}");
        }
    }
}
