//! Loads articles in three passes, as a compiler would: parse every file, resolve references between them, report what is left.

mod article;
mod asks;
mod dates;
mod demands;
mod entry;
mod layout;
mod linker;
mod names;
mod proposals;
mod scope;
mod sources;
mod stances;

use std::collections::BTreeSet;

use jiff::civil;

use super::citations::FootnoteIndex;
use super::diagnostic::{Diagnostics, Reporter};
use super::files::{Files, Folder};
use super::unresolved::UnresolvedReferences;
use super::{Article, Kind, Point, Slug};
use article::ParsedArticle;
use scope::{EntryIndex, LinkScope};

/// Loads the articles of `files`. An article with an error is left out.
pub fn load(files: &Files, diagnostics: &mut Diagnostics) -> Vec<Article> {
    load_all(files, None, diagnostics)
}

/// Loads as [`load`] does and also reports days of checking that are in the future. A bot that serves does not: it would refuse a
/// good dataset because of its host's clock.
pub fn check(files: &Files, today: civil::Date, diagnostics: &mut Diagnostics) -> Vec<Article> {
    load_all(files, Some(today), diagnostics)
}

fn load_all(
    files: &Files,
    today: Option<civil::Date>,
    diagnostics: &mut Diagnostics,
) -> Vec<Article> {
    let articles = files.articles();
    articles.filter_map(|(id, folder)| load_article(id, folder, today, diagnostics)).collect()
}

fn load_article(
    id: &str,
    folder: &Folder,
    today: Option<civil::Date>,
    diagnostics: &mut Diagnostics,
) -> Option<Article> {
    let before = diagnostics.error_count();
    if Slug::parse(id).is_none() {
        let help = "rename it: lower-case letters, digits and single hyphens, at most 40";
        diagnostics.file_error(&folder.path(""), "this folder's name is no article id", help);
    }
    let article_path = folder.path("article.toml");
    if folder.files.is_empty() && folder.folders.is_empty() && !folder.is_unreadable {
        diagnostics.file_error(&article_path, "this file is missing", article::HELP);
        return None;
    }
    let files = layout::sort(folder, diagnostics);
    let article = {
        let mut reporter = Reporter { path: &article_path, diagnostics };
        article::parse(files.table("article.toml"), today, &mut reporter)
    };
    let sources_path = folder.path("sources.toml");
    let mut reporter = Reporter { path: &sources_path, diagnostics };
    let sources = sources::parse(files.table("sources.toml"), today, &mut reporter);

    let undeclared = undeclared_sections(&article, &files);
    let records = sources.list.iter().map(|source| &source.record);
    let mut footnotes = FootnoteIndex::new(&article.sections, records, undeclared);
    footnotes.has_all_sections = article.has_all_sections;
    footnotes.has_all_sources = sources.is_complete;

    let mut unresolved = UnresolvedReferences::default();
    let (mut parsed, mut unreadable) = (Vec::new(), BTreeSet::new());
    for ((kind, id), file) in files.entries {
        let mut parser = entry::Parser {
            article: &article,
            footnotes: &footnotes,
            today,
            unresolved: &mut unresolved,
            reporter: Reporter { path: &file.path, diagnostics },
        };
        match file.text.and_then(|text| parser.parse(kind, &id, &text)) {
            Some(entry) => parsed.push(entry),
            None => drop(unreadable.insert((kind, id))),
        }
    }
    linker::sort(&article, &mut parsed);
    let entries = EntryIndex::new(&article, &parsed, unreadable);
    let last_checked = parsed.iter().filter_map(|entry| entry.checked).chain(article.checked);
    let last_checked = last_checked.map(Point::first_day).max();
    sources.report_later_than(last_checked, &mut Reporter { path: &sources_path, diagnostics });
    let mut scope = LinkScope {
        article: &article,
        entries: &entries,
        footnotes: &footnotes,
        unresolved: &mut unresolved,
        diagnostics,
    };
    let links = article.featured();
    let featured = links.filter_map(|link| scope.resolve_link(link, &article_path)).collect();
    let asks = asks::parse(&files.asks, &entries, scope.unresolved, scope.diagnostics);
    let linked = linker::link(parsed, asks, &article_path, &mut scope);
    if sources.list.is_empty() {
        let mut reporter = Reporter { path: &sources_path, diagnostics };
        sources::report_none(&unresolved.take_footnotes(), &mut reporter);
    }
    article.report_overruns(&mut unresolved, &mut Reporter { path: &article_path, diagnostics });
    unresolved.report(diagnostics);
    if diagnostics.error_count() > before || folder.is_unreadable {
        return None;
    }
    let sources = sources.list.into_iter().map(|source| source.record).collect();
    article.finish(Slug::of(id), sources, linked?, featured)
}

/// The ids of section entries that article.toml does not declare.
fn undeclared_sections(
    article: &ParsedArticle,
    files: &layout::ArticleFiles<'_>,
) -> BTreeSet<String> {
    let sections = files.entries.keys().filter(|(kind, _)| *kind == Kind::Section);
    sections
        .map(|(_, id)| id)
        .filter(|id| article.sections.iter().all(|section| section.id != **id))
        .map(Slug::to_string)
        .collect()
}
