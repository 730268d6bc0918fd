//! How long it takes to draw a picture for the first time, from the card to the PNG.

use divan::{Bencher, black_box};
use dossier::catalog::Catalog;
use dossier::commands;
use dossier::request::Request;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

#[divan::bench(args = ["timeline", "position", "proposal"])]
fn draw(bencher: Bencher<'_, '_>, command: &str) {
    let card = commands::answer(&Catalog::bundled(), &Request::new(command)).expect("a card");
    let picture = card.picture.expect("a picture");
    bencher.bench(|| black_box(&picture).png());
}
