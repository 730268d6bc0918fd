//! Counts events within the last seconds, for rate limits.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The events of the last `SECONDS`, each with what is known of it.
#[derive(Debug, Default)]
pub(super) struct SlidingWindow<const SECONDS: u64, T = ()>(VecDeque<(Instant, T)>);

impl<const SECONDS: u64, T> SlidingWindow<SECONDS, T> {
    pub(super) fn push(&mut self, now: Instant, event: T) {
        self.0.push_back((now, event));
    }

    /// The events in the window, oldest first. Older ones are forgotten.
    pub(super) fn events(&mut self, now: Instant) -> &VecDeque<(Instant, T)> {
        let window = Duration::from_secs(SECONDS);
        let is_past = |at: &Instant| now.saturating_duration_since(*at) >= window;
        while self.0.front().is_some_and(|(at, _)| is_past(at)) {
            self.0.pop_front();
        }
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_forgotten_when_they_leave_the_window() {
        let start = Instant::now();
        let mut window = SlidingWindow::<60>::default();
        window.push(start, ());
        window.push(start + Duration::from_secs(1), ());
        assert_eq!(window.events(start + Duration::from_millis(59_999)).len(), 2);
        assert_eq!(window.events(start + Duration::from_secs(60)).len(), 1);
        assert!(window.events(start + Duration::from_secs(61)).is_empty());
    }
}
