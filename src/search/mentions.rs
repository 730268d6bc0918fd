//! Mentions: names of documents that occur in a longer text, such as a chat message.

use super::english::ENGLISH;
use super::tokenizer::for_each_token;
use super::{CHOICES_MAX, DocumentFilter, MatchKind, SearchIndex};

/// The most words of a name that is recognized inside a text.
const NAME_WORDS_MAX: usize = 8;

/// The weight of a further document with the same name, relative to the first.
const HOMONYM_WEIGHT: f32 = 0.4;

/// A document whose whole name occurs in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct NameMention {
    pub document: usize,
    /// The name as the text has it, normalized.
    pub name: String,
    /// How specific the name is: the sum of its words' weights.
    pub weight: f32,
}

struct MentionWord {
    text: String,
    is_significant: bool,
}

impl SearchIndex {
    /// Finds the documents that a text mentions by name, the most specific names first. Names
    /// inside longer names do not count.
    pub fn find_mentions(&self, text: &str, filter: &DocumentFilter) -> Vec<NameMention> {
        // "Justice" may be the entry, "justice" is the word.
        self.find_mentions_if(text, filter, |word| {
            !ENGLISH.is_common(&ENGLISH.stem(word)) || is_capitalized(text, word)
        })
    }

    /// Like [`Self::find_mentions`], for a text that consists of names.
    pub fn find_names_of_list(&self, text: &str, filter: &DocumentFilter) -> Vec<NameMention> {
        self.find_mentions_if(text, filter, |_| true)
    }

    fn find_mentions_if(
        &self,
        text: &str,
        filter: &DocumentFilter,
        may_be_name: impl Fn(&str) -> bool,
    ) -> Vec<NameMention> {
        let words = words(text);
        let mut mentions: Vec<NameMention> = Vec::new();
        let mut rest = words.as_slice();
        while !rest.is_empty() {
            let longest = (1..=NAME_WORDS_MAX.min(rest.len())).rev().find_map(|count| {
                let found = self.documents_named(&rest[..count], filter, &may_be_name);
                (!found.is_empty()).then_some((count, found))
            });
            let Some((count, found)) = longest else {
                rest = &rest[1..];
                continue;
            };
            let weight: f32 = rest[..count].iter().map(|word| self.weight(word)).sum();
            let name = joined(&rest[..count]);
            for (place, document) in found.into_iter().enumerate() {
                let weight = if place == 0 { weight } else { HOMONYM_WEIGHT * weight };
                match mentions.iter_mut().find(|mention| mention.document == document) {
                    Some(mention) => mention.weight = mention.weight.max(weight),
                    None => mentions.push(NameMention { document, name: name.clone(), weight }),
                }
            }
            rest = &rest[count..];
        }
        mentions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        mentions
    }

    fn documents_named(
        &self,
        words: &[MentionWord],
        filter: &DocumentFilter,
        may_be_name: impl Fn(&str) -> bool,
    ) -> Vec<usize> {
        let is_name = match words {
            [] => false,
            [word] => word.is_significant && may_be_name(&word.text),
            // Names are compared without spaces: "us a" is not the USA.
            [first, .., last] => first.is_significant && last.is_significant,
        };
        if !is_name {
            return Vec::new();
        }
        let found = self.names.find(&joined(words), filter, CHOICES_MAX).into_iter();
        // The alias that matched is missing if a date did: a year is not a name.
        let named = found.filter(|name| match name.kind {
            MatchKind::Title | MatchKind::Id => true,
            MatchKind::Alias => name.alias.is_some(),
            _ => false,
        });
        named.map(|name| name.document as usize).collect()
    }

    fn weight(&self, word: &MentionWord) -> f32 {
        let stem = ENGLISH.stem(&word.text);
        let term = self.text.vocabulary.term(&stem).filter(|_| word.is_significant);
        term.map_or(0.0, |term| self.text.term_weight(term))
    }
}

fn joined(words: &[MentionWord]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> Vec<MentionWord> {
    let mut words = Vec::new();
    for_each_token(text, |word, is_acronym| {
        let is_significant = is_acronym || !ENGLISH.is_stop_word(word);
        words.push(MentionWord { text: word.to_owned(), is_significant });
    });
    words
}

/// Whether a lower-case word occurs in a text with a capital.
fn is_capitalized(text: &str, word: &str) -> bool {
    let same = |other: &str| other.to_lowercase() == word && other.starts_with(char::is_uppercase);
    text.split(|letter: char| !letter.is_alphanumeric()).any(same)
}
