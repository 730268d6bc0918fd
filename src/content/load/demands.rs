//! Tables keyed by demand, in positions and proposals, with exactly one row per demand.

use std::collections::BTreeMap;

use super::super::table::SpannedText;
use super::super::{Kind, Slug};
use super::entry::FIRST_LINE;
use super::scope::LinkScope;

/// The rows in the demands' order. Unknown and missing demands are reported; missing ones in a
/// single error, as a new demand is missing in all files.
pub(super) fn rows<'e, R>(
    table: &'e BTreeMap<SpannedText, R>,
    row: &str,
    missing_help: impl Fn(&Slug) -> String,
    scope: &mut LinkScope<'_>,
) -> Vec<Option<(&'e SpannedText, &'e R)>> {
    for id in table.keys() {
        scope.resolve_id(Kind::Demand, id);
    }
    let demands = &scope.entries.demands;
    let row_of = |demand: &Slug| table.iter().find(|(id, _)| id.as_str() == demand.as_str());
    let missing: Vec<&Slug> = demands.iter().filter(|demand| row_of(demand).is_none()).collect();
    if let Some(first) = missing.first() {
        let message = format!("no {row} on {}", join(missing.iter().copied()));
        // A missing row belongs after the last.
        let last = table.keys().map(SpannedText::span).max_by_key(|span| span.start);
        let (span, help) = (last.unwrap_or(FIRST_LINE), missing_help(first));
        scope.reporter.unresolved(message.clone(), span, message, help);
    }
    demands.iter().map(row_of).collect()
}

pub(super) fn join<'s>(ids: impl IntoIterator<Item = &'s Slug>) -> String {
    ids.into_iter().map(Slug::as_str).collect::<Vec<_>>().join(", ")
}
