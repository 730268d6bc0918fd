//! Finds the side that an actor belongs to through the `related` entries: no proposal is filed under
//! Putin, but his entry is related to Russia.

use super::proposals::is_author;
use super::{Catalog, Item};
use crate::content::{Detail, Entry, Kind};

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
        let article = self.articles().iter().position(|one| std::ptr::eq(one, actor.article));
        let mut positions: Vec<Item<'a>> = Vec::new();
        for side in related_sides(actor) {
            let held = self.find_holders(&side.entry.title, article).into_iter();
            positions.extend(held.filter(|item| std::ptr::eq(item.article, actor.article)));
        }
        positions.sort_by_key(|position| position.number);
        positions.dedup_by_key(|position| position.number);
        positions
    }

    /// The authors of proposals related to an actor.
    pub fn related_proposers<'a>(&'a self, actor: Item<'a>) -> Vec<Item<'a>> {
        let holders = positions_of(actor).into_iter().filter_map(holder);
        let mut sides: Vec<Item<'a>> = holders.chain(related_sides(actor)).collect();
        sides.retain(|side| has_proposals(*side));
        sides.sort_by_key(|side| side.number);
        sides.dedup_by_key(|side| side.number);
        sides
    }
}

/// The positions related to an actor in either direction.
fn positions_of(actor: Item<'_>) -> Vec<Item<'_>> {
    let positions = actor.article.of_kind(Kind::Position);
    let is_related = |(place, position): &(usize, &Entry)| {
        position.related.contains(&actor.position()) || actor.entry.related.contains(place)
    };
    positions.filter(is_related).map(|(place, _)| actor.at_position(place)).collect()
}

/// The related actors who hold a position or made proposals.
fn related_sides(actor: Item<'_>) -> impl Iterator<Item = Item<'_>> {
    let related = actor.entry.related.iter().map(move |place| actor.at_position(*place));
    related.filter(|side| {
        let mut positions = side.article.of_kind(Kind::Position);
        let holds = positions.any(|(place, _)| {
            holder(side.at_position(place)).is_some_and(|holder| holder.number == side.number)
        });
        side.entry.kind == Kind::Actor && (holds || has_proposals(*side))
    })
}

/// Whether an actor made a proposal.
pub fn has_proposals(actor: Item<'_>) -> bool {
    let mut proposals = actor.article.of_kind(Kind::Proposal);
    proposals.any(|(_, proposal)| is_author(proposal, actor.position()))
}

fn holder(position: Item<'_>) -> Option<Item<'_>> {
    match position.entry.detail {
        Detail::Position { holder, .. } => Some(position.at_position(holder)),
        _ => None,
    }
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
