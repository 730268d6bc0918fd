//! `/article`: what the article itself says, section by section.

use super::lookup::lookup;
use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "article",
    audience: Audience::Everyone,
    options: &[SECTION.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const SECTION: Named = Named::new("section", Kind::Section);

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(catalog, request, SECTION, Kind::Section)
}
