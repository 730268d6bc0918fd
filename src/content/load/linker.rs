//! Links parsed entries: resolves references, and checks consistency between entries.

use std::collections::{BTreeMap, BTreeSet};

use super::super::diagnostic::Diagnostics;
use super::super::files::Folder;
use super::super::format::{EventKeys, ProposalKeys};
use super::super::table::SpannedText;
use super::super::{Date, Detail, Entry, Kind, Section};
use super::asks::Asks;
use super::entry::{FIRST_LINE, KindKeys, ParsedEntry};
use super::layout::ArticleFiles;
use super::scope::LinkScope;
use super::{names, proposals, stances};

/// Sorts entries as [`Article::entries`](super::super::Article::entries) are.
pub(super) fn sort_entries(sections: &[Section], parsed: &mut [ParsedEntry]) {
    parsed.sort_by_cached_key(|entry| {
        let (number, date) = match &entry.keys {
            KindKeys::Demand(keys) => (Some(usize::from(*keys.number.get_ref())), None),
            KindKeys::Event(EventKeys { date, .. })
            | KindKeys::Proposal(ProposalKeys { date, .. }) => {
                (None, Some(date.parse::<Date>().timeline_order()))
            }
            _ if entry.kind == Kind::Section => {
                (sections.iter().position(|section| section.id == entry.id), None)
            }
            _ => (None, None),
        };
        let title = entry.common.title.as_str().to_lowercase();
        (entry.kind, number, date, title, entry.id.clone())
    });
}

/// Resolves the references of entries.
pub(super) fn link(
    parsed: Vec<ParsedEntry>,
    mut asks: Asks,
    scope: &mut LinkScope<'_>,
) -> Vec<Entry> {
    let diagnostics = &mut *scope.reporter.diagnostics;
    names::check(&parsed, diagnostics);
    check_holders(&parsed, diagnostics);
    let details = parsed.iter().map(|entry| detail(entry, &mut scope.of_file(&entry.path)));
    let details: Vec<Option<Detail>> = details.collect();
    // A missing demand leaves a gap in the numbers.
    if !scope.reporter.diagnostics.has_unresolved() {
        check_numbers(&parsed, scope);
    }
    let entries = parsed.into_iter().zip(details);
    entries.filter_map(|(entry, detail)| Some(finish(entry, detail?, &mut asks, scope))).collect()
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
    let spans = numbers().map(|(number, entry, span)| (number, entry, Some(span)));
    names::check_unique(spans, "number", help, scope.reporter.diagnostics);
    let total = scope.entries.demands.len();
    for (_, entry, span) in numbers().filter(|(number, ..)| usize::from(*number) > total) {
        let message = format!("the {total} demands are numbered 1 to {total}");
        scope.of_file(&entry.path).reporter.error(span, message, help);
    }
}

fn check_holders(parsed: &[ParsedEntry], diagnostics: &mut Diagnostics) {
    let holders = parsed.iter().filter_map(|entry| match &entry.keys {
        KindKeys::Position(keys) => Some((keys.holder.as_str(), entry, Some(keys.holder.span()))),
        _ => None,
    });
    let help = "join the two positions, or name another holder";
    names::check_unique(holders, "holder", help, diagnostics);
}

/// Whether the sections of article.toml and the section entries correspond. If not, the differences
/// are reported.
pub(super) fn check_sections(
    sections: &[Section],
    files: &ArticleFiles<'_>,
    folder: &Folder,
    diagnostics: &mut Diagnostics,
) -> bool {
    let entries: BTreeMap<&str, &str> = files
        .entries
        .iter()
        .filter(|file| file.kind == Kind::Section)
        .map(|file| (file.id.as_str(), file.path.as_str()))
        .collect();
    let ids: BTreeSet<&str> = sections.iter().map(|section| section.id.as_str()).collect();
    for id in ids.iter().filter(|id| !entries.contains_key(**id)) {
        let message = format!("section `{id}` of article.toml has no entry");
        let help = "add this file: what the section says, in our own words";
        let path = folder.path(&format!("section/{id}.md"));
        diagnostics.reporter(&path).file_error(message, help);
    }
    for (id, path) in entries.iter().filter(|(id, _)| !ids.contains(**id)) {
        let message = format!("article.toml has no section `{id}`");
        let help = "add it to [[sections]], or rename this file to the id of a section there";
        diagnostics.reporter(path).error(FIRST_LINE, message, help);
    }
    entries.keys().eq(&ids)
}

fn finish(entry: ParsedEntry, detail: Detail, asks: &mut Asks, scope: &mut LinkScope<'_>) -> Entry {
    let related = resolve_related(&entry, &mut scope.of_file(&entry.path));
    let (asks, words) = asks.remove(&(entry.kind, entry.id.clone())).unwrap_or_default();
    Entry {
        kind: entry.kind,
        id: entry.id,
        title: entry.common.title.into_string(),
        summary: entry.common.summary.into_string(),
        aliases: entry.common.aliases.into_iter().map(SpannedText::into_string).collect(),
        asks,
        words,
        related,
        revision: entry.common.revision,
        disputed: entry.common.disputed,
        detail,
        views: entry.views,
    }
}

fn resolve_related(entry: &ParsedEntry, scope: &mut LinkScope<'_>) -> Vec<usize> {
    let mut related = Vec::new();
    for link in &entry.common.related {
        if link.as_str().split_once('/') == Some((entry.kind.name(), entry.id.as_str())) {
            let message = "the entry is related to itself";
            scope.reporter.error(link.span(), message, "remove it");
        } else {
            related.extend(scope.resolve_link(link));
        }
    }
    related
}

/// `None` if the holder of a position is unknown, which has been reported.
fn detail(entry: &ParsedEntry, scope: &mut LinkScope<'_>) -> Option<Detail> {
    Some(match &entry.keys {
        KindKeys::Demand(keys) => Detail::Demand { number: *keys.number.get_ref() },
        KindKeys::Event(keys) => Detail::Event {
            date: keys.date.parse(),
            topics: keys.topics.iter().map(|topic| topic.as_str().to_owned()).collect(),
        },
        KindKeys::Proposal(keys) => {
            let by = keys.by.iter();
            Detail::Proposal {
                date: keys.date.parse(),
                by: by.filter_map(|id| scope.resolve_id(Kind::Actor, id)).collect(),
                status: keys.status,
                cells: proposals::resolve_cells(keys, scope),
            }
        }
        KindKeys::Outlook(keys) => Detail::Outlook { leans: keys.leans },
        KindKeys::Position(keys) => {
            let stances = stances::resolve_stances(entry, keys, scope);
            let holder = scope.resolve_id(Kind::Actor, &keys.holder)?;
            Detail::Position { holder, stances }
        }
        KindKeys::Plain => Detail::Plain,
    })
}
