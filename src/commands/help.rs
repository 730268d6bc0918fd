//! `/help`: all commands, generated from the command list.

use crate::card::{Card, Link, Paragraph, Refusal, Row, list};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::request::Request;

pub(super) const COMMAND: Command = Command::new("help", &[]);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let rows = super::ALL.iter().map(|command| row(catalog, command)).collect();
    let base = Card {
        title: locale.text("help-title"),
        body: ["help-lead", "help-words"].map(|key| Paragraph::plain(locale.text(key))).into(),
        ..Card::default()
    };
    let mut card = list(catalog, request, base, rows);
    card.body.push(Paragraph::plain(locale.text("help-moderators")));
    Ok(card)
}

/// A command, such as "/timeline: What happened, oldest first. Options: event, from, to".
fn row(catalog: &Catalog, command: &'static Command) -> Row {
    let locale = catalog.locale();
    let options: Vec<&str> = command.options.iter().map(|option| option.name).collect();
    let about = locale.text(&format!("command-{}", command.name));
    let about = match options.join(", ") {
        options if options.is_empty() => locale.text_with("help-row", &[("about", about.into())]),
        options => locale
            .text_with("help-row-options", &[("options", options.into()), ("about", about.into())]),
    };
    Row::new(
        &format!("/{}", command.name),
        &about,
        Link::new(format!("/{}", command.name), Request::new(command.name)),
    )
}
