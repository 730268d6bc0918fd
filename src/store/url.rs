//! The database address: `sqlite:dossier.db` or `postgres://…`. It may contain a password, so its
//! text is never shown.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use sqlx::postgres::PgConnectOptions;

/// The [header](https://sqlite.org/fileformat.html#magic_header_string) of an SQLite file.
const HEADER: &[u8] = b"SQLite format 3\0";

/// How an operator can name another file.
const NAMED_BY: &str = "`store.url` or DATABASE_URL names it";

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
        ensure!(
            !url.starts_with(['"', '\'', '`', '“', '‘']),
            "`store.url` has quotation marks; write it without them"
        );
        bail!("`store.url` has to begin with sqlite: or postgres://")
    }

    /// Checks that SQLite could open the file: retries would not help where its folder is missing or
    /// where it is another kind of file. A new or unreadable file is left to SQLite.
    ///
    /// # Errors
    ///
    /// If it could not. The message names the path.
    pub fn check_file(&self) -> anyhow::Result<()> {
        let Self::Sqlite(path) = self else {
            return Ok(());
        };
        let shown = path.display();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| matches!(folder.try_exists(), Ok(false))) {
            bail!("there is no folder {} for the database {shown}; {NAMED_BY}", folder.display());
        }
        ensure!(!path.is_dir(), "the database {shown} is a folder; {NAMED_BY}");
        let mut start = Vec::new();
        if path.is_file()
            && let Ok(file) = File::open(path)
        {
            drop(file.take(HEADER.len() as u64).read_to_end(&mut start));
        }
        ensure!(
            start.is_empty() || start == HEADER,
            "{shown} is no database of SQLite; {NAMED_BY}"
        );
        Ok(())
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
            ("\"postgres://me:hidden@db.local/dossier\"", None),
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

    #[test]
    fn a_file_that_sqlite_cannot_open_is_named() {
        let folder = std::env::temp_dir().join(format!("dossier-url-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("folder.db")).expect("a folder");
        std::fs::write(folder.join("empty.db"), "").expect("a file");
        std::fs::write(folder.join("text.db"), "A text.").expect("a file");
        std::fs::write(folder.join("long.db"), "A text that is longer.").expect("a file");
        std::fs::write(folder.join("real.db"), "SQLite format 3\0and more").expect("a file");
        for (file, expected) in [
            ("new.db", None),
            ("empty.db", None),
            ("real.db", None),
            ("text.db", Some("is no database of SQLite")),
            ("long.db", Some("is no database of SQLite")),
            ("folder.db", Some("is a folder")),
            ("nowhere/x.db", Some("there is no folder")),
        ] {
            let path = folder.join(file).display().to_string();
            let url = StoreUrl::parse(&format!("sqlite:{path}")).expect("an address");
            let error = url.check_file().err().map(|error| error.to_string());
            assert_eq!(error.is_some(), expected.is_some(), "{file}: {error:?}");
            if let (Some(error), Some(expected)) = (error, expected) {
                assert!(error.contains(expected) && error.contains(&path), "{error}");
            }
        }
        std::fs::remove_dir_all(&folder).expect("a folder to remove");
        let url = StoreUrl::parse("sqlite:beside.db").expect("an address");
        assert!(url.check_file().is_ok());
    }
}
