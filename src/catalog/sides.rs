//! Finds the side that an actor belongs to through the `related` entries: no proposal is filed under
//! Putin, but his entry is related to Russia.

use super::{Catalog, Item};
use crate::content::Kind;

impl Catalog {
    /// The actor with this name, if there is exactly one.
    pub fn find_actor(&self, name: &str, article: Option<usize>) -> Option<Item<'_>> {
        match self.find_by_name(name, Kind::Actor, article).as_slice() {
            [actor] => Some(*actor),
            _ => None,
        }
    }

    /// The positions related to an actor, or else those of the sides related to it.
    pub fn related_positions<'a>(&'a self, actor: Item<'a>) -> Vec<Item<'a>> {
        let related = positions_of(actor);
        if !related.is_empty() {
            return related;
        }
        let article = self.article_of(actor);
        let sides = related_sides(actor);
        let mut positions: Vec<Item<'a>> =
            sides.flat_map(|side| self.find_holders(&side.entry.title, article)).collect();
        positions.sort_by_key(|position| position.number);
        positions.dedup_by_key(|position| position.number);
        positions
    }

    /// The authors of proposals related to an actor.
    pub fn related_proposers<'a>(&'a self, actor: Item<'a>) -> Vec<Item<'a>> {
        let holders = positions_of(actor).into_iter().filter_map(Item::holder);
        let mut sides: Vec<Item<'a>> = holders.chain(related_sides(actor)).collect();
        sides.retain(|side| has_proposals(*side));
        sides.sort_by_key(|side| side.number);
        sides.dedup_by_key(|side| side.number);
        sides
    }

    /// Whether an entry is a proposal that neither an actor nor its side made.
    pub fn is_proposal_of_another(&self, entry: Item<'_>, actor: Item<'_>) -> bool {
        let mut sides = self.related_proposers(actor);
        sides.push(actor);
        entry.entry.kind == Kind::Proposal && !sides.into_iter().any(|side| entry.is_by(side))
    }

    /// Removes the proposals of which a text names no author, if it names other authors of proposals.
    pub(super) fn retain_by_named_authors(&self, proposals: &mut Vec<Item<'_>>, text: &str) {
        let article = proposals.first().and_then(|proposal| self.article_of(*proposal));
        let named = self.named_parts(text, article).proposers;
        let is_by_named = |proposal: &Item<'_>| named.iter().any(|side| proposal.is_by(*side));
        proposals.retain(|proposal| named.is_empty() || is_by_named(proposal));
    }
}

/// The positions related to an actor in either direction.
fn positions_of(actor: Item<'_>) -> Vec<Item<'_>> {
    let is_related = |position: &Item<'_>| {
        position.entry.related.contains(&actor.position())
            || actor.entry.related.contains(&position.position())
    };
    actor.siblings(Kind::Position).filter(is_related).collect()
}

/// The related actors who hold a position or made proposals.
fn related_sides(actor: Item<'_>) -> impl Iterator<Item = Item<'_>> {
    actor.related().filter(|side| {
        let mut holders = side.siblings(Kind::Position).filter_map(Item::holder);
        let holds = holders.any(|holder| holder.number == side.number);
        side.entry.kind == Kind::Actor && (holds || has_proposals(*side))
    })
}

/// Whether an actor made a proposal.
pub fn has_proposals(actor: Item<'_>) -> bool {
    actor.siblings(Kind::Proposal).any(|proposal| proposal.is_by(actor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_related_to_the_side_that_the_entries_name() {
        let catalog = Catalog::bundled();
        let ids = |items: Vec<Item<'_>>| -> Vec<String> {
            items.iter().map(|item| item.entry.id.to_string()).collect()
        };
        for (actor, positions, proposers) in [
            ("Putin", &["russia"][..], &["russia"][..]),
            ("Zelensky", &["ukraine"], &["ukraine"]),
            ("Trump", &["western-governments"], &["united-states"]),
            ("Лавров", &["russia"], &["russia"]),
            ("Rubio", &[], &[]),
        ] {
            let actor = catalog.find_actor(actor, None).expect("an actor");
            assert_eq!(ids(catalog.related_positions(actor)), positions, "{}", actor.entry.title);
            assert_eq!(ids(catalog.related_proposers(actor)), proposers, "{}", actor.entry.title);
        }
        assert!(catalog.find_actor("borscht", None).is_none());
    }
}
