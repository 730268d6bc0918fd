//! Reads the files of articles from disk. What cannot be read is reported and skipped.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use super::super::diagnostic::{Diagnostics, Reporter};
use super::super::{Kind, Slug};
use super::{File, Folder};
use crate::text::is_invisible;

/// The most bytes of one file. An entry has a few thousand; what is larger is not a dataset.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// The most files of an article: twice the largest that the finder is measured with.
const FILES_MAX: usize = 200_000;

/// Reads the articles of a folder, by id.
pub(super) fn read(folder: &Path, diagnostics: &mut Diagnostics) -> BTreeMap<String, Folder> {
    let folder: PathBuf = folder.components().collect();
    if is_article(&folder) {
        return BTreeMap::from([(own_id(&folder), read_article(&folder, diagnostics))]);
    }
    let articles = folder.join("articles");
    if articles.is_dir() && !is_article(&articles) {
        return read_articles(&articles, diagnostics);
    }
    read_articles(&folder, diagnostics)
}

/// Whether a folder is an article's own, even where a part of it is missing.
fn is_article(folder: &Path) -> bool {
    let is_kind = |kind: Kind| {
        folder.join(kind.name()).is_dir() && !folder.join(kind.name()).join("article.toml").exists()
    };
    ["article.toml", "sources.toml"].iter().any(|file| folder.join(file).exists())
        || Kind::ALL.into_iter().any(is_kind)
}

/// The id of an article whose folder was named itself. Such a folder may be called anything: it is often a mount or a temporary copy.
fn own_id(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let id = Slug::of(&name_of(&whole));
    if id.as_str().is_empty() { "article".to_owned() } else { id.to_string() }
}

fn read_articles(folder: &Path, diagnostics: &mut Diagnostics) -> BTreeMap<String, Folder> {
    let display_path = Folder { display_path: display_path(folder), ..Folder::default() }.path("");
    let before = diagnostics.error_count();
    let names = list(folder, &display_path, diagnostics);
    let folders = names.into_iter().filter(|(_, path)| path.is_dir());
    let articles: BTreeMap<String, Folder> =
        folders.map(|(name, path)| (name, read_article(&path, diagnostics))).collect();
    if articles.is_empty() && diagnostics.error_count() == before {
        let help = "name a folder that holds `article.toml`, or a folder of such folders";
        diagnostics.file_error(&display_path, "no article is here", help);
    }
    articles
}

/// Reads an article's files, two levels deep: the article, its kinds.
fn read_article(path: &Path, diagnostics: &mut Diagnostics) -> Folder {
    let before = diagnostics.error_count();
    let mut folder = Folder { display_path: display_path(path), ..Folder::default() };
    for (name, path) in list(path, &folder.path(""), diagnostics) {
        if path.is_dir() && !has_ending(&name) {
            read_kind(&name, &path, &mut folder, diagnostics);
        } else {
            read_file(name, &path, &mut folder, diagnostics);
        }
    }
    folder.is_unreadable = diagnostics.error_count() > before;
    folder
}

fn read_kind(kind: &str, path: &Path, folder: &mut Folder, diagnostics: &mut Diagnostics) {
    folder.folders.insert(kind.to_owned());
    for (name, path) in list(path, &folder.path(kind), diagnostics) {
        let file = format!("{kind}/{name}");
        // A folder of no kind is reported as such, not what is in it.
        let is_kind = Kind::from_name(kind).is_some();
        if path.is_dir() && !has_ending(&name) && !is_kind {
            continue;
        } else if path.is_dir() && !has_ending(&name) {
            let help = "move its files up: one folder per kind, one file per entry";
            diagnostics.file_error(&folder.path(&file), "a folder within a kind's folder", help);
        } else if folder.files.len() < FILES_MAX {
            read_file(file, &path, folder, diagnostics);
        } else {
            diagnostics.file_error(
                &folder.path(""),
                format!("more than {FILES_MAX} files"),
                "split the article",
            );
            return;
        }
    }
}

