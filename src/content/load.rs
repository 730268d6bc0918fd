//! From files to articles: reads every file, checks each by itself, then all together.

mod article;
mod asks;
mod check;
mod entry;
mod links;
mod names;
mod proposals;
mod sources;
mod stances;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;

use super::citations::Marks;
use super::dangling::Strays;
use super::diagnostic::Problems;
use super::files::{File, Files, Folder};
use super::{Article, Kind, Slug, nearest, text};
use article::Head;
use links::{Join, Known};

/// Loads the articles of `files`. An article with a problem is left out; all problems are told.
pub fn load(files: &Files, problems: &mut Problems) -> Vec<Article> {
    load_all(files, None, problems)
}

/// The same for editors, with what only a reliable clock can tell: a day of checking in the future is a problem. A bot that serves
/// does not refuse a good dataset because of its host's clock.
pub fn check(files: &Files, today: civil::Date, problems: &mut Problems) -> Vec<Article> {
    load_all(files, Some(today), problems)
}

fn load_all(files: &Files, today: Option<civil::Date>, problems: &mut Problems) -> Vec<Article> {
    files.articles().filter_map(|(id, folder)| load_article(id, folder, today, problems)).collect()
}

fn load_article(
    id: &str,
    folder: &Folder,
    today: Option<civil::Date>,
    problems: &mut Problems,
) -> Option<Article> {
    let before = problems.len();
    if Slug::parse(id).is_none() {
        let remedy = "rename it: lower-case letters, digits and single hyphens, at most 40";
        problems.whole(&folder.path(""), "this folder's name is no article id", remedy);
    }
    if folder.files.is_empty() && folder.folders.is_empty() && !folder.is_broken {
        problems.whole(&folder.path("article.toml"), "this file is missing", article::REMEDY);
        return None;
    }
    let files = sort_files(folder, problems);
    let head = article::read(folder, files.text("article.toml"), today, problems);
    let (sources, has_all_sources) =
        sources::read(folder, files.text("sources.toml"), today, problems);
    let mut marks = Marks::new(
        &head.sections,
        sources.iter().map(|source| &source.record),
        orphans(&head, &files.entries),
    );
    (marks.has_all_sections, marks.has_all_sources) = (head.has_all_sections, has_all_sources);

    let mut strays = Strays::default();
    let (mut drafts, mut broken) = (Vec::new(), Vec::new());
    for ((kind, id), (path, text)) in files.entries {
        let context = entry::Context {
            head: &head,
            marks: &marks,
            path: &path,
            strays: &mut strays,
            problems,
        };
        match text.and_then(|text| entry::read(context, kind, &id, &text)) {
            Some(draft) => drafts.push(draft),
            None => broken.push((kind, id)),
        }
    }
    links::sort(&head, &mut drafts);
    let known = Known::new(&head, &drafts, broken);
    let article_path = folder.path("article.toml");
    sources::check_dates(&folder.path("sources.toml"), &head, &sources, &drafts, problems);
    let mut join = Join {
        head: &head,
        known: &known,
        marks: &marks,
        asks: asks::Asks::new(),
        article_path: &article_path,
        strays: &mut strays,
        problems,
    };
    let featured = join.featured();
    join.asks = asks::read(&files.asks, &known, join.strays, join.problems);
    let entries = join.entries(drafts);
    sources::tell_if_none(&folder.path("sources.toml"), &sources, &mut strays, problems);
    article::tell_overruns(&article_path, &head, &mut strays, problems);
    strays.tell(problems);
    if problems.len() > before || folder.is_broken {
        return None;
    }
    head.finish(
        Slug::of(id),
        sources.into_iter().map(|source| source.record).collect(),
        entries?,
        featured,
    )
}

/// The files of an article by what they hold, without what no file may hold.
struct Sorted<'t> {
    /// `article.toml` and `sources.toml`.
    tables: BTreeMap<&'t str, Option<Cow<'t, str>>>,
    entries: Entries<'t>,
    asks: asks::Files<'t>,
}

/// The path and text of each entry; no text where the file cannot be read.
type Entries<'t> = BTreeMap<(Kind, Slug), (String, Option<Cow<'t, str>>)>;

impl Sorted<'_> {
    /// The text of a file beside the entries: nothing in it where it cannot be read, nothing at all where it is not there.
    fn text(&self, file: &str) -> Option<Option<&str>> {
        self.tables.get(file).map(Option::as_deref)
    }
}

fn sort_files<'t>(folder: &'t Folder, problems: &mut Problems) -> Sorted<'t> {
    let mut sorted =
        Sorted { tables: BTreeMap::new(), entries: BTreeMap::new(), asks: BTreeMap::new() };
    let kinds: BTreeMap<&str, Option<Kind>> = folder
        .folders
        .iter()
        .filter(|name| *name != ASKS)
        .map(|name| (name.as_str(), kind_of_folder(folder, name, problems)))
        .collect();
    for (file, content) in &folder.files {
        let path = folder.path(file);
        let (kind, name) = match file.split_once('/') {
            Some((ASKS, name)) => {
                if let Some(kind) = kind_of_asks(name, &path, problems) {
                    let text = clean(&path, content, problems);
                    sorted.asks.entry(kind).or_insert((path, text));
                }
                continue;
            }
            Some((parent, name)) => (kinds.get(parent).copied().flatten(), name),
            None => {
                let is_taken = |name: &str| folder.files.contains_key(name);
                if let Some(table) = table_of_file(file, &path, content, is_taken, problems) {
                    let text = clean(&path, content, problems);
                    sorted.tables.entry(table).or_insert(text);
                }
                continue;
            }
        };
        let Some(kind) = kind else { continue };
        let is_taken = |name: &str| {
            file.rsplit_once('/')
                .is_some_and(|(parent, _)| folder.files.contains_key(&format!("{parent}/{name}")))
        };
        if let Some(id) = id_of_file(name, &path, content, is_taken, problems) {
            let text = clean(&path, content, problems);
            sorted.entries.entry((kind, id)).or_insert((path, text));
        }
    }
    sorted
}

