//! Parses TOML, and explains syntax errors in plain language.

use std::ops::Range;

use toml::de::{DeTable, DeValue, Error};

use super::super::diagnostic::Reporter;
use super::super::source_text::{first_line, line_at};

/// Parses TOML and reports all syntax errors. Returns `None` after any, as the recovered values are
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
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    let table = table.into_inner();
    let mut reported: Vec<Range<usize>> = Vec::new();
    let mut last = String::new();
    for error in &errors {
        let at = error.span().unwrap_or_default();
        let (affected, value) = affected_lines(text, &table, &errors, at.start);
        // One mistake makes the parser report several errors in the same line or list.
        let overlaps = |other: &Range<usize>| {
            other.contains(&affected.start) || affected.contains(&other.start)
        };
        if reported.iter().any(overlaps) {
            continue;
        }
        let (span, message, help) = explain(text, error, value);
        if message != last {
            reporter.error(span, message.as_str(), help);
        }
        last = message;
        reported.push(affected);
    }
    errors.is_empty().then_some(table)
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

/// The lines that an error at `at` affects: its own, or the unclosed list or text around it, with
/// its offset.
fn affected_lines(
    text: &str,
    table: &DeTable<'_>,
    errors: &[Error],
    at: usize,
) -> (Range<usize>, Option<usize>) {
    let line = line_at(text, at);
    let spans = table
        .values()
        .filter(|value| !matches!(value.get_ref(), DeValue::Table(_)))
        .map(toml::Spanned::span);
    let is_around = |span: &Range<usize>| {
        span.start <= at && at <= span.end && (span.start < line.start || span.end > line.end)
    };
    let unclosed = || errors.iter().filter(|error| is_unclosed(error)).filter_map(Error::span);
    let has_no_end =
        |span: &Range<usize>| unclosed().any(|at| (span.start..=span.end).contains(&at.start));
    match spans.filter(is_around).find(has_no_end) {
        Some(span) => (line_at(text, span.start).start..span.end, Some(span.start)),
        None => (line, None),
    }
}

fn is_unclosed(error: &Error) -> bool {
    ["unclosed array", "unclosed inline table", "invalid multi-line"]
        .iter()
        .any(|beginning| error.message().starts_with(beginning))
}

/// The span, message and help of an error. `unclosed` is the start of the surrounding value if it
/// is unclosed.
fn explain(text: &str, error: &Error, unclosed: Option<usize>) -> (Range<usize>, String, String) {
    let span = error.span().unwrap_or_default();
    let line = first_line(text, line_at(text, unclosed.unwrap_or(span.start)));
    let marked = text.get(span.clone()).unwrap_or_default().trim();
    if is_unclosed(error) || unclosed.is_some() {
        let (message, help) = match &text[line.clone()] {
            line if line.contains("\"\"\"") || line.contains("'''") => (
                "this text has no closing quotes",
                "write it on one line, in simple quotes: \"text\"",
            ),
            _ => (
                "this list has no closing bracket",
                "end it with `]`, and put a comma between its texts",
            ),
        };
        return (line, message.to_owned(), help.to_owned());
    }
    // TOML parses a non-ASCII space as part of a key.
    let is_foreign_space = |space: &char| space.is_whitespace() && !space.is_ascii();
    let start = text[..line.start].rfind('\n').map_or(0, |end| end + 1);
    let whole_line = text[start..].lines().next().unwrap_or_default();
    if let Some(space) = whole_line.chars().find(is_foreign_space) {
        let name = match space {
            '\u{a0}' => "a no-break space (U+00A0)".to_owned(),
            space => format!("a space that is none of the keyboard's (U+{:04X})", u32::from(space)),
        };
        return (line, name, "replace it by a space of the space bar".to_owned());
    }
    let is_whole_line = marked.is_empty() || error.message().starts_with("invalid unquoted key");
    let (message, help) = translate(error.message(), marked);
    (if is_whole_line { line } else { span }, message, help)
}

/// The parser's message in plain language, with help.
fn translate(message: &str, marked: &str) -> (String, String) {
    let is = |beginning: &str| message.starts_with(beginning);
    let begins_with = |is_such: fn(char) -> bool| marked.starts_with(is_such);
    let (message, help) = if is("duplicate key") || is("cannot extend value") {
        return (
            format!("`{marked}` stands here twice"),
            "keep one of the two; tables of a list are all written in double brackets".to_owned(),
        );
    } else if is("string values must be quoted") && marked.is_empty() {
        ("a value is missing after `=`", "write it: key = \"text\"")
    } else if is("string values must be quoted") && marked.contains(['“', '”', '„', '«', '‘', '’'])
    {
        ("a text in curly quotes", "write it in straight quotes: \"text\"")
    } else if begins_with(|first| first.is_ascii_digit()) && (is("string values") || is("invalid"))
    {
        (
            "neither a number nor a text in quotes",
            "write a number alone on its line, anything else in quotes: \"text\"",
        )
    } else if is("missing opening quote") {
        ("this text has no opening quote", "begin it with the quote that it ends with")
    } else if is("string values must be quoted")
        || (is("invalid ") && begins_with(char::is_alphabetic) && !is("invalid unquoted"))
    {
        ("a text without quotes", "write it in quotes: \"text\"")
    } else if is("key with no value")
        || is("invalid unquoted key")
        || is("unquoted keys cannot be empty")
    {
        (
            "a line without `=`, or with a name before it that is no key",
            "write it as key = \"text\", or begin it with # if it is a note",
        )
    } else if is("unexpected key or value") {
        (
            "more stands on this line than a key and its value",
            "write one key and its value on each line; a list in brackets: [\"a\", \"b\"]",
        )
    } else if is("invalid basic string") || is("invalid literal string") {
        ("this text has no closing quote", "end it with the quote that it begins with")
    } else if is("missing comma") {
        ("a comma is missing in this list", "put a comma between any two of its texts")
    } else if is("extra comma") {
        ("a comma too many in this list", "remove it, or write the text that is missing before it")
    } else if is("unclosed table") {
        ("this line has no closing bracket", "end it with as many `]` as it begins with `[`")
    } else if is("missing escaped value")
        || is("too few unicode")
        || is("invalid escape")
        || is("invalid unicode")
    {
        (
            "a backslash that means nothing in TOML",
            "write \\\\ for a backslash and \\\" for a quote",
        )
    } else {
        return (
            format!("this is not TOML: {message}"),
            "write it as key = \"text\", key = [\"a\", \"b\"] or key = 1".to_owned(),
        );
    };
    (message.to_owned(), help.to_owned())
}
