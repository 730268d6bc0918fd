//! The stances of a position: one on each demand, and a view for each that is not silent.

use super::super::dangling::Dangling;
use super::super::diagnostic::{Diagnostic, Problems};
use super::super::format::{PositionKeys, StanceRecord, Text};
use super::super::table::is_stand_in;
use super::super::{HeldStance, OVERVIEW, Point, Slug, Stance, StanceChange, View, nearest};
use super::check::Check;
use super::entry::Draft;
use super::links::{Join, Known};

/// The stances in the demands' order, telling those that are missing, unknown or without a text.
pub(super) fn read(draft: &Draft, keys: &PositionKeys, join: &mut Join<'_>) -> Vec<HeldStance> {
    if draft.wrong.contains("stances") && keys.stances.is_empty() {
        return Vec::new();
    }
    let ids: Vec<&Text> = keys.stances.keys().collect();
    tell_unknown(draft, &ids, join);
    tell_missing(draft, &ids, join, "stance", |first| {
        format!("add `{first} = \"silent\"` below [stances], or the stance that the sources show")
    });
    check_headings(draft, keys, join.known, join.problems);
    let mut check = Check { path: &draft.path, problems: join.problems };
    let covers_until = join.head.covers_until;
    let named = join.known.demands.iter().map(|demand| (demand, stance_on(keys, demand)));
    named
        .map(|(demand, held)| match held {
            Some((id, record)) => HeldStance {
                stance: check_stance(draft, demand, id, &record.stance, &mut check),
                change: check_change(record, covers_until, &mut check),
            },
            None => HeldStance { stance: Stance::Silent, change: None },
        })
        .collect()
}

fn stance_on<'k>(keys: &'k PositionKeys, demand: &Slug) -> Option<(&'k Text, &'k StanceRecord)> {
    keys.stances.iter().find(|(id, _)| id.get_ref() == demand.as_str())
}

/// Since when a stance is held, and what it was before.
fn check_change(
    record: &StanceRecord,
    covers_until: Option<Point>,
    check: &mut Check<'_>,
) -> Option<StanceChange> {
    let names = Stance::ALL.map(Stance::name);
    let was = record.was.as_ref();
    let before = was.and_then(|was| check.one_of(was, &names, "stance"));
    let Some(written) = &record.since else {
        if let Some(was) = was {
            let remedy = "add `since` with the date of the change, or leave `was` out";
            check.at(was.span(), "a stance that changed, without its date", remedy);
        }
        return None;
    };
    let since = check.point(written)?;
    if let Some(covers) = covers_until.filter(|covers| since.first_day() > covers.first_day()) {
        let problem = format!(
            "this is after {covers}, up to which article.toml says that the content reaches"
        );
        let remedy = "correct the date, or `covers_until` in article.toml";
        check.at(written.span(), problem, remedy);
    }
    if let Some(was) = was.filter(|was| was.get_ref() == record.stance.get_ref()) {
        let remedy = "write what the stance was before, or leave `was` out";
        check.at(was.span(), "the stance was the same before", remedy);
    }
    Some(StanceChange { since, was: before.map(|place| Stance::ALL[place]) })
}

/// Tells ids of demands that there are not.
pub(super) fn tell_unknown(draft: &Draft, ids: &[&Text], join: &mut Join<'_>) {
    let known = join.known;
    let demands = &known.demands;
    for id in ids.iter().filter(|id| demands.iter().all(|demand| demand.as_str() != id.get_ref())) {
        let near = nearest(&id.get_ref().to_lowercase(), demands.iter().map(Slug::as_str));
        let near = near.filter(|near| ids.iter().all(|id| id.get_ref() != near));
        let remedy = near.map_or_else(
            || format!("remove it; the demands are {}", spell(demands.iter())),
            |near| format!("write `{near}`"),
        );
        let problem = format!("no demand has the id `{}`", id.get_ref());
        join.strays.add(
            Dangling::Entry(format!("demand/{}", id.get_ref())),
            Diagnostic::new(&draft.path, Some(id.span()), problem, remedy),
        );
    }
}

/// Tells demands on which nothing is said, in one: of a new demand that is so in all files.
pub(super) fn tell_missing(
    draft: &Draft,
    ids: &[&Text],
    join: &mut Join<'_>,
    what: &str,
    remedy: impl Fn(&Slug) -> String,
) {
    let known = join.known;
    let is_there = |demand: &Slug| ids.iter().any(|id| id.get_ref() == demand.as_str());
    let is_misspelled = |demand: &Slug| {
        let demands = || known.demands.iter().map(Slug::as_str);
        let unknown = ids.iter().filter(|id| demands().all(|demand| demand != id.get_ref()));
        unknown
            .map(|id| nearest(&id.get_ref().to_lowercase(), demands()))
            .any(|near| near == Some(demand.as_str()))
    };
    let missing = known.demands.iter().filter(|demand| !is_there(demand));
    let missing: Vec<&Slug> = missing.filter(|demand| !is_misspelled(demand)).collect();
    if let Some(first) = missing.first() {
        let names = spell(missing.iter().copied());
        // The last is where another is added.
        let last = ids.iter().map(|id| id.span()).max_by_key(|span| span.start);
        let at = Some(last.unwrap_or(draft.head.clone()));
        let problem = format!("no {what} on {names}");
        let place = Diagnostic::new(&draft.path, at, problem, remedy(first));
        join.strays.add(Dangling::Stance(format!("{what}: {names}")), place);
    }
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
