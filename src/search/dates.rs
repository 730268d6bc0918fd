//! Dates in a question, absolute ("august 2026", "2026-09", "15.08.26", "2026 Q3", "after June
//! 2026") or, if the current day is known, relative ("yesterday", "next spring", "since September").

use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::edit_distance::edit_distance;
use super::english::ENGLISH;
use super::tokenizer::{for_each_token, normalize};
use super::word_list::WordList;
use crate::text::{MONTHS, WEEKDAYS, with_hyphens};

/// Parts of a year with names of several words, which are joined.
const LONG_PARTS: &str = "second half,2nd half,third quarter,3rd quarter,fourth quarter,4th quarter,orthodox christmas,\
    victory day,independence day,labor day,duma election,black friday,new year's eve,new year’s eve,new years eve";

/// Words that may occur inside a date.
const INSIDE: [&str; 4] = ["of", "the", "year", "early"];

/// Words for the time after a date.
const AFTER: [&str; 5] = ["after", "since", "post", "beyond", "following"];

/// Words before a month without a year that is often that of an event: "the referendums of September".
const WITHIN: [&str; 7] = ["in", "of", "by", "until", "till", "over", "during"];

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
static CYRILLIC_WORDS: WordList = WordList::new(
    "год года году г рик року роци р в у що було сталося видбулося что било случилос произошло",
);

/// Words and pairs of words that mean the present. "latest+" is "latest" as the last word.
static PRESENT: WordList = WordList::new(
    "tonight tonights latest+ latest+news latest+on latest+update latest+updates latest+from breaking+news any+news \
    any+updates news+on news+from news+about",
);

/// Words for the present.
static NOW: WordList = WordList::new("now nowadays today todays moment current currently still");

/// What is asked for in "anything new".
static NEW: WordList = WordList::new("new");

/// What changes from day to day, so that no record has its present state.
static STATES: WordList = WordList::new(
    "battlefield ceasefire fighting front frontline frontlines line lines map negotiations \
    situation state status talking talks truce war",
);

/// Words that may accompany both.
static BESIDE_STATES: WordList = WordList::new("holding peace russia russian ukraine ukrainian");

/// How many, in words, from one.
const COUNTS: &str = "one two three four five six seven eight nine ten eleven twelve";

/// A date that a question names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedDate {
    pub first: Date,
    /// The last day. The same as the first for a whole year and for a date with an open end.
    pub last: Date,
    /// Whether no year is named, so that an earlier year may be meant.
    pub may_be_earlier: bool,
}

impl AskedDate {
    fn new(first: Date, last: Date) -> Self {
        Self { first, last, may_be_earlier: false }
    }
}

/// The dates in a text. Relative dates count only if no date has a year.
pub fn dates_in(text: &str, today: Option<Date>) -> Vec<AskedDate> {
    let mut text = join_figures(&text.to_lowercase());
    for long in LONG_PARTS.split(',') {
        if text.contains(long) {
            text = text.replace(long, &long.replace([' ', '\'', '’'], ""));
        }
    }
    let words = words(&text);
    let dates: Vec<AskedDate> = (0..words.len()).filter_map(|at| date_at(&words, at)).collect();
    match today {
        Some(today) if dates.is_empty() => {
            let date_at = |at| {
                let date =
                    relative_date(&words[at..], today).map(|date| AskedDate::new(date, date));
                date.or_else(|| recent_part(&words, at, today))
                    .or_else(|| recent_days(&words[at..], today))
            };
            (0..words.len()).filter_map(date_at).collect()
        }
        _ => dates,
    }
}

/// Whether a text names a month.
pub fn names_month(text: &str) -> bool {
    let is_month = |word: &str| parse_month(&word.to_lowercase()).is_some();
    !dates_in(text, None).is_empty() && text.split_whitespace().any(is_month)
}

/// The month or year that a text names.
pub fn period_in(text: &str) -> Option<(Date, Date)> {
    let asked = *dates_in(text, None).first()?;
    let is_year = asked.first == asked.last && asked.first.day_of_year() == 1 && !names_month(text);
    let last = if is_year { asked.last.last_of_year() } else { asked.last.last_of_month() };
    Some((asked.first.first_of_month(), last))
}

/// The words of a text without years and months.
pub fn without_dates(text: &str) -> String {
    let is_date = |word: &&str| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let is_year = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
        is_year || parse_month(&word.to_lowercase()).is_some()
    };
    let words: Vec<&str> = text.split_whitespace().filter(|word| !is_date(word)).collect();
    words.join(" ")
}

/// Whether a text has the word "today".
pub fn names_today(text: &str) -> bool {
    words(text).iter().any(|word| word == "today")
}

