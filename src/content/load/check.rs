//! Checks single values: lines of text, addresses, dates, ids.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil;

use super::super::diagnostic::Problems;
use super::super::format::Text;
use super::super::table::is_stand_in;
use super::super::text::holds_unseen;
use super::super::{Date, DateError, Point, Slug, nearest};

/// The most characters of an address: what a [link button](https://docs.discord.com/developers/components/reference#button) takes.
const URL_CHARS_MAX: usize = 512;

/// Checks values of one file. A stand-in for a value that was told already is left alone.
pub(super) struct Check<'a> {
    pub path: &'a str,
    pub problems: &'a mut Problems,
}

impl Check<'_> {
    pub(super) fn at(
        &mut self,
        span: Range<usize>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        if !span.is_empty() {
            self.problems.at(self.path, span, problem, remedy);
        }
    }

    /// A text of one line: not empty, not too long, nothing in it that cannot be seen.
    pub(super) fn line(&mut self, text: &Text, chars_max: usize) {
        let words = text.get_ref();
        let length = words.chars().count();
        let (problem, remedy) = if self.problems.touches(self.path, text.span()) {
            return;
        } else if words.trim().is_empty() {
            ("this text is empty".to_owned(), "write it, or remove it")
        } else if length > chars_max {
            (format!("this text has {length} characters, at most {chars_max} fit"), "shorten it")
        } else if words.trim() != words {
            ("this text begins or ends with a space".to_owned(), "remove the space")
        } else if holds_unseen(words) {
            (
                "this text holds a line break or a character that cannot be seen".to_owned(),
                "remove it",
            )
        } else if words.contains("[^") {
            (
                "a mark outside of the paragraphs".to_owned(),
                "move it to a paragraph that says the same",
            )
        } else {
            return;
        };
        self.at(text.span(), problem, remedy);
    }

    /// A list of such texts, in which nothing stands twice.
    pub(super) fn lines(&mut self, list: &[Text], chars_max: usize, most: usize) {
        for text in list {
            self.line(text, chars_max);
        }
        if let Some(over) = list.get(most) {
            self.at(over.span(), format!("more than {most} of these"), "keep the most useful");
        }
        self.no_twins(list);
    }

    /// A list in which nothing stands twice.
    pub(super) fn no_twins(&mut self, list: &[Text]) {
        let mut seen = BTreeSet::new();
        for text in list.iter().filter(|text| !is_stand_in(text)) {
            // Spellings that differ in accents stand beside each other on purpose: people type both.
            let mut words = text.get_ref().to_lowercase();
            while words.contains("  ") {
                words = words.replace("  ", " ");
            }
            if !seen.insert(words) {
                self.at(
                    text.span(),
                    format!("\"{}\" stands here twice", text.get_ref()),
                    "remove one",
                );
            }
        }
    }

    /// A sentence, and not a second one.
    pub(super) fn sentence(&mut self, text: &Text) {
        if let Some(end) = second_sentence(text.get_ref()) {
            let problem = format!(
                "a second sentence begins after \"{}\"",
                end.chars().rev().take(20).collect::<Vec<_>>().iter().rev().collect::<String>()
            );
            self.at(
                text.span(),
                problem,
                "say the gist in one sentence; the rest belongs into the paragraphs",
            );
        }
    }

    pub(super) fn number(
        &mut self,
        number: &toml::Spanned<i64>,
        range: std::ops::RangeInclusive<i64>,
        remedy: &str,
    ) {
        if !range.contains(number.get_ref()) {
            self.at(
                number.span(),
                format!("{} is not from {} to {}", number.get_ref(), range.start(), range.end()),
                remedy,
            );
        }
    }

    /// A day on which something was checked: not after today.
    pub(super) fn checked_day(&mut self, date: &Text, today: Option<civil::Date>) -> Option<Point> {
        let day = self.day(date)?;
        if let Some(today) = today.filter(|today| day.first_day() > *today) {
            let problem = format!("this is in the future: today is {today}");
            self.at(date.span(), problem, "write the day on which somebody looked");
        }
        Some(day)
    }

    pub(super) fn url(&mut self, url: &Text) {
        if is_address(url.get_ref()) && is_reserved(url.get_ref()) {
            let remedy = "write the real address, or remove the line";
            self.at(url.span(), "an example address, which leads nowhere", remedy);
        } else if !is_address(url.get_ref()) {
            let remedy = format!(
                "write it as https://host/path, without spaces, at most {URL_CHARS_MAX} characters"
            );
            self.at(url.span(), "this is no web address", remedy);
        }
    }

    pub(super) fn date(&mut self, date: &Text) -> Option<Date> {
        date.get_ref().parse().map_err(|error| self.tell_date(date, error)).ok()
    }

    /// A date that has to be a day.
    pub(super) fn day(&mut self, date: &Text) -> Option<Point> {
        match date.get_ref().parse::<Point>() {
            Ok(day) if day.day().is_some() => return Some(day),
            Ok(_) | Err(DateError::Shape) => self.at(
                date.span(),
                "this is not a day",
                "write it as 2026-11-20: year, month, day",
            ),
            Err(error) => self.tell_date(date, error),
        }
        None
    }

    /// A date that is no interval.
    pub(super) fn point(&mut self, date: &Text) -> Option<Point> {
        date.get_ref().parse().map_err(|error| self.tell_date(date, error)).ok()
    }

    fn tell_date(&mut self, date: &Text, error: DateError) {
        let (problem, remedy) = match error {
            DateError::Shape => (
                "this is no date",
                "write 1991, 2022-02, 1991-08-24, 2014-04/2021-12 or 2022-02-24/..",
            ),
            DateError::Calendar => {
                ("the calendar has no such date", "correct the month or the day, or leave them out")
            }
            DateError::Backwards => ("this ends before it begins", "write the earlier date first"),
        };
        self.at(date.span(), problem, remedy);
    }

    pub(super) fn slug(&mut self, id: &Text) {
        if Slug::parse(id.get_ref()).is_none() {
            self.at(
                id.span(),
                "this is no id",
                "write it in lower-case letters, digits and single hyphens, at most 40",
            );
        }
    }

    /// A language tag, as [BCP 47](https://www.rfc-editor.org/info/bcp47) has them.
    pub(super) fn language(&mut self, tag: &Text) {
        let language = tag.get_ref().split('-').next().unwrap_or_default();
        if !(2..=3).contains(&language.len())
            || tag.get_ref().parse::<unic_langid::LanguageIdentifier>().is_err()
        {
            self.at(tag.span(), "this is no language tag", "write it as \"en\" or \"pt-BR\"");
        }
    }

    pub(super) fn version(&mut self, version: &Text) {
        let is_number = |part: &str| {
            (1..=6).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let parts: Vec<&str> = version.get_ref().split('.').collect();
        if parts.len() != 3 || !parts.into_iter().all(is_number) {
            self.at(
                version.span(),
                "this is no version",
                "write three numbers with points: \"1.0.0\"",
            );
        }
    }

    /// The place in `names` of the one that a text is.
    pub(super) fn one_of(&mut self, text: &Text, names: &[&str], what: &str) -> Option<usize> {
        let place = names.iter().position(|name| name == text.get_ref());
        if place.is_none() {
            let near = nearest(&text.get_ref().to_lowercase(), names.iter().copied());
            let remedy = near.map_or_else(
                || format!("write one of {}", names.join(", ")),
                |near| format!("write \"{near}\""),
            );
            self.at(text.span(), format!("no {what} is called `{}`", text.get_ref()), remedy);
        }
        place
    }
}

