//! What the entries of an article say of each other: links, names that two claim, numbers, sections.

use std::collections::{BTreeMap, BTreeSet};

use super::super::citations::Marks;
use super::super::dangling::{Dangling, Strays};
use super::super::diagnostic::{Diagnostic, Problems};
use super::super::format::Text;
use super::super::table::is_stand_in;
use super::super::{Detail, Entry, Kind, Slug, nearest};
use super::article::Head;
use super::asks::Asks;
use super::check::Check;
use super::entry::{Draft, Keys};
use super::{names, proposals, stances};

/// The entries that can be linked to.
pub(super) struct Known {
    /// The place of each in the article's entries, by kind and id.
    places: BTreeMap<(Kind, Slug), usize>,
    /// Those whose files could not be read: a link to them is no problem more.
    broken: BTreeSet<(Kind, Slug)>,
    /// The sections of article.toml: that one has no entry is told of the section, not of each link.
    sections: BTreeSet<Slug>,
    /// The ids of the demands in their order, broken ones last.
    pub demands: Vec<Slug>,
}

/// The entries of an article, while they are joined.
pub(super) struct Join<'a> {
    pub head: &'a Head,
    pub known: &'a Known,
    pub marks: &'a Marks<'a>,
    pub article_path: &'a str,
    pub asks: Asks,
    pub strays: &'a mut Strays,
    pub problems: &'a mut Problems,
}

/// Puts the drafts in the order of [`Article::entries`](super::super::Article::entries).
pub(super) fn sort(head: &Head, drafts: &mut [Draft]) {
    drafts.sort_by_cached_key(|draft| order(head, draft));
}

/// Kinds in their order; demands by number, events and proposals by date, sections as in the article, the others by title.
fn order(head: &Head, draft: &Draft) -> impl Ord + use<> {
    let (rank, date) = match &draft.keys {
        Keys::Demand(keys) => (*keys.number.get_ref(), None),
        Keys::Event(date, _) | Keys::Proposal(date, ..) => {
            (0, date.map(|date| date.timeline_order()))
        }
        _ if draft.kind == Kind::Section => {
            let place = head.sections.iter().position(|section| section.id == draft.id);
            (place.map_or(i64::MAX, |place| i64::try_from(place).unwrap_or(i64::MAX)), None)
        }
        _ => (0, None),
    };
    (draft.kind, rank, date, draft.common.title.get_ref().to_lowercase(), draft.id.clone())
}

