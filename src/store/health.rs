//! Whether the store can be used. Its trouble is told to the log when it begins and when it ends, and not in between.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error_mapping::trouble_of;
use crate::store::StoreError;

/// What is done with the database: it may be readable and yet not take a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
}

impl Use {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// What was last found of each use.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    reading: Option<StoreError>,
    writing: Option<StoreError>,
}

impl Found {
    fn of(&mut self, used: Use) -> &mut Option<StoreError> {
        match used {
            Use::Read => &mut self.reading,
            Use::Write => &mut self.writing,
        }
    }
}

impl Health {
    pub(super) fn trouble(&self) -> Option<StoreError> {
        let found = self.found();
        found.reading.or(found.writing)
    }

    /// Whether it cannot be reached, so that nobody has to wait for it.
    pub(super) fn is_away(&self) -> bool {
        let found = self.found();
        [found.reading, found.writing].contains(&Some(StoreError::Away))
    }

    /// Whether reading failed when it was last tried.
    pub(super) fn is_read_refused(&self) -> bool {
        self.is_away() || self.found().reading.is_some()
    }

    /// Whether writing failed when it was last tried, for a reason that may pass by itself.
    pub(super) fn is_write_refused(&self) -> bool {
        let lasts = |trouble| matches!(trouble, StoreError::Away | StoreError::Damaged);
        self.found().writing.is_some_and(|trouble| !lasts(trouble))
    }

    /// Notes that it was used and worked. What can be written, can be read, and what can be read, is there.
    pub(super) fn worked(&self, used: Use) {
        let mut found = self.found();
        let reading = found.reading.take();
        let writing = match used {
            Use::Read => found.writing.take_if(|trouble| *trouble == StoreError::Away),
            Use::Write => found.writing.take(),
        };
        drop(found);
        if reading.or(writing).is_some() {
            tracing::info!(used = ?used, "the database can be used again");
        }
    }

    /// Notes that it failed, and why.
    pub(super) fn failed(&self, used: Use, error: &sqlx::Error) -> StoreError {
        let trouble = trouble_of(error);
        self.note(used, trouble, &format!("{error:#}"));
        trouble
    }

    /// Notes that it took too long.
    pub(super) fn timed_out(&self, used: Use) -> StoreError {
        self.note(used, StoreError::TooSlow, "");
        StoreError::TooSlow
    }

    fn note(&self, used: Use, trouble: StoreError, cause: &str) {
        let mut found = self.found();
        let last = found.of(used);
        // Whoever waits in vain for a connection does not know why there is none.
        if (*last, trouble) == (Some(StoreError::Away), StoreError::TooSlow) {
            return;
        }
        let before = last.replace(trouble);
        drop(found);
        if before != Some(trouble) {
            tracing::error!(used = ?used, %trouble, cause, "the database cannot be used");
        }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
