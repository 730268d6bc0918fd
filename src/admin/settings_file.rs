//! `/config export` and `/config import`: the settings as a file.

use super::{changed, differences, mentions, to_panel};
use crate::card::{Answer, Card, Effect, File, Paragraph, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::digest::{Digest, DigestId, Digests, Planned};
use crate::guild::settings_file::Portable;
use crate::guild::{Change, ChannelId, ChannelKind, GuildId};
use crate::request::{Access, FileFault, Loaded, Needs, OptionKind, OptionSpec, Request};

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

/// The channels that something would be posted in by the file that came along, and is not yet.
pub fn imported(loaded: &Loaded, guild: GuildId) -> Vec<ChannelId> {
    let Ok(read) = read(loaded, guild) else {
        return Vec::new();
    };
    let mut channels = Vec::new();
    for (_, channel, _) in posts(&read, loaded) {
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    channels
}

/// What a file has posted and is not yet: at which place it says so, in which channel, and whether it is to be published.
fn posts(read: &Portable, loaded: &Loaded) -> Vec<(String, ChannelId, bool)> {
    let is_there = |planned: &Planned| {
        let mut there = loaded.digests.iter();
        there.any(|digest| digest.planned.plan == planned.plan)
    };
    let trouble = read.settings.trouble;
    let trouble = trouble.filter(|_| trouble != loaded.settings.trouble);
    let trouble = trouble.map(|channel| (String::new(), channel, false));
    let digests = read.digests.iter().flatten().enumerate();
    let digests = digests.filter(|(_, planned)| !is_there(planned));
    let digests = digests.map(|(number, planned)| {
        let plan = &planned.plan;
        (format!("digests[{number}]."), plan.channel, plan.publish)
    });
    trouble.into_iter().chain(digests).collect()
}

/// What is known to be wrong with the channels of a file, as far as that is found out elsewhere before a digest is saved; and those
/// of which it could not be found out.
fn faults(read: &Portable, loaded: &Loaded) -> Result<(Vec<String>, Vec<ChannelId>), Refusal> {
    let (mut faults, mut unchecked) = (Vec::new(), Vec::new());
    for (place, channel, publish) in posts(read, loaded) {
        let key = if place.is_empty() { "trouble" } else { "channel" };
        let kind = loaded.kind(channel)?;
        if matches!(kind, ChannelKind::Forum | ChannelKind::Category) {
            faults.push(format!(
                "`{place}{key}` is a forum or a category: nothing can be posted in it itself."
            ));
            continue;
        }
        if publish && !matches!(kind, ChannelKind::Announcement | ChannelKind::Other) {
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
            None => DigestId::drawn(loaded.chance.wrapping_add(place << 12)),
        };
        all.insert(id, planned);
    }
    all
}