impl Join<'_> {
    /// The entries of the drafts, telling all that does not fit together; nothing where one was not right.
    pub(super) fn entries(&mut self, drafts: Vec<Draft>) -> Option<Vec<Entry>> {
        names::check(&drafts, self.problems);
        self.check_holders(&drafts);
        self.check_sections(&drafts);
        if drafts.is_empty() && self.known.broken.is_empty() && self.problems.is_empty() {
            self.problems.whole(
                self.article_path,
                "the article has no entries",
                "write the first: <kind>/<id>.md",
            );
        }
        let details: Vec<Option<Detail>> = drafts.iter().map(|draft| self.detail(draft)).collect();
        // A demand that is missing leaves a gap that is told already.
        if !self.strays.misses(Kind::Demand) {
            self.check_numbers(&drafts);
        }
        // All are finished before the first that is not right ends it, so that all problems are told.
        let entries: Vec<Option<Entry>> = drafts
            .into_iter()
            .zip(details)
            .map(|(draft, detail)| self.finish(draft, detail))
            .collect();
        entries.into_iter().collect()
    }

    /// The entries offered first.
    pub(super) fn featured(&mut self) -> Vec<usize> {
        let path = self.article_path;
        self.head.featured().filter_map(|link| self.follow(link, path)).collect()
    }

    /// Demands are numbered 1, 2, 3 … without a gap.
    fn check_numbers(&mut self, drafts: &[Draft]) {
        let numbers = || {
            drafts.iter().filter_map(|draft| match &draft.keys {
                Keys::Demand(keys) => Some((*keys.number.get_ref(), draft, keys.number.span())),
                _ => None,
            })
        };
        let remedy = "give each demand its place in the article's list";
        names::check_unique(numbers(), "number", remedy, self.problems);
        let total = self.known.demands.len();
        for (_, draft, span) in numbers()
            .filter(|(number, _, _)| !(1..=total).any(|place| i64::try_from(place) == Ok(*number)))
        {
            let problem = format!("the {total} demands are numbered 1 to {total}");
            Check { path: &draft.path, problems: self.problems }.at(span, problem, remedy);
        }
    }

    fn check_holders(&mut self, drafts: &[Draft]) {
        let holders = drafts.iter().filter_map(|draft| match &draft.keys {
            Keys::Position(keys) => {
                Some((keys.holder.get_ref().as_str(), draft, keys.holder.span()))
            }
            _ => None,
        });
        names::check_unique(
            holders,
            "holder",
            "join the two positions, or name another holder",
            self.problems,
        );
    }

    /// Each section of article.toml has its entry, and each such entry its section.
    fn check_sections(&mut self, drafts: &[Draft]) {
        for section in self.head.sections.iter().filter(|section| {
            !self.known.holds(Kind::Section, &section.id) && !section.id.as_str().is_empty()
        }) {
            let path =
                self.article_path.replace("article.toml", &format!("section/{}.md", section.id));
            let problem = format!("section `{}` of article.toml has no entry", section.id);
            self.problems.whole(
                &path,
                problem,
                "add this file: what the section says, in our own words",
            );
        }
        let ids = || self.head.sections.iter().map(|section| section.id.as_str());
        for draft in
            drafts.iter().filter(|draft| draft.kind == Kind::Section && self.head.has_all_sections)
        {
            if ids().all(|id| id != draft.id.as_str()) {
                let remedy = nearest(draft.id.as_str(), ids())
                    .map_or("add it to [[sections]]".to_owned(), |near| {
                        format!("rename the file to {near}.md, or add it to [[sections]]")
                    });
                self.problems.at(
                    &draft.path,
                    draft.head.clone(),
                    format!("article.toml has no section `{}`", draft.id),
                    remedy,
                );
            }
        }
    }

    fn finish(&mut self, draft: Draft, detail: Option<Detail>) -> Option<Entry> {
        let related = self.related(&draft);
        let (asks, words) = self.asks.remove(&(draft.kind, draft.id.clone())).unwrap_or_default();
        let texts = |list: Vec<Text>| list.into_iter().map(Text::into_inner).collect();
        Some(Entry {
            kind: draft.kind,
            id: draft.id,
            title: draft.common.title.into_inner(),
            summary: draft.common.summary.into_inner(),
            aliases: texts(draft.common.aliases),
            asks,
            words,
            related,
            checked: draft.checked?,
            revision: u32::try_from(draft.common.revision.into_inner()).ok()?,
            disputed: draft.common.disputed.map(Text::into_inner),
            detail: detail?,
            views: draft.views,
        })
    }

    fn related(&mut self, draft: &Draft) -> Vec<usize> {
        let mut related = Vec::new();
        for link in draft.common.related.iter().filter(|link| !is_stand_in(link)) {
            if link.get_ref().split_once('/') == Some((draft.kind.name(), draft.id.as_str())) {
                Check { path: &draft.path, problems: self.problems }.at(
                    link.span(),
                    "the entry is related to itself",
                    "remove it",
                );
            } else {
                related.extend(self.follow(link, &draft.path));
            }
        }
        related
    }

    fn detail(&mut self, draft: &Draft) -> Option<Detail> {
        Some(match &draft.keys {
            Keys::Demand(keys) => {
                Detail::Demand { number: u8::try_from(*keys.number.get_ref()).ok()? }
            }
            Keys::Event(date, topics) => Detail::Event {
                date: (*date)?,
                topics: topics.iter().map(|topic| topic.get_ref().clone()).collect(),
            },
            Keys::Proposal(date, status, keys) => {
                let by: Vec<Option<usize>> =
                    keys.by.iter().map(|actor| self.actor(actor, &draft.path)).collect();
                let cells = proposals::cells(draft, keys, self);
                Detail::Proposal {
                    date: (*date)?,
                    by: by.into_iter().collect::<Option<_>>()?,
                    status: (*status)?,
                    cells,
                }
            }
            Keys::Outlook(leans) => Detail::Outlook { leans: (*leans)? },
            Keys::Position(keys) => {
                let holder = self.actor(&keys.holder, &draft.path);
                let stances = stances::read(draft, keys, self);
                Detail::Position { holder: holder?, stances }
            }
            Keys::Plain => Detail::Plain,
        })
    }

    /// The place of the actor of an id, noting it where there is none.
    fn actor(&mut self, id: &Text, path: &str) -> Option<usize> {
        let name = id.get_ref();
        let place = self.known.place(Kind::Actor, name);
        if place.is_none() && !is_stand_in(id) && !self.known.is_told(Kind::Actor, name) {
            let remedy = nearest(&name.to_lowercase(), self.known.ids(Kind::Actor))
                .map_or("add the actor, or name one that there is".to_owned(), |near| {
                    format!("write \"{near}\"")
                });
            let problem = format!("no actor has the id `{name}`");
            self.strays.add(
                Dangling::Entry(format!("actor/{name}")),
                Diagnostic::new(path, Some(id.span()), problem, remedy),
            );
        }
        place
    }

    /// The place of the entry that a link such as `term/buffer-state` names, noting it where there is none.
    fn follow(&mut self, link: &Text, path: &str) -> Option<usize> {
        let name = link.get_ref();
        let (kind, id) = match name.split_once('/') {
            Some((kind, id)) => (Kind::named(kind), id),
            None => (None, name.as_str()),
        };
        let place = kind.and_then(|kind| self.known.place(kind, id));
        if place.is_none() && !kind.is_some_and(|kind| self.known.is_told(kind, id)) {
            let stray = match kind {
                Some(kind) if self.known.ids(kind).next().is_none() => Dangling::Kind(kind),
                _ => Dangling::Entry(name.clone()),
            };
            let problem = format!("there is no entry `{name}`");
            self.strays.add(
                stray,
                Diagnostic::new(path, Some(link.span()), problem, self.known.remedy(name, id)),
            );
        }
        place
    }
}

