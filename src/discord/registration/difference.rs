//! What differs between a command of ours and Discord's copy of it.
//!
//! Discord gives back more than it was given: ids, versions, `null`s, `false`s and empty lists where nothing was said, and fields
//! that are newer than this program. So only the fields named here are compared, and whatever is empty counts as absent.

use serde_json::{Map, Value};

use super::Scope;

/// The fields of a command that are ours to say. `dm_permission`, `default_permission` and `handler` are not: Discord derives the
/// first from `contexts`, has retired the second, and keeps the third for activities.
const COMMAND_FIELDS: &[&str] = &[
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "nsfw",
];

/// The fields of a command that only those registered globally have.
const PLACE_FIELDS: &[&str] = &["integration_types", "contexts"];

const OPTION_FIELDS: &[&str] = &[
    "type",
    "name_localizations",
    "description",
    "description_localizations",
    "required",
    "autocomplete",
    "choices",
    "options",
    "channel_types",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
];

const CHOICE_FIELDS: &[&str] = &["name_localizations", "value"];

/// The fields in which two JSON objects of the same command differ, such as `description` or `options.query.max_length`.
pub fn difference(ours: &Value, theirs: &Value, scope: Scope) -> Vec<String> {
    let mut found = Vec::new();
    compare(COMMAND_FIELDS, ours, theirs, "", &mut found);
    if scope == Scope::Global {
        compare(PLACE_FIELDS, ours, theirs, "", &mut found);
    }
    found
}

/// The body of the request that makes Discord's copy the same as ours, given what differs.
///
/// It is the whole command: Discord replaces each field that it is given and keeps the others, so what has to go is named too.
pub(super) fn correction(ours: &Value, fields: &[String]) -> Value {
    let mut body = ours.as_object().cloned().unwrap_or_default();
    for field in fields {
        let field = field.split('.').next().unwrap_or(field);
        if !body.contains_key(field) {
            body.insert(field.to_owned(), nothing(field));
        }
    }
    Value::Object(body)
}

/// What a field is given to say that there is nothing.
fn nothing(field: &str) -> Value {
    match field {
        "options" => Value::Array(Vec::new()),
        "nsfw" => Value::Bool(false),
        _ => Value::Null,
    }
}

fn compare(fields: &[&str], ours: &Value, theirs: &Value, within: &str, found: &mut Vec<String>) {
    for field in fields {
        let name = format!("{within}{field}");
        let (ours, theirs) = (said(ours, field), said(theirs, field));
        match (*field, ours, theirs) {
            ("options", Some(ours), Some(theirs)) => {
                compare_lists(OPTION_FIELDS, ours, theirs, &name, found);
            }
            ("choices", Some(ours), Some(theirs)) => {
                compare_lists(CHOICE_FIELDS, ours, theirs, &name, found);
            }
            ("integration_types" | "contexts" | "channel_types", Some(ours), Some(theirs)) => {
                found.extend((set(ours) != set(theirs)).then_some(name));
            }
            // Discord takes a number, and gives back a text.
            ("default_member_permissions", ours, theirs) => {
                found.extend((ours.map(digits) != theirs.map(digits)).then_some(name));
            }
            (_, ours, theirs) => found.extend((ours != theirs).then_some(name)),
        }
    }
}

/// Compares named things one by one. Their order is what people see, so another order is a difference of the list.
fn compare_lists(
    fields: &[&str],
    ours: &Value,
    theirs: &Value,
    within: &str,
    found: &mut Vec<String>,
) {
    let (Some(our_names), Some(their_names)) = (names(ours), names(theirs)) else {
        return found.push(within.to_owned());
    };
    if our_names != their_names {
        return found.push(within.to_owned());
    }
    for (name, (ours, theirs)) in our_names.iter().zip(items(ours).zip(items(theirs))) {
        compare(fields, ours, theirs, &format!("{within}.{name}."), found);
    }
}

fn digits(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn names(list: &Value) -> Option<Vec<&str>> {
    list.as_array()?.iter().map(|item| item.get("name")?.as_str()).collect()
}

/// What an object says of a field, if it says anything.
fn said<'a>(object: &'a Value, field: &str) -> Option<&'a Value> {
    object.get(field).filter(|value| !is_nothing(value))
}

/// Whether a value is what Discord gives back where nothing was said.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => Map::values(object).all(is_nothing),
    }
}

/// The members of a list in which order means nothing.
fn set(list: &Value) -> Vec<String> {
    let mut members: Vec<String> = items(list).map(Value::to_string).collect();
    members.sort();
    members.dedup();
    members
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::discord::incoming::Id;

    #[test]
    fn what_discord_fills_in_is_no_difference() {
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
    fn what_others_set_is_named_and_taken_back() {
        let ours = json!({"name": "help", "type": 1, "description": "Help"});
        let theirs = json!({"name": "help", "type": 1, "description": "Help", "nsfw": true, "default_member_permissions": "0",
            "name_localizations": {"de": "hilfe"}, "options": [{"type": 5, "name": "x", "description": "y"}]});
        let fields = difference(&ours, &theirs, Scope::Global);
        assert_eq!(fields, ["name_localizations", "options", "default_member_permissions", "nsfw"]);
        assert_eq!(
            correction(&ours, &fields),
            json!({"name": "help", "type": 1, "description": "Help", "nsfw": false, "default_member_permissions": null,
                "name_localizations": null, "options": []})
        );
    }

    #[test]
    fn a_list_that_is_none_or_in_another_order_is_a_difference_of_the_list() {
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
    fn where_a_server_command_may_be_used_is_not_compared() {
        let (ours, theirs) = (json!({}), json!({"contexts": [0], "integration_types": [0]}));
        assert_eq!(difference(&ours, &theirs, Scope::Guild(Id(7))), [""; 0]);
        assert_eq!(difference(&ours, &theirs, Scope::Global), ["integration_types", "contexts"]);
    }
}
