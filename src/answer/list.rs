//! The card of a list: rows of entries, some to a page, each of which can be opened.

use super::{Card, Link, Paragraph, page_of, pages};
use crate::dataset::{Inline, Style};
use crate::library::Library;
use crate::request::Request;

/// The most rows on one page of a list. A page's rows are also the options of a select menu, which takes 25.
pub const PAGE_ROWS_MAX: usize = 15;

/// A row of a list: its words, and what it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(Paragraph, Link);

impl Row {
    /// A row with a name, set strongly, and a few words about it.
    pub fn new(name: &str, about: &str, open: Link) -> Self {
        let text = vec![
            Inline::Text(name.to_owned(), Style::Strong),
            Inline::Text(format!(" {about}"), Style::Plain),
        ];
        Self(
            Paragraph {
                layer: None,
                item: true,
                text,
            },
            open,
        )
    }
}

/// One page of a list, of at most `rows_max` rows. `lead` stands above the rows of every page.
pub fn list(
    library: &Library,
    request: &Request,
    title: String,
    lead: Vec<Paragraph>,
    rows: Vec<Row>,
    rows_max: usize,
) -> Card {
    let lang = library.lang();
    let (rows, links): (Vec<Paragraph>, Vec<Link>) =
        rows.into_iter().map(|Row(row, open)| (row, open)).unzip();
    let mut pages = pages(rows, rows_max);
    let (page, of) = (page_of(request, pages.len()), pages.len());
    let before: usize = pages[..page - 1].iter().map(Vec::len).sum();
    let rows = pages.swap_remove(page - 1);
    let open = links.into_iter().skip(before).take(rows.len()).collect();
    let turn = |to: usize| {
        let label = lang.say_with("page", &[("page", to.into()), ("of", of.into())]);
        Link::new(label, request.clone().at_page(to))
    };
    Card {
        title,
        body: lead.into_iter().chain(rows).collect(),
        page: (page, of),
        open,
        previous: (page > 1).then(|| turn(page - 1)),
        next: (page < of).then(|| turn(page + 1)),
        here: Some(request.clone().at_page(page)),
        ..Card::default()
    }
}
