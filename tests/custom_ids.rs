//! Buttons never expire: every `custom_id` ever released keeps its meaning.

use dossier::action::{Action, CUSTOM_ID_BYTES_MAX, Menu, PressScope, SettingInput, Verb};

/// The meaning of an action: its verb, command, page and options.
fn describe(action: &Action) -> String {
    let verb = match action.verb {
        Verb::Previous => "previous".to_owned(),
        Verb::Next => "next".to_owned(),
        Verb::Open(number) => format!("open, control {number}"),
        Verb::Sources(page) => format!("sources, page {page}"),
        Verb::Share => "share".to_owned(),
        Verb::Report(revision) => format!("report on revision {revision}"),
        Verb::Delete => return "delete".to_owned(),
        Verb::Select(Menu::Views) => return "select a view".to_owned(),
        Verb::Select(Menu::Open) => return "select an entry of the list".to_owned(),
        Verb::Select(Menu::Related) => return "select a related entry".to_owned(),
        Verb::ChangeSetting(scope, input, number) => {
            let input = match input {
                SettingInput::Button => "by button",
                SettingInput::Request => "by a selected request",
                SettingInput::Channel => "by selected channels",
            };
            let PressScope { guild, member, needs_manage_server } = scope;
            let permission = if needs_manage_server { "with" } else { "without" };
            format!(
                "change a setting {input}, control {number}, of server {guild} for {member} {permission} Manage Server"
            )
        }
    };
    if action.request.command.is_empty() {
        // The request is the selected value.
        return verb;
    }
    let options = action.request.options().filter(|(name, _)| *name != "page");
    let options: String = options.map(|(name, value)| format!(" {name}:{value}")).collect();
    format!("{verb}: /{}{options}, page {}", action.request.command, action.request.page())
}

#[test]
fn every_released_custom_id_keeps_its_meaning() {
    let released = include_str!("custom_ids.txt").lines().filter(|line| !line.starts_with('#'));
    for line in released {
        let (custom_id, meaning) = line.split_once(" => ").expect("a custom_id and its meaning");
        assert!(custom_id.len() <= CUSTOM_ID_BYTES_MAX);
        let action =
            Action::decode(custom_id).unwrap_or_else(|| panic!("{custom_id} is no longer read"));
        assert_eq!(action.encode().as_deref(), Some(custom_id));
        assert_eq!(describe(&action), meaning, "{custom_id}");
    }
}
