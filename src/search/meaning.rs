//! What a word of a question can stand for among the words of the index, and how surely.

use super::index::Index;
use super::language::ENGLISH;
use super::vocabulary::Term;

/// The most terms that one word can stand for.
const MEANINGS_MAX: usize = 24;

/// How sure it is that a word stands for a term that is spelled otherwise: a derived word ("Russian" for "Russia"), an inflected one in
/// a language that is not stemmed, another name of the same thing ("OTAN" for "NATO"), what an unfinished word may become, a year without its century, and one or two typos.
const DERIVED: f32 = 0.7;
const INFLECTED: f32 = 0.9;
const NAMESAKE: f32 = 0.8;
const COMPLETED: f32 = 0.8;
const CENTURY: f32 = 0.9;
const MISSPELLED: [f32; 3] = [1.0, 0.85, 0.65];

/// Two words of one family share a beginning of so many letters, and differ in endings of so many at most.
const ROOT_LETTERS: usize = 4;
const ENDING_LETTERS: usize = 3;

/// The terms that a word stands for, the surest first.
#[derive(Debug, Default)]
pub(super) struct Meanings(Vec<(Term, f32)>);

impl Meanings {
    /// What the word at a place can stand for as it is spelled.
    pub(super) fn spelled(index: &Index, words: &[String], place: usize, stem: &str) -> Self {
        let mut meanings = Self::default();
        meanings.add_stem(index, stem, 1.0);
        // "cease fire" stands for "ceasefire".
        let before = place.checked_sub(1).map(|before| (before, place));
        for (first, second) in before.into_iter().chain([(place, place + 1)]) {
            if let (Some(first), Some(second)) = (words.get(first), words.get(second)) {
                meanings.add_stem(index, &ENGLISH.stem(&format!("{first}{second}")), 1.0);
            }
        }
        // "94" stands for "1994".
        if stem.len() == 2 && stem.bytes().all(|byte| byte.is_ascii_digit()) {
            for century in ["19", "20"] {
                meanings.add_stem(index, &format!("{century}{stem}"), CENTURY);
            }
        }
        meanings.add_family(index, stem);
        if !ENGLISH.knows(stem) {
            meanings.add_namesakes(index);
        }
        meanings
    }

    /// Adds what an unfinished word may become; the shortest first.
    pub(super) fn add_begun(&mut self, index: &Index, word: &str) {
        const LOOKED_AT_MAX: usize = 2_000;
        let beginning = index.vocabulary.words_beginning(word);
        let mut words: Vec<(Term, &str)> = beginning.take(LOOKED_AT_MAX).collect();
        words.sort_by_key(|(_, word)| word.len());
        for (term, _) in words.into_iter().take(MEANINGS_MAX) {
            self.add(term, COMPLETED);
        }
    }

    /// Adds what a misspelled word may stand for; gives the likeliest spelling.
    pub(super) fn add_corrected<'i>(
        &mut self,
        index: &'i Index,
        word: &str,
        unfinished: bool,
    ) -> Option<&'i str> {
        let mut near = index.vocabulary.misspelled(word);
        if near.is_empty() && unfinished {
            near = index.vocabulary.beginning_misspelled(word);
        }
        // Of spellings that are equally near, the word that more documents hold is the likelier.
        near.sort_by_key(|near| std::cmp::Reverse(index.count(near.term)));
        for near in &near {
            let sure = MISSPELLED.get(near.edits).copied().unwrap_or_default();
            self.add(near.term, sure);
        }
        near.first().map(|near| near.spelled)
    }

    /// Whether it stands for a term that is surely meant.
    pub(super) fn are_exact(&self) -> bool {
        self.0.iter().any(|(_, sure)| *sure >= CENTURY)
    }

    /// Adds the terms of another spelling or script that name the same documents.
    fn add_namesakes(&mut self, index: &Index) {
        let exact = self.0.clone().into_iter().filter(|(_, sure)| *sure >= CENTURY);
        for (term, sure) in exact {
            for other in index.namesakes(term) {
                self.add(other, sure * NAMESAKE);
            }
        }
    }

    /// The terms and how sure each is, the surest first.
    pub(super) fn into_sorted(mut self) -> Vec<(Term, f32)> {
        self.0.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        self.0.truncate(MEANINGS_MAX);
        self.0
    }

    fn add(&mut self, term: Term, sure: f32) {
        match self.0.iter_mut().find(|(known, _)| *known == term) {
            Some((_, known)) => *known = known.max(sure),
            None => self.0.push((term, sure)),
        }
    }

    fn add_stem(&mut self, index: &Index, stem: &str, sure: f32) {
        if let Some(term) = index.vocabulary.term(stem) {
            self.add(term, sure);
        }
    }

    /// Adds the words of the same family that the stemmer leaves apart: "Russia" and "Russian", "санкции" and "санкций".
    fn add_family(&mut self, index: &Index, stem: &str) {
        const LOOKED_AT_MAX: usize = 200;
        let letters = stem.chars().count();
        if letters < ROOT_LETTERS || stem.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let root_letters = ROOT_LETTERS.max(letters.saturating_sub(ENDING_LETTERS));
        let root: String = stem.chars().take(root_letters).collect();
        let sure = if stem.is_ascii() { DERIVED } else { INFLECTED };
        for (term, other) in index.vocabulary.stems_beginning(&root).take(LOOKED_AT_MAX) {
            if of_one_family(stem, other) {
                self.add(term, sure);
            }
        }
    }
}

fn of_one_family(one: &str, other: &str) -> bool {
    let pairs = one.chars().zip(other.chars());
    let shared = pairs.take_while(|(one, other)| one == other).count();
    let [one_ending, other_ending] = [one, other].map(|word| word.chars().count() - shared);
    // An English stem has lost its ending already, so one must go on where the other stops; elsewhere both may have one.
    let parted = !one.is_ascii() || one_ending.min(other_ending) == 0;
    let ending = one_ending.max(other_ending);
    shared >= ROOT_LETTERS && parted && ending <= ENDING_LETTERS && 2 * ending <= shared
}

#[cfg(test)]
mod tests {
    use super::of_one_family;

    #[test]
    fn a_family_shares_its_beginning() {
        for (one, other, are) in [
            ("russia", "russian", true),
            ("sovereign", "sovereignti", true),
            ("санкции", "санкциями", true),
            ("нейтралитет", "нейтралитета", true),
            ("party", "parson", false),
            ("night", "nightlif", false),
            ("war", "warn", false),
        ] {
            assert_eq!(of_one_family(one, other), are, "{one} {other}");
        }
    }
}
