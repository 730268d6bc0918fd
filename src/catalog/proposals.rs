//! Generated views of proposals: the terms above a proposal's own text, and the view *Over time* of
//! each demand.

use super::{Catalog, Item};
use crate::content::{
    Article, Block, Cell, CellStance, Citation, Detail, Entry, Inline, Kind, Layer, Slug, Stance,
    Style, View,
};
use crate::locale::Locale;
use crate::search::DocumentFilter;

/// The slug of the generated view that lists each proposal's terms on a demand.
const OVER_TIME: &str = "over-time";

impl Catalog {
    /// The authors of proposals, the most prolific first.
    pub fn proposers(&self, article: Option<usize>) -> Vec<Item<'_>> {
        let count = |item: &Item<'_>| {
            let proposals = item.article.of_kind(Kind::Proposal);
            proposals.filter(|(_, proposal)| is_author(proposal, item.position())).count()
        };
        let actors = self.of_kind(Kind::Actor, article).map(|item| (count(&item), item));
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
        sides(proposal.article, proposal.entry)
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
        let place = place_of_demand(demand.article, &demand.entry.id);
        terms_view(demand.article, &self.locale, place, proposals)
    }

    /// A view of one proposal's terms on a demand.
    pub fn terms_on_demand(&self, proposal: Item<'_>, demand: Item<'_>) -> View {
        let mut view = View::new(demand.entry.id.clone(), String::new());
        if let Some(cell) = cell_on(proposal, demand) {
            let cell = &without_status(cell, proposal.entry);
            let mut text = stance(cell, &self.locale);
            push_line(&mut text, cell, &mut view);
            push_status(&mut text, proposal.entry, &self.locale);
            view.blocks.push(Block { is_item: false, ..block(text, Layer::Record) });
        }
        view
    }
}

/// Whether an actor, given as an index into the article's entries, is an author of a proposal.
pub fn is_author(proposal: &Entry, actor: usize) -> bool {
    matches!(&proposal.detail, Detail::Proposal { by, .. } if by.contains(&actor))
}

/// The cell of a proposal on a demand of the same article, unless it is silent.
pub fn cell_on<'a>(proposal: Item<'a>, demand: Item<'_>) -> Option<&'a Cell> {
    let cell = proposal.entry.cells().get(place_of_demand(demand.article, &demand.entry.id))?;
    let is_stated = std::ptr::eq(proposal.article, demand.article) && !is_silent(cell);
    is_stated.then_some(cell)
}

/// Adds the generated views to an article's proposals and demands.
pub(super) fn add_views(article: &mut Article, locale: &Locale) {
    let demands: Vec<(usize, String)> =
        article.of_kind(Kind::Demand).map(|(place, entry)| (place, entry.title.clone())).collect();
    for proposal in article.entries.iter_mut().filter(|entry| entry.kind == Kind::Proposal) {
        add_terms(proposal, &demands, locale);
    }
    for (place, (at, _)) in demands.iter().enumerate() {
        let proposals = || article.of_kind(Kind::Proposal).map(|(_, entry)| entry);
        let view = terms_view(article, locale, place, proposals());
        let latest = latest_stated_terms(article, place);
        let latest = latest.map(|entry| latest_line(article, locale, entry, place));
        let demand = &mut article.entries[*at];
        let is_taken = demand.views.iter().any(|view| view.slug.as_str() == OVER_TIME);
        if !view.blocks.is_empty() && !is_taken {
            add_then_and_now(demand, latest, locale);
            demand.views.push(view);
        }
    }
}

/// Inserts a proposal's terms above its text.
fn add_terms(proposal: &mut Entry, demands: &[(usize, String)], locale: &Locale) {
    let cells: Vec<Cell> =
        proposal.cells().iter().map(|cell| without_status(cell, proposal)).collect();
    let Some(view) = proposal.views.first_mut() else { return };
    // Citation marks are numbered in reading order, so the terms come first.
    let mut terms = View::new(view.slug.clone(), String::new());
    for (cell, (_, title)) in cells.iter().zip(demands).filter(|(cell, _)| !is_silent(cell)) {
        let mut text = vec![strong(title), plain(" · ")];
        text.extend(stance(cell, locale));
        push_line(&mut text, cell, &mut terms);
        terms.blocks.push(block(text, Layer::Record));
    }
    let silent = cells.iter().zip(demands).filter(|(cell, _)| is_silent(cell));
    let silent: Vec<&str> = silent.map(|(_, (_, title))| title.as_str()).collect();
    if !silent.is_empty() {
        let demands = [("demands", silent.join("; ").into())];
        let text = vec![plain(locale.text_with("terms-silent", &demands))];
        // Not indexed: a search for the demand should not find proposals that are silent on it.
        terms.blocks.push(Block { is_indexed: false, ..block(text, Layer::Dossier) });
    }
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
        let Some(cell) = proposal.cells().get(demand).filter(|cell| !is_silent(cell)) else {
            continue;
        };
        let cell = &without_status(cell, proposal);
        let date = proposal.date().map(|date| locale.date(date)).unwrap_or_default();
        let mut text =
            vec![strong(&format!("{date} · {}", sides(article, proposal))), plain(" · ")];
        text.extend(stance(cell, locale));
        push_line(&mut text, cell, &mut view);
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
    let stated =
        proposals.filter(|entry| entry.cells().get(demand).is_some_and(|cell| !is_silent(cell)));
    stated.filter(|entry| sides.iter().any(|side| is_author(entry, *side))).last()
}

