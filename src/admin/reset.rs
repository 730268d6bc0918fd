//! `/config reset`: everything that is kept of the server is erased. It asks once.

use super::{button, to_panel, view};
use crate::card::{Answer, Button, Card, Control, Effect, Paragraph, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::request::{Loaded, Needs, OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command {
    name: "config reset",
    audience: Audience::Moderators,
    options: &[],
    needs: Needs::NOTHING,
    run,
};

/// An option that only the button gives.
const SURE: OptionSpec = OptionSpec::new("sure", OptionKind::Flag);

fn run(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let is_sure = request.option(SURE.name).is_some() && loaded.occasion()?.is_pressed;
    let said = |key: &str| Card {
        title: locale.say(&format!("{key}.title")),
        body: vec![Paragraph::words(locale.say(key))],
        page: (1, 1),
        ..Card::default()
    };
    if is_sure {
        return Ok(Answer {
            card: Card { controls: vec![to_panel(catalog)], ..said("reset-done") },
            effect: Some(Effect::Erase),
            redraws: None,
        });
    }
    let sure = Request::new(COMMAND.name).with(SURE.name, "yes");
    let controls = vec![Control::Buttons(vec![
        Button { is_grave: true, ..button(catalog, "reset-sure", sure) },
        button(catalog, "reset-keep", Request::new(view::COMMAND.name)),
    ])];
    Ok(Card { controls, ..said("reset-ask") }.into())
}
