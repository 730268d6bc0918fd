//! Which documents may be found.

use std::ops::Range;

/// The documents that may be found, as ranges of their numbers. The documents of one kind of one article are neighbors, so a few
/// ranges say any choice of kinds and articles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(Option<Vec<Range<usize>>>);

impl Scope {
    /// All documents.
    pub fn all() -> Self {
        Self(None)
    }

    /// The documents of these ranges, which must ascend and not overlap. No range: nothing may be found.
    pub fn of(ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        Self(Some(ranges.into_iter().collect()))
    }

    /// Whether a document may be found.
    pub(super) fn holds(&self, document: u32) -> bool {
        let document = document as usize;
        self.0.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.contains(&document)))
    }

    /// Its ranges, in a library of so many documents.
    pub(super) fn within(&self, documents: usize) -> impl Iterator<Item = Range<usize>> {
        let all = self.0.is_none().then_some(0..documents);
        let some = self
            .0
            .iter()
            .flatten()
            .map(move |range| range.start.min(documents)..range.end.min(documents));
        all.into_iter().chain(some)
    }
}
