//! The full-text index: postings from terms to documents, and the terms of each field value in
//! order.

use std::collections::HashMap;

use super::Document;
use super::english::ENGLISH;
use super::tokenizer::for_each_token;
use super::vocabulary::{TermId, Vocabulary};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Alias,
    Date,
    Ask,
    Summary,
    Body,
}

impl Field {
    /// How much a term in this field says about the subject of the document.
    pub(super) fn weight(self) -> f32 {
        match self {
            Self::Title => 6.4,
            Self::Alias | Self::Date => 3.0,
            Self::Ask => 1.8,
            Self::Summary => 6.0,
            Self::Body => 0.4,
        }
    }

    /// How much the similarity of a value of this field to the query counts.
    pub(super) fn similarity_factor(self) -> f32 {
        if self.is_prose() { 0.93 } else { 1.0 }
    }

    /// How much a match in this field counts as matched.
    pub(super) fn match_factor(self) -> f32 {
        if self.is_prose() { 0.95 } else { 1.0 }
    }

    pub(super) fn is_name(self) -> bool {
        matches!(self, Self::Title | Self::Alias)
    }

    fn is_prose(self) -> bool {
        matches!(self, Self::Summary | Self::Body)
    }
}

/// Maps a weighted term frequency to a saturated value from 0 to 1, as BM25 does.
pub(super) fn saturate(frequency: f32) -> f32 {
    const HALF: f32 = 2.8;
    frequency / (frequency + HALF)
}

/// A title, an alias, an ask, a summary or a paragraph. Its terms are `terms[start..]` up to the
/// next value.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldValue {
    start: u32,
    pub(super) field: Field,
    /// Its index among the values of this field in its document.
    pub(super) number: u16,
    /// The sum of its terms' weights.
    pub(super) weight: f32,
}

/// A posting: a document that contains a term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub(super) document: u32,
    /// The saturated frequency of the term in the document.
    pub(super) weight: f32,
}

pub(super) struct FullTextIndex {
    pub(super) vocabulary: Vocabulary,
    /// Per term: its English weight times its inverse document frequency.
    term_weights: Vec<f32>,
    terms: Vec<TermId>,
    values: Vec<FieldValue>,
    /// The index of each document's first value, plus the end.
    documents: Vec<u32>,
    postings: Vec<Vec<Posting>>,
    /// The documents that have a one-term name.
    documents_by_one_term_name: HashMap<TermId, Vec<u32>>,
}

impl FullTextIndex {
    pub(super) fn len(&self) -> usize {
        self.documents.len() - 1
    }

    pub(super) fn postings(&self, term: TermId) -> &[Posting] {
        &self.postings[term as usize]
    }

    pub(super) fn document_count(&self, term: TermId) -> usize {
        self.postings(term).len()
    }

    pub(super) fn term_weight(&self, term: TermId) -> f32 {
        self.term_weights[term as usize]
    }

    /// The other one-term names of the documents with this name: "OTAN" for "NATO".
    pub(super) fn other_names(&self, term: TermId) -> impl Iterator<Item = TermId> {
        const DOCUMENTS_MAX: usize = 4;
        let documents = self.documents_by_one_term_name.get(&term).into_iter().flatten();
        documents.take(DOCUMENTS_MAX).flat_map(|document| self.one_term_names(*document))
    }

    /// The field values of a document with their terms.
    pub(super) fn values(&self, document: u32) -> impl Iterator<Item = (FieldValue, &[TermId])> {
        let document = document as usize;
        let range = self.documents[document] as usize..self.documents[document + 1] as usize;
        range.map(|value| (self.values[value], self.terms_of(value)))
    }

    fn terms_of(&self, value: usize) -> &[TermId] {
        let end = self.values.get(value + 1).map_or(self.terms.len(), |next| next.start as usize);
        &self.terms[self.values[value].start as usize..end]
    }

    fn one_term_names(&self, document: u32) -> impl Iterator<Item = TermId> {
        self.values(document).filter_map(|(value, terms)| match terms {
            [term] if value.field.is_name() => Some(*term),
            _ => None,
        })
    }

