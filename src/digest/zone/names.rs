//! Alternative names of time zones: `data/time-zones.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Zone;
use super::find::parse_offset;
use crate::text::with_hyphens;

const FILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/time-zones.toml"));

/// The regions whose names are offered. The database keeps the rest for compatibility.
const REGIONS: &str =
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific";

/// Suffixes that do not change which zone a name means, longest first.
const SUFFIXES: [&str; 6] =
    [" standard time", " daylight time", " summer time", " winter time", " local time", " time"];

/// Punctuation around a name.
const AROUND: [char; 11] = ['"', '“', '”', '„', '«', '»', '\'', '.', '!', '?', ' '];

/// What a row of the table has: zones, separated by spaces, and what they are called.
type Rows = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    common: Vec<String>,
    replaced: Vec<String>,
    names: Rows,
    ambiguous: Rows,
    states: Rows,
    windows: Rows,
}

/// Zones, best first, by their normalized names.
type ZonesByName = BTreeMap<String, Vec<String>>;

pub(super) struct ZoneNames {
    /// The preferred zone of each UTC offset, most wanted first.
    pub(super) common: Vec<String>,
    /// The database names that are offered, sorted, each with its normalized form.
    pub(super) offered: Vec<(String, String)>,
    /// Alternative names, and those of the database that are offered, with and without their region.
    pub(super) names: ZonesByName,
    /// The names among them that stand for several zones, none of which is meant more than others.
    pub(super) ambiguous: ZonesByName,
    /// The zones of states, by their abbreviations.
    pub(super) states: ZonesByName,
    /// The names that Windows has for zones.
    windows: ZonesByName,
}

pub(super) static ZONE_NAMES: LazyLock<ZoneNames> = LazyLock::new(|| {
    let file: File = toml::from_str(FILE).expect("the table of time zones is checked by a test");
    let is_offered = |name: &String| {
        name == "UTC" || without_region(name) != name && !file.replaced.contains(name)
    };
    let offered = Zone::names().into_iter().filter(is_offered);
    let offered: Vec<(String, String)> =
        offered.map(|name| (normalize_name(&name), name)).collect();
    let ambiguous = by_name(file.ambiguous, normalize_name);
    let mut names = by_name(file.names, normalize_name);
    names.extend(ambiguous.clone());
    for (normalized, name) in &offered {
        let city = normalized.rsplit('/').next().unwrap_or(normalized);
        for called in [normalized, city] {
            names.entry(spaced(called)).or_insert_with(|| vec![name.clone()]);
        }
    }
    let states = by_name(file.states, normalize_name);
    let windows = by_name(file.windows, normalize_letters);
    ZoneNames { common: file.common, offered, names, ambiguous, states, windows }
});

fn by_name(rows: Rows, normalize: fn(&str) -> String) -> ZonesByName {
    let mut zones_by_name = ZonesByName::new();
    for (zones, called) in rows {
        for name in called {
            let zones = zones.split(' ').map(str::to_owned);
            zones_by_name.entry(spaced(&normalize(&name))).or_default().extend(zones);
        }
    }
    zones_by_name
}

/// The words of a normalized name: `ivano-frankivsk`, `europe/kyiv`.
pub(super) fn spaced(normalized: &str) -> String {
    normalized.replace(['/', '-'], " ")
}

/// Normalizes a name: lower case, no accents, spaces for underscores, no "standard time" at the end.
pub(super) fn normalize_name(text: &str) -> String {
    let normalized = normalize_letters(text);
    let short = SUFFIXES.iter().find_map(|suffix| normalized.strip_suffix(suffix));
    short.unwrap_or(&normalized).to_owned()
}

/// Whether a text says that it is a time, so that its name is not unfinished: `Kyiv time`.
pub(super) fn has_suffix(text: &str) -> bool {
    normalize_letters(text) != normalize_name(text)
}

fn normalize_letters(text: &str) -> String {
    // Full-width letters are decomposed, too.
    let plain = text.nfkd().filter(|letter| !is_combining_mark(*letter));
    let lower = plain.collect::<String>().to_lowercase().replace('_', " ");
    let normalized = with_hyphens(&lower).replace('±', "+").replace(" / ", "/");
    normalized.trim_matches(AROUND).to_owned()
}

