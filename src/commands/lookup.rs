//! The commands that show one entry of a kind or list all of them: `/demand`, `/term` and so on.
//! They differ only in the rows of this table.

use super::no_entries;
use crate::card::{Card, ListHeader, PAGE_ROWS_MAX, Paragraph, Refusal, Row, entry, list};
use crate::catalog::Catalog;
use crate::command::{Command, EntryOption};
use crate::content::Kind;
use crate::request::{OptionKind, OptionSpec, Request, VIEW};

pub(super) const DEMAND: Command = Command::new("demand", &[entry("demand", Kind::Demand), VIEW]);
pub(super) const TERM: Command = Command::new("term", &[entry("term", Kind::Term), VIEW]);
pub(super) const PLACE: Command = Command::new("place", &[entry("place", Kind::Place), VIEW]);
pub(super) const ACTOR: Command = Command::new("actor", &[entry("actor", Kind::Actor), VIEW]);
pub(super) const OUTLOOK: Command = Command::new("outlook", &[entry("topic", Kind::Outlook), VIEW]);
pub(super) const ARTICLE: Command =
    Command::new("article", &[entry("section", Kind::Section), VIEW]);

const ROWS: [Command; 6] = [DEMAND, TERM, PLACE, ACTOR, OUTLOOK, ARTICLE];

const fn entry(name: &'static str, kind: Kind) -> OptionSpec {
    EntryOption::new(name, kind).spec()
}

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let row = ROWS.iter().find(|row| row.name == request.command);
    let Some(OptionSpec { name, kind: OptionKind::Entry(kind), .. }) =
        row.and_then(|row| row.options.first())
    else {
        return Err(super::unknown_command(&request.command));
    };
    match EntryOption::new(name, *kind).find(catalog, request)? {
        Some(found) => entry::show(catalog, request, &found),
        None => list_entries(catalog, request, *kind),
    }
}

/// All entries of a kind with their summaries.
fn list_entries(catalog: &Catalog, request: &Request, kind: Kind) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let items = catalog.of_kind(kind, request.article(catalog)?);
    let rows: Vec<Row> = items
        .map(|item| {
            let name = format!("{}:", item.entry.title);
            Row::new(&name, &item.entry.summary, entry::link(catalog, item))
        })
        .collect();
    if rows.is_empty() {
        return Err(no_entries(kind));
    }
    let key = format!("list-{}", kind.name());
    let count = [("count", rows.len().into())];
    let header = ListHeader {
        title: locale.text(&key),
        body: vec![Paragraph::plain(locale.text_with(&format!("{key}.lead"), &count))],
    };
    let card = list(catalog, request, header, rows, PAGE_ROWS_MAX);
    Ok(Card { kind: Some(kind), ..card })
}
