//! Renders a card as a message of components. Pure: the same card gives the same message.

use super::accent::accent_color;
use super::limits::{
    BUTTON_LABEL_CHARS_MAX, MessageSize, SELECT_OPTION_CHARS_MAX, SELECT_OPTIONS_MAX,
    TEXT_DISPLAY_CHARS_MAX,
};
use super::wire::{AllowedMentions, Component, EPHEMERAL, IS_COMPONENTS_V2, Message, SelectOption};
use crate::action::{Action, Menu, PressScope, SettingInput, Verb, encode_request};
use crate::card::{
    Button, Card, Control, Link, Mention, Paragraph, Report, SourceLine, Text, layer_key, shorten,
    superscript,
};
use crate::content::Style;
use crate::locale::Locale;
use crate::request::Request;

/// The most rows that get a button each; beyond that, a select opens them.
const OPEN_BUTTONS_MAX: usize = 5;

/// The most buttons in a row: <https://docs.discord.com/developers/components/reference#action-row>.
const BUTTONS_MAX: usize = 5;

/// The most characters on one page of sources.
const SOURCES_CHARS_MAX: usize = 3_500;

/// Who sees a message, and which actions it offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RenderOptions {
    /// Whether only the caller sees it.
    pub ephemeral: bool,
    /// Whether it has a button to share it publicly.
    pub can_share: bool,
    /// Who may use its controls that change settings, and where.
    pub scope: Option<PressScope>,
    /// Whether a member requested it, who may delete it.
    pub is_response: bool,
}

impl RenderOptions {
    pub const PUBLIC: Self =
        Self { ephemeral: false, can_share: false, scope: None, is_response: true };

    /// For messages that do not answer an interaction.
    pub const POST: Self = Self { is_response: false, ..Self::PUBLIC };

    pub const fn ephemeral(can_share: bool) -> Self {
        Self { ephemeral: true, can_share, ..Self::PUBLIC }
    }

    /// For one member in one guild; only that member may use its controls.
    pub const fn scoped(scope: PressScope) -> Self {
        Self { ephemeral: true, scope: Some(scope), ..Self::PUBLIC }
    }
}

pub fn render(card: &Card, locale: &Locale, options: RenderOptions) -> Message {
    let mut frame = vec![Component::text_display(head(card))];
    body(card, locale, &mut frame);
    let mut custom_ids = CustomIds::new(options.scope);
    let mut controls = Vec::new();
    for control in &card.controls {
        match control {
            Control::Row(text, link) => frame.push(custom_ids.row(text, link)),
            Control::Separator => frame.push(Component::separator()),
            below => controls.extend(custom_ids.control(below)),
        }
    }
    let foot = foot(card, locale);
    if !foot.is_empty() {
        frame.push(Component::separator());
        frame.push(Component::text_display(foot));
    }
    let mut components = vec![Component::container(card.kind.map(accent_color), frame)];
    let opened_from_menu = if has_open_buttons(card) { &[][..] } else { &card.open_links[..] };
    components.extend(menu(Menu::Views, locale.text("menu-views"), &card.views));
    components.extend(menu(Menu::Open, locale.text("menu-open"), opened_from_menu));
    components.extend(menu(Menu::Related, locale.text("menu-related"), &card.related));
    let rows = button_rows(
        step_buttons(card, locale, &mut custom_ids),
        answer_buttons(card, locale, options),
    );
    components.extend(rows.into_iter().filter(|row| !row.is_empty()).map(Component::action_row));
    components.extend(controls);
    message(components, locale, options.ephemeral)
}

/// Generates the `custom_id`s of controls that change settings: bound to one member in one guild,
/// and unique within the message.
struct CustomIds {
    scope: Option<PressScope>,
    number: u8,
}

impl CustomIds {
    fn new(scope: Option<PressScope>) -> Self {
        Self { scope, number: 0 }
    }

    /// `None` without a scope, or if the request does not fit into a `custom_id`.
    fn custom_id(&mut self, input: SettingInput, request: &Request) -> Option<String> {
        let verb = Verb::ChangeSetting(self.scope?, input, self.number);
        self.number = self.number.saturating_add(1);
        custom_id(verb, request)
    }

    fn row(&mut self, text: &Text, link: &Link) -> Component {
        let button = self
            .custom_id(SettingInput::Button, &link.request)
            .map(|custom_id| Component::button(link.label.clone(), custom_id));
        Component::with_button(text_markdown(text), button)
    }

