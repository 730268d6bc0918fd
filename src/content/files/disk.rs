//! Reads the files of articles from disk. Unreadable files are reported and skipped.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use super::super::diagnostic::Diagnostics;
use super::super::{Kind, Slug};
use super::Folder;
use crate::text::{BYTE_ORDER_MARK, is_invisible, is_utf16};

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
    // Other folders of such a name hold no entries: `/usr/src/x/event`.
    let is_kind = |kind: Kind| {
        let folder = folder.join(kind.name());
        let files = fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut names = files.map(|file| PathBuf::from(file.file_name()));
        !folder.join("article.toml").exists()
            && names.any(|name| name.extension().is_some_and(|end| end == "md"))
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
    let folders: Vec<(String, PathBuf)> = folders.filter(|(_, path)| path.is_dir()).collect();
    if !folders.iter().any(|(_, path)| is_article(path)) {
        if diagnostics.error_count() == before {
            let help = "name a folder that holds `article.toml`, or a folder of such folders, as `data/articles` is";
            let message = "this is not a dataset: no article is here";
            diagnostics.reporter(&display_path).file_error(message, help);
        }
        return BTreeMap::new();
    }
    let mut articles = BTreeMap::new();
    for (name, path) in &folders {
        let original = Slug::without_copy_marks(name);
        let is_copy = original.as_str() != name
            && folders.iter().any(|(other, path)| other == original.as_str() && is_article(path));
        let (message, help) = match is_article(path) {
            true if is_copy => (
                format!("this folder seems to be a copy of the article `{original}`"),
                "compare the two, and move this one out of the dataset",
            ),
            true => {
                articles.insert(name.clone(), read_article(path, diagnostics));
                continue;
            }
            false => (
                "this folder is not an article".to_owned(),
                "move it out of the dataset; or if it is to be an article, give it an `article.toml`",
            ),
        };
        diagnostics.reporter(&Folder::new(path).path("")).file_error(message, help);
    }
    articles
}

fn read_article(path: &Path, diagnostics: &mut Diagnostics) -> Folder {
    let before = diagnostics.error_count();
    let mut folder = Folder::new(path);
    read_files(path, "", &mut folder, diagnostics);
    folder.is_unreadable = diagnostics.error_count() > before;
    folder
}

/// Reads the files of an article's folder, or of its subfolder `within`.
fn read_files(path: &Path, within: &str, folder: &mut Folder, diagnostics: &mut Diagnostics) {
    for (name, path) in list(path, &folder.path(within), diagnostics) {
        let file = if within.is_empty() { name } else { format!("{within}/{name}") };
        if folder.files.len() >= FILES_MAX {
            let message = format!("more than {FILES_MAX} files");
            return diagnostics.reporter(&folder.path("")).file_error(message, "split the article");
        } else if path.is_dir() && within.is_empty() {
            read_files(&path, &file, folder, diagnostics);
            continue;
        } else if path.is_dir() && Kind::from_name(within).is_none() {
            // An unknown folder is reported once.
            continue;
        }
        let display_path = folder.path(&file);
        let read = if path.is_dir() {
            let help = "one folder per kind, one file per entry: move up what is not there already, then remove this folder";
            Err(("a folder within a kind's folder".to_owned(), help))
        } else {
            read_text(&path)
        };
        match read {
            Ok(text) => drop(folder.files.insert(file, text.into())),
            Err((message, help)) => diagnostics.reporter(&display_path).file_error(message, help),
        }
    }
}

/// The text of a file without a byte order mark, or a message and help.
fn read_text(path: &Path) -> Result<String, (String, &'static str)> {
    let unreadable = |error: io::Error| {
        let help = "make it a text file that you may read, or move it out of the dataset";
        (format!("this file cannot be read: {error}"), help)
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        // Reading a pipe would block, and a device may be endless.
        let help = "make it a text file, or move it out of the dataset";
        return Err(("this is not a regular file".to_owned(), help));
    }
    if metadata.len() > FILE_BYTES_MAX {
        let bytes = metadata.len();
        let message = format!("this file has {bytes} bytes, at most {FILE_BYTES_MAX} are read");
        return Err((message, "split it, or remove what is not text"));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let is_of_dataset = path.extension().is_some_and(|end| end == "md" || end == "toml");
    // Each file begins with an ASCII character. NULs alone are not text.
    if is_of_dataset && is_utf16(&bytes) && !bytes.starts_with(&[0, 0]) {
        return Err(("this file is UTF-16".to_owned(), "save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// The sorted names in a folder that belong to a dataset, without hidden files and editor backups.
fn list(path: &Path, display_path: &str, diagnostics: &mut Diagnostics) -> Vec<(String, PathBuf)> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            let message = match error.kind() {
                io::ErrorKind::NotFound => "this folder does not exist".to_owned(),
                io::ErrorKind::NotADirectory => "this is a file, and must be a folder".to_owned(),
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
            let help = "rename the file: letters a to z, digits and hyphens; if such a file is there already, compare the two and remove one";
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
