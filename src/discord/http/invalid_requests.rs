//! Counts invalid requests. Discord bans an IP address after 10,000 of them within ten minutes:
//! <https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(10 * 60);

/// A warning is logged at this count.
const WARNING: usize = 500;

/// From this count on, only interaction responses are sent.
pub(super) const MAX: usize = 5_000;

#[derive(Default)]
pub(super) struct InvalidRequests {
    times: VecDeque<Instant>,
}

impl InvalidRequests {
    /// Counts an invalid request. Returns the current count if a warning is due.
    pub(super) fn count(&mut self, now: Instant) -> Option<usize> {
        self.forget(now);
        if self.times.len() < MAX {
            self.times.push_back(now);
        }
        let count = self.times.len();
        (count == WARNING || count == MAX).then_some(count)
    }

    /// The number of invalid requests in the last ten minutes.
    pub(super) fn len(&mut self, now: Instant) -> usize {
        self.forget(now);
        self.times.len()
    }

    fn forget(&mut self, now: Instant) {
        while self.times.front().is_some_and(|time| now.duration_since(*time) >= WINDOW) {
            self.times.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_older_than_ten_minutes_are_not_counted() {
        let start = Instant::now();
        let mut invalid = InvalidRequests::default();
        let warnings: Vec<usize> = (0..2 * MAX).filter_map(|_| invalid.count(start)).collect();
        assert_eq!(warnings.first(), Some(&WARNING));
        assert_eq!(invalid.len(start + WINDOW - Duration::from_millis(1)), MAX);
        assert_eq!(invalid.len(start + WINDOW), 0);
        assert!(invalid.times.is_empty());
    }
}
