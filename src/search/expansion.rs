//! Query expansion: the index terms that a query word matches, with their similarity.

use super::dates::abbreviated_month;
use super::english::ENGLISH;
use super::index::FullTextIndex;
use super::vocabulary::{FuzzyMatch, TermId};

const EXPANSIONS_MAX: usize = 24;

/// The similarity of a term that is spelled differently: a derived word ("Russian" for "Russia"),
/// an inflected word in a language without a stemmer, another name of the same entry ("OTAN" for
/// "NATO"), a synonym ("truce" for "ceasefire"), the completion of an unfinished word, a short form
/// ("94", "Oct"), and a word with no, one or two typos.
pub(super) const DERIVED_SIMILARITY: f32 = 0.45;
const INFLECTED_SIMILARITY: f32 = 0.9;
const ALIAS_SIMILARITY: f32 = 0.7;
const SYNONYM_SIMILARITY: f32 = 0.5;
const COMPLETED_SIMILARITY: f32 = 0.8;
const ABBREVIATED_SIMILARITY: f32 = 0.9;
const MISSPELLED_SIMILARITIES: [f32; 3] = [1.0, 0.85, 0.65];

/// Words of one family share a root of at least this many letters, and have endings of at most this
/// many.
const ROOT_LETTERS_MIN: usize = 4;
const ENDING_LETTERS_MAX: usize = 3;

/// The terms that a query word matches, each with a similarity from 0 to 1.
#[derive(Debug, Default)]
pub(super) struct Expansions(Vec<(TermId, f32)>);

impl Expansions {
    /// Expands the word at `position` without correcting it.
    pub(super) fn of_word(
        index: &FullTextIndex,
        words: &[String],
        position: usize,
        stem: &str,
    ) -> Self {
        let mut expansions = Self::default();
        expansions.add_stem(index, stem, 1.0);
        // "cease fire" matches "ceasefire".
        let before = position.checked_sub(1).map(|before| (before, position));
        for (first, second) in before.into_iter().chain([(position, position + 1)]) {
            if let (Some(first), Some(second)) = (words.get(first), words.get(second)) {
                expansions.add_stem(index, &ENGLISH.stem(&format!("{first}{second}")), 1.0);
            }
        }
        // "94" matches "1994".
        if stem.len() == 2 && stem.bytes().all(|byte| byte.is_ascii_digit()) {
            for century in ["19", "20"] {
                expansions.add_stem(index, &format!("{century}{stem}"), ABBREVIATED_SIMILARITY);
            }
        }
        // "90bn" matches "90", and "20th" matches "20".
        let number = stem.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
        if number.bytes().all(|byte| byte.is_ascii_digit()) && stem.len() - number.len() == 2 {
            expansions.add_stem(index, number, ABBREVIATED_SIMILARITY);
        }
        // "800k" matches "800000".
        if let Some(thousands) = stem.strip_suffix('k')
            && thousands.bytes().all(|byte| byte.is_ascii_digit())
        {
            expansions.add_stem(index, &format!("{thousands}000"), ABBREVIATED_SIMILARITY);
        }
        if let Some(month) = abbreviated_month(stem) {
            expansions.add_stem(index, &ENGLISH.stem(month), ABBREVIATED_SIMILARITY);
        }
        for synonym in ENGLISH.synonyms(stem) {
            expansions.add_stem(index, synonym, SYNONYM_SIMILARITY);
        }
        expansions.add_family(index, stem);
        if !ENGLISH.is_common(stem) {
            expansions.add_other_names(index);
        }
        expansions
    }

    /// Adds the completions of an unfinished word, shortest first. Returns whether there are any.
    pub(super) fn add_completions(&mut self, index: &FullTextIndex, prefix: &str) -> bool {
        const SCANNED_MAX: usize = 2_000;
        let mut words: Vec<(TermId, &str)> =
            index.vocabulary.words_with_prefix(prefix).take(SCANNED_MAX).collect();
        words.sort_by_key(|(_, word)| word.len());
        for (term, _) in words.iter().take(EXPANSIONS_MAX) {
            self.add(*term, COMPLETED_SIMILARITY);
        }
        !words.is_empty()
    }

