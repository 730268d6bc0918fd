//! Classifies the files of an article by path.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::diagnostic::{Diagnostics, Reporter};
use super::super::files::{File, Folder};
use super::super::source_text::check_text;
use super::super::{Kind, Slug};
use crate::text::nearest;

/// The folder of asks, with one file per kind.
const ASKS: &str = "asks";

const TABLES: [&str; 2] = ["article.toml", "sources.toml"];

/// The role of a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FileRole {
    /// `article.toml` or `sources.toml`.
    Table(&'static str),
    Entry(Kind, Slug),
    /// The asks of a kind.
    Asks(Kind),
}

pub(super) struct SourceFile<'t> {
    pub path: String,
    /// `None` if the file cannot be read, which has been reported.
    pub text: Option<Cow<'t, str>>,
}

pub(super) type ArticleFiles<'t> = BTreeMap<FileRole, SourceFile<'t>>;

/// Classifies files. A misspelled name is reported and the file still parsed, so that references to
/// it are not errors.
pub(super) fn classify_files<'t>(
    folder: &'t Folder,
    diagnostics: &mut Diagnostics,
) -> ArticleFiles<'t> {
    let kinds = folder.folders.iter().filter(|name| *name != ASKS);
    let kinds: BTreeMap<&str, Option<Kind>> =
        kinds.map(|name| (name.as_str(), kind_of_folder(folder, name, diagnostics))).collect();
    let mut sorted = BTreeMap::new();
    for (file, content) in &folder.files {
        let path = folder.path(file);
        let mut reporter = diagnostics.reporter(&path);
        let role = match file.split_once('/') {
            Some((ASKS, name)) => kind_of_asks(folder, name, &mut reporter).map(FileRole::Asks),
            Some((parent, name)) => kinds.get(parent).copied().flatten().and_then(|kind| {
                let id = id_of_entry(folder, (parent, name), content, &mut reporter)?;
                Some(FileRole::Entry(kind, id))
            }),
            None => name_of_table(folder, file, content, &mut reporter).map(FileRole::Table),
        };
        if let Some(role) = role {
            let text = (!content.is_unreadable).then(|| check_text(&content.text, &mut reporter));
            sorted.entry(role).or_insert(SourceFile { path, text: text.flatten() });
        }
    }
    sorted
}

/// The advice where the right name is taken. It must never lead to overwriting another file.
fn compare_with(name: &str) -> String {
    format!("{name} is there already: compare the two, and move this one out of the dataset")
}

fn nearest_kind(name: &str) -> Option<Kind> {
    nearest(&name.to_lowercase(), Kind::ALL.map(Kind::name)).and_then(Kind::from_name)
}

fn kind_of_asks(folder: &Folder, name: &str, reporter: &mut Reporter<'_>) -> Option<Kind> {
    if let Some(kind) = name.strip_suffix(".toml").and_then(Kind::from_name) {
        return Some(kind);
    }
    let near = nearest_kind(name.split('.').next().unwrap_or_default());
    let is_taken = |kind: &Kind| folder.files.contains_key(&format!("{ASKS}/{}.toml", kind.name()));
    let help = match near {
        Some(kind) if is_taken(&kind) => compare_with(&format!("{}.toml", kind.name())),
        Some(kind) => format!("rename it {}.toml", kind.name()),
        None => {
            format!("name it <kind>.toml; the kinds are {}", Kind::ALL.map(Kind::name).join(", "))
        }
    };
    reporter.file_error("this file's name is no kind of entry", help);
    near.filter(|kind| !is_taken(kind))
}

