//! `asks/<kind>.toml`: how people ask for the entries of a kind, by the entry's id.

use std::borrow::Cow;
use std::collections::BTreeMap;

use toml::de::DeValue;

use super::super::dangling::{Dangling, Strays};
use super::super::diagnostic::{Diagnostic, Problems};
use super::super::format::{AsksRecord, Text};
use super::super::table::{self, Format, Place, is_stand_in};
use super::super::{Ask, Kind, Slug, nearest};
use super::check::Check;
use super::links::Known;

/// The most characters of an ask. People's questions are shorter; what is longer is a paragraph.
const ASK_CHARS_MAX: usize = 200;

/// The most asks of an entry: they bound what the index has to hold.
const ASKS_MAX: usize = 60;

/// From how many asks on a further one hardly helps: the first eight of an entry do nearly all that thirty do.
const ASKS_ADVISED: usize = 12;

/// The most characters of a word, and the most words of an entry.
const WORD_CHARS_MAX: usize = 40;
const WORDS_MAX: usize = 60;

/// The path and text of each kind's file; no text where the file cannot be read.
pub(super) type Files<'t> = BTreeMap<Kind, (String, Option<Cow<'t, str>>)>;

/// How people ask for entries, by kind and id.
pub(super) type Asks = BTreeMap<(Kind, Slug), (Vec<Ask>, Vec<String>)>;

/// Reads the files, telling all that is wrong with them.
pub(super) fn read(
    files: &Files<'_>,
    known: &Known,
    strays: &mut Strays,
    problems: &mut Problems,
) -> Asks {
    let mut asks = Asks::new();
    for (kind, (path, text)) in files {
        let Some(text) = text else { continue };
        let mut blank = String::new();
        let Some(toml) = table::parse(path, text, 0..text.len(), &mut blank, problems) else {
            continue;
        };
        for (id, record) in toml {
            let id = Text::new(id.span(), id.get_ref().to_string());
            let of_entry = read_record(path, &id, record.into_inner(), problems);
            match Slug::parse(id.get_ref()).filter(|id| known.holds(*kind, id)) {
                Some(id) => drop(asks.insert((*kind, id), of_entry)),
                None if known.is_told(*kind, id.get_ref()) => {}
                None => note_unknown(path, *kind, &id, known, strays),
            }
        }
    }
    asks
}

fn read_record(
    path: &str,
    id: &Text,
    record: DeValue<'_>,
    problems: &mut Problems,
) -> (Vec<Ask>, Vec<String>) {
    let place = Place { path, head: id.span() };
    let mut record = match record {
        DeValue::Table(record) => record,
        _ => {
            let id = id.get_ref();
            let remedy = format!("write [{id}] and below it asks = [\"…\"]");
            problems.at(path, place.head, format!("`{id}` is not a table"), remedy);
            return Default::default();
        }
    };
    table::check(&mut record, &[AsksRecord::shape()], &place, problems);
    let read: Option<AsksRecord> = table::take(&mut record, &place, problems);
    let Some(read) = read else { return Default::default() };
    let (asks, words) = (read.asks.unwrap_or_default(), read.words.unwrap_or_default());
    let mut check = Check { path, problems };
    check.lines(&asks, ASK_CHARS_MAX, ASKS_MAX);
    check.lines(&words, WORD_CHARS_MAX, WORDS_MAX);
    if asks.len() > ASKS_ADVISED {
        let note = format!("{} asks, of which hardly more than {ASKS_ADVISED} help", asks.len());
        let remedy = "keep eight to twelve that differ most, and put single words into `words`";
        problems.note(path, id.span(), note, remedy);
    }
    let ask = |ask: Text| Ask { span: ask.span(), text: ask.into_inner() };
    (
        asks.into_iter().filter(|ask| !is_stand_in(ask)).map(ask).collect(),
        words.into_iter().filter(|word| !is_stand_in(word)).map(Text::into_inner).collect(),
    )
}

/// Notes asks of an entry that there is not: links to it are wrong for the same reason.
fn note_unknown(path: &str, kind: Kind, id: &Text, known: &Known, strays: &mut Strays) {
    let stray = match known.ids(kind).next() {
        Some(_) => Dangling::Entry(format!("{}/{}", kind.name(), id.get_ref())),
        None => Dangling::Kind(kind),
    };
    let near = nearest(&id.get_ref().to_lowercase(), known.ids(kind));
    let kind = kind.name();
    let remedy = near.map_or_else(
        || format!("remove it, or add the entry {kind}/{}.md", id.get_ref()),
        |near| format!("write [{near}], or remove it"),
    );
    let problem = format!("there is no entry `{kind}/{}`", id.get_ref());
    strays.add(stray, Diagnostic::new(path, Some(id.span()), problem, remedy));
}
