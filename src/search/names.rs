//! The names of all documents: ids, titles, aliases and dates, matched exactly or by prefix.

use std::collections::HashMap;

use super::tokenizer::normalize;
use super::{Document, DocumentFilter, MatchKind};

/// How many names are scanned per prefix. One or two letters match more names than anyone reads.
const SCANNED_MAX: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameKind {
    Id,
    Title,
    /// The alias with this index.
    Alias(u16),
    Date,
}

#[derive(Debug)]
struct Name {
    document: u32,
    kind: NameKind,
    normalized: Box<str>,
}

/// A document that matched by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NameMatch {
    pub(super) document: u32,
    pub(super) kind: MatchKind,
    pub(super) alias: Option<usize>,
    /// Whether the matching name is its id.
    pub(super) is_id: bool,
    /// Lower is better, among names that matched the same way.
    pub(super) rank: u32,
}

/// An index of names.
#[derive(Default)]
pub(super) struct NameIndex {
    names: Vec<Name>,
    /// Names by their letters without spaces, so that "cease-fire" matches "ceasefire".
    by_letters: HashMap<Box<str>, Vec<u32>>,
    /// Each word of each title, alias and date, sorted by the rest of the name from that word on.
    words: Vec<NameWord>,
}

#[derive(Clone, Copy, Debug)]
struct NameWord {
    name: u32,
    /// The byte offset of the word in the normalized name.
    offset: u32,
}

impl NameIndex {
    /// Adds the names of a document. Call `sort` before searching by prefix.
    pub(super) fn add(&mut self, number: u32, document: &Document<'_>) {
        self.push(number, NameKind::Id, document.id);
        if let Some((_, slug)) = document.id.rsplit_once('/') {
            self.push(number, NameKind::Id, slug);
        }
        self.push(number, NameKind::Title, document.title);
        for (alias, text) in (0..=u16::MAX).zip(&document.aliases) {
            self.push(number, NameKind::Alias(alias), text);
        }
        for date in &document.dates {
            self.push(number, NameKind::Date, date);
        }
    }

    fn push(&mut self, document: u32, kind: NameKind, text: &str) {
        let normalized = normalize(text).into_boxed_str();
        if normalized.is_empty() {
            return;
        }
        let number = self.names.len() as u32;
        self.by_letters.entry(letters(&normalized)).or_default().push(number);
        if kind != NameKind::Id {
            let later = normalized.match_indices(' ').map(|(space, _)| space + 1);
            let offsets = std::iter::once(0).chain(later);
            self.words.extend(offsets.map(|at| NameWord { name: number, offset: at as u32 }));
        }
        self.names.push(Name { document, kind, normalized });
    }

    pub(super) fn sort(&mut self) {
        let names = &self.names;
        self.words.sort_unstable_by(|a, b| rest_of(names, *a).cmp(rest_of(names, *b)));
    }

    /// Finds at most `limit` documents with this normalized name, best first.
    pub(super) fn find(
        &self,
        normalized: &str,
        filter: &DocumentFilter,
        limit: usize,
    ) -> Vec<NameMatch> {
        let numbers = self.by_letters.get(&*letters(normalized)).into_iter().flatten();
        let names = numbers.take(SCANNED_MAX).map(|number| &self.names[*number as usize]);
        best(names.map(Name::to_match), filter, limit)
    }

    /// A name of two words that begins with a letter, and whose last word begins with `last_word`.
    pub(super) fn find_with_initial(&self, initial: &str, last_word: &str) -> Option<&str> {
        if initial.is_empty() || last_word.is_empty() {
            return None;
        }
        let rest = |word: &NameWord| rest_of(&self.names, *word);
        let start = self.words.partition_point(|word| rest(word) < last_word);
        let words = self.words[start..].iter().take_while(|word| rest(word).starts_with(last_word));
        let mut names = words.filter(|word| word.offset > 0 && !rest(word).contains(' '));
        names.find_map(|word| {
            let name = &*self.names[word.name as usize].normalized;
            (name.starts_with(initial) && name.matches(' ').count() == 1).then_some(name)
        })
    }

    /// Finds at most `limit` documents with a name in which a word begins with this normalized
    /// prefix, best first.
    pub(super) fn find_prefix(
        &self,
        prefix: &str,
        filter: &DocumentFilter,
        limit: usize,
    ) -> Vec<NameMatch> {
        let rest = |word: &NameWord| rest_of(&self.names, *word);
        let start = self.words.partition_point(|word| rest(word) < prefix);
        let count = self.words[start..].partition_point(|word| rest(word).starts_with(prefix));
        let words = self.words[start..start + count].iter().take(SCANNED_MAX);
        let matches = words.map(|word| {
            let name = &self.names[word.name as usize];
            let rank = name.prefix_rank(word.offset > 0);
            NameMatch { kind: MatchKind::Prefix, rank, ..name.to_match() }
        });
        best(matches, filter, limit)
    }
}

impl Name {
    fn to_match(&self) -> NameMatch {
        let (kind, alias, rank) = match self.kind {
            NameKind::Title => (MatchKind::Title, None, 0),
            NameKind::Id => (MatchKind::Id, None, 1),
            NameKind::Alias(alias) => (MatchKind::Alias, Some(usize::from(alias)), 2),
            NameKind::Date => (MatchKind::Alias, None, 3),
        };
        NameMatch { document: self.document, kind, alias, is_id: self.kind == NameKind::Id, rank }
    }

    /// Ranks prefixes of titles first, then of aliases, then of later words; shorter names first.
    fn prefix_rank(&self, is_later_word: bool) -> u32 {
        let class = u32::from(is_later_word) * 2 + u32::from(self.kind != NameKind::Title);
        class << 8 | (self.normalized.len() as u32).min(255)
    }
}

fn rest_of(names: &[Name], word: NameWord) -> &str {
    &names[word.name as usize].normalized[word.offset as usize..]
}

fn letters(normalized: &str) -> Box<str> {
    normalized.replace(' ', "").into_boxed_str()
}

/// The best `limit` documents, best first, each with its best name.
fn best(
    matches: impl Iterator<Item = NameMatch>,
    filter: &DocumentFilter,
    limit: usize,
) -> Vec<NameMatch> {
    let mut found: Vec<NameMatch> = matches.filter(|name| filter.contains(name.document)).collect();
    found.sort_unstable_by_key(|name| (name.document, name.rank));
    found.dedup_by(|name, best| {
        let is_same = name.document == best.document;
        best.is_id |= is_same && name.is_id;
        is_same
    });
    found.sort_unstable_by_key(|name| (name.rank, name.document));
    found.truncate(limit);
    found
}
