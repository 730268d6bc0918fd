//! `/proposal`: who proposed what, and what each proposal says on each demand, as a matrix, on one
//! demand over time, as one proposal, or as one cell.

use super::period::{FROM, Period, TO, text_and_period_refusal, with_period};
use super::{matrix, no_entries, unused_options};
use crate::card::{Card, Link, Paragraph, Refusal, Row, Text, entry, list};
use crate::catalog::proposals::stance_key;
use crate::catalog::{AskedNumbers, Catalog, CellMatch, Item, has_proposals};
use crate::command::{Bounds, Command, no_period, read_period, split_period};
use crate::content::{CellStance, Kind};
use crate::picture::{Mark, MatrixRow};
use crate::request::{OptionKind, OptionSpec, Request, ResolvedEntry, VIEW};
use crate::search::{CHOICES_MAX, MatchKind, Resolution, asks_for_view};

pub(super) const COMMAND: Command =
    Command::new("proposal", &[PROPOSAL, DEMAND, BY, FROM, TO, VIEW]);

const PROPOSAL: OptionSpec = OptionSpec::entry("proposal", Kind::Proposal);
const DEMAND: OptionSpec = OptionSpec::entry("demand", Kind::Demand);
const BY: OptionSpec = OptionSpec::new("by", OptionKind::Proposer);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let request = &read_text(catalog, request)?;
    let proposal = PROPOSAL.find_entry(catalog, request)?;
    let demand = DEMAND.find_entry(catalog, request)?;
    let mut card = match (&proposal, &demand) {
        (Some(proposal), None) => entry::show(catalog, request, proposal),
        (Some(proposal), Some(demand)) => cell(catalog, request, proposal, demand),
        (None, Some(demand)) => over_time(catalog, request, demand),
        (None, None) => matrix(catalog, request),
    }?;
    if proposal.is_some() {
        card.notes.extend(unused_options(catalog, request, &[BY.name, FROM.name, TO.name]));
    }
    Ok(card)
}

/// The request with the text in `proposal` replaced by what it means, if that is not a proposal's
/// name: a period, or a question such as "Russia on NATO".
fn read_text(catalog: &Catalog, request: &Request) -> Result<Request, Refusal> {
    let Some(input) = request.option(PROPOSAL.name) else {
        return Ok(request.clone());
    };
    let article = request.article(catalog)?;
    let period = read_period(catalog, Kind::Proposal, article, input)
        .map_err(|other| no_period(catalog, request, input, other))?;
    if let Some(period) = period {
        return Ok(of_period(catalog, request, period, article));
    }
    let filter = catalog.filter(Some(Kind::Proposal), article);
    if catalog.search_index().is_name(input, &filter) {
        return Ok(request.clone());
    }
    let has_demand = request.option(DEMAND.name).is_some();
    if let Some((newest, demand)) = catalog.find_newest_proposal(input, true, article) {
        let request = request.clone().with(PROPOSAL.name, catalog.name(newest));
        return Ok(match demand.filter(|_| !has_demand) {
            Some(demand) => request.with(DEMAND.name, catalog.name(demand)),
            None => request,
        });
    }
    if has_demand {
        return Ok(request.clone());
    }
    if let Some((author, plans)) = catalog.find_plans_of(input, article) {
        return match plans.as_slice() {
            [] => Ok(request.clone().with(PROPOSAL.name, "").with(BY.name, catalog.name(author))),
            _ => Err(PROPOSAL.several_refusal(catalog, request, input, &plans)),
        };
    }
    if let Some(listed) = read_list(catalog, request, input, article)? {
        return Ok(listed);
    }
    if let Some(cell) = read_cell(catalog, request, input, article)? {
        return Ok(cell);
    }
    match split_period(input).filter(|(_, (from, to))| from != to) {
        Some(split) => Err(text_and_period_refusal(catalog, request, PROPOSAL, split)),
        None => Ok(request.clone()),
    }
}