    fn control(&mut self, control: &Control) -> Option<Component> {
        let only = match control {
            Control::Row(..) | Control::Separator => return None,
            Control::Text(text) => return Some(Component::text_display(text_markdown(text))),
            Control::Buttons(buttons) => {
                let buttons = buttons.iter().filter_map(|button| self.button(button));
                let buttons: Vec<Component> = buttons.collect();
                return (!buttons.is_empty()).then(|| Component::action_row(buttons));
            }
            Control::StringSelect { placeholder, links, selected } => {
                let custom_id = self.custom_id(SettingInput::Request, &Request::default())?;
                let options = links.iter().enumerate().filter_map(|(index, link)| {
                    let default = *selected == Some(index);
                    Some(SelectOption { default, ..select_option(link)? })
                });
                let options = options.take(SELECT_OPTIONS_MAX).collect();
                Component::string_select(custom_id, placeholder.clone(), options)
            }
            Control::ChannelSelect { placeholder, channel_types, count_max, request } => {
                Component::channel_select(
                    self.custom_id(SettingInput::Channel, request)?,
                    placeholder.clone(),
                    channel_types,
                    *count_max,
                )
            }
        };
        Some(Component::action_row(vec![only]))
    }

    fn button(&mut self, button: &Button) -> Option<Component> {
        let custom_id = self.custom_id(SettingInput::Button, &button.link.request)?;
        Some(Component::styled_button(button.style, button.link.label.clone(), custom_id))
    }
}

/// Renders a page of a card's sources, from 1, as an ephemeral message.
pub fn render_sources(card: &Card, locale: &Locale, page: u8) -> Message {
    let title = locale.text_with("sources-title", &[("title", escape(&card.title).into())]);
    let lines = std::iter::once(format!("### {title}")).chain(card.sources.iter().map(source_line));
    let pages = join_lines(lines.map(|line| line + "\n"), SOURCES_CHARS_MAX);
    let current = usize::from(page.max(1)).min(pages.len());
    let mut components = split(&pages[current - 1]);
    let next = Verb::Sources(page.max(1).saturating_add(1));
    if current < pages.len()
        && let Some(next) = card.request.as_ref().and_then(|here| custom_id(next, here))
    {
        let button = Component::button(locale.text("button-next"), next);
        components.push(Component::action_row(vec![button]));
    }
    message(components, locale, true)
}

/// Builds a message, or an error message if it would exceed Discord's limits.
fn message(components: Vec<Component>, locale: &Locale, ephemeral: bool) -> Message {
    let mut message = Message {
        flags: if ephemeral { IS_COMPONENTS_V2 | EPHEMERAL } else { IS_COMPONENTS_V2 },
        components,
        allowed_mentions: AllowedMentions::default(),
        attachments: Vec::new(),
    };
    let size = MessageSize::measure(&message);
    if !size.fits() {
        tracing::error!(?size, "a message exceeds Discord's limits");
        message.components = vec![Component::text_display(locale.text("message-too-long"))];
    }
    message
}

/// The kind, the title, the notes to read first, and the heading of the view.
fn head(card: &Card) -> String {
    let mut head = String::new();
    if !card.kicker.is_empty() {
        head.push_str(&format!("-# {}\n", escape(&card.kicker)));
    }
    head.push_str(&format!("## {}", escape(&card.title)));
    for note in &card.notes {
        head.push_str(&format!("\n*{}*", text_markdown(note)));
    }
    if let Some(heading) = &card.heading {
        head.push_str(&format!("\n### {}", escape(heading)));
    }
    head
}

fn has_open_buttons(card: &Card) -> bool {
    !card.open_links.is_empty()
        && card.open_links.len() <= OPEN_BUTTONS_MAX
        && card.open_links.len() == rows(card).count()
}

fn rows(card: &Card) -> impl Iterator<Item = &Paragraph> {
    card.body.iter().filter(|paragraph| paragraph.is_item && paragraph.layer.is_none())
}

/// The text, with its speaker above. Few rows get a button each.
fn body(card: &Card, locale: &Locale, frame: &mut Vec<Component>) {
    let with_buttons = has_open_buttons(card);
    let mut text = String::new();
    let mut layer = None;
    for paragraph in card.body.iter().filter(|paragraph| !(with_buttons && paragraph.is_item)) {
        let continues_list = paragraph.is_item && paragraph.layer == layer;
        if !text.is_empty() {
            text.push_str(if continues_list { "\n" } else { "\n\n" });
        }
        if paragraph.layer != layer {
            layer = paragraph.layer;
            text.extend(layer.map(|layer| format!("-# {}\n", locale.text(layer_key(layer)))));
        }
        text.push_str(&markdown(paragraph));
    }
    frame.extend(split(&text));
    if with_buttons {
        for (index, (row, link)) in rows(card).zip(&card.open_links).enumerate() {
            let row = Paragraph { is_item: false, ..row.clone() };
            let verb = Verb::Open(u8::try_from(index).unwrap_or(u8::MAX));
            let button = custom_id(verb, &link.request)
                .map(|id| Component::button(locale.text("button-open"), id));
            frame.push(Component::with_button(markdown(&row), button));
        }
    }
}

