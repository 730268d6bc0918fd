//! Every message that we can send, judged by three that we did not write for it: Discord's own description of its API, twilight's
//! models and twilight's validation; and by our own measure.

use std::collections::BTreeSet;

use dossier::action::PressScope;
use dossier::autocomplete::choices;
use dossier::card::{Card, Control, Link, Refusal};
use dossier::catalog::Catalog;
use dossier::commands;
use dossier::digest;
use dossier::digest::{
    Content, DIGESTS_MAX, Digest, DigestId, Draft, Fault, NextEntry, NoticeState, Plan, Planned,
    Publish, RUNS_SHOWN_MAX, Run, RunState, Zone,
};
use dossier::discord::limits::Measure;
use dossier::discord::render::{Shown, render, render_sources};
use dossier::discord::wire::{Callback, Choice, Message, Post};
use dossier::guild::{
    ChannelId, ChannelKind, Difference, Elsewhere, GuildId, LogLine, MessageId, Permission,
    Permissions, RULES_MAX, RoleId, Rule, Rules, Settings, UserId, Value,
};
use dossier::message_lookup;
use dossier::request::{
    Access, ChannelAccess, Denial, GuildContext, Loaded, Location, LogPage, Request, Rights,
};
use dossier::store::StoreError;
use twilight_model::channel::message::component::Component;

/// Every card that the commands and their links lead to, and a refusal of each kind.
fn cards(catalog: &Catalog) -> Vec<Card> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<Request> =
        commands::ALL.iter().map(|command| Request::new(command.name)).collect();
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
    next.extend(holders.into_iter().map(|request| request.with("demand", "recognition")));
    let mut cards = Vec::new();
    let loaded = Loaded { application: Some(1_234), ..Loaded::default() };
    while let Some(request) = next.pop() {
        if seen.insert(request.to_string()) {
            let answer = commands::answer(catalog, &request, &loaded);
            let card =
                answer.map_or_else(|refusal| refusal.card(catalog.locale()), |answer| answer.card);
            next.extend(links(&card).map(|link| link.to.clone()));
            cards.push(card);
        }
    }
    cards.extend(message_lookup::look_up(
        catalog,
        "Would Kyiv ever give up NATO? And what about Crimea!",
    ));
    let refusals = [
        Refusal::Stale,
        Refusal::NotYours,
        Refusal::Newer,
        Refusal::NothingToRead,
        Refusal::Broken { id: "1".into() },
    ];
    cards.extend(refusals.map(|refusal| refusal.card(catalog.locale())));
    cards
}

fn links(card: &Card) -> impl Iterator<Item = &Link> {
    let steps = card.previous.iter().chain(&card.next);
    card.open.iter().chain(&card.views).chain(steps).chain(&card.related)
}

/// The messages of every card, to everyone and to one, with all pages of its sources.
fn messages(catalog: &Catalog) -> Vec<Message> {
    let locale = catalog.locale();
    let shown = |card: &Card| {
        let sources = (1..=2)
            .filter(|_| !card.sources.is_empty())
            .map(|page| render_sources(card, locale, page))
            .collect::<Vec<_>>();
        [render(card, locale, Shown::PUBLICLY), render(card, locale, Shown::privately(true))]
            .into_iter()
            .chain(sources)
            .collect::<Vec<_>>()
    };
    let settings = settings(catalog);
    let sealed = settings.iter().map(|card| render(card, locale, Shown::sealed(SEAL)));
    let cards = cards(catalog);
    cards.iter().flat_map(shown).chain(sealed).collect()
}

