//! Articles as editors write them, loaded and checked once: entries with views, dates, sources and stances.
//!
//! A dataset that has one problem is not loaded at all; every problem is told with its place and remedy.

mod citations;
mod dangling;
mod date;
mod diagnostic;
mod files;
mod format;
mod load;
mod markdown;
mod table;
mod text;
mod uses;

use std::fmt;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

pub use date::{Date, DateError, End, Point};
pub use diagnostic::{Diagnostic, Problems, Severity};
pub use files::Files;
pub use load::{check, load};
pub use markdown::{HEADING_CHARS_MAX, OVERVIEW, PARAGRAPH_CHARS_MAX, VIEWS_MAX};
pub(crate) use text::is_unseen;
pub use uses::uses;

/// The most characters of a title. A choice of an autocomplete holds 100, and shows an alias beside the title.
pub const TITLE_CHARS_MAX: usize = 60;

/// The most characters of a summary.
pub const SUMMARY_CHARS_MAX: usize = 200;

/// One article with everything that is said about it.
#[derive(Debug)]
pub struct Article {
    /// The name of its folder.
    pub id: Slug,
    /// Its title, as it was published.
    pub title: String,
    /// What cards call it where several are loaded.
    pub short_title: String,
    /// Who published it.
    pub publisher: String,
    /// Where it can be read.
    pub url: String,
    /// The language of the dataset, as a BCP 47 tag.
    pub language: String,
    /// What is not known of the article.
    pub unknown: Vec<String>,
    /// The day on which the dataset was last checked.
    pub checked: Point,
    /// The last day that the content covers: nothing that happened later is in it.
    pub covers_until: Point,
    /// The version of the dataset.
    pub version: String,
    /// Where a reader reports an error.
    pub report_url: Option<String>,
    /// The topics that events are filed under: id and name.
    pub topics: Vec<(String, String)>,
    /// The sections of the article, in its order.
    pub sections: Vec<Section>,
    /// The bibliography.
    pub sources: Vec<Source>,
    /// The entries, by kind and, within a kind, in its order: demands by number, events and proposals by date, sections as in the
    /// article, the others by title.
    pub entries: Vec<Entry>,
    /// The entries offered first where nothing was typed, as places in `entries`.
    pub featured: Vec<usize>,
}

/// One section of the article.
#[derive(Debug)]
pub struct Section {
    /// The id that footnote marks use.
    pub id: Slug,
    /// Its heading in the article.
    pub title: String,
    /// How many paragraphs it has.
    pub paragraphs: u8,
}

/// One record of the bibliography.
#[derive(Debug)]
pub struct Source {
    /// The id that footnote marks use.
    pub id: Slug,
    /// Who published it.
    pub publisher: String,
    /// Its title.
    pub title: String,
    /// When it was published, as precisely as is known.
    pub date: Option<Date>,
    /// Who reported it, where the document itself was not seen.
    pub via: Option<String>,
    /// Where a reader can open it.
    pub url: Option<String>,
    /// The day on which an editor saw it.
    pub seen: Option<Point>,
}

/// One thing that the dataset knows: a demand, an event, a term.
#[derive(Debug)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// The name of its file.
    pub id: Slug,
    /// Its name.
    pub title: String,
    /// The gist in one sentence.
    pub summary: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// How people ask for it.
    pub asks: Vec<Ask>,
    /// What people say when they mean it, and its text does not.
    pub words: Vec<String>,
    /// What to read next, as places in the article's entries.
    pub related: Vec<usize>,
    /// The day on which it was last checked.
    pub checked: Point,
    /// Its revision, from 1.
    pub revision: u32,
    /// By whom a fact of it is disputed, and which.
    pub disputed: Option<String>,
    /// What its kind says besides.
    pub detail: Detail,
    /// Its views: the overview, where there is one, then one per heading. Never empty.
    pub views: Vec<View>,
}

/// A way in which people ask for an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Their words.
    pub text: String,
    /// Its bytes in the file of the kind's asks.
    pub span: Range<usize>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What Moscow asks.
    Demand,
    /// Something that happened.
    Event,
    /// What one side thinks of each demand.
    Position,
    /// A dated text or statement of terms, and what it says on each demand.
    Proposal,
    /// A word to explain.
    Term,
    /// A place.
    Place,
    /// A person, state, body or group.
    Actor,
    /// What stands in the way of an agreement, or could lead to one.
    Outlook,
    /// A section of the article, summarized.
    Section,
}