/// The zone that Windows calls by this name: `GMT Standard Time`.
pub(super) fn windows_zone(text: &str) -> Option<Zone> {
    let name = spaced(&normalize_letters(text)).replace("daylight time", "standard time");
    Zone::from_name(ZONE_NAMES.windows.get(&name)?.first()?)
}

/// Strips a suffix that is still being typed: `eastern sta`.
pub(super) fn without_unfinished_suffix(normalized: &str) -> Option<&str> {
    let strip = |suffix: &str| {
        let mut starts = (2..suffix.len()).rev().map(|length| &suffix[..length]);
        starts.find_map(|start| normalized.strip_suffix(start))
    };
    SUFFIXES.into_iter().find_map(strip)
}

/// The most qualifiers that are read: each is looked for among all zones. Windows lists up to six
/// cities.
const QUALIFIERS_MAX: usize = 8;

/// The parts of a text that names a zone.
pub(super) struct ZoneQuery<'a> {
    pub(super) name: &'a str,
    /// What stands beside the name, and should fit it: `CST (China)`, `Kyiv, Ukraine`, `(UTC+02:00)
    /// Kyiv`, `EST/EDT`.
    pub(super) qualifiers: Vec<&'a str>,
}

impl<'a> ZoneQuery<'a> {
    /// Clients may send a choice's label instead of its value. What follows its `·` is the time.
    pub(super) fn parse(text: &'a str) -> Self {
        let text = text.split('·').next().unwrap_or(text).trim_matches(AROUND);
        let (first, rest) = match text.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((name, "")) => (None, name),
            Some((offset, name)) => (Some(offset), name),
            None => (None, text),
        };
        let mut parts = rest.split(['(', ')']).flat_map(split_name).map(str::trim);
        let name = parts.next().unwrap_or(rest);
        // A time of the day, or the rules of a zone, name no other zone.
        let is_name = |part: &&str| {
            let has_digit = part.contains(|letter: char| letter.is_ascii_digit());
            !part.is_empty() && (!has_digit || parse_offset(&normalize_name(part)).is_some())
        };
        let qualifiers = first.into_iter().chain(parts).filter(is_name).take(QUALIFIERS_MAX);
        let qualifiers = qualifiers.collect();
        Self { name, qualifiers }
    }
}

/// Splits a list of names. The slash of `Europe/Kyiv` and a decimal comma are not separators.
fn split_name(text: &str) -> Vec<&str> {
    let is_decimal = |at: usize| text[at + 1..].starts_with(|next: char| next.is_ascii_digit());
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices([',', '&']).filter(|(at, _)| !is_decimal(*at)) {
        parts.push(&text[start..at]);
        start = at + 1;
    }
    parts.push(&text[start..]);
    parts.into_iter().flat_map(split_slashes).collect()
}

fn split_slashes(text: &str) -> Vec<&str> {
    let is_of_region = without_region(&normalize_letters(text)) != normalize_letters(text);
    match is_of_region || Zone::from_name(text.trim()).is_some() {
        true => vec![text],
        false => text.split('/').collect(),
    }
}

/// Strips the region from a name: `europe/lviv`.
pub(super) fn without_region(name: &str) -> &str {
    let is_region = |text: &str| REGIONS.split(' ').any(|one| one.eq_ignore_ascii_case(text));
    let parts = name.split_once('/').filter(|(region, _)| is_region(region));
    parts.map_or(name, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_zone_of_the_table_exists_in_the_database() {
        let tables = [&ZONE_NAMES.names, &ZONE_NAMES.windows, &ZONE_NAMES.states];
        let zones = tables.into_iter().flat_map(BTreeMap::values).flatten();
        for name in zones.chain(&ZONE_NAMES.common) {
            assert!(Zone::from_name(name).is_some_and(|zone| zone.name() == name), "{name}");
        }
        assert!(ZONE_NAMES.offered.len() > 300, "{}", ZONE_NAMES.offered.len());
    }

    #[test]
    fn no_name_occurs_in_two_rows_of_the_table() {
        let file: File = toml::from_str(FILE).expect("a table");
        let names: Vec<&String> =
            file.names.values().chain(file.ambiguous.values()).flatten().collect();
        let distinct: BTreeSet<String> = names.iter().map(|name| normalize_name(name)).collect();
        assert_eq!(distinct.len(), names.len());
        let all = Zone::names();
        for name in &file.replaced {
            assert!(all.contains(name), "{name}");
        }
    }
}
