//! `/config trouble`: where it is said that a digest failed.

use super::{belong_here, changed, holds_no_messages, may_speak, to_panel};
use crate::card::{Answer, Button, Card, Control, Link, Mention, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::guild::{Change, ChannelType, Settings};
use crate::request::{Loaded, Needs, OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command {
    name: "config trouble",
    audience: Audience::Moderators,
    options: &[CHANNEL],
    needs: Needs::ACCESS,
    run,
};

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel);

/// An option that only the button gives: there is to be no such channel.
const OFF: OptionSpec = OptionSpec::new("off", OptionKind::Flag);

/// The sorts of channels that messages can be posted in.
pub(super) const POSTABLE: &[ChannelType] = &[
    ChannelType::Text,
    ChannelType::News,
    ChannelType::Voice,
    ChannelType::Stage,
    ChannelType::NewsThread,
    ChannelType::PublicThread,
    ChannelType::PrivateThread,
];

fn run(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    if request.option(OFF.name).is_some() {
        let said = vec![state(catalog, &Settings::default())];
        return Ok(changed(catalog, request, loaded, Change::FailureChannel(None), said));
    }
    let Some(channel) = CHANNEL.read(request)? else {
        return Ok(shown(catalog, &loaded.settings).into());
    };
    if loaded.kind(channel)?.is_some_and(holds_no_messages) {
        return Err(Refusal::NotPostable(channel));
    }
    let unchecked = may_speak(catalog, loaded)?;
    belong_here(loaded)?;
    let fillings = [("channel", Mention::Channel(channel).into())];
    let mut said = vec![Text::say(locale, "config-trouble", &fillings)];
    said.extend(unchecked);
    let change = Change::FailureChannel(Some(channel));
    Ok(changed(catalog, request, loaded, change, said))
}

/// Where it is said now, and how that is changed.
fn shown(catalog: &Catalog, settings: &Settings) -> Card {
    let locale = catalog.locale();
    let mut controls = vec![menu(catalog)];
    if settings.trouble.is_some() {
        let off = Request::new(COMMAND.name).with(OFF.name, "yes");
        controls.push(Control::Buttons(vec![Button {
            link: Link::new(locale.say("config-trouble-off"), off),
            is_grave: false,
        }]));
    }
    controls.push(to_panel(catalog));
    Card {
        title: locale.say("config-trouble.title"),
        body: vec![state(catalog, settings).into()],
        page: (1, 1),
        controls,
        ..Card::default()
    }
}

/// Where it is said, in words.
pub(super) fn state(catalog: &Catalog, settings: &Settings) -> Text {
    match settings.trouble {
        Some(channel) => {
            let fillings = [("channel", Mention::Channel(channel).into())];
            Text::say(catalog.locale(), "config-trouble", &fillings)
        }
        None => catalog.locale().say("config-no-trouble").into(),
    }
}

pub(super) fn menu(catalog: &Catalog) -> Control {
    Control::Channels {
        placeholder: catalog.locale().say("config-menu-trouble"),
        kinds: POSTABLE,
        most: 1,
        to: Request::new(COMMAND.name),
    }
}
