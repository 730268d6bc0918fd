//! The card of a list: rows of entries, some to a page, each of which can be opened.

use super::{Card, Link, Paragraph, Span, Text, page_of, pages};
use crate::catalog::Catalog;
use crate::content::{Block, Style};
use crate::request::Request;

/// The most rows on one page of a list. A page's rows are also the options of a select menu, which takes 25.
pub const PAGE_ROWS_MAX: usize = 15;

/// A row of a list: its words, what it opens, and the same words in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    text: Paragraph,
    open: Link,
    in_table: Option<TableRow>,
}

/// A matrix, with a mark in each cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What stands above the marks.
    pub columns: Vec<String>,
    pub rows: Vec<TableRow>,
    /// What the marks mean.
    pub legend: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    pub name: String,
    /// As many as the table has columns.
    pub marks: Vec<String>,
    /// What the marks leave out.
    pub note: String,
}

impl Row {
    /// A row with a name, set strongly, and a few words about it.
    pub fn new(name: &str, about: &str, open: Link) -> Self {
        let text = Text(vec![
            Span::Words(name.to_owned(), Style::Strong),
            Span::Words(format!(" {about}"), Style::Plain),
        ]);
        Self { text: Paragraph { layer: None, item: true, text }, open, in_table: None }
    }

    /// A row that is a line of an entry, with its marks.
    pub fn cited(block: &Block, open: Link) -> Self {
        Self { text: block.into(), open, in_table: None }
    }

    /// The same as a row of a table.
    pub fn in_table(self, row: TableRow) -> Self {
        Self { in_table: Some(row), ..self }
    }
}

/// What all pages of a list have in common.
pub struct Lead {
    /// Its title.
    pub title: String,
    /// What stands above the rows.
    pub body: Vec<Paragraph>,
}

impl Lead {
    /// A title, and nothing above the rows.
    pub fn titled(title: String) -> Self {
        let body = Vec::new();
        Self { title, body }
    }
}

/// One page of a list, of at most `rows_max` rows and no longer than a card holds.
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

/// The same of rows so short that `rows_max` of them always fit: only those of the page are made.
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
