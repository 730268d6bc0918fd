//! Search: entries by name, by a prefix or misspelling of a name, by a question, or by full text.
//!
//! Documents are numbers, in the order in which they were added; the search does not know about
//! articles. An index is built once and then only read.
//!
//! A text is split into tokens (`tokenizer`), looked up among the names (`names`: exact, then as a
//! prefix), and then parsed as a query (`query`): each significant word is expanded (`expansion`)
//! to the terms that share its stem, belong to its word family, or differ by a typo. `rank`
//! collects candidates from the postings of the rarest words, and `scoring` scores them by their
//! field values. `threshold` decides, from the best score and the number of words that it matches,
//! whether the best hit is an answer or a coincidence.
//!
//! A `filter` limits every search to some articles and kinds. Other modules read a question for
//! more than its words: `dates` finds the dates in it, `two_part` splits it at a connective
//! ("Ukraine on NATO"), and `language` recognizes one that is not in English. `mentions` finds the
//! names in a longer text, such as a chat message.

mod autocomplete;
mod dates;
mod edit_distance;
mod english;
mod expansion;
mod filter;
mod full_text;
mod index;
mod label;
mod language;
mod markup;
mod mentions;
mod names;
mod query;
mod rank;
mod resolve;
mod scoring;
mod threshold;
mod tokenizer;
mod two_part;
mod vocabulary;
mod word_list;

pub use dates::{
    AskedDate, BareDate, asks_for_present_state, bare_date, dates_in, is_part_of_year, names_month,
    names_today, parse_month, period_in, without_dates,
};
pub use english::stems;
pub use filter::DocumentFilter;
pub use label::{LABEL_CHARS_MAX, label};
pub use language::is_foreign;
pub use markup::strip_markup;
pub use mentions::NameMention;
pub use threshold::Confidence;
pub use two_part::{
    QuestionParts, asks_for_view, names_others, split_question, split_who_question, with_country,
    with_position_words, without_possessive, without_view_words,
};
pub use word_list::WordList;

/// A document to be indexed.
#[derive(Clone, Debug, Default)]
pub struct Document<'a> {
    /// The value of its choice, such as `term/buffer-state`. The part after the last slash is a
    /// name too.
    pub id: &'a str,
    pub title: &'a str,
    pub aliases: Vec<&'a str>,
    /// Typical questions about it.
    pub asks: Vec<&'a str>,
    pub summary: &'a str,
    /// Its paragraphs.
    pub body: Vec<&'a str>,
    /// Its dates in words (`18 March 2014`, `March 2014`, `2014`), matched like aliases.
    pub dates: Vec<String>,
}

/// How a document matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKind {
    Id,
    Title,
    /// By an alias or a date.
    Alias,
    /// By a prefix of a name, or of a later word of one.
    Prefix,
    /// By a misspelled name.
    Typo,
    /// By its text.
    Text,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The number of the document.
    pub document: usize,
    pub kind: MatchKind,
    /// Comparable only with other hits of the same search.
    pub score: f32,
    /// The alias that matched, as an index into [`Document::aliases`].
    pub alias: Option<usize>,
    /// The best matching text.
    pub passage: Passage,
}

/// A text of a document that can represent it in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    Summary,
    /// The index of the paragraph in [`Document::body`].
    Paragraph(usize),
}

/// The result of resolving a text to one document.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    One(Hit),
    /// At most [`CHOICES_MAX`], best first.
    Several(Vec<Hit>),
    Nothing(Nearest),
}

/// The documents that are nearest to a query without a hit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nearest {
    /// The nearest first, at most [`NEAREST_MAX`].
    pub documents: Vec<usize>,
    /// Whether the first is close enough to be shown.
    pub is_close: bool,
}

impl Nearest {
    /// The first document, if it is close enough to be shown.
    pub fn closest(&self) -> Option<usize> {
        self.documents.first().copied().filter(|_| self.is_close)
    }

