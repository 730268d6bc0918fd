//! `/place`: a place that the terms are about.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::Command;
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Named, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "place",
    options: &[PLACE.option(), VIEW],
    run,
};

const PLACE: Named = Named::new("place", Kind::Place);

fn run(library: &Library, request: &Request) -> Result<Answer, Refusal> {
    lookup(library, request, PLACE, Kind::Place)
}
