//! Hundreds of ways to break the dataset: each is refused at the right place with a remedy, and nothing of it is loaded.

mod article;
mod bench;
mod body;
mod case;
mod folders;
mod front_matter;
mod links;
mod program;
mod proposals;
mod random;
mod several;
mod sources;

use std::collections::BTreeSet;

use bench::Bench;
use case::Case;
use dossier::content::{Detail, Entry, Kind, ProposalStatus};

fn check(cases: &[Case]) {
    let bench = Bench::new();
    let failed: Vec<String> = cases.iter().filter_map(|case| case.check(&bench).err()).collect();
    assert!(
        failed.is_empty(),
        "{} of {} cases:\n\n{}",
        failed.len(),
        cases.len(),
        failed.join("\n\n==========\n\n")
    );
}

#[test]
fn there_are_hundreds_of_different_cases() {
    let tables = [
        article::CASES,
        body::CASES,
        front_matter::CASES,
        links::CASES,
        proposals::CASES,
        sources::CASES,
    ];
    let names: Vec<&str> =
        tables.iter().flat_map(|cases| cases.iter().map(|case| case.name)).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(distinct.len(), names.len(), "two cases have one name");
    assert!(names.len() >= 300, "{} cases", names.len());
}

#[test]
fn the_dataset_as_it_is_has_no_problem() {
    let told = Bench::new().load();
    assert!(told.problems.is_empty(), "{}", told.rendered());
    assert_eq!(told.articles.len(), 1);
}

#[test]
fn broken_front_matter_is_refused() {
    check(front_matter::CASES);
}

#[test]
fn broken_text_is_refused() {
    check(body::CASES);
}

#[test]
fn broken_links_and_names_are_refused() {
    check(links::CASES);
}

#[test]
fn a_broken_article_file_is_refused() {
    check(article::CASES);
}

#[test]
fn a_broken_bibliography_is_refused() {
    check(sources::CASES);
}

#[test]
fn a_broken_proposal_or_file_of_asks_is_refused() {
    check(proposals::CASES);
}

#[test]
fn proposals_are_loaded_in_the_order_of_their_dates_with_a_cell_for_each_demand() {
    let bench = Bench::new();
    bench.write("proposal/a-later-one.md", proposals::PROPOSAL.as_bytes());
    let earlier = proposals::PROPOSAL
        .replace("2025-06-02", "2022-03")
        .replace("June 2025", "2022")
        .replace("Istanbul memorandum", "Istanbul draft");
    bench.write("proposal/b-earlier-one.md", earlier.as_bytes());
    let told = bench.load();
    assert!(told.problems.is_empty(), "{}", told.rendered());
    let article = &told.articles[0];
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
fn what_could_be_better_is_noted_and_loaded() {
    let bench = Bench::new();
    let asks: String = (0..13).map(|number| format!("\"question {number}\", ")).collect();
    let file = format!("[buffer-state]\nasks = [{asks}]\nwords = [\"cushion\"]\n");
    bench.write("asks/term.toml", file.as_bytes());
    let told = bench.load();
    assert!(told.problems.is_empty() && told.articles.len() == 1, "{}", told.rendered());
    let of_file: Vec<&str> = told
        .notes
        .iter()
        .filter(|note| note.path.ends_with("asks/term.toml"))
        .map(|note| note.problem.as_str())
        .collect();
    assert_eq!(of_file, ["13 asks, of which hardly more than 12 help"]);
    let place = told.articles[0].position(Kind::Term, "buffer-state").expect("the entry");
    assert_eq!(told.articles[0].entries[place].words, ["cushion"]);
}
