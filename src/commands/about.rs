//! `/about`: what the dossier is, how complete and current it is, and what data the bot stores
//! about its users.

use crate::card::{Card, ExternalLink, Paragraph, Refusal, SourceLine, report};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::content::{Article, Kind};
use crate::request::Request;

pub(super) const COMMAND: Command = Command::new("about", &[]);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let only = request.article(catalog)?;
    let articles = || {
        catalog
            .articles()
            .iter()
            .enumerate()
            .filter(|(place, _)| only.is_none_or(|only| only == *place))
            .map(|(_, one)| one)
    };
    let mut body = vec![Paragraph::plain(locale.text("about-bot"))];
    body.extend(articles().flat_map(|article| about(catalog, article)));
    body.push(Paragraph::plain(locale.text("about-privacy")));
    Ok(Card {
        title: locale.text("about-title"),
        body,
        page: (1, 1),
        sources: articles()
            .enumerate()
            .map(|(number, article)| source(catalog, number + 1, article))
            .collect(),
        external_links: invite(catalog, request)
            .into_iter()
            .chain(articles().next().and_then(|article| report::link(locale, article)))
            .collect(),
        covers_until: catalog.covers_until_text(only),
        request: Some(request.clone()),
        ..Card::default()
    })
}

/// The invite link; only available in Discord.
fn invite(catalog: &Catalog, request: &Request) -> Option<ExternalLink> {
    let url = format!("https://discord.com/oauth2/authorize?client_id={}", request.application?);
    Some(ExternalLink { label: catalog.locale().text("about-invite"), url })
}

/// The description of one article and its dataset.
fn about(catalog: &Catalog, article: &Article) -> [Paragraph; 3] {
    let locale = catalog.locale();
    let counted = Kind::ALL.map(|kind| (kind, article.of_kind(kind).count()));
    let counts: Vec<String> = counted
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| {
            locale.text_with(&format!("count-{}", kind.name()), &[("count", count.into())])
        })
        .collect();
    let what = locale.text_with(
        "about-article",
        &[
            ("title", article.title.as_str().into()),
            ("publisher", article.publisher.as_str().into()),
        ],
    );
    let unknown =
        locale.text_with("about-unknown", &[("unknown", article.unknown.join(", ").into())]);
    let values = [
        ("version", article.version.as_str().into()),
        ("covers", locale.partial_date(article.covers_until).into()),
        ("checked", locale.partial_date(article.checked).into()),
        ("sources", article.sources.len().into()),
        ("counts", counts.join(", ").into()),
    ];
    let known = if article.unknown.is_empty() { what } else { format!("{what} {unknown}") };
    [
        Paragraph::plain(known),
        Paragraph::plain(locale.text_with("about-dataset", &values)),
        Paragraph::plain(locale.text("about-later")),
    ]
}

fn source(catalog: &Catalog, mark: usize, article: &Article) -> SourceLine {
    let values = [
        ("title", article.title.as_str().into()),
        ("publisher", article.publisher.as_str().into()),
    ];
    SourceLine {
        mark,
        text: catalog.locale().text_with("about-source", &values),
        url: Some(article.url.clone()),
    }
}
