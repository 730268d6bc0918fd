//! `article.toml`: the article, its sections and topics.

use std::collections::BTreeSet;

use jiff::civil;

use super::super::diagnostic::Reporter;
use super::super::format::{ArticleFile, SectionRecord};
use super::super::source_text::line_at;
use super::super::table::{self, SpannedText};
use super::super::{Article, PartialDate, Section, Slug};
use super::dates::parse_checked;

/// Help if article.toml is missing or empty.
pub(super) const HELP: &str =
    "write it: title, publisher, url, sections and the rest, as data/schema/article.json says";

/// The article without entries and sources, and its featured entries as `kind/id`.
pub(super) fn parse(
    id: &str,
    text: &str,
    today: Option<civil::Date>,
    reporter: &mut Reporter<'_>,
) -> Option<(Article, Vec<SpannedText>)> {
    if text.trim().is_empty() {
        reporter.file_error("this file is empty", HELP);
        return None;
    }
    let toml = table::parse(text, reporter)?;
    let file: ArticleFile = table::read(toml, line_at(text, 0), reporter)?;
    let mut seen = BTreeSet::new();
    let mut ids = file.sections.iter().map(|section| &section.id);
    if let Some(id) = ids.find(|id| !seen.insert(id.as_str())) {
        reporter.error(id.span(), "two sections have this id", "give each an id of its own");
        return None;
    }
    let checked = parse_checked(&file.checked, today, reporter);
    let covers_until: PartialDate = file.covers_until.parse();
    if covers_until.first_day() > checked.first_day() {
        let message = format!("this is after {checked}, the day on which the dataset was checked");
        let help = "write the last day that the content covers, or correct `checked`";
        reporter.error(file.covers_until.span(), message, help);
    }
    let article = Article {
        id: Slug::from_text(id),
        title: file.title,
        short_title: file.short_title,
        publisher: file.publisher,
        url: file.url,
        language: file.language,
        unknown: file.unknown,
        checked,
        covers_until,
        version: file.version,
        report_url: file.report_url,
        topics: file.topics.into_iter().collect(),
        sections: file.sections.into_iter().map(Section::from).collect(),
        sources: Vec::new(),
        entries: Vec::new(),
        featured: Vec::new(),
    };
    Some((article, file.featured))
}

impl From<SectionRecord> for Section {
    fn from(SectionRecord { id, title, paragraphs }: SectionRecord) -> Self {
        Self { id: Slug::from_text(id.as_str()), title, paragraphs }
    }
}
