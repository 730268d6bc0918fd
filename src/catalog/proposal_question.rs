//! Questions about proposals: those of an author on a demand, the terms of one on a demand, and the
//! newest.

use jiff::civil::Date as Day;

use super::cell::{NAMED_WORDS_MAX, is_joiner, other_words};
use super::named_parts::NamedParts;
use super::{AskedNumbers, Catalog, CellMatch, Item, has_proposals};
use crate::content::Kind;
use crate::search::{
    QuestionParts, Resolution, WordList, period_in, stems, with_country, without_dates,
    without_view_words,
};

/// Words for the newest, and for a proposal.
static NEWEST_WORDS: WordList = WordList::new("current last latest newest recent");
static PEACE_WORD: WordList = WordList::new("peace");
static PROPOSAL_WORDS: WordList = WordList::new(
    "conditions draft drafts offer offers paper papers plan plans proposal proposals proposed terms \
    text texts",
);

/// Words that may accompany a demand in a question for all proposals on it: "NATO over time".
static OVER_TIME_WORDS: WordList = WordList::new("asked history over proposal proposals time");

impl Catalog {
    /// The authors of proposals and the demand that a text is about, if it has no other words but a
    /// date: "Ukraine 2026 sanctions".
    pub fn find_proposers_and_demand(
        &self,
        text: &str,
        article: Option<usize>,
    ) -> Option<(Vec<Item<'_>>, Option<Item<'_>>)> {
        let text = without_dates(&without_view_words(&with_country(text)));
        let named = self.named_parts(&text, article);
        if named.demands.len() > 1 {
            return None;
        }
        // "Hegseth" is one proposal rather than all of his side.
        let is_proposal = |name: &String| self.find_proposals_by_words(name, article).len() == 1;
        if named.member_names.iter().any(is_proposal) {
            return None;
        }
        let (proposers, demand) = (&named.proposers, named.demands.first());
        let names = proposers.iter().chain(demand).flat_map(|item| self.name_stems(*item));
        let mut names: Vec<String> = names.collect();
        if !proposers.is_empty() {
            names.extend(named.proposer_stems());
        }
        let (other, _) = without_words(&other_words(&text, &names), &OVER_TIME_WORDS);
        let is_rest = other.split_whitespace().all(is_joiner);
        is_rest.then(|| (proposers.clone(), demand.copied()))
    }

    /// The newest proposal, of an author and on a demand if a text names them: "the latest Russian
    /// terms on NATO". `None` if it asks for anything else. If `is_proposal_meant`, it need not say
    /// that it asks for a proposal.
    pub fn find_newest_proposal(
        &self,
        text: &str,
        is_proposal_meant: bool,
        article: Option<usize>,
    ) -> Option<(Item<'_>, Option<Item<'_>>)> {
        let (text, is_newest) = without_words(text, &NEWEST_WORDS);
        let (text, names_proposal) = without_words(&text, &PROPOSAL_WORDS);
        let (text, _) = without_words(&text, &PEACE_WORD);
        if !is_newest || !names_proposal && !is_proposal_meant {
            return None;
        }
        let period = period_in(&text);
        let text = without_dates(&without_view_words(&with_country(&text)));
        let named = self.named_parts(&text, article);
        if named.demands.len() > 1 {
            return None;
        }
        let demand = named.demands.first().copied();
        let mut candidates =
            self.find_proposals_by_author(&text, &named, names_proposal, article)?;
        candidates.retain(|item| period.is_none_or(|period| is_of_period(*item, period)));
        let is_stated =
            |item: &Item<'_>| demand.is_some_and(|demand| item.cell_on(demand).is_some());
        let first_day = |item: &Item<'_>| item.entry.date().map(|date| date.start().first_day());
        let newest = candidates.into_iter().max_by_key(|item| (is_stated(item), first_day(item)));
        newest.map(|newest| (newest, demand))
    }

