//! Whether the database is usable. Logs an error when it begins and when it ends, not each time
//! that it occurs.

use parking_lot::Mutex;

use super::StoreError;

/// Tracked separately, as a database may be readable and refuse writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Operation {
    Read,
    Write,
}

/// The last errors of reading and of writing.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<[Option<StoreError>; 2]>);

impl Health {
    pub(super) fn error(&self) -> Option<StoreError> {
        let [read, write] = *self.0.lock();
        read.or(write)
    }

    /// Whether the database is unreachable, so that operations can fail without waiting for a
    /// timeout.
    pub(super) fn is_unreachable(&self) -> bool {
        self.0.lock().contains(&Some(StoreError::Unreachable))
    }

    pub(super) fn is_read_failing(&self) -> bool {
        let [read, write] = *self.0.lock();
        read.is_some() || write == Some(StoreError::Unreachable)
    }

    /// Whether the last write failed with an error that may pass, which only another write shows.
    pub(super) fn is_write_failing(&self) -> bool {
        // A successful read clears `Unreachable`, and damage does not pass.
        let needs_no_probe = |error| matches!(error, StoreError::Unreachable | StoreError::Damaged);
        let [_, write] = *self.0.lock();
        write.is_some_and(|error| !needs_no_probe(error))
    }

    /// A successful write proves that reads work too; a successful read, that the database is
    /// reachable.
    pub(super) fn record_success(&self, access: Operation) {
        let mut last = self.0.lock();
        let [read, write] = &mut *last;
        let is_solved = |error: &mut StoreError| {
            access == Operation::Write || *error == StoreError::Unreachable
        };
        let solved = read.take().or(write.take_if(is_solved));
        drop(last);
        if solved.is_some() {
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
        let mut last = self.0.lock();
        let last_error = &mut last[access as usize];
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
}
