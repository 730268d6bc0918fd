//! `/proposal`: who proposed what, and what each proposal says on each demand, as a matrix, on one
//! demand over time, as one proposal, or as one cell.

use super::no_entries;
use super::period::{FROM, Period, TO};
use super::position::demand_columns;
use crate::card::{
    Card, Link, ListHeader, PAGE_ROWS_MAX, Paragraph, Refusal, Row, TableRow, Text, entry, list,
};
use crate::catalog::proposals::{cell_on, is_author, stance_key};
use crate::catalog::{Catalog, Item, has_proposals};
use crate::command::{Command, EntryOption};
use crate::content::{CellStance, Detail, Kind};
use crate::picture::{self, Mark, Matrix, Picture};
use crate::request::{OptionKind, OptionSpec, Request, ResolvedEntry, VIEW};

pub(super) const COMMAND: Command = Command::new(
    "proposal",
    &[PROPOSAL.spec(), DEMAND.spec(), OptionSpec::new("by", OptionKind::Proposer), FROM, TO, VIEW],
);

const PROPOSAL: EntryOption = EntryOption::new("proposal", Kind::Proposal);
const DEMAND: EntryOption = EntryOption::new("demand", Kind::Demand);
const BY: EntryOption = EntryOption::new("by", Kind::Actor);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let request = &with_latest_proposal(catalog, request)?;
    match (PROPOSAL.find(catalog, request)?, DEMAND.find(catalog, request)?) {
        (Some(proposal), None) => entry::show(catalog, request, &proposal),
        (Some(proposal), Some(demand)) => cell(catalog, request, &proposal, &demand),
        (None, Some(demand)) => over_time(catalog, request, &demand),
        (None, None) => matrix(catalog, request),
    }
}

/// The request with the newest proposal's name in place of "latest".
fn with_latest_proposal(catalog: &Catalog, request: &Request) -> Result<Request, Refusal> {
    let words = request.option(PROPOSAL.name).unwrap_or_default().to_lowercase();
    let words = words.trim_start_matches("the ").trim_end_matches(" proposal");
    let newest = match words {
        "latest" | "newest" | "last" | "most recent" => {
            let items = catalog.of_kind(Kind::Proposal, request.article(catalog)?);
            items.max_by_key(|item| item.entry.date().map(|date| date.start().first_day()))
        }
        _ => None,
    };
    let request = request.clone();
    Ok(match newest {
        Some(item) => request.with(PROPOSAL.name, catalog.name(item)),
        None => request,
    })
}

/// The proposals selected by `by`, `from` and `to`, oldest first, and the side given in `by`.
fn proposals<'a>(
    catalog: &'a Catalog,
    request: &Request,
) -> Result<(Vec<Item<'a>>, Option<ResolvedEntry<'a>>), Refusal> {
    let period = Period::read(catalog, request)?;
    let side = BY.find(catalog, request)?;
    let mut items: Vec<Item<'a>> =
        catalog.of_kind(Kind::Proposal, request.article(catalog)?).collect();
    if items.is_empty() {
        return Err(no_entries(Kind::Proposal));
    }
    items.retain(|item| {
        let in_time = item.entry.date().is_some_and(|date| period.overlaps(date));
        let of_side = side.as_ref().is_none_or(|side| {
            std::ptr::eq(side.item.article, item.article)
                && is_author(item.entry, side.item.position())
        });
        in_time && of_side
    });
    match &side {
        Some(side) if items.is_empty() => Err(no_proposals_by(catalog, request, side.item)),
        None if items.is_empty() => Err(no_proposals(catalog, request)),
        _ => Ok((items, side)),
    }
}

/// The request with `by` replaced by the side's own name, because links have little room.
fn with_proposer_name(
    catalog: &Catalog,
    request: &Request,
    side: Option<&ResolvedEntry<'_>>,
) -> Request {
    let name = side.map(|side| catalog.name(side.item)).unwrap_or_default();
    request.clone().with("by", name)
}

/// Refuses an actor who made no proposal, and offers the actor's side.
fn no_proposals_by(catalog: &Catalog, request: &Request, side: Item<'_>) -> Refusal {
    let sides = catalog.related_proposers(side);
    if has_proposals(side) || sides.is_empty() {
        return no_proposals(catalog, request);
    }
    let link = |item: Item<'_>| {
        Link::new(&item.entry.title, request.clone().at_page(1).with("by", catalog.name(item)))
    };
    let refusal = Refusal::new("refuse-no-proposer").with("name", side.entry.title.clone());
    refusal.choices(sides.into_iter().map(link))
}

