//! Finds the differences between a command and Discord's copy of it.
//!
//! Discord returns more than was sent: ids, versions, defaults (`null`, `false`, empty lists) for
//! absent fields, and fields that this program does not know. So only the fields listed here are
//! compared, and default values count as absent.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Scope;

/// The compared fields of a command, its options and their choices. Not compared: `dm_permission`,
/// which Discord derives from `contexts`; `default_permission`, which is deprecated; and `handler`,
/// which only applies to activities.
const FIELDS: &[&str] = &[
    "type",
    "name_localizations",
    "description",
    "description_localizations",
    "default_member_permissions",
    "nsfw",
    "required",
    "autocomplete",
    "choices",
    "options",
    "value",
    "channel_types",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
];

/// Fields that only global commands have.
const GLOBAL_FIELDS: &[&str] = &["integration_types", "contexts"];

/// The paths of the fields in which two definitions of a command differ, such as `description` or
/// `options.query.max_length`.
pub(super) fn difference(ours: &Value, theirs: &Value, scope: Scope) -> Vec<String> {
    let mut found = Vec::new();
    compare(FIELDS, ours, theirs, "", &mut found);
    if scope == Scope::Global {
        compare(GLOBAL_FIELDS, ours, theirs, "", &mut found);
    }
    found
}

/// Compares options and choices one by one. Users see their order, so a different order counts as a
/// difference of the whole list.
fn compare(fields: &[&str], ours: &Value, theirs: &Value, path: &str, found: &mut Vec<String>) {
    for field in fields {
        let name = format!("{path}{field}");
        let (ours, theirs) = (present(ours, field), present(theirs, field));
        if let (Some(ours), Some(theirs)) = (ours.and_then(by_name), theirs.and_then(by_name))
            && ours.iter().map(|(name, _)| name).eq(theirs.iter().map(|(name, _)| name))
        {
            for ((item, ours), (_, theirs)) in ours.into_iter().zip(theirs) {
                compare(fields, ours, theirs, &format!("{name}.{item}."), found);
            }
        } else if ours != theirs && ours.map(numbers) != theirs.map(numbers) {
            found.push(name);
        }
    }
}

/// The items of a list with their names; `None` for any other value.
fn by_name(list: &Value) -> Option<Vec<(&str, &Value)>> {
    list.as_array()?.iter().map(|item| Some((item.get("name")?.as_str()?, item))).collect()
}

/// The numbers of a list whose order is irrelevant; the value itself if it is none.
fn numbers(list: &Value) -> Result<BTreeSet<u64>, &Value> {
    let numbers = list.as_array().and_then(|list| list.iter().map(Value::as_u64).collect());
    numbers.ok_or(list)
}

/// A field's value; `None` if it is a default that Discord fills in for an absent field.
fn present<'a>(object: &'a Value, field: &str) -> Option<&'a Value> {
    object.get(field).filter(|value| !is_default(value))
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => Map::values(object).all(is_default),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::guild::GuildId;

    #[test]
    fn defaults_filled_in_by_discord_are_not_a_difference() {
        let ours = json!({"name": "search", "type": 1, "description": "Find", "contexts": [0, 1, 2], "integration_types": [0, 1],
            "options": [{"type": 3, "name": "query", "description": "Words", "required": true, "max_length": 80}]});
        let theirs = json!({"id": "7", "application_id": "8", "version": "9", "name": "search", "type": 1, "description": "Find",
            "name_localizations": null, "description_localizations": {}, "default_member_permissions": null, "dm_permission": true,
            "default_permission": true, "nsfw": false, "contexts": [2, 1, 0], "integration_types": [1, 0], "handler": 0,
            "something_new": {"a": 1},
            "options": [{"type": 3, "name": "query", "name_localizations": {"de": null}, "description": "Words", "required": true,
                "autocomplete": false, "choices": [], "options": [], "channel_types": null, "min_length": null, "max_length": 80,
                "something_new": 1}]});
        assert_eq!(difference(&ours, &theirs, Scope::Global), [""; 0]);
    }

    #[test]
    fn fields_changed_by_others_are_reported() {
        let ours = json!({"name": "help", "type": 1, "description": "Help"});
        let theirs = json!({"name": "help", "type": 1, "description": "Help", "nsfw": true, "default_member_permissions": "0",
            "name_localizations": {"de": "hilfe"}, "options": [{"type": 5, "name": "x", "description": "y"}]});
        let fields = difference(&ours, &theirs, Scope::Global);
        assert_eq!(fields, ["name_localizations", "default_member_permissions", "nsfw", "options"]);
    }

    #[test]
    fn a_reordered_or_malformed_list_is_one_difference() {
        let ours = json!({"options": [{"name": "a"}, {"name": "b"}]});
        for theirs in [
            json!({"options": [{"name": "b"}, {"name": "a"}]}),
            json!({"options": [{"name": "a"}]}),
            json!({"options": [1, 2]}),
            json!({"options": "a, b"}),
            json!({}),
        ] {
            assert_eq!(difference(&ours, &theirs, Scope::Global), ["options"], "{theirs}");
        }
    }

    #[test]
    fn contexts_of_a_guild_command_are_not_compared() {
        let (ours, theirs) = (json!({}), json!({"contexts": [0], "integration_types": [0]}));
        assert_eq!(difference(&ours, &theirs, Scope::Guild(GuildId::new(7))), [""; 0]);
        assert_eq!(difference(&ours, &theirs, Scope::Global), ["integration_types", "contexts"]);
    }
}
