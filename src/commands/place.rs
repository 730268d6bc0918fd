//! `/place`: a place that the terms are about.

use super::lookup::lookup;
use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "place",
    audience: Audience::Everyone,
    options: &[PLACE.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const PLACE: Named = Named::new("place", Kind::Place);

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(catalog, request, PLACE, Kind::Place)
}
