//! Notifies systemd: <https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html>. Without systemd it does nothing.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::sleep;

/// The dataset and the configuration are good. Discord and the database may still have to be waited for.
pub(super) fn ready() {
    notify(NotifyState::Ready);
}

pub(super) fn stopping() {
    notify(NotifyState::Stopping);
}

/// Tells the watchdog that this runtime still runs its tasks, for as long as it is polled.
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
