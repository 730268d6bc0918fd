//! Links parsed entries: resolves references, and checks consistency between entries.

use super::super::diagnostic::Diagnostics;
use super::super::table::Text;
use super::super::{Detail, Entry, Kind, Slug};
use super::article::ParsedArticle;
use super::asks::Asks;
use super::entry::{HEAD, KindKeys, ParsedEntry};
use super::scope::LinkScope;
use super::{names, proposals, stances};
use crate::text::nearest;

/// Sorts entries as [`Article::entries`](super::super::Article::entries) are.
pub(super) fn sort_entries(article: &ParsedArticle, parsed: &mut [ParsedEntry]) {
    parsed.sort_by_cached_key(|entry| {
        let (number, date) = match &entry.keys {
            KindKeys::Demand(keys) => (*keys.number.get_ref(), None),
            KindKeys::Event(date, _) | KindKeys::Proposal(date, _) => {
                (0, date.map(|date| date.timeline_order()))
            }
            _ if entry.kind == Kind::Section => {
                let index = article.sections.iter().position(|section| section.id == entry.id);
                (index.and_then(|index| i64::try_from(index).ok()).unwrap_or(i64::MAX), None)
            }
            _ => (0, None),
        };
        let title = entry.common.title.as_str().to_lowercase();
        (entry.kind, number, date, title, entry.id.clone())
    });
}

/// The linked entries; `None` if any has an error.
pub(super) fn link(
    parsed: Vec<ParsedEntry>,
    mut asks: Asks,
    article_path: &str,
    scope: &mut LinkScope<'_>,
) -> Option<Vec<Entry>> {
    names::check(&parsed, scope.diagnostics);
    check_holders(&parsed, scope.diagnostics);
    check_sections(&parsed, article_path, scope);
    if scope.entries.is_empty() && !scope.diagnostics.has_errors() {
        let message = "the article has no entries";
        scope.reporter(article_path).file_error(message, "write the first: <kind>/<id>.md");
    }
    let details: Vec<Option<Detail>> = parsed.iter().map(|entry| detail(entry, scope)).collect();
    // A missing demand, already reported, leaves a gap in the numbers.
    if !scope.unresolved.has_kind(Kind::Demand) {
        check_numbers(&parsed, scope);
    }
    // All entries are linked before returning, so that all errors are reported.
    let entries: Vec<Option<Entry>> = parsed
        .into_iter()
        .zip(details)
        .map(|(entry, detail)| finish(entry, detail, &mut asks, scope))
        .collect();
    entries.into_iter().collect()
}

/// Checks that demands are numbered 1, 2, 3 … without gaps.
fn check_numbers(parsed: &[ParsedEntry], scope: &mut LinkScope<'_>) {
    let numbers = || {
        parsed.iter().filter_map(|entry| match &entry.keys {
            KindKeys::Demand(keys) => Some((*keys.number.get_ref(), entry, keys.number.span())),
            _ => None,
        })
    };
    let help = "give each demand its place in the article's list";
    names::check_unique(numbers(), "number", help, scope.diagnostics);
    let total = scope.entries.demands.len();
    let is_in_range = |number: i64| (1..=total).any(|place| i64::try_from(place) == Ok(number));
    for (_, entry, span) in numbers().filter(|(number, ..)| !is_in_range(*number)) {
        let message = format!("the {total} demands are numbered 1 to {total}");
        scope.reporter(&entry.path).error(span, message, help);
    }
}

fn check_holders(parsed: &[ParsedEntry], diagnostics: &mut Diagnostics) {
    let holders = parsed.iter().filter_map(|entry| match &entry.keys {
        KindKeys::Position(keys) => Some((keys.holder.as_str(), entry, keys.holder.span())),
        _ => None,
    });
    let help = "join the two positions, or name another holder";
    names::check_unique(holders, "holder", help, diagnostics);
}

