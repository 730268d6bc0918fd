//! `/outlook`: what stands in the way of an agreement, and what could lead to one.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::{Audience, Command};
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "outlook",
    audience: Audience::Everyone,
    options: &[TOPIC.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const TOPIC: Named = Named::new("topic", Kind::Outlook);

fn run(library: &Library, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(library, request, TOPIC, Kind::Outlook)
}
