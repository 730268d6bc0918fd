//! `/config`: what the moderators of a server decide. One file for each subcommand or group of them.
//!
//! Each subcommand does one thing in one line; the panel of `/config view` does the same by buttons and menus, whose requests are
//! those of the subcommands.

use crate::answer::{Answer, Button, Card, Control, Effect, Link, Paragraph, Refusal, Text};
use crate::command::Command;
use crate::guild::{Change, ChannelId, Difference};
use crate::library::Library;
use crate::request::{Access, Loaded, Request};

mod channels;
mod check;
mod digest;
mod files;
mod log;
mod reset;
mod trouble;
mod view;

/// The name that they are registered by.
pub const ROOT: &str = "config";

/// The subcommands, in the order in which Discord lists them.
pub const SETTINGS: &[Command] = &[
    view::COMMAND,
    channels::ALLOW,
    channels::BLOCK,
    channels::REMOVE,
    channels::CLEAR,
    channels::ELSEWHERE,
    channels::PACE,
    digest::ADD,
    digest::EDIT,
    digest::LIST,
    digest::PREVIEW,
    digest::POST_NOW,
    digest::PAUSE,
    digest::RESUME,
    digest::REMOVE,
    trouble::COMMAND,
    check::COMMAND,
    log::COMMAND,
    files::EXPORT,
    files::IMPORT,
    reset::COMMAND,
];

/// What only buttons run: they are not registered.
pub const PRESSED: &[Command] = &[digest::SHOW, digest::CONFIRM, digest::CANCEL];

pub use digest::{meant as digest, posted};
pub use files::imported;

/// The panel that a request belongs to: what is shown again where it was pressed.
pub fn panel(request: &Request) -> Request {
    if request.command.starts_with(digest::GROUP_NAME) {
        return digest::panel(request);
    }
    Request::new(view::COMMAND.name).at_page(request.page())
}

/// The answer to a change: what is so now, or that it was so already.
fn changed(
    library: &Library,
    request: &Request,
    loaded: &Loaded,
    change: Change,
    said: Vec<Text>,
) -> Answer {
    let is_new = makes_a_difference(&change, loaded);
    let key = if is_new { "config-saved" } else { "config-same" };
    let card = Card {
        title: library.lang().say(key),
        body: said.into_iter().map(Paragraph::from).collect(),
        page: (1, 1),
        controls: vec![to_panel(library)],
        ..Card::default()
    };
    Answer { effect: is_new.then_some(Effect::Change(change)), redraws: Some(panel(request)), card }
}

/// Whether a change changes anything.
fn makes_a_difference(change: &Change, loaded: &Loaded) -> bool {
    !differences(change, loaded).is_empty()
}

fn differences(change: &Change, loaded: &Loaded) -> Vec<Difference> {
    let digests = loaded.digests.iter();
    let digests = digests.map(|digest| (digest.id, digest.planned.clone()));
    change.differences(&loaded.settings, &digests.collect())
}

/// The button that leads to all settings.
fn to_panel(library: &Library) -> Control {
    Control::Buttons(vec![button(library, "config-all", Request::new(view::COMMAND.name))])
}

fn button(library: &Library, key: &str, to: Request) -> Button {
    Button { link: Link::new(library.lang().say(key), to), is_grave: false }
}

/// Makes sure that the bot may speak in channels, and tells of which that could not be found out.
fn may_speak(library: &Library, loaded: &Loaded) -> Result<Option<Text>, Refusal> {
    let (mut lacking, mut unseen, mut unchecked) = (Vec::new(), Vec::new(), Vec::new());
    for reach in &loaded.access {
        let channel = reach.channel;
        match &reach.access {
            Access::Full => {}
            Access::Lacks(permissions) => lacking.push((channel, permissions.clone())),
            Access::Unseen => unseen.push(channel),
            Access::Unchecked(_) => unchecked.push(channel),
        }
    }
    if !unseen.is_empty() {
        return Err(Refusal::Unseen(unseen));
    }
    if !lacking.is_empty() {
        return Err(Refusal::Lacks(lacking));
    }
    let fillings = [("channels", mentions(&unchecked))];
    let said = || Text::say(library.lang(), "config-unchecked", &fillings);
    Ok((!unchecked.is_empty()).then(said))
}

fn mentions(channels: &[ChannelId]) -> crate::answer::Filling<'static> {
    use crate::answer::Mention;
    let mentions: Vec<Mention> = channels.iter().copied().map(Mention::Channel).collect();
    mentions.into()
}
