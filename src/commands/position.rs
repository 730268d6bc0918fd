//! `/position`: who takes which stance on each demand, as a matrix, a row, a column or a cell.

use super::{matrix, no_entries, proposal};
use crate::card::{Card, Link, Paragraph, Refusal, Row, Text, TextSpan, entry, list, shorten};
use crate::catalog::{Catalog, CellMatch, Item, has_proposals};
use crate::command::{Command, refuse_uncovered_date};
use crate::content::{HeldStance, Kind, Stance, StanceChange, Style};
use crate::picture::{Mark, MatrixRow};
use crate::request::{OptionSpec, Request, ResolvedEntry, VIEW};
use crate::search::{CHOICES_MAX, MatchKind, names_others, split_question};

pub(super) const COMMAND: Command = Command::new("position", &[HOLDER, DEMAND, VIEW]);

const HOLDER: OptionSpec = OptionSpec::entry("holder", Kind::Position);
const DEMAND: OptionSpec = OptionSpec::entry("demand", Kind::Demand);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    if let Some(answer) = answer_two_parts(catalog, request)? {
        return Ok(answer);
    }
    match (find_holder(catalog, request)?, DEMAND.find_entry(catalog, request)?) {
        (None, None) => matrix(catalog, request),
        (Some(holder), None) => row(catalog, request, &holder),
        (None, Some(demand)) => column(catalog, request, &demand),
        (Some(holder), Some(demand)) => {
            refuse_other_holder(catalog, request, &holder)?;
            cell(catalog, request, &holder, &demand)
        }
    }
}

/// Refuses a demand's text that names a holder other than the option does: "Russia on NATO" beside
/// Ukraine.
fn refuse_other_holder(
    catalog: &Catalog,
    request: &Request,
    holder: &ResolvedEntry<'_>,
) -> Result<(), Refusal> {
    let article = request.article(catalog)?;
    let Some(text) = request.option(DEMAND.name) else { return Ok(()) };
    if catalog.search_index().is_name(text, &catalog.filter(Some(Kind::Demand), article)) {
        return Ok(());
    }
    match catalog.find_cell(text, Kind::Position, article) {
        Some(CellMatch::Cell { row, column }) if row.number != holder.item.number => {
            let holders = vec![holder.item, row];
            Err(ambiguous_cell(catalog, request, text, &holders, &[column]))
        }
        _ => Ok(()),
    }
}

/// Handles a question such as "Ukraine on NATO" that was entered into one of the two options.
fn answer_two_parts(catalog: &Catalog, request: &Request) -> Result<Option<Card>, Refusal> {
    let options = (request.option(HOLDER.name), request.option(DEMAND.name));
    let (text, kind) = match options {
        (Some(holder), None) => (holder, Kind::Position),
        (None, Some(demand)) => (demand, Kind::Demand),
        _ => return Ok(None),
    };
    let article = request.article(catalog)?;
    let is_name = |kind| catalog.search_index().is_name(text, &catalog.filter(Some(kind), article));
    if is_name(kind) {
        return Ok(None);
    }
    if is_name(Kind::Demand) {
        let request = request.clone().with(HOLDER.name, "").with(DEMAND.name, text);
        return run(catalog, &request).map(Some);
    }
    let found = catalog.find_cell_or_column(text, article);
    let answer = found.as_ref().and_then(|cell| {
        let first = cell.rows().iter().chain(cell.columns()).next();
        first.map(|item| item.number)
    });
    if found.is_some() {
        refuse_uncovered_date(catalog, request, text, answer)?;
    }
    match found {
        None => answer_who_question(catalog, request, text),
        Some(CellMatch::Cell { row: holder, column: demand }) => {
            let request = cell_request(catalog, request, holder, demand);
            let mut card = cell(catalog, &request, &holder.into(), &demand.into())?;
            if let Some(actor) = named_member(catalog, text, holder, article) {
                let [name, side] = [actor.entry.title.as_str(), holder_name(holder)];
                let values = [("name", name.into()), ("side", side.into())];
                card.notes.push(catalog.locale().text_with("position-of-side", &values).into());
                card.related.insert(0, proposals_link(catalog, actor, Some(demand)));
            }
            Ok(Some(card))
        }
        Some(CellMatch::Ambiguous { rows, columns, parts }) if rows.is_empty() => {
            let proposal = catalog.find_cell(text, Kind::Proposal, article);
            // China is not its paper.
            let is_actor = catalog.find_actor(&parts.subject, article).is_some();
            let refusal = match proposal.filter(|_| !is_actor) {
                Some(CellMatch::Cell { row, column }) => {
                    let refusal = Refusal::new("refuse-no-position");
                    let refusal = refusal.with("name", row.entry.title.clone());
                    refusal.choices([
                        proposal::cell_link(catalog, row, column),
                        column_link(catalog, request, column),
                    ])
                }
                _ => no_position(catalog, request, &parts.subject, &columns),
            };
            Err(refusal)
        }
        Some(CellMatch::Ambiguous { rows, columns, parts }) if columns.is_empty() => {
            let all: Vec<Item<'_>> = catalog.of_kind(Kind::Demand, article).collect();
            let refusal = Refusal::new("refuse-no-demand").input(&parts.object);
            Err(refusal.choices(cell_links(catalog, request, &rows, &all)))
        }
        Some(CellMatch::Ambiguous { rows, columns, .. }) => {
            Err(ambiguous_cell(catalog, request, text, &rows, &columns))
        }
    }
}

