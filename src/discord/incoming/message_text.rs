//! The visible text of the message that a message command targets.
//!
//! The content alone is not enough: a forwarded message has none, a link often only says something
//! in its preview, and bots post embeds and components. So everything that a reader sees is
//! collected, the names of files and buttons apart from the text.

use std::borrow::Cow;

use crate::json::{Json, Object};

/// <https://docs.discord.com/developers/resources/message#message-object-message-types>.
const THREAD_STARTER: u64 = 21;

/// Maximum nesting depth; deeper values are skipped. The deepest known text, a label in a row in a
/// section in a container, is at depth nine.
const DEPTH_MAX: usize = 10;

/// The parts of a message and, for each, the fields whose values a reader sees at any depth.
const PARTS: [(&str, &[&str]); 4] = [
    ("embeds", &["title", "description", "name", "value", "text"]),
    ("poll", &["text"]),
    ("attachments", &["description"]),
    ("components", &["content", "description"]),
];

/// An emoji's name is not visible, nor are the options of a select before it is opened, and a
/// website's name does not say what the message is about.
const HIDDEN: [&str; 3] = ["emoji", "options", "provider"];

/// The text of the target message, or of the first resolved message if the target is missing, and
/// the names of its files and buttons, one a line. Empty if there are none.
pub(super) fn content_and_names(data: &Object<'_>) -> [String; 2] {
    let messages = data.object("resolved").object("messages");
    let target = data.text("target_id").and_then(|id| messages.get(&id));
    let first = || messages.fields().next().map(|(_, message)| message);
    let Some(message) = target.or_else(first).map(Json::object) else {
        return Default::default();
    };
    // What a reader sees of a thread's first message is the message that the thread was started from.
    let starter = message.number("type") == Some(THREAD_STARTER);
    let starter = message.get("referenced_message").filter(|_| starter).map(Json::object);
    let message = starter.unwrap_or(message);
    let (mut texts, mut names) = (Vec::new(), Vec::new());
    let forwarded = message.items("message_snapshots").into_iter();
    let forwarded = forwarded.map(|snapshot| snapshot.object().object("message"));
    for message in std::iter::once(message).chain(forwarded) {
        collect_text(&message, &mut texts);
        names.extend(message.items("attachments").into_iter().filter_map(file_words));
        if let Some(components) = message.get("components") {
            collect_values(components, &["label", "placeholder"], &mut names, DEPTH_MAX);
        }
    }
    [texts, names].map(|mut texts| {
        texts.retain(|text| !text.trim().is_empty());
        texts.join("\n")
    })
}

/// The words of a file's name, without its extension. The title, if there is one, is the name before
/// Discord replaced characters in it.
fn file_words(file: Json<'_>) -> Option<Cow<'_, str>> {
    let file = file.object();
    let stem =
        |name: Cow<'_, str>| name.rsplit_once('.').map_or(&*name, |(stem, _)| stem).to_owned();
    let title = file.text("title").filter(|title| !title.is_empty()).map(Cow::into_owned);
    let name = title.or_else(|| file.text("filename").map(stem))?;
    Some(name.replace(['_', '-'], " ").into())
}

/// Collects the text of a message, then of its embeds and other parts.
fn collect_text<'a>(message: &Object<'a>, texts: &mut Vec<Cow<'a, str>>) {
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
