//! `/random`: a random entry.

use super::no_entries;
use crate::card::{Card, Refusal, entry};
use crate::catalog::{Catalog, Item};
use crate::command::Command;
use crate::content::Kind;
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command::new("random", &[KIND]);

const KIND: OptionSpec = OptionSpec::new("kind", OptionKind::Kind);

pub(super) fn run(catalog: &Catalog, request: &Request) -> Result<Card, Refusal> {
    let article = request.article(catalog)?;
    let kind = KIND.kind_of_entry(request)?;
    let kinds = Kind::ALL.into_iter().filter(|one| kind.is_none_or(|only| only == *one));
    let items: Vec<Item<'_>> = kinds.flat_map(|kind| catalog.of_kind(kind, article)).collect();
    let drawn = usize::try_from(request.seed % (items.len().max(1) as u64)).unwrap_or_default();
    match items.get(drawn) {
        Some(item) => entry::show(catalog, request, &(*item).into()),
        None => Err(no_entries(kind.unwrap_or(Kind::Demand))),
    }
}
