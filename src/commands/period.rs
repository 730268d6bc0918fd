//! The period given by the options `from` and `to`.

use jiff::civil::Date as Day;

use crate::card::{Link, Refusal};
use crate::catalog::Catalog;
use crate::command::{Bounds, read_end, read_start, uncovered_date_refusal};
use crate::content::{Date, PartialDate};
use crate::locale::Locale;
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const FROM: OptionSpec = OptionSpec::new("from", OptionKind::Day);
pub(super) const TO: OptionSpec = OptionSpec::new("to", OptionKind::Day);

/// A period between two years, months or days; either end may be open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    from: Option<PartialDate>,
    to: Option<PartialDate>,
}

/// The request with this period in `from` and `to`, where page links encode it.
pub(super) fn with_period(
    request: Request,
    from: Option<PartialDate>,
    to: Option<PartialDate>,
) -> Request {
    let written =
        |point: Option<PartialDate>| point.map(|point| point.to_string()).unwrap_or_default();
    request.with(FROM.name, written(from)).with(TO.name, written(to))
}

/// Refuses an end in `from`, a start in `to`, and a whole period in one of them beside the other.
fn refuse_contradiction(request: &Request, start: Bounds, end: Bounds) -> Result<(), Refusal> {
    let refuse = |key, option: OptionSpec, point: Option<PartialDate>| {
        let refusal = Refusal::new(key).input(request.option(option.name).unwrap_or_default());
        Err(refusal.with("written", point.map(|point| point.to_string()).unwrap_or_default()))
    };
    match (start, end) {
        ((None, Some(to)), _) => refuse("refuse-end-in-from", FROM, Some(to)),
        (_, (Some(from), None)) => refuse("refuse-start-in-to", TO, Some(from)),
        ((from, Some(_)), _) if request.option(TO.name).is_some() => {
            refuse("refuse-period-in-from", FROM, from)
        }
        (_, (Some(_), to)) if request.option(FROM.name).is_some() => {
            refuse("refuse-period-in-to", TO, to)
        }
        _ => Ok(()),
    }
}

/// The refusal of a subject with a period beside it: both as requests of their own.
pub(super) fn text_and_period_refusal(
    catalog: &Catalog,
    request: &Request,
    option: OptionSpec,
    (subject, (from, to)): (String, Bounds),
) -> Refusal {
    let locale = catalog.locale();
    let input = request.option(option.name).unwrap_or_default();
    let alone = request.clone().at_page(1).with(option.name, subject.as_str());
    let within = with_period(request.clone().at_page(1).with(option.name, ""), from, to);
    let words = Period { from, to }.text(locale).unwrap_or_default();
    Refusal::new("refuse-text-and-period")
        .input(input)
        .choices([Link::new(&subject, alone), Link::new(&words, within)])
}

impl Period {
    /// Parses the period of a request.
    ///
    /// # Errors
    ///
    /// Fails if the period ends before it begins, or begins after the last day covered.
    pub(super) fn read(catalog: &Catalog, request: &Request) -> Result<Self, Refusal> {
        let locale = catalog.locale();
        let start = FROM.bounds(catalog, request, read_start)?;
        let end = TO.bounds(catalog, request, read_end)?;
        refuse_contradiction(request, start, end)?;
        let (from, to) = (start.0.or(end.0), end.1.or(start.1));
        if let (Some(from), Some(to)) = (from, to)
            && to.last_day() < from.first_day()
        {
            return Err(Refusal::new("refuse-backwards")
                .with("from", locale.partial_date(from))
                .with("to", locale.partial_date(to)));
        }
        let begins = from.map(PartialDate::first_day);
        let covered = catalog.covers_until(request.article(catalog)?);
        match covered.filter(|until| begins > Some(until.first_day())) {
            Some(until) => Err(uncovered_date_refusal(catalog, until)),
            None => Ok(Self { from, to }),
        }
    }

    /// Its first and last day; `None` where it is open.
    pub(super) fn days(self) -> (Option<Day>, Option<Day>) {
        (self.from.map(PartialDate::first_day), self.to.map(PartialDate::last_day))
    }

    /// Whether the period and a date overlap. A date that runs for years is not one of each day and
    /// month in them.
    pub(super) fn overlaps(self, date: Date) -> bool {
        let point = self.from.filter(|from| self.to == Some(*from) && from.month().is_some());
        if point.is_some_and(|point| date.is_running() && date.start() != point) {
            return false;
        }
        let (first, last) = self.days();
        date.overlaps(first, last)
    }

    /// The title of a list with the period, if there is one: "Timeline: March to May 2014".
    pub(super) fn titled(self, locale: &Locale, title: String) -> String {
        match self.text(locale) {
            None => title,
            Some(period) => {
                let values = [("title", title.into()), ("period", period.into())];
                locale.text_with("list-of-period", &values)
            }
        }
    }

    /// The period in words, such as "March to May 2014"; `None` if both ends are open.
    fn text(self, locale: &Locale) -> Option<String> {
        let until = |to: PartialDate| {
            locale.text_with("date-until", &[("to", locale.partial_date(to).into())])
        };
        match (self.from, self.to) {
            (None, None) => None,
            (None, Some(to)) => Some(until(to)),
            (Some(from), None) => {
                let values = [("from", locale.partial_date(from).into())];
                Some(locale.text_with("date-since", &values))
            }
            (Some(from), Some(to)) if from == to => Some(locale.partial_date(from)),
            (Some(from), Some(to)) => {
                format!("{from}/{to}").parse().ok().map(|date: Date| locale.date(date))
            }
        }
    }
}
