//! Hundreds of broken datasets: each is rejected as a whole, with an error at the right position
//! that says how to fix it.

mod case;
mod dataset_copy;
mod folders;
mod program;
mod random;
mod several;

use std::path::Path;

use dataset_copy::{DatasetCopy, addition};
use dossier::catalog::Catalog;
use dossier::commands;
use dossier::content::{Detail, Diagnostics, Entry, Kind, ProposalStatus};
use dossier::request::Request;
use dossier::terminal::Terminal;

#[test]
fn each_mistake_is_reported_at_its_place_with_help() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken_datasets/cases");
    let files = std::fs::read_dir(folder).expect("the cases").flatten();
    let files = files.map(|file| std::thread::spawn(move || check(&file.path())));
    let threads: Vec<_> = files.collect();
    let counts = threads.into_iter().map(|thread| thread.join().expect("all cases pass"));
    assert!(counts.sum::<usize>() > 500);
}

/// Checks the cases of a file; how many there are.
fn check(file: &Path) -> usize {
    let bench = DatasetCopy::new();
    let cases = case::cases(file);
    let failed = cases
        .iter()
        .filter_map(|(name, case)| case.check(&bench).err().map(|why| format!("{name}: {why}")));
    let failed: Vec<String> = failed.collect();
    let count = failed.len();
    assert!(failed.is_empty(), "{count} cases:\n\n{}", failed.join("\n\n==========\n\n"));
    cases.len()
}

#[test]
fn the_bundled_dataset_has_no_problem() {
    let loaded = DatasetCopy::new().load();
    assert!(loaded.errors.is_empty(), "{}", loaded.rendered());
    assert_eq!(loaded.articles.len(), 1);
}

#[test]
fn proposals_are_sorted_by_date_with_a_cell_for_each_demand() {
    let bench = DatasetCopy::new();
    let proposal = addition("proposal/2025-06-memorandum.md").expect("a proposal");
    bench.write("proposal/a-later-one.md", proposal.as_bytes());
    let earlier = proposal
        .replace("2025-06-02", "2022-03")
        .replace("June 2025", "2022")
        .replace("Istanbul memorandum", "Earlier memorandum");
    bench.write("proposal/b-earlier-one.md", earlier.as_bytes());
    let loaded = bench.load();
    assert!(loaded.errors.is_empty(), "{}", loaded.rendered());
    let article = &loaded.articles[0];
    let found: Vec<&Entry> = article.of_kind(Kind::Proposal).map(|(_, entry)| entry).collect();
    let ids: Vec<&str> = found.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["b-earlier-one", "a-later-one"]);
    let Detail::Proposal { by, status, cells, .. } = &found[1].detail else {
        panic!("a proposal says what it is");
    };
    let names: Vec<&str> = by.iter().map(|place| article.entries[*place].id.as_str()).collect();
    assert_eq!((names, *status), (vec!["russia", "ukraine"], ProposalStatus::OfficialText));
    let stances: Vec<&str> = cells.iter().map(|cell| cell.stance.name()).collect();
    assert_eq!(stances, ["asks", "rejects", "sets aside", "silent", "offers"]);
    assert_eq!(article.sources[cells[1].sources[1]].id.as_str(), "echr-crimea");
    assert!(cells[3].text.is_empty() && cells[3].sources.is_empty());
}

#[test]
fn warnings_do_not_prevent_loading() {
    let bench = DatasetCopy::new();
    let asks: String = (0..15).map(|number| format!("\"question {number}\", ")).collect();
    let file = format!("[buffer-state]\nasks = [{asks}]\nwords = [\"cushion\"]\n");
    bench.write("asks/term.toml", file.as_bytes());
    let loaded = bench.load();
    assert!(loaded.errors.is_empty() && loaded.articles.len() == 1, "{}", loaded.rendered());
    let of_file: Vec<&str> = loaded
        .notes
        .iter()
        .filter(|note| note.path.ends_with("asks/term.toml"))
        .map(|note| note.message.as_str())
        .collect();
    assert_eq!(of_file, ["15 asks, of which hardly more than 14 help"]);
    let mut terms = loaded.articles[0].of_kind(Kind::Term);
    let (_, term) =
        terms.find(|(_, entry)| entry.id.as_str() == "buffer-state").expect("the entry");
    assert_eq!(term.words, ["cushion"]);
}

