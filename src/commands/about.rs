//! `/about`: what the dossier is, how complete and current it is, and what data the bot stores
//! about its users.

use crate::card::{Card, ExternalLink, Paragraph, Refusal, SourceLine, report};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::content::{Article, Kind};
use crate::locale::FluentValue;
use crate::request::Request;

pub(super) const COMMAND: Command = Command::new("about", &[]);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let locale = catalog.locale();
    let only = request.article(catalog)?;
    let articles = || catalog.articles_in(only).map(|(_, article)| article);
    let mut body = vec![Paragraph::plain(locale.text("about-bot"))];
    body.extend(articles().flat_map(|article| about(catalog, article)));
    body.push(Paragraph::plain(locale.text("about-privacy")));
    let report = articles().next().and_then(|one| report::link(locale, one.report_url.as_ref()));
    Ok(Card {
        sources: articles()
            .enumerate()
            .map(|(number, article)| source(catalog, number + 1, article))
            .collect(),
        external_links: invite(catalog, request).into_iter().chain(report).collect(),
        request: Some(request.clone()),
        ..Card::new(locale.text("about-title"), body)
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
    let count = |kind: Kind| {
        let count = article.of_kind(kind).count();
        let key = format!("count-{}", kind.name());
        (count > 0).then(|| locale.text_with(&key, &[("count", count.into())]))
    };
    let counts: Vec<String> = Kind::ALL.into_iter().filter_map(count).collect();
    let what = locale.text_with("about-article", &names(article));
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

fn names(article: &Article) -> [(&'static str, FluentValue<'_>); 2] {
    [("title", (&article.title).into()), ("publisher", (&article.publisher).into())]
}

fn source(catalog: &Catalog, mark: usize, article: &Article) -> SourceLine {
    let text = catalog.locale().text_with("about-source", &names(article));
    SourceLine { mark, text, url: Some(article.url.clone()) }
}