/// The request for a period, or for the proposal whose date is all of it.
fn of_period(
    catalog: &Catalog,
    request: &Request,
    (from, to): Bounds,
    article: Option<usize>,
) -> Request {
    let words = from.filter(|from| to == Some(*from));
    let words = words.map(|from| catalog.locale().partial_date(from));
    let named = words.filter(|words| {
        let found = catalog.resolve(words, Kind::Proposal, article);
        matches!(found, Resolution::One(hit) if hit.kind <= MatchKind::Alias)
    });
    match named {
        Some(words) => request.clone().with(PROPOSAL.name, words),
        None => with_period(request.clone().with(PROPOSAL.name, ""), from, to),
    }
}

/// The request for what a proposal or an author's proposals say on a demand, if a text asks for it.
fn read_cell(
    catalog: &Catalog,
    request: &Request,
    input: &str,
    article: Option<usize>,
) -> Result<Option<Request>, Refusal> {
    let about = |row: Item<'_>, demand: Item<'_>| {
        let request = request.clone().with(PROPOSAL.name, catalog.name(row));
        Ok(Some(request.with(DEMAND.name, catalog.name(demand))))
    };
    match catalog.find_proposal_cell(input, article) {
        Some(CellMatch::Cell { row, column }) => return about(row, column),
        Some(CellMatch::Ambiguous { rows, columns, .. }) if !columns.is_empty() => {
            return Err(several_cells(catalog, input, &rows, &columns));
        }
        _ => {}
    }
    if let Some(CellMatch::Cell { row, column }) = catalog.find_cell(input, Kind::Position, article)
        && let Some(holder) = row.holder().filter(|holder| has_proposals(*holder))
    {
        let request = request.clone().with(PROPOSAL.name, "").with(BY.name, catalog.name(holder));
        return Ok(Some(request.with(DEMAND.name, catalog.name(column))));
    }
    // "28 points nato"
    if let Resolution::One(hit) = catalog.resolve(input, Kind::Proposal, article)
        && !catalog.contradicts(hit.document, &AskedNumbers::of(input))
        && let row = catalog.item(hit.document)
        && let Some(CellMatch::Cell { column, .. }) = catalog.find_cell_in(row, input)
        && row.cell_on(column).is_some()
    {
        return about(row, column);
    }
    Ok(None)
}

