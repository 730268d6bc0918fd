//! Parses periods as people write them: `2014`, `from 2014 to 2016`, `18-27 March 2014`, `since 2014`.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::civil;
use regex_lite::Regex;
use unicode_normalization::UnicodeNormalization as _;

use crate::card::Refusal;
use crate::content::PartialDate;
use crate::locale::Locale;
use crate::search::parse_month;
use crate::text::with_hyphens;
use date::{ParseDateError, Span, is_year, make_date, parse_number, parse_span, two_digit_year};

mod date;

/// The inclusive start and end of a period, each optional.
pub type Bounds = (Option<PartialDate>, Option<PartialDate>);

/// Parses the start of a period: a date, of which only the first day counts, or a whole period.
///
/// # Errors
///
/// A refusal, if the text is neither.
pub fn read_start(locale: &Locale, input: &str) -> Result<Bounds, Refusal> {
    read_bound(locale, input, |(first, _)| (Some(first), None))
}

/// Parses the end of a period: a date, of which only the last day counts, or a whole period. "Now"
/// leaves the period open.
///
/// # Errors
///
/// A refusal, if the text is neither.
pub fn read_end(locale: &Locale, input: &str) -> Result<Bounds, Refusal> {
    if NOW.contains(&normalized(input).as_str()) {
        return Ok((None, None));
    }
    read_bound(locale, input, |(_, last)| (None, Some(last)))
}

/// Parses a bound, of which `of_span` is what counts of a date.
fn read_bound(
    locale: &Locale,
    input: &str,
    of_span: impl Fn(Span) -> Bounds,
) -> Result<Bounds, Refusal> {
    let text = normalized(input);
    let bounds = parse_range(&text).map_err(|fault| refusal(locale, input, fault))?;
    Ok(match parse_span(without_fillers(&text)) {
        Ok(span @ (first, last)) if bounds == (Some(first), Some(last)) => of_span(span),
        _ => bounds,
    })
}

/// Parses a period: two dates, a start or an end, or a single date. `None` if the text is something
/// else.
///
/// # Errors
///
/// A refusal, if it looks like a date but is invalid or ambiguous.
pub(super) fn read_period(locale: &Locale, input: &str) -> Result<Option<Bounds>, Refusal> {
    match parse_range(&normalized(input)) {
        Err(ParseDateError::NotADate) => Ok(None),
        read => read.map(Some).map_err(|fault| refusal(locale, input, fault)),
    }
}

/// The most words of a period: "from 14 February 2014 to 18 March 2014".
const PERIOD_WORDS_MAX: usize = 8;

/// Splits a text into a subject and a period beside it: "sanctions 2022 to 2024". A single date may
/// be part of a name: "Minsk 2014".
pub fn split_period(input: &str) -> Option<(String, Bounds)> {
    let text = normalized(input);
    let spaces = || text.match_indices(' ').map(|(at, _)| at);
    let ends = spaces().map(|at| (&text[..at], &text[at + 1..]));
    let starts = spaces().rev().map(|at| (&text[at + 1..], &text[..at]));
    ends.chain(starts).find_map(|(subject, rest)| {
        if rest.split(' ').count() > PERIOD_WORDS_MAX {
            return None;
        }
        let bounds = parse_range(rest).ok()?;
        let subject = subject.trim_end_matches([':', ',', '-', ' ']);
        if subject.is_empty() {
            return None;
        }
        // With the capitals in which it was typed.
        let at = input.to_lowercase().find(subject);
        let typed = at.and_then(|at| input.get(at..at + subject.len()));
        let typed = typed.filter(|typed| typed.to_lowercase() == subject);
        Some((typed.unwrap_or(subject).to_owned(), bounds))
    })
}

fn refusal(locale: &Locale, input: &str, fault: ParseDateError) -> Refusal {
    let refuse = |key| Refusal::new(key).input(input);
    let words = |date| locale.partial_date(date);
    match fault {
        ParseDateError::NotADate => refuse("refuse-no-date"),
        ParseDateError::NoSuchMonth => refuse("refuse-no-such-month"),
        ParseDateError::Relative => refuse("refuse-relative-date"),
        ParseDateError::NoSuchDay(month) => {
            let days = usize::try_from(month.last_day().day()).unwrap_or_default();
            refuse("refuse-no-such-day").with("month", words(month)).with("count", days)
        }
        ParseDateError::Ambiguous([first, second]) => refuse("refuse-ambiguous-date")
            .with("first", words(first))
            .with("second", words(second))
            .with("written", first.to_string()),
    }
}

