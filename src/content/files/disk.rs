//! Reads the files of articles from disk. Nothing that lies there can stop it: what cannot be read is told and left.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use super::super::diagnostic::Problems;
use super::super::text::is_unseen;
use super::super::{Kind, Slug};
use super::{File, Folder};

/// The most bytes of one file. An entry has a few thousand; what is larger is not a dataset.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// The most files of an article: twice the largest that the finder is measured with.
const FILES_MAX: usize = 200_000;

/// Reads the articles of a folder, by id.
pub(super) fn read(folder: &Path, problems: &mut Problems) -> BTreeMap<String, Folder> {
    let folder: PathBuf = folder.components().collect();
    if is_article(&folder) {
        return BTreeMap::from([(own_id(&folder), read_article(&folder, problems))]);
    }
    let articles = folder.join("articles");
    if articles.is_dir() && !is_article(&articles) {
        return read_articles(&articles, problems);
    }
    read_articles(&folder, problems)
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

fn read_articles(folder: &Path, problems: &mut Problems) -> BTreeMap<String, Folder> {
    let shown = Folder { shown: shown(folder), ..Folder::default() }.path("");
    let before = problems.len();
    let names = list(folder, &shown, problems);
    let folders = names.into_iter().filter(|(_, path)| path.is_dir());
    let articles: BTreeMap<String, Folder> =
        folders.map(|(name, path)| (name, read_article(&path, problems))).collect();
    if articles.is_empty() && problems.len() == before {
        let remedy = "name a folder that holds `article.toml`, or a folder of such folders";
        problems.whole(&shown, "no article is here", remedy);
    }
    articles
}

/// Reads an article's files, two levels deep: the article, its kinds.
fn read_article(path: &Path, problems: &mut Problems) -> Folder {
    let before = problems.len();
    let mut folder = Folder { shown: shown(path), ..Folder::default() };
    for (name, path) in list(path, &folder.path(""), problems) {
        if path.is_dir() && !has_ending(&name) {
            read_kind(&name, &path, &mut folder, problems);
        } else {
            read_file(name, &path, &mut folder, problems);
        }
    }
    folder.is_broken = problems.len() > before;
    folder
}

fn read_kind(kind: &str, path: &Path, folder: &mut Folder, problems: &mut Problems) {
    folder.folders.insert(kind.to_owned());
    for (name, path) in list(path, &folder.path(kind), problems) {
        let file = format!("{kind}/{name}");
        // Of a folder that is no kind's that alone is told.
        let is_kind = Kind::named(kind).is_some();
        if path.is_dir() && !has_ending(&name) && !is_kind {
            continue;
        } else if path.is_dir() && !has_ending(&name) {
            let remedy = "move its files up: one folder per kind, one file per entry";
            problems.whole(&folder.path(&file), "a folder within a kind's folder", remedy);
        } else if folder.files.len() < FILES_MAX {
            read_file(file, &path, folder, problems);
        } else {
            problems.whole(
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

fn read_file(file: String, path: &Path, folder: &mut Folder, problems: &mut Problems) {
    let shown = folder.path(&file);
    if is_leftover(&file[file.rfind('/').map_or(0, |slash| slash + 1)..]) {
        let problem = "a leftover of an editor, a merge or a file manager";
        problems.whole(&shown, problem, "remove it, or move it out of the dataset");
        return;
    }
    let read = match fs::metadata(path) {
        Ok(about) if about.is_dir() => Err(whole(
            problems,
            &shown,
            "this is a folder, and has to be a file",
            "write the file, or remove the folder",
        )),
        // A pipe would be waited for, a device may have no end.
        Ok(about) if !about.is_file() => Err(whole(
            problems,
            &shown,
            "this is not a regular file",
            "make it a text file, or remove it",
        )),
        Ok(about) if about.len() > FILE_BYTES_MAX => {
            let problem =
                format!("this file has {} bytes, at most {FILE_BYTES_MAX} are read", about.len());
            Err(whole(problems, &shown, &problem, "split it, or remove what is no text"))
        }
        Ok(_) => fs::read(path).map_err(|error| unreadable(problems, &shown, &error)),
        Err(error) => Err(unreadable(problems, &shown, &error)),
    };
    let read = read.map_or_else(File::Broken, |bytes| decode(bytes, &shown, problems));
    folder.files.insert(file, read);
}

/// Tells a file that nothing can be shown of.
fn whole(problems: &mut Problems, shown: &str, problem: &str, remedy: &str) -> String {
    problems.whole(shown, problem, remedy);
    String::new()
}

fn unreadable(problems: &mut Problems, shown: &str, error: &io::Error) -> String {
    let remedy = "make it a text file that you may read, or remove it";
    whole(problems, shown, &format!("this file cannot be read: {error}"), remedy)
}

/// A file's text, without the mark that some editors put before it.
fn decode(bytes: Vec<u8>, shown: &str, problems: &mut Problems) -> File {
    match String::from_utf8(bytes) {
        Ok(text) => File::Text(match text.strip_prefix('\u{FEFF}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            problems.at(
                shown,
                at..at + '\u{FFFD}'.len_utf8(),
                "this is not UTF-8",
                "save the file as UTF-8",
            );
            File::Broken(text)
        }
    }
}

/// The names in a folder that are part of a dataset, in order. Hidden files and editors' copies are left alone.
fn list(folder: &Path, shown: &str, problems: &mut Problems) -> Vec<(String, PathBuf)> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let problem = match error.kind() {
                io::ErrorKind::NotFound => "this folder does not exist".to_owned(),
                io::ErrorKind::NotADirectory => "this is a file, and has to be a folder".to_owned(),
                _ => format!("this folder cannot be read: {error}"),
            };
            problems.whole(shown, problem, "name a folder that exists and that you may read");
            return Vec::new();
        }
    };
    let mut list = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(|character| is_unseen(character) || character == '\u{FFFD}') {
            let shown = format!("{shown}/{}", name.replace(is_unseen, "\u{FFFD}"));
            problems.whole(
                &shown,
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
fn shown(folder: &Path) -> String {
    let named = folder.components().skip_while(|part| matches!(part, Component::CurDir));
    named.collect::<PathBuf>().display().to_string().replace(is_unseen, "\u{FFFD}")
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
