//! Names: within a kind, an id, a title or an alias names one entry.

use std::collections::BTreeMap;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::super::diagnostic::Problems;
use super::super::format::Text;
use super::super::table::is_stand_in;
use super::super::{Kind, Slug};
use super::check::Check;
use super::entry::Draft;

/// How much a name belongs to an entry: it is known by its id first, then by its title.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    Id,
    Title,
    Alias,
}

/// An entry that goes by a name.
struct Claim<'d> {
    right: Right,
    draft: &'d Draft,
    name: Option<&'d Text>,
}

/// Tells each name that two entries of a kind go by: where the lesser right to it stands, or both where neither has a greater.
pub(super) fn check(drafts: &[Draft], problems: &mut Problems) {
    let mut claims: BTreeMap<(Kind, String), Vec<Claim<'_>>> = BTreeMap::new();
    for draft in drafts {
        let titles = std::iter::once((Right::Title, &draft.common.title));
        let aliases = draft.common.aliases.iter().map(|alias| (Right::Alias, alias));
        let id = Claim { right: Right::Id, draft, name: None };
        claims.entry((draft.kind, key(draft.id.as_str()))).or_default().push(id);
        for (right, name) in titles.chain(aliases).filter(|(_, name)| !is_stand_in(name)) {
            claims.entry((draft.kind, key(name.get_ref()))).or_default().push(Claim {
                right,
                draft,
                name: Some(name),
            });
        }
    }
    for ((_, key), claims) in &claims {
        if !key.is_empty() {
            check_claims(claims, problems);
        }
    }
}

fn check_claims(claims: &[Claim<'_>], problems: &mut Problems) {
    let Some(best) = claims.iter().map(|claim| claim.right).min() else {
        return;
    };
    for claim in claims {
        let other = claims
            .iter()
            .find(|other| other.draft.id != claim.draft.id && other.right <= claim.right);
        let is_lesser = |other: &&Claim<'_>| claim.right > best || other.right == best;
        if let (Some(name), Some(other)) = (claim.name, other.filter(is_lesser)) {
            let problem = format!(
                "\"{}\" names {}/{}, too",
                name.get_ref(),
                other.draft.kind.name(),
                other.draft.id
            );
            let remedy = "leave the name to one of the two, or make it more precise";
            Check { path: &claim.draft.path, problems }.at(name.span(), problem, remedy);
        }
    }
}

/// Tells each value that two entries have and only one may: the number of a demand, the holder of a position.
pub(super) fn check_unique<'d, V: Ord>(
    values: impl Iterator<Item = (V, &'d Draft, std::ops::Range<usize>)>,
    what: &str,
    remedy: &str,
    problems: &mut Problems,
) {
    let mut owners: BTreeMap<V, Vec<(&Draft, std::ops::Range<usize>)>> = BTreeMap::new();
    for (value, draft, span) in values.filter(|(_, _, span)| !span.is_empty()) {
        owners.entry(value).or_default().push((draft, span));
    }
    for owners in owners.values() {
        let other = |id: &Slug| owners.iter().find(|(other, _)| other.id != *id);
        for (draft, span) in owners {
            if let Some((other, _)) = other(&draft.id) {
                let problem = format!("{}/{} has this {what}, too", other.kind.name(), other.id);
                problems.at(&draft.path, span.clone(), problem, remedy);
            }
        }
    }
}

/// A name as a person compares it: without case, accents, hyphens and apostrophes.
pub(super) fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii() {
            push(&mut key, character);
        } else {
            decompose_compatible(character, |part| push(&mut key, part));
        }
    }
    key.truncate(key.trim_end().len());
    key
}

fn push(key: &mut String, character: char) {
    if character.is_ascii_alphanumeric() {
        key.push(character.to_ascii_lowercase());
    } else if is_combining_mark(character) || is_apostrophe(character) {
        // An accent or an apostrophe parts no word.
    } else if character.is_alphanumeric() {
        key.extend(character.to_lowercase());
    } else if !key.is_empty() && !key.ends_with(' ') {
        key.push(' ');
    }
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
