//! Rules for single values: one-line texts, and the `format` of a schema.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::super::{Date, DateError, PartialDate, Slug};
use crate::text::is_invisible;

/// The most characters of an address, by the limit of a [link
/// button](https://docs.discord.com/developers/components/reference#button).
const URL_CHARS_MAX: usize = 512;

/// Marks around words, which only paragraphs may have.
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?:^|[^\w*])\*{1,3}[^\s*][^*]*\*|\b__[^_]+__\b|~~[^~]+~~|`[^`]+`";
    Regex::new(pattern).expect("the pattern is valid")
});

/// Three numbers with points.
static VERSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\d{1,6}(?:\.\d{1,6}){2}$").expect("the pattern is valid"));

/// A mention, an emoji of a server, or an address, and nothing else.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:<[@#:/a][^<>]+>|[A-Za-z]+://\S+)$").expect("the pattern is valid")
});

/// An error message and its help.
pub(super) type Violation = (String, &'static str);

/// Checks a one-line text.
pub(super) fn check_line(text: &str, chars_max: usize) -> Result<(), Violation> {
    let length = text.chars().count();
    let (message, help) = if text.trim().is_empty() {
        ("this text is empty", "write it, or remove it")
    } else if length > chars_max {
        let message = format!("this text has {length} characters, at most {chars_max} fit");
        return Err((message, "shorten it"));
    } else if text.trim() != text {
        ("this text begins or ends with a space", "remove the space")
    } else if text.contains(is_invisible) {
        ("this text holds a line break or a character that cannot be seen", "remove it")
    } else if text.contains("[^") {
        ("a mark outside of the paragraphs", "move it to a paragraph that says the same")
    } else if text.contains(['*', '_', '~', '`']) && MARKUP.is_match(text) {
        ("markup, which would be shown with its signs", "write plain words")
    } else if text.contains(['<', '/']) && ADDRESS.is_match(text) {
        ("a mention or an address, which nobody can find", "write a name in words")
    } else {
        return Ok(());
    };
    Err((message.to_owned(), help))
}

/// Checks a text against a schema's `format`.
pub(super) fn check_format(text: &str, format: &str) -> Result<(), Violation> {
    let is_valid = |is_valid: bool, message: &str, help| {
        if is_valid { Ok(()) } else { Err((message.to_owned(), help)) }
    };
    match format {
        "date" => match text.parse::<PartialDate>() {
            Ok(point) if point.day().is_some() => Ok(()),
            Ok(_) | Err(DateError::InvalidFormat) => {
                let help = "write it as 2026-11-20: year, month, day";
                Err(("this is not a day".to_owned(), help))
            }
            Err(error) => Err(date_violation(error)),
        },
        "edtf-point" => text.parse::<PartialDate>().map(drop).map_err(date_violation),
        "edtf" => text.parse::<Date>().map(drop).map_err(date_violation),
        "uri" if is_url(text) && is_reserved(text) => Err((
            "this is an example address".to_owned(),
            "write the real address, or remove the line",
        )),
        "uri" => {
            let help = "write it as https://host/path, without spaces, at most 512 characters";
            is_valid(is_url(text), "this is not a web address", help)
        }
        "slug" => {
            let help = "write it in lower-case letters, digits and single hyphens, at most 40";
            is_valid(Slug::parse(text).is_some(), "this is not an id", help)
        }
        "language" => {
            let help = "write it as \"en\" or \"pt-BR\"";
            is_valid(is_language(text), "this is not a language tag", help)
        }
        "version" => {
            let help = "write three numbers with points: \"1.0.0\"";
            is_valid(VERSION.is_match(text), "this is not a version", help)
        }
        _ => Ok(()),
    }
}

fn date_violation(error: DateError) -> Violation {
    let (message, help) = match error {
        DateError::InvalidFormat => (
            "this is not a date",
            "write 1991, 2022-02, 1991-08-24, 2014-04/2021-12 or 2022-02-24/..",
        ),
        DateError::NoSuchDay => {
            ("the calendar has no such date", "correct the month or the day, or leave them out")
        }
        DateError::NoSuchYear => {
            ("a year before 1000", "correct the year: it has four digits, as in 1994")
        }
        DateError::EndIsStart => ("this ends when it begins", "write the date once"),
        DateError::EndBeforeStart => ("this ends before it begins", "write the earlier date first"),
    };
    (message.to_owned(), help)
}

/// Whether a text is a [BCP 47](https://www.rfc-editor.org/info/bcp47) tag.
fn is_language(text: &str) -> bool {
    let language = text.split('-').next().unwrap_or_default();
    (2..=3).contains(&language.len()) && text.parse::<unic_langid::LanguageIdentifier>().is_ok()
}

fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default())
}

/// Whether an address has a [reserved domain](https://www.rfc-editor.org/info/rfc2606).
fn is_reserved(url: &str) -> bool {
    let host = host(url).unwrap_or_default().to_ascii_lowercase();
    let name = host.split(':').next().unwrap_or_default();
    let (rest, last) = name.rsplit_once('.').unwrap_or_default();
    let owner = rest.rsplit('.').next().unwrap_or_default();
    matches!(last, "example" | "test" | "invalid" | "localhost")
        || (owner == "example" && matches!(last, "com" | "net" | "org"))
}

fn is_url(text: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'\\' | b'`');
    text.len() <= URL_CHARS_MAX && text.bytes().all(is_plain) && host(text).is_some_and(is_host)
}

/// A host name of at least two labels with an optional port. User info is rejected.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_markup() {
        for (text, message) in [
            ("Red line", None),
            ("2*3*4, a * b * c", None),
            ("The people`s republic", None),
            ("nv.ua", None),
            ("*Red* line", Some("markup")),
            ("A **red** line", Some("markup")),
            ("__Red__ line", Some("markup")),
            ("~~Red~~ line", Some("markup")),
            ("`red` line", Some("markup")),
            ("<@1>", Some("a mention or an address")),
            ("<@&1>", Some("a mention or an address")),
            ("<#1>", Some("a mention or an address")),
            ("<:flag:1>", Some("a mention or an address")),
            ("https://x.org", Some("a mention or an address")),
        ] {
            let found = check_line(text, 80).err().map(|(message, _)| message);
            assert_eq!(found.is_some(), message.is_some(), "{text}: {found:?}");
            assert!(found.unwrap_or_default().starts_with(message.unwrap_or_default()), "{text}");
        }
    }

    #[test]
    fn addresses_are_those_that_browsers_open() {
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
            assert_eq!(is_url(text), expected, "{text}");
        }
        assert!(!is_url(&format!("https://example.org/{}", "a".repeat(URL_CHARS_MAX))));
    }

    #[test]
    fn reserved_domains_are_rejected() {
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
}
