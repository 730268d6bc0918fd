//! Hundreds of ways to break the dataset: each is refused at the right place with a remedy, and nothing of it is loaded.

mod article;
mod bench;
mod body;
mod case;
mod folders;
mod front_matter;
mod links;
mod program;
mod random;
mod several;
mod sources;

use std::collections::BTreeSet;

use bench::Bench;
use case::Case;

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
    let tables = [article::CASES, body::CASES, front_matter::CASES, links::CASES, sources::CASES];
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
