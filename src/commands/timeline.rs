//! `/timeline`: what happened, oldest first.

use crate::card::{Answer, Lead, PAGE_ROWS_MAX, Paragraph, Refusal, Row, entry, short_list};
use crate::catalog::{Catalog, Item};
use crate::command::{Audience, Command};
use crate::content::{Detail, Kind, Point};
use crate::request::{Day, Loaded, Named, Needs, Request, Topic, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "timeline",
    audience: Audience::Everyone,
    options: &[EVENT.option(), FROM.option(), TO.option(), TOPIC.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const EVENT: Named = Named::new("event", Kind::Event);
const FROM: Day = Day::new("from");
const TO: Day = Day::new("to");
const TOPIC: Topic = Topic::new("topic");

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    if let Some(taken) = EVENT.find(catalog, request)? {
        return entry::show(catalog, request, &taken);
    }
    let locale = catalog.locale();
    let (from, to) = (FROM.find(request)?, TO.find(request)?);
    if let (Some(from), Some(to)) = (from, to)
        && to.last_day() < from.first_day()
    {
        return Err(Refusal::Backwards { from: locale.point(from), to: locale.point(to) });
    }
    let article = request.article(catalog)?;
    let begins = from.map(Point::first_day);
    if let Some(covers_until) =
        catalog.covers_until(article).filter(|until| begins > Some(until.first_day()))
    {
        return Err(Refusal::TooLate { covers_until });
    }
    let topic = TOPIC.find(catalog, request)?;
    let mut all: Vec<Item<'_>> = catalog.of_kind(Kind::Event, article).collect();
    all.sort_by_key(|item| item.entry.date().map(|date| date.timeline_order()));
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return Err(Refusal::NothingOfKind(Kind::Event));
    };
    let known = [first, last]
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
        return Err(Refusal::NothingHappened { known });
    }
    let count = locale.say_with("list-event.lead", &[("count", all.len().into())]);
    let lead = Lead { title: locale.say("list-event"), body: vec![Paragraph::words(count)] };
    let row = |item: &Item<'_>| row(catalog, *item);
    Ok(short_list(catalog, request, lead, &all, PAGE_ROWS_MAX, row).into())
}

/// An event in a chronology: its date, then its title.
fn row(catalog: &Catalog, item: Item<'_>) -> Row {
    let date = item.entry.date().map(|date| catalog.locale().date(date)).unwrap_or_default();
    Row::new(&format!("{date}:"), &item.entry.title, entry::link(catalog, item))
}