/// The actor with proposals of its own who is named in a text, if `holder` is the position of its
/// side: the United States for the West.
fn named_member<'a>(
    catalog: &'a Catalog,
    text: &str,
    holder: Item<'a>,
    article: Option<usize>,
) -> Option<Item<'a>> {
    let index = catalog.search_index();
    let demands = catalog.filter(Some(Kind::Demand), article);
    let parts = split_question(text).into_iter().next();
    let subject = parts.map_or_else(|| text.to_owned(), |parts| parts.subject);
    let named = index.find_names_of_list(&subject, &catalog.filter(Some(Kind::Actor), article));
    let mut actors = named.iter().map(|mention| catalog.item(mention.document));
    let is_holder = |actor: Item<'_>| holder.holder().is_some_and(|one| one.number == actor.number);
    // Beside a holder, "NATO" is the demand.
    let is_demand = |actor: &Item<'_>| index.is_name(&actor.entry.title, &demands);
    let member = actors.clone().find(|actor| has_proposals(*actor) && !is_demand(actor));
    member.filter(|_| !actors.any(is_holder))
}

/// The link to the proposals of an actor, on one demand or on all.
fn proposals_link(catalog: &Catalog, actor: Item<'_>, demand: Option<Item<'_>>) -> Link {
    let by = ("by", actor.entry.title.as_str().into());
    let request = Request::new("proposal").with("by", catalog.name(actor));
    let (label, request) = match demand {
        None => (catalog.locale().text_with("proposal-by", &[by]), request),
        Some(demand) => {
            let title = ("demand", demand.entry.title.as_str().into());
            let label = catalog.locale().text_with("proposal-over-time.by", &[by, title]);
            (label, request.with(DEMAND.name, catalog.name(demand)))
        }
    };
    Link::new(label, request)
}

/// Answers a question about everyone, such as "who wants neutrality", with the demand's column.
fn answer_who_question(
    catalog: &Catalog,
    request: &Request,
    text: &str,
) -> Result<Option<Card>, Refusal> {
    match catalog.find_columns_for_everyone(text, request.article(catalog)?).as_deref() {
        None => Ok(None),
        Some([demand]) => {
            let request = column_request(catalog, request, *demand);
            let demand = ResolvedEntry { item: *demand, interpretation: None };
            column(catalog, &request, &demand).map(Some)
        }
        Some(demands) => {
            let links = demands.iter().map(|demand| column_link(catalog, request, *demand));
            Err(Refusal::new("refuse-several").input(text).choices(links))
        }
    }
}

