//! Pictures of the bundled dataset, as SVG snapshots and by measured text boxes.

use resvg::usvg::{Group, Node, Rect};

use super::*;
use crate::card::entry;
use crate::catalog::{Catalog, Item};
use crate::commands;
use crate::content::{CellStance, Kind, Stance};
use crate::request::Request;

/// All pictures that are reachable without free text, and some with it.
fn pictures(catalog: &Catalog) -> Vec<(String, Picture)> {
    let mut found = Vec::new();
    let mut next = vec![
        Request::new("timeline"),
        Request::new("timeline").with("topic", "crimea"),
        Request::new("timeline").with("from", "2026-03").with("to", "2026-04"),
        // NATO's enlargement went on from 1999 to 2020.
        Request::new("timeline").with("from", "2014").with("to", "2014-03"),
        Request::new("position"),
        Request::new("proposal"),
        Request::new("proposal").with("by", "ukraine"),
    ];
    while let Some(request) = next.pop() {
        let card = commands::answer(catalog, &request).expect("a card");
        next.extend(card.next.map(|link| link.request));
        found.extend(card.picture.map(|picture| (request.to_string(), picture)));
    }
    let banners = Kind::ALL.into_iter().flat_map(|kind| catalog.of_kind(kind, None));
    found.extend(banners.map(|item| (item.entry.id.to_string(), banner_of(catalog, item))));
    found
}

fn banner_of(catalog: &Catalog, item: Item<'_>) -> Picture {
    banner(catalog, entry::kicker(catalog, item), item)
}

/// The bounding boxes of all texts.
fn text_boxes(group: &Group, found: &mut Vec<Rect>) {
    for node in group.children() {
        match node {
            Node::Text(text) => found.push(text.abs_bounding_box()),
            Node::Group(group) => text_boxes(group, found),
            _ => {}
        }
    }
}

#[track_caller]
fn check(name: &str, picture: &Picture) {
    let tree = parse_svg(&picture.svg()).expect("an SVG");
    let mut boxes = Vec::new();
    text_boxes(tree.root(), &mut boxes);
    let (width, height) = (tree.size().width(), tree.size().height());
    assert!(boxes.len() > 1 && height < 1_600.0, "{name}: {height}");
    for (index, one) in boxes.iter().enumerate() {
        let is_within = one.left() >= 20.0
            && one.right() <= width - 20.0
            && one.top() >= 8.0
            && one.bottom() <= height - 8.0;
        assert!(is_within, "{name}: {one:?} is at the edge of {width} × {height}");
        for other in &boxes[..index] {
            let is_apart = one.left() >= other.right()
                || other.left() >= one.right()
                || one.top() >= other.bottom()
                || other.top() >= one.bottom();
            // The boxes have the full height of the font, more than the glyphs use.
            let overlap = one.bottom().min(other.bottom()) - one.top().max(other.top());
            assert!(is_apart || overlap < 8.0, "{name}: {one:?} overlaps {other:?}");
        }
    }
    let description = picture.description();
    assert!((1..=DESCRIPTION_CHARS_MAX).contains(&description.chars().count()), "{description}");
}

#[test]
fn texts_are_legible_and_apart_in_every_picture() {
    let catalog = Catalog::bundled();
    for (name, picture) in pictures(&catalog) {
        check(&name, &picture);
    }
}

#[test]
fn the_head_of_a_banner_is_never_cut() {
    let catalog = Catalog::bundled();
    for item in Kind::ALL.into_iter().flat_map(|kind| catalog.of_kind(kind, None)) {
        let svg = banner_of(&catalog, item).svg();
        let shown: Vec<&str> =
            svg.split("</text>").filter_map(|part| part.rsplit('>').next()).collect();
        let shown = shown.join(" ").replace("&amp;", "&");
        for text in [&entry::kicker(&catalog, item), &item.entry.title] {
            assert!(shown.contains(&font::drawable(text)), "{text} is not in {shown}");
        }
    }
}

#[test]
fn the_axis_shows_no_more_than_the_period() {
    let request = Request::new("timeline").with("from", "2014").with("to", "2014-03");
    let card = commands::answer(&Catalog::bundled(), &request).expect("a card");
    let svg = card.picture.expect("a picture").svg();
    assert!(svg.contains(">Timeline, 2014<"), "{svg}");
}

/// The labels of a picture.
fn labels(picture: &Picture) -> Vec<&str> {
    match picture {
        Picture::Timeline(timeline) => timeline.labels(),
        Picture::Matrix(matrix) => {
            let rows = matrix.rows.iter().flat_map(|row| [row.when.as_str(), &row.label]);
            rows.chain(matrix.columns.iter().map(|(_, demand)| demand.as_str())).collect()
        }
        Picture::Banner(banner) => banner.labels(),
    }
}