    /// The proposals of the authors, or with the names of the people, that a text consists of beside
    /// its demand.
    fn find_proposals_by_author<'a>(
        &'a self,
        text: &str,
        named: &NamedParts<'a>,
        names_proposal: bool,
        article: Option<usize>,
    ) -> Option<Vec<Item<'a>>> {
        let mut authors = named.proposers.clone();
        let mut names = named.proposer_stems();
        names.extend(named.demands.iter().flat_map(|demand| self.name_stems(*demand)));
        let other = other_words(text, &names);
        if !stems(&other).is_empty() {
            if names_proposal {
                authors.extend(self.find_proposers_by_words(&other, article));
            }
            if authors.len() == named.proposers.len() {
                return None;
            }
        }
        let mut found: Vec<Item<'a>> = self.of_kind(Kind::Proposal, article).collect();
        let is_by = |proposal: &Item<'_>| authors.iter().any(|author| proposal.is_by(*author));
        found.retain(|proposal| authors.is_empty() || is_by(proposal));
        for name in &named.member_names {
            let of_member = self.find_proposals_by_words(name, article);
            found.retain(|item| of_member.iter().any(|one| one.number == item.number));
        }
        Some(found)
    }

    /// The authors of proposals with all words of a text in a name: of "European", there are several.
    fn find_proposers_by_words(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        self.items(self.search_index.find_by_words_of_name(text, &self.proposer_filter(article)))
    }

    /// Somebody whose "plan" is asked for, if no proposal has that name, and the proposals that are
    /// named after that person: "Putin's plan".
    pub fn find_plans_of(
        &self,
        text: &str,
        article: Option<usize>,
    ) -> Option<(Item<'_>, Vec<Item<'_>>)> {
        let (name, names_proposal) = without_words(&with_country(text), &PROPOSAL_WORDS);
        if !names_proposal || self.is_named_proposal(text, article) {
            return None;
        }
        let sides = || self.find_proposers_by_words(&name, article);
        let actor = self.find_actor(&name, article).or_else(|| only_one(sides().into_iter()))?;
        let is_demand = !self.find_by_name(&actor.entry.title, Kind::Demand, article).is_empty();
        let plans = match has_proposals(actor) {
            true => Vec::new(),
            false => self.find_proposals_by_words(&name, article),
        };
        (!is_demand).then_some((actor, plans))
    }

    /// Whether all words of a text are in a name of a proposal.
    fn is_named_proposal(&self, text: &str, article: Option<usize>) -> bool {
        let words = stems(text);
        let has_words = |name: &String| {
            let name = stems(name);
            words.iter().all(|word| name.contains(word))
        };
        let mut entries = self.of_kind(Kind::Proposal, article).map(|item| item.entry);
        entries.any(|entry| entry.aliases.iter().chain([&entry.title]).any(has_words))
    }

    /// The proposals with all words of a text in one of their names.
    fn find_proposals_by_words(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        let filter = self.filter(Some(Kind::Proposal), article);
        self.items(self.search_index.find_all_by_words_of_name(text, &filter))
    }

    /// The proposals that a text means, by their names or words of them: "Istanbul vs 28 points",
    /// "memorandum of 2025".
    pub(super) fn find_proposals(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        let listed = self.find_listed(text, Kind::Proposal, article);
        if !listed.is_empty() {
            return listed;
        }
        let named = self.find_by_name(text, Kind::Proposal, article);
        if !named.is_empty() {
            return named;
        }
        if let Some(period) = period_in(text) {
            return self.find_proposals_in_period(&without_dates(text), period, article);
        }
        let is_actor = self.is_actor(text, article);
        let mut found = match is_actor {
            true => self.find_proposals_by_words(text, article),
            false => self.find_by_name_words(text, Kind::Proposal, article),
        };
        self.retain_by_named_authors(&mut found, text);
        // The answer to the offer of Alaska has "Alaska" in a name too.
        match self.resolve(text, Kind::Proposal, article) {
            Resolution::One(hit)
                if !is_actor && found.iter().any(|item| item.number == hit.document) =>
            {
                vec![self.item(hit.document)]
            }
            _ => found,
        }
    }

    /// The proposals of a period that a text means by its author or by words of their names.
    fn find_proposals_in_period(
        &self,
        text: &str,
        period: (Day, Day),
        article: Option<usize>,
    ) -> Vec<Item<'_>> {
        let named = self.named_parts(text, article);
        let is_author =
            !named.proposers.is_empty() && other_words(text, &named.proposer_stems()).is_empty();
        let mut found = match is_author {
            true => self.of_kind(Kind::Proposal, article).collect(),
            false => self.find_proposals_by_words(text, article),
        };
        self.retain_by_named_authors(&mut found, text);
        found.retain(|item| is_of_period(*item, period));
        found
    }

    /// The cell of a proposal that a question asks for, with a connective or without: "Alaska on
    /// NATO", "Alaska NATO".
    pub fn find_proposal_cell(&self, text: &str, article: Option<usize>) -> Option<CellMatch<'_>> {
        let found = self.find_cell(text, Kind::Proposal, article);
        found.or_else(|| {
            self.find_named_proposal_cell(text, &self.named_parts(text, article), article)
        })
    }

    /// The cell of a proposal, of which the parts of a question name the row and the column.
    pub(super) fn read_proposal_cell(
        &self,
        parts: &QuestionParts,
        article: Option<usize>,
    ) -> Option<CellMatch<'_>> {
        let rows = self.find_proposal_rows(parts, article);
        if rows.is_empty() {
            return None;
        }
        let mut columns = self.find_undated_columns(&parts.object, article);
        if let [row] = rows.as_slice()
            && let Some(demand) = self.find_stated_demand(*row, &parts.object, &columns)
        {
            columns = vec![demand];
        }
        Some(parts.to_match(rows, columns))
    }

    /// The proposals that the first part means, of the time and the number of points in the second.
    fn find_proposal_rows(&self, parts: &QuestionParts, article: Option<usize>) -> Vec<Item<'_>> {
        let is_name = |kind| self.search_index.is_name(&parts.subject, &self.filter(kind, article));
        // "Demilitarization of Ukraine"
        if is_name(Some(Kind::Demand)) {
            return Vec::new();
        }
        let mut rows = self.find_proposals(&parts.subject, article);
        if rows.len() == 1 && !parts.subject.contains(' ') && !is_name(None) {
            // A word of a title, such as "offer", names nobody.
            return Vec::new();
        }
        let (period, asked) = (period_in(&parts.object), AskedNumbers::of(&parts.object));
        rows.retain(|row| {
            let is_in_time = period.is_none_or(|period| is_of_period(*row, period));
            is_in_time && !self.contradicts(row.number, &asked)
        });
        rows
    }

    /// The cell of the proposals and the demand that are both named in a text.
    pub(super) fn find_named_proposal_cell<'a>(
        &'a self,
        text: &str,
        named: &NamedParts<'a>,
        article: Option<usize>,
    ) -> Option<CellMatch<'a>> {
        let [demand] = named.demands.as_slice() else {
            let found = self.find_cell_of_named_proposal(text, named, article);
            return found.or_else(|| self.find_cell_of_first_words(text, article));
        };
        let stems_of = |names: &[String]| names.iter().flat_map(|name| stems(name)).collect();
        let demand_stems: Vec<String> = stems_of(&named.demand_names);
        let rest = other_words(&without_view_words(text), &demand_stems);
        let sides: Vec<String> = stems_of(&named.proposer_names);
        if other_words(&rest, &sides).is_empty() {
            return None;
        }
        let parts = QuestionParts { subject: rest, object: demand.entry.title.clone() };
        let rows = self.find_proposals(&parts.subject, article);
        (!rows.is_empty()).then(|| parts.to_match(rows, vec![*demand]))
    }

    /// The cell of the proposal that the first words of a text mean, on the demand that the others are
    /// about: "Russian memo army".
    fn find_cell_of_first_words(
        &self,
        text: &str,
        article: Option<usize>,
    ) -> Option<CellMatch<'_>> {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.len() > NAMED_WORDS_MAX {
            return None;
        }
        (2..words.len()).rev().find_map(|count| {
            let row =
                only_one(self.find_proposals(&words[..count].join(" "), article).into_iter())?;
            let object = words[count..].join(" ");
            let columns = self.find_columns(&object, article);
            let column = self.find_stated_demand(row, &object, &columns)?;
            Some(CellMatch::Cell { row, column })
        })
    }

    /// The cell of the one proposal that a text has a name of, on a demand that it names or that the
    /// other words are about: "28 points Crimea".
    pub(super) fn find_cell_of_named_proposal<'a>(
        &'a self,
        text: &str,
        named: &NamedParts<'a>,
        article: Option<usize>,
    ) -> Option<CellMatch<'a>> {
        let ([row], [] | [_]) = (named.proposals.as_slice(), named.demands.as_slice()) else {
            return None;
        };
        let other = other_words(text, &self.name_stems(*row));
        let found = match named.demands.is_empty() {
            true => self.find_columns(&other, article),
            false => named.demands.clone(),
        };
        let column = self.find_stated_demand(*row, &other, &found)?;
        Some(CellMatch::Cell { row: *row, column })
    }

    /// The demand that words are about in a proposal: the one whose terms have all the words, or the
    /// only one of `found` on which the proposal is not silent; if it is silent on all of them, the
    /// one whose terms have the most of the words.
    pub(super) fn find_stated_demand<'a>(
        &'a self,
        proposal: Item<'a>,
        text: &str,
        found: &[Item<'a>],
    ) -> Option<Item<'a>> {
        let demands = self.filter(Some(Kind::Demand), self.article_of(proposal));
        let named = self.search_index.find_names_of_list(text, &demands);
        if let [only] = named.as_slice() {
            return Some(self.item(only.document));
        }
        let asked = stems(&without_dates(&without_words(text, &PROPOSAL_WORDS).0));
        if asked.is_empty() {
            return None;
        }
        let matching = |demand: Item<'a>| {
            let terms = proposal.cell_on(demand).map(|cell| stems(&cell.text)).unwrap_or_default();
            asked.iter().filter(|word| terms.contains(word)).count()
        };
        let with_words = |count: usize| {
            let has_words = |demand: &Item<'a>| count > 0 && matching(*demand) == count;
            only_one(proposal.siblings(Kind::Demand).filter(has_words))
        };
        let stated = || found.iter().copied().filter(|demand| proposal.cell_on(*demand).is_some());
        let most = || proposal.siblings(Kind::Demand).map(matching).max().unwrap_or_default();
        let is_silent = !found.is_empty() && stated().next().is_none();
        with_words(asked.len())
            .or_else(|| only_one(stated()))
            .or_else(|| if is_silent { with_words(most()) } else { None })
    }
}

/// The only item.
pub(super) fn only_one<'a>(mut items: impl Iterator<Item = Item<'a>>) -> Option<Item<'a>> {
    let first = items.next();
    first.filter(|_| items.next().is_none())
}

/// The text without the words of a list, and whether it had any.
fn without_words(text: &str, list: &WordList) -> (String, bool) {
    let words = text.split_whitespace();
    let is_listed = |word: &&str| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
        list.contains(&word)
    };
    let (listed, other): (Vec<&str>, Vec<&str>) = words.partition(is_listed);
    (other.join(" "), !listed.is_empty())
}

pub(super) fn is_of_period(item: Item<'_>, (from, to): (Day, Day)) -> bool {
    item.entry.date().is_some_and(|date| date.overlaps(Some(from), Some(to)))
}
