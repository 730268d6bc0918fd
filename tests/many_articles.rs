//! Many articles in one bot: memory grows in proportion to their entries, and each has matrices of
//! its own.

use std::path::Path;

use dossier::catalog::Catalog;
use dossier::commands;
use dossier::request::Request;
use dossier::terminal::Terminal;

use crate::fake::{Ask, Bot, FakeDiscord, Folder};

const ARTICLES: usize = 60;

/// The most memory per entry, including its part of the index. An entry's text has about 3,000
/// bytes.
const ENTRY_KIB_MAX: u64 = 24;

#[test]
fn sixty_articles_are_served_in_memory_proportional_to_their_entries() {
    let dataset = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/broken_datasets/dataset/putins-terms-for-peace");
    let folder = Folder::new();
    for number in 1..=ARTICLES {
        copy(&dataset, &folder.0.join(format!("article-{number}")));
    }
    let dir = folder.0.display().to_string();
    let memory = |variables: &[(&str, &str)]| {
        let discord = FakeDiscord::start();
        let bot = Bot::start(Path::new(env!("CARGO_BIN_EXE_dossier")), &discord, variables);
        discord.wait_for_sessions(1);
        let ask = Ask::slash("term").with("term", "buffer-state");
        let ask = if variables.is_empty() { ask } else { ask.with("article", "article-60") };
        let answer = discord.ask(&ask).text();
        assert!(answer.contains("Buffer state"), "{answer}");
        bot.memory_kib()
    };
    let entries = files(&dataset) * ARTICLES;
    let (alone, with_many) = (memory(&[]), memory(&[("DOSSIER_DATA__DIR", &dir)]));
    let grown = with_many.saturating_sub(alone);
    let limit = ENTRY_KIB_MAX * entries as u64;
    assert!(grown <= limit, "{grown} KiB more for {entries} entries, at most {limit}");
}

#[test]
fn a_matrix_is_of_one_article() {
    let dataset =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/articles/putins-terms-for-peace");
    let folder = Folder::new();
    copy(&dataset, &folder.0.join("another"));
    let info = folder.0.join("another/article.toml");
    let text = std::fs::read_to_string(&info).expect("a file");
    let text =
        text.replace("short_title = \"Putin's terms for peace\"", "short_title = \"Another\"");
    std::fs::write(&info, text).expect("a file");
    let catalog = Catalog::open(Some(&folder.0)).expect("two articles");
    for (command, option, value, article, other) in [
        ("position", "private", "", "Another", Some("article:putins-terms-for-peace")),
        ("position", "article", "another", "Another", None),
        ("position", "article", "putins-terms-for-peace", "Putin's terms for peace", None),
        ("proposal", "from", "2022", "Another", Some("from:2022 article:putins-terms-for-peace")),
        ("proposal", "article", "another", "Another", None),
        ("proposal", "by", "putins-terms-for-peace/russia", "Putin's terms for peace", None),
    ] {
        let request = Request::new(command).with(option, value);
        let card = commands::answer(&catalog, &request).expect("a card");
        let shown = Terminal::PLAIN.render(&card, catalog.locale());
        let header = shown.lines().map(str::trim).find(|line| line.starts_with("1  2"));
        assert_eq!(header, Some("1  2  3  4  5"), "{request}: {shown}");
        assert!(card.picture.is_some() && card.kicker == article, "{request}: {shown}");
        let names = ["Another", "Putin's terms for peace"];
        let link = card.related.iter().find(|link| names.contains(&&*link.label));
        let link = link.map(|link| link.request.to_string());
        assert_eq!(link, other.map(|other| format!("/{command} {other}")), "{request}");
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => copy(&path, &to.join(entry.file_name())),
            path => drop(std::fs::copy(path, to.join(entry.file_name())).expect("a copy")),
        }
    }
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries.map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}
