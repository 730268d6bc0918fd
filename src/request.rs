//! What is asked: a command with its options, before anything is looked up; and the kinds of options that commands take.

mod loaded;

use std::fmt;
use std::str::FromStr;

use crate::card::{Link, Refusal};
use crate::catalog::{Catalog, Item};
use crate::content::{Kind, Point};
use crate::guild::ChannelId;
use crate::search::{Hit, Match, Resolution};
use crate::text::{is_invisible, nearest};

pub use loaded::{
    Access, ChannelAccess, DIGESTS_ON_PAGE, Denial, FileFault, GuildContext, Loaded, Location,
    LogPage, Needs, Rights, Unchecked,
};

/// The most entries offered where a text could mean several.
const CHOICES_MAX: usize = 10;

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

/// An option that names an entry.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    name: &'static str,
    kind: Kind,
}

/// An entry that an option named, and how.
#[derive(Clone, Debug)]
pub struct ResolvedEntry<'a> {
    /// The entry.
    pub item: Item<'a>,
    /// What was typed and how it matched, where that was not the entry's own name.
    pub meant: Option<(String, Match)>,
}

/// An option that takes a year, a month or a day.
#[derive(Clone, Copy, Debug)]
pub struct Day(&'static str);

/// An option that takes any words.
#[derive(Clone, Copy, Debug)]
pub struct Words(&'static str);

/// An option that takes a topic of events.
#[derive(Clone, Copy, Debug)]
pub struct Topic(&'static str);

/// An option that takes a kind of entry.
#[derive(Clone, Copy, Debug)]
pub struct OfKind(&'static str);

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

    /// The article asked for, as a place in the library.
    ///
    /// # Errors
    ///
    /// A refusal, if no loaded article is called so.
    pub fn article(&self, catalog: &Catalog) -> Result<Option<usize>, Refusal> {
        let Some(asked) = self.option(ARTICLE.name) else {
            return Ok(None);
        };
        let is_meant = |id: &str, title: &str| {
            id.eq_ignore_ascii_case(asked) || title.to_lowercase() == asked.to_lowercase()
        };
        let found = catalog.articles().iter().position(|one| {
            is_meant(one.id.as_str(), &one.short_title) || is_meant("", &one.title)
        });
        let known = || catalog.articles().iter().map(|one| one.id.to_string()).collect();
        found
            .map(Some)
            .ok_or_else(|| Refusal::NoSuchArticle { asked: asked.to_owned(), known: known() })
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

    /// The value that a request gives it, as what it stands for.
    ///
    /// # Errors
    ///
    /// A refusal, if it is not one that the option takes.
    pub fn read<T: FromStr>(self, request: &Request) -> Result<Option<T>, Refusal> {
        let read = |text: &str| text.parse().map_err(|_| self.unreadable());
        request.option(self.name).map(read).transpose()
    }

    /// The same, if the command cannot do without it.
    ///
    /// # Errors
    ///
    /// A refusal, if it is not there or not one that the option takes.
    pub fn read_needed<T: FromStr>(self, request: &Request) -> Result<T, Refusal> {
        self.read(request)?.ok_or(Refusal::Missing { option: self.name })
    }

    /// The channels that a request gives it: one that was named, or all that were chosen.
    ///
    /// # Errors
    ///
    /// A refusal, if there is none, or one that is no id.
    pub fn channels(self, request: &Request) -> Result<Vec<ChannelId>, Refusal> {
        let given = request.option(self.name).unwrap_or_default();
        let channels = given.split(' ').filter(|id| !id.is_empty()).map(str::parse);
        let channels: Vec<ChannelId> =
            channels.collect::<Result<_, _>>().map_err(|_| self.unreadable())?;
        if channels.is_empty() {
            return Err(Refusal::Missing { option: self.name });
        }
        Ok(channels)
    }

    /// The refusal where what is given is not what the option takes.
    pub fn unreadable(self) -> Refusal {
        Refusal::Unreadable { option: self.name.to_owned(), takes: self.takes }
    }

    /// The same, if the command cannot do without it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

impl Named {
    /// An option that names an entry of `kind`.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind }
    }

    /// How the command lists it.
    pub const fn option(self) -> OptionSpec {
        OptionSpec { name: self.name, takes: OptionKind::Entry(self.kind), required: false }
    }

    /// The entry that the request names here, if it names one.
    ///
    /// # Errors
    ///
    /// A refusal, if the text could mean several entries, or none.
    pub fn find<'a>(
        self,
        catalog: &'a Catalog,
        request: &Request,
    ) -> Result<Option<ResolvedEntry<'a>>, Refusal> {
        let Some(asked) = request.option(self.name) else {
            return Ok(None);
        };
        let article = request.article(catalog)?;
        let resolution = catalog.resolve(asked, self.kind, article);
        let is_named = matches!(&resolution, Resolution::One(hit) if hit.how <= Match::Alias);
        if let Some(covers_until) = catalog.is_too_late(asked, article).filter(|_| !is_named) {
            return Err(Refusal::TooLate { covers_until });
        }
        match resolution {
            Resolution::One(hit) => Ok(Some(taken(catalog, asked, &hit))),
            Resolution::Several(hits) => Err(Refusal::Several {
                asked: asked.to_owned(),
                choices: hits
                    .iter()
                    .take(CHOICES_MAX)
                    .map(|hit| self.choice(catalog, request, hit.document))
                    .collect(),
            }),
            Resolution::Nothing { nearest } => Err(Refusal::NotHere {
                asked: asked.to_owned(),
                covers_until: catalog.covers_until(article),
                nearest: nearest
                    .iter()
                    .map(|number| self.choice(catalog, request, *number))
                    .collect(),
            }),
        }
    }

    fn choice(self, catalog: &Catalog, request: &Request, number: usize) -> Link {
        let item = catalog.item(number);
        Link::new(&item.entry.title, request.clone().with(self.name, catalog.name(item)))
    }
}

fn taken<'a>(catalog: &'a Catalog, asked: &str, hit: &Hit) -> ResolvedEntry<'a> {
    let meant = match hit.how {
        Match::Id | Match::Title => None,
        how => Some((asked.to_owned(), how)),
    };
    ResolvedEntry { item: catalog.item(hit.document), meant }
}

