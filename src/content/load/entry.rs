//! Parses an entry's file: TOML front matter between `+++` lines, then Markdown.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil;
use toml::de::DeTable;

use super::super::citations::FootnoteIndex;
use super::super::diagnostic::Reporter;
use super::super::format::{
    CommonKeys, DemandKeys, EventKeys, NoKeys, OutlookKeys, PositionKeys, ProposalKeys,
};
use super::super::markdown;
use super::super::source_text::line_at;
use super::super::table::{self, Schema, TableFormat, Text, check_word};
use super::super::unresolved::UnresolvedReferences;
use super::super::{Date, Kind, PartialDate, Slug, View};
use super::article::ParsedArticle;
use super::dates::{parse_checked, parse_past};

/// The span of errors about the whole entry: the first `+++`.
pub(super) const HEAD: Range<usize> = 0..3;

/// Parses an entry, and reports all errors within the file.
pub(super) struct Parser<'a> {
    pub article: &'a ParsedArticle,
    pub footnotes: &'a FootnoteIndex<'a>,
    pub today: Option<civil::Date>,
    pub unresolved: &'a mut UnresolvedReferences,
    pub reporter: Reporter<'a>,
}

/// An entry with unresolved references, and placeholders for reported values.
pub(super) struct ParsedEntry {
    pub path: String,
    pub kind: Kind,
    pub id: Slug,
    pub common: CommonKeys,
    pub checked: Option<PartialDate>,
    pub keys: KindKeys,
    /// The invalid keys.
    pub wrong: BTreeSet<String>,
    pub views: Vec<View>,
}

/// The keys of this kind.
pub(super) enum KindKeys {
    Demand(DemandKeys),
    Event(Option<Date>, Vec<Text>),
    Position(PositionKeys),
    Proposal(Option<Date>, ProposalKeys),
    Outlook(OutlookKeys),
    Plain,
}

impl Parser<'_> {
    /// `None` if the front matter could not be parsed.
    pub(super) fn parse(&mut self, kind: Kind, id: &Slug, text: &str) -> Option<ParsedEntry> {
        if text.trim().is_empty() {
            self.reporter.file_error("this file is empty", "write the entry, or remove the file");
            return None;
        }
        let Some((span, body)) = split(text) else {
            let (span, message, help) = explain_split(text);
            self.reporter.error(span, message, help);
            return None;
        };
        // The first line is blanked, so that the TOML parser's offsets are those of the file.
        let front_matter = " ".repeat(span.start) + &text[span];
        let front_matter = self.parse_front_matter(kind, &front_matter);
        let may_explain = kind == Kind::Term;
        let (footnotes, unresolved) = (self.footnotes, &mut *self.unresolved);
        let views =
            markdown::parse(text, body, may_explain, footnotes, unresolved, &mut self.reporter);
        let (common, checked, keys, wrong) = front_matter?;
        let path = self.reporter.path.to_owned();
        Some(ParsedEntry { path, kind, id: id.clone(), common, checked, keys, wrong, views })
    }

    fn parse_front_matter(
        &mut self,
        kind: Kind,
        text: &str,
    ) -> Option<(CommonKeys, Option<PartialDate>, KindKeys, BTreeSet<String>)> {
        let reporter = &mut self.reporter;
        let mut toml = table::parse(text, reporter)?;
        let schemas = [CommonKeys::schema(), schema(kind)];
        let wrong = table::check(&mut toml, &schemas, HEAD, reporter);
        let common: CommonKeys = table::take(&mut toml, HEAD, reporter)?;
        if let Some(end) = end_of_first_sentence(common.summary.as_str()) {
            let first = &common.summary.as_str()[..end];
            let tail = first.char_indices().rev().nth(19).map_or(first, |(at, _)| &first[at..]);
            let message = format!("a second sentence begins after \"{tail}\"");
            let help = "say the gist in one sentence; the rest belongs into the paragraphs";
            reporter.error(common.summary.span(), message, help);
        }
        let checked = parse_checked(&common.checked, self.today, reporter);
        let keys = self.parse_kind_keys(kind, &mut toml, checked, &wrong)?;
        Some((common, checked, keys, wrong))
    }

    fn parse_kind_keys(
        &mut self,
        kind: Kind,
        toml: &mut DeTable<'_>,
        checked: Option<PartialDate>,
        wrong: &BTreeSet<String>,
    ) -> Option<KindKeys> {
        let reporter = &mut self.reporter;
        let covers_until = self.article.covers_until;
        Some(match kind {
            Kind::Demand => KindKeys::Demand(table::take(toml, HEAD, reporter)?),
            Kind::Event => {
                let keys: EventKeys = table::take(toml, HEAD, reporter)?;
                let known: Vec<&str> = self.article.topics().collect();
                let topics = keys.topics.iter().filter(|topic| !topic.is_placeholder());
                for topic in topics.filter(|_| self.article.has_all_topics) {
                    check_word(topic.as_str(), "topics", &known, topic.span(), reporter);
                }
                let date = parse_past(&keys.date, checked, covers_until, reporter);
                KindKeys::Event(date, keys.topics)
            }
            Kind::Position => KindKeys::Position(table::take(toml, HEAD, reporter)?),
            Kind::Proposal => {
                let keys: ProposalKeys = table::take(toml, HEAD, reporter)?;
                if keys.by.is_empty() && !wrong.contains("by") {
                    let help = "name an actor's id in `by`";
                    reporter.error(HEAD, "the proposal is by nobody", help);
                }
                let date = parse_past(&keys.date, checked, covers_until, reporter);
                KindKeys::Proposal(date, keys)
            }
            Kind::Outlook => KindKeys::Outlook(table::take(toml, HEAD, reporter)?),
            Kind::Term | Kind::Place | Kind::Actor | Kind::Section => KindKeys::Plain,
        })
    }
}