/// Normalizes a text to lower case, one kind of dash, of arrow and of digits, and single spaces,
/// without the quotes and punctuation around it.
fn normalized(text: &str) -> String {
    let text = with_hyphens(&text.to_lowercase())
        .replace(['→', '…', '~', '～', '〜'], "->")
        .replace(',', " ");
    let text: String = text.nfkc().map(ascii_digit).collect();
    let around = [
        '"', '\'', '“', '”', '‘', '’', '„', '«', '»', '?', '!', ' ', '(', ')', '[', ']', '*', '_',
        '`', ';',
    ];
    text.trim_matches(around).split_whitespace().map(full_year).collect::<Vec<_>>().join(" ")
}

/// The ASCII digit for one that Arabic, Persian or Urdu writes.
fn ascii_digit(letter: char) -> char {
    let first = match letter {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        _ => return letter,
    };
    char::from_digit(u32::from(letter) - first, 10).unwrap_or(letter)
}

/// Writes out the year of `'22`.
fn full_year(word: &str) -> Cow<'_, str> {
    let Some(digits) = word.strip_prefix(['\'', '’', '‘']) else { return word.into() };
    two_digit_year(digits).map_or(digits.into(), |year| year.to_string().into())
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid")
}

/// Words before a period that do not change it.
static FILLERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^((what (else )?(was )?happen(ed|ing)|що (було|сталося)|что (было|случилось|произошло)|everything|events|in|on|during|around|about|approximately|circa|ca\.?|c\.|all|whole|months?|years?|of|the|в|у) )+",
    )
});

const SINCE: [&str; 8] = ["since ", "from ", "starting ", "з ", "с ", "від ", ">=", "≥"];
const UNTIL: [&str; 14] = [
    "until ", "till ", "til ", "up to ", "to ", "through ", "thru ", "by ", "до ", "<=", "≤",
    "../", "..", "->",
];
const BEFORE: [&str; 5] = ["before ", "pre-", "pre ", "prior to ", "<"];
const AFTER: [&str; 7] = ["after ", "post-", "post ", "following ", "після ", "после ", ">"];
/// Words for an end that leaves a period open: "2014 to now". EDTF writes `2014/..`.
const NOW: [&str; 5] = ["now", "today", "the present", "present", ".."];
/// Leaves a period open, with or without one of these: "2014 onwards", "2014-".
static OPEN_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r" ?(onwards?|on|(and|or) (later|after)|\+|(->|to|through|thru|until|till?|bis|and|&|vs\.?|versus|до|по|-|\.{2,3}|/) ?(now|today|(the )?present|\.\.)?)$",
    )
});

/// Ends a period: "2014 or earlier".
static OPEN_START: LazyLock<Regex> =
    LazyLock::new(|| pattern(r" (and|or) (earlier|before|older)$"));

/// Stands between the start and the end of a period.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"->|\.{2,3}| (to|through|thru|until|till?|bis|and|&|vs\.?|versus|до|по|-) ")
});

fn without_fillers(text: &str) -> &str {
    FILLERS.find(text).map_or(text, |fillers| &text[fillers.end()..])
}

fn without_since(text: &str) -> &str {
    SINCE.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text)
}

