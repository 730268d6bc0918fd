//! The database address: `sqlite:dossier.db` or `postgres://…`. It may contain a password, so its
//! text is never shown.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use sqlx::postgres::PgConnectOptions;

/// The address of a database.
#[derive(Clone)]
pub enum StoreUrl {
    /// The path of an SQLite file.
    Sqlite(PathBuf),
    /// The connection options of PostgreSQL.
    Postgres(Box<PgConnectOptions>),
}

impl StoreUrl {
    /// Parses an address.
    ///
    /// # Errors
    ///
    /// If it is invalid. The message shows an example and never the input, which may hold a
    /// password.
    pub fn parse(url: &str) -> anyhow::Result<Self> {
        let url = url.trim();
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            ensure!(
                !path.is_empty() && path != ":memory:" && !path.contains('?'),
                "`store.url` has to name a file, as in sqlite:dossier.db"
            );
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The parser's error may quote the password.
            let options = PgConnectOptions::from_str(url).ok();
            return options
                .map(|options| Self::Postgres(Box::new(options)))
                .context("`store.url` is no address of PostgreSQL; one is like postgres://user:password@host/database");
        }
        bail!("`store.url` has to begin with sqlite: or postgres://")
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}

/// The address without its password, for the log.
impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(options) => write!(
                f,
                "postgres://{}/{}",
                options.get_host(),
                options.get_database().unwrap_or_default()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StoreUrl;

    #[test]
    fn an_address_is_parsed_and_its_password_never_shown() {
        for (url, shown) in [
            ("sqlite:dossier.db", Some("sqlite:dossier.db")),
            ("sqlite:///var/lib/dossier/dossier.db", Some("sqlite:/var/lib/dossier/dossier.db")),
            ("postgres://me:hidden@db.local/dossier", Some("postgres://db.local/dossier")),
            ("postgresql://me:hidden@db.local/dossier", Some("postgres://db.local/dossier")),
            ("sqlite:", None),
            ("sqlite::memory:", None),
            ("postgres://me:hid den@:x/", None),
            ("mysql://hidden", None),
            ("", None),
        ] {
            match (StoreUrl::parse(url), shown) {
                (Ok(read), Some(shown)) => {
                    assert_eq!(read.to_string(), shown);
                    assert!(!format!("{read:?}").contains("hidden"));
                }
                (Err(error), None) => {
                    assert!(!format!("{error:#}").contains("hidden"), "{error:#}")
                }
                (read, _) => panic!("{url}: {read:?}"),
            }
        }
    }
}
