//! `/demand`: one of the demands, or all of them at a glance.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::{Audience, Command};
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "demand",
    audience: Audience::Everyone,
    options: &[DEMAND.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const DEMAND: Named = Named::new("demand", Kind::Demand);

fn run(library: &Library, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(library, request, DEMAND, Kind::Demand)
}
