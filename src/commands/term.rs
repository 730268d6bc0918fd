//! `/term`: a word that the dossier explains.

use super::lookup::lookup;
use crate::answer::{Answer, Refusal};
use crate::command::Command;
use crate::dataset::Kind;
use crate::library::Library;
use crate::request::{Named, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "term",
    options: &[TERM.option(), VIEW],
    run,
};

const TERM: Named = Named::new("term", Kind::Term);

fn run(library: &Library, request: &Request) -> Result<Answer, Refusal> {
    lookup(library, request, TERM, Kind::Term)
}
