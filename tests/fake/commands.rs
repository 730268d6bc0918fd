//! An application's commands: how Discord stores them, which fields it adds, and what it rejects.
//!
//! <https://docs.discord.com/developers/interactions/application-commands>

use std::collections::HashSet;

use serde_json::{Map, Value, json};

/// <https://docs.discord.com/developers/reference#locales>
const LOCALES: &[&str] = &[
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
    "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th",
    "zh-CN", "ja", "zh-TW", "ko",
];

const COMMAND: &[&str] = &[
    "id",
    "application_id",
    "guild_id",
    "version",
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "nsfw",
    "integration_types",
    "contexts",
    "handler",
];

const OPTION: &[&str] = &[
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "required",
    "choices",
    "options",
    "channel_types",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "autocomplete",
];

/// How Discord serializes stored commands. Both forms have been observed, so the bot has to handle
/// both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DefaultFields {
    /// Without fields that have their default value.
    #[default]
    Omitted,
    /// With all defaults.
    Included,
}

/// The type of a command; CHAT_INPUT (1) by default.
pub(super) fn kind(command: &Value) -> u64 {
    command.get("type").and_then(Value::as_u64).unwrap_or(1)
}

/// Merges changed fields into a command.
pub(super) fn merge(command: &mut Value, change: &Value) {
    let (Some(command), Some(change)) = (command.as_object_mut(), change.as_object()) else {
        return;
    };
    for (name, value) in change {
        command.insert(name.clone(), value.clone());
    }
}

/// A command as returned by the API.
pub(super) fn api_payload(
    command: &Value,
    with_localizations: bool,
    defaults: DefaultFields,
) -> Value {
    let mut payload = command.clone();
    set_defaults(&mut payload, true, defaults);
    if !with_localizations {
        forget_localizations(&mut payload);
    }
    payload
}

fn set_defaults(value: &mut Value, is_command: bool, defaults: DefaultFields) {
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    if is_command {
        fields.entry("type").or_insert(json!(1));
        fields.entry("nsfw").or_insert(json!(false));
        fields.entry("description").or_insert(json!(""));
        fields.entry("default_member_permissions").or_insert(Value::Null);
        if let Some(bits) = fields.get_mut("default_member_permissions")
            && bits.is_number()
        {
            *bits = json!(bits.to_string());
        }
        fields.entry("integration_types").or_insert(json!([0]));
        fields.entry("contexts").or_insert(Value::Null);
        if !fields.contains_key("guild_id") {
            fields.entry("dm_permission").or_insert(json!(true));
        }
        for list in ["integration_types", "contexts"] {
            if let Some(Value::Array(numbers)) = fields.get_mut(list) {
                numbers.sort_by_key(Value::as_u64);
            }
        }
    }
    let usual = [
        ("required", json!(false)),
        ("autocomplete", json!(false)),
        ("choices", json!([])),
        ("options", json!([])),
    ];
    for (name, usual) in usual {
        if fields.get(name).is_some_and(|value| *value == usual) {
            fields.remove(name);
        }
        let is_known = if is_command { name == "options" } else { name != "options" };
        if defaults == DefaultFields::Included && is_known {
            fields.entry(name).or_insert(usual);
        }
    }
    for name in ["name_localizations", "description_localizations"] {
        if fields.get(name) == Some(&json!({})) {
            fields.insert(name.to_owned(), Value::Null);
        }
        match defaults {
            DefaultFields::Included => drop(fields.entry(name).or_insert(Value::Null)),
            DefaultFields::Omitted if fields.get(name) == Some(&Value::Null) => {
                drop(fields.remove(name))
            }
            DefaultFields::Omitted => {}
        }
    }
    if let Some(Value::Array(options)) = fields.get_mut("options") {
        options.iter_mut().for_each(|option| set_defaults(option, false, defaults));
    }
    if let Some(Value::Array(choices)) = fields.get_mut("choices") {
        for choice in choices.iter_mut().filter_map(Value::as_object_mut) {
            match defaults {
                DefaultFields::Included => {
                    choice.entry("name_localizations").or_insert(Value::Null);
                }
                DefaultFields::Omitted => choice.retain(|_, value| !value.is_null()),
            }
        }
    }
}

fn forget_localizations(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.ends_with("_localizations"));
            fields.values_mut().for_each(forget_localizations);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_localizations),
        _ => {}
    }
}

/// The reasons why Discord would reject a command.
pub(super) fn faults(command: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(fields) = command.as_object() else {
        return vec!["a command is not an object".to_owned()];
    };
    check_known_fields(fields, COMMAND, &mut faults);
    let kind = kind(command);
    if !(1..=3).contains(&kind) {
        faults.push(format!("type {kind}"));
    }
    check_names(fields, kind == 1, &mut faults);
    if kind != 1 {
        let is_bare = |name: &str| {
            fields
                .get(name)
                .is_none_or(|value| value.is_null() || *value == json!("") || *value == json!([]))
        };
        if !is_bare("description") || !is_bare("options") {
            faults.push("a message command has no description and no options".to_owned());
        }
    }
    let whole = |list: &str, most: u64| {
        fields.get(list).is_none_or(|value| {
            value.is_null()
                || value.as_array().is_some_and(|all| {
                    all.iter().all(|one| one.as_u64().is_some_and(|one| one <= most))
                })
        })
    };
    if !whole("integration_types", 1) || !whole("contexts", 2) {
        faults.push("integration_types or contexts".to_owned());
    }
    check_options(fields, &mut faults);
    let size = size(command);
    if size > 8000 {
        faults.push(format!("{size} characters, and 8000 are the limit"));
    }
    faults
}

