//! Questions about proposals: those of an author on a demand, the terms of one on a demand, and the
//! newest.

use jiff::civil::Date as Day;

use super::cell::{other_words, without_dates};
use super::{Catalog, CellMatch, Item};
use crate::content::Kind;
use crate::search::{
    QuestionParts, Resolution, dates_in, parse_month, stems, without_view_words,
};

/// Words that may accompany a demand in a question for all proposals on it: "NATO over time".
const OVER_TIME_WORDS: [&str; 5] = ["", "asked", "history", "over", "time"];

impl Catalog {
    /// The author of proposals and the demand that a text is about, if it has no other words but a
    /// date: "Ukraine 2026 sanctions".
    pub fn find_proposer_and_demand(
        &self,
        text: &str,
        article: Option<usize>,
    ) -> Option<(Option<Item<'_>>, Option<Item<'_>>)> {
        let text = without_dates(&without_view_words(text));
        let named = self.named_parts(&text, article);
        if named.proposers.len() > 1 || named.demands.len() > 1 {
            return None;
        }
        // "Hegseth" is one proposal rather than all of his side.
        if named.member_names.iter().any(|name| self.proposals_named(name, article).len() == 1) {
            return None;
        }
        let (proposer, demand) = (named.proposers.first(), named.demands.first());
        let names = proposer.into_iter().chain(demand).flat_map(|item| self.name_stems(*item));
        let in_text = named.proposer_names.iter().chain(&named.member_names);
        let in_text = in_text.filter(|_| proposer.is_some()).flat_map(|name| stems(name));
        let names: Vec<String> = names.chain(in_text).collect();
        let other = other_words(&text, &names);
        let is_rest = |word: &str| OVER_TIME_WORDS.contains(&word.to_lowercase().as_str());
        other.split(' ').all(is_rest).then_some((proposer.copied(), demand.copied()))
    }

    /// The proposals with all words of a text in one of their names.
    fn proposals_named(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        let filter = self.filter(Some(Kind::Proposal), article);
        let found = self.search_index.find_all_by_words_of_name(text, &filter);
        found.into_iter().map(|number| self.item(number)).collect()
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
            return self.find_proposals_of(&without_dates(text), period, article);
        }
        let mut found = self.find_by_name_words(text, Kind::Proposal, article);
        self.retain_by_named(&mut found, text);
        // The answer to the offer of Alaska has "Alaska" in a name too.
        match self.resolve(text, Kind::Proposal, article) {
            Resolution::One(hit) if found.iter().any(|item| item.number == hit.document) => {
                vec![self.item(hit.document)]
            }
            _ => found,
        }
    }

    /// The proposals of a period that a text means by its author or by words of their names.
    fn find_proposals_of(
        &self,
        text: &str,
        (from, to): (Day, Day),
        article: Option<usize>,
    ) -> Vec<Item<'_>> {
        let named = self.named_parts(text, article);
        let names = named.proposer_names.iter().chain(&named.member_names);
        let names: Vec<String> = names.flat_map(|name| stems(name)).collect();
        let is_author = !named.proposers.is_empty() && other_words(text, &names).is_empty();
        let mut found = match is_author {
            true => self.of_kind(Kind::Proposal, article).collect(),
            false => self.proposals_named(text, article),
        };
        self.retain_by_named(&mut found, text);
        found.retain(|item| {
            item.entry.date().is_some_and(|date| date.overlaps(Some(from), Some(to)))
        });
        found
    }

    /// The cell of a proposal that a question asks for, with a connective or without: "Alaska on
    /// NATO", "Alaska NATO".
    pub fn find_proposal_cell(&self, text: &str, article: Option<usize>) -> Option<CellMatch<'_>> {
        let found = self.find_cell(text, Kind::Proposal, article);
        found.or_else(|| self.find_named_proposal_cell(text, article))
    }

    /// The cell of the proposals and the demand that are both named in a text.
    pub(super) fn find_named_proposal_cell(
        &self,
        text: &str,
        article: Option<usize>,
    ) -> Option<CellMatch<'_>> {
        let named = self.named_parts(text, article);
        let [demand] = named.demands.as_slice() else {
            return match named.proposals.as_slice() {
                [proposal] if named.demands.is_empty() => self.find_cell_in(*proposal, text),
                _ => None,
            };
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

    /// The demand that words are about in a proposal: one that they name, or else the one whose terms
    /// have most of the words, unless the proposal is silent on it.
    pub(super) fn find_stated_demand<'a>(
        &'a self,
        proposal: Item<'a>,
        text: &str,
    ) -> Option<Item<'a>> {
        let article = self.article_of(proposal);
        let demands = self.filter(Some(Kind::Demand), article);
        let named = self.search_index.find_names_of_list(text, &demands);
        if let [only] = named.as_slice() {
            return Some(self.item(only.document));
        }
        let found = match self.resolve(text, Kind::Demand, article) {
            Resolution::One(hit) => vec![hit.document],
            Resolution::Several(hits) => hits.iter().map(|hit| hit.document).collect(),
            Resolution::Nothing(_) => return None,
        };
        let asked = stems(text);
        let matching = |demand: &Item<'a>| {
            let terms = proposal.cell_on(*demand).map(|cell| stems(&cell.text));
            let terms = terms.unwrap_or_default();
            asked.iter().filter(|word| terms.contains(word)).count()
        };
        let demands = || proposal.siblings(Kind::Demand);
        let most = demands().map(|demand| matching(&demand)).max().filter(|most| *most > 0);
        let with_most: Vec<Item<'a>> =
            demands().filter(|demand| Some(matching(demand)) == most).collect();
        let is_found = |demand: &Item<'a>| found.contains(&demand.number);
        let is_stated = |demand: &Item<'a>| proposal.cell_on(*demand).is_some();
        match with_most.as_slice() {
            [only] => Some(*only),
            _ => demands().filter(is_found).find(is_stated),
        }
    }
}

/// Whether a text names a month.
pub(super) fn names_month(text: &str) -> bool {
    let is_month = |word: &str| parse_month(&word.to_lowercase()).is_some();
    !dates_in(text, None).is_empty() && text.split_whitespace().any(is_month)
}

/// The month or year that a text names.
fn period_in(text: &str) -> Option<(Day, Day)> {
    let first = *dates_in(text, None).first()?;
    let is_year = first.day_of_year() == 1 && !names_month(text);
    Some((first.first_of_month(), if is_year { first.last_of_year() } else { first.last_of_month() }))
}