/// Checks that sections of article.toml and section entries correspond.
fn check_sections(parsed: &[ParsedEntry], article_path: &str, scope: &mut LinkScope<'_>) {
    let sections = &scope.article.sections;
    let has_entry = |id: &Slug| id.as_str().is_empty() || scope.entries.contains(Kind::Section, id);
    for section in sections.iter().filter(|section| !has_entry(&section.id)) {
        let path = article_path.replace("article.toml", &format!("section/{}.md", section.id));
        let message = format!("section `{}` of article.toml has no entry", section.id);
        let help = "add this file: what the section says, in our own words";
        scope.diagnostics.reporter(&path).file_error(message, help);
    }
    let ids = || sections.iter().map(|section| section.id.as_str());
    let entries = parsed.iter().filter(|entry| entry.kind == Kind::Section);
    for entry in entries.filter(|_| scope.article.has_all_sections) {
        if ids().all(|id| id != entry.id.as_str()) {
            let help = match nearest(entry.id.as_str(), ids()) {
                Some(near) => format!("rename the file to {near}.md, or add it to [[sections]]"),
                None => "add it to [[sections]]".to_owned(),
            };
            let message = format!("article.toml has no section `{}`", entry.id);
            scope.diagnostics.reporter(&entry.path).error(HEAD, message, help);
        }
    }
}

fn finish(
    entry: ParsedEntry,
    detail: Option<Detail>,
    asks: &mut Asks,
    scope: &mut LinkScope<'_>,
) -> Option<Entry> {
    let related = resolve_related(&entry, scope);
    let (asks, words) = asks.remove(&(entry.kind, entry.id.clone())).unwrap_or_default();
    Some(Entry {
        kind: entry.kind,
        id: entry.id,
        title: entry.common.title.into_string(),
        summary: entry.common.summary.into_string(),
        aliases: entry.common.aliases.into_iter().map(Text::into_string).collect(),
        asks,
        words,
        related,
        checked: entry.checked?,
        revision: u32::try_from(entry.common.revision.into_inner()).ok()?,
        disputed: entry.common.disputed.map(Text::into_string),
        detail: detail?,
        views: entry.views,
    })
}

fn resolve_related(entry: &ParsedEntry, scope: &mut LinkScope<'_>) -> Vec<usize> {
    let mut related = Vec::new();
    for link in entry.common.related.iter().filter(|link| !link.is_placeholder()) {
        if link.as_str().split_once('/') == Some((entry.kind.name(), entry.id.as_str())) {
            let span = link.span();
            let message = "the entry is related to itself";
            scope.reporter(&entry.path).error(span, message, "remove it");
        } else {
            related.extend(scope.resolve_link(link, &entry.path));
        }
    }
    related
}

fn detail(entry: &ParsedEntry, scope: &mut LinkScope<'_>) -> Option<Detail> {
    Some(match &entry.keys {
        KindKeys::Demand(keys) => {
            Detail::Demand { number: u8::try_from(*keys.number.get_ref()).ok()? }
        }
        KindKeys::Event(date, topics) => Detail::Event {
            date: (*date)?,
            topics: topics.iter().map(|topic| topic.as_str().to_owned()).collect(),
        },
        KindKeys::Proposal(date, keys) => {
            let by: Vec<Option<usize>> =
                keys.by.iter().map(|actor| scope.resolve_actor(actor, &entry.path)).collect();
            let cells = proposals::resolve_cells(entry, keys, scope);
            Detail::Proposal {
                date: (*date)?,
                by: by.into_iter().collect::<Option<_>>()?,
                status: keys.status.parse()?,
                cells,
            }
        }
        KindKeys::Outlook(keys) => Detail::Outlook { leans: keys.leans.parse()? },
        KindKeys::Position(keys) => {
            let holder = scope.resolve_actor(&keys.holder, &entry.path);
            let stances = stances::resolve_stances(entry, keys, scope);
            Detail::Position { holder: holder?, stances }
        }
        KindKeys::Plain => Detail::Plain,
    })
}
