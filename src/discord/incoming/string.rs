//! The strings of JSON, without their escapes.
//!
//! What no text can hold (half of a surrogate pair, bytes that are not UTF-8) becomes U+FFFD: Discord passes on what some clients
//! send, and a question with one broken character still has an answer.

use std::borrow::Cow;

/// What stands between the quotes of a string without escapes.
pub(super) fn plain(quoted: &[u8]) -> Cow<'_, str> {
    str::from_utf8(quoted).map_or_else(|_| String::from_utf8_lossy(quoted), Cow::Borrowed)
}

/// What stands between the quotes of a string, without the escapes. `None` if one of these is wrong.
pub(super) fn unescape(quoted: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        text.push_str(&plain(&rest[..at]));
        let (character, after) = escape(&rest[at + 1..])?;
        text.push(character);
        rest = after;
    }
    text.push_str(&plain(rest));
    Some(text)
}

/// The character that an escape stands for, and what follows it. The backslash is already read.
fn escape(bytes: &[u8]) -> Option<(char, &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let character = match kind {
        b'"' | b'\\' | b'/' => char::from(*kind),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return code_point(rest),
        _ => return None,
    };
    Some((character, rest))
}

/// The character of a `\u` escape, of two of them where they are the halves of one.
fn code_point(bytes: &[u8]) -> Option<(char, &[u8])> {
    let (first, rest) = code_unit(bytes)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((character, rest));
    }
    let second = rest.strip_prefix(b"\\u").and_then(code_unit);
    let pair = second.and_then(|(second, after)| {
        let character = char::decode_utf16([first, second]).next()?.ok()?;
        Some((character, after))
    });
    Some(pair.unwrap_or((char::REPLACEMENT_CHARACTER, rest)))
}

/// The number that four hexadecimal digits stand for.
fn code_unit(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = bytes.split_at_checked(4)?;
    let number = digits
        .iter()
        .try_fold(0_u32, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))?;
    Some((u16::try_from(number).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_halves_of_pairs_replaced() {
        let table: &[(&str, Option<&str>)] = &[
            ("", Some("")),
            ("plain", Some("plain")),
            (r#"\"a\\b\/c\n\t\b\f\r"#, Some("\"a\\b/c\n\t\u{8}\u{c}\r")),
            (r"\u041a\u0438\u0457\u0432", Some("Київ")),
            (r"\uD83D\uDE00!", Some("😀!")),
            (r"\ud83d", Some("\u{fffd}")),
            (r"\ud83d\ud83d\ude00", Some("\u{fffd}😀")),
            (r"\ude00\ud83d", Some("\u{fffd}\u{fffd}")),
            (r"\ud83dx\n", Some("\u{fffd}x\n")),
            (r"\ud83d\u0041", Some("\u{fffd}A")),
            (r"a\u0000b", Some("a\0b")),
            (r"\u12", None),
            (r"\u12g4", None),
            (r"\u+123", None),
            (r"\x41", None),
            (r"\", None),
        ];
        for (quoted, text) in table {
            assert_eq!(unescape(quoted.as_bytes()).as_deref(), *text, "{quoted}");
        }
        assert_eq!(unescape(b"a\xffb\\nc\xc3").as_deref(), Some("a\u{fffd}b\nc\u{fffd}"));
    }
}
