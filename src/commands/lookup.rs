//! What the commands of one kind of entry share: one entry, or without options the list of all.

use crate::answer::{Answer, Lead, PAGE_ROWS_MAX, Paragraph, Refusal, Row, entry, list};
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Named, Request};

/// Answers with the entry that `option` names, or with the list of its kind.
pub(super) fn lookup(
    library: &Library,
    request: &Request,
    option: Named,
    kind: Kind,
) -> Result<Answer, Refusal> {
    match option.find(library, request)? {
        Some(taken) => entry::show(library, request, &taken),
        None => all(library, request, kind),
    }
}

/// The list of a kind, each entry with its gist.
fn all(library: &Library, request: &Request, kind: Kind) -> Result<Answer, Refusal> {
    let lang = library.lang();
    let rows: Vec<Row> = library
        .of_kind(kind, request.article(library)?)
        .map(|item| {
            Row::new(
                &format!("{}:", item.entry.title),
                &item.entry.summary,
                entry::link(library, item),
            )
        })
        .collect();
    if rows.is_empty() {
        return Err(Refusal::NothingOfKind(kind));
    }
    let title = lang.say(&format!("list-{}", kind.name()));
    let lead =
        lang.say_with(&format!("list-{}.lead", kind.name()), &[("count", rows.len().into())]);
    let lead = Lead { title, body: vec![Paragraph::words(lead)] };
    Ok(list(library, request, lead, rows, PAGE_ROWS_MAX).into())
}