fn schema(kind: Kind) -> Schema {
    match kind {
        Kind::Demand => DemandKeys::schema(),
        Kind::Event => EventKeys::schema(),
        Kind::Position => PositionKeys::schema(),
        Kind::Proposal => ProposalKeys::schema(),
        Kind::Outlook => OutlookKeys::schema(),
        Kind::Term | Kind::Place | Kind::Actor | Kind::Section => NoKeys::schema(),
    }
}

/// The span of the front matter, and the start of the body.
fn split(text: &str) -> Option<(Range<usize>, usize)> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|line| line.trim_end() == "+++")?;
    let mut at = first.len();
    for line in lines {
        if line.trim_end() == "+++" {
            return Some((first.len()..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// The error for missing front matter.
fn explain_split(text: &str) -> (Range<usize>, &'static str, &'static str) {
    let first = line_at(text, 0);
    match text[first.clone()].trim_end() {
        "+++" if text.starts_with('+') => {
            (HEAD, "the front matter has no end", "close it with a line that is just `+++`")
        }
        "---" | ";;;" => (
            first,
            "the front matter stands between other lines than `+++`",
            "write `+++` above and below it, and the keys as key = \"text\"",
        ),
        _ => {
            let help =
                "begin the file with a line that is just `+++`, the keys below it, and `+++` again";
            (first, "the front matter is missing", help)
        }
    }
}

/// The end of the first sentence if another follows: a lower-case word that is too long for an
/// abbreviation, a period, and a capital.
fn end_of_first_sentence(text: &str) -> Option<usize> {
    let mut marks = text.match_indices(['.', '!', '?', '…']);
    let (at, mark) = marks.find(|(at, mark)| {
        let (before, after) = (&text[..*at], &text[at + mark.len()..]);
        let word = before.rsplit(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
        let is_word = word.chars().count() > 3 && word.chars().all(char::is_lowercase);
        is_word && after.starts_with(' ') && after.trim_start().starts_with(char::is_uppercase)
    })?;
    Some(at + mark.len())
}

#[cfg(test)]
mod tests {
    use super::end_of_first_sentence;

    #[test]
    fn a_second_sentence_is_distinguished_from_an_abbreviation() {
        for (text, expected) in [
            ("Kyiv refused the terms.", None),
            ("Kyiv refused the terms. Moscow did not answer.", Some("Kyiv refused the terms.")),
            ("Will it hold? The article doubts it.", Some("Will it hold?")),
            ("The U.S. Congress agreed, e.g. in No. 5.", None),
            ("The agreement of St. Petersburg, vs. Moscow.", None),
            ("Point 2.1 of the plan", None),
        ] {
            assert_eq!(end_of_first_sentence(text).map(|end| &text[..end]), expected, "{text}");
        }
    }
}
