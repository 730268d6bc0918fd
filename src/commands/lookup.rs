//! What the commands of one kind of entry share: one entry, or without options the list of all.

use crate::card::{Answer, Lead, PAGE_ROWS_MAX, Paragraph, Refusal, Row, entry, list};
use crate::catalog::Catalog;
use crate::content::Kind;
use crate::request::{Named, Request};

/// Answers with the entry that `option` names, or with the list of its kind.
pub(super) fn lookup(
    catalog: &Catalog,
    request: &Request,
    option: Named,
    kind: Kind,
) -> Result<Answer, Refusal> {
    match option.find(catalog, request)? {
        Some(taken) => entry::show(catalog, request, &taken),
        None => all(catalog, request, kind),
    }
}

/// The list of a kind, each entry with its gist.
fn all(catalog: &Catalog, request: &Request, kind: Kind) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let rows: Vec<Row> = catalog
        .of_kind(kind, request.article(catalog)?)
        .map(|item| {
            Row::new(
                &format!("{}:", item.entry.title),
                &item.entry.summary,
                entry::link(catalog, item),
            )
        })
        .collect();
    if rows.is_empty() {
        return Err(Refusal::NothingOfKind(kind));
    }
    let title = locale.say(&format!("list-{}", kind.name()));
    let lead =
        locale.say_with(&format!("list-{}.lead", kind.name()), &[("count", rows.len().into())]);
    let lead = Lead { title, body: vec![Paragraph::words(lead)] };
    Ok(list(catalog, request, lead, rows, PAGE_ROWS_MAX).into())
}
