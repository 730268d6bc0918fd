//! The visible text of the message that a message command targets.
//!
//! The content alone is not enough: a forwarded message has none, a link often only says something
//! in its preview, and bots post embeds and components. So everything that a reader sees is
//! collected.

use std::borrow::Cow;

use crate::json::{Json, Object};

/// Maximum nesting depth; deeper values are skipped. The deepest known text, a label in a row in a
/// section in a container, is at depth nine.
const DEPTH_MAX: usize = 10;

/// The parts of a message and, for each, the fields whose values a reader sees at any depth. Labels
/// of buttons and selects are left out: they name an action and say nothing about the topic.
const PARTS: [(&str, &[&str]); 4] = [
    ("embeds", &["title", "description", "name", "value", "text"]),
    ("poll", &["text"]),
    ("attachments", &["title", "description"]),
    ("components", &["content", "description"]),
];

/// An emoji's name is not visible, and a website's name does not say what the message is about.
const HIDDEN: [&str; 3] = ["emoji", "options", "provider"];

/// The text of the target message, or of the first resolved message if the target is missing. Empty
/// if there is none.
pub(super) fn content(data: &Object<'_>) -> String {
    let messages = data.object("resolved").object("messages");
    let target = data.text("target_id").and_then(|id| messages.get(&id));
    let first = || messages.fields().next().map(|(_, message)| message);
    let Some(message) = target.or_else(first).map(Json::object) else {
        return String::new();
    };
    let mut texts = Vec::new();
    collect(&message, &mut texts);
    for snapshot in message.items("message_snapshots") {
        collect(&snapshot.object().object("message"), &mut texts);
    }
    texts.retain(|text| !text.trim().is_empty());
    texts.join("\n")
}

/// Collects the text of a message, then of its embeds and other parts.
fn collect<'a>(message: &Object<'a>, texts: &mut Vec<Cow<'a, str>>) {
    texts.extend(message.text("content"));
    for (part, names) in PARTS {
        if let Some(part) = message.get(part) {
            collect_values(part, names, texts, DEPTH_MAX);
        }
    }
}

/// Collects the values of the named fields at any depth, in the order of `names`.
fn collect_values<'a>(json: Json<'a>, names: &[&str], texts: &mut Vec<Cow<'a, str>>, depth: usize) {
    let Some(deeper) = depth.checked_sub(1) else {
        return;
    };
    for item in json.items() {
        collect_values(item, names, texts, deeper);
    }
    let object = json.object();
    let place = |name: &str| names.iter().position(|other| *other == name).unwrap_or(names.len());
    let mut fields: Vec<(usize, &str, Json<'a>)> = object
        .fields()
        .filter(|(name, _)| !HIDDEN.contains(name))
        .map(|(name, value)| (place(name), name, value))
        .collect();
    fields.sort_by_key(|(place, name, _)| (*place, *name));
    for (place, _, value) in fields {
        match place < names.len() {
            true => texts.extend(value.text()),
            false => collect_values(value, names, texts, deeper),
        }
    }
}