/// Whether a text is about nothing but the state of things at present: "current front line", "are
/// they still talking", "right now".
pub fn asks_for_present_state(text: &str) -> bool {
    let words = words(text);
    let has = |list: &WordList| words.iter().any(|word| list.contains(word));
    let only = |lists: &[&WordList]| {
        let is_known = |word: &String| lists.iter().any(|list| list.contains(word));
        words.iter().all(|word| ENGLISH.is_stop_word(word) || is_known(word))
    };
    let is_of_state = has(&NOW) && has(&STATES) && only(&[&NOW, &STATES, &BESIDE_STATES]);
    let is_of_nothing_else = (has(&NOW) || has(&NEW)) && only(&[&NOW, &NEW]);
    (is_of_state || is_of_nothing_else) && !words.iter().any(|word| word == "why")
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for_each_token(text, |word, _| words.push(word.to_owned()));
    words
}

/// Whether the first word, or the first two, are in a list.
fn begins_with_any(words: &[String], list: &WordList) -> bool {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let pair = format!("{}+{}", word(0), word(1));
    list.contains(word(0)) || list.contains(&pair)
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
    let words = words(&join_figures(&text.to_lowercase()));
    let is_of_date = |word: &String| {
        ENGLISH.is_stop_word(word)
            || parse_joined_date(word).is_some()
            || parse_year(word).is_some()
            || parse_day(word).is_some()
            || part_of_year(word).is_some()
            || INSIDE.contains(&word.as_str())
            || AFTER.contains(&word.as_str())
            || matches!(word.as_str(), "winter" | "happened" | "event" | "events")
            || CYRILLIC_WORDS.contains(word)
    };
    if !words.iter().all(is_of_date) {
        return None;
    }
    let years = dates_in(text, None).into_iter().map(|date| date.first.year());
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
fn date_at(words: &[String], at: usize) -> Option<AskedDate> {
    let mut begins = at;
    let (date, length) = match parse_joined_date(&words[at]) {
        Some(date) => date,
        None => {
            let year = parse_year(&words[at])?;
            let is_inside = |word: &str| {
                part_of_year(word).is_some() || parse_day(word).is_some() || INSIDE.contains(&word)
            };
            while begins > 0 && is_inside(&words[begins - 1]) {
                begins -= 1;
            }
            parse_around_year(year, &words[..begins], &words[begins..at], &words[at + 1..])?
        }
    };
    let before = begins.checked_sub(1).map_or("", |before| &words[before]);
    // "Since June" includes June.
    let is_included = before == "since" && length.get_days() == 0;
    let is_after = AFTER.contains(&before) && !is_included;
    let next = date.checked_add(length).ok()?;
    // A year may be asked about for its beginning.
    let is_point = is_included || length.get_years() > 0;
    Some(match is_after {
        true => AskedDate::new(next, next),
        false if is_point => AskedDate::new(date, date),
        false => AskedDate::new(date, next.yesterday().ok()?),
    })
}

/// A date in a year, with its length, from the words before the year: "15th of August". The month
/// may also follow, "2026 august", or stand apart: "christmas truce 2026".
fn parse_around_year(
    year: i16,
    apart: &[String],
    before: &[String],
    after: &[String],
) -> Option<(Date, Span)> {
    let of = |words: &[String]| words.iter().rev().find_map(|word| part_of_year(word));
    let belongs_to_next = after.iter().take(4).any(|word| parse_year(word).is_some());
    let follows = if belongs_to_next { None } else { of(&after[..after.len().min(1)]) };
    let Some((month, months)) = of(before).or(follows).or_else(|| part_apart(apart)) else {
        return Some((Date::new(year, 1, 1).ok()?, 1.year()));
    };
    let day = before.iter().find_map(|word| parse_day(word));
    let length = if day.is_some() { 1.day() } else { months.months() };
    Some((Date::new(year, month, day.unwrap_or(1)).ok()?, length))
}

/// The part of a year that stands a few words before it, with none between that begins another phrase.
fn part_apart(words: &[String]) -> Option<(i8, i8)> {
    const WORDS_BETWEEN_MAX: usize = 2;
    let is_between = |word: &&String| {
        is_often_another_word(word) || part_of_year(word).is_none() && !ENGLISH.is_stop_word(word)
    };
    let between = words.iter().rev().take(WORDS_BETWEEN_MAX).take_while(is_between).count();
    let word = &words[words.len().checked_sub(between + 1)?];
    if is_often_another_word(word) { None } else { part_of_year(word) }
}

/// Whether a part of the year is more often another word, unless it stands right beside a year.
fn is_often_another_word(word: &str) -> bool {
    matches!(word, "end" | "fall" | "late" | "march" | "may")
}

/// Parses a joined numeric date, with its length.
fn parse_joined_date(word: &str) -> Option<(Date, Span)> {
    let parts: Vec<i16> = word.split('x').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match parts[..] {
        // A span such as 2026/27 or 2014-16 counts from the middle of the first year.
        [year, next] if year > 99 && (13..100).contains(&next) => (year, 7, None),
        [year, month] if year > 99 => (year, month, None),
        [month, year] => (year, month, None),
        [year, month, day] if year > 99 => (year, month, Some(day)),
        [day, month, year] if year < 100 => (2000 + year, month, Some(day)),
        [day, month, year] => (year, month, Some(day)),
        _ => return None,
    };
    let length = if day.is_some() { 1.day() } else { 1.month() };
    let month = i8::try_from(month).ok()?;
    let date = match day {
        None => Date::new(year, month, 1).ok()?,
        Some(day) => {
            let day = i8::try_from(day).ok()?;
            // American order has the month first: 08/15/2026.
            Date::new(year, month, day).or_else(|_| Date::new(year, day, month)).ok()?
        }
    };
    (1900..2100).contains(&year).then_some((date, length))
}

/// The relative date that the words begin with.
fn relative_date(words: &[String], today: Date) -> Option<Date> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    if begins_with_any(words, &PRESENT) {
        return Some(today);
    }
    let direction: i64 = match word(0) {
        "yesterday" => return today.yesterday().ok(),
        "tomorrow" => return today.tomorrow().ok(),
        "next" | "coming" => 1,
        "this" => 0,
        "last" | "past" => -1,
        // "Sep 26" in 2026 is its month or its day.
        month if word(1) == format!("{:02}", today.year() % 100) => {
            return Date::new(today.year(), parse_month(month)?, 1).ok();
        }
        _ => return None,
    };
    let span = match word(1).trim_end_matches('s') {
        // "The next morning" is part of a story.
        "night" | "evening" | "afternoon" | "morning" if direction <= 0 => direction.days(),
        "week" | "weekend" => direction.weeks(),
        day if WEEKDAYS.contains(&day) => direction.weeks(),
        "month" => direction.months(),
        "year" if direction == 0 => return today.first_of_year().into(),
        "year" => direction.years(),
        part => {
            // The nearest occurrence in that direction.
            let this = Date::new(today.year(), season(part)?.0, 1).ok()?;
            let is_other = this.cmp(&today) as i64 == -direction
                || this.first_of_month() == today.first_of_month();
            return this.checked_add(if is_other { direction.years() } else { 0.years() }).ok();
        }
    };
    today.checked_add(span).ok()
}