fn foot(card: &Card, locale: &Locale) -> String {
    let (page, page_count) = card.page;
    let mut lines = Vec::new();
    if page_count > 1 {
        lines.push(locale.text_with("page", &[("page", page.into()), ("of", page_count.into())]));
    }
    let is_lost = |link: &Option<Link>, verb| {
        link.as_ref().is_some_and(|link| custom_id(verb, &link.request).is_none())
    };
    if is_lost(&card.next, Verb::Next) || is_lost(&card.previous, Verb::Previous) {
        lines.push(locale.text("no-room-for-pages"));
    }
    lines.extend(card.covers_until.clone());
    lines.iter().map(|line| format!("-# {}", escape(line))).collect::<Vec<_>>().join("\n")
}

fn menu(menu: Menu, placeholder: String, links: &[Link]) -> Option<Component> {
    let mut options: Vec<SelectOption> = Vec::new();
    for option in links.iter().filter_map(select_option) {
        if options.len() < SELECT_OPTIONS_MAX
            && !options.iter().any(|one| one.value == option.value)
        {
            options.push(option);
        }
    }
    (!options.is_empty()).then(|| {
        let select = Component::string_select(<&str>::from(menu), placeholder, options);
        Component::action_row(vec![select])
    })
}

/// `None` if the request does not fit.
fn select_option(link: &Link) -> Option<SelectOption> {
    Some(SelectOption {
        label: shorten(&link.label, SELECT_OPTION_CHARS_MAX),
        value: encode_request(&link.request)?,
        default: false,
    })
}

/// `None` if the request does not fit.
fn custom_id(verb: Verb, request: &Request) -> Option<String> {
    Action { verb, request: request.clone() }.encode()
}

/// One row of buttons if all fit, or else a row for those that turn pages and one for the others.
fn button_rows(mut steps: Vec<Component>, mut others: Vec<Component>) -> [Vec<Component>; 2] {
    if steps.len() + others.len() <= BUTTONS_MAX {
        steps.append(&mut others);
    }
    others.truncate(BUTTONS_MAX);
    [steps, others]
}

/// The buttons that turn to another page or entry.
fn step_buttons(card: &Card, locale: &Locale, custom_ids: &mut CustomIds) -> Vec<Component> {
    let steps = [
        ("button-earliest", &card.earliest, Verb::Previous),
        ("button-previous", &card.previous, Verb::Previous),
        ("button-next", &card.next, Verb::Next),
        ("button-latest", &card.latest, Verb::Next),
    ];
    let button = |(key, link, verb): (&str, &Option<Link>, Verb)| {
        let request = &link.as_ref()?.request;
        let scoped = custom_ids.custom_id(SettingInput::Button, request);
        let custom_id = scoped.or_else(|| custom_id(verb, request))?;
        Some(Component::button(locale.text(key), custom_id))
    };
    steps.into_iter().filter_map(button).collect()
}

/// Sources, share or delete, report, then external links.
fn answer_buttons(card: &Card, locale: &Locale, options: RenderOptions) -> Vec<Component> {
    let mut buttons = Vec::new();
    let mut add = |key: &str, custom_id: Option<String>| {
        buttons.extend(custom_id.map(|custom_id| Component::button(locale.text(key), custom_id)));
    };
    let of_here = |verb: Verb| custom_id(verb, card.request.as_ref()?);
    if !card.sources.is_empty() {
        add("button-sources", of_here(Verb::Sources(1)));
    }
    match (options.ephemeral, &card.request) {
        (true, Some(_)) if options.can_share => add("button-share", of_here(Verb::Share)),
        (false, _) if options.is_response => {
            add("button-delete", custom_id(Verb::Delete, &Request::default()));
        }
        _ => {}
    }
    buttons.extend(card.report.as_ref().and_then(|report| report_button(card, report, locale)));
    let links = card.external_links.iter().map(|link| {
        Component::link_button(shorten(&link.label, BUTTON_LABEL_CHARS_MAX), link.url.clone())
    });
    buttons.extend(links);
    buttons
}

/// Opens the form if it fits into a `custom_id`, or else links to the article's report address.
fn report_button(card: &Card, report: &Report, locale: &Locale) -> Option<Component> {
    let here = card.request.as_ref().filter(|_| report.has_form);
    let form = here.and_then(|here| custom_id(Verb::Report(report.revision), here));
    let label = locale.text("button-report");
    match (form, &report.url) {
        (Some(custom_id), _) => Some(Component::button(label, custom_id)),
        (None, Some(url)) => Some(Component::link_button(label, url.clone())),
        (None, None) => None,
    }
}

fn markdown(paragraph: &Paragraph) -> String {
    paragraph.render(styled_markdown, mention_markdown)
}