fn parse_range(text: &str) -> Result<Bounds, ParseDateError> {
    let text = without_fillers(text);
    if is_relative(text) {
        return Err(ParseDateError::Relative);
    }
    // Before a single date is parsed, as that ignores dots and dashes around it.
    if let Some(bounds) = parse_open_period(text)? {
        return Ok(bounds);
    }
    let mut fault = ParseDateError::NotADate;
    match parse_span(text) {
        Err(ParseDateError::NotADate) => {}
        Err(ParseDateError::NoSuchMonth) => fault = ParseDateError::NoSuchMonth,
        read => return read.map(|(first, last)| (Some(first), Some(last))),
    }
    let text = text.strip_prefix("between ").unwrap_or(without_since(text));
    if let Some((from, to)) = text.split_once(['-', '/'])
        && let (Some(first), Some(last)) = (parse_number(from), parse_number(to))
        && (from.len(), to.len()) == (4, 2)
        && last > first % 100
    {
        // "2014-16" and "2021/22"
        return parse_endpoints(from, &(first - first % 100 + last).to_string());
    }
    // "2014, 2015 and 2016"
    let listed = || text.split(' ').filter(|word| !matches!(*word, "and" | "&" | "or"));
    if listed().count() > 2 && listed().all(is_year) {
        let (first, last) = (listed().min().unwrap_or(text), listed().max().unwrap_or(text));
        return parse_endpoints(first, last);
    }
    // "2014, 2016"
    let years = text.split_once(' ').filter(|(from, to)| is_year(from) && is_year(to));
    let splits =
        BETWEEN.find_iter(text).map(|between| (&text[..between.start()], &text[between.end()..]));
    // A slash or a hyphen may also be within a date.
    let signs = ['/', '-'].into_iter().flat_map(|sign| text.match_indices(sign));
    let signs = signs.map(|(at, _)| (&text[..at], &text[at + 1..]));
    for (from, to) in splits.chain(signs).chain(years) {
        match parse_endpoints(from.trim(), to.trim()) {
            Err(ParseDateError::NotADate | ParseDateError::NoSuchMonth) => {}
            read => return read,
        }
    }
    Err(fault)
}

/// The bounds that a date stands for after a word such as "since".
type BoundsOf = fn(Span) -> Option<Bounds>;

/// Parses a period with an open start or end: "since 2014", "2014 onwards", "before 2014".
fn parse_open_period(text: &str) -> Result<Option<Bounds>, ParseDateError> {
    let since = |(first, _): Span| Some((Some(first), None));
    let until = |(_, last): Span| Some((None, Some(last)));
    let before =
        |(first, _): Span| Some((None, Some(adjacent_date(first.first_day().yesterday(), first)?)));
    let after =
        |(_, last): Span| Some((Some(adjacent_date(last.last_day().tomorrow(), last)?), None));
    let read: [(&[&str], BoundsOf); 4] =
        [(&SINCE, since), (&UNTIL, until), (&BEFORE, before), (&AFTER, after)];
    let prefixed = read.into_iter().flat_map(|(words, bounds)| {
        words.iter().filter_map(move |word| Some((text.strip_prefix(word)?, bounds)))
    });
    let ended = OPEN_END.find(text).map(|end| (without_since(&text[..end.start()]), read[0].1));
    let begun = OPEN_START.find(text).map(|start| (&text[..start.start()], read[1].1));
    for (rest, bounds) in prefixed.chain(ended).chain(begun) {
        match parse_span(rest) {
            Err(ParseDateError::NotADate | ParseDateError::NoSuchMonth) => {}
            read => return read.map(bounds),
        }
    }
    Ok(None)
}

/// A day, as precise as another date.
fn adjacent_date(day: Result<civil::Date, jiff::Error>, like: PartialDate) -> Option<PartialDate> {
    let written = day.ok()?.to_string();
    written.get(..like.to_string().len())?.parse().ok()
}

/// Whether a text is a period that is counted from the day of asking: "last five years", "this year",
/// "last summer", "two years ago", "100 days".
fn is_relative(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', '-']).collect();
    let is_unit = |word: &str| {
        let unit = word.strip_suffix('s').unwrap_or(word);
        matches!(unit, "year" | "decade" | "quarter" | "month" | "week" | "day")
    };
    let is_part = |word: &str| {
        let unit = word.strip_suffix('s').unwrap_or(word);
        matches!(unit, "spring" | "summer" | "autumn" | "fall" | "winter")
            || parse_month(unit).is_some()
    };
    match words.as_slice() {
        ["yesterday"] => true,
        [.., unit, "ago" | "back"] => is_unit(unit),
        ["last" | "past" | "previous" | "this", "day"] => false,
        ["last" | "past" | "previous" | "this", unit] => is_unit(unit) || is_part(unit),
        ["last" | "past" | "previous" | "this", .., unit] => is_unit(unit),
        ["for" | "within", count @ .., unit] | [count @ .., unit] => {
            let is_of_counts = count.iter().all(|word| is_count(word) && !is_year(word));
            is_unit(unit) && !count.is_empty() && is_of_counts
        }
        [] => false,
    }
}

