//! The names of all documents: ids, titles and aliases, found whole or by a beginning.

use std::cmp::Ordering;
use std::hash::Hasher;

use super::fold;
use super::hash::Fnv;
use super::{Document, Match, Scope};

/// How many names are looked at for one beginning; a letter or two begin more names than anyone would read.
const LOOKED_AT_MAX: usize = 50_000;

/// What a name is to its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Id,
    Title,
    /// The alias of this number.
    Alias(u16),
    Date,
}

/// A name: a document's, in its folded form.
#[derive(Clone, Copy, Debug)]
struct Name {
    document: u32,
    start: u32,
    length: u16,
    role: Role,
}

/// A document that a name led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) document: u32,
    pub(super) how: Match,
    pub(super) alias: Option<usize>,
    /// Whether the name is its id, whatever else it is.
    pub(super) by_id: bool,
    /// The lower, the better, among names found the same way.
    pub(super) rank: u32,
}

/// All names.
#[derive(Default)]
pub(super) struct Names {
    keys: String,
    names: Vec<Name>,
    /// The names by a hash of their letters without spaces, so that "cease-fire" is "ceasefire".
    whole: Vec<(u32, u32)>,
    /// Each word of each title, alias and date, sorted by the text from there on.
    words: Vec<WordOfName>,
}

/// A word of a name: the name, and where in its key the word begins.
#[derive(Clone, Copy, Debug)]
struct WordOfName {
    name: u32,
    offset: u16,
    /// The lower, the better a document is found by this word.
    rank: u16,
}

impl Names {
    /// Adds the names of a document; `finish` makes them findable.
    pub(super) fn add(&mut self, number: u32, document: &Document<'_>) {
        self.push(number, Role::Id, document.id);
        if let Some((_, last)) = document.id.rsplit_once('/') {
            self.push(number, Role::Id, last);
        }
        self.push(number, Role::Title, document.title);
        for (alias, text) in (0..=u16::MAX).zip(&document.aliases) {
            self.push(number, Role::Alias(alias), text);
        }
        for date in &document.dates {
            self.push(number, Role::Date, date);
        }
    }

    fn push(&mut self, document: u32, role: Role, text: &str) {
        let key = fold::key(text);
        if let Ok(length @ 1..) = u16::try_from(key.len()) {
            self.names.push(Name { document, start: self.keys.len() as u32, length, role });
            self.keys.push_str(&key);
        }
    }

    /// Sorts the names that were added.
    pub(super) fn finish(&mut self) {
        let numbered = || (0u32..).zip(&self.names);
        let mut whole: Vec<(u32, u32)> =
            numbered().map(|(number, name)| (hash(self.key(name)), number)).collect();
        whole.sort_unstable();
        let mut words: Vec<(u128, WordOfName)> = Vec::new();
        for (number, name) in numbered().filter(|(_, name)| name.role != Role::Id) {
            let key = self.key(name);
            let later = key.match_indices(' ').map(|(space, _)| space + 1);
            for offset in std::iter::once(0).chain(later) {
                let word =
                    WordOfName { name: number, offset: offset as u16, rank: name.rank(offset > 0) };
                words.push((head(&key[offset..]), word));
            }
        }
        // Comparing heads keeps the sort out of the texts, which lie all over the memory.
        words.sort_unstable_by(|(head, word), (other_head, other)| {
            let by_text = || match head & 0xFF {
                0 => Ordering::Equal,
                _ => self.from(*word).cmp(self.from(*other)),
            };
            head.cmp(other_head).then_with(by_text)
        });
        self.words = words.into_iter().map(|(_, word)| word).collect();
        self.whole = whole;
    }

    fn key(&self, name: &Name) -> &str {
        &self.keys[name.start as usize..name.start as usize + usize::from(name.length)]
    }

    fn from(&self, word: WordOfName) -> &str {
        &self.key(&self.names[word.name as usize])[usize::from(word.offset)..]
    }