/// The last month or part of the year before the day of asking, after a word such as "since" or "in"
/// at a position: "since September", "as of November", "after the summer".
fn recent_part(words: &[String], at: usize, today: Date) -> Option<AskedDate> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let is_as_of = word(at) == "as" && word(at + 1) == "of";
    let is_within =
        WITHIN.contains(&word(at)) && at.checked_sub(1).is_none_or(|at| word(at) != "as");
    if !is_as_of && !is_within && !AFTER.contains(&word(at)) {
        return None;
    }
    let is_skipped = |word: &String| matches!(word.as_str(), "the" | "early" | "mid" | "late");
    let begins = at + if is_as_of { 2 } else { 1 };
    let place = begins + words.get(begins..)?.iter().take_while(|word| is_skipped(word)).count();
    let part = word(place);
    // "Since the September referendums" is after those, "the fall of Kyiv" is no season, and
    // Independence Day may be that of 1991.
    let after = word(place + 1);
    let is_last = after.is_empty() || after != "of" && ENGLISH.is_stop_word(after);
    let (month, months) =
        season(part).filter(|_| is_last && !matches!(part, "end" | "independenceday"))?;
    let this = Date::new(today.year(), month, 1).ok()?;
    let first = if this > today { this.checked_sub(1.year()).ok()? } else { this };
    let next = first.checked_add(months.months()).ok()?;
    Some(match word(at) {
        "as" | "since" => AskedDate::new(first, first),
        after if AFTER.contains(&after) => AskedDate::new(next, next),
        _ => AskedDate { first, last: next.yesterday().ok()?, may_be_earlier: true },
    })
}

/// The days that are counted back from the day of asking: "last 3 months", "two weeks ago".
fn recent_days(words: &[String], today: Date) -> Option<AskedDate> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let (count, unit) = match (word(0), word(2)) {
        ("last" | "past", unit) => (word(1), unit),
        (count, "ago") => (count, word(1)),
        _ => return None,
    };
    let named = || COUNTS.split(' ').position(|name| name == count).map(|index| index as i64 + 1);
    let count: i64 = match count {
        "a" | "an" => 1,
        "few" | "several" => 3,
        _ => count.parse().ok().or_else(named)?,
    };
    let span = match unit.trim_end_matches('s') {
        "hour" => Span::new().try_days(count / 24),
        "day" => Span::new().try_days(count),
        "week" => Span::new().try_weeks(count),
        "month" => Span::new().try_months(count),
        "year" => Span::new().try_years(count),
        _ => return None,
    };
    let first = today.checked_sub(span.ok()?).ok()?;
    let last = if word(2) == "ago" || unit.starts_with("year") { first } else { today };
    Some(AskedDate::new(first, last))
}

