//! Dates in a question, absolute ("august 2026", "2026-09", "15.08.26", "2026 Q3", "after June
//! 2026") or, if the current day is known, relative ("yesterday", "next spring").

use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::edit_distance::edit_distance;
use super::english::ENGLISH;
use super::tokenizer::{for_each_token, normalize};
use crate::text::{MONTHS, with_hyphens};

/// Parts of a year and their first months. Winter is omitted, as it may begin or end a year.
const PARTS_OF_YEAR: &str = "spring 3 summer 6 autumn 9 fall 9 halloween 10 thanksgiving 11 christmas 12 xmas 12 late 10 end 10 \
    h2 7 q1 1 q2 4 q3 7 q4 10";

/// Parts of a year with names of two words.
const LONG_PARTS: &str =
    "second half>h2,2nd half>h2,third quarter>q3,3rd quarter>q3,fourth quarter>q4,4th quarter>q4";

/// Words that may occur inside a date, and words before a date that shift what it means.
const INSIDE: [&str; 4] = ["of", "the", "year", "early"];
const AFTER: [&str; 5] = ["after", "since", "post", "beyond", "following"];

/// The Russian and Ukrainian months, in the cases in which dates have them and as the tokenizer spells
/// them.
const CYRILLIC_MONTHS: [&str; 12] = [
    "январ января январе сичен сичня сични",
    "феврал февраля феврале лютии лютого лютому",
    "март марта марте березен березня березни",
    "апрел апреля апреле квитен квитня квитни",
    "маи мая мае травен травня травни",
    "июн июня июне червен червня червни",
    "июл июля июле липен липня липни",
    "август августа августе серпен серпня серпни",
    "сентябр сентября сентябре вересен вересня вересни",
    "октябр октября октябре жовтен жовтня жовтни",
    "ноябр ноября ноябре листопад листопада листопади",
    "декабр декабря декабре груден грудня грудни",
];

/// Russian and Ukrainian words for "year", "in" and "what happened" beside a date.
const CYRILLIC_WORDS: &str =
    "год года году г рик року роци р в у що було сталося видбулося что било случилос произошло";

/// Words and pairs of words that mean the present.
const PRESENT: &str = "today tonight latest+ latest+news latest+on latest+update latest+updates latest+from breaking+news any+news \
    any+updates news+on news+from news+about";

/// The first day of each date in a text: of its day, month, part of the year, or year. Relative
/// dates count only if no date has a year.
pub fn dates_in(text: &str, today: Option<Date>) -> Vec<Date> {
    let mut text = join_figures(&text.to_lowercase());
    for (long, short) in LONG_PARTS.split(',').filter_map(|part| part.split_once('>')) {
        text = text.replace(long, short);
    }
    let mut words: Vec<String> = Vec::new();
    for_each_token(&text, |word, _| words.push(word.to_owned()));
    let dates: Vec<Date> = (0..words.len()).filter_map(|at| date_at(&words, at)).collect();
    match today {
        Some(today) if dates.is_empty() => {
            (0..words.len()).filter_map(|at| relative_date(&words[at..], today)).collect()
        }
        _ => dates,
    }
}

/// A date that is all of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BareDate {
    pub years: Option<RangeInclusive<i16>>,
    /// The month and the day, where there is one of each.
    pub day: Option<(i8, i8)>,
}

/// Parses a question that has no other words than those of a date: "what happened on 24 February
/// 2014". A document that shares only a part of it is about another time.
pub fn bare_date(text: &str) -> Option<BareDate> {
    let mut words: Vec<String> = Vec::new();
    for_each_token(&join_figures(&text.to_lowercase()), |word, _| words.push(word.to_owned()));
    let is_of_date = |word: &String| {
        parse_joined_date(word).is_some()
            || parse_year(word).is_some()
            || parse_day(word).is_some()
            || first_month(word).is_some()
            || INSIDE.contains(&word.as_str())
            || AFTER.contains(&word.as_str())
            || matches!(word.as_str(), "winter" | "happened" | "event" | "events")
            || CYRILLIC_WORDS.split(' ').any(|other| other == word)
            || ENGLISH.is_stop_word(word)
    };
    if !words.iter().all(is_of_date) {
        return None;
    }
    let years = dates_in(text, None).into_iter().map(Date::year);
    let years = years.clone().min().zip(years.max()).map(|(first, last)| first..=last);
    let only = |of: fn(&str) -> Option<i8>| {
        let mut values = words.iter().filter_map(|word| of(word));
        values.next().filter(|_| values.next().is_none())
    };
    let day = only(parse_month).zip(only(parse_day));
    (years.is_some() || day.is_some()).then_some(BareDate { years, day })
}

