//! Generated views of proposals: the terms above a proposal's own text, and the view *Over time* of
//! each demand.

use super::{Catalog, Item};
use crate::content::{
    Article, Block, Cell, CellStance, Citation, Detail, Entry, Inline, Kind, Layer, OVERVIEW, Slug,
    Stance, Style, View,
};
use crate::locale::Locale;
use crate::search::DocumentFilter;

/// The slug of the generated view that lists each proposal's terms on a demand.
const OVER_TIME: &str = "over-time";

impl Catalog {
    /// The authors of proposals, the most prolific first.
    pub fn proposers(&self, article: Option<usize>) -> Vec<Item<'_>> {
        let count = |item: Item<'_>| {
            let proposals = item.siblings(Kind::Proposal);
            proposals.filter(|proposal| proposal.entry.authors().contains(&item.position())).count()
        };
        let actors = self.of_kind(Kind::Actor, article).map(|item| (count(item), item));
        let mut proposers: Vec<(usize, Item<'_>)> =
            actors.filter(|(count, _)| *count > 0).collect();
        proposers.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        proposers.into_iter().map(|(_, item)| item).collect()
    }

    /// A filter for the authors of proposals.
    pub fn proposer_filter(&self, article: Option<usize>) -> DocumentFilter {
        let mut numbers: Vec<usize> =
            self.proposers(article).iter().map(|item| item.number).collect();
        numbers.sort_unstable();
        DocumentFilter::ranges(numbers.into_iter().map(|number| number..number + 1))
    }

    /// The authors of a proposal.
    pub fn authors(&self, proposal: Item<'_>) -> String {
        authors(proposal.article, proposal.entry)
    }

    /// The proposal's status as text.
    pub fn proposal_status(&self, proposal: Item<'_>) -> String {
        status(proposal.entry, &self.locale)
    }

    /// A view of the terms that these proposals of one article set on a demand, one line each, with
    /// date and author.
    pub fn terms_over_time<'a>(
        &self,
        demand: Item<'a>,
        proposals: impl IntoIterator<Item = &'a Entry>,
    ) -> View {
        let index = demand.entry.demand_index().unwrap_or(usize::MAX);
        terms_view(demand.article, &self.locale, index, proposals)
    }

    /// A view of one proposal's terms on a demand.
    pub fn terms_on_demand(&self, proposal: Item<'_>, demand: Item<'_>) -> View {
        let mut view = View::new(demand.entry.id.clone(), String::new());
        if let Some(cell) = proposal.cell_on(demand) {
            let mut text = Vec::new();
            push_terms(&mut text, cell, proposal.entry, &mut view, &self.locale);
            push_status(&mut text, proposal.entry, &self.locale);
            view.blocks.push(Block { is_item: false, ..block(text, Layer::Record) });
        }
        view
    }
}

/// Adds the generated views to an article's proposals and demands.
pub(super) fn add_views(article: &mut Article, locale: &Locale) {
    let demands: Vec<(usize, String)> =
        article.of_kind(Kind::Demand).map(|(index, entry)| (index, entry.title.clone())).collect();
    for proposal in article.entries.iter_mut().filter(|entry| entry.kind == Kind::Proposal) {
        add_terms(proposal, &demands, locale);
    }
    for (index, (at, title)) in demands.iter().enumerate() {
        // Taken out, so that the proposals can be read while the views are extended.
        let mut views = std::mem::take(&mut article.entries[*at].views);
        let proposals = article.of_kind(Kind::Proposal).map(|(_, entry)| entry);
        let over_time = terms_view(article, locale, index, proposals);
        let is_taken = views.iter().any(|view| view.slug.as_str() == OVER_TIME);
        if !over_time.blocks.is_empty() && !is_taken {
            if let Some(latest) = latest_stated_terms(article, index) {
                add_then_and_now(&mut views, article, locale, (title, index), latest);
            }
            views.push(over_time);
        }
        article.entries[*at].views = views;
    }
}

/// Inserts a proposal's terms above its text.
fn add_terms(proposal: &mut Entry, demands: &[(usize, String)], locale: &Locale) {
    // Citation marks are numbered in reading order, so the terms come first.
    let mut terms = View::new(Slug::from_text(OVERVIEW), String::new());
    let rows = || proposal.cells().iter().zip(demands);
    for (cell, (_, title)) in rows().filter(|(cell, _)| !is_silent(cell)) {
        let mut text = vec![strong(title), plain(" · ")];
        push_terms(&mut text, cell, proposal, &mut terms, locale);
        terms.blocks.push(block(text, Layer::Record));
    }
    let silent = rows().filter(|(cell, _)| is_silent(cell));
    let silent: Vec<&str> = silent.map(|(_, (_, title))| title.as_str()).collect();
    if !silent.is_empty() {
        let demands = [("demands", silent.join("; ").into())];
        let text = vec![plain(locale.text_with("terms-silent", &demands))];
        // Not indexed: a search for the demand should not find proposals that are silent on it.
        terms.blocks.push(Block { is_indexed: false, ..block(text, Layer::Dossier) });
    }
    let Some(view) = proposal.views.first_mut() else { return };
    for part in view.blocks.iter_mut().flat_map(|block| &mut block.text) {
        if let Inline::Mark(mark) = part {
            *mark = terms.mark(view.citations[*mark - 1]);
        }
    }
    view.citations = terms.citations;
    view.blocks.splice(0..0, terms.blocks);
}

