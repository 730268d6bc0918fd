//! The card of an entry: one page of one of its views, with sources and links.

use std::collections::BTreeSet;

use super::{
    Card, Link, Paragraph, Refusal, Report, Row, SourceLine, Text, TextSpan, layer_key, page_links,
    page_of, pages,
};
use crate::catalog::{Catalog, Item};
use crate::content::{Citation, Date, Detail, Kind, Slug, Source, View};
use crate::locale::Locale;
use crate::request::{ARTICLE, Request, ResolvedEntry, VIEW};
use crate::search::MatchKind;

pub fn request(catalog: &Catalog, item: Item<'_>) -> Request {
    let option = match item.entry.kind {
        Kind::Position => "holder",
        Kind::Outlook => "topic",
        kind => kind.name(),
    };
    Request::new(command(item.entry.kind)).with(option, catalog.name(item))
}

/// The command that shows entries of this kind.
pub fn command(kind: Kind) -> &'static str {
    match kind {
        Kind::Event => "timeline",
        Kind::Section => "article",
        kind => kind.name(),
    }
}

pub fn link(catalog: &Catalog, item: Item<'_>) -> Link {
    Link::new(&item.entry.title, request(catalog, item))
}

/// An entry among the results of a search, with the kind of the entry and a part of its text.
pub fn result_row(catalog: &Catalog, item: Item<'_>, snippet: &str, link: Link) -> Row {
    let values = [("kind", catalog.kind_name(item.entry.kind).into()), ("snippet", snippet.into())];
    Row::new(&link.label.clone(), &catalog.locale().text_with("search-row", &values), link)
}

/// Shows the requested view of an entry.
pub fn show(
    catalog: &Catalog,
    request: &Request,
    resolved: &ResolvedEntry<'_>,
) -> Result<Card, Refusal> {
    let view = requested_view(catalog, request, resolved.item)?;
    let mut card = view_card(catalog, request, resolved.item, view);
    card.notes.splice(0..0, interpretation_note(catalog.locale(), resolved));
    Ok(card)
}

/// The note about how an option was interpreted, unless it was the entry's own name.
pub fn interpretation_note(locale: &Locale, resolved: &ResolvedEntry<'_>) -> Option<Text> {
    let (input, how) = resolved.interpretation.as_ref()?;
    let key = match how {
        MatchKind::Id | MatchKind::Title => return None,
        MatchKind::Alias | MatchKind::Prefix => "taken-name",
        MatchKind::Typo => "taken-typo",
        MatchKind::Text => "taken-text",
    };
    Some(locale.text_with(key, &[("asked", input.as_str().into())]).into())
}

fn requested_view<'a>(
    catalog: &'a Catalog,
    request: &Request,
    item: Item<'a>,
) -> Result<&'a View, Refusal> {
    let input = request.option(VIEW.name);
    // Clients may send the view's title instead of its slug.
    let slug = input.map(Slug::from_text);
    let shown = item.entry.view(slug.as_ref().map(Slug::as_str));
    shown.ok_or_else(|| {
        let views = item.entry.views.iter();
        Refusal::new("refuse-no-view")
            .input(input.unwrap_or_default())
            .with("title", item.entry.title.clone())
            .choices(views.map(|view| view_link(catalog, request, view)))
    })
}

fn view_link(catalog: &Catalog, request: &Request, view: &View) -> Link {
    Link::new(
        catalog.view_title(view),
        request.clone().at_page(1).with(VIEW.name, view.slug.as_str()),
    )
}

pub fn view_card(catalog: &Catalog, request: &Request, item: Item<'_>, view: &View) -> Card {
    let locale = catalog.locale();
    let entry = item.entry;
    // Links identify the entry by its id, whatever the user typed.
    let here = entry_request(catalog, request, item);
    let mut pages = pages(view.blocks.iter().map(Paragraph::from).collect(), usize::MAX);
    let (page, page_count) = (page_of(request, pages.len()), pages.len());
    let body = pages.swap_remove(page - 1);
    // If the entry has several pages, Previous and Next only turn these.
    let (before, after) = if page_count > 1 { (None, None) } else { neighbors(item) };
    let here_view = here.clone().with(VIEW.name, view.slug.as_str());
    let (previous, next) = page_links(locale, &here_view, (page, page_count));
    Card {
        kind: Some(entry.kind),
        kicker: kicker(catalog, item),
        title: entry.title.clone(),
        notes: entry
            .disputed
            .iter()
            .map(|by| locale.text_with("disputed", &[("by", by.as_str().into())]).into())
            .collect(),
        heading: heading(locale, view, &body),
        sources: sources(locale, item, view, &body),
        body,
        page: (page, page_count),
        covers_until: Some(covers_until_text(locale, item)),
        report: Report::new(catalog, item, view),
        request: Some(here_view.at_page(page)),
        views: entry
            .views
            .iter()
            .filter(|other| other.slug != view.slug)
            .map(|other| view_link(catalog, &here, other))
            .collect(),
        previous: previous.or_else(|| Some(link(catalog, before?))),
        next: next.or_else(|| Some(link(catalog, after?))),
        related: item.related().map(|related| link(catalog, related)).collect(),
        ..Card::default()
    }
}

