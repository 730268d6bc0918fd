//! Folding: how a text is taken apart into words that compare equal whatever their case, accents, hyphens and apostrophes.

use unicode_normalization::char::decompose_compatible;

/// The most characters of a text that are read. A question is short; what is longer is a paste.
pub(super) const CHARS_MAX: usize = 6_000;

/// The most letters of one word. What is longer is no word, and only costs.
const LETTERS_MAX: usize = 40;

/// Gives `each` the folded words of a text in order, and whether the word is written in capitals, as acronyms are.
///
/// Possessives lose their ending (`Kyiv's` is `kyiv`), apostrophes within words vanish (`don't` is `dont`), the points of an acronym
/// too (`U.S.` is `us`); every other mark parts two words.
pub(super) fn words(text: &str, mut each: impl FnMut(&str, bool)) {
    let mut word = Word::default();
    let mut rest = text.chars().take(CHARS_MAX).peekable();
    while let Some(character) = rest.next() {
        if character.is_ascii_alphanumeric() {
            word.push(character.to_ascii_lowercase(), character.is_ascii_uppercase());
        } else if !character.is_ascii() && is_letter(character) {
            word.push_decomposed(character);
        } else if matches!(character, '\'' | '’' | 'ʼ' | '‘' | '`') && word.letters > 0 {
            let possessive = rest.next_if(|next| matches!(next, 's' | 'S'));
            match (possessive, rest.peek()) {
                (Some(_), Some(next)) if next.is_alphanumeric() => word.push('s', false),
                _ => {}
            }
        } else if character == '.' && word.letters > 0 && word.is_initials(rest.peek()) {
            word.points += 1;
        } else if character.is_ascii() || !is_mark(character) {
            word.end(&mut each);
        }
    }
    word.end(&mut each);
}

/// The folded words of a text, joined by single spaces, without a leading "the".
pub(super) fn key(text: &str) -> String {
    let mut key = String::new();
    words(text, |word, _| {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    });
    match key.strip_prefix("the ") {
        Some(rest) => rest.to_owned(),
        None => key,
    }
}

#[derive(Default)]
struct Word {
    text: String,
    letters: usize,
    capitals: usize,
    points: usize,
}

impl Word {
    fn push(&mut self, letter: char, capital: bool) {
        self.letters += 1;
        self.capitals += usize::from(capital);
        if self.letters <= LETTERS_MAX {
            self.text.push(letter);
        }
    }

    fn push_decomposed(&mut self, character: char) {
        let capital = character.is_uppercase();
        for lower in character.to_lowercase() {
            decompose_compatible(lower, |part| match plain(part) {
                Some(letters) => letters.chars().for_each(|letter| self.push(letter, capital)),
                None if part.is_alphanumeric() => self.push(part, capital),
                None => {}
            });
        }
    }

    /// Whether the word so far is a letter, or letters with points between, and another follows: `U.S`.
    fn is_initials(&self, next: Option<&char>) -> bool {
        self.letters == self.points + 1
            && next.is_none_or(|next| next.is_alphabetic() || next.is_whitespace())
    }

    fn end(&mut self, each: &mut impl FnMut(&str, bool)) {
        if !self.text.is_empty() {
            each(&self.text, self.capitals >= 2 && self.capitals == self.letters);
        }
        self.text.clear();
        (self.letters, self.capitals, self.points) = (0, 0, 0);
    }
}

fn is_letter(character: char) -> bool {
    character.is_alphanumeric()
}

/// Whether a character stands on the letter before it, as accents do that are written apart, or is not shown at all.
fn is_mark(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The plain letters of one that has no decomposition.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        // Ukrainian and Russian write one name with letters of their own: Зеленський, Зеленский.
        'ґ' => "г",
        'і' | 'ы' => "и",
        'є' | 'э' => "е",
        'ь' | 'ъ' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{key, words};

    #[test]
    fn spellings_of_one_name_fold_to_one_key() {
        for (text, folded) in [
            ("The Budapest Memorandum", "budapest memorandum"),
            ("Kyiv's answer", "kyiv answer"),
            ("what’s  Putin’s-plan?!", "what putin plan"),
            ("don't", "dont"),
            ("U.S.S.R.", "ussr"),
            ("the U.S. and NATO.", "us and nato"),
            ("Bürgenstock · Київ", "burgenstock киив"),
            ("cafe\u{301}", "cafe"),
            ("zero\u{200b}width", "zerowidth"),
            ("the", "the"),
            ("\u{0}\u{7}", ""),
        ] {
            assert_eq!(key(text), folded, "{text}");
        }
    }

    #[test]
    fn capitals_tell_an_acronym_from_a_word() {
        let mut shouted = Vec::new();
        words("what does the US tell us, or the U.N. I ask", |word, capitals| {
            if capitals {
                shouted.push(word.to_owned());
            }
        });
        assert_eq!(shouted, ["us", "un"]);
    }
}
