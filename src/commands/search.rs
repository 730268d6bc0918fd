//! `/search`: whatever answers some words, best first.

use super::position;
use crate::card::{Answer, Lead, Link, Paragraph, Refusal, Row, entry, short_list, shorten};
use crate::catalog::{Catalog, CellMatch, Item};
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Needs, OfKind, Request, Words};
use crate::search::{Hit, Passage};

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

/// A row of the results.
enum SearchRow<'a> {
    Entry(&'a Hit),
    /// The position on a demand that a question of two parts asks for.
    Cell {
        holder: Item<'a>,
        demand: Item<'a>,
    },
}

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let query = QUERY.find(request)?;
    let (kind, article) = (KIND.find(request)?, request.article(catalog)?);
    let mut found = catalog.search_index().search(query, &catalog.filter(kind, article));
    let cell = match kind {
        None | Some(Kind::Position) => catalog.find_cell(query, article),
        Some(_) => None,
    };
    if let Some(cell) = &cell {
        found.hits.retain(|hit| is_of_named_holder(catalog, hit, cell));
    }
    let cell = match cell {
        Some(CellMatch::Cell { row, column }) => {
            Some(SearchRow::Cell { holder: row, demand: column })
        }
        _ => None,
    };
    let rows: Vec<SearchRow<'_>> =
        cell.into_iter().chain(found.hits.iter().map(SearchRow::Entry)).collect();
    if rows.is_empty() {
        let nearest = found
            .nearest
            .iter()
            .map(|number| entry::link(catalog, catalog.item(*number)))
            .collect();
        return Err(Refusal::not_here(catalog, query, nearest, found.closest));
    }
    let lead = Lead {
        title: locale.say("search-title"),
        body: vec![Paragraph::words(locale.say_with("search-lead", &[("query", query.into())]))],
    };
    let row = |row: &SearchRow<'_>| match row {
        SearchRow::Entry(hit) => entry_row(catalog, hit),
        SearchRow::Cell { holder, demand } => cell_row(catalog, *holder, *demand),
    };
    Ok(short_list(catalog, request, lead, &rows, PAGE_RESULTS_MAX, row).into())
}

/// Whether a hit is no position of anybody but the one whom the question names.
fn is_of_named_holder(catalog: &Catalog, hit: &Hit, cell: &CellMatch<'_>) -> bool {
    let named = match cell {
        CellMatch::Cell { row, .. } => std::slice::from_ref(row),
        CellMatch::Ambiguous { rows, .. } => rows,
    };
    let is_position = catalog.item(hit.document).entry.kind == Kind::Position;
    !is_position || named.iter().any(|row| row.number == hit.document)
}

fn cell_row(catalog: &Catalog, holder: Item<'_>, demand: Item<'_>) -> Row {
    let title = position::cell_title(catalog, holder, demand);
    let values = [
        ("kind", catalog.kind_name(Kind::Position).into()),
        ("snippet", position::cell_snippet(catalog, holder, demand, SNIPPET_CHARS_MAX).into()),
    ];
    let request = position::cell_request(catalog, &Request::new("position"), holder, demand);
    let about = catalog.locale().say_with("search-row", &values);
    Row::new(&title, &about, Link::new(&title, request))
}

fn entry_row(catalog: &Catalog, hit: &Hit) -> Row {
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
