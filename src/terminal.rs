//! Renders cards for a terminal: colored and wrapped if interactive, plain lines for a pipe.

use anstyle::{AnsiColor, Style as Ansi};
use textwrap::WordSplitter;
use textwrap::core::display_width;

use crate::card::{Card, Link, Mention, layer_key, superscript};
use crate::content::{Layer, Style};
use crate::locale::Locale;
use crate::picture::{Matrix, MatrixRow};

/// Maximum line width in columns; longer lines are hard to read.
pub const COLUMNS_MAX: usize = 96;

const PLAIN: Ansi = Ansi::new();
const STRONG: Ansi = Ansi::new().bold();
const EMPHASIS: Ansi = Ansi::new().italic();
const QUIET: Ansi = Ansi::new().dimmed();

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
        let mut printer = Printer { terminal: self, locale, out: String::new() };
        let matrix = card.matrix.as_ref().filter(|matrix| self.has_room_for(matrix));
        printer.head(card);
        printer.body(card, matrix.is_some());
        if let Some(matrix) = matrix {
            printer.table(matrix, &card.open_links);
        }
        let (page, of) = card.page;
        if of > 1 {
            let page = locale.text_with("page", &[("page", page.into()), ("of", of.into())]);
            printer.section(QUIET, &page);
        }
        printer.navigation(card);
        printer.foot(card);
        printer.out
    }

    /// Whether each row of a matrix fits on a line; otherwise the rows are shown as a list.
    fn has_room_for(self, matrix: &Matrix) -> bool {
        let symbols = |row: &MatrixRow| {
            row.marks.iter().map(|mark| 2 + display_width(&mark.symbol)).sum::<usize>()
        };
        let symbols = matrix.rows.iter().map(symbols).max().unwrap_or_default();
        let room = self.columns.map(|columns| columns.min(COLUMNS_MAX));
        room.is_none_or(|room| 2 + widest_name(matrix) + symbols <= room)
    }

    fn paint(self, style: Ansi, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// A card that is being printed.
struct Printer<'a> {
    terminal: Terminal,
    locale: &'a Locale,
    out: String,
}

