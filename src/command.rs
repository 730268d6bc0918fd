//! The shape of a command: a name, its options, and how the values of options are read.

mod dates;
mod options;

use crate::request::{COMMON, OptionSpec};

pub use dates::read_period;
pub use options::{EntryOption, not_found, refuse_later, too_late};

/// A slash command as Discord lists it. Its sentences are `command-<name>` in `data/lang`, with an attribute for each option.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// A subcommand has the names of its command and of its group before its own.
    pub name: &'static str,
    pub audience: Audience,
    /// In the order in which they are offered. A bare word is the value of the first.
    pub options: &'static [OptionSpec],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everyone, everywhere.
    Everyone,
    /// Those who manage the server, in the server; the answers are for the one who asked alone.
    Moderators,
}

impl Command {
    /// A command for everyone.
    pub const fn new(name: &'static str, options: &'static [OptionSpec]) -> Self {
        Self { name, audience: Audience::Everyone, options }
    }

    /// A command for moderators.
    pub const fn for_moderators(name: &'static str, options: &'static [OptionSpec]) -> Self {
        Self { name, audience: Audience::Moderators, options }
    }

    /// Its own option of this name, or the one that every command takes.
    pub fn option(&self, name: &str) -> Option<&'static OptionSpec> {
        self.options.iter().chain(&COMMON).find(|option| option.name.eq_ignore_ascii_case(name))
    }

    /// The first word of its name, by which it is registered.
    pub fn root(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }

    /// The key of its sentences.
    pub fn key(&self) -> String {
        format!("command-{}", self.name.replace(' ', "-"))
    }
}
