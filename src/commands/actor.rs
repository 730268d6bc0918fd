//! `/actor`: a person, state or body in the dossier.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::Command;
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Named, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "actor",
    options: &[ACTOR.option(), VIEW],
    run,
};

const ACTOR: Named = Named::new("actor", Kind::Actor);

fn run(library: &Library, request: &Request) -> Result<Answer, Refusal> {
    lookup(library, request, ACTOR, Kind::Actor)
}
