//! `article.toml`: the article, its sections and topics.

use std::collections::BTreeSet;

use jiff::civil;

use super::super::diagnostic::Reporter;
use super::super::format::{ArticleFile, PARAGRAPHS_MAX, SectionRecord};
use super::super::source_text::line_at;
use super::super::table::{self, TableFormat, Text};
use super::super::unresolved::UnresolvedReferences;
use super::super::{Article, Entry, PartialDate, Section, Slug, Source};
use super::dates::parse_checked;

/// Help if article.toml is missing or empty.
pub(super) const HELP: &str =
    "write it: title, publisher, url, sections and the rest, as data/schema/article.json says";

/// article.toml with placeholders for missing values, so that entries can be checked without it.
pub(super) struct ParsedArticle {
    file: ArticleFile,
    pub checked: Option<PartialDate>,
    pub covers_until: Option<PartialDate>,
    pub sections: Vec<Section>,
    /// Whether its sections and topics could be parsed.
    pub has_all_sections: bool,
    pub has_all_topics: bool,
}

pub(super) fn parse(
    text: Option<&str>,
    today: Option<civil::Date>,
    reporter: &mut Reporter<'_>,
) -> ParsedArticle {
    let read = text.and_then(|text| parse_file(text, reporter));
    let is_right = |key| read.as_ref().is_some_and(|(_, invalid_keys)| !invalid_keys.contains(key));
    let (has_all_sections, has_all_topics) = (is_right("sections"), is_right("topics"));
    let file = read.map_or_else(table::placeholder, |(file, _)| file);
    report_duplicate_sections(&file.sections, reporter);
    let checked = parse_checked(&file.checked, today, reporter);
    let covers_until: Option<PartialDate> = file.covers_until.parse();
    if let (Some(checked), Some(covers)) = (checked, covers_until)
        && covers.first_day() > checked.first_day()
    {
        let message = format!("this is after {checked}, the day on which the dataset was checked");
        let help = "write the last day that the content covers, or correct `checked`";
        reporter.error(file.covers_until.span(), message, help);
    }
    let sections = file.sections.iter().map(section).collect();
    ParsedArticle { file, checked, covers_until, sections, has_all_sections, has_all_topics }
}

fn parse_file(text: &str, reporter: &mut Reporter<'_>) -> Option<(ArticleFile, BTreeSet<String>)> {
    if text.trim().is_empty() {
        reporter.file_error("this file is empty", HELP);
        return None;
    }
    let head = line_at(text, 0);
    let mut toml = table::parse(text, reporter)?;
    let invalid_keys = table::check(&mut toml, &[ArticleFile::schema()], head.clone(), reporter);
    Some((table::take(&mut toml, head, reporter)?, invalid_keys))
}

fn report_duplicate_sections(sections: &[SectionRecord], reporter: &mut Reporter<'_>) {
    let mut seen = BTreeSet::new();
    for section in sections {
        if !seen.insert(section.id.as_str()) {
            let message = "two sections have this id";
            reporter.error(section.id.span(), message, "give each an id of its own");
        }
    }
}

fn section(record: &SectionRecord) -> Section {
    // An invalid count has been reported, so footnotes are not checked against it.
    let paragraphs = u8::try_from(*record.paragraphs.get_ref()).ok();
    let paragraphs = paragraphs.filter(|count| (1..=PARAGRAPHS_MAX).contains(count));
    Section {
        id: Slug::from_text(record.id.as_str()),
        title: record.title.as_str().to_owned(),
        paragraphs: paragraphs.unwrap_or(PARAGRAPHS_MAX),
    }
}

impl ParsedArticle {
    /// The featured entries, as `kind/id`.
    pub(super) fn featured(&self) -> impl Iterator<Item = &Text> {
        self.file.featured.iter().filter(|link| !link.is_placeholder())
    }

    pub(super) fn topics(&self) -> impl Iterator<Item = &str> {
        self.file.topics.keys().map(Text::as_str)
    }

    /// Reports a section's paragraph count if too many footnotes exceed it for all of them to be
    /// wrong.
    pub(super) fn report_overruns(
        &self,
        unresolved: &mut UnresolvedReferences,
        reporter: &mut Reporter<'_>,
    ) {
        for record in &self.file.sections {
            let id = record.id.as_str();
            if let Some(references) = unresolved.take_paragraphs(id) {
                let message = format!(
                    "section `{id}` has {} paragraphs here, but {} marks cite later ones, such as one in {}",
                    record.paragraphs.get_ref(),
                    references.len(),
                    references[0].path
                );
                let help = "count the paragraphs of the section in the article";
                reporter.error(record.paragraphs.span(), message, help);
            }
        }
    }

    /// Builds the article; `None` if it has errors.
    pub(super) fn finish(
        self,
        id: Slug,
        sources: Vec<Source>,
        entries: Vec<Entry>,
        featured: Vec<usize>,
    ) -> Option<Article> {
        let file = self.file;
        let topics = file.topics.into_iter();
        Some(Article {
            id,
            title: file.title.into_string(),
            short_title: file.short_title.into_string(),
            publisher: file.publisher.into_string(),
            url: file.url.into_string(),
            language: file.language.into_string(),
            unknown: file.unknown.into_iter().map(Text::into_string).collect(),
            checked: self.checked?,
            covers_until: self.covers_until?,
            version: file.version.into_string(),
            report_url: file.report_url.map(Text::into_string),
            topics: topics.map(|(id, name)| (id.into_string(), name.into_string())).collect(),
            sections: self.sections,
            sources,
            entries,
            featured,
        })
    }
}