/// Offers the cells of these proposals and demands; those that say something, if any does.
fn several_cells(
    catalog: &Catalog,
    input: &str,
    proposals: &[Item<'_>],
    demands: &[Item<'_>],
) -> Refusal {
    let cells = stated_cells(proposals, demands).into_iter().take(CHOICES_MAX);
    let link = |(proposal, demand)| {
        let title = cell_text(catalog, "proposal-cell", proposal, demand);
        Link::new(title, cell_link(catalog, proposal, demand).request)
    };
    Refusal::new("refuse-several").input(input).choices(cells.map(link))
}

/// The cells of proposals and demands that are not silent, or all if none says anything.
pub(super) fn stated_cells<'a>(
    proposals: &[Item<'a>],
    demands: &[Item<'a>],
) -> Vec<(Item<'a>, Item<'a>)> {
    let pairs = proposals.iter().flat_map(|row| demands.iter().map(move |column| (*row, *column)));
    let cells: Vec<_> = pairs.filter(|(row, column)| row.is_in_article_of(*column)).collect();
    let is_stated = |(row, column): &(Item<'a>, Item<'a>)| row.cell_on(*column).is_some();
    match cells.iter().any(is_stated) {
        true => cells.into_iter().filter(is_stated).collect(),
        false => cells,
    }
}

/// The request for a list that a text means: of an author's proposals on a demand or in a period, or of
/// what was proposed on a demand.
fn read_list(
    catalog: &Catalog,
    request: &Request,
    input: &str,
    article: Option<usize>,
) -> Result<Option<Request>, Refusal> {
    let Some((proposers, demand)) = catalog.find_proposers_and_demand(input, article) else {
        return Ok(None);
    };
    let period = first_period(catalog, input, article);
    // "Putin June 2024" is a proposal.
    let asks_for_list = !proposers.is_empty() && period.is_some() && asks_for_view(input);
    if demand.is_none() && !asks_for_list {
        return Ok(None);
    }
    let request = request.clone().with(PROPOSAL.name, "");
    let (from, to) = period.unwrap_or_default();
    let request = with_period(request, from, to);
    let request = match demand {
        Some(demand) => request.with(DEMAND.name, catalog.name(demand)),
        None => request,
    };
    match proposers.as_slice() {
        [] => Ok(Some(request)),
        [proposer] => Ok(Some(request.with(BY.name, catalog.name(*proposer)))),
        _ => Err(BY.several_refusal(catalog, &request, input, &proposers)),
    }
}

/// The most words of a date, and of a text in which one is looked for.
const DATE_WORDS_MAX: usize = 5;
const TEXT_WORDS_MAX: usize = 12;

/// The first period in a text.
fn first_period(catalog: &Catalog, text: &str, article: Option<usize>) -> Option<Bounds> {
    let words: Vec<&str> = text.split_whitespace().take(TEXT_WORDS_MAX).collect();
    (0..words.len()).find_map(|start| {
        let mut ends = (start + 1..=words.len().min(start + DATE_WORDS_MAX)).rev();
        ends.find_map(|end| {
            let written = words[start..end].join(" ");
            read_period(catalog, Kind::Proposal, article, &written).ok().flatten()
        })
    })
}

/// The proposals selected by `by`, `from` and `to`, oldest first, and the side given in `by`.
fn proposals<'a>(
    catalog: &'a Catalog,
    request: &Request,
) -> Result<(Vec<Item<'a>>, Option<ResolvedEntry<'a>>), Refusal> {
    let period = Period::read(catalog, request)?;
    let side = find_side(catalog, request)?;
    let mut items: Vec<Item<'a>> =
        catalog.of_kind(Kind::Proposal, request.article(catalog)?).collect();
    if items.is_empty() {
        return Err(no_entries(Kind::Proposal));
    }
    items.retain(|item| {
        let in_time = item.entry.date().is_some_and(|date| period.overlaps(date));
        let of_side = side
            .as_ref()
            .is_none_or(|side| side.item.is_in_article_of(*item) && item.is_by(side.item));
        in_time && of_side
    });
    match &side {
        Some(side) if items.is_empty() => Err(no_proposals_by(catalog, request, side.item)),
        None if items.is_empty() => Err(no_proposals(catalog, request)),
        _ => Ok((items, side)),
    }
}

/// The side given in `by`, also by a place of it: Moscow for Russia.
fn find_side<'a>(
    catalog: &'a Catalog,
    request: &Request,
) -> Result<Option<ResolvedEntry<'a>>, Refusal> {
    let article = request.article(catalog)?;
    let by = request.option(BY.name).unwrap_or_default();
    BY.find_entry(catalog, request).or_else(|refusal| {
        if let Resolution::One(place) = catalog.resolve(by, Kind::Place, article)
            && place.kind <= MatchKind::Alias
            && let title = &catalog.item(place.document).entry.title
            && let [position] = catalog.holders_in(title, article).as_slice()
            && let Some(side) = position.holder().filter(|side| has_proposals(*side))
        {
            return Ok(Some(side.into()));
        }
        Err(refusal)
    })
}

/// The request with `by` replaced by the side's own name, because links have little room.
fn with_proposer_name(
    catalog: &Catalog,
    request: &Request,
    side: Option<&ResolvedEntry<'_>>,
) -> Request {
    let name = side.map(|side| catalog.name(side.item)).unwrap_or_default();
    request.clone().with(BY.name, name)
}

