//! `/timeline`: what happened, oldest first.

use crate::answer::{Answer, Lead, PAGE_ROWS_MAX, Paragraph, Refusal, Row, entry, short_list};
use crate::command::{Audience, Command};
use crate::dataset::{Detail, Kind};
use crate::library::{Item, Library};
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

fn run(library: &Library, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    if let Some(taken) = EVENT.find(library, request)? {
        return entry::show(library, request, &taken);
    }
    let lang = library.lang();
    let (from, to) = (FROM.find(request)?, TO.find(request)?);
    if let (Some(from), Some(to)) = (from, to)
        && to.last_day() < from.first_day()
    {
        return Err(Refusal::Backwards { from: lang.point(from), to: lang.point(to) });
    }
    let topic = TOPIC.find(library, request)?;
    let mut all: Vec<Item<'_>> = library.of_kind(Kind::Event, request.article(library)?).collect();
    all.sort_by_key(|item| item.entry.date().map(|date| date.timeline_order()));
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return Err(Refusal::NothingOfKind(Kind::Event));
    };
    let known =
        [first, last].map(|item| item.entry.date().map(|date| lang.date(date)).unwrap_or_default());

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
    let count = lang.say_with("list-event.lead", &[("count", all.len().into())]);
    let lead = Lead { title: lang.say("list-event"), body: vec![Paragraph::words(count)] };
    let row = |item: &Item<'_>| row(library, *item);
    Ok(short_list(library, request, lead, &all, PAGE_ROWS_MAX, row).into())
}

/// An event in a chronology: its date, then its title.
fn row(library: &Library, item: Item<'_>) -> Row {
    let date = item.entry.date().map(|date| library.lang().date(date)).unwrap_or_default();
    Row::new(&format!("{date}:"), &item.entry.title, entry::link(library, item))
}
