//! The vocabulary: all words of the documents as spelled, and their stems.

use std::ops::Range;

use super::edit_distance::{edit_distance, letter_set, may_be_within, prefix_edit_distance};
use super::english::ENGLISH;

/// The index of a stem in alphabetical order.
pub(super) type TermId = u32;

/// A possible spelling of a misspelled word.
#[derive(Clone, Copy, Debug)]
pub(super) struct FuzzyMatch<'v> {
    pub(super) term: TermId,
    pub(super) edits: usize,
    pub(super) word: &'v str,
}

pub(super) struct Vocabulary {
    /// Sorted.
    words: Vec<Word>,
    /// Sorted; the index of a stem is its term id.
    stems: Vec<String>,
}

struct Word {
    text: Box<str>,
    letters: u64,
    /// In characters.
    length: u32,
    term: TermId,
}

impl Vocabulary {
    /// Sorts numbered words. Also returns the term of each word by its number.
    pub(super) fn new(mut numbered: Vec<(Box<str>, u32)>) -> (Self, Vec<TermId>) {
        numbered.sort_unstable();
        let stem_of_word: Vec<String> =
            numbered.iter().map(|(word, _)| ENGLISH.stem(word).into_owned()).collect();
        let mut stems = stem_of_word.clone();
        stems.sort_unstable();
        stems.dedup();
        let mut term_of_number = vec![0; numbered.len()];
        let mut words = Vec::with_capacity(numbered.len());
        for ((text, number), stem) in numbered.into_iter().zip(stem_of_word) {
            let term = stems.partition_point(|other| *other < stem) as TermId;
            term_of_number[number as usize] = term;
            let (letters, length) = (letter_set(&text), text.chars().count() as u32);
            words.push(Word { text, letters, length, term });
        }
        (Self { words, stems }, term_of_number)
    }

    pub(super) fn len(&self) -> usize {
        self.stems.len()
    }

    /// The English weight of a term, independent of the documents.
    pub(super) fn term_weight(&self, term: TermId) -> f32 {
        ENGLISH.term_weight(&self.stems[term as usize])
    }

    pub(super) fn term(&self, stem: &str) -> Option<TermId> {
        let position = self.stems.binary_search_by(|other| other.as_str().cmp(stem));
        position.ok().map(|position| position as TermId)
    }

    pub(super) fn stems_with_prefix(&self, prefix: &str) -> impl Iterator<Item = (TermId, &str)> {
        prefix_range(&self.stems, prefix, |stem| stem)
            .map(|position| (position as TermId, self.stems[position].as_str()))
    }

    /// The words with a prefix, in alphabetical order. A term may occur several times.
    pub(super) fn words_with_prefix(&self, prefix: &str) -> impl Iterator<Item = (TermId, &str)> {
        let range = prefix_range(&self.words, prefix, |word| &word.text);
        self.words[range].iter().map(|word| (word.term, &*word.text))
    }

    /// The words at the smallest edit distance from a misspelled word, within the limit.
    pub(super) fn fuzzy_matches(&self, misspelled: &str) -> Vec<FuzzyMatch<'_>> {
        let letters: Vec<char> = misspelled.chars().collect();
        let set = letter_set(misspelled);
        nearest(&self.words, edits_allowed(letters.len()), |word, limit| {
            let text = || word.text.chars().collect::<Vec<_>>();
            let is_near = letters.len().abs_diff(word.length as usize) <= limit
                && may_be_within(limit, set, word.letters);
            is_near.then(|| edit_distance(&letters, &text(), limit)).flatten()
        })
    }

    /// The words with a prefix at the smallest edit distance. The first letter must match: an
    /// unfinished word has little else to go by.
    pub(super) fn fuzzy_prefix_matches(&self, misspelled: &str) -> Vec<FuzzyMatch<'_>> {
        let letters: Vec<char> = misspelled.chars().collect();
        let set = letter_set(misspelled);
        let first: String = letters.iter().take(1).collect();
        let range = prefix_range(&self.words, &first, |word| &word.text);
        nearest(&self.words[range], edits_allowed(letters.len()), |word, limit| {
            let text = || word.text.chars().collect::<Vec<_>>();
            let is_near = (set & !word.letters).count_ones() as usize <= limit;
            is_near.then(|| prefix_edit_distance(&letters, &text(), limit)).flatten()
        })
    }
}

/// The most typos in a word of this length: none up to three letters, where almost any word is
/// close to another, and two from eight on.
fn edits_allowed(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The words at the smallest distance that `distance` finds within the limit.
fn nearest(
    words: &[Word],
    mut limit: usize,
    distance: impl Fn(&Word, usize) -> Option<usize>,
) -> Vec<FuzzyMatch<'_>> {
    let mut found = Vec::new();
    if limit == 0 {
        return found;
    }
    for word in words {
        if let Some(edits) = distance(word, limit) {
            if edits < limit {
                found.clear();
            }
            limit = edits;
            found.push(FuzzyMatch { term: word.term, edits, word: &word.text });
        }
    }
    found
}

/// The range of the items with a prefix in a sorted slice.
fn prefix_range<T>(sorted: &[T], prefix: &str, text: impl Fn(&T) -> &str) -> Range<usize> {
    let start = sorted.partition_point(|item| text(item) < prefix);
    start..start + sorted[start..].partition_point(|item| text(item).starts_with(prefix))
}
