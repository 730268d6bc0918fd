//! `/demand`: one of the demands, or all of them at a glance.

use super::lookup::lookup;
use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "demand",
    audience: Audience::Everyone,
    options: &[DEMAND.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const DEMAND: Named = Named::new("demand", Kind::Demand);

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(catalog, request, DEMAND, Kind::Demand)
}
