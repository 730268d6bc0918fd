//! A refusal: why a request gets no answer, and what to try instead.

use super::{Card, Filling, Link, Paragraph, Text, shorten};
use crate::locale::Locale;

/// The most characters of a question that a refusal repeats.
const ECHO_CHARS_MAX: usize = 80;

/// The most characters of the items of a list. Whoever mends those sees the next.
const ITEMS_CHARS_MAX: usize = 1_500;

type Fillings = Vec<(&'static str, Filling<'static>)>;

/// A refusal, said in whole sentences to the person who asked only: the key of a sentence that has a `.title`, what fills it, what
/// is listed below it, and what could be asked instead.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    key: &'static str,
    fillings: Fillings,
    items: Vec<(&'static str, Fillings)>,
    choices: Vec<Link>,
    /// The period that the articles cover, where that may be the reason.
    covers: Option<String>,
}

impl Refusal {
    pub const fn new(key: &'static str) -> Self {
        Self { key, fillings: Vec::new(), items: Vec::new(), choices: Vec::new(), covers: None }
    }

    /// Fills a place of the sentence.
    pub fn with(mut self, name: &'static str, filling: impl Into<Filling<'static>>) -> Self {
        self.fillings.push((name, filling.into()));
        self
    }

    /// Fills the place `asked` with the beginning of what somebody typed.
    pub fn asked(self, asked: &str) -> Self {
        self.with("asked", shorten(asked, ECHO_CHARS_MAX))
    }

    /// Lists a sentence below.
    pub fn item(mut self, key: &'static str, fillings: Fillings) -> Self {
        self.items.push((key, fillings));
        self
    }

    /// Offers what could be asked instead.
    pub fn choices(mut self, choices: impl IntoIterator<Item = Link>) -> Self {
        self.choices.extend(choices);
        self
    }

    /// Says below what period the articles cover.
    pub fn covers(mut self, covers: Option<String>) -> Self {
        self.covers = covers;
        self
    }

    /// The key of the sentence.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// The card that says it.
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
