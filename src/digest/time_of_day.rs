//! Parses times of the day as people write them.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex_lite::Regex;
use unicode_normalization::UnicodeNormalization as _;

use super::InvalidValue;
use crate::text::with_hyphens;

/// A minute of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Returns `None` unless the number of minutes after midnight is within a day.
    pub fn from_minutes(minutes: i64) -> Option<Self> {
        let minutes = u16::try_from(minutes).ok()?;
        (minutes < 24 * 60).then_some(Self(minutes))
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> i64 {
        self.0 as i64
    }

    pub const fn hour_and_minute(self) -> (i8, i8) {
        ((self.0 / 60) as i8, (self.0 % 60) as i8)
    }
}

/// The numbers of a time, its unit, and its half of the day.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    // "9 10", "9-10" and "0-24" may be two hours.
    let spaced = r"[ -](?<spaced>00|2[5-9]|[3-9]\d)";
    let clock = format!(r"(?<hour>\d{{1,2}})([:.h]?(?<minute>\d\d)(:00)?|{spaced})?");
    let unit = "( ?(h|hrs|hours|uhr|o['’]clock))*";
    let half = r"( ?(?<half>am?|a\.m\.?|pm?|p\.m\.?|in the (morning|afternoon|evening)))?";
    Regex::new(&format!("^t?{clock}{unit}{half}$")).expect("the pattern is valid")
});

/// `09:00`, `9`, `9.30`, `0900`, `21h`, `9am`, `9:30 p.m.`, `at 9 o'clock`, `21 Uhr`, `noon`,
/// `midnight`, `T09:00`, `9 in the morning`.
/// `24:00` is refused: it could mean the start or the end of the day.
impl FromStr for TimeOfDay {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        // Phones with another keyboard write full-width digits.
        let text = with_hyphens(&text.nfkc().collect::<String>());
        let text = text.to_ascii_lowercase().replace('∶', ":");
        let text = text.trim().trim_matches(['`', '"', '“', '”', '\'']);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.strip_prefix("at ").unwrap_or(&text);
        match text {
            "noon" | "12 noon" | "12:00 noon" => return Ok(Self(12 * 60)),
            "midnight" | "12 midnight" | "12:00 midnight" => return Ok(Self(0)),
            _ => {}
        }
        let time = TIME.captures(text).ok_or(InvalidValue)?;
        let number = |name| time.name(name).and_then(|digits| digits.as_str().parse().ok());
        let hour: i64 = number("hour").ok_or(InvalidValue)?;
        let minute = number("minute").or_else(|| number("spaced")).unwrap_or(0);
        let hour = match (time.name("half").map(|half| half.as_str()), hour) {
            (None, 0..24) => hour,
            // Noon, or midnight?
            (Some("in the evening"), 12) => return Err(InvalidValue),
            (Some("in the morning"), 0..=12) => hour % 12,
            (Some(half), 0..=12) if half.starts_with('a') => hour % 12,
            (Some(_), 1..=12) => hour % 12 + 12,
            _ => return Err(InvalidValue),
        };
        let time = Self::from_minutes(hour * 60 + minute).filter(|_| minute < 60);
        time.ok_or(InvalidValue)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = self.hour_and_minute();
        write!(f, "{hour:02}:{minute:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed_in_common_notations() {
        check(&[
            ("09:00", Some("09:00")),
            ("9:00", Some("09:00")),
            ("9", Some("09:00")),
            ("9.30", Some("09:30")),
            ("０９：００", Some("09:00")),
            ("９ａｍ", Some("09:00")),
            ("9am", Some("09:00")),
            ("9:30  pm", Some("21:30")),
            ("at  9", Some("09:00")),
            ("9:30 PM", Some("21:30")),
            ("12am", Some("00:00")),
            ("12pm", Some("12:00")),
            ("00:00", Some("00:00")),
            ("23:59", Some("23:59")),
            ("24:00", None),
            ("24:30", None),
            ("24", None),
            ("24h", None),
            ("2400", None),
            ("99:30", None),
            ("9:60", None),
            ("9:3", None),
            ("0900", Some("09:00")),
            ("900", Some("09:00")),
            ("540", Some("05:40")),
            ("560", None),
            ("2130", Some("21:30")),
            ("21h", Some("21:00")),
            ("9h30", Some("09:30")),
            ("9 a.m.", Some("09:00")),
            ("9:30 p.m.", Some("21:30")),
            ("09:00:00", Some("09:00")),
            ("noon", Some("12:00")),
            ("Midnight", Some("00:00")),
            ("13pm", None),
            ("", None),
            ("pm", None),
            (":", None),
            ("h", None),
            ("-9", None),
            ("12345", None),
            ("2460", None),
            ("9:00:30", None),
            ("９:00", Some("09:00")),
            ("09：00", Some("09:00")),
            ("9 o'clock", Some("09:00")),
            ("o'clock", None),
            ("at 9", Some("09:00")),
            ("At 21:30", Some("21:30")),
            ("21 Uhr", Some("21:00")),
            ("9.30 Uhr", Some("09:30")),
            ("0900 hrs", Some("09:00")),
            ("09 h", Some("09:00")),
            ("9a", Some("09:00")),
            ("9:30p", Some("21:30")),
            ("12 noon", Some("12:00")),
            ("at", None),
            ("a", None),
            ("hrs", None),
            ("9 to 10", None),
            ("09:00, 18:00", None),
        ]);
    }

    /// With signs of other programs around and within them, and in words.
    #[test]
    fn times_are_parsed_as_people_write_them() {
        check(&[
            ("0am", Some("00:00")),
            ("0:30am", Some("00:30")),
            ("0:00 am", Some("00:00")),
            ("00:30 a.m.", Some("00:30")),
            ("0pm", None),
            ("9∶00", Some("09:00")),
            ("09-00", Some("09:00")),
            ("9 30", Some("09:30")),
            ("9-30 pm", Some("21:30")),
            ("9-10", None),
            ("9 10", None),
            ("9 0", None),
            ("T09:00", Some("09:00")),
            ("T0900", Some("09:00")),
            ("12:00 noon", Some("12:00")),
            ("12:00 midnight", Some("00:00")),
            ("9:00 in the morning", Some("09:00")),
            ("4 in the afternoon", Some("16:00")),
            ("9 in the evening", Some("21:00")),
            ("`09:00`", Some("09:00")),
            ("\"9 pm\"", Some("21:00")),
            ("t", None),
            ("at t", None),
            ("in the morning", None),
            ("12 in the evening", None),
        ]);
    }

    fn check(times: &[(&str, Option<&str>)]) {
        for (text, shown) in times {
            let read: Result<TimeOfDay, InvalidValue> = text.parse();
            assert_eq!(read.ok().map(|time| time.to_string()).as_deref(), *shown, "{text}");
        }
    }
}
