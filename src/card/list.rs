//! The card of a list of entries, split into pages, with each entry selectable.

use super::{Card, Link, Paragraph, Text, TextSpan, page_links, page_of, pages};
use crate::catalog::Catalog;
use crate::content::{Block, Style};
use crate::picture::{Matrix, MatrixRow};
use crate::request::Request;

/// Maximum number of rows per page. Each row is also an option of a select menu, which Discord
/// limits to 25.
const PAGE_ROWS_MAX: usize = 15;

/// Maximum number of rows per page with a picture: both together are two screens of a phone.
pub const PICTURED_ROWS_MAX: usize = 10;

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
            TextSpan::Styled(name.to_owned(), Style::Strong),
            TextSpan::Styled(format!(" {about}"), Style::Plain),
        ]);
        Self { text: Paragraph::item(text), link, in_matrix: None }
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

/// One page of rows, at most [`PICTURED_ROWS_MAX`] of a matrix, and no longer than a card may be.
/// `base` is what is the same on all pages, with the paragraphs above the rows.
pub fn list(catalog: &Catalog, request: &Request, base: Card, rows: Vec<Row>) -> Card {
    let texts = rows.iter().map(|row| row.text.clone()).collect();
    let is_pictured = rows.iter().any(|row| row.in_matrix.is_some());
    let rows_max = match is_pictured {
        // Of eleven rows, none stands alone on a page.
        true => rows.len().div_ceil(rows.len().div_ceil(PICTURED_ROWS_MAX)),
        false => PAGE_ROWS_MAX,
    };
    let mut pages = pages(texts, rows_max);
    let (page, page_count) = (page_of(request, pages.len()), pages.len());
    let before: usize = pages[..page - 1].iter().map(Vec::len).sum();
    let rows = rows.into_iter().skip(before).take(pages.swap_remove(page - 1).len());
    card(catalog, request, base, (page, page_count), rows)
}

/// Like [`list`], for rows so short that each of these pages fits. Only the rows of the requested
/// page are created.
pub fn short_list<T>(
    catalog: &Catalog,
    request: &Request,
    base: Card,
    pages: &[&[T]],
    row: impl Fn(&T) -> Row,
) -> Card {
    let page_count = pages.len().max(1);
    let page = page_of(request, page_count);
    let shown = pages.get(page - 1).copied().unwrap_or_default();
    card(catalog, request, base, (page, page_count), shown.iter().map(row))
}

/// Divides a list into pages of at most `rows_max`, of equal length to within one: the last one is
/// as worth opening as the others.
pub fn even_pages<T>(things: &[T], rows_max: usize) -> Vec<&[T]> {
    let page_count = things.len().div_ceil(rows_max);
    let start = |page: usize| page * things.len() / page_count;
    (0..page_count).map(|page| &things[start(page)..start(page + 1)]).collect()
}

fn card(
    catalog: &Catalog,
    request: &Request,
    base: Card,
    (page, page_count): (usize, usize),
    rows: impl Iterator<Item = Row>,
) -> Card {
    let (mut body, mut open_links, mut matrix) = (base.body, Vec::new(), Matrix::default());
    for row in rows {
        body.push(row.text);
        open_links.push(row.link);
        matrix.rows.extend(row.in_matrix);
    }
    let article = request.article(catalog).unwrap_or(None);
    let (previous, next) = page_links(catalog.locale(), request, (page, page_count));
    Card {
        covers_until: catalog.covers_until_text(article),
        body,
        matrix: (!matrix.rows.is_empty()).then_some(matrix),
        page: (page, page_count),
        open_links,
        previous,
        next,
        request: Some(request.clone().at_page(page)),
        ..base
    }
}

#[cfg(test)]
mod tests {
    use super::even_pages;

    #[test]
    fn pages_have_the_same_length_to_within_one() {
        for (count, lengths) in [(0, &[][..]), (10, &[10]), (11, &[5, 6]), (32, &[8, 8, 8, 8])] {
            let things: Vec<usize> = (0..count).collect();
            let pages = even_pages(&things, 10);
            assert_eq!(pages.iter().map(|page| page.len()).collect::<Vec<_>>(), lengths);
            assert_eq!(pages.concat(), things);
        }
    }
}
