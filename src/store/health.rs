//! Whether the database is usable. Logs an error when it begins and when it ends, not each time
//! that it occurs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::StoreError;

/// Tracked separately, as a database may be readable and refuse writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Read,
    Write,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// The last error of each kind of access.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<LastErrors>);

#[derive(Debug, Default)]
struct LastErrors {
    read: Option<StoreError>,
    write: Option<StoreError>,
}

impl LastErrors {
    fn last_error_mut(&mut self, access: Operation) -> &mut Option<StoreError> {
        match access {
            Operation::Read => &mut self.read,
            Operation::Write => &mut self.write,
        }
    }
}

impl Health {
    pub(super) fn error(&self) -> Option<StoreError> {
        let last = self.last_errors();
        last.read.or(last.write)
    }

    /// Whether the database is unreachable, so that operations can fail without waiting for a
    /// timeout.
    pub(super) fn is_unreachable(&self) -> bool {
        let last = self.last_errors();
        [last.read, last.write].contains(&Some(StoreError::Unreachable))
    }

    pub(super) fn is_read_failing(&self) -> bool {
        self.is_unreachable() || self.last_errors().read.is_some()
    }

    /// Whether the last write failed with an error that may pass.
    pub(super) fn is_write_failing(&self) -> bool {
        let lasts = |error| matches!(error, StoreError::Unreachable | StoreError::Damaged);
        self.last_errors().write.is_some_and(|error| !lasts(error))
    }

    /// A successful write proves that reads work too; a successful read, that the database is
    /// reachable.
    pub(super) fn record_success(&self, access: Operation) {
        let mut last = self.last_errors();
        let read = last.read.take();
        let write = match access {
            Operation::Read => last.write.take_if(|error| *error == StoreError::Unreachable),
            Operation::Write => last.write.take(),
        };
        drop(last);
        if read.or(write).is_some() {
            tracing::info!(?access, "the database can be used again");
        }
    }

    pub(super) fn record_failure(&self, access: Operation, cause: &sqlx::Error) -> StoreError {
        let error = StoreError::from(cause);
        self.record(access, error, &format!("{cause:#}"));
        error
    }

    pub(super) fn record_timeout(&self, access: Operation) -> StoreError {
        self.record(access, StoreError::TooSlow, "timeout");
        StoreError::TooSlow
    }

    fn record(&self, access: Operation, error: StoreError, cause: &str) {
        let mut last = self.last_errors();
        let last_error = last.last_error_mut(access);
        // A pool timeout does not know its cause, so it does not replace a known one.
        if (*last_error, error) == (Some(StoreError::Unreachable), StoreError::TooSlow) {
            return;
        }
        let previous = last_error.replace(error);
        drop(last);
        if previous != Some(error) {
            tracing::error!(?access, %error, cause, "the database cannot be used");
        }
    }

    fn last_errors(&self) -> MutexGuard<'_, LastErrors> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
