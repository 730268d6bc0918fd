//! Lists the files of the bundled articles for `src/content/files.rs`, which compiles them in.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const ARTICLES: &str = "data/articles";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={ARTICLES}");
    let variable = |name| env::var(name).expect("cargo sets it");
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")).join(ARTICLES);
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut list = String::new();
    for file in files {
        let path = file.strip_prefix(&folder).expect("a file of the folder");
        let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
        if let [article, within @ ..] = names.as_slice() {
            list += &format!("({article:?}, {:?}, include_str!({file:?})),\n", within.join("/"));
        }
    }
    fs::write(Path::new(&variable("OUT_DIR")).join("articles.rs"), format!("&[\n{list}]\n"))
}

/// Hidden files are an editor's or a file manager's.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_dir() {
            collect(&entry.path(), files)?;
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            files.push(entry.path());
        }
    }
    Ok(())
}
