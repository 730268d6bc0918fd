//! Error reports: what a report is about, the card posted to the editors, and the cards returned to
//! the reader.

use super::{Card, ExternalLink, Link, Paragraph, Refusal, Text, TextSpan, shorten};
use crate::catalog::{Catalog, Item};
use crate::content::{Style, View};
use crate::locale::Locale;
use crate::request::Request;
use crate::text::is_invisible;

/// Maximum number of characters of a report. Escaping at most doubles them, which still fits into one
/// text display.
pub const TEXT_CHARS_MAX: usize = 1_000;

/// Maximum number of characters of a locale that is shown. Discord's have five.
const LOCALE_CHARS_MAX: usize = 10;

/// What a report about a card refers to, and how it can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The entry's kind and id, such as `demand/nato`.
    pub entry: String,
    pub revision: u32,
    /// The slug of the displayed view.
    pub view: String,
    pub article: String,
    /// The version of the dataset.
    pub version: String,
    /// Whether reports are sent through a form.
    pub has_form: bool,
    /// The article's own address for reports.
    pub url: Option<String>,
}

/// A submitted report.
#[derive(Clone)]
pub struct Submission {
    /// The request for the card that it is about.
    pub request: Request,
    /// The revision that the reader saw.
    pub revision: u32,
    /// The locale of the reader's Discord client.
    pub locale: String,
    pub text: String,
}

impl Report {
    /// `None` if there is no way to report an error.
    pub fn new(catalog: &Catalog, item: Item<'_>, view: &View) -> Option<Self> {
        let (has_form, url) = (catalog.has_report_form(), item.article.report_url.clone());
        (has_form || url.is_some()).then(|| Self {
            entry: format!("{}/{}", item.entry.kind.name(), item.entry.id),
            revision: item.entry.revision,
            view: view.slug.to_string(),
            article: item.article.id.to_string(),
            version: item.article.version.clone(),
            has_form,
            url,
        })
    }
}

/// The link for reporting errors to an article's address, if it has one.
pub fn link(locale: &Locale, url: Option<&String>) -> Option<ExternalLink> {
    Some(ExternalLink { label: locale.text("report"), url: url?.clone() })
}

/// The card posted to the editors. It contains nothing about the reader except the text and the
/// locale. `shown` is the card that the report is about, if the dataset still has it.
pub fn report_card(locale: &Locale, submission: &Submission, shown: Option<&Card>) -> Card {
    let subject = shown.and_then(|card| Some((card, card.report.as_ref()?)));
    let mut body = paragraphs(&submission.text);
    let (title, open_links) = match subject {
        Some((about, report)) => {
            body.push(entry_row(locale, report, submission.revision));
            let link = Link::new(&about.title, submission.request.clone());
            (about.title.clone(), vec![link])
        }
        None => {
            body.push(Paragraph::plain(submission.request.to_string()));
            (locale.text("report-post.gone"), Vec::new())
        }
    };
    Card {
        kicker: locale.text("report-post"),
        covers_until: Some(origin(locale, submission, subject.map(|(_, report)| report))),
        open_links,
        ..Card::new(title, body)
    }
}

/// "**demand/nato** · view overview · revision 3".
fn entry_row(locale: &Locale, report: &Report, seen: u32) -> Paragraph {
    let values = [
        ("view", report.view.as_str().into()),
        ("seen", seen.into()),
        ("revision", report.revision.into()),
    ];
    let key =
        if seen == report.revision { "report-post-entry" } else { "report-post-entry.changed" };
    let entry = TextSpan::Styled(report.entry.clone(), Style::Strong);
    let rest = TextSpan::Styled(format!(" · {}", locale.text_with(key, &values)), Style::Plain);
    Paragraph::item(Text(vec![entry, rest]))
}

fn origin(locale: &Locale, submission: &Submission, report: Option<&Report>) -> String {
    let language = match submission.locale.as_str() {
        "" => "?".to_owned(),
        language => shorten(language, LOCALE_CHARS_MAX),
    };
    let language = ("language", language.into());
    match report {
        Some(report) => {
            let article = ("article", report.article.as_str().into());
            let version = ("version", report.version.as_str().into());
            locale.text_with("report-post-origin", &[article, version, language])
        }
        None => locale.text_with("report-post-origin.gone", &[language]),
    }
}

/// Whether a text has no visible characters.
pub fn is_empty(text: &str) -> bool {
    paragraphs(text).is_empty()
}

/// The lines of an untrusted text, without invisible characters and empty lines.
fn paragraphs(text: &str) -> Vec<Paragraph> {
    let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
    let visible = |line: &str| {
        let seen = line.chars().map(|one| if is_invisible(one) { ' ' } else { one });
        seen.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let lines = text.lines().map(visible).filter(|line| !line.is_empty());
    lines.map(Paragraph::plain).collect()
}

/// The reader's card for a report that was posted.
pub fn confirmation(locale: &Locale) -> Card {
    let body = vec![Paragraph::plain(locale.text("report-sent"))];
    Card::new(locale.text("report-sent.title"), body)
}

/// The reader's card for a report that was not posted: the reason, the text, which would be lost
/// otherwise, and the link, if there is one.
pub fn refusal_card(locale: &Locale, refusal: &Refusal, text: &str, url: Option<&String>) -> Card {
    let mut card = refusal.card(locale);
    let own = paragraphs(text);
    if !own.is_empty() {
        card.body.push(Paragraph::plain(locale.text("report-text")));
        card.body.extend(own);
    }
    card.external_links.extend(link(locale, url));
    card
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_and_empty_lines_are_removed() {
        let longest = "€".repeat(TEXT_CHARS_MAX);
        for (text, lines) in [
            ("One.\n\n\n  Two \t words. \r\n", vec!["One.", "Two words."]),
            ("a\u{202e}b\u{0}c\u{200b}", vec!["a b c"]),
            (" \n\u{200b}\n", vec![]),
            (&*format!("{longest}€"), vec![&*longest]),
        ] {
            let expected: Vec<Paragraph> = lines.into_iter().map(Paragraph::plain).collect();
            assert_eq!(paragraphs(text), expected, "{text:?}");
        }
    }
}