/// The refusal if no position of a holder is in the dataset, with those of its side and all on the
/// same demand.
fn no_position(catalog: &Catalog, request: &Request, name: &str, demands: &[Item<'_>]) -> Refusal {
    let article = request.article(catalog).unwrap_or(None);
    let actor = catalog.find_actor(name, article).filter(|_| !names_others(name));
    let sides = actor.map(|actor| catalog.related_positions(actor)).unwrap_or_default();
    let name = actor.map_or(name, |actor| actor.entry.title.as_str());
    let columns = demands.iter().map(|demand| column_link(catalog, request, *demand));
    let refusal = Refusal::new("refuse-no-position").with("name", name.to_owned());
    refusal.choices(cell_links(catalog, request, &sides, demands)).choices(columns)
}

/// Offers the cells of these holders and demands.
fn ambiguous_cell(
    catalog: &Catalog,
    request: &Request,
    input: &str,
    holders: &[Item<'_>],
    demands: &[Item<'_>],
) -> Refusal {
    let choices = cell_links(catalog, request, holders, demands);
    Refusal::new("refuse-several").input(input).choices(choices)
}

fn cell_links(
    catalog: &Catalog,
    request: &Request,
    holders: &[Item<'_>],
    demands: &[Item<'_>],
) -> Vec<Link> {
    let cells =
        holders.iter().flat_map(|holder| demands.iter().map(move |demand| (holder, demand)));
    let cells = cells.filter(|(holder, demand)| holder.is_in_article_of(**demand));
    let link = |(holder, demand): (&Item<'_>, &Item<'_>)| {
        let title = cell_title(catalog, *holder, *demand);
        Link::new(&title, cell_request(catalog, request, *holder, *demand))
    };
    cells.take(CHOICES_MAX).map(link).collect()
}

fn column_link(catalog: &Catalog, request: &Request, demand: Item<'_>) -> Link {
    let title = column_title(catalog, demand);
    Link::new(&title, column_request(catalog, request, demand))
}

fn column_request(catalog: &Catalog, request: &Request, demand: Item<'_>) -> Request {
    let request = request.clone().at_page(1);
    request.with(HOLDER.name, "").with(DEMAND.name, catalog.name(demand))
}

fn column_title(catalog: &Catalog, demand: Item<'_>) -> String {
    let title = demand.entry.title.as_str().into();
    catalog.locale().text_with("position-column", &[("demand", title)])
}

/// Resolves the holder named in the request. For an actor without a position, the refusal offers the
/// position of the actor's side.
fn find_holder<'a>(
    catalog: &'a Catalog,
    request: &Request,
) -> Result<Option<ResolvedEntry<'a>>, Refusal> {
    let found = match HOLDER.find_entry(catalog, request) {
        Ok(Some(found)) => named_holder(catalog, request, found).map(Some),
        found => found,
    };
    let Err(refusal) = found else { return found };
    let article = request.article(catalog)?;
    let input = request.option(HOLDER.name).unwrap_or_default();
    if let [item] = catalog.find_misspelled_holders(input, article)[..] {
        return Ok(Some(ResolvedEntry {
            item,
            interpretation: Some((input.to_owned(), MatchKind::Typo)),
        }));
    }
    let Some(actor) = catalog.find_actor(input, article) else { return Err(refusal) };
    let positions = catalog.related_positions(actor);
    let is_own = |item: &&Item<'_>| item.holder().is_some_and(|one| one.number == actor.number);
    if let Some(own) = positions.iter().find(is_own) {
        return Ok(Some((*own).into()));
    }
    let links = positions.into_iter().map(|item| HOLDER.link(catalog, request, item));
    let refusal = Refusal::new("refuse-no-position").with("name", actor.entry.title.clone());
    let proposals = has_proposals(actor).then(|| proposals_link(catalog, actor, None));
    let column = DEMAND.find_entry(catalog, request).unwrap_or_default();
    let column = column.map(|demand| column_link(catalog, request, demand.item));
    let card = entry::link(catalog, actor);
    Err(refusal.choices(links).choices(proposals).choices(column).choices([card]))
}

/// Checks that a holder found by full-text search is the one named in the text, if any is named.
fn named_holder<'a>(
    catalog: &'a Catalog,
    request: &Request,
    found: ResolvedEntry<'a>,
) -> Result<ResolvedEntry<'a>, Refusal> {
    let Some((input, MatchKind::Text)) = &found.interpretation else {
        return Ok(found);
    };
    let article = request.article(catalog)?;
    let named = catalog.mentioned_holders(input, article).or_else(|| {
        // The name of something else, such as a place, names no holder.
        let is_name = catalog.search_index().is_name(input, &catalog.filter(None, article));
        is_name.then(Vec::new)
    });
    match named.as_deref() {
        Some([holder]) => Ok(ResolvedEntry { item: *holder, interpretation: found.interpretation }),
        holders => {
            let known = match holders {
                None | Some([]) => catalog.featured(Kind::Position, article),
                Some(holders) => holders.to_vec(),
            };
            let links = known.iter().map(|item| HOLDER.link(catalog, request, *item));
            Err(Refusal::new("refuse-several").input(input).choices(links))
        }
    }
}

/// Every holder with the stances on all demands, by number.
fn matrix(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let article = request.article(catalog)?;
    let mut holders = catalog.featured(Kind::Position, article);
    let others = matrix::keep_one_article(request, &mut holders);
    let [first, ..] = holders.as_slice() else { return Err(no_entries(Kind::Position)) };
    let demands: Vec<Item<'_>> = first.siblings(Kind::Demand).collect();
    let numbered = [("demands", matrix::numbered(&demands).into())];
    let base = Card {
        kind: Some(Kind::Position),
        kicker: matrix::kicker(catalog, *first),
        title: locale.text("list-position"),
        body: vec![Paragraph::plain(locale.text_with("list-position.lead", &numbered))],
        related: others,
        ..Card::default()
    };
    let legend = Stance::ALL.map(|stance| Mark::from_stance(locale, stance));
    let rows = holders.iter().map(|item| matrix_row(catalog, *item, &legend)).collect();
    let mut card = list(catalog, request, base, rows);
    let lead = locale.text("picture-position");
    matrix::complete(&mut card, &demands, lead, legend.into());
    Ok(card)
}

/// A holder's stances in words and as marks, with the dates of changes as a note.
fn matrix_row(catalog: &Catalog, item: Item<'_>, marks: &[Mark]) -> Row {
    let (name, words) = (holder_name(item), stances_text(catalog, item));
    let held = (1..).zip(item.entry.stances());
    let changed = held.filter(|(_, held)| held.change.is_some());
    let changed: Vec<String> =
        changed.map(|(number, held)| number_text(catalog, number, held.change)).collect();
    let stances = item.entry.stances().iter();
    let row = Row::new(&format!("{name}:"), &words, entry::link(catalog, item));
    row.in_matrix(MatrixRow {
        when: String::new(),
        label: name.to_owned(),
        marks: stances.map(|held| marks[held.stance as usize].clone()).collect(),
        words,
        name: name.to_owned(),
        note: changed.join(", "),
    })
}

/// One holder's entry, with the stances on all demands above the text of its first page.
fn row(catalog: &Catalog, request: &Request, holder: &ResolvedEntry<'_>) -> Result<Card, Refusal> {
    let mut card = entry::show(catalog, request, holder)?;
    let shown = card.request.as_ref().and_then(|request| request.option(VIEW.name));
    let first = holder.item.entry.views.first().map(|view| view.slug.as_str());
    if shown == first && card.page.0 == 1 {
        let demands = holder.item.siblings(Kind::Demand);
        let stance = |demand: Item<'_>| {
            let name = TextSpan::Styled(format!("{}:", demand.entry.title), Style::Strong);
            let stance = stance_text(catalog, holder.item.stance_on(demand));
            Paragraph::item(Text(vec![name, TextSpan::Styled(format!(" {stance}"), Style::Plain)]))
        };
        card.body.splice(0..0, demands.map(stance));
    }
    Ok(card)
}

