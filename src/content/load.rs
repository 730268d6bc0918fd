//! Loads articles in three passes, like a compiler: parse every file, resolve references, report
//! what is unresolved.

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
use super::{Article, Kind, PartialDate, Slug};
use article::ParsedArticle;
use layout::{ArticleFiles, FileRole};
use scope::{EntryIndex, LinkScope};

/// Loads the articles of `files`. Articles with errors are omitted.
pub fn load(files: &Files, diagnostics: &mut Diagnostics) -> Vec<Article> {
    load_all(files, None, diagnostics)
}

/// Like [`load`], but also reports `checked` dates in the future. A serving bot skips that check,
/// so that a wrong clock does not reject a good dataset.
pub fn check(files: &Files, today: civil::Date, diagnostics: &mut Diagnostics) -> Vec<Article> {
    load_all(files, Some(today), diagnostics)
}

fn load_all(
    files: &Files,
    today: Option<civil::Date>,
    diagnostics: &mut Diagnostics,
) -> Vec<Article> {
    let folders = files.articles();
    let articles = folders.filter_map(|(id, folder)| load_article(id, folder, today, diagnostics));
    let articles = articles.collect();
    diagnostics.copy_texts(files);
    articles
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
        diagnostics
            .reporter(&folder.path(""))
            .file_error("this folder's name is no article id", help);
    }
    let article_path = folder.path("article.toml");
    if folder.files.is_empty() && folder.folders.is_empty() && !folder.is_unreadable {
        diagnostics.reporter(&article_path).file_error("this file is missing", article::HELP);
        return None;
    }
    let files = layout::classify_files(folder, diagnostics);
    let mut reporter = diagnostics.reporter(&article_path);
    let text = table_text(&files, "article.toml", article::HELP, &mut reporter);
    let article = article::parse(text, today, &mut reporter);
    let sources_path = folder.path("sources.toml");
    let mut reporter = diagnostics.reporter(&sources_path);
    let text = table_text(&files, "sources.toml", sources::HELP, &mut reporter);
    let sources = sources::parse(text, today, &mut reporter);

    let undeclared = undeclared_sections(&article, &files);
    let mut footnotes = FootnoteIndex::new(&article.sections, sources.list.iter(), undeclared);
    footnotes.has_all_sections = article.has_all_sections;
    footnotes.has_all_sources = sources.is_complete;

    let mut unresolved = UnresolvedReferences::default();
    let (mut parsed, mut unreadable) = (Vec::new(), BTreeSet::new());
    for (role, file) in &files {
        let FileRole::Entry(kind, id) = role else { continue };
        let mut parser = entry::Parser {
            article: &article,
            footnotes: &footnotes,
            today,
            unresolved: &mut unresolved,
            reporter: diagnostics.reporter(&file.path),
        };
        match file.text.as_ref().and_then(|text| parser.parse(*kind, id, text)) {
            Some(entry) => parsed.push(entry),
            None => drop(unreadable.insert((*kind, id.clone()))),
        }
    }
    linker::sort_entries(&article, &mut parsed);
    let entries = EntryIndex::new(&article, &parsed, unreadable);
    let last_checked = parsed.iter().filter_map(|entry| entry.checked).chain(article.checked);
    let last_checked = last_checked.map(PartialDate::first_day).max();
    sources.report_later_than(last_checked, &mut diagnostics.reporter(&sources_path));
    let mut scope = LinkScope {
        article: &article,
        entries: &entries,
        footnotes: &footnotes,
        unresolved: &mut unresolved,
        diagnostics,
    };
    let links = article.featured();
    let featured = links.filter_map(|link| scope.resolve_link(link, &article_path)).collect();
    let asks = asks::parse(&files, &mut scope);
    let linked = linker::link(parsed, asks, &article_path, &mut scope);
    if sources.list.is_empty() {
        sources::report_none(
            &unresolved.take_footnotes(),
            &mut diagnostics.reporter(&sources_path),
        );
    }
    article.report_overruns(&mut unresolved, &mut diagnostics.reporter(&article_path));
    unresolved.report(diagnostics);
    if diagnostics.error_count() > before || folder.is_unreadable {
        return None;
    }
    article.finish(Slug::from_text(id), sources.list, linked?, featured)
}

/// The text of a TOML file. A missing file is reported.
fn table_text<'f>(
    files: &'f ArticleFiles<'_>,
    table: &'static str,
    help: &str,
    reporter: &mut Reporter<'_>,
) -> Option<&'f str> {
    let file = files.get(&FileRole::Table(table));
    if file.is_none() {
        reporter.file_error("this file is missing", help);
    }
    file?.text.as_deref()
}

/// The ids of section entries that article.toml does not declare.
fn undeclared_sections<'f>(
    article: &ParsedArticle,
    files: &'f ArticleFiles<'_>,
) -> BTreeSet<&'f str> {
    let sections = files.keys().filter_map(|role| match role {
        FileRole::Entry(Kind::Section, id) => Some(id),
        _ => None,
    });
    let is_undeclared = |id: &&Slug| article.sections.iter().all(|section| section.id != **id);
    sections.filter(is_undeclared).map(Slug::as_str).collect()
}
