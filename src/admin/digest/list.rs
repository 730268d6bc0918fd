//! `/config digest list`: the state of each digest, with links to their panels.

use super::draft::NOBODY;
use super::{
    DIGEST, EDIT, PAUSE, POST_NOW, PREVIEW, REMOVE, RESUME, digest_lines, load, request_for,
};
use crate::admin::{
    AdminContext, AdminResult, button, danger_button, list_page, panel_button, single_page,
};
use crate::card::{Card, Control, Link, Paragraph, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::digest::Digest;
use crate::digest::text::remedy;
use crate::guild::GuildId;
use crate::request::Request;

pub(in crate::admin) const LIST: Command = Command::for_moderators("config digest list", &[]);

pub(in crate::admin) const SHOW: Command = Command::for_moderators("config digest show", &[DIGEST]);

const DIGESTS_ON_PAGE: usize = 4;

pub(in crate::admin) async fn list(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let mut digests = context.store.digests(context.guild_context.guild).await?;
    let page = request.page().min(page_count(&digests));
    for digest in digests.iter_mut().skip((page - 1) * DIGESTS_ON_PAGE).take(DIGESTS_ON_PAGE) {
        digest.runs = context.store.recent_runs(digest.id).await?;
    }
    Ok(list_card(context.catalog, context.guild_context.guild, &digests, page))
}

fn page_count(digests: &[Digest]) -> usize {
    digests.len().div_ceil(DIGESTS_ON_PAGE).max(1)
}

/// A page of a guild's digests, counted from 1.
pub fn list_card(catalog: &Catalog, guild: GuildId, digests: &[Digest], page: usize) -> Card {
    let locale = catalog.locale();
    let page = page.clamp(1, page_count(digests));
    let key = if digests.is_empty() { "digest-list-none" } else { "digest-list-more" };
    let body = vec![Paragraph::plain(locale.text(key))];
    let mut card = list_page(locale.text("digest-list"), body, &LIST, page, page_count(digests));
    for digest in digests.iter().skip((page - 1) * DIGESTS_ON_PAGE).take(DIGESTS_ON_PAGE) {
        let link = Link::new(locale.text("digest-manage"), request_for(&SHOW, digest.id));
        card.controls.push(Control::Separator);
        card.controls.push(Control::Row(Text::lines(digest_lines(locale, guild, digest)), link));
    }
    card.controls.push(panel_button(catalog));
    card
}

pub(in crate::admin) async fn show(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let mut digest = load(context, request).await?;
    digest.runs = context.store.recent_runs(digest.id).await?;
    Ok(digest_card(context.catalog, context.guild_context.guild, &digest))
}

/// A digest with all its actions.
pub fn digest_card(catalog: &Catalog, guild: GuildId, digest: &Digest) -> Card {
    let locale = catalog.locale();
    let of = |key, command| button(catalog, key, request_for(command, digest.id));
    let mut buttons =
        vec![of("digest-button-preview", &PREVIEW), of("digest-button-post", &POST_NOW)];
    buttons.push(match digest.planned.is_paused {
        true => of("digest-button-resume", &RESUME),
        false => of("digest-button-pause", &PAUSE),
    });
    if digest.plan().role.is_some() {
        let nobody = request_for(&EDIT, digest.id).with(NOBODY.name, "yes");
        buttons.push(button(catalog, "digest-button-no-role", nobody));
    }
    buttons.push(danger_button(catalog, "digest-button-remove", request_for(&REMOVE, digest.id)));
    let all = button(catalog, "digest-all", Request::new(LIST.name));
    let mut texts = digest_lines(locale, guild, digest);
    texts.extend(remedy(locale, digest));
    let controls = vec![Control::Buttons(buttons), Control::Buttons(vec![all])];
    single_page(locale, "digest-one", texts, controls)
}
