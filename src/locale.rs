//! The bot's texts, from `data/lang/en.ftl` in [Fluent](https://projectfluent.org) format.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Attribute, Entry, Pattern, PatternElement};
use unic_langid::LanguageIdentifier;

use crate::content::{Date, End, PartialDate};

const ENGLISH: &str = include_str!("../data/lang/en.ftl");

/// The texts of one language.
pub struct Locale {
    bundle: FluentBundle<FluentResource>,
    /// Messages without placeholders by key, formatted once at startup. Most messages are of this
    /// kind.
    constants: HashMap<String, String>,
    /// Cache of formatted dates.
    dates: HashMap<Date, String>,
}

/// An argument of a message.
pub type Value<'a> = FluentValue<'a>;

impl Locale {
    /// The English texts, which are compiled into the program.
    pub fn english() -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![english()]);
        // Without this, Fluent wraps every argument in invisible bidi isolation characters, which a
        // left-to-right language does not need.
        bundle.set_use_isolating(false);
        // Invalid messages are dropped here; a test reports which ones are missing.
        let resource = FluentResource::try_new(ENGLISH.to_owned()).unwrap_or_else(|(rest, _)| rest);
        let constants = constant_messages(&resource);
        bundle.add_resource_overriding(resource);
        Self { bundle, constants, dates: HashMap::new() }
    }

    /// Formats the message `key`; `message.attribute` selects an attribute.
    pub fn text(&self, key: &str) -> String {
        self.constants.get(key).cloned().unwrap_or_else(|| self.text_with(key, &[]))
    }

    /// Formats the message `key` with arguments.
    pub fn text_with<'a>(&'a self, key: &str, values: &[(&'a str, Value<'a>)]) -> String {
        let args: FluentArgs<'a> = values.iter().cloned().collect();
        let (message, attribute) = key
            .split_once('.')
            .map_or((key, None), |(message, attribute)| (message, Some(attribute)));
        let pattern = self.bundle.get_message(message).and_then(|message| match attribute {
            Some(attribute) => message.get_attribute(attribute).map(|attribute| attribute.value()),
            None => message.value(),
        });
        debug_assert!(pattern.is_some(), "no sentence is called {key}");
        pattern
            .map_or(Cow::Borrowed(key), |pattern| {
                self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new())
            })
            .into_owned()
    }

    /// Adds dates to the cache.
    pub fn cache_dates(&mut self, dates: impl IntoIterator<Item = Date>) {
        for date in dates {
            let words = self.date(date);
            self.dates.insert(date, words);
        }
    }

    /// Formats a date exactly as precisely as it is known: "February 2022", "7 to 12 August 2008".
    pub fn date(&self, date: Date) -> String {
        if let Some(words) = self.dates.get(&date) {
            return words.clone();
        }
        let start = date.start();
        match date.end() {
            End::Same => self.partial_date(start),
            End::At(end) => {
                let from = self.start_of_range(start, end);
                let values = [("from", from.into()), ("to", self.partial_date(end).into())];
                self.text_with("date-from-to", &values)
            }
            End::Open => self.text_with("date-since", &[("from", self.partial_date(start).into())]),
        }
    }

    /// The start of a range without the month and year that it shares with the end.
    fn start_of_range(&self, start: PartialDate, end: PartialDate) -> String {
        let is_same_year = start.year() == end.year();
        match (start.month(), start.day(), end.month(), end.day()) {
            (Some(month), Some(day), Some(other), Some(_)) if is_same_year => {
                match month == other {
                    true => day.to_string(),
                    false => {
                        let values =
                            [("day", day.to_string().into()), ("month", self.month(month).into())];
                        self.text_with("date-day.of-year", &values)
                    }
                }
            }
            (Some(month), None, Some(_), None) if is_same_year => self.month(month),
            _ => self.partial_date(start),
        }
    }

    /// Formats a year, a month or a day.
    pub fn partial_date(&self, point: PartialDate) -> String {
        let year = point.year().to_string();
        match (point.month(), point.day()) {
            (Some(month), Some(day)) => self.text_with(
                "date-day",
                &[
                    ("day", day.to_string().into()),
                    ("month", self.month(month).into()),
                    ("year", year.into()),
                ],
            ),
            (Some(month), None) => self.text_with(
                "date-month",
                &[("month", self.month(month).into()), ("year", year.into())],
            ),
            (None, _) => year,
        }
    }

    /// A date in fewer letters: "7 – 12 Aug 2008", "2 Mar – 20 May 2022".
    pub fn date_short(&self, date: Date) -> String {
        let (from, start) = (date.start(), self.partial_date_short(date.start()));
        match date.end() {
            End::At(end) if from.year() == end.year() && from.day().is_some() => {
                let (day, end_words) = (from.day().unwrap_or(1), self.partial_date_short(end));
                match (from.month(), end.month()) {
                    (from, to) if from == to => format!("{day} – {end_words}"),
                    (Some(month), _) => {
                        format!("{day} {} – {end_words}", self.month_short(month, None))
                    }
                    _ => end_words,
                }
            }
            End::Same => start,
            End::At(end) => format!("{start} – {}", self.partial_date_short(end)),
            End::Open => self.text_with("date-since", &[("from", start.into())]),
        }
    }

    /// The short name of a month, with its year where one is named.
    pub fn month_short(&self, month: i8, year: Option<i16>) -> String {
        let month = self.text(&format!("month-{month}.short"));
        match year {
            Some(year) => {
                let values = [("month", month.into()), ("year", year.to_string().into())];
                self.text_with("date-month", &values)
            }
            None => month,
        }
    }

    fn partial_date_short(&self, point: PartialDate) -> String {
        let (Some(month), year) = (point.month(), point.year()) else {
            return point.year().to_string();
        };
        match point.day() {
            Some(day) => {
                let month = self.month_short(month, None);
                let day = day.to_string();
                let values = [
                    ("day", day.into()),
                    ("month", month.into()),
                    ("year", year.to_string().into()),
                ];
                self.text_with("date-day", &values)
            }
            None => self.month_short(month, Some(year)),
        }
    }

    fn month(&self, month: i8) -> String {
        self.text(&format!("month-{month}"))
    }
}

