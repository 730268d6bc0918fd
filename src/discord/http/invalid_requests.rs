//! Counts invalid requests: after ten thousand within ten minutes Discord bans the machine.
//! <https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(10 * 60);

/// At this many an operator is warned.
const WARNING: usize = 500;

/// At this many nothing but answers to members is sent.
pub(super) const MAX: usize = 5_000;

#[derive(Default)]
pub(super) struct InvalidRequests {
    times: VecDeque<Instant>,
}

impl InvalidRequests {
    /// Counts one more, and returns their number when it is time to warn.
    pub(super) fn count(&mut self, now: Instant) -> Option<usize> {
        self.forget(now);
        if self.times.len() < MAX {
            self.times.push_back(now);
        }
        let count = self.times.len();
        (count == WARNING || count == MAX).then_some(count)
    }

    pub(super) fn is_limit_reached(&mut self, now: Instant) -> bool {
        self.forget(now);
        self.times.len() >= MAX
    }

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
    async fn only_the_last_ten_minutes_count() {
        let start = Instant::now();
        let mut invalid = InvalidRequests::default();
        let warnings: Vec<usize> = (0..2 * MAX).filter_map(|_| invalid.count(start)).collect();
        assert_eq!(warnings.first(), Some(&WARNING));
        assert!(invalid.is_limit_reached(start + WINDOW - Duration::from_millis(1)));
        assert!(!invalid.is_limit_reached(start + WINDOW));
        assert!(invalid.times.is_empty());
    }
}
