//! Questions that name a holder and a demand. The holder is never replaced by another one.

use std::sync::LazyLock;

use dossier::card::{Card, Link, Refusal};
use dossier::catalog::Catalog;
use dossier::commands;
use dossier::request::Request;
use dossier::terminal::Terminal;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::bundled);

fn ask(command: &str, option: &str, text: &str) -> Result<Card, Refusal> {
    let request = Request::new(command).with(option, text);
    commands::answer(&CATALOG, &request)
}

/// A holder beside a demand, in any order.
#[test]
fn a_holder_and_a_demand_side_by_side_mean_the_cell() {
    for (text, holder, demand) in [
        ("NATO, Ukraine", "Ukraine", "NATO"),
        ("Ukraine NATO", "Ukraine", "NATO"),
        ("Ukraine/NATO", "Ukraine", "NATO"),
        ("ukraine–nato", "Ukraine", "NATO"),
        ("ukraine: nato?", "Ukraine", "NATO"),
        ("West NATO", "West", "NATO"),
        ("Ukraine, demand 4", "Ukraine", "sanctions"),
        ("Russia NATO", "Russia", "NATO"),
        ("USA: NATO", "West", "NATO"),
        ("Russia sanctions", "Russia", "sanctions"),
        ("NATO according to Russia", "Russia", "NATO"),
        ("Would Ukraine drop NATO?", "Ukraine", "NATO"),
        ("Україна про НАТО", "Ukraine", "NATO"),
        ("Kyiv NATO", "Ukraine", "NATO"),
        ("NATO Kyiv", "Ukraine", "NATO"),
        ("Kyiv, NATO", "Ukraine", "NATO"),
        ("Київ НАТО", "Ukraine", "NATO"),
        ("Moscow sanctions", "Russia", "sanctions"),
        ("Kremlin / neutrality", "Russia", "eutral"),
        ("Russa nato", "Russia", "NATO"),
        ("Zelenksy nato", "Ukraine", "NATO"),
        ("Moskow on sanctions", "Russia", "sanctions"),
        ("Ukraine on frozen assets", "Ukraine", "sanctions"),
        ("Ukraine on nuclear weapons", "Ukraine", "eutral"),
        ("Ukraine on NATO in 2022", "Ukraine", "NATO"),
        ("the Kyiv regime on NATO", "Ukraine", "NATO"),
        ("Zelensky's government on withdrawal", "Ukraine", "ithdrawal"),
    ] {
        let answer = ask("position", "holder", text);
        let card = answer.unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
        let (named, asked) = card.title.split_once(" on ").unwrap_or((&card.title, ""));
        assert!(named.contains(holder) && asked.contains(demand), "{text}: {}", card.title);
    }
}

/// The key of the refusal of a question about proposals, and the authors that it offers.
fn offered_authors(text: &str) -> (&'static str, String) {
    let refusal = ask("proposal", "proposal", text).map(|card| card.title).expect_err(text);
    let links = refusal.card(CATALOG.locale()).open_links;
    let authors = links.iter().filter_map(|link| link.request.option("by").map(str::to_owned));
    (refusal.key(), authors.collect::<Vec<_>>().join(" "))
}

/// The key of the refusal, and the entries that it offers for the option.
fn offered(command: &str, option: &str, text: &str) -> (&'static str, String) {
    let refusal = ask(command, option, text).map(|card| card.title).expect_err(text);
    let links = refusal.card(CATALOG.locale()).open_links;
    let values = links.iter().filter_map(|link| link.request.option(option).map(str::to_owned));
    (refusal.key(), values.collect::<Vec<_>>().join(" "))
}

