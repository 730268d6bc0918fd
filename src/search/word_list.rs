//! Lists of words.

use std::collections::HashSet;
use std::sync::OnceLock;

/// A set of words that is written as a text.
pub struct WordList {
    text: &'static str,
    words: OnceLock<HashSet<&'static str>>,
}

impl WordList {
    pub const fn new(text: &'static str) -> Self {
        Self { text, words: OnceLock::new() }
    }

    pub fn contains(&self, word: &str) -> bool {
        self.words.get_or_init(|| self.text.split_whitespace().collect()).contains(word)
    }
}