fn text_markdown(text: &Text) -> String {
    text.render(styled_markdown, mention_markdown)
}

fn styled_markdown(words: &str, style: Style) -> String {
    let words = escape(words);
    match style {
        Style::Plain => words,
        Style::Emphasis => format!("*{words}*"),
        Style::Strong => format!("**{words}**"),
    }
}

/// A mention in Discord's
/// [format](https://docs.discord.com/developers/reference#message-formatting). It notifies nobody,
/// as the message allows no mentions.
fn mention_markdown(mention: Mention) -> String {
    match mention {
        Mention::Channel(id) => format!("<#{id}>"),
        Mention::Role(id) => format!("<@&{id}>"),
        Mention::Member(id) => format!("<@{id}>"),
        Mention::Instant(at) => format!("<t:{at}:f>"),
        Mention::DayAndTime(at) => format!("<t:{at}:F>"),
        Mention::FromNow(at) => format!("<t:{at}:R>"),
        Mention::Message(guild, channel, message) => {
            format!("https://discord.com/channels/{guild}/{channel}/{message}")
        }
    }
}

fn source_line(source: &SourceLine) -> String {
    let mark = superscript(source.mark);
    match &source.url {
        // Angle brackets suppress the embed, and keep addresses with parentheses intact.
        Some(url) => format!("{mark} [{}](<{url}>)", link_label(&source.text)),
        None => format!("{mark} {}", escape(&source.text)),
    }
}

/// Splits a text between lines into components within the limit.
fn split(text: &str) -> Vec<Component> {
    let parts = join_lines(text.split_inclusive('\n'), TEXT_DISPLAY_CHARS_MAX);
    let trimmed = parts.iter().map(|part| part.trim_end()).filter(|part| !part.is_empty());
    trimmed.map(Component::text_display).collect()
}

/// Joins lines to parts of at most `chars_max` characters, as far as no line is longer.
fn join_lines(lines: impl Iterator<Item: AsRef<str>>, chars_max: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for line in lines {
        let line = line.as_ref();
        match parts.last_mut() {
            Some(part) if part.chars().count() + line.chars().count() <= chars_max => {
                part.push_str(line)
            }
            _ => parts.push(line.to_owned()),
        }
    }
    parts
}

/// Escapes Markdown, mentions and links, so that Discord shows the text literally.
pub fn escape(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len() + 8);
    let mut before = None;
    for character in words.chars() {
        let special =
            matches!(character, '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' | '>' | '#');
        let begins = before.is_none() && matches!(character, '-' | '+');
        let numbers = character == '.'
            && escaped.bytes().all(|byte| byte.is_ascii_digit())
            && before.is_some();
        if special || begins || numbers {
            escaped.push('\\');
        }
        escaped.push(character);
        // A zero-width space breaks mentions and addresses invisibly.
        if character == '@' || (character == ':' && words.contains("://")) {
            escaped.push('\u{200B}');
        }
        before = Some(character);
    }
    escaped
}

/// The label of a masked link, in which Discord shows escaping backslashes: characters that need
/// escaping are removed.
fn link_label(words: &str) -> String {
    let plain = words.chars().filter_map(|character| match character {
        '[' => Some('('),
        ']' => Some(')'),
        '<' => Some('‹'),
        '>' => Some('›'),
        '_' => Some(' '),
        '\\' | '*' | '~' | '`' | '|' | '#' => None,
        character => Some(character),
    });
    escape(&plain.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_is_shown_literally() {
        for (words, shown) in [
            ("NATO's \"open door\"", "NATO's \"open door\""),
            (
                "**bold** _x_ ~~y~~ `z` ||s||",
                "\\*\\*bold\\*\\* \\_x\\_ \\~\\~y\\~\\~ \\`z\\` \\|\\|s\\|\\|",
            ),
            ("[a](b) <@1> <#2> </x:3>", "\\[a\\](b) \\<@\u{200b}1\\> \\<\\#2\\> \\</x:3\\>"),
            ("@everyone", "@\u{200b}everyone"),
            ("https://x.y/z", "https:\u{200b}//x.y/z"),
            ("- not a list", "\\- not a list"),
            ("1. not a list", "1\\. not a list"),
            ("in 2014. Then", "in 2014. Then"),
        ] {
            assert_eq!(escape(words), shown);
        }
    }

    #[test]
    fn a_link_label_has_no_backslashes() {
        for (words, expected) in [
            ("Resolution [68/262] *draft*", "Resolution (68/262) draft"),
            ("A | B", "A  B"),
            ("Minutes_of_June", "Minutes of June"),
            ("~~Old~~ `code`", "Old code"),
            ("Case <C-1/22>", "Case ‹C-1/22›"),
            ("Order #7", "Order 7"),
        ] {
            assert_eq!(link_label(words), expected);
        }
    }
}
