//! Buttons never die: every `custom_id` that was ever released still means what it meant.

use dossier::action::{Action, CUSTOM_ID_BYTES_MAX};

#[test]
fn every_custom_id_ever_released_is_still_read() {
    let released = include_str!("custom_ids.txt").lines().filter(|line| !line.starts_with('#'));
    for custom_id in released {
        assert!(custom_id.len() <= CUSTOM_ID_BYTES_MAX);
        let action =
            Action::decode(custom_id).unwrap_or_else(|| panic!("{custom_id} is no longer read"));
        assert_eq!(action.encode().as_deref(), Some(custom_id));
    }
}
