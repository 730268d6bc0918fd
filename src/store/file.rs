//! Whether the file that SQLite has open is still the one that the next start will open. SQLite itself does not notice: it goes on
//! writing to a file that was deleted.

use std::fmt;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};

/// The file of a database, with its write-ahead log.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    log_path: PathBuf,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Since the schema was there.
    file: Option<FileId>,
    /// Since the connection that writes was made: with the last connection, SQLite deletes the log.
    log: Option<FileId>,
    /// When the file was last written, as of the last time that it was read.
    modified: Option<SystemTime>,
}

/// A device, and the number of a file there.
type FileId = (u64, u64);

/// The file is no longer where it was.
#[derive(Debug)]
pub(super) struct Moved;

impl DatabaseFile {
    pub(super) fn new(path: &Path) -> Self {
        let mut log_path = path.as_os_str().to_owned();
        log_path.push("-wal");
        Self { path: path.to_owned(), log_path: log_path.into(), seen: Mutex::default() }
    }

    /// Another connection is made to write.
    pub(super) fn connected(&self) {
        self.seen().log = None;
    }

    /// Makes sure that a start now would find what is written. It is to be asked before something is written, and again before that
    /// is acknowledged.
    ///
    /// # Errors
    ///
    /// If the file or its log was deleted or replaced, or cannot be read as a database.
    pub(super) async fn check(&self) -> Result<(), sqlx::Error> {
        let found = std::fs::metadata(&self.path);
        let log = std::fs::metadata(&self.log_path);
        let modified = found.as_ref().ok().and_then(|found| found.modified().ok());
        {
            let mut seen = self.seen();
            let seen = &mut *seen;
            is_same(&mut seen.file, found.ok())?;
            is_same(&mut seen.log, log.ok())?;
            if seen.modified == modified {
                return Ok(());
            }
        }
        self.read().await?;
        self.seen().modified = modified;
        Ok(())
    }

    /// Reads it on a connection of its own, as a start would: the others have in memory what was in it.
    async fn read(&self) -> Result<(), sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(&self.path).read_only(true);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        match connection.execute("select count(*) from guild where guild_id = 0").await {
            // There is no such table.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("1") => {
                Err(sqlx::Error::Configuration(Box::new(Moved)))
            }
            done => done.map(drop),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a file is the one that was seen before, if there was one.
fn is_same(seen: &mut Option<FileId>, found: Option<Metadata>) -> Result<(), sqlx::Error> {
    let found = found.map(|found| id(&found));
    if seen.is_some() && *seen != found {
        return Err(sqlx::Error::Configuration(Box::new(Moved)));
    }
    *seen = found;
    Ok(())
}

#[cfg(unix)]
fn id(file: &Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

/// An open file cannot be deleted or replaced there.
#[cfg(not(unix))]
fn id(_: &Metadata) -> FileId {
    (0, 0)
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file of the database was deleted or replaced")
    }
}

impl std::error::Error for Moved {}
