//! `/config trouble`: the channel where failed digests are reported.

use super::channel::require_postable;
use super::{AdminContext, AdminResult, button, change_response, panel_button, single_page};
use crate::card::{Button, Card, Control, Mention, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::guild::{ChannelId, POSTABLE, SettingValue, Settings};
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command::for_moderators("config trouble", &[CHANNEL]);

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel(POSTABLE));

/// Set by the button only: removes the channel.
const OFF: OptionSpec = OptionSpec::new("off", OptionKind::Flag);

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    if request.option(OFF.name).is_some() {
        let differences = context.change(SettingValue::FailureChannel(None)).await?;
        let texts = vec![state_text(context.catalog, &Settings::default())];
        return change_response(context, request, &differences, texts).await;
    }
    let channel: Option<ChannelId> = CHANNEL.id(request)?;
    let Some(channel) = channel else {
        return Ok(current_card(context.catalog, &*context.settings().await?));
    };
    let (_, unchecked) = require_postable(context, channel, false).await?;
    let differences = context.change(SettingValue::FailureChannel(Some(channel))).await?;
    let mut texts =
        vec![context.text("config-trouble", &[("channel", Mention::Channel(channel).into())])];
    texts.extend(unchecked);
    change_response(context, request, &differences, texts).await
}

/// The current channel, with controls to change it.
fn current_card(catalog: &Catalog, settings: &Settings) -> Card {
    let off = off_button(catalog, settings).map(|off| Control::Buttons(vec![off]));
    let controls = [channel_menu(catalog)].into_iter().chain(off).chain([panel_button(catalog)]);
    let texts = vec![state_text(catalog, settings)];
    single_page(catalog.locale(), "config-trouble.title", texts, controls.collect())
}

/// Removes the channel, if there is one.
pub(super) fn off_button(catalog: &Catalog, settings: &Settings) -> Option<Button> {
    let off = Request::new(COMMAND.name).with(OFF.name, "yes");
    settings.failure_channel.map(|_| button(catalog, "config-trouble-off", off))
}

/// The current channel as text.
pub(super) fn state_text(catalog: &Catalog, settings: &Settings) -> Text {
    match settings.failure_channel {
        Some(channel) => {
            let arguments = [("channel", Mention::Channel(channel).into())];
            Text::format(catalog.locale(), "config-trouble", &arguments)
        }
        None => catalog.locale().text("config-no-trouble").into(),
    }
}

pub(super) fn channel_menu(catalog: &Catalog) -> Control {
    Control::ChannelSelect {
        placeholder: catalog.locale().text("config-menu-trouble"),
        channel_types: POSTABLE,
        count_max: 1,
        request: Request::new(COMMAND.name),
    }
}
