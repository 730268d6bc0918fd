//! `/term`: a word that the dossier explains.

use super::lookup::lookup;
use crate::card::{Answer, Refusal};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::content::Kind;
use crate::request::{Loaded, Named, Needs, Request, VIEW};

pub(super) const COMMAND: Command = Command {
    name: "term",
    audience: Audience::Everyone,
    options: &[TERM.option(), VIEW],
    needs: Needs::NOTHING,
    run,
};

const TERM: Named = Named::new("term", Kind::Term);

fn run(catalog: &Catalog, request: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    lookup(catalog, request, TERM, Kind::Term)
}
