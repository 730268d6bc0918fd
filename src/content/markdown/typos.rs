//! Slips of the pen that Markdown takes for words: half a mark, a heading without a space, a second front matter.

use std::ops::Range;

use super::super::citations::Marks;
use super::super::text::holds_unseen;

/// A slip in a paragraph: where in its source, what is wrong, what would be right.
pub(super) struct Typo {
    pub at: Range<usize>,
    pub problem: &'static str,
    pub remedy: String,
}

/// The slips of a paragraph: `source` is how it was written, `plain` the words that a reader would see.
pub(super) fn find(source: &str, plain: &str, marks: &Marks<'_>) -> Vec<Typo> {
    if let Some(slip) = structure(source).or_else(|| list(source)) {
        return vec![slip];
    }
    let mut slips: Vec<Typo> = half_mark(source, plain).into_iter().collect();
    if slips.is_empty() {
        slips.extend(bare_marks(source, plain, marks));
    }
    slips.extend(address(source, plain));
    // The file was looked through: only an entity can still name one.
    if source.contains('&') && holds_unseen(plain) {
        slips.push(Typo {
            at: 0..source.len(),
            problem: "a character that cannot be seen",
            remedy: "remove it; it may be written as &name;".to_owned(),
        });
    }
    slips
}

/// A line that was meant to part the text.
fn structure(source: &str) -> Option<Typo> {
    if !source.contains('#') && !source.contains("+++") {
        return None;
    }
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let words = line.trim_end();
        if words == "+++" {
            let remedy = "keep one pair of `+++` lines, at the beginning of the file".to_owned();
            return Some(Typo {
                at: at..at + words.len(),
                problem: "another `+++` line below the front matter",
                remedy,
            });
        }
        // Within a paragraph a single sign is one: "#1".
        if words.starts_with("##") || (at == 0 && words.starts_with('#')) {
            let remedy = format!("write it as `## {}`", words.trim_matches(['#', ' ', '\t']));
            return Some(Typo {
                at: at..at + words.len(),
                problem: "this looks like a heading, but is none",
                remedy,
            });
        }
        at += line.len();
    }
    None
}

/// Items of a list by another sign than Markdown's: they would run on in one line.
fn list(source: &str) -> Option<Typo> {
    let lines = || {
        source.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line.trim_end()))
        })
    };
    let begun: Vec<(usize, &str)> = lines().filter(|(_, line)| is_lettered(line)).collect();
    let lettered = begun.first().filter(|_| begun.len() > 1).copied();
    let is_dashed = |line: &str| line.starts_with(['–', '—', '−', '―']);
    let dashed = lines().next().filter(|(_, line)| is_dashed(line));
    let (at, line) = lines()
        .find(|(_, line)| {
            line.starts_with(['•', '·', '●', '○', '◦', '▪', '■', '‣', '⁃', '∙', '➤', '►'])
        })
        .or(dashed)
        .or(lettered)?;
    Some(Typo {
        at: at..at + line.len(),
        problem: "this looks like a list, but is none",
        remedy: "begin each item on a line of its own with `- `".to_owned(),
    })
}

/// Whether a line begins as an item that is counted in letters or numbers: "a) …", "(1) …".
fn is_lettered(line: &str) -> bool {
    let inside = line.strip_prefix('(').unwrap_or(line);
    inside.split_once(") ").is_some_and(|(mark, _)| {
        (1..=2).contains(&mark.chars().count()) && mark.chars().all(char::is_alphanumeric)
    })
}

/// A mark that lost a bracket: in the text of a paragraph a caret stands for nothing else.
fn half_mark(source: &str, plain: &str) -> Option<Typo> {
    let is_open = plain.matches('[').count() != plain.matches(']').count();
    if !plain.contains('^') && !is_open {
        return None;
    }
    let remedy = "write a mark as [^id], with its brackets and its caret".to_owned();
    Some(Typo { at: half_mark_at(source), problem: "this looks like a mark, but is none", remedy })
}

/// The first bracket or caret that is not part of a whole mark, up to the next space.
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

/// The length of the mark or bracket that a text begins with, if it is closed.
fn whole_mark(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let end = inside.find(']')?;
    let is_whole = !inside[..end].contains('[')
        && !inside[..end].trim_start_matches('^').contains('^')
        && &inside[..end] != "^";
    is_whole.then_some(end + 2)
}

/// Bracketed words that would be a mark if they were written as one.
fn bare_marks(source: &str, plain: &str, marks: &Marks<'_>) -> Vec<Typo> {
    let brackets = plain
        .match_indices('[')
        .filter_map(|(at, _)| Some(&plain[at + 1..at + plain[at..].find(']')?]));
    let known = brackets.filter(|inside| marks.find(inside.trim()).is_some());
    let slips = known.map(|inside| {
        let written = format!("[{inside}]");
        let at = source.find(&written).map_or(0..source.len(), |at| at..at + written.len());
        Typo {
            at,
            problem: "this looks like a mark, but is none",
            remedy: format!("write [^{}]", inside.trim()),
        }
    });
    slips.collect()
}

/// A web address, which every surface would show in another way.
fn address(source: &str, plain: &str) -> Option<Typo> {
    if !plain.contains("://") && !plain.contains("www.") {
        return None;
    }
    let beginnings = ["http://", "https://", "www."];
    let at = beginnings.iter().filter_map(|beginning| source.find(beginning)).min()?;
    // An address in brackets is a link, and told as one.
    if source[..at].ends_with(['(', '<']) {
        return None;
    }
    let end = source[at..].find(char::is_whitespace).map_or(source.len(), |length| at + length);
    let remedy = "put the source in sources.toml and cite it by its mark: [^id]".to_owned();
    Some(Typo { at: at..end, problem: "a web address in the text", remedy })
}
