//! Parses days of the week as people write them.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex_lite::Regex;
use strsim::osa_distance;

use super::InvalidValue;
use crate::text::{WEEKDAYS, with_hyphens};

/// Days of the week, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(u8);

/// The days in Russian and Ukrainian: their abbreviations, and the beginnings of their names.
const CYRILLIC: [&str; 7] = [
    "пн понед",
    "вт втор вівт",
    "ср сред серед",
    "чт четв",
    "пт пятн",
    "сб субот суббот",
    "вс нд воскр неділ",
];

/// Stands between the first and the last of several days.
static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r" (to|through|thru|until|till|-) | ?(\.{2,3}|…|→) ?").expect("the pattern is valid")
});

/// The most bytes of a text, as each "except" in it is read by itself.
const BYTES_MAX: usize = 200;

/// The fewest letters of a word that is taken for the misspelled name of a day, and the most typos in
/// it.
const TYPO_LETTERS_MIN: usize = 5;
const TYPOS_MAX: usize = 2;

/// The most misspelled days in one text: each may multiply what the text can mean.
const CORRECTED_DAYS_MAX: usize = 3;

impl Days {
    pub const DAILY: Self = Self(0b111_1111);
    pub const WEEKDAYS: Self = Self(0b001_1111);
    const WEEKENDS: Self = Self(0b110_0000);

    /// The suggestions before anything is typed.
    pub const USUAL: [Self; 3] = [Self::DAILY, Self::WEEKDAYS, Self::WEEKENDS];

    /// What a text may become when its last day is typed to the end.
    pub fn complete(typed: &str) -> Vec<Self> {
        let typed = typed.to_lowercase();
        let (before, last) = typed.rsplit_once([',', ' ']).unwrap_or(("", &typed));
        let names = WEEKDAYS.iter().filter(|name| !last.is_empty() && name.starts_with(last));
        names.filter_map(|name| format!("{before},{name}").parse().ok()).collect()
    }

    /// What a text that cannot be parsed may mean if the names of days in it are misspelled: "sonday"
    /// is Sunday or Monday. Empty if too many are.
    pub fn similar(text: &str) -> Vec<Self> {
        let corrections_max = if text.len() > BYTES_MAX { 0 } else { CORRECTED_DAYS_MAX };
        Self::with_corrections(&text.to_lowercase(), corrections_max)
    }

    fn with_corrections(text: &str, corrections_max: usize) -> Vec<Self> {
        let Some(corrections_left) = corrections_max.checked_sub(1) else { return Vec::new() };
        let names = |word: &str| {
            let typos = WEEKDAYS.map(|name| osa_distance(name, word));
            let fewest = typos.into_iter().min().filter(|fewest| (1..=TYPOS_MAX).contains(fewest));
            let meant = WEEKDAYS.into_iter().zip(typos).filter(|(_, typos)| Some(*typos) == fewest);
            meant.map(|(name, _)| name).collect::<Vec<_>>()
        };
        let mut words = text.split(|letter: char| !letter.is_alphabetic());
        let is_misspelled = |word: &&str| {
            let is_long = word.chars().count() >= TYPO_LETTERS_MIN;
            // "Today" is not a misspelled Monday.
            is_long && *word != "today" && word.parse::<Self>().is_err() && !names(word).is_empty()
        };
        let Some(word) = words.find(is_misspelled) else { return Vec::new() };
        let corrected = names(word).into_iter().map(|name| text.replacen(word, name, 1));
        let read = |text: String| match text.parse() {
            Ok(days) => vec![days],
            Err(InvalidValue) => Self::with_corrections(&text, corrections_left),
        };
        corrected.flat_map(read).collect()
    }

    /// Reads a bit set whose lowest bit is Monday. Returns `None` if it is empty or out of range.
    pub fn from_bits(bits: i64) -> Option<Self> {
        let bits = u8::try_from(bits).ok()?;
        (1..=Self::DAILY.0).contains(&bits).then_some(Self(bits))
    }

    /// A bit set whose lowest bit is Monday.
    pub const fn bits(self) -> i64 {
        self.0 as i64
    }

    /// Whether the set contains a day; Monday is 0.
    pub const fn contains(self, day: i8) -> bool {
        self.0 & (1 << day) != 0
    }
}

