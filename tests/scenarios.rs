//! What a member asks and what is answered, as a chat: one file per scenario, with the answers in its snapshot.

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
        // A correction raises the version of the dataset, which stands on every card: that alone is no other answer.
        let chat = chat
            .replace(&format!("dataset {}", catalog.articles()[0].version), "dataset (version)");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, { insta::assert_snapshot!(chat) });
    });
}
