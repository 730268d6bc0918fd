//! Checks every card: each entry, view and page, each list and each refusal.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dossier::ask;
use dossier::card::{Card, Link, PAGE_CHARS_MAX, Refusal, TextSpan, entry};
use dossier::catalog::{Catalog, Item};
use dossier::commands;
use dossier::content::{Kind, Layer};
use dossier::request::Request;
use dossier::terminal::Terminal;

use crate::fake::Folder;
use crate::many_articles::copy;

/// Visits every request that can be reached through links from the commands, each once.
fn walk(catalog: &Catalog, mut see: impl FnMut(&Request, &Result<Card, Refusal>)) {
    let mut seen = BTreeSet::new();
    let mut next: Vec<Request> =
        commands::ALL.iter().map(|command| Request::new(command.name)).collect();
    while let Some(request) = next.pop() {
        if !seen.insert(request.to_string()) {
            continue;
        }
        let answer = commands::answer(catalog, &request);
        see(&request, &answer);
        let card = answer.unwrap_or_else(|refusal| refusal.card(catalog.locale()));
        next.extend(links(&card).map(|link| link.request.clone()));
    }
}

fn links(card: &Card) -> impl Iterator<Item = &Link> {
    let steps = [&card.earliest, &card.previous, &card.next, &card.latest].into_iter().flatten();
    card.open_links.iter().chain(&card.views).chain(steps).chain(&card.related)
}

fn words(card: &Card) -> String {
    let parts = card.body.iter().flat_map(|paragraph| &paragraph.text.0);
    parts
        .filter_map(
            |part| if let TextSpan::Styled(text, _) = part { Some(text.as_str()) } else { None },
        )
        .collect()
}

#[test]
fn every_link_leads_to_a_card_that_fits_and_cites_its_sources() {
    let catalog = Catalog::bundled();
    let mut cards = 0;
    walk(&catalog, |request, answer| {
        cards += 1;
        let card = match answer {
            Ok(card) => card,
            Err(refusal) if refusal.key() == "refuse-missing" && request.command == "search" => {
                return;
            }
            Err(refusal) => panic!("{request} leads to {refusal:?}"),
        };
        assert!(words(card).chars().count() <= PAGE_CHARS_MAX + 400, "{request} is too long");
        assert!(!card.title.is_empty() && !card.body.is_empty(), "{request} says nothing");
        assert!(
            links(card).all(|link| !link.label.is_empty() && link.label.chars().count() <= 100),
            "{request}"
        );
        let is_cited = |layer: Layer| layer != Layer::Dossier;
        for paragraph in card.body.iter().filter(|paragraph| paragraph.layer.is_some_and(is_cited))
        {
            let marks: Vec<usize> = paragraph
                .text
                .0
                .iter()
                .filter_map(|part| if let TextSpan::Mark(mark) = part { Some(*mark) } else { None })
                .collect();
            assert!(!marks.is_empty(), "{request} has a paragraph without a source");
            assert!(
                marks.iter().all(|mark| card.sources.iter().any(|source| source.mark == *mark)),
                "{request} hides a source"
            );
        }
    });
    assert!(cards > 600, "{cards}");
}

#[test]
fn every_link_can_be_typed_in_the_terminal() {
    let catalog = Catalog::bundled();
    walk(&catalog, |_, answer| {
        let Ok(answer) = answer else { return };
        for link in links(answer) {
            assert_eq!(ask::parse(&link.request.to_string()).as_ref(), Ok(&link.request));
        }
    });
}

#[test]
fn every_view_of_every_entry_can_be_reached() {
    let catalog = Catalog::bundled();
    let mut shown = BTreeSet::new();
    walk(&catalog, |_, answer| {
        if let Ok(answer) = answer {
            let view = answer.request.as_ref().and_then(|here| here.option("view"));
            shown.insert((answer.title.clone(), view.map(str::to_owned)));
        }
    });
    for item in Kind::ALL.into_iter().flat_map(|kind| catalog.of_kind(kind, None)) {
        for view in &item.entry.views {
            let view_shown = (item.entry.title.clone(), Some(view.slug.to_string()));
            assert!(shown.contains(&view_shown), "{} {:?}", item.entry.id, view.slug);
        }
    }
}