/// Also with a date in it, or with words for proposing.
#[test]
fn a_proposal_of_another_author_is_no_answer() {
    for (text, by, demand, from) in [
        ("Putin 2025 on sanctions", "russia", "sanctions", "2025"),
        ("Ukraine 2025 sanctions", "ukraine", "sanctions", "2025"),
        ("United States November 2025 on NATO", "united-states", "nato", "2025-11"),
        ("NATO, Kyiv, since 2025", "ukraine", "nato", "2025"),
        ("what did Trump propose about sanctions", "united-states", "sanctions", ""),
        ("what did Russia propose in 2022", "russia", "", "2022"),
        ("NATO over time", "", "nato", ""),
        ("NATO over time?", "", "nato", ""),
        ("nato, history?", "", "nato", ""),
        ("what was asked about NATO over time", "", "nato", ""),
        ("sanctions", "", "sanctions", ""),
    ] {
        let card = ask("proposal", "proposal", text).expect(text);
        let request = card.request.expect(text);
        let option = |name| request.option(name).unwrap_or_default();
        assert_eq!((option("by"), option("demand"), option("from")), (by, demand, from), "{text}");
    }
    for (text, holder) in [
        ("Putin 2026 on sanctions", Some("russia")),
        ("Kyiv: Crimea", Some("ukraine")),
        ("Ukraine 2022 on recognition", Some("ukraine")),
        ("what did Trump propose about sanctions", None),
    ] {
        let card = ask("search", "query", text).expect(text);
        let first = &card.open_links[0].request;
        assert_eq!(first.option("holder"), holder, "{text}: {first:?}");
        assert_ne!(first.option("proposal"), Some("2025-08-alaska-offer"), "{text}");
    }
}

#[test]
fn a_holder_beside_a_year_is_the_holder() {
    let offers = offered("position", "holder", "Lavrov 2025 on sanctions");
    assert_eq!(offers, ("refuse-no-position", "russia".to_owned()));
    for (text, holder) in [
        ("Europe 2025 on sanctions", "West"),
        ("Europe 2025, on sanctions", "West"),
        ("US 2026 on Crimea", "West"),
        ("Ukraine on NATO in 2022?", "Ukraine"),
    ] {
        let card = ask("position", "holder", text).expect(text);
        assert!(card.title.contains(holder), "{text}: {}", card.title);
    }
}

#[test]
fn nobody_named_in_the_subject_matter_is_the_holder() {
    for text in [
        "Poland on Ukraine in NATO",
        "India on Russia sanctions",
        "what does Germany say about Ukraine's neutrality",
        "France on Ukraine's sanctions",
        // A holder's name within another.
        "Kim Jong Un on recognition",
        "un diplomate on recognition",
        "West Bank on sanctions",
        "Kanye West on NATO",
        "Western Ukraine on NATO",
        "Kyiv Post on sanctions",
        "Free Russia Legion on recognition",
        "Moscow, Idaho on NATO",
        // People and places of a holder.
        "Putin's daughter on NATO",
        "Ukraine's neighbours on NATO",
        "Ukraine's soldiers on withdrawal",
        "former Ukrainian president on NATO",
        "anti-Ukraine on NATO",
        "NATO: what does Luhansk say?",
    ] {
        assert_eq!(offered("position", "holder", text).0, "refuse-no-position", "{text}");
    }
    for text in ["Russia on Ukraine", "the US on Ukraine", "NATO on Ukraine"] {
        assert_eq!(offered("position", "holder", text).0, "refuse-no-demand", "{text}");
    }
    let card = ask("position", "holder", "does europe want ukraine in nato").expect("a cell");
    assert!(card.title.contains("West"), "{}", card.title);
    let notes = Terminal::PLAIN.render(&card, CATALOG.locale());
    assert!(!notes.contains("is recorded for Ukraine"), "{notes}");
}

#[test]
fn a_proposal_in_place_of_a_holder_is_offered() {
    for text in ["what did the 28 points say about sanctions", "28 points on sanctions"] {
        let refusal = ask("position", "holder", text).map(|card| card.title).expect_err(text);
        let links = refusal.card(CATALOG.locale()).open_links;
        let first = &links[0].request;
        let options = (first.option("proposal"), first.option("demand"));
        assert_eq!(options, (Some("2025-11-28-points"), Some("sanctions")), "{text}");
    }
}