/// Refuses an actor who made no proposal, and offers the actor's side.
fn no_proposals_by(catalog: &Catalog, request: &Request, side: Item<'_>) -> Refusal {
    let sides = catalog.related_proposers(side);
    if has_proposals(side) || sides.is_empty() {
        return no_proposals(catalog, request);
    }
    let links = sides.into_iter().map(|side| BY.link(catalog, request, side));
    Refusal::new("refuse-no-proposer").with("name", side.entry.title.clone()).choices(links)
}

fn no_proposals(catalog: &Catalog, request: &Request) -> Refusal {
    let article = request.article(catalog).unwrap_or(None);
    let dates: Vec<String> = catalog
        .of_kind(Kind::Proposal, article)
        .filter_map(|item| item.entry.date())
        .map(|date| catalog.locale().date(date))
        .collect();
    let [first, last] = [dates.first(), dates.last()].map(|date| date.cloned().unwrap_or_default());
    let sides = catalog.proposers(article).into_iter();
    let links = sides.map(|side| BY.link(catalog, &Request::new(COMMAND.name), side));
    Refusal::new("refuse-nothing-proposed").with("first", first).with("last", last).choices(links)
}

/// Every proposal with its stances on all demands, by number.
fn matrix(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let (mut items, side) = proposals(catalog, request)?;
    let request = &with_proposer_name(catalog, request, side.as_ref());
    let others = matrix::keep_one_article(request, &mut items);
    let demands: Vec<Item<'_>> = items[0].siblings(Kind::Demand).collect();
    let values = [("count", items.len().into()), ("demands", matrix::numbered(&demands).into())];
    let title = match &side {
        None => locale.text("list-proposal"),
        Some(side) => {
            locale.text_with("proposal-by", &[("by", side.item.entry.title.as_str().into())])
        }
    };
    let base = Card {
        kind: Some(Kind::Proposal),
        kicker: matrix::kicker(catalog, items[0]),
        title: Period::read(catalog, request)?.titled(locale, title),
        body: vec![Paragraph::plain(locale.text_with("list-proposal.lead", &values))],
        notes: notes(catalog, [side.as_ref(), None]),
        ..Card::default()
    };
    let legend = CellStance::ALL.map(|stance| Mark::from_cell(locale, stance));
    let rows = items.iter().map(|item| matrix_row(catalog, *item, &legend)).collect();
    let mut card = list(catalog, request, base, rows);
    card.link_ends(locale);
    let lead = locale.text("picture-proposal");
    matrix::complete(&mut card, &demands, lead, legend.into());
    let has_terms = |demand: &&Item<'_>| items.iter().any(|item| item.cell_on(**demand).is_some());
    let over_time = |item: &Item<'_>| over_time_link(catalog, request, *item);
    card.related = demands.iter().filter(has_terms).map(over_time).collect();
    card.related.extend(side.map(|side| entry::link(catalog, side.item)));
    card.related.extend(others);
    Ok(card)
}

/// "20 November 2025 · US 28 points: asks 1, 2, 5; offers 3, 4 (leaked draft)".
fn matrix_row(catalog: &Catalog, item: Item<'_>, marks: &[Mark]) -> Row {
    let locale = catalog.locale();
    let terms = terms_text(catalog, item);
    let status = catalog.proposal_status(item);
    let values = [("terms", terms.as_str().into()), ("status", status.as_str().into())];
    let about = locale.text_with("proposal-row", &values);
    let date = item.entry.date();
    let name = date.map(|date| locale.date(date)).unwrap_or_default();
    let title = locale.without_date(&item.entry.title);
    let name = format!("{name} · {title}");
    let cells = item.entry.cells().iter();
    Row::new(&format!("{name}:"), &about, entry::link(catalog, item)).in_matrix(MatrixRow {
        when: date.map(|date| locale.date_short(date)).unwrap_or_default(),
        label: title.to_owned(),
        marks: cells.map(|cell| marks[cell.stance as usize].clone()).collect(),
        words: terms,
        name,
        note: status,
    })
}

