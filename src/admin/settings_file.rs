//! `/config export` and `/config import`: the settings as a file.

use std::collections::HashMap;

use super::channel::{holds_no_messages, is_no_announcement_channel, unverified_refusal};
use super::log::difference_text;
use super::{AdminContext, AdminResult, confirmation, panel_button, single_page};
use crate::card::{AttachedFile, Card, Mention, Refusal, Text, items_within_limit};
use crate::command::Command;
use crate::digest::{Digest, DigestId, Digests, Plan, PlannedDigest};
use crate::guild::settings_file::{self, FILE_BYTES_MAX, SettingsFile};
use crate::guild::{
    Access, Change, ChannelAccess, ChannelId, RoleId, Rule, SettingValue, Settings,
    permission_names,
};
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const EXPORT: Command = Command::for_moderators("config export", &[]);
pub(super) const IMPORT: Command = Command::for_moderators("config import", &[FILE]);

const FILE: OptionSpec = OptionSpec::new("file", OptionKind::File).required();

const FILE_NAME: &str = "dossier-settings.json";

/// The most channels that a note names. A file may have hundreds.
const NAMED_MAX: usize = 25;

pub(super) async fn export(context: &AdminContext<'_>, _: &Request) -> AdminResult {
    let guild = context.guild_context.guild;
    let settings = context.settings().await?;
    let digests = context.store.digests(guild).await?;
    let planned = digests.iter().map(|digest| &digest.planned);
    let content = settings_file::write(guild, &settings, planned);
    let (texts, controls) =
        (vec![context.text("export-lead", &[])], vec![panel_button(context.catalog)]);
    let card = single_page(context.locale(), "export-title", texts, controls);
    Ok(Card { file: Some(AttachedFile { name: FILE_NAME, content }), ..card })
}

pub(super) async fn import(context: &AdminContext<'_>, _: &Request) -> AdminResult {
    let file = read_file(context).await?;
    let settings = context.settings().await?;
    let digests = context.store.digests(context.guild_context.guild).await?;
    let posts = post_targets(&file, &settings, &digests);
    let has_roles = posts.iter().any(|post| post.role.is_some());
    let roles = if has_roles { context.load_roles().await } else { None };
    let [allowed, blocked] =
        [Rule::Allow, Rule::Block].map(|rule| new_rules(&file.settings, &settings, rule));
    // Those in which is posted come first: after many refusals, the others are not checked.
    let channels = posts.iter().map(|post| &post.channel).chain(&allowed).chain(&blocked);
    let access = context.check_access_to_all(channels.copied()).await;
    let checks = Checks { context, access: &access, roles: roles.as_ref() };
    let faults = |rule, channels: &[ChannelId]| -> Vec<String> {
        channels.iter().filter_map(|channel| checks.fault_of_rule(rule, *channel)).collect()
    };
    let mut faults = [faults(Rule::Allow, &allowed), faults(Rule::Block, &blocked)].concat();
    faults.extend(posts.iter().flat_map(|post| checks.faults_of_post(post)));
    if !faults.is_empty() {
        return Err(bad_file(faults).into());
    }
    checks.require_verified(&posts)?;
    let is_unchecked = |one: &&ChannelAccess| {
        let is_posted_in = posts.iter().any(|post| post.channel == one.channel);
        matches!(one.access, Access::Unchecked(_))
            && (is_posted_in || allowed.contains(&one.channel))
    };
    let unchecked: Vec<ChannelId> =
        access.iter().filter(is_unchecked).map(|one| one.channel).collect();
    let is_hidden = |channel: &ChannelId| {
        checks.access(*channel).is_some_and(|access| access.access == Access::NotVisible)
    };
    let hidden: Vec<ChannelId> = blocked.iter().copied().filter(is_hidden).collect();
    let planned = file.digests.map(|planned| assign_ids(planned, &digests));
    let mut differences = context.change(Change::All(file.settings, planned)).await?;
    differences.sort_by_key(|one| !matches!(one.to, SettingValue::Digest(..)));
    let locale = context.locale();
    let done = context.text("import-done", &[("count", differences.len().into())]);
    let mut card = confirmation(context, &differences, vec![done], panel_button(context.catalog));
    let changes = differences.iter().map(|one| difference_text(locale, one)).collect();
    card.body.extend(items_within_limit(locale, changes));
    for (key, channels) in [("config-unchecked", unchecked), ("config-blocked-unseen", hidden)] {
        if !channels.is_empty() {
            card.body.push(channels_note(context, key, &channels).into());
        }
    }
    Ok(card)
}

/// A sentence about channels, of which it names a limited number.
fn channels_note(context: &AdminContext<'_>, key: &str, channels: &[ChannelId]) -> Text {
    let (named, others) = channels.split_at(channels.len().min(NAMED_MAX));
    let text = context.text(key, &[("channels", named.into())]);
    match others.len() {
        0 => text,
        count => Text::lines(vec![text, context.text("refuse-more", &[("count", count.into())])]),
    }
}

async fn read_file(context: &AdminContext<'_>) -> Result<SettingsFile, Refusal> {
    let attached = context.guild_context.file.as_ref().ok_or(Refusal::new("refuse-no-file"))?;
    if attached.size > FILE_BYTES_MAX as u64 {
        return Err(Refusal::new("refuse-long-file"));
    }
    let content = context.download(attached, FILE_BYTES_MAX).await?;
    settings_file::read(&content, context.guild_context.guild, context.guild_context.now)
        .map_err(bad_file)
}

/// The refusal of an invalid file, with the errors found.
fn bad_file(faults: Vec<String>) -> Refusal {
    let refusal = Refusal::new("refuse-bad-file").with("count", faults.len());
    faults.into_iter().fold(refusal, |refusal, fault| {
        refusal.item("refuse-bad-file.row", vec![("fault", fault.into())])
    })
}

