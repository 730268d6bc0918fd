//! `/config reset`: everything that is kept of the server is erased. It asks once.

use super::{button, to_panel, view};
use crate::answer::{Answer, Button, Card, Control, Effect, Paragraph, Refusal};
use crate::command::{Audience, Command};
use crate::library::Library;
use crate::request::{Loaded, Needs, Opt, Request, Takes};

pub(super) const COMMAND: Command = Command {
    name: "config reset",
    audience: Audience::Moderators,
    options: &[],
    needs: Needs::NOTHING,
    run,
};

/// An option that only the button gives.
const SURE: Opt = Opt::new("sure", Takes::Flag);

fn run(library: &Library, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let lang = library.lang();
    let is_sure = request.option(SURE.name).is_some() && loaded.occasion()?.is_pressed;
    let said = |key: &str| Card {
        title: lang.say(&format!("{key}.title")),
        body: vec![Paragraph::words(lang.say(key))],
        page: (1, 1),
        ..Card::default()
    };
    if is_sure {
        return Ok(Answer {
            card: Card { controls: vec![to_panel(library)], ..said("reset-done") },
            effect: Some(Effect::Erase),
            redraws: None,
        });
    }
    let sure = Request::new(COMMAND.name).with(SURE.name, "yes");
    let controls = vec![Control::Buttons(vec![
        Button { is_grave: true, ..button(library, "reset-sure", sure) },
        button(library, "reset-keep", Request::new(view::COMMAND.name)),
    ])];
    Ok(Card { controls, ..said("reset-ask") }.into())
}
