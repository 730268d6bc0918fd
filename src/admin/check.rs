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

/// How a sentence counts for the verdict. Problems are shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum CheckResult {
    Problem,
    Unchecked,
    Fine,
}

type Findings = Vec<(CheckResult, Text)>;

/// What is checked, and the arguments shared by all messages: channel and member.
struct Check<'a> {
    context: &'a AdminContext<'a>,
    about: [(&'static str, Argument<'static>); 2],
}

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
    let member = member.unwrap_or(context.guild_context.member);
    let about = [
        ("channel", Mention::Channel(location.channel).into()),
        ("member", Mention::Member(member).into()),
    ];
    let check = Check { context, about };
    let mut findings = check.rule_findings(&settings, &location);
    // Discord sends the member's permissions for the interaction's channel only.
    findings.extend(check.permission_findings(here.channel == location.channel));
    findings.extend(check.integration_findings(rights));
    let posts_here = settings.failure_channel == Some(location.channel)
        || digests.iter().any(|digest| digest.plan().channel == location.channel);
    findings.push(check.bot_finding(&access, posts_here));
    findings.sort_by_key(|(finding, _)| *finding);
    let title = verdict(context.locale(), &findings);
    let texts = findings.into_iter().map(|(_, text)| text);
    let body = [check.text("check-about", None)].into_iter().chain(texts).map(Paragraph::from);
    let controls = vec![panel_button(context.catalog)];
    Ok(Card { controls, ..Card::new(title, body.collect()) })
}

fn verdict(locale: &Locale, findings: &Findings) -> String {
    let count = |what: CheckResult| findings.iter().filter(|(finding, _)| *finding == what).count();
    match (count(CheckResult::Problem), count(CheckResult::Unchecked)) {
        (0, 0) => locale.text("check-works"),
        (0, _) => locale.text("check-works-perhaps"),
        (problems, _) => locale.text_with("check-problems", &[("count", problems.into())]),
    }
}

impl Check<'_> {
    /// Formats a message, with one more argument if it has one.
    fn text(&self, key: &str, argument: Option<(&'static str, Argument<'static>)>) -> Text {
        let arguments: Vec<_> = self.about.iter().cloned().chain(argument).collect();
        self.context.text(key, &arguments)
    }

    /// The rule that applies, and how to change it.
    fn rule_findings(&self, settings: &Settings, location: &ChannelInfo) -> Findings {
        let Some(decision) = location.decide(settings) else {
            let (finding, key) = match location.path.category {
                Category::NotVisible => (CheckResult::Problem, "check-no-category"),
                _ => (CheckResult::Unchecked, "check-category-unchecked"),
            };
            return vec![(finding, self.text(key, None))];
        };
        let (key, ruled) = match decision {
            Decision::NoRules => ("check-no-rules", None),
            Decision::NotBlocked => ("check-not-blocked", None),
            Decision::NotAllowed => ("check-not-allowed", None),
            Decision::ByRule(Rule::Allow, by) => ("check-allowed", Some(by)),
            Decision::ByRule(Rule::Block, by) => ("check-blocked", Some(by)),
        };
        let decided = self.text(key, ruled.map(|by| ("ruled", Mention::Channel(by).into())));
        let consequence = match decision.can_post() {
            true => pace_text(self.context.catalog, settings.pace),
            false => elsewhere_text(self.context.catalog, settings.elsewhere),
        };
        vec![(CheckResult::Fine, decided), (CheckResult::Fine, consequence)]
    }

    /// The permissions that the member would need to use the commands.
    fn permission_findings(&self, is_here: bool) -> Findings {
        let granted = self.context.guild_context.subject.permissions;
        let mut findings = Vec::new();
        if let Some(granted) = granted.filter(|granted| is_here && !granted.administrator()) {
            let needed = Permissions::VIEW_CHANNEL | Permissions::USE_APPLICATION_COMMANDS;
            let lacking = needed.difference(granted);
            if !lacking.is_empty() {
                let names = ("permissions", permission_names(lacking).into());
                findings.push((CheckResult::Problem, self.text("check-member-lacks", Some(names))));
            }
        }
        if !can_manage_server(granted) {
            findings.push((CheckResult::Fine, self.text("check-config", None)));
        }
        findings
    }

    /// The command permissions of Server Settings, Integrations.
    fn integration_findings(&self, rights: Option<CommandRights>) -> Findings {
        let Some(CommandRights { denied_by, exceptions }) = rights else {
            return vec![(CheckResult::Unchecked, self.text("check-rights-unchecked", None))];
        };
        let (key, by) = match denied_by {
            None => ("check-rights", None),
            Some(Denial::Channel(one)) => ("check-denied-channel", Some(Mention::Channel(one))),
            Some(Denial::AllChannels) => ("check-denied-all-channels", None),
            Some(Denial::Member) => ("check-denied-member", None),
            Some(Denial::Role(role)) => ("check-denied-role", Some(Mention::Role(role))),
            Some(Denial::Everyone) => ("check-denied-everyone", None),
        };
        let denied = self.text(key, by.map(|by| ("by", by.into())));
        let (finding, exceptions_finding, exceptions_key) = match denied_by {
            Some(_) => (CheckResult::Problem, CheckResult::Fine, "check-others-may"),
            None => (CheckResult::Fine, CheckResult::Problem, "check-others-may-not"),
        };
        let mut findings = vec![(finding, denied)];
        if !exceptions.is_empty() {
            let names: Vec<String> = exceptions.iter().map(|name| format!("/{name}")).collect();
            let commands = ("commands", names.join(", ").into());
            findings.push((exceptions_finding, self.text(exceptions_key, Some(commands))));
        }
        findings
    }

    /// Answers to commands need no permission of the bot, so a missing one is a problem only where it
    /// is set to post.
    fn bot_finding(&self, access: &ChannelAccess, posts_here: bool) -> (CheckResult, Text) {
        let missing = if posts_here { CheckResult::Problem } else { CheckResult::Fine };
        let (finding, key) = match access.access {
            Access::Full => match access.kind {
                Some(ChannelType::Category) => (CheckResult::Fine, "check-bot-category"),
                Some(kind) if is_forum(kind) => (CheckResult::Fine, "check-bot-forum"),
                _ => (CheckResult::Fine, "check-bot"),
            },
            Access::MissingPermissions(lacking) => {
                let lacking = ("permissions", permission_names(lacking).into());
                return (missing, self.text("check-bot-lacks", Some(lacking)));
            }
            Access::NotVisible | Access::OtherServer => (missing, "check-bot-unseen"),
            Access::Unchecked(_) => (CheckResult::Unchecked, "check-bot-unchecked"),
        };
        (finding, self.text(key, None))
    }
}
