//! `/article`: what the article itself says, section by section.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::Command;
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Named, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "article",
    options: &[SECTION.option(), VIEW],
    run,
};

const SECTION: Named = Named::new("section", Kind::Section);

fn run(library: &Library, request: &Request) -> Result<Answer, Refusal> {
    lookup(library, request, SECTION, Kind::Section)
}
