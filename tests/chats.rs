//! Discord as a chat: what members type, press and choose, through the parser and `respond`, and what they see. One file per
//! scenario, with the answers in its snapshot.
//!
//! `member> /command option:value` asks, `member> [Label]` presses, `member> {Menu: Option}` chooses, `member> <message> text` looks a
//! message up, `typing> /command option:text` completes. `other` is somebody else. What an answer is (a message, an update, to whom)
//! stands in brackets before it.

use dossier::ask;
use dossier::discord::parse::parse;
use dossier::discord::respond::{LOOK_UP, Reply, Responder, Then};
use dossier::library::Library;
use serde_json::{Value, json};

/// A message that was shown, and who asked for it.
#[derive(Clone, Default)]
struct Seen {
    message: Value,
    asker: u64,
}

/// The messages of a chat, oldest first, and the one that was last pressed on.
#[derive(Default)]
struct Chat {
    messages: Vec<Seen>,
    pressed: usize,
}

impl Chat {
    /// The first part of the newest message that has one which is what is looked for.
    fn find(&mut self, is: &dyn Fn(&Value) -> bool) -> Value {
        let newest_first = self.messages.iter().enumerate().rev();
        let found = newest_first
            .filter_map(|(place, seen)| Some((place, within(&seen.message, is)?)))
            .next();
        let (place, part) = found.unwrap_or_else(|| {
            panic!(
                "no message has such a part: {:?}",
                self.messages.last().map(|seen| &seen.message)
            )
        });
        self.pressed = place;
        part
    }
}

#[test]
fn every_chat_goes_as_before() {
    let responder = Responder::new(Library::bundled());
    insta::glob!("chats/*.txt", |path| {
        let mut seen = Chat::default();
        let mut chat = String::new();
        for line in std::fs::read_to_string(path).expect("a chat").lines() {
            chat.push_str(&format!(
                "{line}\n\n{}\n",
                play(&responder, line, &mut seen)
            ));
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, { insta::assert_snapshot!(chat) });
    });
}

fn play(responder: &Responder, line: &str, seen: &mut Chat) -> String {
    let (who, what) = line.split_once("> ").expect("a line of a chat");
    let user = if who == "other" { 2 } else { 1 };
    let interaction = interaction(who, what, user, seen);
    let bytes = serde_json::to_vec(&interaction).expect("JSON");
    let reply = responder.respond(&parse(&bytes).expect("an interaction"));
    show(&reply, user, seen)
}

fn interaction(who: &str, what: &str, user: u64, seen: &mut Chat) -> Value {
    let pressed = |custom_id: &str, values: Value| {
        (
            3,
            json!({ "custom_id": custom_id, "component_type": 2, "values": values }),
        )
    };
    let (kind, data) = if who == "typing" {
        (4, command(what, true))
    } else if what.starts_with('/') {
        (2, command(what, false))
    } else if let Some(label) = what
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        pressed(
            seen.find(&|part| part["label"] == label && part["custom_id"].is_string())["custom_id"]
                .as_str()
                .expect("a button"),
            json!([]),
        )
    } else if let Some((menu, option)) = what
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}')?.split_once(": "))
    {
        let menu = seen.find(&|part| part["placeholder"] == menu);
        let option =
            within(&menu["options"], &|part| part["label"] == option).expect("such an option");
        pressed(
            menu["custom_id"].as_str().expect("a menu"),
            json!([option["value"]]),
        )
    } else if let Some(text) = what.strip_prefix("<message>") {
        let messages = json!({ "9": { "id": "9", "content": text.trim(), "flags": 0 } });
        (
            2,
            json!({ "id": "5", "name": LOOK_UP, "type": 3, "target_id": "9", "resolved": { "messages": messages } }),
        )
    } else {
        match what.split_whitespace().collect::<Vec<_>>()[..] {
            ["press", custom_id] => pressed(custom_id, json!([])),
            ["choose", custom_id, value] => pressed(custom_id, json!([value])),
            ["modal", custom_id] => (5, json!({ "custom_id": custom_id, "components": [] })),
            ["type", number] => (number.parse().expect("a number"), json!({})),
            _ => panic!("{what} is no line of a chat"),
        }
    };
    let on = seen.messages.get(seen.pressed).cloned().unwrap_or_default();
    json!({
        "id": "77", "application_id": "1234", "token": "a-token", "type": kind, "data": data, "version": 1,
        "guild_id": "3", "channel_id": "4", "context": 0, "locale": "en-US",
        "member": { "user": { "id": user.to_string(), "username": "somebody" }, "permissions": "2147483647" },
        "authorizing_integration_owners": { "0": "3" },
        "message": { "id": "8", "flags": on.message["flags"], "interaction_metadata": { "user": { "id": on.asker.to_string() } } },
    })
}