#[test]
fn a_page_beyond_the_last_shows_the_last() {
    let catalog = Catalog::bundled();
    let request = Request::new("timeline").with("page", "999");
    let card = commands::answer(&catalog, &request).expect("the timeline");
    assert_eq!(card.page.0, card.page.1);
    assert!(card.page.1 > 1 && card.next.is_none() && card.previous.is_some());
}

#[test]
fn the_stances_of_a_long_position_are_on_its_first_page_only() {
    let folder = Folder::new();
    let article = folder.0.join("article");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("data/articles/putins-terms-for-peace"),
        &article,
    );
    let file = article.join("position/ukraine.md");
    let text = fs::read_to_string(&file).expect("a position");
    let (before, parts) = text.split_once("\n## ").expect("a heading");
    let (front, opening) = before.rsplit_once("+++\n").expect("front matter");
    let long = format!("{front}+++\n{}\n## {parts}", opening.repeat(3));
    fs::write(&file, long).expect("a position");
    let catalog = Catalog::open(Some(&folder.0)).expect("an article");
    let request = Request::new("position").with("article", "article").with("holder", "ukraine");
    let show = |request: &Request| commands::answer(&catalog, request).expect("a page");
    let has_stances = |card: &Card| words(card).contains("Giving up NATO membership: ◐");
    let first = show(&request);
    let second = show(&first.next.as_ref().expect("a second page").request);
    let back = show(&second.previous.as_ref().expect("the first page").request);
    assert_eq!([&first, &second, &back].map(has_stances), [true, false, true]);
    assert!(!has_stances(&show(&request.at_page(2))));
}

#[test]
fn piped_output_has_no_colors_and_terminal_output_no_long_lines() {
    let catalog = Catalog::bundled();
    let item = catalog.of_kind(Kind::Demand, None).next().expect("a demand");
    let card = commands::answer(&catalog, &entry::request(&catalog, item)).expect("the demand");
    let plain = Terminal::PLAIN.render(&card, catalog.locale());
    assert!(!plain.contains('\u{1b}'));
    let narrow = Terminal { columns: Some(40), color: false }.render(&card, catalog.locale());
    let wide: Vec<&str> = narrow
        .lines()
        .filter(|line| line.chars().count() > 40 && line.trim().contains(' '))
        .collect();
    assert!(wide.iter().all(|line| line.contains("  /")), "{wide:?}");
    assert!(
        Terminal { columns: Some(40), color: true }
            .render(&card, catalog.locale())
            .contains('\u{1b}')
    );
}

#[test]
fn hostile_input_is_answered_without_control_characters() {
    let catalog = Catalog::bundled();
    for words in [
        "\u{202e}\u{0}\u{1b}[31m",
        "@everyone <@1> [x](y) `",
        "':;--\"",
        &"а".repeat(6_000),
        &"nato ".repeat(1_200),
        "{ $asked }",
        "🇺🇦",
    ] {
        for command in commands::ALL {
            for option in command.options {
                let request = Request::new(command.name).with(option.name, words);
                let card = commands::answer(&catalog, &request)
                    .unwrap_or_else(|refusal| refusal.card(catalog.locale()));
                let shown = Terminal::PLAIN.render(&card, catalog.locale());
                assert!(
                    !shown.contains(['\u{1b}', '\u{202e}', '\u{0}']) && !shown.trim().is_empty()
                );
            }
        }
    }
}

