//! The bot's response as a member sees it.

use std::time::Duration;

use serde_json::Value;

/// A response that the fake Discord accepted.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The callback type.
    pub(crate) kind: u64,
    /// The callback's `data`.
    pub(crate) data: Value,
    /// The current version of the message, with all edits.
    pub(crate) message: Value,
    /// The content of the attached file.
    pub(crate) file: Option<Vec<u8>>,
    /// The time from the interaction to the callback.
    pub(crate) latency: Duration,
}

impl Answer {
    /// The content of the attached text file.
    pub(crate) fn text_file(&self) -> String {
        String::from_utf8(self.file.clone().expect("a file")).expect("a text file")
    }

    /// All visible text, one line per text, label and option.
    pub(crate) fn text(&self) -> String {
        let mut lines = Vec::new();
        walk(&self.data, &mut |name, value| {
            if let ("content" | "label" | "placeholder" | "description" | "name", Some(text)) =
                (name, value.as_str())
            {
                lines.push(text.to_owned());
            }
        });
        lines.join("\n")
    }

    /// Whether the response is ephemeral.
    pub(crate) fn is_private(&self) -> bool {
        self.data["flags"].as_u64().unwrap_or(0) & 64 != 0
    }

    /// The `custom_id` of the first button whose label contains this text.
    pub(crate) fn button(&self, label: &str) -> Option<String> {
        let is_meant = |part: &Value| {
            part["type"] == 2
                && part["disabled"] != true
                && part["label"].as_str().is_some_and(|own| own.contains(label))
        };
        find(&self.data, &is_meant)?["custom_id"].as_str().map(str::to_owned)
    }

    /// The `custom_id` and the option values of the first select menu.
    pub(crate) fn select(&self) -> Option<(String, Vec<String>)> {
        let select = find(&self.data, &|part| part["type"] == 3)?;
        let values = select["options"].as_array()?.iter();
        let values = values.filter_map(|option| Some(option["value"].as_str()?.to_owned()));
        Some((select["custom_id"].as_str()?.to_owned(), values.collect()))
    }

    /// The `custom_id` of the channel select whose placeholder contains this text.
    pub(crate) fn channel_menu(&self, placeholder: &str) -> Option<String> {
        let is_meant = |part: &Value| {
            let own = part["placeholder"].as_str();
            part["type"] == 8 && own.is_some_and(|own| own.contains(placeholder))
        };
        find(&self.data, &is_meant)?["custom_id"].as_str().map(str::to_owned)
    }

    /// The `custom_id` of the select menu and the value of its option whose label contains this
    /// text.
    pub(crate) fn option(&self, label: &str) -> Option<(String, String)> {
        let has = |part: &Value| {
            let own = part["label"].as_str();
            own.is_some_and(|own| own.contains(label))
        };
        let menu = find(&self.data, &|part| {
            part["type"] == 3 && part["options"].as_array().is_some_and(|all| all.iter().any(has))
        })?;
        let option = menu["options"].as_array()?.iter().find(|one| has(one))?;
        Some((menu["custom_id"].as_str()?.to_owned(), option["value"].as_str()?.to_owned()))
    }

    pub(crate) fn custom_ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        walk(&self.data, &mut |name, value| {
            if let ("custom_id", Some(id)) = (name, value.as_str()) {
                ids.push(id.to_owned());
            }
        });
        ids
    }

    /// The labels of the autocomplete choices.
    pub(crate) fn choices(&self) -> Vec<&str> {
        let choices = self.data["choices"].as_array().into_iter().flatten();
        choices.filter_map(|choice| choice["name"].as_str()).collect()
    }
}

fn walk(part: &Value, see: &mut impl FnMut(&str, &Value)) {
    match part {
        Value::Object(fields) => {
            for (name, value) in fields {
                see(name, value);
                walk(value, see);
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| walk(part, see)),
        _ => {}
    }
}

fn find<'a>(part: &'a Value, is_meant: &impl Fn(&Value) -> bool) -> Option<&'a Value> {
    match part {
        Value::Object(_) if is_meant(part) => Some(part),
        Value::Object(fields) => fields.values().find_map(|part| find(part, is_meant)),
        Value::Array(parts) => parts.iter().find_map(|part| find(part, is_meant)),
        _ => None,
    }
}
