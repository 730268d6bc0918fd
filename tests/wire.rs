//! Validates every message that the bot can send with three independent tools (Discord's OpenAPI
//! description, twilight's models, and twilight's validation) and with our own limits.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::local::Local;
use dossier::action::PressScope;
use dossier::admin::{self, AdminContext, GuildContext};
use dossier::autocomplete::choices;
use dossier::card::report::{self, Submission};
use dossier::card::{Card, Control, Link, Mention, Paragraph, Refusal, Report, Text};
use dossier::catalog::Catalog;
use dossier::command::Command;
use dossier::commands;
use dossier::digest;
use dossier::digest::{
    Content, DIGESTS_MAX, Digest, DigestId, Draft, Fault, NextEntry, NoticeState, Plan,
    PlannedDigest, Publish, RUNS_SHOWN_MAX, Run, RunState, TimeOfDay, Zone,
};
use dossier::discord::command_permissions::Subject;
use dossier::discord::limits::MessageSize;
use dossier::discord::permissions::{CategoryCache, ChannelGuilds};
use dossier::discord::render::{RenderOptions, render, render_sources};
use dossier::discord::report_form::report_form;
use dossier::discord::wire::{Callback, Message, Post};
use dossier::guild::{
    Change, ChannelId, ChannelInfo, ChannelType, Elsewhere, GuildId, MessageId, Permissions,
    RULES_MAX, RoleId, Rule, Rules, Settings, UserId, permission_names,
};
use dossier::message_lookup;
use dossier::request::Request;
use serde_json::Value;
use twilight_model::channel::message::component::Component;

/// The bundled catalog with the form for error reports.
fn bundled() -> Catalog {
    Catalog::bundled().with_report_form(true)
}

/// Every card that can be reached through links from the commands, and one refusal of each kind.
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
            ("proposal", "by", "trump"),
            ("proposal", "by", "russia"),
        ]
        .map(|(command, name, value)| Request::new(command).with(name, value)),
    );
    let holders = ["russia", "ukraine", "analysts"]
        .map(|holder| Request::new("position").with("holder", holder));
    next.extend(holders.into_iter().map(|request| request.with("demand", "recognition")));
    let cell = Request::new("proposal").with("proposal", "2025-11-28-points");
    next.extend(["sanctions", "nato"].map(|demand| cell.clone().with("demand", demand)));
    let mut cards = Vec::new();
    while let Some(request) = next.pop() {
        if seen.insert(request.to_string()) {
            let answer = commands::answer(
                catalog,
                &request.clone().with_context(7, Some(1_234), jiff::civil::date(2026, 11, 27)),
            );
            let card = answer.unwrap_or_else(|refusal| refusal.card(catalog.locale()));
            next.extend(links(&card).map(|link| link.request.clone()));
            cards.push(card);
        }
    }
    cards.extend(message_lookup::look_up(
        catalog,
        "Would Kyiv ever give up NATO? And what about Crimea!",
        "",
        None,
    ));
    cards.extend(refusals(catalog));
    cards
}

fn links(card: &Card) -> impl Iterator<Item = &Link> {
    let steps = [&card.earliest, &card.previous, &card.next, &card.latest].into_iter().flatten();
    card.open_links.iter().chain(&card.views).chain(steps).chain(&card.related)
}

/// Posts of error reports with the longest texts: in bytes, in escaped characters, and in lines.
fn report_posts(catalog: &Catalog) -> Vec<Message> {
    let texts = ["\u{1F600}".repeat(4_000), "*".repeat(4_000), "@\n".repeat(2_000), "x".into()];
    let cards = cards(catalog).into_iter().filter(|card| card.report.is_some());
    let longest = cards.max_by_key(|card| card.title.len()).expect("a card with a report");
    let request = longest.request.clone().expect("a card that can be shown again");
    let posts = texts.into_iter().flat_map(|text| {
        let submission =
            Submission { request: request.clone(), revision: 9, locale: "en-GB".into(), text };
        [Some(&longest), None].map(|shown| {
            let card = report::report_card(catalog.locale(), &submission, shown);
            render(&card, catalog.locale(), RenderOptions::POST)
        })
    });
    posts.collect()
}

