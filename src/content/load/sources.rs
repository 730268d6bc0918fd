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

pub(super) struct Bibliography {
    pub list: Vec<ParsedSource>,
    /// Whether the file could be read.
    pub is_complete: bool,
}

pub(super) struct ParsedSource {
    pub record: Source,
    date_span: Range<usize>,
}

pub(super) fn parse(
    text: Option<Option<&str>>,
    today: Option<civil::Date>,
    reporter: &mut Reporter<'_>,
) -> Bibliography {
    if text.is_none() {
        let help = "add it; it may be empty where only the article is cited";
        reporter.file_error("this file is missing", help);
    }
    let toml = text.flatten().and_then(|text| table::parse(text, reporter));
    let is_complete = toml.is_some();
    let sources = toml.into_iter().flatten().map(|(id, value)| {
        let id = Text::new(id.span(), id.into_inner());
        parse_source(&id, value.into_inner(), today, reporter)
    });
    Bibliography { list: sources.collect(), is_complete }
}

fn parse_source(
    id: &Text,
    value: DeValue<'_>,
    today: Option<civil::Date>,
    reporter: &mut Reporter<'_>,
) -> ParsedSource {
    let record = if has_dotted_id(&value) {
        let message = format!("the point in `{}. …` divides the id", id.as_str());
        let help = "write the id without points: a mark with a point cites a paragraph";
        reporter.error(id.span(), message, help);
        None
    } else {
        if value.is_table() && Slug::parse(id.as_str()).is_none() {
            let help = "write it in lower-case letters, digits and single hyphens, at most 40";
            reporter.error(id.span(), "this is no id of a source", help);
        }
        table::read_record::<SourceRecord>(id, value, "publisher, title and the rest", reporter)
    };
    // The name is kept even where it is no id or has no record: footnotes that spell it are no further errors.
    let mut source = Source {
        id: Slug::parse(id.as_str()).unwrap_or_else(|| Slug::unchecked(id.as_str())),
        publisher: String::new(),
        title: String::new(),
        date: None,
        via: None,
        url: None,
        seen: None,
    };
    let mut date_span = 0..0;
    if let Some(record) = record {
        source.seen = record.seen.and_then(|seen| parse_checked(&seen, today, reporter));
        source.publisher = record.publisher.into_string();
        source.title = record.title.into_string();
        source.via = record.via.map(Text::into_string);
        source.url = record.url.map(Text::into_string);
        if let Some(date) = record.date {
            source.date = date.parse();
            date_span = date.span();
        }
    }
    ParsedSource { record: source, date_span }
}

/// Whether a value holds only tables: `[a.b]` is the table b within a.
fn has_dotted_id(value: &DeValue<'_>) -> bool {
    let DeValue::Table(table) = value else { return false };
    !table.is_empty() && table.values().map(Spanned::get_ref).all(DeValue::is_table)
}

impl Bibliography {
    /// Reports sources that are dated after the last day of checking: nobody can have seen them.
    pub(super) fn report_later_than(
        &self,
        last_checked: Option<civil::Date>,
        reporter: &mut Reporter<'_>,
    ) {
        let Some(last) = last_checked else { return };
        let is_later = |date: Date| date.start().first_day() > last;
        for source in self.list.iter().filter(|source| source.record.date.is_some_and(is_later)) {
            let message =
                format!("this is after {last}, the last day on which anything was checked");
            let help = "correct the date, or `checked` of the entry that cites it";
            reporter.error(source.date_span.clone(), message, help);
        }
    }
}

/// Reports an empty bibliography in place of the footnotes that cite it.
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
