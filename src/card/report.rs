//! Reports of errors: what a reader can report on, the card that the editors get, and those that the reader gets.

use super::{Card, ExternalLink, Link, Paragraph, Refusal, Span, Text, shorten};
use crate::catalog::{Catalog, Item};
use crate::content::{Article, Style, View};
use crate::locale::Locale;
use crate::request::Request;
use crate::text::is_invisible;

/// The most characters of a report. Escaped they are twice as many, which is what one text of a message holds.
pub const TEXT_CHARS_MAX: usize = 1_000;

/// The most characters of a language's name. Discord's have five.
const LOCALE_CHARS_MAX: usize = 10;

/// What a report on a card is about, and how it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The entry's kind and id.
    pub entry: String,
    pub revision: u32,
    /// The id of the view that is shown.
    pub view: String,
    pub article: String,
    /// The dataset's version.
    pub version: String,
    /// Whether there is a form for it.
    pub has_form: bool,
    /// Where it can be made otherwise.
    pub url: Option<String>,
}

/// What a reader sent.
#[derive(Clone)]
pub struct Submission {
    /// The request that shows what it is about.
    pub request: Request,
    /// The revision that the reader saw.
    pub revision: u32,
    /// The language of the reader's client.
    pub locale: String,
    pub text: String,
}

impl Report {
    /// `None` where there is no way to report an error.
    pub fn of(catalog: &Catalog, item: Item<'_>, view: &View) -> Option<Self> {
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

/// The address at which errors of an article's dataset are reported, if there is one.
pub fn link(locale: &Locale, article: &Article) -> Option<ExternalLink> {
    external_link(locale, article.report_url.as_ref())
}

fn external_link(locale: &Locale, url: Option<&String>) -> Option<ExternalLink> {
    Some(ExternalLink { label: locale.say("report"), url: url?.clone() })
}

/// What the editors get: nothing of the reader but the words and the language. `shown` is the card that it is about, if the dataset
/// still has it.
pub fn post(locale: &Locale, submission: &Submission, shown: Option<&Card>) -> Card {
    let subject = shown.and_then(|card| Some((card, card.report.as_ref()?)));
    let mut body = paragraphs(&submission.text);
    let mut card = Card {
        kicker: locale.say("report-post"),
        page: (1, 1),
        as_of: Some(origin(locale, submission, subject.map(|(_, report)| report))),
        ..Card::default()
    };
    match subject {
        Some((about, report)) => {
            card.title.clone_from(&about.title);
            body.push(entry_row(locale, report, submission.revision));
            card.open.push(Link::new(&about.title, submission.request.clone()));
        }
        None => {
            card.title = locale.say("report-post.gone");
            body.push(Paragraph::words(submission.request.to_string()));
        }
    }
    Card { body, ..card }
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
    let entry = Span::Words(report.entry.clone(), Style::Strong);
    let rest = Span::Words(format!(" · {}", locale.say_with(key, &values)), Style::Plain);
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
            locale.say_with("report-post-origin", &[article, version, language])
        }
        None => locale.say_with("report-post-origin.gone", &[language]),
    }
}

/// Whether a text says anything.
pub fn is_empty(text: &str) -> bool {
    paragraphs(text).is_empty()
}

/// The lines of a stranger's text, without what cannot be seen.
fn paragraphs(text: &str) -> Vec<Paragraph> {
    let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
    let visible = |line: &str| {
        let seen = line.chars().map(|one| if is_invisible(one) { ' ' } else { one });
        seen.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let lines = text.lines().map(visible).filter(|line| !line.is_empty());
    lines.map(Paragraph::words).collect()
}

/// What the reader gets once the editors have it.
pub fn confirmation(locale: &Locale) -> Card {
    let body = vec![Paragraph::words(locale.say("report-sent"))];
    Card { title: locale.say("report-sent.title"), body, page: (1, 1), ..Card::default() }
}

/// What the reader gets where the editors do not have it: the reason, the text that would be lost otherwise, and another way.
pub fn refused(locale: &Locale, refusal: &Refusal, text: &str, url: Option<&String>) -> Card {
    let mut card = refusal.card(locale);
    let own = paragraphs(text);
    if !own.is_empty() {
        card.body.push(Paragraph::words(locale.say("report-text")));
        card.body.extend(own);
    }
    card.outward.extend(external_link(locale, url));
    card
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_lines_and_loses_what_cannot_be_seen() {
        let longest = "€".repeat(TEXT_CHARS_MAX);
        for (text, lines) in [
            ("One.\n\n\n  Two \t words. \r\n", vec!["One.", "Two words."]),
            ("a\u{202e}b\u{0}c\u{200b}", vec!["a b c"]),
            (" \n\u{200b}\n", vec![]),
            (&*format!("{longest}€"), vec![&*longest]),
        ] {
            let expected: Vec<Paragraph> = lines.into_iter().map(Paragraph::words).collect();
            assert_eq!(paragraphs(text), expected, "{text:?}");
        }
    }
}