    /// Adds the terms that a misspelled word may mean. Returns the likeliest spelling.
    pub(super) fn add_corrections<'i>(
        &mut self,
        index: &'i FullTextIndex,
        word: &str,
        is_unfinished: bool,
    ) -> Option<FuzzyMatch<'i>> {
        let mut matches = index.vocabulary.fuzzy_matches(word);
        if matches.is_empty() && is_unfinished {
            matches = index.vocabulary.fuzzy_prefix_matches(word);
        }
        // Of spellings at the same distance, the more frequent word is likelier.
        matches.sort_by_key(|found| std::cmp::Reverse(index.document_count(found.term)));
        for found in &matches {
            self.add(
                found.term,
                MISSPELLED_SIMILARITIES.get(found.edits).copied().unwrap_or_default(),
            );
        }
        matches.first().copied()
    }

    /// Whether a term matches without correction.
    pub(super) fn has_exact(&self) -> bool {
        self.0.iter().any(|(_, similarity)| *similarity >= ABBREVIATED_SIMILARITY)
    }

    /// The best expansions, best first.
    pub(super) fn into_sorted(mut self) -> Vec<(TermId, f32)> {
        self.0.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        self.0.truncate(EXPANSIONS_MAX);
        self.0
    }

    fn add(&mut self, term: TermId, similarity: f32) {
        match self.0.iter_mut().find(|(known, _)| *known == term) {
            Some((_, known)) => *known = known.max(similarity),
            None => self.0.push((term, similarity)),
        }
    }

    fn add_stem(&mut self, index: &FullTextIndex, stem: &str, similarity: f32) {
        if let Some(term) = index.vocabulary.term(stem) {
            self.add(term, similarity);
        }
    }

    /// Adds the other one-word names of the entries with these names: another spelling or script.
    fn add_other_names(&mut self, index: &FullTextIndex) {
        for (term, similarity) in self.0.clone() {
            if similarity >= ABBREVIATED_SIMILARITY {
                for name in index.other_names(term) {
                    self.add(name, similarity * ALIAS_SIMILARITY);
                }
            }
        }
    }

    /// Adds words of the same family that the stemmer separates: "Russia" and "Russian", "санкции"
    /// and "санкций".
    fn add_family(&mut self, index: &FullTextIndex, stem: &str) {
        const SCANNED_MAX: usize = 200;
        let letters = stem.chars().count();
        if letters < ROOT_LETTERS_MIN || stem.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let root_letters = ROOT_LETTERS_MIN.max(letters.saturating_sub(ENDING_LETTERS_MAX));
        let root: String = stem.chars().take(root_letters).collect();
        let similarity = if stem.is_ascii() { DERIVED_SIMILARITY } else { INFLECTED_SIMILARITY };
        for (term, other) in index.vocabulary.stems_with_prefix(&root).take(SCANNED_MAX) {
            if are_of_one_family(stem, other) {
                self.add(term, similarity);
            }
        }
    }
}

fn are_of_one_family(one: &str, other: &str) -> bool {
    let root = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let [ending, other_ending] = [one, other].map(|word| word.chars().count() - root);
    // English stems have lost their endings, so one must be a prefix of the other; elsewhere both
    // may have an ending.
    let can_differ = !one.is_ascii() || ending.min(other_ending) == 0;
    let longest = ending.max(other_ending);
    // "Ungarn" is not a form of "UNGA".
    let is_root_longer = 2 * longest < root || !one.is_ascii() && 2 * longest == root;
    root >= ROOT_LETTERS_MIN && can_differ && longest <= ENDING_LETTERS_MAX && is_root_longer
}

#[cfg(test)]
mod tests {
    use super::are_of_one_family;

    #[test]
    fn words_of_one_family_share_a_root() {
        for (one, other, expected) in [
            ("russia", "russian", true),
            ("sovereign", "sovereignti", true),
            ("санкции", "санкциями", true),
            ("нейтралитет", "нейтралитета", true),
            ("party", "parson", false),
            ("night", "nightlif", false),
            ("war", "warn", false),
            ("ungarn", "unga", false),
        ] {
            assert_eq!(are_of_one_family(one, other), expected, "{one} {other}");
        }
    }
}
