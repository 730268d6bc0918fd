//! Checks that ids, titles and aliases are unique within a kind.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::super::Kind;
use super::super::diagnostic::Diagnostics;
use super::super::table::Text;
use super::entry::ParsedEntry;

/// The kind of a name. An id takes precedence over a title, a title over an alias.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NameKind {
    Id,
    Title,
    Alias,
}

struct NameUse<'d> {
    kind: NameKind,
    entry: &'d ParsedEntry,
    /// `None` for the id, which is the file name.
    text: Option<&'d Text>,
}

/// Reports names shared by entries of a kind: at the lower precedence, or at both if equal.
pub(super) fn check(parsed: &[ParsedEntry], diagnostics: &mut Diagnostics) {
    let mut uses: BTreeMap<(Kind, String), Vec<NameUse<'_>>> = BTreeMap::new();
    for entry in parsed {
        let id = (NameKind::Id, entry.id.as_str(), None);
        let title = (NameKind::Title, entry.common.title.as_str(), Some(&entry.common.title));
        let aliases = entry.common.aliases.iter();
        let aliases = aliases.map(|alias| (NameKind::Alias, alias.as_str(), Some(alias)));
        for (kind, name, text) in [id, title].into_iter().chain(aliases) {
            uses.entry((entry.kind, key(name))).or_default().push(NameUse { kind, entry, text });
        }
    }
    for (_, uses) in uses.iter().filter(|((_, key), uses)| !key.is_empty() && uses.len() > 1) {
        let best = uses.iter().map(|one| one.kind).min();
        for one in uses {
            let is_conflict =
                |other: &&NameUse<'_>| other.entry.id != one.entry.id && other.kind <= one.kind;
            let other = uses.iter().find(is_conflict);
            let other = other.filter(|other| Some(one.kind) > best || Some(other.kind) == best);
            if let (Some(text), Some(NameUse { entry: other, .. })) = (one.text, other) {
                let message =
                    format!("\"{}\" names {}/{}, too", text.as_str(), other.kind.name(), other.id);
                let help = "leave the name to one of the two, or make it more precise";
                diagnostics.reporter(&one.entry.path).error(text.span(), message, help);
            }
        }
    }
}

/// Reports values that must be unique: the number of a demand, the holder of a position.
pub(super) fn check_unique<'d, V: Ord>(
    values: impl Iterator<Item = (V, &'d ParsedEntry, Range<usize>)>,
    what: &str,
    help: &str,
    diagnostics: &mut Diagnostics,
) {
    let mut owners: BTreeMap<V, Vec<(&ParsedEntry, Range<usize>)>> = BTreeMap::new();
    for (value, entry, span) in values.filter(|(_, _, span)| !span.is_empty()) {
        owners.entry(value).or_default().push((entry, span));
    }
    for owners in owners.values() {
        for (entry, span) in owners {
            if let Some((other, _)) = owners.iter().find(|(other, _)| other.id != entry.id) {
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
