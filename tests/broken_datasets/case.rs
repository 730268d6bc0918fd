//! One way to break the dataset: an edit, and what has to be reported. The cases are tables of `cases/*.toml`, by their names.

use std::collections::BTreeMap;
use std::path::Path;

use dossier::content::Diagnostic;
use serde::Deserialize;

use super::dataset_copy::{DatasetCopy, LoadResult};

/// The most problems that one mistake may lead to.
const PROBLEMS_MAX: usize = 3;

/// An edit of one file, and what has to be reported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// The file that is edited: one of the dataset, or else of `additions`.
    file: String,
    edit: Edit,
    /// A second edit of the same file.
    then: Option<Edit>,
    /// The file that is reported, where it is not the one that is edited.
    reported_in: Option<String>,
    /// What the marked text has to contain; empty where the file as a whole is reported.
    #[serde(default)]
    marked: String,
    /// A part of the message.
    message: String,
    /// A part of the help.
    #[serde(default)]
    help: String,
}

/// How a file is changed. Keys, not sentences, so that the dataset can be rewritten without breaking its tests.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Edit {
    /// The lines of a key, up to the end of its list, become these.
    Key(String, String),
    /// The first of these becomes that.
    Replace(String, String),
    /// All of these become that.
    ReplaceAll(String, String),
    /// The first paragraph becomes this.
    Paragraph(String),
    /// The mark at the end of the first paragraph becomes this.
    Mark(String),
    /// The text below the front matter becomes this.
    Body(String),
    /// What stands from the first of these to the next of that is removed; to the end where that is empty.
    Cut(String, String),
    /// This is added at the end.
    Append(String),
    /// This is added before the beginning.
    Prepend(String),
    /// The file holds just this.
    Whole(String),
    /// The file is not there.
    Remove,
    /// The file has another name.
    Rename(String),
}

/// The cases of a file, by name.
pub(crate) fn cases(file: &Path) -> BTreeMap<String, Case> {
    let text = std::fs::read_to_string(file).expect("read the cases");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

impl Case {
    /// Breaks the dataset, checks what is reported, and restores the dataset.
    pub(crate) fn check(&self, bench: &DatasetCopy) -> Result<(), String> {
        match &self.edit {
            Edit::Remove => std::fs::remove_file(bench.path(&self.file)).expect("remove the file"),
            Edit::Rename(name) => {
                std::fs::rename(bench.path(&self.file), bench.path(name)).expect("rename the file");
            }
            edit => {
                let original = bench.text_or_addition(&self.file);
                let text = edit.apply(&original);
                let text = self.then.as_ref().map_or(text.clone(), |then| then.apply(&text));
                assert!(text != original, "the edit changes nothing of {}", self.file);
                bench.write(&self.file, text.as_bytes());
            }
        }
        let loaded = bench.load();
        let result = self.verify(&loaded);
        self.restore(bench);
        result.map_err(|why| format!("{why}\n{}", loaded.rendered()))
    }

    fn restore(&self, bench: &DatasetCopy) {
        if let Edit::Rename(name) = &self.edit {
            std::fs::remove_file(bench.path(name)).expect("remove the renamed file");
        }
        if bench.original.contains_key(&self.file) {
            bench.restore_file(&self.file);
        } else {
            std::fs::remove_file(bench.path(&self.file)).expect("remove the added file");
        }
    }

    fn verify(&self, loaded: &LoadResult) -> Result<(), String> {
        if !loaded.articles.is_empty() {
            return Err("something was loaded".to_owned());
        }
        if loaded.errors.is_empty() {
            return Err("nothing was reported".to_owned());
        }
        if loaded.errors.len() > PROBLEMS_MAX {
            return Err(format!("{} problems for one mistake", loaded.errors.len()));
        }
        for problem in &loaded.errors {
            if problem.help.trim().is_empty() || problem.message.trim().is_empty() {
                return Err("a problem without words or help".to_owned());
            }
            let marked = loaded.marked(problem);
            if marked.is_some_and(|marked| marked.trim_matches([' ', '\n']).is_empty()) {
                return Err(format!("nothing is marked for: {}", problem.message));
            }
        }
        let file = match (&self.reported_in, &self.edit) {
            (Some(file), _) | (None, Edit::Rename(file)) => file,
            (None, _) => &self.file,
        };
        let is_expected = |problem: &Diagnostic| {
            problem.path.ends_with(&format!("/{file}"))
                && problem.message.contains(&self.message)
                && problem.help.contains(&self.help)
                && loaded.marked(problem).map_or(self.marked.is_empty(), |text| {
                    !self.marked.is_empty() && text.contains(&self.marked)
                })
        };
        match loaded.errors.iter().any(is_expected) {
            true => Ok(()),
            false => Err(format!(
                "\"{}\" is not reported at \"{}\" of {file}",
                self.message, self.marked
            )),
        }
    }
}

impl Edit {
    fn apply(&self, text: &str) -> String {
        match self {
            Self::Key(key, by) => key_replaced(text, key, by),
            Self::Replace(from, to) => {
                assert!(text.contains(from), "no \"{from}\" to change");
                text.replacen(from, to, 1)
            }
            Self::ReplaceAll(from, to) => text.replace(from, to),
            Self::Paragraph(paragraph) => first_paragraph(text, |_| paragraph.clone()),
            Self::Mark(mark) => first_paragraph(text, |old| {
                let words = old.split("[^").next().unwrap_or_default();
                format!("{words}{mark}")
            }),
            Self::Body(body) => format!("{}{body}", &text[..start_of_body(text)]),
            Self::Cut(from, to) => {
                let start = text.find(from).expect("where the cut begins");
                let end = text[start..].find(to).filter(|_| !to.is_empty());
                format!("{}{}", &text[..start], end.map_or("", |end| &text[start + end..]))
            }
            Self::Append(more) => format!("{text}{more}"),
            Self::Prepend(more) => format!("{more}{text}"),
            Self::Whole(whole) => whole.clone(),
            Self::Remove | Self::Rename(_) => text.to_owned(),
        }
    }
}

/// The text with the lines of a key replaced.
fn key_replaced(text: &str, key: &str, by: &str) -> String {
    let start = text.find(&format!("\n{key} = ")).unwrap_or_else(|| panic!("no key {key}")) + 1;
    let value = start + key.len() + 3;
    let end = if text[value..].starts_with("[\n") {
        text[value..].find("\n]").map(|at| value + at + 2)
    } else {
        text[value..].find('\n').map(|at| value + at)
    };
    let end = end.expect("a value ends with its line or list");
    let (end, by) = if by.is_empty() { (end + 1, String::new()) } else { (end, by.to_owned()) };
    format!("{}{by}{}", &text[..start], &text[end..])
}

/// The text with its first paragraph made another.
fn first_paragraph(text: &str, make: impl Fn(&str) -> String) -> String {
    let body = start_of_body(text);
    let start = body + text[body..].len() - text[body..].trim_start().len();
    let end = text[start..].find("\n\n").map_or(text.trim_end().len(), |at| start + at);
    format!("{}{}{}", &text[..start], make(&text[start..end]), &text[end..])
}

fn start_of_body(text: &str) -> usize {
    text[3..].find("\n+++\n").expect("the front matter ends") + 3 + 5
}
