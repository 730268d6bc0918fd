//! Reconnect backoff: no delay after a good session, then exponential growth with jitter.

use std::time::Duration;

use tokio::time::Instant;

use crate::discord::sliding_window::SlidingWindow;

/// The longest backoff during the first minutes of an outage. Kept short, because members are
/// waiting.
const INITIAL_WAIT_MAX: Duration = Duration::from_secs(15);

const WAIT_MAX: Duration = Duration::from_secs(60);

/// After this time the outage counts as long.
const LONG_OUTAGE: Duration = Duration::from_secs(5 * 60);

/// The number of sessions that may end within a minute before there is a backoff even after a good
/// session.
const ENDS_MAX: usize = 30;

/// Consecutive failures since the last session.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    since: Option<Instant>,
    ends: SlidingWindow<60>,
}

impl Backoff {
    pub(super) fn record_success(&mut self) {
        self.failures = 0;
        self.since = None;
    }

    /// Counts a failed or lost connection and returns the delay before the next attempt. `jitter`
    /// is between 0 and 1, and keeps shards that were disconnected together from reconnecting
    /// together.
    pub(super) fn record_failure(&mut self, now: Instant, jitter: f64) -> Duration {
        let away = now.duration_since(*self.since.get_or_insert(now));
        // So many are more than the backoff allows, and memory is bounded.
        if self.ends.events(now).len() < 2 * ENDS_MAX {
            self.ends.push(now, ());
        }
        let excess = self.ends.events(now).len().saturating_sub(ENDS_MAX);
        let excess = u32::try_from(excess).unwrap_or(u32::MAX);
        let longest = wait_max(self.failures.max(excess), away);
        self.failures = self.failures.saturating_add(1);
        longest.mul_f64(jitter.clamp(0.0, 1.0))
    }
}

/// The maximum backoff after this many failures, where the first failure was `away` ago.
fn wait_max(failures: u32, away: Duration) -> Duration {
    let max = if away < LONG_OUTAGE { INITIAL_WAIT_MAX } else { WAIT_MAX };
    match failures {
        0 => Duration::ZERO,
        failures => Duration::from_secs(1 << (failures - 1).min(6)).min(max),
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
    fn a_lost_session_is_resumed_without_delay() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.record_failure(now(), 1.0), Duration::ZERO);
        assert_eq!(backoff.record_failure(now(), 1.0), Duration::from_secs(1));
        assert_eq!(backoff.record_failure(now(), 1.0), Duration::from_secs(2));
        backoff.record_success();
        assert_eq!(backoff.record_failure(now(), 1.0), Duration::ZERO);
    }

    #[test]
    fn repeated_short_sessions_are_backed_off() {
        let mut backoff = Backoff::default();
        let start = now();
        for _ in 0..ENDS_MAX {
            assert_eq!(backoff.record_failure(start, 1.0), Duration::ZERO);
            backoff.record_success();
        }
        assert_eq!(backoff.record_failure(start, 1.0), Duration::from_secs(1));
        backoff.record_success();
        assert_eq!(backoff.record_failure(start + Duration::from_secs(60), 1.0), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn no_backoff_exceeds_its_limit(steps in prop::collection::vec((0..120_u64, 0.0..1.0_f64, prop::bool::weighted(0.1)), 1..200)) {
            let mut backoff = Backoff::default();
            let mut time = now();
            let mut failing_since = None;
            let mut previous = 0_u32;
            for (seconds, chance, succeeds) in steps {
                time += Duration::from_secs(seconds);
                if succeeds {
                    backoff.record_success();
                    failing_since = None;
                    previous = 0;
                    continue;
                }
                let away = time - *failing_since.get_or_insert(time);
                let wait = backoff.record_failure(time, chance);
                prop_assert!(wait <= WAIT_MAX);
                prop_assert!(away >= LONG_OUTAGE || wait <= INITIAL_WAIT_MAX);
                let ends = backoff.ends.events(time).len();
                prop_assert!(ends <= 2 * ENDS_MAX);
                let ends = u32::try_from(ends).expect("few").saturating_sub(30);
                prop_assert!(wait <= wait_max(previous.max(ends), away));
                previous += 1;
            }
        }
    }
}
