//! Renders cards for a terminal: colored and wrapped if interactive, plain lines for a pipe.

use anstyle::{AnsiColor, Style as Ansi};
use textwrap::WordSplitter;

use crate::card::{Card, Link, Mention, Paragraph, Table, TableRow, layer_key, superscript};
use crate::content::{Layer, Style};
use crate::locale::Locale;

/// Maximum line width in columns; longer lines are hard to read.
pub const COLUMNS_MAX: usize = 96;

const STRONG: Ansi = Ansi::new().bold();
const EMPHASIS: Ansi = Ansi::new().italic();
const QUIET: Ansi = Ansi::new().dimmed();
const ARTICLE: Ansi = AnsiColor::Cyan.on_default();
const RECORD: Ansi = AnsiColor::Green.on_default();
const DOSSIER: Ansi = AnsiColor::Yellow.on_default();

/// The capabilities of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// The width in columns; `None` disables wrapping.
    pub columns: Option<usize>,
    pub color: bool,
}

impl Terminal {
    /// For a pipe or a file: no colors, one line per paragraph.
    pub const PLAIN: Self = Self { columns: None, color: false };

    /// Renders a card as text.
    pub fn render(self, card: &Card, locale: &Locale) -> String {
        let mut out = String::new();
        let mut line = |text: &str, indent: usize| self.line(&mut out, text, indent);
        if !card.kicker.is_empty() {
            line(&self.paint(QUIET, &card.kicker), 0);
        }
        line(&self.paint(STRONG, &card.title), 0);
        for note in &card.notes {
            let note = note.render(|words, _| words.to_owned(), mention_text);
            line(&self.paint(EMPHASIS, &note), 0);
        }
        if let Some(heading) = &card.heading {
            line("", 0);
            line(&self.paint(STRONG.underline(), heading), 0);
        }
        let table = card.table.as_ref().filter(|table| self.has_room_for(table));
        let mut links = card.open_links.iter().filter(|_| card.has_linked_rows());
        let mut layer = None;
        for paragraph in &card.body {
            if paragraph.is_item && table.is_some() {
                continue;
            }
            if paragraph.layer != layer || !paragraph.is_item {
                line("", 0);
            }
            if paragraph.layer != layer {
                layer = paragraph.layer;
                if let Some(layer) = layer {
                    line(&self.layer(layer, locale), 0);
                }
            }
            line(&self.text(paragraph), if paragraph.is_item { 2 } else { 0 });
            if paragraph.is_item
                && let Some(link) = links.next()
            {
                line(&self.paint(QUIET, &link.request.to_string()), 4);
            }
        }
        if let Some(table) = table {
            self.table(&mut out, table, &card.open_links);
        }
        let mut line = |text: &str, indent: usize| self.line(&mut out, text, indent);
        let (page, of) = card.page;
        if of > 1 {
            line("", 0);
            line(
                &self.paint(
                    QUIET,
                    &locale.text_with("page", &[("page", page.into()), ("of", of.into())]),
                ),
                0,
            );
        }
        self.navigation(&mut out, card, locale);
        out
    }

    fn navigation(self, out: &mut String, card: &Card, locale: &Locale) {
        let no_links = Vec::new();
        let steps = |link: &Option<Link>| link.clone().into_iter().collect::<Vec<_>>();
        for (key, links) in [
            ("terminal-open", if card.has_linked_rows() { &no_links } else { &card.open_links }),
            ("terminal-views", &card.views),
            ("terminal-previous", &steps(&card.previous)),
            ("terminal-next", &steps(&card.next)),
            ("terminal-related", &card.related),
        ] {
            self.links(out, &locale.text(key), links);
        }
        if !card.sources.is_empty() {
            self.title(out, &locale.text("terminal-sources"));
            for source in &card.sources {
                self.line(out, &format!("{} {}", superscript(source.mark), source.text), 2);
                if let Some(url) = &source.url {
                    self.line(out, &self.paint(QUIET, url), 4);
                }
            }
        }
        let report = card.report.as_ref().and_then(|report| report.url.as_ref());
        if card.covers_until.is_some() || !card.external_links.is_empty() || report.is_some() {
            self.line(out, "", 0);
        }
        if let Some(as_of) = &card.covers_until {
            self.line(out, &self.paint(QUIET, as_of), 0);
        }
        for way in &card.external_links {
            self.line(out, &self.paint(QUIET, &format!("{}: {}", way.label, way.url)), 0);
        }
        if let Some(url) = report {
            self.line(out, &self.paint(QUIET, &format!("{}: {url}", locale.text("report"))), 0);
        }
    }

    /// Whether the rows of a matrix fit on a line each; otherwise its rows are shown as a list.
    fn has_room_for(self, table: &Table) -> bool {
        let width = textwrap::core::display_width;
        let marks = |row: &TableRow| row.marks.iter().map(|mark| 2 + width(mark)).sum::<usize>();
        let marks = table.rows.iter().map(marks).max().unwrap_or_default();
        self.columns
            .is_none_or(|columns| 2 + widest_name(table) + marks <= columns.min(COLUMNS_MAX))
    }

