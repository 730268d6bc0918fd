//! Finds where a source or an entry is used, for editors who want to change or remove it.

use std::collections::BTreeSet;

use super::files::Files;
use super::{Kind, Slug};
use crate::text::nearest;

/// TOML keys whose values are ids without a kind.
const KEYS_OF_IDS: [&str; 3] = ["sources", "holder", "by"];

/// The places, as `path:line`, that reference a source or an entry, by its id or as `kind/id`. A
/// dataset with errors is searched too.
pub fn find_uses(files: &Files, id: &str) -> Vec<String> {
    let (kind, name) = match id.split_once('/') {
        Some((kind, name)) if Kind::from_name(kind).is_some() => (Some(kind), name),
        _ => (None, id),
    };
    if Slug::parse(name).is_none() {
        return Vec::new();
    }
    let mut places = Vec::new();
    for (_, folder) in files.articles() {
        for (file, text) in &folder.files {
            let mut key = String::new();
            for (number, line) in (1..).zip(text.lines()) {
                if let Some((before, _)) = line.split_once('=') {
                    key = before.trim().to_owned();
                } else if line.starts_with(['[', '+']) {
                    // The next table, or the end of the front matter.
                    key.clear();
                }
                if is_use(file, line, &key, kind, name) {
                    places.push(format!("{}:{number}", folder.path(file)));
                }
            }
        }
    }
    places
}

/// Whether a source or an entry has this id, by itself or as `kind/id`; if not, the nearest one.
///
/// # Errors
///
/// If there is none. The nearest may be missing, too.
pub fn find_id(files: &Files, id: &str) -> Result<(), Option<String>> {
    let mut known = BTreeSet::new();
    for (file, text) in files.articles().flat_map(|(_, folder)| &folder.files) {
        if file == "sources.toml" {
            let headings = text.lines().filter_map(|line| line.trim().strip_prefix('['));
            known.extend(headings.filter_map(|heading| heading.strip_suffix(']')));
        } else if let Some(entry) = file.strip_suffix(".md") {
            known.extend([entry].into_iter().chain(entry.split_once('/').map(|(_, name)| name)));
        }
    }
    if known.contains(id) {
        return Ok(());
    }
    let lowercase = id.trim().to_lowercase();
    let near = nearest(lowercase.trim_end_matches(".md"), known);
    Err(near.map(str::to_owned))
}

fn is_use(file: &str, line: &str, key: &str, kind: Option<&str>, name: &str) -> bool {
    let of_kind = |wanted: &str| kind.is_none_or(|kind| kind == wanted);
    let linked = Kind::ALL.map(Kind::name).into_iter().filter(|kind| of_kind(kind));
    let is_linked = linked.into_iter().any(|kind| line.contains(&format!("\"{kind}/{name}\"")));
    let is_cited = kind.is_none() && line.contains(&format!("[^{name}]"));
    let is_actor = key != "sources" && of_kind("actor");
    let is_named = KEYS_OF_IDS.contains(&key)
        && (is_actor || (key == "sources" && kind.is_none()))
        && line.contains(&format!("\"{name}\""));
    let is_on_demand = of_kind("demand")
        && (line.trim() == format!("[cells.{name}]")
            || (file.starts_with("position/")
                && (key == name && line.contains('=') || is_heading_of(line, name))));
    let is_asked = line.trim() == format!("[{name}]")
        && file.strip_prefix("asks/").is_some_and(|file| of_kind(file.trim_end_matches(".toml")));
    is_linked || is_cited || is_named || is_on_demand || is_asked
}

/// Whether a line is the heading of the view with this slug.
fn is_heading_of(line: &str, name: &str) -> bool {
    line.strip_prefix("## ").is_some_and(|heading| Slug::from_text(heading).as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_id_is_answered_with_the_nearest() {
        let files = Files::bundled();
        for (id, near) in [
            ("term/buffer-state", None),
            ("buffer-state", None),
            // The examples of the command line.
            ("up-memorandum-2025", None),
            ("TERM/Buffer-State", Some(Some("term/buffer-state"))),
            ("term/buffer-state.md", Some(Some("term/buffer-state"))),
            ("buffer-stat", Some(Some("buffer-state"))),
            ("rada-1427-xi", Some(Some("rada-1427-xii"))),
            ("zzzzzzzzzzzzzzzzzzzz", Some(None)),
            ("", Some(None)),
        ] {
            let near = near.map(|near| near.map(str::to_owned));
            assert_eq!(find_id(&files, id).err(), near, "{id}");
        }
    }

    #[test]
    fn a_reference_is_distinguished_from_a_word() {
        for (file, line, key, id, expected) in [
            ("term/a.md", "A fact. [^un-68-262]", "", "un-68-262", true),
            ("term/a.md", "A fact. [^un-68]", "", "un-68-262", false),
            ("term/a.md", "related = [\"demand/nato\"]", "related", "nato", true),
            ("term/a.md", "related = [\"demand/nato\"]", "related", "demand/nato", true),
            ("term/a.md", "related = [\"demand/nato\"]", "related", "actor/nato", false),
            ("term/a.md", "aliases = [\"nato\"]", "aliases", "nato", false),
            ("position/a.md", "holder = \"russia\"", "holder", "actor/russia", true),
            ("position/a.md", "nato = \"opposes\"", "nato", "demand/nato", true),
            ("position/a.md", "## NATO", "", "demand/nato", true),
            ("proposal/a.md", "by = [\"russia\", \"ukraine\"]", "by", "ukraine", true),
            ("proposal/a.md", "[cells.nato]", "", "nato", true),
            ("proposal/a.md", "  \"ria\",", "sources", "ria", true),
            ("asks/term.toml", "[buffer-state]", "", "term/buffer-state", true),
            ("asks/term.toml", "[buffer-state]", "", "place/buffer-state", false),
        ] {
            let (kind, name) = match id.split_once('/') {
                Some((kind, name)) => (Some(kind), name),
                None => (None, id),
            };
            assert_eq!(is_use(file, line, key, kind, name), expected, "{id} in {line}");
        }
    }
}
