//! Selects the entry that a digest posts next, and builds its card.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::card::{Card, entry};
use crate::catalog::{Catalog, Item};
use crate::content::{Detail, Kind};
use crate::digest::{Content, NextEntry, Plan};
use crate::picture;
use crate::request::Request;

/// The order in which kinds are posted: the article first, then its matter, then the background.
pub(super) const ORDER: [Kind; 9] = [
    Kind::Section,
    Kind::Demand,
    Kind::Position,
    Kind::Event,
    Kind::Proposal,
    Kind::Outlook,
    Kind::Term,
    Kind::Place,
    Kind::Actor,
];

/// Chooses the next entry: the first that is not in `shown`, or the first of all once all were
/// posted. `None` if no entry has the kind.
pub fn choose(
    catalog: &Catalog,
    content: Content,
    day: Date,
    shown: &HashSet<String>,
) -> Option<NextEntry> {
    let chosen = |item: Item<'_>, restarts| NextEntry { entry: name(catalog, item), restarts };
    let is_new = |item: &Item<'_>| !shown.contains(&name(catalog, *item));
    if content == Content::OnThisDay {
        let of_day = || events(catalog).filter(|item| is_of_day(*item, day));
        // An anniversary is posted every year, even if it was posted before.
        if let Some(item) = of_day().find(is_new).or_else(|| of_day().next()) {
            return Some(chosen(item, false));
        }
    }
    let all = items(catalog, content);
    match all.iter().copied().find(is_new) {
        Some(item) => Some(chosen(item, false)),
        None => Some(chosen(*all.first()?, true)),
    }
}

/// The card of a post.
pub fn card(catalog: &Catalog, plan: &Plan, chosen: &NextEntry, day: Date) -> Option<Card> {
    let locale = catalog.locale();
    let all = items(catalog, plan.content);
    let item = all.into_iter().find(|item| name(catalog, *item) == chosen.entry)?;
    let view = item.entry.view(None)?;
    let mut card = entry::view_card(catalog, &Request::default(), item, view);
    card.picture = Some(picture::banner(catalog, card.kicker.clone(), item));
    if chosen.restarts {
        card.notes.insert(0, locale.text("digest-begins-again").into());
    }
    if plan.content == Content::OnThisDay && is_of_day(item, day) {
        card.kicker = locale.text_with("digest-kicker-day", &[("kicker", card.kicker.into())]);
    } else if plan.content == Content::OnThisDay {
        let month = locale.text(&format!("month-{}", day.month()));
        let day = [("day", i64::from(day.day()).into()), ("month", month.into())];
        card.notes.insert(0, locale.text_with("digest-nothing-today", &day).into());
    }
    Some(card)
}

/// All entries that the content covers, in posting order.
fn items(catalog: &Catalog, content: Content) -> Vec<Item<'_>> {
    let articles = 0..catalog.articles().len();
    match content {
        Content::Order => articles
            .flat_map(|article| {
                let kinds = ORDER.into_iter();
                kinds.flat_map(move |kind| catalog.of_kind(kind, Some(article)))
            })
            .collect(),
        Content::Kind(kind) => catalog.of_kind(kind, None).collect(),
        Content::OnThisDay => events(catalog).collect(),
    }
}

fn events(catalog: &Catalog) -> impl Iterator<Item = Item<'_>> {
    catalog.of_kind(Kind::Event, None)
}

/// Whether an event began on this day of the year. A date without a day never matches.
fn is_of_day(item: Item<'_>, day: Date) -> bool {
    let Detail::Event { date, .. } = item.entry.detail else {
        return false;
    };
    let start = date.start();
    let started = start.month().zip(start.day());
    started.is_some_and(|(month, day_of_month)| is_anniversary(month, day_of_month, day))
}

/// In years without 29 February, its anniversaries fall on 28 February.
fn is_anniversary(month: i8, day_of_month: i8, day: Date) -> bool {
    let day_of_month = match (month, day_of_month) {
        (2, 29) if !day.in_leap_year() => 28,
        _ => day_of_month,
    };
    (month, day_of_month) == (day.month(), day.day())
}

