//! Checks whether Discord would accept a body. The documented limits are restated here,
//! independently of the bot's code.
//!
//! <https://docs.discord.com/developers/components/reference>,
//! <https://docs.discord.com/developers/interactions/receiving-and-responding>

use std::collections::HashSet;

use serde_json::{Map, Value};

const TEXT_CHARS_MAX: usize = 4000;
/// <https://github.com/discord/discord-api-docs/issues/8554>
const BYTES_MAX: usize = 10_170;
const BYTES_OF_A_TEXT: usize = 12;
const COMPONENTS_MAX: usize = 40;
const IS_COMPONENTS_V2: u64 = 1 << 15;
const EPHEMERAL: u64 = 1 << 6;
/// The flags that the bot may set: suppress embeds, ephemeral, suppress notifications, Components
/// V2.
const FLAGS: u64 = 1 << 2 | EPHEMERAL | 1 << 12 | IS_COMPONENTS_V2;

/// The interaction, as far as it determines which callbacks are valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InteractionData {
    Ping,
    Command,
    Component,
    Autocomplete,
    Modal,
}

/// The reasons why Discord would reject a callback; empty if it is valid.
pub(super) fn callback(asked: InteractionData, body: &Value) -> Vec<String> {
    let mut validator = Validator::default();
    validator.callback(asked, body);
    validator.faults
}

/// What Discord would refuse of the files that a message says it has.
pub(super) fn files(data: &Value, has_file: bool) -> Vec<String> {
    let listed = data["attachments"].as_array().map_or(&[][..], Vec::as_slice);
    let mut faults = Vec::new();
    if listed.len() != usize::from(has_file) {
        faults.push(format!("{} attachments are listed", listed.len()));
    }
    let names: Vec<&str> = listed.iter().filter_map(|one| one["filename"].as_str()).collect();
    let text = data["components"].to_string();
    let shown: Vec<&str> = text
        .split("attachment://")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .collect();
    if names != shown {
        faults.push(format!("{names:?} are attached, and {shown:?} are shown"));
    }
    faults
}

/// The reasons why Discord would reject a message.
pub(super) fn message(data: &Value) -> Vec<String> {
    let mut validator = Validator::default();
    validator.message(data);
    validator.faults
}

/// The reasons why Discord would reject a channel message. Unlike a response, it may mention the
/// roles that it lists.
pub(super) fn post(data: &Value) -> Vec<String> {
    let mut validator = Validator::default();
    let Some(fields) = data.as_object() else {
        return vec!["the message is not an object".to_owned()];
    };
    let mut message = fields.clone();
    if let Some(nonce) = message.remove("nonce") {
        let fits = length(Some(&nonce)).is_some_and(|length| (1..=25).contains(&length));
        validator.require(fits, "a nonce has to have 1 to 25 characters");
    }
    if let Some(enforced) = message.remove("enforce_nonce") {
        validator.require(enforced.is_boolean(), "enforce_nonce");
    }
    if let Some(mentions) = message.get_mut("allowed_mentions").and_then(Value::as_object_mut)
        && let Some(roles) = mentions.remove("roles")
    {
        let roles = roles.as_array().map(Vec::len);
        validator
            .require(roles.is_some_and(|roles| roles <= 1), "more than the one role is mentioned");
    }
    validator.message(&Value::Object(message));
    validator.faults
}

#[derive(Default)]
struct Validator {
    faults: Vec<String>,
    custom_ids: HashSet<String>,
    ids: HashSet<u64>,
    components: usize,
    chars: usize,
    bytes: usize,
    texts: usize,
}

/// The position of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parent {
    Message,
    Container,
    Row,
    Section,
    Accessory,
}

