//! What is shown, without Discord: cards, and refusals that say what to try instead.

pub mod entry;
mod list;
mod refusal;
mod text;

pub use list::{Lead, PAGE_ROWS_MAX, Row, list, short_list};
pub use refusal::Refusal;
pub use text::{Filling, Mention, Span, Text};

use crate::content::{Block, Layer, Style};
use crate::guild::ChannelType;
use crate::picture::Picture;
use crate::request::Request;

pub(crate) use crate::text::shorten;

/// The most characters of text on one page of a card. Discord allows 4,000 in a
/// [message with components](https://docs.discord.com/developers/components/reference), title and lines around the text included;
/// half of it is what a phone shows without much scrolling.
pub const PAGE_CHARS_MAX: usize = 1_800;

/// A file that goes with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// What is in it.
    pub content: String,
}

/// A card: one page of an answer, with all that can be done from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// What it is, above the title: "Demand 2 of 5".
    pub kicker: String,
    /// Its title.
    pub title: String,
    /// What to know before reading: what the question was taken for, that a fact is disputed, what was just done.
    pub notes: Vec<Text>,
    /// The heading of the view that is shown, where it has one.
    pub heading: Option<String>,
    /// The text of this page.
    pub body: Vec<Paragraph>,
    /// This page, from 1, and how many there are.
    pub page: (usize, usize),
    /// The last day that the content covers.
    pub as_of: Option<String>,
    /// What the marks of this page cite.
    pub sources: Vec<SourceLine>,
    /// Addresses to open: where to report an error, where to invite the bot.
    pub outward: Vec<ExternalLink>,
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
    /// What can be set from here, in this order.
    pub controls: Vec<Control>,
    /// A file that is sent along.
    pub file: Option<File>,
    /// What can be looked at instead of read.
    pub picture: Option<Picture>,
}

/// Something that can be set from a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// A row of a list, with a button beside it.
    Row(Text, Link),
    Separator,
    /// At most five buttons in a row.
    Buttons(Vec<Button>),
    /// A select menu of requests, of which the current one is marked.
    StringSelect {
        placeholder: String,
        /// At most 25.
        links: Vec<Link>,
        /// The index of the current one.
        chosen: Option<usize>,
    },
    /// A select menu of the server's channels. Those that are chosen become the option `channel` of the request.
    ChannelSelect {
        placeholder: String,
        /// What sorts of channels are offered; all, if none is named.
        kinds: &'static [ChannelType],
        /// How many can be chosen at a time.
        most: u8,
        /// The request that they fill.
        to: Request,
    },
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it is called, and the request that it makes.
    pub link: Link,
    /// Whether what it does cannot be undone.
    pub is_danger: bool,
}

/// A paragraph or a row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Who says it, where the dataset says so.
    pub layer: Option<Layer>,
    /// Whether it is an item of a list.
    pub item: bool,
    /// What it says.
    pub text: Text,
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
pub struct ExternalLink {
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

impl Link {
    /// A link.
    pub fn new(label: impl Into<String>, to: Request) -> Self {
        Self { label: label.into(), to }
    }
}

impl Paragraph {
    /// A paragraph of the bot's own words.
    pub fn words(text: impl Into<String>) -> Self {
        Text::words(text).into()
    }

    /// An item of a list.
    pub fn item(text: Text) -> Self {
        Self { item: true, ..text.into() }
    }

    /// Its text as a surface sets it; an item of a list begins with a dash.
    pub fn written(
        &self,
        words: impl Fn(&str, Style) -> String,
        mention: impl Fn(Mention) -> String,
    ) -> String {
        let dash = if self.item { "- " } else { "" };
        dash.to_owned() + &self.text.written(words, mention)
    }
}

impl From<&Block> for Paragraph {
    fn from(block: &Block) -> Self {
        let text = Text(block.text.iter().map(Span::from).collect());
        Self { layer: Some(block.layer), item: block.item, text }
    }
}

impl From<Text> for Paragraph {
    fn from(text: Text) -> Self {
        Self { layer: None, item: false, text }
    }
}

/// Cuts paragraphs into pages of at most so many, none of them longer than a card holds. There is always a first page.
fn pages(paragraphs: Vec<Paragraph>, most: usize) -> Vec<Vec<Paragraph>> {
    let mut pages: Vec<Vec<Paragraph>> = vec![Vec::new()];
    let mut chars = 0;
    for paragraph in paragraphs {
        let more = paragraph.text.chars();
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

/// The sentence that says whose words follow.
pub fn layer_key(layer: Layer) -> &'static str {
    match layer {
        Layer::Article => "layer-article",
        Layer::Record => "layer-record",
        Layer::Dossier => "layer-dossier",
    }
}

/// A number as a mark: 12 is ¹².
pub fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}
