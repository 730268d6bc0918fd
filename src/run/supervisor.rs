//! Notifies systemd of the start and the shutdown, and feeds its watchdog:
//! <https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html>. A no-op without systemd.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::sleep;

/// Reports readiness: the dataset and the configuration are valid. Discord and the database may
/// still be unreachable.
pub(super) fn ready() {
    notify(NotifyState::Ready);
}

pub(super) fn stopping() {
    notify(NotifyState::Stopping);
}

/// Pings the watchdog while polled, which proves that the runtime still makes progress.
pub(super) async fn feed_watchdog() {
    let Some(interval) = sd_notify::watchdog_enabled() else {
        return;
    };
    loop {
        notify(NotifyState::Watchdog);
        sleep((interval / 3).max(Duration::from_millis(100))).await;
    }
}

fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd cannot be notified");
    }
}