/// Every holder's stance on one demand.
fn column(
    catalog: &Catalog,
    request: &Request,
    demand: &ResolvedEntry<'_>,
) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let row = |item: Item<'_>| {
        let held = item.stance_on(demand.item);
        let open = match held.stance {
            Stance::Silent => entry::link(catalog, item),
            _ => {
                let request = Request::new(COMMAND.name);
                let request = cell_request(catalog, &request, item, demand.item);
                Link::new(holder_name(item), request)
            }
        };
        Row::new(&format!("{}:", holder_name(item)), &stance_text(catalog, held), open)
    };
    let holders = catalog.featured(Kind::Position, catalog.article_of(demand.item));
    let rows: Vec<Row> = holders.into_iter().map(row).collect();
    if rows.is_empty() {
        return Err(no_entries(Kind::Position));
    }
    let base = Card {
        kind: Some(Kind::Position),
        title: column_title(catalog, demand.item),
        notes: entry::interpretation_note(locale, demand).into_iter().collect(),
        related: vec![entry::link(catalog, demand.item)],
        ..Card::default()
    };
    Ok(list(catalog, request, base, rows))
}

/// One holder's stance on one demand.
fn cell(
    catalog: &Catalog,
    request: &Request,
    holder: &ResolvedEntry<'_>,
    demand: &ResolvedEntry<'_>,
) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    if !holder.item.is_in_article_of(demand.item) {
        return Err(no_entries(Kind::Position));
    }
    let held = holder.item.stance_on(demand.item);
    let title = cell_title(catalog, holder.item, demand.item);
    let Some(view) = holder.item.entry.view(Some(demand.item.entry.id.as_str())) else {
        let silent = [("holder", holder_name(holder.item).into())];
        let silent = Paragraph::plain(locale.text_with("stance-silent.whole", &silent));
        let base = Card {
            kind: Some(Kind::Position),
            title,
            body: vec![silent],
            related: vec![entry::link(catalog, holder.item), entry::link(catalog, demand.item)],
            ..Card::default()
        };
        return Ok(list(catalog, request, base, Vec::new()));
    };
    let mut card = entry::view_card(catalog, request, holder.item, view);
    card.title = title;
    card.heading = None;
    let note = |taken| entry::interpretation_note(locale, taken);
    card.notes.extend([holder, demand].into_iter().filter_map(note));
    let stance = Text(vec![TextSpan::Styled(stance_text(catalog, held), Style::Strong)]);
    if card.page.0 == 1 {
        card.body.insert(0, stance.into());
    }
    card.related.insert(0, entry::link(catalog, demand.item));
    Ok(card)
}

