//! `/position`: who takes which stance on each demand, as a matrix, a row, a column or a cell.

use super::no_entries;
use crate::card::{
    Card, Link, ListHeader, PAGE_ROWS_MAX, Paragraph, Refusal, Row, Span, TableRow, Text, entry,
    list, shorten,
};
use crate::catalog::{Catalog, CellMatch, Item};
use crate::command::{Command, EntryOption, refuse_uncovered_date};
use crate::content::{Article, Detail, Entry, HeldStance, Kind, Stance, StanceChange, Style};
use crate::locale::Locale;
use crate::picture::{self, Mark, Matrix, Picture};
use crate::request::{Request, ResolvedEntry, VIEW};
use crate::search::{CHOICES_MAX, MatchKind};

pub(super) const COMMAND: Command = Command::new("position", &[HOLDER.spec(), DEMAND.spec(), VIEW]);

const HOLDER: EntryOption = EntryOption::new("holder", Kind::Position);
const DEMAND: EntryOption = EntryOption::new("demand", Kind::Demand);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    if let Some(answer) = answer_two_parts(catalog, request)? {
        return Ok(answer);
    }
    match (find_holder(catalog, request)?, DEMAND.find(catalog, request)?) {
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
    if catalog.search_index().is_name(text, &catalog.filter(Some(kind), article)) {
        return Ok(None);
    }
    let found = catalog.find_cell_or_column(text, article);
    let answer = match &found {
        Some(CellMatch::Cell { row, .. }) => Some(row.number),
        Some(CellMatch::Ambiguous { rows, columns, .. }) => {
            rows.iter().chain(columns).map(|item| item.number).next()
        }
        None => None,
    };
    if found.is_some() {
        refuse_uncovered_date(catalog, request, text, answer)?;
    }
    match found {
        None => answer_who_question(catalog, request, text),
        Some(CellMatch::Cell { row: holder, column: demand }) => {
            let request = cell_request(catalog, request, holder, demand);
            let resolved = |item| ResolvedEntry { item, interpretation: None };
            cell(catalog, &request, &resolved(holder), &resolved(demand)).map(Some)
        }
        Some(CellMatch::Ambiguous { rows, columns, parts }) if rows.is_empty() => {
            Err(no_position(catalog, request, &parts.subject, &columns))
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

/// Answers a question about everyone, such as "who wants neutrality", with the demand's column.
fn answer_who_question(
    catalog: &Catalog,
    request: &Request,
    text: &str,
) -> Result<Option<Card>, Refusal> {
    match catalog.find_column(text, request.article(catalog)?).as_deref() {
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
    let actor = catalog.find_actor(name, article);
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
    let cells = cells.filter(|(holder, demand)| std::ptr::eq(holder.article, demand.article));
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
    let refusal = match HOLDER.find(catalog, request) {
        Ok(None) => return Ok(None),
        Ok(Some(found)) => match named_holder(catalog, request, found) {
            Ok(found) => return Ok(Some(found)),
            Err(refusal) => refusal,
        },
        Err(refusal) => refusal,
    };
    let article = request.article(catalog)?;
    let actor = request.option(HOLDER.name).and_then(|name| catalog.find_actor(name, article));
    let Some(actor) = actor else { return Err(refusal) };
    let positions = catalog.related_positions(actor);
    if positions.is_empty() {
        return Err(refusal);
    }
    let links = positions.into_iter().map(|item| holder_link(catalog, request, item));
    let refusal = Refusal::new("refuse-no-position").with("name", actor.entry.title.clone());
    Err(refusal.choices(links))
}

fn holder_link(catalog: &Catalog, request: &Request, item: Item<'_>) -> Link {
    Link::new(&item.entry.title, request.clone().with(HOLDER.name, catalog.name(item)))
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
    match catalog.mentioned_holders(input, article).as_deref() {
        None => Ok(found),
        Some([holder]) => Ok(ResolvedEntry { item: *holder, interpretation: found.interpretation }),
        Some(holders) => {
            let known = match holders {
                [] => catalog.featured(Kind::Position, article),
                _ => holders.to_vec(),
            };
            let links = known.iter().map(|item| holder_link(catalog, request, *item));
            Err(Refusal::new("refuse-several").input(input).choices(links))
        }
    }
}

/// Every holder with the stances on all demands, by number.
fn matrix(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let article = request.article(catalog)?;
    let rows: Vec<Row> = catalog
        .featured(Kind::Position, article)
        .into_iter()
        .map(|item| {
            let name = format!("{}:", holder_name(item));
            Row::new(&name, &stances_text(catalog, item), entry::link(catalog, item))
                .with_table_row(table_row(catalog, item))
        })
        .collect();
    if rows.is_empty() {
        return Err(no_entries(Kind::Position));
    }
    let numbered = catalog
        .of_kind(Kind::Demand, article)
        .map(|item| format!("{} {}", number(item.entry), item.entry.title));
    let lead = locale.text_with(
        "list-position.lead",
        &[("demands", numbered.collect::<Vec<_>>().join(" · ").into())],
    );
    let header =
        ListHeader { title: locale.text("list-position"), body: vec![Paragraph::plain(lead)] };
    let mut card = list(catalog, request, header, rows, PAGE_ROWS_MAX);
    card.kind = Some(Kind::Position);
    if let Some(table) = &mut card.table {
        let demands = catalog.of_kind(Kind::Demand, article);
        table.columns = demands.map(|item| number(item.entry).to_string()).collect();
        let meaning = |stance: Stance| {
            let [mark, name] = ["mark", "name"].map(|part| stance_part(locale, stance, part));
            format!("{mark} {name}")
        };
        table.legend = Stance::ALL.map(meaning).join(" · ");
    }
    // With more holders than a page has, the pages would have to be pictures of their own.
    card.picture = matrix_picture(catalog, article, &card).filter(|_| card.page.1 == 1);
    Ok(card)
}

fn stance_part(locale: &Locale, stance: Stance, part: &str) -> String {
    locale.text(&format!("stance-{}.{part}", stance.name()))
}

/// A holder's stances as marks, with the dates of changes as a note.
fn table_row(catalog: &Catalog, item: Item<'_>) -> TableRow {
    let demands = item.article.of_kind(Kind::Demand);
    let held = demands.map(|(place, demand)| (demand, stance_on(item, item.at_position(place))));
    let held: Vec<(&Entry, HeldStance)> = held.collect();
    let marks = held.iter().map(|(_, held)| stance_part(catalog.locale(), held.stance, "mark"));
    let changed = held.iter().filter(|(_, held)| held.change.is_some());
    let changed: Vec<String> =
        changed.map(|(demand, held)| number_text(catalog, number(demand), held.change)).collect();
    let name = holder_name(item).to_owned();
    TableRow { name, marks: marks.collect(), note: changed.join(", ") }
}

/// The matrix as a picture, where all of it is of one article.
fn matrix_picture(catalog: &Catalog, article: Option<usize>, card: &Card) -> Option<Picture> {
    let locale = catalog.locale();
    let marks = |item: Item<'_>| match &item.entry.detail {
        Detail::Position { stances, .. } => {
            stances.iter().map(|held| Mark::from_stance(locale, held.stance)).collect()
        }
        _ => Vec::new(),
    };
    let holders = catalog.featured(Kind::Position, article);
    let rows = holders.iter().map(|item| picture::MatrixRow {
        when: String::new(),
        label: holder_name(*item).to_owned(),
        marks: marks(*item),
        words: stances_text(catalog, *item),
    });
    let columns = demand_columns(holders.first()?.article, &holders)?;
    let (title, lead) = (card.title.clone(), locale.text("picture-position"));
    let footer = card.covers_until.clone().unwrap_or_default();
    let (legend, rows) = (Mark::all(locale, false), rows.take(PAGE_ROWS_MAX).collect());
    Matrix { title, lead, columns, rows, legend, footer }.picture()
}

/// The demands of an article by number; `None` where one of these items is of another.
pub(super) fn demand_columns(
    article: &Article,
    items: &[Item<'_>],
) -> Option<Vec<(String, String)>> {
    let is_of_one = items.iter().all(|item| std::ptr::eq(item.article, article));
    let column = |(_, demand): (usize, &Entry)| (number(demand).to_string(), demand.title.clone());
    is_of_one.then(|| article.of_kind(Kind::Demand).map(column).collect())
}

/// One holder's entry, followed by the stances on all demands.
fn row(catalog: &Catalog, request: &Request, holder: &ResolvedEntry<'_>) -> Result<Card, Refusal> {
    let mut card = entry::show(catalog, request, holder)?;
    if request.option(VIEW.name).is_none() {
        let stances = stances_text(catalog, holder.item);
        card.notes.push(stances.into());
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
    let mut rows: Vec<Row> = Vec::new();
    for item in catalog
        .featured(Kind::Position, None)
        .into_iter()
        .filter(|item| std::ptr::eq(item.article, demand.item.article))
    {
        let held = stance_on(item, demand.item);
        let open = match held.stance {
            Stance::Silent => entry::link(catalog, item),
            _ => cell_link(catalog, item, demand.item),
        };
        let words = stance_text(catalog, held);
        rows.push(Row::new(&format!("{}:", holder_name(item)), &words, open));
    }
    if rows.is_empty() {
        return Err(no_entries(Kind::Position));
    }
    let title = column_title(catalog, demand.item);
    let mut card = list(catalog, request, ListHeader::new(title), rows, PAGE_ROWS_MAX);
    card.kind = Some(Kind::Position);
    card.notes.extend(entry::interpretation_note(locale, demand));
    card.related.push(entry::link(catalog, demand.item));
    Ok(card)
}

/// One holder's stance on one demand.
fn cell(
    catalog: &Catalog,
    request: &Request,
    holder: &ResolvedEntry<'_>,
    demand: &ResolvedEntry<'_>,
) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    if !std::ptr::eq(holder.item.article, demand.item.article) {
        return Err(no_entries(Kind::Position));
    }
    let held = stance_on(holder.item, demand.item);
    let title = cell_title(catalog, holder.item, demand.item);
    let Some(view) = holder.item.entry.view(Some(demand.item.entry.id.as_str())) else {
        let silent = Paragraph::plain(
            locale.text_with("stance-silent.whole", &[("holder", holder_name(holder.item).into())]),
        );
        let lead = ListHeader { title, body: vec![silent] };
        let mut card = list(catalog, request, lead, Vec::new(), PAGE_ROWS_MAX);
        card.kind = Some(Kind::Position);
        card.related = vec![entry::link(catalog, holder.item), entry::link(catalog, demand.item)];
        return Ok(card);
    };
    let mut card = entry::view_card(catalog, request, holder.item, view);
    card.title = title;
    card.heading = None;
    card.notes.extend(
        [holder, demand].into_iter().filter_map(|taken| entry::interpretation_note(locale, taken)),
    );
    card.body.insert(0, stance_paragraph(catalog, held));
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

fn stance_paragraph(catalog: &Catalog, held: HeldStance) -> Paragraph {
    let words = stance_text(catalog, held);
    Text(vec![Span::Styled(words, Style::Strong)]).into()
}

/// A holder's stances with the demands' numbers, in the order of [`Stance::ALL`]: "demands 1, 2, 3;
/// silent on 4".
fn stances_text(catalog: &Catalog, item: Item<'_>) -> String {
    let Detail::Position { stances, .. } = &item.entry.detail else {
        return String::new();
    };
    let demands: Vec<&Entry> = item.article.of_kind(Kind::Demand).map(|(_, entry)| entry).collect();
    let of_stance = |stance: Stance| {
        let numbers: Vec<String> = demands
            .iter()
            .zip(stances)
            .filter(|(_, held)| held.stance == stance)
            .map(|(demand, held)| number_text(catalog, number(demand), held.change))
            .collect();
        let words = catalog.locale().text_with(
            &format!("stance-{}.numbers", stance.name()),
            &[("numbers", numbers.join(", ").into())],
        );
        (!numbers.is_empty()).then_some(words)
    };
    Stance::ALL.into_iter().filter_map(of_stance).collect::<Vec<_>>().join("; ")
}

/// The stance as a word, followed by the beginning of its text.
pub(super) fn cell_snippet(
    catalog: &Catalog,
    holder: Item<'_>,
    demand: Item<'_>,
    chars_max: usize,
) -> String {
    let stance = stance_text(catalog, stance_on(holder, demand));
    let view = holder.entry.view(Some(demand.entry.id.as_str()));
    match view.and_then(|view| view.blocks.first()) {
        Some(block) => format!("{stance}. {}", shorten(&block.plain(), chars_max)),
        None => stance,
    }
}

/// "Open to it under conditions since 14 December 2025; opposed until then".
fn stance_text(catalog: &Catalog, held: HeldStance) -> String {
    let locale = catalog.locale();
    let stance = locale.text(&format!("stance-{}", held.stance.name()));
    change_text(catalog, "stance-since", "stance", &stance, held.change)
}

/// A demand's number and when the stance on it changed: "2 (since 14 December 2025; opposed until
/// then)".
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

fn stance_on(holder: Item<'_>, demand: Item<'_>) -> HeldStance {
    const SILENT: HeldStance = HeldStance { stance: Stance::Silent, change: None };
    let Detail::Position { stances, .. } = &holder.entry.detail else {
        return SILENT;
    };
    let place =
        holder.article.of_kind(Kind::Demand).position(|(_, entry)| entry.id == demand.entry.id);
    place.and_then(|place| stances.get(place)).copied().unwrap_or(SILENT)
}

fn cell_link(catalog: &Catalog, holder: Item<'_>, demand: Item<'_>) -> Link {
    Link::new(
        holder_name(holder),
        entry::request(catalog, holder).with("demand", catalog.name(demand)),
    )
}

fn holder_name(item: Item<'_>) -> &str {
    match item.entry.detail {
        Detail::Position { holder, .. } => &item.article.entries[holder].title,
        _ => &item.entry.title,
    }
}

fn number(demand: &Entry) -> u8 {
    match demand.detail {
        Detail::Demand { number } => number,
        _ => 0,
    }
}