/// The stances with the demands' numbers. Silence is named only if it is on all demands.
fn terms_text(catalog: &Catalog, item: Item<'_>) -> String {
    let held = item.entry.cells().iter().map(|cell| cell.stance);
    let stated = CellStance::ALL.into_iter().filter(|stance| *stance != CellStance::Silent);
    let text = matrix::stances_text(stated, held, |stance, numbers| {
        catalog.locale().text_with(&stance_key(stance), &[("demands", numbers.into())])
    });
    match text.is_empty() {
        true => catalog.locale().text(&format!("{}.all", stance_key(CellStance::Silent))),
        false => text,
    }
}

/// What the proposals say on one demand, oldest first, with sources.
fn over_time(
    catalog: &Catalog,
    request: &Request,
    demand: &ResolvedEntry<'_>,
) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let (mut items, side) = proposals(catalog, request)?;
    let request = &with_proposer_name(catalog, request, side.as_ref())
        .with(DEMAND.name, catalog.name(demand.item));
    items.retain(|item| item.is_in_article_of(demand.item));
    let of = items.len();
    items.retain(|item| item.cell_on(demand.item).is_some());
    if items.is_empty() {
        return Err(no_proposals(catalog, request));
    }
    let view = catalog.terms_over_time(demand.item, items.iter().map(|item| item.entry));
    let row = |(item, block)| Row::from_block(block, cell_link(catalog, item, demand.item));
    let rows = items.iter().copied().zip(&view.blocks).map(row).collect();
    let title = ("demand", demand.item.entry.title.as_str().into());
    let title = match &side {
        None => locale.text_with("proposal-over-time", &[title]),
        Some(side) => {
            let by = ("by", side.item.entry.title.as_str().into());
            locale.text_with("proposal-over-time.by", &[title, by])
        }
    };
    let title = Period::read(catalog, request)?.titled(locale, title);
    let key = if of == items.len() { ".lead-all" } else { ".lead" };
    let values = [("count", items.len().into()), ("of", of.into())];
    let lead = locale.text_with(&format!("proposal-over-time{key}"), &values);
    let all = Link::new(locale.text("list-proposal"), Request::new(COMMAND.name));
    let base = Card {
        kind: Some(Kind::Proposal),
        kicker: entry::kicker(catalog, demand.item),
        title,
        body: vec![Paragraph::plain(lead)],
        notes: notes(catalog, [Some(demand), side.as_ref()]),
        related: vec![entry::link(catalog, demand.item), all],
        ..Card::default()
    };
    let mut card = list(catalog, request, base, rows);
    card.link_ends(locale);
    card.sources = entry::sources(locale, demand.item, &view, &card.body);
    Ok(card)
}

/// What one proposal says on one demand.
fn cell(
    catalog: &Catalog,
    request: &Request,
    proposal: &ResolvedEntry<'_>,
    demand: &ResolvedEntry<'_>,
) -> Result<Card, Refusal> {
    if !proposal.item.is_in_article_of(demand.item) {
        return Err(no_entries(Kind::Proposal));
    }
    let view = catalog.terms_on_demand(proposal.item, demand.item);
    let mut card = entry::view_card(catalog, request, proposal.item, &view);
    if view.blocks.is_empty() {
        card.body = vec![Paragraph::plain(silence_text(catalog, proposal.item, demand.item))];
    }
    card.title = cell_text(catalog, "proposal-cell", proposal.item, demand.item);
    card.heading = None;
    card.request = Some(cell_link(catalog, proposal.item, demand.item).request);
    card.notes.extend(notes(catalog, [Some(proposal), Some(demand)]));
    let (before, after) = neighbors(proposal.item, demand.item);
    card.previous = before.map(|item| cell_link(catalog, item, demand.item));
    card.next = after.map(|item| cell_link(catalog, item, demand.item));
    card.related = vec![
        entry::link(catalog, proposal.item),
        over_time_link(catalog, &Request::new(COMMAND.name), demand.item),
        entry::link(catalog, demand.item),
    ];
    Ok(card)
}

