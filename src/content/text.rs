//! What is looked at in a file before it is read: characters that nobody sees, and what a version control left behind.

use std::borrow::Cow;
use std::ops::Range;

use super::diagnostic::Problems;

/// The most characters told of one file. A file with more of them is no text, and says so with the first.
const TOLD_MAX: usize = 3;

/// Tells what no file may hold, and gives the text without it, each byte in its place; nothing where there is no use in reading on.
pub(super) fn clean<'t>(
    path: &str,
    text: &'t str,
    problems: &mut Problems,
) -> Option<Cow<'t, str>> {
    if let Some(conflict) = conflict(text) {
        let remedy = "keep one of the two versions, and remove the three marker lines";
        problems.at(path, conflict, "a merge left both versions of these lines", remedy);
        return None;
    }
    if let Some((at, _)) = text.match_indices('\r').find(|(at, _)| !text[*at..].starts_with("\r\n"))
    {
        let remedy = "save the file with the line ends of Unix (LF) or Windows (CRLF)";
        problems.at(path, line_at(text, at), "a line ends with a carriage return alone", remedy);
        return None;
    }
    if !may_hold_unseen(text) {
        return Some(Cow::Borrowed(text));
    }
    let unseen: Vec<(usize, char)> =
        text.char_indices().filter(|(_, character)| is_refused(*character)).collect();
    if unseen.is_empty() {
        return Some(Cow::Borrowed(text));
    }
    for (at, character) in unseen.iter().take(TOLD_MAX) {
        let more = if unseen.len() > TOLD_MAX {
            format!(" ({} such in this file)", unseen.len())
        } else {
            String::new()
        };
        let (problem, remedy) = explain(*character);
        problems.at(path, *at..at + character.len_utf8(), problem + &more, remedy);
    }
    let is_text = unseen.len() <= text.len() / 20;
    is_text.then(|| Cow::Owned(blanked(text, &unseen)))
}

/// The first line of a conflict that was not resolved.
fn conflict(text: &str) -> Option<Range<usize>> {
    // Most files hold none of these signs, and need not be looked at line by line.
    if look(text) & MARKER == 0 && !text.contains("\n=======") && !text.starts_with("=======") {
        return None;
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if ["<<<<<<< ", ">>>>>>> ", "||||||| "].iter().any(|marker| line.starts_with(marker))
            || (line.trim_end() == "=======" && !underlines(&text[..at]))
        {
            return Some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}

/// Whether a line of equals signs below such a text makes a heading of its last line, as Markdown has it.
fn underlines(text: &str) -> bool {
    let mut lines = text.trim_end_matches('\n').rsplit('\n').map(str::trim);
    let is_words =
        |line: &str| line.starts_with(char::is_alphanumeric) && !line.contains(['=', '"']);
    text.starts_with("+++") && lines.next().is_some_and(is_words) && lines.next() == Some("")
}

/// Tabs and both kinds of line end are fine; what else cannot be seen is not.
fn is_refused(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{20}'..='\u{7e}' => false,
        // A soft hyphen splits a word for search and for nobody else.
        '\u{ad}' | '\u{fffd}' => true,
        _ => is_unseen(character),
    }
}

fn explain(character: char) -> (String, &'static str) {
    match character {
        '\u{fffd}' => (
            "a character was lost here when the file was converted".to_owned(),
            "write the character that stood here, and save as UTF-8",
        ),
        _ => (
            format!("a character that cannot be seen: U+{:04X}", u32::from(character)),
            "remove it; most editors can show such characters",
        ),
    }
}

fn blanked(text: &str, unseen: &[(usize, char)]) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut done = 0;
    for (at, character) in unseen {
        blanked.push_str(&text[done..*at]);
        blanked.extend(std::iter::repeat_n(' ', character.len_utf8()));
        done = at + character.len_utf8();
    }
    blanked + &text[done..]
}

/// Whether a text holds a character that cannot be seen.
pub(super) fn holds_unseen(text: &str) -> bool {
    text.contains('\n') || (may_hold_unseen(text) && text.contains(is_unseen))
}