/// Joins numeric dates into one word: `2026x09x03` for 2026-09-03, and `y26` for '26.
fn join_figures(text: &str) -> String {
    let letters: Vec<char> = with_hyphens(text).chars().collect();
    let is_digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    let join = |(at, letter): (usize, &char)| match letter {
        '-' | '/' | '.' if at > 0 && is_digit(at - 1) && is_digit(at + 1) => 'x',
        '\'' | '’' if is_digit(at + 1) && is_digit(at + 2) && !is_digit(at + 3) => 'y',
        _ => *letter,
    };
    letters.iter().enumerate().map(join).collect()
}

/// The date whose year, or whose numeric form, is the word at a position.
fn date_at(words: &[String], at: usize) -> Option<Date> {
    let mut begins = at;
    let (date, length) = match parse_joined_date(&words[at]) {
        Some(date) => date,
        None => {
            let year = parse_year(&words[at])?;
            let is_inside = |word: &str| {
                first_month(word).is_some() || parse_day(word).is_some() || INSIDE.contains(&word)
            };
            while begins > 0 && is_inside(&words[begins - 1]) {
                begins -= 1;
            }
            parse_around_year(year, &words[begins..at], &words[at + 1..])?
        }
    };
    let before = begins.checked_sub(1).map_or("", |before| &words[before]);
    // "Since June" includes June.
    let is_included = before == "since" && length.get_days() == 0;
    let is_after = AFTER.contains(&before) && !is_included;
    if is_after { date.checked_add(length).ok() } else { Some(date) }
}

/// A date in a year, with its length, from the words before the year: "15th of August". The month
/// may also follow: "2026 august".
fn parse_around_year(year: i16, before: &[String], after: &[String]) -> Option<(Date, Span)> {
    let of = |words: &[String]| words.iter().rev().find_map(|word| first_month(word));
    let belongs_to_next = after.iter().take(4).any(|word| parse_year(word).is_some());
    let follows = if belongs_to_next { None } else { of(&after[..after.len().min(1)]) };
    let Some(month) = of(before).or(follows) else {
        return Some((Date::new(year, 1, 1).ok()?, 1.year()));
    };
    let day = before.iter().find_map(|word| parse_day(word));
    let length = if day.is_some() { 1.day() } else { 1.month() };
    Some((Date::new(year, month, day.unwrap_or(1)).ok()?, length))
}

/// Parses a joined numeric date, with its length.
fn parse_joined_date(word: &str) -> Option<(Date, Span)> {
    let parts: Vec<i16> = word.split('x').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match parts[..] {
        // A span such as 2026/27 counts from the middle of the first year.
        [year, next] if next > 12 && next == year % 100 + 1 => (year, 7, None),
        [year, month] if year > 99 => (year, month, None),
        [month, year] => (year, month, None),
        [year, month, day] if year > 99 => (year, month, Some(day)),
        [day, month, year] if year < 100 => (2000 + year, month, Some(day)),
        [day, month, year] => (year, month, Some(day)),
        _ => return None,
    };
    let length = if day.is_some() { 1.day() } else { 1.month() };
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day.unwrap_or(1)).ok()?);
    // American order has the month first: 08/15/2026.
    let date = Date::new(year, month, day).or_else(|_| Date::new(year, day, month)).ok()?;
    (1900..2100).contains(&year).then_some((date, length))
}

