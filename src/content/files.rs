//! The files of a dataset, bundled or from a folder.

mod disk;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use super::diagnostic::Diagnostics;

/// The bundled files as article, path and text, listed by the build script.
const BUNDLED: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/articles.rs"));

/// The files of one or more articles.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// By article id.
    articles: BTreeMap<String, Folder>,
}

/// The folder of an article.
#[derive(Clone, Debug, Default)]
pub(super) struct Folder {
    /// The prefix of paths in its diagnostics.
    display_path: String,
    /// The texts by path within the folder, with U+FFFD for what is not UTF-8.
    pub files: BTreeMap<String, Cow<'static, str>>,
    /// Whether a part could not be read, which has been reported.
    pub is_unreadable: bool,
}

impl Files {
    /// The articles compiled into the binary.
    pub fn bundled() -> Self {
        let mut files = Self::default();
        for (article, path, text) in BUNDLED {
            let folder = files.articles.entry((*article).to_owned()).or_default();
            folder.display_path = format!("data/articles/{article}");
            folder.files.insert((*path).to_owned(), Cow::Borrowed(text));
        }
        files
    }

    /// Reads the articles in a folder: its subfolders, or the folder itself if it is an article's,
    /// or else those of its subfolder `articles`.
    pub fn read(folder: &Path, diagnostics: &mut Diagnostics) -> Self {
        Self { articles: disk::read(folder, diagnostics) }
    }

    /// Adds articles, replacing those with the same id.
    pub fn extend(&mut self, others: Self) {
        self.articles.extend(others.articles);
    }

    pub(super) fn articles(&self) -> impl Iterator<Item = (&str, &Folder)> {
        self.articles.iter().map(|(id, folder)| (id.as_str(), folder))
    }

    /// The text of the file that diagnostics call `path`; empty if there is none.
    pub fn text(&self, path: &str) -> &str {
        let mut folders = self.articles.values();
        let file = folders.find_map(|folder| folder.files.get(folder.within(path)?));
        file.map_or("", |text| text)
    }

    /// The path of an article's file in diagnostics, if the file exists.
    pub fn path(&self, article: &str, file: &str) -> Option<String> {
        let folder = self.articles.get(article)?;
        folder.files.contains_key(file).then(|| folder.path(file))
    }
}

impl Folder {
    /// The path of a file, or of the folder, in diagnostics.
    pub(super) fn path(&self, file: &str) -> String {
        match (self.display_path.as_str(), file) {
            ("", "") => ".".to_owned(),
            (folder, "") => folder.to_owned(),
            (folder, file) => Path::new(folder).join(file).display().to_string(),
        }
    }

    /// The path within the folder of the file that diagnostics call `path`.
    fn within<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.display_path.as_str())?;
        Some(rest.strip_prefix('/').unwrap_or(rest))
    }
}