#[test]
fn questions_about_later_events_are_refused_with_the_last_day_covered() {
    let catalog = Catalog::bundled();
    let answer = |command: &str, option: &str, text: &str| {
        let request = Request::new(command).with(option, text);
        commands::answer(&catalog, &request)
    };
    for (command, option, text) in [
        ("search", "query", "what happened in august 2026"),
        ("search", "query", "NATO summit of 2027"),
        ("search", "query", "ceasefire talks on 15 September 2026"),
        ("demand", "demand", "sanctions in autumn 2026"),
        ("timeline", "event", "2026-11-03"),
        ("timeline", "from", "2026-09"),
        ("timeline", "from", "2027"),
        ("proposal", "from", "2026-09"),
        ("proposal", "proposal", "plan of November 2026"),
        ("proposal", "demand", "sanctions in autumn 2026"),
        ("proposal", "by", "Ukraine in August 2026"),
    ] {
        let refusal = answer(command, option, text).expect_err(text);
        assert_eq!(refusal.key(), "refuse-too-late", "{text}");
        let text = Terminal::PLAIN.render(&refusal.card(catalog.locale()), catalog.locale());
        assert!(text.contains("30 June 2026"), "{text}");
    }
    for (command, option, text) in [
        ("search", "query", "invasion of 2022"),
        ("search", "query", "NATO"),
        ("timeline", "from", "2022"),
    ] {
        assert!(answer(command, option, text).is_ok(), "{text}");
    }
    let nothing = answer("search", "query", "carbonara recipe").expect_err("nothing on food");
    assert_eq!(
        nothing.card(catalog.locale()).covers_until.as_deref(),
        Some("Covers events to 30 June 2026")
    );
}

#[test]
fn typo_correction_of_a_message_is_limited() {
    let catalog = Catalog::bundled();
    let finds = |message: &str| {
        let card = dossier::message_lookup::look_up(&catalog, message, "", None);
        card.is_ok_and(|card| card.open_links.iter().any(|link| link.label.contains("Budapest")))
    };
    assert!(finds("what of the Budapset memorandum"));
    let unknown = "qwrtzk plokm uhbgt rfvcd wsxza okmij\n".repeat(10);
    assert!(finds(&format!("{unknown} the Budapest Memorandum")));
    assert!(!finds(&format!("{unknown} Budapset")), "it was enough");
}

#[test]
fn a_period_in_the_event_option_shows_its_chronology() {
    let catalog = Catalog::bundled();
    let timeline = |options: &[(&str, &str)]| {
        let request = Request::new("timeline");
        let set = |request: Request, (name, value): &(&str, &str)| request.with(name, value);
        commands::answer(&catalog, &options.iter().fold(request, set)).expect("a chronology")
    };
    let expected = timeline(&[("from", "2014"), ("to", "2016")]);
    for event in [
        "2014-2016",
        "2014–2016",
        "2014 to 2016",
        "from 2014 to 2016",
        "between 2014 and 2016",
        "2014-16",
    ] {
        assert_eq!(timeline(&[("event", event)]), expected, "{event}");
    }
    assert_eq!(timeline(&[("event", "2014")]), timeline(&[("from", "2014"), ("to", "2014")]));
    assert_eq!(timeline(&[("event", "since 2022")]), timeline(&[("from", "2022")]));
    assert_eq!(
        timeline(&[("from", "18 March 2014"), ("to", "2014/12")]).body,
        timeline(&[("from", "2014-03-18"), ("to", "2014-12")]).body
    );
}

#[test]
fn an_event_is_found_by_its_day() {
    let catalog = Catalog::bundled();
    let events: Vec<_> = catalog.of_kind(Kind::Event, None).collect();
    let start = |item: &Item<'_>| item.entry.date().expect("the date of an event").start();
    let mut found = 0;
    for item in &events {
        let day = start(item);
        if day.day().is_none() || events.iter().filter(|other| start(other) == day).count() > 1 {
            continue;
        }
        for written in
            [day.to_string(), catalog.locale().partial_date(day), day.to_string().replace('-', "/")]
        {
            let request = Request::new("timeline").with("event", &written);
            let card = commands::answer(&catalog, &request).expect("the event");
            assert_eq!(card.title, item.entry.title, "{written}");
            found += 1;
        }
    }
    assert!(found > 30, "{found}");
    let refusal = Request::new("timeline").with("event", "02.03.2014");
    let refusal = commands::answer(&catalog, &refusal).expect_err("two days");
    assert_eq!(refusal.key(), "refuse-ambiguous-date");
}
