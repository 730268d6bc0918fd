//! The bot's texts, from `data/lang/en.ftl` in [Fluent](https://projectfluent.org) format.

use std::borrow::Cow;
use std::collections::HashMap;

pub use fluent_bundle::FluentValue;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use parking_lot::RwLock;
use unic_langid::LanguageIdentifier;

use crate::content::{Date, End, PartialDate};

const ENGLISH: &str = include_str!("../data/lang/en.ftl");

/// The texts of one language.
pub struct Locale {
    bundle: FluentBundle<FluentResource>,
    /// Cache of the messages that take no arguments, by key. Most messages are of this kind.
    constants: RwLock<HashMap<String, String>>,
    /// The names of the months, from January.
    months: [String; 12],
    /// Cache of formatted dates.
    dates: HashMap<Date, String>,
}

/// The attributes of messages about dates: names of months in full, or short.
const LONG: &str = "";
const SHORT: &str = ".short";

impl Locale {
    /// The English texts, which are compiled into the program.
    pub fn english() -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![english()]);
        // Without this, Fluent wraps every argument in invisible bidi isolation characters, which a
        // left-to-right language does not need.
        bundle.set_use_isolating(false);
        // Invalid messages are dropped here; a test reports which ones are missing.
        let resource = FluentResource::try_new(ENGLISH.to_owned()).unwrap_or_else(|(rest, _)| rest);
        bundle.add_resource_overriding(resource);
        let (constants, months) = (RwLock::default(), Default::default());
        let locale = Self { bundle, constants, months, dates: HashMap::new() };
        let months = std::array::from_fn(|index| locale.text(&format!("month-{}", index + 1)));
        Self { months, ..locale }
    }

    /// Formats the message `key`; `message.attribute` selects an attribute.
    pub fn text(&self, key: &str) -> String {
        if let Some(known) = self.constants.read().get(key) {
            return known.clone();
        }
        let text = self.text_with(key, &[]);
        self.constants.write().insert(key.to_owned(), text.clone());
        text
    }

    /// Formats the message `key` with arguments.
    pub fn text_with<'a>(&'a self, key: &str, values: &[(&'a str, FluentValue<'a>)]) -> String {
        let args: FluentArgs<'a> = values.iter().cloned().collect();
        let (message, attribute) = key
            .split_once('.')
            .map_or((key, None), |(message, attribute)| (message, Some(attribute)));
        let pattern = self.bundle.get_message(message).and_then(|message| match attribute {
            Some(attribute) => message.get_attribute(attribute).map(|attribute| attribute.value()),
            None => message.value(),
        });
        debug_assert!(pattern.is_some(), "no sentence is called {key}");
        let text = pattern.map_or(Cow::Borrowed(key), |pattern| {
            self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new())
        });
        nest_quotes(&text).unwrap_or_else(|| text.into_owned())
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
        let cached = self.dates.get(&date).cloned();
        cached.unwrap_or_else(|| self.interval(date, LONG))
    }

    /// A date in fewer letters: "7 – 12 Aug 2008", "2 Mar – 20 May 2022".
    pub fn date_short(&self, date: Date) -> String {
        self.interval(date, SHORT)
    }

    /// Formats a year, a month or a day.
    pub fn partial_date(&self, point: PartialDate) -> String {
        self.point(point, LONG)
    }

    /// A title without the date at its end, for where the date stands beside it: "Annexation of
    /// Crimea" from "Annexation of Crimea, 2014", "Draft treaty" from "Draft treaty of 15 April 2022".
    pub fn without_date<'t>(&self, title: &'t str) -> &'t str {
        let parenthesis = || title.strip_suffix(')')?.rsplit_once(" (");
        let separated = [parenthesis(), title.rsplit_once(" of "), title.rsplit_once(", ")];
        let mut separated = separated.into_iter().flatten();
        separated.find(|(_, date)| self.is_date(date)).map_or(title, |(name, _)| name)
    }

    /// Whether a text is a date with a year or a month: "14 June 2024", "1999 to 2020", "9-11 May".
    fn is_date(&self, text: &str) -> bool {
        let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        let is_part = |word: &str| {
            is_number(word) || word == "to" || self.months.iter().any(|month| month == word)
        };
        let mut words = text.split([' ', '-']);
        // A number alone, such as "(20)", is not a year.
        let is_named = words.clone().any(|word| word.len() == 4 || !is_number(word));
        is_named && words.all(is_part)
    }

    /// The short name of a month, with its year where one is named.
    pub fn month_short(&self, month: i8, year: Option<i16>) -> String {
        let month = self.month(month, SHORT);
        let Some(year) = year else { return month };
        self.text_with("date-month", &[("month", month.into()), ("year", year.to_string().into())])
    }

    fn interval(&self, date: Date, form: &str) -> String {
        let start = date.start();
        match date.end() {
            End::Same => self.point(start, form),
            End::At(end) => {
                let from = self.start_of_range(start, end, form);
                let values = [("from", from.into()), ("to", self.point(end, form).into())];
                self.text_with(&format!("date-from-to{form}"), &values)
            }
            End::Open => self.text_with("date-since", &[("from", self.point(start, form).into())]),
        }
    }

    /// The start of a range without the month and year that it shares with the end.
    fn start_of_range(&self, start: PartialDate, end: PartialDate, form: &str) -> String {
        let is_same_year = start.year() == end.year();
        match (start.month(), start.day(), end.month(), end.day()) {
            (Some(month), Some(day), Some(other), Some(_)) if is_same_year && month == other => {
                day.to_string()
            }
            (Some(month), Some(day), Some(_), Some(_)) if is_same_year => {
                let month = self.month(month, form);
                let values = [("day", day.to_string().into()), ("month", month.into())];
                self.text_with("date-day.of-year", &values)
            }
            (Some(month), None, Some(_), None) if is_same_year => self.month(month, form),
            _ => self.point(start, form),
        }
    }

    fn point(&self, point: PartialDate, form: &str) -> String {
        let year = point.year().to_string();
        let Some(month) = point.month() else { return year };
        let mut values = vec![("month", self.month(month, form).into()), ("year", year.into())];
        match point.day() {
            None => self.text_with("date-month", &values),
            Some(day) => {
                values.push(("day", day.to_string().into()));
                self.text_with("date-day", &values)
            }
        }
    }

    fn month(&self, month: i8, form: &str) -> String {
        self.text(&format!("month-{month}{form}"))
    }
}