/// The first month of a month or of a part of the year, and how many months it has. Winter is
/// omitted, as it may begin or end a year. A holiday or an election stands for its month.
fn part_of_year(word: &str) -> Option<(i8, i8)> {
    Some(match word {
        "q1" => (1, 3),
        "q2" => (4, 3),
        "q3" | "thirdquarter" | "3rdquarter" => (7, 3),
        "q4" | "fourthquarter" | "4thquarter" | "late" | "end" => (10, 3),
        "h2" | "secondhalf" | "2ndhalf" => (7, 6),
        "spring" => (3, 3),
        "summer" => (6, 3),
        "autumn" | "fall" => (9, 3),
        "orthodoxchristmas" => (1, 1),
        "easter" => (4, 1),
        "victoryday" => (5, 1),
        "independenceday" => (8, 1),
        "laborday" | "dumaelection" | "dumaelections" => (9, 1),
        "halloween" => (10, 1),
        "midterm" | "midterms" | "thanksgiving" | "blackfriday" => (11, 1),
        "christmas" | "xmas" | "newyearseve" => (12, 1),
        word => (parse_month(word)?, 1),
    })
}

/// Whether a word or its stem is a month or a part of the year.
pub fn is_part_of_year(stem: &str) -> bool {
    season(stem).is_some()
}

/// Like [`part_of_year`], beside the day of asking, with which winter is only one.
fn season(word: &str) -> Option<(i8, i8)> {
    if word == "winter" { Some((12, 3)) } else { part_of_year(word) }
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

    use super::{asks_for_present_state, bare_date, dates_in};

    fn check(text: &str, expected: &[&str]) {
        let today = Some(date(2026, 11, 27));
        let found: Vec<String> =
            dates_in(text, today).iter().map(|date| date.first.to_string()).collect();
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
            ("summer 2026 offensive", &["2026-06-01"]),
            ("after summer 2026", &["2026-09-01"]),
            ("christmas truce 2026", &["2026-12-01"]),
            ("black friday peace deal 2026", &["2026-11-01"]),
            ("independence day 2026 speech", &["2026-08-01"]),
            ("did the 2026 midterms change it", &["2026-11-01"]),
            ("Duma elections 2026", &["2026-09-01"]),
            ("New Year's Eve 2026", &["2026-12-01"]),
            ("orthodox christmas truce 2026", &["2026-01-01"]),
            ("easter 2027", &["2027-04-01"]),
            ("did Kyiv fall in 2026", &["2026-01-01"]),
            ("may Russia attack 2026", &["2026-01-01"]),
            ("november plan of 28 points, 2026", &["2026-01-01"]),
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
            ("what happened yesterday", &["2026-11-26"][..]),
            ("tonight's speech", &["2026-11-27"]),
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
            ("last friday", &["2026-11-20"]),
            ("this winter", &["2026-12-01"]),
            ("last winter", &["2025-12-01"]),
            ("last 3 months", &["2026-08-27"]),
            ("over the past few weeks", &["2026-11-06"]),
            ("last 48 hours", &["2026-11-25"]),
            ("two weeks ago", &["2026-11-13"]),
            ("a year ago", &["2025-11-27"]),
            ("since september", &["2026-09-01"]),
            ("sanctions since December", &["2025-12-01"]),
            ("state of talks as of november", &["2026-11-01"]),
            ("after the summer", &["2026-09-01"]),
            ("after the midterms", &["2026-12-01"]),
            ("in early october", &["2026-10-01"]),
            ("over the summer", &["2026-06-01"]),
            ("since February", &["2026-02-01"]),
            ("since the september referendums", &[]),
            ("september referendums", &[]),
            ("after the fall of the Soviet Union", &[]),
            ("by the end", &[]),
            ("borders since independence day", &[]),
            ("may they join NATO", &[]),
            ("last 5 points", &[]),
        ] {
            check(text, expected);
        }
        assert_eq!(dates_in("next year", None), []);
    }

    #[test]
    fn only_a_question_about_nothing_but_the_present_state_asks_for_it() {
        for (text, expected) in [
            ("right now", true),
            ("what is new?", true),
            ("current front line right now today", true),
            ("front line at the moment", true),
            ("today's front line", true),
            ("are they still talking", true),
            ("is the war still going on", true),
            ("is there a ceasefire now", true),
            ("what does Russia demand right now", false),
            ("freeze at the current front line", false),
            ("why is the war still going on", false),
            ("what is a ceasefire", false),
            ("a new ceasefire", false),
            ("Russia today", false),
        ] {
            assert_eq!(asks_for_present_state(text), expected, "{text}");
        }
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
