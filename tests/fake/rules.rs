//! Faults on request: which calls of the bot go wrong, how, and how often.

use std::time::Duration;

/// What goes wrong with the calls that it fits.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    method: &'static str,
    /// A part of the path.
    path: &'static str,
    left: usize,
    /// Whether calls on a connection that has served none before are spared.
    on_kept: bool,
    pub(super) fault: Fault,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// 429, not done; the header in seconds.
    RateLimited {
        /// `Retry-After` as it is sent, which need not be a number.
        retry_after: String,
        /// Whether every route is meant.
        is_global: bool,
    },
    /// Another status, not done.
    Status(u16),
    /// The same from a proxy that repeats what it was asked.
    Repeated(u16),
    /// Done, but later.
    Late(Duration),
    /// The connection ends before anything is done.
    DroppedBefore,
    /// The connection ends after it is done, without an answer.
    DroppedAfter,
    /// Done, but the answer's body says nothing.
    Garbled,
    /// Never answered, nor done.
    Silence,
}

impl Rule {
    /// The next call of this method whose path has this in it.
    pub(crate) fn next(method: &'static str, path: &'static str, fault: Fault) -> Self {
        Self { method, path, left: 1, on_kept: false, fault }
    }

    /// A 429 for the next call.
    pub(crate) fn rate_limited(
        method: &'static str,
        path: &'static str,
        retry_after: &str,
    ) -> Self {
        let fault = Fault::RateLimited { retry_after: retry_after.to_owned(), is_global: false };
        Self::next(method, path, fault)
    }

    /// So many calls rather than one.
    pub(crate) fn times(mut self, times: usize) -> Self {
        self.left = times;
        self
    }

    /// Only calls on a connection that has served others before.
    pub(crate) fn on_kept_connections(mut self) -> Self {
        self.on_kept = true;
        self
    }

    /// The fault that a call meets, if any; it is used up by that.
    pub(super) fn take(
        rules: &mut Vec<Self>,
        method: &str,
        path: &str,
        is_kept: bool,
    ) -> Option<Fault> {
        let fits = |rule: &&mut Self| {
            rule.method == method && path.contains(rule.path) && (is_kept || !rule.on_kept)
        };
        let rule = rules.iter_mut().find(fits)?;
        rule.left -= 1;
        let fault = rule.fault.clone();
        rules.retain(|rule| rule.left > 0);
        Some(fault)
    }
}
