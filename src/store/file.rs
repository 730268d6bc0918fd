//! Detects that the database file was deleted or replaced. SQLite does not: it keeps writing to a
//! deleted file, and all changes would be lost at the next start.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use parking_lot::Mutex;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};

/// A database file and its write-ahead log.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    log_path: PathBuf,
    state: Mutex<FileState>,
}

#[derive(Debug, Default)]
struct FileState {
    /// Set once the schema is migrated.
    file: Option<FileId>,
    /// Set with each new writing connection, as SQLite deletes the log with its last connection.
    log: Option<FileId>,
    /// The modification time of the file when it was last read.
    modified: Option<SystemTime>,
}

/// Device and inode numbers.
type FileId = (u64, u64);

/// The path no longer leads to the open file.
#[derive(Debug, thiserror::Error)]
#[error("the database file was deleted or replaced")]
pub(super) struct FileReplaced;

impl DatabaseFile {
    pub(super) fn new(path: &Path) -> Self {
        let mut log_path = path.as_os_str().to_owned();
        log_path.push("-wal");
        Self { path: path.to_owned(), log_path: log_path.into(), state: Mutex::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Resets the log's identity for a new writing connection.
    pub(super) fn on_connect(&self) {
        self.state.lock().log = None;
    }

    /// Checks that the next start would open this file. Called before each write, and again before
    /// it is acknowledged.
    pub(super) async fn check(&self) -> Result<(), sqlx::Error> {
        let found = std::fs::metadata(&self.path);
        let log = std::fs::metadata(&self.log_path);
        let modified = found.as_ref().ok().and_then(|found| found.modified().ok());
        {
            let mut state = self.state.lock();
            let state = &mut *state;
            is_same(&mut state.file, found.ok())?;
            is_same(&mut state.log, log.ok())?;
            if state.modified == modified {
                return Ok(());
            }
        }
        self.read().await?;
        self.state.lock().modified = modified;
        Ok(())
    }

    /// Reads the file over a new connection: the open ones still have its old content cached.
    async fn read(&self) -> Result<(), sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(&self.path).read_only(true);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        match connection.execute("select count(*) from guild where guild_id = 0").await {
            // SQLITE_ERROR: the table is missing.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("1") => {
                Err(sqlx::Error::Configuration(Box::new(FileReplaced)))
            }
            done => done.map(drop),
        }
    }
}

/// Compares a file with the one seen before, if any.
fn is_same(state: &mut Option<FileId>, found: Option<Metadata>) -> Result<(), sqlx::Error> {
    let found = found.map(|found| id(&found));
    if state.is_some() && *state != found {
        return Err(sqlx::Error::Configuration(Box::new(FileReplaced)));
    }
    *state = found;
    Ok(())
}

#[cfg(unix)]
fn id(file: &Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

/// Other systems do not allow an open file to be deleted or replaced.
#[cfg(not(unix))]
fn id(_: &Metadata) -> FileId {
    (0, 0)
}
