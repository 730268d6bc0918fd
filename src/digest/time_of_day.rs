//! Parses times of the day as people write them.

use std::fmt;
use std::str::FromStr;

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
        let text = text.strip_prefix("at ").or(text.strip_prefix('t')).unwrap_or(text);
        let units = ["o'clock", "o’clock", "uhr", "hours", "hrs"];
        let bare = units.into_iter().find_map(|unit| text.strip_suffix(unit));
        let text = bare.unwrap_or(text).trim();
        // Noon, or midnight?
        if text.starts_with("12") && text.ends_with("evening") {
            return Err(InvalidValue);
        }
        match text {
            "noon" | "12 noon" | "12:00 noon" => return Ok(Self(12 * 60)),
            "midnight" | "12 midnight" | "12:00 midnight" => return Ok(Self(0)),
            _ => {}
        }
        let mornings = ["am", "a.m.", "a.m", "in the morning", "a"].map(|half| (half, 0));
        let evenings = ["pm", "p.m.", "p.m", "in the afternoon", "in the evening", "p"];
        let halves = mornings.into_iter().chain(evenings.map(|half| (half, 12)));
        let mut halves = halves.filter_map(|(half, hours)| Some((text.strip_suffix(half)?, hours)));
        let half = halves.next();
        let (clock, half) =
            half.map_or((text, None), |(clock, hours)| (clock.trim_end(), Some(hours)));
        let (hour, minute) = hour_and_minute(clock).ok_or(InvalidValue)?;
        let hour = match half {
            None => hour,
            Some(0) if hour == 0 => 0,
            Some(hours) if (1..=12).contains(&hour) => hour % 12 + hours,
            Some(_) => return Err(InvalidValue),
        };
        if hour > 23 || minute > 59 {
            return Err(InvalidValue);
        }
        Self::from_minutes(hour * 60 + minute).ok_or(InvalidValue)
    }
}

/// Reads `9`, `9:30`, `9.30`, `9h`, `9h30`, `0930`, `9:30:00`, `9 30`, `09-30`.
fn hour_and_minute(clock: &str) -> Option<(i64, i64)> {
    let digits = |text: &str, max: usize| {
        let are_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let fit = (1..=max).contains(&text.len());
        (are_digits && fit).then(|| text.parse().ok()).flatten()
    };
    let clock = clock.strip_suffix('h').unwrap_or(clock).trim_end();
    // "9 10", "9-10" and "0-24" may be two hours.
    let is_minute =
        |minute: &str| digits(minute, 2).is_some_and(|minute| minute == 0 || minute > 24);
    let spaced = || clock.split_once([' ', '-']).filter(|(_, minute)| is_minute(minute));
    let Some((hour, minute)) = clock.split_once([':', '.', 'h']).or_else(spaced) else {
        return match (digits(clock, 4)?, clock.len()) {
            (hour, 1 | 2) => Some((hour, 0)),
            (both, _) => Some((both / 100, both % 100)),
        };
    };
    let minute = minute.strip_suffix(":00").unwrap_or(minute);
    let is_full = minute.len() == 2;
    is_full.then_some((digits(hour, 2)?, digits(minute, 2)?))
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
