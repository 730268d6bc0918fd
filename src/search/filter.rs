//! Filters: which documents a search may return.

use std::ops::Range;

/// Restricts a search to ranges of document numbers. Documents of one article and kind are
/// contiguous, so a few ranges suffice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentFilter(Option<Vec<Range<usize>>>);

impl DocumentFilter {
    pub fn all() -> Self {
        Self(None)
    }

    /// Allows only these ranges, which must be in ascending order and not overlap.
    pub fn ranges(ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        Self(Some(ranges.into_iter().collect()))
    }

    pub(super) fn contains(&self, document: u32) -> bool {
        let document = document as usize;
        self.0.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.contains(&document)))
    }

    /// The allowed ranges of an index with `len` documents.
    pub(super) fn within(&self, len: usize) -> impl Iterator<Item = Range<usize>> {
        let all = self.0.is_none().then_some(0..len);
        let some =
            self.0.iter().flatten().map(move |range| range.start.min(len)..range.end.min(len));
        all.into_iter().chain(some)
    }
}
