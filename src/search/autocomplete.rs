//! Autocomplete: the documents that match an unfinished text.

use super::full_text::{name_hit, text_hit};
use super::names::NameMatch;
use super::query::Query;
use super::rank::rank;
use super::tokenizer::normalize;
use super::{CHOICES_MAX, DocumentFilter, Hit, SearchIndex};

/// The least share of the text that a document must match to be offered without a matching name.
const MATCHED_SHARE_MIN: f32 = 0.6;

impl SearchIndex {
    /// Completes an unfinished text, best first: exact names, names with this prefix, then full
    /// text. At most [`CHOICES_MAX`]; an empty text has no completions.
    pub fn complete(&self, text: &str, filter: &DocumentFilter) -> Vec<Hit> {
        let text = &self.prepared(text);
        let prefix = normalize(text);
        if prefix.is_empty() {
            return Vec::new();
        }
        let mut names = self.find_name(text, filter);
        for found in self.names.find_prefix(&prefix, filter, CHOICES_MAX) {
            if !has_document(&names, found.document) {
                names.push(found);
            }
        }
        names.truncate(CHOICES_MAX);
        if names.len() == CHOICES_MAX {
            return names.iter().map(name_hit).collect();
        }
        let query = Query::new(&self.text, text, true);
        if names.is_empty() {
            names = self.find_misspelled(text, &query, filter);
        }
        let mut hits: Vec<Hit> = names.iter().take(CHOICES_MAX).map(name_hit).collect();
        let ranked = rank(&self.text, &query, filter);
        let more = ranked.iter().filter(|found| {
            found.matched_share >= MATCHED_SHARE_MIN && !has_document(&names, found.document)
        });
        let room = CHOICES_MAX - hits.len();
        hits.extend(more.take(room).map(|found| text_hit(found, &query)));
        hits
    }
}

fn has_document(names: &[NameMatch], document: u32) -> bool {
    names.iter().any(|name| name.document == document)
}
