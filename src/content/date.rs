//! Dates that never claim more precision than their source: a subset of EDTF level 0 and 1.
//!
//! Supported are `1991`, `2022-02`, `1991-08-24`, an interval between two such (`2014-04/2021-12`)
//! and an open interval (`2022-02-24/..`), as in the
//! [specification](https://www.loc.gov/standards/datetime/).

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::civil;

/// A year, a month or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// A point, an interval, or an open interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Date {
    start: PartialDate,
    end: End,
}

/// The end of a [`Date`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Not an interval.
    Same,
    /// Inclusive.
    At(PartialDate),
    /// Still ongoing when the entry was written.
    Open,
}

/// Why a date is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateError {
    /// Not in the format `2014`, `2014-03` or `2014-03-18`.
    InvalidFormat,
    /// No such month or day in the calendar.
    NoSuchDay,
    /// A year before 1000, which is mistyped more likely than meant: "0094".
    NoSuchYear,
    /// The interval ends before it begins.
    EndBeforeStart,
    /// The interval has the same date twice.
    EndIsStart,
}

/// The first year of dates.
const YEAR_MIN: i16 = 1000;

impl PartialDate {
    /// # Errors
    ///
    /// [`DateError::NoSuchDay`] or [`DateError::NoSuchYear`], if the calendar lacks it.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Result<Self, DateError> {
        civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1))
            .map_err(|_| DateError::NoSuchDay)?;
        if year < YEAR_MIN {
            return Err(DateError::NoSuchYear);
        }
        Ok(Self { year, month, day })
    }

    pub fn first_day(self) -> civil::Date {
        civil::date(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    pub fn last_day(self) -> civil::Date {
        match (self.month, self.day) {
            (Some(_), Some(_)) => self.first_day(),
            (Some(_), None) => self.first_day().last_of_month(),
            (None, _) => self.first_day().last_of_year(),
        }
    }

    pub fn year(self) -> i16 {
        self.year
    }

    /// From 1 to 12; `None` for a year.
    pub fn month(self) -> Option<i8> {
        self.month
    }

    /// `None` for a year or a month.
    pub fn day(self) -> Option<i8> {
        self.day
    }
}

impl From<civil::Date> for PartialDate {
    fn from(day: civil::Date) -> Self {
        Self { year: day.year(), month: Some(day.month()), day: Some(day.day()) }
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let is_in_place = |(at, byte): (usize, u8)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        if !matches!(text.len(), 4 | 7 | 10) || !text.bytes().enumerate().all(is_in_place) {
            return Err(DateError::InvalidFormat);
        }
        let part = |digits: Range<usize>| text.get(digits)?.parse().ok();
        let year = text[..4].parse().map_err(|_| DateError::InvalidFormat)?;
        Self::new(year, part(5..7), part(8..10))
    }
}

impl Date {
    pub fn start(self) -> PartialDate {
        self.start
    }

    pub fn end(self) -> End {
        self.end
    }

    /// `None` if it is still ongoing.
    pub fn last_day(self) -> Option<civil::Date> {
        match self.end {
            End::Same => Some(self.start.last_day()),
            End::At(end) => Some(end.last_day()),
            End::Open => None,
        }
    }

    /// Whether it overlaps a period. Both bounds are inclusive.
    pub fn overlaps(self, from: Option<civil::Date>, to: Option<civil::Date>) -> bool {
        to.is_none_or(|to| self.start.first_day() <= to)
            && from.is_none_or(|from| self.last_day().is_none_or(|last| last >= from))
    }

    /// Whether it is a period of which it is only known which years it spans, or that has no end: what
    /// happened on one of its days, it does not say.
    pub fn is_running(self) -> bool {
        match self.end {
            End::Same => false,
            End::At(_) => self.start.month.is_none(),
            End::Open => true,
        }
    }

    /// The sort key of a timeline: the first day, less precise dates first.
    pub fn timeline_order(self) -> (civil::Date, u8) {
        let precision = u8::from(self.start.month.is_some()) + u8::from(self.start.day.is_some());
        (self.start.first_day(), precision)
    }
}

impl From<PartialDate> for Date {
    fn from(start: PartialDate) -> Self {
        Self { start, end: End::Same }
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let Some((start, end)) = text.split_once('/') else {
            return Ok(Self { start: text.parse()?, end: End::Same });
        };
        let start: PartialDate = start.parse()?;
        if end == ".." {
            return Ok(Self { start, end: End::Open });
        }
        let end: PartialDate = end.parse()?;
        if end == start {
            return Err(DateError::EndIsStart);
        }
        if end.last_day() < start.first_day() {
            return Err(DateError::EndBeforeStart);
        }
        Ok(Self { start, end: End::At(end) })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.end {
            End::Same => self.start.fmt(f),
            End::At(end) => write!(f, "{}/{end}", self.start),
            End::Open => write!(f, "{}/..", self.start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_date_round_trips_through_its_text() {
        for text in [
            "1991",
            "2022-02",
            "1991-08-24",
            "2008-08-07/2008-08-12",
            "2014-04/2021-12",
            "2022-02-24/..",
            "2024-02-29",
        ] {
            assert_eq!(text.parse::<Date>().map(|date| date.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn an_invalid_date_is_rejected_with_the_reason() {
        use DateError::{EndBeforeStart, EndIsStart, InvalidFormat, NoSuchDay, NoSuchYear};
        for (text, why) in [
            ("", InvalidFormat),
            ("14", InvalidFormat),
            ("2014-3", InvalidFormat),
            ("2014-03-18-01", InvalidFormat),
            ("2014-03-18T10:00", InvalidFormat),
            ("+014", InvalidFormat),
            ("2014/", InvalidFormat),
            ("../2014", InvalidFormat),
            ("2014-00", NoSuchDay),
            ("2014-13", NoSuchDay),
            ("2014-02-30", NoSuchDay),
            ("2023-02-29", NoSuchDay),
            ("2014-03/2014-02", EndBeforeStart),
            ("0094", NoSuchYear),
            ("0000", NoSuchYear),
            ("0994-12-05", NoSuchYear),
            ("0194/1994", NoSuchYear),
            ("1994/0995", NoSuchYear),
            ("1994/1994", EndIsStart),
            ("1994-12/1994-12", EndIsStart),
            ("1994-12-05/1994-12-05", EndIsStart),
        ] {
            assert_eq!(text.parse::<Date>(), Err(why), "{text}");
        }
    }

    #[test]
    fn a_period_includes_dates_that_overlap_it() {
        let overlaps = |date: &str, from: &str, to: &str| {
            let point = |text: &str| text.parse::<PartialDate>().ok();
            let date: Date = date.parse().expect("a date of this table");
            date.overlaps(
                point(from).map(PartialDate::first_day),
                point(to).map(PartialDate::last_day),
            )
        };
        for (date, from, to, expected) in [
            ("2014", "2014-03-18", "2014-03-18", true),
            ("2014-03", "2014", "2014", true),
            ("2014-03-18", "2014-03-19", "", false),
            ("2014-03-18", "", "2014-03-17", false),
            ("2014-04/2021-12", "2019", "2019", true),
            ("2014-04/2021-12", "2022", "", false),
            ("2022-02-24/..", "2030", "2031", true),
            ("2022-02-24/..", "", "2021", false),
            ("1991", "", "", true),
        ] {
            assert_eq!(overlaps(date, from, to), expected, "{date} in {from}..{to}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_valid_dates_round_trip(text in "[0-9./T-]{0,24}") {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert_eq!(date.to_string(), text);
                prop_assert!(date.start().first_day() <= date.start().last_day());
            }
        }
    }
}