fn has_ending(name: &str) -> bool {
    [".md", ".toml"].iter().any(|ending| name.ends_with(ending))
}

/// Whether a file was left behind by an editor, a merge or a file manager.
fn is_leftover(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let endings = [".orig", ".rej", ".bak", ".old", ".save", ".tmp", ".swp", ".swo"];
    endings.iter().any(|ending| name.ends_with(ending))
        || ["thumbs.db", "ehthumbs.db", "desktop.ini"].contains(&name.as_str())
}

fn read_file(file: String, path: &Path, folder: &mut Folder, diagnostics: &mut Diagnostics) {
    let display_path = folder.path(&file);
    let mut reporter = Reporter { path: &display_path, diagnostics };
    if is_leftover(file.rsplit('/').next().unwrap_or_default()) {
        let message = "a leftover of an editor, a merge or a file manager";
        return reporter.file_error(message, "remove it, or move it out of the dataset");
    }
    let read = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err((
            "this is a folder, and has to be a file".to_owned(),
            "write the file, or remove the folder",
        )),
        // Reading a pipe would block, a device may have no end.
        Ok(metadata) if !metadata.is_file() => {
            Err(("this is not a regular file".to_owned(), "make it a text file, or remove it"))
        }
        Ok(metadata) if metadata.len() > FILE_BYTES_MAX => {
            let message = format!(
                "this file has {} bytes, at most {FILE_BYTES_MAX} are read",
                metadata.len()
            );
            Err((message, "split it, or remove what is no text"))
        }
        Ok(_) => fs::read(path).map_err(unreadable),
        Err(error) => Err(unreadable(error)),
    };
    let read = match read {
        Ok(bytes) => decode(bytes, &mut reporter),
        Err((message, help)) => {
            reporter.file_error(message, help);
            File::Unreadable(String::new())
        }
    };
    folder.files.insert(file, read);
}

fn unreadable(error: io::Error) -> (String, &'static str) {
    let help = "make it a text file that you may read, or remove it";
    (format!("this file cannot be read: {error}"), help)
}

/// A file's text, without the byte order mark that some editors put before it.
fn decode(bytes: Vec<u8>, reporter: &mut Reporter<'_>) -> File {
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{FEFF}') {
                text.drain(..'\u{FEFF}'.len_utf8());
            }
            File::Text(text.into())
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let span = at..at + '\u{FFFD}'.len_utf8();
            reporter.error(span, "this is not UTF-8", "save the file as UTF-8");
            File::Unreadable(String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
    }
}

/// The names in a folder that are part of a dataset, in order. Hidden files and editors' copies are left alone.
fn list(
    folder: &Path,
    display_path: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, PathBuf)> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let message = match error.kind() {
                io::ErrorKind::NotFound => "this folder does not exist".to_owned(),
                io::ErrorKind::NotADirectory => "this is a file, and has to be a folder".to_owned(),
                _ => format!("this folder cannot be read: {error}"),
            };
            diagnostics.file_error(
                display_path,
                message,
                "name a folder that exists and that you may read",
            );
            return Vec::new();
        }
    };
    let mut list = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(|character| is_invisible(character) || character == '\u{FFFD}') {
            let display_path = format!("{display_path}/{}", name.replace(is_invisible, "\u{FFFD}"));
            diagnostics.file_error(
                &display_path,
                "this name cannot be read",
                "rename the file: letters a to z, digits and hyphens",
            );
        } else if !name.starts_with('.') && !name.ends_with('~') {
            list.push((name, entry.path()));
        }
    }
    list.sort();
    list
}

/// How paths in a folder begin: as it was named, but without a `./` that says nothing.
fn display_path(folder: &Path) -> String {
    let named = folder.components().skip_while(|part| matches!(part, Component::CurDir));
    named.collect::<PathBuf>().display().to_string().replace(is_invisible, "\u{FFFD}")
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