/// A command with its options as Discord sends them; the last has the focus where it is still being typed.
fn command(typed: &str, typing: bool) -> Value {
    let (name, rest) = typed
        .trim_start_matches('/')
        .split_once(' ')
        .unwrap_or((typed.trim_start_matches('/'), ""));
    let mut options: Vec<Value> = match ask::parse(typed) {
        Ok(request) => request
            .options()
            .map(|(name, value)| option(name, value))
            .collect(),
        Err(_) => Vec::new(),
    };
    if typing {
        let (focused, _) = rest
            .rsplit_once(' ')
            .map_or(rest, |(_, last)| last)
            .split_once(':')
            .expect("an option");
        if !options.iter().any(|option| option["name"] == focused) {
            options.push(option(focused, ""));
        }
        for option in options
            .iter_mut()
            .filter(|option| option["name"] == focused)
        {
            option["focused"] = json!(true);
        }
    }
    json!({ "id": "5", "name": name, "type": 1, "options": options })
}

fn option(name: &str, value: &str) -> Value {
    match value {
        "true" => json!({ "name": name, "type": 5, "value": true }),
        _ => json!({ "name": name, "type": 3, "value": value }),
    }
}

/// The first part of a message that is what is looked for.
fn within(part: &Value, is: &dyn Fn(&Value) -> bool) -> Option<Value> {
    if is(part) {
        return Some(part.clone());
    }
    match part {
        Value::Array(parts) => parts.iter().find_map(|part| within(part, is)),
        Value::Object(parts) => parts.values().find_map(|part| within(part, is)),
        _ => None,
    }
}

/// An answer as it is seen.
fn show(reply: &Reply, user: u64, chat: &mut Chat) -> String {
    let callback: Value = serde_json::from_slice(&reply.body).expect("a callback is JSON");
    let data = &callback["data"];
    if reply.then == Then::DeleteOriginal {
        return "(the answer is taken away)\n".to_owned();
    }
    if callback["type"] == 8 {
        let choices = data["choices"].as_array().expect("choices").iter();
        return choices
            .map(|choice| {
                format!(
                    "{} = {}\n",
                    choice["name"].as_str().unwrap_or_default(),
                    choice["value"]
                )
            })
            .collect();
    }
    let private = data["flags"].as_u64().unwrap_or_default() & 64 != 0;
    let in_place = callback["type"] == 7;
    if in_place {
        chat.messages[chat.pressed].message = data.clone();
    } else {
        chat.messages.push(Seen {
            message: data.clone(),
            asker: user,
        });
    }
    let how = if in_place {
        "in its place"
    } else {
        "a new message"
    };
    let mut text = format!(
        "({how}, {})\n",
        if private { "to one" } else { "to everyone" }
    );
    data["components"]
        .as_array()
        .expect("components")
        .iter()
        .for_each(|part| draw(part, &mut text));
    text
}

fn draw(part: &Value, text: &mut String) {
    let words = |key: &str| part[key].as_str().unwrap_or_default();
    match part["type"].as_u64() {
        Some(10) => text.push_str(&format!("{}\n", words("content"))),
        Some(14) => text.push_str("---\n"),
        Some(2) if part["style"] == 5 => {
            text.push_str(&format!("[{}]({}) ", words("label"), words("url")))
        }
        Some(2) => text.push_str(&format!("[{}] ", words("label"))),
        Some(3) => {
            let labels: Vec<&str> = part["options"]
                .as_array()
                .expect("options")
                .iter()
                .filter_map(|option| option["label"].as_str())
                .collect();
            text.push_str(&format!(
                "{{{}: {}}}",
                words("placeholder"),
                labels.join(" | ")
            ));
        }
        _ => {
            part["components"]
                .as_array()
                .into_iter()
                .flatten()
                .for_each(|part| draw(part, text));
            if part["accessory"].is_object() {
                draw(&part["accessory"], text);
            }
            if matches!(part["type"].as_u64(), Some(1 | 9)) {
                text.push('\n');
            }
        }
    }
}
