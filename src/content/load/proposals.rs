//! The cells of a proposal: one per demand, each with its own sources.

use super::super::format::{CellRecord, ProposalKeys};
use super::super::table::SpannedText;
use super::super::{Cell, CellStance, Citation, Slug};
use super::demands::rows;
use super::scope::LinkScope;

pub(super) fn resolve_cells(keys: &ProposalKeys, scope: &mut LinkScope<'_>) -> Vec<Cell> {
    let help = |first: &Slug| {
        format!("add [cells.{first}] with stance = \"silent\", or what the proposal says")
    };
    let rows = rows(&keys.cells, "cell", help, scope).into_iter();
    rows.flatten().map(|(id, record)| resolve_cell(id, record, scope)).collect()
}

fn resolve_cell(id: &SpannedText, record: &CellRecord, scope: &mut LinkScope<'_>) -> Cell {
    let sources = record.sources.as_deref().unwrap_or_default();
    let error = match (record.stance, &record.text, sources) {
        (CellStance::Silent, Some(text), _) => Some((
            text.span(),
            "the proposal is silent on this demand, yet here is a text".to_owned(),
            "change the stance, or remove the text",
        )),
        (CellStance::Silent, None, [first, ..]) => Some((
            first.span(),
            "the proposal is silent on this demand, yet here is a source".to_owned(),
            "change the stance, or remove the sources",
        )),
        (CellStance::Silent, None, []) | (_, Some(_), [_, ..]) => None,
        (_, None, _) => Some((
            id.span(),
            format!("the cell on `{}` has no text", id.as_str()),
            "add `text`: the terms in a line, or write stance = \"silent\"",
        )),
        (_, Some(_), []) => Some((
            id.span(),
            format!("the cell on `{}` has no source", id.as_str()),
            "add `sources`: the ids of records of sources.toml",
        )),
    };
    if let Some((span, message, help)) = error {
        scope.reporter.error(span, message, help);
    }
    Cell {
        stance: record.stance,
        text: record.text.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default(),
        sources: sources.iter().filter_map(|id| resolve_source(id, scope)).collect(),
    }
}

fn resolve_source(id: &SpannedText, scope: &mut LinkScope<'_>) -> Option<usize> {
    match scope.footnotes.resolve(id.as_str(), id.span(), &mut scope.reporter)? {
        Citation::Source(source) => Some(source),
        Citation::Paragraph { .. } => {
            let message = "a paragraph of the article is not a source of a proposal";
            let help = "cite the document itself: a record of sources.toml";
            scope.reporter.error(id.span(), message, help);
            None
        }
    }
}
