//! `/config`: what the moderators of a server decide. One file for each subcommand or group of them.
//!
//! Each subcommand does one thing in one line; the panel of `/config view` does the same by buttons and menus, whose requests are
//! those of the subcommands.

use crate::card::{Answer, Button, Card, Control, Effect, Link, Mention, Paragraph, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::guild::{Change, ChannelId, ChannelType, Difference, RoleId, is_forum};
use crate::request::{Access, ChannelAccess, Loaded, Request};

mod channels;
mod check;
mod digest;
mod failure_channel;
mod log;
mod reset;
mod settings_file;
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
    failure_channel::COMMAND,
    check::COMMAND,
    log::COMMAND,
    settings_file::EXPORT,
    settings_file::IMPORT,
    reset::COMMAND,
];

/// What only buttons run: they are not registered.
pub const PRESSED: &[Command] = &[digest::SHOW, digest::CONFIRM, digest::CANCEL];

pub use digest::{meant as digest, posted};
pub use settings_file::{Imported, imported};

/// The panel that a request belongs to: what is shown again where it was pressed.
pub fn panel(request: &Request) -> Request {
    if request.command.starts_with(digest::GROUP_NAME) {
        return digest::panel(request);
    }
    Request::new(view::COMMAND.name).at_page(request.page())
}

/// The answer to a change: what is so now, or that it was so already.
fn changed(
    catalog: &Catalog,
    request: &Request,
    loaded: &Loaded,
    change: Change,
    said: Vec<Text>,
) -> Answer {
    let is_new = makes_a_difference(&change, loaded);
    let key = if is_new { "config-saved" } else { "config-same" };
    let card = Card {
        title: catalog.locale().say(key),
        body: said.into_iter().map(Paragraph::from).collect(),
        page: (1, 1),
        controls: vec![to_panel(catalog)],
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
fn to_panel(catalog: &Catalog) -> Control {
    Control::Buttons(vec![button(catalog, "config-all", Request::new(view::COMMAND.name))])
}

fn button(catalog: &Catalog, key: &str, to: Request) -> Button {
    Button { link: Link::new(catalog.locale().say(key), to), is_grave: false }
}

/// Whether a channel only holds other channels or threads.
fn holds_no_messages(kind: ChannelType) -> bool {
    kind == ChannelType::Category || is_forum(kind)
}

/// Whether other servers cannot follow it, as far as its type is known.
const fn is_no_announcement_channel(kind: ChannelType) -> bool {
    !matches!(kind, ChannelType::News | ChannelType::Unknown(_))
}

/// Makes sure that the bot may speak in channels, and tells of which that could not be found out.
fn may_speak(catalog: &Catalog, loaded: &Loaded) -> Result<Option<Text>, Refusal> {
    refuse_other_servers(loaded)?;
    let (mut lacking, mut unseen, mut unchecked) = (Vec::new(), Vec::new(), Vec::new());
    for reach in &loaded.access {
        let channel = reach.channel;
        match &reach.access {
            Access::Full => {}
            Access::Lacks(permissions) => lacking.push((channel, *permissions)),
            Access::NotVisible => unseen.push(channel),
            Access::OtherServer => {}
            Access::Unchecked(_) => unchecked.push(channel),
        }
    }
    if !unseen.is_empty() {
        return Err(Refusal::NotVisible(unseen));
    }
    if !lacking.is_empty() {
        return Err(Refusal::Lacks(lacking));
    }
    let fillings = [("channels", mentions(&unchecked))];
    let said = || Text::say(catalog.locale(), "config-unchecked", &fillings);
    Ok((!unchecked.is_empty()).then(said))
}

/// Makes sure that no channel is known to belong to another server.
fn refuse_other_servers(loaded: &Loaded) -> Result<(), Refusal> {
    let others = loaded.access.iter().filter(|reach| reach.access == Access::OtherServer);
    match channels_of(others) {
        others if others.is_empty() => Ok(()),
        others => Err(Refusal::OtherServer(others)),
    }
}

/// Makes sure that channels in which something is to be posted are known to belong to the server.
fn belong_here(loaded: &Loaded) -> Result<(), Refusal> {
    match channels_of(loaded.access.iter().filter(|reach| !reach.is_of_guild)) {
        unknown if unknown.is_empty() => Ok(()),
        unknown => Err(Refusal::Unverified(unknown)),
    }
}

fn channels_of<'a>(reaches: impl Iterator<Item = &'a ChannelAccess>) -> Vec<Mention> {
    reaches.map(|reach| Mention::Channel(reach.channel)).collect()
}

/// Makes sure that a role that is to be mentioned is known to be one of the server, and not @everyone, which has the server's id.
fn may_mention(loaded: &Loaded, role: RoleId) -> Result<(), Refusal> {
    let occasion = loaded.occasion()?;
    if role.get() == occasion.guild.get() {
        return Err(Refusal::NotEveryone);
    }
    if occasion.role.is_some_and(|(shown, _)| shown == role) {
        return Ok(());
    }
    match &loaded.roles {
        Some(roles) if roles.contains(&role) => Ok(()),
        Some(_) => Err(Refusal::OtherServer(vec![Mention::Role(role)])),
        None => Err(Refusal::Unverified(vec![Mention::Role(role)])),
    }
}

fn mentions(channels: &[ChannelId]) -> crate::card::Filling<'static> {
    let mentions: Vec<Mention> = channels.iter().copied().map(Mention::Channel).collect();
    mentions.into()
}
