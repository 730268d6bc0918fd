//! The registry: one file per command. From [`ALL`] come dispatch, `/help` and what `dossier ask` understands; from [`SETTINGS`] the
//! subcommands of `/config`.

use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::request::{Loaded, Request};
use crate::text::nearest;

mod lookup;

pub use crate::admin::{
    Imported, PRESSED, ROOT as SETTINGS_ROOT, SETTINGS, digest, imported, panel, posted,
};

macro_rules! commands {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        /// Every command, in the order in which `/help` lists them.
        pub const ALL: &[Command] = &[$($name::COMMAND),*];
    };
}

commands! { demand, timeline, position, proposal, term, place, actor, outlook, article, search, random, help, about }

/// Every command: those for everyone, then those for moderators.
pub fn every() -> impl Iterator<Item = &'static Command> {
    ALL.iter().chain(SETTINGS)
}

/// The command of a name, those too that only buttons run.
pub fn named(name: &str) -> Option<&'static Command> {
    every().chain(PRESSED).find(|command| command.name == name)
}

/// Answers a request.
///
/// # Errors
///
/// A refusal, which says why and what to try instead.
pub fn answer(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    match named(&request.command) {
        Some(command) => (command.run)(catalog, request, loaded),
        None => Err(no_command(&request.command)),
    }
}

/// The refusal where there is no command of a name.
pub fn no_command(asked: &str) -> Refusal {
    let nearest = nearest(asked, ALL.iter().map(|command| command.name));
    Refusal::NoSuchCommand { asked: asked.to_owned(), nearest: nearest.map(Request::new) }
}

/// The refusal where a command has no option of a name.
pub fn no_option(command: &Command, asked: &str) -> Refusal {
    let known = command.options.iter().map(|option| option.name.to_owned()).collect();
    Refusal::NoSuchOption { command: command.name.to_owned(), asked: asked.to_owned(), known }
}
