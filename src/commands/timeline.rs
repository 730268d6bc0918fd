//! `/timeline`: events in chronological order.

use super::no_entries;
use super::period::{FROM, Period, TO};
use crate::card::{Card, PAGE_ROWS_MAX, Paragraph, Refusal, Row, entry, short_list};
use crate::catalog::{Catalog, Item};
use crate::command::{Command, read_period};
use crate::content::{Detail, Kind, PartialDate};
use crate::picture;
use crate::request::{OptionKind, OptionSpec, Request, VIEW};

pub(super) const COMMAND: Command = Command::new("timeline", &[EVENT, FROM, TO, TOPIC, VIEW]);

const EVENT: OptionSpec = OptionSpec::entry("event", Kind::Event);
const TOPIC: OptionSpec = OptionSpec::new("topic", OptionKind::Topic);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let input = request.option(EVENT.name);
    let period = input.map(|input| read_period(catalog.locale(), input)).transpose()?.flatten();
    let Some((from, to)) = period else {
        return match EVENT.find_entry(catalog, request)? {
            Some(found) => entry::show(catalog, request, &found),
            None => chronology(catalog, request),
        };
    };
    if let Some(day) = from.filter(|from| to == Some(*from) && from.day().is_some())
        && let Some(item) = single_event(catalog, request, day)?
    {
        return entry::show(catalog, request, &item.into());
    }
    // Page links encode the period in the options `from` and `to`.
    let written =
        |point: Option<PartialDate>| point.map(|point| point.to_string()).unwrap_or_default();
    let request = request.clone().with(EVENT.name, "");
    chronology(catalog, &request.with(FROM.name, written(from)).with(TO.name, written(to)))
}

/// The event on this day (or starting on it), if there is exactly one.
fn single_event<'a>(
    catalog: &'a Catalog,
    request: &Request,
    day: PartialDate,
) -> Result<Option<Item<'a>>, Refusal> {
    let events = catalog.of_kind(Kind::Event, request.article(catalog)?);
    let begins = |item: &Item<'_>| item.entry.date().is_some_and(|date| date.start() == day);
    let mut events = events.filter(begins);
    let first = events.next();
    Ok(first.filter(|_| events.next().is_none()))
}

/// The events of a period, oldest first.
fn chronology(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let period = Period::read(catalog, request)?;
    let article = request.article(catalog)?;
    let topic = TOPIC.topic(catalog, request)?;
    let mut all: Vec<Item<'_>> = catalog.of_kind(Kind::Event, article).collect();
    all.sort_by_key(|item| item.entry.date().map(|date| date.timeline_order()));
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return Err(no_entries(Kind::Event));
    };
    let [first, last] = [first, last]
        .map(|item| item.entry.date().map(|date| locale.date(date)).unwrap_or_default());

    let within = |item: &Item<'_>| {
        let in_time = item.entry.date().is_some_and(|date| period.overlaps(date));
        let of_topic = matches!(&item.entry.detail, Detail::Event { topics, .. } if topic.is_none_or(|topic| topics.iter().any(|one| one == topic)));
        in_time && of_topic
    };
    all.retain(within);
    if all.is_empty() {
        return Err(Refusal::new("refuse-nothing-happened")
            .with("first", first)
            .with("last", last));
    }
    let count = locale.text_with("list-event.lead", &[("count", all.len().into())]);
    let base = Card {
        kind: Some(Kind::Event),
        title: locale.text("list-event"),
        body: vec![Paragraph::plain(count)],
        ..Card::default()
    };
    let row = |item: &Item<'_>| row(catalog, *item);
    let mut card = short_list(catalog, request, base, &all, PAGE_ROWS_MAX, row);
    let shown = all.chunks(PAGE_ROWS_MAX).nth(card.page.0 - 1).unwrap_or_default();
    card.picture = picture::timeline(catalog, card.title.clone(), shown);
    Ok(card)
}

/// An event's date and title.
fn row(catalog: &Catalog, item: Item<'_>) -> Row {
    let date = item.entry.date().map(|date| catalog.locale().date(date)).unwrap_or_default();
    Row::new(&format!("{date}:"), &item.entry.title, entry::link(catalog, item))
}
