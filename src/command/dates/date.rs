//! Parses a date, or a span of time that has a name: `2014-03-18`, `18 March 2014`, `18.03.2014`,
//! `spring 2014`, `1990s`.

use std::sync::LazyLock;

use jiff::ToSpan as _;
use jiff::civil::{ISOWeekDate, Weekday};
use regex_lite::Regex;

use crate::content::PartialDate;
use crate::search::parse_month;
use crate::text::WEEKDAYS;

/// The inclusive first and last date of a text such as `2014` or `spring 2014`.
pub(super) type Span = (PartialDate, PartialDate);

/// Why a text is not a date.
pub(super) enum ParseDateError {
    /// The text is not a date at all.
    NotADate,
    /// The year has no such month.
    NoSuchMonth,
    /// The calendar lacks the day; this is its month.
    NoSuchDay(PartialDate),
    /// Day and month could stand either way around.
    Ambiguous([PartialDate; 2]),
    /// What it means depends on the day of asking.
    Relative,
}

/// Parses a date, a decade ("1990s"), a week ("2022-W08"), or a part of a year or a month ("Q1 2025",
/// "mid-March 2022").
pub(super) fn parse_span(text: &str) -> Result<Span, ParseDateError> {
    match parse_date(text) {
        Err(ParseDateError::NotADate) => parse_week(text).map_or_else(|| parse_part(text), Ok),
        read => read.map(|point| (point, point)),
    }
}

/// Parses an ISO week: "2022-W08".
fn parse_week(text: &str) -> Option<Span> {
    let (year, week) = text.split_once('w')?;
    let year = year.trim_end_matches(['-', ' ']);
    let year = parse_number(year).filter(|_| is_year(year))?;
    let monday = ISOWeekDate::new(year, week.parse().ok()?, Weekday::Monday).ok()?.date();
    Some((monday.into(), monday.checked_add(6.days()).ok()?.into()))
}

/// Parses a decade, or a part of a decade, a year or a month.
fn parse_part(text: &str) -> Result<Span, ParseDateError> {
    let words = text.split([' ', '-', '/']);
    let words = words.filter(|word| !matches!(*word, "" | "of" | "the" | "in" | "nineteen"));
    let plain = |word| match word {
        "1st" => "first",
        "2nd" => "second",
        "3rd" => "third",
        "4th" => "fourth",
        "start" | "beginning" => "early",
        "middle" => "mid",
        "end" => "late",
        word => word,
    };
    let words: Vec<&str> = words.map(plain).collect();
    match words.as_slice() {
        ["winter", years @ ..] | [years @ .., "winter"] => parse_winter(years),
        [part @ .., year] | [year, part @ ..] if is_year(year) => part_of_year(part, year),
        [part @ .., decade] => part_of_decade(part, decade),
        [] => Err(ParseDateError::NotADate),
    }
}

/// Parses a winter of two years, "winter 2021/22". That of one year is either of two.
fn parse_winter(years: &[&str]) -> Result<Span, ParseDateError> {
    let december = |year| make_date(year, Some(12), None);
    let years: Option<Vec<i16>> = years.iter().map(|year| parse_number(year)).collect();
    match years.as_deref() {
        Some(&[year]) if year > 999 => {
            Err(ParseDateError::Ambiguous([december(year - 1)?, december(year)?]))
        }
        Some(&[year, next]) if year > 999 && [year + 1, (year + 1) % 100].contains(&next) => {
            Ok((december(year)?, make_date(year + 1, Some(2), None)?))
        }
        _ => Err(ParseDateError::NotADate),
    }
}