/// Whether a word counts something: "100", "two", "few".
fn is_count(word: &str) -> bool {
    const COUNTS: &str = "a an one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand \
        few several couple of half";
    parse_number(word).is_some() || COUNTS.split(' ').any(|count| count == word)
}

/// Parses two dates. A date may leave out what it shares with the other: "18-27 March 2014".
fn parse_endpoints(from: &str, to: &str) -> Result<Bounds, ParseDateError> {
    let month =
        |text: &'_ str| text.split(' ').find(|word| parse_month(word).is_some()).map(str::to_owned);
    let (start, end) = (parse_span(from), parse_span(to));
    let end = match (month(from).filter(|_| month(to).is_none()), &start, end) {
        // "March 18-27, 2014": otherwise "March 3-9, 2014" would end in September.
        (Some(month), Err(_), _) => parse_span(&format!("{month} {to}"))?,
        (_, Ok((first, _)), Err(ParseDateError::NotADate)) if has_letters(to) => {
            parse_span(&format!("{to} {}", first.year()))?
        }
        (_, _, end) => end?,
    };
    let start = match start {
        Err(ParseDateError::NotADate) => {
            let (first, year) = (end.0, end.0.year());
            let day = || match (parse_number(from), first.month(), first.day()) {
                (Some(day), Some(month), Some(_)) => make_date(year, Some(month.into()), Some(day)),
                _ => Err(ParseDateError::NotADate),
            };
            match parse_span(&format!("{from} {year}")) {
                Ok(start) if has_letters(from) || from.contains(['.', '/']) => start.0,
                _ => day()?,
            }
        }
        start => start?.0,
    };
    Ok((Some(start), Some(end.1)))
}

