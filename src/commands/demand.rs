//! `/demand`: one of the demands, or all of them at a glance.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::Command;
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Named, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "demand",
    options: &[DEMAND.option(), VIEW],
    run,
};

const DEMAND: Named = Named::new("demand", Kind::Demand);

fn run(library: &Library, request: &Request) -> Result<Answer, Refusal> {
    lookup(library, request, DEMAND, Kind::Demand)
}
