//! `/config reset`: erases all data about the guild after a confirmation.

use super::{AdminContext, AdminError, AdminResult, confirm, panel_button, sentence_card, view};
use crate::command::Command;
use crate::request::Request;

pub(super) const COMMAND: Command = Command::for_moderators("config reset", &[]);

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    if !confirm::is_confirmed(context, request)? {
        let [reset, keep] = [&COMMAND, &view::COMMAND].map(|command| Request::new(command.name));
        let buttons = confirm::buttons(context, "reset-sure", reset, keep);
        return Ok(sentence_card(context, "reset-ask", buttons));
    }
    let erased = context.store.erase_guild(context.guild_context.guild).await;
    erased.map_err(AdminError::save_failed)?;
    Ok(sentence_card(context, "reset-done", panel_button(context.catalog)))
}
