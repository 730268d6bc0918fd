//! What the message says that a message command was run on.
//!
//! A forwarded message has no content of its own, a link often says no more than its preview, and messages of bots are made of embeds
//! and components. Whatever a reader of the message sees is read.

use std::borrow::Cow;

use crate::discord::json::{Json, Object};

/// A label in a row of a section of a container is nine levels deep. What is deeper is skipped.
const DEPTH_MAX: usize = 10;

/// The parts of a message, and the fields of each whose values a reader sees, in the part itself or in the objects and lists inside it.
/// Labels of buttons and menus say what a press does, and not what the message is about.
const PARTS: [(&str, &[&str]); 4] = [
    ("embeds", &["title", "description", "name", "value", "text"]),
    ("poll", &["text"]),
    ("attachments", &["title", "description"]),
    ("components", &["content", "description"]),
];

/// The name of an emoji is not shown, and that of a website is not what the message is about.
const HIDDEN: [&str; 3] = ["emoji", "options", "provider"];

/// The text of the message that `data` names, or else of the first that came with it; empty if none did.
pub(super) fn content(data: &Object<'_>) -> String {
    let messages = data.object("resolved").object("messages");
    let target = data.text("target_id").and_then(|id| messages.get(&id));
    let first = || messages.fields().last().map(|(_, message)| message);
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

/// Adds the text of a message, then those of its embeds and its other parts.
fn collect<'a>(message: &Object<'a>, texts: &mut Vec<Cow<'a, str>>) {
    texts.extend(message.text("content"));
    for (part, names) in PARTS {
        if let Some(part) = message.get(part) {
            collect_values(part, names, texts, DEPTH_MAX);
        }
    }
}

/// Adds the values of the fields with these names, at any depth, and in this order.
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
