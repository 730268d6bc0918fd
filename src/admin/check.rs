//! `/config check`: explains which rule applies to a channel, who may use the bot there, what the
//! bot may do, and how to change it.

use super::channels::{elsewhere_text, pace_text};
use super::{AdminContext, Answer, panel_button, single_page};
use crate::card::{Argument, Mention, Text};
use crate::command::Command;
use crate::guild::{
    Access, Category, ChannelAccess, ChannelId, CommandRights, Decision, Denial, Location,
    Permissions, Rule, Settings, UserId, can_manage_server, permission_names,
};
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command::for_moderators("config check", &[CHANNEL, MEMBER]);

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel(&[]));
const MEMBER: OptionSpec = OptionSpec::new("member", OptionKind::Member);

/// The arguments shared by all messages: channel and member.
type CommonArguments = [(&'static str, Argument<'static>); 2];

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> Answer {
    let channel: Option<ChannelId> = CHANNEL.id(request)?;
    let member: Option<UserId> = MEMBER.id(request)?;
    let here = context.guild_context.current_channel;
    let location = channel.map_or(here, |channel| context.guild_context.location(channel));
    let location = context.load_category(location).await;
    let settings = context.settings().await?;
    let rights = context.load_rights(&location).await;
    let access = context.check_access(&location).await;
    let about = [
        ("channel", Mention::Channel(location.channel).into()),
        ("member", Mention::Member(member.unwrap_or(context.guild_context.member)).into()),
    ];
    let mut texts = vec![context.text("check-about", &about)];
    texts.extend(rule_texts(context, &settings, &location));
    // Discord sends the member's permissions for the interaction's channel only.
    let is_here = here.channel == location.channel;
    texts.extend(permission_texts(context, is_here, &about));
    texts.extend(integration_texts(context, rights, &about));
    texts.push(bot_text(context, &access));
    Ok(single_page(context.locale(), "check-title", texts, vec![panel_button(context.catalog)]))
}

/// The rule that applies, and how to change it.
fn rule_texts(context: &AdminContext<'_>, settings: &Settings, location: &Location) -> Vec<Text> {
    let Some(decision) = location.decide(settings) else {
        let key = match location.path.category {
            Category::NotVisible => "check-no-category",
            _ => "check-category-unchecked",
        };
        return vec![context.text(key, &[])];
    };
    let ruled = |key: &str, channel: ChannelId| {
        context.text(key, &[("ruled", Mention::Channel(channel).into())])
    };
    let decided = match decision {
        Decision::NoRules => context.text("check-no-rules", &[]),
        Decision::NotBlocked => context.text("check-not-blocked", &[]),
        Decision::NotAllowed => context.text("check-not-allowed", &[]),
        Decision::ByRule(Rule::Allow, by) => ruled("check-allowed", by),
        Decision::ByRule(Rule::Block, by) => ruled("check-blocked", by),
    };
    let consequence = match decision.can_post() {
        true => pace_text(context.catalog, settings.pace),
        false => elsewhere_text(context.catalog, settings.elsewhere),
    };
    vec![decided, consequence]
}

/// The permissions that the member would need to use the commands.
fn permission_texts(
    context: &AdminContext<'_>,
    is_here: bool,
    about: &CommonArguments,
) -> Vec<Text> {
    let granted = context.guild_context.subject.permissions;
    let mut texts = Vec::new();
    if let Some(granted) = granted.filter(|_| is_here) {
        let needed = Permissions::VIEW_CHANNEL | Permissions::USE_APPLICATION_COMMANDS;
        let lacking = needed.difference(granted);
        if !granted.administrator() && !lacking.is_empty() {
            let names = ("permissions", permission_names(lacking).into());
            let arguments: Vec<_> = about.iter().cloned().chain([names]).collect();
            texts.push(context.text("check-member-lacks", &arguments));
        }
    }
    if !can_manage_server(granted) {
        texts.push(context.text("check-config", &[]));
    }
    texts
}

/// The command permissions of Server Settings, Integrations.
fn integration_texts(
    context: &AdminContext<'_>,
    rights: Option<CommandRights>,
    about: &CommonArguments,
) -> Vec<Text> {
    let Some(CommandRights { denied_by, exceptions }) = rights else {
        return vec![context.text("check-rights-unchecked", &[])];
    };
    let (key, by) = match denied_by {
        None => ("check-rights", None),
        Some(Denial::Channel(channel)) => ("check-denied-channel", Some(Mention::Channel(channel))),
        Some(Denial::AllChannels) => ("check-denied-all-channels", None),
        Some(Denial::Member) => ("check-denied-member", None),
        Some(Denial::Role(role)) => ("check-denied-role", Some(Mention::Role(role))),
        Some(Denial::Everyone) => ("check-denied-everyone", None),
    };
    let by = by.map(|by| ("by", Argument::from(by)));
    let arguments: Vec<_> = about.iter().cloned().chain(by).collect();
    let mut texts = vec![context.text(key, &arguments)];
    if !exceptions.is_empty() {
        let names: Vec<String> = exceptions.iter().map(|name| format!("/{name}")).collect();
        let key = if denied_by.is_some() { "check-others-may" } else { "check-others-may-not" };
        texts.push(context.text(key, &[("commands", names.join(", ").into())]));
    }
    texts
}

fn bot_text(context: &AdminContext<'_>, access: &ChannelAccess) -> Text {
    let about = ("channel", Argument::from(Mention::Channel(access.channel)));
    match access.access {
        Access::Full => context.text("check-bot", &[about]),
        Access::MissingPermissions(lacking) => {
            let lacking = ("permissions", permission_names(lacking).into());
            context.text("check-bot-lacks", &[about, lacking])
        }
        Access::NotVisible | Access::OtherServer => context.text("check-bot-unseen", &[about]),
        Access::Unchecked(_) => context.text("check-bot-unchecked", &[about]),
    }
}