/// The folder of the files that say how people ask for the entries of a kind.
const ASKS: &str = "asks";

/// The kind whose entries a file of asks is about. One that is misspelled is told and read.
fn kind_of_asks(name: &str, path: &str, problems: &mut Problems) -> Option<Kind> {
    if let Some(kind) = name.strip_suffix(".toml").and_then(Kind::named) {
        return Some(kind);
    }
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let near = nearest(&stem, Kind::ALL.map(Kind::name)).and_then(Kind::named);
    let remedy = match near {
        Some(kind) => format!("rename it {}.toml", kind.name()),
        None => {
            format!("name it <kind>.toml; the kinds are {}", Kind::ALL.map(Kind::name).join(", "))
        }
    };
    problems.whole(path, "this file's name is no kind of entry", remedy);
    near
}

/// The text of a file that was read, as far as it is text.
fn clean<'t>(path: &str, content: &'t File, problems: &mut Problems) -> Option<Cow<'t, str>> {
    match content {
        File::Text(text) => text::clean(path, text, problems),
        File::Broken(_) => None,
    }
}

/// The kind whose entries a folder holds. One that is misspelled is told and read, so that what links there is no problem more.
fn kind_of_folder(folder: &Folder, name: &str, problems: &mut Problems) -> Option<Kind> {
    if let Some(kind) = Kind::named(name) {
        return Some(kind);
    }
    let near = nearest(&name.to_lowercase(), Kind::ALL.map(Kind::name)).and_then(Kind::named);
    let remedy = match near {
        Some(kind) if folder.folders.contains(kind.name()) => {
            format!("move its files to `{}`", kind.name())
        }
        Some(kind) => format!("rename the folder to `{}`", kind.name()),
        None => format!("the folders are {}", Kind::ALL.map(Kind::name).join(", ")),
    };
    problems.whole(&folder.path(name), format!("no kind of entry is called `{name}`"), remedy);
    near
}

/// Which of the two tables beside the entries a file is. One that is misspelled is told and read.
fn table_of_file(
    file: &str,
    path: &str,
    content: &File,
    is_taken: impl Fn(&str) -> bool,
    problems: &mut Problems,
) -> Option<&'static str> {
    const TABLES: [&str; 2] = ["article.toml", "sources.toml"];
    if let Some(table) = TABLES.into_iter().find(|table| *table == file) {
        return Some(table);
    }
    if let Some(table) = nearest(&file.to_lowercase(), TABLES) {
        let remedy = if is_taken(table) {
            format!(
                "{table} is there already: compare the two, and move this one out of the dataset"
            )
        } else {
            format!("rename it {table}, or move it out of the dataset")
        };
        problems.whole(path, "this file belongs to no part of an article", remedy);
        return (!is_taken(table)).then_some(table);
    }
    let is_entry = matches!(content, File::Text(text) if text.starts_with("+++"));
    let is_for_people = file.split('.').next().is_some_and(|stem| {
        stem.bytes().any(|byte| byte.is_ascii_uppercase()) && stem == stem.to_uppercase()
    });
    if is_entry {
        problems.whole(
            path,
            "an entry outside of the folders of the kinds",
            "move it to its kind's folder, such as term/",
        );
    } else if !is_for_people {
        problems.whole(
            path,
            "this file belongs to no part of an article",
            "move it out of the dataset; entries are <kind>/<id>.md, notes are README.md or CHANGES.md",
        );
    }
    None
}

/// The id of the entry in a kind's folder. A name that is misspelled is told and read.
fn id_of_file(
    name: &str,
    path: &str,
    content: &File,
    is_taken: impl Fn(&str) -> bool,
    problems: &mut Problems,
) -> Option<Slug> {
    if let Some(id) = name.strip_suffix(".md").and_then(Slug::parse) {
        return Some(id);
    }
    let id = Slug::of(name.split('.').next().unwrap_or_default());
    let remedy = if id.as_str().is_empty() {
        "rename it <id>.md: lower-case letters, digits and single hyphens, at most 40".to_owned()
    } else if is_taken(&format!("{id}.md")) {
        // Advice must not lead to one file written over another.
        let remedy = format!(
            "{id}.md is there already: compare the two, and move this one out of the dataset or give it another id"
        );
        problems.whole(path, "this file's name is no entry id", remedy);
        return None;
    } else {
        format!("rename it {id}.md: lower-case letters, digits and single hyphens, at most 40")
    };
    problems.whole(path, "this file's name is no entry id", remedy);
    let is_entry = matches!(content, File::Text(text) if text.starts_with("+++"))
        || name.to_lowercase().ends_with(".md");
    (is_entry && !id.as_str().is_empty()).then_some(id)
}

/// The ids of section entries that article.toml does not know.
fn orphans(head: &Head, entries: &Entries<'_>) -> BTreeSet<String> {
    let sections =
        entries.keys().filter(|(kind, _)| *kind == Kind::Section).map(|(_, id)| id.as_str());
    sections
        .filter(|id| head.sections.iter().all(|section| section.id.as_str() != *id))
        .map(str::to_owned)
        .collect()
}
