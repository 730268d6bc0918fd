//! `/config view`: every setting on one panel, changed on the spot by menus and buttons.

use super::channels::{self, pace_in_words};
use super::{button, check, digest, files, log, reset, trouble};
use crate::answer::{
    Answer, Button, Card, Control, Filling, Link, Mention, Paragraph, Refusal, Text,
};
use crate::command::{Audience, Command};
use crate::guild::{ChannelId, Rule, Settings};
use crate::library::Library;
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

fn run(library: &Library, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let lang = library.lang();
    let settings = &*loaded.settings;
    let pages = settings.rules.len().div_ceil(RULES_ON_PAGE).max(1);
    let page = request.page().min(pages);
    let mut card = Card {
        title: lang.say("config-view"),
        body: state(library, settings),
        page: (page, pages),
        ..Card::default()
    };
    let turn = |to: usize| Link::new(String::new(), Request::new(COMMAND.name).at_page(to));
    card.previous = (page > 1).then(|| turn(page - 1));
    card.next = (page < pages).then(|| turn(page + 1));
    let rules = settings.rules.iter().skip((page - 1) * RULES_ON_PAGE);
    for (channel, rule) in rules.take(RULES_ON_PAGE) {
        card.controls.push(ruled(library, page, channel, rule));
    }
    card.controls.extend(menus(library, page, settings));
    card.controls.extend(buttons(library, settings));
    Ok(card.into())
}

/// What is set, in words.
fn state(library: &Library, settings: &Settings) -> Vec<Paragraph> {
    let mut said = channels::state(library, settings);
    said.push(pace_in_words(library, settings.pace).into());
    said.push(trouble::state(library, settings));
    said.into_iter().map(Paragraph::from).collect()
}

/// A channel's rule, with a button that takes it away.
fn ruled(library: &Library, page: usize, channel: ChannelId, rule: Rule) -> Control {
    let lang = library.lang();
    let key = match rule {
        Rule::Allow => "config-row-allow",
        Rule::Block => "config-row-block",
    };
    let fillings: [(&str, Filling<'_>); 1] = [("channel", Mention::Channel(channel).into())];
    let to = Request::new(channels::REMOVE.name).with("channel", channel.to_string());
    Control::Row(
        Text::say(lang, key, &fillings),
        Link::new(lang.say("config-remove"), to.at_page(page)),
    )
}

fn menus(library: &Library, page: usize, settings: &Settings) -> [Control; 4] {
    let lang = library.lang();
    let channels = |key: &str, command: &Command, most| Control::Channels {
        placeholder: lang.say(key),
        kinds: &[],
        most,
        to: Request::new(command.name).at_page(page),
    };
    let pace = |pace: u16| {
        let to = Request::new(channels::PACE.name).with("answers", pace.to_string());
        let count = [("count", usize::from(pace).into())];
        Link::new(lang.say_with("config-pace.choice", &count), to.at_page(page))
    };
    [
        channels("config-menu-allow", &channels::ALLOW, CHOSEN_MAX),
        channels("config-menu-block", &channels::BLOCK, CHOSEN_MAX),
        Control::Menu {
            placeholder: lang.say("config-menu-pace"),
            links: PACES.map(pace).into(),
            chosen: PACES.iter().position(|one| *one == settings.pace),
        },
        trouble::menu(library),
    ]
}

fn buttons(library: &Library, settings: &Settings) -> [Control; 2] {
    let other = settings.elsewhere.other();
    let elsewhere = Request::new(channels::ELSEWHERE.name).with("mode", other.name());
    let to = |command: &Command| Request::new(command.name);
    let grave =
        Button { is_grave: true, ..button(library, "config-button-reset", to(&reset::COMMAND)) };
    [
        Control::Buttons(vec![
            button(library, &format!("config-button-{}", other.name()), elsewhere),
            button(library, "config-button-check", to(&check::COMMAND)),
            button(library, "config-button-digests", to(&digest::LIST)),
        ]),
        Control::Buttons(vec![
            button(library, "config-button-log", to(&log::COMMAND)),
            button(library, "config-button-export", to(&files::EXPORT)),
            grave,
        ]),
    ]
}
