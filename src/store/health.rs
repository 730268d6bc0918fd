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

    /// Whether nothing can be done at all before it is there again.
    pub(super) fn is_away(&self) -> bool {
        let found = self.found();
        [found.reading, found.writing].contains(&Some(StoreError::Away))
    }

    /// Whether it could be reached but not written, for a reason that may pass by itself.
    pub(super) fn is_write_refused(&self) -> bool {
        let lasts = |trouble| matches!(trouble, StoreError::Away | StoreError::Damaged);
        self.found().writing.is_some_and(|trouble| !lasts(trouble))
    }

    /// Notes that it was used and worked. What can be written, can be read.
    pub(super) fn worked(&self, used: Use) {
        let mut found = self.found();
        let over = match used {
            Use::Read => found.reading.take(),
            Use::Write => {
                let writing = found.writing.take();
                found.reading.take().or(writing)
            }
        };
        drop(found);
        if over.is_some() {
            tracing::info!(used = ?used, "the database can be used again");
        }
    }

    /// Notes that it is there again, after it could not be reached.
    pub(super) fn returned(&self) {
        let mut found = self.found();
        let was_away = [found.reading, found.writing].contains(&Some(StoreError::Away));
        for used in [Use::Read, Use::Write] {
            found.of(used).take_if(|trouble| *trouble == StoreError::Away);
        }
        drop(found);
        if was_away {
            tracing::info!("the database can be reached again");
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
        let before = self.found().of(used).replace(trouble);
        if before != Some(trouble) {
            tracing::error!(used = ?used, %trouble, cause, "the database cannot be used");
        }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
