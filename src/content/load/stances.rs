//! The stances of a position: one on each demand, and a view for each that is not silent.

use std::ops::Range;

use super::super::dangling::{Dangling, Strays};
use super::super::diagnostic::{Diagnostic, Problems};
use super::super::format::{PositionKeys, Text};
use super::super::table::is_stand_in;
use super::super::{OVERVIEW, Slug, Stance, View, nearest};
use super::check::Check;
use super::entry::Draft;
use super::links::Known;

/// The stances in the demands' order, telling those that are missing, unknown or without a text.
pub(super) fn read(
    draft: &Draft,
    keys: &PositionKeys,
    known: &Known,
    strays: &mut Strays,
    problems: &mut Problems,
) -> Vec<Stance> {
    if draft.wrong.contains("stances") && keys.stances.is_empty() {
        return Vec::new();
    }
    tell_unknown(draft, keys, known, strays);
    tell_missing(draft, keys, known, strays);
    check_headings(draft, keys, known, problems);
    let mut check = Check { path: &draft.path, problems };
    let named = known.demands.iter().map(|demand| (demand, stance_on(keys, demand)));
    named
        .map(|(demand, stance)| {
            stance.map_or(Stance::Silent, |(id, name)| {
                check_stance(draft, demand, id, name, &mut check)
            })
        })
        .collect()
}

fn stance_on<'k>(keys: &'k PositionKeys, demand: &Slug) -> Option<(&'k Text, &'k Text)> {
    keys.stances.iter().find(|(id, _)| id.get_ref() == demand.as_str())
}

/// Stances on demands that there are not.
fn tell_unknown(draft: &Draft, keys: &PositionKeys, known: &Known, strays: &mut Strays) {
    for id in keys
        .stances
        .keys()
        .filter(|id| known.demands.iter().all(|demand| demand.as_str() != id.get_ref()))
    {
        let near = nearest(&id.get_ref().to_lowercase(), known.demands.iter().map(Slug::as_str));
        let near = near.filter(|near| keys.stances.keys().all(|id| id.get_ref() != near));
        let remedy = near.map_or_else(
            || format!("remove it; the demands are {}", spell(known.demands.iter())),
            |near| format!("write `{near}`"),
        );
        let problem = format!("no demand has the id `{}`", id.get_ref());
        strays.add(
            Dangling::Entry(format!("demand/{}", id.get_ref())),
            Diagnostic::new(&draft.path, Some(id.span()), problem, remedy),
        );
    }
}

/// Demands without a stance, told in one: a new demand misses all of them.
fn tell_missing(draft: &Draft, keys: &PositionKeys, known: &Known, strays: &mut Strays) {
    let missing: Vec<&Slug> = known
        .demands
        .iter()
        .filter(|demand| stance_on(keys, demand).is_none() && !is_misspelled(demand, keys, known))
        .collect();
    if let Some(first) = missing.first() {
        let names = spell(missing.iter().copied());
        let problem = format!("no stance on {names}");
        let remedy = format!(
            "add `{first} = \"silent\"` below [stances], or the stance that the sources show"
        );
        strays.add(
            Dangling::Stance(names),
            Diagnostic::new(&draft.path, Some(stances_at(keys, draft)), problem, remedy),
        );
    }
}

/// Whether the stance on a demand is there under a name that was told as misspelled.
fn is_misspelled(demand: &Slug, keys: &PositionKeys, known: &Known) -> bool {
    let unknown = keys
        .stances
        .keys()
        .filter(|id| known.demands.iter().all(|demand| demand.as_str() != id.get_ref()));
    unknown.into_iter().any(|id| {
        nearest(&id.get_ref().to_lowercase(), known.demands.iter().map(Slug::as_str))
            == Some(demand.as_str())
    })
}

/// The last stance: that is where another is added.
fn stances_at(keys: &PositionKeys, draft: &Draft) -> Range<usize> {
    keys.stances
        .keys()
        .map(|id| id.span())
        .max_by_key(|span| span.start)
        .unwrap_or(draft.head.clone())
}

/// Each view but the overview is on a demand.
fn check_headings(draft: &Draft, keys: &PositionKeys, known: &Known, problems: &mut Problems) {
    let is_told = |view: &View| {
        keys.stances.keys().any(|id| id.get_ref() == view.slug.as_str())
            || view.slug.as_str().is_empty()
    };
    let strange = draft
        .views
        .iter()
        .filter(|view| view.slug.as_str() != OVERVIEW && !known.demands.contains(&view.slug));
    for view in strange.filter(|view| !is_told(view)) {
        let problem = "a view of a position is named like a demand's id";
        problems.at(
            &draft.path,
            view.span.clone(),
            problem,
            format!("the ids are {}", spell(known.demands.iter())),
        );
    }
}

fn check_stance(
    draft: &Draft,
    demand: &Slug,
    id: &Text,
    name: &Text,
    check: &mut Check<'_>,
) -> Stance {
    if is_stand_in(name) {
        return Stance::Silent;
    }
    let Some(stance) = check
        .one_of(name, &Stance::ALL.map(Stance::name), "stance")
        .map(|place| Stance::ALL[place])
    else {
        return Stance::Silent;
    };
    let view = draft.views.iter().find(|view| view.slug == *demand);
    let is_renamed =
        || draft.views.iter().any(|view| nearest(view.slug.as_str(), [demand.as_str()]).is_some());
    match (stance, view) {
        (Stance::Silent, Some(view)) => {
            let problem = "the stance on this demand is `silent`, yet here is a text";
            check.at(view.span.clone(), problem, "change the stance, or remove the view");
        }
        (Stance::Silent, None) | (_, Some(_)) => {}
        (_, None) if is_renamed() => {}
        (_, None) => {
            let remedy = format!("add a view `## {demand}` with its sources, or write \"silent\"");
            check.at(id.span(), format!("the stance on `{demand}` has no text"), remedy);
        }
    }
    stance
}

fn spell<'s>(ids: impl Iterator<Item = &'s Slug>) -> String {
    ids.map(Slug::as_str).collect::<Vec<_>>().join(", ")
}