/// Every message that is posted by itself: each entry, with as much above it as there can be, and the telling of trouble.
fn posts(catalog: &Catalog) -> Vec<Message> {
    let mut posts = Vec::new();
    let planned = digest(0, RunState::Sent, true).planned;
    let day = "2026-02-01".parse().expect("a day");
    for content in [Content::Order, Content::OnThisDay] {
        let plan = Plan { content, ..planned.plan.clone() };
        let mut shown = std::collections::HashSet::new();
        while let Some(NextEntry { entry, .. }) =
            digest::selection::choose(catalog, content, day, &shown)
                .filter(|chosen| !chosen.restarts)
        {
            let chosen = NextEntry { entry: entry.clone(), restarts: true };
            let card = digest::selection::card(catalog, &plan, &chosen, day).expect("a card");
            let message = render(&card, catalog.locale(), Shown::POSTED);
            posts.push(message.mentioning(RoleId::new(u64::MAX)).marked(u32::MAX >> 1));
            shown.insert(entry);
        }
    }
    let states = [RunState::Failed, RunState::Unknown, RunState::Sent];
    let digests: Vec<Digest> =
        (0..).zip(states).map(|(id, state)| digest(id, state, true)).collect();
    let card = digest::words::failure_card(catalog, SEAL.guild, &digests);
    posts.push(render(&card, catalog.locale(), Shown::POSTED));
    posts
}

/// A digest with the longest of everything.
fn digest(number: i64, state: RunState, is_paused: bool) -> Digest {
    let channel = ChannelId::new(i64::MAX as u64);
    let fault = Fault::Refused { status: 403, code: 50_013 };
    let run = |state| Run {
        due: i64::from(u32::MAX),
        state,
        at: i64::from(u32::MAX) + 6_000,
        channel,
        message: Some(MessageId::new(i64::MAX as u64)),
        publish: match state {
            RunState::Sent => Publish::Due(i64::from(u32::MAX)),
            _ => Publish::No,
        },
        fault: (state != RunState::Skipped).then_some(fault),
    };
    let mut runs = vec![run(state)];
    runs.extend(vec![run(RunState::Skipped); RUNS_SHOWN_MAX - 2]);
    runs.push(run(RunState::Sent));
    Digest {
        id: DigestId::from_number((1 << 53) - 1 - number).expect("an id"),
        planned: Planned {
            plan: Plan {
                channel,
                at: "23:59".parse().expect("a time"),
                zone: Zone::from_name("America/Argentina/ComodRivadavia").expect("a zone"),
                days: "mon,tue,wed,thu,fri,sat".parse().expect("days"),
                content: "kind:section".parse().expect("content"),
                role: Some(RoleId::new(i64::MAX as u64 - 1)),
                publish: true,
            },
            channel_name: "n".repeat(100),
            is_paused,
        },
        paused_for: Some(fault),
        next: Some(i64::from(u32::MAX)),
        missed: 1_000_000,
        notice: NoticeState::Failed(fault),
        runs,
    }
}

/// For whom settings are shown: the longest ids that there are.
const SEAL: PressScope = PressScope {
    guild: GuildId::new(i64::MAX as u64),
    member: UserId::new(i64::MAX as u64),
    takes_manage_server: false,
};

