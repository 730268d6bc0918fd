//! The visible text of the message that a message command targets.
//!
//! The content alone is not enough: a forwarded message has none, a link often only says something
//! in its preview, and bots post embeds and components. So everything that a reader sees is
//! collected, the names of files and buttons apart from the text.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

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

/// An emoji's name is not visible, and a website's name does not say what the message is about.
const HIDDEN: [&str; 2] = ["emoji", "provider"];

/// Of the options of a select that is not open, only the default is visible, without its description.
const OPTIONS: &str = "options";

/// The text of the target message, or of the first resolved message if the target is missing, and
/// the names of its files, stickers and buttons, one a line. Empty if there are none.
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
        texts.extend(message.object("thread").text("name"));
        names.extend(message.items("attachments").into_iter().filter_map(attachment_words));
        let stickers = message.items("sticker_items").into_iter();
        names.extend(stickers.filter_map(|sticker| sticker.object().text("name")));
        if let Some(components) = message.get("components") {
            collect_values(components, &["label", "placeholder"], &mut names, DEPTH_MAX);
            let mut files = Vec::new();
            collect_values(components, &["name"], &mut files, DEPTH_MAX);
            names.extend(files.iter().map(|name| file_words(name)));
        }
    }
    [texts, names].map(|mut texts| {
        texts.retain(|text| !text.trim().is_empty());
        texts.join("\n")
    })
}

/// The words of a file's name. The title, if there is one, is the name before Discord replaced
/// characters in it, without its extension.
fn attachment_words(file: Json<'_>) -> Option<Cow<'_, str>> {
    let file = file.object();
    let title = file.text("title").filter(|title| !title.is_empty());
    let title = title.map(|title| separate_words(&title));
    title.or_else(|| file.text("filename").map(|name| file_words(&name)))
}

/// The words of a file's name without its extension.
fn file_words(name: &str) -> Cow<'static, str> {
    separate_words(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

/// Decodes a name from an address, and replaces what stands between its words by spaces.
fn separate_words(name: &str) -> Cow<'static, str> {
    let decoded = percent_decode_str(name).decode_utf8_lossy();
    decoded.replace(['_', '-', '+'], " ").into()
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
    for (place, name, value) in fields {
        match place < names.len() {
            _ if name == OPTIONS => {
                let options = value.items().into_iter().map(Json::object);
                let shown = options.filter(|option| option.is_true("default"));
                let is_wanted = names.contains(&"label");
                texts.extend(shown.filter(|_| is_wanted).filter_map(|option| option.text("label")));
            }
            true => texts.extend(value.text()),
            false => collect_values(value, names, texts, deeper),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_a_reader_sees_is_read() {
        let file = |name: &str| {
            format!(r#""components":[{{"type":13,"file":{{"url":"x"}},"name":"{name}"}}]"#)
        };
        let select = r#""components":[{"type":1,"components":[{"type":3,"options":[
            {"label":"Minsk I","default":true,"description":"hidden"},{"label":"hidden"}]}]}]"#;
        let sticker = r#""sticker_items":[{"id":"1","name":"Budapest","format_type":1}]"#;
        for (message, texts, names) in [
            (file("Budapest_Memorandum.pdf"), "", "Budapest Memorandum"),
            (file("Budapest%20Memorandum.v2.pdf"), "", "Budapest Memorandum.v2"),
            (format!(r#""components":[{{"type":17,{}}}]"#, file("Minsk.txt")), "", "Minsk"),
            (select.to_owned(), "", "Minsk I"),
            (sticker.to_owned(), "", "Budapest"),
            (format!(r#""message_snapshots":[{{"message":{{{sticker}}}}}]"#), "", "Budapest"),
            (
                r#""thread":{"id":"1","name":"The Minsk accords"}"#.to_owned(),
                "The Minsk accords",
                "",
            ),
            (
                r#""attachments":[{"filename":"Budapest%20Memorandum.pdf"}]"#.to_owned(),
                "",
                "Budapest Memorandum",
            ),
            (
                r#""attachments":[{"filename":"%D0%9A%D0%B8%D1%97%D0%B2.pdf"}]"#.to_owned(),
                "",
                "Київ",
            ),
            (r#""attachments":[{"filename":"100%.pdf"}]"#.to_owned(), "", "100%"),
            (
                r#""attachments":[{"filename":"a.pdf","title":"Minsk+accords"}]"#.to_owned(),
                "",
                "Minsk accords",
            ),
        ] {
            let data =
                format!(r#"{{"target_id":"1","resolved":{{"messages":{{"1":{{{message}}}}}}}}}"#);
            let data = Object::parse(&data).expect("JSON");
            assert_eq!(content_and_names(&data), [texts, names], "{message}");
        }
    }
}
