//! `asks/<kind>.toml`: how people ask for the entries of a kind, by the entry's id.

use std::collections::BTreeMap;

use super::super::diagnostic::Reporter;
use super::super::format::AsksRecord;
use super::super::table::{self, SpannedText};
use super::super::{Ask, Kind, Slug};
use super::layout::ArticleFiles;
use super::scope::LinkScope;

/// The number of asks after which more hardly help: an entry's first eight have nearly the effect
/// of thirty.
const SAMPLE_QUESTIONS_ADVISED: usize = 14;

/// The asks and search words of entries.
pub(super) type Asks = BTreeMap<(Kind, Slug), (Vec<Ask>, Vec<String>)>;

pub(super) fn parse(files: &ArticleFiles<'_>, scope: &mut LinkScope<'_>) -> Asks {
    let mut asks = Asks::new();
    for (kind, path, text) in &files.asks {
        let mut scope = scope.of_file(path);
        let toml = table::parse(text, &mut scope.reporter);
        for (id, value) in toml.into_iter().flatten() {
            let id = SpannedText::new(id.span(), id.into_inner());
            scope.resolve_id(*kind, &id);
            let reporter = &mut scope.reporter;
            let example = "asks = [\"…\"]";
            let record = table::read_record(&id, value.into_inner(), example, reporter);
            if let (Some(slug), Some(record)) = (Slug::parse(id.as_str()), record) {
                asks.insert((*kind, slug), finish(&id, record, reporter));
            }
        }
    }
    asks
}

fn finish(
    id: &SpannedText,
    record: AsksRecord,
    reporter: &mut Reporter<'_>,
) -> (Vec<Ask>, Vec<String>) {
    let asks = record.asks.unwrap_or_default();
    if asks.len() > SAMPLE_QUESTIONS_ADVISED {
        let note = format!(
            "{} asks, of which hardly more than {SAMPLE_QUESTIONS_ADVISED} help",
            asks.len()
        );
        let help = "keep eight to fourteen that differ most, and put single words into `words`";
        reporter.diagnostics.note(reporter.path, id.span(), note, help);
    }
    let ask = |ask: SpannedText| Ask { span: ask.span(), text: ask.into_string() };
    (asks.into_iter().map(ask).collect(), record.words.unwrap_or_default())
}
