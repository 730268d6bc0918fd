//! The numbers of a question: that of a demand; and those that an entry must not contradict, a date
//! or a world war that is all of the question, and how many points a plan has. An entry that shares
//! just a number with them is a coincidence.

use jiff::civil;
use unicode_normalization::UnicodeNormalization as _;

use super::Catalog;
use crate::content::{Block, End, Entry, PartialDate};
use crate::search::{BareDate, bare_date, stems, strip_markup};

/// Numbers in words that plans and demands are named by, from one.
const NUMBERS: &str = "one two three four five six seven eight nine ten eleven twelve";
const ORDINALS: &str =
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth";

#[derive(Clone, Debug)]
pub struct AskedNumbers {
    date: Option<BareDate>,
    /// The numbers in "28 points" or "a 28-point plan".
    points: Vec<usize>,
    /// The 2 in "World War II".
    world_wars: Vec<usize>,
}

impl AskedNumbers {
    pub fn of(text: &str) -> Self {
        let text = &strip_markup(text);
        let is_number = |word: &str| world_war_number(word).is_some();
        let is_bare =
            stems(text).iter().all(|word| is_number(word) || WORLD_WAR.contains(&&**word));
        let world_wars = if is_bare { world_wars(text) } else { Vec::new() };
        Self { date: bare_date(text), points: counts_of_points(text), world_wars }
    }
}

impl Catalog {
    /// Whether an entry is of another time than the question asks about, or says nothing of so many
    /// points or of that world war.
    pub fn contradicts(&self, document: usize, asked: &AskedNumbers) -> bool {
        let entry = self.item(document).entry;
        let lacks = |asked: &[usize], numbers: fn(&str) -> Vec<usize>| {
            !asked.is_empty()
                && !texts(entry).any(|text| numbers(&text).iter().any(|one| asked.contains(one)))
        };
        lacks(&asked.points, counts_of_points)
            || lacks(&asked.world_wars, world_wars)
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

fn words(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// The number of a demand if it is all of a text: 5 in "5", "five", "the fifth demand" and "no. 5".
pub(super) fn demand_number(text: &str) -> Option<u8> {
    let text = text.nfkc().collect::<String>().to_lowercase();
    let is_name =
        |word: &&str| !matches!(*word, "the" | "demand" | "demands" | "number" | "no" | "nr");
    let words: Vec<&str> = words(&text).into_iter().filter(is_name).collect();
    let [word] = words.as_slice() else { return None };
    u8::try_from(number(word)?).ok()
}

/// The number that a word stands for: 5 for "5", "5th", "five" and "fifth".
fn number(word: &str) -> Option<usize> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
    let named = || position_in(NUMBERS, word).or_else(|| position_in(ORDINALS, word));
    digits.unwrap_or(word).parse().ok().or_else(named)
}

/// The position of a word in a list, from 1.
fn position_in(list: &str, word: &str) -> Option<usize> {
    list.split(' ').position(|name| name == word).map(|index| index + 1)
}

/// The numbers before "points": 27 and 20 in "27 and 20 points", 28 in "a 28-point plan".
fn counts_of_points(text: &str) -> Vec<usize> {
    let text = text.to_lowercase();
    let words = words(&text);
    let number = |word: &str| match word.parse() {
        Ok(number) => Some(number),
        Err(_) => position_in(NUMBERS, word),
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

const WORLD_WAR: [&str; 2] = ["world", "war"];

fn world_war_number(word: &str) -> Option<usize> {
    number(word).or_else(|| position_in("i ii iii", word))
}

/// The world wars that a text names: 2 in "World War II" and "the Second World War".
fn world_wars(text: &str) -> Vec<usize> {
    let text = text.to_lowercase();
    let words = words(&text);
    let places = (0..words.len()).filter(|at| words[*at..].starts_with(&WORLD_WAR));
    let around = places.flat_map(|at| [at.checked_sub(1), Some(at + 2)]).flatten();
    around.filter_map(|at| world_war_number(words.get(at)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::{AskedNumbers, counts_of_points, demand_number, world_wars};

    #[test]
    fn a_demand_is_named_by_its_number_alone() {
        for (text, number) in [
            ("5", Some(5)),
            ("five", Some(5)),
            ("Fifth", Some(5)),
            ("the 5th demand", Some(5)),
            ("demand no. 5", Some(5)),
            ("#2", Some(2)),
            ("５", Some(5)),
            ("number one", Some(1)),
            ("2014", None),
            ("5 points", None),
            ("first world war", None),
            ("first and second", None),
            ("the demand", None),
        ] {
            assert_eq!(demand_number(text), number, "{text}");
        }
    }

    #[test]
    fn world_wars_are_named_by_digits_letters_and_words() {
        for (text, wars) in [
            ("World War 2", &[2][..]),
            ("world war two", &[2]),
            ("World War II", &[2]),
            ("the Second World War", &[2]),
            ("the first and third world war", &[3]),
            ("World War One", &[1]),
            ("a world war", &[]),
            ("the cold war 2", &[]),
            ("a war of the world in 2022", &[]),
        ] {
            assert_eq!(world_wars(text), wars, "{text}");
        }
    }

    #[test]
    fn only_a_world_war_that_is_all_of_a_question_is_asked_about() {
        for (text, is_asked) in [
            ("what was the Second World War?", true),
            ("is this world war 3", true),
            ("<@1> World War 4 :flag_ua:", true),
            ("Bandera in World War 2", false),
            ("the biggest war in Europe since World War II", false),
            ("world war", false),
        ] {
            assert_eq!(!AskedNumbers::of(text).world_wars.is_empty(), is_asked, "{text}");
        }
    }

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
