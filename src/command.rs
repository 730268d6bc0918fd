//! The shape of a command: a name, its options, and a function from what is asked to what is said.

use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::request::{COMMON, Loaded, Needs, OptionSpec, Request};

/// A slash command, as data. Its sentences are `command-<name>` in `data/lang`, with an attribute for each option.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The name that users type; a subcommand has that of its command, and of its group, before it.
    pub name: &'static str,
    /// Whom it is for.
    pub audience: Audience,
    /// Its options, in the order in which they are offered. A bare word is the first.
    pub options: &'static [OptionSpec],
    /// What is to be loaded before it runs.
    pub needs: Needs,
    /// Answers a request. It reads nothing but its arguments.
    pub run: fn(&Catalog, &Request, &Loaded) -> Result<Answer, Refusal>,
}

/// Whom a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everyone, everywhere.
    Everyone,
    /// Those who may manage the server, in the server; the answers are for the one who asked alone.
    Moderators,
}

impl Command {
    /// Its option of this name, or the one that every command takes.
    pub fn option(&self, name: &str) -> Option<&'static OptionSpec> {
        self.options.iter().chain(&COMMON).find(|option| option.name.eq_ignore_ascii_case(name))
    }

    /// The name that it is registered by: the first of its words.
    pub fn root(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }

    /// The key of its sentences.
    pub fn key(&self) -> String {
        format!("command-{}", self.name.replace(' ', "-"))
    }
}
