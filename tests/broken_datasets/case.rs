//! One way to break the dataset: an edit, and what has to be reported.

use dossier::content::Diagnostic;

use super::bench::{Bench, Loaded};

/// The most problems that one mistake may lead to.
const PROBLEMS_MAX: usize = 3;

/// An edit of one file, and what has to be reported.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) edit: Edit,
    /// What the marked text has to contain; empty where the file as a whole is reported. `@file: text` is a place in another file.
    pub(crate) marked: &'static str,
    /// A part of the message.
    pub(crate) problem: &'static str,
}

/// How a file is changed. Keys, not sentences, so that the dataset can be rewritten without breaking its tests.
pub(crate) enum Edit {
    /// The lines of a key, up to the end of its list, become these.
    Key(&'static str, &'static str),
    /// The first of these becomes that.
    Swap(&'static str, &'static str),
    /// All of these become that.
    SwapAll(&'static str, &'static str),
    /// The first paragraph becomes this.
    First(&'static str),
    /// The mark at the end of the first paragraph becomes this.
    Mark(&'static str),
    /// This is added at the end.
    Append(&'static str),
    /// This is added before the beginning.
    Prepend(&'static str),
    /// The file holds just this.
    Whole(&'static str),
    /// The file holds just what this makes of it.
    Made(fn(&str) -> String),
    /// The file is not there.
    Remove,
    /// The file has another name.
    Rename(&'static str),
}

pub(crate) const fn case(
    name: &'static str,
    file: &'static str,
    edit: Edit,
    marked: &'static str,
    problem: &'static str,
) -> Case {
    Case { name, file, edit, marked, problem }
}

impl Case {
    /// Breaks the dataset, checks what is reported, and restores the dataset.
    pub(crate) fn check(&self, bench: &Bench) -> Result<(), String> {
        let original =
            bench.original.get(self.file).map(|_| bench.text(self.file)).unwrap_or_default();
        match &self.edit {
            Edit::Remove => {
                std::fs::remove_file(bench.path(self.file)).expect("remove the file");
            }
            Edit::Rename(name) => {
                std::fs::rename(bench.path(self.file), bench.path(name)).expect("rename the file");
            }
            edit => {
                let text = edit.apply(original);
                assert!(text != original, "{}: the edit changes nothing", self.name);
                bench.write(self.file, text.as_bytes());
            }
        }
        let loaded = bench.load();
        let result = self.verify(&loaded);
        self.restore(bench);
        result.map_err(|why| format!("{}: {why}\n{}", self.name, loaded.rendered()))
    }

    fn restore(&self, bench: &Bench) {
        if let Edit::Rename(name) = self.edit {
            std::fs::remove_file(bench.path(name)).expect("remove the renamed file");
        }
        if bench.original.contains_key(self.file) {
            bench.restore_file(self.file);
        } else {
            std::fs::remove_file(bench.path(self.file)).expect("remove the added file");
        }
    }

    fn verify(&self, loaded: &Loaded) -> Result<(), String> {
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
                return Err("a problem without words or remedy".to_owned());
            }
            if loaded
                .marked(problem)
                .is_some_and(|marked| marked.trim_matches([' ', '\n']).is_empty())
            {
                return Err(format!("nothing is marked for: {}", problem.message));
            }
        }
        self.find(loaded)
    }

    /// Finds the problem that has to be reported.
    fn find(&self, loaded: &Loaded) -> Result<(), String> {
        let (file, marked) = self.place();
        let is_right = |problem: &&Diagnostic| {
            problem.path.ends_with(&format!("/{file}"))
                && loaded
                    .marked(problem)
                    .map_or(marked.is_empty(), |text| !marked.is_empty() && text.contains(marked))
        };
        match loaded
            .errors
            .iter()
            .filter(is_right)
            .any(|problem| problem.message.contains(self.problem))
        {
            true => Ok(()),
            false => Err(format!("\"{}\" is not reported at \"{marked}\" of {file}", self.problem)),
        }
    }

    /// The file and the text in it that have to be marked.
    fn place(&self) -> (&'static str, &'static str) {
        match (self.marked.strip_prefix('@'), &self.edit) {
            (Some(elsewhere), _) => elsewhere.split_once(": ").unwrap_or((elsewhere, "")),
            (None, Edit::Rename(name)) => (name, self.marked),
            (None, _) => (self.file, self.marked),
        }
    }
}

impl Edit {
    fn apply(&self, text: &str) -> String {
        match self {
            Self::Key(key, by) => key_replaced(text, key, by),
            Self::Swap(from, to) => {
                assert!(text.contains(from), "no \"{from}\" to change");
                text.replacen(from, to, 1)
            }
            Self::SwapAll(from, to) => text.replace(from, to),
            Self::First(paragraph) => first_paragraph(text, |_| (*paragraph).to_owned()),
            Self::Mark(mark) => first_paragraph(text, |old| {
                let words = old.split("[^").next().unwrap_or_default();
                format!("{}{mark}", words)
            }),
            Self::Append(more) => format!("{text}{more}"),
            Self::Prepend(more) => format!("{more}{text}"),
            Self::Whole(whole) => (*whole).to_owned(),
            Self::Made(make) => make(text),
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
    let body = text[3..].find("\n+++\n").expect("the front matter ends") + 3 + 5;
    let start = body + text[body..].len() - text[body..].trim_start().len();
    let end = text[start..].find("\n\n").map_or(text.trim_end().len(), |at| start + at);
    format!("{}{}{}", &text[..start], make(&text[start..end]), &text[end..])
}
