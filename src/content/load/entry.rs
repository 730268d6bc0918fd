//! Parses an entry's file: TOML front matter between `+++` lines, then Markdown.

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
use super::super::table::{self, SpannedText, TableFormat, check_word};
use super::super::{Article, Kind, PartialDate, Slug, View};
use super::dates::{check_past, check_text_covered, parse_checked};

/// The span of errors about the whole entry: the first `+++`.
pub(super) const FIRST_LINE: Range<usize> = 0..3;

/// Parses an entry, and reports all errors within the file.
pub(super) struct Parser<'a> {
    /// `None` if article.toml has errors.
    pub article: Option<&'a Article>,
    pub footnotes: &'a FootnoteIndex<'a>,
    pub today: Option<civil::Date>,
    pub reporter: Reporter<'a>,
}

/// An entry with unresolved references.
pub(super) struct ParsedEntry {
    pub path: String,
    pub kind: Kind,
    pub id: Slug,
    pub common: CommonKeys,
    pub checked: PartialDate,
    pub keys: KindKeys,
    pub views: Vec<View>,
}

/// The keys of this kind.
pub(super) enum KindKeys {
    Demand(DemandKeys),
    Event(EventKeys),
    Position(PositionKeys),
    Proposal(ProposalKeys),
    Outlook(OutlookKeys),
    Plain,
}

impl Parser<'_> {
    /// `None` if the front matter has an error.
    pub(super) fn parse(&mut self, kind: Kind, id: &Slug, text: &str) -> Option<ParsedEntry> {
        if text.trim().is_empty() {
            self.reporter.file_error("this file is empty", "write the entry, or remove the file");
            return None;
        }
        let Some((span, body)) = split(text) else {
            let message = "the front matter does not stand between two lines `+++`";
            let help = "begin the file with a line that is just `+++`, the keys below it as key = \"text\", and `+++` again";
            self.reporter.error(line_at(text, 0), message, help);
            return None;
        };
        // The first line is blanked, so that the TOML parser's offsets are those of the file.
        let front_matter = " ".repeat(span.start) + &text[span];
        let front_matter = table::parse(&front_matter, &mut self.reporter)
            .and_then(|toml| self.parse_front_matter(kind, toml));
        let may_explain = kind == Kind::Term;
        let views = markdown::parse(text, body, may_explain, self.footnotes, &mut self.reporter);
        let (common, checked, keys) = front_matter?;
        if let Some(article) = self.article {
            let covers = article.covers_until;
            check_text_covered(text, body, checked, covers, &mut self.reporter);
        }
        let path = self.reporter.path.to_owned();
        Some(ParsedEntry { path, kind, id: id.clone(), common, checked, keys, views })
    }

    /// The keys of every entry with the `checked` day, and those of the kind.
    fn parse_front_matter(
        &mut self,
        kind: Kind,
        toml: DeTable<'_>,
    ) -> Option<(CommonKeys, PartialDate, KindKeys)> {
        let reporter = &mut self.reporter;
        let (common, keys) = match kind {
            Kind::Demand => read_keys(toml, KindKeys::Demand, reporter),
            Kind::Event => read_keys(toml, KindKeys::Event, reporter),
            Kind::Position => read_keys(toml, KindKeys::Position, reporter),
            Kind::Proposal => read_keys(toml, KindKeys::Proposal, reporter),
            Kind::Outlook => read_keys(toml, KindKeys::Outlook, reporter),
            Kind::Term | Kind::Place | Kind::Actor | Kind::Section => {
                read_keys(toml, |NoKeys {}| KindKeys::Plain, reporter)
            }
        }?;
        check_summary(&common.summary, reporter);
        let checked = parse_checked(&common.checked, self.today, reporter);
        let covers_until = self.article.map(|article| article.covers_until);
        if let KindKeys::Event(EventKeys { date, .. })
        | KindKeys::Proposal(ProposalKeys { date, .. }) = &keys
        {
            check_past(date, checked, covers_until, reporter);
        }
        match &keys {
            KindKeys::Event(keys) => self.check_topics(keys),
            KindKeys::Proposal(keys) if keys.by.is_empty() => {
                let help = "name an actor's id in `by`";
                reporter.error(FIRST_LINE, "the proposal is by nobody", help);
            }
            _ => {}
        }
        Some((common, checked, keys))
    }

    fn check_topics(&mut self, keys: &EventKeys) {
        let Some(article) = self.article else { return };
        let known: Vec<&str> = article.topics.iter().map(|(id, _)| id.as_str()).collect();
        for topic in &keys.topics {
            check_word(topic.as_str(), "topics", &known, topic.span(), &mut self.reporter);
        }
    }
}

/// The keys of every entry, and those of its kind.
fn read_keys<K: TableFormat>(
    toml: DeTable<'_>,
    of_kind: fn(K) -> KindKeys,
    reporter: &mut Reporter<'_>,
) -> Option<(CommonKeys, KindKeys)> {
    let (common, keys) = table::read_two(toml, FIRST_LINE, reporter)?;
    Some((common, of_kind(keys)))
}

fn check_summary(summary: &SpannedText, reporter: &mut Reporter<'_>) {
    if let Some(end) = end_of_first_sentence(summary.as_str()) {
        let first = &summary.as_str()[..end];
        let tail = first.char_indices().rev().nth(19).map_or(first, |(at, _)| &first[at..]);
        let message = format!("a second sentence begins after \"{tail}\"");
        let help = "say the gist in one sentence; the rest belongs into the paragraphs";
        reporter.error(summary.span(), message, help);
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
