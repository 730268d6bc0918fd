//! `/actor`: a person, state or body in the dossier.

use super::lookup::lookup;
use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "actor",
    audience: Audience::Everyone,
    options: &[ACTOR.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const ACTOR: Named = Named::new("actor", Kind::Actor);

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(catalog, request, ACTOR, Kind::Actor)
}
