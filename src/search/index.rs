//! The index of the full text: which documents hold a word, and what each document says, word by word.

use super::Document;
use super::fold;
use super::interner::Interner;
use super::language::ENGLISH;
use super::postings::Postings;
use super::vocabulary::{Term, Vocabulary};

/// What part of a document a unit of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Alias,
    Date,
    Ask,
    Summary,
    Body,
}

/// How a word's occurrences count toward what a document is about; `HALF` of them is half sure.
pub(super) const HALF: f32 = 2.0;

impl Field {
    /// How much a word in this part says of what the document is about.
    pub(super) fn weight(self) -> f32 {
        match self {
            Self::Title => 5.0,
            Self::Alias | Self::Date => 4.0,
            Self::Ask => 2.0,
            Self::Summary => 3.0,
            Self::Body => 1.0,
        }
    }
}

/// A title, an alias, an ask, a summary or a paragraph: its words are `tokens[start..]` up to the next unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    start: u32,
    pub(super) field: Field,
    /// Its number among the units of this field in its document.
    pub(super) number: u16,
    /// What its words tell together.
    pub(super) weight: f32,
}

/// The index.
pub(super) struct Index {
    pub(super) vocabulary: Vocabulary,
    /// How much each term tells: as a word of English, and by how few documents hold it.
    pub(super) telling: Vec<f32>,
    tokens: Vec<Term>,
    units: Vec<Unit>,
    /// The first unit of each document, and the end.
    documents: Vec<u32>,
    postings: Postings,
    /// The names that are one word, with their documents, sorted.
    one_word_names: Vec<(Term, u32)>,
}

impl Index {
    /// How many documents there are.
    pub(super) fn len(&self) -> usize {
        self.documents.len() - 1
    }

    /// The documents of a term and how sure it is that they are about it.
    pub(super) fn postings(&self, term: Term) -> impl Iterator<Item = (u32, f32)> {
        self.postings.of(term)
    }

    /// How many documents hold a term.
    pub(super) fn count(&self, term: Term) -> usize {
        self.postings.count(term)
    }

    /// The terms that, alone, name a document which this term names alone: "NATO" and "OTAN".
    pub(super) fn namesakes(&self, term: Term) -> impl Iterator<Item = Term> {
        const DOCUMENTS_MAX: usize = 4;
        let start = self.one_word_names.partition_point(|(other, _)| *other < term);
        let same = self.one_word_names[start..].iter().take_while(move |(other, _)| *other == term);
        same.take(DOCUMENTS_MAX).flat_map(|(_, document)| self.names_of_one_word(*document))
    }

    fn names_of_one_word(&self, document: u32) -> impl Iterator<Item = Term> {
        let names = self
            .units(document)
            .filter(|(unit, _)| matches!(unit.field, Field::Title | Field::Alias));
        names.filter_map(|(_, words)| match words {
            [only] => Some(*only),
            _ => None,
        })
    }

    fn find_one_word_names(&self) -> Vec<(Term, u32)> {
        let documents = 0..self.len() as u32;
        let mut names: Vec<(Term, u32)> = documents
            .flat_map(|document| self.names_of_one_word(document).map(move |term| (term, document)))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The units of a document with their words.
    pub(super) fn units(&self, document: u32) -> impl Iterator<Item = (Unit, &[Term])> {
        let range = self.documents[document as usize] as usize
            ..self.documents[document as usize + 1] as usize;
        range.map(|place| (self.units[place], self.words(place)))
    }

    /// The words of the unit at a place.
    fn words(&self, place: usize) -> &[Term] {
        let end = self.units.get(place + 1).map_or(self.tokens.len(), |next| next.start as usize);
        &self.tokens[self.units[place].start as usize..end]
    }

    fn weigh_units(&mut self) {
        for place in 0..self.units.len() {
            let tells = |term: &Term| self.telling[*term as usize];
            self.units[place].weight = self.words(place).iter().map(tells).sum();
        }
    }
}

/// Collects documents, then sorts them into an index.
#[derive(Default)]
pub(super) struct Builder {
    words: Interner,
    /// Whether each word tells nothing, unless it is written in capitals.
    silent: Vec<bool>,
    tokens: Vec<u32>,
    units: Vec<Unit>,
    documents: Vec<u32>,
}

impl Builder {
    /// Adds a document.
    pub(super) fn add(&mut self, document: &Document<'_>) {
        self.documents.push(self.units.len() as u32);
        let dates = document.dates.iter().map(String::as_str);
        self.add_units(Field::Title, [document.title]);
        self.add_units(Field::Alias, document.aliases.iter().copied());
        self.add_units(Field::Date, dates);
        self.add_units(Field::Ask, document.asks.iter().copied());
        self.add_units(Field::Summary, [document.summary]);
        self.add_units(Field::Body, document.body.iter().copied());
    }

    fn add_units<'t>(&mut self, field: Field, texts: impl IntoIterator<Item = &'t str>) {
        for (number, text) in (0..=u16::MAX).zip(texts) {
            self.units.push(Unit { start: self.tokens.len() as u32, field, number, weight: 0.0 });
            fold::words(text, |word, capitals| {
                let number = self.words.number(word);
                if number as usize == self.silent.len() {
                    self.silent.push(ENGLISH.is_silent(word));
                }
                // "US" is no "us".
                if capitals || !self.silent[number as usize] {
                    self.tokens.push(number);
                }
            });
        }
    }

    /// The index of the documents that were added.
    pub(super) fn finish(mut self) -> Index {
        self.documents.push(self.units.len() as u32);
        let (vocabulary, terms) = Vocabulary::new(&self.words);
        for token in &mut self.tokens {
            *token = terms[*token as usize];
        }
        let postings = Postings::default();
        let (tokens, units, documents) = (self.tokens, self.units, self.documents);
        let mut index = Index {
            vocabulary,
            telling: Vec::new(),
            tokens,
            units,
            documents,
            postings,
            one_word_names: Vec::new(),
        };
        index.postings = Postings::new(&index);
        index.one_word_names = index.find_one_word_names();
        let all = index.len() as f32;
        index.telling = (0..index.vocabulary.len() as Term)
            .map(|term| index.vocabulary.telling(term) * rarity(index.count(term) as f32, all))
            .collect();
        index.weigh_units();
        index
    }
}

/// How much it tells that a document holds a word which `count` of `all` documents hold: 1 for the rarest.
fn rarity(count: f32, all: f32) -> f32 {
    const LEAST: f32 = 0.3;
    LEAST + (1.0 - LEAST) * ((1.0 + all / count.max(1.0)).ln() / (1.0 + all).ln())
}