/// What an entry of a kind says besides.
#[derive(Debug)]
pub enum Detail {
    /// A demand.
    Demand {
        /// Its place in the article's list, from 1.
        number: u8,
    },
    /// An event.
    Event {
        /// When it happened.
        date: Date,
        /// The ids of its topics.
        topics: Vec<String>,
    },
    /// A position.
    Position {
        /// The actor whose position it is, as a place in the article's entries.
        holder: usize,
        /// The stance on each demand, in the demands' order.
        stances: Vec<HeldStance>,
    },
    /// A proposal.
    Proposal {
        /// When it was made.
        date: Date,
        /// The actors who made it, as places in the article's entries.
        by: Vec<usize>,
        /// How it is known.
        status: ProposalStatus,
        /// What it says on each demand, in the demands' order.
        cells: Vec<Cell>,
    },
    /// An entry on the outlook.
    Outlook {
        /// Which way it points.
        leans: Leaning,
    },
    /// A term, place, actor or section.
    Plain,
}

/// What a holder thinks of a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// Asks for it.
    Demands,
    /// Refuses it.
    Opposes,
    /// Could accept it under conditions.
    Conditional,
    /// Is of several minds.
    Divided,
    /// Says nothing of it, as far as the dataset knows.
    Silent,
}

/// A stance on one demand, and since when it is held where it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldStance {
    /// The stance.
    pub stance: Stance,
    /// When and from what it changed.
    pub change: Option<StanceChange>,
}

/// A change of stance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StanceChange {
    /// The first day, month or year of the stance.
    pub since: Point,
    /// The stance before, where it is known.
    pub was: Option<Stance>,
}

/// What a proposal says on one demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The stance.
    pub stance: CellStance,
    /// Its terms in a line; empty where it is silent.
    pub text: String,
    /// The sources of the line, as places in the article's sources; none where it is silent.
    pub sources: Vec<usize>,
}

/// A proposal's stance on a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CellStance {
    /// Asks the other side for it.
    Asks,
    /// Offers it of its own accord.
    Offers,
    /// Agrees to it.
    Accepts,
    /// Refuses it.
    Rejects,
    /// Leaves it to later talks.
    #[serde(rename = "sets aside")]
    SetsAside,
    /// Does not mention it.
    Silent,
}

/// How a proposal is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProposalStatus {
    /// Its author published the text.
    #[serde(rename = "official text")]
    OfficialText,
    /// Its author said it.
    Speech,
    /// Others reported its terms.
    Reported,
    /// A draft that its author did not publish.
    #[serde(rename = "leaked draft")]
    LeakedDraft,
}

/// Which way an entry on the outlook points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Leaning {
    /// It stands in the way of an agreement.
    Obstacle,
    /// It could lead to one.
    Opening,
    /// It is an open question.
    Open,
}

/// A part of an entry that a reader can jump to.
#[derive(Debug)]
pub struct View {
    /// Its name in options and links.
    pub slug: Slug,
    /// Its heading; empty for the overview.
    pub title: String,
    /// Its paragraphs and items.
    pub blocks: Vec<Block>,
    /// What the marks of its text cite: mark 1 is the first.
    pub citations: Vec<Citation>,
    span: Range<usize>,
}

/// A paragraph or an item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Whether it is an item of a list.
    pub item: bool,
    /// Who says it.
    pub layer: Layer,
    /// Its words and marks.
    pub text: Vec<Inline>,
    /// Whether the search reads it. What repeats another entry is found there.
    pub is_indexed: bool,
}

/// Who says a paragraph: never two of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The article, paraphrased.
    Article,
    /// The public record.
    Record,
    /// The editors of the dataset, explaining a term. Nothing is cited.
    Dossier,
}

/// Words, or a mark that cites a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words in one style.
    Text(String, Style),
    /// The number of one of the view's citations, from 1.
    Mark(usize),
}

/// How words are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// As they are.
    #[default]
    Plain,
    /// Emphasized.
    Emphasis,
    /// Strongly emphasized.
    Strong,
}

/// What a mark cites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Citation {
    /// A paragraph of the article.
    Paragraph {
        /// The section, as a place in the article's sections.
        section: usize,
        /// The paragraph, from 1.
        paragraph: u8,
    },
    /// A record of the bibliography, as a place in the article's sources.
    Source(usize),
}

/// A name as folders, files, headings and links spell it: lower-case letters, digits and single hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Article {
    /// The entries of a kind, in its order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(move |(_, entry)| entry.kind == kind)
    }

    /// The place of an entry.
    pub fn position(&self, kind: Kind, id: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.kind == kind && entry.id.as_str() == id)
    }
}

impl Source {
    /// Whether its title is a description in round brackets rather than a title that somebody gave it.
    pub fn is_described(&self) -> bool {
        self.title.starts_with('(') && self.title.ends_with(')')
    }
}

impl Entry {
    /// The view of a slug; the first where the entry has none such.
    pub fn view(&self, slug: Option<&str>) -> Option<&View> {
        match slug {
            None => self.views.first(),
            Some(slug) => self.views.iter().find(|view| view.slug.as_str() == slug),
        }
    }