impl Day {
    /// An option of this name.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// How the command lists it.
    pub const fn option(self) -> OptionSpec {
        OptionSpec { name: self.0, takes: OptionKind::Day, required: false }
    }

    /// The date that the request gives here, if it gives one.
    ///
    /// # Errors
    ///
    /// A refusal, if it is no date.
    pub fn find(self, request: &Request) -> Result<Option<Point>, Refusal> {
        let read =
            |text: &str| text.parse().map_err(|_| Refusal::NoDate { asked: text.to_owned() });
        request.option(self.0).map(read).transpose()
    }
}

impl Words {
    /// An option of this name.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// How the command lists it.
    pub const fn option(self) -> OptionSpec {
        OptionSpec { name: self.0, takes: OptionKind::Words, required: false }
    }

    /// The words that the request gives here.
    ///
    /// # Errors
    ///
    /// A refusal, if it gives none.
    pub fn find(self, request: &Request) -> Result<&str, Refusal> {
        request.option(self.0).ok_or(Refusal::Missing { option: self.0 })
    }
}

impl Topic {
    /// An option of this name.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// How the command lists it.
    pub const fn option(self) -> OptionSpec {
        OptionSpec { name: self.0, takes: OptionKind::Topic, required: false }
    }

    /// The id of the topic that the request names here, if it names one.
    ///
    /// # Errors
    ///
    /// A refusal, if no article has such a topic.
    pub fn find<'a>(
        self,
        catalog: &'a Catalog,
        request: &Request,
    ) -> Result<Option<&'a str>, Refusal> {
        let Some(asked) = request.option(self.0) else {
            return Ok(None);
        };
        let topics = || catalog.articles().iter().flat_map(|article| &article.topics);
        let exact = topics()
            .find(|(id, name)| id.eq_ignore_ascii_case(asked) || name.eq_ignore_ascii_case(asked));
        let found = exact
            .map(|(id, _)| id.as_str())
            .or_else(|| nearest(&asked.to_lowercase(), topics().map(|(id, _)| id.as_str())));
        found.map(Some).ok_or_else(|| Refusal::NoSuchTopic {
            asked: asked.to_owned(),
            known: topics().map(|(id, _)| id.clone()).collect(),
        })
    }
}

impl OfKind {
    /// An option of this name.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// How the command lists it.
    pub const fn option(self) -> OptionSpec {
        OptionSpec { name: self.0, takes: OptionKind::Kind, required: false }
    }

    /// The kind that the request names here, if it names one.
    ///
    /// # Errors
    ///
    /// A refusal, if there is no such kind.
    pub fn find(self, request: &Request) -> Result<Option<Kind>, Refusal> {
        let Some(asked) = request.option(self.0) else {
            return Ok(None);
        };
        let named =
            nearest(&asked.to_lowercase(), Kind::ALL.map(Kind::name)).and_then(Kind::from_name);
        named.map(Some).ok_or_else(|| Refusal::NoSuchKind { asked: asked.to_owned() })
    }
}