impl Printer<'_> {
    fn head(&mut self, card: &Card) {
        if !card.kicker.is_empty() {
            self.line(0, QUIET, &card.kicker);
        }
        self.line(0, STRONG, &card.title);
        for note in &card.notes {
            let note = note.render(|words, _| words.to_owned(), mention_text);
            self.line(0, EMPHASIS, &note);
        }
        if let Some(heading) = &card.heading {
            self.section(STRONG.underline(), heading);
        }
    }

    /// The paragraphs, with the command that opens an item below it; without the items that are
    /// shown as a table.
    fn body(&mut self, card: &Card, has_table: bool) {
        let mut links = card.open_links.iter().filter(|_| card.has_linked_rows());
        let mut layer = None;
        let paragraphs = card.body.iter();
        for paragraph in paragraphs.filter(|one| !one.is_item || !has_table) {
            if paragraph.layer != layer || !paragraph.is_item {
                self.blank();
            }
            if paragraph.layer != layer {
                layer = paragraph.layer;
                if let Some(layer) = layer {
                    self.line(0, layer_color(layer), &self.locale.text(layer_key(layer)));
                }
            }
            let styled = |words: &str, style| self.terminal.paint(ansi(style), words);
            let text = paragraph.render(styled, mention_text);
            self.line(if paragraph.is_item { 2 } else { 0 }, PLAIN, &text);
            if paragraph.is_item
                && let Some(link) = links.next()
            {
                self.line(4, QUIET, &link.request.to_string());
            }
        }
    }

    fn navigation(&mut self, card: &Card) {
        let listed = if card.has_linked_rows() { &[][..] } else { &card.open_links };
        for (key, links) in [
            ("terminal-open", listed),
            ("terminal-views", &card.views),
            ("terminal-earliest", card.earliest.as_slice()),
            ("terminal-previous", card.previous.as_slice()),
            ("terminal-next", card.next.as_slice()),
            ("terminal-latest", card.latest.as_slice()),
            ("terminal-related", &card.related),
        ] {
            self.links(key, links);
        }
    }

    /// The sources, the covered period and the external links.
    fn foot(&mut self, card: &Card) {
        if !card.sources.is_empty() {
            self.section(STRONG, &self.locale.text("terminal-sources"));
            for source in &card.sources {
                self.line(2, PLAIN, &format!("{} {}", superscript(source.mark), source.text));
                if let Some(url) = &source.url {
                    self.line(4, QUIET, url);
                }
            }
        }
        let report = card.report.as_ref().and_then(|report| report.url.as_ref());
        let report = report.map(|url| format!("{}: {url}", self.locale.text("report")));
        let external =
            card.external_links.iter().map(|link| format!("{}: {}", link.label, link.url));
        let lines: Vec<String> =
            card.covers_until.iter().cloned().chain(external).chain(report).collect();
        if !lines.is_empty() {
            self.blank();
        }
        for line in lines {
            self.line(0, QUIET, &line);
        }
    }

    /// A matrix with the command that opens each row below it.
    fn table(&mut self, matrix: &Matrix, open: &[Link]) {
        let widest = widest_name(matrix);
        let line = |name: &str, cells: Vec<&str>| {
            let gap = " ".repeat(widest - display_width(name));
            let cells = cells.iter().map(|cell| format!("  {cell}")).collect::<String>();
            format!("{name}{gap}{cells}")
        };
        let columns = matrix.columns.iter().map(|(number, _)| number.as_str()).collect();
        self.blank();
        self.line(2, STRONG, &line("", columns));
        for (row, link) in matrix.rows.iter().zip(open) {
            let symbols = row.marks.iter().map(|mark| mark.symbol.as_str()).collect();
            self.line(2, PLAIN, &line(&row.name, symbols));
            let note =
                if row.note.is_empty() { String::new() } else { format!(" · {}", row.note) };
            self.line(4, QUIET, &format!("{}{note}", link.request));
        }
        let legend = matrix.legend.iter().map(|mark| format!("{} {}", mark.symbol, mark.meaning));
        self.section(PLAIN, &legend.collect::<Vec<_>>().join(" · "));
    }

    /// Prints links in two columns: the label, and the command to type.
    fn links(&mut self, title: &str, links: &[Link]) {
        let Some(widest) = links.iter().map(|link| display_width(&link.label)).max() else {
            return;
        };
        self.section(STRONG, &self.locale.text(title));
        for Link { label, request } in links {
            let gap = " ".repeat(widest - display_width(label));
            let request = self.terminal.paint(QUIET, &request.to_string());
            self.line(2, PLAIN, &format!("{label}{gap}  {request}"));
        }
    }

    /// Prints a line below a blank one.
    fn section(&mut self, style: Ansi, text: &str) {
        self.blank();
        self.line(0, style, text);
    }

    fn blank(&mut self) {
        self.out.push('\n');
    }

    /// Prints a line, wrapped to the terminal's width.
    fn line(&mut self, indent: usize, style: Ansi, text: &str) {
        let (indent, text) = (" ".repeat(indent), self.terminal.paint(style, text));
        match self.terminal.columns {
            Some(columns) => {
                let options = textwrap::Options::new(columns.clamp(20, COLUMNS_MAX))
                    .initial_indent(&indent)
                    .subsequent_indent(&indent);
                // Words are never broken, so that URLs stay usable.
                self.out.push_str(&textwrap::fill(
                    &text,
                    options.break_words(false).word_splitter(WordSplitter::NoHyphenation),
                ));
            }
            None => self.out.extend([indent, text]),
        }
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }
}

fn ansi(style: Style) -> Ansi {
    match style {
        Style::Plain => PLAIN,
        Style::Emphasis => EMPHASIS,
        Style::Strong => STRONG,
    }
}

fn layer_color(layer: Layer) -> Ansi {
    match layer {
        Layer::Article => AnsiColor::Cyan.on_default(),
        Layer::Record => AnsiColor::Green.on_default(),
        Layer::Dossier => AnsiColor::Yellow.on_default(),
    }
}

fn widest_name(matrix: &Matrix) -> usize {
    matrix.rows.iter().map(|row| display_width(&row.name)).max().unwrap_or_default()
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
