//! `/outlook`: what stands in the way of an agreement, and what could lead to one.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::Command;
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Named, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "outlook",
    options: &[TOPIC.option(), VIEW],
    run,
};

const TOPIC: Named = Named::new("topic", Kind::Outlook);

fn run(library: &Library, request: &Request) -> Result<Answer, Refusal> {
    lookup(library, request, TOPIC, Kind::Outlook)
}
