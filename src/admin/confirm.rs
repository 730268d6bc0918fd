//! Asks before something that cannot be undone. The button that confirms it holds the instant at
//! which it was shown, and is valid for 15 minutes.

use super::{AdminContext, button, danger_button};
use crate::card::{Control, Refusal};
use crate::digest::DRAFT_SECONDS;
use crate::request::{OptionKind, OptionSpec, Request};

/// Set by the button only: when it was shown, in seconds since 1970. Reset buttons of version 0.1
/// have no such value.
const CONFIRMED_AT: OptionSpec = OptionSpec::new("sure", OptionKind::Time);

/// The button that sends a request as confirmed, and one that leaves everything as it is.
pub(super) fn buttons(
    context: &AdminContext<'_>,
    key: &str,
    request: Request,
    cancel: Request,
) -> Control {
    let sure = request.with(CONFIRMED_AT.name, context.guild_context.now.to_string());
    Control::Buttons(vec![
        danger_button(context.catalog, key, sure),
        button(context.catalog, "config-cancel", cancel),
    ])
}

/// Whether a request was confirmed. A confirmation that comes too late is refused.
pub(super) fn is_confirmed(context: &AdminContext<'_>, request: &Request) -> Result<bool, Refusal> {
    let Some(shown_at) =
        request.option(CONFIRMED_AT.name).filter(|_| context.guild_context.is_component)
    else {
        return Ok(false);
    };
    let now = context.guild_context.now;
    // Allows for the clock of another process being slightly ahead.
    let counts =
        |shown_at: i64| (-DRAFT_SECONDS..DRAFT_SECONDS).contains(&now.saturating_sub(shown_at));
    match shown_at.parse().is_ok_and(counts) {
        true => Ok(true),
        false => Err(Refusal::new("refuse-confirmation-expired")),
    }
}
