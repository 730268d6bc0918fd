//! Parses dates and periods as people write them: `2014-03-18`, `18 March 2014`, `18.03.2014`,
//! `from 2014 to 2016`.

use crate::card::Refusal;
use crate::content::PartialDate;
use crate::locale::Locale;
use crate::search::parse_month;

/// The inclusive start and end of a period, each optional.
type Bounds = (Option<PartialDate>, Option<PartialDate>);

/// Why a text is not a date.
enum ParseDateError {
    /// The text is not a date at all.
    NotADate,
    /// The calendar lacks the day; this is its month.
    NoSuchDay(PartialDate),
    /// Day and month could stand either way around.
    Ambiguous([PartialDate; 2]),
}

/// Parses a year, a month or a day.
///
/// # Errors
///
/// A refusal, if the text is not exactly one date.
pub(super) fn read_date(locale: &Locale, input: &str) -> Result<PartialDate, Refusal> {
    date(&normalized(input)).map_err(|fault| {
        refusal(locale, input, fault).unwrap_or(Refusal::new("refuse-no-date").input(input))
    })
}

/// Parses a period: two dates, a start or an end, or a single date. `None` if the text is something
/// else.
///
/// # Errors
///
/// A refusal, if it looks like a date but is invalid or ambiguous.
pub fn read_period(locale: &Locale, input: &str) -> Result<Option<Bounds>, Refusal> {
    match period(&normalized(input)) {
        Ok(period) => Ok(Some(period)),
        Err(fault) => refusal(locale, input, fault).map_or(Ok(None), Err),
    }
}

fn refusal(locale: &Locale, input: &str, fault: ParseDateError) -> Option<Refusal> {
    match fault {
        ParseDateError::NotADate => None,
        ParseDateError::NoSuchDay(month) => {
            let days = usize::try_from(month.last_day().day()).unwrap_or_default();
            let refusal = Refusal::new("refuse-no-such-day").input(input);
            Some(refusal.with("month", locale.partial_date(month)).with("count", days))
        }
        ParseDateError::Ambiguous([first, second]) => {
            let [one, other] = [first, second].map(|date| locale.partial_date(date));
            let refusal = Refusal::new("refuse-ambiguous-date").input(input);
            let refusal = refusal.with("first", one).with("second", other);
            Some(refusal.with("written", first.to_string()))
        }
    }
}

