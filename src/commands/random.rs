//! `/random`: one entry, left to chance.

use crate::answer::{Answer, Refusal, entry};
use crate::command::{Audience, Command};
use crate::dataset::Kind;
use crate::library::{Item, Library};
use crate::request::{Loaded, Needs, OfKind, Request, Taken};

pub(super) const COMMAND: Command = Command {
    name: "random",
    audience: Audience::Everyone,
    options: &[KIND.option()],
    needs: Needs::NOTHING,
    run,
};

const KIND: OfKind = OfKind::new("kind");

fn run(library: &Library, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let article = request.article(library)?;
    let kind = KIND.find(request)?;
    let kinds = Kind::ALL.into_iter().filter(|one| kind.is_none_or(|only| only == *one));
    let items: Vec<Item<'_>> = kinds.flat_map(|kind| library.of_kind(kind, article)).collect();
    let drawn = usize::try_from(loaded.chance % (items.len().max(1) as u64)).unwrap_or_default();
    match items.get(drawn) {
        Some(item) => entry::show(library, request, &Taken { item: *item, meant: None }),
        None => Err(Refusal::NothingOfKind(kind.unwrap_or(Kind::Demand))),
    }
}
