//! Resolves references to entries, such as `term/buffer-state`.

use std::collections::BTreeMap;

use super::super::citations::FootnoteIndex;
use super::super::diagnostic::Reporter;
use super::super::table::SpannedText;
use super::super::{Article, Kind, Slug};
use super::entry::ParsedEntry;
use crate::text::nearest;

/// The entries that references can name.
pub(super) struct EntryIndex {
    /// The index of each entry in the article. Entries with errors have indices, too, so that
    /// references to them are not reported.
    indices: BTreeMap<(Kind, Slug), usize>,
    /// The ids of the demands in order, those with errors last.
    pub demands: Vec<Slug>,
}

/// Resolves the references in a file, and collects errors.
pub(super) struct LinkScope<'a> {
    /// `None` if article.toml has errors.
    pub article: Option<&'a Article>,
    pub entries: &'a EntryIndex,
    pub footnotes: &'a FootnoteIndex<'a>,
    pub reporter: Reporter<'a>,
}

impl LinkScope<'_> {
    /// The same for another file.
    pub(super) fn of_file<'s>(&'s mut self, path: &'s str) -> LinkScope<'s> {
        let reporter = self.reporter.diagnostics.reporter(path);
        LinkScope { reporter, ..*self }
    }

    /// The index of an entry of a kind by its id.
    pub(super) fn resolve_id(&mut self, kind: Kind, id: &SpannedText) -> Option<usize> {
        let name = id.as_str();
        let index = self.entries.index(kind, name);
        if index.is_none() {
            let help = match nearest(&name.to_lowercase(), self.entries.ids(kind)) {
                Some(near) => format!("write `{near}`, or add the entry"),
                None => format!("add the entry, or name another {}", kind.name()),
            };
            let message = format!("no {} has the id `{name}`", kind.name());
            let target = self.entries.target(kind, name);
            self.reporter.unresolved(target, id.span(), message, help);
        }
        index
    }

    /// The index of the entry that a link such as `term/buffer-state` names.
    pub(super) fn resolve_link(&mut self, link: &SpannedText) -> Option<usize> {
        let name = link.as_str();
        let (kind, id) = name.split_once('/').unwrap_or(("", name));
        let kind = Kind::from_name(kind);
        let index = kind.and_then(|kind| self.entries.index(kind, id));
        if index.is_none() {
            let message = format!("there is no entry `{name}`");
            let help = self.entries.suggestion(kind, id);
            let target = kind.map_or(name.to_owned(), |kind| self.entries.target(kind, id));
            self.reporter.unresolved(target, link.span(), message, help);
        }
        index
    }
}

impl EntryIndex {
    /// An index of the parsed entries, and of others that should exist.
    pub(super) fn new(parsed: &[ParsedEntry], others: impl Iterator<Item = (Kind, Slug)>) -> Self {
        let parsed = parsed.iter().map(|entry| (entry.kind, entry.id.clone()));
        let (mut indices, mut demands) = (BTreeMap::new(), Vec::new());
        for (index, (kind, id)) in parsed.chain(others).enumerate() {
            if kind == Kind::Demand && !indices.contains_key(&(kind, id.clone())) {
                demands.push(id.clone());
            }
            indices.entry((kind, id)).or_insert(index);
        }
        Self { indices, demands }
    }

    fn index(&self, kind: Kind, id: &str) -> Option<usize> {
        self.indices.get(&(kind, Slug::parse(id)?)).copied()
    }

    fn ids(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.indices.keys().filter(move |(one, _)| *one == kind).map(|(_, id)| id.as_str())
    }

    /// The target of references to a missing entry. If a kind has no entries, its folder is missing,
    /// which is one mistake.
    fn target(&self, kind: Kind, id: &str) -> String {
        let id = if self.ids(kind).next().is_none() { "" } else { id };
        format!("{}/{id}", kind.name())
    }

    /// A suggestion for a link to a missing entry.
    fn suggestion(&self, kind: Option<Kind>, id: &str) -> String {
        let keys = || self.indices.keys().filter(|(one, _)| kind.is_none_or(|kind| kind == *one));
        let near = nearest(&id.to_lowercase(), keys().map(|(_, id)| id.as_str()));
        // Else the id may be that of another kind.
        let near = near.unwrap_or(id);
        match keys().chain(self.indices.keys()).find(|(_, one)| one.as_str() == near) {
            Some((kind, id)) => format!("write \"{}/{id}\", or add the entry", kind.name()),
            None => "write it as kind/id, such as term/buffer-state, or add the entry".to_owned(),
        }
    }
}
