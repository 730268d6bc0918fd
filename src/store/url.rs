//! The database address: `sqlite:dossier.db` or `postgres://…`. It may contain a password, so its
//! text is never shown.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
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
        let (scheme, rest) = url.split_once(':').unwrap_or_default();
        match (scheme.to_ascii_lowercase().as_str(), rest.strip_prefix("//")) {
            ("sqlite", path) => return parse_path(path.unwrap_or(rest)).map(Self::Sqlite),
            ("postgres" | "postgresql", Some(rest)) => return parse_postgres(url, rest),
            _ => {}
        }
        ensure!(
            !url.starts_with(['"', '\'', '`', '“', '‘']),
            "`store.url` has quotation marks; write it without them"
        );
        bail!("`store.url` must begin with sqlite: or postgres://")
    }

    /// Checks that the file could be a database of SQLite, whoever runs the bot. Retries would not
    /// help where its folder is missing or where it is another kind of file.
    ///
    /// # Errors
    ///
    /// If it could not. The message names the path.
    pub fn check_file(&self) -> anyhow::Result<()> {
        let Self::Sqlite(path) = self else {
            return Ok(());
        };
        let (shown, folder) = (path.display(), folder(path));
        let has_folder = match fs::metadata(&folder) {
            Ok(found) => found.is_dir(),
            Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        };
        ensure!(
            has_folder,
            "there is no folder {} for the database {shown}; {NAMED_BY}",
            folder.display()
        );
        ensure!(!path.is_dir(), "the database {shown} is a folder; {NAMED_BY}");
        let is_database = match fs::metadata(path) {
            Ok(found) if found.is_file() => has_header(path),
            found => found.is_err(),
        };
        ensure!(is_database, "{shown} is not a SQLite database; {NAMED_BY}");
        Ok(())
    }

    /// Checks, beyond [`StoreUrl::check_file`], that this user may open the file and create others
    /// beside it, as SQLite does. Whatever may pass, such as a full disk, is left to SQLite.
    ///
    /// # Errors
    ///
    /// If the user may not. The message names the path.
    pub fn check_access(&self) -> anyhow::Result<()> {
        self.check_file()?;
        let Self::Sqlite(path) = self else {
            return Ok(());
        };
        // A database that cannot be written can still be read.
        let is_empty = fs::metadata(path).is_ok_and(|file| file.len() == 0);
        let opened = match OpenOptions::new().read(true).write(is_empty).open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            opened => opened.map(drop),
        };
        require(opened, &format!("open the database {}", path.display()))?;
        let folder = folder(path);
        let created = tempfile::tempfile_in(&folder).map(drop);
        require(created, &format!("create files in {}, as SQLite must", folder.display()))
    }
}

/// Parses an address of PostgreSQL, given also without its scheme.
fn parse_postgres(url: &str, rest: &str) -> anyhow::Result<StoreUrl> {
    // Where a password ends early, its end would be a part of the host or the database, which are
    // shown.
    let (_, path) = rest.split_once(['/', '?', '#']).unwrap_or_default();
    ensure!(
        !path.contains('@'),
        "`store.url` has characters in its user or password that must be percent-encoded: write @ as %40, / as %2F, ? as %3F and # as %23"
    );
    // The parser's error may quote the password.
    let options = PgConnectOptions::from_str(url).ok();
    options.map(|options| StoreUrl::Postgres(Box::new(options))).context(
        "`store.url` is not a PostgreSQL address such as postgres://user:password@host/database",
    )
}

/// Parses what follows `sqlite:` or `sqlite://`. The message never shows it: another address may
/// hold a password.
fn parse_path(path: &str) -> anyhow::Result<PathBuf> {
    let refused = [
        (path.is_empty() || path.ends_with('/') || path.contains("://"), ""),
        (path.contains('?'), "; parameters after a question mark are not supported"),
        (
            path.contains(":memory:"),
            "; a database in memory would be lost at the next start, and is not supported",
        ),
        // Shells expand it only at the start of a word.
        (path.starts_with('~'), "; write the path of your home folder in place of ~"),
        // SQLite would open another file.
        (path.starts_with("file:"), "; leave out file:"),
    ];
    match refused.into_iter().find(|(is_refused, _)| *is_refused) {
        Some((_, why)) => bail!("`store.url` must name a file, as in sqlite:dossier.db{why}"),
        None => Ok(PathBuf::from(path)),
    }
}

