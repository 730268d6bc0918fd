//! `/search`: whatever answers some words, best first.

use crate::card::{Card, Lead, Paragraph, Refusal, Row, entry, short_list, shorten};
use crate::catalog::Catalog;
use crate::command::{Command, not_found};
use crate::request::{OptionKind, OptionSpec, Request};
use crate::search::{Hit, Passage};

pub(super) const COMMAND: Command = Command::new("search", &[QUERY, KIND]);

/// The most results on a page: each has a button of its own, which takes room.
const PAGE_RESULTS_MAX: usize = 5;

/// The most characters of a snippet: what a phone shows in three or four lines.
const SNIPPET_CHARS_MAX: usize = 200;

const QUERY: OptionSpec = OptionSpec::new("query", OptionKind::Words).required();
const KIND: OptionSpec = OptionSpec::new("kind", OptionKind::Kind);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let query = QUERY.words(request)?;
    let scope = catalog.scope(KIND.kind_of_entry(request)?, request.article(catalog)?);
    let found = catalog.finder().search(query, &scope);
    if found.hits.is_empty() {
        let nearest =
            found.nearest.iter().map(|number| entry::link(catalog, catalog.item(*number)));
        return Err(not_found(query, nearest));
    }
    let values = [("count", found.hits.len().into()), ("query", query.into())];
    let lead = Lead {
        title: locale.say("search-title"),
        body: vec![Paragraph::words(locale.say_with("search-lead", &values))],
    };
    let row = |hit: &Hit| row(catalog, hit);
    Ok(short_list(catalog, request, lead, &found.hits, PAGE_RESULTS_MAX, row))
}

/// A result: its title, what it is, and the words that explain best why it is here.
fn row(catalog: &Catalog, hit: &Hit) -> Row {
    let item = catalog.item(hit.document);
    let snippet = match hit.passage {
        Passage::Summary => item.entry.summary.clone(),
        Passage::Paragraph(place) => item
            .entry
            .blocks()
            .nth(place)
            .map_or_else(String::new, |block| shorten(&block.plain(), SNIPPET_CHARS_MAX)),
    };
    let kind = catalog.kind_name(item.entry.kind);
    let about = catalog
        .locale()
        .say_with("search-row", &[("kind", kind.into()), ("snippet", snippet.into())]);
    Row::new(&item.entry.title, &about, entry::link(catalog, item))
}