/// The terms of all proposals that are not silent on a demand.
fn terms_view<'a>(
    article: &Article,
    locale: &Locale,
    demand: usize,
    proposals: impl IntoIterator<Item = &'a Entry>,
) -> View {
    let mut view = View::new(Slug::from_text(OVER_TIME), locale.text("view-over-time"));
    for proposal in proposals {
        let Some(cell) = stated_cell(proposal, demand) else { continue };
        let date = proposal.date().map(|date| locale.date(date)).unwrap_or_default();
        let heading = format!("{date} · {}", authors(article, proposal));
        let mut text = vec![strong(&heading), plain(" · ")];
        push_terms(&mut text, cell, proposal, &mut view, locale);
        push_status(&mut text, proposal, locale);
        view.blocks.push(Block { is_indexed: false, ..block(text, Layer::Record) });
    }
    view
}

/// The latest proposal on a demand by the side that makes the demand, according to the positions.
fn latest_stated_terms(article: &Article, demand: usize) -> Option<&Entry> {
    let asks_for_it = |entry: &Entry| match &entry.detail {
        Detail::Position { holder, stances } => {
            let held = stances.get(demand)?;
            (held.stance == Stance::Demands).then_some(*holder)
        }
        _ => None,
    };
    let sides: Vec<usize> =
        article.of_kind(Kind::Position).filter_map(|(_, entry)| asks_for_it(entry)).collect();
    let proposals = article.of_kind(Kind::Proposal).map(|(_, entry)| entry);
    let stated = proposals.filter(|entry| stated_cell(entry, demand).is_some());
    stated.filter(|entry| sides.iter().any(|side| entry.authors().contains(side))).last()
}

/// Adds the article's terms and the latest stated terms below a demand's first view.
fn add_then_and_now(
    views: &mut [View],
    article: &Article,
    locale: &Locale,
    (title, demand): (&str, usize),
    latest: &Entry,
) {
    let mut citations = views.iter().flat_map(|view| &view.citations).copied();
    let listed = citations.find(|citation| citation.layer() == Layer::Article);
    let (Some(listed), Some(view)) = (listed, views.first_mut()) else { return };
    let mark = Inline::Mark(view.mark(listed));
    let then = vec![strong(&locale.text("terms-listed")), plain(format!(" {title} ")), mark];
    let values = [
        ("date", latest.date().map(|date| locale.date(date)).unwrap_or_default().into()),
        ("by", authors(article, latest).into()),
        ("status", status(latest, locale).into()),
    ];
    let whose = locale.text_with("terms-latest.whose", &values);
    let mut now = vec![strong(&locale.text("terms-latest")), plain(format!(" {whose} · "))];
    push_terms(&mut now, &latest.cells()[demand], latest, view, locale);
    for (text, layer) in [(then, Layer::Article), (now, Layer::Record)] {
        view.blocks.push(Block { is_indexed: false, is_item: false, ..block(text, layer) });
    }
}

/// The Fluent key of a stance.
pub fn stance_key(stance: CellStance) -> String {
    format!("cell-{}", stance.name().replace(' ', "-"))
}

/// Appends the stance as "● asks:", styled to stand out from the terms, and the terms with their
/// citation marks.
fn push_terms(
    text: &mut Vec<Inline>,
    cell: &Cell,
    proposal: &Entry,
    view: &mut View,
    locale: &Locale,
) {
    let stance = locale.text(&format!("{}.line", stance_key(cell.stance)));
    let terms = format!(" {} ", without_status(cell, proposal));
    text.extend([Inline::Text(stance, Style::Emphasis), plain(terms)]);
    let marks = cell.sources.iter().map(|source| view.mark(Citation::Source(*source)));
    text.extend(marks.map(Inline::Mark));
}

/// Appends the status of the text, such as reported or leaked.
fn push_status(text: &mut Vec<Inline>, proposal: &Entry, locale: &Locale) {
    text.push(plain(format!(" ({})", status(proposal, locale))));
}

/// The text of a cell without a leading "Reported: " that repeats the proposal's status, for texts
/// that show the status too.
fn without_status<'a>(cell: &'a Cell, proposal: &Entry) -> &'a str {
    let status = match &proposal.detail {
        Detail::Proposal { status, .. } => status.name(),
        _ => "",
    };
    match cell.text.split_once(": ") {
        Some((before, text)) if before.eq_ignore_ascii_case(status) => text,
        _ => &cell.text,
    }
}

