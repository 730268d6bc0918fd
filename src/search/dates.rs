//! The dates in a question: "august 2026", "2026-09", "15.08.2026", "autumn 2026", "2027".

use jiff::civil::Date;

use super::tokenizer::for_each_token;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Words before a year that name a part of it, with the month in which that part begins. Winter is not among them: it may begin
/// or end the year.
const PARTS: [(&str, i8); 13] = [
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

/// How many words after the name of a month, a season or a part its year may stand: "august 15th, 2026", "end of the year 2026".
const WORDS_BETWEEN: usize = 3;

/// The first day of each date that a text names with its year, as precisely as it names it.
pub fn dates_in(text: &str) -> Vec<Date> {
    let mut words: Vec<String> = Vec::new();
    for_each_token(text, |word, _| words.push(word.to_owned()));
    let years = words.iter().enumerate().filter_map(|(place, word)| Some((place, year(word)?)));
    years.filter_map(|(place, year)| date_at(&words, place, year)).collect()
}

/// The date whose year stands at a place among the words.
fn date_at(words: &[String], place: usize, of_year: i16) -> Option<Date> {
    // What stands before an earlier year belongs to that one.
    let year_before = words[..place].iter().rposition(|word| year(word).is_some());
    let begins = year_before.map_or(0, |at| at + 1).max(place.saturating_sub(WORDS_BETWEEN));
    let before = &words[begins..place];
    if let Some(at) = before.iter().rposition(|word| month_named(word).is_some()) {
        let month = month_named(&before[at])?;
        let around =
            before[at + 1..].iter().chain(at.checked_sub(1).map(|before_it| &before[before_it]));
        return Date::new(of_year, month, around.filter_map(|word| day(word)).next().unwrap_or(1))
            .ok();
    }
    let joined = before.join(" ");
    if let Some((_, month)) = PARTS.iter().find(|(part, _)| holds_words(&joined, part)) {
        return Date::new(of_year, *month, 1).ok();
    }
    // 2026-08-15 and 2026-08; 15.08.2026 and 08/2026.
    let after: Vec<i8> = words[place + 1..].iter().map_while(|word| number(word)).take(2).collect();
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

/// Four digits of a century that people write about here.
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

/// The number of a month by its name or the beginning of it. "may" and "march" are verbs too, but not before a year.
fn month_named(word: &str) -> Option<i8> {
    let is_named = |month: &&str| word.len() >= 3 && month.starts_with(word);
    let place = MONTHS
        .iter()
        .position(|month| is_named(&month) || (*month == "september" && word == "sept"))?;
    i8::try_from(place + 1).ok()
}

fn holds_words(text: &str, words: &str) -> bool {
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
