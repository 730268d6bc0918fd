//! The layers of `src/lib.rs`, held by a test: which module may use which.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, lowest first. A module may use its own layer and those below it. `main` picks the parts and may use all.
const LAYERS: [&[&str]; 7] = [
    &["dataset", "find", "guild"],
    &["lang", "store"],
    &["library"],
    &["request", "answer", "action"],
    &["command", "commands", "choices", "digest", "lookup"],
    &["ask", "terminal", "config", "secrets", "discord", "web"],
    &["run"],
];

/// Modules that know no other of their layer.
const ALONE: [&str; 6] = ["dataset", "find", "store", "ask", "terminal", "web"];

/// Names that only these modules may say: nothing below knows how Discord is reached.
const ONLY_IN: [(&str, &[&str]); 5] = [
    ("twilight_gateway", &["discord"]),
    ("tokio_rustls", &["discord"]),
    ("sqlx", &["store"]),
    ("axum", &["web"]),
    ("tokio", &["discord", "run", "store", "web"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources").flatten() {
        match entry.path() {
            path if path.is_dir() => sources(&path, found),
            path => found.push(path),
        }
    }
}

/// Each source below `src` with its module and its text; `main` and `lib` are left out.
fn modules() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let name = |path: &Path| {
        path.strip_prefix(&src)
            .expect("a source")
            .with_extension("")
            .to_string_lossy()
            .replace('\\', "/")
    };
    let read = |path: &PathBuf| (name(path), fs::read_to_string(path).expect("a readable source"));
    let modules =
        files.iter().map(read).filter(|(name, _)| !matches!(name.as_str(), "main" | "lib"));
    modules
        .map(|(name, text)| (name.split('/').next().unwrap_or_default().to_owned(), name, text))
        .collect()
}

fn layer(module: &str) -> usize {
    let found = LAYERS.iter().position(|layer| layer.contains(&module));
    found.unwrap_or_else(|| panic!("say in tests/layers.rs to which layer `{module}` belongs"))
}

#[test]
fn every_module_uses_only_the_layers_below_it() {
    let modules = modules();
    assert!(modules.len() > 20);
    for (module, name, text) in &modules {
        for used in text.split("crate::").skip(1) {
            let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
            let used: String = used.chars().take_while(|character| word(*character)).collect();
            let in_its_layer = layer(&used) == layer(module) && !ALONE.contains(&module.as_str());
            let may = used == *module || layer(&used) < layer(module) || in_its_layer;
            assert!(may, "{name} uses `{used}`, which its layer may not");
        }
    }
}

#[test]
fn how_discord_is_reached_is_known_to_its_module_alone() {
    for (module, name, text) in modules() {
        for (library, allowed) in ONLY_IN {
            let says =
                text.contains(&format!("{library}::")) && !allowed.contains(&module.as_str());
            assert!(!says, "{name} uses `{library}`");
        }
    }
}