fn no_proposals(catalog: &Catalog, request: &Request) -> Refusal {
    let article = request.article(catalog).unwrap_or(None);
    let dates: Vec<String> = catalog
        .of_kind(Kind::Proposal, article)
        .filter_map(|item| item.entry.date())
        .map(|date| catalog.locale().date(date))
        .collect();
    let [first, last] = [dates.first(), dates.last()].map(|date| date.cloned().unwrap_or_default());
    let by = |item: &Item<'_>| {
        let only = Request::new(COMMAND.name).with("by", catalog.name(*item));
        Link::new(&item.entry.title, only)
    };
    let sides = catalog.proposers(article);
    Refusal::new("refuse-nothing-proposed")
        .with("first", first)
        .with("last", last)
        .choices(sides.iter().map(by))
}

/// Every proposal with its stances on all demands, by number.
fn matrix(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let (items, side) = proposals(catalog, request)?;
    let request = &with_proposer_name(catalog, request, side.as_ref());
    let demands: Vec<Item<'_>> = catalog.of_kind(Kind::Demand, request.article(catalog)?).collect();
    let numbered: Vec<String> = demands.iter().map(|item| numbered_title(*item)).collect();
    let values = [("count", items.len().into()), ("demands", numbered.join(" · ").into())];
    let lead = Paragraph::plain(locale.text_with("list-proposal.lead", &values));
    let title = match &side {
        None => locale.text("list-proposal"),
        Some(side) => {
            locale.text_with("proposal-by", &[("by", side.item.entry.title.as_str().into())])
        }
    };
    let rows = items.iter().map(|item| matrix_row(catalog, *item)).collect();
    let header = ListHeader { title, body: vec![lead] };
    let mut card = list(catalog, request, header, rows, PAGE_ROWS_MAX);
    card.kind = Some(Kind::Proposal);
    if let Some(table) = &mut card.table {
        table.columns = demands.iter().map(|demand| number(*demand).to_string()).collect();
        let meaning = |stance: CellStance| {
            let key = stance_key(stance);
            let [mark, name] = ["mark", "name"].map(|part| locale.text(&format!("{key}.{part}")));
            format!("{mark} {name}")
        };
        table.legend = CellStance::ALL.map(meaning).join(" · ");
    }
    card.picture = matrix_picture(catalog, &items, &card);
    card.notes.extend(side.as_ref().and_then(|side| entry::interpretation_note(locale, side)));
    let over_time = |item: &Item<'_>| over_time_link(catalog, request, *item);
    let has_terms =
        |demand: &&Item<'_>| items.iter().any(|item| cell_on(*item, **demand).is_some());
    card.related = demands.iter().filter(has_terms).map(over_time).collect();
    card.related.extend(side.map(|side| entry::link(catalog, side.item)));
    Ok(card)
}

/// The proposals of a page as a picture, where all of them are of one article.
fn matrix_picture(catalog: &Catalog, items: &[Item<'_>], card: &Card) -> Option<Picture> {
    let locale = catalog.locale();
    // Pages may hold fewer rows than they could, so the page is found by what it opens.
    let is_shown = |item: &&Item<'_>| card.open_links.contains(&entry::link(catalog, **item));
    let row = |item: &Item<'_>| {
        let cells = item.entry.cells().iter();
        picture::MatrixRow {
            when: item.entry.date().map(|date| locale.date_short(date)).unwrap_or_default(),
            label: item.entry.title.clone(),
            marks: cells.map(|cell| Mark::from_cell(locale, cell.stance)).collect(),
            words: terms_text(catalog, *item, false),
        }
    };
    let columns = demand_columns(items.first()?.article, items)?;
    let (title, lead) = (card.title.clone(), locale.text("picture-proposal"));
    let footer = card.covers_until.clone().unwrap_or_default();
    let rows = items.iter().filter(is_shown).map(row).collect();
    let key = Mark::all(locale, true);
    Matrix { title, lead, columns, rows, legend: key, footer }.picture()
}

/// "20 November 2025 · US 28 points: asks 1, 2, 5; offers 3, 4 (leaked draft)".
fn matrix_row(catalog: &Catalog, item: Item<'_>) -> Row {
    let locale = catalog.locale();
    let terms = terms_text(catalog, item, true);
    let values = [("terms", terms.into()), ("status", catalog.proposal_status(item).into())];
    let date = item.entry.date().map(|date| locale.date(date)).unwrap_or_default();
    let name = format!("{date} · {}", item.entry.title);
    let marks = item.entry.cells().iter();
    let marks = marks.map(|cell| locale.text(&format!("{}.mark", stance_key(cell.stance))));
    let in_table = TableRow {
        name: name.clone(),
        marks: marks.collect(),
        note: catalog.proposal_status(item),
    };
    let about = locale.text_with("proposal-row", &values);
    Row::new(&format!("{name}:"), &about, entry::link(catalog, item)).with_table_row(in_table)
}

