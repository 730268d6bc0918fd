//! The words of all documents: each as it is written, and the stem that its forms share.

use std::ops::Range;

use super::distance::{distance, distance_to_beginning, edits_allowed, letter_set, may_be_near};
use super::interner::Interner;
use super::language::ENGLISH;

/// The number of a stem; stems are numbered in alphabetical order.
pub(super) type Term = u32;

/// A word that may have been meant by a misspelled one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near<'v> {
    pub(super) term: Term,
    pub(super) edits: usize,
    pub(super) spelled: &'v str,
}

/// All words and their stems, sorted.
pub(super) struct Vocabulary {
    spellings: Sorted,
    letters: Vec<u64>,
    term_of: Vec<Term>,
    stems: Sorted,
    /// How much each stem tells as a word of English, before it is counted how many documents hold it.
    telling: Vec<f32>,
}

impl Vocabulary {
    /// Sorts the words; gives with it the term of each word by the number it had before.
    pub(super) fn new(words: &Interner) -> (Self, Vec<Term>) {
        let numbers = 0..words.len() as u32;
        let mut sorted: Vec<(&str, u32)> =
            numbers.map(|number| (words.word(number), number)).collect();
        sorted.sort_unstable();
        let stem_of: Vec<String> =
            sorted.iter().map(|(word, _)| ENGLISH.stem(word).into_owned()).collect();
        let mut stems: Vec<&str> = stem_of.iter().map(String::as_str).collect();
        stems.sort_unstable();
        stems.dedup();
        let telling = stems.iter().map(|stem| ENGLISH.telling(stem)).collect();
        let stems = Sorted::new(stems);
        let term_of: Vec<Term> = stem_of.iter().map(|stem| stems.place(stem) as Term).collect();
        let mut terms = vec![0; sorted.len()];
        for ((_, number), term) in sorted.iter().zip(&term_of) {
            terms[*number as usize] = *term;
        }
        let letters = sorted.iter().map(|(word, _)| letter_set(word)).collect();
        let spellings = Sorted::new(sorted.iter().map(|(word, _)| *word));
        (Self { spellings, letters, term_of, stems, telling }, terms)
    }

    /// How many stems there are.
    pub(super) fn len(&self) -> usize {
        self.stems.len()
    }

    /// How much a stem tells as a word of English.
    pub(super) fn telling(&self, term: Term) -> f32 {
        self.telling.get(term as usize).copied().unwrap_or(1.0)
    }

    /// The term of a stem.
    pub(super) fn term(&self, stem: &str) -> Option<Term> {
        let place = self.stems.place(stem);
        (place < self.stems.len() && self.stems.get(place) == stem).then_some(place as Term)
    }

    /// The stems that begin so.
    pub(super) fn stems_beginning(&self, beginning: &str) -> impl Iterator<Item = (Term, &str)> {
        self.stems.beginning(beginning).map(|place| (place as Term, self.stems.get(place)))
    }

    /// The words that begin so, as terms, in alphabetical order; a term may come twice.
    pub(super) fn words_beginning(&self, beginning: &str) -> impl Iterator<Item = (Term, &str)> {
        self.spellings
            .beginning(beginning)
            .map(|place| (self.term_of[place], self.spellings.get(place)))
    }

    /// The words that are misspelled as `word`, with the edits; those with the fewest alone.
    pub(super) fn misspelled(&self, word: &str) -> Vec<Near<'_>> {
        let spelled: Vec<char> = word.chars().collect();
        let set = letter_set(word);
        self.nearest(edits_allowed(spelled.len()), 0..self.spellings.len(), |place, most| {
            let near = may_be_near(set, self.letters[place], most);
            near.then(|| distance(&spelled, &self.letters_of(place), most)).flatten()
        })
    }

    /// The words whose beginning is misspelled as `beginning`. The first letter is taken to be right: while one types, there is little else to go by.
    pub(super) fn beginning_misspelled(&self, beginning: &str) -> Vec<Near<'_>> {
        let typed: Vec<char> = beginning.chars().collect();
        let Some(first) = typed.first() else {
            return Vec::new();
        };
        let set = letter_set(beginning);
        self.nearest(
            edits_allowed(typed.len()),
            self.spellings.beginning(first.encode_utf8(&mut [0; 4])),
            |place, most| {
                let near = (set & !self.letters[place]).count_ones() as usize <= most;
                near.then(|| distance_to_beginning(&typed, &self.letters_of(place), most)).flatten()
            },
        )
    }

    fn letters_of(&self, place: usize) -> Vec<char> {
        self.spellings.get(place).chars().collect()
    }

    fn nearest(
        &self,
        most: usize,
        places: Range<usize>,
        edits: impl Fn(usize, usize) -> Option<usize>,
    ) -> Vec<Near<'_>> {
        let mut limit = most;
        let mut found = Vec::new();
        if most == 0 {
            return found;
        }
        for place in places {
            if let Some(edits) = edits(place, limit) {
                if edits < limit {
                    found.clear();
                }
                limit = limit.min(edits);
                found.push(Near {
                    term: self.term_of[place],
                    edits,
                    spelled: self.spellings.get(place),
                });
            }
        }
        found
    }
}

/// Sorted texts in one piece of memory.
pub(super) struct Sorted {
    text: String,
    ends: Vec<u32>,
}

impl Sorted {
    pub(super) fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut sorted = Self { text: String::new(), ends: Vec::new() };
        for text in texts {
            sorted.text.push_str(text);
            sorted.ends.push(sorted.text.len() as u32);
        }
        sorted
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, place: usize) -> &str {
        let start = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        &self.text[start..self.ends[place] as usize]
    }

    /// The place of a text, or where it would be.
    fn place(&self, text: &str) -> usize {
        self.first(0, |other| other >= text)
    }

    /// The places of the texts that begin so.
    fn beginning(&self, beginning: &str) -> Range<usize> {
        let start = self.place(beginning);
        start..self.first(start, |text| !text.starts_with(beginning))
    }

    /// The first place from `start` on where `holds`; it must hold for all that follow.
    fn first(&self, start: usize, holds: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (start, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.get(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}
