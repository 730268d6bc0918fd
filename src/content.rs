//! The content of articles: entries with views, dates, sources and stances, loaded and validated
//! once.
//!
//! A dataset with any error is rejected; every error is reported with its span and help.

mod citations;
mod date;
mod diagnostic;
mod files;
mod format;
mod load;
mod markdown;
mod slug;
mod source_text;
mod table;
mod uses;
mod words;

use std::ops::Range;

pub use date::{Date, DateError, End, PartialDate};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use files::Files;
pub use load::{check, load};
pub use markdown::{HEADING_CHARS_MAX, OVERVIEW, PARAGRAPH_CHARS_MAX, VIEWS_MAX};
pub use slug::Slug;
pub use uses::{find_id, find_uses};
pub use words::{
    Cell, CellStance, HeldStance, Kind, Leaning, ProposalStatus, Stance, StanceChange,
};

/// The most characters of a title. A choice's label holds 100, and shows an alias beside the title.
pub const TITLE_CHARS_MAX: usize = 60;

/// The most characters of a summary.
pub const SUMMARY_CHARS_MAX: usize = 200;

/// An article with all its entries.
#[derive(Debug)]
pub struct Article {
    pub id: Slug,
    pub title: String,
    /// Its name on cards if several articles are loaded.
    pub short_title: String,
    pub publisher: String,
    pub url: String,
    /// The language of the dataset, as a BCP 47 tag.
    pub language: String,
    pub unknown: Vec<String>,
    pub checked: PartialDate,
    /// The last day that the content covers.
    pub covers_until: PartialDate,
    pub version: String,
    /// Where readers report errors.
    pub report_url: Option<String>,
    /// The topics of events, as id and name.
    pub topics: Vec<(String, String)>,
    pub sections: Vec<Section>,
    pub sources: Vec<Source>,
    /// Sorted by kind, then within a kind: demands by number, events and proposals by date,
    /// sections as in the article, others by title.
    pub entries: Vec<Entry>,
    /// Indices into `entries`, offered first while nothing is typed.
    pub featured: Vec<usize>,
}

/// A section of the article.
#[derive(Debug)]
pub struct Section {
    pub id: Slug,
    pub title: String,
    pub paragraphs: u8,
}

/// A record of the bibliography.
#[derive(Debug)]
pub struct Source {
    pub id: Slug,
    pub publisher: String,
    pub title: String,
    /// When it was published, as precisely as known.
    pub date: Option<Date>,
    /// Who reported it, if the document itself was not seen.
    pub via: Option<String>,
    pub url: Option<String>,
}

/// A topic of the dataset, such as a demand, an event or a term.
#[derive(Debug)]
pub struct Entry {
    pub kind: Kind,
    pub id: Slug,
    pub title: String,
    pub summary: String,
    pub aliases: Vec<String>,
    pub asks: Vec<Ask>,
    /// Search words that its text does not contain.
    pub words: Vec<String>,
    /// Further reading, as indices into the article's entries.
    pub related: Vec<usize>,
    /// From 1.
    pub revision: u32,
    /// Which fact is disputed, and by whom.
    pub disputed: Option<String>,
    pub detail: Detail,
    /// The overview, if there is one, then one view per heading. Never empty.
    pub views: Vec<View>,
}

/// A typical question about an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub text: String,
    /// Its byte range in the asks file of the kind.
    pub span: Range<usize>,
}

/// The data that only entries of this kind have.
#[derive(Debug)]
pub enum Detail {
    Demand {
        /// Its number in the article's list, from 1.
        number: u8,
    },
    Event {
        date: Date,
        topics: Vec<String>,
    },
    Position {
        /// The actor that holds it, as an index into the article's entries.
        holder: usize,
        /// One per demand, in the demands' order.
        stances: Vec<HeldStance>,
    },
    Proposal {
        date: Date,
        /// Its authors, as indices into the article's entries.
        by: Vec<usize>,
        status: ProposalStatus,
        /// One per demand, in the demands' order.
        cells: Vec<Cell>,
    },
    Outlook {
        leans: Leaning,
    },
    /// A term, place, actor or section.
    Plain,
}

