//! A copy of a small dataset that can be broken, checked and restored. The bundled one grows, which must not break these tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use dossier::content::{Article, Diagnostic, Diagnostics, Files, Severity, check};
use jiff::civil;

/// The id of the article in `tests/broken_datasets/dataset`.
pub(crate) const ARTICLE: &str = "putins-terms-for-peace";

/// The day on which the datasets are checked.
const TODAY: civil::Date = civil::date(2026, 11, 26);

/// A folder of articles under the system's temporary folder, removed at the end.
pub(crate) struct DatasetCopy {
    root: PathBuf,
    /// The files of the article as they were, by their path within it.
    pub(crate) original: BTreeMap<String, Vec<u8>>,
}

/// What the loader says of a dataset.
pub(crate) struct LoadResult {
    pub(crate) errors: Vec<Diagnostic>,
    pub(crate) notes: Vec<Diagnostic>,
    pub(crate) articles: Vec<Article>,
    pub(crate) files: Files,
}

impl DatasetCopy {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "dossier-broken-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let root = std::env::temp_dir().join(name);
        let mut original = BTreeMap::new();
        let dataset = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken_datasets/dataset");
        collect(&dataset.join(ARTICLE), "", &mut original);
        let bench = Self { root, original };
        bench.restore();
        bench
    }

    /// The folder of articles.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The article's folder, or a file in it.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.join(ARTICLE).join(file)
    }

    /// A file's text as it was.
    pub(crate) fn text(&self, file: &str) -> &str {
        let bytes = self.original.get(file).unwrap_or_else(|| panic!("the dataset has no {file}"));
        std::str::from_utf8(bytes).expect("the dataset is text")
    }

    /// The same; of a file that the dataset has not, what `additions` holds for it.
    pub(crate) fn text_or_addition(&self, file: &str) -> String {
        match self.original.contains_key(file) {
            true => self.text(file).to_owned(),
            false => addition(file).unwrap_or_default(),
        }
    }

    pub(crate) fn write(&self, file: &str, content: &[u8]) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("make the folder");
        fs::write(path, content).expect("write the file");
    }

    /// Restores one file.
    pub(crate) fn restore_file(&self, file: &str) {
        self.write(file, &self.original[file]);
    }

    /// Restores all files.
    pub(crate) fn restore(&self) {
        self.clear();
        for (file, content) in &self.original {
            self.write(file, content);
        }
    }

    pub(crate) fn clear(&self) {
        if self.root.exists() {
            fs::remove_dir_all(&self.root).expect("remove the copy");
        }
        fs::create_dir_all(&self.root).expect("make the copy's folder");
    }

    /// Loads the dataset in this process.
    pub(crate) fn load(&self) -> LoadResult {
        let mut problems = Diagnostics::default();
        let files = Files::read(&self.root, &mut problems);
        let articles = check(&files, TODAY, &mut problems);
        let (errors, notes) =
            problems.sorted().into_iter().partition(|problem| problem.severity == Severity::Error);
        LoadResult { errors, notes, articles, files }
    }
}

impl Drop for DatasetCopy {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.root));
    }
}

impl LoadResult {
    /// The text that a problem points at, if it points into a file.
    pub(crate) fn marked(&self, problem: &Diagnostic) -> Option<&str> {
        let text = self.files.text(&problem.path);
        problem.span.clone().map(|span| {
            text.get(span.clone()).unwrap_or_else(|| panic!("{span:?} is not in {}", problem.path))
        })
    }

    /// All problems as a person reads them.
    pub(crate) fn rendered(&self) -> String {
        let each =
            self.errors.iter().map(|problem| problem.render(self.files.text(&problem.path), false));
        each.collect::<Vec<_>>().join("\n\n")
    }
}

/// A file without fault that can be added to the dataset.
pub(crate) fn addition(file: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken_datasets/additions");
    fs::read_to_string(folder.join(file)).ok()
}

fn collect(folder: &Path, within: &str, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("read the dataset").flatten() {
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), into);
        } else {
            into.insert(name, fs::read(entry.path()).expect("read a file"));
        }
    }
}