/// The messages without placeholders, by key.
fn constant_messages(resource: &FluentResource) -> HashMap<String, String> {
    let words = |pattern: &Pattern<&str>| match pattern.elements.as_slice() {
        [PatternElement::TextElement { value }] => Some((*value).to_owned()),
        _ => None,
    };
    let mut constants = HashMap::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else {
            continue;
        };
        let own = message.value.as_ref().map(|pattern| (message.id.name.to_owned(), pattern));
        let attribute = |one: &'_ Attribute<&str>| format!("{}.{}", message.id.name, one.id.name);
        let attributes = message.attributes.iter().map(|one| (attribute(one), &one.value));
        constants.extend(
            own.into_iter()
                .chain(attributes)
                .filter_map(|(key, pattern)| Some((key, words(pattern)?))),
        );
    }
    constants
}

fn english() -> LanguageIdentifier {
    "en".parse().expect("a language identifier")
}

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Locale(en)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_parses_and_every_key_is_unique() {
        let resource = FluentResource::try_new(ENGLISH.to_owned())
            .map_err(|(_, errors)| errors)
            .expect("en.ftl parses");
        let mut bundle = FluentBundle::new_concurrent(vec![english()]);
        assert_eq!(bundle.add_resource(resource).map_err(|errors| errors.len()), Ok(()));
    }

    #[test]
    fn a_date_is_shown_no_more_precisely_than_it_is_known() {
        let locale = Locale::english();
        for (date, shown) in [
            ("1991", "1991"),
            ("2022-02", "February 2022"),
            ("1991-08-24", "24 August 1991"),
            ("2008-08-07/2008-08-12", "7 to 12 August 2008"),
            ("2026-06-04/2026-07-02", "4 June to 2 July 2026"),
            ("2025-12-30/2026-01-02", "30 December 2025 to 2 January 2026"),
            ("2014-04/2014-12", "April to December 2014"),
            ("2014-04/2014-12-05", "April 2014 to 5 December 2014"),
            ("2014-04/2021-12", "April 2014 to December 2021"),
            ("2022-02-24/..", "since 24 February 2022"),
        ] {
            assert_eq!(locale.date(date.parse().expect("a date of this table")), shown);
        }
    }
}
