//! `/search`: full-text search, best results first.

use super::{position, proposal};
use crate::card::{Card, Link, Paragraph, Refusal, Row, entry, short_list, shorten};
use crate::catalog::{AskedNumbers, Catalog, CellMatch, Item};
use crate::command::{Command, not_found, read_period, refuse_uncovered_date};
use crate::content::Kind;
use crate::request::{OptionKind, OptionSpec, Request};
use crate::search::{Hit, MatchKind, Passage, asks_for_present_state, stems};

pub(super) const COMMAND: Command = Command::new("search", &[QUERY, KIND]);

/// Maximum number of results per page. Each result has a button of its own, which takes space.
const PAGE_RESULTS_MAX: usize = 5;

/// Maximum length of a passage in characters: five or six lines on a phone, beside the button.
const SNIPPET_CHARS_MAX: usize = 140;

const QUERY: OptionSpec = OptionSpec::new("query", OptionKind::Text).required();
const KIND: OptionSpec = OptionSpec::new("kind", OptionKind::Kind);

/// A search result.
enum SearchRow<'a> {
    Entry(&'a Hit),
    /// What a position or proposal says on a demand, for questions that name both.
    Cell {
        row: Item<'a>,
        demand: Item<'a>,
    },
}

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let query = QUERY.text(request)?;
    let (kind, article) = (KIND.kind_of_entry(request)?, request.article(catalog)?);
    let filter = catalog.filter(kind, article);
    let mut found = catalog.search_index().search(query, &filter);
    if found.hits.is_empty()
        && let Ok(Some((Some(day), to))) = read_period(catalog, Kind::Event, article, query)
        && to == Some(day)
    {
        // "24/02/2022", as entries write it.
        found = catalog.search_index().search(&locale.partial_date(day), &filter);
    }
    let asked = AskedNumbers::of(query);
    let is_other = |document: usize| catalog.contradicts(document, &asked);
    found.hits.retain(|hit| hit.kind <= MatchKind::Alias || !is_other(hit.document));
    found.nearest.retain(|document| !is_other(document));
    let is_named = found.hits.first().is_some_and(|hit| hit.kind <= MatchKind::Alias);
    if !is_named || asks_for_present_state(query) {
        let answer = found.hits.first().map(|hit| hit.document);
        refuse_uncovered_date(catalog, request, query, answer)?;
    }
    let cell = catalog.find_any_cell(query, kind, found.hits.first(), article);
    if let Some(cell) = &cell {
        found.hits.retain(|hit| cell.allows(catalog.item(hit.document)));
        if let (CellMatch::Ambiguous { parts, .. }, []) = (cell, found.hits.as_slice()) {
            // Without words such as "position" and "think", which are about neither part.
            let parts = format!("{} {}", parts.subject, parts.object);
            found = catalog.search_index().search(&parts, &filter);
            found.hits.retain(|hit| cell.allows(catalog.item(hit.document)));
        }
        if is_about_unknown_word(catalog, cell, article) {
            found.hits.clear();
        }
    }
    let cell = match cell {
        Some(CellMatch::Cell { row, column }) => Some(SearchRow::Cell { row, demand: column }),
        _ => None,
    };
    let rows: Vec<SearchRow<'_>> =
        cell.into_iter().chain(found.hits.iter().map(SearchRow::Entry)).collect();
    if rows.is_empty() {
        let closest = found.nearest.closest();
        let nearest = found.nearest.documents.into_iter();
        let links = nearest.map(|number| entry::link(catalog, catalog.item(number)));
        return Err(not_found(catalog, article, query, links, closest));
    }
    let base = Card {
        title: locale.text("search-title"),
        body: vec![Paragraph::plain(locale.text_with("search-lead", &[("query", query.into())]))],
        ..Card::default()
    };
    let pages: Vec<&[SearchRow<'_>]> = rows.chunks(PAGE_RESULTS_MAX).collect();
    let row = |row: &SearchRow<'_>| match row {
        SearchRow::Entry(hit) => entry_row(catalog, hit),
        SearchRow::Cell { row, demand } => cell_row(catalog, *row, *demand),
    };
    Ok(short_list(catalog, request, base, &pages, row))
}

/// Whether a holder is asked about a single word that finds nothing: "Ukraine on pizza".
fn is_about_unknown_word(catalog: &Catalog, cell: &CellMatch<'_>, article: Option<usize>) -> bool {
    let CellMatch::Ambiguous { columns, parts, .. } = cell else { return false };
    let finds = |text: &str| {
        !catalog.search_index().search(text, &catalog.filter(None, article)).hits.is_empty()
    };
    columns.is_empty() && stems(&parts.object).len() == 1 && !finds(&parts.object)
}

pub(crate) fn cell_row(catalog: &Catalog, row: Item<'_>, demand: Item<'_>) -> Row {
    let title = position::cell_title(catalog, row, demand);
    let (snippet, request) = match row.entry.kind {
        Kind::Proposal => {
            // Its summary, if it says nothing on the demand.
            let terms = row.cell_on(demand).map_or(&row.entry.summary, |cell| &cell.text);
            (terms.clone(), proposal::cell_link(catalog, row, demand).request)
        }
        _ => (
            position::cell_snippet(catalog, row, demand, SNIPPET_CHARS_MAX),
            position::cell_request(catalog, &Request::new("position"), row, demand),
        ),
    };
    entry::result_row(catalog, row, &snippet, Link::new(title, request))
}

fn entry_row(catalog: &Catalog, hit: &Hit) -> Row {
    let item = catalog.item(hit.document);
    let snippet = match hit.passage {
        Passage::Summary => item.entry.summary.clone(),
        Passage::Paragraph(index) => {
            let block = item.entry.blocks().nth(index);
            block.map_or_else(String::new, |block| shorten(&block.plain(), SNIPPET_CHARS_MAX))
        }
    };
    entry::result_row(catalog, item, &snippet, entry::link(catalog, item))
}
