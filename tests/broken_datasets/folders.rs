//! Ways to break files and folders as such.

use std::fs;
use std::path::Path;

use dossier::content::{Diagnostics, Files, load};

use super::dataset_copy::{ARTICLE, DatasetCopy};

/// What is done to the folders, the path that must be reported, and a part of the message.
type Case = (&'static str, fn(&DatasetCopy), &'static str, &'static str);

/// The front matter of a term.
const HEAD: &[u8] =
    b"+++\ntitle = \"A copy\"\nsummary = \"A copy.\"\naliases = []\nrelated = []\nchecked = \"2026-11-23\"\nrevision = 1\n+++\n\n";

const CASES: &[Case] = &[
    ("an empty folder of articles", |bench| bench.clear(), "", "no article is here"),
    ("an empty article", |bench| keep_only(bench, &[]), "", "no article is here"),
    (
        "an article of one file",
        |bench| keep_only(bench, &["sources.toml"]),
        "article.toml",
        "this file is missing",
    ),
    (
        "a folder of a kind that is misspelled",
        |bench| move_file(bench, "term", "terms"),
        "terms",
        "no kind of entry is called `terms`",
    ),
    (
        "a folder of a kind in capitals",
        |bench| move_file(bench, "term", "Term"),
        "Term",
        "no kind of entry is called `Term`",
    ),
    (
        "a folder of a kind with a space",
        |bench| move_file(bench, "term", "term "),
        "term ",
        "no kind of entry is called `term `",
    ),
    (
        "a folder of no kind",
        |bench| bench.write("music/song.md", b"+++\n+++\n"),
        "music",
        "no kind of entry is called `music`",
    ),
    (
        "a kind that is gone",
        |bench| fs::remove_dir_all(bench.path("place")).expect("remove"),
        "article.toml",
        "there is no entry `place/",
    ),
    (
        "a folder within a kind",
        |bench| bench.write("term/old/x.md", b"+++\n+++\n"),
        "term/old",
        "a folder within a kind's folder",
    ),
    (
        "an empty folder within a kind",
        |bench| create_folder(bench, "term/old"),
        "term/old",
        "a folder within a kind's folder",
    ),
    (
        "a folder for an entry",
        |bench| replace_by_folder(bench, "term/buffer-state.md"),
        "term/buffer-state.md",
        "a folder within a kind's folder",
    ),
    (
        "a folder for article.toml",
        |bench| replace_by_folder(bench, "article.toml"),
        "article.toml",
        "this file is missing",
    ),
    (
        "a folder for sources.toml",
        |bench| replace_by_folder(bench, "sources.toml"),
        "sources.toml",
        "this file is missing",
    ),
    (
        "an entry in capitals",
        |bench| move_file(bench, "term/buffer-state.md", "term/Buffer-State.md"),
        "term/Buffer-State.md",
        "not an entry id",
    ),
    (
        "an entry with spaces",
        |bench| move_file(bench, "term/buffer-state.md", "term/buffer state.md"),
        "term/buffer state.md",
        "not an entry id",
    ),
    (
        "an entry with an underscore",
        |bench| move_file(bench, "term/buffer-state.md", "term/buffer_state.md"),
        "term/buffer_state.md",
        "not an entry id",
    ),
    (
        "an entry with an ending in capitals",
        |bench| move_file(bench, "term/buffer-state.md", "term/buffer-state.MD"),
        "term/buffer-state.MD",
        "not an entry id",
    ),
    (
        "an entry that is a text file",
        |bench| move_file(bench, "term/buffer-state.md", "term/buffer-state.txt"),
        "term/buffer-state.txt",
        "not an entry id",
    ),
    (
        "an entry without an ending",
        |bench| move_file(bench, "term/buffer-state.md", "term/buffer-state"),
        "term/buffer-state",
        "not an entry id",
    ),
    (
        "an entry with two endings",
        |bench| move_file(bench, "term/buffer-state.md", "term/buffer-state.md.md"),
        "term/buffer-state.md.md",
        "not an entry id",
    ),
    (
        "an entry in Cyrillic",
        |bench| copy_to(bench, "term/буфер.md"),
        "term/буфер.md",
        "not an entry id",
    ),
    (
        "an entry with a long name",
        |bench| copy_to(bench, "term/a-name-that-goes-on-and-on-and-on-and-on-and-on.md"),
        "",
        "not an entry id",
    ),
    (
        "a table among the entries",
        |bench| bench.write("term/notes.toml", b"a = 1\n"),
        "term/notes.toml",
        "not an entry id",
    ),
    (
        "an image among the entries",
        |bench| bench.write("term/map.png", b"\x89PNG\r\n\x1a\n\0\0\0"),
        "term/map.png",
        "not an entry id",
    ),
    (
        "an entry beside the folders",
        |bench| bench.write("buffer.md", b"+++\ntitle = \"Buffer\"\n+++\n"),
        "buffer.md",
        "belongs to no part",
    ),
    (
        "a file that belongs to nothing",
        |bench| bench.write("notes.txt", b"to be done\n"),
        "notes.txt",
        "belongs to no part",
    ),
    (
        "an old article.toml",
        |bench| bench.write("article.toml.orig", b"title = 1\n"),
        "article.toml.orig",
        "belongs to no part",
    ),
    (
        "an entry before a merge",
        |bench| bench.write("term/buffer-state.md.orig", b"+++\n+++\n"),
        "term/buffer-state.md.orig",
        "not an entry id",
    ),
    (
        "pictures of a file manager",
        |bench| bench.write("term/Thumbs.db", b"\xD0\xCF\x11\xE0"),
        "term/Thumbs.db",
        "not an entry id",
    ),
    (
        "settings of a file manager",
        |bench| bench.write("desktop.ini", b"\xFF\xFE"),
        "desktop.ini",
        "belongs to no part",
    ),
    (
        "a refused change",
        |bench| bench.write("term/buffer-state.md.rej", b"--- a\n"),
        "term/buffer-state.md.rej",
        "not an entry id",
    ),
    (
        "an old copy of sources.toml",
        |bench| bench.write("sources.toml.bak", b"a = 1\n"),
        "sources.toml.bak",
        "belongs to no part",
    ),
    (
        "a copy of a file manager",
        |bench| copy_to(bench, "term/buffer-state (1).md"),
        "term/buffer-state (1).md",
        "not an entry id",
    ),
    (
        "asks of no kind",
        |bench| bench.write("asks/music.toml", b""),
        "asks/music.toml",
        "not a kind of entry",
    ),
    (
        "asks of a misspelled kind",
        |bench| move_file(bench, "asks/term.toml", "asks/terms.toml"),
        "asks/terms.toml",
        "not a kind of entry",
    ),
    (
        "an article in capitals",
        |bench| rename_article(bench, "Putins-Terms"),
        "Putins-Terms",
        "not an article id",
    ),
    (
        "an article with a space",
        |bench| rename_article(bench, "putins terms"),
        "putins terms",
        "not an article id",
    ),
    (
        "an article with an underscore",
        |bench| rename_article(bench, "putins_terms"),
        "putins_terms",
        "not an article id",
    ),
    (
        "a second article without article.toml",
        |bench| fs::create_dir(bench.root().join("second")).expect("make a folder"),
        "second",
        "this folder is not an article",
    ),
    (
        "a folder of pictures beside the article",
        |bench| {
            fs::create_dir(bench.root().join("pictures")).expect("make a folder");
            fs::write(bench.root().join("pictures/map.png"), b"x").expect("write");
        },
        "pictures",
        "this folder is not an article",
    ),
    (
        "a copy of the article by a file manager",
        |bench| copy_article(bench, " - Copy"),
        " - Copy",
        "seems to be a copy of the article",
    ),
    (
        "a numbered copy of the article",
        |bench| copy_article(bench, " (1)"),
        " (1)",
        "seems to be a copy of the article",
    ),
    (
        "a backup of the article",
        |bench| copy_article(bench, ".bak"),
        ".bak",
        "seems to be a copy of the article",
    ),
    (
        "an old version of the article",
        |bench| copy_article(bench, "-old"),
        "-old",
        "seems to be a copy of the article",
    ),
    (
        "an entry in Latin-1",
        |bench| bench.write("term/buffer-state.md", b"+++\ntitle = \"\xC9tat tampon\"\n+++\n"),
        "term/buffer-state.md",
        "that is not UTF-8",
    ),
    (
        "an entry in UTF-16",
        |bench| bench.write("term/buffer-state.md", b"\xFF\xFE+\0+\0+\0\n\0"),
        "term/buffer-state.md",
        "this file is UTF-16",
    ),
    (
        "an entry in UTF-16 without a byte order mark",
        |bench| bench.write("term/buffer-state.md", b"+\0+\0+\0\n\0"),
        "term/buffer-state.md",
        "this file is UTF-16",
    ),
    (
        "an article.toml in UTF-16 of the other byte order",
        |bench| bench.write("article.toml", b"\0t\0i\0t\0l\0e"),
        "article.toml",
        "this file is UTF-16",
    ),
    (
        "an entry cut off in a letter",
        |bench| bench.write("term/buffer-state.md", b"+++\ntitle = \"\xD0"),
        "term/buffer-state.md",
        "that is not UTF-8",
    ),
    (
        "an article.toml that is not text",
        |bench| bench.write("article.toml", b"\xFF\xFF\xFF"),
        "article.toml",
        "that is not UTF-8",
    ),
    (
        "a sources.toml that is not text",
        |bench| bench.write("sources.toml", b"[a]\ntitle = \"\xFF\"\n"),
        "sources.toml",
        "that is not UTF-8",
    ),
    (
        "an entry that is too large",
        |bench| bench.write("term/buffer-state.md", &vec![b'x'; 1_100_000]),
        "term/buffer-state.md",
        "this file has 1100000 bytes",
    ),
    (
        "an entry of brackets",
        |bench| bench.write("term/buffer-state.md", &[HEAD.to_vec(), vec![b'['; 200_000]].concat()),
        "term/buffer-state.md",
        "",
    ),
    (
        "an entry of quotes in quotes",
        |bench| bench.write("term/buffer-state.md", &[HEAD.to_vec(), vec![b'>'; 200_000]].concat()),
        "term/buffer-state.md",
        "",
    ),
    (
        "a list in lists in lists",
        |bench| bench.write("sources.toml", &[b"a = ".to_vec(), vec![b'['; 200_000]].concat()),
        "sources.toml",
        "",
    ),
];

/// A stray file, and its advice.
const STRAYS: &[(&str, &str)] = &[
    ("asks/Term.toml", "copy of term.toml"),
    ("asks/terms.toml", "name it <kind>.toml"),
    ("asks/term.txt", "copy of term.toml"),
    ("asks/term.yml", "copy of term.toml"),
    ("asks/term.toml.bak", "copy of term.toml"),
    ("asks/term (1).toml", "copy of term.toml"),
    ("article.toml.bak", "if no such file is there"),
    ("article (1).toml", "if no such file is there"),
    ("Article.toml", "if no such file is there"),
    ("sources.toml.orig", "if no such file is there"),
    ("Thumbs.db", "move it out of the dataset"),
    ("terms/buffer-state.md", "where they belong"),
    ("images/map.png", "or out of the dataset"),
    ("term/buffer-state\u{200b}.md", "there already"),
    ("term/buffer\u{ad}-state.md", "there already"),
    ("term/sub/buffer-state.md", "move up what is not there already"),
    ("term/buffer-state (1).md", "copy of buffer-state.md"),
    ("term/buffer-state 2.md", "copy of buffer-state.md"),
    ("term/buffer-state copy.md", "copy of buffer-state.md"),
    ("term/buffer-state - Copy.md", "copy of buffer-state.md"),
    ("term/Copy of buffer-state.md", "copy of buffer-state.md"),
    ("term/buffer-state (conflicted copy 2026-11-01).md", "copy of buffer-state.md"),
    ("term/buffer-state (Ann's conflicted copy 2026-11-01).md", "copy of buffer-state.md"),
    ("term/Buffer-State.md", "copy of buffer-state.md"),
    ("term/buffer state map.md", "rename it buffer-state-map.md"),
    ("term/sediment", "rename it sediment.md"),
    ("term/réd-line.md", "rename it red-line.md"),
    ("term/Fürst.md", "rename it furst.md"),
    ("term/ZÜRICH.md", "rename it zurich.md"),
    ("term/buffer-state.md.orig", "copy of buffer-state.md"),
    ("term/Thumbs.db", "move it out of the dataset"),
    ("term/red-line.md.txt", "rename it red-line.md"),
    ("term/buffer-state.md.txt", "copy of buffer-state.md"),
    ("term/red line.markdown", "rename it red-line.md"),
    ("term/buffer-state~.md", "copy of buffer-state.md"),
    ("term/поле.md", "name it <id>.md"),
];

/// Those that Unix alone can make.
#[cfg(unix)]
const UNIX_CASES: &[Case] = &[
    (
        "a link that leads nowhere",
        |bench| link(bench, "term/buffer-state.md", "/nowhere/at/all"),
        "term/buffer-state.md",
        "cannot be read",
    ),
    (
        "a link that leads to itself",
        |bench| link(bench, "term/buffer-state.md", "buffer-state.md"),
        "term/buffer-state.md",
        "cannot be read",
    ),
    (
        "a link to the folder above",
        |bench| link(bench, "term/old", ".."),
        "term/old",
        "a folder within a kind's folder",
    ),
    (
        "a link to the article itself",
        |bench| link(bench, "music", "."),
        "music",
        "no kind of entry is called `music`",
    ),
    (
        "a link to a device without end",
        |bench| link(bench, "term/buffer-state.md", "/dev/zero"),
        "term/buffer-state.md",
        "not a regular file",
    ),
    (
        "a pipe that nobody writes to",
        |bench| create_pipe(bench, "term/buffer-state.md"),
        "term/buffer-state.md",
        "not a regular file",
    ),
    (
        "a pipe for article.toml",
        |bench| create_pipe(bench, "article.toml"),
        "article.toml",
        "not a regular file",
    ),
    (
        "a name with a line break",
        |bench| bench.write("term/two\nlines.md", b"x"),
        "term/two\u{fffd}lines.md",
        "this name cannot be read",
    ),
    (
        "a name with a color",
        |bench| bench.write("term/\u{1b}[31m.md", b"x"),
        "term/\u{fffd}[31m.md",
        "this name cannot be read",
    ),
];

#[test]
fn broken_folders_are_refused() {
    check(CASES);
    #[cfg(unix)]
    check(UNIX_CASES);
}

#[test]
fn advice_on_a_stray_file_never_overwrites_another() {
    let bench = DatasetCopy::new();
    for (file, advice) in STRAYS {
        bench.write(file, HEAD);
        let reported = bench.load();
        let has_advice = reported.errors.iter().any(|one| one.help.contains(advice));
        assert!(has_advice, "{file}:\n{}", reported.rendered());
        let is_deleted = reported.errors.iter().any(|one| one.help.starts_with("remove"));
        assert!(!is_deleted, "{file}:\n{}", reported.rendered());
        assert!(reported.errors.len() <= 3, "{file}:\n{}", reported.rendered());
        bench.restore();
    }
}

/// Copies the article's main files to a folder whose name ends differently.
fn copy_article(bench: &DatasetCopy, end: &str) {
    let copy = bench.root().join(format!("{ARTICLE}{end}"));
    fs::create_dir(&copy).expect("make a folder");
    for file in ["article.toml", "sources.toml"] {
        fs::copy(bench.path(file), copy.join(file)).expect("copy");
    }
}

#[test]
fn a_folder_that_is_no_dataset_is_named_and_not_read() {
    for folder in ["/etc", "/usr", env!("CARGO_MANIFEST_DIR")] {
        let reported = read(Path::new(folder)).expect_err("no dataset");
        assert!(reported.contains("this is not a dataset: no article is here"), "{reported}");
        assert_eq!(reported.matches("error: ").count(), 1, "{reported}");
    }
}

fn check(cases: &[Case]) {
    let bench = DatasetCopy::new();
    let mut failed = Vec::new();
    for (name, break_it, path, problem) in cases {
        break_it(&bench);
        let reported = bench.load();
        let is_reported = reported.errors.iter().any(|one| {
            one.path.ends_with(path) && one.message.contains(problem) && !one.help.is_empty()
        });
        // The bundled article is whole beside a second one that is broken; from a broken one nothing is loaded.
        let is_half_loaded = reported.articles.len() + 1
            > std::fs::read_dir(bench.root()).map_or(0, Iterator::count).max(1);
        if !is_reported || reported.errors.len() > 3 || is_half_loaded {
            failed.push(format!(
                "{name}: {} problems\n{}",
                reported.errors.len(),
                reported.rendered()
            ));
        }
        bench.restore();
    }
    assert!(failed.is_empty(), "{} cases:\n\n{}", failed.len(), failed.join("\n\n==========\n\n"));
}

#[test]
fn a_folder_may_be_named_in_many_ways() {
    let bench = DatasetCopy::new();
    let data = bench.root().join("data");
    fs::create_dir_all(data.join("schema")).expect("make folders");
    fs::rename(bench.path(""), data.join("kept")).expect("move the article");
    fs::create_dir(data.join("articles")).expect("make a folder");
    fs::rename(data.join("kept"), data.join("articles").join(ARTICLE)).expect("move the article");
    let article = data.join("articles").join(ARTICLE);
    for path in [
        data.clone(),
        data.join("articles"),
        data.join("articles/"),
        data.join("./articles/../articles"),
        article.clone(),
        article.join("."),
        article.join("term/.."),
    ] {
        assert_eq!(read(&path), Ok(1), "{}", path.display());
    }
    let copy = data.join("tmp.Xy_12");
    fs::rename(&article, &copy).expect("move the article");
    assert_eq!(read(&copy), Ok(1), "an article's own folder may be called anything");
}

#[test]
fn a_path_that_is_not_a_folder_is_named() {
    let bench = DatasetCopy::new();
    for (path, problem) in [
        (bench.root().join("nowhere"), "does not exist"),
        (bench.path("article.toml"), "this is a file"),
        (bench.path("term/buffer-state.md"), "this is a file"),
        (Path::new("").to_owned(), ""),
    ] {
        let reported = read(&path).expect_err("no articles are there");
        assert!(reported.contains(problem), "{reported}");
        assert!(reported.contains(&path.display().to_string()), "{reported}");
    }
}

/// How many articles there are, or what is reported.
fn read(path: &Path) -> Result<usize, String> {
    let mut problems = Diagnostics::default();
    let files = Files::read(path, &mut problems);
    let articles = load(&files, &mut problems);
    let is_good = !problems.has_errors();
    let reported: Vec<String> = problems
        .sorted()
        .iter()
        .map(|problem| problem.render(files.text(&problem.path), false))
        .collect();
    if is_good { Ok(articles.len()) } else { Err(reported.join("\n")) }
}

fn keep_only(bench: &DatasetCopy, files: &[&str]) {
    bench.clear();
    fs::create_dir(bench.path("")).expect("make the article's folder");
    for file in files {
        bench.restore_file(file);
    }
}

fn move_file(bench: &DatasetCopy, from: &str, to: &str) {
    fs::rename(bench.path(from), bench.path(to)).expect("rename");
}

fn copy_to(bench: &DatasetCopy, to: &str) {
    bench.write(to, &[HEAD, b"A claim. [^terms-5.1]\n"].concat());
}

fn create_folder(bench: &DatasetCopy, name: &str) {
    fs::create_dir(bench.path(name)).expect("make a folder");
}

fn replace_by_folder(bench: &DatasetCopy, file: &str) {
    fs::remove_file(bench.path(file)).expect("remove");
    fs::create_dir(bench.path(file)).expect("make a folder");
}

fn rename_article(bench: &DatasetCopy, name: &str) {
    fs::rename(bench.root().join(ARTICLE), bench.root().join(name)).expect("rename");
}

#[cfg(unix)]
fn link(bench: &DatasetCopy, file: &str, to: &str) {
    drop(fs::remove_file(bench.path(file)));
    std::os::unix::fs::symlink(to, bench.path(file)).expect("link");
}

#[cfg(unix)]
fn create_pipe(bench: &DatasetCopy, file: &str) {
    fs::remove_file(bench.path(file)).expect("remove");
    let created =
        std::process::Command::new("mkfifo").arg(bench.path(file)).status().expect("run mkfifo");
    assert!(created.success());
}