/// Whether a text holds a byte that characters begin with which cannot be seen.
fn may_hold_unseen(text: &str) -> bool {
    look(text) & UNSEEN != 0
}

/// What a byte may begin: a character that cannot be seen, or the line that marks a conflict.
const UNSEEN: u8 = 1;
const MARKER: u8 = 2;

/// What each byte may begin.
const BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = match byte {
            0x0a => 0,
            0..=0x1f | 0x7f | 0xc2 | 0xd8 | 0xe1 | 0xe2 | 0xef | 0xf3 => UNSEEN,
            0x3c | 0x3e | 0x7c => MARKER,
            _ => 0,
        };
        byte += 1;
    }
    bytes
};

/// What the bytes of a text may begin. Most begin nothing of it, and bytes are quicker to look at than characters.
fn look(text: &str) -> u8 {
    text.bytes().fold(0, |found, byte| found | BYTES[usize::from(byte)])
}

/// Control characters, and those that change the direction of text or take no room: they can make a line say what it does not.
pub(crate) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
            | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E01EF}')
}

/// The line that holds the byte at `at`, without the space around it; where it holds no words the nearest that does, above first.
pub(super) fn line_at(text: &str, at: usize) -> Range<usize> {
    let at = text.floor_char_boundary(at.min(text.len()));
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let line = trimmed(text, start..end);
    if !line.is_empty() {
        return line;
    }
    let before = text[..start].trim_end().len();
    let after = end + text[end..].len() - text[end..].trim_start().len();
    match (before, text[end..].trim_start().is_empty()) {
        (0, true) => start..end,
        (0, false) => line_at(text, after),
        _ => line_at(text, before - 1),
    }
}

/// The first line of a range.
pub(super) fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let line = text[range.clone()].lines().next().map_or(0, str::len);
    range.start..range.start + line
}

/// A range without the space at its ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let end = range.start + text[range.clone()].trim_end().len();
    let start = end - text[range.start..end].trim_start().len();
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str], read_on: Option<&str>) {
        let mut problems = Problems::default();
        assert_eq!(clean("x", text, &mut problems).as_deref(), read_on, "{text:?}");
        let told: Vec<String> = problems.sorted().into_iter().map(|told| told.problem).collect();
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.contains(expected), "{told} is not about {expected}");
        }
    }

    #[test]
    fn what_is_not_text_is_told_and_the_rest_keeps_its_place() {
        check("plain\r\nwith a\ttab\n", &[], Some("plain\r\nwith a\ttab\n"));
        check("Київ and a no-break\u{a0}space", &[], Some("Київ and a no-break\u{a0}space"));
        let long = "a sentence that is long enough to be read on without its fault";
        check(&format!("{long}\0"), &["U+0000"], Some(&format!("{long} ")));
        check(&format!("{long}\u{202e}"), &["U+202E"], Some(&format!("{long}   ")));
        check(&format!("{long}\u{fffd}"), &["was lost"], Some(&format!("{long}   ")));
        check("a\rb\r", &["carriage return"], None);
        check("\0\0\0\0\0\0", &["6 such", "6 such", "6 such"], None);
        check("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n", &["a merge"], None);
        check("a\n=======\n", &["a merge"], None);
        let heading = "+++\n+++\n\nContext\n=======\n";
        check(heading, &[], Some(heading));
        check("+++\n+++\n\nOne.\nTwo.\n=======\n", &["a merge"], None);
        check("a\n========\n<<<<<<<<\n", &[], Some("a\n========\n<<<<<<<<\n"));
    }

    #[test]
    fn the_quick_look_misses_nothing() {
        for character in (0..=0x10_FFFF)
            .filter_map(char::from_u32)
            .filter(|character| is_unseen(*character) || is_refused(*character))
        {
            assert!(character == '\n' || may_hold_unseen(&character.to_string()), "{character:?}");
        }
    }

    #[test]
    fn the_line_of_a_place_is_one_with_words() {
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
