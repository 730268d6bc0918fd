//! `/term`: a word that the dossier explains.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::{Audience, Command};
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "term",
    audience: Audience::Everyone,
    options: &[TERM.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const TERM: Named = Named::new("term", Kind::Term);

fn run(library: &Library, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(library, request, TERM, Kind::Term)
}