fn host_of(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default())
}

/// Whether an address is of a name that [nobody can own](https://www.rfc-editor.org/info/rfc2606).
fn is_reserved(address: &str) -> bool {
    let host = host_of(address).unwrap_or_default().to_ascii_lowercase();
    let name = host.split(':').next().unwrap_or_default();
    let (rest, last) = name.rsplit_once('.').unwrap_or_default();
    let owner = rest.rsplit('.').next().unwrap_or_default();
    matches!(last, "example" | "test" | "invalid" | "localhost")
        || (owner == "example" && matches!(last, "com" | "net" | "org"))
}

fn is_address(text: &str) -> bool {
    let host = host_of(text);
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'\\' | b'`'));
    is_plain && text.len() <= URL_CHARS_MAX && host.is_some_and(is_host)
}

/// A name of at least two parts, and a port where one is needed. A user's name before it has no place in a citation.
fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.contains('.') && name.split('.').all(is_label) && port.parse::<u16>().is_ok()
}

/// What stands before a second sentence: a lower-case word that is too long for an abbreviation, its full stop, and a capital after it.
fn second_sentence(text: &str) -> Option<&str> {
    let ends = text.match_indices(['.', '!', '?', '…']);
    let mut ends =
        ends.map(|(at, mark)| (&text[..at + mark.len()], &text[..at], &text[at + mark.len()..]));
    ends.find(|(_, before, after)| {
        let word =
            before.rsplit(|character: char| !character.is_alphabetic()).next().unwrap_or_default();
        let is_word = word.chars().count() > 3 && word.chars().all(char::is_lowercase);
        is_word && after.starts_with(' ') && after.trim_start().starts_with(char::is_uppercase)
    })
    .map(|(whole, _, _)| whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_a_browser_opens() {
        for (text, expected) in [
            ("https://example.org", true),
            ("http://example.org/a?b=c#d", true),
            ("https://example.org:8443/", true),
            ("https://example.org/%D0%9A_(a)", true),
            ("example.org", false),
            ("ftp://example.org", false),
            ("javascript:alert(1)", false),
            ("https://", false),
            ("https:///path", false),
            ("https://example", false),
            ("https://.org", false),
            ("https://example..org", false),
            ("https://example.org:port/", false),
            ("https://user@example.org/", false),
            ("https://example.org/a b", false),
            ("https://example.org/<script>", false),
            ("https://приклад.укр/", false),
        ] {
            assert_eq!(is_address(text), expected, "{text}");
        }
        assert!(!is_address(&format!("https://example.org/{}", "a".repeat(URL_CHARS_MAX))));
    }

    #[test]
    fn reserved_names_are_no_addresses_of_anybody() {
        for (address, expected) in [
            ("https://dossier.example/report", true),
            ("https://example.com", true),
            ("http://www.example.org/a", true),
            ("https://docs.EXAMPLE.net:8443/", true),
            ("https://dossier.test/", true),
            ("https://host.invalid", true),
            ("https://example.gov.ua/", false),
            ("https://counterexample.com/", false),
            ("https://tass.com/example.com", false),
            ("https://example.com.ua/", false),
        ] {
            assert_eq!(is_reserved(address), expected, "{address}");
        }
    }

    #[test]
    fn a_second_sentence_is_told_from_an_abbreviation() {
        for (text, expected) in [
            ("Kyiv refused the terms.", None),
            ("Kyiv refused the terms. Moscow did not answer.", Some("Kyiv refused the terms.")),
            ("Will it hold? The article doubts it.", Some("Will it hold?")),
            ("The U.S. Congress agreed, e.g. in No. 5.", None),
            ("The agreement of St. Petersburg, vs. Moscow.", None),
            ("Point 2.1 of the plan", None),
        ] {
            assert_eq!(second_sentence(text), expected, "{text}");
        }
    }
}
