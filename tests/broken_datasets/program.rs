//! The program itself: what `dossier check` and `dossier ask` say of a broken dataset, and what they end with.

use std::path::Path;
use std::process::{Command, Output};

use super::dataset_copy::DatasetCopy;

fn dossier(words: &[&str], dir: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dossier"));
    command.args(words).env_remove("DOSSIER_CONFIG").env_remove("DOSSIER_DATA__DIR");
    if let Some(dir) = dir {
        command.env("DOSSIER_DATA__DIR", dir);
    }
    command.output().expect("run dossier")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are text")
}

#[test]
fn check_reports_file_line_column_and_help_and_exits_with_1() {
    let bench = DatasetCopy::new();
    for (file, from, to, place) in [
        (
            "term/buffer-state.md",
            "title = \"Buffer state\"",
            "title = 3",
            "term/buffer-state.md:2:9",
        ),
        ("article.toml", "", "color = \"red\"\n", "article.toml:1:1"),
        ("sources.toml", "", "more = 1\n", "sources.toml:1:1"),
        ("event/2022-invasion.md", "+++\ntitle", "+++\n\ntitel", "event/2022-invasion.md:3:1"),
        (
            "term/buffer-state.md",
            "+++\ntitle",
            "+++\ncolor = \"\u{1b}[31m\"\ntitle",
            "term/buffer-state.md:2",
        ),
    ] {
        let text = bench.text(file).replacen(from, to, 1);
        bench.write(file, text.as_bytes());
        let root = bench.root().display().to_string();
        let article = bench.path("").display().to_string();
        for dir in [root.as_str(), article.as_str()] {
            let output = dossier(&["check", dir], None);
            let reported = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{reported}");
            assert!(output.stdout.is_empty());
            assert!(
                reported.contains(place) && reported.contains("help: "),
                "{place} is not reported:\n{reported}"
            );
            assert!(
                !reported.contains('\u{1b}'),
                "a file's words must not reach the terminal as they are:\n{reported:?}"
            );
        }
        bench.restore_file(file);
    }
}

#[test]
fn check_of_a_missing_folder_exits_with_1() {
    let bench = DatasetCopy::new();
    let nowhere = bench.root().join("nowhere").display().to_string();
    let output = dossier(&["check", &nowhere], None);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nowhere") && stderr(&output).contains("help: "));
}

#[test]
fn a_broken_dataset_is_not_served() {
    let bench = DatasetCopy::new();
    bench.write(
        "term/buffer-state.md",
        bench.text("term/buffer-state.md").replacen("[^terms-5.1]", "", 1).as_bytes(),
    );
    let output = dossier(&["ask", "/term buffer-state"], Some(bench.root()));
    assert_ne!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty(), "nothing is answered from half a dataset");
    assert!(stderr(&output).contains("a paragraph without a source"));
    bench.restore();
    assert_eq!(dossier(&["ask", "/term buffer-state"], Some(bench.root())).status.code(), Some(0));
}

#[test]
fn check_lists_where_a_source_or_an_entry_is_used() {
    let bench = DatasetCopy::new();
    let root = bench.root().display().to_string();
    for (id, place) in [
        ("voa-non-aligned", "term/buffer-state.md:"),
        ("term/buffer-state", "asks/term.toml:"),
        ("actor/ukraine", "position/ukraine.md:"),
        ("demand/nato", "position/russia.md:"),
        ("ukraine", "position/ukraine.md:"),
    ] {
        let output = dossier(&["check", "--uses", id, &root], None);
        let listed = String::from_utf8(output.stdout.clone()).expect("paths are text");
        assert!(output.status.success() && listed.contains(place), "{id}: {listed}");
    }
    let output = dossier(&["check", "--uses", "nothing-of-the-kind", &root], None);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
}

#[test]
fn a_file_that_is_no_entry_is_reported_briefly() {
    let bench = DatasetCopy::new();
    let head = "+++\ntitle = \"A\"\n+++\n";
    let footnotes: String = (0..12_000).map(|id| format!("[^{id}]: x\n\n")).collect();
    let marks: String = (0..20_000).map(|id| format!("[^m{id}] ")).collect();
    for (text, most) in [
        (format!("{head}{footnotes}"), 100_000),
        (format!("{head}{marks}\n"), 100_000),
        (format!("+++\n{}a = 1\n+++\n", "a.".repeat(120_000)), 100_000),
    ] {
        bench.write("term/odd.md", text.as_bytes());
        let begun = std::time::Instant::now();
        let output = dossier(&["check", &bench.root().display().to_string()], None);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stderr.len() < most, "{} bytes", output.stderr.len());
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    }
}
