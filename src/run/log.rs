//! The log on standard error, as text or JSON.

use std::panic;

use anyhow::{Context, bail, ensure};
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

/// The variable with the log filter, such as `info`, `debug` or `dossier=debug,warn`.
pub const FILTER: &str = "DOSSIER_LOG";

/// The variable with the log format, `text` or `json`.
const FORMAT: &str = "DOSSIER_LOG_FORMAT";

/// Initializes logging.
pub fn start(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<()> {
    let (filter, is_json) = read(variable)?;
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = match is_json {
        false => lines.boxed(),
        true => lines.json().flatten_event(true).boxed(),
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

/// Checks the variables of the log.
pub fn check(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<()> {
    read(variable).map(drop)
}

/// The filter, and whether the format is JSON.
fn read(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<(Targets, bool)> {
    let non_empty = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let filter = non_empty(FILTER).unwrap_or_else(|| "info".to_owned());
    let is_json = match non_empty(FORMAT).as_deref() {
        None | Some("text") => false,
        Some("json") => true,
        Some(_) => bail!("{FORMAT} is text or json"),
    };
    Ok((read_filter(&filter)?, is_json))
}

/// Parses a filter. A bare word that is no level is refused: it would count as the name of a module,
/// and hide all other lines, even errors.
fn read_filter(text: &str) -> anyhow::Result<Targets> {
    let text: String = text.split_whitespace().collect();
    let is_directive = |part: &str| part.contains('=') || part.parse::<LevelFilter>().is_ok();
    let filter = text.parse::<Targets>().ok().filter(|_| text.split(',').all(is_directive));
    let filter = filter.with_context(|| {
        format!(
            "{FILTER} is off, error, warn, info, debug or trace, without quotation marks, or has levels of modules too, as in \
             dossier=debug,warn; it is `{text}`"
        )
    })?;
    let is_off = text.split(',').any(|part| part.to_lowercase().ends_with("off"));
    ensure!(
        is_off || filter.would_enable(env!("CARGO_CRATE_NAME"), &Level::ERROR),
        "{FILTER} hides the errors of Dossier; add a level for all that it does not name, as in {text},warn"
    );
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_or_the_error_names_its_variable() {
        for (text, expected) in [
            ("info", Ok(())),
            (" WARN ", Ok(())),
            ("off", Ok(())),
            ("dossier=debug,warn", Ok(())),
            ("dossier::store=trace,info", Ok(())),
            ("info, dossier=debug", Ok(())),
            ("info,dossier=off", Ok(())),
            ("dossier::store=debug", Err("hides the errors")),
            ("dosier=debug", Err("as in dosier=debug,warn")),
            ("verbose", Err("it is `verbose`")),
            ("warning", Err("off, error, warn")),
            ("debugg", Err("off, error, warn")),
            ("\"info\"", Err("without quotation marks")),
            ("'info'", Err("without quotation marks")),
            ("info,dossier", Err("off, error, warn")),
            ("dossier=loud,info", Err("off, error, warn")),
        ] {
            let read = check(|name| (name == FILTER).then(|| text.to_owned()));
            match (read.map_err(|error| format!("{error:#}")), expected) {
                (Ok(()), Ok(())) => {}
                (Err(error), Err(part)) => {
                    assert!(error.contains(FILTER) && error.contains(part), "{text}: {error}");
                }
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }

    #[test]
    fn a_format_is_text_or_json() {
        for (text, is_valid) in [("text", true), ("json", true), ("", true), ("xml", false)] {
            let read = check(|name| (name == FORMAT).then(|| text.to_owned()));
            assert_eq!(read.is_ok(), is_valid, "{text}");
        }
    }
}
