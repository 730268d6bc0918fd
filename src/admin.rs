//! `/config`: the moderators' settings, one file per subcommand or subcommand group.
//!
//! A handler loads what it needs, makes its change in one transaction, and replies with the
//! resulting state. The panel of `/config view` offers the same changes through components, whose
//! requests are those of the subcommands; after each change the panel is shown again.

use crate::card::{Button, ButtonStyle, Card, Control, Link, Paragraph, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::guild::Difference;
use crate::locale::Locale;
use crate::request::Request;

mod channel;
mod channels;
mod check;
mod confirm;
mod context;
mod digest;
mod error;
mod failure_channel;
mod log;
mod pictures;
mod reset;
mod settings_file;
mod view;

pub use context::{AdminContext, GuildContext};
pub use digest::{digest_card, list_card};
pub use error::AdminError;

type AdminResult = Result<Card, AdminError>;

/// The name of the registered command.
pub const ROOT: &str = "config";

macro_rules! subcommands {
    (registered { $($command:path => $run:path,)* } pressed { $($button:path => $press:path,)* }) => {
        /// The subcommands, in Discord's display order.
        pub const SETTINGS: &[Command] = &[$($command),*];

        /// Commands that only buttons run. They are not registered.
        pub const PRESSED: &[Command] = &[$($button),*];

        async fn run(context: &AdminContext<'_>, request: &Request) -> AdminResult {
            match request.command.as_str() {
                $(name if name == $command.name => $run(context, request).await,)*
                $(name if name == $button.name => $press(context, request).await,)*
                _ => Err(crate::card::Refusal::new("refuse-stale").into()),
            }
        }
    };
}

subcommands! {
    registered {
    view::COMMAND => view::run,
    channels::ALLOW => channels::allow,
    channels::BLOCK => channels::block,
    channels::REMOVE => channels::remove,
    channels::CLEAR => channels::clear,
    channels::ELSEWHERE => channels::elsewhere,
    channels::PACE => channels::pace,
    digest::ADD => digest::add,
    digest::EDIT => digest::edit,
    digest::LIST => digest::list,
    digest::PREVIEW => digest::preview,
    digest::POST_NOW => digest::post_now,
    digest::PAUSE => digest::set_paused,
    digest::RESUME => digest::set_paused,
    digest::REMOVE => digest::remove,
    failure_channel::COMMAND => failure_channel::run,
    pictures::COMMAND => pictures::run,
    check::COMMAND => check::run,
    log::COMMAND => log::run,
    settings_file::EXPORT => settings_file::export,
    settings_file::IMPORT => settings_file::import,
    reset::COMMAND => reset::run,
    }
    pressed {
    digest::SHOW => digest::show,
    digest::CONFIRM => digest::confirm,
    digest::CANCEL => digest::cancel,
    }
}

/// Runs a subcommand. If a component's request is refused, the response is the current panel with
/// the reason above it. A draft whose channels could not be verified keeps its message, so that the
/// user can try again.
pub async fn execute(context: &AdminContext<'_>, request: &Request) -> Result<Card, AdminError> {
    let answer = run(context, request).await;
    let reasons = match &answer {
        Err(AdminError::Refused(refusal)) if refusal.key() != channel::UNVERIFIED => {
            refusal.card(context.locale()).body
        }
        _ => return answer,
    };
    match context.guild_context.is_component {
        true => panel(context, request, reasons).await.or(answer),
        false => answer,
    }
}

/// The current version of the panel that the component belongs to, with `notes` above it.
async fn panel(
    context: &AdminContext<'_>,
    request: &Request,
    notes: Vec<Paragraph>,
) -> AdminResult {
    let mut card = match request.command.starts_with(digest::GROUP) {
        true => digest::panel(context, request).await?,
        false => {
            let view = Request::new(view::COMMAND.name).at_page(request.page());
            view::run(context, &view).await?
        }
    };
    card.notes.splice(0..0, notes.into_iter().map(|note| note.text));
    Ok(card)
}

/// The response to a change: whether anything was changed, and the current state.
async fn change_response(
    context: &AdminContext<'_>,
    request: &Request,
    differences: &[Difference],
    texts: Vec<Text>,
) -> AdminResult {
    let card = confirmation(context, differences, texts, panel_button(context.catalog));
    if context.guild_context.is_component {
        return Ok(panel(context, request, card.body.clone()).await.unwrap_or(card));
    }
    Ok(card)
}

/// The confirmation of a change, without the panel.
fn confirmation(
    context: &AdminContext<'_>,
    differences: &[Difference],
    texts: Vec<Text>,
    controls: Control,
) -> Card {
    let key = if differences.is_empty() { "config-same" } else { "config-saved" };
    single_page(context.locale(), key, texts, vec![controls])
}

/// A card with one sentence. Its title is the attribute `title` of its message.
fn sentence_card(context: &AdminContext<'_>, key: &str, controls: Control) -> Card {
    let title = format!("{key}.title");
    single_page(context.locale(), &title, vec![context.text(key, &[])], vec![controls])
}

/// A card with a single page. `key` is the message key of its title.
fn single_page(locale: &Locale, key: &str, texts: Vec<Text>, controls: Vec<Control>) -> Card {
    let body = texts.into_iter().map(Paragraph::from).collect();
    Card { controls, ..Card::new(locale.text(key), body) }
}

/// One page of a list, with links to the previous and next page.
fn list_page(
    title: String,
    body: Vec<Paragraph>,
    command: &Command,
    page: usize,
    of: usize,
) -> Card {
    let turn = |to: usize| Link::new(String::new(), Request::new(command.name).at_page(to));
    Card {
        title,
        body,
        page: (page, of),
        previous: (page > 1).then(|| turn(page - 1)),
        next: (page < of).then(|| turn(page + 1)),
        ..Card::default()
    }
}

/// The button that opens the settings panel.
fn panel_button(catalog: &Catalog) -> Control {
    Control::Buttons(vec![button(catalog, "config-all", Request::new(view::COMMAND.name))])
}

fn button(catalog: &Catalog, key: &str, to: Request) -> Button {
    let link = Link::new(catalog.locale().text(key), to);
    Button { link, style: ButtonStyle::Secondary }
}

fn danger_button(catalog: &Catalog, key: &str, to: Request) -> Button {
    Button { style: ButtonStyle::Danger, ..button(catalog, key, to) }
}
