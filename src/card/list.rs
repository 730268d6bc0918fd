//! The card of a list of entries, split into pages, with each entry selectable.

use super::{Card, Link, Paragraph, Span, Text, page_of, pages};
use crate::catalog::Catalog;
use crate::content::{Block, Style};
use crate::request::Request;

/// Maximum number of rows per page. Each row is also an option of a select menu, which Discord
/// limits to 25.
pub const PAGE_ROWS_MAX: usize = 15;

/// A list row, the request that opens it, and the same row in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    text: Paragraph,
    open: Link,
    in_table: Option<TableRow>,
}

/// A matrix with one mark per cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The column headers.
    pub columns: Vec<String>,
    pub rows: Vec<TableRow>,
    /// The meaning of the marks.
    pub legend: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    pub name: String,
    /// One per column.
    pub marks: Vec<String>,
    /// Details that the marks do not show.
    pub note: String,
}

impl Row {
    /// A row with a name in bold and a short description.
    pub fn new(name: &str, about: &str, open: Link) -> Self {
        let text = Text(vec![
            Span::Words(name.to_owned(), Style::Strong),
            Span::Words(format!(" {about}"), Style::Plain),
        ]);
        Self { text: Paragraph { layer: None, item: true, text }, open, in_table: None }
    }

    /// A row with a text of an entry, including its citations.
    pub fn cited(block: &Block, open: Link) -> Self {
        Self { text: block.into(), open, in_table: None }
    }

    /// Adds the same row for a table.
    pub fn in_table(self, row: TableRow) -> Self {
        Self { in_table: Some(row), ..self }
    }
}

/// What is the same on all pages of a list.
pub struct Lead {
    pub title: String,
    /// The paragraphs above the rows.
    pub body: Vec<Paragraph>,
}

impl Lead {
    pub fn titled(title: String) -> Self {
        let body = Vec::new();
        Self { title, body }
    }
}

/// One page of at most `rows_max` rows, and no longer than a card may be.
pub fn list(
    catalog: &Catalog,
    request: &Request,
    lead: Lead,
    rows: Vec<Row>,
    rows_max: usize,
) -> Card {
    let texts = rows.iter().map(|row| row.text.clone()).collect();
    let mut pages = pages(texts, rows_max);
    let (page, of) = (page_of(request, pages.len()), pages.len());
    let before: usize = pages[..page - 1].iter().map(Vec::len).sum();
    let rows = rows.into_iter().skip(before).take(pages.swap_remove(page - 1).len());
    card(catalog, request, lead, (page, of), rows)
}

/// Like [`list`], for rows so short that `rows_max` of them always fit. Only the rows of the
/// requested page are created.
pub fn short_list<T>(
    catalog: &Catalog,
    request: &Request,
    lead: Lead,
    things: &[T],
    rows_max: usize,
    row: impl Fn(&T) -> Row,
) -> Card {
    let of = things.len().div_ceil(rows_max).max(1);
    let page = page_of(request, of);
    let shown = things.iter().skip((page - 1) * rows_max).take(rows_max);
    card(catalog, request, lead, (page, of), shown.map(row))
}

fn card(
    catalog: &Catalog,
    request: &Request,
    lead: Lead,
    (page, of): (usize, usize),
    rows: impl Iterator<Item = Row>,
) -> Card {
    let (mut body, mut open, mut table) = (lead.body, Vec::new(), Table::default());
    for row in rows {
        body.push(row.text);
        open.push(row.open);
        table.rows.extend(row.in_table);
    }
    let turn = |to: usize| {
        let values = [("page", to.into()), ("of", of.into())];
        let label = catalog.locale().say_with("page", &values);
        Link::new(label, request.clone().at_page(to))
    };
    let article = request.article(catalog).unwrap_or(None);
    Card {
        as_of: catalog.covers(article),
        title: lead.title,
        body,
        table: (!table.rows.is_empty()).then_some(table),
        page: (page, of),
        open,
        previous: (page > 1).then(|| turn(page - 1)),
        next: (page < of).then(|| turn(page + 1)),
        here: Some(request.clone().at_page(page)),
        ..Card::default()
    }
}