/// The text of the latest stated terms, and their cell.
fn latest_line(
    article: &Article,
    locale: &Locale,
    proposal: &Entry,
    demand: usize,
) -> (Vec<Inline>, Cell) {
    let cell = without_status(&proposal.cells()[demand], proposal);
    let values = [
        ("date", proposal.date().map(|date| locale.date(date)).unwrap_or_default().into()),
        ("by", sides(article, proposal).into()),
        ("status", status(proposal, locale).into()),
    ];
    let mut text = vec![strong(&locale.text("terms-latest")), plain(" ")];
    text.push(plain(format!("{} · ", locale.text_with("terms-latest.whose", &values))));
    text.extend(stance(&cell, locale));
    (text, cell)
}

/// Adds the article's terms and the latest stated terms below a demand's first view.
fn add_then_and_now(demand: &mut Entry, latest: Option<(Vec<Inline>, Cell)>, locale: &Locale) {
    let Some((mut now, cell)) = latest else { return };
    let listed = demand.views.iter().find_map(|view| {
        let citations = view.citations.iter();
        citations.copied().find(|citation| citation.layer() == Layer::Article)
    });
    let (Some(listed), Some(view)) = (listed, demand.views.first_mut()) else { return };
    let mark = view.mark(listed);
    let then = vec![
        strong(&locale.text("terms-listed")),
        plain(format!(" {} ", demand.title)),
        Inline::Mark(mark),
    ];
    push_line(&mut now, &cell, view);
    for (text, layer) in [(then, Layer::Article), (now, Layer::Record)] {
        view.blocks.push(Block { is_indexed: false, is_item: false, ..block(text, layer) });
    }
}

/// The stance as "● asks:", styled to stand out from the terms.
fn stance(cell: &Cell, locale: &Locale) -> Vec<Inline> {
    let key = format!("{}.line", stance_key(cell.stance));
    vec![Inline::Text(locale.text(&key), Style::Emphasis), plain(" ")]
}

/// The Fluent key of a stance.
pub fn stance_key(stance: CellStance) -> String {
    format!("cell-{}", stance.name().replace(' ', "-"))
}

/// Appends the terms of a cell with its citation marks.
fn push_line(text: &mut Vec<Inline>, cell: &Cell, view: &mut View) {
    text.push(plain(format!("{} ", cell.text)));
    let marks = cell.sources.iter().map(|source| view.mark(Citation::Source(*source)));
    text.extend(marks.map(Inline::Mark));
}

/// Appends the status of the text, such as reported or leaked.
fn push_status(text: &mut Vec<Inline>, proposal: &Entry, locale: &Locale) {
    text.push(plain(format!(" ({})", status(proposal, locale))));
}

/// A copy of the cell without a leading "Reported: " that repeats the proposal's status, for texts
/// that show the status too.
fn without_status(cell: &Cell, proposal: &Entry) -> Cell {
    let status = match &proposal.detail {
        Detail::Proposal { status, .. } => status.name(),
        _ => "",
    };
    let text = match cell.text.split_once(": ") {
        Some((before, text)) if before.eq_ignore_ascii_case(status) => text,
        _ => &cell.text,
    };
    Cell { text: text.to_owned(), ..cell.clone() }
}

fn status(proposal: &Entry, locale: &Locale) -> String {
    match &proposal.detail {
        Detail::Proposal { status, .. } => {
            locale.text(&format!("proposal-{}", status.name().replace(' ', "-")))
        }
        _ => String::new(),
    }
}

fn sides(article: &Article, proposal: &Entry) -> String {
    match &proposal.detail {
        Detail::Proposal { by, .. } => {
            let names = by.iter().map(|place| article.entries[*place].title.as_str());
            names.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

fn is_silent(cell: &Cell) -> bool {
    cell.stance == CellStance::Silent
}

/// The index of a demand within the cells of a proposal.
fn place_of_demand(article: &Article, id: &Slug) -> usize {
    let mut demands = article.of_kind(Kind::Demand);
    demands.position(|(_, entry)| entry.id == *id).unwrap_or(usize::MAX)
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
        assert!(lines[0].starts_with("17 December 2021 · Russia · ● asks: "), "{}", lines[0]);
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
        for (place, (at, _)) in catalog.articles()[0].of_kind(Kind::Demand).enumerate() {
            let article = &catalog.articles()[0];
            let latest = latest_stated_terms(article, place).expect("the latest terms");
            let russia = article.position(Kind::Actor, "russia").expect("the actor");
            assert!(is_author(latest, russia), "{}", latest.id);
            let later = article.of_kind(Kind::Proposal).map(|(_, entry)| entry);
            let later = later.skip_while(|entry| entry.id != latest.id).skip(1);
            assert!(
                later
                    .filter(|entry| is_author(entry, russia))
                    .all(|entry| is_silent(&entry.cells()[place])),
                "{} is not the latest",
                latest.id
            );
            let card = article.entries[at].views[0].blocks.last().map(Block::plain);
            let card = card.expect("a last line");
            let cell = without_status(&latest.cells()[place], latest);
            assert!(card.contains(&cell.text), "{card}");
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
                let cell = without_status(cell, item.entry);
                assert!(block.plain().contains(&cell.text), "{}", item.entry.id);
                assert_eq!(block.layer, Layer::Record);
            }
            let silent = item.entry.cells().iter().any(is_silent);
            let is_named =
                item.entry.blocks().any(|block| block.plain().starts_with("Silent on: "));
            assert_eq!(silent, is_named, "{}", item.entry.id);
        }
    }
}