/// A channel that a digest or failure report would post in after the import, but not before.
struct PostTarget {
    /// The path prefix for errors; empty for the failure channel.
    place: String,
    channel: ChannelId,
    role: Option<RoleId>,
    is_published: bool,
}

/// The channels of a file for which this rule is new.
fn new_rules(file: &Settings, settings: &Settings, rule: Rule) -> Vec<ChannelId> {
    let channels = file.rules.channels(rule);
    channels.filter(|channel| settings.rules.get(*channel) != Some(rule)).collect()
}

fn post_targets(file: &SettingsFile, settings: &Settings, digests: &[Digest]) -> Vec<PostTarget> {
    let channel = file.settings.failure_channel;
    let channel = channel.filter(|_| channel != settings.failure_channel);
    let failures = channel.map(|channel| PostTarget {
        place: String::new(),
        channel,
        role: None,
        is_published: false,
    });
    let is_known = |plan: &Plan| digests.iter().any(|digest| digest.plan() == plan);
    let planned = file.digests.iter().flatten().map(|planned| &planned.plan).enumerate();
    let posts = planned.filter(|(_, plan)| !is_known(plan)).map(|(number, plan)| PostTarget {
        place: format!("digests[{number}]."),
        channel: plan.channel,
        role: plan.role,
        is_published: plan.publish,
    });
    failures.into_iter().chain(posts).collect()
}

/// What is wrong with a channel, as the end of a sentence.
fn channel_fault(access: &Access) -> Option<String> {
    Some(match access {
        Access::OtherServer => "a channel that does not belong to this server.".to_owned(),
        Access::NotVisible => {
            "a channel that Dossier cannot see: it is gone, or View Channel is missing there."
                .to_owned()
        }
        Access::MissingPermissions(lacking) => {
            format!("a channel in which Dossier lacks: {}.", permission_names(*lacking))
        }
        Access::Full | Access::Unchecked(_) => return None,
    })
}

/// Checks channels and roles of a file against Discord.
struct Checks<'a> {
    context: &'a AdminContext<'a>,
    access: &'a [ChannelAccess],
    /// The guild's roles; `None` if no role is used or Discord did not list them.
    roles: Option<&'a HashMap<RoleId, bool>>,
}

impl Checks<'_> {
    fn access(&self, channel: ChannelId) -> Option<&ChannelAccess> {
        self.access.iter().find(|access| access.channel == channel)
    }

    fn fault_of_rule(&self, rule: Rule, channel: ChannelId) -> Option<String> {
        let access = &self.access(channel)?.access;
        // Blocking requires no permissions of the bot.
        let is_fault = rule == Rule::Allow || *access == Access::OtherServer;
        let fault = channel_fault(access).filter(|_| is_fault)?;
        Some(format!("`channels.{}` names {channel}, {fault}", rule.name()))
    }

    fn faults_of_post(&self, post: &PostTarget) -> Vec<String> {
        let PostTarget { place, channel, role, is_published } = post;
        let key = if place.is_empty() { "trouble" } else { "channel" };
        let access = self.access(*channel);
        let shown = self.context.guild_context.location(*channel).kind;
        let kind = shown.or_else(|| access.and_then(|access| access.kind));
        if kind.is_some_and(holds_no_messages) {
            return vec![format!(
                "`{place}{key}` is a forum or a category: nothing can be posted in it itself."
            )];
        }
        let mut faults = Vec::new();
        if role.zip(self.roles).is_some_and(|(role, roles)| !roles.contains_key(&role)) {
            faults.push(format!("`{place}role` is not a role of this server."));
        }
        if *is_published && kind.is_some_and(is_no_announcement_channel) {
            faults.push(format!(
                "`{place}publish` must be false: `{place}channel` is not an announcement channel."
            ));
        }
        let fault = access.and_then(|access| channel_fault(&access.access));
        faults.extend(fault.map(|fault| format!("`{place}{key}` is {fault}")));
        faults
    }

    /// Refuses channels and roles that are not confirmed to belong to the guild.
    fn require_verified(&self, posts: &[PostTarget]) -> Result<(), Refusal> {
        let mut unknown: Vec<Mention> = Vec::new();
        for post in posts {
            let is_known = self.access(post.channel).is_some_and(|access| access.is_in_guild);
            let channel = (!is_known).then_some(Mention::Channel(post.channel));
            let role = post.role.map(Mention::Role).filter(|_| self.roles.is_none());
            for mention in channel.into_iter().chain(role) {
                if !unknown.contains(&mention) {
                    unknown.push(mention);
                }
            }
        }
        match unknown.is_empty() {
            true => Ok(()),
            false => Err(unverified_refusal(unknown)),
        }
    }
}

/// Assigns ids to the digests of a file. A digest that already exists keeps its id, and with it the
/// record of what it has posted: an unchanged one, or else one in the same channel.
fn assign_ids(digests: Vec<PlannedDigest>, known: &[Digest]) -> Digests {
    let mut known: Vec<&Digest> = known.iter().collect();
    let mut take = |is_same: &dyn Fn(&Plan) -> bool| {
        let same = known.iter().position(|digest| is_same(digest.plan()))?;
        Some(known.remove(same).id)
    };
    let unchanged: Vec<Option<DigestId>> =
        digests.iter().map(|planned| take(&|plan| *plan == planned.plan)).collect();
    let assign = |(planned, id): (PlannedDigest, Option<DigestId>)| {
        let id = id.or_else(|| take(&|plan| plan.channel == planned.plan.channel));
        (id.unwrap_or_else(|| DigestId::from_random(fastrand::u64(..))), planned)
    };
    digests.into_iter().zip(unchanged).map(assign).collect()
}
