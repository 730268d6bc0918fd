//! Checks dates against the `checked` day and the covered period.

use std::ops::Range;

use jiff::civil;

use super::super::diagnostic::Reporter;
use super::super::table::SpannedText;
use super::super::{Date, End, PartialDate};
use crate::text::MONTHS;

/// No editor has looked at anything before this year.
const CHECKED_YEAR_MIN: i16 = 2000;

/// Parses a `checked` day. A day in the future or long ago is reported.
pub(super) fn parse_checked(
    text: &SpannedText,
    today: Option<civil::Date>,
    reporter: &mut Reporter<'_>,
) -> PartialDate {
    let day: PartialDate = text.parse();
    if day.year() < CHECKED_YEAR_MIN {
        let help = "write the day on which somebody looked";
        reporter.error(text.span(), "this is too long ago", help);
    }
    if let Some(today) = today.filter(|today| day.first_day() > *today) {
        let message = format!("this is in the future: today is {today}");
        reporter.error(text.span(), message, "write the day on which somebody looked");
    }
    day
}

/// Checks the date of an event or a proposal, which must be in the past: a year of another century
/// is a mistake.
pub(super) fn check_past(
    text: &SpannedText,
    checked: PartialDate,
    covers_until: Option<PartialDate>,
    reporter: &mut Reporter<'_>,
) {
    let date: Date = text.parse();
    if date.start().first_day() > checked.first_day() {
        let message = format!("this is after {checked}, the day on which the entry was checked");
        reporter.error(text.span(), message, "correct the date, or `checked`");
    } else {
        let last = if let End::At(end) = date.end() { end } else { date.start() };
        check_covered(last, text.span(), covers_until, reporter);
    }
}

/// Reports a date after the covered period.
pub(super) fn check_covered(
    date: PartialDate,
    span: Range<usize>,
    covers_until: Option<PartialDate>,
    reporter: &mut Reporter<'_>,
) {
    let is_later = |covers: &PartialDate| date.first_day() > covers.first_day();
    if let Some(covers) = covers_until.filter(is_later) {
        let message = format!(
            "this is after {covers}, up to which article.toml says that the content reaches"
        );
        let help = "correct the date, or `covers_until` in article.toml";
        reporter.error(span, message, help);
    }
}

/// Reports the dates from `start` on in an entry's text that are after the covered period. What is
/// later than the `checked` day was still to come when it was written, such as the end of a ban.
pub(super) fn check_text_covered(
    text: &str,
    start: usize,
    checked: PartialDate,
    covers: PartialDate,
    reporter: &mut Reporter<'_>,
) {
    for year in covers.year()..=checked.year() {
        for (at, written) in text[start..].match_indices(&format!(" {year}")) {
            let end = start + at + written.len();
            let Some((begin, date)) = date_before(&text[start..start + at], year) else { continue };
            if date.first_day() <= checked.first_day() {
                check_covered(date, start + begin..end, Some(covers), reporter);
            }
        }
    }
}

/// The date in a year that a text ends with, "5 August" or "August", and where it begins.
fn date_before(text: &str, year: i16) -> Option<(usize, PartialDate)> {
    let begin_of_word = |text: &str| text.rfind([' ', '\n', '(', '"']).map_or(0, |at| at + 1);
    let begin = begin_of_word(text);
    let month = MONTHS.iter().position(|month| text[begin..].eq_ignore_ascii_case(month))? + 1;
    let before = text[..begin].trim_end();
    let begin_of_day = begin_of_word(before);
    let day: Option<PartialDate> = before[begin_of_day..]
        .parse()
        .ok()
        .and_then(|day: u8| format!("{year}-{month:02}-{day:02}").parse().ok());
    match day {
        Some(day) => Some((begin_of_day, day)),
        None => Some((begin, format!("{year}-{month:02}").parse().ok()?)),
    }
}
