//! What the fuzz targets of `fuzz/` have been given so far: nothing in it breaks them.

use std::path::Path;

#[path = "../fuzz/targets.rs"]
pub(crate) mod targets;

fn each_of(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files: Vec<_> = std::fs::read_dir(corpus).expect("a corpus").flatten().collect();
    assert!(files.len() > 4, "{target}");
    for file in files {
        let input = std::fs::read(file.path()).expect("a file");
        let ran = std::panic::catch_unwind(|| run(&input));
        assert!(ran.is_ok(), "{} breaks it, see above", file.path().display());
    }
}

#[test]
fn interactions_are_answered() {
    each_of("interaction", targets::interaction);
}

#[test]
fn presses_are_answered() {
    each_of("custom_id", targets::custom_id);
}

#[test]
fn settings_files_are_read_or_refused() {
    each_of("settings_file", targets::settings_file);
}

#[test]
fn backups_are_imported_or_refused() {
    each_of("backup", targets::backup);
}

#[test]
fn datasets_are_loaded_or_refused() {
    each_of("dataset", targets::dataset);
}

#[test]
fn only_signed_requests_are_answered() {
    each_of("request", targets::request);
}
