//! `/timeline`: events in chronological order.

use super::period::{FROM, Period, TO, text_and_period_refusal, with_period};
use super::{no_entries, unused_options};
use crate::card::{
    Card, PICTURED_ROWS_MAX, Paragraph, Refusal, Row, entry, even_pages, short_list,
};
use crate::catalog::{Catalog, Item};
use crate::command::{Bounds, Command, no_period, read_period, split_period};
use crate::content::{Detail, Kind, PartialDate};
use crate::picture;
use crate::request::{OptionKind, OptionSpec, Request, ResolvedEntry, VIEW};

pub(super) const COMMAND: Command = Command::new("timeline", &[EVENT, FROM, TO, TOPIC, VIEW]);

const EVENT: OptionSpec = OptionSpec::entry("event", Kind::Event);
const TOPIC: OptionSpec = OptionSpec::new("topic", OptionKind::Topic);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let request = &with_latest(catalog, request)?;
    let input = request.option(EVENT.name);
    let article = request.article(catalog)?;
    let read = |input| {
        let period = read_period(catalog, Kind::Event, article, input);
        period.map_err(|other| no_period(catalog, request, input, other))
    };
    let period = input.map(read);
    let period = period.transpose()?.flatten();
    let Some((from, to)) = period else {
        if let Some(split) = input.and_then(|input| split_input(catalog, request, input)) {
            return period_of_topic(catalog, request, split);
        }
        return match EVENT.find_entry(catalog, request)? {
            Some(found) => event(catalog, request, &found),
            None => chronology(catalog, request),
        };
    };
    if let Some(day) = from.filter(|from| to == Some(*from) && from.day().is_some())
        && let Some(item) = single_event(catalog, request, day)?
    {
        return event(catalog, request, &item.into());
    }
    chronology(catalog, &with_period(request.clone().with(EVENT.name, ""), from, to))
}

/// The request with the newest event's name in place of "latest".
fn with_latest(catalog: &Catalog, request: &Request) -> Result<Request, Refusal> {
    let words = request.option(EVENT.name).unwrap_or_default().to_lowercase();
    let words = words.trim_matches(|letter: char| !letter.is_alphanumeric());
    let words = words.trim_start_matches("the ").trim_end_matches("event").trim_end();
    if !matches!(words, "latest" | "newest" | "last" | "most recent") {
        return Ok(request.clone());
    }
    let events = catalog.of_kind(Kind::Event, request.article(catalog)?);
    let newest = events.max_by_key(|item| item.entry.date().map(|date| date.start().first_day()));
    let name = newest.map(|item| catalog.name(item)).unwrap_or_default();
    Ok(request.clone().with(EVENT.name, name))
}

/// The subject and the period of a text that has both, and is not the name of an event. A single date may
/// be part of a name ("Minsk 2014"), unless the subject is a topic.
fn split_input(catalog: &Catalog, request: &Request, input: &str) -> Option<(String, Bounds)> {
    let filter = catalog.filter(Some(Kind::Event), request.article(catalog).ok()?);
    let is_name = catalog.search_index().is_name(input, &filter);
    split_period(input).filter(|(subject, (from, to))| {
        !is_name && (from != to || find_topic(catalog, subject).is_some())
    })
}

/// The id of the topic with this id or name.
fn find_topic<'a>(catalog: &'a Catalog, subject: &str) -> Option<&'a str> {
    let mut topics = catalog.articles().iter().flat_map(|article| &article.topics);
    let is_named = |one: &str| one.to_lowercase() == subject.to_lowercase();
    let found = topics.find(|(id, name)| is_named(id) || is_named(name));
    found.map(|(id, _)| id.as_str())
}

/// The events of a topic in a period. A subject that is not a topic cannot be combined with a period.
fn period_of_topic(
    catalog: &Catalog,
    request: &Request,
    (subject, (from, to)): (String, Bounds),
) -> Result<Card, Refusal> {
    let Some(topic) = find_topic(catalog, &subject) else {
        return Err(text_and_period_refusal(catalog, request, EVENT, (subject, (from, to))));
    };
    let request = request.clone().with(EVENT.name, "").with(TOPIC.name, topic);
    chronology(catalog, &with_period(request, from, to))
}