/// The relative date that the words begin with.
fn relative_date(words: &[String], today: Date) -> Option<Date> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let pair = format!("{}+{}", word(0), word(1));
    if PRESENT.split(' ').any(|present| present == word(0) || present == pair) {
        return Some(today);
    }
    let direction: i64 = match word(0) {
        "yesterday" => return today.yesterday().ok(),
        "tomorrow" => return today.tomorrow().ok(),
        "next" | "coming" => 1,
        "this" => 0,
        "last" | "past" => -1,
        // "Sep 26" in 2026 is its month or its day.
        month if word(1) == short_year(today) => return parse_month_name(month, today),
        _ => return None,
    };
    let span = match word(1).trim_end_matches('s') {
        // "The next morning" is part of a story.
        "night" | "evening" | "morning" if direction <= 0 => direction.days(),
        "week" | "weekend" => direction.weeks(),
        "month" => direction.months(),
        "year" if direction == 0 => return today.first_of_year().into(),
        "year" => direction.years(),
        part => {
            // The nearest occurrence in that direction.
            let this = Date::new(today.year(), first_month(part)?, 1).ok()?;
            let is_other = this.cmp(&today) as i64 == -direction
                || this.first_of_month() == today.first_of_month();
            return this.checked_add(if is_other { direction.years() } else { 0.years() }).ok();
        }
    };
    today.checked_add(span).ok()
}

fn short_year(today: Date) -> String {
    format!("{:02}", today.year() % 100)
}

/// The first day of a named month of this year.
fn parse_month_name(month: &str, today: Date) -> Option<Date> {
    Date::new(today.year(), parse_month(month)?, 1).ok()
}

/// The first month of a month or of a part of the year.
fn first_month(word: &str) -> Option<i8> {
    parse_month(word).or_else(|| {
        let mut parts = PARTS_OF_YEAR.split(' ');
        parts.find(|part| *part == word)?;
        parts.next()?.parse().ok()
    })
}

/// Parses a year, "2030s" or "y26". Later years are terms of treaties ("until 2042"), which nobody
/// expects to be covered.
fn parse_year(word: &str) -> Option<i16> {
    let short = word.strip_prefix('y').map(|digits| format!("20{digits}"));
    let digits = short.as_deref().unwrap_or(word.strip_suffix('s').unwrap_or(word));
    let is_year = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|year| is_year && (1900..2040).contains(year))
}

/// Parses a day of the month, such as "15" or "15th".
fn parse_day(word: &str) -> Option<i8> {
    let ending = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    let digits = ending.unwrap_or(word);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|day| is_number && (1..=31).contains(day))
}

/// The number of a month, from its lower-case name, an abbreviation, or a misspelled name; also from
/// its Russian or Ukrainian name.
pub fn parse_month(word: &str) -> Option<i8> {
    if !word.is_ascii() {
        let word = normalize(word);
        let is_named = |names: &str| names.split(' ').any(|name| name == word);
        let place = CYRILLIC_MONTHS.iter().position(|names| is_named(names))?;
        return i8::try_from(place + 1).ok();
    }
    const TYPO_LETTERS_MIN: usize = 5;
    let letters = |word: &str| word.chars().collect::<Vec<_>>();
    let is_misspelled = |month: &str| {
        let is_long = word.len() >= TYPO_LETTERS_MIN && month.len() >= TYPO_LETTERS_MIN;
        let is_as_long = word.len().abs_diff(month.len()) <= 1;
        is_long && is_as_long && edit_distance(&letters(word), &letters(month), 1).is_some()
    };
    let is_named = |month: &str| {
        word.len() >= 3 && month.starts_with(word) || word == "sept" && month == "september"
    };
    let place = MONTHS.iter().position(|month| is_named(month));
    let place = place.or_else(|| MONTHS.iter().position(|month| is_misspelled(month)))?;
    i8::try_from(place + 1).ok()
}

