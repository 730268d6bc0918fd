//! `/search`: full-text search, best results first.

use super::{position, proposal};
use crate::card::{Card, Link, Paragraph, Refusal, Row, entry, short_list, shorten};
use crate::catalog::{AskedNumbers, Catalog, CellMatch, Item};
use crate::command::{Command, not_found, read_period, refuse_uncovered_date};
use crate::content::Kind;
use crate::request::{OptionKind, OptionSpec, Request};
use crate::search::{Hit, MatchKind, Passage, SearchResults, asks_for_present_state, stems};

pub(super) const COMMAND: Command = Command::new("search", &[QUERY, KIND]);

/// Maximum number of results per page. Each result has a button of its own, which takes space.
const PAGE_RESULTS_MAX: usize = 5;

/// Maximum length of a passage in characters: five or six lines on a phone, beside the button.
const SNIPPET_CHARS_MAX: usize = 140;

/// Maximum number of cells where a question means several proposals.
const CELLS_MAX: usize = 3;

const QUERY: OptionSpec = OptionSpec::new("query", OptionKind::Text).required();
const KIND: OptionSpec = OptionSpec::new("kind", OptionKind::Kind);

/// A search result.
enum SearchRow<'a> {
    Hit(&'a Hit),
    /// An entry that the question names.
    Named(Item<'a>),
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
    let mut found = find_hits(catalog, query, kind, article);
    let newest = newest_row(catalog, query, kind, article);
    let is_named = found.hits.first().is_some_and(|hit| hit.kind <= MatchKind::Alias);
    if (!is_named && newest.is_none()) || asks_for_present_state(query) {
        let answer = found.hits.first().map(|hit| hit.document);
        refuse_uncovered_date(catalog, request, query, answer)?;
    }
    let mut rows: Vec<SearchRow<'_>> = match newest {
        Some(newest) => vec![newest],
        None => read_parts(catalog, query, kind, &mut found, article),
    };
    let is_shown = |hit: &&Hit| {
        let mut shown = rows.iter();
        !shown.any(|row| matches!(row, SearchRow::Named(item) if item.number == hit.document))
    };
    let hits: Vec<&Hit> = found.hits.iter().filter(is_shown).collect();
    rows.extend(hits.into_iter().map(SearchRow::Hit));
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
        SearchRow::Hit(hit) => hit_row(catalog, hit),
        SearchRow::Named(item) => named_row(catalog, *item),
        SearchRow::Cell { row, demand } => cell_row(catalog, *row, *demand),
    };
    Ok(short_list(catalog, request, base, &pages, row))
}

/// The entries that answer a question, without those that share just a number with it.
fn find_hits(
    catalog: &Catalog,
    query: &str,
    kind: Option<Kind>,
    article: Option<usize>,
) -> SearchResults {
    let filter = catalog.filter(kind, article);
    let mut found = catalog.search_index().search(query, &filter);
    if found.hits.is_empty()
        && let Ok(Some((Some(day), to))) = read_period(catalog, Kind::Event, article, query)
        && to == Some(day)
    {
        // "24/02/2022", as entries write it.
        found = catalog.search_index().search(&catalog.locale().partial_date(day), &filter);
    }
    let asked = AskedNumbers::of(query);
    let is_other = |document: usize| catalog.contradicts(document, &asked);
    found.hits.retain(|hit| hit.kind <= MatchKind::Alias || !is_other(hit.document));
    found.nearest.retain(|document| !is_other(document));
    found
}

/// The newest proposal, or its terms on a demand, if a question asks for it.
fn newest_row<'a>(
    catalog: &'a Catalog,
    query: &str,
    kind: Option<Kind>,
    article: Option<usize>,
) -> Option<SearchRow<'a>> {
    let may_be_proposal = kind.is_none_or(|kind| kind == Kind::Proposal);
    let found = may_be_proposal.then(|| catalog.find_newest_proposal(query, false, article));
    let (newest, demand) = found.flatten()?;
    let cell = demand.map(|demand| SearchRow::Cell { row: newest, demand });
    Some(cell.unwrap_or(SearchRow::Named(newest)))
}

