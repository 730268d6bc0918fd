//! `/config reset`: erases all data about the guild after a confirmation, which is valid for 15
//! minutes.

use super::{AdminContext, AdminError, Answer, button, panel_button, sentence_card, view};
use crate::card::{Button, Control, Refusal};
use crate::command::Command;
use crate::digest::DRAFT_SECONDS;
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command::for_moderators("config reset", &[]);

/// Set by the button only: when it was shown, in seconds since 1970. Buttons of version 0.1 have no
/// such value.
const CONFIRMED_AT: OptionSpec = OptionSpec::new("sure", OptionKind::Time);

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> Answer {
    let now = context.guild_context.now;
    let Some(shown_at) =
        request.option(CONFIRMED_AT.name).filter(|_| context.guild_context.is_component)
    else {
        let sure = Request::new(COMMAND.name).with(CONFIRMED_AT.name, now.to_string());
        let buttons = Control::Buttons(vec![
            Button { is_danger: true, ..button(context.catalog, "reset-sure", sure) },
            button(context.catalog, "reset-keep", Request::new(view::COMMAND.name)),
        ]);
        return Ok(sentence_card(context, "reset-ask", buttons));
    };
    // Allows for the clock of another process being slightly ahead.
    let counts =
        |shown_at: i64| (-DRAFT_SECONDS..DRAFT_SECONDS).contains(&now.saturating_sub(shown_at));
    if !shown_at.parse().is_ok_and(counts) {
        return Err(Refusal::new("refuse-confirmation-expired").into());
    }
    let erased = context.store.erase_guild(context.guild_context.guild).await;
    erased.map_err(AdminError::save_failed)?;
    Ok(sentence_card(context, "reset-done", panel_button(context.catalog)))
}
