//! Notes of `dossier check` on asks: those that add no new word, and those that find another entry.

use std::collections::BTreeSet;

use super::{Catalog, Item};
use crate::content::{Ask, Diagnostics, Entry, Files, Kind};
use crate::search::stems;

impl Catalog {
    /// Notes asks that should be removed or reworded. `files` are the files that the articles were
    /// loaded from.
    pub fn review_asks(&self, files: &Files, diagnostics: &mut Diagnostics) {
        for item in Kind::ALL.into_iter().flat_map(|kind| self.of_kind(kind, None)) {
            let file = format!("asks/{}.toml", item.entry.kind.name());
            let article = item.article.id.as_str();
            let Some(path) = files.path(article, &file) else { continue };
            for (ask, is_redundant) in item.entry.asks.iter().zip(redundant_asks(item.entry)) {
                let span = ask.span.clone();
                if is_redundant {
                    let note = "this ask brings no word that the names, the summary, `words` and other asks do not have";
                    diagnostics.note(&path, span, note, "remove it, or put it in other words");
                } else if let Some(other) = self.found_before(item, ask) {
                    let found = format!("{}/{}", other.entry.kind.name(), other.entry.id);
                    let note = format!("this ask finds `{found}` first");
                    let help = "move it there, or put it in words that mean this entry alone";
                    diagnostics.note(&path, span, note, help);
                }
            }
        }
        diagnostics.copy_texts(files);
    }

    /// The other entry of the article that ranks first for an ask.
    fn found_before(&self, item: Item<'_>, ask: &Ask) -> Option<Item<'_>> {
        let filter = self.filter(None, self.article_of(item));
        let found = self.search_index.search(&ask.text, &filter);
        let first = self.item(found.hits.first()?.document);
        (first.number != item.number).then_some(first)
    }
}

/// For each ask, whether its words all occur in the entry's names, summary, words or earlier asks.
/// Those that occur just in its text are found by the ask more surely.
fn redundant_asks(entry: &Entry) -> Vec<bool> {
    let mut known = BTreeSet::new();
    let names = entry.aliases.iter().chain([&entry.title, &entry.summary]).chain(&entry.words);
    known.extend(names.flat_map(|name| stems(name)));
    let is_redundant = |ask: &Ask| {
        let words = stems(&ask.text);
        let is_redundant = words.iter().all(|word| known.contains(word));
        known.extend(words);
        is_redundant
    };
    entry.asks.iter().map(is_redundant).collect()
}