/// `daily`, `weekdays`, `weekends`, or days as in `mon,wed`, `monday and friday`, `tue-thu`,
/// `m,w,f`.
impl FromStr for Days {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if text.len() > BYTES_MAX {
            return Err(InvalidValue);
        }
        let text = text.trim().to_lowercase();
        for except in [" except ", " but ", " without "] {
            if let Some((all, excepted)) = text.split_once(except) {
                let (all, excepted): (Self, Self) = (all.parse()?, excepted.parse()?);
                let left = all.0 & !excepted.0;
                return Self::from_bits(left.into()).ok_or(InvalidValue);
            }
        }
        // "Week day" and "every day" are words of their own.
        let mut text = with_hyphens(&text).replace(" day", "day");
        // Ukrainian has an apostrophe in the name of Friday.
        text.retain(|letter| !matches!(letter, '\'' | '’' | 'ʼ'));
        let text = RANGE.replace_all(&text, "-");
        let mut bits = 0_u8;
        let separators = [',', '，', '、', ' ', ';', '/', '&', '+', '|', '(', ')', '[', ']'];
        let words = text.split(separators);
        let fillers = ["", "on", "from", "every", "each", "and", "и", "і", "та"];
        for word in words.filter(|word| !fillers.contains(word)) {
            let word = word.trim_end_matches('.');
            bits |= match (word, word.split_once('-')) {
                (
                    "daily" | "day" | "everyday" | "eachday" | "all" | "allday" | "щодня"
                    | "ежедневно",
                    _,
                ) => Self::DAILY.0,
                (
                    "weekday" | "weekdays" | "workday" | "workdays" | "workingday" | "workingdays"
                    | "businessday" | "businessdays" | "будні" | "будни",
                    _,
                ) => Self::WEEKDAYS.0,
                ("weekend" | "weekends" | "вихідні" | "выходные", _) => {
                    Self::WEEKENDS.0
                }
                (_, Some((first, last))) => {
                    let (first, last) = (day(first)?, day(last)?);
                    let days = (first..).take((last + 7 - first) % 7 + 1);
                    days.fold(0, |bits, day| bits | 1 << (day % 7))
                }
                (word, None) => 1 << day(word)?,
            };
        }
        Self::from_bits(bits.into()).ok_or(InvalidValue)
    }
}

/// Parses the name of a day or a prefix of it, such as `mo`, `thurs.` or `sundays`; Monday is 0.
fn day(word: &str) -> Result<usize, InvalidValue> {
    let word = word.trim_end_matches('.');
    let named = |word: &str| {
        // T and S are two days each.
        let is_enough = word.len() >= 2 || matches!(word, "m" | "w" | "f");
        let is_meant = |name: &str| is_enough && name.starts_with(word);
        WEEKDAYS.iter().position(|name| is_meant(name))
    };
    let plural = || word.strip_suffix('s').and_then(named);
    let is_cyrillic =
        |name: &str| word == name || name.chars().count() > 2 && word.starts_with(name);
    let cyrillic = || CYRILLIC.iter().position(|names| names.split(' ').any(is_cyrillic));
    named(word).or_else(plural).or_else(cyrillic).ok_or(InvalidValue)
}

