//! Scoring: how well a document answers a query, from all its field values.

use super::Passage;
use super::index::{Field, FieldValue, FullTextIndex, saturate};
use super::query::Query;
use super::vocabulary::TermId;

/// The weights of a score's parts: all fields together, the best field value, a name in the query,
/// and the matched share of the query. Fitted as a log-linear ranking of the questions in
/// `tests/questions`.
const DOCUMENT_WEIGHT: f32 = 0.46;
const VALUE_WEIGHT: f32 = 0.16;
const NAME_WEIGHT: f32 = 0.12;
const MATCHED_SHARE_WEIGHT: f32 = 0.26;

/// The share of the overlap that is measured against the query; the rest is measured against the
/// field value.
const QUERY_WEIGHT: f32 = 0.85;

#[derive(Clone, Debug)]
pub(super) struct ScoredDocument {
    pub(super) document: u32,
    /// From 0 to 1.
    pub(super) score: f32,
    /// The share of the query's weight that the document matches.
    pub(super) matched_share: f32,
    /// The weight of the words that the document matches.
    pub(super) matched_weight: f32,
    /// How many words the document matches; a similar word counts in part.
    pub(super) matched_words: f32,
    /// The field value that is most similar to the query, and its similarity.
    pub(super) best_value: (Field, u16),
    pub(super) similarity: f32,
    /// The passage that matches the largest part of the query.
    pub(super) passage: Passage,
}

/// Scores documents against one query.
pub(super) struct Scorer<'q> {
    index: &'q FullTextIndex,
    query: &'q Query,
    /// The terms that the query matches: the words that each matches, with their similarity.
    matched_terms: Vec<Vec<(usize, f32)>>,
    /// Per term of the vocabulary, its position in `matched_terms` plus one, or 0. Nearly all terms
    /// of a document are not in it, which an array answers in a fraction of a hash map's time.
    positions: Vec<u16>,
    /// Per query word: the best match in the field value, the best match in the document, and the
    /// weighted number of matches.
    in_value: Vec<f32>,
    in_document: Vec<f32>,
    frequencies: Vec<f32>,
}

impl<'q> Scorer<'q> {
    pub(super) fn new(index: &'q FullTextIndex, query: &'q Query) -> Self {
        let mut matched_terms: Vec<Vec<(usize, f32)>> = Vec::new();
        let mut positions = vec![0; index.vocabulary.len()];
        for (number, word) in query.words.iter().enumerate() {
            for (term, similarity) in &word.expansions {
                let position = &mut positions[*term as usize];
                if *position == 0 {
                    matched_terms.push(Vec::new());
                    *position = matched_terms.len() as u16;
                }
                matched_terms[usize::from(*position) - 1].push((number, *similarity));
            }
        }
        let zeros = vec![0.0; query.words.len()];
        Self {
            index,
            query,
            matched_terms,
            positions,
            in_value: zeros.clone(),
            in_document: zeros.clone(),
            frequencies: zeros,
        }
    }

    pub(super) fn score(&mut self, document: u32) -> ScoredDocument {
        self.in_document.fill(0.0);
        self.frequencies.fill(0.0);
        let (mut best, mut passage) = ((0.0, (Field::Title, 0)), (0.0, Passage::Summary));
        let mut contained_name: f32 = 0.0;
        for (value, terms) in self.index.values(document) {
            let explained = self.match_value(value, terms);
            if explained == 0.0 {
                continue;
            }
            let matched = self.weigh(&self.in_value);
            if value.field.is_name() {
                // A name with a word that the query lacks counts little.
                let whole = (explained / value.weight).powi(3);
                contained_name = contained_name.max(whole * matched / self.query.weight);
            }
            let possible = QUERY_WEIGHT * self.query.weight + (1.0 - QUERY_WEIGHT) * value.weight;
            let similarity = value.field.similarity_factor() * matched / possible.max(f32::EPSILON);
            if similarity > best.0 {
                best = (similarity, (value.field, value.number));
            }
            if let Some(shown) = passage_of(value)
                && matched > passage.0
            {
                passage = (matched, shown);
            }
        }
        for frequency in &mut self.frequencies {
            *frequency = saturate(*frequency);
        }
        let document_score = self.weigh(&self.frequencies) / self.query.weight;
        let matched_weight = self.weigh(&self.in_document);
        let matched_share = matched_weight / self.query.weight;
        ScoredDocument {
            document,
            score: DOCUMENT_WEIGHT * document_score
                + VALUE_WEIGHT * best.0
                + NAME_WEIGHT * contained_name
                + MATCHED_SHARE_WEIGHT * matched_share,
            matched_share,
            matched_weight,
            matched_words: self.in_document.iter().sum(),
            best_value: best.1,
            similarity: best.0,
            passage: passage.1,
        }
    }

    /// Matches the terms of a field value. Returns the weight of those that the query has.
    fn match_value(&mut self, value: FieldValue, terms: &[TermId]) -> f32 {
        let mut explained = 0.0;
        for term in terms {
            let Some(position) = usize::from(self.positions[*term as usize]).checked_sub(1) else {
                continue;
            };
            if explained == 0.0 {
                self.in_value.fill(0.0);
            }
            let mut best: f32 = 0.0;
            for (word, similarity) in &self.matched_terms[position] {
                best = best.max(*similarity);
                self.in_value[*word] = self.in_value[*word].max(*similarity);
                self.frequencies[*word] += value.field.weight() * similarity;
            }
            explained += best * self.index.term_weight(*term);
        }
        if explained > 0.0 {
            let factor = value.field.match_factor();
            for (best, here) in self.in_document.iter_mut().zip(&self.in_value) {
                *best = best.max(here * factor);
            }
        }
        explained
    }

    /// The sum of the word weights, each times its share.
    fn weigh(&self, shares: &[f32]) -> f32 {
        self.query.words.iter().zip(shares).map(|(word, share)| word.weight * share).sum()
    }
}

fn passage_of(value: FieldValue) -> Option<Passage> {
    match value.field {
        Field::Summary => Some(Passage::Summary),
        Field::Body => Some(Passage::Paragraph(usize::from(value.number))),
        Field::Title | Field::Alias | Field::Date | Field::Ask => None,
    }
}
