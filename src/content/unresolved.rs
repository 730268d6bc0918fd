//! Collects unresolved references of all files of an article, so that one mistake, such as a
//! renamed id, is not reported a hundred times.

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Diagnostics};

/// The most references to the same missing target that are reported one by one.
const REPORTED_MAX: usize = 3;

#[derive(Debug, Default)]
pub(super) struct UnresolvedReferences {
    by_target: BTreeMap<String, Vec<Diagnostic>>,
}

impl UnresolvedReferences {
    /// Adds a reference. `target` is the same for references that one correction resolves.
    pub(super) fn add(&mut self, target: String, diagnostic: Diagnostic) {
        self.by_target.entry(target).or_default().push(diagnostic);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_target.is_empty()
    }

    /// Reports the first references to each target, and the number of the others.
    pub(super) fn report(self, diagnostics: &mut Diagnostics) {
        for mut references in self.by_target.into_values() {
            let more = references.len().saturating_sub(REPORTED_MAX);
            references.truncate(REPORTED_MAX);
            if let (Some(last), 1..) = (references.last_mut(), more) {
                let places = if more == 1 { "place" } else { "places" };
                last.message += &format!(" ({more} more such {places})");
            }
            references.into_iter().for_each(|reference| diagnostics.push(reference));
        }
    }
}
