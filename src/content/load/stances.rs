//! The stances of a position: one per demand, with a view for each that is not silent.

use super::super::format::{PositionKeys, StanceRecord};
use super::super::table::SpannedText;
use super::super::{HeldStance, OVERVIEW, Slug, Stance, StanceChange, View};
use super::dates::check_covered;
use super::demands::{join, rows};
use super::entry::ParsedEntry;
use super::scope::LinkScope;

pub(super) fn resolve_stances(
    entry: &ParsedEntry,
    keys: &PositionKeys,
    scope: &mut LinkScope<'_>,
) -> Vec<HeldStance> {
    let help = |first: &Slug| {
        format!("add `{first} = \"silent\"` below [stances], or the stance that the sources show")
    };
    let rows = rows(&keys.stances, "stance", help, scope).into_iter();
    check_headings(entry, keys, scope);
    let stances = rows.flatten().map(|(id, record)| {
        check_view(entry, id, record.stance, scope);
        HeldStance { stance: record.stance, change: resolve_change(record, scope) }
    });
    stances.collect()
}

fn resolve_change(record: &StanceRecord, scope: &mut LinkScope<'_>) -> Option<StanceChange> {
    let covers_until = scope.article.map(|article| article.covers_until);
    let reporter = &mut scope.reporter;
    let was = record.was.as_ref();
    let Some(since) = &record.since else {
        if let Some(was) = was {
            let help = "add `since` with the date of the change, or leave `was` out";
            reporter.error(was.span(), "a stance that changed, without its date", help);
        }
        return None;
    };
    let day = since.parse();
    check_covered(day, since.span(), covers_until, reporter);
    if let Some(was) = was.filter(|was| was.as_str() == record.stance.name()) {
        let help = "write what the stance was before, or leave `was` out";
        reporter.error(was.span(), "the stance was the same before", help);
    }
    Some(StanceChange { since: day, was: was.map(SpannedText::parse) })
}

/// Checks that each view except the overview is about a demand.
fn check_headings(entry: &ParsedEntry, keys: &PositionKeys, scope: &mut LinkScope<'_>) {
    let demands = &scope.entries.demands;
    let is_on_demand = |view: &View| {
        let slug = view.slug.as_str();
        slug == OVERVIEW
            || demands.contains(&view.slug)
            || keys.stances.keys().any(|id| id.as_str() == slug)
    };
    for view in entry.views.iter().filter(|view| !is_on_demand(view)) {
        let message = "a view of a position is named like a demand's id";
        let help = format!("the ids are {}", join(demands));
        scope.reporter.error(view.span.clone(), message, help);
    }
}

/// Checks that the entry has a view on a demand, unless its stance is silent.
fn check_view(entry: &ParsedEntry, id: &SpannedText, stance: Stance, scope: &mut LinkScope<'_>) {
    let reporter = &mut scope.reporter;
    let demand = id.as_str();
    let view = entry.views.iter().find(|view| view.slug.as_str() == demand);
    match (stance, view) {
        (Stance::Silent, Some(view)) => {
            let message = "the stance on this demand is `silent`, yet here is a text";
            reporter.error(view.span.clone(), message, "change the stance, or remove the view");
        }
        (Stance::Silent, None) | (_, Some(_)) => {}
        (_, None) => {
            let help = format!("add a view `## {demand}` with its sources, or write \"silent\"");
            reporter.error(id.span(), format!("the stance on `{demand}` has no text"), help);
        }
    }
}