/// Makes quotation marks within “…” single ones, as titles and questions have some of their own.
/// `None` if there are none, or if they do not pair up.
fn nest_quotes(text: &str) -> Option<String> {
    // Most texts have no quotation marks to nest.
    text.matches(['“', '"']).nth(1)?;
    let mut nested = String::with_capacity(text.len());
    let (mut depth, mut is_changed) = (0_usize, false);
    for character in text.chars() {
        let is_inner = depth > 0;
        let is_opening =
            nested.ends_with(|before: char| before.is_whitespace() || "(“‘".contains(before));
        let shown = match character {
            '“' => {
                depth += 1;
                if is_inner { '‘' } else { '“' }
            }
            '”' => {
                depth = depth.checked_sub(1)?;
                if depth > 0 { '’' } else { '”' }
            }
            '"' if is_inner && is_opening => '‘',
            '"' if is_inner => '’',
            other => other,
        };
        is_changed |= shown != character;
        nested.push(shown);
    }
    (is_changed && depth == 0).then_some(nested)
}

fn english() -> LanguageIdentifier {
    "en".parse().expect("a language identifier")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_date_at_the_end_of_a_title_is_left_out() {
        let locale = Locale::english();
        for (title, name) in [
            ("Annexation of Crimea, 2014", "Annexation of Crimea"),
            ("NATO enlargement, 1999 to 2020", "NATO enlargement"),
            ("Talks in Geneva (17-18 February 2026)", "Talks in Geneva"),
            ("Truce of May 2026 (9-11 May)", "Truce of May 2026"),
            ("UN vote (resolution 68/262), 2014", "UN vote (resolution 68/262)"),
            ("Putin's terms of 14 June 2024", "Putin's terms"),
            ("Ukraine's memorandum of June 2025", "Ukraine's memorandum"),
            ("Signing of the Budapest Memorandum, 1994", "Signing of the Budapest Memorandum"),
            ("Lavrov's list of April 2025 (O Globo)", "Lavrov's list of April 2025 (O Globo)"),
            ("Paris, September 2025: 26 countries", "Paris, September 2025: 26 countries"),
            ("US paper (\"final offer\")", "US paper (\"final offer\")"),
            ("The points (20)", "The points (20)"),
        ] {
            assert_eq!(locale.without_date(title), name);
        }
    }

    #[test]
    fn quotes_within_quotes_are_single() {
        let locale = Locale::english();
        for (title, shown) in [
            ("War", "“War” over time"),
            ("\"War\" (Moscow's \"label\")", "“‘War’ (Moscow's ‘label’)” over time"),
            ("“War”", "“‘War’” over time"),
            ("“War", "““War” over time"),
        ] {
            let values = [("demand", title.into())];
            assert_eq!(locale.text_with("proposal-over-time", &values), shown);
        }
    }

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
        for (date, shown) in [
            ("2022-02", "Feb 2022"),
            ("2008-08-07/2008-08-12", "7 – 12 Aug 2008"),
            ("2022-03-02/2022-05-20", "2 Mar – 20 May 2022"),
            ("2014-04/2014-12", "Apr – Dec 2014"),
            ("2022-07-22/2023-07-17", "22 Jul 2022 – 17 Jul 2023"),
            ("2022-02-24/..", "since 24 Feb 2022"),
        ] {
            assert_eq!(locale.date_short(date.parse().expect("a date of this table")), shown);
        }
    }
}
