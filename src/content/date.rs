//! Dates that never claim more precision than their source: a subset of EDTF level 0 and 1.
//!
//! Supported are `1991`, `2022-02`, `1991-08-24`, an interval between two such (`2014-04/2021-12`)
//! and an open interval (`2022-02-24/..`), as in the
//! [specification](https://www.loc.gov/standards/datetime/).

use std::fmt;
use std::str::FromStr;

use jiff::civil;

/// A year, a month or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// A point, an interval, or an open interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Date {
    start: Point,
    end: End,
}

/// The end of a [`Date`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Not an interval.
    Same,
    /// Inclusive.
    At(Point),
    /// Still ongoing when the entry was written.
    Open,
}

/// Why a date is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateError {
    /// Not in the format `2014`, `2014-03` or `2014-03-18`.
    Shape,
    /// No such month or day in the calendar.
    Calendar,
    /// The interval ends before it begins.
    Backwards,
}

impl Point {
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

impl FromStr for Point {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut parts = text.split('-');
        let year = digits(parts.next(), 4)?.ok_or(DateError::Shape)?;
        let month = digits(parts.next(), 2)?.map(|month| month as i8);
        let day = digits(parts.next(), 2)?.map(|day| day as i8);
        if parts.next().is_some() {
            return Err(DateError::Shape);
        }
        if civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).is_err() {
            return Err(DateError::Calendar);
        }
        Ok(Self { year, month, day })
    }
}

/// Parses exactly `width` digits; `None` if the part is absent.
fn digits(part: Option<&str>, width: usize) -> Result<Option<i16>, DateError> {
    match part {
        None => Ok(None),
        Some(part) if part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()) => {
            part.parse().map(Some).map_err(|_| DateError::Shape)
        }
        Some(_) => Err(DateError::Shape),
    }
}

impl Date {
    pub fn start(self) -> Point {
        self.start
    }

    pub fn end(self) -> End {
        self.end
    }

    /// Whether it overlaps a period. Both bounds are inclusive.
    pub fn overlaps(self, from: Option<civil::Date>, to: Option<civil::Date>) -> bool {
        let begins_in_time = to.is_none_or(|to| self.start.first_day() <= to);
        let ends_late_enough = match self.end {
            End::Open => true,
            End::Same => from.is_none_or(|from| self.start.last_day() >= from),
            End::At(end) => from.is_none_or(|from| end.last_day() >= from),
        };
        begins_in_time && ends_late_enough
    }

    /// The sort key of a timeline: the first day, less precise dates first.
    pub fn timeline_order(self) -> (civil::Date, u8) {
        let precision = u8::from(self.start.month.is_some()) + u8::from(self.start.day.is_some());
        (self.start.first_day(), precision)
    }
}

impl From<Point> for Date {
    fn from(start: Point) -> Self {
        Self { start, end: End::Same }
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let Some((start, end)) = text.split_once('/') else {
            return Ok(Self { start: text.parse()?, end: End::Same });
        };
        let start: Point = start.parse()?;
        if end == ".." {
            return Ok(Self { start, end: End::Open });
        }
        let end: Point = end.parse()?;
        if end.last_day() < start.first_day() {
            return Err(DateError::Backwards);
        }
        Ok(Self { start, end: End::At(end) })
    }
}

impl fmt::Display for Point {
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
        use DateError::{Backwards, Calendar, Shape};
        for (text, why) in [
            ("", Shape),
            ("14", Shape),
            ("2014-3", Shape),
            ("2014-03-18-01", Shape),
            ("2014-03-18T10:00", Shape),
            ("+014", Shape),
            ("2014/", Shape),
            ("../2014", Shape),
            ("2014-00", Calendar),
            ("2014-13", Calendar),
            ("2014-02-30", Calendar),
            ("2023-02-29", Calendar),
            ("2014-03/2014-02", Backwards),
        ] {
            assert_eq!(text.parse::<Date>(), Err(why), "{text}");
        }
    }

    #[test]
    fn a_period_includes_dates_that_overlap_it() {
        let overlaps = |date: &str, from: &str, to: &str| {
            let point = |text: &str| text.parse::<Point>().ok();
            let date: Date = date.parse().expect("a date of this table");
            date.overlaps(point(from).map(Point::first_day), point(to).map(Point::last_day))
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
