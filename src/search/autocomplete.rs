//! A text that is being typed: what it may become.

use super::full_text::{hit, text_hit};
use super::names::Named;
use super::query::Query;
use super::rank::rank;
use super::{Finder, Hit, Scope, fold};

/// A document that no name led to is offered when it explains this share of what was typed.
const EXPLAINED_LEAST: f32 = 0.6;

impl Finder {
    /// What a text that is being typed may become, best first: documents with just this name, names that begin so, then what its words
    /// are near or stand in. An empty text gives nothing.
    pub fn complete(&self, text: &str, scope: &Scope, limit: usize) -> Vec<Hit> {
        let key = fold::key(text);
        if key.is_empty() {
            return Vec::new();
        }
        let mut named = self.named(text, scope);
        for begun in self.names.beginning(&key, scope, limit) {
            if !is_among(&named, begun.document) {
                named.push(begun);
            }
        }
        named.truncate(limit);
        if named.len() == limit {
            return named.iter().map(hit).collect();
        }
        let query = Query::new(&self.index, text, true);
        if named.is_empty() {
            named = self.misspelled(text, &query, scope);
        }
        let mut hits: Vec<Hit> = named.iter().take(limit).map(hit).collect();
        let ranked = rank(&self.index, &query, scope);
        let rest = ranked.iter().filter(|ranked| {
            ranked.explained >= EXPLAINED_LEAST && !is_among(&named, ranked.document)
        });
        let room = limit - hits.len();
        hits.extend(rest.take(room).map(|ranked| text_hit(ranked, &query)));
        hits
    }
}

fn is_among(named: &[Named], document: u32) -> bool {
    named.iter().any(|named| named.document == document)
}