fn part_of_year(part: &[&str], year: &str) -> Result<Span, ParseDateError> {
    let year = parse_number(year).ok_or(ParseDateError::NotADate)?;
    let month = |month| make_date(year, Some(month), None);
    let (first, last) = match part {
        ["q1"] | ["first", "quarter"] | ["early"] => (1, 3),
        ["q2"] | ["second", "quarter"] => (4, 6),
        ["q3"] | ["third", "quarter"] => (7, 9),
        ["q4"] | ["fourth", "quarter"] | ["late"] => (10, 12),
        ["h1"] | ["first", "half"] => (1, 6),
        ["h2"] | ["second", "half"] => (7, 12),
        ["spring"] => (3, 5),
        ["mid"] => (5, 8),
        ["summer"] => (6, 8),
        ["autumn" | "fall"] => (9, 11),
        [third, name] => {
            let number = parse_month(name).map(i16::from).ok_or(ParseDateError::NotADate)?;
            let day = |day| make_date(year, Some(number), Some(day));
            return match *third {
                "early" => Ok((day(1)?, day(10)?)),
                "mid" => Ok((day(11)?, day(20)?)),
                "late" => Ok((day(21)?, month(number)?.last_day().into())),
                _ => Err(ParseDateError::NotADate),
            };
        }
        _ => return Err(ParseDateError::NotADate),
    };
    Ok((month(first)?, month(last)?))
}

/// The decades by their names, from the 1930s.
const DECADES: &str = "thirties forties fifties sixties seventies eighties nineties noughties";

/// The first year of a decade: "1990s", "90s", "nineties".
fn parse_decade(word: &str) -> Option<i16> {
    let named = DECADES.split(' ').zip((1930..).step_by(10)).find(|(name, _)| *name == word);
    if let Some((_, first)) = named {
        return Some(first);
    }
    let digits = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"));
    let digits = digits.or_else(|| word.strip_suffix('s'))?;
    let decade = parse_number(digits).filter(|decade| decade % 10 == 0)?;
    match digits.len() {
        4 => Some(decade),
        2 if decade >= 30 => Some(1900 + decade),
        2 => Some(2000 + decade),
        _ => None,
    }
}

fn part_of_decade(part: &[&str], decade: &str) -> Result<Span, ParseDateError> {
    let first = parse_decade(decade).ok_or(ParseDateError::NotADate)?;
    let (from, to) = match part {
        [] => (0, 9),
        ["early"] => (0, 3),
        ["mid"] => (4, 6),
        ["late"] => (7, 9),
        _ => return Err(ParseDateError::NotADate),
    };
    Ok((make_date(first + from, None, None)?, make_date(first + to, None, None)?))
}

pub(super) fn is_year(part: &str) -> bool {
    part.len() == 4 && parse_number(part).is_some()
}

/// Words that may stand beside a year.
const YEAR_WORDS: [&str; 11] =
    ["year", "ad", "ce", "г", "год", "года", "году", "р", "рік", "року", "році"];

/// Whether a word is the name of a day of the week, or an abbreviation of it.
fn is_weekday(word: &str) -> bool {
    word.len() >= 3 && WEEKDAYS.iter().any(|day| day.starts_with(word))
}

/// The year that two digits stand for: "22" is 2022, "91" is 1991.
pub(super) fn two_digit_year(digits: &str) -> Option<i16> {
    let year = parse_number(digits).filter(|_| digits.len() == 2)?;
    Some(if year < 50 { 2000 + year } else { 1900 + year })
}

/// Parses a date from a normalized text.
fn parse_date(text: &str) -> Result<PartialDate, ParseDateError> {
    if let Some(date) = parse_timestamp(text) {
        return Ok(date);
    }
    let text = without_time(text);
    let parts: Vec<&str> = text
        .split(['-', '.', '/', ' '])
        .filter(|part| !part.is_empty() && !YEAR_WORDS.contains(part) && !is_weekday(part))
        .collect();
    let numbers: Option<Vec<i16>> = parts.iter().map(|part| parse_number(part)).collect();
    match (&parts[..], numbers.as_deref()) {
        // "20140318"
        ([digits], _) if digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let [year, month, day] = [&digits[..4], &digits[4..6], &digits[6..]].map(parse_number);
            make_date(year.unwrap_or_default(), month, day)
        }
        ([year], Some(&[number])) if is_year(year) => make_date(number, None, None),
        ([year, _], Some(&[number, month])) if is_year(year) => {
            make_date(number, Some(month), None)
        }
        ([_, year], Some(&[month, number])) if is_year(year) => {
            make_date(number, Some(month), None)
        }
        ([year, ..], Some(&[number, month, day])) if is_year(year) => {
            make_date(number, Some(month), Some(day))
        }
        ([_, _, year], Some(&[one, two, number])) if is_year(year) => {
            day_of_month(one, two, number)
        }
        // With hyphens, "14-03-18" could begin with the year.
        ([_, _, year], Some(&[one, two, _])) if !text.contains('-') => match two_digit_year(year) {
            Some(year) => day_of_month(one, two, year),
            None => Err(ParseDateError::NotADate),
        },
        _ => parse_date_with_month(&parts),
    }
}

