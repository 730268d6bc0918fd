//! `/search`: whatever answers some words, best first.

use crate::card::{Answer, Lead, Paragraph, Refusal, Row, entry, short_list, shorten};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::request::{Loaded, Needs, OfKind, Request, Words};
use crate::search::{Hit, Match, Passage};

pub(super) const COMMAND: Command = Command {
    name: "search",
    audience: Audience::Everyone,
    options: &[QUERY.option().required(), KIND.option()],
    needs: Needs::NOTHING,
    run,
};

/// The most results on a page: each has a button of its own, which takes room.
const PAGE_RESULTS_MAX: usize = 5;

/// The most characters of a snippet: what a phone shows in three or four lines.
const SNIPPET_CHARS_MAX: usize = 200;

const QUERY: Words = Words::new("query");
const KIND: OfKind = OfKind::new("kind");

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let query = QUERY.find(request)?;
    let article = request.article(catalog)?;
    let scope = catalog.scope(KIND.find(request)?, article);
    let found = catalog.finder().search(query, &scope);
    let is_named = found.hits.first().is_some_and(|hit| hit.how <= Match::Alias);
    if let Some(covers_until) = catalog.is_too_late(query, article).filter(|_| !is_named) {
        return Err(Refusal::TooLate { covers_until });
    }
    if found.hits.is_empty() {
        let nearest = found
            .nearest
            .iter()
            .map(|number| entry::link(catalog, catalog.item(*number)))
            .collect();
        let covers_until = catalog.covers_until(article);
        return Err(Refusal::NotHere { asked: query.to_owned(), nearest, covers_until });
    }
    let values = [("count", found.hits.len().into()), ("query", query.into())];
    let lead = Lead {
        title: locale.say("search-title"),
        body: vec![Paragraph::words(locale.say_with("search-lead", &values))],
    };
    let row = |hit: &Hit| row(catalog, hit);
    Ok(short_list(catalog, request, lead, &found.hits, PAGE_RESULTS_MAX, row).into())
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