/// The public and ephemeral messages of all cards, with all pages of their sources.
fn messages(catalog: &Catalog) -> Vec<Message> {
    let locale = catalog.locale();
    let shown = |card: &Card| {
        let sources = (1..=2)
            .filter(|_| !card.sources.is_empty())
            .map(|page| render_sources(card, locale, page))
            .collect::<Vec<_>>();
        let pictured = card.picture.iter().map(|picture| {
            render(card, locale, RenderOptions::ephemeral(true)).with_picture(picture.description())
        });
        [
            render(card, locale, RenderOptions::PUBLIC),
            render(card, locale, RenderOptions::ephemeral(true)),
        ]
        .into_iter()
        .chain(pictured)
        .chain(sources)
        .collect::<Vec<_>>()
    };
    let settings = settings(catalog);
    let scoped = settings.iter().map(|card| render(card, locale, RenderOptions::scoped(SCOPE)));
    let cards = cards(catalog);
    cards.iter().flat_map(shown).chain(scoped).collect()
}

/// Every message posted without an interaction: each entry with the longest possible header, and
/// failure notices.
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
            let message = render(&card, catalog.locale(), RenderOptions::POST);
            let picture = card.picture.as_ref().expect("each post has a banner");
            let message = message.with_picture(picture.description());
            posts.push(message.with_mention(RoleId::new(u64::MAX)).with_marker(u32::MAX >> 1));
            shown.insert(entry);
        }
    }
    let states = [RunState::Failed, RunState::Unknown, RunState::Sent];
    let digests: Vec<Digest> =
        (0..).zip(states).map(|(id, state)| digest(id, state, true)).collect();
    let card = digest::text::failure_card(catalog, SCOPE.guild, &digests);
    posts.push(render(&card, catalog.locale(), RenderOptions::POST));
    posts.extend(report_posts(catalog));
    posts
}

