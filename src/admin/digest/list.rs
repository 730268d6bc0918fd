//! `/config digest list`: how each digest goes, and from there the panel of each.

use super::draft::NOBODY;
use super::{DIGEST, EDIT, PAUSE, POST_NOW, PREVIEW, REMOVE, RESUME, lines, meant};
use crate::admin::{button, to_panel};
use crate::card::{Answer, Button, Card, Control, Link, Paragraph, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::digest::words::remedy;
use crate::request::{DIGESTS_ON_PAGE, Loaded, Request};

pub(in crate::admin) const LIST: Command =
    Command { name: "config digest list", options: &[], run, ..super::GROUP };

/// One digest, with all that can be done with it.
pub(in crate::admin) const SHOW: Command =
    Command { name: "config digest show", run: show, ..super::GROUP };

fn run(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let pages = loaded.digests.len().div_ceil(DIGESTS_ON_PAGE).max(1);
    let page = request.page().min(pages);
    let turn = |to: usize| Link::new(String::new(), Request::new(LIST.name).at_page(to));
    let key = match loaded.digests.is_empty() {
        true => "digest-list-none",
        false => "digest-list-more",
    };
    let mut card = Card {
        title: locale.say("digest-list"),
        body: vec![Paragraph::words(locale.say(key))],
        page: (page, pages),
        previous: (page > 1).then(|| turn(page - 1)),
        next: (page < pages).then(|| turn(page + 1)),
        ..Card::default()
    };
    let shown = loaded.digests.iter().skip((page - 1) * DIGESTS_ON_PAGE);
    for digest in shown.take(DIGESTS_ON_PAGE) {
        let to = Request::new(SHOW.name).with(DIGEST.name, digest.id.to_string());
        let link = Link::new(locale.say("digest-manage"), to);
        let lines = lines(catalog, loaded, digest)?;
        card.controls.push(Control::Line);
        card.controls.push(Control::Row(Text::lines(lines), link));
    }
    card.controls.push(to_panel(catalog));
    Ok(card.into())
}

fn show(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let digest = meant(catalog, request, &loaded.digests)?;
    let to =
        |command: &Command| Request::new(command.name).with(DIGEST.name, digest.id.to_string());
    let of = |key: &str, command: &Command| button(catalog, key, to(command));
    let turn = match digest.planned.is_paused {
        true => of("digest-button-resume", &RESUME),
        false => of("digest-button-pause", &PAUSE),
    };
    let (preview, post) =
        (of("digest-button-preview", &PREVIEW), of("digest-button-post", &POST_NOW));
    let nobody = digest.plan().role.map(|_| {
        let to = to(&EDIT).with(NOBODY.name, "yes");
        button(catalog, "digest-button-no-role", to)
    });
    let remove = Button { is_grave: true, ..of("digest-button-remove", &REMOVE) };
    let mut lines = lines(catalog, loaded, digest)?;
    lines.extend(remedy(locale, digest));
    Ok(Card {
        title: locale.say("digest-one"),
        body: lines.into_iter().map(Paragraph::from).collect(),
        page: (1, 1),
        controls: vec![
            Control::Buttons(
                [preview, post, turn].into_iter().chain(nobody).chain([remove]).collect(),
            ),
            Control::Buttons(vec![button(catalog, "digest-all", Request::new(LIST.name))]),
        ],
        ..Card::default()
    }
    .into())
}
