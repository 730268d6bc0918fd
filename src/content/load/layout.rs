//! Classifies the files of an article by path.

use super::super::diagnostic::Diagnostics;
use super::super::files::Folder;
use super::super::source_text::is_readable;
use super::super::{Kind, Slug};

/// The files of an article except `article.toml` and `sources.toml`. Misplaced and unreadable files
/// have been reported.
#[derive(Default)]
pub(super) struct ArticleFiles<'t> {
    pub entries: Vec<EntryFile<'t>>,
    /// The kind, path and text of each file of asks.
    pub asks: Vec<(Kind, String, &'t str)>,
}

pub(super) struct EntryFile<'t> {
    pub kind: Kind,
    pub id: Slug,
    pub path: String,
    /// `None` if the file is unreadable.
    pub text: Option<&'t str>,
}

pub(super) fn classify_files<'t>(
    folder: &'t Folder,
    diagnostics: &mut Diagnostics,
) -> ArticleFiles<'t> {
    let mut files = ArticleFiles::default();
    for (file, text) in &folder.files {
        let path = folder.path(file);
        let mut reporter = diagnostics.reporter(&path);
        match file.split_once('/') {
            Some(("asks", name)) => match name.strip_suffix(".toml").and_then(Kind::from_name) {
                Some(kind) if is_readable(text, &mut reporter) => {
                    files.asks.push((kind, path, text));
                }
                Some(_) => {}
                None => {
                    let message = "this file's name is no kind of entry";
                    let help = "remove it; or if its asks are nowhere else, name it <kind>.toml";
                    reporter.file_error(message, format!("{help}; {}", kinds()));
                }
            },
            Some((folder_name, name)) => match (Kind::from_name(folder_name), id_of_entry(name)) {
                (Some(kind), Some(id)) => {
                    let text = is_readable(text, &mut reporter).then_some(&**text);
                    files.entries.push(EntryFile { kind, id, path, text });
                }
                (Some(_), None) => {
                    let help = match name.ends_with(".md") {
                        true => {
                            "name it <id>.md: lower-case letters, digits and single hyphens, at most 40; if such a file is there already, compare the two and remove one"
                        }
                        false => {
                            "remove it; or if it is an entry that is nowhere else, name it <id>.md"
                        }
                    };
                    reporter.file_error("this file's name is no entry id", help);
                }
                (None, _) => {
                    // Once per folder, as duplicates are dropped.
                    let message = format!("no kind of entry is called `{folder_name}`");
                    let help = format!(
                        "move its files to where they belong, or out of the dataset; {}",
                        kinds()
                    );
                    diagnostics.reporter(&folder.path(folder_name)).file_error(message, help);
                }
            },
            None if is_for_people(file) || ["article.toml", "sources.toml"].contains(&&**file) => {}
            None => {
                let help = "an article has article.toml, sources.toml, <kind>/<id>.md and asks/<kind>.toml, and notes in README.md or CHANGES.md; move it out of the dataset, or if no such file is there, name it so";
                reporter.file_error("this file belongs to no part of an article", help);
            }
        }
    }
    files
}

fn kinds() -> String {
    format!("the kinds are {}", Kind::ALL.map(Kind::name).join(", "))
}

fn id_of_entry(name: &str) -> Option<Slug> {
    name.strip_suffix(".md").and_then(Slug::parse)
}

/// Whether a file is documentation such as README.md, which has an upper-case name.
fn is_for_people(file: &str) -> bool {
    let stem = file.split('.').next().unwrap_or_default();
    stem == stem.to_uppercase() && stem.contains(|letter: char| letter.is_ascii_uppercase())
}
