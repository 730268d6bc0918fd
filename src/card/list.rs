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
    link: Link,
    table_row: Option<TableRow>,
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
    pub fn new(name: &str, about: &str, link: Link) -> Self {
        let text = Text(vec![
            Span::Styled(name.to_owned(), Style::Strong),
            Span::Styled(format!(" {about}"), Style::Plain),
        ]);
        Self { text: Paragraph { layer: None, is_item: true, text }, link, table_row: None }
    }

    /// A row with a text of an entry, including its citations.
    pub fn from_block(block: &Block, link: Link) -> Self {
        Self { text: block.into(), link, table_row: None }
    }

    /// Adds the same row for a table.
    pub fn with_table_row(self, row: TableRow) -> Self {
        Self { table_row: Some(row), ..self }
    }
}

/// What is the same on all pages of a list.
pub struct ListHeader {
    pub title: String,
    /// The paragraphs above the rows.
    pub body: Vec<Paragraph>,
}

impl ListHeader {
    pub fn new(title: String) -> Self {
        let body = Vec::new();
        Self { title, body }
    }
}

/// One page of at most `rows_max` rows, and no longer than a card may be.
pub fn list(
    catalog: &Catalog,
    request: &Request,
    header: ListHeader,
    rows: Vec<Row>,
    rows_max: usize,
) -> Card {
    let texts = rows.iter().map(|row| row.text.clone()).collect();
    let mut pages = pages(texts, rows_max);
    let (page, of) = (page_of(request, pages.len()), pages.len());
    let before: usize = pages[..page - 1].iter().map(Vec::len).sum();
    let rows = rows.into_iter().skip(before).take(pages.swap_remove(page - 1).len());
    card(catalog, request, header, (page, of), rows)
}

/// Like [`list`], for rows so short that `rows_max` of them always fit. Only the rows of the
/// requested page are created.
pub fn short_list<T>(
    catalog: &Catalog,
    request: &Request,
    header: ListHeader,
    things: &[T],
    rows_max: usize,
    row: impl Fn(&T) -> Row,
) -> Card {
    let of = things.len().div_ceil(rows_max).max(1);
    let page = page_of(request, of);
    let shown = things.iter().skip((page - 1) * rows_max).take(rows_max);
    card(catalog, request, header, (page, of), shown.map(row))
}

fn card(
    catalog: &Catalog,
    request: &Request,
    header: ListHeader,
    (page, of): (usize, usize),
    rows: impl Iterator<Item = Row>,
) -> Card {
    let (mut body, mut open_links, mut table) = (header.body, Vec::new(), Table::default());
    for row in rows {
        body.push(row.text);
        open_links.push(row.link);
        table.rows.extend(row.table_row);
    }
    let turn = |to: usize| {
        let values = [("page", to.into()), ("of", of.into())];
        let label = catalog.locale().text_with("page", &values);
        Link::new(label, request.clone().at_page(to))
    };
    let article = request.article(catalog).unwrap_or(None);
    Card {
        covers_until: catalog.covers_until_text(article),
        title: header.title,
        body,
        table: (!table.rows.is_empty()).then_some(table),
        page: (page, of),
        open_links,
        previous: (page > 1).then(|| turn(page - 1)),
        next: (page < of).then(|| turn(page + 1)),
        request: Some(request.clone().at_page(page)),
        ..Card::default()
    }
}
