//! *Look up in Dossier*: finds the entries that a message is about. Only the selected message is
//! read. The names of its files and buttons count where they name an entry: a button *Report* or a
//! file `message.txt` says nothing about the topic.

use jiff::civil::Date;

use crate::card::{Card, Paragraph, Refusal, Row, entry, list};
use crate::catalog::{Catalog, CellMatch, Item};
use crate::command::{self, not_found};
use crate::commands::search;
use crate::content::{Kind, PartialDate};
use crate::request::Request;
use crate::search::{NameMention, Nearest, stems, strip_markup};
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

/// The most sentences in which the two parts of a question are looked for, and the most words of
/// such a sentence: each costs several searches.
const QUESTIONS_MAX: usize = 3;
const QUESTION_WORDS_MAX: usize = 16;

/// The most sentences whose best entry comes before the entries that the message names.
const BEST_MAX: usize = 2;

/// What the sentences of a message find.
#[derive(Default)]
struct LookupResults<'a> {
    cells: Vec<(Item<'a>, Item<'a>)>,
    /// The best entry of each sentence with its score.
    best: Vec<(usize, f32)>,
    mentions: Vec<NameMention>,
    others: Vec<(usize, f32)>,
    /// What comes closest to the sentence that nearly found something.
    nearest: Nearest,
    margin: Option<f32>,
    covered_until: Option<PartialDate>,
}

/// Shows the entries that answer a message or that it names, best first. `names` are those of its
/// files and buttons, one a line.
///
/// # Errors
///
/// A refusal, if the message has no words or no entry answers it.
pub fn look_up(
    catalog: &Catalog,
    message: &str,
    names: &str,
    today: Option<Date>,
) -> Result<Card, Refusal> {
    let [message, names] =
        [message, names].map(|text| without_invisible_characters(&strip_markup(text)));
    let mut corrections = CORRECTIONS_MAX;
    let mut found = LookupResults::default();
    for sentence in sentences(&message).take(SENTENCES_MAX) {
        found.add(catalog, sentence, today, &mut corrections);
    }
    for name in sentences(&names).take(SENTENCES_MAX) {
        found.add_mentions(catalog, name);
    }
    let entries = found.entries();
    let cells = found.cells.iter().map(|(row, demand)| search::cell_row(catalog, *row, *demand));
    let entries = entries.iter().map(|number| row(catalog, *number));
    let rows: Vec<Row> = cells.chain(entries).take(ENTRIES_MAX).collect();
    if rows.is_empty() {
        return Err(match found.covered_until {
            Some(until) => command::uncovered_date_refusal(catalog, until),
            None if sentences(&message).next().is_none() => Refusal::new("refuse-nothing-to-read"),
            None => found.refusal(catalog, message.trim()),
        });
    }
    let locale = catalog.locale();
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

impl<'a> LookupResults<'a> {
    fn add(
        &mut self,
        catalog: &'a Catalog,
        sentence: &str,
        today: Option<Date>,
        corrections: &mut usize,
    ) {
        self.add_mentions(catalog, sentence);
        let (index, filter) = (catalog.search_index(), catalog.filter(None, None));
        let mut results = index.search_with_budget(sentence, &filter, corrections);
        let answer = results.hits.first().map(|hit| hit.document);
        // A time word is the subject of a message only if there is hardly any other word.
        let today = today.filter(|_| stems(sentence).len() <= 1);
        if let Some(until) = catalog.find_uncovered_date(sentence, None, today, answer) {
            self.covered_until = Some(until);
            return;
        }
        if self.cells.len() < QUESTIONS_MAX
            && sentence.split_whitespace().count() <= QUESTION_WORDS_MAX
            && let Some(cell) = catalog.find_any_cell(sentence, None, results.hits.first(), None)
        {
            results.hits.retain(|hit| cell.may_show(catalog.item(hit.document)));
            if let CellMatch::Cell { row, column } = cell {
                self.cells.push((row, column));
            }
        }
        let mut hits = results.hits.iter().map(|hit| (hit.document, hit.score));
        self.best.extend(hits.next());
        self.others.extend(hits.take(ENTRIES_MAX));
        let margin = results.confidence.margin();
        if !results.nearest.documents.is_empty() && self.margin.is_none_or(|best| margin > best) {
            self.margin = Some(margin);
            self.nearest = results.nearest;
        }
    }

    fn add_mentions(&mut self, catalog: &Catalog, text: &str) {
        let (index, filter) = (catalog.search_index(), catalog.filter(None, None));
        let is_entry =
            |mention: &NameMention| catalog.item(mention.document).entry.kind != Kind::Section;
        self.mentions.extend(index.find_mentions(text, &filter).into_iter().filter(is_entry));
    }

    /// The entries without repetition, best first.
    fn entries(&mut self) -> Vec<usize> {
        let by_score = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1);
        self.best.sort_by(by_score);
        let late = self.best.split_off(self.best.len().min(BEST_MAX));
        self.others.extend(late);
        self.others.sort_by(by_score);
        self.mentions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let mentions = self.mentions.iter().map(|mention| mention.document);
        let number = |(number, _): &(usize, f32)| *number;
        let mut entries: Vec<usize> = Vec::new();
        for number in
            self.best.iter().map(number).chain(mentions).chain(self.others.iter().map(number))
        {
            if !entries.contains(&number) {
                entries.push(number);
            }
        }
        entries.truncate(ENTRIES_MAX);
        entries
    }

    fn refusal(&self, catalog: &Catalog, message: &str) -> Refusal {
        let link = |number: &usize| entry::link(catalog, catalog.item(*number));
        let nearest = &self.nearest.documents;
        let key = match nearest.is_empty() {
            true => "refuse-nothing-in-message",
            false => "refuse-nothing-in-message-but",
        };
        let links = nearest.iter().map(link);
        not_found(catalog, None, message, links, self.nearest.closest()).with_key(key)
    }
}

fn row(catalog: &Catalog, number: usize) -> Row {
    let item = catalog.item(number);
    entry::result_row(catalog, item, &item.entry.summary, entry::link(catalog, item))
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