    /// The paragraphs and items of all views, in order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.views.iter().flat_map(|view| &view.blocks)
    }

    /// What a proposal says on each demand, in the demands' order; nothing of other entries.
    pub fn cells(&self) -> &[Cell] {
        match &self.detail {
            Detail::Proposal { cells, .. } => cells,
            _ => &[],
        }
    }

    /// When it happened or was made, if it is an event or a proposal.
    pub fn date(&self) -> Option<Date> {
        match self.detail {
            Detail::Event { date, .. } | Detail::Proposal { date, .. } => Some(date),
            _ => None,
        }
    }
}

impl View {
    /// A view that stands in no file.
    pub fn new(slug: Slug, title: String) -> Self {
        Self { slug, title, blocks: Vec::new(), citations: Vec::new(), span: 0..0 }
    }

    /// The number of the mark that cites this, from 1.
    pub fn mark(&mut self, citation: Citation) -> usize {
        let known = self.citations.iter().position(|one| *one == citation);
        known.unwrap_or_else(|| {
            self.citations.push(citation);
            self.citations.len() - 1
        }) + 1
    }
}

impl Block {
    /// Its words without style and marks.
    pub fn plain(&self) -> String {
        let words = self.text.iter().filter_map(|part| match part {
            Inline::Text(text, _) => Some(text.as_str()),
            Inline::Mark(_) => None,
        });
        words.collect()
    }
}

impl Kind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 9] = [
        Self::Demand,
        Self::Event,
        Self::Position,
        Self::Proposal,
        Self::Term,
        Self::Place,
        Self::Actor,
        Self::Outlook,
        Self::Section,
    ];

    /// Its name: that of its folder, and the value of `kind` options.
    pub fn name(self) -> &'static str {
        match self {
            Self::Demand => "demand",
            Self::Event => "event",
            Self::Position => "position",
            Self::Proposal => "proposal",
            Self::Term => "term",
            Self::Place => "place",
            Self::Actor => "actor",
            Self::Outlook => "outlook",
            Self::Section => "section",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Stance {
    /// All stances.
    pub const ALL: [Self; 5] =
        [Self::Demands, Self::Opposes, Self::Conditional, Self::Divided, Self::Silent];

    /// Its name in the front matter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Demands => "demands",
            Self::Opposes => "opposes",
            Self::Conditional => "conditional",
            Self::Divided => "divided",
            Self::Silent => "silent",
        }
    }
}

impl CellStance {
    /// All stances.
    pub const ALL: [Self; 6] =
        [Self::Asks, Self::Offers, Self::Accepts, Self::Rejects, Self::SetsAside, Self::Silent];

    /// Its name in the front matter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asks => "asks",
            Self::Offers => "offers",
            Self::Accepts => "accepts",
            Self::Rejects => "rejects",
            Self::SetsAside => "sets aside",
            Self::Silent => "silent",
        }
    }
}

impl ProposalStatus {
    /// All statuses.
    pub const ALL: [Self; 4] =
        [Self::OfficialText, Self::Speech, Self::Reported, Self::LeakedDraft];

    /// Its name in the front matter.
    pub fn name(self) -> &'static str {
        match self {
            Self::OfficialText => "official text",
            Self::Speech => "speech",
            Self::Reported => "reported",
            Self::LeakedDraft => "leaked draft",
        }
    }
}

impl Leaning {
    /// All leanings.
    pub const ALL: [Self; 3] = [Self::Obstacle, Self::Opening, Self::Open];

    /// Its name in the front matter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Obstacle => "obstacle",
            Self::Opening => "opening",
            Self::Open => "open",
        }
    }
}

impl Citation {
    /// Whose words a paragraph with this citation gives.
    pub fn layer(self) -> Layer {
        match self {
            Self::Paragraph { .. } => Layer::Article,
            Self::Source(_) => Layer::Record,
        }
    }
}

impl Slug {
    /// The most bytes of a slug: a link to an entry's view has to fit a `custom_id` of 100.
    pub const BYTES_MAX: usize = 40;

    /// The slug of a heading: "Kyiv's answer" is `kyivs-answer`.
    pub fn of(heading: &str) -> Self {
        let mut slug = String::new();
        for character in heading.chars().filter(|character| !matches!(character, '\'' | '’')) {
            if character.is_ascii_alphanumeric() {
                slug.push(character.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(Self::BYTES_MAX);
        Self(slug.trim_end_matches('-').to_owned())
    }

    /// The slug that is spelled so, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty() && Self::of(text).0 == text).then(|| Self(text.to_owned()))
    }

    /// Its spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The one of `known` that was probably meant by `text`.
pub(crate) fn nearest<'k>(text: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let scored =
        known.into_iter().map(|name| (strsim::normalized_damerau_levenshtein(text, name), name));
    scored
        .filter(|(score, _)| *score >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