#[test]
fn of_several_names_none_is_dropped() {
    for (command, option, text, names) in [
        ("position", "holder", "Russia, Ukraine", "russia ukraine"),
        ("proposal", "by", "US and Ukraine", "united-states ukraine"),
        ("position", "holder", "Ukraine and Russia", "ukraine russia"),
        ("position", "holder", "Ukraine Russia", "ukraine russia"),
        ("position", "holder", "Україна, Росія", "ukraine russia"),
        ("proposal", "by", "Ukraine,Russia", "ukraine russia"),
        ("proposal", "by", "Ukraine and Russia", "ukraine russia"),
        ("proposal", "by", "Ukraine/Russia/United States", "ukraine russia united-states"),
        ("actor", "actor", "Putin & Trump", "putin trump"),
        ("demand", "demand", "nato, sanctions", "nato sanctions"),
        ("demand", "demand", "1 and 2", "withdrawal nato"),
        ("demand", "demand", "demands 1, 3", "withdrawal recognition"),
        ("demand", "demand", "first & nato", "withdrawal nato"),
        ("position", "demand", "4+5", "sanctions neutrality"),
        ("place", "place", "Donetsk; Luhansk", "donetsk luhansk"),
        (
            "proposal",
            "proposal",
            "Istanbul vs 28 points",
            "2022-03-29-istanbul-communique 2022-04-15-istanbul-draft 2025-06-memorandum-russia 2025-11-28-points",
        ),
    ] {
        let expected = ("refuse-several", names.to_owned());
        assert_eq!(offered(command, option, text), expected, "{command} {text}");
    }
    for text in ["Russia and Ukraine on sanctions", "Ukraine Russia NATO"] {
        let expected = ("refuse-several", "russia ukraine".to_owned());
        let (key, authors) = offered_authors(text);
        assert_eq!((key, authors), expected, "{text}");
    }
}

#[test]
fn a_holder_without_a_position_is_not_replaced_by_another() {
    for text in ["China nato", "nato China", "China, sanctions"] {
        assert_eq!(offered("position", "demand", text).0, "refuse-no-position", "{text}");
    }
}

/// The United States have no position of their own, only that of the West and their proposals.
#[test]
fn a_position_of_the_side_is_shown_as_such() {
    for (text, offered) in
        [("US on NATO", true), ("USA: sanctions", true), ("the West on NATO", false)]
    {
        let card = ask("position", "holder", text).expect(text);
        let proposals = Request::new("proposal").with("by", "united-states");
        let is_offered = card.related.iter().any(|link| {
            link.request.command == "proposal"
                && link.request.option("by") == proposals.option("by")
        });
        assert_eq!((is_offered, !card.notes.is_empty()), (offered, offered), "{text}");
    }
    let refusal = ask("position", "holder", "USA").expect_err("no position of its own");
    let links = refusal.card(CATALOG.locale()).open_links;
    assert!(links.iter().any(|link| link.request.command == "proposal"), "{links:?}");
}

#[test]
fn a_holder_may_be_misspelled_and_is_not_a_place() {
    for (text, answer) in [
        ("Moskow", "Russia's position"),
        ("Moskwo", "Russia's position"),
        ("Kiyv", "Ukraine's position"),
        ("Zelenksy", "Ukraine's position"),
        ("UA", "Ukraine's position"),
        ("sanctions", "Positions on “Lifting of sanctions”"),
        ("Crimea", "refuse-several"),
        ("Donbas", "refuse-several"),
        ("non-western governments", "refuse-no-position"),
    ] {
        let shown = ask("position", "holder", text).map(|card| card.title);
        assert_eq!(shown.unwrap_or_else(|refusal| refusal.key().to_owned()), answer, "{text}");
    }
    let refusal = ask("position", "holder", "non-western capitals").expect_err("no holder");
    let body = format!("{:?}", refusal.card(CATALOG.locale()).body);
    assert!(!body.contains("Closest"), "{body}");
}

#[test]
fn a_question_about_everyone_shows_all_holders() {
    for (text, demand) in [
        ("who wants sanctions lifted", "sanctions"),
        ("who wants neutrality", "neutrality"),
        ("who is against neutrality", "neutrality"),
        ("who supports lifting sanctions", "sanctions"),
        ("who opposes lifting sanctions", "sanctions"),
        ("what do both sides say on NATO", "nato"),
        ("which side wants sanctions lifted", "sanctions"),
        ("everyone on NATO", "nato"),
        ("whose position on sanctions", "sanctions"),
        ("which countries back neutrality", "neutrality"),
    ] {
        let card = ask("position", "holder", text).expect(text);
        let request = card.request.expect("a column can be requested");
        assert_eq!(request, Request::new("position").with("demand", demand), "{text}");
    }
}

