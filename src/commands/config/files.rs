//! `/config export` and `/config import`: the settings as a file.

use super::{changed, differences, to_panel};
use crate::answer::{Answer, Card, Effect, File, Paragraph, Refusal};
use crate::command::{Audience, Command};
use crate::guild::{Change, Digest, DigestId, Digests, Planned, portable};
use crate::library::Library;
use crate::request::{FileFault, Loaded, Needs, Opt, Request, Takes};

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

const FILE: Opt = Opt::new("file", Takes::File).required();

/// The name of the file.
const NAME: &str = "dossier-settings.json";

fn export(library: &Library, _: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let guild = loaded.occasion()?.guild;
    let digests = loaded.digests.iter().map(|digest| &digest.planned);
    let card = Card {
        title: library.lang().say("export-title"),
        body: vec![Paragraph::words(library.lang().say("export-lead"))],
        page: (1, 1),
        controls: vec![to_panel(library)],
        ..Card::default()
    };
    Ok(Answer {
        card,
        effect: Some(Effect::Attach(File {
            name: NAME,
            content: portable::write(guild, &loaded.settings, digests),
        })),
        redraws: None,
    })
}

fn import(library: &Library, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let guild = loaded.occasion()?.guild;
    let file = loaded
        .file
        .as_ref()
        .ok_or(Refusal::NoFile(FileFault::Missing))?;
    let file = file.as_ref().map_err(|fault| Refusal::NoFile(*fault))?;
    let read = portable::read(file, guild).map_err(Refusal::BadFile)?;
    let digests = read.digests.map(|digests| numbered(digests, loaded));
    let change = Change::All(read.settings, digests);
    let count = differences(&change, loaded).len();
    let said = library
        .lang()
        .say_with("import-done", &[("count", count.into())]);
    Ok(changed(library, request, loaded, change, vec![said.into()]))
}

/// The digests of a file with their numbers: those that are there already keep theirs, and with it what they have shown.
fn numbered(digests: Vec<Planned>, loaded: &Loaded) -> Digests {
    let mut there: Vec<&Digest> = loaded.digests.iter().collect();
    let mut all = Digests::new();
    for (place, planned) in (0_u64..).zip(digests) {
        let same = there
            .iter()
            .position(|digest| digest.planned.plan == planned.plan);
        let id = match same {
            Some(same) => there.swap_remove(same).id,
            // What is drawn is wider than the list is long.
            None => DigestId::drawn(loaded.chance.wrapping_add(place << 12)),
        };
        all.insert(id, planned);
    }
    all
}