/// Normalizes a text to lower case, one kind of dash and single spaces.
fn normalized(text: &str) -> String {
    let text =
        text.to_lowercase().replace(['\u{2010}', '\u{2011}', '\u{2012}', '–', '—', '−'], "-");
    text.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn period(text: &str) -> Result<Bounds, ParseDateError> {
    let strip = |words: &[&str]| words.iter().find_map(|word| text.strip_prefix(word));
    if let Some(from) = strip(&["since "]) {
        return Ok((Some(date(from)?), None));
    }
    if let Some(to) = strip(&["until ", "till ", "up to "]) {
        return Ok((None, Some(date(to)?)));
    }
    let text = strip(&["from ", "between ", "in ", "on ", "during "]).unwrap_or(text);
    match date(text) {
        Err(ParseDateError::NotADate) => {}
        read => return read.map(|point| (Some(point), Some(point))),
    }
    let both = |from: &str, to: &str| Ok((Some(date(from.trim())?), Some(date(to.trim())?)));
    for separator in [" to ", " until ", " till ", " and ", " - ", "..", "/"] {
        if let Some((from, to)) = text.split_once(separator) {
            return both(from, to);
        }
    }
    match text.split_once('-') {
        // "2014-16"
        Some((from, to)) if from.len() == 4 && to.len() == 2 => {
            both(from, &format!("{}{to}", &from[..2]))
        }
        Some((from, to)) => both(from, to),
        None => Err(ParseDateError::NotADate),
    }
}

/// Parses a date from a normalized text.
fn date(text: &str) -> Result<PartialDate, ParseDateError> {
    let parts: Vec<&str> =
        text.split(['-', '.', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let numbers: Option<Vec<i16>> = parts.iter().map(|part| number(part)).collect();
    let is_year = |part: &&str| part.len() == 4;
    match (&parts[..], numbers.as_deref()) {
        ([year], Some(&[number])) if is_year(year) => point(number, None, None),
        ([year, _], Some(&[number, month])) if is_year(year) => point(number, Some(month), None),
        ([_, year], Some(&[month, number])) if is_year(year) => point(number, Some(month), None),
        ([year, ..], Some(&[number, month, day])) if is_year(year) => {
            point(number, Some(month), Some(day))
        }
        ([_, _, year], Some(&[one, two, number])) if is_year(year) => match (one, two) {
            (day, month) if day > 12 || day == month => point(number, Some(month), Some(day)),
            (month, day) if day > 12 => point(number, Some(month), Some(day)),
            (one, two) => Err(ParseDateError::Ambiguous([
                point(number, Some(two), Some(one))?,
                point(number, Some(one), Some(two))?,
            ])),
        },
        _ => date_with_a_name(&parts),
    }
}

/// Parses `18 March 2014`, `March 18th 2014`, `Mar 2014`, `2014 March`.
fn date_with_a_name(parts: &[&str]) -> Result<PartialDate, ParseDateError> {
    let (mut year, mut month, mut day) = (None, None, None);
    for part in parts.iter().filter(|part| !matches!(**part, "of" | "the")) {
        let bare = ["st", "nd", "rd", "th"].iter().find_map(|suffix| part.strip_suffix(suffix));
        let slot = match (parse_month(part), number(bare.unwrap_or(part))) {
            (Some(number), _) => (&mut month, number.into()),
            (None, Some(number)) if part.len() == 4 && bare.is_none() => (&mut year, number),
            (None, Some(number)) => (&mut day, number),
            (None, None) => return Err(ParseDateError::NotADate),
        };
        if slot.0.replace(slot.1).is_some() {
            return Err(ParseDateError::NotADate);
        }
    }
    match (year, month) {
        (Some(year), Some(_)) => point(year, month, day),
        _ => Err(ParseDateError::NotADate),
    }
}

/// Parses a number of at most four digits.
fn number(part: &str) -> Option<i16> {
    let is_number = part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| part.parse().ok()).flatten()
}

/// Validates a date against the calendar.
fn point(year: i16, month: Option<i16>, day: Option<i16>) -> Result<PartialDate, ParseDateError> {
    // No month or day is 0.
    let small = |part: Option<i16>| part.map(|part| i8::try_from(part).unwrap_or(0));
    let whole = PartialDate::new(year, small(month), None).map_err(|_| ParseDateError::NotADate)?;
    PartialDate::new(year, small(month), small(day)).map_err(|_| ParseDateError::NoSuchDay(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_parsed_in_common_notations() {
        let locale = Locale::english();
        for (text, read) in [
            ("2014", "2014"),
            ("2014-03", "2014-03"),
            ("2014-03-18", "2014-03-18"),
            ("2014–03", "2014-03"),
            ("2014—03—18", "2014-03-18"),
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
        ] {
            let date = read_date(&locale, text);
            assert_eq!(date.map(|date| date.to_string()), Ok(read.to_owned()), "{text}");
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
            ("2014-00-01", "not a date"),
            ("2014-13", "not a date"),
            ("March", "not a date"),
            ("18 March", "not a date"),
            ("18 March 14 2014", "not a date"),
            ("0", "not a date"),
            ("next year", "not a date"),
            ("२०१४", "not a date"),
        ] {
            let refusal = read_date(&locale, text).expect_err(text);
            let card = refusal.card(&locale);
            let text = card.body[0].text.render(|words, _| words.to_owned(), |_| String::new());
            assert!(text.contains(reason), "{text}: {text}");
        }
    }

    #[test]
    fn periods_are_parsed_in_common_notations() {
        let locale = Locale::english();
        for (text, from, to) in [
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
            ("Budapest", None, None),
            ("war and peace", None, None),
            ("Minsk-2", None, None),
            ("2014 Maidan", None, None),
        ] {
            let period = read_period(&locale, text).expect(text);
            let period = period.unwrap_or_default();
            let written = |point: Option<PartialDate>| point.map(|point| point.to_string());
            let shown = (written(period.0), written(period.1));
            assert_eq!(shown, (from.map(str::to_owned), to.map(str::to_owned)), "{text}");
        }
    }
}
