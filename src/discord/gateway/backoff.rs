//! How long to wait before connecting again: not at all after a session that was, and longer with each try that fails.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The longest wait while Discord has not been away for long: who waits for an answer should not wait for us.
const WAIT_MAX_AT_FIRST: Duration = Duration::from_secs(15);

/// The longest wait of all.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// From when on Discord has been away for long.
const LONG: Duration = Duration::from_secs(5 * 60);

/// How many sessions may end within a minute before the next one waits, although each of them began well.
const ENDS_MAX: usize = 30;

/// Over which time ends are counted.
const ENDS_SPAN: Duration = Duration::from_secs(60);

/// The tries since there last was a session.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    since: Option<Instant>,
    ends: VecDeque<Instant>,
}

impl Backoff {
    /// There is a session.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.since = None;
    }

    /// There is none, or no more. Tells how long to wait; `chance`, from 0 to 1, spreads those who all lost theirs at once.
    pub(super) fn failed(&mut self, now: Instant, chance: f64) -> Duration {
        let away = now.duration_since(*self.since.get_or_insert(now));
        self.ends.push_back(now);
        while self.ends.front().is_some_and(|end| now.duration_since(*end) >= ENDS_SPAN)
            || self.ends.len() > 2 * ENDS_MAX
        {
            self.ends.pop_front();
        }
        let excess = u32::try_from(self.ends.len().saturating_sub(ENDS_MAX)).unwrap_or(u32::MAX);
        let longest = longest(self.failures.max(excess), away);
        self.failures = self.failures.saturating_add(1);
        longest.mul_f64(chance.clamp(0.0, 1.0))
    }
}

/// The longest wait after this many tries that failed, the first of which was `away` ago.
fn longest(failures: u32, away: Duration) -> Duration {
    let most = if away < LONG { WAIT_MAX_AT_FIRST } else { WAIT_MAX };
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
        assert_eq!(backoff.failed(start + ENDS_SPAN, 1.0), Duration::ZERO);
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
                prop_assert!(away >= LONG || wait <= WAIT_MAX_AT_FIRST);
                let ends = u32::try_from(backoff.ends.len()).expect("few").saturating_sub(30);
                prop_assert!(wait <= longest(previous.max(ends), away));
                prop_assert!(backoff.ends.len() <= 2 * ENDS_MAX);
                previous += 1;
            }
        }
    }
}
