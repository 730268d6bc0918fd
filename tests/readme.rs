//! Keeps the README's table, examples and picture in line with the program's output.
//! `UPDATE_DOCS=1 cargo test --test suite readme` updates the table and the picture.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anstyle::{Color, RgbColor, Style};
use anstyle_svg::Term;
use dossier::card::{Card, Refusal};
use dossier::catalog::Catalog;
use dossier::locale::Locale;
use dossier::request::{ARTICLE, PAGE, PRIVATE};
use dossier::terminal::{COLUMNS_MAX, Terminal};
use dossier::{ask, commands};

/// The markers around the table of commands.
const TABLE: [&str; 2] = ["<!-- commands -->\n\n", "\n<!-- /commands -->"];

/// A terminal background that is visible on a white and on a black page.
const BACKGROUND: Color = Color::Rgb(RgbColor(0x16, 0x1b, 0x22));
const FOREGROUND: Color = Color::Rgb(RgbColor(0xe6, 0xed, 0xf3));

/// The opacity of dimmed text in the output of `anstyle-svg`, and one that is legible on
/// [`BACKGROUND`].
const DIMMED: [&str; 2] = ["opacity: 0.4", "opacity: 0.65"];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap_or_default()
}

/// Compares a file with its expected content, or writes it if `UPDATE_DOCS` is set.
#[track_caller]
fn check_or_update(name: &str, current: &str) {
    if env::var_os("UPDATE_DOCS").is_some() && read(name) != current {
        fs::write(file(name), current).expect("write the file");
    }
    assert!(
        read(name) == current,
        "{name} is not what the program says: run `UPDATE_DOCS=1 cargo test --test suite readme`"
    );
}

fn answer(catalog: &Catalog, line: &str) -> Result<Card, Refusal> {
    commands::answer(catalog, &ask::parse(line)?)
}

#[test]
fn the_picture_shows_the_programs_output() {
    let catalog = Catalog::bundled();
    let terminal = Terminal { columns: Some(COLUMNS_MAX), color: true };
    let card = answer(&catalog, "/demand nato").expect("the demand");
    let strong = Style::new().bold();
    let shown = format!(
        "$ {strong}dossier ask /demand nato{strong:#}\n\n{}",
        terminal.render(&card, catalog.locale())
    );
    let picture = Term::new()
        .bg_color(BACKGROUND)
        .fg_color(FOREGROUND)
        .render_svg(&shown)
        .replace(DIMMED[0], DIMMED[1]);
    check_or_update("docs/ask.svg", &picture);
}

#[test]
fn the_table_lists_every_command_with_its_options() {
    let readme = read("README.md");
    let (before, rest) = readme.split_once(TABLE[0]).expect("the table begins");
    let (_, after) = rest.split_once(TABLE[1]).expect("the table ends");
    let table = table(&Locale::english());
    check_or_update("README.md", &[before, TABLE[0], &table, TABLE[1], after].concat());
}

fn table(locale: &Locale) -> String {
    let mut table = "| Command | Options | Answers |\n| --- | --- | --- |\n".to_owned();
    for command in commands::ALL {
        let options: Vec<String> =
            command.options.iter().map(|option| format!("`{}`", option.name)).collect();
        let about = locale.text(&format!("command-{}", command.name));
        table.push_str(&format!("| `/{}` | {} | {about} |\n", command.name, options.join(", ")));
    }
    table
}

#[test]
fn the_options_of_every_command_are_explained() {
    let (locale, readme) = (Locale::english(), read("README.md"));
    for option in [ARTICLE, PAGE, PRIVATE] {
        let says = locale.text(&format!("option-{}", option.name));
        assert!(
            readme.contains(&format!("- `{}`: {says}", option.name)),
            "README.md does not say of `{}`: {says}",
            option.name
        );
    }
}

/// Examples in the README: questions in a code block must be answered, those in a table must be
/// refused.
#[test]
fn the_examples_are_answered_and_refused_as_shown() {
    let (catalog, readme) = (Catalog::bundled(), read("README.md"));
    let mut seen = [0, 0];
    for line in readme.lines() {
        if let Some(asked) = line.strip_prefix("dossier ask ") {
            let asked = asked.trim().trim_matches('"');
            assert!(answer(&catalog, asked).is_ok(), "`{asked}` is refused");
            seen[0] += 1;
        }
        if let Some((asked, rest)) =
            line.strip_prefix("| `dossier ask ").and_then(|row| row.split_once("` | "))
        {
            let asked = asked.trim_matches('"');
            let refused = answer(&catalog, asked).expect_err(asked);
            let title = refused.card(catalog.locale()).title;
            assert!(rest.starts_with(&title), "`{asked}` is refused with {title}");
            seen[1] += 1;
        }
    }
    assert!(seen.iter().all(|seen| *seen >= 4), "{seen:?} examples");
}
