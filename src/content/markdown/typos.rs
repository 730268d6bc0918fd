//! Detects typos that Markdown parses as text: half a mark, a heading without a space, a second
//! front matter.

use std::ops::Range;
use std::sync::LazyLock;

use regex_lite::Regex;

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
    let mark = foreign_mark(source).or_else(|| half_mark(source, plain));
    let mut typos: Vec<Typo> = mark.into_iter().collect();
    if typos.is_empty() {
        typos.extend(bare_marks(source, plain, footnotes));
    }
    typos.extend(half_strong(source, plain));
    typos.extend(wiki_link(source, plain));
    typos.extend(address(source, plain));
    // The file has no invisible characters, so only an entity can produce one.
    if source.contains('&') && plain.contains(is_invisible) {
        let help = "remove it; it may be written as &name;";
        typos.push(Typo::new(0..source.len(), "a character that cannot be seen", help));
    }
    typos
}

/// A line that was meant as a separator. Inside a paragraph a single sign is text: "#1".
fn structure(source: &str) -> Option<Typo> {
    // A line that is bold as a whole, and cites nothing.
    static BOLD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(\*\*[^*\n^]+\*\*|__[^_\n^]+__):?$"));
    let (span, line) = lines(source).find(|(span, line)| {
        *line == "+++"
            || line.starts_with("##")
            || (span.start == 0 && (line.starts_with(['#', '＃']) || BOLD.is_match(source)))
    })?;
    if line == "+++" {
        let help = "keep one pair of `+++` lines, at the beginning of the file";
        return Some(Typo::new(span, "another `+++` line below the front matter", help));
    }
    let help = format!("write it as `## {}`", line.trim_matches(['#', '＃', '*', '_', ' ', '\t']));
    Some(Typo::new(span, "this looks like a heading, but is none", help))
}

/// Items with a sign that Markdown does not know would run on in one line.
fn list(source: &str) -> Option<Typo> {
    static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern("^[•·●○◦▪■‣⁃∙➤►▶→⇒✓✔①-⓿❶-➓]"));
    static ITEM: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(\(?[^\s()\[\]]{1,2}\) |([^\s.()\[\]]{1,2}|[ivx]+)\. |\d{1,2}\.[^\s\d]|[-+][^\s\d+-]|\*[^\s\d*][^*]*$|[oOxX] |\\[-+*] |\d{1,2}\\[.)] )",
        )
    });
    // A line of a paragraph may begin with a letter or a number, and others than the first with a
    // dash.
    let mut items = lines(source).filter(|(_, line)| ITEM.is_match(line));
    let item = items.next().filter(|_| items.next().is_some());
    let bullet = lines(source).find(|(_, line)| BULLET.is_match(line));
    // Two lines that begin with the same kind of sign: emoji, `№ 1`, `»`, or the cells of a table.
    let mut signs = lines(source).filter(|(_, line)| begins_with_sign(line));
    let sign = signs.next().filter(|_| signs.next().is_some());
    let dash = lines(source).next().filter(|(_, line)| line.starts_with(['–', '—', '−', '―']));
    let (span, _) = bullet.or(dash).or(item).or(sign)?;
    let help = "begin each item on a line of its own with `- `";
    Some(Typo::new(span, "this looks like a list, but is none", help))
}

/// Whether a line begins with a sign that is neither a word nor punctuation of a sentence.
fn begins_with_sign(line: &str) -> bool {
    let Some((sign, _)) = line.split_once(' ') else { return false };
    // A keycap is a digit in a box.
    let is_emoji = sign.contains('\u{20e3}') || !sign.contains(char::is_alphanumeric);
    let is_punctuation = sign.contains([
        '"', '\'', '“', '”', '„', '«', '‘', '’', '(', ')', '[', ']', '*', '_', '-', '–', '—', '−',
        '…', '&', '+', '$', '€', '£',
    ]);
    !sign.is_empty() && is_emoji && !is_punctuation
}

/// The trimmed lines with their spans.
fn lines(source: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    source.split_inclusive('\n').scan(0, |at, line| {
        let (start, words) = (*at, line.trim_end());
        *at += line.len();
        Some((start..start + words.len(), words))
    })
}

/// Asterisks that begin or end nothing.
fn half_strong(source: &str, plain: &str) -> Option<Typo> {
    if let Some(at) = source.rfind("**").filter(|_| plain.contains("**")) {
        let help = "close it with `**` directly behind the last word, or remove it";
        return Some(Typo::new(at..at + 2, "these asterisks make nothing bold", help));
    }
    // An asterisk between spaces or numbers is a sign of multiplication, and `\*` is meant.
    static HALF: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\s)\*[^\s*]|[^\s*]\*(?:\s|$)"));
    if !plain.contains('*') || source.contains("\\*") || !HALF.is_match(plain) {
        return None;
    }
    let half = HALF.find(source)?;
    let at = half.start() + half.as_str().find('*').unwrap_or_default();
    let help = "close it with `*` directly behind the last word, or remove it";
    Some(Typo::new(at..at + 1, "this asterisk emphasizes nothing", help))
}

/// A mark with a character that looks like its caret or its brackets.
fn foreign_mark(source: &str) -> Option<Typo> {
    static MARK: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"[\[［][\^ˆ＾˄⌃‸ꞈ]([^\[\]［］^\s]+)[\]］]"));
    // Most marks are written in ASCII, and a pattern takes its time.
    if source.is_ascii() {
        return None;
    }
    let mark = MARK.captures_iter(source).find(|mark| {
        let id = mark[1].len();
        mark[0].len() > id + "[^]".len()
    })?;
    let help = format!("write [^{}], with the caret and the brackets of the keyboard", &mark[1]);
    Some(Typo::new(mark.get(0)?.range(), NO_MARK, help))
}

/// A link of a wiki, which is shown with its brackets.
fn wiki_link(source: &str, plain: &str) -> Option<Typo> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[\[[^\[\]^]+\]\]"));
    let link = plain.contains("[[").then(|| LINK.find(source)).flatten()?;
    let help = "name an entry in `related`, a source by a mark: [^id]";
    Some(Typo::new(link.range(), "this looks like a link, but is none", help))
}

/// A mark without one of its brackets: the first bracket or caret outside a complete mark, up to the
/// next space. Carets have no other use in a paragraph.
fn half_mark(source: &str, plain: &str) -> Option<Typo> {
    static MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[\^?[^\[\]^]+\]|([\[\]^]\S*)"));
    let is_open = plain.matches('[').count() != plain.matches(']').count();
    if !plain.contains('^') && !is_open {
        return None;
    }
    let half = MARK.captures_iter(source).find_map(|found| found.get(1));
    let span = half.map_or(0..source.len(), |half| half.range());
    Some(Typo::new(span, NO_MARK, "write a mark as [^id], with its brackets and its caret"))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is valid")
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
