//! Checks that ids, titles and aliases are unique within a kind.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::super::diagnostic::Diagnostics;
use super::entry::ParsedEntry;

/// Reports titles and aliases that name another entry of the kind, too.
pub(super) fn check(parsed: &[ParsedEntry], diagnostics: &mut Diagnostics) {
    let names = parsed.iter().flat_map(|entry| {
        let texts = std::iter::once(&entry.common.title).chain(&entry.common.aliases);
        let texts = texts.map(|text| (text.as_str(), Some(text.span())));
        let names = texts.chain([(entry.id.as_str(), None)]);
        names.map(move |(name, span)| ((entry.kind, key(name)), entry, span))
    });
    let help = "leave the name to one of the two, or make it more precise";
    let names = names.filter(|((_, key), ..)| !key.is_empty());
    check_unique(names, "name", help, diagnostics);
}

/// Reports values that must be unique, such as the number of a demand. A value without a span is not
/// reported itself.
pub(super) fn check_unique<'d, V: Ord>(
    values: impl Iterator<Item = (V, &'d ParsedEntry, Option<Range<usize>>)>,
    what: &str,
    help: &str,
    diagnostics: &mut Diagnostics,
) {
    let mut owners: BTreeMap<V, Vec<_>> = BTreeMap::new();
    for (value, entry, span) in values {
        owners.entry(value).or_default().push((entry, span));
    }
    for owners in owners.values() {
        for (entry, span) in owners {
            let other = owners.iter().find(|(other, _)| other.id != entry.id);
            if let (Some((other, _)), Some(span)) = (other, span) {
                let message = format!("{}/{} has this {what}, too", other.kind.name(), other.id);
                diagnostics.reporter(&entry.path).error(span.clone(), message, help);
            }
        }
    }
}

/// A name folded for comparison: without case, accents, hyphens and apostrophes.
fn key(name: &str) -> String {
    let is_apostrophe = |letter| matches!(letter, '\'' | '’' | '‘' | 'ʼ' | '`' | '\u{ad}');
    let plain = name.nfkd().filter(|letter| !is_combining_mark(*letter) && !is_apostrophe(*letter));
    let plain = plain.collect::<String>().to_lowercase();
    let words = plain.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
