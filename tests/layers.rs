//! Enforces the layers described in `ARCHITECTURE.md`: which module may use which.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, lowest first. A module may use its own layer and the layers below. A submodule
/// listed here is not part of its parent's layer. `main` wires everything together and may use all
/// of them.
const LAYERS: [&[&str]; 14] = [
    &["text", "clock", "open_files", "telemetry"],
    &["content", "search", "guild", "digest", "json"],
    &["locale", "store"],
    &["catalog"],
    &["picture"],
    &["request", "card", "action"],
    &["discord", "secrets"],
    &["command", "digest::selection", "digest::text"],
    &["digest::delivery"],
    &["commands", "admin", "autocomplete", "message_lookup"],
    &[
        "ask",
        "terminal",
        "config",
        "discord::respond",
        "discord::answer_cache",
        "discord::registration",
    ],
    &["discord::gateway"],
    &["web"],
    &["run"],
];

/// Modules that use no other module of their layer.
const ALONE: [&str; 5] = ["content", "search", "store", "ask", "terminal"];

/// Libraries that only these modules may use, so that the core stays independent of Discord, SQL
/// and HTTP.
const ONLY_IN: [(&str, &[&str]); 6] = [
    ("twilight_gateway", &["discord"]),
    ("hyper", &["discord", "telemetry", "web"]),
    ("sqlx", &["store"]),
    ("axum", &["web"]),
    ("resvg", &["picture"]),
    ("tokio", &["admin", "digest::delivery", "discord", "run", "store", "web"]),
];

struct Source {
    /// The module path, such as `digest::delivery`.
    module: String,
    text: String,
}

impl Source {
    fn read(src: &Path, file: &Path) -> Self {
        let path = file.strip_prefix(src).expect("a source").with_extension("");
        let segments = path.iter().map(|segment| segment.to_string_lossy().into_owned());
        let module = segments.collect::<Vec<_>>().join("::");
        Self { module, text: fs::read_to_string(file).expect("a readable source") }
    }
}

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources").flatten() {
        match entry.path() {
            path if path.is_dir() => source_files(&path, found),
            path => found.push(path),
        }
    }
}

/// All source files except `main` and `lib`.
fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&src, &mut files);
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    // Unit tests may use any layer.
    files.retain(|file| !file.ends_with("tests.rs"));
    let sources = files.iter().map(|file| Source::read(&src, file));
    sources.filter(|source| !matches!(source.module.as_str(), "main" | "lib")).collect()
}

/// The longest of the names that is the module itself or an ancestor of it.
fn longest<'a>(names: impl Iterator<Item = &'a str>, module: &str) -> Option<&'a str> {
    let holds = |name: &&str| {
        module.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    names.filter(holds).max_by_key(|name| name.len())
}

/// A module's entry in [`LAYERS`] and the index of its layer.
fn layer(module: &str) -> (&'static str, usize) {
    let names = LAYERS.iter().flat_map(|layer| layer.iter().copied());
    let name = longest(names, module)
        .unwrap_or_else(|| panic!("tests/layers.rs names no layer for `{module}`"));
    let number = LAYERS.iter().position(|layer| layer.contains(&name));
    (name, number.expect("a name of the table"))
}

#[test]
fn every_module_uses_only_the_layers_below_it() {
    let sources = sources();
    assert!(sources.len() > 20);
    for Source { module, text } in &sources {
        let (user, user_layer) = layer(module);
        for path in text.split("crate::").skip(1) {
            let in_path = |character: char| {
                character.is_ascii_alphanumeric() || character == '_' || character == ':'
            };
            let path: String = path.chars().take_while(|character| in_path(*character)).collect();
            let (used, used_layer) = layer(path.trim_end_matches(':'));
            let in_its_layer = used_layer == user_layer && !ALONE.contains(&user);
            let may = used == user || used_layer < user_layer || in_its_layer;
            assert!(may, "{module} uses `{used}`, which its layer may not");
        }
    }
}

#[test]
fn libraries_are_used_only_by_the_modules_allowed_to() {
    for Source { module, text } in sources() {
        for (library, allowed) in ONLY_IN {
            let is_allowed = longest(allowed.iter().copied(), &module).is_some();
            let names_it = text.contains(&format!("{library}::"));
            assert!(is_allowed || !names_it, "{module} uses `{library}`");
        }
    }
}

#[test]
fn the_architecture_page_lists_the_same_layers() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let page = fs::read_to_string(page).expect("the page");
    let (_, table) = page.split_once("| --- | --- |\n").expect("a table");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let names = |row: &str| {
        let modules = row.split('|').nth(1).expect("a cell").trim().to_owned();
        modules.split(", ").map(|name| name.trim_matches('`').to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rows.map(names).collect::<Vec<_>>(), LAYERS);
}
