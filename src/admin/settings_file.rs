//! `/config export` and `/config import`: the settings as a file.

use super::{changed, differences, mentions, to_panel};
use crate::card::{Answer, Card, Effect, File, Mention, Paragraph, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::digest::{Digest, DigestId, Digests, Planned};
use crate::guild::settings_file::Portable;
use crate::guild::{Change, ChannelId, ChannelKind, GuildId, RoleId, Rule};
use crate::request::{
    Access, ChannelAccess, FileFault, Loaded, Needs, OptionKind, OptionSpec, Request,
};

pub(super) const EXPORT: Command = Command {
    name: "config export",
    audience: Audience::Moderators,
    options: &[],
    needs: Needs::DIGESTS,
    run: export,
};

pub(super) const IMPORT: Command = Command {
    name: "config import",
    options: &[FILE],
    needs: Needs::FILE.and(Needs::DIGESTS),
    run: import,
    ..EXPORT
};

const FILE: OptionSpec = OptionSpec::new("file", OptionKind::File).required();

/// The name of the file.
const NAME: &str = "dossier-settings.json";

fn export(catalog: &Catalog, _: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let guild = loaded.occasion()?.guild;
    let digests = loaded.digests.iter().map(|digest| &digest.planned);
    let card = Card {
        title: catalog.locale().say("export-title"),
        body: vec![Paragraph::words(catalog.locale().say("export-lead"))],
        page: (1, 1),
        controls: vec![to_panel(catalog)],
        ..Card::default()
    };
    Ok(Answer {
        card,
        effect: Some(Effect::Attach(File {
            name: NAME,
            content: crate::guild::settings_file::write(guild, &loaded.settings, digests),
        })),
        redraws: None,
    })
}

fn import(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let read = read(loaded, loaded.occasion()?.guild)?;
    let (faults, unchecked) = faults(&read, loaded)?;
    if !faults.is_empty() {
        return Err(Refusal::BadFile(faults));
    }
    let unverified = unverified(&read, loaded)?;
    if !unverified.is_empty() {
        return Err(Refusal::Unverified(unverified));
    }
    let digests = read.digests.map(|digests| numbered(digests, loaded));
    let change = Change::All(read.settings, digests);
    let count = differences(&change, loaded).len();
    let locale = catalog.locale();
    let mut said = vec![locale.say_with("import-done", &[("count", count.into())]).into()];
    if !unchecked.is_empty() {
        let fillings = [("channels", mentions(&unchecked))];
        said.push(Text::say(locale, "config-unchecked", &fillings));
    }
    Ok(changed(catalog, request, loaded, change, said))
}

/// What is in the file that came along.
fn read(loaded: &Loaded, guild: GuildId) -> Result<Portable, Refusal> {
    let missing = Err(FileFault::Missing);
    let file = loaded.file.as_ref().unwrap_or(&missing);
    let file = file.as_ref().map_err(|fault| Refusal::NoFile(*fault))?;
    crate::guild::settings_file::read(file, guild).map_err(Refusal::BadFile)
}

/// What a file names that is not set yet.
#[derive(Default)]
pub struct Imported {
    /// The channels that something would be posted in.
    pub posts: Vec<ChannelId>,
    /// The other channels, for which there would be a rule.
    pub rules: Vec<ChannelId>,
    /// Whether a role would be mentioned.
    pub mentions_role: bool,
}

/// What the file that came along names; nothing where it cannot be read.
pub fn imported(loaded: &Loaded, guild: GuildId) -> Imported {
    let Ok(read) = read(loaded, guild) else {
        return Imported::default();
    };
    let mut imported = Imported::default();
    for post in posts(&read, loaded) {
        imported.mentions_role |= post.role.is_some();
        if !imported.posts.contains(&post.channel) {
            imported.posts.push(post.channel);
        }
    }
    let rules = ruled(&read, loaded).map(|(_, channel)| channel);
    imported.rules = rules.filter(|channel| !imported.posts.contains(channel)).collect();
    imported
}

/// What a file has posted and is not yet.
struct Post {
    /// The place in the file that says so; empty for the channel of failures.
    place: String,
    channel: ChannelId,
    role: Option<RoleId>,
    is_published: bool,
}

fn posts(read: &Portable, loaded: &Loaded) -> Vec<Post> {
    let is_there = |planned: &Planned| {
        let mut there = loaded.digests.iter();
        there.any(|digest| digest.planned.plan == planned.plan)
    };
    let trouble = read.settings.trouble;
    let trouble = trouble.filter(|_| trouble != loaded.settings.trouble);
    let trouble = trouble.map(|channel| Post {
        place: String::new(),
        channel,
        role: None,
        is_published: false,
    });
    let digests = read.digests.iter().flatten().enumerate();
    let digests = digests.filter(|(_, planned)| !is_there(planned));
    let digests = digests.map(|(number, planned)| Post {
        place: format!("digests[{number}]."),
        channel: planned.plan.channel,
        role: planned.plan.role,
        is_published: planned.plan.publish,
    });
    trouble.into_iter().chain(digests).collect()
}

/// The channels of a file for which there is no rule yet, with what the file has for them.
fn ruled<'a>(
    read: &'a Portable,
    loaded: &'a Loaded,
) -> impl Iterator<Item = (Rule, ChannelId)> + 'a {
    let rules = read.settings.rules.iter();
    let new = rules.filter(|(channel, _)| loaded.settings.rules.of(*channel).is_none());
    new.map(|(channel, rule)| (rule, channel))
}

