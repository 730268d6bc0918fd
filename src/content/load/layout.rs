//! Classifies the files of an article by path.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::super::diagnostic::Diagnostics;
use super::super::files::Folder;
use super::super::source_text::is_readable;
use super::super::{Kind, Slug};

/// The files of an article except `article.toml` and `sources.toml`. Misplaced and unreadable files
/// have been reported.
#[derive(Default)]
pub(super) struct ArticleFiles<'t> {
    pub entries: Vec<EntryFile<'t>>,
    /// The kind, path and text of each file of asks.
    pub asks: Vec<(Kind, String, &'t str)>,
}

pub(super) struct EntryFile<'t> {
    pub kind: Kind,
    pub id: Slug,
    pub path: String,
    /// `None` if the file is unreadable.
    pub text: Option<&'t str>,
}

pub(super) fn classify_files<'t>(
    folder: &'t Folder,
    diagnostics: &mut Diagnostics,
) -> ArticleFiles<'t> {
    let mut files = ArticleFiles::default();
    for (file, text) in &folder.files {
        let path = folder.path(file);
        let mut reporter = diagnostics.reporter(&path);
        match file.split_once('/') {
            Some(("asks", name)) => match name.strip_suffix(".toml").and_then(Kind::from_name) {
                Some(kind) if is_readable(text, &mut reporter) => {
                    files.asks.push((kind, path, text));
                }
                Some(_) => {}
                None => {
                    let message = "this file's name is not a kind of entry";
                    reporter.file_error(message, help_for_asks(folder, name));
                }
            },
            Some((folder_name, name)) => match (Kind::from_name(folder_name), id_of_entry(name)) {
                (Some(kind), Some(id)) => {
                    let text = is_readable(text, &mut reporter).then_some(&**text);
                    files.entries.push(EntryFile { kind, id, path, text });
                }
                (Some(_), None) => {
                    let help = help_for_entry(folder, folder_name, name);
                    reporter.file_error("this file's name is not an entry id", help);
                }
                (None, _) => {
                    // Once per folder, as duplicates are dropped.
                    let message = format!("no kind of entry is called `{folder_name}`");
                    let help = format!(
                        "move its files to where they belong, or out of the dataset; {}",
                        kinds()
                    );
                    diagnostics.reporter(&folder.path(folder_name)).file_error(message, help);
                }
            },
            None if is_for_people(file) || ["article.toml", "sources.toml"].contains(&&**file) => {}
            None => {
                let help = "an article has article.toml, sources.toml, <kind>/<id>.md and asks/<kind>.toml, and notes in README.md or CHANGES.md; move it out of the dataset, or if no such file is there, name it so";
                reporter.file_error("this file belongs to no part of an article", help);
            }
        }
    }
    files
}

/// What to do with a file among the asks. It may hold somebody's text, so it is never to be deleted.
fn help_for_asks(folder: &Folder, name: &str) -> String {
    let kind = Kind::from_name(Slug::without_copy_marks(name).as_str());
    match kind.map(|kind| format!("{}.toml", kind.name())) {
        Some(original) if folder.files.contains_key(&format!("asks/{original}")) => {
            help_for_copy(&original)
        }
        Some(original) => format!("if it holds asks, rename it {original}; if not, {MOVE_IT_OUT}"),
        None => {
            format!("if it holds asks, name it <kind>.toml; if not, {MOVE_IT_OUT}; {}", kinds())
        }
    }
}

/// What to do with a file among the entries.
fn help_for_entry(folder: &Folder, kind: &str, name: &str) -> String {
    let plain: String = name.nfkd().filter(|letter| !is_combining_mark(*letter)).collect();
    let id = Slug::without_copy_marks(&plain);
    let original = format!("{id}.md");
    let lower = name.to_lowercase();
    let is_text =
        !lower.contains('.') || [".md", ".markdown", ".txt"].iter().any(|end| lower.contains(end));
    match is_text {
        _ if folder.files.contains_key(&format!("{kind}/{original}")) => help_for_copy(&original),
        true if Slug::parse(id.as_str()).is_some() => {
            format!("if it is an entry, rename it {original}; if not, {MOVE_IT_OUT}")
        }
        true => {
            "name it <id>.md: lower-case letters, digits and single hyphens, at most 40".to_owned()
        }
        false => format!("{MOVE_IT_OUT}; an entry is a file <id>.md"),
    }
}

fn help_for_copy(original: &str) -> String {
    format!(
        "it seems to be a copy of {original}, which is there already: compare the two, write into {original} what is missing there, and {MOVE_IT_OUT}"
    )
}

const MOVE_IT_OUT: &str = "move it out of the dataset";

fn kinds() -> String {
    format!("the kinds are {}", Kind::ALL.map(Kind::name).join(", "))
}

fn id_of_entry(name: &str) -> Option<Slug> {
    name.strip_suffix(".md").and_then(Slug::parse)
}

/// Whether a file is documentation such as README.md, which has an upper-case name.
fn is_for_people(file: &str) -> bool {
    let stem = file.split('.').next().unwrap_or_default();
    stem == stem.to_uppercase() && stem.contains(|letter: char| letter.is_ascii_uppercase())
}
