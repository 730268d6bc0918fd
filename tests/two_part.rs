//! Questions that name a holder and a demand. The holder is never replaced by another one.

use std::sync::LazyLock;

use dossier::card::{Card, Refusal};
use dossier::catalog::Catalog;
use dossier::commands;
use dossier::request::Request;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::bundled);

fn ask(command: &str, option: &str, text: &str) -> Result<Card, Refusal> {
    let request = Request::new(command).with(option, text);
    commands::answer(&CATALOG, &request)
}

fn is_ambiguous(refused: &Result<Card, Refusal>) -> bool {
    refused.as_ref().is_err_and(|refusal| refusal.key() == "refuse-several")
}

/// Each question leads to the same cell in either option and as the first search result.
#[test]
fn questions_with_holder_and_demand_find_the_cell() {
    for (text, holder, demand) in [
        ("Ukraine on NATO", "Ukraine", "NATO"),
        ("what does Ukraine think of NATO", "Ukraine", "NATO"),
        ("what is Kyiv's position on the sanctions?", "Ukraine", "sanctions"),
        ("Putin about neutrality", "Russia", "eutral"),
        ("zelensky on crimea recognition", "Ukraine", "ecognition"),
        ("what do the United Nations say about recognition of Crimea", "UN General", "ecognition"),
        ("does Moscow reject neutrality", "Russia", "eutral"),
        ("what does Europe say about sanctions", "West", "sanctions"),
        ("the us on lifting sanctions", "West", "sanctions"),
        ("<@1> Ukraine on NATO :flag_ua:", "Ukraine", "NATO"),
        ("Россия on NATO", "Russia", "NATO"),
    ] {
        for (command, option) in
            [("position", "holder"), ("position", "demand"), ("search", "query")]
        {
            let answer = ask(command, option, text);
            let card = answer.unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
            let title = match command {
                "search" => card.open_links[0].label.clone(),
                _ => card.title.clone(),
            };
            let (named, asked) = title.split_once(" on ").unwrap_or((&title, ""));
            assert!(named.contains(holder) && asked.contains(demand), "{text}: {title}");
        }
    }
}

#[test]
fn an_ambiguous_part_is_asked_for() {
    for text in [
        "China on NATO",
        "what does Poland think about sanctions",
        "Stoltenberg on neutrality",
        "Ukraine on pizza",
        "what about Poland's view on Crimea recognition",
    ] {
        let answer = ask("position", "holder", text);
        assert!(is_ambiguous(&answer), "{text}: {answer:?}");
    }
    for text in ["China", "Poland's position", "Harris NATO", "Stoltenberg and sanctions"] {
        assert!(ask("position", "holder", text).is_err(), "{text}");
    }
}

#[test]
fn a_search_shows_only_positions_of_the_named_holder() {
    for (text, named) in [
        ("Ukraine on NATO", Some("Ukraine")),
        ("China on NATO", None),
        ("Hungary's position on NATO", None),
        ("what does Poland think about sanctions", None),
    ] {
        // A refusal contains no position at all.
        let card = ask("search", "query", text).unwrap_or_default();
        let positions = card.open_links.iter().filter(|link| link.request.command == "position");
        for link in positions {
            assert!(named.is_some_and(|named| link.label.contains(named)), "{text}: {link:?}");
        }
    }
}

/// Nobody's view of foreign troops is among the demands, and no position is Turkey's.
#[test]
fn a_search_for_a_view_that_is_no_cell_finds_what_there_is() {
    for (text, command) in [
        ("Russia's stance on foreign troops", "term"),
        ("does Russia want Kherson city too", "place"),
        ("Turkey's position on hosting talks", "actor"),
        ("Trump's position on NATO", "actor"),
    ] {
        let card = ask("search", "query", text).expect(text);
        let commands = card.open_links.iter().take(3).map(|link| link.request.command.as_str());
        assert!(commands.clone().any(|shown| shown == command), "{text}: {:?}", card.open_links);
        assert!(
            card.open_links[0].request.option("demand").is_none(),
            "{text}: {:?}",
            card.open_links
        );
    }
}

#[test]
fn a_search_result_for_a_proposal_and_a_demand_opens_their_cell() {
    for text in ["the 28 points on sanctions", "what did the 28 points say about sanctions"] {
        let card = ask("search", "query", text).expect(text);
        let to = Request::new("proposal").with("proposal", "2025-11-28-points");
        assert_eq!(card.open_links[0].request, to.with("demand", "sanctions"), "{text}");
    }
}

#[test]
fn names_with_a_preposition_are_not_split() {
    for (text, title) in [
        ("UN votes on Ukraine", "UN General Assembly's position"),
        ("position of the United Nations", "UN General Assembly's position"),
        ("the West's position", "Western governments' position"),
    ] {
        let card = ask("position", "holder", text).expect(text);
        assert_eq!(card.title, title);
    }
}
