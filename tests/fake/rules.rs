//! Fault injection: which API calls fail, how, and how often.

use std::time::Duration;

/// A fault, and the calls that it applies to.
#[derive(Clone, Debug)]
pub(crate) struct FaultRule {
    method: &'static str,
    /// A substring of the path.
    path: &'static str,
    left: usize,
    /// Whether it only applies to reused connections.
    only_reused: bool,
    pub(super) fault: Fault,
}

#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Responds with 429 without processing the request.
    RateLimited {
        /// The `Retry-After` header, not necessarily a number.
        retry_after: String,
        /// Whether it is the global rate limit.
        is_global: bool,
    },
    /// Responds with another status without processing the request.
    Status(u16),
    /// Like `Status`, but the body repeats the request, as some proxies do.
    EchoedRequest(u16),
    /// Processes the request, but responds after a delay.
    Delayed(Duration),
    /// Drops the connection without processing the request.
    DroppedBefore,
    /// Processes the request, then drops the connection without a response.
    DroppedAfter,
    /// Processes the request, but responds with a useless body.
    UnreadableBody,
    /// Neither processes the request nor responds.
    NoResponse,
}

impl FaultRule {
    /// Applies to the next call with this method whose path contains `path`.
    pub(crate) fn next(method: &'static str, path: &'static str, fault: Fault) -> Self {
        Self { method, path, left: 1, only_reused: false, fault }
    }

    /// Responds to the next call with 429.
    pub(crate) fn rate_limited(
        method: &'static str,
        path: &'static str,
        retry_after: &str,
    ) -> Self {
        let fault = Fault::RateLimited { retry_after: retry_after.to_owned(), is_global: false };
        Self::next(method, path, fault)
    }

    /// Applies to this many calls.
    pub(crate) fn times(mut self, times: usize) -> Self {
        self.left = times;
        self
    }

    /// Applies only to connections that have already served a request.
    pub(crate) fn on_reused_connections(mut self) -> Self {
        self.only_reused = true;
        self
    }

    /// Takes the fault for a call, if there is one.
    pub(super) fn take(
        rules: &mut Vec<Self>,
        method: &str,
        path: &str,
        is_kept: bool,
    ) -> Option<Fault> {
        let fits = |rule: &&mut Self| {
            rule.method == method && path.contains(rule.path) && (is_kept || !rule.only_reused)
        };
        let rule = rules.iter_mut().find(fits)?;
        rule.left -= 1;
        let fault = rule.fault.clone();
        rules.retain(|rule| rule.left > 0);
        Some(fault)
    }
}
