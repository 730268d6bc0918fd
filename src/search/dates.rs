//! The dates in a question: "august 2026", "2026-09", "15.08.2026", "autumn 2026", "2027".

use jiff::civil::Date;

use super::tokenizer::for_each_token;
use crate::text::MONTHS;

/// Parts of a year, with their first months. Winter is not among them, as it may begin or end the year.
const PARTS_OF_YEAR: [(&str, i8); 13] = [
    ("spring", 3),
    ("summer", 6),
    ("autumn", 9),
    ("fall", 9),
    ("christmas", 12),
    ("late", 10),
    ("end", 10),
    ("h2", 7),
    ("q1", 1),
    ("q2", 4),
    ("q3", 7),
    ("q4", 10),
    ("second half", 7),
];

/// How far the year may follow the name of a month or a part, in words: "august 15th, 2026", "end of the year 2026".
const YEAR_DISTANCE_MAX: usize = 3;

/// The first day of each date with a year in a text: of the day, the month, the part of the year, or the year.
pub fn dates_in(text: &str) -> Vec<Date> {
    let mut words: Vec<String> = Vec::new();
    for_each_token(text, |word, _| words.push(word.to_owned()));
    let years =
        words.iter().enumerate().filter_map(|(position, word)| Some((position, year(word)?)));
    years.filter_map(|(position, year)| date_at(&words, position, year)).collect()
}

/// The date whose year is at a position among the words.
fn date_at(words: &[String], position: usize, of_year: i16) -> Option<Date> {
    // Words before an earlier year belong to that one.
    let year_before = words[..position].iter().rposition(|word| year(word).is_some());
    let begins = year_before.map_or(0, |at| at + 1).max(position.saturating_sub(YEAR_DISTANCE_MAX));
    let before = &words[begins..position];
    if let Some(at) = before.iter().rposition(|word| parse_month(word).is_some()) {
        let month = parse_month(&before[at])?;
        let around =
            before[at + 1..].iter().chain(at.checked_sub(1).map(|before_it| &before[before_it]));
        return Date::new(of_year, month, around.filter_map(|word| day(word)).next().unwrap_or(1))
            .ok();
    }
    let joined = before.join(" ");
    if let Some((_, month)) = PARTS_OF_YEAR.iter().find(|(part, _)| contains_words(&joined, part)) {
        return Date::new(of_year, *month, 1).ok();
    }
    // 2026-08-15 and 2026-08; 15.08.2026 and 08/2026.
    let after: Vec<i8> =
        words[position + 1..].iter().map_while(|word| number(word)).take(2).collect();
    let ahead: Vec<i8> = before.iter().rev().map_while(|word| number(word)).take(2).collect();
    let (month, day) = match (after.as_slice(), ahead.as_slice()) {
        ([month, day], _) => (*month, *day),
        ([month], _) => (*month, 1),
        ([], [month, day]) => (*month, *day),
        ([], [month]) => (*month, 1),
        _ => (1, 1),
    };
    Date::new(of_year, month, day).or_else(|_| Date::new(of_year, 1, 1)).ok()
}

/// Four digits of the 20th or 21st century.
fn year(word: &str) -> Option<i16> {
    let is_year = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|year| is_year && (1900..2100).contains(year))
}

/// Two digits: a month or a day as figures write it.
fn number(word: &str) -> Option<i8> {
    let is_number = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| is_number)
}

/// "15", "15th".
fn day(word: &str) -> Option<i8> {
    number(word.trim_end_matches(|letter: char| letter.is_ascii_lowercase()))
        .filter(|day| (1..=31).contains(day))
}

/// The number of a month by its name or an abbreviation. "May" and "march" are verbs too, but not before a year.
fn parse_month(word: &str) -> Option<i8> {
    let is_named = |month: &&str| word.len() >= 3 && month.starts_with(word);
    let place = MONTHS
        .iter()
        .position(|month| is_named(month) || (*month == "september" && word == "sept"))?;
    i8::try_from(place + 1).ok()
}

fn contains_words(text: &str, words: &str) -> bool {
    format!(" {text} ").contains(&format!(" {words} "))
}

#[cfg(test)]
mod tests {
    use super::dates_in;

    #[test]
    fn a_date_is_read_however_people_write_it() {
        for (text, expected) in [
            ("what happened in august 2026", &["2026-08-01"][..]),
            ("Sept. 2026 talks", &["2026-09-01"]),
            ("on 15 August 2026", &["2026-08-15"]),
            ("August 15th, 2026", &["2026-08-15"]),
            ("2026-09", &["2026-09-01"]),
            ("2026-09-03", &["2026-09-03"]),
            ("3.9.2026", &["2026-09-03"]),
            ("09/2026", &["2026-09-01"]),
            ("autumn 2026", &["2026-09-01"]),
            ("the end of 2026", &["2026-10-01"]),
            ("in the second half of 2026", &["2026-07-01"]),
            ("Q3 2026", &["2026-07-01"]),
            ("2027", &["2027-01-01"]),
            ("winter 2026", &["2026-01-01"]),
            ("from march 2014 to 2016", &["2014-03-01", "2016-01-01"]),
            ("may they join NATO", &[]),
            ("resolution 68/262", &[]),
            ("the 28 points", &[]),
        ] {
            let found: Vec<String> = dates_in(text).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
