//! A time axis: the position of a day, and the labels of years or months.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use crate::content::{self, PartialDate};
use crate::locale::Locale;

/// The most labels.
pub(super) const TICKS_MAX: usize = 8;

/// The longest axis in days that is labeled by months instead of years.
const MONTHS_DAYS_MAX: i32 = 700;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Axis {
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) ticks: Vec<(Date, String)>,
}

/// The days of a date, several if it is known only to the month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct DaySpan {
    pub(super) first: Date,
    pub(super) last: Date,
}

impl DaySpan {
    /// The days of a date. An open interval extends to `today`.
    pub(super) fn from_date(date: content::Date, today: PartialDate) -> Self {
        let first = date.start().first_day();
        let last = date.last_day().unwrap_or(today.last_day());
        Self { first, last: last.max(first) }
    }

    pub(super) fn is_single_day(self) -> bool {
        self.first == self.last
    }
}

impl Axis {
    /// The axis that covers all of these spans.
    pub(super) fn around(
        locale: &Locale,
        days: impl Iterator<Item = DaySpan> + Clone,
    ) -> Option<Self> {
        let first = days.clone().map(|days| days.first).min()?;
        let last = days.map(|days| days.last).max()?;
        Some(match days_between(first, last) > MONTHS_DAYS_MAX {
            true => Self::with_years(first.year(), last.year()),
            false => Self::with_months(locale, first.first_of_month(), last.last_of_month()),
        })
    }

    fn with_years(first: i16, last: i16) -> Self {
        let ticks = |step: i16| {
            let years = (first..=last).filter(move |year| year % step == 0);
            years.map(|year| (date(year, 1, 1), year.to_string())).collect::<Vec<_>>()
        };
        let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];
        let ticks = steps.into_iter().map(ticks).find(|ticks| ticks.len() <= TICKS_MAX);
        let (first, last) = (date(first, 1, 1), date(last, 12, 31));
        Self { first, last, ticks: ticks.unwrap_or_default() }
    }

    fn with_months(locale: &Locale, first: Date, last: Date) -> Self {
        let months = first.series(1.month()).take_while(|month| *month < last);
        let tick = |month: Date| {
            // A year is labeled where it begins, and at the start of the axis.
            let is_named = month.month() == 1 || month == first;
            (month, locale.month_short(month.month(), is_named.then_some(month.year())))
        };
        let fits = |step: &usize| months.clone().step_by(*step).count() <= TICKS_MAX;
        let step = [1, 2, 3, 6].into_iter().find(fits);
        let ticks = step.map(|step| months.step_by(step).map(tick).collect());
        Self { first, last, ticks: ticks.unwrap_or_default() }
    }

    pub(super) fn year_range(&self) -> (i16, i16) {
        (self.first.year(), self.last.year())
    }

    /// The position of a day on the axis, from 0 to 1.
    pub(super) fn position(&self, day: Date) -> f32 {
        let all = days_between(self.first, self.last).max(1) as f32;
        (days_between(self.first, day) as f32 / all).clamp(0.0, 1.0)
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
