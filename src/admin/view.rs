//! `/config view`: every setting on one panel, changed on the spot by menus and buttons.

use super::channels::{self, pace_in_words};
use super::{button, check, digest, failure_channel, log, reset, settings_file};
use crate::card::{
    Answer, Button, Card, Control, Filling, Link, Mention, Paragraph, Refusal, Text,
};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::guild::{ChannelId, Rule, Settings};
use crate::request::{Loaded, Needs, Request};

pub(super) const COMMAND: Command = Command {
    name: "config view",
    audience: Audience::Moderators,
    options: &[],
    needs: Needs::SETTINGS,
    run,
};

/// How many rules are on a page: each takes three of a message's 40 components, and the rest of the panel 24.
const RULES_ON_PAGE: usize = 4;

/// How many channels can be chosen at a time.
const CHOSEN_MAX: u8 = 25;

/// The paces that are offered; `/config channels pace` takes any.
const PACES: [u16; 9] = [0, 1, 2, 3, 5, 10, 20, 30, 60];

fn run(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let settings = &*loaded.settings;
    let pages = settings.rules.len().div_ceil(RULES_ON_PAGE).max(1);
    let page = request.page().min(pages);
    let mut card = Card {
        title: locale.say("config-view"),
        body: state(catalog, settings),
        page: (page, pages),
        ..Card::default()
    };
    let turn = |to: usize| Link::new(String::new(), Request::new(COMMAND.name).at_page(to));
    card.previous = (page > 1).then(|| turn(page - 1));
    card.next = (page < pages).then(|| turn(page + 1));
    let rules = settings.rules.iter().skip((page - 1) * RULES_ON_PAGE);
    for (channel, rule) in rules.take(RULES_ON_PAGE) {
        card.controls.push(ruled(catalog, page, channel, rule));
    }
    card.controls.extend(menus(catalog, page, settings));
    card.controls.extend(buttons(catalog, settings));
    Ok(card.into())
}

/// What is set, in words.
fn state(catalog: &Catalog, settings: &Settings) -> Vec<Paragraph> {
    let mut said = channels::state(catalog, settings);
    said.push(pace_in_words(catalog, settings.pace).into());
    said.push(failure_channel::state(catalog, settings));
    said.into_iter().map(Paragraph::from).collect()
}

/// A channel's rule, with a button that takes it away.
fn ruled(catalog: &Catalog, page: usize, channel: ChannelId, rule: Rule) -> Control {
    let locale = catalog.locale();
    let key = match rule {
        Rule::Allow => "config-row-allow",
        Rule::Block => "config-row-block",
    };
    let fillings: [(&str, Filling<'_>); 1] = [("channel", Mention::Channel(channel).into())];
    let to = Request::new(channels::REMOVE.name).with("channel", channel.to_string());
    Control::Row(
        Text::say(locale, key, &fillings),
        Link::new(locale.say("config-remove"), to.at_page(page)),
    )
}

fn menus(catalog: &Catalog, page: usize, settings: &Settings) -> [Control; 4] {
    let locale = catalog.locale();
    let channels = |key: &str, command: &Command, most| Control::Channels {
        placeholder: locale.say(key),
        kinds: &[],
        most,
        to: Request::new(command.name).at_page(page),
    };
    let pace = |pace: u16| {
        let to = Request::new(channels::PACE.name).with("answers", pace.to_string());
        let count = [("count", usize::from(pace).into())];
        Link::new(locale.say_with("config-pace.choice", &count), to.at_page(page))
    };
    [
        channels("config-menu-allow", &channels::ALLOW, CHOSEN_MAX),
        channels("config-menu-block", &channels::BLOCK, CHOSEN_MAX),
        Control::Menu {
            placeholder: locale.say("config-menu-pace"),
            links: PACES.map(pace).into(),
            chosen: PACES.iter().position(|one| *one == settings.pace),
        },
        failure_channel::menu(catalog),
    ]
}

fn buttons(catalog: &Catalog, settings: &Settings) -> [Control; 2] {
    let other = settings.elsewhere.other();
    let elsewhere = Request::new(channels::ELSEWHERE.name).with("mode", other.name());
    let to = |command: &Command| Request::new(command.name);
    let grave =
        Button { is_grave: true, ..button(catalog, "config-button-reset", to(&reset::COMMAND)) };
    [
        Control::Buttons(vec![
            button(catalog, &format!("config-button-{}", other.name()), elsewhere),
            button(catalog, "config-button-check", to(&check::COMMAND)),
            button(catalog, "config-button-digests", to(&digest::LIST)),
        ]),
        Control::Buttons(vec![
            button(catalog, "config-button-log", to(&log::COMMAND)),
            button(catalog, "config-button-export", to(&settings_file::EXPORT)),
            grave,
        ]),
    ]
}
