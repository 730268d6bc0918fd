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
    let mut key = String::with_capacity(name.len());
    for character in name.nfkd() {
        if is_combining_mark(character) || is_apostrophe(character) {
            // Accents and apostrophes do not separate words.
        } else if character.is_alphanumeric() {
            key.extend(character.to_lowercase());
        } else if !key.is_empty() && !key.ends_with(' ') {
            key.push(' ');
        }
    }
    key.truncate(key.trim_end().len());
    key
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | 'ʼ' | '`' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for (name, expected) in [
            ("buffer-state", "buffer state"),
            ("  Buffer   STATE ", "buffer state"),
            ("Kyiv's answer", "kyivs answer"),
            ("État tampon", "etat tampon"),
            ("Київ", "киів"),
            ("U.S.", "u s"),
            ("…", ""),
        ] {
            assert_eq!(key(name), expected);
        }
    }
}
