//! Chats: what members type, click and select, processed by the parser and `respond`, and what they
//! see. One file per chat, with the responses in its snapshot.
//!
//! `member> /command option:value` runs a command, `member> [Label]` clicks a button, `member>
//! {Menu: Option}` selects an option, `member> <message> text` runs the message command,
//! `member> <form> text` submits the form that was opened last, and `typing> /command option:text`
//! requests an autocomplete. `other` is another user. `member in #bots>` acts in that channel, and
//! `#bots` is also a channel as a value. Each response is preceded by its kind in brackets (message
//! or update, and who sees it).

use crate::local::Local;
use dossier::discord::respond::LOOK_UP;
use dossier::{ask, commands};
use serde_json::{Value, json};

/// A displayed message and the user whose interaction it responds to.
#[derive(Clone, Default)]
struct SeenMessage {
    message: Value,
    asker: u64,
}

/// The messages of a chat, oldest first, and the one whose component was used last.
#[derive(Default)]
struct Chat {
    messages: Vec<SeenMessage>,
    pressed: usize,
    /// The form that was opened last.
    form: Value,
}

impl Chat {
    /// Finds a part of the newest message that contains a matching one.
    fn find(&mut self, is: &dyn Fn(&Value) -> bool) -> Value {
        let newest_first = self.messages.iter().enumerate().rev();
        let found = newest_first
            .filter_map(|(place, seen)| Some((place, find_within(&seen.message, is)?)))
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
    insta::glob!("chats/*.txt", |path| {
        let is_report = path.file_name().is_some_and(|name| name == "an_error_is_reported.txt");
        let local = if is_report { Local::with_report_form() } else { Local::new() };
        let mut seen = Chat::default();
        let mut chat = String::new();
        for line in std::fs::read_to_string(path).expect("a chat").lines() {
            let shown = without_instants(&play(&local, line, &mut seen));
            chat.push_str(&format!("{line}\n\n{shown}\n"));
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, { insta::assert_snapshot!(chat) });
    });
}

/// Replaces timestamps, which differ on each run.
fn without_instants(text: &str) -> String {
    let mut parts = text.split("<t:");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str("<t:…");
        kept.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    kept
}

/// The guild's channels: name, id, type, parent, and whether the bot has the permissions that it
/// needs.
const CHANNELS: &[(&str, u64, u64, u64, bool)] = &[
    ("general", 4, 0, 40, true),
    ("bots", 5, 0, 0, true),
    ("news", 6, 5, 40, true),
    ("forum", 7, 15, 0, true),
    ("silent", 8, 0, 40, false),
    ("talk", 40, 4, 0, true),
];

/// The channel object of a channel name.
fn channel(name: &str) -> Value {
    let known = CHANNELS.iter().find(|(one, ..)| *one == name.trim_start_matches('#'));
    let (name, id, kind, parent, may) =
        known.unwrap_or_else(|| panic!("no channel is called {name}"));
    let parent = (*parent != 0).then(|| parent.to_string());
    // View Channel, Send Messages and Send Messages in Threads; otherwise only View Channel.
    let bits: u64 = if *may { 1 << 10 | 1 << 11 | 1 << 38 } else { 1 << 10 };
    json!({ "id": id.to_string(), "guild_id": "3", "type": kind, "name": name, "parent_id": parent, "flags": 0, "app_permissions": bits.to_string() })
}

fn channel_id(name: &str) -> String {
    channel(name)["id"].as_str().expect("an id").to_owned()
}

/// The `resolved` data with these channels.
fn resolved(names: &[&str]) -> Value {
    let channels = names.iter().map(|name| (channel_id(name), channel(name)));
    json!({ "channels": channels.collect::<serde_json::Map<_, _>>() })
}

fn play(local: &Local, line: &str, seen: &mut Chat) -> String {
    let (who, what) = line.split_once("> ").expect("a line of a chat");
    let (who, here) = who.split_once(" in ").unwrap_or((who, "#general"));
    let user = if who == "other" { 2 } else { 1 };
    let mut interaction = interaction(who, what, user, seen);
    interaction["channel_id"] = json!(channel_id(here));
    interaction["channel"] = channel(here);
    interaction["app_permissions"] = channel(here)["app_permissions"].clone();
    let (callback, then) = local.answer(&interaction);
    show(&callback, then, user, seen)
}

fn interaction(who: &str, what: &str, user: u64, seen: &mut Chat) -> Value {
    let pressed = |custom_id: &str, values: Value| {
        (3, json!({ "custom_id": custom_id, "component_type": 2, "values": values }))
    };
    let (kind, data) = if what.starts_with("/config") {
        (2, config_command(what))
    } else if who == "typing" {
        (4, command(what, true))
    } else if what.starts_with('/') {
        (2, command(what, false))
    } else if let Some(label) = what.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        pressed(
            seen.find(&|part| part["label"] == label && part["custom_id"].is_string())["custom_id"]
                .as_str()
                .expect("a button"),
            json!([]),
        )
    } else if let Some((menu, option)) =
        what.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')?.split_once(": "))
    {
        let menu = seen.find(&|part| part["placeholder"] == menu);
        if menu["type"] == 8 {
            let names: Vec<&str> = option.split(", ").collect();
            let ids: Vec<String> = names.iter().map(|name| channel_id(name)).collect();
            let (kind, mut data) = pressed(menu["custom_id"].as_str().expect("a menu"), json!(ids));
            data["resolved"] = resolved(&names);
            return full_interaction(kind, data, user, seen);
        }
        let option =
            find_within(&menu["options"], &|part| part["label"] == option).expect("such an option");
        pressed(menu["custom_id"].as_str().expect("a menu"), json!([option["value"]]))
    } else if let Some(text) = what.strip_prefix("<message>") {
        let messages = json!({ "9": { "id": "9", "content": text.trim(), "flags": 0 } });
        (
            2,
            json!({ "id": "5", "name": LOOK_UP, "type": 3, "target_id": "9", "resolved": { "messages": messages } }),
        )
    } else if let Some(text) = what.strip_prefix("<form>") {
        let input = json!({ "type": 4, "custom_id": "text", "value": text.trim() });
        let custom_id = &seen.form["custom_id"];
        (5, json!({ "custom_id": custom_id, "components": [{ "type": 18, "component": input }] }))
    } else if let Some(custom_id) = what.strip_prefix("press ") {
        pressed(custom_id, json!([]))
    } else {
        match what.split_whitespace().collect::<Vec<_>>()[..] {
            ["choose", custom_id, value] => pressed(custom_id, json!([value])),
            ["modal", custom_id] => (5, json!({ "custom_id": custom_id, "components": [] })),
            ["type", number] => (number.parse().expect("a number"), json!({})),
            _ => panic!("{what} is no line of a chat"),
        }
    };
    full_interaction(kind, data, user, seen)
}

