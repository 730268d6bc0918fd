//! Checks the text of a file before parsing, and finds lines and their spans.

use std::ops::Range;
use std::sync::LazyLock;

use regex_lite::Regex;

use super::diagnostic::Reporter;
use crate::text::is_invisible;

/// The most invisible characters that are reported per file. A file with more is not text.
const REPORTED_MAX: usize = 3;

/// Whether a text can be parsed. If not, the reason is reported.
pub(super) fn is_readable(text: &str, reporter: &mut Reporter<'_>) -> bool {
    if let Some(marker) = conflict_marker(text) {
        let help = "keep one of the two versions, and remove the three marker lines";
        reporter.error(marker, "a merge left both versions of these lines", help);
        return false;
    }
    if let Some(span) = mojibake(text) {
        let message = format!("characters of another encoding: {}", &text[span.clone()]);
        let help = "write the character that stood here, and save the file as UTF-8";
        reporter.error(span, message, help);
        return false;
    }
    let mut returns = text.match_indices('\r').map(|(at, _)| at);
    if let Some(at) = returns.find(|at| !text[*at..].starts_with("\r\n")) {
        let help = "save the file with the line ends of Unix (LF) or Windows (CRLF)";
        reporter.error(line_at(text, at), "a line ends with a carriage return alone", help);
        return false;
    }
    let count = text.matches(is_forbidden).count();
    for (at, found) in text.match_indices(is_forbidden).take(REPORTED_MAX) {
        let (message, help) = match found {
            "\u{fffd}" => (
                "a character that is not UTF-8".to_owned(),
                "write the character that stood here, and save the file as UTF-8",
            ),
            _ => (
                format!("a character that cannot be seen: {}", code_point(found)),
                "remove it; most editors can show such characters",
            ),
        };
        let more = if count > REPORTED_MAX {
            format!(" ({count} such in this file)")
        } else {
            String::new()
        };
        reporter.error(at..at + found.len(), message + &more, help);
    }
    count == 0
}

/// The first marker line of an unresolved merge conflict.
fn conflict_marker(text: &str) -> Option<Range<usize>> {
    let (mut start, mut before) = (0, "");
    for line in text.split_inclusive('\n') {
        let marker = line.trim_end();
        let is_marker = match marker {
            // Below words, it makes them a heading.
            "=======" => matches!(before, "" | "+++") || before.contains("[^"),
            _ => matches!(marker.split(' ').next(), Some("<<<<<<<" | ">>>>>>>" | "|||||||")),
        };
        if is_marker {
            return Some(start..start + marker.len());
        }
        (start, before) = (start + line.len(), marker);
    }
    None
}

/// The first characters that come of reading UTF-8 as the Western encoding of Windows: `â€™`, `Ã©`,
/// `Ð°`. No language has these pairs.
fn mojibake(text: &str) -> Option<Range<usize>> {
    static PAIR: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("â€.|[ÂÃÐÑ][\u{a0}-\u{bf}€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ]|ï»¿")
            .expect("the pattern is valid")
    });
    let first_letters = ['â', 'Â', 'Ã', 'Ð', 'Ñ', 'ï'];
    let found = text.contains(first_letters).then(|| PAIR.find(text)).flatten();
    found.map(|found| found.range())
}

/// Invisible characters other than tabs and line ends. A soft hyphen would split a word in the
/// search index.
fn is_forbidden(character: char) -> bool {
    !matches!(character, '\t' | '\n' | '\r')
        && (is_invisible(character) || matches!(character, '\u{ad}' | '\u{fffd}'))
}

/// The code points of a text, such as "U+202E".
fn code_point(text: &str) -> String {
    text.chars().map(|character| format!("U+{:04X}", u32::from(character))).collect()
}

/// The trimmed line at byte `at`, or the nearest that is not blank, preferably above.
pub(super) fn line_at(text: &str, at: usize) -> Range<usize> {
    let line = |at: usize| {
        let at = text.floor_char_boundary(at);
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        trimmed(text, start..end)
    };
    let own = line(at);
    match text[..own.start].trim_end().len() {
        _ if !own.is_empty() => own,
        0 => line(text.len() - text.trim_start().len()),
        above => line(above - 1),
    }
}

/// The first line of a span.
pub(super) fn first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let length = text[span.clone()].lines().next().map_or(0, str::len);
    span.start..span.start + length
}

/// A span without surrounding whitespace.
pub(super) fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let end = span.start + text[span.clone()].trim_end().len();
    let start = end - text[span.start..end].trim_start().len();
    start..end
}

#[cfg(test)]
mod tests {
    use super::super::diagnostic::Diagnostics;
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut diagnostics = Diagnostics::default();
        let mut reporter = Reporter { path: "x", diagnostics: &mut diagnostics };
        assert_eq!(is_readable(text, &mut reporter), expected.is_empty(), "{text:?}");
        let messages: Vec<String> =
            diagnostics.sorted().into_iter().map(|diagnostic| diagnostic.message).collect();
        assert_eq!(messages.len(), expected.len(), "{messages:?}");
        for (message, expected) in messages.iter().zip(expected) {
            assert!(message.contains(expected), "{message} is not about {expected}");
        }
    }

    #[test]
    fn forbidden_characters_are_reported() {
        check("plain\r\nwith a\ttab\n", &[]);
        check("Київ and a no-break\u{a0}space", &[]);
        check("a\0", &["U+0000"]);
        check("a\u{202e}", &["U+202E"]);
        check("a\u{fffd}", &["is not UTF-8"]);
        check("a\rb\r", &["carriage return"]);
        check("\0\0\0\0\0\0", &["6 such", "6 such", "6 such"]);
    }

    #[test]
    fn conflict_markers_are_reported() {
        check("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n", &["a merge"]);
        check("b\n=======\nc\n>>>>>>> other\n", &["a merge"]);
        check("+++\n+++\n\nContext\n=======\n", &[]);
        check("a\n========\n<<<<<<<<\n", &[]);
        // One that was forgotten.
        check("+++\n+++\n=======\nA fact. [^id]\n", &["a merge"]);
        check("A fact. [^id]\n\n=======\n\nAnother. [^id]\n", &["a merge"]);
        check("- A fact. [^id]\n=======\n- Another. [^id]\n", &["a merge"]);
        check("A fact. [^id]\r\n=======\r\n", &["a merge"]);
        check("A fact. [^id]\n>>>>>>>\n", &["a merge"]);
        check("A fact. [^id]\n|||||||\n", &["a merge"]);
    }

    #[test]
    fn text_in_another_encoding_is_reported() {
        for text in [
            "It was â€œbadâ€\u{9d} [^id]",
            "Kyivâ€™s answer",
            "a word â€“ another",
            "ClichÃ©s",
            "20Â°",
            "Â«Le MondeÂ»",
            "ÐšÐ¸Ñ—Ð²",
            "ï»¿First",
        ] {
            check(text, &["characters of another encoding"]);
        }
        check("SÃO PAULO, ESPAÑA, Âge, Ðuro, naïve, château, â, 5 €, “MANHÔ, «ESPAÑA»", &[]);
    }

    #[test]
    fn the_line_of_an_offset_is_never_blank() {
        let text = "first\n  second  \n\n";
        for (at, expected) in [
            (0, "first"),
            (5, "first"),
            (6, "second"),
            (16, "second"),
            (17, "second"),
            (90, "second"),
        ] {
            assert_eq!(&text[line_at(text, at)], expected, "at {at}");
        }
        assert_eq!(line_at("", 3), 0..0);
        assert_eq!(line_at("\n \n  third", 0), 5..10);
    }
}
