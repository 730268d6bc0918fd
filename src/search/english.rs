//! English: stop words, common words, synonyms and stems.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::edit_distance::edit_distance;
use super::tokenizer::for_each_token;

/// Term weights by how common a word is: the two grades of `en.common.txt`, then all other words.
const TERM_WEIGHTS: [f32; 3] = [0.55, 0.6, 1.0];

pub(super) static ENGLISH: LazyLock<English> = LazyLock::new(|| {
    English::new(
        include_str!("../../data/lang/en.stop.txt"),
        include_str!("../../data/lang/en.common.txt"),
        include_str!("../../data/lang/en.synonyms.txt"),
        include_str!("../../data/lang/en.outside.txt"),
    )
});

/// The stems of the significant words of a text.
pub fn stems(text: &str) -> Vec<String> {
    let mut stems = Vec::new();
    for_each_token(text, |word, is_acronym| {
        if is_acronym || !ENGLISH.is_stop_word(word) {
            stems.push(ENGLISH.stem(word).into_owned());
        }
    });
    stems
}

pub(super) struct English {
    stop_words: HashSet<&'static str>,
    outside_phrases: Vec<String>,
    grades: HashMap<String, u8>,
    synonyms: HashMap<String, Vec<String>>,
    stemmer: Stemmer,
}

impl English {
    fn new(stop_words: &'static str, common: &str, synonyms: &str, outside: &str) -> Self {
        let stop_words = stop_words.lines().filter(|line| !line.starts_with('#')).collect();
        let outside = outside.lines().filter(|line| !line.starts_with('#'));
        let outside_phrases = outside.map(|phrase| format!(" {phrase} ")).collect();
        let stemmer = Stemmer::create(Algorithm::English);
        let (grades, no_synonyms) = (HashMap::new(), HashMap::new());
        let mut english =
            Self { stop_words, outside_phrases, grades, synonyms: no_synonyms, stemmer };
        for (word, others) in synonyms.lines().filter_map(|line| line.split_once(": ")) {
            let others = others.split(' ').map(|other| english.stem(other).into_owned()).collect();
            english.synonyms.insert(english.stem(word).into_owned(), others);
        }
        let mut grade: u8 = 0;
        for line in common.lines() {
            if line.starts_with("##") {
                grade += 1;
            } else if !line.starts_with('#') {
                let stem = english.stem(line).into_owned();
                english.grades.entry(stem).or_insert(grade.saturating_sub(1));
            }
        }
        english
    }

    pub(super) fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// The phrases of a normalized question that ask for something that a record does not answer,
    /// such as an opinion.
    pub(super) fn outside_phrases(&self, question: &str) -> impl Iterator<Item = &str> {
        // "A Gaza-style board" only compares.
        let question = format!(" {question} ");
        let question =
            [" style ", " like "].iter().fold(question, |text, word| text.replace(word, "-"));
        let phrases = self.outside_phrases.iter().map(String::as_str);
        phrases.filter(move |phrase| question.contains(phrase)).map(str::trim)
    }

    /// The stop word that a misspelled word of at least four letters means.
    pub(super) fn misspelled_stop_word(&self, word: &str) -> Option<&'static str> {
        const LETTERS_MIN: usize = 4;
        let letters: Vec<char> = word.chars().collect();
        let is_meant = |stop_word: &&'static str| {
            let is_near = stop_word.len().abs_diff(word.len()) <= 1;
            let edits = || edit_distance(&letters, &stop_word.chars().collect::<Vec<_>>(), 1);
            stop_word.len() >= LETTERS_MIN && is_near && edits().is_some()
        };
        let is_long = letters.len() >= LETTERS_MIN;
        is_long.then(|| self.stop_words.iter().copied().filter(is_meant).min()).flatten()
    }

    /// The stems of synonyms of the word with this stem.
    pub(super) fn synonyms(&self, stem: &str) -> &[String] {
        self.synonyms.get(stem).map_or(&[], Vec::as_slice)
    }

    /// Whether this is the stem of a common English word, which is rarely a typo.
    pub(super) fn is_common(&self, stem: &str) -> bool {
        self.grades.contains_key(stem)
    }

    /// How much the word with this stem says about the subject of a query: 1 for a rare word.
    pub(super) fn term_weight(&self, stem: &str) -> f32 {
        let grade = self.grades.get(stem).map(|grade| usize::from(*grade));
        TERM_WEIGHTS[grade.unwrap_or(TERM_WEIGHTS.len() - 1).min(TERM_WEIGHTS.len() - 1)]
    }

    /// Stems a normalized word: Snowball for English letters, after American spelling; words in
    /// other scripts are kept.
    pub(super) fn stem<'w>(&self, word: &'w str) -> Cow<'w, str> {
        if !word.bytes().all(|byte| byte.is_ascii_lowercase()) || word.len() < 3 {
            return Cow::Borrowed(word);
        }
        match american(word) {
            Some(spelled) => Cow::Owned(self.stemmer.stem(&spelled).into_owned()),
            None => self.stemmer.stem(word),
        }
    }
}

/// The American spelling of a word with a British ending. It may be wrong for a word, as long as
/// both spellings give the same result: it is applied to documents and queries alike.
fn american(word: &str) -> Option<String> {
    const ENDINGS: [(&str, &str); 16] = [
        ("isation", "ization"),
        ("isations", "izations"),
        ("ise", "ize"),
        ("ised", "ized"),
        ("ises", "izes"),
        ("ising", "izing"),
        ("our", "or"),
        ("ours", "ors"),
        ("oured", "ored"),
        ("ouring", "oring"),
        ("ence", "ense"),
        ("ences", "enses"),
        ("tre", "ter"),
        ("tres", "ters"),
        ("elled", "eled"),
        ("elling", "eling"),
    ];
    let (british, american) = ENDINGS
        .iter()
        .find(|(british, _)| word.len() > british.len() + 2 && word.ends_with(british))?;
    Some(format!("{}{american}", &word[..word.len() - british.len()]))
}

#[cfg(test)]
mod tests {
    use super::ENGLISH;

    #[test]
    fn forms_and_spellings_of_a_word_share_a_stem() {
        for (one, other) in [
            ("annexation", "annexed"),
            ("neutralisation", "neutralization"),
            ("neighbours", "neighbors"),
            ("defence", "defense"),
            ("centre", "center"),
            ("sanctions", "sanction"),
        ] {
            assert_eq!(ENGLISH.stem(one), ENGLISH.stem(other), "{one}");
        }
        assert_eq!(ENGLISH.stem("санкции"), "санкции");
    }

    #[test]
    fn a_misspelled_stop_word_is_recognized() {
        for (word, expected) in
            [("actualy", true), ("wich", true), ("happend", true), ("duma", false), ("teh", false)]
        {
            assert_eq!(ENGLISH.misspelled_stop_word(word).is_some(), expected, "{word}");
        }
    }

    #[test]
    fn another_war_may_be_named_to_compare() {
        for (question, is_outside) in
            [("plan for gaza", true), ("a gaza style board", false), ("gaza like ruins", false)]
        {
            let found = ENGLISH.outside_phrases(question).next();
            assert_eq!(found.is_some(), is_outside, "{question}");
        }
    }

    #[test]
    fn a_rare_word_weighs_more_than_a_common_one() {
        assert!(ENGLISH.is_stop_word("the"));
        let [city, football, karabakh] =
            ["city", "football", "karabakh"].map(|word| ENGLISH.term_weight(&ENGLISH.stem(word)));
        assert!(city < football && football < karabakh);
    }
}