/// The format that the option `days` parses.
impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::DAILY => f.write_str("daily"),
            Self::WEEKDAYS => f.write_str("weekdays"),
            Self::WEEKENDS => f.write_str("weekends"),
            days => {
                let held = (0..7_i8).zip(WEEKDAYS).filter(|(day, _)| days.contains(*day));
                let names: Vec<&str> = held.map(|(_, name)| &name[..3]).collect();
                f.write_str(&names.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_parsed_in_common_notations() {
        check(&[
            ("daily", Some("daily")),
            ("Weekdays", Some("weekdays")),
            ("mon,wed", Some("mon,wed")),
            ("Wed, Mon", Some("mon,wed")),
            ("monday and friday", Some("mon,fri")),
            ("Sundays", Some("sun")),
            ("sa su", Some("weekends")),
            ("mon,tue,wed,thu,fri,sat,sun", Some("daily")),
            ("weekday", Some("weekdays")),
            ("mon-fri", Some("weekdays")),
            ("mon … fri", Some("weekdays")),
            ("mon .. fri", Some("weekdays")),
            ("mon → fri", Some("weekdays")),
            ("all day", Some("daily")),
            (&"mon but mon ".repeat(8_000), None),
            ("Mon – Fri", Some("weekdays")),
            ("Monday to Friday", Some("weekdays")),
            ("fri-mon", Some("mon,fri,sat,sun")),
            ("tue-tue", Some("tue")),
            ("mon & weds", Some("mon,wed")),
            ("mon+thurs.", Some("mon,thu")),
            ("every Monday", Some("mon")),
            ("every day", Some("daily")),
            ("all", Some("daily")),
            ("weekends, mon", Some("mon,sat,sun")),
            ("workdays", Some("weekdays")),
            ("week days", Some("weekdays")),
            ("m,w,f", Some("mon,wed,fri")),
            ("mon，wed", Some("mon,wed")),
            ("Пн, ср", Some("mon,wed")),
            ("Mon thru Fri", Some("weekdays")),
            ("from Monday until Friday", Some("weekdays")),
            ("Mon..Fri", Some("weekdays")),
            ("Mon…Wed", Some("mon,tue,wed")),
            ("each day", Some("daily")),
            ("Daily.", Some("daily")),
            ("business days", Some("weekdays")),
            ("working days", Some("weekdays")),
            ("понеділок, п'ятниця", Some("mon,fri")),
            ("вторник и четверг", Some("tue,thu")),
            ("вторник, воскресенье", Some("tue,sun")),
            ("щодня", Some("daily")),
            ("Satuday", None),
            ("mon\u{2010}fri", Some("weekdays")),
            ("mon\u{2011}fri", Some("weekdays")),
            ("mon \u{2012} fri", Some("weekdays")),
            ("mon－fri", Some("weekdays")),
            ("mon\u{2212}fri", Some("weekdays")),
            ("mon―fri", Some("weekdays")),
            ("mo,mi", None),
            ("monthly", None),
            ("неделя", None),
            ("t", None),
            ("m,t", None),
            ("..", None),
            ("-", None),
            ("mon-", None),
            ("mon,someday", None),
            ("", None),
        ]);
    }

    #[test]
    fn days_are_excepted_and_read_with_signs_around_them() {
        check(&[
            ("daily except sunday", Some("mon,tue,wed,thu,fri,sat")),
            ("weekdays except friday", Some("mon,tue,wed,thu")),
            ("every day but mon and tue", Some("wed,thu,fri,sat,sun")),
            ("mon-wed except tue", Some("mon,wed")),
            ("mon except mon", None),
            ("daily except someday", None),
            ("except mon", None),
            ("on mondays", Some("mon")),
            ("On Monday and Friday", Some("mon,fri")),
            ("on weekends", Some("weekends")),
            ("mon|wed", Some("mon,wed")),
            ("(mon, wed)", Some("mon,wed")),
            ("[mon, wed]", Some("mon,wed")),
            ("weekly", None),
        ]);
    }

    fn check(days: &[(&str, Option<&str>)]) {
        for (text, shown) in days {
            let read: Result<Days, InvalidValue> = text.parse();
            assert_eq!(read.ok().map(|days| days.to_string()).as_deref(), *shown, "{text}");
        }
    }

    #[test]
    fn misspelled_days_are_offered_and_not_corrected() {
        for (text, shown) in [
            ("funday", "sun"),
            ("sonday", "mon or sun"),
            ("wendsday", "wed"),
            ("Satuday", "sat"),
            ("thrusday", "thu"),
            ("Tuseday, Fryday", "tue,fri"),
            ("mondya-fridey", "weekdays"),
            ("mon, wenesday", "mon,wed"),
            ("every sundy", "sun"),
            (&"sonday ".repeat(70), ""),
            ("wednesday's", ""),
            ("someday", ""),
            ("monthly", ""),
            ("mo,mi", ""),
            ("", ""),
        ] {
            let similar: Vec<String> = Days::similar(text).iter().map(Days::to_string).collect();
            assert_eq!(similar.join(" or "), shown, "{text}");
        }
    }
}
