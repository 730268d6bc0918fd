//! `sources.toml`: the bibliography.

use std::ops::Range;

use jiff::civil;
use toml::Spanned;
use toml::de::DeValue;

use super::super::diagnostic::Reporter;
use super::super::format::SourceRecord;
use super::super::table::{self, SpannedText};
use super::super::{Date, PartialDate, Slug, Source};
use super::dates::parse_checked;

/// Help if sources.toml is missing.
pub(super) const HELP: &str = "add it; it may be empty where only the article is cited";

#[derive(Default)]
pub(super) struct Bibliography {
    pub list: Vec<Source>,
    /// The dates of the sources, and their spans.
    dates: Vec<(Date, Range<usize>)>,
    /// Whether the file has no error.
    pub is_complete: bool,
}

pub(super) fn parse(
    text: &str,
    today: Option<civil::Date>,
    reporter: &mut Reporter<'_>,
) -> Bibliography {
    let mut bibliography = Bibliography::default();
    let before = reporter.diagnostics.error_count();
    for (id, value) in table::parse(text, reporter).into_iter().flatten() {
        let id = SpannedText::new(id.span(), id.into_inner());
        if let Some((source, date)) = parse_source(&id, value.into_inner(), today, reporter) {
            bibliography.dates.extend(source.date.zip(date));
            bibliography.list.push(source);
        }
    }
    bibliography.is_complete = reporter.diagnostics.error_count() == before;
    bibliography
}

/// A source, and the span of its date.
fn parse_source(
    id: &SpannedText,
    value: DeValue<'_>,
    today: Option<civil::Date>,
    reporter: &mut Reporter<'_>,
) -> Option<(Source, Option<Range<usize>>)> {
    if has_dotted_id(&value) {
        let message = format!("the point in `{}. …` divides the id", id.as_str());
        let help = "write the id without points: a mark with a point cites a paragraph";
        reporter.error(id.span(), message, help);
        return None;
    }
    let slug = Slug::parse(id.as_str());
    if slug.is_none() && value.is_table() {
        let help = "write it in lower-case letters, digits and single hyphens, at most 40";
        reporter.error(id.span(), "this is not a source id", help);
    }
    let record: SourceRecord =
        table::read_record(id, value, "publisher, title and the rest", reporter)?;
    let id = slug?;
    if let Some(seen) = &record.seen {
        parse_checked(seen, today, reporter);
    }
    let source = Source {
        id,
        publisher: record.publisher,
        title: record.title,
        date: record.date.as_ref().map(SpannedText::parse),
        via: record.via,
        url: record.url,
    };
    Some((source, record.date.map(|date| date.span())))
}

impl Bibliography {
    /// Reports sources dated after the last day on which anything was checked.
    pub(super) fn report_later_than(
        &self,
        checked: impl Iterator<Item = PartialDate>,
        reporter: &mut Reporter<'_>,
    ) {
        let Some(last) = checked.map(PartialDate::first_day).max() else { return };
        for (_, span) in self.dates.iter().filter(|(date, _)| date.start().first_day() > last) {
            let message =
                format!("this is after {last}, the last day on which anything was checked");
            let help = "correct the date, or `checked` of the entry that cites it";
            reporter.error(span.clone(), message, help);
        }
    }
}

/// Whether all values are tables, as in `[a.b]`.
fn has_dotted_id(value: &DeValue<'_>) -> bool {
    let DeValue::Table(table) = value else { return false };
    !table.is_empty() && table.values().map(Spanned::get_ref).all(DeValue::is_table)
}
