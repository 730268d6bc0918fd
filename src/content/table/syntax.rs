//! Parses TOML and reports syntax errors.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, Error};
use unicode_normalization::UnicodeNormalization;

use super::super::diagnostic::Reporter;
use super::super::source_text::{first_line, line_at};

const HELP: &str =
    "write on each line one key with its value: key = \"text\", key = [\"a\", \"b\"] or key = 1";

/// Parses TOML and reports the syntax errors. Returns `None` after any, as the recovered values are
/// unreliable.
pub(in super::super) fn parse<'a>(
    text: &'a str,
    reporter: &mut Reporter<'_>,
) -> Option<DeTable<'a>> {
    if let Some(key) = deep_key(text) {
        let help = "write one name before `=`, and tables as [name] or [name.id]";
        reporter.error(key, "a key of far too many parts", help);
        return None;
    }
    let (table, mut errors) = DeTable::parse_recoverable(text);
    let is_valid = errors.is_empty();
    // Whatever follows an open bracket or quote is misread.
    if let Some(unclosed) = errors.iter().position(is_unclosed) {
        errors = vec![errors.swap_remove(unclosed)];
    }
    // One mistake makes the parser report several errors in a line, or one for each use of a key.
    let (mut lines, mut mistakes) = (BTreeSet::new(), BTreeSet::new());
    for error in &errors {
        let mut span = error.span().unwrap_or_default();
        let mut line = line_at(text, span.start);
        if is_unclosed(error) {
            line = first_line(text, line_at(text, value_start(&table, span.start)));
        }
        let marked = text.get(span.clone()).unwrap_or_default().trim();
        if !lines.insert(line.start) || !mistakes.insert((error.message(), marked)) {
            continue;
        }
        let foreign = foreign_character(&text[line.clone()]);
        let help = match &text[line.clone()] {
            _ if foreign.is_some() => foreign.as_deref().unwrap_or_default(),
            line if line.contains(CURLY_QUOTES) => {
                "replace the curly quotes in this line by straight ones: \"text\""
            }
            _ if error.message() == "duplicate key" => {
                "keep one of the two; several tables of one name are written [[name]] each"
            }
            // A Cyrillic letter can look like a Latin one.
            _ if error.message().starts_with("invalid unquoted key") => {
                "write the key in letters a to z, some others look alike"
            }
            _ => HELP,
        };
        if marked.is_empty() || is_unclosed(error) {
            span = line;
        }
        reporter.error(span, format!("this is not TOML: {}", error.message()), help);
    }
    is_valid.then(|| table.into_inner())
}

fn is_unclosed(error: &Error) -> bool {
    ["unclosed array", "unclosed inline table", "invalid multi-line"]
        .iter()
        .any(|beginning| error.message().starts_with(beginning))
}

/// The start of the value that contains the byte `at`.
fn value_start(table: &Spanned<DeTable<'_>>, at: usize) -> usize {
    let values = table.get_ref().values().filter(|value| !value.get_ref().is_table());
    let mut spans = values.map(Spanned::span);
    spans.find(|span| (span.start..=span.end).contains(&at)).map_or(at, |span| span.start)
}

/// The quotation marks that word processors write.
const CURLY_QUOTES: [char; 4] = ['“', '”', '„', '«'];

/// What to do about a space or a full-width character outside of the quotation marks of a line. TOML
/// takes it for a part of a key.
fn foreign_character(line: &str) -> Option<String> {
    let mut outside = line.split('"').step_by(2).flat_map(str::chars);
    let is_space = |character: &char| character.is_whitespace() && !character.is_ascii();
    let is_wide = |character: &char| ('\u{FF01}'..='\u{FF5E}').contains(character);
    let character = outside.find(|character| is_space(character) || is_wide(character))?;
    if is_wide(&character) {
        let plain = character.to_string().nfkc().collect::<String>();
        return Some(format!("replace the full-width {character} in this line by {plain}"));
    }
    let name = if character == '\u{a0}' { "no-break " } else { "" };
    let code = u32::from(character);
    Some(format!("replace the {name}space U+{code:04X} in this line by one of the space bar"))
}

/// The most dots in a key: no format here has more than three parts, and the parser nests a table
/// for each.
const KEY_DOTS_MAX: usize = 8;

/// The start of the first line whose key has too many parts.
fn deep_key(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let key = line.split(['=', '"', '\'', '#']).next().unwrap_or_default();
        if key.bytes().filter(|byte| *byte == b'.').count() > KEY_DOTS_MAX {
            let shown = key.char_indices().nth(80).map_or(key.trim_end().len(), |(end, _)| end);
            return Some(at..at + shown);
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::foreign_character;

    #[test]
    fn a_character_that_looks_like_another_is_named() {
        for (line, named) in [
            ("title\u{a0}= \"x\"", Some("the no-break space")),
            ("title\u{2009}= \"x\"", Some("the space U+2009")),
            ("title\u{3000}= \"x\"", Some("the space U+3000")),
            ("title =\u{202f}\"x\"", Some("the space U+202F")),
            ("title ＝ \"x\"", Some("the full-width ＝ in this line by =")),
            ("revision = ４", Some("the full-width ４ in this line by 4")),
            ("related = ［\"a\"]", Some("the full-width ［ in this line by [")),
            ("ｔitle = \"x\"", Some("the full-width ｔ in this line by t")),
            ("title = \"a\u{a0}＝\" x", None),
            ("title = x", None),
        ] {
            let help = foreign_character(line);
            assert_eq!(help.is_some(), named.is_some(), "{line}: {help:?}");
            assert!(help.unwrap_or_default().contains(named.unwrap_or_default()), "{line}");
        }
    }
}
