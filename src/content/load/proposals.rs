//! The cells of a proposal: one per demand, each with its own sources.

use super::super::diagnostic::Diagnostic;
use super::super::format::{CellRecord, ProposalKeys};
use super::super::table::SpannedText;
use super::super::{Cell, CellStance, Citation, Slug};
use super::demands::rows;
use super::entry::ParsedEntry;
use super::scope::LinkScope;

pub(super) fn resolve_cells(
    entry: &ParsedEntry,
    keys: &ProposalKeys,
    scope: &mut LinkScope<'_>,
) -> Vec<Cell> {
    let help = |first: &Slug| {
        format!("add [cells.{first}] with stance = \"silent\", or what the proposal says")
    };
    let rows = rows(entry, &keys.cells, "cell", help, scope).into_iter();
    rows.flatten().map(|(id, record)| resolve_cell(entry, id, record, scope)).collect()
}

fn resolve_cell(
    entry: &ParsedEntry,
    id: &SpannedText,
    record: &CellRecord,
    scope: &mut LinkScope<'_>,
) -> Cell {
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
        scope.reporter(&entry.path).error(span, message, help);
    }
    Cell {
        stance: record.stance,
        text: record.text.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default(),
        sources: sources.iter().filter_map(|id| resolve_source(entry, id, scope)).collect(),
    }
}

fn resolve_source(
    entry: &ParsedEntry,
    id: &SpannedText,
    scope: &mut LinkScope<'_>,
) -> Option<usize> {
    match scope.footnotes.resolve(id.as_str()) {
        Ok(Citation::Source(source)) => return Some(source),
        Ok(Citation::Paragraph { .. }) => {
            let message = "a paragraph of the article is not a source of a proposal";
            let help = "cite the document itself: a record of sources.toml";
            scope.reporter(&entry.path).error(id.span(), message, help);
        }
        Err(None) => {}
        Err(Some(why)) => {
            let help = why.help.replace("[^", "\"").replace(']', "\"");
            let diagnostic = Diagnostic::error(&entry.path, Some(id.span()), why.message, help);
            scope.unresolved.add(why.target, diagnostic);
        }
    }
    None
}
