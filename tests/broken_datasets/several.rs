//! Several mistakes at once, and what is no mistake.

use super::dataset_copy::DatasetCopy;

/// Writes files with a text in each replaced, and checks where the problems are: file, line, and a part of the problem.
fn check(edits: &[(&str, &str, &str)], expected: &[(&str, usize, &str)]) {
    let bench = DatasetCopy::new();
    for (file, from, to) in edits {
        let text = std::fs::read_to_string(bench.path(file)).expect("read a file");
        assert!(text.contains(from), "{file} has no \"{from}\"");
        bench.write(file, text.replacen(from, to, 1).as_bytes());
    }
    let loaded = bench.load();
    assert!(loaded.articles.is_empty() || expected.is_empty());
    let line = |path: &str, at: usize| loaded.files.text(path)[..at].matches('\n').count() + 1;
    let places: Vec<(&str, usize, &str)> = loaded
        .errors
        .iter()
        .map(|problem| {
            (
                problem.path.as_str(),
                problem.span.as_ref().map_or(0, |span| line(&problem.path, span.start)),
                problem.message.as_str(),
            )
        })
        .collect();
    assert_eq!(places.len(), expected.len(), "{}", loaded.rendered());
    for (file, line, problem) in expected {
        let is_reported = places.iter().any(|(path, at, message)| {
            path.ends_with(file) && at == line && message.contains(problem)
        });
        assert!(is_reported, "{file}:{line} {problem} is not reported:\n{}", loaded.rendered());
    }
}

#[test]
fn several_mistakes_in_one_file_are_reported_at_once() {
    check(
        &[
            (
                "term/buffer-state.md",
                "title = \"Buffer state\"\nsummary = \"",
                "title = 3\nsummary = \" ",
            ),
            (
                "term/buffer-state.md",
                "revision = 1\n+++\n",
                "revision = 0\ncolor = \"red\"\n+++\n\nNo source.\n",
            ),
            ("term/buffer-state.md", "[^terms-5.1]", "[^terms-5.99]"),
        ],
        &[
            ("term/buffer-state.md", 2, "`title` must be a text"),
            ("term/buffer-state.md", 3, "begins or ends with a space"),
            ("term/buffer-state.md", line_of("revision = 1"), "is not from 1 to"),
            ("term/buffer-state.md", line_of("revision = 1") + 1, "unknown key `color`"),
            ("term/buffer-state.md", line_of("revision = 1") + 4, "a paragraph without a source"),
            (
                "term/buffer-state.md",
                line_of("revision = 1") + 6,
                "section `terms-5` has the paragraphs",
            ),
        ],
    );
}

fn line_of(text: &str) -> usize {
    let bench = DatasetCopy::new();
    bench.text("term/buffer-state.md").lines().position(|line| line == text).expect("the line") + 1
}

#[test]
fn mistakes_in_several_files_are_reported_at_once() {
    check(
        &[
            ("article.toml", "version = \"1", "version = \"x"),
            ("sources.toml", "[voa-non-aligned]\n", "[voa-non-aligned]\nlink = \"x\"\n"),
            ("actor/china.md", "+++\n", "+++\ncolor = 1\n"),
            ("demand/nato.md", "number = 2", "number = 2 3"),
            ("event/2022-invasion.md", "date = \"2022-02-24\"", "date = \"2022-02-31\""),
            ("position/ukraine.md", "holder = \"ukraine\"", "holder = \"ukrain\""),
            ("term/war-fatigue.md", "related = [", "related = [\"term/nothing-at-all\", "),
        ],
        &[
            ("article.toml", line_in("article.toml", "version"), "this is not a version"),
            (
                "sources.toml",
                line_in("sources.toml", "[voa-non-aligned]") + 1,
                "unknown key `link`",
            ),
            ("actor/china.md", 2, "unknown key `color`"),
            ("demand/nato.md", line_in("demand/nato.md", "number"), "this is not TOML: "),
            (
                "event/2022-invasion.md",
                line_in("event/2022-invasion.md", "date"),
                "the calendar has no such date",
            ),
            (
                "position/ukraine.md",
                line_in("position/ukraine.md", "holder"),
                "no actor has the id",
            ),
            (
                "term/war-fatigue.md",
                line_in("term/war-fatigue.md", "related"),
                "there is no entry `term/nothing-at-all`",
            ),
        ],
    );
}

fn line_in(file: &str, beginning: &str) -> usize {
    let bench = DatasetCopy::new();
    bench.text(file).lines().position(|line| line.starts_with(beginning)).expect("the line") + 1
}

#[test]
fn two_syntax_errors_in_a_file_are_reported_at_once() {
    check(
        &[
            ("term/buffer-state.md", "title = \"Buffer state\"", "title = \"Buffer state"),
            ("term/buffer-state.md", "revision = 1\n", "revision: 1\n"),
        ],
        &[
            ("term/buffer-state.md", 2, "this is not TOML: invalid basic string"),
            (
                "term/buffer-state.md",
                line_of("revision = 1"),
                "this is not TOML: key with no value",
            ),
        ],
    );
}

#[test]
fn editor_artifacts_are_not_errors() {
    let bench = DatasetCopy::new();
    for (file, content) in bench.original.clone() {
        let text = String::from_utf8(content).expect("the bundled article is text");
        let windows =
            format!("\u{FEFF}{}", text.replace('\n', "\r\n").replace("+++\r\n", "+++  \r\n"));
        bench.write(&file, windows.as_bytes());
    }
    bench.write(".DS_Store", b"\0\0\0");
    bench.write("term/.buffer-state.md.swp", b"\0\0\0");
    bench.write("term/buffer-state.md~", b"an old copy");
    bench.write("README.md", b"# For editors\n");
    bench.write("CHANGES.md", b"# Changes\n");
    std::fs::write(bench.root().join("README.md"), b"# Articles\n").expect("write a file");
    let loaded = bench.load();
    assert!(loaded.errors.is_empty(), "{}", loaded.rendered());
    let article = &loaded.articles[0];
    let plain = DatasetCopy::new().load();
    assert_eq!(article.entries.len(), plain.articles[0].entries.len());
    for (windows, unix) in article.entries.iter().zip(&plain.articles[0].entries) {
        assert_eq!(
            format!("{:?}", windows.blocks().collect::<Vec<_>>()),
            format!("{:?}", unix.blocks().collect::<Vec<_>>())
        );
    }
}