/// The channels that something would be posted in and the roles that would be mentioned of which Discord did not say that they belong
/// to the server.
fn unverified(read: &Portable, loaded: &Loaded) -> Result<Vec<Mention>, Refusal> {
    let is_known = |channel: ChannelId| {
        let mut known = loaded.access.iter().filter(|reach| reach.is_of_guild);
        known.any(|reach| reach.channel == channel)
    };
    let mut unverified = Vec::new();
    for post in posts(read, loaded) {
        let channel = Mention::Channel(post.channel);
        if !is_known(post.channel) && !unverified.contains(&channel) {
            unverified.push(channel);
        }
        let role = post.role.map(Mention::Role).filter(|_| loaded.roles.is_none());
        unverified.extend(role.filter(|role| !unverified.contains(role)));
    }
    Ok(unverified)
}

/// What is known to be wrong with the channels of a file, as far as that is found out elsewhere before a digest is saved; and those
/// of which it could not be found out.
fn faults(read: &Portable, loaded: &Loaded) -> Result<(Vec<String>, Vec<ChannelId>), Refusal> {
    let (mut faults, mut unchecked) = (Vec::new(), Vec::new());
    for (rule, channel) in ruled(read, loaded) {
        let mut reaches = loaded.access.iter();
        let is_other = |reach: &ChannelAccess| reach.access == Access::OtherServer;
        if reaches.any(|reach| reach.channel == channel && is_other(reach)) {
            faults.push(format!(
                "`channels.{}` names {channel}, which does not belong to this server.",
                rule.name()
            ));
        }
    }
    for Post { place, channel, role, is_published } in posts(read, loaded) {
        let key = if place.is_empty() { "trouble" } else { "channel" };
        let kind = loaded.kind(channel)?;
        if matches!(kind, ChannelKind::Forum | ChannelKind::Category) {
            faults.push(format!(
                "`{place}{key}` is a forum or a category: nothing can be posted in it itself."
            ));
            continue;
        }
        if let (Some(role), Some(roles)) = (role, &loaded.roles)
            && !roles.contains(&role)
        {
            faults.push(format!("`{place}role` is no role of this server."));
        }
        if is_published && !matches!(kind, ChannelKind::Announcement | ChannelKind::Other) {
            faults.push(format!(
                "`{place}publish` has to be false: `{place}channel` is no announcement channel."
            ));
        }
        let reach = loaded.access.iter().find(|reach| reach.channel == channel);
        match reach.map(|reach| &reach.access) {
            Some(Access::Full) => {}
            Some(Access::Lacks(lacking)) => {
                let names: Vec<&str> = lacking.iter().map(|one| one.name()).collect();
                faults.push(format!(
                    "`{place}{key}` is a channel in which Dossier lacks: {}.",
                    names.join(", ")
                ));
            }
            Some(Access::NotVisible) => faults.push(format!(
                "`{place}{key}` is a channel that Dossier cannot see: it is gone, or View Channel is missing there."
            )),
            Some(Access::OtherServer) => faults
                .push(format!("`{place}{key}` is a channel that does not belong to this server.")),
            Some(Access::Unchecked(_)) | None if unchecked.contains(&channel) => {}
            Some(Access::Unchecked(_)) | None => unchecked.push(channel),
        }
    }
    Ok((faults, unchecked))
}

/// The digests of a file with their numbers: those that are there already keep theirs, and with it what they have shown.
fn numbered(digests: Vec<Planned>, loaded: &Loaded) -> Digests {
    let mut there: Vec<&Digest> = loaded.digests.iter().collect();
    let mut all = Digests::new();
    for (place, planned) in (0_u64..).zip(digests) {
        let same = there.iter().position(|digest| digest.planned.plan == planned.plan);
        let id = match same {
            Some(same) => there.swap_remove(same).id,
            // What is drawn is wider than the list is long.
            None => DigestId::from_random(loaded.chance.wrapping_add(place << 12)),
        };
        all.insert(id, planned);
    }
    all
}