/// "asks 1, 2, 5; offers 3, 4": what a proposal says on the demands, by their numbers.
fn terms_text(catalog: &Catalog, item: Item<'_>, names_silence: bool) -> String {
    let locale = catalog.locale();
    let demands: Vec<Item<'_>> = demands(item).collect();
    let of_stance = |stance: CellStance| {
        let cells = item.entry.cells().iter().zip(&demands);
        let numbers: Vec<String> = cells
            .filter(|(cell, _)| cell.stance == stance)
            .map(|(_, demand)| number(*demand).to_string())
            .collect();
        let key = stance_key(stance);
        match numbers.len() {
            0 => None,
            all if all == demands.len() && stance == CellStance::Silent => {
                Some(locale.text(&format!("{key}.all")))
            }
            _ if stance == CellStance::Silent && !names_silence => None,
            _ => Some(locale.text_with(&key, &[("demands", numbers.join(", ").into())])),
        }
    };
    CellStance::ALL.into_iter().filter_map(of_stance).collect::<Vec<_>>().join("; ")
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
        .with("demand", catalog.name(demand.item));
    items.retain(|item| std::ptr::eq(item.article, demand.item.article));
    let of = items.len();
    items.retain(|item| cell_on(*item, demand.item).is_some());
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
    let key = if of == items.len() { ".lead-all" } else { ".lead" };
    let values = [("count", items.len().into()), ("of", of.into())];
    let lead = locale.text_with(&format!("proposal-over-time{key}"), &values);
    let lead = ListHeader { title, body: vec![Paragraph::plain(lead)] };
    let mut card = list(catalog, request, lead, rows, PAGE_ROWS_MAX);
    card.kind = Some(Kind::Proposal);
    card.kicker = entry::kicker(catalog, demand.item);
    card.sources = entry::sources(locale, demand.item, &view, &card.body);
    card.notes.extend(notes(catalog, [Some(demand), side.as_ref()]));
    card.related = vec![entry::link(catalog, demand.item), all_link(catalog)];
    Ok(card)
}

/// What one proposal says on one demand.
fn cell(
    catalog: &Catalog,
    request: &Request,
    proposal: &ResolvedEntry<'_>,
    demand: &ResolvedEntry<'_>,
) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    if !std::ptr::eq(proposal.item.article, demand.item.article) {
        return Err(no_entries(Kind::Proposal));
    }
    let values = [
        ("proposal", proposal.item.entry.title.as_str().into()),
        ("demand", demand.item.entry.title.as_str().into()),
    ];
    let view = catalog.terms_on_demand(proposal.item, demand.item);
    let mut card = entry::view_card(catalog, request, proposal.item, &view);
    if view.blocks.is_empty() {
        card.body = vec![Paragraph::plain(locale.text_with("proposal-cell.silent", &values))];
    }
    card.title = locale.text_with("proposal-cell", &values);
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

fn notes(catalog: &Catalog, taken: [Option<&ResolvedEntry<'_>>; 2]) -> Vec<Text> {
    let note = |taken| entry::interpretation_note(catalog.locale(), taken);
    taken.into_iter().flatten().filter_map(note).collect()
}

/// The previous and next proposal that say something on the same demand.
fn neighbors<'a>(proposal: Item<'a>, demand: Item<'_>) -> (Option<Item<'a>>, Option<Item<'a>>) {
    let all =
        proposal.article.of_kind(Kind::Proposal).map(|(place, _)| proposal.at_position(place));
    let (before, after): (Vec<Item<'a>>, Vec<Item<'a>>) = all
        .filter(|item| cell_on(*item, demand).is_some() && item.number != proposal.number)
        .partition(|item| item.number < proposal.number);
    (before.last().copied(), after.first().copied())
}

pub(super) fn cell_link(catalog: &Catalog, proposal: Item<'_>, demand: Item<'_>) -> Link {
    let to = entry::request(catalog, proposal).with("demand", catalog.name(demand));
    Link::new(&proposal.entry.title, to)
}

fn over_time_link(catalog: &Catalog, request: &Request, demand: Item<'_>) -> Link {
    let title = [("demand", demand.entry.title.as_str().into())];
    let label = catalog.locale().text_with("proposal-over-time", &title);
    Link::new(label, request.clone().at_page(1).with("demand", catalog.name(demand)))
}

fn all_link(catalog: &Catalog) -> Link {
    Link::new(catalog.locale().text("list-proposal"), Request::new(COMMAND.name))
}

fn demands(item: Item<'_>) -> impl Iterator<Item = Item<'_>> {
    item.article.of_kind(Kind::Demand).map(move |(place, _)| item.at_position(place))
}

fn numbered_title(demand: Item<'_>) -> String {
    format!("{} {}", number(demand), demand.entry.title)
}

fn number(demand: Item<'_>) -> u8 {
    match demand.entry.detail {
        Detail::Demand { number } => number,
        _ => 0,
    }
}