fn full_interaction(kind: u64, data: Value, user: u64, seen: &Chat) -> Value {
    let on = seen.messages.get(seen.pressed).cloned().unwrap_or_default();
    json!({
        "id": "77", "application_id": "1234", "token": "a-token", "type": kind, "data": data, "version": 1,
        "guild_id": "3", "channel_id": "4", "context": 0, "locale": "en-US",
        "member": { "user": { "id": user.to_string(), "username": "somebody" }, "permissions": "2147483647" },
        "authorizing_integration_owners": { "0": "3" },
        "message": { "id": "8", "flags": on.message["flags"], "interaction_metadata": { "user": { "id": on.asker.to_string() } } },
    })
}

/// The data of a `/config` subcommand, such as `/config channels allow channel:#bots`.
fn config_command(typed: &str) -> Value {
    let typed = typed.trim_start_matches('/');
    let known = commands::SETTINGS.iter().map(|command| command.name);
    let name = known.filter(|name| typed.starts_with(name)).max_by_key(|name| name.len());
    let name = name.unwrap_or("config");
    let pairs = typed[name.len()..].split_whitespace();
    let pairs: Vec<(&str, &str)> =
        pairs.map(|word| word.split_once(':').expect("an option")).collect();
    let option = |(name, value): &(&str, &str)| match value.strip_prefix('#') {
        Some(channel) => json!({ "name": name, "type": 7, "value": channel_id(channel) }),
        None => match value.parse::<u64>() {
            Ok(number) => json!({ "name": name, "type": 4, "value": number }),
            Err(_) => json!({ "name": name, "type": 3, "value": value }),
        },
    };
    let channels: Vec<&str> =
        pairs.iter().map(|(_, value)| *value).filter(|value| value.starts_with('#')).collect();
    let mut options: Vec<Value> = pairs.iter().map(option).collect();
    let path: Vec<&str> = name.split(' ').skip(1).collect();
    for (depth, word) in path.iter().enumerate().rev() {
        let kind = if depth + 1 == path.len() { 1 } else { 2 };
        options = vec![json!({ "name": word, "type": kind, "options": options })];
    }
    json!({ "id": "5", "name": "config", "type": 1, "options": options, "resolved": resolved(&channels) })
}

