//! Cards: the content of a response, independent of Discord.

pub mod entry;
mod list;
mod refusal;
pub mod report;
mod text;

pub use list::{PICTURED_ROWS_MAX, Row, even_pages, list, short_list};
pub use refusal::{Refusal, items_within_limit};
pub use report::Report;
pub use text::{Argument, Mention, Text, TextSpan};

use crate::content::{Block, Kind, Layer, Style};
use crate::guild::ChannelType;
use crate::locale::Locale;
use crate::picture::{Matrix, Picture};
use crate::request::Request;

pub(crate) use crate::text::shorten;

/// Maximum text length of a card's page in characters. Discord allows 4,000 per [message with
/// components](https://docs.discord.com/developers/components/reference),
/// including title and footer; half of that is what a phone shows without much scrolling.
pub const PAGE_CHARS_MAX: usize = 1_800;

/// A file attached to a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedFile {
    pub name: &'static str,
    pub content: String,
}

/// One page of a response, with everything that can be done from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// The kind of the displayed or listed entries.
    pub kind: Option<Kind>,
    /// The line above the title, such as "Demand 2 of 5".
    pub kicker: String,
    pub title: String,
    /// Notes before the text, such as how the question was interpreted, that a fact is disputed, or
    /// what was just changed.
    pub notes: Vec<Text>,
    /// The heading of the displayed view, if it has one.
    pub heading: Option<String>,
    /// The text of this page.
    pub body: Vec<Paragraph>,
    /// The rows of this page as a matrix, a table in the terminal.
    pub matrix: Option<Matrix>,
    /// The number of this page, from 1, and the number of pages.
    pub page: (usize, usize),
    /// The last day that the content covers.
    pub covers_until: Option<String>,
    /// The sources cited on this page.
    pub sources: Vec<SourceLine>,
    /// External links, such as for inviting the bot.
    pub external_links: Vec<ExternalLink>,
    /// How an error on this card can be reported.
    pub report: Option<Report>,
    /// The request that shows exactly this card; `None` if it cannot be shown again.
    pub request: Option<Request>,
    /// The entry's other views.
    pub views: Vec<Link>,
    /// The entries or commands mentioned on this page.
    pub open_links: Vec<Link>,
    /// The previous page or entry.
    pub previous: Option<Link>,
    /// The next page or entry.
    pub next: Option<Link>,
    /// The first page of a chronological list, unless it is this one or the previous one.
    pub earliest: Option<Link>,
    /// The last page of a chronological list, unless it is this one or the next one.
    pub latest: Option<Link>,
    /// Suggestions for what to read next.
    pub related: Vec<Link>,
    /// Controls for settings, from top to bottom.
    pub controls: Vec<Control>,
    /// A file to attach.
    pub file: Option<AttachedFile>,
    /// What can be looked at instead of read.
    pub picture: Option<Picture>,
}

/// A control for a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// A list row with a button next to it.
    Row(Text, Link),
    /// A text above the controls that it is about.
    Text(Text),
    Separator,
    /// A row of at most five buttons.
    Buttons(Vec<Button>),
    /// A select menu whose options are requests.
    StringSelect {
        placeholder: String,
        /// At most 25.
        links: Vec<Link>,
        /// The index of the selected option.
        selected: Option<usize>,
    },
    /// A select menu of the guild's channels. The selected ids become the request's `channel`
    /// option.
    ChannelSelect {
        placeholder: String,
        /// The selectable channel types; all if empty.
        channel_types: &'static [ChannelType],
        /// The maximum number of selected channels.
        count_max: u8,
        /// The request to send, apart from its `channel` option.
        request: Request,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// The label, and the request to send.
    pub link: Link,
    pub style: ButtonStyle,
}

/// A button's color, by what the button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ButtonStyle {
    Secondary,
    /// Saves what was shown.
    Success,
    /// Cannot be undone.
    Danger,
}

/// A paragraph or a list item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The layer of the dataset that the text comes from, if any.
    pub layer: Option<Layer>,
    pub is_item: bool,
    pub text: Text,
}

/// An internal link: a label and the request to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub label: String,
    pub request: Request,
}

/// An external link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalLink {
    pub label: String,
    pub url: String,
}

/// A formatted source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The citation number.
    pub mark: usize,
    /// Publisher, title, date and who reported it; or the paragraph of the article.
    pub text: String,
    pub url: Option<String>,
}

impl Card {
    /// A card with a single page.
    pub fn new(title: String, body: Vec<Paragraph>) -> Self {
        Self { title, body, page: (1, 1), ..Self::default() }
    }

    /// Links a chronological list's page to its first and last page, unless they are linked already.
    pub fn link_ends(&mut self, locale: &Locale) {
        let ((page, of), Some(request)) = (self.page, &self.request) else { return };
        self.earliest = (page > 2).then(|| page_link(locale, request, (1, of)));
        self.latest = (page + 1 < of).then(|| page_link(locale, request, (of, of)));
    }

    /// Whether the `open_links` belong to the rows of the page, one each.
    pub fn has_linked_rows(&self) -> bool {
        let rows = self.body.iter().filter(|paragraph| paragraph.is_item);
        !self.open_links.is_empty() && self.open_links.len() == rows.count()
    }
}

impl Link {
    pub fn new(label: impl Into<String>, request: Request) -> Self {
        Self { label: label.into(), request }
    }
}

impl Paragraph {
    /// A paragraph of plain text that does not come from the dataset.
    pub fn plain(text: impl Into<String>) -> Self {
        Text::plain(text).into()
    }

    /// A list item.
    pub fn item(text: Text) -> Self {
        Self { is_item: true, ..text.into() }
    }

    /// Renders the paragraph with the given formatters. A list item starts with a dash.
    pub fn render(
        &self,
        words: impl Fn(&str, Style) -> String,
        mention: impl Fn(Mention) -> String,
    ) -> String {
        let dash = if self.is_item { "- " } else { "" };
        dash.to_owned() + &self.text.render(words, mention)
    }
}

impl From<&Block> for Paragraph {
    fn from(block: &Block) -> Self {
        let text = Text(block.text.iter().map(TextSpan::from).collect());
        Self { layer: Some(block.layer), is_item: block.is_item, text }
    }
}

impl From<Text> for Paragraph {
    fn from(text: Text) -> Self {
        Self { layer: None, is_item: false, text }
    }
}

/// Splits paragraphs into pages of at most `most` paragraphs and [`PAGE_CHARS_MAX`] characters.
/// Always returns at least one page.
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

/// The requested page, limited to the last one.
fn page_of(request: &Request, pages: usize) -> usize {
    request.page().min(pages.max(1))
}

/// The links to the previous and the next page of a request.
fn page_links(
    locale: &Locale,
    request: &Request,
    (page, of): (usize, usize),
) -> (Option<Link>, Option<Link>) {
    let turn = |to: usize| page_link(locale, request, (to, of));
    ((page > 1).then(|| turn(page - 1)), (page < of).then(|| turn(page + 1)))
}

fn page_link(locale: &Locale, request: &Request, (page, of): (usize, usize)) -> Link {
    let label = locale.text_with("page", &[("page", page.into()), ("of", of.into())]);
    Link::new(label, request.clone().at_page(page))
}

/// The message key of a layer's attribution.
pub fn layer_key(layer: Layer) -> &'static str {
    match layer {
        Layer::Article => "layer-article",
        Layer::Record => "layer-record",
        Layer::Dossier => "layer-dossier",
    }
}

/// Formats a citation number: 12 becomes ¹².
pub fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}
