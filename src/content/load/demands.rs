//! Tables keyed by demand, in positions and proposals, with exactly one row per demand.

use std::collections::BTreeMap;

use super::super::Slug;
use super::super::diagnostic::Diagnostic;
use super::super::table::Text;
use super::super::unresolved::Target;
use super::entry::{HEAD, ParsedEntry};
use super::scope::LinkScope;
use crate::text::nearest;

/// The rows in the demands' order. Unknown and missing demands are reported; missing ones in a
/// single error, as a new demand is missing in all files.
pub(super) fn rows<'e, R>(
    entry: &'e ParsedEntry,
    table: &'e BTreeMap<Text, R>,
    row: &str,
    missing_help: impl Fn(&Slug) -> String,
    scope: &mut LinkScope<'_>,
) -> Vec<Option<(&'e Text, &'e R)>> {
    let ids: Vec<&Text> = table.keys().collect();
    let demands = &scope.entries.demands;
    let has_row = |demand: &str| ids.iter().any(|id| id.as_str() == demand);
    let nearest_demand =
        |id: &Text| nearest(&id.as_str().to_lowercase(), demands.iter().map(Slug::as_str));
    let unknown = ids.iter().filter(|id| demands.iter().all(|one| one.as_str() != id.as_str()));
    let unknown: Vec<&Text> = unknown.copied().collect();
    for id in &unknown {
        let help = match nearest_demand(id).filter(|near| !has_row(near)) {
            Some(near) => format!("write `{near}`"),
            None => format!("remove it; the demands are {}", join(demands)),
        };
        let target = Target::Entry(format!("demand/{}", id.as_str()));
        let message = format!("no demand has the id `{}`", id.as_str());
        scope.add_unresolved(target, &entry.path, id, message, help);
    }
    let is_misspelled = |demand: &str| unknown.iter().any(|id| nearest_demand(id) == Some(demand));
    let missing = demands.iter().filter(|demand| !has_row(demand.as_str()));
    let missing: Vec<&Slug> = missing.filter(|demand| !is_misspelled(demand.as_str())).collect();
    if let Some(first) = missing.first() {
        let names = join(missing.iter().copied());
        // A missing row belongs after the last.
        let last = ids.iter().map(|id| id.span()).max_by_key(|span| span.start);
        let span = Some(last.unwrap_or(HEAD));
        let message = format!("no {row} on {names}");
        let diagnostic = Diagnostic::error(&entry.path, span, message, missing_help(first));
        scope.unresolved.add(Target::Stance(format!("{row}: {names}")), diagnostic);
    }
    let row_of = |demand: &Slug| table.iter().find(|(id, _)| id.as_str() == demand.as_str());
    demands.iter().map(row_of).collect()
}

pub(super) fn join<'s>(ids: impl IntoIterator<Item = &'s Slug>) -> String {
    ids.into_iter().map(Slug::as_str).collect::<Vec<_>>().join(", ")
}