    pub fn retain(&mut self, is_kept: impl Fn(usize) -> bool) {
        self.is_close = self.closest().is_some_and(&is_kept);
        self.documents.retain(|document| is_kept(*document));
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct SearchResults {
    /// Best first; empty if no document answers the query.
    pub hits: Vec<Hit>,
    /// None if there is a hit.
    pub nearest: Nearest,
    pub confidence: Confidence,
}

/// The most options of a [select
/// menu](https://docs.discord.com/developers/components/reference#string-select), and the most
/// choices of an autocomplete.
pub const CHOICES_MAX: usize = 25;

/// The most suggestions if nothing was found.
pub const NEAREST_MAX: usize = 5;

/// An index of documents. Searches take no locks and do no IO.
pub struct SearchIndex {
    names: names::NameIndex,
    text: index::FullTextIndex,
}

impl SearchIndex {
    pub fn new<'a>(documents: impl IntoIterator<Item = Document<'a>>) -> Self {
        let mut names = names::NameIndex::default();
        let mut text = index::IndexBuilder::default();
        for (number, document) in (0u32..).zip(documents) {
            names.add(number, &document);
            text.add(&document);
        }
        names.sort();
        Self { names, text: text.build() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, DocumentFilter, MatchKind, Nearest, Passage, Resolution, SearchIndex};

    fn index() -> SearchIndex {
        let document = |id, title, aliases: &[&'static str], summary| Document {
            id,
            title,
            aliases: aliases.to_vec(),
            summary,
            body: vec!["It is said to be heavy.", "Dragons like it."],
            ..Document::default()
        };
        SearchIndex::new([
            document("term/gold", "Gold", &["bullion"], "A soft yellow metal."),
            document("term/silver", "Silver", &["bullion"], "A white metal."),
            document("place/mine", "The silver mine", &[], "Where miners dig."),
        ])
    }

    #[test]
    fn a_filter_restricts_every_search() {
        let index = index();
        for (filter, found) in [
            (DocumentFilter::all(), vec![1, 2]),
            (DocumentFilter::ranges([0..1, 2..3]), vec![2]),
            (DocumentFilter::ranges([]), vec![]),
            (DocumentFilter::ranges(std::iter::once(2..90)), vec![2]),
        ] {
            let hits = index.search("silver", &filter).hits.into_iter();
            assert_eq!(hits.map(|hit| hit.document).collect::<Vec<_>>(), found, "{filter:?}");
            let hits = index.complete("silv", &filter).into_iter();
            assert_eq!(hits.map(|hit| hit.document).collect::<Vec<_>>(), found, "{filter:?}");
        }
    }

    #[test]
    fn a_name_that_two_documents_share_is_ambiguous_and_a_title_is_not() {
        let index = index();
        let Resolution::Several(hits) = index.resolve("Bullion", &DocumentFilter::all()) else {
            panic!("two documents are called so");
        };
        assert_eq!(
            hits.iter().map(|hit| (hit.kind, hit.alias)).collect::<Vec<_>>(),
            [(MatchKind::Alias, Some(0)); 2]
        );
        let label = super::label("Silver", Some("bullion"));
        for text in ["silver", "term/silver", "what is silver?", label.as_str()] {
            let resolution = index.resolve(text, &DocumentFilter::all());
            assert!(
                matches!(&resolution, Resolution::One(hit) if hit.document == 1),
                "{text}: {resolution:?}"
            );
        }
    }

    #[test]
    fn a_hit_names_the_passage_that_matches_best() {
        let index = index();
        for (text, passage) in
            [("yellow metal", Passage::Summary), ("do dragons like gold", Passage::Paragraph(1))]
        {
            let found = index.search(text, &DocumentFilter::ranges(std::iter::once(0..1)));
            let first = found.hits.first().map(|hit| hit.passage);
            assert_eq!(first, Some(passage), "{text}");
        }
    }

    #[test]
    fn an_empty_index_finds_nothing() {
        let index = SearchIndex::new([]);
        assert!(index.complete("gold", &DocumentFilter::all()).is_empty());
        assert!(index.search("gold", &DocumentFilter::all()).hits.is_empty());
        let nothing = Resolution::Nothing(Nearest::default());
        assert_eq!(index.resolve("", &DocumentFilter::all()), nothing);
    }
}
