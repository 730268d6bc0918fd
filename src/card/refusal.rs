//! A refusal: why a request cannot be answered, and what to try instead.

use super::{Argument, Card, Link, Paragraph, Text, shorten};
use crate::locale::Locale;

/// Maximum number of characters of the user's text that are repeated.
const ECHO_CHARS_MAX: usize = 80;

/// Maximum total length of limited items in characters.
const ITEMS_CHARS_MAX: usize = 1_500;

type MessageArguments = Vec<(&'static str, Argument<'static>)>;

/// A refusal, shown only to the user who sent the request: a message key (with a `.title`
/// attribute), its arguments, a list of items, and requests to try instead.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    key: &'static str,
    arguments: MessageArguments,
    items: Vec<(&'static str, MessageArguments)>,
    choices: Vec<Link>,
    /// The period that the articles cover, if that may be the reason.
    covers_until: Option<String>,
}

impl Refusal {
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            arguments: Vec::new(),
            items: Vec::new(),
            choices: Vec::new(),
            covers_until: None,
        }
    }

    /// Replaces the message.
    pub fn with_key(self, key: &'static str) -> Self {
        Self { key, ..self }
    }

    /// Sets an argument of the message.
    pub fn with(mut self, name: &'static str, argument: impl Into<Argument<'static>>) -> Self {
        self.arguments.push((name, argument.into()));
        self
    }

    /// Sets the argument `asked` to the beginning of the user's text.
    pub fn input(self, input: &str) -> Self {
        self.with("asked", shorten(input, ECHO_CHARS_MAX))
    }

    /// Adds a list item.
    pub fn item(mut self, key: &'static str, arguments: MessageArguments) -> Self {
        self.items.push((key, arguments));
        self
    }

    /// Offers requests to try instead.
    pub fn choices(mut self, choices: impl IntoIterator<Item = Link>) -> Self {
        self.choices.extend(choices);
        self
    }

    /// Mentions the period that the articles cover.
    pub fn covers_until(mut self, covers: Option<String>) -> Self {
        self.covers_until = covers;
        self
    }

    /// The message key.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    pub fn card(&self, locale: &Locale) -> Card {
        let mut body = vec![Paragraph::from(Text::format(locale, self.key, &self.arguments))];
        let items = self.items.iter().map(|(key, arguments)| Text::format(locale, key, arguments));
        body.extend(items_within_limit(locale, items.collect()));
        let (open_links, covers_until) = (self.choices.clone(), self.covers_until.clone());
        let title = locale.text(&format!("{}.title", self.key));
        Card { open_links, covers_until, ..Card::new(title, body) }
    }
}

/// List items of limited total length, and how many more there are.
pub fn items_within_limit(locale: &Locale, texts: Vec<Text>) -> Vec<Paragraph> {
    let count = texts.len();
    let mut room = ITEMS_CHARS_MAX;
    let mut items = Vec::new();
    for text in texts {
        let Some(left) = room.checked_sub(text.chars()) else {
            let more = [("count", (count - items.len()).into())];
            items.push(Paragraph::item(Text::format(locale, "refuse-more", &more)));
            break;
        };
        room = left;
        items.push(Paragraph::item(text));
    }
    items
}
