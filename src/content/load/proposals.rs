//! The cells of a proposal: one for each demand, each with its own sources.

use super::super::citations::Cited;
use super::super::diagnostic::Diagnostic;
use super::super::format::{CellRecord, ProposalKeys, Text};
use super::super::table::is_stand_in;
use super::super::{Cell, CellStance, Citation, Slug};
use super::check::Check;
use super::entry::Draft;
use super::links::Join;
use super::stances::{tell_missing, tell_unknown};

/// The most characters of a cell's line: a matrix shows five of them under each proposal.
const CELL_CHARS_MAX: usize = 120;

/// The most sources of a cell.
const SOURCES_MAX: usize = 5;

/// The cells in the demands' order, telling those that are missing, unknown or incomplete.
pub(super) fn cells(draft: &Draft, keys: &ProposalKeys, join: &mut Join<'_>) -> Vec<Cell> {
    if draft.wrong.contains("cells") && keys.cells.is_empty() {
        return Vec::new();
    }
    let ids: Vec<&Text> = keys.cells.keys().collect();
    tell_unknown(draft, &ids, join);
    tell_missing(draft, &ids, join, "cell", |first| {
        format!("add [cells.{first}] with stance = \"silent\", or what the proposal says")
    });
    let mut cells = Vec::new();
    let known = join.known;
    for demand in &known.demands {
        let found = keys.cells.iter().find(|(id, _)| id.get_ref() == demand.as_str());
        cells.push(match found {
            Some((id, record)) => cell(draft, (demand, id), record, join),
            None => Cell { stance: CellStance::Silent, text: String::new(), sources: Vec::new() },
        });
    }
    cells
}

fn cell(
    draft: &Draft,
    (demand, id): (&Slug, &Text),
    record: &CellRecord,
    join: &mut Join<'_>,
) -> Cell {
    let mut check = Check { path: &draft.path, problems: join.problems };
    let stance = check.one_of(
        &record.stance,
        &CellStance::ALL.map(CellStance::name),
        "stance of a proposal",
    );
    let stance = stance.map(|place| CellStance::ALL[place]);
    match (stance, &record.text, record.sources.as_deref().unwrap_or_default()) {
        (Some(CellStance::Silent), Some(text), _) => {
            let remedy = "change the stance, or remove the text";
            check.at(
                text.span(),
                "the proposal is silent on this demand, yet here is a text",
                remedy,
            );
        }
        (Some(CellStance::Silent), None, [first, ..]) => {
            let remedy = "change the stance, or remove the sources";
            check.at(
                first.span(),
                "the proposal is silent on this demand, yet here is a source",
                remedy,
            );
        }
        (None | Some(CellStance::Silent), ..) => {}
        (Some(_), None, _) => {
            let remedy = "add `text`: the terms in a line, or write stance = \"silent\"";
            check.at(id.span(), format!("the cell on `{demand}` has no text"), remedy);
        }
        (Some(_), Some(_), []) => {
            let remedy = "add `sources`: the ids of records of sources.toml";
            check.at(id.span(), format!("the cell on `{demand}` has no source"), remedy);
        }
        (Some(_), Some(_), _) => {}
    }
    if let Some(text) = &record.text {
        check.line(text, CELL_CHARS_MAX);
    }
    let named = record.sources.as_deref().unwrap_or_default();
    if let Some(over) = named.get(SOURCES_MAX) {
        check.at(over.span(), format!("more than {SOURCES_MAX} sources"), "keep the best");
    }
    check.no_twins(named);
    Cell {
        stance: stance.unwrap_or(CellStance::Silent),
        text: record.text.as_ref().map(|text| text.get_ref().clone()).unwrap_or_default(),
        sources: named.iter().filter_map(|id| source(draft, id, join)).collect(),
    }
}

/// The source of an id, noting it where there is none.
fn source(draft: &Draft, id: &Text, join: &mut Join<'_>) -> Option<usize> {
    if is_stand_in(id) {
        return None;
    }
    match join.marks.cited(id.get_ref()) {
        Cited::Known(Citation::Source(source)) => return Some(source),
        Cited::Known(Citation::Paragraph { .. }) => {
            let remedy = "cite the document itself: a record of sources.toml";
            Check { path: &draft.path, problems: join.problems }.at(
                id.span(),
                "a paragraph of the article is no source of a proposal",
                remedy,
            );
        }
        Cited::Unsure(_) => {}
        Cited::Nothing { stray, problem, remedy } => {
            let remedy = remedy.replace("[^", "\"").replace(']', "\"");
            let place = Diagnostic::new(&draft.path, Some(id.span()), problem, remedy);
            join.strays.add(stray, place);
        }
    }
    None
}
