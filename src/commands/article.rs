//! `/article`: what the article itself says, section by section.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::{Audience, Command};
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "article",
    audience: Audience::Everyone,
    options: &[SECTION.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const SECTION: Named = Named::new("section", Kind::Section);

fn run(library: &Library, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(library, request, SECTION, Kind::Section)
}
