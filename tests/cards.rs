//! Every card that there is: each entry, view and page, each list, each refusal.

use std::collections::BTreeSet;

use dossier::ask;
use dossier::card::{Card, Link, PAGE_CHARS_MAX, Refusal, Span, entry};
use dossier::catalog::Catalog;
use dossier::commands;
use dossier::content::Kind;
use dossier::request::Request;
use dossier::terminal::Terminal;

/// Follows every link from the commands on, each request once.
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
        next.extend(links(&card).map(|link| link.to.clone()));
    }
}

fn links(card: &Card) -> impl Iterator<Item = &Link> {
    let steps = card.previous.iter().chain(&card.next);
    card.open.iter().chain(&card.views).chain(steps).chain(&card.related)
}

fn words(card: &Card) -> String {
    let parts = card.body.iter().flat_map(|paragraph| &paragraph.text.0);
    parts
        .filter_map(|part| if let Span::Words(text, _) = part { Some(text.as_str()) } else { None })
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
        for paragraph in card.body.iter().filter(|paragraph| paragraph.layer.is_some()) {
            let marks: Vec<usize> = paragraph
                .text
                .0
                .iter()
                .filter_map(|part| if let Span::Mark(mark) = part { Some(*mark) } else { None })
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
fn every_link_can_be_typed() {
    let catalog = Catalog::bundled();
    walk(&catalog, |_, answer| {
        let Ok(answer) = answer else { return };
        for link in links(&answer) {
            assert_eq!(ask::parse(&link.to.to_string()).as_ref(), Ok(&link.to));
        }
    });
}

#[test]
fn every_view_of_every_entry_can_be_reached() {
    let catalog = Catalog::bundled();
    let mut shown = BTreeSet::new();
    walk(&catalog, |_, answer| {
        if let Ok(answer) = answer {
            shown.insert((answer.title.clone(), answer.heading.clone()));
        }
    });
    for item in Kind::ALL.into_iter().flat_map(|kind| catalog.of_kind(kind, None)) {
        for view in &item.entry.views {
            let heading = (item.entry.views.len() > 1).then(|| catalog.view_title(view));
            assert!(
                shown.contains(&(item.entry.title.clone(), heading)),
                "{} {:?}",
                item.entry.id,
                view.slug
            );
        }
    }
}

#[test]
fn a_page_that_is_not_there_is_the_last() {
    let catalog = Catalog::bundled();
    let request = Request::new("timeline").with("page", "999");
    let card = commands::answer(&catalog, &request).expect("the timeline");
    assert_eq!(card.page.0, card.page.1);
    assert!(card.page.1 > 1 && card.next.is_none() && card.previous.is_some());
}

#[test]
fn a_card_for_a_pipe_has_no_colors_and_one_for_a_terminal_no_long_lines() {
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
fn hostile_words_are_answered_in_words() {
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
fn a_message_of_nothing_but_typos_is_read_no_further_than_it_takes() {
    let catalog = Catalog::bundled();
    let finds = |message: &str| {
        let card = dossier::message_lookup::look_up(&catalog, message);
        card.is_ok_and(|card| card.open.iter().any(|link| link.label.contains("Budapest")))
    };
    assert!(finds("what of the Budapset memorandum"));
    let unknown = "qwrtzk plokm uhbgt rfvcd wsxza okmij\n".repeat(10);
    assert!(finds(&format!("{unknown} the Budapest Memorandum")));
    assert!(!finds(&format!("{unknown} Budapset")), "it was enough");
}
