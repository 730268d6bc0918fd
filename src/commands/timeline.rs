//! `/timeline`: what happened, oldest first.

use super::nothing_of_kind;
use crate::card::{Card, Lead, PAGE_ROWS_MAX, Paragraph, Refusal, Row, entry, short_list};
use crate::catalog::{Catalog, Item};
use crate::command::{Command, EntryOption, too_late};
use crate::content::{Detail, Kind, Point};
use crate::request::{OptionKind, OptionSpec, Request, VIEW};

pub(super) const COMMAND: Command =
    Command::new("timeline", &[EVENT.spec(), FROM, TO, TOPIC, VIEW]);

const EVENT: EntryOption = EntryOption::new("event", Kind::Event);
const FROM: OptionSpec = OptionSpec::new("from", OptionKind::Day);
const TO: OptionSpec = OptionSpec::new("to", OptionKind::Day);
const TOPIC: OptionSpec = OptionSpec::new("topic", OptionKind::Topic);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    if let Some(taken) = EVENT.find(catalog, request)? {
        return entry::show(catalog, request, &taken);
    }
    let locale = catalog.locale();
    let (from, to) = (FROM.date(request)?, TO.date(request)?);
    if let (Some(from), Some(to)) = (from, to)
        && to.last_day() < from.first_day()
    {
        return Err(Refusal::new("refuse-backwards")
            .with("from", locale.point(from))
            .with("to", locale.point(to)));
    }
    let article = request.article(catalog)?;
    let begins = from.map(Point::first_day);
    let covers_until = catalog.covers_until(article);
    if let Some(until) = covers_until.filter(|until| begins > Some(until.first_day())) {
        return Err(too_late(catalog, until));
    }
    let topic = TOPIC.topic(catalog, request)?;
    let mut all: Vec<Item<'_>> = catalog.of_kind(Kind::Event, article).collect();
    all.sort_by_key(|item| item.entry.date().map(|date| date.timeline_order()));
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return Err(nothing_of_kind(Kind::Event));
    };
    let [first, last] = [first, last]
        .map(|item| item.entry.date().map(|date| locale.date(date)).unwrap_or_default());

    let within = |item: &Item<'_>| {
        let in_time = item.entry.date().is_some_and(|date| {
            date.overlaps(from.map(|from| from.first_day()), to.map(|to| to.last_day()))
        });
        let of_topic = matches!(&item.entry.detail, Detail::Event { topics, .. } if topic.is_none_or(|topic| topics.iter().any(|one| one == topic)));
        in_time && of_topic
    };
    all.retain(within);
    if all.is_empty() {
        return Err(Refusal::new("refuse-nothing-happened")
            .with("first", first)
            .with("last", last));
    }
    let count = locale.say_with("list-event.lead", &[("count", all.len().into())]);
    let lead = Lead { title: locale.say("list-event"), body: vec![Paragraph::words(count)] };
    let row = |item: &Item<'_>| row(catalog, *item);
    Ok(short_list(catalog, request, lead, &all, PAGE_ROWS_MAX, row))
}

/// An event in a chronology: its date, then its title.
fn row(catalog: &Catalog, item: Item<'_>) -> Row {
    let date = item.entry.date().map(|date| catalog.locale().date(date)).unwrap_or_default();
    Row::new(&format!("{date}:"), &item.entry.title, entry::link(catalog, item))
}
