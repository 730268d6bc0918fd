//! Throttles the log during an outage: one line when it begins, one a minute with the number of
//! failures, one when it ends.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// Failures since the last success, grouped by HTTP status.
#[derive(Debug, Default)]
pub(super) struct Outages(BTreeMap<u16, Outage>);

#[derive(Debug)]
struct Outage {
    logged: Instant,
    /// Failures since the last log line.
    count: u64,
}

impl Outages {
    /// Counts a failure. If a log line is due, returns the number of failures since the last line.
    pub(super) fn record_failure(&mut self, kind: u16, now: Instant) -> Option<u64> {
        let Some(outage) = self.0.get_mut(&kind) else {
            self.0.insert(kind, Outage { logged: now, count: 0 });
            return Some(1);
        };
        outage.count += 1;
        if now.duration_since(outage.logged) < LOG_INTERVAL {
            return None;
        }
        outage.logged = now;
        Some(std::mem::take(&mut outage.count))
    }

    /// Records a success. If a log line is due, returns the number of failures not logged so far.
    /// Without it, an outage of less than a minute would leave most of its failures unreported.
    pub(super) fn record_success(&mut self, now: Instant) -> Option<u64> {
        if self.0.is_empty() {
            return None;
        }
        let count = self.0.values_mut().map(|outage| std::mem::take(&mut outage.count)).sum();
        self.0.retain(|_, outage| now.duration_since(outage.logged) < LOG_INTERVAL);
        (count > 0).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_failures_produce_few_log_lines() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut outages = Outages::default();
        assert_eq!(outages.record_success(start), None);
        let lines: Vec<u64> =
            (0..1_000).filter_map(|n| outages.record_failure(500, at(n * 12))).collect();
        assert_eq!(lines, [1]);
        assert_eq!(outages.record_failure(403, at(12_000)), Some(1), "another kind");
        assert_eq!(outages.record_success(at(12_010)), Some(999));
        assert_eq!(outages.record_success(at(12_020)), None);
        assert_eq!(outages.record_success(at(80_000)), None);
        assert_eq!(outages.record_failure(500, at(80_001)), Some(1), "it begins anew");
        assert_eq!(outages.record_failure(500, at(139_000)), None);
        assert_eq!(outages.record_failure(500, at(141_000)), Some(2));
    }
}
