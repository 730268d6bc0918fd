//! Collects unresolved references of all files of an article, so that one mistake, such as a
//! renamed id, is not reported a hundred times.

use std::collections::BTreeMap;

use super::Kind;
use super::diagnostic::{Diagnostic, Diagnostics};

/// The most references to the same missing target that are reported one by one.
const REPORTED_MAX: usize = 3;

/// The target of a reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A source or paragraph, by its footnote mark.
    Footnote(String),
    /// A paragraph beyond the last of this section.
    Paragraph(String),
    /// An entry, as `kind/id`.
    Entry(String),
    /// All entries of a kind.
    Kind(Kind),
    /// The stance on these demands.
    Stance(String),
}

#[derive(Debug, Default)]
pub(super) struct UnresolvedReferences {
    by_target: BTreeMap<Target, Vec<Diagnostic>>,
}

impl UnresolvedReferences {
    pub(super) fn add(&mut self, target: Target, diagnostic: Diagnostic) {
        self.by_target.entry(target).or_default().push(diagnostic);
    }

    /// Whether a reference to an entry of this kind is unresolved.
    pub(super) fn has_kind(&self, kind: Kind) -> bool {
        let prefix = format!("{}/", kind.name());
        let mut targets = self.by_target.keys();
        targets.any(|target| matches!(target, Target::Entry(link) if link.starts_with(&prefix)))
    }

    /// Removes references beyond a section's last paragraph if they are so many that the section's
    /// count must be wrong.
    pub(super) fn take_paragraphs(&mut self, section: &str) -> Option<Vec<Diagnostic>> {
        let target = Target::Paragraph(section.to_owned());
        let is_many = self.by_target.get(&target)?.len() > REPORTED_MAX;
        is_many.then(|| self.by_target.remove(&target)).flatten()
    }

    pub(super) fn take_footnotes(&mut self) -> Vec<Diagnostic> {
        let footnotes =
            self.by_target.extract_if(.., |target, _| matches!(target, Target::Footnote(_)));
        footnotes.flat_map(|(_, diagnostics)| diagnostics).collect()
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
