//! Resolves references to entries, such as `term/buffer-state`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::citations::FootnoteIndex;
use super::super::diagnostic::{Diagnostic, Diagnostics, Reporter};
use super::super::table::Text;
use super::super::unresolved::{Target, UnresolvedReferences};
use super::super::{Kind, Slug};
use super::article::ParsedArticle;
use super::entry::ParsedEntry;
use crate::text::nearest;

/// The entries that references can name.
pub(super) struct EntryIndex {
    /// The index of each entry in the article.
    indices: BTreeMap<(Kind, Slug), usize>,
    /// Entries whose files could not be read, so that references to them are not reported.
    unreadable: BTreeSet<(Kind, Slug)>,
    /// The sections of article.toml. A missing section entry is reported for the section, not for
    /// each reference.
    sections: BTreeSet<Slug>,
    /// The ids of the demands in order, unreadable ones last.
    pub demands: Vec<Slug>,
}

/// Resolves references, and collects errors.
pub(super) struct LinkScope<'a> {
    pub article: &'a ParsedArticle,
    pub entries: &'a EntryIndex,
    pub footnotes: &'a FootnoteIndex<'a>,
    pub unresolved: &'a mut UnresolvedReferences,
    pub diagnostics: &'a mut Diagnostics,
}

impl LinkScope<'_> {
    pub(super) fn reporter<'r>(&'r mut self, path: &'r str) -> Reporter<'r> {
        self.diagnostics.reporter(path)
    }

    /// Collects an unresolved reference, to be reported after all files are linked.
    pub(super) fn add_unresolved(
        &mut self,
        target: Target,
        path: &str,
        reference: &Text,
        message: String,
        help: String,
    ) {
        let diagnostic = Diagnostic::error(path, Some(reference.span()), message, help);
        self.unresolved.add(target, diagnostic);
    }

    /// The index of an actor by its id.
    pub(super) fn resolve_actor(&mut self, id: &Text, path: &str) -> Option<usize> {
        let name = id.as_str();
        let index = self.entries.index(Kind::Actor, name);
        let is_reported = id.is_placeholder() || self.entries.is_expected(Kind::Actor, name);
        if index.is_none() && !is_reported {
            let help = match nearest(&name.to_lowercase(), self.entries.ids(Kind::Actor)) {
                Some(near) => format!("write \"{near}\""),
                None => "add the actor, or name one that there is".to_owned(),
            };
            let target = Target::Entry(format!("actor/{name}"));
            self.add_unresolved(target, path, id, format!("no actor has the id `{name}`"), help);
        }
        index
    }

    /// The index of the entry that a link such as `term/buffer-state` names.
    pub(super) fn resolve_link(&mut self, link: &Text, path: &str) -> Option<usize> {
        let name = link.as_str();
        let (kind, id) = match name.split_once('/') {
            Some((kind, id)) => (Kind::from_name(kind), id),
            None => (None, name),
        };
        let index = kind.and_then(|kind| self.entries.index(kind, id));
        if index.is_none() && !kind.is_some_and(|kind| self.entries.is_expected(kind, id)) {
            let target = match kind {
                Some(kind) if self.entries.ids(kind).next().is_none() => Target::Kind(kind),
                _ => Target::Entry(name.to_owned()),
            };
            let help = self.entries.suggestion(name, id);
            self.add_unresolved(target, path, link, format!("there is no entry `{name}`"), help);
        }
        index
    }
}

impl EntryIndex {
    pub(super) fn new(
        article: &ParsedArticle,
        parsed: &[ParsedEntry],
        unreadable: BTreeSet<(Kind, Slug)>,
    ) -> Self {
        let keys: Vec<(Kind, Slug)> =
            parsed.iter().map(|entry| (entry.kind, entry.id.clone())).collect();
        let demands = keys.iter().chain(&unreadable).filter(|(kind, _)| *kind == Kind::Demand);
        let sections = article.sections.iter().map(|section| section.id.clone());
        Self {
            demands: demands.map(|(_, id)| id.clone()).collect(),
            sections: sections.filter(|id| !id.as_str().is_empty()).collect(),
            indices: keys.into_iter().zip(0..).collect(),
            unreadable,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.indices.is_empty() && self.unreadable.is_empty()
    }

    /// The index of an entry that was parsed.
    fn index(&self, kind: Kind, id: &str) -> Option<usize> {
        self.indices.get(&(kind, Slug::parse(id)?)).copied()
    }

    /// Whether this entry should exist, which is reported elsewhere if it does not.
    pub(super) fn is_expected(&self, kind: Kind, id: &str) -> bool {
        Slug::parse(id).is_some_and(|id| {
            (kind == Kind::Section && self.sections.contains(&id))
                || self.unreadable.contains(&(kind, id))
        })
    }

    pub(super) fn contains(&self, kind: Kind, id: &Slug) -> bool {
        let key = (kind, id.clone());
        self.indices.contains_key(&key) || self.unreadable.contains(&key)
    }

    fn keys(&self) -> impl Iterator<Item = &(Kind, Slug)> {
        self.indices.keys().chain(&self.unreadable)
    }

    pub(super) fn ids(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.keys().filter(move |(one, _)| *one == kind).map(|(_, id)| id.as_str())
    }

    /// A suggestion for a link to a missing entry.
    fn suggestion(&self, link: &str, id: &str) -> String {
        if let Some((kind, id)) = self.keys().find(|(_, one)| one.as_str() == id) {
            return format!("write \"{}/{id}\"", kind.name());
        }
        let kind = link.split_once('/').and_then(|(kind, _)| Kind::from_name(&kind.to_lowercase()));
        let of_kind = || self.keys().filter(|(one, _)| kind.is_none_or(|kind| kind == *one));
        let near = nearest(&id.to_lowercase(), of_kind().map(|(_, id)| id.as_str()));
        match near.and_then(|near| of_kind().find(|(_, one)| one.as_str() == near)) {
            Some((kind, near)) => format!("write \"{}/{near}\", or add the entry", kind.name()),
            None => "write it as kind/id, such as term/buffer-state, or add the entry".to_owned(),
        }
    }
}