/// A part of an entry that links and options can address.
#[derive(Debug)]
pub struct View {
    pub slug: Slug,
    /// Empty for the overview.
    pub title: String,
    pub blocks: Vec<Block>,
    /// The citations of its marks: mark 1 is the first.
    pub citations: Vec<Citation>,
    span: Range<usize>,
}

/// A paragraph or a list item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Whether it is a list item.
    pub is_item: bool,
    /// Who makes the statement.
    pub layer: Layer,
    pub text: Vec<Inline>,
    /// Whether it is in the search index. Text repeated from another entry is not.
    pub is_indexed: bool,
}

/// The speaker of a paragraph, exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    Article,
    Record,
    /// The editors, explaining a term. Without citations.
    Dossier,
}

/// Text, or a citation mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text in one style.
    Text(String, Style),
    /// The number of a citation of the view, from 1.
    Mark(usize),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    #[default]
    Plain,
    Emphasis,
    Strong,
}

/// The target of a citation mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Citation {
    /// A paragraph of the article.
    Paragraph {
        /// An index into the article's sections.
        section: usize,
        /// The paragraph, from 1.
        paragraph: u8,
    },
    /// An index into the article's sources.
    Source(usize),
}

impl Article {
    /// The entries of a kind, in its order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(move |(_, entry)| entry.kind == kind)
    }
}

impl Source {
    /// Whether its title is a description in parentheses rather than its own title.
    pub fn is_described(&self) -> bool {
        self.title.starts_with('(') && self.title.ends_with(')')
    }
}

impl Entry {
    /// The view with a slug, or the first if there is none.
    pub fn view(&self, slug: Option<&str>) -> Option<&View> {
        match slug {
            None => self.views.first(),
            Some(slug) => self.views.iter().find(|view| view.slug.as_str() == slug),
        }
    }

    /// The blocks of all views, in order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.views.iter().flat_map(|view| &view.blocks)
    }

    /// The number of a demand in the article's list, from 1; 0 for other kinds.
    pub fn number(&self) -> u8 {
        match self.detail {
            Detail::Demand { number } => number,
            _ => 0,
        }
    }

    /// The index of a demand in the article's list.
    pub fn demand_index(&self) -> Option<usize> {
        usize::from(self.number()).checked_sub(1)
    }

    /// The authors of a proposal, as indices into the article's entries; empty for other kinds.
    pub fn authors(&self) -> &[usize] {
        match &self.detail {
            Detail::Proposal { by, .. } => by,
            _ => &[],
        }
    }

    /// The stances of a position, in the demands' order; empty for other kinds.
    pub fn stances(&self) -> &[HeldStance] {
        match &self.detail {
            Detail::Position { stances, .. } => stances,
            _ => &[],
        }
    }

    /// The cells of a proposal, in the demands' order; empty for other kinds.
    pub fn cells(&self) -> &[Cell] {
        match &self.detail {
            Detail::Proposal { cells, .. } => cells,
            _ => &[],
        }
    }

    /// The date of an event or a proposal.
    pub fn date(&self) -> Option<Date> {
        match self.detail {
            Detail::Event { date, .. } | Detail::Proposal { date, .. } => Some(date),
            _ => None,
        }
    }
}

impl View {
    /// An empty view, for generated content.
    pub fn new(slug: Slug, title: String) -> Self {
        Self { slug, title, blocks: Vec::new(), citations: Vec::new(), span: 0..0 }
    }

    /// The number of the mark that cites this, from 1. Adds the citation if it is new.
    pub fn mark(&mut self, citation: Citation) -> usize {
        let known = self.citations.iter().position(|one| *one == citation);
        known.unwrap_or_else(|| {
            self.citations.push(citation);
            self.citations.len() - 1
        }) + 1
    }
}

impl Block {
    /// Its text without style and marks.
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

impl Citation {
    /// The speaker of a paragraph with this citation.
    pub fn layer(self) -> Layer {
        match self {
            Self::Paragraph { .. } => Layer::Article,
            Self::Source(_) => Layer::Record,
        }
    }
}
