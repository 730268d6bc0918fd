//! `/config trouble`: where it is said that a digest failed.

use super::{changed, may_speak, to_panel};
use crate::answer::{Answer, Button, Card, Control, Link, Mention, Refusal, Text};
use crate::command::{Audience, Command};
use crate::guild::{Change, ChannelKind, Settings};
use crate::library::Library;
use crate::request::{Loaded, Needs, Opt, Request, Takes};

pub(super) const COMMAND: Command = Command {
    name: "config trouble",
    audience: Audience::Moderators,
    options: &[CHANNEL],
    needs: Needs::ACCESS,
    run,
};

const CHANNEL: Opt = Opt::new("channel", Takes::Channel);

/// An option that only the button gives: there is to be no such channel.
const OFF: Opt = Opt::new("off", Takes::Flag);

/// The sorts of channels that messages can be posted in.
pub(super) const POSTABLE: &[ChannelKind] = &[
    ChannelKind::Text,
    ChannelKind::Announcement,
    ChannelKind::Voice,
    ChannelKind::Stage,
    ChannelKind::Thread,
];

fn run(library: &Library, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let lang = library.lang();
    if request.option(OFF.name).is_some() {
        let said = vec![state(library, &Settings::default())];
        return Ok(changed(library, request, loaded, Change::Trouble(None), said));
    }
    let Some(channel) = CHANNEL.read(request)? else {
        return Ok(shown(library, &loaded.settings).into());
    };
    if matches!(loaded.kind(channel)?, ChannelKind::Forum | ChannelKind::Category) {
        return Err(Refusal::NotPostable(channel));
    }
    let unchecked = may_speak(library, loaded)?;
    let fillings = [("channel", Mention::Channel(channel).into())];
    let mut said = vec![Text::say(lang, "config-trouble", &fillings)];
    said.extend(unchecked);
    let change = Change::Trouble(Some(channel));
    Ok(changed(library, request, loaded, change, said))
}

/// Where it is said now, and how that is changed.
fn shown(library: &Library, settings: &Settings) -> Card {
    let lang = library.lang();
    let mut controls = vec![menu(library)];
    if settings.trouble.is_some() {
        let off = Request::new(COMMAND.name).with(OFF.name, "yes");
        controls.push(Control::Buttons(vec![Button {
            link: Link::new(lang.say("config-trouble-off"), off),
            is_grave: false,
        }]));
    }
    controls.push(to_panel(library));
    Card {
        title: lang.say("config-trouble.title"),
        body: vec![state(library, settings).into()],
        page: (1, 1),
        controls,
        ..Card::default()
    }
}

/// Where it is said, in words.
pub(super) fn state(library: &Library, settings: &Settings) -> Text {
    match settings.trouble {
        Some(channel) => {
            let fillings = [("channel", Mention::Channel(channel).into())];
            Text::say(library.lang(), "config-trouble", &fillings)
        }
        None => library.lang().say("config-no-trouble").into(),
    }
}

pub(super) fn menu(library: &Library) -> Control {
    Control::Channels {
        placeholder: library.lang().say("config-menu-trouble"),
        kinds: POSTABLE,
        most: 1,
        to: Request::new(COMMAND.name),
    }
}
