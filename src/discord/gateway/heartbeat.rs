//! Detects zombie connections, on which heartbeats are not acknowledged:
//! <https://docs.discord.com/developers/events/gateway#sending-heartbeats>.

use std::time::{Duration, Instant};

/// The last heartbeat and whether it was acknowledged.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    interval: Option<Duration>,
    sent: Option<Instant>,
    is_acknowledged: bool,
}

impl Heartbeat {
    /// Resets the state for a new connection.
    pub(super) fn begin(&mut self, interval: Option<Duration>) {
        *self = Self { interval, ..Self::default() };
    }

    /// Returns whether the previous heartbeat was never acknowledged, given the times of the last
    /// heartbeat sent and the last one acknowledged.
    ///
    /// A heartbeat requested by the gateway is sent before the interval is over, so it does not
    /// mean that the previous one timed out.
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
    fn an_unacknowledged_heartbeat_is_a_timeout() {
        let start = Instant::now();
        let at = |seconds: u64| Some(start + Duration::from_secs(seconds));
        let mut heartbeat = Heartbeat::default();
        heartbeat.begin(Some(Duration::from_secs(40)));
        for (sent, answered, has_timed_out) in [
            (None, None, false),
            (at(10), None, false),
            (at(10), at(11), false),
            (at(50), None, false),
            // Requested by the gateway (opcode 1).
            (at(51), None, false),
            (at(90), None, true),
            // The acknowledgement arrived while the next heartbeat was being sent.
            (at(130), at(130), false),
            (at(170), None, false),
            (at(210), None, true),
        ] {
            assert_eq!(heartbeat.has_timed_out(sent, answered), has_timed_out, "{sent:?}");
        }
    }

    #[test]
    fn without_an_interval_there_is_no_timeout() {
        let mut heartbeat = Heartbeat::default();
        heartbeat.begin(None);
        let start = Instant::now();
        assert!(!heartbeat.has_timed_out(Some(start), None));
        assert!(!heartbeat.has_timed_out(Some(start + Duration::from_secs(99)), None));
    }
}
