//! `/actor`: a person, state or body in the dossier.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::{Audience, Command};
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "actor",
    audience: Audience::Everyone,
    options: &[ACTOR.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const ACTOR: Named = Named::new("actor", Kind::Actor);

fn run(library: &Library, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(library, request, ACTOR, Kind::Actor)
}
