//! *Look up in Dossier*: finds the entries that a message is about. Only the selected message is
//! read.

use jiff::civil::Date;

use crate::card::{Card, Paragraph, Refusal, Row, entry, list};
use crate::catalog::Catalog;
use crate::command::{self, not_found};
use crate::request::Request;
use crate::search::strip_markup;
use crate::text::is_invisible;

/// The most entries that are shown: there is one page, as a link to a second would have to contain
/// the message.
const ENTRIES_MAX: usize = 5;

/// The most sentences that are searched. A message of 4,000 characters, Discord's limit, rarely has
/// more.
const SENTENCES_MAX: usize = 60;

/// The most misspelled words that are corrected. Each takes about as long as a sentence without
/// any, and blocks other answers meanwhile.
const CORRECTIONS_MAX: usize = 24;

/// Shows the entries that answer a message, best first.
///
/// # Errors
///
/// A refusal, if the message has no words or no entry answers it.
pub fn look_up(catalog: &Catalog, message: &str, today: Option<Date>) -> Result<Card, Refusal> {
    let message = without_invisible_characters(&strip_markup(message));
    let mut sentences = sentences(&message).take(SENTENCES_MAX).peekable();
    if sentences.peek().is_none() {
        return Err(Refusal::new("refuse-nothing-to-read"));
    }
    let filter = catalog.filter(None, None);
    let mut corrections = CORRECTIONS_MAX;
    let mut best: Vec<(usize, f32)> = Vec::new();
    let mut too_late = None;
    for sentence in sentences {
        if let Some(until) = catalog.find_uncovered_date(sentence, None, today) {
            too_late = Some(until);
            continue;
        }
        let results =
            catalog.search_index().search_with_budget(sentence, &filter, &mut corrections);
        for hit in results.hits.iter().take(ENTRIES_MAX) {
            match best.iter_mut().find(|(number, _)| *number == hit.document) {
                Some((_, score)) => *score = score.max(hit.score),
                None => best.push((hit.document, hit.score)),
            }
        }
    }
    best.sort_by(|a, b| b.1.total_cmp(&a.1));
    best.truncate(ENTRIES_MAX);
    if let (Some(until), []) = (too_late, best.as_slice()) {
        return Err(command::uncovered_date_refusal(catalog, until));
    }
    if best.is_empty() {
        return Err(not_found(catalog, None, message.trim(), std::iter::empty(), None));
    }
    let locale = catalog.locale();
    let row = |(number, _): &(usize, f32)| {
        let item = catalog.item(*number);
        entry::result_row(catalog, item, &item.entry.summary, entry::link(catalog, item))
    };
    let rows: Vec<Row> = best.iter().map(row).collect();
    let lead = locale.text_with("lookup-lead", &[("count", rows.len().into())]);
    let base = Card {
        title: locale.text("lookup-title"),
        body: vec![Paragraph::plain(lead)],
        ..Card::default()
    };
    let card = list(catalog, &Request::new("search"), base, rows);
    // No link contains the message, so the card cannot be requested again.
    Ok(Card { request: None, ..card })
}

/// Replaces invisible characters, such as direction marks, with spaces, but keeps line breaks.
fn without_invisible_characters(message: &str) -> String {
    let is_hidden = |character: char| character != '\n' && is_invisible(character);
    message.chars().map(|character| if is_hidden(character) { ' ' } else { character }).collect()
}

/// The sentences and lines of a message that contain words.
fn sentences(message: &str) -> impl Iterator<Item = &str> {
    // A period inside a number or a date does not end a sentence: 15.08.2026.
    let sentences = message.split(['\n', '!', '?', ';']).flat_map(|line| line.split(". "));
    sentences.map(str::trim).filter(|sentence| sentence.chars().any(char::is_alphanumeric))
}
