//! How many calls Discord refused lately: ten thousand within ten minutes, and it bans the machine.
//! <https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The time over which Discord counts.
const SPAN: Duration = Duration::from_secs(10 * 60);

/// From this many on, an operator should look.
const WARNING: usize = 500;

/// From this many on, nothing is sent but answers to members.
pub(super) const MAX: usize = 5_000;

/// The refused calls of the last ten minutes.
#[derive(Default)]
pub(super) struct Refusals {
    times: VecDeque<Instant>,
}

impl Refusals {
    /// Counts one more. Tells their number when it is time to warn.
    pub(super) fn count(&mut self, now: Instant) -> Option<usize> {
        self.forget(now);
        if self.times.len() < MAX {
            self.times.push_back(now);
        }
        let count = self.times.len();
        (count == WARNING || count == MAX).then_some(count)
    }

    /// Whether another one might be one too many.
    pub(super) fn are_too_many(&mut self, now: Instant) -> bool {
        self.forget(now);
        self.times.len() >= MAX
    }

    pub(super) fn len(&mut self, now: Instant) -> usize {
        self.forget(now);
        self.times.len()
    }

    fn forget(&mut self, now: Instant) {
        while self.times.front().is_some_and(|time| now.duration_since(*time) >= SPAN) {
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
        let mut refusals = Refusals::default();
        let warnings: Vec<usize> = (0..2 * MAX).filter_map(|_| refusals.count(start)).collect();
        assert_eq!(warnings.first(), Some(&WARNING));
        assert!(refusals.are_too_many(start + SPAN - Duration::from_millis(1)));
        assert!(!refusals.are_too_many(start + SPAN));
        assert!(refusals.times.is_empty());
    }
}
