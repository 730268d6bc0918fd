//! `/config view`: a panel with all settings, which can be changed with its buttons and menus.

use super::channels::{self, pace_text};
use super::{
    AdminContext, AdminResult, button, check, danger_button, digest, failure_channel, list_page,
    log, pictures, reset, settings_file,
};
use crate::card::{Button, Control, Link, Mention, Paragraph, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::guild::{ChannelId, Rule, Settings};
use crate::request::Request;

pub(super) const COMMAND: Command = Command::for_moderators("config view", &[]);

/// Rules per page. Each takes three of a message's 40 components, and the rest of the panel 27.
const RULES_ON_PAGE: usize = 4;

/// Maximum number of channels selected at a time.
const SELECTED_MAX: u8 = 25;

/// The values offered in the menu; `/config channels pace` accepts any.
const PACES: [u16; 9] = [0, 1, 2, 3, 5, 10, 20, 30, 60];

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let settings = context.settings().await?;
    let catalog = context.catalog;
    let pages = settings.rules.len().div_ceil(RULES_ON_PAGE).max(1);
    let page = request.page().min(pages);
    let title = context.locale().text("config-view");
    let body = channels::state_texts(catalog, &settings).into_iter().map(Paragraph::from);
    let mut card = list_page(title, body.collect(), &COMMAND, page, pages);
    let rules = settings.rules.iter().skip((page - 1) * RULES_ON_PAGE).take(RULES_ON_PAGE);
    card.controls.extend(rules.map(|(channel, rule)| rule_row(catalog, page, channel, rule)));
    card.controls.extend(controls(catalog, page, &settings));
    Ok(card)
}

/// The settings that are not about channels, one line each.
fn other_settings(catalog: &Catalog, settings: &Settings) -> Text {
    Text::lines(vec![
        pace_text(catalog, settings.pace),
        failure_channel::state_text(catalog, settings),
        pictures::state_text(catalog, settings.pictures),
    ])
}

/// A channel's rule, with a button to remove it.
fn rule_row(catalog: &Catalog, page: usize, channel: ChannelId, rule: Rule) -> Control {
    let locale = catalog.locale();
    let key = format!("config-row-{}", rule.name());
    let arguments = [("channel", Mention::Channel(channel).into())];
    let to = Request::new(channels::REMOVE.name).with("channel", channel.to_string());
    Control::Row(
        Text::format(locale, &key, &arguments),
        Link::new(locale.text("config-remove"), to.at_page(page)),
    )
}

/// The controls of the rules first, then the other screens, then the other settings.
fn controls(catalog: &Catalog, page: usize, settings: &Settings) -> [Control; 7] {
    let to = |command: &Command| Request::new(command.name);
    let screens = Control::Buttons(vec![
        button(catalog, "config-button-digests", to(&digest::LIST)),
        button(catalog, "config-button-check", to(&check::COMMAND)),
        button(catalog, "config-button-log", to(&log::COMMAND)),
    ]);
    [
        channel_menu(catalog, page, "config-menu-allow", &channels::ALLOW),
        channel_menu(catalog, page, "config-menu-block", &channels::BLOCK),
        screens,
        Control::Text(other_settings(catalog, settings)),
        pace_menu(catalog, page, settings.pace),
        failure_channel::channel_menu(catalog),
        Control::Buttons(switches(catalog, settings)),
    ]
}

fn channel_menu(catalog: &Catalog, page: usize, key: &str, command: &Command) -> Control {
    Control::ChannelSelect {
        placeholder: catalog.locale().text(key),
        channel_types: &[],
        count_max: SELECTED_MAX,
        request: Request::new(command.name).at_page(page),
    }
}

fn pace_menu(catalog: &Catalog, page: usize, current: u16) -> Control {
    let locale = catalog.locale();
    let pace = |pace: u16| {
        let to = Request::new(channels::PACE.name).with("answers", pace.to_string());
        let count = [("count", usize::from(pace).into())];
        Link::new(locale.text_with("config-pace.choice", &count), to.at_page(page))
    };
    Control::StringSelect {
        placeholder: locale.text("config-menu-pace"),
        links: PACES.map(pace).into(),
        selected: PACES.iter().position(|one| *one == current),
    }
}

fn switches(catalog: &Catalog, settings: &Settings) -> Vec<Button> {
    let other = settings.elsewhere.other();
    let elsewhere = Request::new(channels::ELSEWHERE.name).with("mode", other.name());
    let pictures_key = match settings.pictures {
        true => "config-button-pictures-off",
        false => "config-button-pictures-on",
    };
    let mut buttons = vec![
        button(catalog, &format!("config-button-{}", other.name()), elsewhere),
        button(catalog, pictures_key, pictures::switch_request(!settings.pictures)),
    ];
    buttons.extend(failure_channel::off_button(catalog, settings));
    let [export, reset] =
        [&settings_file::EXPORT, &reset::COMMAND].map(|command| Request::new(command.name));
    buttons.push(button(catalog, "config-button-export", export));
    buttons.push(danger_button(catalog, "config-button-reset", reset));
    buttons
}