/// A digest whose fields have their maximum length.
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
        planned: PlannedDigest {
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

/// A scope with the longest possible ids.
const SCOPE: PressScope = PressScope {
    guild: GuildId::new(i64::MAX as u64),
    member: UserId::new(i64::MAX as u64),
    needs_manage_server: false,
};

/// Every refusal with the longest possible arguments.
fn refusals(catalog: &Catalog) -> Vec<Card> {
    let sentences = std::fs::read_to_string("data/lang/en.ftl").expect("the sentences");
    let keys = sentences.lines().filter(|line| line.starts_with("refuse-") && line.contains(" = "));
    let channels: Vec<Mention> = (0..25).map(|number| Mention::Channel(channel(number))).collect();
    let refusal = |line: &str| {
        let key: &'static str = line.split(" = ").next().unwrap_or_default().to_owned().leak();
        let mut refusal = Refusal::new(key).input(&"x".repeat(500));
        for name in ["known", "near", "title", "trouble", "plan"] {
            refusal = refusal.with(name, "America/Argentina/ComodRivadavia, ".repeat(10));
        }
        for name in ["from", "to", "first", "last", "kind", "id", "option", "command", "reason"] {
            refusal = refusal.with(name, "x".repeat(40));
        }
        let refusal = refusal.with("most", 1_000).with("count", 1_000).with("channel", channels[0]);
        refusal.with("channels", channels.clone()).with("what", channels.clone())
    };
    let mut refusals: Vec<Refusal> = keys.map(refusal).collect();
    refusals.push((0..25).fold(Refusal::new("refuse-lacks"), |refusal, number| {
        let lacking = Permissions::SEND_MESSAGES_IN_THREADS
            | Permissions::READ_MESSAGE_HISTORY
            | Permissions::MENTION_EVERYONE;
        let permissions = permission_names(lacking).into();
        let channel = Mention::Channel(channel(number)).into();
        refusal.item("refuse-lacks.row", vec![("channel", channel), ("permissions", permissions)])
    }));
    refusals.push((0..100).fold(
        Refusal::new("refuse-bad-file").with("count", 100),
        |refusal, number| {
            let fault = format!("`channels.allow[{number}]` {}", "is wrong ".repeat(20));
            refusal.item("refuse-bad-file.row", vec![("fault", fault.into())])
        },
    ));
    refusals.iter().map(|refusal| refusal.card(catalog.locale())).collect()
}

fn channel(number: u64) -> ChannelId {
    ChannelId::new(i64::MAX as u64 - number)
}

const ROLE: RoleId = RoleId::new(i64::MAX as u64 - 1);

/// The context of a `/config` command in a channel where the bot can post.
fn guild_context(is_component: bool) -> GuildContext {
    let here = ChannelInfo {
        guild: Some(SCOPE.guild),
        kind: Some(ChannelType::News),
        bot_permissions: Some(Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES),
        ..ChannelInfo::unknown(channel(0))
    };
    GuildContext {
        interaction: 1,
        application: 2,
        now: 1_700_000_000,
        guild: SCOPE.guild,
        member: SCOPE.member,
        permissions: None,
        current_channel: here,
        resolved_channels: Vec::new(),
        channel_name: "n".repeat(100),
        role: Some((ROLE, false)),
        subject: Subject { member: SCOPE.member, roles: Vec::new(), permissions: None },
        file: None,
        is_component,
    }
}

/// The cards of `/config`: each subcommand and each page of the panel, with few settings and with
/// the maximum.
fn settings(catalog: &Catalog) -> Vec<Card> {
    let many = Settings {
        rules: Rules::new((0..RULES_MAX as u64).map(|number| (channel(number), Rule::Allow))),
        elsewhere: Elsewhere::Refuse,
        pace: 60,
        failure_channel: Some(channel(0)),
        pictures: true,
    };
    let states = [RunState::Failed, RunState::Unknown, RunState::Open, RunState::Sent];
    let digests: Vec<Digest> = (1..=DIGESTS_MAX as i64)
        .zip(states.into_iter().cycle())
        .map(|(id, state)| digest(id, state, id % 2 == 0))
        .collect();
    let mut cards = Vec::new();
    for few in [1, 3, DIGESTS_MAX] {
        let pages =
            (1..=20).map(|page| admin::list_card(catalog, SCOPE.guild, &digests[..few], page));
        cards.extend(pages);
    }
    cards.extend(digests.iter().map(|digest| admin::digest_card(catalog, SCOPE.guild, digest)));
    let local = Local::new();
    for (settings, digests) in [(Settings::default(), &digests[..1]), (many, &digests[..])] {
        let planned = digests.iter().zip(0..).map(|(digest, minute)| {
            let mut planned = digest.planned.clone();
            planned.plan.at = TimeOfDay::from_minutes(minute).expect("a time");
            (digest.id, planned)
        });
        let all = Change::All(settings, Some(planned.collect()));
        for command in commands::SETTINGS.iter().chain(commands::PRESSED) {
            let pages = if command.name == "config view" { 51 } else { 2 };
            for (page, is_component) in (1..=pages).flat_map(|page| [(page, false), (page, true)]) {
                cards.push(run(&local, catalog, &all, &digests[0], command, page, is_component));
            }
        }
    }
    cards
}

/// Runs a subcommand: with all options for a component, without options for a typed command.
fn run(
    local: &Local,
    catalog: &Catalog,
    all: &Change,
    digest: &Digest,
    command: &Command,
    page: usize,
    is_component: bool,
) -> Card {
    let guild_context = guild_context(is_component);
    static NUMBER: AtomicI64 = AtomicI64::new(9_999);
    let id = DigestId::from_number(NUMBER.fetch_add(1, Ordering::Relaxed)).expect("an id");
    let draft = Draft { id, changes: None, before: None, planned: digest.planned.clone() };
    let options = [
        ("channel", channel(0).to_string()),
        ("mode", "refuse".into()),
        ("answers", "7".into()),
        ("digest", digest.id.to_string()),
        ("draft", draft.id.to_string()),
        ("at", "09:00".into()),
        ("zone", "America/Argentina/ComodRivadavia".into()),
        ("days", "mon,tue,wed,thu,fri,sat".into()),
        ("content", "kind:section".into()),
        ("role", ROLE.to_string()),
        ("publish", "true".into()),
    ];
    let is_option = |name: &str| name == "draft" || command.option(name).is_some();
    let options = options.iter().filter(|(name, _)| is_component && is_option(name));
    let request = Request::new(command.name).at_page(page);
    let request = options.fold(request, |request, (name, value)| request.with(name, value));
    local.runtime.block_on(async {
        let (guild, member, now) = (guild_context.guild, guild_context.member, guild_context.now);
        local.store.change(guild, member, now, all).await.expect("settings");
        local.store.save_draft(guild, member, now, &draft).await.expect("a draft");
        let context = AdminContext {
            catalog,
            store: &local.store,
            rest: None,
            poster: None,
            categories: &CategoryCache::default(),
            channel_guilds: &ChannelGuilds::default(),
            guild_context,
        };
        let answer = admin::execute(&context, &request).await;
        answer.unwrap_or_else(|error| error.card(catalog.locale()))
    })
}

#[test]
fn every_setting_has_a_control() {
    let catalog = bundled();
    // An entry's card has its own buttons.
    for card in settings(&catalog).into_iter().filter(|card| card.request.is_none()) {
        let message = render(&card, catalog.locale(), RenderOptions::scoped(SCOPE));
        let json = serde_json::to_string(&message).expect("JSON");
        let wanted: usize = card
            .controls
            .iter()
            .map(|control| match control {
                Control::Separator | Control::Text(_) => 0,
                Control::Buttons(buttons) => buttons.len(),
                _ => 1,
            })
            .sum();
        let count = json.matches("\"custom_id\"").count();
        let steps = usize::from(card.previous.is_some()) + usize::from(card.next.is_some());
        assert_eq!(count, wanted + steps, "{}", card.title);
    }
}

#[test]
fn every_message_is_within_discords_limits() {
    let catalog = bundled();
    let messages = messages(&catalog);
    assert!(messages.len() > 1_500, "{}", messages.len());
    let too_long = catalog.locale().text("message-too-long");
    for message in messages.iter().chain(&posts(&catalog)) {
        let json = serde_json::to_string(message).expect("JSON");
        let size = MessageSize::measure(message);
        assert!(size.fits() && !json.contains(&too_long), "{size:?} of {json}");
        let custom_ids: Vec<&str> = json
            .split("\"custom_id\":\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let unique: BTreeSet<&&str> = custom_ids.iter().collect();
        assert_eq!(unique.len(), custom_ids.len(), "{json}");
    }
}

#[test]
fn a_message_too_large_for_discord_is_replaced_by_an_explanation() {
    let catalog = bundled();
    let paragraph =
        |text: String| Paragraph { layer: None, is_item: false, text: Text::from(text) };
    for body in [
        vec![paragraph("word ".repeat(900))],
        (0..36).map(|_| paragraph("€".repeat(100))).collect(),
    ] {
        let card = Card { title: "Title".to_owned(), body, ..Card::default() };
        let message = render(&card, catalog.locale(), RenderOptions::PUBLIC);
        let json = serde_json::to_string(&message.components).expect("JSON");
        assert!(json.contains("too long for Discord"), "{json}");
        assert!(MessageSize::measure(&message).fits());
    }
}

#[test]
fn twilight_parses_and_accepts_every_message() {
    let catalog = bundled();
    for message in messages(&catalog).into_iter().chain(posts(&catalog)) {
        let json = serde_json::to_value(&message).expect("a message is JSON");
        let components: Vec<Component> = serde_json::from_value(json["components"].clone())
            .expect("components that twilight knows");
        for component in &components {
            let validation = twilight_validate::component::component_v2(component);
            assert!(validation.is_ok(), "{validation:?}: {component:?}");
        }
    }
    for message in messages(&catalog) {
        let json = serde_json::to_value(&message).expect("a message is JSON");
        assert_eq!(json["allowed_mentions"], serde_json::json!({ "parse": [] }));
    }
}

#[test]
fn discords_schema_accepts_every_post_and_only_its_role_is_notified() {
    let schema = crate::openapi::schema("MessageCreateRequest");
    for message in posts(&bundled()) {
        let is_of_digest = serde_json::to_string(&message).expect("JSON").contains("<@&18");
        let roles = match !is_of_digest {
            true => serde_json::json!({ "parse": [] }),
            false => serde_json::json!({ "parse": [], "roles": [u64::MAX.to_string()] }),
        };
        let post = serde_json::to_value(Post::new(message, "n".repeat(25))).expect("JSON");
        assert_eq!(post["allowed_mentions"], roles);
        assert_eq!(post["enforce_nonce"], true);
        if let Some(schema) = &schema {
            crate::openapi::assert_valid(schema, &post);
        }
    }
}

#[test]
fn discords_schema_accepts_every_callback() {
    let Some(created) = crate::openapi::schema("CreateMessageInteractionCallbackRequest") else {
        return;
    };
    let Some(updated) = crate::openapi::schema("UpdateMessageInteractionCallbackRequest") else {
        return;
    };
    let catalog = bundled();
    for message in messages(&catalog) {
        let callback =
            |callback: Callback| serde_json::to_value(callback).expect("a callback is JSON");
        crate::openapi::assert_valid(&created, &callback(Callback::message(message.clone())));
        crate::openapi::assert_valid(&updated, &callback(Callback::update(message)));
    }
}

#[test]
fn discords_schema_accepts_every_form() {
    let catalog = bundled();
    let cards = cards(&catalog).into_iter().filter(|card| card.report.is_some());
    let forms: Vec<Value> = cards
        .map(|card| {
            let form = report_form(&card, catalog.locale(), "1".repeat(100));
            serde_json::to_value(Callback::modal(form)).expect("a callback is JSON")
        })
        .collect();
    assert!(forms.len() > 500, "{}", forms.len());
    let Some(schema) = crate::openapi::schema("ModalInteractionCallbackRequest") else {
        return;
    };
    forms.iter().for_each(|form| crate::openapi::assert_valid(&schema, form));
}

#[test]
fn the_report_button_opens_the_form_or_else_the_link() {
    let report = Report { url: Some("https://example.org/errors".into()), ..report() };
    let shown = |has_form: bool, url: Option<&str>, card: &Card| {
        let report = Report { has_form, url: url.map(str::to_owned), ..report.clone() };
        let card = Card { report: Some(report), ..card.clone() };
        let message = render(&card, bundled().locale(), RenderOptions::PUBLIC);
        serde_json::to_string(&message).expect("JSON")
    };
    let request = Request::new("demand").with("demand", "nato");
    let card = Card { title: "T".into(), request: Some(request.clone()), ..Card::default() };
    let long = Card { request: Some(request.with("view", "x".repeat(80))), ..card.clone() };
    let (form, link) = ("\"custom_id\":\"1r3:demand:1:demand=nato\"", "https://example.org/errors");
    for (has_form, url, card, expected) in [
        (true, Some(link), &card, Some(form)),
        (true, None, &card, Some(form)),
        (false, Some(link), &card, Some(link)),
        (true, Some(link), &long, Some(link)),
        (true, None, &long, None),
    ] {
        let json = shown(has_form, url, card);
        for part in [form, link] {
            assert_eq!(json.contains(part), expected == Some(part), "{part}: {json}");
        }
    }
}

fn report() -> Report {
    Report {
        entry: "demand/nato".into(),
        revision: 3,
        view: "overview".into(),
        article: "an-article".into(),
        version: "1.0.0".into(),
        has_form: true,
        url: None,
    }
}

#[test]
fn discords_schema_accepts_every_choice() {
    let Some(schema) = crate::openapi::schema("ApplicationCommandAutocompleteCallbackRequest")
    else {
        return;
    };
    let catalog = bundled();
    for typed in ["", "n", "nato", "Київ", "the", "zzzz"] {
        for command in commands::ALL {
            for option in command.options {
                let request = Request::new(command.name).with(option.name, typed);
                let offered = choices(&catalog, &request, option.name, 0);
                let callback = Callback::choices(offered);
                crate::openapi::assert_valid(
                    &schema,
                    &serde_json::to_value(callback).expect("a callback is JSON"),
                );
            }
        }
    }
}