/// WCAG's contrast of two colors such as `#1e2025`.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |color: &str| {
        let part = |at: usize| {
            let part = u8::from_str_radix(&color[at..at + 2], 16).expect("hexadecimal");
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.212_6 * part(1) + 0.715_2 * part(3) + 0.072_2 * part(5)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_color_is_legible_on_the_background() {
    for color in mark::COLORS.into_iter().chain([canvas::INK, canvas::ACCENT]) {
        assert!(contrast(color, canvas::PAPER) >= 4.5, "{color}");
    }
    assert!(contrast(canvas::LINE, canvas::PAPER) >= 3.0);
}

#[test]
fn every_stance_has_a_shape_of_its_own_and_is_named_in_the_key() {
    let locale = crate::locale::Locale::english();
    let stances = Stance::ALL.map(|stance| Mark::from_stance(&locale, stance));
    let cells = CellStance::ALL.map(|stance| Mark::from_cell(&locale, stance));
    for marks in [&stances[..], &cells] {
        let shape = |mark: &Mark| {
            let mut canvas = canvas::Canvas::new();
            mark.draw(&mut canvas, 100.0, 100.0);
            // Without its colors.
            let svg = canvas.finish();
            svg.split('#').map(|part| part.get(6..).unwrap_or(part)).collect::<String>()
        };
        let shapes: std::collections::BTreeSet<String> = marks.iter().map(shape).collect();
        assert_eq!(shapes.len(), marks.len());
    }
    for command in ["position", "proposal"] {
        let card = commands::answer(&Catalog::bundled(), &Request::new(command)).expect("a card");
        let Some(Picture::Matrix(matrix)) = card.picture else { panic!("a matrix") };
        let (svg, description) = (matrix.svg(), matrix.description());
        for mark in matrix.rows.iter().flat_map(|row| &row.marks) {
            assert!(svg.contains(&format!(">{}</text>", mark.meaning)), "{mark:?}");
            // Silence is what a row does not name.
            let is_said = description.contains(&mark.symbol) || mark.symbol == "–";
            assert!(is_said, "{mark:?}: {description}");
        }
    }
}

#[test]
fn a_band_ends_with_the_page_and_an_arrow() {
    // NATO's enlargement from 1999 to 2020 is on this page.
    let request = Request::new("timeline").at_page(2);
    let card = commands::answer(&Catalog::bundled(), &request).expect("a card");
    let Some(Picture::Timeline(timeline)) = card.picture else { panic!("a timeline") };
    let (_, last) = timeline.year_range();
    assert!(last < 2020, "NATO's enlargement stretched the axis to {last}");
    assert!(timeline.svg().contains("goes on after what is shown"));
}

#[test]
fn a_description_contains_every_label() {
    let catalog = Catalog::bundled();
    for (name, picture) in pictures(&catalog) {
        let description = picture.description();
        for label in labels(&picture) {
            // A long description shortens labels, which must remain recognizable.
            let label = label.split(' ').next().unwrap_or_default();
            let label = &label[..label.floor_char_boundary(8)];
            assert!(description.contains(label), "{name}: {label} is not in {description}");
        }
    }
}

#[test]
fn hostile_titles_stay_within_their_bounds() {
    for title in [
        "<script>alert(1)</script> & \"more\" 'than' ]]> that",
        "W".repeat(300).as_str(),
        &"long words ".repeat(60),
        "\u{202e}שלום עולם\u{202c} مرحبا",
        "🕊️🕊️🕊️ \u{0}\u{7}\u{1b}[31m",
        "",
    ] {
        let mark = Mark::for_test;
        let row = |when: &str| MatrixRow {
            when: when.to_owned(),
            label: title.to_owned(),
            marks: ["●", "✕", "✓", "–", "±"].map(mark).into(),
            words: title.to_owned(),
            name: String::new(),
            note: String::new(),
        };
        let columns = (1..6).map(|number| (number.to_string(), title.to_owned())).collect();
        let matrix = Matrix {
            title: title.to_owned(),
            lead: title.to_owned(),
            columns,
            rows: vec![row(""), row("4 Dec 2025 – 5 Jan 2026")],
            legend: vec![mark("◐")],
            footer: title.to_owned(),
        };
        let picture = matrix.picture().expect("a picture");
        check(title, &picture);
        assert!(picture.png().is_some(), "{title}");
    }
}

#[test]
fn every_page_is_small_enough_to_send() {
    let catalog = Catalog::bundled();
    let shown = pictures(&catalog).into_iter().filter(|(name, _)| name.starts_with('/'));
    for (name, picture) in shown {
        let png = picture.png().unwrap_or_else(|| panic!("{name} is too large"));
        assert!(png.starts_with(b"\x89PNG"), "{name}");
        if let Some(folder) = std::env::var_os("PICTURES") {
            let name = name.replace(['/', ' ', ':'], "_");
            let path = std::path::Path::new(&folder).join(format!("{name}.png"));
            std::fs::write(path, png).expect("a picture");
        }
    }
    for kind in Kind::ALL {
        let item = catalog.of_kind(kind, None).nth(1).expect("an entry");
        let png = banner_of(&catalog, item).png().expect("a picture");
        if let Some(folder) = std::env::var_os("PICTURES") {
            let path = std::path::Path::new(&folder).join(format!("banner-{}.png", kind.name()));
            std::fs::write(path, png).expect("a picture");
        }
    }
}

#[test]
fn pictures_match_their_snapshots() {
    let catalog = Catalog::bundled();
    for command in ["timeline", "position", "proposal"] {
        let request = Request::new(command);
        let picture = commands::answer(&catalog, &request).expect("a card").picture;
        insta::assert_snapshot!(command, picture.expect("a picture").svg());
    }
    for kind in [Kind::Demand, Kind::Event] {
        let item = catalog.of_kind(kind, None).nth(1).expect("an entry");
        let name = format!("banner-{}", kind.name());
        insta::assert_snapshot!(name, banner_of(&catalog, item).svg());
    }
}
