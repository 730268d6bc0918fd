//! The backoff between reconnects: none after a session, longer with each failure, with jitter.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The longest backoff in the first minutes of an outage: members should not wait for us.
const WAIT_MAX_AT_FIRST: Duration = Duration::from_secs(15);

const WAIT_MAX: Duration = Duration::from_secs(60);

/// An outage is long after this.
const LONG_OUTAGE: Duration = Duration::from_secs(5 * 60);

/// How many sessions may end within [`ENDS_WINDOW`] before there is a backoff even after a good session.
const ENDS_MAX: usize = 30;

const ENDS_WINDOW: Duration = Duration::from_secs(60);

/// The failures since the last session.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    since: Option<Instant>,
    ends: VecDeque<Instant>,
}

impl Backoff {
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.since = None;
    }

    /// Counts a failed or lost connection and returns how long to wait. The jitter, from 0 to 1, spreads those who lost theirs at once.
    pub(super) fn failed(&mut self, now: Instant, jitter: f64) -> Duration {
        let away = now.duration_since(*self.since.get_or_insert(now));
        self.ends.push_back(now);
        while self.ends.front().is_some_and(|end| now.duration_since(*end) >= ENDS_WINDOW)
            || self.ends.len() > 2 * ENDS_MAX
        {
            self.ends.pop_front();
        }
        let excess = u32::try_from(self.ends.len().saturating_sub(ENDS_MAX)).unwrap_or(u32::MAX);
        let longest = longest(self.failures.max(excess), away);
        self.failures = self.failures.saturating_add(1);
        longest.mul_f64(jitter.clamp(0.0, 1.0))
    }
}

/// The longest backoff after this many failures, the first of which was `away` ago.
fn longest(failures: u32, away: Duration) -> Duration {
    let most = if away < LONG_OUTAGE { WAIT_MAX_AT_FIRST } else { WAIT_MAX };
    match failures {
        0 => Duration::ZERO,
        failures => Duration::from_secs(1 << (failures - 1).min(6)).min(most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_lost_session_is_taken_up_at_once() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.failed(now(), 1.0), Duration::ZERO);
        assert_eq!(backoff.failed(now(), 1.0), Duration::from_secs(1));
        assert_eq!(backoff.failed(now(), 1.0), Duration::from_secs(2));
        backoff.succeeded();
        assert_eq!(backoff.failed(now(), 1.0), Duration::ZERO);
    }

    #[test]
    fn sessions_that_end_as_soon_as_they_begin_are_waited_with_too() {
        let mut backoff = Backoff::default();
        let start = now();
        for _ in 0..ENDS_MAX {
            assert_eq!(backoff.failed(start, 1.0), Duration::ZERO);
            backoff.succeeded();
        }
        assert_eq!(backoff.failed(start, 1.0), Duration::from_secs(1));
        backoff.succeeded();
        assert_eq!(backoff.failed(start + ENDS_WINDOW, 1.0), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_it_may_be(steps in prop::collection::vec((0..120_u64, 0.0..1.0_f64, prop::bool::weighted(0.1)), 1..200)) {
            let mut backoff = Backoff::default();
            let mut time = now();
            let mut failing_since = None;
            let mut previous = 0_u32;
            for (seconds, chance, succeeds) in steps {
                time += Duration::from_secs(seconds);
                if succeeds {
                    backoff.succeeded();
                    failing_since = None;
                    previous = 0;
                    continue;
                }
                let away = time - *failing_since.get_or_insert(time);
                let wait = backoff.failed(time, chance);
                prop_assert!(wait <= WAIT_MAX);
                prop_assert!(away >= LONG_OUTAGE || wait <= WAIT_MAX_AT_FIRST);
                let ends = u32::try_from(backoff.ends.len()).expect("few").saturating_sub(30);
                prop_assert!(wait <= longest(previous.max(ends), away));
                prop_assert!(backoff.ends.len() <= 2 * ENDS_MAX);
                previous += 1;
            }
        }
    }
}
