//! `sources.toml`: the bibliography.

use std::ops::Range;

use jiff::civil;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::dangling::Strays;
use super::super::diagnostic::Problems;
use super::super::files::Folder;
use super::super::format::{SourceRecord, Text};
use super::super::table::{self, Format, Place};
use super::super::{Date, Point, Slug, Source};
use super::article::{Head, LINE_CHARS_MAX};
use super::check::Check;
use super::entry::Draft;

/// A source, with the place of its date.
pub(super) struct Located {
    pub record: Source,
    date_at: Range<usize>,
}

/// Reads sources.toml, telling all that is wrong with it; with whether these are all sources, as far as it could be read.
pub(super) fn read(
    folder: &Folder,
    text: Option<Option<&str>>,
    today: Option<civil::Date>,
    problems: &mut Problems,
) -> (Vec<Located>, bool) {
    let path = folder.path("sources.toml");
    if text.is_none() {
        problems.whole(
            &path,
            "this file is missing",
            "add it; it may be empty where only the article is cited",
        );
    }
    let Some(text) = text.flatten() else {
        return (Vec::new(), false);
    };
    let mut blank = String::new();
    let Some(toml) = table::parse(&path, text, 0..text.len(), &mut blank, problems) else {
        return (Vec::new(), false);
    };
    let sources = toml.into_iter().map(|(id, record)| {
        read_source(&path, id.get_ref(), id.span(), record.into_inner(), today, problems)
    });
    (sources.collect(), true)
}

fn read_source(
    path: &str,
    id: &str,
    at: Range<usize>,
    record: DeValue<'_>,
    today: Option<civil::Date>,
    problems: &mut Problems,
) -> Located {
    let mut check = Check { path, problems };
    let (mut record, is_table) = match record {
        DeValue::Table(record) if is_divided(&record) => {
            check.at(
                at.clone(),
                format!("the point in `{id}. …` divides the id"),
                "write the id without points: a mark with a point cites a paragraph",
            );
            (record, false)
        }
        DeValue::Table(record) => (record, true),
        _ => {
            check.at(
                at.clone(),
                format!("`{id}` is not a table"),
                format!("write [{id}] and below it publisher, title and the rest"),
            );
            (DeTable::new(), false)
        }
    };
    if is_table && Slug::parse(id).is_none() {
        let remedy = "write it in lower-case letters, digits and single hyphens, at most 40";
        check.at(at.clone(), "this is no id of a source", remedy);
    }
    let place = Place { path, head: at };
    let mut told = Problems::default();
    let problems = if is_table { problems } else { &mut told };
    table::check(&mut record, &[SourceRecord::shape()], &place, problems);
    let read: Option<SourceRecord> = table::take(&mut record, &place, problems);
    let mut check = Check { path, problems };
    let date = read.as_ref().and_then(|read| check_source(read, &mut check));
    let seen = read.as_ref().and_then(|read| read.seen.as_ref());
    let seen = seen.and_then(|seen| check.checked_day(seen, today));
    locate(id, read, date, seen)
}

/// Whether a record holds only tables: `[a.b]` is the table b within a.
fn is_divided(record: &DeTable<'_>) -> bool {
    !record.is_empty() && record.values().map(Spanned::get_ref).all(DeValue::is_table)
}

fn check_source(read: &SourceRecord, check: &mut Check<'_>) -> Option<Date> {
    check.line(&read.publisher, LINE_CHARS_MAX);
    check.line(&read.title, LINE_CHARS_MAX);
    if let Some(via) = &read.via {
        check.line(via, LINE_CHARS_MAX);
    }
    if let Some(url) = &read.url {
        check.url(url);
    }
    read.date.as_ref().and_then(|date| check.date(date))
}

fn locate(
    id: &str,
    read: Option<SourceRecord>,
    date: Option<Date>,
    seen: Option<Point>,
) -> Located {
    let date_at =
        read.as_ref().and_then(|read| read.date.as_ref()).map(Spanned::span).unwrap_or_default();
    let (publisher, title, via, url) = read.map_or_else(Default::default, |read| {
        (
            read.publisher.into_inner(),
            read.title.into_inner(),
            read.via.map(Text::into_inner),
            read.url.map(Text::into_inner),
        )
    });
    // A name that is no id has been told: a mark that spells it is no problem more.
    let id = Slug::parse(id).unwrap_or_else(|| Slug(id.to_owned()));
    Located { record: Source { id, publisher, title, date, via, url, seen }, date_at }
}

/// Tells sources of a time after all checks: nobody can have seen them.
pub(super) fn check_dates(
    path: &str,
    head: &Head,
    sources: &[Located],
    drafts: &[Draft],
    problems: &mut Problems,
) {
    let days = drafts.iter().filter_map(|draft| draft.checked).chain(head.checked);
    let Some(last) = days.map(|day| day.first_day()).max() else {
        return;
    };
    for source in sources
        .iter()
        .filter(|source| source.record.date.is_some_and(|date| date.start().first_day() > last))
    {
        let problem = format!("this is after {last}, the last day on which anything was checked");
        Check { path, problems }.at(
            source.date_at.clone(),
            problem,
            "correct the date, or `checked` of the entry that cites it",
        );
    }
}

/// Tells that there is no source at all, where marks cite some.
pub(super) fn tell_if_none(
    path: &str,
    sources: &[Located],
    strays: &mut Strays,
    problems: &mut Problems,
) {
    if !sources.is_empty() {
        return;
    }
    let marks = strays.take_marks();
    if let Some(first) = marks.first() {
        let problem = format!(
            "this file holds no source, but {} marks cite some, such as one in {}",
            marks.len(),
            first.path
        );
        problems.whole(
            path,
            problem,
            "write each source as a table: [id], and below it publisher, title and the rest",
        );
    }
}
