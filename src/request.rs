//! What is asked: a command with its options, before anything is looked up; and the kinds of options that commands take.

use std::fmt;

use jiff::civil::Date;

use crate::catalog::Item;
use crate::content::Kind;
use crate::search::MatchKind;
use crate::text::is_invisible;

/// The most characters of an option's value that are looked at. Discord allows 6,000; a question has a few dozen.
pub const VALUE_CHARS_MAX: usize = 500;

/// The last page that is asked for. No list has as many, and what is counted from it fits into every number.
const PAGE_MAX: usize = 1_000_000;

/// A command with its options, as typed, pressed or chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The command's name.
    pub command: String,
    /// The options by name. Absent and empty mean the same.
    options: Vec<(String, String)>,
    /// A random number, for commands that leave something to chance.
    pub seed: u64,
    /// The application that is asked, where there is one: links that invite it need its id.
    pub application: Option<u64>,
    /// The day of asking, where it is known: a question may name a date relative to it.
    pub today: Option<Date>,
}

/// An option as a command lists it: its name and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its name, as users type it.
    pub name: &'static str,
    /// What it takes.
    pub takes: OptionKind,
    /// Whether the command cannot do without it.
    pub required: bool,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// An entry of a kind, by id, name or in other words.
    Entry(Kind),
    /// An actor who made a proposal.
    Proposer,
    /// A view of an entry.
    View,
    /// A year, month or day.
    Day,
    /// A topic of events.
    Topic,
    /// A kind of entry.
    Kind,
    /// Any words.
    Words,
    /// One of the loaded articles.
    Article,
    /// A page number.
    Page,
    /// Yes or no.
    Flag,
    /// A channel of the server.
    Channel,
    /// A member of the server.
    Member,
    /// A role of the server.
    Role,
    /// A digest of the server.
    Digest,
    /// A time zone.
    Zone,
    /// What a digest posts.
    Content,
    /// Days of the week.
    Days,
    /// A time of the day.
    Time,
    /// A file.
    File,
    /// A number from 0 to this.
    Number(u16),
    /// One of a few words.
    OneOf(&'static [&'static str]),
}

/// An entry that an option named, and how.
#[derive(Clone, Debug)]
pub struct ResolvedEntry<'a> {
    /// The entry.
    pub item: Item<'a>,
    /// What was typed and how it matched, where that was not the entry's own name.
    pub meant: Option<(String, MatchKind)>,
}

/// The view of an entry: `view` of any command that shows one.
pub const VIEW: OptionSpec = OptionSpec { name: "view", takes: OptionKind::View, required: false };

/// The article, where several are loaded: `article` of any command.
pub const ARTICLE: OptionSpec =
    OptionSpec { name: "article", takes: OptionKind::Article, required: false };

/// The page of a card: what its next and previous buttons change.
pub const PAGE: OptionSpec = OptionSpec { name: "page", takes: OptionKind::Page, required: false };

/// Whether the answer is shown to the caller alone.
pub const PRIVATE: OptionSpec =
    OptionSpec { name: "private", takes: OptionKind::Flag, required: false };

/// The options that every command takes besides its own.
pub static COMMON: [OptionSpec; 3] = [ARTICLE, PAGE, PRIVATE];

impl Request {
    /// A request without options.
    pub fn new(command: &str) -> Self {
        Self { command: command.to_owned(), ..Self::default() }
    }

    /// The same with an option set; an empty value takes the option away.
    ///
    /// A value is a stranger's text: what cannot be seen is taken out of it, and it is held to [`VALUE_CHARS_MAX`].
    pub fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let seen = value
            .as_ref()
            .chars()
            .map(|character| if is_invisible(character) { ' ' } else { character })
            .take(VALUE_CHARS_MAX);
        let value = seen.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        self.options.retain(|(one, _)| one != name);
        if !value.is_empty() {
            self.options.push((name.to_owned(), value));
        }
        self
    }

    /// The same with a random number, the application that is asked, and the day of asking.
    #[must_use]
    pub fn seeded(self, seed: u64, application: Option<u64>, today: Date) -> Self {
        Self { seed, application, today: Some(today), ..self }
    }

    /// The same on another page; the first needs no saying.
    pub fn at_page(self, page: usize) -> Self {
        let page = if page > 1 { page.to_string() } else { String::new() };
        self.with(PAGE.name, page)
    }

    /// The value of an option.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// The options with their values.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the answer is for the caller alone: whatever is given for it but no is taken as yes, as that can be undone.
    pub fn is_private(&self) -> bool {
        let given = self.option(PRIVATE.name);
        given.is_some_and(|given| !given.eq_ignore_ascii_case("false"))
    }

    /// The page asked for, from 1.
    pub fn page(&self) -> usize {
        self.option(PAGE.name).and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, PAGE_MAX)
    }
}

/// A request as a person would type it.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.command)?;
        self.options.iter().try_for_each(|(name, value)| write!(f, " {name}:{value}"))
    }
}

impl OptionSpec {
    /// An option that takes this.
    pub const fn new(name: &'static str, takes: OptionKind) -> Self {
        Self { name, takes, required: false }
    }

    /// The same, if the command cannot do without it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}
