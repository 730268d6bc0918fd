//! `/config view`: a panel with all settings, which can be changed with its buttons and menus.

use super::channels::{self, pace_text};
use super::{
    AdminContext, Answer, button, check, danger_button, digest, failure_channel, list_page, log,
    pictures, reset, settings_file,
};
use crate::card::{Control, Link, Mention, Paragraph, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::guild::{ChannelId, Rule, Settings};
use crate::request::Request;

pub(super) const COMMAND: Command = Command::for_moderators("config view", &[]);

/// Rules per page. Each takes three of a message's 40 components, and the rest of the panel 25.
const RULES_ON_PAGE: usize = 4;

/// Maximum number of channels selected at a time.
const SELECTED_MAX: u8 = 25;

/// The values offered in the menu; `/config channels pace` accepts any.
const PACES: [u16; 9] = [0, 1, 2, 3, 5, 10, 20, 30, 60];

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> Answer {
    let settings = context.settings().await?;
    let catalog = context.catalog;
    let pages = settings.rules.len().div_ceil(RULES_ON_PAGE).max(1);
    let page = request.page().min(pages);
    let title = context.locale().text("config-view");
    let mut card = list_page(title, state_paragraphs(catalog, &settings), &COMMAND, page, pages);
    let rules = settings.rules.iter().skip((page - 1) * RULES_ON_PAGE).take(RULES_ON_PAGE);
    card.controls.extend(rules.map(|(channel, rule)| rule_row(catalog, page, channel, rule)));
    card.controls.extend(menus(catalog, page, &settings));
    card.controls.extend(buttons(catalog, &settings));
    Ok(card)
}

fn state_paragraphs(catalog: &Catalog, settings: &Settings) -> Vec<Paragraph> {
    let mut texts = channels::state_texts(catalog, settings);
    texts.push(pace_text(catalog, settings.pace));
    texts.push(failure_channel::state_text(catalog, settings));
    texts.push(pictures::state_text(catalog, settings.pictures));
    texts.into_iter().map(Paragraph::from).collect()
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

fn menus(catalog: &Catalog, page: usize, settings: &Settings) -> [Control; 4] {
    let locale = catalog.locale();
    let channels = |key: &str, command: &Command, most| Control::ChannelSelect {
        placeholder: locale.text(key),
        channel_types: &[],
        count_max: most,
        request: Request::new(command.name).at_page(page),
    };
    let pace = |pace: u16| {
        let to = Request::new(channels::PACE.name).with("answers", pace.to_string());
        let count = [("count", usize::from(pace).into())];
        Link::new(locale.text_with("config-pace.choice", &count), to.at_page(page))
    };
    [
        channels("config-menu-allow", &channels::ALLOW, SELECTED_MAX),
        channels("config-menu-block", &channels::BLOCK, SELECTED_MAX),
        Control::StringSelect {
            placeholder: locale.text("config-menu-pace"),
            links: PACES.map(pace).into(),
            selected: PACES.iter().position(|one| *one == settings.pace),
        },
        failure_channel::channel_menu(catalog),
    ]
}

fn buttons(catalog: &Catalog, settings: &Settings) -> [Control; 2] {
    let other = settings.elsewhere.other();
    let elsewhere = Request::new(channels::ELSEWHERE.name).with("mode", other.name());
    let pictures_key = match settings.pictures {
        true => "config-button-pictures-off",
        false => "config-button-pictures-on",
    };
    let to = |command: &Command| Request::new(command.name);
    let reset = danger_button(catalog, "config-button-reset", to(&reset::COMMAND));
    [
        Control::Buttons(vec![
            button(catalog, &format!("config-button-{}", other.name()), elsewhere),
            button(catalog, "config-button-check", to(&check::COMMAND)),
            button(catalog, "config-button-digests", to(&digest::LIST)),
        ]),
        Control::Buttons(vec![
            button(catalog, "config-button-log", to(&log::COMMAND)),
            button(catalog, pictures_key, pictures::switch_request(!settings.pictures)),
            button(catalog, "config-button-export", to(&settings_file::EXPORT)),
            reset,
        ]),
    ]
}
