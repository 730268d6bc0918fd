//! The files of a dataset, from the binary or from a folder.

mod disk;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::diagnostic::Diagnostics;

/// The bundled files: the article, the path within it, and the text. The build script lists them.
const BUNDLED: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/articles.rs"));

/// The texts of one or more articles.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// By article id.
    articles: BTreeMap<String, Folder>,
}

/// One article's folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Folder {
    /// What the paths of its diagnostics begin with.
    display_path: String,
    /// Its files, by their path within it.
    pub files: BTreeMap<String, File>,
    /// The names of the folders in it.
    pub folders: BTreeSet<String>,
    /// Whether something in it could not be read, which has been reported.
    pub is_unreadable: bool,
}

#[derive(Clone, Debug)]
pub(super) struct File {
    /// What can be shown of it where it is unreadable.
    pub text: Cow<'static, str>,
    /// Whether it could not be read, which has been reported.
    pub is_unreadable: bool,
}

impl Files {
    /// The articles that are compiled in.
    pub fn bundled() -> Self {
        let mut files = Self::default();
        for (article, path, text) in BUNDLED {
            let folder = files.articles.entry((*article).to_owned()).or_default();
            folder.display_path = format!("data/articles/{article}");
            folder.folders.extend(path.split_once('/').map(|(kind, _)| kind.to_owned()));
            let file = File { text: Cow::Borrowed(text), is_unreadable: false };
            folder.files.insert((*path).to_owned(), file);
        }
        files
    }

    /// The articles of a folder: the folders in it, or the folder itself where it is an article's; or else those of `articles` in it.
    pub fn read(folder: &Path, diagnostics: &mut Diagnostics) -> Self {
        Self { articles: disk::read(folder, diagnostics) }
    }

    /// Adds articles. One with an id that is here already replaces it.
    pub fn extend(&mut self, others: Self) {
        self.articles.extend(others.articles);
    }

    pub(super) fn articles(&self) -> impl Iterator<Item = (&str, &Folder)> {
        self.articles.iter().map(|(id, folder)| (id.as_str(), folder))
    }

    /// The text of the file that diagnostics name `path`; empty where there is none.
    pub fn text(&self, path: &str) -> &str {
        let mut folders = self.articles.values();
        let file = folders.find_map(|folder| folder.files.get(folder.within(path)?));
        file.map_or("", |file| &file.text)
    }

    /// The path of a file of an article as diagnostics name it, if there is such a file.
    pub fn path(&self, article: &str, file: &str) -> Option<String> {
        let folder = self.articles.get(article)?;
        folder.files.contains_key(file).then(|| folder.path(file))
    }
}

impl Folder {
    /// The path of a file in it, or of itself, as diagnostics name it.
    pub(super) fn path(&self, file: &str) -> String {
        match (self.display_path.as_str(), file) {
            ("", "") => ".".to_owned(),
            ("", file) => file.to_owned(),
            (folder, "") => folder.to_owned(),
            (folder, file) if folder.ends_with('/') => format!("{folder}{file}"),
            (folder, file) => format!("{folder}/{file}"),
        }
    }

    /// The path within it of what diagnostics name `path`.
    fn within<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.display_path.as_str())?;
        Some(rest.strip_prefix('/').unwrap_or(rest))
    }
}
