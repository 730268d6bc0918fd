//! Buttons never expire: every `custom_id` ever released keeps its meaning.

use dossier::action::{Action, CUSTOM_ID_BYTES_MAX};

#[test]
fn every_released_custom_id_can_be_decoded() {
    let released = include_str!("custom_ids.txt").lines().filter(|line| !line.starts_with('#'));
    for custom_id in released {
        assert!(custom_id.len() <= CUSTOM_ID_BYTES_MAX);
        let action =
            Action::decode(custom_id).unwrap_or_else(|| panic!("{custom_id} is no longer read"));
        assert_eq!(action.encode().as_deref(), Some(custom_id));
    }
}
