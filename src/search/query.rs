//! A question taken apart: its telling words, what each can stand for in the index, and how much each tells.

use super::fold;
use super::index::Index;
use super::language::ENGLISH;
use super::meaning::Meanings;
use super::vocabulary::Term;

/// The most telling words of a question that are looked up. A message may be pasted whole; its first words say what it is about.
const WORDS_MAX: usize = 24;

/// The most misspelled words of a question that are looked for, as each is compared with the whole vocabulary.
pub(super) const MISSPELLED_MAX: usize = 6;

/// A question.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) words: Vec<Word>,
    /// What its words weigh together.
    pub(super) weight: f32,
    /// The words that had to be corrected, and how.
    corrected: Vec<(String, String)>,
}

/// A telling word of a question.
#[derive(Debug)]
pub(super) struct Word {
    /// How much it tells.
    pub(super) weight: f32,
    /// What it can stand for, the surest first. Empty: nothing that any document says.
    pub(super) meanings: Vec<(Term, f32)>,
}

impl Query {
    /// OptionKind a question apart. While it is being typed, its last word may be unfinished.
    pub(super) fn new(index: &Index, text: &str, unfinished: bool) -> Self {
        let mut left = MISSPELLED_MAX;
        Self::sparing(index, text, unfinished, &mut left)
    }

    /// The same, while so many misspelled words may still be looked for.
    pub(super) fn sparing(index: &Index, text: &str, unfinished: bool, left: &mut usize) -> Self {
        let words = telling_words(text);
        let mut query = Self::default();
        let most = MISSPELLED_MAX.min(*left);
        let mut tried = 0;
        for (place, word) in words.iter().enumerate() {
            let unfinished = unfinished && place + 1 == words.len();
            let stem = ENGLISH.stem(word);
            let mut meanings = Meanings::spelled(index, &words, place, &stem);
            if unfinished {
                meanings.add_begun(index, word);
            }
            let mut weight = None;
            if may_be_misspelled(word, &stem, &meanings) && tried < most {
                tried += 1;
                // It may be another word after all, so it keeps the weight of the word that it is.
                weight = Some(ENGLISH.telling(&stem));
                let spelled = meanings.add_corrected(index, word, unfinished);
                let pair = spelled.map(|spelled| (word.clone(), spelled.to_owned()));
                query.corrected.extend(pair);
            }
            query.push(index, weight, ENGLISH.telling(&stem), meanings);
        }
        *left -= tried;
        query
    }

    /// Whether a word had to be corrected.
    pub(super) fn is_corrected(&self) -> bool {
        !self.corrected.is_empty()
    }

    /// A folded text with its misspelled words corrected.
    pub(super) fn respelled(&self, key: &str) -> String {
        let right = |word| self.corrected.iter().find(|(wrong, _)| wrong == word);
        let words = key.split(' ').map(|word| right(word).map_or(word, |(_, right)| right));
        words.collect::<Vec<_>>().join(" ")
    }

    fn push(&mut self, index: &Index, weight: Option<f32>, unknown: f32, meanings: Meanings) {
        let meanings = meanings.into_sorted();
        let told = meanings.first().map(|(term, _)| index.telling[*term as usize]);
        // What no document says may be anything, so it counts as a word of English alone.
        let weight = weight.or(told).unwrap_or(unknown);
        self.weight += weight;
        self.words.push(Word { weight, meanings });
    }
}

/// The words of a question that say something of its subject.
fn telling_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    // In a text that is all capitals they tell nothing.
    let shouted = !text.chars().any(char::is_lowercase);
    fold::words(text, |word, capitals| {
        let tells = !ENGLISH.is_silent(word) || capitals && !shouted;
        if tells && words.len() < WORDS_MAX && !words.iter().any(|other| other == word) {
            words.push(word.to_owned());
        }
    });
    words
}

/// Whether a word may be a misspelling of one that the documents hold: they do not hold it as it is, it is no other word of English,
/// and no number, for another number is another thing.
fn may_be_misspelled(word: &str, stem: &str, meanings: &Meanings) -> bool {
    !meanings.are_exact() && !ENGLISH.knows(stem) && !word.bytes().any(|byte| byte.is_ascii_digit())
}
