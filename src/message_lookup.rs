//! *Look up in Dossier*: the entries that a message is about. It reads the one message that a member points at.

use crate::card::{Card, Lead, Paragraph, Refusal, Row, entry, list};
use crate::catalog::Catalog;
use crate::command::not_found;
use crate::request::Request;

/// The most entries that are shown: one page, so that nothing of the message has to be kept for the next.
const ENTRIES_MAX: usize = 5;

/// The most sentences of a message that are read. Discord allows 4,000 characters, which have fewer.
const SENTENCES_MAX: usize = 60;

/// The most misspelled words of a message that are looked for, as each takes about as long as a sentence without any, and nothing
/// else is answered meanwhile.
const MISSPELLED_MAX: usize = 24;

/// The card of the entries that answer a message, best first.
///
/// # Errors
///
/// A refusal, if the message has no words or nothing here is about it.
pub fn look_up(catalog: &Catalog, message: &str) -> Result<Card, Refusal> {
    let scope = catalog.scope(None, None);
    let mut best: Vec<(usize, f32)> = Vec::new();
    let mut read = false;
    let mut misspelled = MISSPELLED_MAX;
    for sentence in sentences(message).take(SENTENCES_MAX) {
        read = true;
        for hit in catalog
            .finder()
            .search_sparing(sentence, &scope, &mut misspelled)
            .hits
            .iter()
            .take(ENTRIES_MAX)
        {
            match best.iter_mut().find(|(number, _)| *number == hit.document) {
                Some((_, score)) => *score = score.max(hit.score),
                None => best.push((hit.document, hit.score)),
            }
        }
    }
    if !read {
        return Err(Refusal::new("refuse-nothing-to-read"));
    }
    best.sort_by(|a, b| b.1.total_cmp(&a.1));
    best.truncate(ENTRIES_MAX);
    if best.is_empty() {
        return Err(not_found(message.trim(), std::iter::empty()));
    }
    let locale = catalog.locale();
    let rows: Vec<Row> = best.iter().map(|(number, _)| row(catalog, *number)).collect();
    let body = Paragraph::words(locale.say_with("lookup-lead", &[("count", rows.len().into())]));
    let lead = Lead { title: locale.say("lookup-title"), body: vec![body] };
    let mut card = list(catalog, &Request::new("search"), lead, rows, ENTRIES_MAX);
    // Nothing of the message is in a link, so the card itself cannot be asked for again.
    card.here = None;
    Ok(card)
}

fn row(catalog: &Catalog, number: usize) -> Row {
    let item = catalog.item(number);
    let values = [
        ("kind", catalog.kind_name(item.entry.kind).into()),
        ("snippet", item.entry.summary.as_str().into()),
    ];
    Row::new(
        &item.entry.title,
        &catalog.locale().say_with("search-row", &values),
        entry::link(catalog, item),
    )
}

/// The sentences and lines of a message that have words in them.
fn sentences(message: &str) -> impl Iterator<Item = &str> {
    let sentences = message.split(['\n', '.', '!', '?', ';']);
    sentences.map(str::trim).filter(|sentence| sentence.chars().any(char::is_alphanumeric))
}
