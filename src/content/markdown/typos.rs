//! Detects typos that Markdown parses as text: half a mark, a heading without a space, a second
//! front matter.

use std::ops::Range;

use super::super::citations::FootnoteIndex;
use crate::text::is_invisible;

const NO_MARK: &str = "this looks like a mark, but is none";

/// A typo in a paragraph.
pub(super) struct Typo {
    pub span: Range<usize>,
    pub message: &'static str,
    pub help: String,
}

impl Typo {
    fn new(span: Range<usize>, message: &'static str, help: impl Into<String>) -> Self {
        Self { span, message, help: help.into() }
    }
}

/// Finds the typos of a paragraph: `source` is its Markdown, `plain` the rendered text.
pub(super) fn find(source: &str, plain: &str, footnotes: &FootnoteIndex<'_>) -> Vec<Typo> {
    if let Some(typo) = structure(source).or_else(|| list(source)) {
        return vec![typo];
    }
    let mut typos: Vec<Typo> = half_mark(source, plain).into_iter().collect();
    if typos.is_empty() {
        typos.extend(bare_marks(source, plain, footnotes));
    }
    typos.extend(half_strong(source, plain));
    typos.extend(address(source, plain));
    // The file has no invisible characters, so only an entity can produce one.
    if source.contains('&') && plain.contains(is_invisible) {
        let help = "remove it; it may be written as &name;";
        typos.push(Typo::new(0..source.len(), "a character that cannot be seen", help));
    }
    typos
}

/// A line that was meant as a separator.
fn structure(source: &str) -> Option<Typo> {
    if !source.contains('#') && !source.contains("+++") {
        return None;
    }
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let words = line.trim_end();
        if words == "+++" {
            let help = "keep one pair of `+++` lines, at the beginning of the file";
            let message = "another `+++` line below the front matter";
            return Some(Typo::new(at..at + words.len(), message, help));
        }
        // Inside a paragraph a single sign is text: "#1".
        if words.starts_with("##") || (at == 0 && words.starts_with('#')) {
            let help = format!("write it as `## {}`", words.trim_matches(['#', ' ', '\t']));
            let message = "this looks like a heading, but is none";
            return Some(Typo::new(at..at + words.len(), message, help));
        }
        at += line.len();
    }
    None
}

/// Items with a sign that Markdown does not know would run on in one line.
fn list(source: &str) -> Option<Typo> {
    let lines = || {
        source.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line.trim_end()))
        })
    };
    let is_begun = |line: &str| is_lettered(line) || is_glued(line);
    let begun: Vec<(usize, &str)> = lines().filter(|(_, line)| is_begun(line)).collect();
    let lettered = begun.first().filter(|_| begun.len() > 1).copied();
    let is_dashed = |line: &str| line.starts_with(['–', '—', '−', '―']);
    let dashed = lines().next().filter(|(_, line)| is_dashed(line));
    let (at, line) = lines()
        .find(|(_, line)| {
            line.starts_with([
                '•', '·', '●', '○', '◦', '▪', '■', '‣', '⁃', '∙', '➤', '►', '▶', '→', '⇒', '✓', '✔',
            ]) || line.starts_with(|first| matches!(first, '①'..='⓿' | '❶'..='➓'))
        })
        .or(dashed)
        .or(lettered)?;
    let help = "begin each item on a line of its own with `- `";
    Some(Typo::new(at..at + line.len(), "this looks like a list, but is none", help))
}

