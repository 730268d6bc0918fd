//! `/config export` and `/config import`: the settings as a file.

use anyhow::Context;
use tokio::time::Duration;

use super::channel::{holds_no_messages, is_no_announcement_channel, unverified_refusal};
use super::{AdminContext, Answer, change_response, mentions, panel_button, single_page};
use crate::card::{Card, File, Mention, Refusal};
use crate::command::Command;
use crate::digest::{Digest, DigestId, Digests, PlannedDigest};
use crate::guild::settings_file::{self, FILE_BYTES_MAX, SettingsFile};
use crate::guild::{
    Access, Change, ChannelAccess, ChannelId, RoleId, Rule, Settings, permission_names,
};
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const EXPORT: Command = Command::for_moderators("config export", &[]);
pub(super) const IMPORT: Command = Command::for_moderators("config import", &[FILE]);

const FILE: OptionSpec = OptionSpec::new("file", OptionKind::File).required();

const FILE_NAME: &str = "dossier-settings.json";

/// Timeout for checking all channels of a file.
const CHECKS_TIMEOUT: Duration = Duration::from_secs(10);

/// The checks stop after this many channels that Discord refuses.
const REFUSED_MAX: usize = 10;

pub(super) async fn export(context: &AdminContext<'_>, _: &Request) -> Answer {
    let guild = context.guild_context.guild;
    let settings = context.settings().await?;
    let digests = context.store.digests(guild).await?;
    let planned = digests.iter().map(|digest| &digest.planned);
    let content = settings_file::write(guild, &settings, planned).context("write the settings")?;
    let title = context.locale().text("export-title");
    let texts = vec![context.text("export-lead", &[])];
    let card = single_page(title, texts, vec![panel_button(context.catalog)]);
    Ok(Card { file: Some(File { name: FILE_NAME, content }), ..card })
}

pub(super) async fn import(context: &AdminContext<'_>, request: &Request) -> Answer {
    let file = read_file(context).await?;
    let import = Import {
        file: &file,
        settings: &*context.settings().await?,
        digests: &context.store.digests(context.guild_context.guild).await?,
    };
    let posts = import.post_targets();
    let roles = match posts.iter().any(|post| post.role.is_some()) {
        true => context.load_roles().await,
        false => None,
    };
    let mut channels: Vec<(ChannelId, bool)> = Vec::new();
    let posted_in = posts.iter().map(|post| post.channel).chain(import.rules(Rule::Allow));
    let posted_in = posted_in.map(|channel| (channel, true));
    for (channel, posts) in posted_in.chain(import.rules(Rule::Block).map(|one| (one, false))) {
        if !channels.iter().any(|(known, _)| *known == channel) {
            channels.push((channel, posts));
        }
    }
    let access =
        context.check_access_to_all(channels.into_iter(), CHECKS_TIMEOUT, REFUSED_MAX).await;
    let checks = Checks { context, access: &access, roles: roles.as_deref() };
    let faults = |rule| {
        let channels = import.rules(rule);
        channels.filter_map(|channel| checks.fault_of_rule(rule, channel)).collect::<Vec<_>>()
    };
    let mut faults = [faults(Rule::Allow), faults(Rule::Block)].concat();
    faults.extend(posts.iter().flat_map(|post| checks.faults_of_post(post)));
    if !faults.is_empty() {
        return Err(bad_file(faults).into());
    }
    checks.require_verified(&posts)?;
    let digests = file.digests.clone().map(|digests| assign_ids(digests, import.digests));
    let differences = context.change(&Change::All(file.settings.clone(), digests)).await?;
    let mut texts = vec![context.text("import-done", &[("count", differences.len().into())])];
    let mut note = |key, channels: Vec<ChannelId>| {
        if !channels.is_empty() {
            texts.push(context.text(key, &[("channels", mentions(&channels))]));
        }
    };
    let is_unchecked = |one: &&ChannelAccess| {
        matches!(one.access, Access::Unchecked(_))
            && (posts.iter().any(|post| post.channel == one.channel)
                || import.rules(Rule::Allow).any(|channel| channel == one.channel))
    };
    note("config-unchecked", access.iter().filter(is_unchecked).map(|one| one.channel).collect());
    let is_hidden = |channel: &ChannelId| {
        checks.access(*channel).is_some_and(|access| access.access == Access::NotVisible)
    };
    note("config-blocked-unseen", import.rules(Rule::Block).filter(is_hidden).collect());
    change_response(context, request, &differences, texts).await
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

/// A file and the current settings that it replaces.
struct Import<'a> {
    file: &'a SettingsFile,
    settings: &'a Settings,
    digests: &'a [Digest],
}

