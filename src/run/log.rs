//! The log on standard error, as text or JSON.

use std::panic;

use anyhow::{Context, bail};
use tracing_subscriber::EnvFilter;

/// The variable that says what is logged, as `info`, `debug` or `dossier=debug,warn`.
pub const FILTER: &str = "DOSSIER_LOG";

/// The variable with the format: `text` or `json`.
const FORMAT: &str = "DOSSIER_LOG_FORMAT";

/// Starts the log.
///
/// # Errors
///
/// If they say what cannot be done.
pub fn start(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<()> {
    let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let filter = given(FILTER).unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(filter).with_context(|| {
        format!("read {FILTER}, which is like info, debug, or dossier=debug,warn")
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match given(FORMAT).as_deref() {
        None | Some("text") => log.with_ansi(false).with_target(false).try_init(),
        Some("json") => log.json().flatten_event(true).with_target(false).try_init(),
        Some(_) => bail!("{FORMAT} is text or json"),
    };
    // There is one already where this runs within a test.
    drop(started);
    panic::set_hook(Box::new(|panicked| {
        // The message may hold what a member wrote; the location does not.
        let at = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "panicked");
    }));
    Ok(())
}
