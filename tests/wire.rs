//! Every message that we can send, judged by three that we did not write for it: Discord's own description of its API, twilight's
//! models and twilight's validation; and by our own measure.

mod openapi;

use std::collections::BTreeSet;

use dossier::answer::{Card, Link, Refusal};
use dossier::choices::choices;
use dossier::commands;
use dossier::discord::limits::Measure;
use dossier::discord::render::{Shown, render, render_sources};
use dossier::discord::wire::{Callback, Choice, Message};
use dossier::library::Library;
use dossier::lookup;
use dossier::request::Request;
use twilight_model::channel::message::component::Component;

const PUBLIC: Shown = Shown {
    private: false,
    may_share: true,
};
const PRIVATE: Shown = Shown {
    private: true,
    may_share: true,
};

/// Every card that the commands and their links lead to, and a refusal of each kind.
fn cards(library: &Library) -> Vec<Card> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<Request> = commands::ALL
        .iter()
        .map(|command| Request::new(command.name))
        .collect();
    next.extend(
        [
            ("search", "query", "NATO"),
            ("search", "query", "buffer zone"),
            ("search", "query", "borscht recipe"),
            ("demand", "demand", "can they still join"),
            ("timeline", "from", "2014-13"),
            ("timeline", "to", "1950"),
            ("timeline", "topic", "cooking"),
            ("position", "demand", "sanctions"),
        ]
        .map(|(command, name, value)| Request::new(command).with(name, value)),
    );
    let holders = ["russia", "ukraine", "analysts"]
        .map(|holder| Request::new("position").with("holder", holder));
    next.extend(
        holders
            .into_iter()
            .map(|request| request.with("demand", "recognition")),
    );
    let mut cards = Vec::new();
    while let Some(request) = next.pop() {
        if seen.insert(request.to_string()) {
            let answer = commands::answer(library, &request.with_application(Some(1_234)));
            let card =
                answer.map_or_else(|refusal| refusal.card(library.lang()), |answer| answer.card);
            next.extend(links(&card).map(|link| link.to.clone()));
            cards.push(card);
        }
    }
    cards.extend(lookup::look_up(
        library,
        "Would Kyiv ever give up NATO? And what about Crimea!",
    ));
    let refusals = [
        Refusal::Stale,
        Refusal::NotYours,
        Refusal::Newer,
        Refusal::NothingToRead,
        Refusal::Broken { id: "1".into() },
    ];
    cards.extend(refusals.map(|refusal| refusal.card(library.lang())));
    cards
}

fn links(card: &Card) -> impl Iterator<Item = &Link> {
    let steps = card.previous.iter().chain(&card.next);
    card.open
        .iter()
        .chain(&card.views)
        .chain(steps)
        .chain(&card.related)
}

/// The messages of every card, to everyone and to one, with all pages of its sources.
fn messages(library: &Library) -> Vec<Message> {
    let lang = library.lang();
    let shown = |card: &Card| {
        let sources = (1..=2)
            .filter(|_| !card.sources.is_empty())
            .map(|page| render_sources(card, lang, page))
            .collect::<Vec<_>>();
        [render(card, lang, PUBLIC), render(card, lang, PRIVATE)]
            .into_iter()
            .chain(sources)
            .collect::<Vec<_>>()
    };
    cards(library).iter().flat_map(shown).collect()
}

#[test]
fn every_message_fits_discords_limits() {
    let library = Library::bundled();
    let messages = messages(&library);
    assert!(messages.len() > 1_500, "{}", messages.len());
    for message in &messages {
        let measure = Measure::of(message);
        assert!(
            measure.fits(),
            "{:?} in {}",
            measure.faults,
            serde_json::to_string(message).expect("JSON")
        );
    }
}

#[test]
fn twilight_reads_and_accepts_every_message() {
    let library = Library::bundled();
    for message in messages(&library) {
        let json = serde_json::to_value(&message).expect("a message is JSON");
        let components: Vec<Component> = serde_json::from_value(json["components"].clone())
            .expect("components that twilight knows");
        for component in &components {
            let judged = twilight_validate::component::component_v2(component);
            assert!(judged.is_ok(), "{judged:?}: {component:?}");
        }
        assert_eq!(json["allowed_mentions"], serde_json::json!({ "parse": [] }));
    }
}

#[test]
fn discords_own_description_accepts_every_callback() {
    let Some(created) = openapi::schema("CreateMessageInteractionCallbackRequest") else {
        return;
    };
    let Some(updated) = openapi::schema("UpdateMessageInteractionCallbackRequest") else {
        return;
    };
    let library = Library::bundled();
    for message in messages(&library) {
        let callback =
            |callback: Callback| serde_json::to_value(callback).expect("a callback is JSON");
        openapi::accept(&created, &callback(Callback::message(message.clone())));
        openapi::accept(&updated, &callback(Callback::update(message)));
    }
}

#[test]
fn discords_own_description_accepts_every_choice() {
    let Some(schema) = openapi::schema("ApplicationCommandAutocompleteCallbackRequest") else {
        return;
    };
    let library = Library::bundled();
    for typed in ["", "n", "nato", "Київ", "the", "zzzz"] {
        for command in commands::ALL {
            for option in command.options {
                let request = Request::new(command.name).with(option.name, typed);
                let offered = choices(&library, &request, option.name);
                let offered = offered.into_iter().map(|choice| Choice {
                    name: choice.label,
                    value: choice.value,
                });
                let callback = Callback::choices(offered.collect());
                openapi::accept(
                    &schema,
                    &serde_json::to_value(callback).expect("a callback is JSON"),
                );
            }
        }
    }
}
