//! The definition of a command: its name, its options, and how their values are parsed.

mod dates;
mod options;

use crate::request::{COMMON, OptionSpec};

pub use dates::{Bounds, read_end, read_start, split_period};
pub use options::{
    no_period, not_found, read_period, refuse_uncovered_date, uncovered_date_refusal,
};

/// A slash command. Its texts are `command-<name>` in `data/lang`, with an attribute per option.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The full name: a subcommand includes its command and group.
    pub name: &'static str,
    pub audience: Audience,
    /// In display order. In the terminal, a bare word is the value of the first.
    pub options: &'static [OptionSpec],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everyone, in all contexts.
    Everyone,
    /// Members with Manage Server, in a guild; answers are ephemeral.
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

    /// The option with this name, including those that every command takes.
    pub fn option(&self, name: &str) -> Option<&'static OptionSpec> {
        self.options.iter().chain(&COMMON).find(|option| option.name.eq_ignore_ascii_case(name))
    }

    /// The first word of its name, under which it is registered.
    pub fn root(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }

    /// The Fluent key of its texts.
    pub fn key(&self) -> String {
        format!("command-{}", self.name.replace(' ', "-"))
    }
}