/// The title of a view, unless the label of its first layer is the same.
fn heading(locale: &Locale, view: &View, body: &[Paragraph]) -> Option<String> {
    let layer = body.first().and_then(|paragraph| paragraph.layer);
    let is_repeated = layer.is_some_and(|layer| locale.text(layer_key(layer)) == view.title);
    (!view.title.is_empty() && !is_repeated).then(|| view.title.clone())
}

fn entry_request(catalog: &Catalog, source: &Request, item: Item<'_>) -> Request {
    let request = request(catalog, item);
    match source.option(ARTICLE.name) {
        Some(article) => request.with(ARTICLE.name, article),
        None => request,
    }
}

/// The line above an entry's title: its kind, its position, its date, and its article if several
/// are loaded.
pub fn kicker(catalog: &Catalog, item: Item<'_>) -> String {
    let locale = catalog.locale();
    let kind = item.entry.kind;
    let place = || item.siblings(kind).take_while(|one| one.number <= item.number).count();
    let of = || item.siblings(kind).count();
    let mut line =
        match &item.entry.detail {
            Detail::Demand { number } => locale
                .text_with("kicker-demand", &[("number", (*number).into()), ("of", of().into())]),
            Detail::Event { date, topics } => {
                let name_of = |id: &String| item.article.topics.iter().find(|(one, _)| one == id);
                let names = topics.iter().filter_map(name_of).map(|(_, name)| name.as_str());
                let topics = names.collect::<Vec<_>>().join(", ");
                let values = [("date", locale.date(*date).into()), ("topics", topics.into())];
                locale.text_with("kicker-event", &values)
            }
            Detail::Proposal { date, .. } => {
                let values = [
                    ("date", locale.date(*date).into()),
                    ("by", catalog.authors(item).into()),
                    ("status", catalog.proposal_status(item).into()),
                ];
                locale.text_with("kicker-proposal", &values)
            }
            Detail::Outlook { leans } => locale.text(&format!("kicker-{}", leans.name())),
            Detail::Plain if kind == Kind::Section => locale
                .text_with("kicker-section", &[("number", place().into()), ("of", of().into())]),
            Detail::Position { .. } | Detail::Plain => catalog.kind_name(kind),
        };
    if catalog.has_several() {
        line = format!("{} · {line}", item.article.short_title);
    }
    line
}

fn covers_until_text(locale: &Locale, item: Item<'_>) -> String {
    let values = [
        ("date", locale.date(item.article.covers_until.into()).into()),
        ("revision", item.entry.revision.into()),
    ];
    locale.text_with("covers-until.entry", &values)
}

/// The previous and next entry, if entries of this kind are ordered.
fn neighbors(item: Item<'_>) -> (Option<Item<'_>>, Option<Item<'_>>) {
    let kind = item.entry.kind;
    let is_ordered = matches!(kind, Kind::Demand | Kind::Event | Kind::Proposal | Kind::Section);
    let neighbor = |position: Option<usize>| {
        let position = position.filter(|_| is_ordered)?;
        let entry = item.article.entries.get(position)?;
        (entry.kind == kind).then(|| item.at_position(position))
    };
    (neighbor(item.position().checked_sub(1)), neighbor(item.position().checked_add(1)))
}

/// The sources cited on a page, by citation number.
pub fn sources(
    locale: &Locale,
    item: Item<'_>,
    view: &View,
    body: &[Paragraph],
) -> Vec<SourceLine> {
    let mark =
        |span: &TextSpan| if let TextSpan::Mark(number) = span { Some(*number) } else { None };
    let spans = body.iter().flat_map(|paragraph| &paragraph.text.0);
    let marks: BTreeSet<usize> = spans.filter_map(mark).collect();
    let line = |mark: usize| Some(source_line(locale, item, mark, *view.citations.get(mark - 1)?));
    marks.into_iter().filter_map(line).collect()
}

fn source_line(locale: &Locale, item: Item<'_>, mark: usize, citation: Citation) -> SourceLine {
    match citation {
        Citation::Paragraph { section, paragraph } => {
            let article = item.article;
            let section = article.sections[section].title.as_str();
            // A section without a heading has a description in parentheses.
            let (key, section) =
                match section.strip_prefix('(').and_then(|title| title.strip_suffix(')')) {
                    Some(description) => ("source-paragraph.described", description),
                    None => ("source-paragraph", section),
                };
            let values = [
                ("publisher", article.publisher.as_str().into()),
                ("title", article.title.as_str().into()),
                ("section", section.into()),
                ("paragraph", paragraph.into()),
            ];
            SourceLine {
                mark,
                text: locale.text_with(key, &values),
                url: Some(article.url.clone()),
            }
        }
        Citation::Source(source) => {
            let source = &item.article.sources[source];
            SourceLine { mark, text: bibliography(locale, source), url: source.url.clone() }
        }
    }
}

/// Formats a source: publisher, title, date, who reported it.
fn bibliography(locale: &Locale, source: &Source) -> String {
    let date =
        source.date.map_or_else(|| locale.text("source-undated"), |date: Date| locale.date(date));
    let values = [
        ("publisher", source.publisher.as_str().into()),
        ("title", source.title.as_str().into()),
        ("date", date.into()),
    ];
    let key = if source.is_described() { "source-record.described" } else { "source-record" };
    let mut line = locale.text_with(key, &values);
    if let Some(via) = &source.via {
        line.push_str(&locale.text_with("source-via", &[("via", via.as_str().into())]));
    }
    line
}