/// The cards of `/config`: each subcommand and each page of the panel, with few settings and with as many as there can be.
fn settings(catalog: &Catalog) -> Vec<Card> {
    let channel = |number: u64| ChannelId::new(i64::MAX as u64 - number);
    let many = Settings {
        rules: Rules::new((0..RULES_MAX as u64).map(|number| (channel(number), Rule::Allow))),
        elsewhere: Elsewhere::Refuse,
        pace: 60,
        trouble: Some(channel(0)),
    };
    let line = LogLine {
        at: i64::from(u32::MAX),
        member: SEAL.member,
        what: Difference {
            from: Value::FailureChannel(None),
            to: Value::FailureChannel(Some(channel(0))),
        },
    };
    let of_digest = LogLine {
        what: Difference {
            from: Value::Digest(
                DigestId::from_number(1).expect("an id"),
                Some(digest(1, RunState::Sent, true).planned),
            ),
            to: Value::Digest(
                DigestId::from_number(1).expect("an id"),
                Some(digest(1, RunState::Sent, false).planned),
            ),
        },
        ..line.clone()
    };
    let states = [RunState::Failed, RunState::Unknown, RunState::Open, RunState::Sent];
    let many_digests: Vec<Digest> = (0..DIGESTS_MAX as i64)
        .zip(states.into_iter().cycle())
        .map(|(id, state)| digest(id, state, id % 2 == 0))
        .collect();
    let draft = Draft {
        id: DigestId::from_random(u64::MAX),
        changes: Some(many_digests[0].id),
        planned: digest(0, RunState::Sent, true).planned,
    };
    let mut cards = Vec::new();
    for (settings, line, digests) in [
        (Settings::default(), line, many_digests[..1].to_vec()),
        (many.clone(), of_digest.clone(), many_digests[..3].to_vec()),
        (many, of_digest, many_digests.clone()),
    ] {
        let loaded = Loaded {
            chance: u64::MAX,
            digests,
            draft: Some(draft.clone()),
            occasion: Some(GuildContext {
                guild: SEAL.guild,
                member: SEAL.member,
                now: 0,
                here: Location::unsaid(channel(0)),
                named: Vec::new(),
                channel_name: "n".repeat(100),
                role: Some((RoleId::new(i64::MAX as u64 - 1), false)),
                is_pressed: true,
            }),
            access: vec![ChannelAccess {
                channel: channel(0),
                is_of_guild: true,
                kind: ChannelKind::Announcement,
                access: Access::Full,
                permissions: Some(Permissions(1 << 10 | 1 << 11)),
            }],
            rights: Rights::Known {
                all: Some(Denial::Everyone),
                others: commands::ALL.iter().map(|one| (one.name.to_owned(), true)).collect(),
            },
            log: LogPage { lines: vec![line; LogPage::LINES_MAX], total: 1_000 },
            file: Some(Ok(b"[".as_slice().into())),
            settings: settings.into(),
            ..Loaded::default()
        };
        for command in commands::SETTINGS.iter().chain(commands::PRESSED) {
            for page in 1..=51 {
                let given = [
                    ("channel", channel(0).to_string()),
                    ("mode", "refuse".into()),
                    ("answers", "7".into()),
                    ("digest", many_digests[0].id.to_string()),
                    ("draft", draft.id.to_string()),
                    ("at", "09:00".into()),
                    ("zone", "America/Argentina/ComodRivadavia".into()),
                    ("days", "mon,tue,wed,thu,fri,sat".into()),
                    ("content", "kind:section".into()),
                    ("role", (i64::MAX as u64 - 1).to_string()),
                    ("publish", "true".into()),
                ];
                let given = given
                    .iter()
                    .filter(|(name, _)| *name == "draft" || command.option(name).is_some());
                let request = given
                    .fold(Request::new(command.name).at_page(page), |request, (name, value)| {
                        request.with(name, value)
                    });
                for request in [request.clone(), Request::new(command.name).at_page(page)] {
                    let answer = commands::answer(catalog, &request, &loaded);
                    cards.push(answer.map_or_else(
                        |refusal| refusal.card(catalog.locale()),
                        |answer| answer.card,
                    ));
                }
            }
        }
    }
    let bad =
        (0..100).map(|number| format!("`channels.allow[{number}]` {}", "is wrong ".repeat(20)));
    let all: Vec<_> =
        (0..25).map(|number| (channel(number), vec![Permission::MentionEveryone; 3])).collect();
    let refusals = [
        Refusal::BadFile(bad.collect()),
        Refusal::Lacks(all),
        Refusal::NotVisible((0..25).map(channel).collect()),
        Refusal::OnlyInServers,
        Refusal::TooManyRules,
        Refusal::NoDigests,
        Refusal::WhichDigest,
        Refusal::NoSuchDigest,
        Refusal::TooManyDigests,
        Refusal::NoTime { asked: "x".repeat(500) },
        Refusal::NoDays { asked: "x".repeat(500) },
        Refusal::NoContent { asked: "x".repeat(500) },
        Refusal::NoZone { asked: "x".repeat(500), known: Vec::new() },
        Refusal::NoZone {
            asked: "x".repeat(500),
            known: vec!["America/Argentina/ComodRivadavia".to_owned(); 10],
        },
        Refusal::NoAnnouncements(channel(0)),
        Refusal::NotEveryone,
        Refusal::NothingChanges,
        Refusal::DraftGone,
        Refusal::NoPoster,
        Refusal::NotYours,
        Refusal::NotYoursToDelete,
        Refusal::NotPostable(channel(0)),
        Refusal::AnsweredElsewhere { allowed: vec![channel(0); 3] },
        Refusal::AnsweredElsewhere { allowed: Vec::new() },
        Refusal::NoStore { trouble: StoreError::Away, was_saving: true },
        Refusal::NoStore { trouble: StoreError::TooSlow, was_saving: true },
        Refusal::NoStore { trouble: StoreError::Damaged, was_saving: false },
    ];
    cards.extend(refusals.map(|refusal| refusal.card(catalog.locale())));
    cards
}