impl Validator {
    fn reject(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    fn require(&mut self, holds: bool, fault: &str) {
        if !holds {
            self.reject(fault);
        }
    }

    fn callback(&mut self, asked: InteractionData, body: &Value) {
        let Some(body) = body.as_object() else {
            return self.reject("the callback is not an object");
        };
        self.require_known_fields(body, "callback", &["type", "data"]);
        let kind = body.get("type").and_then(Value::as_u64).unwrap_or(0);
        let possible: &[u64] = match asked {
            InteractionData::Ping => &[1],
            InteractionData::Command => &[4, 5, 9],
            InteractionData::Component => &[4, 5, 6, 7, 9],
            InteractionData::Autocomplete => &[8],
            InteractionData::Modal => &[4, 5, 6, 7],
        };
        if !possible.contains(&kind) {
            return self.reject(format!("type {kind} does not answer {asked:?}"));
        }
        match (kind, body.get("data")) {
            (4 | 7, Some(data)) => self.message(data),
            (8, Some(data)) => self.choices(data),
            (9, Some(data)) => self.modal(data),
            (5, Some(data)) => {
                let flags = data.get("flags").and_then(Value::as_u64).unwrap_or(0);
                self.require(flags & !EPHEMERAL == 0, "a deferral has other flags than 64");
            }
            (1 | 5 | 6, _) => {}
            (_, _) => self.reject("there is no data"),
        }
    }

    fn message(&mut self, data: &Value) {
        let Some(data) = data.as_object() else {
            return self.reject("the data is not an object");
        };
        self.require_known_fields(
            data,
            "message",
            &["content", "allowed_mentions", "flags", "components", "tts", "attachments"],
        );
        let flags = match data.get("flags") {
            None => 0,
            Some(flags) => flags.as_u64().unwrap_or(u64::MAX),
        };
        self.require(flags & !FLAGS == 0, "flags that an answer cannot have");
        self.require(
            data.get("allowed_mentions") == Some(&serde_json::json!({ "parse": [] })),
            "allowed_mentions is not {\"parse\":[]}",
        );
        let content = data.get("content").and_then(Value::as_str).unwrap_or("");
        let components = data.get("components").and_then(Value::as_array);
        if flags & IS_COMPONENTS_V2 == 0 {
            self.require(
                !content.is_empty() || components.is_some_and(|all| !all.is_empty()),
                "an empty message",
            );
            self.require(content.chars().count() <= 2000, "content over 2000");
            let is_old = |one: &Value| one.get("type") == Some(&Value::from(1));
            self.require(
                components.is_none_or(|all| all.len() <= 5 && all.iter().all(is_old)),
                "other components than rows without the flag",
            );
        } else {
            self.require(!data.contains_key("content"), "content beside the V2 flag");
            self.require(components.is_some_and(|all| !all.is_empty()), "no components");
        }
        for component in components.into_iter().flatten() {
            self.component(component, Parent::Message);
        }
        self.require(self.components <= COMPONENTS_MAX, "more than 40 components");
        self.require(self.chars <= TEXT_CHARS_MAX, "more than 4000 characters");
        self.require(
            self.bytes + BYTES_OF_A_TEXT * self.texts <= BYTES_MAX,
            "more than 10170 bytes of text",
        );
    }

    fn component(&mut self, component: &Value, place: Parent) {
        self.components += 1;
        let Some(fields) = component.as_object() else {
            return self.reject("a component is not an object");
        };
        let kind = fields.get("type").and_then(Value::as_u64).unwrap_or(0);
        if !place.accepts(kind) {
            self.reject(format!("a component of type {kind} in {place:?}"));
        }
        if let Some(id) = fields.get("id") {
            let is_new = id
                .as_u64()
                .is_some_and(|id| id <= u64::from(u32::MAX) && (id == 0 || self.ids.insert(id)));
            self.require(is_new, "a component's id twice, or no number");
        }
        match kind {
            1 => self.row(fields),
            2 => self.button(fields),
            3 | 5..=8 => self.select(fields, kind),
            9 => self.section(fields),
            10 => self.text(fields),
            14 => {
                self.require_known_fields(
                    fields,
                    "separator",
                    &["type", "id", "divider", "spacing"],
                );
                let spacing = fields.get("spacing").map_or(Some(1), Value::as_u64);
                self.require(matches!(spacing, Some(1 | 2)), "a separator's spacing");
            }
            13 => {
                self.require_known_fields(fields, "file", &["type", "id", "file", "spoiler"]);
                let url = fields.get("file").and_then(|file| file["url"].as_str());
                let is_attached = url.is_some_and(|url| url.starts_with("attachment://"));
                self.require(is_attached, "a file that is not attached");
            }
            12 => self.gallery(fields),
            17 => self.container(fields),
            _ => self.reject(format!("type {kind} is not one that the bot sends")),
        }
    }

    fn gallery(&mut self, fields: &Map<String, Value>) {
        self.require_known_fields(fields, "media gallery", &["type", "id", "items"]);
        let items = fields.get("items").and_then(Value::as_array);
        let items = items.map_or(&[][..], Vec::as_slice);
        self.require((1..=10).contains(&items.len()), "a gallery has 1 to 10 items");
        for item in items {
            let url = item["media"]["url"].as_str();
            let is_attached = url.is_some_and(|url| url.starts_with("attachment://"));
            self.require(is_attached, "a picture that is not attached");
            let described = length(item.get("description"));
            let fits = described.is_some_and(|length| (1..=1_024).contains(&length));
            self.require(fits, "a description has 1 to 1,024 characters");
        }
    }

    fn row(&mut self, fields: &Map<String, Value>) {
        self.require_known_fields(fields, "row", &["type", "id", "components"]);
        let inside = children(fields);
        let is = |one: &Value, kind: u64| one.get("type") == Some(&Value::from(kind));
        let is_full = if inside.iter().all(|one| is(one, 2)) {
            (1..=5).contains(&inside.len())
        } else {
            inside.len() == 1
        };
        self.require(is_full, "a row has to hold 1 to 5 buttons or one select");
        for component in inside {
            self.component(component, Parent::Row);
        }
    }

    fn button(&mut self, fields: &Map<String, Value>) {
        self.require_known_fields(
            fields,
            "button",
            &["type", "id", "style", "label", "emoji", "custom_id", "url", "disabled"],
        );
        let label = length(fields.get("label"));
        self.require(
            label.is_some_and(|length| (1..=80).contains(&length)) || fields.contains_key("emoji"),
            "a button's label has to have 1 to 80 characters",
        );
        match fields.get("style").and_then(Value::as_u64) {
            Some(1..=4) => {
                self.require(!fields.contains_key("url"), "a url on a button");
                self.custom_id(fields);
            }
            Some(5) => {
                self.require(!fields.contains_key("custom_id"), "a custom_id on a link");
                let url = fields.get("url").and_then(Value::as_str).unwrap_or("");
                let is_url = url.starts_with("https://") || url.starts_with("http://");
                self.require(
                    is_url && url.len() <= 512 && !url.contains(char::is_whitespace),
                    "a link's url",
                );
            }
            _ => self.reject("a button's style"),
        }
    }

    fn select(&mut self, fields: &Map<String, Value>, kind: u64) {
        self.require_known_fields(
            fields,
            "select",
            &[
                "type",
                "id",
                "custom_id",
                "options",
                "placeholder",
                "min_values",
                "max_values",
                "disabled",
                "channel_types",
                "default_values",
            ],
        );
        self.custom_id(fields);
        if let Some(placeholder) = fields.get("placeholder") {
            let fits = length(Some(placeholder)).is_some_and(|length| length <= 150);
            self.require(fits, "a placeholder over 150");
        }
        let at_least = fields.get("min_values").map_or(Some(1), Value::as_u64);
        let at_most = fields.get("max_values").map_or(Some(1), Value::as_u64);
        let in_order = at_least
            .zip(at_most)
            .is_some_and(|(least, most)| least <= most && (1..=25).contains(&most));
        self.require(in_order, "min_values and max_values");
        if kind != 3 {
            return;
        }
        let options = fields.get("options").and_then(Value::as_array);
        let options = options.map_or(&[][..], Vec::as_slice);
        self.require((1..=25).contains(&options.len()), "a select has to have 1 to 25 options");
        self.require(
            at_most.unwrap_or(0) as usize <= options.len(),
            "max_values over the number of options",
        );
        let mut values = HashSet::new();
        for option in options {
            let Some(option) = option.as_object() else {
                return self.reject("an option is not an object");
            };
            self.require_known_fields(
                option,
                "option",
                &["label", "value", "description", "emoji", "default"],
            );
            for (name, least) in [("label", 1), ("value", 1)] {
                let fits =
                    length(option.get(name)).is_some_and(|length| (least..=100).contains(&length));
                self.require(fits, &format!("an option's {name}"));
            }
            if let Some(description) = option.get("description") {
                let fits =
                    length(Some(description)).is_some_and(|length| (1..=100).contains(&length));
                self.require(fits, "an option's description");
            }
            let is_new = values.insert(option.get("value").map(Value::to_string));
            self.require(is_new, "a value twice in a select");
        }
        let chosen = options
            .iter()
            .filter(|option| option.get("default") == Some(&Value::Bool(true)))
            .count();
        self.require(chosen <= at_most.unwrap_or(0) as usize, "more defaults than max_values");
    }

    fn section(&mut self, fields: &Map<String, Value>) {
        self.require_known_fields(fields, "section", &["type", "id", "components", "accessory"]);
        let inside = children(fields);
        self.require((1..=3).contains(&inside.len()), "a section has 1 to 3 texts");
        for component in inside {
            self.component(component, Parent::Section);
        }
        match fields.get("accessory") {
            Some(accessory) => self.component(accessory, Parent::Accessory),
            None => self.reject("a section without accessory"),
        }
    }

    fn text(&mut self, fields: &Map<String, Value>) {
        self.require_known_fields(fields, "text", &["type", "id", "content"]);
        let content = fields.get("content").and_then(Value::as_str).unwrap_or("");
        self.require(!content.trim().is_empty(), "an empty text");
        self.chars += content.chars().count();
        self.bytes += content.len();
        self.texts += 1;
    }

    fn container(&mut self, fields: &Map<String, Value>) {
        self.require_known_fields(
            fields,
            "container",
            &["type", "id", "components", "accent_color", "spoiler"],
        );
        if let Some(color) = fields.get("accent_color") {
            let fits = color.is_null() || color.as_u64().is_some_and(|color| color <= 0xFF_FFFF);
            self.require(fits, "an accent color");
        }
        let inside = children(fields);
        self.require(!inside.is_empty(), "an empty container");
        for component in inside {
            self.component(component, Parent::Container);
        }
    }

    fn choices(&mut self, data: &Value) {
        let Some(data) = data.as_object() else {
            return self.reject("the data is not an object");
        };
        self.require_known_fields(data, "choices", &["choices"]);
        let Some(choices) = data.get("choices").and_then(Value::as_array) else {
            return self.reject("no list of choices");
        };
        self.require(choices.len() <= 25, "more than 25 choices");
        let mut names = HashSet::new();
        for choice in choices {
            let Some(choice) = choice.as_object() else {
                return self.reject("a choice is not an object");
            };
            self.require_known_fields(choice, "choice", &["name", "name_localizations", "value"]);
            for field in ["name", "value"] {
                let fits =
                    length(choice.get(field)).is_some_and(|length| (1..=100).contains(&length));
                self.require(fits, &format!("a choice's {field}"));
            }
            let is_new = names.insert(choice.get("name").map(Value::to_string));
            self.require(is_new, "two choices of one name");
        }
    }

    fn modal(&mut self, data: &Value) {
        let Some(data) = data.as_object() else {
            return self.reject("the data is not an object");
        };
        self.require_known_fields(data, "modal", &["custom_id", "title", "components"]);
        self.custom_id(data);
        let fits = length(data.get("title")).is_some_and(|length| (1..=45).contains(&length));
        self.require(fits, "a modal's title");
        self.require((1..=5).contains(&children(data).len()), "a modal's parts");
        for label in children(data).iter().filter_map(Value::as_object) {
            self.label(label);
        }
    }

    /// A label with a text input, the one part of modals that the bot uses.
    fn label(&mut self, label: &Map<String, Value>) {
        self.require_known_fields(
            label,
            "label",
            &["type", "id", "label", "description", "component"],
        );
        self.require(
            label.get("type") == Some(&Value::from(18)),
            "a modal's part that is no label",
        );
        let fits = |part: &Map<String, Value>, name: &str, most: usize| {
            length(part.get(name)).is_some_and(|length| (1..=most).contains(&length))
        };
        self.require(fits(label, "label", 45), "the text of a label");
        self.require(fits(label, "description", 100), "the description of a label");
        let Some(input) = label.get("component").and_then(Value::as_object) else {
            return self.reject("a label without a component");
        };
        let known = ["type", "id", "custom_id", "style", "placeholder", "max_length"];
        self.require_known_fields(input, "text input", &known);
        self.require(input.get("type") == Some(&Value::from(4)), "a label without a text input");
        self.custom_id(input);
        self.require(fits(input, "placeholder", 100), "the placeholder of a text input");
        let most = input.get("max_length").and_then(Value::as_u64);
        self.require(most.is_some_and(|most| (1..=4000).contains(&most)), "max_length");
    }

    fn custom_id(&mut self, fields: &Map<String, Value>) {
        let custom_id = fields.get("custom_id").and_then(Value::as_str).unwrap_or("");
        let length = custom_id.chars().count();
        self.require((1..=100).contains(&length), "a custom_id has to have 1 to 100 characters");
        let is_new = self.custom_ids.insert(custom_id.to_owned());
        self.require(is_new, "a custom_id twice in a message");
    }

    fn require_known_fields(&mut self, fields: &Map<String, Value>, what: &str, known: &[&str]) {
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            self.reject(format!("a {what} has no field {name}"));
        }
    }
}