#[test]
fn a_changed_stance_has_a_date_and_the_previous_stance() {
    let bench = DatasetCopy::new();
    let file = "position/ukraine.md";
    let changed = "nato = { stance = \"conditional\", since = \"2025-12-14\", was = \"opposes\" }";
    bench.write(file, bench.text(file).replacen("nato = \"opposes\"", changed, 1).as_bytes());
    let loaded = bench.load();
    assert!(loaded.errors.is_empty(), "{}", loaded.rendered());
    let catalog = Catalog::new(loaded.articles);
    let shown = |request: Request| {
        let answer = commands::answer(&catalog, &request).expect("an answer");
        Terminal::PLAIN.render(&answer, catalog.locale())
    };
    let position = || Request::new("position");
    let since = "2 (since 14 December 2025; opposed before)";
    assert!(shown(position()).contains(since), "the matrix");
    let cell = "Open to it under conditions since 14 December 2025; opposed before";
    assert!(shown(position().with("holder", "ukraine")).contains(cell), "the row");
    assert!(shown(position().with("demand", "nato")).contains(cell), "the column");
    let both = position().with("holder", "ukraine").with("demand", "nato");
    assert!(shown(both).contains(cell), "the cell");
}

#[test]
fn a_described_source_has_no_quotation_marks_and_an_unverified_date_says_so() {
    let bench = DatasetCopy::new();
    let more = "\n[more]\npublisher = \"A paper\"\ntitle = \"(report on a summit)\"\nseen = \"2026-11-20\"\n";
    bench.write("sources.toml", format!("{}{more}", bench.text("sources.toml")).as_bytes());
    let file = "term/buffer-state.md";
    let own = "\n## In this dossier\n\nA word of the editors.\n\n## More\n\nA fact. [^more]\n";
    bench.write(file, format!("{}{own}", bench.text(file)).as_bytes());
    let loaded = bench.load();
    assert!(loaded.errors.is_empty(), "{}", loaded.rendered());
    let catalog = Catalog::new(loaded.articles);
    let shown = |view: &str| {
        let request = Request::new("term").with("term", "buffer-state").with("view", view);
        let answer = commands::answer(&catalog, &request).expect("an answer");
        Terminal::PLAIN.render(&answer, catalog.locale())
    };
    assert!(shown("more").contains("A paper, (report on a summit), date not seen"));
    assert!(shown("in-this-dossier").contains("In this dossier\nA word of the editors."));
}

#[test]
fn asks_that_are_useless_or_find_another_entry_are_reported() {
    let bench = DatasetCopy::new();
    let asks = "[buffer-state]\nasks = [\"a buffer state\", \"the Budapest Memorandum\", \"cushion country\", \"country cushion\"]\n";
    bench.write("asks/term.toml", asks.as_bytes());
    let loaded = bench.load();
    assert!(loaded.errors.is_empty(), "{}", loaded.rendered());
    let catalog = Catalog::new(loaded.articles);
    let mut problems = Diagnostics::default();
    catalog.review_asks(&loaded.files, &mut problems);
    assert!(!problems.has_errors(), "notes are no errors");
    let notes = problems.sorted();
    let of_file = notes.iter().filter(|note| note.path.ends_with("asks/term.toml"));
    let found: Vec<(&str, &str)> = of_file
        .map(|note| (&asks[note.span.clone().expect("a place")], note.message.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "\"a buffer state\"",
                "this ask brings no word that the names, the summary, `words` and other asks do not have"
            ),
            ("\"the Budapest Memorandum\"", "this ask finds `term/budapest-memorandum` first"),
            (
                "\"country cushion\"",
                "this ask brings no word that the names, the summary, `words` and other asks do not have"
            ),
        ]
    );
}

#[test]
fn suggested_fixes_never_overwrite_another_file() {
    let bench = DatasetCopy::new();
    for (file, content) in [
        ("term/Buffer-State.md", "+++\n+++\n"),
        ("term/buffer-state.txt", "+++\n+++\n"),
        ("term/buffer-state", "+++\n+++\n"),
        ("article.tml", "title = 1\n"),
        ("terms/x.md", "+++\n+++\n"),
    ] {
        bench.write(file, content.as_bytes());
        let loaded = bench.load();
        let (path, _) =
            file.split_once("s/").filter(|_| file.starts_with("terms")).unwrap_or((file, ""));
        let advice = loaded.errors.iter().find(|problem| problem.path.contains(path));
        let advice = advice.unwrap_or_else(|| panic!("{file}: {}", loaded.rendered()));
        assert!(!advice.help.contains("rename"), "{file}: {}", advice.help);
        bench.restore();
    }
}