/// The English month of an abbreviation or a foreign name, except where it is another word too, such
/// as "mar" in Mar-a-Lago.
pub(super) fn abbreviated_month(word: &str) -> Option<&'static str> {
    let is_own_word = matches!(word, "mar" | "may");
    let is_candidate = (3..=4).contains(&word.len()) || !word.is_ascii();
    let month = is_candidate.then(|| parse_month(word)).flatten();
    MONTHS.get(month.filter(|_| !is_own_word)? as usize - 1).copied()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{bare_date, dates_in};

    fn check(text: &str, expected: &[&str]) {
        let today = Some(date(2026, 11, 27));
        let found: Vec<String> = dates_in(text, today).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn dates_are_parsed_in_common_notations() {
        for (text, expected) in [
            ("what happened in august 2026", &["2026-08-01"][..]),
            ("Sept. 2026 talks", &["2026-09-01"]),
            ("on 15 August 2026", &["2026-08-15"]),
            ("August 15th, 2026", &["2026-08-15"]),
            ("the 3rd of July, 2026", &["2026-07-03"]),
            ("novmber 2026", &["2026-11-01"]),
            ("2026 august", &["2026-08-01"]),
            ("2025 and august 2026", &["2025-01-01", "2026-08-01"]),
            ("2026-09", &["2026-09-01"]),
            ("2026-09-03", &["2026-09-03"]),
            ("2026\u{2011}09\u{2011}03", &["2026-09-03"]),
            ("2026\u{2212}09－03", &["2026-09-03"]),
            ("3.9.2026", &["2026-09-03"]),
            ("08/15/2026", &["2026-08-15"]),
            ("15/08/26", &["2026-08-15"]),
            ("09/2026", &["2026-09-01"]),
            ("august '26", &["2026-08-01"]),
            ("the 2026/27 season", &["2026-07-01"]),
            ("autumn 2026", &["2026-09-01"]),
            ("the fall of 2026", &["2026-09-01"]),
            ("the end of 2026", &["2026-10-01"]),
            ("did the war end in 2026", &["2026-01-01"]),
            ("in the second half of 2026", &["2026-07-01"]),
            ("Q3 2026", &["2026-07-01"]),
            ("2026 Q3", &["2026-07-01"]),
            ("third quarter of 2026", &["2026-07-01"]),
            ("2027", &["2027-01-01"]),
            ("24 лютого 2022", &["2022-02-24"]),
            ("24 февраля 2014 года", &["2014-02-24"]),
            ("5 грудня 1994", &["1994-12-05"]),
            ("май 2026", &["2026-05-01"]),
            ("у червні 2025", &["2025-06-01"]),
            ("in the 2030s", &["2030-01-01"]),
            ("winter 2026", &["2026-01-01"]),
            ("after June 2026", &["2026-07-01"]),
            ("since 30 June 2026", &["2026-07-01"]),
            ("since June 2026", &["2026-06-01"]),
            ("since 2026", &["2026-01-01"]),
            ("after the Geneva talks of 2026", &["2026-01-01"]),
            ("from march 2014 to 2016", &["2014-03-01", "2016-01-01"]),
            ("in 2026 12 points", &["2026-01-01"]),
            ("may they join NATO", &[]),
            ("a lease until 2042", &[]),
            ("resolution 68/262", &[]),
            ("the 28 points", &[]),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn a_relative_date_counts_from_today() {
        for (text, expected) in [
            ("what did Putin say today", &["2026-11-27"][..]),
            ("what happened yesterday", &["2026-11-26"]),
            ("the latest on the talks", &["2026-11-27"]),
            ("what is the latest", &["2026-11-27"]),
            ("latest stated terms", &[]),
            ("next year", &["2027-11-27"]),
            ("next spring", &["2027-03-01"]),
            ("this autumn", &["2026-09-01"]),
            ("this year", &["2026-01-01"]),
            ("last August", &["2026-08-01"]),
            ("last december", &["2025-12-01"]),
            ("elections sep 26", &["2026-09-01"]),
            ("the votes of sep 22", &[]),
            ("in 2014, and what next", &["2014-01-01"]),
            ("how much does Russia hold now", &[]),
            ("the next country", &[]),
            ("were they gone the next morning", &[]),
            ("what happened last night", &["2026-11-26"]),
        ] {
            check(text, expected);
        }
        assert_eq!(dates_in("next year", None), []);
    }

    #[test]
    fn a_question_may_be_nothing_but_a_date() {
        for (text, years, day) in [
            ("24 лютого 2022", Some(2022..=2022), Some((2, 24))),
            ("що було 24 лютого 2013", Some(2013..=2013), Some((2, 24))),
            ("мінськ 24 лютого", None, None),
            ("what happened on 24 February 2014?", Some(2014..=2014), Some((2, 24))),
            ("2014-03-18", Some(2014..=2014), None),
            ("winter 2022", Some(2022..=2022), None),
            ("2014 to 2016", Some(2014..=2016), None),
            ("Aug 26", None, Some((8, 26))),
        ] {
            let expected = (years.is_some() || day.is_some()).then_some((years, day));
            let found = bare_date(text).map(|date| (date.years, date.day));
            assert_eq!(found, expected, "{text}");
        }
        for text in ["Minsk 2014", "the 28 points", "what is new", "may they join NATO", "march"] {
            assert_eq!(bare_date(text), None, "{text}");
        }
    }
}