    fn build_postings(&mut self) {
        self.postings.resize(self.vocabulary.len(), Vec::new());
        let mut occurrences: Vec<(TermId, f32)> = Vec::new();
        for document in 0..self.len() as u32 {
            occurrences.clear();
            for (value, terms) in self.values(document) {
                occurrences.extend(terms.iter().map(|term| (*term, value.field.weight())));
            }
            occurrences.sort_unstable_by_key(|(term, _)| *term);
            for same in occurrences.chunk_by(|a, b| a.0 == b.0) {
                let frequency = same.iter().map(|(_, weight)| weight).sum();
                let posting = Posting { document, weight: saturate(frequency) };
                self.postings[same[0].0 as usize].push(posting);
            }
        }
    }

    fn build_one_term_names(&mut self) {
        for document in 0..self.len() as u32 {
            let names: Vec<TermId> = self.one_term_names(document).collect();
            for term in names {
                let documents = self.documents_by_one_term_name.entry(term).or_default();
                if documents.last() != Some(&document) {
                    documents.push(document);
                }
            }
        }
    }

    fn weigh(&mut self) {
        let documents = self.len() as f32;
        let weigh = |term: TermId| {
            let rarity = inverse_document_frequency(self.document_count(term) as f32, documents);
            self.vocabulary.term_weight(term) * rarity
        };
        self.term_weights = (0..self.vocabulary.len() as TermId).map(weigh).collect();
        for value in 0..self.values.len() {
            let weights = self.terms_of(value).iter().map(|term| self.term_weight(*term));
            self.values[value].weight = weights.sum();
        }
    }
}

/// Collects documents, and numbers words in order of appearance.
#[derive(Default)]
pub(super) struct IndexBuilder {
    words: HashMap<Box<str>, WordInfo>,
    tokens: Vec<u32>,
    values: Vec<FieldValue>,
    documents: Vec<u32>,
}

#[derive(Clone, Copy)]
struct WordInfo {
    number: u32,
    is_stop_word: bool,
}

impl IndexBuilder {
    pub(super) fn add(&mut self, document: &Document<'_>) {
        self.documents.push(self.values.len() as u32);
        let dates = document.dates.iter().map(String::as_str);
        self.add_values(Field::Title, [document.title]);
        self.add_values(Field::Alias, document.aliases.iter().copied());
        self.add_values(Field::Date, dates);
        self.add_values(Field::Ask, document.asks.iter().copied());
        self.add_values(Field::Summary, [document.summary]);
        self.add_values(Field::Body, document.body.iter().copied());
    }

    fn add_values<'t>(&mut self, field: Field, texts: impl IntoIterator<Item = &'t str>) {
        for (number, text) in (0..=u16::MAX).zip(texts) {
            let start = self.tokens.len() as u32;
            self.values.push(FieldValue { start, field, number, weight: 0.0 });
            for_each_token(text, |word, is_acronym| {
                let info = self.words.get(word).copied().unwrap_or_else(|| {
                    let number = self.words.len() as u32;
                    let info = WordInfo { number, is_stop_word: ENGLISH.is_stop_word(word) };
                    self.words.insert(word.into(), info);
                    info
                });
                // "US" is not the pronoun "us", which is a stop word.
                if is_acronym || !info.is_stop_word {
                    self.tokens.push(info.number);
                }
            });
        }
    }

    pub(super) fn build(mut self) -> FullTextIndex {
        self.documents.push(self.values.len() as u32);
        let words = self.words.into_iter().map(|(word, info)| (word, info.number)).collect();
        let (vocabulary, term_of_word) = Vocabulary::new(words);
        let mut index = FullTextIndex {
            vocabulary,
            term_weights: Vec::new(),
            terms: self.tokens.iter().map(|word| term_of_word[*word as usize]).collect(),
            values: self.values,
            documents: self.documents,
            postings: Vec::new(),
            documents_by_one_term_name: HashMap::new(),
        };
        index.build_postings();
        index.build_one_term_names();
        index.weigh();
        index
    }
}

/// From 0.375 for a term in all documents to 1 for a term in a single one.
fn inverse_document_frequency(count: f32, documents: f32) -> f32 {
    const MIN: f32 = 0.375;
    MIN + (1.0 - MIN) * ((1.0 + documents / count.max(1.0)).ln() / (1.0 + documents).ln())
}
