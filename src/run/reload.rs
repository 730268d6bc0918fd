//! Hot reload: loads the dataset again on SIGHUP, which `systemctl reload` sends.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::registration::Registrar;
use crate::catalog::Catalog;
use crate::discord::gateway::interaction_handler::InteractionHandler;

/// Listens for SIGHUP from its creation on. Without a handler, the signal would end the process.
#[cfg(unix)]
pub(super) struct ReloadSignal(tokio::signal::unix::Signal);

#[cfg(unix)]
impl ReloadSignal {
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup()).map(Self)
    }

    async fn next(&mut self) -> Option<()> {
        self.0.recv().await
    }
}

#[cfg(not(unix))]
pub(super) struct ReloadSignal;

#[cfg(not(unix))]
impl ReloadSignal {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<()> {
        std::future::pending().await
    }
}

/// Reloads the dataset at each signal, and registers the commands again, as their options depend on
/// the number of articles. A dataset with errors is logged, and the previous one stays in use.
pub(super) async fn reload_on_signal(
    mut signal: ReloadSignal,
    handler: Arc<InteractionHandler>,
    dir: Option<PathBuf>,
    registrar: Option<Registrar>,
) {
    while signal.next().await.is_some() {
        let (handler, dir) = (Arc::clone(&handler), dir.clone());
        // Loading takes a while, during which answers are still sent.
        let loaded = spawn_blocking(move || reload(&handler, dir)).await;
        if let (Ok(true), Some(registrar)) = (loaded, &registrar) {
            registrar.start(None);
        }
    }
}

fn reload(handler: &InteractionHandler, dir: Option<PathBuf>) -> bool {
    let catalog = match Catalog::open(dir.as_deref()) {
        Ok(catalog) => catalog,
        Err(problems) => {
            problems.render(false).for_each(|problem| tracing::error!("{problem}"));
            let count = problems.error_count();
            tracing::error!(count, "the dataset has problems; the previous one stays in use");
            return false;
        }
    };
    super::record_dataset(&handler.catalog(), false);
    super::record_dataset(&catalog, true);
    handler.replace_catalog(catalog);
    tracing::info!("the dataset was loaded again");
    true
}
