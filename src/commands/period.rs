//! The period given by the options `from` and `to`.

use crate::card::Refusal;
use crate::catalog::Catalog;
use crate::command::uncovered_date_refusal;
use crate::content::{Date, PartialDate};
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const FROM: OptionSpec = OptionSpec::new("from", OptionKind::Day);
pub(super) const TO: OptionSpec = OptionSpec::new("to", OptionKind::Day);

/// A period between two years, months or days; either end may be open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    from: Option<PartialDate>,
    to: Option<PartialDate>,
}

impl Period {
    /// Parses the period of a request.
    ///
    /// # Errors
    ///
    /// Fails if the period ends before it begins, or begins after the last day covered.
    pub(super) fn read(catalog: &Catalog, request: &Request) -> Result<Self, Refusal> {
        let locale = catalog.locale();
        let (from, to) = (FROM.date(locale, request)?, TO.date(locale, request)?);
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

    /// Whether the period and a date overlap.
    pub(super) fn overlaps(self, date: Date) -> bool {
        date.overlaps(self.from.map(PartialDate::first_day), self.to.map(PartialDate::last_day))
    }
}
