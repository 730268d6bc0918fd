//! Names that lead nowhere, gathered over all files of an article: one mistake in one place, such as an id spelled in a new way,
//! must not be told a hundred times.

use std::collections::BTreeMap;

use super::Kind;
use super::diagnostic::{Diagnostic, Problems};

/// How many places that name the same missing thing are told one by one.
const PLACES_MAX: usize = 3;

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dangling {
    /// A source or paragraph, by its mark.
    Mark(String),
    /// A paragraph after the last of this section.
    Paragraph(String),
    /// An entry, as a link spells it.
    Entry(String),
    /// All entries of a kind.
    Kind(Kind),
    /// The stance on these demands.
    Stance(String),
}

/// Places that name what is missing.
#[derive(Debug, Default)]
pub(super) struct Strays {
    found: BTreeMap<Dangling, Vec<Diagnostic>>,
}

impl Strays {
    /// Notes a place.
    pub(super) fn add(&mut self, stray: Dangling, place: Diagnostic) {
        self.found.entry(stray).or_default().push(place);
    }

    /// Whether an entry of a kind is missing that others name.
    pub(super) fn misses(&self, kind: Kind) -> bool {
        let prefix = format!("{}/", kind.name());
        self.found
            .keys()
            .any(|stray| matches!(stray, Dangling::Entry(link) if link.starts_with(&prefix)))
    }

    /// OptionKind out the places that cite a paragraph after a section's last, where there are so many that the section is wrong.
    pub(super) fn take_overruns(&mut self, section: &str) -> Option<Vec<Diagnostic>> {
        let key = Dangling::Paragraph(section.to_owned());
        if self.found.get(&key)?.len() <= PLACES_MAX { None } else { self.found.remove(&key) }
    }

    /// OptionKind out the places of all marks that cite nothing.
    pub(super) fn take_marks(&mut self) -> Vec<Diagnostic> {
        let marks = self.found.extract_if(.., |stray, _| matches!(stray, Dangling::Mark(_)));
        marks.flat_map(|(_, places)| places).collect()
    }

    /// Tells the first places of each missing thing, and of the others how many there are.
    pub(super) fn tell(self, problems: &mut Problems) {
        for mut places in self.found.into_values() {
            let more = places.len().saturating_sub(PLACES_MAX);
            places.truncate(PLACES_MAX);
            if let (Some(last), 1..) = (places.last_mut(), more) {
                last.problem +=
                    &format!(" ({more} more such {})", if more == 1 { "place" } else { "places" });
            }
            places.into_iter().for_each(|place| problems.push(place));
        }
    }
}