    /// A matrix with the command that opens each row below it.
    fn table(self, out: &mut String, table: &Table, open: &[Link]) {
        let (width, widest) = (textwrap::core::display_width, widest_name(table));
        let line = |name: &str, cells: &[String]| {
            let gap = " ".repeat(widest - width(name));
            let cells = cells.iter().map(|cell| format!("  {cell}")).collect::<String>();
            format!("{name}{gap}{cells}")
        };
        self.line(out, "", 0);
        self.line(out, &self.paint(STRONG, &line("", &table.columns)), 2);
        for (row, link) in table.rows.iter().zip(open) {
            self.line(out, &line(&row.name, &row.marks), 2);
            let note =
                if row.note.is_empty() { String::new() } else { format!(" · {}", row.note) };
            self.line(out, &self.paint(QUIET, &format!("{}{note}", link.request)), 4);
        }
        self.line(out, "", 0);
        self.line(out, &table.legend, 0);
    }

    /// Prints links in two columns: the label, and the command to type.
    fn links(self, out: &mut String, title: &str, links: &[Link]) {
        if links.is_empty() {
            return;
        }
        self.title(out, title);
        let widest = links
            .iter()
            .map(|link| textwrap::core::display_width(&link.label))
            .max()
            .unwrap_or_default();
        for link in links {
            let gap = " ".repeat(widest - textwrap::core::display_width(&link.label));
            self.line(
                out,
                &format!("{}{gap}  {}", link.label, self.paint(QUIET, &link.request.to_string())),
                2,
            );
        }
    }

    fn title(self, out: &mut String, title: &str) {
        self.line(out, "", 0);
        self.line(out, &self.paint(STRONG, title), 0);
    }

    /// Prints a line, wrapped to the terminal's width.
    fn line(self, out: &mut String, text: &str, indent: usize) {
        let indent = " ".repeat(indent);
        match self.columns {
            Some(columns) if !text.is_empty() => {
                let options = textwrap::Options::new(columns.clamp(20, COLUMNS_MAX))
                    .initial_indent(&indent)
                    .subsequent_indent(&indent);
                // Words are never broken, so that URLs stay usable.
                out.push_str(&textwrap::fill(
                    text,
                    options.break_words(false).word_splitter(WordSplitter::NoHyphenation),
                ));
            }
            _ => {
                out.push_str(&indent);
                out.push_str(text);
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }

    fn text(self, paragraph: &Paragraph) -> String {
        paragraph.render(|words, style| self.styled(words, style), mention_text)
    }

    fn styled(self, words: &str, style: Style) -> String {
        match style {
            Style::Plain => words.to_owned(),
            Style::Emphasis => self.paint(EMPHASIS, words),
            Style::Strong => self.paint(STRONG, words),
        }
    }

    /// The attribution of the following text, in the layer's color.
    fn layer(self, layer: Layer, locale: &Locale) -> String {
        let color = match layer {
            Layer::Article => ARTICLE,
            Layer::Record => RECORD,
            Layer::Dossier => DOSSIER,
        };
        self.paint(color, &locale.text(layer_key(layer)))
    }

    fn paint(self, style: Ansi, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
fn widest_name(table: &Table) -> usize {
    let names = table.rows.iter().map(|row| textwrap::core::display_width(&row.name));
    names.max().unwrap_or_default()
}

/// A textual form of a mention; the terminal cannot resolve names of channels and members.
fn mention_text(mention: Mention) -> String {
    match mention {
        Mention::Channel(id) => format!("#{id}"),
        Mention::Role(id) => format!("@&{id}"),
        Mention::Member(id) => format!("@{id}"),
        Mention::Message(_, channel, message) => format!("#{channel}/{message}"),
        Mention::Instant(at) | Mention::DayAndTime(at) | Mention::FromNow(at) => {
            jiff::Timestamp::from_second(at).map_or_else(|_| at.to_string(), |at| at.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Terminal;
    use crate::catalog::Catalog;
    use crate::commands::answer;
    use crate::request::Request;

    #[test]
    fn a_table_that_is_too_wide_is_shown_as_a_list() {
        let catalog = Catalog::bundled();
        for (command, columns, is_table) in [
            ("proposal", None, true),
            ("proposal", Some(120), true),
            ("proposal", Some(60), false),
            ("proposal", Some(40), false),
            ("position", Some(20), false),
        ] {
            let card = answer(&catalog, &Request::new(command)).expect("a matrix");
            let shown = Terminal { columns, color: false }.render(&card, catalog.locale());
            let has_header = shown.lines().any(|line| line.trim() == "1  2  3  4  5");
            let has_items = shown.lines().any(|line| line.starts_with("  - "));
            assert_eq!((has_header, has_items), (is_table, !is_table), "{command} {columns:?}");
        }
    }
}