impl Parent {
    fn accepts(self, kind: u64) -> bool {
        match self {
            Self::Message => matches!(kind, 1 | 9 | 10 | 12 | 13 | 14 | 17),
            Self::Container => matches!(kind, 1 | 9 | 10 | 12 | 13 | 14),
            Self::Row => matches!(kind, 2 | 3 | 5..=8),
            Self::Section => kind == 10,
            Self::Accessory => matches!(kind, 2 | 11),
        }
    }
}

fn children(fields: &Map<String, Value>) -> &[Value] {
    fields.get("components").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn length(text: Option<&Value>) -> Option<usize> {
    text.and_then(Value::as_str).map(|text| text.chars().count())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{InteractionData, callback};

    fn good() -> Value {
        let button = json!({ "type": 2, "style": 2, "label": "Next", "custom_id": "a" });
        let link =
            json!({ "type": 2, "style": 5, "label": "Report", "url": "https://example.org/" });
        let select =
            json!({ "type": 3, "custom_id": "b", "options": [{ "label": "One", "value": "1" }] });
        let section = json!({
            "type": 9, "components": [{ "type": 10, "content": "Text" }],
            "accessory": { "type": 2, "style": 2, "label": "Open", "custom_id": "c" },
        });
        json!({ "type": 4, "data": { "flags": 32_768, "allowed_mentions": { "parse": [] }, "components": [
            { "type": 17, "components": [
                { "type": 10, "content": "# Title" }, section, { "type": 14, "spacing": 2 },
                { "type": 1, "components": [select] }, { "type": 1, "components": [button, link] },
            ] },
        ] } })
    }

    #[test]
    fn valid_callbacks_are_accepted_and_invalid_ones_rejected() {
        assert_eq!(callback(InteractionData::Command, &good()), Vec::<String>::new());
        let text = |chars: usize| json!({ "type": 10, "content": "x".repeat(chars) });
        let bad: &[(&str, &str, Value)] = &[
            ("an answer of another type", "/type", json!(8)),
            ("an update of nothing", "/type", json!(7)),
            ("a mention", "/data/allowed_mentions", json!({ "parse": ["users"] })),
            ("mentions left to Discord", "/data/allowed_mentions", Value::Null),
            ("no flag", "/data/flags", json!(0)),
            ("a flag that cannot be set", "/data/flags", json!(32_769)),
            ("a text too long", "/data/components/0/components/0", text(4_001)),
            (
                "too many bytes",
                "/data/components/0/components/0/content",
                json!("界".repeat(3_400)),
            ),
            ("an empty text", "/data/components/0/components/0/content", json!(" ")),
            ("a button among texts", "/data/components/0/components/0", json!({ "type": 2 })),
            ("too many components", "/data/components", Value::Array(vec![text(1); 41])),
            ("no components", "/data/components", json!([])),
            ("no accessory", "/data/components/0/components/1/accessory", Value::Null),
            (
                "a custom_id twice",
                "/data/components/0/components/1/accessory/custom_id",
                json!("a"),
            ),
            (
                "a custom_id too long",
                "/data/components/0/components/1/accessory/custom_id",
                json!("a".repeat(101)),
            ),
            ("a spacing", "/data/components/0/components/2/spacing", json!(3)),
            (
                "an unknown field",
                "/data/components/0/components/2",
                json!({ "type": 14, "divder": true }),
            ),
            ("no options", "/data/components/0/components/3/components/0/options", json!([])),
            (
                "an option without label",
                "/data/components/0/components/3/components/0/options/0/label",
                json!(""),
            ),
            ("an empty row", "/data/components/0/components/4/components", json!([])),
            (
                "a link to nowhere",
                "/data/components/0/components/4/components/1/url",
                json!("javascript:x"),
            ),
            (
                "a label too long",
                "/data/components/0/components/4/components/0/label",
                json!("x".repeat(81)),
            ),
        ];
        for (what, at, value) in bad {
            let mut body = good();
            *body.pointer_mut(at).expect("this is in a good answer") = value.clone();
            assert!(!callback(InteractionData::Command, &body).is_empty(), "{what} was taken");
        }
    }

    #[test]
    fn number_and_length_of_choices_are_limited() {
        let offer = |count: usize, name: &str| {
            let choice = |at: usize| json!({ "name": format!("{name}{at}"), "value": "v" });
            let choices: Vec<Value> = (0..count).map(choice).collect();
            callback(
                InteractionData::Autocomplete,
                &json!({ "type": 8, "data": { "choices": choices } }),
            )
        };
        assert!(offer(0, "").is_empty() && offer(25, "x").is_empty());
        assert!(!offer(26, "x").is_empty());
        assert!(!offer(1, &"x".repeat(100)).is_empty());
    }
}
