//! Pictures of the bundled dataset, looked at and measured.

use std::path::Path;

use super::*;
use crate::catalog::Catalog;
use crate::commands;
use crate::request::Request;

fn pictures() -> Vec<(String, Picture)> {
    let catalog = Catalog::bundled();
    let mut found = Vec::new();
    let mut next: Vec<Request> =
        ["timeline", "position", "proposal"].map(Request::new).into_iter().collect();
    next.push(Request::new("timeline").with("topic", "crimea"));
    next.push(Request::new("timeline").with("from", "2026-03").with("to", "2026-04"));
    while let Some(request) = next.pop() {
        let card = commands::answer(&catalog, &request).expect("a card");
        next.extend(card.next.map(|link| link.to));
        found.extend(card.picture.map(|picture| (request.to_string(), picture)));
    }
    found
}

#[test]
fn dump() {
    let folder = Path::new("/tmp/pics");
    std::fs::create_dir_all(folder).expect("a folder");
    for (name, picture) in pictures() {
        let name = name.replace(['/', ' ', ':'], "_");
        let began = std::time::Instant::now();
        let png = picture.png().expect("a picture");
        println!("{name} {} bytes {:?} {}", png.len(), began.elapsed(), picture.description().chars().count());
        println!("{}", picture.description());
        std::fs::write(folder.join(format!("{name}.png")), png).expect("written");
    }
    let catalog = Catalog::bundled();
    for kind in crate::content::Kind::ALL {
        let item = catalog.of_kind(kind, None).nth(2).expect("an entry");
        let picture = strip(&catalog, kind.name().to_owned(), item);
        let png = picture.png().expect("a picture");
        println!("{}: {} {}", kind.name(), png.len(), picture.description());
        std::fs::write(folder.join(format!("strip_{}.png", kind.name())), png).expect("written");
    }
}
