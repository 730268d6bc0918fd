//! `asks/<kind>.toml`: how people ask for the entries of a kind, by the entry's id.

use std::collections::BTreeMap;

use super::super::diagnostic::Reporter;
use super::super::format::AsksRecord;
use super::super::table::{self, Text};
use super::super::unresolved::Target;
use super::super::{Ask, Kind, Slug};
use super::layout::{ArticleFiles, FileRole, SourceFile};
use super::scope::LinkScope;
use crate::text::nearest;

/// The number of asks after which more hardly help: an entry's first eight have nearly the effect
/// of thirty.
const ASKS_ADVISED: usize = 14;

/// The asks and search words of entries.
pub(super) type Asks = BTreeMap<(Kind, Slug), (Vec<Ask>, Vec<String>)>;

pub(super) fn parse(files: &ArticleFiles<'_>, scope: &mut LinkScope<'_>) -> Asks {
    let mut asks = Asks::new();
    for (role, SourceFile { path, text }) in files {
        let FileRole::Asks(kind) = role else { continue };
        let mut reporter = scope.reporter(path);
        let toml = text.as_ref().and_then(|text| table::parse(text, &mut reporter));
        for (id, value) in toml.into_iter().flatten() {
            let id = Text::new(id.span(), id.into_inner());
            let mut reporter = scope.reporter(path);
            let example = "asks = [\"…\"]";
            let record = table::read_record(&id, value.into_inner(), example, &mut reporter);
            let of_entry = record.map(|record| finish(&id, record, &mut reporter));
            match Slug::parse(id.as_str()).filter(|id| scope.entries.contains(*kind, id)) {
                Some(id) => drop(asks.insert((*kind, id), of_entry.unwrap_or_default())),
                None if scope.entries.is_expected(*kind, id.as_str()) => {}
                None => add_unresolved(path, *kind, &id, scope),
            }
        }
    }
    asks
}

fn finish(id: &Text, record: AsksRecord, reporter: &mut Reporter<'_>) -> (Vec<Ask>, Vec<String>) {
    let (asks, words) = (record.asks.unwrap_or_default(), record.words.unwrap_or_default());
    if asks.len() > ASKS_ADVISED {
        let note = format!("{} asks, of which hardly more than {ASKS_ADVISED} help", asks.len());
        let help = "keep eight to fourteen that differ most, and put single words into `words`";
        reporter.diagnostics.note(reporter.path, id.span(), note, help);
    }
    let ask = |ask: Text| Ask { span: ask.span(), text: ask.into_string() };
    (asks.into_iter().map(ask).collect(), words.into_iter().map(Text::into_string).collect())
}

/// Records the asks of a missing entry like any other unresolved reference.
fn add_unresolved(path: &str, kind: Kind, id: &Text, scope: &mut LinkScope<'_>) {
    let link = format!("{}/{}", kind.name(), id.as_str());
    let help = match nearest(&id.as_str().to_lowercase(), scope.entries.ids(kind)) {
        Some(near) => format!("write [{near}], or remove it"),
        None => format!("remove it, or add the entry {link}.md"),
    };
    let message = format!("there is no entry `{link}`");
    let target = match scope.entries.ids(kind).next() {
        Some(_) => Target::Entry(link),
        None => Target::Kind(kind),
    };
    scope.add_unresolved(target, path, id, message, help);
}
