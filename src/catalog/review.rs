//! What `dossier check` says of asks beyond their form: those that bring no new word, and those that find another entry.

use std::collections::BTreeSet;

use super::{Catalog, Item};
use crate::content::{Ask, Entry, Files, Kind, Problems};
use crate::search::stems;

impl Catalog {
    /// Notes the asks that could go or have to be put otherwise. `files` hold the articles that the catalog was made from.
    pub fn review_asks(&self, files: &[&Files], problems: &mut Problems) {
        for kind in Kind::ALL {
            for item in self.of_kind(kind, None) {
                let file = format!("asks/{}.toml", kind.name());
                let path =
                    files.iter().find_map(|files| files.path(item.article.id.as_str(), &file));
                let Some(path) = path else { continue };
                let idle = idle(item.entry);
                for ask in &item.entry.asks {
                    let at = ask.span.clone();
                    if idle.contains(&at.start) {
                        let note = "this ask brings no word that the entry does not have";
                        problems.note(&path, at, note, "remove it, or put it in other words");
                    } else if let Some(other) = self.found_before(item, ask) {
                        let found = format!("{}/{}", other.entry.kind.name(), other.entry.id);
                        let note = format!("this ask finds `{found}` first");
                        let remedy = "move it there, or put it in words that mean this entry alone";
                        problems.note(&path, at, note, remedy);
                    }
                }
            }
        }
    }

    /// The other entry of the article that an ask finds first.
    fn found_before(&self, item: Item<'_>, ask: &Ask) -> Option<Item<'_>> {
        let article = self.articles.iter().position(|one| one.id == item.article.id);
        let found = self.search_index.search(&ask.text, &self.filter(None, article));
        let first = self.item(found.hits.first()?.document);
        (first.number != item.number).then_some(first)
    }
}

/// The asks, by where they begin, whose words all stand in the entry's names and text or in earlier asks.
fn idle(entry: &Entry) -> BTreeSet<usize> {
    let mut known = BTreeSet::new();
    let names = entry.aliases.iter().chain([&entry.title, &entry.summary]).chain(&entry.words);
    known.extend(names.flat_map(|name| stems(name)));
    known.extend(entry.blocks().flat_map(|block| stems(&block.plain())));
    let mut idle = BTreeSet::new();
    for ask in &entry.asks {
        let words = stems(&ask.text);
        if words.iter().all(|word| known.contains(word)) {
            idle.insert(ask.span.start);
        }
        known.extend(words);
    }
    idle
}
