//! The commands: one file each, or one row of `lookup`. From [`ALL`] come dispatch, `/help` and what `dossier ask` understands.

use crate::card::{Card, Refusal};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::content::Kind;
use crate::request::Request;
use crate::text::nearest;

pub use crate::admin::{PRESSED, ROOT as SETTINGS_ROOT, SETTINGS};

mod about;
mod help;
mod lookup;
mod period;
mod position;
mod proposal;
mod random;
mod search;
mod timeline;

macro_rules! commands {
    ($($command:path => $run:path),* $(,)?) => {
        /// The commands for everyone, in the order in which `/help` lists them.
        pub const ALL: &[Command] = &[$($command),*];

        /// Answers a request.
        ///
        /// # Errors
        ///
        /// A refusal, which says why and what to try instead.
        pub fn answer(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
            match request.command.as_str() {
                $(name if name == $command.name => $run(catalog, request),)*
                name => Err(no_command(name)),
            }
        }
    };
}

commands! {
    lookup::DEMAND => lookup::run,
    timeline::COMMAND => timeline::run,
    position::COMMAND => position::run,
    proposal::COMMAND => proposal::run,
    lookup::TERM => lookup::run,
    lookup::PLACE => lookup::run,
    lookup::ACTOR => lookup::run,
    lookup::OUTLOOK => lookup::run,
    lookup::ARTICLE => lookup::run,
    search::COMMAND => search::run,
    random::COMMAND => random::run,
    help::COMMAND => help::run,
    about::COMMAND => about::run,
}

/// Every command that is registered: those for everyone, then the subcommands of `/config`.
pub fn every() -> impl Iterator<Item = &'static Command> {
    ALL.iter().chain(SETTINGS)
}

/// The command of a name, including those that only buttons run.
pub fn named(name: &str) -> Option<&'static Command> {
    every().chain(PRESSED).find(|command| command.name == name)
}

/// The refusal where there is no command of a name.
pub fn no_command(asked: &str) -> Refusal {
    match nearest(asked, ALL.iter().map(|command| command.name)) {
        Some(near) => {
            Refusal::new("refuse-no-command-but").asked(asked).with("near", format!("/{near}"))
        }
        None => Refusal::new("refuse-no-command").asked(asked),
    }
}

/// The refusal where a command has no option of a name.
pub fn no_option(command: &Command, asked: &str) -> Refusal {
    let known: Vec<&str> = command.options.iter().map(|option| option.name).collect();
    let refusal = match known.is_empty() {
        true => Refusal::new("refuse-no-options"),
        false => Refusal::new("refuse-no-option").with("known", known.join(", ")),
    };
    refusal.with("command", command.name).asked(asked)
}

/// The refusal where the loaded articles have no entry of a kind.
fn nothing_of_kind(kind: Kind) -> Refusal {
    Refusal::new("refuse-nothing-of-kind").with("kind", kind.name())
}