fn status(proposal: &Entry, locale: &Locale) -> String {
    match &proposal.detail {
        Detail::Proposal { status, .. } => {
            locale.text(&format!("proposal-{}", status.name().replace(' ', "-")))
        }
        _ => String::new(),
    }
}

fn authors(article: &Article, proposal: &Entry) -> String {
    let names = proposal.authors().iter().map(|index| article.entries[*index].title.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// The cell of a proposal on a demand, unless it is silent.
fn stated_cell(proposal: &Entry, demand: usize) -> Option<&Cell> {
    proposal.cells().get(demand).filter(|cell| !is_silent(cell))
}

fn is_silent(cell: &Cell) -> bool {
    cell.stance == CellStance::Silent
}

fn block(text: Vec<Inline>, layer: Layer) -> Block {
    Block { is_item: true, layer, text, is_indexed: true }
}

fn strong(words: &str) -> Inline {
    Inline::Text(words.to_owned(), Style::Strong)
}

fn plain(words: impl Into<String>) -> Inline {
    Inline::Text(words.into(), Style::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand<'a>(catalog: &'a Catalog, id: &str) -> Item<'a> {
        let mut demands = catalog.of_kind(Kind::Demand, None);
        demands.find(|item| item.entry.id.as_str() == id).expect("the demand")
    }

    #[test]
    fn terms_over_time_are_oldest_first_with_their_sources() {
        let catalog = Catalog::bundled();
        let nato = demand(&catalog, "nato");
        let view = nato.entry.view(Some(OVER_TIME)).expect("the view");
        let lines: Vec<String> = view.blocks.iter().map(Block::plain).collect();
        assert!(lines[0].starts_with("17 December 2021 · Russia · ●\u{a0}asks: "), "{}", lines[0]);
        let proposals = nato.article.of_kind(Kind::Proposal).map(|(_, entry)| entry);
        let dates: Vec<String> = proposals
            .filter(|entry| !is_silent(&entry.cells()[1]))
            .filter_map(|entry| Some(catalog.locale().date(entry.date()?)))
            .collect();
        assert_eq!(lines.len(), dates.len());
        assert!(lines.iter().zip(&dates).all(|(line, date)| line.starts_with(date)));
        let is_mark = |part: &Inline| matches!(part, Inline::Mark(_));
        assert!(view.blocks.iter().all(|block| block.text.iter().any(is_mark)));
    }

    #[test]
    fn the_latest_stated_terms_come_from_the_side_that_makes_the_demand() {
        let catalog = Catalog::bundled();
        for (index, (at, _)) in catalog.articles()[0].of_kind(Kind::Demand).enumerate() {
            let article = &catalog.articles()[0];
            let latest = latest_stated_terms(article, index).expect("the latest terms");
            let mut actors = article.of_kind(Kind::Actor);
            let russia = actors.find(|(_, entry)| entry.id.as_str() == "russia");
            let (russia, _) = russia.expect("the actor");
            assert!(latest.authors().contains(&russia), "{}", latest.id);
            let later = article.of_kind(Kind::Proposal).map(|(_, entry)| entry);
            let later = later.skip_while(|entry| entry.id != latest.id).skip(1);
            assert!(
                later
                    .filter(|entry| entry.authors().contains(&russia))
                    .all(|entry| is_silent(&entry.cells()[index])),
                "{} is not the latest",
                latest.id
            );
            let card = article.entries[at].views[0].blocks.last().map(Block::plain);
            let card = card.expect("a last line");
            let terms = without_status(&latest.cells()[index], latest);
            assert!(card.contains(terms), "{card}");
            assert!(card.starts_with("Latest stated terms (Russia, "), "{card}");
        }
    }

    #[test]
    fn a_reported_status_is_shown_once() {
        let catalog = Catalog::bundled();
        for entry in &catalog.articles()[0].entries {
            for block in entry.blocks().map(Block::plain) {
                let is_stated = block.contains("(reported)") || block.contains(", reported)");
                assert!(!is_stated || !block.contains("Reported: "), "{}: {block}", entry.id);
            }
        }
    }

    #[test]
    fn a_proposal_starts_with_its_terms_and_lists_demands_it_is_silent_on() {
        let catalog = Catalog::bundled();
        for item in catalog.of_kind(Kind::Proposal, None) {
            let stated = item.entry.cells().iter().filter(|cell| !is_silent(cell));
            for (cell, block) in stated.zip(&item.entry.views[0].blocks) {
                let terms = without_status(cell, item.entry);
                assert!(block.plain().contains(terms), "{}", item.entry.id);
                assert_eq!(block.layer, Layer::Record);
            }
            let silent = item.entry.cells().iter().any(is_silent);
            let is_named =
                item.entry.blocks().any(|block| block.plain().starts_with("Silent on: "));
            assert_eq!(silent, is_named, "{}", item.entry.id);
        }
    }
}
