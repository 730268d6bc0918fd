//! Discord's limits on a message of components, checked before it is sent: a longer one would be answered with 400 or 500.

use super::wire::{Component, ComponentFields, Message};

/// The most characters of all text of a message: <https://docs.discord.com/developers/components/reference#text-display>.
const TEXT_CHARS_MAX: usize = 4_000;

/// The most characters of one text display. Discord allows 4,000; `twilight-validate` 2,000; this pleases both.
pub const TEXT_DISPLAY_CHARS_MAX: usize = 2_000;

/// The most components of a message, those within others included:
/// <https://docs.discord.com/developers/components/reference#what-is-a-component>.
const COMPONENTS_MAX: usize = 40;

/// The most of `UTF-8 bytes of all text + 12 × text displays`; more is answered with 500:
/// <https://github.com/discord/discord-api-docs/issues/8554>.
const TEXT_WEIGHT_MAX: usize = 10_170;
const TEXT_DISPLAY_WEIGHT: usize = 12;

/// The most characters of a button's label: <https://docs.discord.com/developers/components/reference#button>.
pub const BUTTON_LABEL_CHARS_MAX: usize = 80;

/// Maximum number of characters of a modal's title:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal>.
pub const MODAL_TITLE_CHARS_MAX: usize = 45;

/// The most options of a select: <https://docs.discord.com/developers/components/reference#string-select>.
pub const SELECT_OPTIONS_MAX: usize = 25;

/// The most characters of an option's label and of its value.
pub const SELECT_OPTION_CHARS_MAX: usize = 100;

/// How much of the limits a message takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageSize {
    pub text_chars: usize,
    pub text_weight: usize,
    pub components: usize,
}

impl MessageSize {
    pub fn measure(message: &Message) -> Self {
        let mut size = Self::default();
        size.add(&message.components);
        size
    }

    pub fn fits(self) -> bool {
        self.text_chars <= TEXT_CHARS_MAX
            && self.text_weight <= TEXT_WEIGHT_MAX
            && self.components <= COMPONENTS_MAX
    }

    fn add(&mut self, components: &[Component]) {
        self.components += components.len();
        for component in components {
            match &component.fields {
                ComponentFields::TextDisplay { content } => {
                    self.text_chars += content.chars().count();
                    self.text_weight += content.len() + TEXT_DISPLAY_WEIGHT;
                }
                ComponentFields::Container { components, .. }
                | ComponentFields::ActionRow { components } => self.add(components),
                ComponentFields::Section { components, accessory } => {
                    self.add(components);
                    self.add(std::slice::from_ref(accessory));
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_met_exactly_and_not_exceeded() {
        let fits = |text_chars, text_weight, components| {
            MessageSize { text_chars, text_weight, components }.fits()
        };
        assert!(fits(4_000, 10_170, 40));
        assert!(!fits(4_001, 1, 1) && !fits(1, 10_171, 1) && !fits(1, 1, 41));
    }
}