/// Whether a line starts as an item with a letter or number: "a) …", "(1) …", "i. …", "1.…".
fn is_lettered(line: &str) -> bool {
    let inside = line.strip_prefix('(').unwrap_or(line);
    let is_mark = |mark: &str| {
        (1..=2).contains(&mark.chars().count()) && mark.chars().all(char::is_alphanumeric)
    };
    let is_roman = |mark: &str| !mark.is_empty() && mark.chars().all(|sign| "ivx".contains(sign));
    let is_bracketed = inside.split_once(") ").is_some_and(|(mark, _)| is_mark(mark));
    let is_dotted = line.split_once('.').is_some_and(|(mark, rest)| {
        let is_number = mark.bytes().all(|byte| byte.is_ascii_digit());
        (is_mark(mark) || is_roman(mark))
            && (rest.starts_with(' ') || is_number && rest.starts_with(char::is_alphabetic))
    });
    is_bracketed || is_dotted
}

/// Whether a line starts with the sign of an item, but without the space after it: "-One".
fn is_glued(line: &str) -> bool {
    let is_sign = |sign: char| match sign {
        '-' | '+' => true,
        // Otherwise it is emphasis.
        '*' => line.matches('*').count() % 2 == 1,
        _ => false,
    };
    line.strip_prefix(is_sign).is_some_and(|words| words.starts_with(char::is_alphabetic))
}

/// Asterisks that begin or end nothing.
fn half_strong(source: &str, plain: &str) -> Option<Typo> {
    let at = source.rfind("**").filter(|_| plain.contains("**"))?;
    let help = "close it with `**` directly behind the last word, or remove it";
    Some(Typo::new(at..at + 2, "these asterisks make nothing bold", help))
}

/// A mark without one of its brackets. Carets have no other use in a paragraph.
fn half_mark(source: &str, plain: &str) -> Option<Typo> {
    let is_open = plain.matches('[').count() != plain.matches(']').count();
    if !plain.contains('^') && !is_open {
        return None;
    }
    let help = "write a mark as [^id], with its brackets and its caret";
    Some(Typo::new(half_mark_at(source), NO_MARK, help))
}

/// The first bracket or caret outside a complete mark, up to the next space.
fn half_mark_at(source: &str) -> Range<usize> {
    let mut at = 0;
    while let Some(found) = source[at..].find(['[', '^', ']']) {
        at += found;
        match whole_mark(&source[at..]) {
            Some(length) => at += length,
            None => {
                let word = source[at..].find(char::is_whitespace).unwrap_or(source.len() - at);
                return at..at + word.max(1);
            }
        }
    }
    0..source.len()
}

/// The length of the complete mark or bracket at the start of a text.
fn whole_mark(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let end = inside.find(']')?;
    let is_whole = !inside[..end].contains('[')
        && !inside[..end].trim_start_matches('^').contains('^')
        && &inside[..end] != "^";
    is_whole.then_some(end + 2)
}

/// Brackets whose content would be a valid mark.
fn bare_marks(source: &str, plain: &str, footnotes: &FootnoteIndex<'_>) -> Vec<Typo> {
    let brackets = plain
        .match_indices('[')
        .filter_map(|(at, _)| Some(&plain[at + 1..at + plain[at..].find(']')?]));
    let known = brackets.filter(|inside| footnotes.find(inside.trim()).is_some());
    let typos = known.map(|inside| {
        let written = format!("[{inside}]");
        let at = source.find(&written).map_or(0..source.len(), |at| at..at + written.len());
        Typo::new(at, NO_MARK, format!("write [^{}]", inside.trim()))
    });
    typos.collect()
}

/// A bare web address, which surfaces render differently.
fn address(source: &str, plain: &str) -> Option<Typo> {
    if !plain.contains("://") && !plain.contains("www.") {
        return None;
    }
    let beginnings = ["http://", "https://", "www."];
    let at = beginnings.iter().filter_map(|beginning| source.find(beginning)).min()?;
    // An address in angle brackets is reported as a link.
    if source[..at].ends_with(['(', '<']) {
        return None;
    }
    let end = source[at..].find(char::is_whitespace).map_or(source.len(), |length| at + length);
    let help = "put the source in sources.toml and cite it by its mark: [^id]";
    Some(Typo::new(at..end, "a web address in the text", help))
}
