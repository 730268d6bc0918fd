//! Reads the files of articles from disk. Unreadable files are reported and skipped.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use super::super::diagnostic::{Diagnostics, Reporter};
use super::super::{Kind, Slug};
use super::{File, Folder};
use crate::text::is_invisible;

/// The most bytes of one file. An entry has a few thousand, the bundled bibliography 280,000.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The most files of an article: twice the largest in the search benchmark.
const FILES_MAX: usize = 200_000;

/// Reads the articles in a folder, by id.
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

/// Whether a folder is an article's, even if incomplete.
fn is_article(folder: &Path) -> bool {
    let is_kind = |kind: Kind| {
        folder.join(kind.name()).is_dir() && !folder.join(kind.name()).join("article.toml").exists()
    };
    ["article.toml", "sources.toml"].iter().any(|file| folder.join(file).exists())
        || Kind::ALL.into_iter().any(is_kind)
}

/// The id of an article whose folder was given directly. The folder's name may be arbitrary, as of
/// a mount or a temporary copy.
fn own_id(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let id = Slug::from_text(&whole.file_name().unwrap_or_default().to_string_lossy());
    if id.as_str().is_empty() { "article".to_owned() } else { id.to_string() }
}

fn read_articles(path: &Path, diagnostics: &mut Diagnostics) -> BTreeMap<String, Folder> {
    let display_path = Folder::new(path).path("");
    let before = diagnostics.error_count();
    let folders = list(path, &display_path, diagnostics).into_iter();
    let folders = folders.filter(|(_, path)| path.is_dir());
    let articles: BTreeMap<String, Folder> =
        folders.map(|(name, path)| (name, read_article(&path, diagnostics))).collect();
    if articles.is_empty() && diagnostics.error_count() == before {
        let help = "name a folder that holds `article.toml`, or a folder of such folders";
        diagnostics.reporter(&display_path).file_error("no article is here", help);
    }
    articles
}

/// Reads an article's files, two levels deep: the article and its kinds.
fn read_article(path: &Path, diagnostics: &mut Diagnostics) -> Folder {
    let before = diagnostics.error_count();
    let mut folder = Folder::new(path);
    for (name, path) in list(path, &folder.path(""), diagnostics) {
        if is_folder(&name, &path) {
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
        if folder.files.len() >= FILES_MAX {
            let message = format!("more than {FILES_MAX} files");
            return diagnostics.reporter(&folder.path("")).file_error(message, "split the article");
        } else if !is_folder(&name, &path) {
            read_file(file, &path, folder, diagnostics);
        } else if Kind::from_name(kind).is_some() {
            // An unknown folder is reported once, not each file in it.
            let help = "one folder per kind, one file per entry: move up what is not there already, then remove this folder";
            let path = folder.path(&file);
            diagnostics.reporter(&path).file_error("a folder within a kind's folder", help);
        }
    }
}

/// Whether it is a directory whose name is not that of a file.
fn is_folder(name: &str, path: &Path) -> bool {
    path.is_dir() && !name.ends_with(".md") && !name.ends_with(".toml")
}

/// Whether a file is a leftover of an editor, a merge or a file manager.
fn is_leftover(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let endings = [".orig", ".rej", ".bak", ".old", ".save", ".tmp", ".swp", ".swo"];
    // Vim tests with this name whether it may write in a folder.
    name == "4913"
        || endings.iter().any(|ending| name.ends_with(ending))
        || ["thumbs.db", "ehthumbs.db", "desktop.ini"].contains(&name.as_str())
}

fn read_file(file: String, path: &Path, folder: &mut Folder, diagnostics: &mut Diagnostics) {
    let display_path = folder.path(&file);
    let mut reporter = diagnostics.reporter(&display_path);
    if is_leftover(file.rsplit('/').next().unwrap_or_default()) {
        let message = "a leftover of an editor, a merge or a file manager";
        return reporter.file_error(message, "remove it, or move it out of the dataset");
    }
    let content = match read_bytes(path) {
        Ok(bytes) => decode(bytes, &mut reporter),
        Err((message, help)) => {
            reporter.file_error(message, help);
            File { text: Cow::default(), is_unreadable: true }
        }
    };
    folder.files.insert(file, content);
}

/// The bytes of a file, or a message and help.
fn read_bytes(path: &Path) -> Result<Vec<u8>, (String, &'static str)> {
    let unreadable = |error: io::Error| {
        let help = "make it a text file that you may read, or remove it";
        (format!("this file cannot be read: {error}"), help)
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    let (message, help) = if metadata.is_dir() {
        ("this is a folder, and has to be a file", "write the file, or remove the folder")
    } else if !metadata.is_file() {
        // Reading a pipe would block, and a device may be endless.
        ("this is not a regular file", "make it a text file, or remove it")
    } else if metadata.len() > FILE_BYTES_MAX {
        let bytes = metadata.len();
        let message = format!("this file has {bytes} bytes, at most {FILE_BYTES_MAX} are read");
        return Err((message, "split it, or remove what is no text"));
    } else {
        return fs::read(path).map_err(unreadable);
    };
    Err((message.to_owned(), help))
}

/// The text of a file without a byte order mark.
fn decode(bytes: Vec<u8>, reporter: &mut Reporter<'_>) -> File {
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{FEFF}') {
                text.drain(..'\u{FEFF}'.len_utf8());
            }
            File { text: text.into(), is_unreadable: false }
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let span = at..at + '\u{FFFD}'.len_utf8();
            reporter.error(span, "this is not UTF-8", "save the file as UTF-8");
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            File { text: text.into(), is_unreadable: true }
        }
    }
}

/// The sorted names in a folder that belong to a dataset, without hidden files and editor backups.
fn list(path: &Path, display_path: &str, diagnostics: &mut Diagnostics) -> Vec<(String, PathBuf)> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            let message = match error.kind() {
                io::ErrorKind::NotFound => "this folder does not exist".to_owned(),
                io::ErrorKind::NotADirectory => "this is a file, and has to be a folder".to_owned(),
                _ => format!("this folder cannot be read: {error}"),
            };
            let help = "name a folder that exists and that you may read";
            diagnostics.reporter(display_path).file_error(message, help);
            return Vec::new();
        }
    };
    let mut list = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(|character| is_invisible(character) || character == '\u{FFFD}') {
            let path = format!("{display_path}/{}", name.replace(is_invisible, "\u{FFFD}"));
            let help = "rename the file: letters a to z, digits and hyphens";
            diagnostics.reporter(&path).file_error("this name cannot be read", help);
        } else if !name.starts_with('.') && !name.ends_with('~') {
            list.push((name, entry.path()));
        }
    }
    list.sort();
    list
}

impl Folder {
    /// Paths keep the given prefix, except a leading `./`.
    fn new(path: &Path) -> Self {
        let named = path.components().skip_while(|part| matches!(part, Component::CurDir));
        let display_path = named.collect::<PathBuf>().display().to_string();
        Self { display_path: display_path.replace(is_invisible, "\u{FFFD}"), ..Self::default() }
    }
}
