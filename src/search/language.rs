//! Whether a text is in another language than the documents.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::english::ENGLISH;
use super::tokenizer::for_each_token;

static FOREIGN_STOP_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let words = include_str!("../../data/lang/foreign.stop.txt").lines();
    words.filter(|line| !line.starts_with('#')).collect()
});

/// Whether this is a frequent word of another language, as the tokenizer normalizes it.
pub(super) fn is_foreign_stop_word(token: &str) -> bool {
    FOREIGN_STOP_WORDS.contains(token)
}

/// Whether most words of a text are in a script other than Latin, or frequent words of other
/// languages outnumber the English ones.
pub fn is_foreign(text: &str) -> bool {
    let (mut words, mut in_other_script, mut foreign, mut english) = (0, 0, 0, 0);
    for_each_token(text, |token, _| {
        words += 1;
        in_other_script += usize::from(!token.is_ascii());
        let is_english = ENGLISH.is_stop_word(token) || ENGLISH.is_common(&ENGLISH.stem(token));
        match (is_foreign_stop_word(token), is_english) {
            (true, false) => foreign += 1,
            (false, true) => english += 1,
            _ => {}
        }
    });
    2 * in_other_script > words || foreign > english
}

#[cfg(test)]
mod tests {
    use super::is_foreign;

    #[test]
    fn a_foreign_question_is_detected() {
        for text in [
            "что хочет Путин",
            "Чого хоче Росія?",
            "was will Russland mit der Krim",
            "warum will Russland die Krim",
            "pourquoi la Russie veut la Crimée",
            "qué quiere Putin de Ucrania",
            "czego chce Putin od Ukrainy",
            "俄罗斯想要什么",
        ] {
            assert!(is_foreign(text), "{text}");
        }
        for text in [
            "what does Putin want",
            "Путин on NATO in English",
            "who is Ursula von der Leyen",
            "is Donetsk del Este real",
            "best pizza near me",
            "realpolitik",
            "",
        ] {
            assert!(!is_foreign(text), "{text}");
        }
    }
}
