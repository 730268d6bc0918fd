//! The tokenizer: splits a text into tokens, normalized for case, accents, hyphens and apostrophes.

use unicode_normalization::char::decompose_compatible;

/// The most characters of a text that are read. Questions are short; anything longer was pasted.
const TEXT_CHARS_MAX: usize = 6_000;

/// The most characters of a token. Longer ones are not words, and only take memory.
const TOKEN_CHARS_MAX: usize = 40;

/// Calls `emit` with each token of a text, and whether it is in capitals, as acronyms are.
///
/// Possessive endings are removed (`Kyiv's` is `kyiv`), as are apostrophes inside words (`don't` is
/// `dont`) and the periods of an acronym (`U.S.` is `us`); any other punctuation separates tokens.
pub(super) fn for_each_token(text: &str, mut emit: impl FnMut(&str, bool)) {
    let mut token = TokenBuilder::default();
    let mut rest = text.chars().take(TEXT_CHARS_MAX).peekable();
    while let Some(character) = rest.next() {
        if character.is_ascii_alphanumeric() {
            token.push(character.to_ascii_lowercase(), character.is_ascii_uppercase());
        } else if !character.is_ascii() && character.is_alphanumeric() {
            token.push_decomposed(character);
        } else if matches!(character, '\'' | '’' | 'ʼ' | '‘' | '`') && token.chars > 0 {
            let possessive = rest.next_if(|next| matches!(next, 's' | 'S'));
            match (possessive, rest.peek()) {
                (Some(_), Some(next)) if next.is_alphanumeric() => token.push('s', false),
                _ => {}
            }
        } else if character == '.' && token.chars > 0 && token.is_initials(rest.peek()) {
            token.points += 1;
        } else if character == ',' && token.is_number() && is_thousands(rest.clone()) {
            // The comma in 800,000.
        } else if character.is_ascii() || !is_ignored(character) {
            token.end(&mut emit);
        }
    }
    token.end(&mut emit);
}

/// Normalizes a text to its tokens, joined by single spaces, without a leading "the".
pub(super) fn normalize(text: &str) -> String {
    let mut normalized = String::new();
    for_each_token(text, |token, _| {
        if !normalized.is_empty() {
            normalized.push(' ');
        }
        normalized.push_str(token);
    });
    match normalized.strip_prefix("the ") {
        Some(rest) => rest.to_owned(),
        None => normalized,
    }
}

/// Words before which "us" is the pronoun.
const BEFORE_PRONOUN: &str = "all at both by for from give gives help let lets make makes of show shows tell tells to told with";

/// Whether "us" after this word means the United States: "the us", "april 2025 us paper".
pub(super) fn is_country(us: &str, before: Option<&str>) -> bool {
    us == "us" && !BEFORE_PRONOUN.split(' ').any(|word| before == Some(word))
}

#[derive(Default)]
struct TokenBuilder {
    text: String,
    chars: usize,
    capitals: usize,
    points: usize,
}

impl TokenBuilder {
    fn push(&mut self, character: char, is_capital: bool) {
        self.chars += 1;
        self.capitals += usize::from(is_capital);
        if self.chars <= TOKEN_CHARS_MAX {
            self.text.push(character);
        }
    }

    fn push_decomposed(&mut self, character: char) {
        let is_capital = character.is_uppercase();
        for lower in character.to_lowercase() {
            decompose_compatible(lower, |part| match transliterate(part) {
                Some(plain) => plain.chars().for_each(|letter| self.push(letter, is_capital)),
                None if part.is_alphanumeric() => self.push(part, is_capital),
                None => {}
            });
        }
    }

    /// Whether the token so far is letters separated by periods, and another letter may follow:
    /// `U.S`.
    fn is_initials(&self, next: Option<&char>) -> bool {
        self.chars == self.points + 1
            && next.is_none_or(|next| next.is_alphabetic() || next.is_whitespace())
    }

    fn is_number(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn end(&mut self, emit: &mut impl FnMut(&str, bool)) {
        if !self.text.is_empty() {
            emit(&self.text, self.capitals >= 2 && self.capitals == self.chars);
        }
        self.text.clear();
        (self.chars, self.capitals, self.points) = (0, 0, 0);
    }
}

/// Whether a text begins with exactly three digits.
fn is_thousands(mut text: impl Iterator<Item = char>) -> bool {
    text.by_ref().take(3).filter(char::is_ascii_digit).count() == 3
        && text.next().is_none_or(|next| !next.is_ascii_digit())
}

/// Whether a character is dropped without separating tokens: a combining accent or an invisible
/// character.
fn is_ignored(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The ASCII spelling of a letter that Unicode does not decompose.
fn transliterate(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        // Ukrainian and Russian spell the same name with different letters: Зеленський, Зеленский.
        'ґ' => "г",
        'і' | 'ы' => "и",
        'є' | 'э' => "е",
        'ь' | 'ъ' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{for_each_token, normalize};

    #[test]
    fn spellings_of_one_name_are_normalized_alike() {
        for (text, normalized) in [
            ("The Budapest Memorandum", "budapest memorandum"),
            ("Kyiv's answer", "kyiv answer"),
            ("what’s  Putin’s-plan?!", "what putin plan"),
            ("don't", "dont"),
            ("U.S.S.R.", "ussr"),
            ("800,000 of 1,200,000, in 2022,2023", "800000 of 1200000 in 2022 2023"),
            ("the U.S. and NATO.", "us and nato"),
            ("Bürgenstock · Київ", "burgenstock киив"),
            ("cafe\u{301}", "cafe"),
            ("zero\u{200b}width", "zerowidth"),
            ("the", "the"),
            ("\u{0}\u{7}", ""),
        ] {
            assert_eq!(normalize(text), normalized, "{text}");
        }
    }

    #[test]
    fn an_acronym_is_a_token_in_capitals() {
        let mut acronyms = Vec::new();
        for_each_token("what does the US tell us, or the U.N. I ask", |token, is_acronym| {
            if is_acronym {
                acronyms.push(token.to_owned());
            }
        });
        assert_eq!(acronyms, ["us", "un"]);
    }
}
