//! The commands, each in its own file or as a row of `lookup`. [`ALL`] is the source for dispatch,
//! `/help` and `dossier ask`.

use crate::card::{Card, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::content::Kind;
use crate::request::Request;
use crate::text::nearest;

pub use crate::admin::{PRESSED, ROOT as SETTINGS_ROOT, SETTINGS};

mod about;
mod help;
mod lookup;
mod matrix;
mod period;
mod position;
mod proposal;
mod random;
pub(crate) mod search;
mod timeline;

macro_rules! commands {
    ($($command:path => $run:path),* $(,)?) => {
        /// The commands available to everyone, in the order of `/help`.
        pub const ALL: &[Command] = &[$($command),*];

        /// Runs a command.
        pub fn answer(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
            match request.command.as_str() {
                $(name if name == $command.name => $run(catalog, request),)*
                name => Err(unknown_command(name)),
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

/// All registered commands: those for everyone, then the subcommands of `/config`.
pub fn iter() -> impl Iterator<Item = &'static Command> {
    ALL.iter().chain(SETTINGS)
}

/// Finds a command by name, including those that only buttons run.
pub fn find(name: &str) -> Option<&'static Command> {
    iter().chain(PRESSED).find(|command| command.name == name)
}

/// The refusal of an unknown command.
pub fn unknown_command(input: &str) -> Refusal {
    match nearest(input, ALL.iter().map(|command| command.name)) {
        Some(near) => {
            Refusal::new("refuse-no-command-but").input(input).with("near", format!("/{near}"))
        }
        None => Refusal::new("refuse-no-command").input(input),
    }
}

/// The refusal of an unknown option.
pub fn unknown_option(command: &Command, input: &str) -> Refusal {
    let known: Vec<&str> = command.options.iter().map(|option| option.name).collect();
    let refusal = match known.is_empty() {
        true => Refusal::new("refuse-no-options"),
        false => Refusal::new("refuse-no-option").with("known", known.join(", ")),
    };
    refusal.with("command", command.name).input(input)
}

/// The refusal if the loaded articles have no entry of a kind.
fn no_entries(kind: Kind) -> Refusal {
    Refusal::new("refuse-nothing-of-kind").with("kind", kind.name())
}

/// The note that a request's options for lists do not apply to the one entry that is shown.
fn unused_options(catalog: &Catalog, request: &Request, names: &[&str]) -> Option<Text> {
    let given = names.iter().filter(|name| request.option(name).is_some());
    let given: Vec<String> = given.map(|name| format!("“{name}”")).collect();
    let values = [("count", given.len().into()), ("options", given.join(", ").into())];
    (!given.is_empty()).then(|| catalog.locale().text_with("options-unused", &values).into())
}