fn kind_of_folder(folder: &Folder, name: &str, diagnostics: &mut Diagnostics) -> Option<Kind> {
    if let Some(kind) = Kind::from_name(name) {
        return Some(kind);
    }
    let near = nearest_kind(name);
    let help = match near {
        Some(kind) if folder.folders.contains(kind.name()) => {
            format!(
                "`{}` is there already: compare the two, move there what it lacks, then remove this folder",
                kind.name()
            )
        }
        Some(kind) => format!("rename the folder to `{}`", kind.name()),
        None => format!("the folders are {}", Kind::ALL.map(Kind::name).join(", ")),
    };
    let message = format!("no kind of entry is called `{name}`");
    diagnostics.reporter(&folder.path(name)).file_error(message, help);
    near
}

fn is_entry_text(content: &File) -> bool {
    !content.is_unreadable && content.text.starts_with("+++")
}

fn name_of_table(
    folder: &Folder,
    file: &str,
    content: &File,
    reporter: &mut Reporter<'_>,
) -> Option<&'static str> {
    const MESSAGE: &str = "this file belongs to no part of an article";
    if let Some(table) = TABLES.into_iter().find(|table| *table == file) {
        return Some(table);
    }
    if let Some(table) = nearest(&file.to_lowercase(), TABLES) {
        let is_taken = folder.files.contains_key(table);
        let help = if is_taken {
            compare_with(table)
        } else {
            format!("rename it {table}, or move it out of the dataset")
        };
        reporter.file_error(MESSAGE, help);
        return (!is_taken).then_some(table);
    }
    // Documentation such as README.md has an upper-case name.
    let stem = file.split('.').next().unwrap_or_default();
    let is_for_people =
        stem == stem.to_uppercase() && stem.contains(|letter: char| letter.is_ascii_uppercase());
    if is_entry_text(content) {
        let message = "an entry outside of the folders of the kinds";
        reporter.file_error(message, "move it to its kind's folder, such as term/");
    } else if !is_for_people {
        let help = "move it out of the dataset; entries are <kind>/<id>.md, notes are README.md or CHANGES.md";
        reporter.file_error(MESSAGE, help);
    }
    None
}

fn id_of_entry(
    folder: &Folder,
    (parent, name): (&str, &str),
    content: &File,
    reporter: &mut Reporter<'_>,
) -> Option<Slug> {
    if let Some(id) = name.strip_suffix(".md").and_then(Slug::parse) {
        return Some(id);
    }
    let id = Slug::from_text(name.split('.').next().unwrap_or_default());
    let is_empty = id.as_str().is_empty();
    let copied = original(folder, parent, name, id.as_str());
    let is_taken = copied.is_some() || folder.files.contains_key(&format!("{parent}/{id}.md"));
    let help = if let Some(original) = copied {
        format!("it looks like a copy of {original}.md: compare the two, then remove this one")
    } else if is_taken {
        format!(
            "{id}.md is there already: compare the two, and move this one out of the dataset or give it another id"
        )
    } else {
        let new_name = if is_empty { "<id>" } else { id.as_str() };
        format!(
            "rename it {new_name}.md: lower-case letters, digits and single hyphens, at most 40"
        )
    };
    reporter.file_error("this file's name is no entry id", help);
    let is_entry = is_entry_text(content) || name.to_lowercase().ends_with(".md");
    (is_entry && !is_taken && !is_empty).then_some(id)
}

/// The entry that a file is a copy of, as file managers and synchronization name them: `a (1).md`,
/// `a copy.md`, `Copy of a.md`.
fn original<'i>(folder: &Folder, parent: &str, name: &str, id: &'i str) -> Option<&'i str> {
    let is_numbered = id.rsplit('-').next()?.bytes().all(|byte| byte.is_ascii_digit());
    let is_copy = ["copy", "conflict"].iter().any(|word| id.contains(word));
    if !is_numbered && !is_copy && !name.contains('(') {
        return None;
    }
    let mut original = id.strip_prefix("copy-of-").unwrap_or(id);
    while !folder.files.contains_key(&format!("{parent}/{original}.md")) {
        original = original.rsplit_once('-')?.0;
    }
    (original != id).then_some(original)
}