impl Known {
    /// `broken` are the entries of which only the name is known.
    pub(super) fn new(head: &Head, drafts: &[Draft], broken: Vec<(Kind, Slug)>) -> Self {
        let places = drafts
            .iter()
            .enumerate()
            .map(|(place, draft)| ((draft.kind, draft.id.clone()), place))
            .collect();
        let demands = drafts
            .iter()
            .map(|draft| (draft.kind, &draft.id))
            .chain(broken.iter().map(|(kind, id)| (*kind, id)));
        let demands =
            demands.filter(|(kind, _)| *kind == Kind::Demand).map(|(_, id)| id.clone()).collect();
        let sections = head
            .sections
            .iter()
            .map(|section| section.id.clone())
            .filter(|id| !id.as_str().is_empty());
        Self { places, demands, broken: broken.into_iter().collect(), sections: sections.collect() }
    }

    /// The place of an entry that was read.
    fn place(&self, kind: Kind, id: &str) -> Option<usize> {
        self.places.get(&(kind, Slug::parse(id)?)).copied()
    }

    /// Whether this entry should be there, and that it is not is told elsewhere.
    pub(super) fn is_told(&self, kind: Kind, id: &str) -> bool {
        Slug::parse(id).is_some_and(|id| {
            (kind == Kind::Section && self.sections.contains(&id))
                || self.broken.contains(&(kind, id))
        })
    }

    pub(super) fn holds(&self, kind: Kind, id: &Slug) -> bool {
        let key = (kind, id.clone());
        self.places.contains_key(&key) || self.broken.contains(&key)
    }

    /// The ids of a kind.
    pub(super) fn ids(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.places
            .keys()
            .chain(&self.broken)
            .filter(move |(one, _)| *one == kind)
            .map(|(_, id)| id.as_str())
    }

    /// What to write instead of a link that leads nowhere.
    fn remedy(&self, link: &str, id: &str) -> String {
        let all = || self.places.keys().chain(&self.broken);
        let named = |wanted: &str| all().find(|(_, one)| one.as_str() == wanted);
        if let Some((kind, id)) = named(id) {
            return format!("write \"{}/{id}\"", kind.name());
        }
        let kind = link.split_once('/').and_then(|(kind, _)| Kind::named(&kind.to_lowercase()));
        let of_kind = || all().filter(|(one, _)| kind.is_none_or(|kind| kind == *one));
        let near = nearest(&id.to_lowercase(), of_kind().map(|(_, id)| id.as_str()));
        match near.and_then(|near| of_kind().find(|(_, one)| one.as_str() == near)) {
            Some((kind, near)) => format!("write \"{}/{near}\", or add the entry", kind.name()),
            None => "write it as kind/id, such as term/buffer-state, or add the entry".to_owned(),
        }
    }
}
