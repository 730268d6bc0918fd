//! A refusal: why a request cannot be answered, and what to try instead.

use super::{Card, Filling, Link, Paragraph, Text, shorten};
use crate::locale::Locale;

/// Maximum number of characters of the user's text that are repeated.
const ECHO_CHARS_MAX: usize = 80;

/// Maximum total length of the items in characters. Once the first ones are fixed, the next ones
/// are shown.
const ITEMS_CHARS_MAX: usize = 1_500;

type Fillings = Vec<(&'static str, Filling<'static>)>;

/// A refusal, shown only to the user who sent the request: a message key (with a `.title`
/// attribute), its arguments, a list of items, and requests to try instead.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    key: &'static str,
    fillings: Fillings,
    items: Vec<(&'static str, Fillings)>,
    choices: Vec<Link>,
    /// The period that the articles cover, if that may be the reason.
    covers: Option<String>,
}

impl Refusal {
    pub const fn new(key: &'static str) -> Self {
        Self { key, fillings: Vec::new(), items: Vec::new(), choices: Vec::new(), covers: None }
    }

    /// Sets an argument of the message.
    pub fn with(mut self, name: &'static str, filling: impl Into<Filling<'static>>) -> Self {
        self.fillings.push((name, filling.into()));
        self
    }

    /// Sets the argument `asked` to the beginning of the user's text.
    pub fn asked(self, asked: &str) -> Self {
        self.with("asked", shorten(asked, ECHO_CHARS_MAX))
    }

    /// Adds a list item.
    pub fn item(mut self, key: &'static str, fillings: Fillings) -> Self {
        self.items.push((key, fillings));
        self
    }

    /// Offers requests to try instead.
    pub fn choices(mut self, choices: impl IntoIterator<Item = Link>) -> Self {
        self.choices.extend(choices);
        self
    }

    /// Mentions the period that the articles cover.
    pub fn covers(mut self, covers: Option<String>) -> Self {
        self.covers = covers;
        self
    }

    /// The message key.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    pub fn card(&self, locale: &Locale) -> Card {
        let mut body = vec![Paragraph::from(Text::say(locale, self.key, &self.fillings))];
        let mut room = ITEMS_CHARS_MAX;
        for (listed, (key, fillings)) in self.items.iter().enumerate() {
            let text = Text::say(locale, key, fillings);
            let Some(left) = room.checked_sub(text.chars()) else {
                let more = [("count", (self.items.len() - listed).into())];
                body.push(Paragraph::item(Text::say(locale, "refuse-more", &more)));
                break;
            };
            room = left;
            body.push(Paragraph::item(text));
        }
        let open = self.choices.clone();
        let title = locale.say(&format!("{}.title", self.key));
        Card { title, body, page: (1, 1), open, as_of: self.covers.clone(), ..Card::default() }
    }
}
