//! `/help`: the commands, from the registry.

use crate::answer::{Answer, Lead, Link, PAGE_ROWS_MAX, Paragraph, Refusal, Row, list};
use crate::command::{Audience, Command};
use crate::library::Library;
use crate::request::{Loaded, Needs, Request};

pub(super) const COMMAND: Command = Command {
    name: "help",
    audience: Audience::Everyone,
    options: &[],
    needs: Needs::NOTHING,
    run,
};

fn run(library: &Library, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    let lang = library.lang();
    let rows = super::ALL.iter().map(|command| row(library, command)).collect();
    let lead = Lead {
        title: lang.say("help-title"),
        body: ["help-lead", "help-words"].map(|key| Paragraph::words(lang.say(key))).into(),
    };
    let mut card = list(library, request, lead, rows, PAGE_ROWS_MAX);
    card.body.push(Paragraph::words(lang.say("help-moderators")));
    Ok(card.into())
}

/// A command with its options: "/timeline event, from, to: what happened, oldest first".
fn row(library: &Library, command: &'static Command) -> Row {
    let lang = library.lang();
    let options: Vec<&str> = command.options.iter().map(|option| option.name).collect();
    let about = lang.say(&format!("command-{}", command.name));
    let about = match options.join(", ") {
        options if options.is_empty() => lang.say_with("help-row", &[("about", about.into())]),
        options => lang
            .say_with("help-row-options", &[("options", options.into()), ("about", about.into())]),
    };
    Row::new(
        &format!("/{}", command.name),
        &about,
        Link::new(format!("/{}", command.name), Request::new(command.name)),
    )
}
