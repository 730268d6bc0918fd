//! `/place`: a place that the terms are about.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::{Audience, Command};
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "place",
    audience: Audience::Everyone,
    options: &[PLACE.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const PLACE: Named = Named::new("place", Kind::Place);

fn run(library: &Library, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(library, request, PLACE, Kind::Place)
}
