//! What the message says that a message command was run on.
//!
//! A forwarded message has no text of its own, a link often says no more than its preview, and the messages of bots are made of
//! embeds and text displays: a reader sees all of these, so all are read.

use std::borrow::Cow;

use crate::discord::json::{Json, Object};

/// A container, a section in it and its text are three. The rest is room for what Discord may add.
const DEPTH_MAX: usize = 6;

/// The type of component that displays a text.
const TEXT_DISPLAY: u64 = 10;

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

/// Adds the text of a message, then those of its embeds and components.
fn collect<'a>(message: &Object<'a>, texts: &mut Vec<Cow<'a, str>>) {
    texts.extend(message.text("content"));
    for embed in message.items("embeds").into_iter().map(Json::object) {
        texts.extend(["title", "description"].into_iter().filter_map(|name| embed.text(name)));
    }
    collect_displays(message.items("components"), texts, DEPTH_MAX);
}

fn collect_displays<'a>(components: Vec<Json<'a>>, texts: &mut Vec<Cow<'a, str>>, depth: usize) {
    let Some(deeper) = depth.checked_sub(1) else {
        return;
    };
    for component in components.into_iter().map(Json::object) {
        let is_text = component.number("type") == Some(TEXT_DISPLAY);
        texts.extend(component.text("content").filter(|_| is_text));
        collect_displays(component.items("components"), texts, deeper);
    }
}
