//! `/config reset`: everything that is kept of the server is erased. It asks once, and the answer counts for a quarter of an hour.

use super::{button, to_panel, view};
use crate::card::{Answer, Button, Card, Control, Effect, Paragraph, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::digest::DRAFT_SECONDS;
use crate::request::{GuildContext, Loaded, Needs, OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command {
    name: "config reset",
    audience: Audience::Moderators,
    options: &[],
    needs: Needs::NOTHING,
    run,
};

/// An option that only the button gives: when it was shown, in seconds since 1970. Of the first version's it was not said.
const SURE: OptionSpec = OptionSpec::new("sure", OptionKind::Time);

fn run(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let GuildContext { now, is_pressed, .. } = *loaded.occasion()?;
    let said = |key: &str| Card {
        title: locale.say(&format!("{key}.title")),
        body: vec![Paragraph::words(locale.say(key))],
        page: (1, 1),
        ..Card::default()
    };
    if let Some(asked_at) = request.option(SURE.name).filter(|_| is_pressed) {
        let asked_at: i64 = asked_at.parse().map_err(|_| Refusal::ConfirmationExpired)?;
        // Another process may have a clock that is a little ahead.
        if !(-DRAFT_SECONDS..DRAFT_SECONDS).contains(&now.saturating_sub(asked_at)) {
            return Err(Refusal::ConfirmationExpired);
        }
        return Ok(Answer {
            card: Card { controls: vec![to_panel(catalog)], ..said("reset-done") },
            effect: Some(Effect::Erase),
            redraws: None,
        });
    }
    let sure = Request::new(COMMAND.name).with(SURE.name, now.to_string());
    let controls = vec![Control::Buttons(vec![
        Button { is_grave: true, ..button(catalog, "reset-sure", sure) },
        button(catalog, "reset-keep", Request::new(view::COMMAND.name)),
    ])];
    Ok(Card { controls, ..said("reset-ask") }.into())
}
