//! Detects a zombie connection, on which no heartbeat is acknowledged: <https://docs.discord.com/developers/events/gateway#sending-heartbeats>.

use std::time::{Duration, Instant};

/// The last heartbeat, and whether it was acknowledged.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    interval: Option<Duration>,
    sent: Option<Instant>,
    is_acknowledged: bool,
}

impl Heartbeat {
    /// A new connection with its own interval.
    pub(super) fn begin(&mut self, interval: Option<Duration>) {
        *self = Self { interval, ..Self::default() };
    }

    /// Given when the last heartbeat was sent and acknowledged, returns whether the one before never was.
    ///
    /// A heartbeat that the gateway asks for comes earlier than the interval, and proves nothing of the one before.
    pub(super) fn has_timed_out(
        &mut self,
        sent: Option<Instant>,
        acknowledged: Option<Instant>,
    ) -> bool {
        if sent == self.sent {
            self.is_acknowledged |= acknowledged.is_some();
            return false;
        }
        let due = self.interval.map(|interval| interval.mul_f64(0.9));
        let was_due = match (self.sent, sent, due) {
            (Some(before), Some(now), Some(due)) => now.duration_since(before) >= due,
            _ => false,
        };
        let has_timed_out = was_due && !self.is_acknowledged && acknowledged.is_none();
        self.sent = sent;
        self.is_acknowledged = acknowledged.is_some();
        has_timed_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heartbeat_that_is_not_answered_before_the_next_is_noticed() {
        let start = Instant::now();
        let at = |seconds: u64| Some(start + Duration::from_secs(seconds));
        let mut heartbeat = Heartbeat::default();
        heartbeat.begin(Some(Duration::from_secs(40)));
        for (sent, answered, has_timed_out) in [
            (None, None, false),
            (at(10), None, false),
            (at(10), at(11), false),
            (at(50), None, false),
            // Requested by the gateway.
            (at(51), None, false),
            (at(90), None, true),
            // The answer came while the next was being sent.
            (at(130), at(130), false),
            (at(170), None, false),
            (at(210), None, true),
        ] {
            assert_eq!(heartbeat.has_timed_out(sent, answered), has_timed_out, "{sent:?}");
        }
    }

    #[test]
    fn without_an_interval_nothing_is_concluded() {
        let mut heartbeat = Heartbeat::default();
        heartbeat.begin(None);
        let start = Instant::now();
        assert!(!heartbeat.has_timed_out(Some(start), None));
        assert!(!heartbeat.has_timed_out(Some(start + Duration::from_secs(99)), None));
    }
}