fn check_names(fields: &Map<String, Value>, is_slash: bool, faults: &mut Vec<String>) {
    let name = fields.get("name").and_then(Value::as_str).unwrap_or("");
    let fits = |name: &str| {
        let length = name.chars().count();
        let is_word = |one: char| one.is_alphanumeric() || matches!(one, '-' | '_' | '\'');
        (1..=32).contains(&length)
            && (!is_slash || name.chars().all(is_word) && name.to_lowercase() == name)
    };
    if !fits(name) {
        faults.push(format!("the name {name:?}"));
    }
    if is_slash {
        let length = |text: &Value| text.as_str().map(|text| text.chars().count());
        let fits_in_line =
            |text: &Value| length(text).is_some_and(|length| (1..=100).contains(&length));
        if !fields.get("description").is_some_and(fits_in_line) {
            faults.push(format!("the description of {name}"));
        }
        for (locale, text) in check_localizations(fields, "description_localizations") {
            if !LOCALES.contains(&locale.as_str()) || !fits_in_line(text) {
                faults.push(format!("the description of {name} in {locale}"));
            }
        }
    }
    for (locale, text) in check_localizations(fields, "name_localizations") {
        if !LOCALES.contains(&locale.as_str()) || !text.as_str().is_some_and(fits) {
            faults.push(format!("the name {name} in {locale}"));
        }
    }
}

fn check_options(fields: &Map<String, Value>, faults: &mut Vec<String>) {
    let none = Vec::new();
    let options = fields.get("options").and_then(Value::as_array).unwrap_or(&none);
    if options.len() > 25 {
        faults.push("more than 25 options".to_owned());
    }
    let mut names = HashSet::new();
    let mut is_optional_now = false;
    for option in options {
        let Some(fields) = option.as_object() else {
            return faults.push("an option is not an object".to_owned());
        };
        check_known_fields(fields, OPTION, faults);
        check_names(fields, true, faults);
        let name = fields.get("name").map(Value::to_string).unwrap_or_default();
        if !names.insert(name.clone()) {
            faults.push(format!("the option {name} twice"));
        }
        let is_required = fields.get("required") == Some(&json!(true));
        if is_required && is_optional_now {
            faults.push(format!("{name} is required and stands after an optional one"));
        }
        is_optional_now |= !is_required;
        check_option_kind(fields, &name, faults);
        self::check_options(fields, faults);
    }
}

fn check_option_kind(fields: &Map<String, Value>, name: &str, faults: &mut Vec<String>) {
    let kind = fields.get("type").and_then(Value::as_u64).unwrap_or(0);
    if !(1..=11).contains(&kind) {
        faults.push(format!("the type {kind} of {name}"));
    }
    let is_text = kind == 3;
    let is_number = matches!(kind, 4 | 10);
    for limit in ["min_length", "max_length"] {
        let fits = |value: &Value| {
            value.is_null() || is_text && value.as_u64().is_some_and(|length| length <= 6000)
        };
        if !fields.get(limit).is_none_or(fits) {
            faults.push(format!("{limit} of {name}"));
        }
    }
    for limit in ["min_value", "max_value"] {
        if !fields.get(limit).is_none_or(|value| value.is_null() || is_number && value.is_number())
        {
            faults.push(format!("{limit} of {name}"));
        }
    }
    let none = Vec::new();
    let choices = fields.get("choices").and_then(Value::as_array).unwrap_or(&none);
    let completes = fields.get("autocomplete") == Some(&json!(true));
    if (completes || !choices.is_empty()) && !(is_text || is_number)
        || completes && !choices.is_empty()
    {
        faults.push(format!("choices or autocomplete of {name}"));
    }
    let (mut names, mut fits) = (HashSet::new(), choices.len() <= 25);
    for choice in choices {
        let name = choice.get("name").and_then(Value::as_str).unwrap_or("");
        fits &= (1..=100).contains(&name.chars().count()) && names.insert(name);
        fits &= match choice.get("value") {
            Some(Value::String(value)) => is_text && value.chars().count() <= 100,
            Some(Value::Number(_)) => is_number,
            _ => false,
        };
    }
    if !fits {
        faults.push(format!("the choices of {name}"));
    }
}

/// Combined length of names, descriptions and values, with each text in its longest localization.
fn size(part: &Value) -> usize {
    let Some(fields) = part.as_object() else {
        return 0;
    };
    let chars = |text: &Value| text.as_str().map_or(0, |text| text.chars().count());
    let longest = |name: &str| {
        let own = fields.get(name).map_or(0, chars);
        let other = check_localizations(fields, &format!("{name}_localizations"))
            .map(|(_, text)| chars(text))
            .max();
        own.max(other.unwrap_or(0))
    };
    let own = longest("name") + longest("description") + fields.get("value").map_or(0, chars);
    let inside =
        ["options", "choices"].iter().filter_map(|list| fields.get(*list)?.as_array()).flatten();
    own + inside.map(size).sum::<usize>()
}

fn check_localizations<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    fields
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, text)| !text.is_null())
}

fn check_known_fields(fields: &Map<String, Value>, known: &[&str], faults: &mut Vec<String>) {
    let unknown = fields.keys().filter(|name| !known.contains(&name.as_str()));
    faults.extend(unknown.map(|name| format!("no field is called {name}")));
}