/// The rows for the parts of a question that names a holder or a proposal. Removes the hits that
/// are somebody else's view.
fn read_parts<'a>(
    catalog: &'a Catalog,
    query: &str,
    kind: Option<Kind>,
    found: &mut SearchResults,
    article: Option<usize>,
) -> Vec<SearchRow<'a>> {
    let Some(cell) = catalog.find_any_cell(query, kind, found.hits.first(), article) else {
        return Vec::new();
    };
    found.hits.retain(|hit| cell.may_show(catalog.item(hit.document)));
    if let (CellMatch::Ambiguous { parts, .. }, []) = (&cell, found.hits.as_slice()) {
        // Without words such as "position" and "think", which are about neither part.
        let parts = format!("{} {}", parts.subject, parts.object);
        *found = catalog.search_index().search(&parts, &catalog.filter(kind, article));
        found.hits.retain(|hit| cell.may_show(catalog.item(hit.document)));
    }
    if is_about_unknown_word(catalog, &cell, article) {
        found.hits.clear();
    }
    let cell_row = |(row, demand)| SearchRow::Cell { row, demand };
    match &cell {
        CellMatch::Cell { row, column } => vec![cell_row((*row, *column))],
        CellMatch::Ambiguous { rows, columns, parts } if rows.is_empty() => {
            let party = catalog.find_actor(&parts.subject, article);
            let Some(party) = party.filter(|_| !columns.is_empty()) else { return Vec::new() };
            found
                .hits
                .retain(|hit| !catalog.is_proposal_of_another(catalog.item(hit.document), party));
            let is_shown = !found.hits.is_empty() && kind.is_none_or(|kind| kind == Kind::Actor);
            is_shown.then_some(SearchRow::Named(party)).into_iter().collect()
        }
        CellMatch::Ambiguous { rows, columns, .. } => {
            let is_proposal = rows[0].entry.kind == Kind::Proposal;
            let cells =
                if is_proposal { proposal::stated_cells(rows, columns) } else { Vec::new() };
            cells.into_iter().take(CELLS_MAX).map(cell_row).collect()
        }
    }
}

/// Whether a holder is asked about a single word that finds nothing: "Ukraine on pizza".
fn is_about_unknown_word(catalog: &Catalog, cell: &CellMatch<'_>, article: Option<usize>) -> bool {
    let CellMatch::Ambiguous { rows, columns, parts } = cell else { return false };
    let finds = |text: &str| {
        !catalog.search_index().search(text, &catalog.filter(None, article)).hits.is_empty()
    };
    let is_unknown = || stems(&parts.object).len() == 1 && !finds(&parts.object);
    !rows.is_empty() && columns.is_empty() && is_unknown()
}

pub(crate) fn cell_row(catalog: &Catalog, row: Item<'_>, demand: Item<'_>) -> Row {
    let title = position::cell_title(catalog, row, demand);
    let (snippet, request) = match row.entry.kind {
        Kind::Proposal => {
            let terms = row.cell_on(demand).map(|cell| cell.text.clone());
            let silent = || proposal::silence_text(catalog, row, demand);
            let request = proposal::cell_link(catalog, row, demand).request;
            (terms.unwrap_or_else(silent), request)
        }
        _ => (
            position::cell_snippet(catalog, row, demand, SNIPPET_CHARS_MAX),
            position::cell_request(catalog, &Request::new("position"), row, demand),
        ),
    };
    entry::result_row(catalog, row, &snippet, Link::new(title, request))
}

fn named_row(catalog: &Catalog, item: Item<'_>) -> Row {
    entry::result_row(catalog, item, &item.entry.summary, entry::link(catalog, item))
}

fn hit_row(catalog: &Catalog, hit: &Hit) -> Row {
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
