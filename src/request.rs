//! Requests: a command with its options, before anything is looked up; and the types of options.

use std::fmt;

use jiff::civil::Date;

use crate::catalog::Item;
use crate::content::Kind;
use crate::guild::ChannelType;
use crate::search::MatchKind;
use crate::text::is_invisible;

/// Maximum length of an option value in characters; the rest is cut off. Discord allows 6,000, but
/// real questions have a few dozen.
pub const VALUE_CHARS_MAX: usize = 500;

/// Maximum page number. Larger than any list needs, and small enough that page arithmetic cannot
/// overflow.
const PAGE_MAX: usize = 1_000_000;

/// A command with its options, from a slash command, a component or the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub command: String,
    /// Options by name. An empty value is the same as an absent option.
    options: Vec<(String, String)>,
    /// A random seed, for commands with a random result.
    pub seed: u64,
    /// The id of the Discord application, if any; invite links need it.
    pub application: Option<u64>,
    /// The day of asking, where it is known: a question may name a date relative to it.
    pub today: Option<Date>,
}

/// The definition of a command's option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionSpec {
    pub name: &'static str,
    pub kind: OptionKind,
    pub required: bool,
}

/// The type of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// An entry of this kind, by id, name or free text.
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
    /// Free text.
    Text,
    /// One of the loaded articles.
    Article,
    /// A page number.
    Page,
    /// A boolean.
    Flag,
    /// A channel of the guild, of one of these types; of any type if there are none.
    Channel(&'static [ChannelType]),
    /// A member of the guild.
    Member,
    /// A role of the guild.
    Role,
    /// A digest of the guild.
    Digest,
    /// A time zone.
    Zone,
    /// What a digest posts.
    Content,
    /// Days of the week.
    Days,
    /// A time of day.
    Time,
    /// An attachment.
    File,
    /// An integer from 0 to this maximum.
    Number(u16),
    /// One of a fixed set of words.
    OneOf(&'static [&'static str]),
}

/// The entry that an option's value was resolved to.
#[derive(Clone, Debug)]
pub struct ResolvedEntry<'a> {
    pub item: Item<'a>,
    /// The user's text and how it matched, unless it was the entry's own name.
    pub interpretation: Option<(String, MatchKind)>,
}

impl<'a> From<Item<'a>> for ResolvedEntry<'a> {
    fn from(item: Item<'a>) -> Self {
        Self { item, interpretation: None }
    }
}

/// The option `view` of every command that shows an entry.
pub const VIEW: OptionSpec = OptionSpec::new("view", OptionKind::View);

/// The option `article` of every command, if several articles are loaded.
pub const ARTICLE: OptionSpec = OptionSpec::new("article", OptionKind::Article);

/// The page of a card, changed by the next and previous buttons.
pub const PAGE: OptionSpec = OptionSpec::new("page", OptionKind::Page);

/// Whether the response is ephemeral.
pub const PRIVATE: OptionSpec = OptionSpec::new("private", OptionKind::Flag);

/// The options that every command accepts in addition to its own.
pub static COMMON: [OptionSpec; 3] = [ARTICLE, PAGE, PRIVATE];

impl Request {
    /// Creates a request without options.
    pub fn new(command: &str) -> Self {
        Self { command: command.to_owned(), ..Self::default() }
    }

    /// Sets an option; an empty value removes it.
    ///
    /// Values are untrusted: invisible characters are replaced by spaces, white space is collapsed,
    /// and the length is limited to [`VALUE_CHARS_MAX`].
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

    /// Sets the random seed, the application's id and the day of asking.
    #[must_use]
    pub fn with_context(self, seed: u64, application: Option<u64>, today: Date) -> Self {
        Self { seed, application, today: Some(today), ..self }
    }

    /// Sets the page, up to the maximum page number. The first page is the default and is not stored.
    pub fn at_page(self, page: usize) -> Self {
        let page = if page > 1 { page.min(PAGE_MAX).to_string() } else { String::new() };
        self.with(PAGE.name, page)
    }

    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the response is ephemeral. Any value other than `false` counts as true, because an
    /// ephemeral response can still be shared.
    pub fn is_private(&self) -> bool {
        let value = self.option(PRIVATE.name);
        value.is_some_and(|value| !value.eq_ignore_ascii_case("false"))
    }

    /// The page number, starting at 1.
    pub fn page(&self) -> usize {
        self.option(PAGE.name).and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, PAGE_MAX)
    }
}

/// Formats the request as a user would type it.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.command)?;
        self.options.iter().try_for_each(|(name, value)| write!(f, " {name}:{value}"))
    }
}

impl OptionSpec {
    /// Creates an optional option.
    pub const fn new(name: &'static str, kind: OptionKind) -> Self {
        Self { name, kind, required: false }
    }

    /// Creates an optional option that names an entry.
    pub const fn entry(name: &'static str, kind: Kind) -> Self {
        Self::new(name, OptionKind::Entry(kind))
    }

    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}