#[test]
fn everything_that_can_be_set_has_its_button() {
    let catalog = Catalog::bundled();
    // The card of an entry has buttons of its own.
    for card in settings(&catalog).into_iter().filter(|card| card.here.is_none()) {
        let message = render(&card, catalog.locale(), Shown::sealed(SEAL));
        let json = serde_json::to_string(&message).expect("JSON");
        let wanted: usize = card
            .controls
            .iter()
            .map(|control| match control {
                Control::Line => 0,
                Control::Buttons(buttons) => buttons.len(),
                _ => 1,
            })
            .sum();
        let made = json.matches("\"custom_id\"").count();
        let steps = usize::from(card.previous.is_some()) + usize::from(card.next.is_some());
        assert_eq!(made, wanted + steps, "{}", card.title);
    }
}

#[test]
fn every_message_fits_discords_limits() {
    let catalog = Catalog::bundled();
    let messages = messages(&catalog);
    assert!(messages.len() > 1_500, "{}", messages.len());
    for message in messages.iter().chain(&posts(&catalog)) {
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
    let catalog = Catalog::bundled();
    for message in messages(&catalog).into_iter().chain(posts(&catalog)) {
        let json = serde_json::to_value(&message).expect("a message is JSON");
        let components: Vec<Component> = serde_json::from_value(json["components"].clone())
            .expect("components that twilight knows");
        for component in &components {
            let judged = twilight_validate::component::component_v2(component);
            assert!(judged.is_ok(), "{judged:?}: {component:?}");
        }
    }
    for message in messages(&catalog) {
        let json = serde_json::to_value(&message).expect("a message is JSON");
        assert_eq!(json["allowed_mentions"], serde_json::json!({ "parse": [] }));
    }
}

#[test]
fn discords_own_description_accepts_every_post_and_nobody_but_its_role_is_notified() {
    let schema = crate::openapi::schema("MessageCreateRequest");
    for message in posts(&Catalog::bundled()) {
        let is_trouble = !serde_json::to_string(&message).expect("JSON").contains("<@&18");
        let roles = match is_trouble {
            true => serde_json::json!({ "parse": [] }),
            false => serde_json::json!({ "parse": [], "roles": [u64::MAX.to_string()] }),
        };
        let post = serde_json::to_value(Post::new(message, "n".repeat(25))).expect("JSON");
        assert_eq!(post["allowed_mentions"], roles);
        assert_eq!(post["enforce_nonce"], true);
        if let Some(schema) = &schema {
            crate::openapi::accept(schema, &post);
        }
    }
}

#[test]
fn discords_own_description_accepts_every_callback() {
    let Some(created) = crate::openapi::schema("CreateMessageInteractionCallbackRequest") else {
        return;
    };
    let Some(updated) = crate::openapi::schema("UpdateMessageInteractionCallbackRequest") else {
        return;
    };
    let catalog = Catalog::bundled();
    for message in messages(&catalog) {
        let callback =
            |callback: Callback| serde_json::to_value(callback).expect("a callback is JSON");
        crate::openapi::accept(&created, &callback(Callback::message(message.clone())));
        crate::openapi::accept(&updated, &callback(Callback::update(message)));
    }
}

#[test]
fn discords_own_description_accepts_every_choice() {
    let Some(schema) = crate::openapi::schema("ApplicationCommandAutocompleteCallbackRequest")
    else {
        return;
    };
    let catalog = Catalog::bundled();
    for typed in ["", "n", "nato", "Київ", "the", "zzzz"] {
        for command in commands::ALL {
            for option in command.options {
                let request = Request::new(command.name).with(option.name, typed);
                let offered = choices(&catalog, &request, option.name, 0);
                let offered = offered
                    .into_iter()
                    .map(|choice| Choice { name: choice.label, value: choice.value });
                let callback = Callback::choices(offered.collect());
                crate::openapi::accept(
                    &schema,
                    &serde_json::to_value(callback).expect("a callback is JSON"),
                );
            }
        }
    }
}
