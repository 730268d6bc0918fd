//! Pictures of answers: the whole bot against a fake Discord, which rejects attachments that the
//! message does not list and show.

use std::path::Path;

use crate::database::execute;
use crate::fake::guild::{ATTACH_FILES, GENERAL};
use crate::fake::{Answer, Ask, Bot, FakeDiscord, Fault, FaultRule, Folder};
use dossier::catalog::Catalog;
use dossier::commands;
use dossier::request::Request;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_dossier");

fn start(variables: &[(&str, &str)]) -> (FakeDiscord, Bot) {
    let discord = FakeDiscord::start();
    let bot = Bot::start(Path::new(PROGRAM), &discord, variables);
    discord.wait_for_sessions(1);
    (discord, bot)
}

/// The description of an answer's picture, if it has one.
fn description(answer: &Answer) -> Option<String> {
    let components = answer.data["components"].as_array().into_iter().flatten();
    let within = components.filter_map(|one| one["components"].as_array()).flatten();
    let gallery = within.into_iter().find(|one| one["type"] == 12)?;
    let is_png = answer.file.as_deref().is_some_and(|file| file.starts_with(b"\x89PNG"));
    assert!(is_png && answer.data["attachments"][0]["filename"] == "picture.png");
    gallery["items"][0]["description"].as_str().map(str::to_owned)
}

#[test]
fn timelines_and_matrices_come_with_a_described_picture() {
    let (discord, _bot) = start(&[]);
    for (ask, expected) in [
        (Ask::slash("position"), "Ukraine: ✕\u{a0}opposes 1, 3"),
        (Ask::slash("timeline"), "16 Jul 1990: Declaration of State Sovereignty"),
        (Ask::slash("timeline").with("from", "2014").with("private", true), "18 Mar 2014"),
        (Ask::slash("proposal"), "17 Dec 2021, Russia's draft"),
    ] {
        // Where drawing takes longer than an answer waits, the next answer has the picture.
        let mut answers = (0..5).map(|_| discord.ask(&ask));
        let description = answers.find_map(|answer| description(&answer)).expect("a picture");
        assert!(description.contains(expected), "{description}");
    }
    assert_eq!(description(&discord.ask(&Ask::slash("demand").with("demand", "nato"))), None);
}

#[test]
fn a_picture_is_replaced_and_removed_with_its_page() {
    let (discord, _bot) = start(&[]);
    let first = discord.ask(&Ask::slash("timeline"));
    let second = discord.ask(&Ask::press(&first, &first.button("Next").expect("a button")));
    assert_eq!(second.kind, 7);
    assert_ne!(description(&first), description(&second));
    let (menu, entries) = second.select().expect("a menu");
    let entry = discord.ask(&Ask::choose(&second, &menu, &entries[0]));
    assert_eq!((entry.kind, &entry.data["attachments"]), (7, &json!([])));
    assert_eq!(entry.message["attachments"], json!([]));
}

#[test]
fn a_server_turns_pictures_off_and_on() {
    let (discord, _bot) = start(&[]);
    let show = |word: &str| discord.ask(&Ask::slash("config pictures").with("show", word)).text();
    let off = show("off");
    assert!(off.contains("Saved") && off.contains("without pictures"), "{off}");
    assert_eq!(description(&discord.ask(&Ask::slash("position"))), None);
    let view = discord.ask(&Ask::slash("config view"));
    assert!(view.text().contains("Answers and digests come without pictures."), "{}", view.text());
    let log = discord.ask(&Ask::slash("config log")).text();
    assert!(log.contains("pictures: on → off"), "{log}");
    let file = discord.ask(&Ask::slash("config export")).text_file();
    let file: Value = serde_json::from_str(&file).expect("JSON");
    assert_eq!(file["pictures"], json!(false));
    discord.ask(&Ask::press(&view, &view.button("Turn pictures on").expect("a button")));
    assert!(description(&discord.ask(&Ask::slash("position"))).is_some());
}

#[test]
fn an_operator_turns_pictures_off() {
    let (discord, _bot) = start(&[("DOSSIER_PICTURES__ENABLED", "false")]);
    for command in ["position", "timeline", "proposal"] {
        assert_eq!(description(&discord.ask(&Ask::slash(command))), None);
    }
}

#[test]
fn a_digest_comes_with_a_strip_unless_pictures_are_off() {
    let folder = Folder::new();
    let (discord, _bot) = start(&[("DOSSIER_STORE__URL", &folder.sqlite())]);
    let add = Ask::slash("config digest add").with("channel", GENERAL).with("at", "09:00");
    let draft = discord.ask(&add.with("zone", "Europe/Kyiv"));
    discord.ask(&Ask::press(&draft, &draft.button("Confirm").expect("a button")));
    let preview = discord.ask(&Ask::slash("config digest preview"));
    assert!(description(&preview).is_some(), "{}", preview.text());
    let post_now = Ask::slash("config digest post-now");
    discord.ask(&post_now);
    let post = discord.wait_for_posts(1).remove(0).body;
    assert_eq!(post["attachments"][0]["filename"], "picture.png");
    assert!(post["components"].to_string().contains("attachment://picture.png"), "{post}");
    discord.ask(&Ask::slash("config pictures").with("show", "off"));
    execute(&folder, "update digest_run set due = due - 60");
    discord.ask(&post_now);
    let post = discord.wait_for_posts(2).remove(1).body;
    assert!(!post["components"].to_string().contains("attachment://"), "{post}");
}

#[test]
fn an_answer_has_no_picture_where_files_are_forbidden() {
    let (discord, _bot) = start(&[]);
    discord.change_channel(GENERAL, |one| one.permissions &= !ATTACH_FILES);
    assert_eq!(description(&discord.ask(&Ask::slash("position"))), None);
}

#[test]
fn a_digest_is_posted_without_its_picture_where_files_are_forbidden() {
    let (discord, _bot) = start(&[]);
    let add = Ask::slash("config digest add").with("channel", GENERAL).with("at", "09:00");
    let draft = discord.ask(&add.with("zone", "Europe/Kyiv"));
    discord.ask(&Ask::press(&draft, &draft.button("Confirm").expect("a button")));
    discord.inject_fault(FaultRule::next("POST", "/messages", Fault::Status(403)));
    discord.ask(&Ask::slash("config digest post-now"));
    let post = discord.wait_for_posts(1).remove(0).body;
    assert!(!post["components"].to_string().contains("attachment://"), "{post}");
}

/// `UPDATE_DOCS=1` regenerates them.
#[test]
fn the_pictures_in_the_docs_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("a page");
    let docs = read("README.md") + &read("docs/moderators.md");
    let catalog = Catalog::bundled();
    for (name, request) in [
        ("picture-position", Request::new("position")),
        ("picture-timeline", Request::new("timeline")),
        ("picture-proposal", Request::new("proposal").with("by", "ukraine")),
    ] {
        let path = root.join(format!("docs/{name}.png"));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            let picture = commands::answer(&catalog, &request).expect("a card").picture;
            let png = picture.expect("a picture").png().expect("a picture");
            std::fs::write(&path, png).expect("a picture");
        }
        assert!(docs.contains(&format!("{name}.png")), "the README or the docs show {name}");
        assert!(path.exists(), "UPDATE_DOCS=1 draws {name}");
    }
}
