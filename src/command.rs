//! The shape of a command: a name, its options, and a function from what is asked to what is said.

use crate::answer::{Answer, Refusal};
use crate::library::Library;
use crate::request::{COMMON, Opt, Request};

/// A slash command, as data. Its sentences are `command-<name>` in `data/lang`, with an attribute for each option.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The name that users type.
    pub name: &'static str,
    /// Its options, in the order in which they are offered. A bare word is the first.
    pub options: &'static [Opt],
    /// Answers a request. It reads nothing but its arguments.
    pub run: fn(&Library, &Request) -> Result<Answer, Refusal>,
}

impl Command {
    /// Its option of this name, or the one that every command takes.
    pub fn option(&self, name: &str) -> Option<&'static Opt> {
        self.options
            .iter()
            .chain(&COMMON)
            .find(|option| option.name.eq_ignore_ascii_case(name))
    }
}