/// The folder in which SQLite creates its files: it follows links.
fn folder(path: &Path) -> PathBuf {
    let followed = fs::canonicalize(path)
        .or_else(|_| fs::read_link(path).map(|target| path.with_file_name(target)));
    let file = followed.unwrap_or_else(|_| path.to_owned());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

/// Whether a file begins like a database, or may become one. An unreadable file may.
fn has_header(path: &Path) -> bool {
    let mut start = Vec::new();
    if let Ok(file) = File::open(path) {
        drop(file.take(HEADER.len() as u64).read_to_end(&mut start));
    }
    start.is_empty() || start == HEADER
}

/// Reports an error that lasts until an operator acts.
fn require(done: io::Result<()>, what: &str) -> anyhow::Result<()> {
    match done {
        Err(error) if is_lasting(error.kind()) => Err(error).with_context(|| {
            format!("cannot {what}; allow it to this user, or name another file in `store.url` or DATABASE_URL")
        }),
        _ => Ok(()),
    }
}

fn is_lasting(error: ErrorKind) -> bool {
    use ErrorKind::{
        InvalidFilename, InvalidInput, NotADirectory, NotFound, PermissionDenied,
        ReadOnlyFilesystem,
    };
    matches!(
        error,
        NotFound
            | NotADirectory
            | PermissionDenied
            | ReadOnlyFilesystem
            | InvalidInput
            | InvalidFilename
    )
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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
            ("sqlite:data/", None),
            ("sqlite:file:dossier.db", None),
            ("sqlite:postgres://me:hidden@db.local/dossier", None),
            ("postgres://me:hid den@:x/", None),
            ("POSTGRES://me:hidden@db.local/dossier", Some("postgres://db.local/dossier")),
            ("postgres://me:%40hidden%2F@db.local/dossier", Some("postgres://db.local/dossier")),
            ("postgres://me:a@hidden@db.local/dossier", Some("postgres://db.local/dossier")),
            ("SQLite:typo.db", Some("sqlite:typo.db")),
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
    fn an_address_that_is_not_supported_is_refused_with_what_to_write() {
        for (url, sentence) in [
            ("postgres://me:S3cret@hidden/word@127.0.0.1:1/x", "percent-encoded: write @ as %40"),
            ("postgres://me:12/hidden@db.local/x", "percent-encoded"),
            ("postgres://me:12?hidden@db.local/x", "percent-encoded"),
            ("postgresql://me:12#hidden@db.local/x", "percent-encoded"),
            ("postgres://me:a@b?hidden@db.local/x", "percent-encoded"),
            ("postgres://me:hidden/@db.local", "percent-encoded"),
            ("sqlite:hidden.db?mode=rwc", "parameters after a question mark are not supported"),
            ("sqlite://hidden.db?mode=memory", "parameters after a question mark"),
            ("sqlite::memory:", "a database in memory would be lost"),
            ("sqlite://:memory:", "a database in memory would be lost"),
            ("sqlite:file::memory:", "a database in memory would be lost"),
            ("sqlite:~/hidden.db", "your home folder in place of ~"),
            ("SQLITE:~/hidden.db", "your home folder in place of ~"),
            ("sqlite:file:hidden.db", "leave out file:"),
            ("mysql:hidden", "must begin with sqlite: or postgres://"),
            ("postgres:hidden@db.local/x", "must begin with sqlite: or postgres://"),
        ] {
            let refused = StoreUrl::parse(url).expect_err(url).to_string();
            assert!(refused.contains(sentence) && !refused.contains("hidden"), "{refused}");
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
            ("text.db", Some("is not a SQLite database")),
            ("long.db", Some("is not a SQLite database")),
            ("folder.db", Some("is a folder")),
            ("nowhere/x.db", Some("there is no folder")),
            ("text.db/x.db", Some("there is no folder")),
        ] {
            let path = folder.join(file).display().to_string();
            let url = StoreUrl::parse(&format!("sqlite:{path}")).expect("an address");
            let error = url.check_access().err().map(|error| error.to_string());
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
