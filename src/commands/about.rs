//! `/about`: what the dossier is, how complete and how fresh, and what the bot keeps of its users.

use crate::answer::{Answer, Card, Outward, Paragraph, Refusal, SourceLine, entry};
use crate::command::{Audience, Command};
use crate::dataset::{Article, Kind};
use crate::library::Library;
use crate::request::{Loaded, Needs, Request};

pub(super) const COMMAND: Command = Command {
    name: "about",
    audience: Audience::Everyone,
    options: &[],
    needs: Needs::NOTHING,
    run,
};

fn run(library: &Library, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let lang = library.lang();
    let only = request.article(library)?;
    let articles = || {
        library
            .articles()
            .iter()
            .enumerate()
            .filter(|(place, _)| only.is_none_or(|only| only == *place))
            .map(|(_, one)| one)
    };
    let mut body = vec![Paragraph::words(lang.say("about-bot"))];
    body.extend(articles().flat_map(|article| about(library, article)));
    body.push(Paragraph::words(lang.say("about-privacy")));
    Ok(Card {
        title: lang.say("about-title"),
        body,
        page: (1, 1),
        sources: articles()
            .enumerate()
            .map(|(number, article)| source(library, number + 1, article))
            .collect(),
        outward: invite(library, loaded)
            .into_iter()
            .chain(articles().next().map(|article| entry::report(lang, article)))
            .collect(),
        here: Some(request.clone()),
        ..Card::default()
    }
    .into())
}

/// Where a member adds the bot to a server or to an account, where it is asked in Discord.
fn invite(library: &Library, loaded: &Loaded) -> Option<Outward> {
    let url = format!("https://discord.com/oauth2/authorize?client_id={}", loaded.application?);
    Some(Outward { label: library.lang().say("about-invite"), url })
}

/// What there is to know of one article and its dataset.
fn about(library: &Library, article: &Article) -> [Paragraph; 3] {
    let lang = library.lang();
    let counts = Kind::ALL.map(|kind| {
        lang.say_with(
            &format!("count-{}", kind.name()),
            &[("count", article.of_kind(kind).count().into())],
        )
    });
    let what = lang.say_with(
        "about-article",
        &[
            ("title", article.title.as_str().into()),
            ("publisher", article.publisher.as_str().into()),
        ],
    );
    let unknown = lang.say_with("about-unknown", &[("unknown", article.unknown.join(", ").into())]);
    let values = [
        ("version", article.version.as_str().into()),
        ("checked", lang.point(article.checked).into()),
        ("sources", article.sources.len().into()),
        ("counts", counts.join(", ").into()),
    ];
    let known = if article.unknown.is_empty() { what } else { format!("{what} {unknown}") };
    [
        Paragraph::words(known),
        Paragraph::words(lang.say_with("about-dataset", &values)),
        Paragraph::words(lang.say("about-later")),
    ]
}

fn source(library: &Library, mark: usize, article: &Article) -> SourceLine {
    let values = [
        ("title", article.title.as_str().into()),
        ("publisher", article.publisher.as_str().into()),
    ];
    SourceLine {
        mark,
        text: library.lang().say_with("about-source", &values),
        url: Some(article.url.clone()),
    }
}
