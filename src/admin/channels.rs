//! `/config channels`: where responses may be public, what happens elsewhere, and how many may be
//! public.

use super::channel::{refuse_other_servers, require_access};
use super::{AdminContext, AdminResult, change_response};
use crate::card::{Refusal, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::guild::{
    Access, Change, ChannelAccess, ChannelId, Elsewhere, PACE_MAX, RULES_MAX, Rule, SettingValue,
    Settings,
};
use crate::request::{OptionKind, OptionSpec, Request};

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel(&[])).required();
const MODE: OptionSpec =
    OptionSpec::new("mode", OptionKind::OneOf(&["private", "refuse"])).required();
const ANSWERS: OptionSpec = OptionSpec::new("answers", OptionKind::Number(PACE_MAX)).required();

pub(super) const ALLOW: Command = Command::for_moderators("config channels allow", &[CHANNEL]);
pub(super) const BLOCK: Command = Command::for_moderators("config channels block", &[CHANNEL]);
pub(super) const REMOVE: Command = Command::for_moderators("config channels remove", &[CHANNEL]);
pub(super) const CLEAR: Command = Command::for_moderators("config channels clear", &[]);
pub(super) const ELSEWHERE: Command = Command::for_moderators("config channels elsewhere", &[MODE]);
pub(super) const PACE: Command = Command::for_moderators("config channels pace", &[ANSWERS]);

pub(super) async fn allow(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let access = option_channel_access(context, request).await?;
    let unchecked = require_access(context, &access)?;
    set_rule(context, request, Some(Rule::Allow), unchecked).await
}

/// Blocking requires no permissions of the bot, but a channel that is hidden from it is still
/// mentioned.
pub(super) async fn block(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let access = option_channel_access(context, request).await?;
    refuse_other_servers(&access)?;
    let hidden = access.iter().filter(|one| one.access == Access::NotVisible);
    let hidden: Vec<ChannelId> = hidden.map(|one| one.channel).collect();
    let note = || context.text("config-blocked-unseen", &[("channels", hidden.as_slice().into())]);
    let note = (!hidden.is_empty()).then(note);
    set_rule(context, request, Some(Rule::Block), note).await
}

pub(super) async fn remove(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    set_rule(context, request, None, None).await
}

async fn option_channel_access(
    context: &AdminContext<'_>,
    request: &Request,
) -> Result<Vec<ChannelAccess>, Refusal> {
    let channels = CHANNEL.channels(request)?;
    Ok(context.check_access_to_all(channels.into_iter()).await)
}

async fn set_rule(
    context: &AdminContext<'_>,
    request: &Request,
    rule: Option<Rule>,
    note: Option<Text>,
) -> AdminResult {
    let channels = CHANNEL.channels(request)?;
    let key = match rule {
        Some(Rule::Allow) => "config-allowed",
        Some(Rule::Block) => "config-blocked",
        None => "config-unruled",
    };
    let mut texts = vec![context.text(key, &[("channels", channels.as_slice().into())])];
    let values = channels.iter().map(|channel| SettingValue::Rule(*channel, rule)).collect();
    let differences = context.change(Change::Set(values)).await?;
    if differences.is_empty() {
        let mut rules = context.settings().await?.rules.clone();
        channels.iter().for_each(|channel| rules.set(*channel, rule));
        if rules.len() > RULES_MAX {
            return Err(Refusal::new("refuse-too-many-rules").with("most", RULES_MAX).into());
        }
    }
    // The panel already says so.
    if !context.guild_context.is_component {
        texts.push(default_text(context.catalog, &*context.settings().await?));
    }
    texts.extend(note);
    change_response(context, request, &differences, texts).await
}

pub(super) async fn clear(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let differences = context.change(Change::ClearRules).await?;
    let texts = vec![default_text(context.catalog, &Settings::default())];
    change_response(context, request, &differences, texts).await
}

pub(super) async fn elsewhere(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let mode: Elsewhere = MODE.text(request)?.parse().map_err(|_| MODE.invalid_refusal())?;
    let differences = context.change(SettingValue::Elsewhere(mode)).await?;
    let texts = vec![elsewhere_text(context.catalog, mode)];
    change_response(context, request, &differences, texts).await
}

pub(super) async fn pace(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let answers: u64 = ANSWERS.read_required(request)?;
    let answers = u16::try_from(answers).ok().filter(|answers| *answers <= PACE_MAX);
    let answers = answers.ok_or_else(|| {
        let most = usize::from(PACE_MAX);
        Refusal::new("refuse-too-many").with("option", ANSWERS.name).with("most", most)
    })?;
    let differences = context.change(SettingValue::Pace(answers)).await?;
    change_response(context, request, &differences, vec![pace_text(context.catalog, answers)]).await
}

/// What applies to channels without a rule.
fn default_text(catalog: &Catalog, settings: &Settings) -> Text {
    let allows = settings.rules.channels(Rule::Allow).next().is_some();
    let key = match (settings.rules.is_empty(), allows, settings.elsewhere) {
        (true, ..) => "config-rest-all",
        (false, false, _) => "config-rest-open",
        (false, true, Elsewhere::Private) => "config-rest-private",
        (false, true, Elsewhere::Refuse) => "config-rest-refuse",
    };
    catalog.locale().text(key).into()
}

/// What applies to channels without a rule, and, if not yet mentioned, what happens in blocked
/// channels.
pub(super) fn state_texts(catalog: &Catalog, settings: &Settings) -> Vec<Text> {
    let mut texts = vec![default_text(catalog, settings)];
    let allows = settings.rules.channels(Rule::Allow).next().is_some();
    if !allows && !settings.rules.is_empty() {
        texts.push(elsewhere_text(catalog, settings.elsewhere));
    }
    texts
}

/// What happens in channels without public responses.
pub(super) fn elsewhere_text(catalog: &Catalog, elsewhere: Elsewhere) -> Text {
    catalog.locale().text(&format!("config-elsewhere-{}", elsewhere.name())).into()
}

pub(super) fn pace_text(catalog: &Catalog, answers: u16) -> Text {
    let count = [("count", usize::from(answers).into())];
    catalog.locale().text_with("config-pace", &count).into()
}