    /// At most `limit` documents that have a name of this key, best first.
    pub(super) fn whole(&self, key: &str, scope: &Scope, limit: usize) -> Vec<Named> {
        let wanted = hash(key);
        let start = self.whole.partition_point(|(hash, _)| *hash < wanted);
        let same = self.whole[start..].iter();
        let same = same.take_while(|(hash, _)| *hash == wanted);
        let mut best = Best::new(limit);
        for (_, number) in same.take(LOOKED_AT_MAX) {
            let name = self.names[*number as usize];
            let named = name.named();
            let wanted = best.wants(named.rank) && scope.holds(name.document);
            if wanted && letters(self.key(&name)).eq(letters(key)) {
                best.add(named);
            }
        }
        best.found
    }

    /// At most `limit` documents one of whose names, or a later word of it, begins with this key, best first.
    pub(super) fn beginning(&self, key: &str, scope: &Scope, limit: usize) -> Vec<Named> {
        let start = self.words.partition_point(|word| self.from(*word) < key);
        let begins = |word: &WordOfName| self.from(*word).starts_with(key);
        let count = self.words[start..].partition_point(begins);
        let mut best = Best::new(limit);
        for word in self.words[start..start + count].iter().take(LOOKED_AT_MAX) {
            let rank = u32::from(word.rank);
            if best.wants(rank) {
                let name = self.names[word.name as usize];
                if scope.holds(name.document) {
                    let how = Match::Prefix;
                    best.add(Named { how, rank, ..name.named() });
                }
            }
        }
        best.found
    }
}

impl Name {
    fn named(self) -> Named {
        let (how, alias, rank) = match self.role {
            Role::Title => (Match::Title, None, 0),
            Role::Id => (Match::Id, None, 1),
            Role::Alias(alias) => (Match::Alias, Some(usize::from(alias)), 2),
            Role::Date => (Match::Alias, None, 3),
        };
        Named { document: self.document, how, alias, by_id: self.role == Role::Id, rank }
    }

    /// Beginnings of titles come first, then those of aliases, then later words; the shorter name first.
    fn rank(self, is_later: bool) -> u16 {
        let class = u16::from(is_later) * 2 + u16::from(self.role != Role::Title);
        class << 8 | self.length.min(255)
    }
}

/// The best so many documents, best first, each with its best name.
struct Best {
    found: Vec<Named>,
    limit: usize,
}

impl Best {
    fn new(limit: usize) -> Self {
        let found = Vec::new();
        Self { found, limit }
    }

    /// Whether a name of this rank would be among the best; of equal ones the first stays.
    fn wants(&self, rank: u32) -> bool {
        let worst = self.found.last();
        self.found.len() < self.limit || worst.is_some_and(|worst| rank < worst.rank)
    }

    fn add(&mut self, mut named: Named) {
        let is_same = |other: &Named| other.document == named.document;
        if let Some(known) = self.found.iter().position(is_same) {
            let known = self.found.remove(known);
            let by_id = named.by_id || known.by_id;
            named = if known.rank <= named.rank { known } else { named };
            named.by_id = by_id;
        }
        let order = |named: &Named| (named.rank, named.document);
        let place = self.found.partition_point(|other| order(other) < order(&named));
        self.found.insert(place, named);
        self.found.truncate(self.limit);
    }
}

/// The first bytes of a text as a number, so that numbers compare as texts do. The last byte is zero if the text ends before it.
fn head(text: &str) -> u128 {
    let mut head = [0; 16];
    let length = text.len().min(head.len());
    head[..length].copy_from_slice(&text.as_bytes()[..length]);
    u128::from_be_bytes(head)
}

fn letters(key: &str) -> impl Iterator<Item = u8> + '_ {
    key.bytes().filter(|byte| *byte != b' ')
}

fn hash(key: &str) -> u32 {
    let mut hash = Fnv::default();
    letters(key).for_each(|letter| hash.write_u8(letter));
    hash.finish() as u32
}
