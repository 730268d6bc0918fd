//! `/position`: who thinks what of each demand, as a matrix, a row, a column or a cell.

use super::nothing_of_kind;
use crate::card::{
    Card, Lead, Link, PAGE_ROWS_MAX, Paragraph, Refusal, Row, Span, Text, entry, list,
};
use crate::catalog::{Catalog, Item};
use crate::command::{Command, EntryOption};
use crate::content::{Detail, Entry, Kind, Stance, Style};
use crate::request::{Request, ResolvedEntry, VIEW};

pub(super) const COMMAND: Command = Command::new("position", &[HOLDER.spec(), DEMAND.spec(), VIEW]);

const HOLDER: EntryOption = EntryOption::new("holder", Kind::Position);
const DEMAND: EntryOption = EntryOption::new("demand", Kind::Demand);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    match (HOLDER.find(catalog, request)?, DEMAND.find(catalog, request)?) {
        (None, None) => matrix(catalog, request),
        (Some(holder), None) => row(catalog, request, &holder),
        (None, Some(demand)) => column(catalog, request, &demand),
        (Some(holder), Some(demand)) => cell(catalog, request, &holder, &demand),
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
            Row::new(
                &format!("{}:", holder_name(item)),
                &stances_in_words(catalog, item),
                entry::link(catalog, item),
            )
        })
        .collect();
    if rows.is_empty() {
        return Err(nothing_of_kind(Kind::Position));
    }
    let numbered = catalog
        .of_kind(Kind::Demand, article)
        .map(|item| format!("{} {}", number(item.entry), item.entry.title));
    let lead = locale.say_with(
        "list-position.lead",
        &[("demands", numbered.collect::<Vec<_>>().join(" · ").into())],
    );
    let lead = Lead { title: locale.say("list-position"), body: vec![Paragraph::words(lead)] };
    Ok(list(catalog, request, lead, rows, PAGE_ROWS_MAX))
}

/// One holder: the entry, below the stances on all demands.
fn row(catalog: &Catalog, request: &Request, holder: &ResolvedEntry<'_>) -> Result<Card, Refusal> {
    let mut card = entry::show(catalog, request, holder)?;
    if request.option(VIEW.name).is_none() {
        let stances = stances_in_words(catalog, holder.item);
        card.notes.push(stances.into());
    }
    Ok(card)
}

/// One demand: the stance of every holder on it.
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
        let stance = stance_on(item, demand.item);
        let open = match stance {
            Stance::Silent => entry::link(catalog, item),
            _ => cell_link(catalog, item, demand.item),
        };
        rows.push(Row::new(
            &format!("{}:", holder_name(item)),
            &stance_word(catalog, stance),
            open,
        ));
    }
    if rows.is_empty() {
        return Err(nothing_of_kind(Kind::Position));
    }
    let title =
        locale.say_with("position-column", &[("demand", demand.item.entry.title.as_str().into())]);
    let mut card = list(catalog, request, Lead::titled(title), rows, PAGE_ROWS_MAX);
    card.notes.extend(entry::taken_note(locale, demand));
    card.related.push(entry::link(catalog, demand.item));
    Ok(card)
}

/// One holder on one demand.
fn cell(
    catalog: &Catalog,
    request: &Request,
    holder: &ResolvedEntry<'_>,
    demand: &ResolvedEntry<'_>,
) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    if !std::ptr::eq(holder.item.article, demand.item.article) {
        return Err(nothing_of_kind(Kind::Position));
    }
    let stance = stance_on(holder.item, demand.item);
    let name = holder_name(holder.item);
    let title = locale.say_with(
        "position-cell",
        &[("holder", name.into()), ("demand", demand.item.entry.title.as_str().into())],
    );
    let Some(view) = holder.item.entry.view(Some(demand.item.entry.id.as_str())) else {
        let silent =
            Paragraph::words(locale.say_with("stance-silent.whole", &[("holder", name.into())]));
        let lead = Lead { title, body: vec![silent] };
        let mut card = list(catalog, request, lead, Vec::new(), PAGE_ROWS_MAX);
        card.related = vec![entry::link(catalog, holder.item), entry::link(catalog, demand.item)];
        return Ok(card.into());
    };
    let mut card = entry::view_card(catalog, request, holder.item, view);
    card.title = title;
    card.heading = None;
    card.notes
        .extend([holder, demand].into_iter().filter_map(|taken| entry::taken_note(locale, taken)));
    card.body.insert(0, stance_paragraph(catalog, stance));
    card.related.insert(0, entry::link(catalog, demand.item));
    Ok(card)
}

fn stance_paragraph(catalog: &Catalog, stance: Stance) -> Paragraph {
    let word = stance_word(catalog, stance);
    Text(vec![Span::Words(word, Style::Strong)]).into()
}

/// "demands 1, 2, 3; silent on 4": the stances of a holder in the order of [`Stance::ALL`], with the demands' numbers.
fn stances_in_words(catalog: &Catalog, item: Item<'_>) -> String {
    let Detail::Position { stances, .. } = &item.entry.detail else {
        return String::new();
    };
    let demands: Vec<&Entry> = item.article.of_kind(Kind::Demand).map(|(_, entry)| entry).collect();
    let of_stance = |stance: Stance| {
        let numbers: Vec<String> = demands
            .iter()
            .zip(stances)
            .filter(|(_, one)| **one == stance)
            .map(|(demand, _)| number(demand).to_string())
            .collect();
        let words = catalog.locale().say_with(
            &format!("stance-{}.numbers", stance.name()),
            &[("numbers", numbers.join(", ").into())],
        );
        (!numbers.is_empty()).then_some(words)
    };
    Stance::ALL.into_iter().filter_map(of_stance).collect::<Vec<_>>().join("; ")
}

fn stance_word(catalog: &Catalog, stance: Stance) -> String {
    catalog.locale().say(&format!("stance-{}", stance.name()))
}

fn stance_on(holder: Item<'_>, demand: Item<'_>) -> Stance {
    let Detail::Position { stances, .. } = &holder.entry.detail else {
        return Stance::Silent;
    };
    let place =
        holder.article.of_kind(Kind::Demand).position(|(_, entry)| entry.id == demand.entry.id);
    place.and_then(|place| stances.get(place)).copied().unwrap_or(Stance::Silent)
}

fn cell_link(catalog: &Catalog, holder: Item<'_>, demand: Item<'_>) -> Link {
    Link::new(
        holder_name(holder),
        entry::request(catalog, holder).with("demand", catalog.name(demand)),
    )
}

/// Whose position it is.
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
