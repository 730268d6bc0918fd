//! `/random`: one entry, left to chance.

use crate::card::{Answer, Refusal, entry};
use crate::catalog::{Catalog, Item};
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Needs, OfKind, Request, ResolvedEntry};

pub(super) const COMMAND: Command = Command {
    name: "random",
    audience: Audience::Everyone,
    options: &[KIND.option()],
    needs: Needs::NOTHING,
    run,
};

const KIND: OfKind = OfKind::new("kind");

fn run(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let article = request.article(catalog)?;
    let kind = KIND.find(request)?;
    let kinds = Kind::ALL.into_iter().filter(|one| kind.is_none_or(|only| only == *one));
    let items: Vec<Item<'_>> = kinds.flat_map(|kind| catalog.of_kind(kind, article)).collect();
    let drawn = usize::try_from(loaded.chance % (items.len().max(1) as u64)).unwrap_or_default();
    match items.get(drawn) {
        Some(item) => entry::show(catalog, request, &ResolvedEntry { item: *item, meant: None }),
        None => Err(Refusal::NothingOfKind(kind.unwrap_or(Kind::Demand))),
    }
}
