//! The log on standard error, as text or JSON.

use std::panic;

use anyhow::{Context, bail};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

/// The variable with the log filter, such as `info`, `debug` or `dossier=debug,warn`.
pub const FILTER: &str = "DOSSIER_LOG";

/// The variable with the log format, `text` or `json`.
const FORMAT: &str = "DOSSIER_LOG_FORMAT";

/// Initializes logging.
///
/// # Errors
///
/// If a variable is invalid.
pub fn start(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<()> {
    let non_empty = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let filter = non_empty(FILTER).unwrap_or_else(|| "info".to_owned());
    let filter: Targets = filter.parse().with_context(|| {
        format!("read {FILTER}, which is like info, debug, or dossier=debug,warn")
    })?;
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = match non_empty(FORMAT).as_deref() {
        None | Some("text") => lines.boxed(),
        Some("json") => lines.json().flatten_event(true).boxed(),
        Some(_) => bail!("{FORMAT} is text or json"),
    };
    // Tests may have installed a subscriber already.
    drop(registry().with(lines).with(filter).try_init());
    panic::set_hook(Box::new(|panicked| {
        // The panic message may quote a member; the location does not.
        let at = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "panicked");
    }));
    Ok(())
}
