//! Helpers for text: days and months, "did you mean", and characters that must not reach a screen.

/// The days of the week in English, in lower case, Monday first.
pub(crate) const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The months in English, in lower case.
pub(crate) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The one of `candidates` that `text` is most likely a misspelling of.
pub(crate) fn nearest<'c>(
    text: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let scored = candidates
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(text, name), name));
    scored
        .filter(|(score, _)| *score >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Replaces each dash and minus sign by a hyphen: phones and word processors type them instead.
pub(crate) fn with_hyphens(text: &str) -> String {
    text.replace(
        |letter| {
            matches!(
                letter,
                '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
            )
        },
        "-",
    )
}

/// Control characters, and those that change the direction of text or take no room: they can make a line say what it does not.
pub(crate) fn is_invisible(character: char) -> bool {
    match character {
        '\u{20}'..='\u{7e}' => false,
        '\u{061C}' | '\u{180E}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => true,
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' => true,
        '\u{E0000}'..='\u{E01EF}' => true,
        _ => character.is_control(),
    }
}

/// The byte order mark that some editors write before UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a file is UTF-16, as some Windows programs write it: JSON, TOML and front matter begin with an ASCII character, one byte of
/// whose code unit is 0.
pub(crate) fn is_utf16(file: &[u8]) -> bool {
    matches!(file, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..])
}

/// The first words of a text, with an ellipsis where some are left out: at most `chars_max`
/// characters with it.
pub(crate) fn shorten(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    // Not cut in mid-word, unless it is all one word.
    let whole = kept.rfind(' ').map_or(kept.as_str(), |space| &kept[..space]);
    format!("{}…", whole.trim_end_matches([' ', ',', ';', ':', '.']))
}
/// A value without the quotation marks around it, which Docker's env files keep.
pub(crate) fn unquoted(value: &str) -> &str {
    let inner = |mark| value.trim().strip_prefix(mark)?.strip_suffix(mark);
    let inner = ['"', '\'']
        .into_iter()
        .find_map(|mark| inner(mark).filter(|value: &&str| !value.contains(mark)));
    inner.unwrap_or(value)
}

/// Whether a file begins like a zip, gzip, bzip2, xz, Zstandard or 7z file.
pub(crate) fn is_compressed(file: &[u8]) -> bool {
    let archives: [&[u8]; 6] =
        [b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf"];
    archives.iter().any(|start| file.starts_with(start))
}
