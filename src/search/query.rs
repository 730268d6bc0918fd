//! Queries: the significant words of a text, each with its weight and the terms that it matches.

use std::cell::LazyCell;

use super::english::ENGLISH;
use super::expansion::{DERIVED_SIMILARITY, Expansions};
use super::index::FullTextIndex;
use super::language::{is_foreign, is_foreign_stop_word};
use super::tokenizer::{for_each_token, is_country};
use super::vocabulary::TermId;

/// The most words of a query that are looked up. The first words of a pasted message say what it is
/// about.
const WORDS_MAX: usize = 24;

/// The most misspelled words of a query that are corrected: each is compared with the whole
/// vocabulary.
const CORRECTIONS_MAX: usize = 6;

/// Words that people write in capitals between others, as other search engines want them.
const OPERATORS: [&str; 3] = ["and", "not", "or"];

#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) words: Vec<QueryWord>,
    /// The sum of the words' weights.
    pub(super) weight: f32,
    /// Misspelled words with their corrections.
    corrections: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct QueryWord {
    pub(super) weight: f32,
    /// The terms that the word matches, best first; empty if no document contains it.
    pub(super) expansions: Vec<(TermId, f32)>,
}

impl Query {
    /// Parses a text. If it is still being typed, its last word may be unfinished.
    pub(super) fn new(index: &FullTextIndex, text: &str, is_unfinished: bool) -> Self {
        Self::with_budget(index, text, is_unfinished, &mut CORRECTIONS_MAX.clone())
    }

    /// Parses a text, and takes its corrections from `budget`.
    pub(super) fn with_budget(
        index: &FullTextIndex,
        text: &str,
        is_unfinished: bool,
        budget: &mut usize,
    ) -> Self {
        let words = significant_words(text);
        let mut query = Self::default();
        let mut corrections_left = CORRECTIONS_MAX;
        for (position, word) in words.iter().enumerate() {
            let is_unfinished = is_unfinished && position + 1 == words.len();
            let stem = ENGLISH.stem(word);
            let mut expansions = Expansions::of_word(index, &words, position, &stem);
            let is_completed = is_unfinished && expansions.add_completions(index, word);
            // A word that no document contains, or that may be misspelled, has only its English
            // weight.
            let weight_in_english = ENGLISH.term_weight(&stem);
            let may_be_misspelled = !is_completed && may_be_misspelled(word, &stem, &expansions);
            if may_be_misspelled
                && !is_unfinished
                && let Some(stop_word) = ENGLISH.misspelled_stop_word(word)
            {
                query.corrections.push((word.clone(), stop_word.to_owned()));
            } else if may_be_misspelled && corrections_left.min(*budget) > 0 {
                corrections_left -= 1;
                *budget -= 1;
                // A misspelled word weighs as much as the word that it means.
                let correction = expansions.add_corrections(index, word, is_unfinished);
                let weight = correction.map(|found| index.term_weight(found.term));
                let pair = correction.map(|found| (word.clone(), found.word.to_owned()));
                query.corrections.extend(pair);
                query.push(weight.unwrap_or(weight_in_english), expansions.into_sorted());
            } else {
                let expansions = expansions.into_sorted();
                // "Beard" is hardly a form of "bear", and weighs as much as in English.
                let meant =
                    expansions.first().filter(|(_, similarity)| *similarity > DERIVED_SIMILARITY);
                let weight = meant.map(|(term, _)| index.term_weight(*term));
                query.push(weight.unwrap_or(weight_in_english), expansions);
            }
        }
        query
    }

    pub(super) fn is_corrected(&self) -> bool {
        !self.corrections.is_empty()
    }

    /// Corrects the misspelled words of a normalized text.
    pub(super) fn correct(&self, normalized: &str) -> String {
        let correction = |word| self.corrections.iter().find(|(wrong, _)| wrong == word);
        let words = normalized.split(' ');
        let words = words.map(|word| correction(word).map_or(word, |(_, correction)| correction));
        words.collect::<Vec<_>>().join(" ")
    }

    fn push(&mut self, weight: f32, expansions: Vec<(TermId, f32)>) {
        self.weight += weight;
        self.words.push(QueryWord { weight, expansions });
    }
}

/// The distinct words of a text without stop words.
fn significant_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<String> = None;
    // A single word may be the beginning of a name: "ze" for Zelenskyy.
    let is_foreign = LazyCell::new(|| text.trim().contains(' ') && is_foreign(text));
    // In a text in capitals, capitals do not mark acronyms.
    let is_all_capitals = !text.chars().any(char::is_lowercase);
    for_each_token(text, |word, is_acronym| {
        let is_stop_word = ENGLISH.is_stop_word(word) || is_foreign_stop_word(word) && *is_foreign;
        let is_significant = !is_stop_word
            || is_acronym && !is_all_capitals && !OPERATORS.contains(&word)
            || is_country(word, before.as_deref());
        if is_significant && words.len() < WORDS_MAX && !words.iter().any(|other| other == word) {
            words.push(word.to_owned());
        }
        before = Some(word.to_owned());
    });
    words
}

/// Whether a word may be a misspelling: neither the documents nor English have it, and it is not a
/// number, as a different number is not a typo.
fn may_be_misspelled(word: &str, stem: &str, expansions: &Expansions) -> bool {
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    let is_english = ENGLISH.is_common(stem) || !ENGLISH.synonyms(stem).is_empty();
    !expansions.has_exact() && !is_english && !has_digit
}

#[cfg(test)]
mod tests {
    use super::significant_words;

    #[test]
    fn the_beginning_of_a_name_is_no_stop_word_of_another_language() {
        assert_eq!(significant_words("ze"), ["ze"]);
        assert_eq!(significant_words("na"), ["na"]);
    }
}
