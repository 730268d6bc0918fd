//! What is said, without Discord: cards, and refusals that say what to try instead.

pub mod entry;
mod list;
mod refusal;

pub use list::{Lead, PAGE_ROWS_MAX, Row, list, short_list};
pub use refusal::Refusal;

use crate::dataset::{Inline, Layer, Style};
use crate::request::Request;

/// The most characters of text on one page of a card. Discord allows 4,000 in a
/// [message with components](https://docs.discord.com/developers/components/reference), title and lines around the text included;
/// half of it is what a phone shows without much scrolling.
pub const PAGE_CHARS_MAX: usize = 1_800;

/// What a command says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The card.
    pub card: Card,
}

/// A card: one page of an answer, with all that can be done from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// What it is, above the title: "Demand 2 of 5".
    pub kicker: String,
    /// Its title.
    pub title: String,
    /// What to know before reading: what the question was taken for, that a fact is disputed.
    pub notes: Vec<String>,
    /// The heading of the view that is shown, where it has one.
    pub heading: Option<String>,
    /// The text of this page.
    pub body: Vec<Paragraph>,
    /// This page, from 1, and how many there are.
    pub page: (usize, usize),
    /// When the content was last checked.
    pub as_of: Option<String>,
    /// What the marks of this page cite.
    pub sources: Vec<SourceLine>,
    /// Addresses to open: where to report an error, where to invite the bot.
    pub outward: Vec<Outward>,
    /// The request that shows just this card; nothing where there is none to show again.
    pub here: Option<Request>,
    /// The other views of what is shown.
    pub views: Vec<Link>,
    /// The entries or commands that this page names.
    pub open: Vec<Link>,
    /// The page or entry before this one.
    pub previous: Option<Link>,
    /// The page or entry after this one.
    pub next: Option<Link>,
    /// What to read next.
    pub related: Vec<Link>,
}

/// A paragraph or a row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Who says it, where the dataset says so.
    pub layer: Option<Layer>,
    /// Whether it is an item of a list.
    pub item: bool,
    /// Its words and marks.
    pub text: Vec<Inline>,
}

/// A way on from a card: what it is called, and the request it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is called.
    pub label: String,
    /// The request it makes.
    pub to: Request,
}

/// A way out: an address, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outward {
    /// What it is called.
    pub label: String,
    /// The address.
    pub url: String,
}

/// A source as a reader needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The number of the mark.
    pub mark: usize,
    /// Publisher, title, date, who reported it; or the paragraph of the article.
    pub text: String,
    /// Where it can be opened.
    pub url: Option<String>,
}

impl From<Card> for Answer {
    fn from(card: Card) -> Self {
        Self { card }
    }
}

impl Link {
    /// A link.
    pub fn new(label: impl Into<String>, to: Request) -> Self {
        Self {
            label: label.into(),
            to,
        }
    }
}

impl Paragraph {
    /// A paragraph of the bot's own words.
    pub fn words(text: impl Into<String>) -> Self {
        Self {
            layer: None,
            item: false,
            text: vec![Inline::Text(text.into(), Style::Plain)],
        }
    }

    /// Its words, each run as `set` sets it in its style, and its marks; an item of a list begins with a dash.
    pub fn written(&self, set: impl Fn(&str, Style) -> String) -> String {
        let mut text = String::from(if self.item { "- " } else { "" });
        let mut after_mark = false;
        for part in &self.text {
            match part {
                Inline::Text(words, style) => text.push_str(&set(words, *style)),
                Inline::Mark(mark) => {
                    text.push_str(if after_mark { " " } else { "" });
                    text.push_str(&superscript(*mark));
                }
            }
            after_mark = matches!(part, Inline::Mark(_));
        }
        text
    }

    /// How many characters it takes, with those that keep a surface from reading some of them as Markdown.
    fn chars(&self) -> usize {
        let escaped = |character: char| {
            1 + usize::from(
                character.is_ascii_punctuation() && !".,;:()'\"!?-/%&".contains(character),
            )
        };
        let chars = |part: &Inline| match part {
            Inline::Text(text, _) => text.chars().map(escaped).sum(),
            Inline::Mark(_) => 3,
        };
        self.text.iter().map(chars).sum()
    }
}

/// Cuts paragraphs into pages of at most so many, none of them longer than a card holds. There is always a first page.
fn pages(paragraphs: Vec<Paragraph>, most: usize) -> Vec<Vec<Paragraph>> {
    let mut pages: Vec<Vec<Paragraph>> = vec![Vec::new()];
    let mut chars = 0;
    for paragraph in paragraphs {
        let more = paragraph.chars();
        let full = pages.last().is_some_and(|page| {
            !page.is_empty() && (chars + more > PAGE_CHARS_MAX || page.len() >= most)
        });
        if full {
            pages.push(Vec::new());
            chars = 0;
        }
        chars += more;
        if let Some(page) = pages.last_mut() {
            page.push(paragraph);
        }
    }
    pages
}

/// The page of a request among so many: the last, where it asks for one that is not there.
fn page_of(request: &Request, pages: usize) -> usize {
    request.page().min(pages.max(1))
}

/// The first words of a text, with an ellipsis where some are left out.
pub(crate) fn shorten(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max).collect();
    // Not cut in mid-word, unless it is all one word.
    let whole = kept
        .rfind(' ')
        .map_or(kept.as_str(), |space| &kept[..space]);
    format!("{}…", whole.trim_end())
}

/// The sentence that says whose words follow.
pub fn layer_key(layer: Layer) -> &'static str {
    match layer {
        Layer::Article => "layer-article",
        Layer::Record => "layer-record",
    }
}

/// A number as a mark: 12 is ¹².
pub fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number
        .to_string()
        .bytes()
        .map(|digit| DIGITS[usize::from(digit - b'0')])
        .collect()
}
