//! *Look up in Dossier*: what is found in the messages of a chat.

use std::sync::LazyLock;

use dossier::catalog::Catalog;
use dossier::commands;
use dossier::message_lookup::look_up;
use dossier::request::Request;
use dossier::search::DocumentFilter;
use jiff::civil::Date;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::bundled);

/// A day after the last one that the dataset covers.
const TODAY: Date = jiff::civil::date(2026, 11, 27);

/// The commands that open the entries found; for a refusal, its key.
fn found(message: &str) -> Vec<String> {
    found_beside(message, "")
}

/// What is found in a message with files or buttons of these names, one a line.
fn found_beside(message: &str, names: &str) -> Vec<String> {
    match look_up(&CATALOG, message, names, Some(TODAY)) {
        Ok(card) => card.open_links.iter().map(|link| link.request.to_string()).collect(),
        Err(refusal) => vec![refusal.key().to_owned()],
    }
}

fn refusal(command: &str, option: &str, text: &str) -> Option<&'static str> {
    let mut request = Request::new(command).with(option, text);
    request.today = Some(TODAY);
    commands::answer(&CATALOG, &request).err().map(|refusal| refusal.key())
}

#[test]
fn entries_that_a_message_names_are_found() {
    for (message, first, others) in [
        (
            "NATO is bad, Crimea is Russian, sanctions are theft",
            "",
            &["nato", "crimea", "sanctions"][..],
        ),
        ("Putin said NATO is bad and Crimea is Russian", "", &["putin", "nato", "crimea"]),
        (
            "The Budapest Memorandum was worthless because nobody enforced it",
            "budapest-memorandum",
            &[],
        ),
        (
            "wasn't it in the minsk agreements that ukraine had to give autonomy?",
            "",
            &["minsk-agreements"],
        ),
        (
            "NATO and Crimea and sanctions and Minsk and Budapest",
            "",
            &["nato", "crimea", "sanctions", "minsk-agreements", "budapest"],
        ),
        ("TIL about the Budapest Memorandum", "budapest-memorandum", &[]),
        (
            "my uncle says the 28 point plan gives Russia all of Donbas and Ukraine gets nothing, is that true?",
            "28-point",
            &["donbas"],
        ),
        ("I read about the Budapest Memorandum yesterday", "budapest-memorandum", &[]),
        ("today I learned about the Minsk agreements", "minsk-agreements", &[]),
        ("Crimea is Ukrainian today and always", "crimea", &[]),
        ("my exam on the Minsk agreements is next week", "minsk-agreements", &[]),
        ("latest on the Budapest Memorandum", "budapest-memorandum", &[]),
        ("in May 2027 we will read the Budapest Memorandum again", "budapest-memorandum", &[]),
    ] {
        let found = found(message);
        let has = |id: &&str| found.iter().any(|command| command.ends_with(&format!(":{id}")));
        assert!(found[0].contains(first) && others.iter().all(has), "{message}: {found:#?}");
    }
}

#[test]
fn files_and_buttons_count_where_they_name_an_entry() {
    const NOTHING: &str = "refuse-nothing-to-read";
    for (text, names, expected) in [
        ("", "istanbul communique", &["2022-03-29-istanbul-communique", "2022-istanbul-talks"][..]),
        ("", "SPOILER budapest memorandum 1994", &["1994-budapest"]),
        ("", "28 point plan final", &["28-point"]),
        ("", "unga es 11 4", &["2022-unga-es-11-4"]),
        ("", "NATO\nCrimea\nSanctions\nOther", &["nato", "place:crimea", "demand:sanctions"]),
        ("Which treaty was worse?", "Minsk II\nBudapest Memorandum", &["minsk", "budapest"]),
        ("The Minsk agreements", "Crimea", &["minsk-agreements", "place:crimea"]),
        ("", "Report\nOpen\nVote\nJoin\nAccept\nStop\nBack\n1\n2\n15", &[NOTHING]),
        ("", "message\nvoice message\nimage\nIMG 20220224 101500\nIMG 1991", &[NOTHING]),
        ("", "Screenshot 2022 02 24 at 10.00.00\n2014 03 18", &[NOTHING]),
        ("", "Sources\nNext\nDelete\nShare\nPrevious", &[NOTHING]),
        ("", "", &[NOTHING]),
        ("carbonara recipe", "Report", &["refuse-nothing-in-message"]),
    ] {
        let found = found_beside(text, names);
        let has = |id: &&str| found.iter().any(|command| command.contains(id));
        assert!(expected.iter().all(has), "{text} {names:?}: {found:#?}");
    }
}

#[test]
fn the_buttons_of_a_message_add_nothing_else_to_its_entries() {
    for text in ["The Minsk agreements", "what does Europe say about sanctions"] {
        let buttons = "Report\nRead more\nVote\nJoin\nOpen ticket\nSupport us";
        assert_eq!(found_beside(text, buttons), found(text), "{text}");
    }
}

#[test]
fn a_message_finds_first_what_a_search_finds_first() {
    for question in ["what does Europe say about sanctions", "Ukraine on NATO"] {
        let request = Request::new("search").with("query", question);
        let card = commands::answer(&CATALOG, &request).expect(question);
        assert_eq!(found(question)[0], card.open_links[0].request.to_string(), "{question}");
    }
}

#[test]
fn a_word_that_is_no_name_in_a_message_is_not_looked_up() {
    for message in ["there is no justice in football", "give us a break", "background noise"] {
        let mentions = CATALOG.search_index().find_mentions(message, &DocumentFilter::all());
        assert!(mentions.is_empty(), "{message}: {mentions:?}");
    }
}

#[test]
fn a_message_about_nothing_here_is_refused_in_words_about_a_message() {
    for (message, key) in [
        ("carbonara recipe", "refuse-nothing-in-message"),
        ("my cat sleeps on the president's sofa", "refuse-nothing-in-message-but"),
        ("what happened yesterday?", "refuse-too-late"),
        ("who won in October 2026", "refuse-too-late"),
    ] {
        assert_eq!(found(message), [key], "{message}");
    }
}

#[test]
fn a_time_word_beside_a_subject_is_not_a_later_date() {
    for (command, option, text) in [
        ("search", "query", "is Crimea Russian today"),
        ("search", "query", "today's territorial integrity"),
        ("search", "query", "what are Putin's current demands"),
        ("search", "query", "ban on Russian gas from January 2027"),
        ("search", "query", "EU loan 2027"),
        ("demand", "demand", "what does Russia want today"),
        ("demand", "demand", "what are Putin's current demands"),
        ("demand", "demand", "current Russian demands"),
        ("demand", "demand", "what is the latest Russian demand on NATO"),
        ("place", "place", "who holds Crimea today"),
        ("proposal", "proposal", "latest"),
    ] {
        let refusal = refusal(command, option, text);
        assert!(!matches!(refusal, Some(key) if key != "refuse-several"), "{text}: {refusal:?}");
    }
    for text in
        ["what happened yesterday", "the EU loan in 2031", "what did Putin say in October 2026"]
    {
        assert_eq!(refusal("search", "query", text), Some("refuse-too-late"), "{text}");
    }
}
