//! The cells of a proposal: one per demand, each with its own sources.

use super::super::citations::Footnote;
use super::super::format::{CellRecord, ProposalKeys};
use super::super::table::Text;
use super::super::{Cell, CellStance, Citation, Slug};
use super::demands::rows;
use super::entry::ParsedEntry;
use super::scope::LinkScope;

pub(super) fn resolve_cells(
    entry: &ParsedEntry,
    keys: &ProposalKeys,
    scope: &mut LinkScope<'_>,
) -> Vec<Cell> {
    if entry.wrong.contains("cells") && keys.cells.is_empty() {
        return Vec::new();
    }
    let help = |first: &Slug| {
        format!("add [cells.{first}] with stance = \"silent\", or what the proposal says")
    };
    let rows = rows(entry, &keys.cells, "cell", help, scope).into_iter();
    let cells = rows.map(|row| match row {
        Some((id, record)) => resolve_cell(entry, id, record, scope),
        None => Cell { stance: CellStance::Silent, text: String::new(), sources: Vec::new() },
    });
    cells.collect()
}

fn resolve_cell(
    entry: &ParsedEntry,
    id: &Text,
    record: &CellRecord,
    scope: &mut LinkScope<'_>,
) -> Cell {
    let stance: Option<CellStance> = record.stance.parse();
    let sources = record.sources.as_deref().unwrap_or_default();
    let error = match (stance, &record.text, sources) {
        (Some(CellStance::Silent), Some(text), _) => Some((
            text.span(),
            "the proposal is silent on this demand, yet here is a text".to_owned(),
            "change the stance, or remove the text",
        )),
        (Some(CellStance::Silent), None, [first, ..]) => Some((
            first.span(),
            "the proposal is silent on this demand, yet here is a source".to_owned(),
            "change the stance, or remove the sources",
        )),
        (None | Some(CellStance::Silent), ..) | (Some(_), Some(_), [_, ..]) => None,
        (Some(_), None, _) => Some((
            id.span(),
            format!("the cell on `{}` has no text", id.as_str()),
            "add `text`: the terms in a line, or write stance = \"silent\"",
        )),
        (Some(_), Some(_), []) => Some((
            id.span(),
            format!("the cell on `{}` has no source", id.as_str()),
            "add `sources`: the ids of records of sources.toml",
        )),
    };
    if let Some((span, message, help)) = error {
        scope.reporter(&entry.path).error(span, message, help);
    }
    Cell {
        stance: stance.unwrap_or(CellStance::Silent),
        text: record.text.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default(),
        sources: sources.iter().filter_map(|id| resolve_source(entry, id, scope)).collect(),
    }
}

fn resolve_source(entry: &ParsedEntry, id: &Text, scope: &mut LinkScope<'_>) -> Option<usize> {
    match scope.footnotes.resolve(id.as_str()) {
        _ if id.is_placeholder() => {}
        Footnote::Resolved(Citation::Source(source)) => return Some(source),
        Footnote::Resolved(Citation::Paragraph { .. }) => {
            let message = "a paragraph of the article is no source of a proposal";
            let help = "cite the document itself: a record of sources.toml";
            scope.reporter(&entry.path).error(id.span(), message, help);
        }
        Footnote::Uncertain(_) => {}
        Footnote::Unresolved { target, message, help } => {
            let help = help.replace("[^", "\"").replace(']', "\"");
            scope.add_unresolved(target, &entry.path, id, message, help);
        }
    }
    None
}
