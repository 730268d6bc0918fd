//! The files of a dataset, from the binary or from a folder.

mod disk;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

use super::diagnostic::Diagnostics;

static BUNDLED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/articles");

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
pub(super) enum File {
    Text(Cow<'static, str>),
    /// It could not be read, which has been reported. Holds what can be shown of it.
    Unreadable(String),
}

impl Files {
    /// The articles that are compiled in.
    pub fn bundled() -> Self {
        let mut files = Self::default();
        for article in BUNDLED.dirs() {
            let id = disk::name_of(article.path());
            let mut folder =
                Folder { display_path: format!("data/articles/{id}"), ..Folder::default() };
            collect_bundled(article, article.path(), &mut folder);
            files.articles.insert(id, folder);
        }
        files
    }

    /// The articles of a folder: the folders in it, or the folder itself where it is an article's; or else those of `articles` in it.
    pub fn read(folder: &Path, diagnostics: &mut Diagnostics) -> Self {
        Self { articles: disk::read(folder, diagnostics) }
    }

    pub(super) fn articles(&self) -> impl Iterator<Item = (&str, &Folder)> {
        self.articles.iter().map(|(id, folder)| (id.as_str(), folder))
    }

    /// The text of the file that diagnostics name `path`; empty where there is none.
    pub fn text(&self, path: &str) -> &str {
        self.articles.values().find_map(|folder| folder.files.get(folder.within(path)?)).map_or(
            "",
            |file| match file {
                File::Text(text) => text,
                File::Unreadable(text) => text,
            },
        )
    }

    /// The path of a file of an article as diagnostics name it, if there is such a file.
    pub fn path(&self, article: &str, file: &str) -> Option<String> {
        let folder = self.articles.get(article)?;
        folder.files.contains_key(file).then(|| folder.path(file))
    }

    pub fn has_article(&self, article: &str) -> bool {
        self.articles.contains_key(article)
    }

    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.articles.retain(|id, _| keep(id));
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

fn collect_bundled(folder: &Dir<'static>, article: &Path, into: &mut Folder) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(folder) => {
                into.folders.insert(disk::name_of(folder.path()));
                collect_bundled(folder, article, into);
            }
            DirEntry::File(file) => {
                let path = file.path().strip_prefix(article).unwrap_or(file.path());
                let text = file.contents_utf8().unwrap_or_default();
                into.files
                    .insert(path.to_string_lossy().into_owned(), File::Text(Cow::Borrowed(text)));
            }
        }
    }
}