/// A channel that a digest or failure report would post in after the import, but not before.
struct PostTarget {
    /// The path prefix for errors; empty for the failure channel.
    place: String,
    channel: ChannelId,
    role: Option<RoleId>,
    is_published: bool,
}

impl Import<'_> {
    fn post_targets(&self) -> Vec<PostTarget> {
        let is_new = |planned: &PlannedDigest| {
            !self.digests.iter().any(|digest| digest.planned.plan == planned.plan)
        };
        let channel = self.file.settings.failure_channel;
        let channel = channel.filter(|_| channel != self.settings.failure_channel);
        let failures = channel.map(|channel| PostTarget {
            place: String::new(),
            channel,
            role: None,
            is_published: false,
        });
        let digests = self.file.digests.iter().flatten().enumerate();
        let digests =
            digests.filter(|(_, planned)| is_new(planned)).map(|(number, planned)| PostTarget {
                place: format!("digests[{number}]."),
                channel: planned.plan.channel,
                role: planned.plan.role,
                is_published: planned.plan.publish,
            });
        failures.into_iter().chain(digests).collect()
    }

    /// The channels for which this rule is new.
    fn rules(&self, rule: Rule) -> impl Iterator<Item = ChannelId> {
        let channels = self.file.settings.rules.channels(rule);
        channels.filter(move |channel| self.settings.rules.get(*channel) != Some(rule))
    }
}

/// Checks channels and roles of a file against Discord.
struct Checks<'a> {
    context: &'a AdminContext<'a>,
    access: &'a [ChannelAccess],
    /// The guild's roles; `None` if no role is used or Discord did not list them.
    roles: Option<&'a [RoleId]>,
}

impl Checks<'_> {
    fn access(&self, channel: ChannelId) -> Option<&ChannelAccess> {
        self.access.iter().find(|access| access.channel == channel)
    }

    fn fault_of_rule(&self, rule: Rule, channel: ChannelId) -> Option<String> {
        let fault = match (&self.access(channel)?.access, rule) {
            (Access::OtherServer, _) => "which does not belong to this server.".to_owned(),
            (Access::NotVisible, Rule::Allow) => {
                "which Dossier cannot see: it is gone, or View Channel is missing there.".to_owned()
            }
            (Access::MissingPermissions(lacking), Rule::Allow) => {
                format!("where Dossier lacks: {}.", permission_names(*lacking))
            }
            // Blocking requires no permissions of the bot.
            _ => return None,
        };
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
        if let (Some(role), Some(roles)) = (role, self.roles)
            && !roles.contains(role)
        {
            faults.push(format!("`{place}role` is not a role of this server."));
        }
        if *is_published && kind.is_some_and(is_no_announcement_channel) {
            faults.push(format!(
                "`{place}publish` has to be false: `{place}channel` is not an announcement channel."
            ));
        }
        faults.extend(match access.map(|access| &access.access) {
            Some(Access::MissingPermissions(lacking)) => Some(format!(
                "`{place}{key}` is a channel in which Dossier lacks: {}.",
                permission_names(*lacking)
            )),
            Some(Access::NotVisible) => Some(format!(
                "`{place}{key}` is a channel that Dossier cannot see: it is gone, or View Channel is missing there."
            )),
            Some(Access::OtherServer) => {
                Some(format!("`{place}{key}` is a channel that does not belong to this server."))
            }
            Some(Access::Full | Access::Unchecked(_)) | None => None,
        });
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
/// record of what it has posted.
fn assign_ids(digests: Vec<PlannedDigest>, known: &[Digest]) -> Digests {
    let mut known: Vec<&Digest> = known.iter().collect();
    let number = |planned: PlannedDigest| {
        let same = known.iter().position(|digest| digest.planned.plan == planned.plan);
        let id = match same {
            Some(same) => known.swap_remove(same).id,
            None => DigestId::from_random(fastrand::u64(..)),
        };
        (id, planned)
    };
    digests.into_iter().map(number).collect()
}
