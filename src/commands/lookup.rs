//! The commands that show one entry of a kind or list all of them: `/demand`, `/term` and so on.
//! They differ only in the rows of this table.

use super::no_entries;
use crate::card::{Card, Link, Paragraph, Refusal, Row, entry, list};
use crate::catalog::{Catalog, Item};
use crate::command::Command;
use crate::content::{Detail, Kind};
use crate::request::{OptionKind, OptionSpec, Request, VIEW};

pub(super) const DEMAND: Command =
    Command::new("demand", &[OptionSpec::entry("demand", Kind::Demand), VIEW]);
pub(super) const TERM: Command =
    Command::new("term", &[OptionSpec::entry("term", Kind::Term), VIEW]);
pub(super) const PLACE: Command =
    Command::new("place", &[OptionSpec::entry("place", Kind::Place), VIEW]);
pub(super) const ACTOR: Command =
    Command::new("actor", &[OptionSpec::entry("actor", Kind::Actor), VIEW]);
pub(super) const OUTLOOK: Command =
    Command::new("outlook", &[OptionSpec::entry("topic", Kind::Outlook), VIEW]);
pub(super) const ARTICLE: Command =
    Command::new("article", &[OptionSpec::entry("section", Kind::Section), VIEW]);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let option = super::find(&request.command).and_then(|command| command.options.first());
    let Some(option @ OptionSpec { kind: OptionKind::Entry(kind), .. }) = option else {
        return Err(super::unknown_command(&request.command));
    };
    match option.find_entry(catalog, request)? {
        Some(found) => entry::show(catalog, request, &found),
        None => list_entries(catalog, request, *kind),
    }
}

/// All entries of a kind with their summaries; the demands, of which there are few, by name alone.
fn list_entries(catalog: &Catalog, request: &Request, kind: Kind) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let items = catalog.of_kind(kind, request.article(catalog)?);
    let rows: Vec<Row> = items
        .map(|item| {
            let link = entry::link(catalog, item);
            match &item.entry.detail {
                Detail::Demand { number } => Row::new(&number.to_string(), &item.entry.title, link),
                _ => Row::new(&list_name(item), &item.entry.summary, link),
            }
        })
        .collect();
    if rows.is_empty() {
        return Err(no_entries(kind));
    }
    let key = format!("list-{}", kind.name());
    let count = [("count", rows.len().into())];
    let base = Card {
        kind: Some(kind),
        title: locale.text(&key),
        body: vec![Paragraph::plain(locale.text_with(&format!("{key}.lead"), &count))],
        related: related_lists(catalog, kind),
        ..Card::default()
    };
    Ok(list(catalog, request, base, rows))
}

/// What is said on the demands, below their list.
fn related_lists(catalog: &Catalog, kind: Kind) -> Vec<Link> {
    let lists = if kind == Kind::Demand { &["position", "proposal"][..] } else { &[] };
    let link =
        |name: &&str| Link::new(catalog.locale().text(&format!("list-{name}")), Request::new(name));
    lists.iter().map(link).collect()
}

/// The name of an entry before its summary; a question is not followed by a colon.
fn list_name(item: Item<'_>) -> String {
    let title = &item.entry.title;
    if title.ends_with('?') { title.clone() } else { format!("{title}:") }
}
