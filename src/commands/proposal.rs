//! `/proposal`: what was proposed, and by whom.

use super::lookup::lookup;
use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "proposal",
    audience: Audience::Everyone,
    options: &[PROPOSAL.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const PROPOSAL: Named = Named::new("proposal", Kind::Proposal);

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(catalog, request, PROPOSAL, Kind::Proposal)
}
