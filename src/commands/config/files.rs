//! `/config export` and `/config import`: the settings as a file.

use super::{changed, to_panel};
use crate::answer::{Answer, Card, Effect, File, Paragraph, Refusal};
use crate::command::{Audience, Command};
use crate::guild::{Change, portable};
use crate::library::Library;
use crate::request::{FileFault, Loaded, Needs, Opt, Request, Takes};

pub(super) const EXPORT: Command = Command {
    name: "config export",
    audience: Audience::Moderators,
    options: &[],
    needs: Needs::SETTINGS,
    run: export,
};

pub(super) const IMPORT: Command = Command {
    name: "config import",
    options: &[FILE],
    needs: Needs::FILE,
    run: import,
    ..EXPORT
};

const FILE: Opt = Opt::new("file", Takes::File).required();

/// The name of the file.
const NAME: &str = "dossier-settings.json";

fn export(library: &Library, _: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let guild = loaded.occasion()?.guild;
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
            content: portable::write(guild, &loaded.settings),
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
    let settings = portable::read(file, guild).map_err(Refusal::BadFile)?;
    let change = Change::All(settings);
    let count = change.differences(&loaded.settings).len();
    let said = library
        .lang()
        .say_with("import-done", &[("count", count.into())]);
    Ok(changed(library, request, loaded, change, vec![said.into()]))
}
