//! The card of a list of entries, split into pages, with each entry selectable.

use super::{Card, Link, Paragraph, Span, Text, page_links, page_of, pages};
use crate::catalog::Catalog;
use crate::content::{Block, Style};
use crate::picture::{Matrix, MatrixRow};
use crate::request::Request;

/// Maximum number of rows per page. Each row is also an option of a select menu, which Discord
/// limits to 25.
pub const PAGE_ROWS_MAX: usize = 15;

/// A list row, the request that opens it, and the same row in a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    text: Paragraph,
    link: Link,
    in_matrix: Option<MatrixRow>,
}

impl Row {
    /// A row with a name in bold and a short description.
    pub fn new(name: &str, about: &str, link: Link) -> Self {
        let text = Text(vec![
            Span::Styled(name.to_owned(), Style::Strong),
            Span::Styled(format!(" {about}"), Style::Plain),
        ]);
        Self { text: Paragraph { layer: None, is_item: true, text }, link, in_matrix: None }
    }

    /// A row with a text of an entry, including its citations.
    pub fn from_block(block: &Block, link: Link) -> Self {
        Self { text: block.into(), link, in_matrix: None }
    }

    /// Adds the same row for a matrix.
    pub fn in_matrix(self, row: MatrixRow) -> Self {
        Self { in_matrix: Some(row), ..self }
    }
}

/// One page of at most [`PAGE_ROWS_MAX`] rows, and no longer than a card may be. `base` is what is
/// the same on all pages, with the paragraphs above the rows.
pub fn list(catalog: &Catalog, request: &Request, base: Card, rows: Vec<Row>) -> Card {
    let texts = rows.iter().map(|row| row.text.clone()).collect();
    let mut pages = pages(texts, PAGE_ROWS_MAX);
    let (page, of) = (page_of(request, pages.len()), pages.len());
    let before: usize = pages[..page - 1].iter().map(Vec::len).sum();
    let rows = rows.into_iter().skip(before).take(pages.swap_remove(page - 1).len());
    card(catalog, request, base, (page, of), rows)
}

/// Like [`list`], for rows so short that `rows_max` of them always fit. Only the rows of the
/// requested page are created.
pub fn short_list<T>(
    catalog: &Catalog,
    request: &Request,
    base: Card,
    things: &[T],
    rows_max: usize,
    row: impl Fn(&T) -> Row,
) -> Card {
    let of = things.len().div_ceil(rows_max).max(1);
    let page = page_of(request, of);
    let shown = things.iter().skip((page - 1) * rows_max).take(rows_max);
    card(catalog, request, base, (page, of), shown.map(row))
}

fn card(
    catalog: &Catalog,
    request: &Request,
    base: Card,
    (page, of): (usize, usize),
    rows: impl Iterator<Item = Row>,
) -> Card {
    let (mut body, mut open_links, mut matrix) = (base.body, Vec::new(), Matrix::default());
    for row in rows {
        body.push(row.text);
        open_links.push(row.link);
        matrix.rows.extend(row.in_matrix);
    }
    let article = request.article(catalog).unwrap_or(None);
    let (previous, next) = page_links(catalog.locale(), request, (page, of));
    Card {
        covers_until: catalog.covers_until_text(article),
        body,
        matrix: (!matrix.rows.is_empty()).then_some(matrix),
        page: (page, of),
        open_links,
        previous,
        next,
        request: Some(request.clone().at_page(page)),
        ..base
    }
}