/// The data of a command. With `typing`, the last option is focused.
fn command(typed: &str, typing: bool) -> Value {
    let (name, rest) = typed
        .trim_start_matches('/')
        .split_once(' ')
        .unwrap_or((typed.trim_start_matches('/'), ""));
    let mut options: Vec<Value> = match ask::parse(typed) {
        Ok(request) => request.options().map(|(name, value)| option(name, value)).collect(),
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
        for option in options.iter_mut().filter(|option| option["name"] == focused) {
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

/// The first matching part of a message.
fn find_within(part: &Value, is: &dyn Fn(&Value) -> bool) -> Option<Value> {
    if is(part) {
        return Some(part.clone());
    }
    match part {
        Value::Array(parts) => parts.iter().find_map(|part| find_within(part, is)),
        Value::Object(parts) => parts.values().find_map(|part| find_within(part, is)),
        _ => None,
    }
}

/// Formats a response as a user sees it.
fn show(callback: &Value, is_deleted: bool, user: u64, chat: &mut Chat) -> String {
    let data = &callback["data"];
    if is_deleted {
        return "(the answer is taken away)\n".to_owned();
    }
    if callback["type"] == 8 {
        let choices = data["choices"].as_array().expect("choices").iter();
        return choices
            .map(|choice| {
                format!("{} = {}\n", choice["name"].as_str().unwrap_or_default(), choice["value"])
            })
            .collect();
    }
    if callback["type"] == 9 {
        chat.form = data.clone();
        let mut text = format!("(a form)\n{}\n", data["title"].as_str().unwrap_or_default());
        data["components"]
            .as_array()
            .expect("labels")
            .iter()
            .for_each(|part| draw_component(part, &mut text));
        return text;
    }
    let private = data["flags"].as_u64().unwrap_or_default() & 64 != 0;
    let in_place = callback["type"] == 7;
    if in_place {
        chat.messages[chat.pressed].message = data.clone();
    } else {
        chat.messages.push(SeenMessage { message: data.clone(), asker: user });
    }
    let how = if in_place { "in its place" } else { "a new message" };
    let mut text = format!("({how}, {})\n", if private { "to one" } else { "to everyone" });
    data["components"]
        .as_array()
        .expect("components")
        .iter()
        .for_each(|part| draw_component(part, &mut text));
    if let Some(file) = callback["file"].as_str() {
        text.push_str(file);
    }
    text
}

fn draw_component(part: &Value, text: &mut String) {
    let words = |key: &str| part[key].as_str().unwrap_or_default();
    match part["type"].as_u64() {
        Some(10) => text.push_str(&format!("{}\n", words("content"))),
        Some(14) => text.push_str("---\n"),
        Some(2) if part["style"] == 5 => {
            text.push_str(&format!("[{}]({}) ", words("label"), words("url")))
        }
        Some(2) => text.push_str(&format!("[{}] ", words("label"))),
        Some(8) => text.push_str(&format!("{{{}: channels}}", words("placeholder"))),
        Some(18) => {
            let (label, about) = (words("label"), words("description"));
            let (hint, most) =
                (&part["component"]["placeholder"], &part["component"]["max_length"]);
            text.push_str(&format!("{label}\n{about}\n{hint}, {most} characters\n"));
        }
        Some(13) => text.push_str("(the file)\n"),
        Some(3) => {
            let labels: Vec<&str> = part["options"]
                .as_array()
                .expect("options")
                .iter()
                .filter_map(|option| option["label"].as_str())
                .collect();
            text.push_str(&format!("{{{}: {}}}", words("placeholder"), labels.join(" | ")));
        }
        _ => {
            part["components"]
                .as_array()
                .into_iter()
                .flatten()
                .for_each(|part| draw_component(part, text));
            if part["accessory"].is_object() {
                draw_component(&part["accessory"], text);
            }
            if matches!(part["type"].as_u64(), Some(1 | 9)) {
                text.push('\n');
            }
        }
    }
}