/// The key of an entry in the ledger.
fn name(catalog: &Catalog, item: Item<'_>) -> String {
    format!("{}/{}", item.entry.kind.name(), catalog.name(item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Days, Zone};
    use crate::guild::ChannelId;

    fn plan(content: Content) -> Plan {
        Plan {
            channel: ChannelId::new(1),
            at: "09:00".parse().expect("a time"),
            zone: Zone::from_name("Europe/Kyiv").expect("a zone"),
            days: Days::DAILY,
            content,
            role: None,
            publish: false,
        }
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn every_entry_is_posted_once_before_any_repeats() {
        let catalog = Catalog::bundled();
        let entries: usize = catalog.articles().iter().map(|one| one.entries.len()).sum();
        for content in [Content::Order, Content::Kind(Kind::Term)] {
            let all = items(&catalog, content);
            let mut shown = HashSet::new();
            for item in &all {
                let chosen =
                    choose(&catalog, content, day("2026-11-25"), &shown).expect("an entry");
                assert_eq!((&*chosen.entry, chosen.restarts), (&*name(&catalog, *item), false));
                let card =
                    card(&catalog, &plan(content), &chosen, day("2026-11-25")).expect("a card");
                assert_eq!(card.title, item.entry.title);
                assert!(shown.insert(chosen.entry), "twice");
            }
            let again = choose(&catalog, content, day("2026-11-25"), &shown).expect("an entry");
            assert!(again.restarts && again.entry == name(&catalog, all[0]));
            let card = card(&catalog, &plan(content), &again, day("2026-11-25")).expect("a card");
            assert!(!card.notes.is_empty(), "it says so");
        }
        assert_eq!(items(&catalog, Content::Order).len(), entries);
    }

    #[test]
    fn on_this_day_posts_anniversaries_or_else_the_next_event() {
        let catalog = Catalog::bundled();
        let content = Content::OnThisDay;
        let none = HashSet::new();
        let on = |text: &str, shown: &HashSet<String>| {
            let chosen = choose(&catalog, content, day(text), shown).expect("an entry");
            let card = card(&catalog, &plan(content), &chosen, day(text)).expect("a card");
            (chosen, card)
        };
        // Anniversaries in the bundled article: 5 December 1994, 30 September 2022 (two), 7 August
        // 2008 (the start of an interval).
        let (chosen, card) = on("2026-12-05", &none);
        assert!(card.notes.is_empty() && card.kicker.contains("1994"), "{}", card.kicker);
        let again: HashSet<String> = [chosen.entry.clone()].into();
        assert_eq!(on("2027-12-05", &again).0, chosen, "an anniversary comes every year");
        let (first, _) = on("2026-09-30", &none);
        let (second, _) = on("2027-09-30", &[first.entry.clone()].into());
        assert_ne!(first, second, "the other of the day");
        assert!(on("2026-08-07", &none).1.kicker.contains("2008"));
        // Its events of February 2022 include one without a day.
        let (chosen, card) = on("2026-02-01", &none);
        let text = card.notes[0].render(|words, _| words.to_owned(), |_| String::new());
        assert!(text.contains("1 February"), "{text}");
        assert_eq!(chosen.entry, name(&catalog, items(&catalog, content)[0]));
    }

    #[test]
    fn every_event_has_an_anniversary_each_year() {
        for (month, day_of_month, on, is_on) in [
            (2, 29, "2027-02-28", true),
            (2, 29, "2027-03-01", false),
            (2, 29, "2028-02-29", true),
            (2, 29, "2028-02-28", false),
            // 2000 was a leap year; 2100 is not.
            (2, 29, "2100-02-28", true),
            (2, 29, "2000-02-28", false),
            (2, 28, "2027-02-28", true),
            (2, 28, "2028-02-29", false),
            (3, 1, "2027-03-01", true),
            (12, 31, "2027-12-31", true),
        ] {
            let found = is_anniversary(month, day_of_month, day(on));
            assert_eq!(found, is_on, "{day_of_month}.{month}. on {on}");
        }
    }

    #[test]
    fn nothing_is_chosen_from_an_empty_kind() {
        let catalog = Catalog::new(Vec::new());
        assert_eq!(choose(&catalog, Content::Order, day("2026-11-25"), &HashSet::new()), None);
    }
}
