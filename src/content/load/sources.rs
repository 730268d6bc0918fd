//! `sources.toml`: the bibliography.

use std::ops::Range;

use jiff::civil;
use toml::Spanned;
use toml::de::DeValue;

use super::super::diagnostic::{Diagnostic, Reporter};
use super::super::format::SourceRecord;
use super::super::table::{self, Text};
use super::super::{Date, Slug, Source};
use super::dates::parse_checked;

/// Help if sources.toml is missing.
pub(super) const HELP: &str = "add it; it may be empty where only the article is cited";

#[derive(Default)]
pub(super) struct Bibliography {
    pub list: Vec<Source>,
    /// The latest date of the sources, and its span.
    dates: Vec<(Date, Range<usize>)>,
    /// Whether the file could be parsed.
    pub is_complete: bool,
}

pub(super) fn parse(
    text: Option<&str>,
    today: Option<civil::Date>,
    reporter: &mut Reporter<'_>,
) -> Bibliography {
    let mut bibliography = Bibliography::default();
    if let Some(toml) = text.and_then(|text| table::parse(text, reporter)) {
        bibliography.is_complete = true;
        for (id, value) in toml {
            let id = Text::new(id.span(), id.into_inner());
            let record = parse_record(&id, value.into_inner(), reporter);
            bibliography.add(&id, record, today, reporter);
        }
    }
    bibliography
}

fn parse_record(
    id: &Text,
    value: DeValue<'_>,
    reporter: &mut Reporter<'_>,
) -> Option<SourceRecord> {
    if has_dotted_id(&value) {
        let message = format!("the point in `{}. …` divides the id", id.as_str());
        let help = "write the id without points: a mark with a point cites a paragraph";
        reporter.error(id.span(), message, help);
        return None;
    }
    if value.is_table() && Slug::parse(id.as_str()).is_none() {
        let help = "write it in lower-case letters, digits and single hyphens, at most 40";
        reporter.error(id.span(), "this is no id of a source", help);
    }
    table::read_record(id, value, "publisher, title and the rest", reporter)
}

/// Whether all values are tables, as in `[a.b]`.
fn has_dotted_id(value: &DeValue<'_>) -> bool {
    let DeValue::Table(table) = value else { return false };
    !table.is_empty() && table.values().map(Spanned::get_ref).all(DeValue::is_table)
}

impl Bibliography {
    /// Invalid ids are kept, so that footnotes with them are not reported again.
    fn add(
        &mut self,
        id: &Text,
        record: Option<SourceRecord>,
        today: Option<civil::Date>,
        reporter: &mut Reporter<'_>,
    ) {
        let record = record.unwrap_or_else(table::placeholder);
        let date = record.date.and_then(|date| Some((date.parse()?, date.span())));
        self.list.push(Source {
            id: Slug::parse(id.as_str()).unwrap_or_else(|| Slug::unchecked(id.as_str())),
            publisher: record.publisher.into_string(),
            title: record.title.into_string(),
            date: date.as_ref().map(|(date, _)| *date),
            via: record.via.map(Text::into_string),
            url: record.url.map(Text::into_string),
            seen: record.seen.and_then(|seen| parse_checked(&seen, today, reporter)),
        });
        self.dates.extend(date);
    }

    /// Reports sources dated after the last `checked` day.
    pub(super) fn report_later_than(
        &self,
        last_checked: Option<civil::Date>,
        reporter: &mut Reporter<'_>,
    ) {
        let Some(last) = last_checked else { return };
        for (_, span) in self.dates.iter().filter(|(date, _)| date.start().first_day() > last) {
            let message =
                format!("this is after {last}, the last day on which anything was checked");
            let help = "correct the date, or `checked` of the entry that cites it";
            reporter.error(span.clone(), message, help);
        }
    }
}

/// Reports an empty bibliography instead of each footnote that cites it.
pub(super) fn report_none(footnotes: &[Diagnostic], reporter: &mut Reporter<'_>) {
    if let Some(first) = footnotes.first() {
        let message = format!(
            "this file holds no source, but {} marks cite some, such as one in {}",
            footnotes.len(),
            first.path
        );
        let help = "write each source as a table: [id], and below it publisher, title and the rest";
        reporter.file_error(message, help);
    }
}
