//! Articles as editors write them, loaded and checked once: entries with views, dates, sources and stances.
//!
//! A dataset with a single error is not loaded; every error is reported with its span and help.

mod citations;
mod date;
mod diagnostic;
mod files;
mod format;
mod load;
mod markdown;
mod slug;
mod source_text;
mod stance;
mod table;
mod unresolved;
mod uses;

use std::ops::Range;

pub use date::{Date, DateError, End, Point};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use files::Files;
pub use load::{check, load};
pub use markdown::{HEADING_CHARS_MAX, OVERVIEW, PARAGRAPH_CHARS_MAX, VIEWS_MAX};
pub use slug::Slug;
pub use stance::{Cell, CellStance, HeldStance, Leaning, ProposalStatus, Stance, StanceChange};
pub use uses::uses;

/// The most characters of a title. A choice of an autocomplete holds 100, and shows an alias beside the title.
pub const TITLE_CHARS_MAX: usize = 60;

/// The most characters of a summary.
pub const SUMMARY_CHARS_MAX: usize = 200;

/// One article with everything that is said about it.
#[derive(Debug)]
pub struct Article {
    pub id: Slug,
    pub title: String,
    /// What cards call it where several are loaded.
    pub short_title: String,
    pub publisher: String,
    pub url: String,
    /// The language of the dataset, as a BCP 47 tag.
    pub language: String,
    pub unknown: Vec<String>,
    pub checked: Point,
    /// The last day that the content covers: nothing that happened later is in it.
    pub covers_until: Point,
    pub version: String,
    /// Where a reader reports an error.
    pub report_url: Option<String>,
    /// The topics that events are filed under: id and name.
    pub topics: Vec<(String, String)>,
    pub sections: Vec<Section>,
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
    pub id: Slug,
    pub title: String,
    pub paragraphs: u8,
}

/// One record of the bibliography.
#[derive(Debug)]
pub struct Source {
    pub id: Slug,
    pub publisher: String,
    pub title: String,
    /// When it was published, as precisely as is known.
    pub date: Option<Date>,
    /// Who reported it, where the document itself was not seen.
    pub via: Option<String>,
    pub url: Option<String>,
    /// The day on which an editor saw it.
    pub seen: Option<Point>,
}

/// One thing that the dataset knows: a demand, an event, a term.
#[derive(Debug)]
pub struct Entry {
    pub kind: Kind,
    pub id: Slug,
    pub title: String,
    pub summary: String,
    pub aliases: Vec<String>,
    pub asks: Vec<Ask>,
    /// What people say when they mean it, and its text does not.
    pub words: Vec<String>,
    /// What to read next, as places in the article's entries.
    pub related: Vec<usize>,
    pub checked: Point,
    /// Its revision, from 1.
    pub revision: u32,
    /// By whom a fact of it is disputed, and which.
    pub disputed: Option<String>,
    pub detail: Detail,
    /// Its views: the overview, where there is one, then one per heading. Never empty.
    pub views: Vec<View>,
}

/// A way in which people ask for an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub text: String,
    /// Its bytes in the file of the kind's asks.
    pub span: Range<usize>,
}

/// What an entry is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    Demand,
    Event,
    /// What one side thinks of each demand.
    Position,
    /// A dated text or statement of terms, and what it says on each demand.
    Proposal,
    Term,
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
    Demand {
        /// Its place in the article's list, from 1.
        number: u8,
    },
    Event {
        date: Date,
        topics: Vec<String>,
    },
    Position {
        /// The actor whose position it is, as a place in the article's entries.
        holder: usize,
        /// The stance on each demand, in the demands' order.
        stances: Vec<HeldStance>,
    },
    Proposal {
        date: Date,
        /// The actors who made it, as places in the article's entries.
        by: Vec<usize>,
        status: ProposalStatus,
        /// What it says on each demand, in the demands' order.
        cells: Vec<Cell>,
    },
    Outlook {
        leans: Leaning,
    },
    /// A term, place, actor or section.
    Plain,
}

/// A part of an entry that a reader can jump to.
#[derive(Debug)]
pub struct View {
    /// Its name in options and links.
    pub slug: Slug,
    /// Its heading; empty for the overview.
    pub title: String,
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
    pub text: Vec<Inline>,
    /// Whether the search reads it. What repeats another entry is found there.
    pub is_indexed: bool,
}

/// Who says a paragraph: never two of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    Article,
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    #[default]
    Plain,
    Emphasis,
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

impl Article {
    /// The entries of a kind, in its order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(move |(_, entry)| entry.kind == kind)
    }

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
        plain_text(&self.text)
    }
}

fn plain_text(text: &[Inline]) -> String {
    let words = text.iter().filter_map(|part| match part {
        Inline::Text(text, _) => Some(text.as_str()),
        Inline::Mark(_) => None,
    });
    words.collect()
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

    /// The name of its folder, and the value of `kind` options.
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
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
