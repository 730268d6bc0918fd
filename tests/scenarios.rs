//! Scenarios: questions of a member and the responses, as a chat. One file per scenario, with the
//! responses in its snapshot.

use dossier::catalog::Catalog;
use dossier::terminal::Terminal;
use dossier::{ask, commands};

#[test]
fn every_scenario_is_answered_as_before() {
    let catalog = Catalog::bundled();
    insta::glob!("scenarios/*/*.txt", |path| {
        let asked = std::fs::read_to_string(path).expect("a scenario");
        let mut chat = String::new();
        for line in asked.lines() {
            let answer = ask::parse(line).and_then(|request| commands::answer(&catalog, &request));
            let card = answer.unwrap_or_else(|refusal| refusal.card(catalog.locale()));
            chat.push_str(&format!(
                "member> {line}\n\n{}\n",
                Terminal::PLAIN.render(&card, catalog.locale())
            ));
        }
        // Every card shows the dataset's version; a new version alone does not change the snapshot.
        let chat = chat
            .replace(&format!("dataset {}", catalog.articles()[0].version), "dataset (version)");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, { insta::assert_snapshot!(chat) });
    });
}