/// A date whose day and month may stand either way around.
fn day_of_month(one: i16, two: i16, year: i16) -> Result<PartialDate, ParseDateError> {
    match (one, two) {
        (day, month) if day > 12 || day == month => make_date(year, Some(month), Some(day)),
        (month, day) if day > 12 => make_date(year, Some(month), Some(day)),
        (one, two) => Err(ParseDateError::Ambiguous([
            make_date(year, Some(two), Some(one))?,
            make_date(year, Some(one), Some(two))?,
        ])),
    }
}

/// The day of one of [Discord's timestamps](https://docs.discord.com/developers/reference#message-formatting), in UTC.
fn parse_timestamp(text: &str) -> Option<PartialDate> {
    let seconds = text.strip_prefix("<t:")?.strip_suffix('>')?.split(':').next()?;
    let at = jiff::Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(at).date().into())
}

/// Removes a time of day: "2014-03-18T10:00:00Z", or as Discord writes it, "18 March 2014 at 10:00".
fn without_time(text: &str) -> &str {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(t| at | )\d{1,2}((:\d\d){1,2}(\.\d+)?( ?[ap]m)?| ?[ap]m) ?(utc|gmt|z)?([+-]\d\d:?\d\d)?$";
        Regex::new(pattern).expect("the pattern is valid")
    });
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let time = has_digit.then(|| TIME.find(text)).flatten();
    time.map_or(text, |time| &text[..time.start()])
}

/// Parses `18 March 2014`, `March 18th 2014`, `Mar 2014`, `2014 March`.
fn parse_date_with_month(parts: &[&str]) -> Result<PartialDate, ParseDateError> {
    let (mut year, mut month, mut day) = (None, None, None);
    for part in parts.iter().filter(|part| !matches!(**part, "of" | "the")) {
        let bare = ["st", "nd", "rd", "th"].iter().find_map(|suffix| part.strip_suffix(suffix));
        let slot = match (parse_month(part), parse_number(bare.unwrap_or(part))) {
            (Some(number), _) => (&mut month, number.into()),
            (None, Some(number)) if is_year(part) && bare.is_none() => (&mut year, number),
            (None, Some(number)) => (&mut day, number),
            (None, None) => return Err(ParseDateError::NotADate),
        };
        if slot.0.replace(slot.1).is_some() {
            return Err(ParseDateError::NotADate);
        }
    }
    match (year, month) {
        (Some(year), Some(_)) => make_date(year, month, day),
        _ => Err(ParseDateError::NotADate),
    }
}

/// Parses a number of at most four digits.
pub(super) fn parse_number(part: &str) -> Option<i16> {
    let is_number = part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| part.parse().ok()).flatten()
}

/// Validates a date against the calendar.
pub(super) fn make_date(
    year: i16,
    month: Option<i16>,
    day: Option<i16>,
) -> Result<PartialDate, ParseDateError> {
    // 0 is neither a month nor a day.
    let small = |number: i16| i8::try_from(number).unwrap_or_default();
    let whole = PartialDate::new(year, month.map(small), None).map_err(|_| match month {
        Some(..100) => ParseDateError::NoSuchMonth,
        // "2202/2015" is the number of a resolution.
        _ => ParseDateError::NotADate,
    })?;
    PartialDate::new(year, month.map(small), day.map(small))
        .map_err(|_| ParseDateError::NoSuchDay(whole))
}
