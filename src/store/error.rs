//! Why what is kept cannot be read, or something cannot be kept, as far as it can be said to people.

use std::fmt;

/// Why something could not be read or kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// It is not open yet.
    Opening,
    /// The database cannot be reached.
    Away,
    /// It did not answer in time. What was to be written may be written, or not.
    TooSlow,
    /// Another program has it locked.
    Locked,
    /// It may be read, but not written.
    ReadOnly,
    /// The disk is full.
    Full,
    /// The file is damaged, or no database.
    Damaged,
    /// The file was deleted or replaced while it was open.
    Moved,
    /// Something else, which the log has.
    Other,
}

impl StoreError {
    /// The name of the sentence that tells it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Opening => "trouble-opening",
            Self::Away => "trouble-away",
            Self::TooSlow => "trouble-too-slow",
            Self::Locked => "trouble-locked",
            Self::ReadOnly => "trouble-read-only",
            Self::Full => "trouble-full",
            Self::Damaged => "trouble-damaged",
            Self::Moved => "trouble-moved",
            Self::Other => "trouble-other",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opening => "the database is not open yet",
            Self::Away => "the database cannot be reached",
            Self::TooSlow => "the database did not answer in time",
            Self::Locked => "another program has locked the database",
            Self::ReadOnly => "the database cannot be written",
            Self::Full => "the disk of the database is full",
            Self::Damaged => "the database is damaged",
            Self::Moved => {
                "the file of the database was deleted or replaced: put it back, or start again with what is there"
            }
            Self::Other => "the database refuses",
        })
    }
}

impl std::error::Error for StoreError {}
