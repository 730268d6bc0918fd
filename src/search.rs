//! Finding entries by what people type: the names they begin, misspell or put in a question, and the text they half remember.
//!
//! The finder knows nothing of articles: documents are numbers, in the order in which they were given. It is built once and only read.
//!
//! A text is folded into words (`fold`), looked up among the names (`names`: whole, then by a beginning), and then read as a question
//! (`query`): each telling word stands for the words of the index that share its stem, its family, or its spelling but for a typo.
//! `rank` walks the postings of the rarest words for candidates, reads those word by word and scores them; `verdict` decides from how
//! like the best one is, and from how much of the question it leaves unexplained, whether it is an answer or a coincidence.

mod autocomplete;
mod dates;
mod distance;
mod fold;
mod full_text;
mod hash;
mod index;
mod interner;
mod label;
mod language;
mod meaning;
mod names;
mod postings;
mod query;
mod rank;
mod resolve;
mod scope;
mod similarity;
mod verdict;
mod vocabulary;

pub use dates::dates_named;
pub use label::{LABEL_CHARS_MAX, label};
pub use language::stems;
pub use scope::Scope;
pub use verdict::Score;

/// What is known of a document.
#[derive(Clone, Debug, Default)]
pub struct Document<'a> {
    /// The value of its choice, such as `term/buffer-state`; the part after the last slash finds it too.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its other names.
    pub aliases: Vec<&'a str>,
    /// How people ask for it.
    pub asks: Vec<&'a str>,
    /// The gist in one sentence.
    pub summary: &'a str,
    /// Its paragraphs.
    pub body: Vec<&'a str>,
    /// When it happened, in words (`18 March 2014`, `March 2014`, `2014`); found as aliases are.
    pub dates: Vec<String>,
}

/// How a document was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// By its id.
    Id,
    /// By its title.
    Title,
    /// By another name, or by its date.
    Alias,
    /// By the beginning of a name, or of a later word of one.
    Prefix,
    /// By a misspelled name.
    Typo,
    /// By what it says.
    Text,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Its number.
    pub document: usize,
    /// How it was found.
    pub how: Match,
    /// How good it is: the best first; comparable within one answer.
    pub score: f32,
    /// The alias that led to it, as a place in [`Document::aliases`].
    pub alias: Option<usize>,
    /// The text that explains it best.
    pub passage: Passage,
}

/// A text of a document that can stand for it in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// The summary.
    Summary,
    /// The paragraph of this place in [`Document::body`].
    Paragraph(usize),
}

/// What one text stands for where one document is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// This document.
    One(Hit),
    /// One of these, at most [`CHOICES_MAX`], best first.
    Several(Vec<Hit>),
    /// None.
    Nothing {
        /// The topics that are nearest, at most [`NEAREST_MAX`].
        nearest: Vec<usize>,
    },
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The documents, best first; empty where none is an answer.
    pub hits: Vec<Hit>,
    /// Where nothing was found: the topics that are nearest, at most [`NEAREST_MAX`].
    pub nearest: Vec<usize>,
    /// What decided.
    pub scores: Score,
}

/// The most options of a [select menu](https://docs.discord.com/developers/components/reference#string-select) and of an autocomplete.
pub const CHOICES_MAX: usize = 25;

/// The most topics that are named where nothing was found.
pub const NEAREST_MAX: usize = 5;

/// Finds documents. Build it once; a lookup allocates little and waits for nothing.
pub struct Finder {
    names: names::Names,
    index: index::Index,
}

impl Finder {
    /// Reads all documents.
    pub fn new<'a>(documents: impl IntoIterator<Item = Document<'a>>) -> Self {
        let mut names = names::Names::default();
        let mut index = index::Builder::default();
        for (number, document) in (0u32..).zip(documents) {
            names.add(number, &document);
            index.add(&document);
        }
        names.finish();
        Self { names, index: index.finish() }
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Finder, Match, Passage, Resolution, Scope};

    fn finder() -> Finder {
        let document = |id, title, aliases: &[&'static str], summary| Document {
            id,
            title,
            aliases: aliases.to_vec(),
            summary,
            body: vec!["It is said to be heavy.", "Dragons like it."],
            ..Document::default()
        };
        Finder::new([
            document("term/gold", "Gold", &["bullion"], "A soft yellow metal."),
            document("term/silver", "Silver", &["bullion"], "A white metal."),
            document("place/mine", "The silver mine", &[], "Where miners dig."),
        ])
    }

    #[test]
    fn a_scope_holds_what_may_be_found() {
        let finder = finder();
        for (scope, found) in [
            (Scope::all(), vec![1, 2]),
            (Scope::of([0..1, 2..3]), vec![2]),
            (Scope::of([]), vec![]),
            (Scope::of(std::iter::once(2..90)), vec![2]),
        ] {
            let hits = finder.search("silver", &scope).hits.into_iter();
            assert_eq!(hits.map(|hit| hit.document).collect::<Vec<_>>(), found, "{scope:?}");
            let hits = finder.complete("silv", &scope, 25).into_iter();
            assert_eq!(hits.map(|hit| hit.document).collect::<Vec<_>>(), found, "{scope:?}");
        }
    }

    #[test]
    fn a_name_that_two_documents_share_is_ambiguous_and_a_title_is_not() {
        let finder = finder();
        let Resolution::Several(hits) = finder.resolve("Bullion", &Scope::all()) else {
            panic!("two documents are called so");
        };
        assert_eq!(
            hits.iter().map(|hit| (hit.how, hit.alias)).collect::<Vec<_>>(),
            [(Match::Alias, Some(0)); 2]
        );
        let label = super::label("Silver", Some("bullion"));
        for text in ["silver", "term/silver", "what is silver?", label.as_str()] {
            let resolution = finder.resolve(text, &Scope::all());
            assert!(
                matches!(&resolution, Resolution::One(hit) if hit.document == 1),
                "{text}: {resolution:?}"
            );
        }
    }

    #[test]
    fn a_hit_tells_which_text_explains_it() {
        let finder = finder();
        for (text, passage) in
            [("yellow metal", Passage::Summary), ("do dragons like gold", Passage::Paragraph(1))]
        {
            let found = finder.search(text, &Scope::of(std::iter::once(0..1)));
            let first = found.hits.first().map(|hit| hit.passage);
            assert_eq!(first, Some(passage), "{text}");
        }
    }

    #[test]
    fn nothing_is_found_among_nothing() {
        let finder = Finder::new([]);
        assert!(finder.is_empty());
        assert!(finder.complete("gold", &Scope::all(), 25).is_empty());
        assert!(finder.search("gold", &Scope::all()).hits.is_empty());
        let nothing = Resolution::Nothing { nearest: Vec::new() };
        assert_eq!(finder.resolve("", &Scope::all()), nothing);
    }
}
