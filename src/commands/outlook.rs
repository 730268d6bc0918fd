//! `/outlook`: what stands in the way of an agreement, and what could lead to one.

use super::lookup::lookup;
use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "outlook",
    audience: Audience::Everyone,
    options: &[TOPIC.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const TOPIC: Named = Named::new("topic", Kind::Outlook);

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(catalog, request, TOPIC, Kind::Outlook)
}
