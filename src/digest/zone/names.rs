//! Alternative names of time zones: `data/time-zones.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Zone;

const FILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/time-zones.toml"));

/// The regions whose names are offered. The database keeps the rest for compatibility.
const REGIONS: [&str; 10] = [
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

/// Suffixes that do not change which zone a name means, longest first.
const SUFFIXES: [&str; 6] =
    [" standard time", " daylight time", " summer time", " winter time", " local time", " time"];

/// Punctuation around a name.
const AROUND: [char; 11] = ['"', '“', '”', '„', '«', '»', '\'', '.', '!', '?', ' '];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    common: Vec<String>,
    replaced: Vec<String>,
    names: BTreeMap<String, Vec<String>>,
    ambiguous: BTreeMap<String, Vec<String>>,
}

pub(super) struct ZoneNames {
    /// The preferred zone of each UTC offset, most wanted first.
    pub(super) common: Vec<String>,
    /// The database names that are offered, sorted.
    pub(super) offered: Vec<String>,
    /// Alternative names, folded, with their zones, best first.
    pub(super) names: BTreeMap<String, Vec<String>>,
    /// The names among them that stand for several zones, none of which is meant more than others.
    pub(super) ambiguous: BTreeSet<String>,
}

pub(super) static ZONE_NAMES: LazyLock<ZoneNames> = LazyLock::new(|| {
    let file: File = toml::from_str(FILE).expect("the table of time zones is checked by a test");
    let is_offered = |name: &String| {
        let is_of_region = REGIONS.iter().any(|region| name.starts_with(region));
        name == "UTC" || is_of_region && !file.replaced.contains(name)
    };
    let mut names = BTreeMap::new();
    let ambiguous = file.ambiguous.values().flatten().map(|name| fold(name)).collect();
    for (zones, called) in file.names.into_iter().chain(file.ambiguous) {
        let zones: Vec<String> = zones.split(' ').map(str::to_owned).collect();
        names.extend(called.iter().map(|name| (fold(name), zones.clone())));
    }
    let offered = Zone::names().into_iter().filter(is_offered).collect();
    ZoneNames { common: file.common, offered, names, ambiguous }
});

/// Folds a name: lower case, no accents, spaces for underscores, no "standard time" at the end.
pub(super) fn fold(text: &str) -> String {
    // Full-width letters are decomposed, too.
    let letters = without_label(text).nfkd();
    let plain = letters.filter(|letter| !is_combining_mark(*letter));
    let lower = plain.collect::<String>().to_lowercase().replace('_', " ");
    // Phones type a minus sign or a dash for a hyphen.
    let folded = lower.replace(['−', '–'], "-").replace('±', "+").replace(" / ", "/");
    let folded = folded.trim_matches(AROUND);
    let short = SUFFIXES.iter().find_map(|suffix| folded.strip_suffix(suffix));
    short.unwrap_or(folded).to_owned()
}

/// Strips a suffix that is still being typed: `eastern sta`.
pub(super) fn without_unfinished_suffix(folded: &str) -> Option<&str> {
    let strip = |suffix: &str| {
        let mut starts = (2..suffix.len()).rev().map(|length| &suffix[..length]);
        starts.find_map(|start| folded.strip_suffix(start))
    };
    SUFFIXES.into_iter().find_map(strip)
}

/// The zone name within a choice's label, which clients may send instead of its value: `Kyiv,
/// Ukraine` or `(UTC+02:00) Kyiv`.
pub(super) fn without_label(text: &str) -> &str {
    let text = text.trim();
    let text = match text.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((offset, "")) => offset,
        Some((_, name)) => name,
        None => text,
    };
    // A comma within a number is a decimal comma: `+5,5`.
    let is_end = |(at, character): &(usize, char)| match character {
        '·' | '(' => true,
        ',' => !text[at + 1..].starts_with(|next: char| next.is_ascii_digit()),
        _ => false,
    };
    let end = text.char_indices().find(is_end).map_or(text.len(), |(at, _)| at);
    text[..end].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_of_the_table_exists_in_the_database() {
        let zones = ZONE_NAMES.names.values().flatten();
        for name in zones.chain(&ZONE_NAMES.common) {
            assert!(Zone::from_name(name).is_some_and(|zone| zone.name() == name), "{name}");
        }
        assert!(ZONE_NAMES.offered.len() > 300, "{}", ZONE_NAMES.offered.len());
    }

    #[test]
    fn no_name_occurs_in_two_rows_of_the_table() {
        let file: File = toml::from_str(FILE).expect("a table");
        let count: usize = file.names.values().chain(file.ambiguous.values()).map(Vec::len).sum();
        assert_eq!(ZONE_NAMES.names.len(), count);
        let all = Zone::names();
        for name in &file.replaced {
            assert!(all.contains(name), "{name}");
        }
    }
}