fn has_letters(text: &str) -> bool {
    text.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_parsed_in_common_notations() {
        check_starts(&[
            ("2014", "2014"),
            ("2014-03", "2014-03"),
            ("2014-03-18", "2014-03-18"),
            ("2014–03", "2014-03"),
            ("2014—03—18", "2014-03-18"),
            ("2014\u{2010}03\u{2010}18", "2014-03-18"),
            ("2014\u{2011}03\u{2011}18", "2014-03-18"),
            ("2014\u{2012}03\u{2012}18", "2014-03-18"),
            ("2014\u{2212}03\u{2212}18", "2014-03-18"),
            ("2014－03－18", "2014-03-18"),
            ("2014-3-8", "2014-03-08"),
            ("2014/03/18", "2014-03-18"),
            ("2014.03.18", "2014-03-18"),
            ("2014 / 03", "2014-03"),
            ("18.03.2014", "2014-03-18"),
            ("18. 3. 2014", "2014-03-18"),
            ("18/03/2014", "2014-03-18"),
            ("03/18/2014", "2014-03-18"),
            ("03.03.2014", "2014-03-03"),
            ("03/2014", "2014-03"),
            ("18 March 2014", "2014-03-18"),
            ("March 18, 2014", "2014-03-18"),
            ("18th of March 2014", "2014-03-18"),
            ("the 2nd of May, 2014", "2014-05-02"),
            ("18-Mar-2014", "2014-03-18"),
            ("March 2014", "2014-03"),
            ("SEPT. 2014", "2014-09"),
            ("2014 august", "2014-08"),
            ("24 лютого 2022", "2022-02-24"),
            ("24 февраля 2014 года", "2014-02-24"),
            ("18 марта 2014 г.", "2014-03-18"),
            ("5 грудня 1994 року", "1994-12-05"),
            ("Июнь 2024", "2024-06"),
            ("січень 2026", "2026-01"),
            ("2014-03-18T10:00:00Z", "2014-03-18"),
            ("2014-03-18 10:00", "2014-03-18"),
            ("20140318", "2014-03-18"),
            ("\"2014\"", "2014"),
            ("“2014”", "2014"),
            ("２０１４", "2014"),
            ("since 2014", "2014"),
            ("spring 2014", "2014-03"),
            ("Q3 2026", "2026-07"),
            ("2030s", "2030"),
        ]);
    }

    /// Years of two digits, days of the week, times as Discord writes them, weeks, brackets, and words
    /// around a date.
    #[test]
    fn dates_are_parsed_as_they_are_typed_and_pasted() {
        check_starts(&[
            ("24/2/22", "2022-02-24"),
            ("2/24/22", "2022-02-24"),
            ("18.3.14", "2014-03-18"),
            ("25/12/91", "1991-12-25"),
            ("Feb '22", "2022-02"),
            ("summer ’22", "2022-06"),
            ("Thursday, 24 February 2022", "2022-02-24"),
            ("Thu 24 Feb 2022", "2022-02-24"),
            ("24 February 2022 at 04:00", "2022-02-24"),
            ("Thursday, February 24, 2022 4:00 AM", "2022-02-24"),
            ("24 Feb 2022 4am", "2022-02-24"),
            ("2022-02-24T04:00+02:00", "2022-02-24"),
            ("2022-W08", "2022-02-21"),
            ("2022W8", "2022-02-21"),
            ("(2022)", "2022"),
            ("[2022-02]", "2022-02"),
            ("`2022`", "2022"),
            ("*2022*", "2022"),
            ("2022 AD", "2022"),
            ("circa 2014", "2014"),
            ("around March 2014", "2014-03"),
            ("in 2014", "2014"),
            ("mid-March 2022", "2022-03-11"),
            ("the end of February 2022", "2022-02-21"),
            ("beginning of 2022", "2022-01"),
            ("1st half of 2022", "2022-01"),
            ("winter 2021/22", "2021-12"),
            ("<t:1395100800:D>", "2014-03-18"),
            ("<t:1395100800>", "2014-03-18"),
        ]);
    }

    fn check_starts(expected: &[(&str, &str)]) {
        let locale = Locale::english();
        for (text, read) in expected {
            let date = read_start(&locale, text);
            let date = date.map(|(from, _)| from.map(|date| date.to_string()));
            assert_eq!(date, Ok(Some((*read).to_owned())), "{text}");
        }
    }

    #[test]
    fn an_invalid_date_is_refused_with_the_reason() {
        let locale = Locale::english();
        for (text, reason) in [
            ("02.03.2014", "2 March 2014 or 3 February 2014"),
            ("11/12/2014", "12 November 2014"),
            ("2014-02-30", "February 2014 has 28 days"),
            ("30 February 2016", "February 2016 has 29 days"),
            ("31.04.2014", "April 2014 has 30 days"),
            ("June 31st, 2022", "June 2022 has 30 days"),
            ("0 March 2014", "March 2014 has 31 days, numbered from 1"),
            ("2014-00-01", "months are numbered from 1 to 12"),
            ("2014-13", "months are numbered from 1 to 12"),
            ("<t:x>", "not a date"),
            ("last five years", "depends on the day"),
            ("last summer", "depends on the day"),
            ("this year", "depends on the day"),
            ("last March", "depends on the day"),
            ("winter 2022", "December 2021 or December 2022"),
            ("4/2/22", "4 February 2022 or 2 April 2022"),
            ("22-02-24", "not a date"),
            ("2022-W54", "not a date"),
            ("mid-thing 2022", "not a date"),
            ("winter 2021/23", "not a date"),
            ("March", "not a date"),
            ("18 March", "not a date"),
            ("18 March 14 2014", "not a date"),
            ("0", "not a date"),
            ("next year", "not a date"),
            ("२०१४", "not a date"),
        ] {
            let refusal = read_start(&locale, text).expect_err(text);
            let card = refusal.card(&locale);
            let text = card.body[0].text.render(|words, _| words.to_owned(), |_| String::new());
            assert!(text.contains(reason), "{text}: {text}");
        }
    }

    #[test]
    fn now_leaves_a_period_open() {
        for text in ["now", "Today", "present", "the present", ".."] {
            assert_eq!(read_end(&Locale::english(), text), Ok((None, None)), "{text}");
        }
    }

    type Expected = (&'static str, Option<&'static str>, Option<&'static str>);

    fn check_periods(expected: &[Expected]) {
        let locale = Locale::english();
        for (text, from, to) in expected {
            let period = read_period(&locale, text).expect(text).unwrap_or_default();
            let written = |point: Option<PartialDate>| point.map(|point| point.to_string());
            let shown = (written(period.0), written(period.1));
            assert_eq!(shown, (from.map(str::to_owned), to.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn periods_are_parsed_in_common_notations() {
        check_periods(&[
            ("2014-2016", Some("2014"), Some("2016")),
            ("2014–2016", Some("2014"), Some("2016")),
            ("2014 - 2016", Some("2014"), Some("2016")),
            ("2014-16", Some("2014"), Some("2016")),
            ("2014 to 2016", Some("2014"), Some("2016")),
            ("from 2014 to 2016", Some("2014"), Some("2016")),
            ("between March 2014 and 2016", Some("2014-03"), Some("2016")),
            ("2014-04/2021-12", Some("2014-04"), Some("2021-12")),
            ("18 March 2014 until 5 May 2015", Some("2014-03-18"), Some("2015-05-05")),
            ("since 2014", Some("2014"), None),
            ("until March 2014", None, Some("2014-03")),
            ("in 2014", Some("2014"), Some("2014")),
            ("2014-03", Some("2014-03"), Some("2014-03")),
            ("what happened in 2014?", Some("2014"), Some("2014")),
            ("from 2014", Some("2014"), None),
            ("2014 onwards", Some("2014"), None),
            ("2014+", Some("2014"), None),
            ("2014 through 2016", Some("2014"), Some("2016")),
            ("2014, 2016", Some("2014"), Some("2016")),
            ("2014~2016", Some("2014"), Some("2016")),
            ("2014->2016", Some("2014"), Some("2016")),
            ("2014 → 2016", Some("2014"), Some("2016")),
            ("2014…2016", Some("2014"), Some("2016")),
            ("2014...2016", Some("2014"), Some("2016")),
            ("2014-03-2014-05", Some("2014-03"), Some("2014-05")),
            ("before 2014", None, Some("2013")),
            ("before March 2014", None, Some("2014-02")),
            ("pre-2014", None, Some("2013")),
            ("after 2014", Some("2015"), None),
            ("after 31 December 2014", Some("2015-01-01"), None),
            ("post-2014", Some("2015"), None),
            ("post 2022", Some("2023"), None),
            ("until 2014", None, Some("2014")),
            ("to 2014", None, Some("2014")),
            ("1990s", Some("1990"), Some("1999")),
            ("the 90s", Some("1990"), Some("1999")),
            ("Q1 2025", Some("2025-01"), Some("2025-03")),
            ("fall 2025", Some("2025-09"), Some("2025-11")),
            ("2025 fall", Some("2025-09"), Some("2025-11")),
            ("2025 Q1", Some("2025-01"), Some("2025-03")),
            ("spring 2025", Some("2025-03"), Some("2025-05")),
            ("second half of 2025", Some("2025-07"), Some("2025-12")),
            ("mid-2022", Some("2022-05"), Some("2022-08")),
            ("spring to autumn 2025", Some("2025-03"), Some("2025-11")),
            ("mid-March 2022", Some("2022-03-11"), Some("2022-03-20")),
            ("early March 2022", Some("2022-03-01"), Some("2022-03-10")),
            ("late February 2022", Some("2022-02-21"), Some("2022-02-28")),
            ("mid-March to late April 2022", Some("2022-03-11"), Some("2022-04-30")),
            ("H1/2022", Some("2022-01"), Some("2022-06")),
            ("Q1/2022", Some("2022-01"), Some("2022-03")),
            ("winter 2021/22", Some("2021-12"), Some("2022-02")),
            ("winter 2021-2022", Some("2021-12"), Some("2022-02")),
            ("2021/22", Some("2021"), Some("2022")),
            ("2022-W08", Some("2022-02-21"), Some("2022-02-27")),
            ("18.03.-27.03.2014", Some("2014-03-18"), Some("2014-03-27")),
            ("2014 bis 2016", Some("2014"), Some("2016")),
            ("2014 & 2016", Some("2014"), Some("2016")),
            ("2014 vs 2022", Some("2014"), Some("2022")),
            ("March 2014 vs. 2022", Some("2014-03"), Some("2022")),
            ("all of 2022", Some("2022"), Some("2022")),
            ("month of February 2022", Some("2022-02"), Some("2022-02")),
        ]);
    }

    #[test]
    fn slashes_within_dates_open_starts_and_other_digits_are_parsed() {
        check_periods(&[
            ("03/2014 - 05/2014", Some("2014-03"), Some("2014-05")),
            ("12/2021 – 02/2022", Some("2021-12"), Some("2022-02")),
            ("03/2014..05/2014", Some("2014-03"), Some("2014-05")),
            ("18/03/2014..2016", Some("2014-03-18"), Some("2016")),
            ("2014/03 – 05/2016", Some("2014-03"), Some("2016-05")),
            ("2014/03..May 2016", Some("2014-03"), Some("2016-05")),
            ("2014 vs now", Some("2014"), None),
            ("2014 or later", Some("2014"), None),
            ("2014 or earlier", None, Some("2014")),
            ("June 2014 and before", None, Some("2014-06")),
            ("til 2016", None, Some("2016")),
            ("years 2014-2016", Some("2014"), Some("2016")),
            ("2014 til 2016", Some("2014"), Some("2016")),
            ("2014〜2016", Some("2014"), Some("2016")),
            ("٢٠١٤-٠٣-١٨", Some("2014-03-18"), Some("2014-03-18")),
            ("۲۰۱۴", Some("2014"), Some("2014")),
        ]);
    }

    #[test]
    fn decades_lists_of_years_and_any_dash_are_parsed() {
        check_periods(&[
            ("2014, 2015 and 2016", Some("2014"), Some("2016")),
            ("2014, 2015, 2016", Some("2014"), Some("2016")),
            ("2016, 2014 & 2015", Some("2014"), Some("2016")),
            ("nineties", Some("1990"), Some("1999")),
            ("the nineteen-nineties", Some("1990"), Some("1999")),
            ("the 1990s", Some("1990"), Some("1999")),
            ("1990's", Some("1990"), Some("1999")),
            ("the noughties", Some("2000"), Some("2009")),
            ("early 1990s", Some("1990"), Some("1993")),
            ("mid-nineties", Some("1994"), Some("1996")),
            ("late 2010s", Some("2017"), Some("2019")),
            ("1990s to 2014", Some("1990"), Some("2014")),
            ("2014\u{2010}2016", Some("2014"), Some("2016")),
            ("2014\u{2011}2016", Some("2014"), Some("2016")),
            ("2014\u{2012}2016", Some("2014"), Some("2016")),
            ("2014\u{2212}2016", Some("2014"), Some("2016")),
            ("2014－2016", Some("2014"), Some("2016")),
            ("18－27 March 2014", Some("2014-03-18"), Some("2014-03-27")),
        ]);
    }

    #[test]
    fn a_period_without_an_end_is_open() {
        check_periods(&[
            ("2014-", Some("2014"), None),
            ("2014..", Some("2014"), None),
            ("2014…", Some("2014"), None),
            ("2022-02-24/..", Some("2022-02-24"), None),
            ("2014 to now", Some("2014"), None),
            ("2014-present", Some("2014"), None),
            ("2014 – today", Some("2014"), None),
            ("since February 2022 until now", Some("2022-02"), None),
            ("from 2014 to the present", Some("2014"), None),
            ("March 2014 → now", Some("2014-03"), None),
            (">= 2014", Some("2014"), None),
            (">2014", Some("2015"), None),
            ("..2014", None, Some("2014")),
            ("../2014", None, Some("2014")),
            ("…2014", None, Some("2014")),
            ("<=2014", None, Some("2014")),
            ("< 2014", None, Some("2013")),
        ]);
    }

    #[test]
    fn a_date_may_leave_out_what_it_shares_with_the_other() {
        check_periods(&[
            ("18-27 March 2014", Some("2014-03-18"), Some("2014-03-27")),
            ("March 18–27, 2014", Some("2014-03-18"), Some("2014-03-27")),
            ("March 3-9, 2014", Some("2014-03-03"), Some("2014-03-09")),
            ("3-9 March 2014", Some("2014-03-03"), Some("2014-03-09")),
            ("28 February to 4 March 2014", Some("2014-02-28"), Some("2014-03-04")),
            ("March–May 2014", Some("2014-03"), Some("2014-05")),
            ("March to May 2014", Some("2014-03"), Some("2014-05")),
            ("March 2014 to May", Some("2014-03"), Some("2014-05")),
            ("с марта по май 2014 года", Some("2014-03"), Some("2014-05")),
            ("24 лютого 2022", Some("2022-02-24"), Some("2022-02-24")),
            ("що сталося 24 лютого 2022", Some("2022-02-24"), Some("2022-02-24")),
        ]);
    }

    #[test]
    fn names_and_questions_are_no_periods() {
        check_periods(&[
            ("after Minsk", None, None),
            ("from Kyiv to Moscow", None, None),
            ("Budapest/1994", None, None),
            ("resolution 2202/2015", None, None),
            ("28 points", None, None),
            ("5 demands", None, None),
            ("Budapest", None, None),
            ("war and peace", None, None),
            ("Minsk-2", None, None),
            ("2014 Maidan", None, None),
            ("from Minsk to now", None, None),
            ("<@1>", None, None),
            ("now", None, None),
            ("mid", None, None),
            ("the day after", None, None),
            ("three days in Istanbul", None, None),
            ("day one", None, None),
            ("years", None, None),
            ("100 day plan", None, None),
        ]);
    }

    #[test]
    fn a_period_of_the_last_years_is_refused() {
        for text in [
            "last five years",
            "the past 3 months",
            "last year",
            "what happened last decade",
            "two years ago",
            "a year ago",
            "what happened 3 months ago",
            "100 days",
            "the last 100 days",
            "a hundred days",
            "a couple of weeks",
            "last month",
            "this week",
            "yesterday",
        ] {
            let refusal = read_period(&Locale::english(), text).expect_err(text);
            assert_eq!(refusal.key(), "refuse-relative-date", "{text}");
        }
    }

    #[test]
    fn a_period_beside_a_subject_is_split_from_it() {
        for (text, expected) in [
            ("sanctions 2022 to 2024", Some(("sanctions", Some("2022"), Some("2024")))),
            ("sanctions from 2022 to 2024", Some(("sanctions", Some("2022"), Some("2024")))),
            ("sanctions in 2022-2024", Some(("sanctions", Some("2022"), Some("2024")))),
            ("2022 to 2024 sanctions", Some(("sanctions", Some("2022"), Some("2024")))),
            ("Sanctions, 2014–2016", Some(("Sanctions", Some("2014"), Some("2016")))),
            ("sanctions: 2014, 2015 and 2016", Some(("sanctions", Some("2014"), Some("2016")))),
            ("peace talks since 2022", Some(("peace talks", Some("2022"), None))),
            ("crimea before 2014", Some(("crimea", None, Some("2013")))),
            ("NATO in the 1990s", Some(("NATO", Some("1990"), Some("1999")))),
            ("NATO in 2014", Some(("NATO", Some("2014"), Some("2014")))),
            ("Minsk 18 March 2014", Some(("Minsk", Some("2014-03-18"), Some("2014-03-18")))),
            ("sanctions", None),
            ("the war", None),
            ("resolution 2202 of 2015", Some(("resolution 2202", Some("2015"), Some("2015")))),
            ("", None),
        ] {
            let written = |point: Option<PartialDate>| point.map(|point| point.to_string());
            let read = split_period(text)
                .map(|(subject, (from, to))| (subject, written(from), written(to)));
            let expected = expected.map(|(subject, from, to)| {
                (subject.to_owned(), from.map(str::to_owned), to.map(str::to_owned))
            });
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn the_start_and_the_end_of_a_period_are_read_alike() {
        let locale = Locale::english();
        for (text, start, end) in [
            ("2014", "2014/", "/2014"),
            ("spring 2014", "2014-03/", "/2014-05"),
            ("2014–2016", "2014/2016", "2014/2016"),
            ("since 2014", "2014/", "2014/"),
            ("before 2014", "/2013", "/2013"),
            ("circa 2014", "2014/", "/2014"),
            ("in 2014", "2014/", "/2014"),
            ("mid-March 2022", "2022-03-11/", "/2022-03-20"),
            ("..2014", "/2014", "/2014"),
            ("2014..", "2014/", "2014/"),
        ] {
            let shown = |(from, to): Bounds| {
                let [from, to] = [from, to]
                    .map(|point| point.map(|point| point.to_string()).unwrap_or_default());
                format!("{from}/{to}")
            };
            assert_eq!(read_start(&locale, text).map(shown), Ok(start.to_owned()), "{text}");
            assert_eq!(read_end(&locale, text).map(shown), Ok(end.to_owned()), "{text}");
        }
    }
}
