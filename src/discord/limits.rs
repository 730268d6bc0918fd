//! Discord's limits on a message, and a measure of ours against them: what does not fit is never sent.

use super::wire::{Component, Message};
use crate::action::CUSTOM_ID_BYTES_MAX;

/// The most characters of all text of a message: <https://docs.discord.com/developers/components/reference#text-display>.
pub const TEXT_CHARS_MAX: usize = 4_000;

/// The most characters of one text. Discord allows 4,000; `twilight-validate` 2,000; this pleases both.
pub const TEXT_PART_CHARS_MAX: usize = 2_000;

/// The most components of a message, those within others included:
/// <https://docs.discord.com/developers/components/reference#what-is-a-component>.
pub const COMPONENTS_MAX: usize = 40;

/// The most of `UTF-8 bytes of all text + 12 × texts`; more is answered with 500:
/// <https://github.com/discord/discord-api-docs/issues/8554>.
pub const WEIGHT_MAX: usize = 10_170;

/// What each text adds to the weight besides its bytes.
const TEXT_WEIGHT: usize = 12;

/// The most characters of a button's label: <https://docs.discord.com/developers/components/reference#button>.
pub const BUTTON_LABEL_CHARS_MAX: usize = 80;

/// The most options of a menu: <https://docs.discord.com/developers/components/reference#string-select>.
pub const MENU_OPTIONS_MAX: usize = 25;

/// The most characters of an option's label and of its value.
pub const MENU_OPTION_CHARS_MAX: usize = 100;

/// The most characters of a menu's placeholder.
pub const PLACEHOLDER_CHARS_MAX: usize = 150;

/// How much of its limits a message takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Characters of all text.
    pub text_chars: usize,
    /// Bytes of all text, and what each text adds.
    pub weight: usize,
    /// Components, those within others included.
    pub components: usize,
    /// What breaks a limit by itself, in words.
    pub faults: Vec<String>,
    custom_ids: Vec<String>,
}

impl Measure {
    /// Measures a message.
    pub fn of(message: &Message) -> Self {
        let mut measure = Self::default();
        message.components.iter().for_each(|component| measure.add(component));
        for (what, size, most) in [
            ("characters of text", measure.text_chars, TEXT_CHARS_MAX),
            ("bytes of text", measure.weight, WEIGHT_MAX),
            ("components", measure.components, COMPONENTS_MAX),
        ] {
            if size > most {
                measure.faults.push(format!("{size} {what}, at most {most} fit"));
            }
        }
        measure
    }

    /// Whether Discord takes the message.
    pub fn fits(&self) -> bool {
        self.faults.is_empty()
    }

    fn add(&mut self, component: &Component) {
        self.components += 1;
        match component {
            Component::Text { content, .. } => {
                let chars = content.chars().count();
                self.text_chars += chars;
                self.weight += content.len() + TEXT_WEIGHT;
                self.check("a text", content, 1, TEXT_PART_CHARS_MAX);
            }
            Component::Container { components, .. } => {
                components.iter().for_each(|component| self.add(component))
            }
            Component::Section { components, accessory, .. } => {
                components.iter().for_each(|component| self.add(component));
                self.add(accessory);
            }
            Component::Separator { .. } | Component::File { .. } => {}
            Component::Channels { custom_id, placeholder, max_values, .. } => {
                self.check_custom_id(custom_id);
                self.check("a placeholder", placeholder, 1, PLACEHOLDER_CHARS_MAX);
                if !(1..=25).contains(max_values) {
                    self.faults.push("1 to 25 channels can be chosen".to_owned());
                }
            }
            Component::Row { components, .. } => {
                if components.is_empty() || components.len() > 5 {
                    self.faults.push("a row holds one to five components".to_owned());
                }
                components.iter().for_each(|component| self.add(component));
            }
            Component::Button { label, custom_id, .. } => {
                self.check("a button's label", label, 1, BUTTON_LABEL_CHARS_MAX);
                self.check_custom_id(custom_id);
            }
            Component::Address { label, url, .. } => {
                self.check("a button's label", label, 1, BUTTON_LABEL_CHARS_MAX);
                self.check("an address", url, 1, 512);
            }
            Component::Menu { custom_id, placeholder, options, .. } => {
                self.check_custom_id(custom_id);
                self.check("a placeholder", placeholder, 1, PLACEHOLDER_CHARS_MAX);
                if options.is_empty() || options.len() > MENU_OPTIONS_MAX {
                    self.faults.push(format!("a menu holds 1 to {MENU_OPTIONS_MAX} options"));
                }
                for (place, option) in options.iter().enumerate() {
                    self.check("an option's label", &option.label, 1, MENU_OPTION_CHARS_MAX);
                    self.check("an option's value", &option.value, 1, MENU_OPTION_CHARS_MAX);
                    if options[..place].iter().any(|other| other.value == option.value) {
                        self.faults.push(format!("two options have the value {}", option.value));
                    }
                }
            }
        }
    }

    fn check(&mut self, what: &str, text: &str, least: usize, most: usize) {
        let chars = text.chars().count();
        if !(least..=most).contains(&chars) {
            self.faults.push(format!("{what} of {chars} characters, {least} to {most} fit"));
        }
    }

    fn check_custom_id(&mut self, custom_id: &str) {
        if custom_id.is_empty() || custom_id.len() > CUSTOM_ID_BYTES_MAX {
            self.faults.push(format!("a custom_id of {} bytes", custom_id.len()));
        }
        if self.custom_ids.iter().any(|other| other == custom_id) {
            self.faults.push(format!("two components have the custom_id {custom_id}"));
        }
        self.custom_ids.push(custom_id.to_owned());
    }
}
