//! Loads articles in three passes, like a compiler: parse every file, resolve references between
//! those without errors, report what is unresolved.

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

use jiff::civil;

use super::citations::FootnoteIndex;
use super::diagnostic::Diagnostics;
use super::files::{Files, Folder};
use super::source_text::is_readable;
use super::{Article, Kind, Slug};
use entry::ParsedEntry;
use layout::{ArticleFiles, EntryFile};
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
    check_id(id, folder, diagnostics);
    let files = layout::classify_files(folder, diagnostics);
    // References to a misplaced or unreadable file are not wrong.
    let has_all_files = !folder.is_unreadable && diagnostics.error_count() == before;
    let article_path = folder.path("article.toml");
    let article = required_text(folder, "article.toml", article::HELP, diagnostics);
    let (article, featured) = article
        .and_then(|text| article::parse(id, text, today, &mut diagnostics.reporter(&article_path)))
        .unzip();
    let sources_path = folder.path("sources.toml");
    let sources = required_text(folder, "sources.toml", sources::HELP, diagnostics);
    let sources = sources
        .map(|text| sources::parse(text, today, &mut diagnostics.reporter(&sources_path)))
        .unwrap_or_default();
    let sections = article.as_ref().map(|article| &article.sections[..]);
    let is_complete = sections.is_some_and(|sections| {
        linker::check_sections(sections, &files, folder, diagnostics) && sources.is_complete
    });
    let sections = sections.unwrap_or_default();
    let footnotes = FootnoteIndex::new(sections, &sources.list, is_complete);
    let parsed = parse_entries(&files, article.as_ref(), &footnotes, today, diagnostics);
    let checked = article.iter().map(|article| article.checked);
    let checked = checked.chain(parsed.iter().map(|entry| entry.checked));
    sources.report_later_than(checked, &mut diagnostics.reporter(&sources_path));
    // References to entries with errors, and to those of sections, are not wrong.
    let others = files.entries.iter().map(|file| (file.kind, file.id.clone()));
    let others = others.chain(sections.iter().map(|one| (Kind::Section, one.id.clone())));
    let mut scope = LinkScope {
        article: article.as_ref(),
        entries: &EntryIndex::new(&parsed, others),
        footnotes: &footnotes,
        reporter: diagnostics.reporter(&article_path),
    };
    let links = featured.iter().flatten();
    let featured = links.filter_map(|link| scope.resolve_link(link)).collect();
    let asks = asks::parse(&files, &mut scope);
    let entries = linker::link(parsed, asks, &mut scope);
    match has_all_files {
        true => diagnostics.report_unresolved(),
        false => diagnostics.drop_unresolved(),
    }
    if entries.is_empty() && diagnostics.error_count() == before {
        let help = "write the first: <kind>/<id>.md";
        diagnostics.reporter(&article_path).file_error("the article has no entries", help);
    }
    if diagnostics.error_count() > before || folder.is_unreadable {
        return None;
    }
    Some(Article { sources: sources.list, entries, featured, ..article? })
}

fn check_id(id: &str, folder: &Folder, diagnostics: &mut Diagnostics) {
    if Slug::parse(id).is_none() {
        let help = "rename it: lower-case letters, digits and single hyphens, at most 40";
        let message = "this folder's name is not an article id";
        diagnostics.reporter(&folder.path("")).file_error(message, help);
    }
}

/// The entries whose front matter has no error, in order.
fn parse_entries(
    files: &ArticleFiles<'_>,
    article: Option<&Article>,
    footnotes: &FootnoteIndex<'_>,
    today: Option<civil::Date>,
    diagnostics: &mut Diagnostics,
) -> Vec<ParsedEntry> {
    let parse = |file: &EntryFile<'_>| {
        let reporter = diagnostics.reporter(&file.path);
        let mut parser = entry::Parser { article, footnotes, today, reporter };
        parser.parse(file.kind, &file.id, file.text?)
    };
    let mut parsed: Vec<ParsedEntry> = files.entries.iter().filter_map(parse).collect();
    linker::sort_entries(article.map_or(&[], |article| &article.sections[..]), &mut parsed);
    parsed
}

/// The text of a file that every article has; `None` if it is missing or unreadable.
fn required_text<'f>(
    folder: &'f Folder,
    file: &str,
    help: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'f str> {
    let path = folder.path(file);
    let mut reporter = diagnostics.reporter(&path);
    let text = folder.files.get(file);
    if text.is_none() && !folder.is_unreadable {
        reporter.file_error("this file is missing", help);
    }
    text.filter(|text| is_readable(text, &mut reporter)).map(|text| &**text)
}