fn event(catalog: &Catalog, request: &Request, found: &ResolvedEntry<'_>) -> Result<Card, Refusal> {
    let mut card = entry::show(catalog, request, found)?;
    card.notes.extend(unused_options(catalog, request, &[FROM.name, TO.name, TOPIC.name]));
    Ok(card)
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
        let of_topic = matches!(&item.entry.detail, Detail::Event { topics, .. } if topic.is_none_or(|(topic, _)| topics.contains(topic)));
        in_time && of_topic
    };
    all.retain(within);
    if all.is_empty() {
        let key = match topic {
            Some(_) => "refuse-nothing-happened-on-topic",
            None => "refuse-nothing-happened",
        };
        let refusal = Refusal::new(key).with("first", first).with("last", last);
        return Err(refusal.covers_until(catalog.covers_until_text(article)));
    }
    let title = match topic {
        None => locale.text("list-event"),
        Some((_, name)) => {
            locale.text_with("list-event.of-topic", &[("topic", name.as_str().into())])
        }
    };
    let count = locale.text_with("list-event.lead", &[("count", all.len().into())]);
    let base = Card {
        kind: Some(Kind::Event),
        title: period.titled(locale, title.clone()),
        body: vec![Paragraph::plain(count)],
        ..Card::default()
    };
    let row = |item: &Item<'_>| row(catalog, *item);
    let pages = even_pages(&all, PICTURED_ROWS_MAX);
    let mut card = short_list(catalog, request, base, &pages, row);
    card.link_ends(locale);
    let (page, _) = card.page;
    let next = pages.get(page).and_then(|next| next.first()).copied();
    card.picture = picture::timeline(catalog, title, period.days(), pages[page - 1], next);
    Ok(card)
}