/// The sentence that a proposal says nothing on a demand.
pub(super) fn silence_text(catalog: &Catalog, proposal: Item<'_>, demand: Item<'_>) -> String {
    cell_text(catalog, "proposal-cell.silent", proposal, demand)
}

fn cell_text(catalog: &Catalog, key: &str, proposal: Item<'_>, demand: Item<'_>) -> String {
    let titles = [("proposal", proposal), ("demand", demand)];
    let values = titles.map(|(name, item)| (name, item.entry.title.as_str().into()));
    catalog.locale().text_with(key, &values)
}

fn notes(catalog: &Catalog, taken: [Option<&ResolvedEntry<'_>>; 2]) -> Vec<Text> {
    let note = |taken| entry::interpretation_note(catalog.locale(), taken);
    taken.into_iter().flatten().filter_map(note).collect()
}

/// The previous and next proposal that say something on the same demand.
fn neighbors<'a>(proposal: Item<'a>, demand: Item<'_>) -> (Option<Item<'a>>, Option<Item<'a>>) {
    let stated = || proposal.siblings(Kind::Proposal).filter(|item| item.cell_on(demand).is_some());
    let before = stated().take_while(|item| item.number < proposal.number).last();
    (before, stated().find(|item| item.number > proposal.number))
}

pub(super) fn cell_link(catalog: &Catalog, proposal: Item<'_>, demand: Item<'_>) -> Link {
    let to = entry::request(catalog, proposal).with(DEMAND.name, catalog.name(demand));
    Link::new(&proposal.entry.title, to)
}

fn over_time_link(catalog: &Catalog, request: &Request, demand: Item<'_>) -> Link {
    let title = [("demand", demand.entry.title.as_str().into())];
    let label = catalog.locale().text_with("proposal-over-time", &title);
    Link::new(label, request.clone().at_page(1).with(DEMAND.name, catalog.name(demand)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::answer;

    #[test]
    fn a_place_stands_for_its_side() {
        let catalog = Catalog::bundled();
        let by = |name| answer(&catalog, &Request::new(COMMAND.name).with(BY.name, name));
        for (place, side) in [("Moscow", "russia"), ("Киев", "ukraine"), ("Kyiv", "ukraine")] {
            assert_eq!(by(place).expect(place).title, by(side).expect(side).title, "{place}");
        }
    }

    #[test]
    fn a_text_may_be_a_date_a_period_or_a_question() {
        let catalog = Catalog::bundled();
        for (typed, title) in [
            ("2025 to 2026", "Proposals: 2025 to 2026"),
            ("2025-2026", "Proposals: 2025 to 2026"),
            ("2024-06-14", "Putin's terms of 14 June 2024"),
            ("2022-03-29", "Istanbul communiqué (March 2022)"),
            ("Russia on NATO", "Russia on “Giving up NATO membership” over time"),
            (
                "what did the 28 points say about NATO",
                "US 28 points (November 2025) on “Giving up NATO membership”",
            ),
            ("28 points on sanctions", "US 28 points (November 2025) on “Lifting of sanctions”"),
            ("28 points", "US 28 points (November 2025)"),
            ("28 points nato", "US 28 points (November 2025) on “Giving up NATO membership”"),
            ("27 points nato", "refuse-not-here-at-all"),
            ("nato", "“Giving up NATO membership” over time"),
            ("27 points", "refuse-not-here-at-all"),
            ("19 points", "refuse-not-here-at-all"),
            ("29 points", "refuse-not-here-at-all"),
        ] {
            let request = Request::new(COMMAND.name).with(PROPOSAL.name, typed);
            let shown = match answer(&catalog, &request) {
                Ok(card) => card.title,
                Err(refusal) => refusal.key().to_owned(),
            };
            assert_eq!(shown, title, "{typed}");
        }
    }
}
