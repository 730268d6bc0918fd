//! `/config check`: whether everything works in a channel, which rule applies there, who may use the
//! bot, what the bot may do, and how to change it.

use super::channels::{elsewhere_text, pace_text};
use super::{AdminContext, AdminResult, panel_button};
use crate::card::{Argument, Card, Mention, Paragraph, Text};
use crate::command::Command;
use crate::guild::{
    Access, Category, ChannelAccess, ChannelId, ChannelInfo, ChannelType, CommandRights, Decision,
    Denial, Permissions, Rule, Settings, UserId, can_manage_server, is_forum, permission_names,
};
use crate::locale::Locale;
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command::for_moderators("config check", &[CHANNEL, MEMBER]);

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel(&[]));
const MEMBER: OptionSpec = OptionSpec::new("member", OptionKind::Member);

/// The arguments shared by all messages: channel and member.
type CommonArguments = [(&'static str, Argument<'static>); 2];

/// How a sentence counts for the verdict. Problems are shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum CheckResult {
    Problem,
    Unchecked,
    Fine,
}

type Findings = Vec<(CheckResult, Text)>;

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let channel: Option<ChannelId> = CHANNEL.id(request)?;
    let member: Option<UserId> = MEMBER.id(request)?;
    let here = context.guild_context.current_channel;
    let location = channel.map_or(here, |channel| context.guild_context.location(channel));
    let location = context.load_category(location).await;
    let settings = context.settings().await?;
    let digests = context.store.digests(context.guild_context.guild).await?;
    let rights = context.load_rights(&location).await;
    let access = context.check_access(&location).await;
    let about = [
        ("channel", Mention::Channel(location.channel).into()),
        ("member", Mention::Member(member.unwrap_or(context.guild_context.member)).into()),
    ];
    let mut findings = rule_findings(context, &settings, &location);
    // Discord sends the member's permissions for the interaction's channel only.
    let is_here = here.channel == location.channel;
    findings.extend(permission_findings(context, is_here, &about));
    findings.extend(integration_findings(context, rights, &about));
    let posts_here = settings.failure_channel == Some(location.channel)
        || digests.iter().any(|digest| digest.plan().channel == location.channel);
    findings.push(bot_finding(context, &access, posts_here));
    findings.sort_by_key(|(finding, _)| *finding);
    let title = verdict(context.locale(), &findings);
    let about = Paragraph::from(context.text("check-about", &about));
    let findings = findings.into_iter().map(|(_, text)| Paragraph::from(text));
    let body = [about].into_iter().chain(findings).collect();
    let controls = vec![panel_button(context.catalog)];
    Ok(Card { controls, ..Card::new(title, body) })
}

fn verdict(locale: &Locale, findings: &Findings) -> String {
    let count = |what: CheckResult| findings.iter().filter(|(finding, _)| *finding == what).count();
    match (count(CheckResult::Problem), count(CheckResult::Unchecked)) {
        (0, 0) => locale.text("check-works"),
        (0, _) => locale.text("check-works-perhaps"),
        (problems, _) => locale.text_with("check-problems", &[("count", problems.into())]),
    }
}

/// The rule that applies, and how to change it.
fn rule_findings(
    context: &AdminContext<'_>,
    settings: &Settings,
    location: &ChannelInfo,
) -> Findings {
    let Some(decision) = location.decide(settings) else {
        let (finding, key) = match location.path.category {
            Category::NotVisible => (CheckResult::Problem, "check-no-category"),
            _ => (CheckResult::Unchecked, "check-category-unchecked"),
        };
        return vec![(finding, context.text(key, &[]))];
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
    vec![(CheckResult::Fine, decided), (CheckResult::Fine, consequence)]
}

/// The permissions that the member would need to use the commands.
fn permission_findings(
    context: &AdminContext<'_>,
    is_here: bool,
    about: &CommonArguments,
) -> Findings {
    let granted = context.guild_context.subject.permissions;
    let mut findings = Vec::new();
    if let Some(granted) = granted.filter(|_| is_here) {
        let needed = Permissions::VIEW_CHANNEL | Permissions::USE_APPLICATION_COMMANDS;
        let lacking = needed.difference(granted);
        if !granted.administrator() && !lacking.is_empty() {
            let names = ("permissions", permission_names(lacking).into());
            let arguments: Vec<_> = about.iter().cloned().chain([names]).collect();
            findings.push((CheckResult::Problem, context.text("check-member-lacks", &arguments)));
        }
    }
    if !can_manage_server(granted) {
        findings.push((CheckResult::Fine, context.text("check-config", &[])));
    }
    findings
}

/// The command permissions of Server Settings, Integrations.
fn integration_findings(
    context: &AdminContext<'_>,
    rights: Option<CommandRights>,
    about: &CommonArguments,
) -> Findings {
    let Some(CommandRights { denied_by, exceptions }) = rights else {
        return vec![(CheckResult::Unchecked, context.text("check-rights-unchecked", &[]))];
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
    let finding = if denied_by.is_some() { CheckResult::Problem } else { CheckResult::Fine };
    let mut findings = vec![(finding, context.text(key, &arguments))];
    if !exceptions.is_empty() {
        let names: Vec<String> = exceptions.iter().map(|name| format!("/{name}")).collect();
        let (finding, key) = match denied_by {
            Some(_) => (CheckResult::Fine, "check-others-may"),
            None => (CheckResult::Problem, "check-others-may-not"),
        };
        findings.push((finding, context.text(key, &[("commands", names.join(", ").into())])));
    }
    findings
}

/// Answers to commands need no permission of the bot, so a missing one is a problem only where it is
/// set to post.
fn bot_finding(
    context: &AdminContext<'_>,
    access: &ChannelAccess,
    posts_here: bool,
) -> (CheckResult, Text) {
    let missing = if posts_here { CheckResult::Problem } else { CheckResult::Fine };
    let about = ("channel", Argument::from(Mention::Channel(access.channel)));
    match access.access {
        Access::Full => {
            let key = match access.kind {
                Some(ChannelType::Category) => "check-bot-category",
                Some(kind) if is_forum(kind) => "check-bot-forum",
                _ => "check-bot",
            };
            (CheckResult::Fine, context.text(key, &[about]))
        }
        Access::MissingPermissions(lacking) => {
            let lacking = ("permissions", permission_names(lacking).into());
            (missing, context.text("check-bot-lacks", &[about, lacking]))
        }
        Access::NotVisible | Access::OtherServer => {
            (missing, context.text("check-bot-unseen", &[about]))
        }
        Access::Unchecked(_) => {
            (CheckResult::Unchecked, context.text("check-bot-unchecked", &[about]))
        }
    }
}
