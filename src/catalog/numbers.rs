//! The numbers of a question that an entry must not contradict: a date that is all of the question,
//! and how many points a plan has. An entry that shares just a number with them is a coincidence.

use jiff::civil;

use super::Catalog;
use crate::content::{Block, End, Entry, PartialDate};
use crate::search::{BareDate, bare_date};

/// Numbers in words that plans are named by, from one.
const NUMBERS: &str = "one two three four five six seven eight nine ten eleven twelve";

#[derive(Clone, Debug)]
pub struct AskedNumbers {
    date: Option<BareDate>,
    /// The numbers in "28 points" or "a 28-point plan".
    points: Vec<usize>,
}

impl AskedNumbers {
    pub fn of(text: &str) -> Self {
        Self { date: bare_date(text), points: counts_of_points(text) }
    }
}

impl Catalog {
    /// Whether an entry is of another time than the question asks about, or says nothing of so many
    /// points.
    pub fn contradicts(&self, document: usize, asked: &AskedNumbers) -> bool {
        let entry = self.item(document).entry;
        let is_of_other_points = !asked.points.is_empty()
            && !texts(entry).any(|text| {
                counts_of_points(&text).iter().any(|count| asked.points.contains(count))
            });
        is_of_other_points
            || asked.date.as_ref().is_some_and(|date| is_of_another_time(entry, date))
    }
}

/// Whether an entry is of another year than a date, or of another day if the date has no year.
fn is_of_another_time(entry: &Entry, asked: &BareDate) -> bool {
    let Some(date) = entry.date() else {
        return false;
    };
    match (&asked.years, asked.day) {
        (Some(years), _) => {
            let [first, last] =
                [years.start(), years.end()].map(|year| civil::Date::new(*year, 1, 1).ok());
            !date.overlaps(first, last.map(civil::Date::last_of_year))
        }
        (None, Some((month, day))) => {
            let is_that_day = |point: PartialDate| {
                let is_same = point.day().is_none_or(|known| known == day);
                point.month() == Some(month) && is_same
            };
            let ends_then = matches!(date.end(), End::At(end) if is_that_day(end));
            !is_that_day(date.start()) && !ends_then
        }
        (None, None) => false,
    }
}

/// The names and paragraphs of an entry.
fn texts(entry: &Entry) -> impl Iterator<Item = String> {
    let names = [&entry.title, &entry.summary].into_iter().chain(&entry.aliases).cloned();
    names.chain(entry.blocks().map(Block::plain))
}

/// The numbers before "points": 27 and 20 in "27 and 20 points", 28 in "a 28-point plan".
fn counts_of_points(text: &str) -> Vec<usize> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let number = |word: &str| match word.parse() {
        Ok(number) => Some(number),
        Err(_) => NUMBERS.split(' ').position(|name| name == word).map(|place| place + 1),
    };
    let before = |(at, _): (usize, &&str)| {
        let before = words[..at].iter().rev();
        let counts =
            before.take_while(|word| number(word).is_some() || matches!(**word, "and" | "or"));
        counts.filter_map(|word| number(word)).collect::<Vec<_>>()
    };
    let points = words.iter().enumerate().filter(|(_, word)| matches!(**word, "point" | "points"));
    points.flat_map(before).collect()
}

#[cfg(test)]
mod tests {
    use super::counts_of_points;

    #[test]
    fn points_are_counted_in_digits_and_words() {
        for (text, counts) in [
            ("28 points", &[28][..]),
            ("a 28-point plan", &[28]),
            ("later versions had 27 and 20 points", &[20, 27]),
            ("China's twelve points, 2023", &[12]),
            ("on 27 November he called it a list of points", &[]),
            ("29 March 2022", &[]),
        ] {
            assert_eq!(counts_of_points(text), counts, "{text}");
        }
    }
}
