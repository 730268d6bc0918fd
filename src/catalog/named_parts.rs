//! The entries that a question names, by the part that they have in it: holders, demands, proposals
//! and their authors.

use super::{Catalog, Item, has_proposals};
use crate::content::Kind;
use crate::search::stems;

#[derive(Debug, Default)]
pub(super) struct NamedParts<'a> {
    /// The positions of the holders.
    pub positions: Vec<Item<'a>>,
    pub demands: Vec<Item<'a>>,
    pub proposals: Vec<Item<'a>>,
    /// The authors of proposals, named by themselves, or by one of their people or places.
    pub proposers: Vec<Item<'a>>,
    /// The names of the demands in the text.
    pub demand_names: Vec<String>,
    /// The names of the authors and of their places in the text.
    pub proposer_names: Vec<String>,
    /// The names of people and others who are no authors, such as Putin for Russia.
    pub member_names: Vec<String>,
}

impl NamedParts<'_> {
    /// The stems of the names by which a text names authors, themselves or by their members.
    pub(super) fn proposer_stems(&self) -> Vec<String> {
        let names = self.proposer_names.iter().chain(&self.member_names);
        names.flat_map(|name| stems(name)).collect()
    }

    /// Whether a proposal is by an author whom the text names, or the text names nobody.
    pub(super) fn may_have_proposed(&self, proposal: Item<'_>) -> bool {
        let is_nobody_named = self.proposers.is_empty() && self.member_names.is_empty();
        is_nobody_named || self.proposers.iter().any(|author| proposal.is_by(*author))
    }
}

impl Catalog {
    /// Finds what a text names, in one pass.
    pub(super) fn named_parts(&self, text: &str, article: Option<usize>) -> NamedParts<'_> {
        let mut parts = NamedParts::default();
        for mention in self.search_index.find_names_of_list(text, &self.filter(None, article)) {
            self.add_named(&mut parts, self.item(mention.document), mention.name, article);
        }
        let NamedParts { positions, demands, proposals, proposers, .. } = &mut parts;
        proposers.retain(|side| has_proposals(*side));
        for items in [positions, demands, proposals, proposers] {
            items.sort_by_key(|item| item.number);
            items.dedup_by_key(|item| item.number);
        }
        parts
    }

    fn add_named<'a>(
        &'a self,
        parts: &mut NamedParts<'a>,
        item: Item<'a>,
        name: String,
        article: Option<usize>,
    ) {
        match item.entry.kind {
            Kind::Demand => {
                parts.demands.push(item);
                parts.demand_names.push(name);
            }
            Kind::Proposal => parts.proposals.push(item),
            Kind::Position => {
                parts.positions.push(item);
                parts.proposers.extend(item.holder());
                parts.proposer_names.push(name);
            }
            Kind::Actor | Kind::Place => {
                let title = &item.entry.title;
                let demands = self.find_by_name(title, Kind::Demand, article);
                if !demands.is_empty() {
                    // Beside a holder, "NATO" is the demand.
                    parts.demands.extend(demands);
                    parts.demand_names.push(name);
                    return;
                }
                // "Kyiv" is Ukraine.
                let positions = self.find_holders(title, article);
                self.add_proposers(parts, item, &positions, name);
                parts.positions.extend(positions);
            }
            _ => {}
        }
    }

    /// Adds the authors that an actor or a place stands for.
    fn add_proposers<'a>(
        &'a self,
        parts: &mut NamedParts<'a>,
        item: Item<'a>,
        positions: &[Item<'a>],
        name: String,
    ) {
        match item.entry.kind {
            Kind::Actor if has_proposals(item) => {
                parts.proposers.push(item);
                parts.proposer_names.push(name);
            }
            Kind::Actor => {
                parts.proposers.extend(self.related_proposers(item));
                parts.member_names.push(name);
            }
            _ if !positions.is_empty() => {
                parts.proposers.extend(positions.iter().filter_map(|position| position.holder()));
                parts.proposer_names.push(name);
            }
            _ => {}
        }
    }
}