#[test]
fn a_demand_that_names_another_holder_is_asked_about() {
    let request = Request::new("position").with("holder", "ukraine");
    for (demand, is_asked) in [("Russia on NATO", true), ("Ukraine on NATO", false)] {
        let answer = commands::answer(&CATALOG, &request.clone().with("demand", demand));
        let key = answer.err().map(|refusal| refusal.key());
        assert_eq!(key, is_asked.then_some("refuse-several"), "{demand}");
    }
}

/// Other wars are not in the dataset, and no term has these names.
#[test]
fn a_word_mentioned_in_passing_is_no_answer() {
    for (command, option, text) in [
        ("timeline", "event", "WW2"),
        ("search", "query", "WW2"),
        ("search", "query", "WWII"),
        ("search", "query", "World War II"),
        ("search", "query", "world war 1"),
        ("search", "query", "is this World War 3?"),
        ("timeline", "event", "World War 2"),
        ("term", "term", "World War 2"),
        ("demand", "demand", "World War 2"),
        ("actor", "actor", "world war two"),
        ("search", "query", "Gaza"),
        ("search", "query", "Ukraine on Gaza"),
        ("search", "query", "Israel Gaza ceasefire"),
        ("search", "query", "Trump's 20 point plan for Gaza"),
        ("proposal", "proposal", "Trump's 20 point plan for Gaza"),
        ("search", "query", "28 points clear"),
        ("term", "term", "ДНР"),
        ("term", "term", "DNR"),
        ("term", "term", "DPR"),
        ("term", "term", "ЛНР"),
    ] {
        let answer = ask(command, option, text);
        assert!(answer.is_err(), "{text}: {:?}", answer.map(|card| card.title));
    }
    let refusal = ask("term", "term", "ДНР").expect_err("the name of an actor");
    let offered = refusal.card(CATALOG.locale()).open_links;
    assert_eq!(offered[0].request, Request::new("actor").with("actor", "donbas-militants"));
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
        ("ukraine's position on dropping sanctions", "Ukraine", "sanctions"),
        ("russia on ukraine leaving donetsk and the rest", "Russia", "ithdrawal"),
        ("the us on lifting sanctions", "West", "sanctions"),
        ("<@1> Ukraine on NATO :flag_ua:", "Ukraine", "NATO"),
        ("Россия on NATO", "Russia", "NATO"),
        ("ukraines position on sanctions relief", "Ukraine", "sanctions"),
        ("NATO according to Russia", "Russia", "NATO"),
        ("is Moscow for or against recognition", "Russia", "ecognition"),
        ("Europe's reaction to neutrality", "West", "eutral"),
        ("russian stance NATO", "Russia", "NATO"),
        ("neutrality - what does Ukraine want", "Ukraine", "eutral"),
        ("NATO: what does Ukraine say?", "Ukraine", "NATO"),
        ("does Putin care about sanctions", "Russia", "sanctions"),
        ("what does Kyiv say about Donbas", "Ukraine", "ithdrawal"),
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

/// A proposal's terms on a demand, by their names or by other words for them.
#[test]
fn questions_with_proposal_and_demand_find_the_cell() {
    for (text, proposal, demand) in [
        ("28 point plan and nato?", "2025-11-28-points", "nato"),
        ("28-point plan: sanctions", "2025-11-28-points", "sanctions"),
        ("NATO membership in the 28-point plan", "2025-11-28-points", "nato"),
        ("20 points on withdrawal from donbas", "2025-12-20-points", "withdrawal"),
        ("28 point plan army limit", "2025-11-28-points", "neutrality"),
        ("istanbul draft 2022 army limits", "2022-04-15-istanbul-draft", "neutrality"),
        ("witkoff plan crimea recognition", "2025-04-us-paper", "recognition"),
        (
            "draft treaty 15 april 2022 were sanctions in there",
            "2022-04-15-istanbul-draft",
            "sanctions",
        ),
    ] {
        let card = ask("search", "query", text).expect(text);
        let expected = Request::new("proposal").with("proposal", proposal).with("demand", demand);
        assert_eq!(card.open_links[0].request, expected, "{text}");
    }
    for text in [
        "28-point plan",
        "28 points and the weather",
        "draft treaty 15 april 2022",
        "NATO and sanctions",
    ] {
        let card = ask("search", "query", text).unwrap_or_default();
        let first = card.open_links.first();
        assert!(
            first.is_none_or(|link| link
                .request
                .option("demand")
                .is_none_or(|_| link.request.command == "demand")),
            "{text}"
        );
    }
}

#[test]
fn of_two_holders_none_is_hidden_by_the_other() {
    for text in [
        "Europe vs Russia on sanctions",
        "Russia and Ukraine on NATO",
        "Ukraine or Europe on NATO",
        "Russia & Europe about neutrality",
    ] {
        for option in ["holder", "demand"] {
            let refusal = ask("position", option, text).expect_err(text);
            assert_eq!(refusal.key(), "refuse-several", "{text}");
            assert_eq!(refusal.card(CATALOG.locale()).open_links.len(), 2, "{text}");
        }
    }
}

#[test]
fn an_unknown_part_is_named_and_an_ambiguous_one_asked_for() {
    for (text, key, holders) in [
        ("China on NATO", "refuse-no-position", &[""][..]),
        (
            "what does Poland think about sanctions",
            "refuse-no-position",
            &["", "western-governments"],
        ),
        ("Stoltenberg on neutrality", "refuse-no-position", &["", "western-governments"]),
        (
            "what about Poland's view on Crimea recognition",
            "refuse-no-position",
            &["", "western-governments"],
        ),
        ("Hungary on sanctions", "refuse-no-position", &["", "western-governments"]),
        ("Narnia on NATO", "refuse-no-position", &[""]),
        ("Ukraine on pizza", "refuse-no-demand", &["ukraine"]),
        ("Ukraine on elections", "refuse-no-demand", &["ukraine"]),
        ("everyone except Russia on NATO", "refuse-no-position", &[""]),
        ("Ukraine's allies on sanctions", "refuse-no-position", &[""]),
        ("critics of the article on NATO", "refuse-no-position", &[""]),
        ("Ukraine on NATO and sanctions", "refuse-several", &["ukraine"]),
        ("Ukraine on neutrality and NATO", "refuse-several", &["ukraine"]),
        ("NATO and sanctions, Ukraine", "refuse-several", &["ukraine"]),
        ("Russia and Ukraine on NATO", "refuse-several", &["russia", "ukraine"]),
    ] {
        let refusal = ask("position", "holder", text).expect_err(text);
        assert_eq!(refusal.key(), key, "{text}");
        let card = refusal.card(CATALOG.locale());
        for link in &card.open_links {
            let holder = link.request.option("holder").unwrap_or_default();
            assert!(holders.contains(&holder), "{text}: {link:?}");
        }
        assert!(!card.open_links.is_empty(), "{text}");
    }
    for text in [
        "China",
        "Poland's position",
        "Harris NATO",
        "Stoltenberg and sanctions",
        // No holder's name: what the search finds is no answer.
        "Switzerland stance sanctions",
        "North Korea stance sanctions",
        "Luhansk|NATO",
        "will Russian opposition withdraw",
    ] {
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
        ("russian stance NATO", Some("Russia")),
    ] {
        // A refusal contains no position at all.
        let card = ask("search", "query", text).unwrap_or_default();
        let positions = card.open_links.iter().filter(|link| link.request.command == "position");
        for link in positions {
            assert!(named.is_some_and(|named| link.label.contains(named)), "{text}: {link:?}");
        }
    }
}

/// Where a question names two holders without a word between them, it is not clear whose view is meant.
#[test]
fn a_search_that_names_two_holders_shows_no_cell_of_one() {
    for text in ["russian position ukraine in nato", "the West position Russia in NATO"] {
        let card = ask("search", "query", text).unwrap_or_default();
        for link in &card.open_links {
            let is_cell =
                link.request.command == "position" && link.request.option("demand").is_some();
            assert!(!is_cell, "{text}: {link:?}");
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

/// The options of `/proposal` that a text means: the proposal and the demand.
fn proposal_cell(text: &str) -> (String, String) {
    let card = ask("proposal", "proposal", text).expect(text);
    let request = card.request.expect(text);
    let option = |name| request.option(name).unwrap_or_default().to_owned();
    (option("proposal"), option("demand"))
}

/// A name of a proposal, of its author or of its place, which finds the proposal alone.
#[test]
fn a_named_proposal_beside_a_demand_is_kept() {
    for (text, proposal, demand) in [
        ("alaska nato", "2025-08-alaska-offer", "nato"),
        ("jeddah nato", "2025-03-jeddah-ceasefire", "nato"),
        ("berlin nato", "2025-12-15-berlin-statement", "nato"),
        ("africa nato", "2023-06-african-mission", "nato"),
        ("switzerland nato", "2024-06-summit-communique", "nato"),
        ("hegseth on nato", "2025-02-us-hegseth", "nato"),
        ("medinsky on neutrality", "2025-06-memorandum-russia", "neutrality"),
        ("dmitriev on sanctions", "2025-11-28-points", "sanctions"),
        ("kallas on sanctions", "2026-02-eu-core-interests", "sanctions"),
        ("abu dhabi on donbas", "2026-01-moscow-statements", "withdrawal"),
        ("letter nato", "2026-06-zelenskyy-letter", "nato"),
        ("ukraine memo nato", "2025-06-memorandum-ukraine", "nato"),
    ] {
        assert_eq!(proposal_cell(text), (proposal.to_owned(), demand.to_owned()), "{text}");
    }
    let (memoranda, istanbul) = (
        "2025-06-memorandum-ukraine 2025-06-memorandum-russia",
        "2022-03-29-istanbul-communique 2022-04-15-istanbul-draft",
    );
    for (text, proposals) in [
        ("memorandum 2025 sanctions", memoranda),
        ("the memorandum on nato", memoranda),
        ("Istanbul 2025 nato", memoranda),
        ("Istanbul 2022 on NATO", istanbul),
        ("28 points vs 20 points on NATO", "2025-11-28-points 2025-12-20-points"),
    ] {
        let expected = ("refuse-several", proposals.to_owned());
        assert_eq!(offered("proposal", "proposal", text), expected, "{text}");
    }
    assert!(ask("proposal", "proposal", "rubio nato").is_err());
}

/// A cell that says something comes before one that is silent.
#[test]
fn a_topic_of_two_demands_is_the_one_that_the_proposal_states() {
    for (text, proposal, demand) in [
        ("what did alaska say on sanctions", "2025-08-alaska-offer", "sanctions"),
        ("alaska on sanctions", "2025-08-alaska-offer", "sanctions"),
        ("did istanbul 2022 mention the donbas", "2022-03-29-istanbul-communique", "recognition"),
        ("28 points kherson", "2025-11-28-points", "recognition"),
        ("28 points crimea", "2025-11-28-points", "recognition"),
        ("28 points luhansk", "2025-11-28-points", "recognition"),
        ("28 points donbas", "2025-11-28-points", "withdrawal"),
    ] {
        let card = ask("search", "query", text).expect(text);
        let expected = Request::new("proposal").with("proposal", proposal).with("demand", demand);
        assert_eq!(card.open_links[0].request, expected, "{text}");
    }
    let text = "what is russia asking for in 2026";
    let card = ask("search", "query", text).expect(text);
    assert_eq!(card.open_links[0].request.option("demand"), None, "{text}");
}

/// A name and a demand without a word between them.
#[test]
fn two_names_are_a_question_for_the_cell() {
    for (text, holder, demand) in [
        ("russia nato", "russia", "nato"),
        ("kyiv demilitarization", "ukraine", "neutrality"),
        ("NATO Ukraine", "ukraine", "nato"),
    ] {
        let card = ask("search", "query", text).expect(text);
        let expected = Request::new("position").with("holder", holder).with("demand", demand);
        assert_eq!(card.open_links[0].request, expected, "{text}");
    }
    for text in ["ukraine membership", "putin nuclear", "un assets", "kyiv crimea", "russia bid"] {
        let card = ask("search", "query", text).unwrap_or_default();
        assert!(!card.open_links.iter().any(is_cell), "{text}");
    }
}

/// The proposal that the text search finds is not that of somebody else who is named.
#[test]
fn somebody_elses_proposal_is_no_answer() {
    for text in ["erdogan recognition of crimea", "india sanctions"] {
        let card = ask("search", "query", text).unwrap_or_default();
        assert!(!card.open_links.iter().any(is_cell), "{text}");
    }
    // Who is addressed is no author.
    let text = "what did putin offer trump in alaska about the donbas";
    let card = ask("search", "query", text).expect(text);
    assert_eq!(card.open_links[0].request.option("proposal"), Some("2025-08-alaska-offer"));
    let card = ask("search", "query", "India Today interview").expect("the interview");
    assert_eq!(card.open_links[0].request.option("proposal"), Some("2025-12-kremlin-on-donbas"));
}

fn is_cell(link: &Link) -> bool {
    link.request.options().count() > 1
}

/// The newest proposal of a side, and its terms on a demand.
#[test]
fn the_newest_proposal_is_that_of_the_named_side() {
    for (text, proposal, demand) in [
        ("latest", "2026-06-23-putin-istanbul", ""),
        ("the newest proposal", "2026-06-23-putin-istanbul", ""),
        ("most recent peace plan", "2026-06-23-putin-istanbul", ""),
        ("latest russian proposal", "2026-06-23-putin-istanbul", ""),
        ("current russian terms", "2026-06-23-putin-istanbul", ""),
        ("whats ukraines latest offer", "2026-06-zelenskyy-letter", ""),
        ("the latest Ukrainian peace proposal", "2026-06-zelenskyy-letter", ""),
        ("newest us plan", "2025-11-28-points", ""),
        ("the last european proposal", "2026-02-eu-core-interests", ""),
        ("latest chinese plan", "2024-05-china-brazil-points", ""),
        ("lavrov's last conditions", "2026-06-putin-and-lavrov", ""),
        ("last russian offer of 2022", "2022-12-lavrov-and-peskov", ""),
        ("latest terms on nato", "2026-06-putin-and-lavrov", "nato"),
        ("latest russian terms on sanctions", "2025-12-19-putin-principles", "sanctions"),
        ("latest EU proposal on sanctions", "2026-02-eu-core-interests", "sanctions"),
    ] {
        assert_eq!(proposal_cell(text), (proposal.to_owned(), demand.to_owned()), "{text}");
    }
    for text in ["latest polish plan", "latest plan for Gaza", "biden's latest offer"] {
        assert!(ask("proposal", "proposal", text).is_err(), "{text}");
    }
}

#[test]
fn somebodys_plan_is_one_of_that_person() {
    for (text, by) in [("the russian proposal", "russia"), ("US plan", "united-states")] {
        let card = ask("proposal", "proposal", text).expect(text);
        assert_eq!(card.request.expect(text).option("by"), Some(by), "{text}");
    }
    for text in ["Biden's plan", "Harris's plan", "Macron's plan"] {
        let refusal = ask("proposal", "proposal", text).map(|card| card.title).expect_err(text);
        assert_eq!(refusal.key(), "refuse-no-proposer", "{text}");
    }
    for (text, name) in [("Putin's plan", "putin"), ("Lavrov's plan", "lavrov")] {
        let (key, proposals) = offered("proposal", "proposal", text);
        assert!(key == "refuse-several" && proposals.contains(name), "{text}: {proposals}");
    }
    let trump = proposal_cell("Trump's plan");
    assert_eq!(trump, ("2025-11-28-points".to_owned(), String::new()));
}

#[test]
fn a_list_may_be_asked_for_in_other_words() {
    for (text, by, demand) in [
        ("us nato", "united-states", "nato"),
        ("nato proposals", "", "nato"),
        ("what was proposed about nato", "", "nato"),
        ("all proposals on sanctions", "", "sanctions"),
        ("proposals about neutrality by russia", "russia", "neutrality"),
    ] {
        let card = ask("proposal", "proposal", text).expect(text);
        let request = card.request.expect(text);
        let option = |name| request.option(name).unwrap_or_default();
        assert_eq!((option("by"), option("demand")), (by, demand), "{text}");
    }
}

/// "Memo" is in no name, and "28 pt plan" no name; the words after them are no demand's name.
#[test]
fn words_of_a_name_beside_words_of_a_demand_find_the_cell() {
    let russian = ("2025-06-memorandum-russia".to_owned(), "neutrality".to_owned());
    assert_eq!(proposal_cell("russian memo army"), russian);
    let text = "28 pt plan army size";
    let card = ask("search", "query", text).expect(text);
    let expected = Request::new("proposal").with("proposal", "2025-11-28-points");
    assert_eq!(card.open_links[0].request, expected.with("demand", "neutrality"), "{text}");
}

#[test]
fn a_search_for_the_newest_proposal_finds_it_first() {
    for (text, proposal, demand) in [
        ("whats the latest russian proposal", "2026-06-23-putin-istanbul", None),
        ("most recent peace plan", "2026-06-23-putin-istanbul", None),
        ("latest terms on nato", "2026-06-putin-and-lavrov", Some("nato")),
        ("current us plan on donbas", "2025-11-28-points", Some("withdrawal")),
    ] {
        let card = ask("search", "query", text).expect(text);
        let first = &card.open_links[0].request;
        assert_eq!(first.option("proposal"), Some(proposal), "{text}");
        assert_eq!(first.option("demand"), demand, "{text}");
    }
    for text in ["current line of contact", "last peace talks"] {
        let card = ask("search", "query", text).expect(text);
        assert_ne!(card.open_links[0].request.command, "proposal", "{text}");
    }
}

#[test]
fn a_search_that_means_several_proposals_shows_the_cell_of_each() {
    for (text, proposals) in [
        ("the memorandum on nato", "2025-06-memorandum-ukraine 2025-06-memorandum-russia"),
        ("memorandum 2025 sanctions", "2025-06-memorandum-ukraine 2025-06-memorandum-russia"),
        ("28 points vs 20 points on NATO", "2025-11-28-points 2025-12-20-points"),
        ("putin june 2026 on nato", "2026-06-putin-and-lavrov"),
        ("hegseth on nato", "2025-02-us-hegseth"),
    ] {
        let card = ask("search", "query", text).expect(text);
        let cells = card.open_links.iter().filter(|link| {
            link.request.command == "proposal" && link.request.option("demand").is_some()
        });
        let shown: Vec<&str> = cells.filter_map(|link| link.request.option("proposal")).collect();
        assert_eq!(shown.join(" "), proposals, "{text}");
        assert!(card.open_links[0].request.option("demand").is_some(), "{text}");
    }
}

#[test]
fn a_search_shows_no_view_of_another_than_the_one_named() {
    for (text, actor) in [("erdogan on crimea", "turkey"), ("biden on nato", "biden")] {
        let card = ask("search", "query", text).expect(text);
        assert_eq!(card.open_links[0].request.option("actor"), Some(actor), "{text}");
        let is_proposal = |link: &dossier::card::Link| link.request.command == "proposal";
        assert!(!card.open_links.iter().any(is_proposal), "{text}: {:?}", card.open_links);
    }
    let card = ask("search", "query", "india on recognizing crimea").unwrap_or_default();
    let is_position = |link: &dossier::card::Link| link.request.command == "position";
    assert!(!card.open_links.iter().any(is_position), "{:?}", card.open_links);
}

#[test]
fn a_search_says_that_a_proposal_is_silent() {
    let card = ask("search", "query", "jeddah on sanctions").expect("a cell");
    let text = Terminal::PLAIN.render(&card, CATALOG.locale());
    let silent = "is silent on";
    assert!(text.contains(silent), "{text}");
}