pub(super) fn cell_title(catalog: &Catalog, holder: Item<'_>, demand: Item<'_>) -> String {
    let values =
        [("holder", holder_name(holder).into()), ("demand", demand.entry.title.as_str().into())];
    catalog.locale().text_with("position-cell", &values)
}

/// The request for a cell, keeping the other options of `request`.
pub(super) fn cell_request(
    catalog: &Catalog,
    request: &Request,
    holder: Item<'_>,
    demand: Item<'_>,
) -> Request {
    let request = request.clone().at_page(1);
    request.with(HOLDER.name, catalog.name(holder)).with(DEMAND.name, catalog.name(demand))
}

/// A holder's stances with the demands' numbers. When a stance changed is on the holder's own card.
fn stances_text(catalog: &Catalog, item: Item<'_>) -> String {
    let held = item.entry.stances().iter().map(|held| held.stance);
    matrix::stances_text(Stance::ALL, held, |stance, numbers| {
        let key = format!("stance-{}.numbers", stance.name());
        catalog.locale().text_with(&key, &[("numbers", numbers.into())])
    })
}

/// The stance as a word, followed by the beginning of its text.
pub(super) fn cell_snippet(
    catalog: &Catalog,
    holder: Item<'_>,
    demand: Item<'_>,
    chars_max: usize,
) -> String {
    let stance = stance_text(catalog, holder.stance_on(demand));
    let view = holder.entry.view(Some(demand.entry.id.as_str()));
    match view.and_then(|view| view.blocks.first()) {
        Some(block) => format!("{stance}. {}", shorten(&block.plain(), chars_max)),
        None => stance,
    }
}

/// "Open to it under conditions since 14 December 2025; opposed before".
fn stance_text(catalog: &Catalog, held: HeldStance) -> String {
    let locale = catalog.locale();
    let stance = locale.text(&format!("stance-{}", held.stance.name()));
    change_text(catalog, "stance-since", "stance", &stance, held.change)
}

/// A demand's number and when the stance on it changed: "2 (since 14 December 2025; opposed
/// before)".
fn number_text(catalog: &Catalog, number: u8, change: Option<StanceChange>) -> String {
    change_text(catalog, "stance-number", "number", &number.to_string(), change)
}

fn change_text(
    catalog: &Catalog,
    key: &str,
    name: &'static str,
    words: &str,
    change: Option<StanceChange>,
) -> String {
    let locale = catalog.locale();
    let Some(change) = change else { return words.to_owned() };
    let mut values =
        vec![(name, words.into()), ("since", locale.partial_date(change.since).into())];
    match change.was {
        None => locale.text_with(key, &values),
        Some(was) => {
            values.push(("was", locale.text(&format!("stance-{}.was", was.name())).into()));
            locale.text_with(&format!("{key}.was"), &values)
        }
    }
}

fn holder_name(item: Item<'_>) -> &str {
    &item.holder().unwrap_or(item).entry.title
}
