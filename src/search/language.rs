//! What is known of English: which words say nothing, how common the others are, and what their stem is.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

/// How much a word tells of a question's subject, from 0 (a function word) to 1 (a word that few texts hold).
const TELLING: [f32; 3] = [0.4, 0.6, 1.0];

/// What is known of English. It is read once.
pub(super) static ENGLISH: LazyLock<Language> = LazyLock::new(|| {
    Language::new(
        include_str!("../../data/lang/en.stop.txt"),
        include_str!("../../data/lang/en.common.txt"),
    )
});

/// The stems of the words of a text that tell something.
pub fn stems(text: &str) -> Vec<String> {
    let mut stems = Vec::new();
    super::fold::words(text, |word, capitals| {
        if capitals || !ENGLISH.is_silent(word) {
            stems.push(ENGLISH.stem(word).into_owned());
        }
    });
    stems
}

/// Word lists and a stemmer.
pub(super) struct Language {
    silent: HashSet<&'static str>,
    grades: HashMap<String, u8>,
    stemmer: Stemmer,
}

impl Language {
    fn new(silent: &'static str, common: &'static str) -> Self {
        let silent = silent.lines().filter(|line| !line.starts_with('#')).collect();
        let stemmer = Stemmer::create(Algorithm::English);
        let mut language = Self { silent, grades: HashMap::new(), stemmer };
        let mut grade: u8 = 0;
        for line in common.lines() {
            if line.starts_with("##") {
                grade += 1;
            } else if !line.starts_with('#') {
                let stem = language.stem(line).into_owned();
                language.grades.entry(stem).or_insert(grade.saturating_sub(1));
            }
        }
        language
    }

    /// Whether a word says nothing of the subject.
    pub(super) fn is_silent(&self, word: &str) -> bool {
        self.silent.contains(word)
    }

    /// Whether a word, given its stem, is a word of English that someone may well have meant.
    pub(super) fn knows(&self, stem: &str) -> bool {
        self.grades.contains_key(stem)
    }

    /// How much a word tells, given its stem.
    pub(super) fn telling(&self, stem: &str) -> f32 {
        let grade = self.grades.get(stem).map_or(TELLING.len() - 1, |grade| usize::from(*grade));
        TELLING.get(grade).copied().unwrap_or(1.0)
    }

    /// The stem of a folded word: Snowball's for English letters, British spelling made American; the word itself in any other script.
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

/// The American spelling of a word that has a British one, by its ending. It need not be right for every word, only the same for
/// both spellings, for it is applied to the dataset as to the question.
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
    fn a_rare_word_tells_more_than_a_common_one() {
        assert!(ENGLISH.is_silent("the"));
        let [city, football, karabakh] =
            ["city", "football", "karabakh"].map(|word| ENGLISH.telling(&ENGLISH.stem(word)));
        assert!(city < football && football < karabakh);
    }
}