/// An event's date and title.
fn row(catalog: &Catalog, item: Item<'_>) -> Row {
    let locale = catalog.locale();
    let date = item.entry.date().map(|date| locale.date(date)).unwrap_or_default();
    let title = locale.without_date(&item.entry.title);
    Row::new(&format!("{date}:"), title, entry::link(catalog, item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::answer;

    /// The title of the answer, or the key of the refusal.
    fn shown(catalog: &Catalog, options: &[(&'static str, &str)]) -> String {
        let add =
            |request: Request, (name, value): &(&'static str, &str)| request.with(name, *value);
        match answer(catalog, &options.iter().fold(Request::new(COMMAND.name), add)) {
            Ok(card) => card.title,
            Err(refusal) => refusal.key().to_owned(),
        }
    }

    fn check(expected: &[(&str, &str)]) {
        let catalog = Catalog::bundled();
        for (event, title) in expected {
            assert_eq!(shown(&catalog, &[(EVENT.name, event)]), *title, "{event}");
        }
    }

    #[test]
    fn a_period_is_named_in_the_title() {
        check(&[
            ("2014", "Timeline: 2014"),
            ("from 2014", "Timeline: since 2014"),
            ("before 2014", "Timeline: until 2013"),
            ("March to May 2014", "Timeline: March to May 2014"),
            ("2001", "Timeline: 2001"),
            ("11 September 2001", "refuse-nothing-happened"),
            ("September 2001", "refuse-nothing-happened"),
            ("9 August 2008", "Timeline: 9 August 2008"),
            ("the 90s", "Timeline: 1990 to 1999"),
            ("last five years", "refuse-relative-date"),
            ("two years ago", "refuse-relative-date"),
            ("100 days", "refuse-relative-date"),
            ("2014, 2015 and 2016", "Timeline: 2014 to 2016"),
            ("nineties", "Timeline: 1990 to 1999"),
            ("the 1990s", "Timeline: 1990 to 1999"),
            ("sanctions 2022 to 2024", "Timeline · Sanctions: 2022 to 2024"),
            (
                "frozen assets and loans since 2022",
                "Timeline · Frozen assets and loans: since 2022",
            ),
            ("Budapest Memorandum 1990 to 2014", "refuse-text-and-period"),
            ("Minsk in the 2010s", "refuse-text-and-period"),
            ("Minsk 2014", "Minsk I (Minsk Protocol), 2014"),
            ("NATO in 2014", "Timeline · NATO: 2014"),
            ("2014 crimea", "Timeline · Crimea: 2014"),
            ("Sanctions March 2014", "Timeline · Sanctions: March 2014"),
            ("2014 vs 2022", "Timeline: 2014 to 2022"),
            ("2014-13", "refuse-no-such-month"),
            ("2014-00", "refuse-no-such-month"),
            ("13/2014", "refuse-no-such-month"),
            ("last", "Rubio and Putin on Anchorage (25-28 June 2026)"),
            ("the latest event", "Rubio and Putin on Anchorage (25-28 June 2026)"),
            ("24 лютого 2022", "Full-scale invasion of Ukraine, 2022"),
            ("18 марта 2014", "Annexation of Crimea, 2014"),
            ("5 грудня 1994", "Signing of the Budapest Memorandum, 1994"),
        ]);
    }

    #[test]
    fn an_end_in_from_and_a_start_in_to_are_refused() {
        let catalog = Catalog::bundled();
        for (from, to, title) in [
            ("..2014", "", "refuse-end-in-from"),
            ("before 2014", "2015", "refuse-end-in-from"),
            ("until March 2014", "", "refuse-end-in-from"),
            ("<2014", "2015", "refuse-end-in-from"),
            ("2014 - 2016", "2020", "refuse-period-in-from"),
            ("2014 to 2016", "2015", "refuse-period-in-from"),
            ("", "since 2014", "refuse-start-in-to"),
            ("2012", "2014..", "refuse-start-in-to"),
            ("2012", "2014-2016", "refuse-period-in-to"),
            ("2014 - 2016", "", "Timeline: 2014 to 2016"),
            ("", "2014 - 2016", "Timeline: 2014 to 2016"),
            ("2014..", "..2016", "Timeline: 2014 to 2016"),
            ("since 2014", "until 2016", "Timeline: 2014 to 2016"),
            ("2014", "now", "Timeline: since 2014"),
        ] {
            assert_eq!(shown(&catalog, &[(FROM.name, from), (TO.name, to)]), title, "{from} {to}");
        }
    }

    #[test]
    fn an_event_of_another_year_is_no_answer_to_a_date() {
        check(&[
            ("events happened 24 лютого 2013", "refuse-not-here"),
            ("winter of 1950 events", "refuse-not-here-at-all"),
            ("winter 1950", "refuse-ambiguous-date"),
            ("Aug 26", "refuse-not-here-at-all"),
        ]);
    }

    #[test]
    fn a_period_without_an_event_names_the_last_day_covered() {
        let catalog = Catalog::bundled();
        let request = Request::new(COMMAND.name).with("from", "2026-06-30").with("to", "2026-12");
        let refusal = answer(&catalog, &request).expect_err("no event");
        let covers = refusal.card(catalog.locale()).covers_until;
        assert_eq!(covers.as_deref(), Some("Covers events to 30 June 2026"));
    }

    #[test]
    fn the_name_of_an_event_is_not_a_period() {
        let catalog = Catalog::bundled();
        for kind in [Kind::Event, Kind::Proposal] {
            for item in catalog.of_kind(kind, None) {
                let id = item.entry.id.as_str();
                assert_eq!(read_period(&catalog, kind, None, id), Ok(None), "{id}");
            }
        }
    }

    #[test]
    fn an_option_that_one_event_has_no_use_for_is_named() {
        let catalog = Catalog::bundled();
        let request = Request::new(COMMAND.name).with(EVENT.name, "budapest").with("from", "2014");
        let card = answer(&catalog, &request).expect("a card");
        let last = card.notes.last().expect("a note");
        let note = last.render(|words, _| words.to_owned(), |_| String::new());
        assert!(note.starts_with("“from” was ignored"), "{note}");
    }
}
