//! `/config digest`: scheduled posts. `add` and `edit` create a draft, which takes effect when
//! confirmed.

use super::{
    AdminContext, AdminError, AdminResult, GuildContext, button, change_response, confirm,
    confirmation, sentence_card, single_page,
};
use crate::card::{Card, Control, Mention, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::digest::delivery::PostNow;
use crate::digest::selection::{card, choose};
use crate::digest::text::{advice, fault_text, label, plan_text, state_lines};
use crate::digest::{Digest, DigestId, Publish, Run, RunState};
use crate::guild::{Change, Difference, GuildId, SettingValue};
use crate::locale::Locale;
use crate::request::{OptionKind, OptionSpec, Request};

mod draft;
mod list;

pub(super) use draft::{ADD, CANCEL, CONFIRM, EDIT, add, cancel, confirm, edit};
pub(super) use list::{LIST, SHOW, list, show};
pub use list::{digest_card, list_card};

/// The name prefix of these commands.
pub(super) const GROUP: &str = "config digest";

/// A second *Post now* within this many seconds of another run posts nothing.
const POST_NOW_SECONDS: i64 = 5;

const DIGEST: OptionSpec = OptionSpec::new("digest", OptionKind::Digest);

pub(super) const PREVIEW: Command = Command::for_moderators("config digest preview", &[DIGEST]);
pub(super) const POST_NOW: Command = Command::for_moderators("config digest post-now", &[DIGEST]);
pub(super) const PAUSE: Command = Command::for_moderators("config digest pause", &[DIGEST]);
pub(super) const RESUME: Command = Command::for_moderators("config digest resume", &[DIGEST]);
pub(super) const REMOVE: Command = Command::for_moderators("config digest remove", &[DIGEST]);

/// Renders the panel again after a press: the named digest, or else all digests.
pub(super) async fn panel(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    match request.option(DIGEST.name) {
        Some(id) if request.command != REMOVE.name => {
            show(context, &Request::new(SHOW.name).with(DIGEST.name, id)).await
        }
        _ => list(context, &Request::new(LIST.name).at_page(request.page())).await,
    }
}

/// Loads the digest that a request names, or else the guild's only one.
async fn load(context: &AdminContext<'_>, request: &Request) -> Result<Digest, AdminError> {
    let mut digests = context.store.digests(context.guild_context.guild).await?;
    let found = match request.option(DIGEST.name) {
        _ if digests.is_empty() => return Err(Refusal::new("refuse-no-digests").into()),
        None if digests.len() > 1 => return Err(Refusal::new("refuse-which-digest").into()),
        None => Some(0),
        Some(input) => digests.iter().position(|digest| {
            // Clients may send a choice's label instead of its value.
            input.parse() == Ok(digest.id) || label(context.locale(), digest) == input
        }),
    };
    let found = found.ok_or(Refusal::new("refuse-no-such-digest"))?;
    Ok(digests.swap_remove(found))
}

/// Shows the next post, visible to the caller only.
pub(super) async fn preview(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let catalog = context.catalog;
    let digest = load(context, request).await?;
    let shown = context.store.posted_entries(digest.id).await?;
    let plan = digest.plan();
    let day = plan.day_of(digest.next.unwrap_or(context.guild_context.now));
    let chosen = choose(catalog, plan.content, day, &shown);
    let Some(mut card) = chosen.and_then(|chosen| card(catalog, plan, &chosen, day)) else {
        let buttons = digest_buttons(catalog, Some(digest.id));
        return Ok(sentence_card(context, "digest-preview-nothing", buttons));
    };
    let channel = [("channel", Mention::Channel(plan.channel).into())];
    let lead = match digest.planned.is_paused {
        true => "digest-preview-paused",
        false => "digest-preview-lead",
    };
    let mut notes = vec![context.text(lead, &channel)];
    notes.extend(
        plan.role.map(|role| {
            context.text("digest-preview-role", &[("role", Mention::Role(role).into())])
        }),
    );
    card.notes.splice(0..0, notes);
    // The buttons of /config lead to settings only.
    (card.previous, card.next) = (None, None);
    card.controls = vec![digest_buttons(catalog, Some(digest.id))];
    Ok(card)
}

pub(super) async fn post_now(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let digest = load(context, request).await?;
    let poster = context.poster.ok_or(Refusal::new("refuse-no-poster"))?;
    let GuildContext { interaction, guild, .. } = context.guild_context;
    // Concurrent requests post once, whichever process handles them.
    let id = (guild, digest.id);
    let posted = poster.post_now(context.catalog, id, interaction, POST_NOW_SECONDS).await;
    let posted = posted.map_err(AdminError::save_failed)?;
    let buttons = digest_buttons(context.catalog, Some(digest.id));
    Ok(match posted {
        PostNow::AlreadyRunning => sentence_card(context, "digest-posting-already", buttons),
        PostNow::Pending => sentence_card(context, "digest-posting-pending", buttons),
        PostNow::Finished(run) => post_now_card(context, &digest, &run, buttons),
    })
}

/// The result of a *Post now* run.
fn post_now_card(context: &AdminContext<'_>, digest: &Digest, run: &Run, buttons: Control) -> Card {
    let locale = context.locale();
    let at = match run.message {
        Some(message) => Mention::Message(context.guild_context.guild, run.channel, message),
        None => Mention::Channel(run.channel),
    };
    let mut arguments = vec![("at", at.into())];
    arguments.extend(run.fault.map(|fault| ("fault", fault_text(locale, fault))));
    let key = match (run.state, run.publish, run.fault) {
        (RunState::Sent, Publish::Failed, _) => "digest-posted-unpublished",
        (RunState::Sent, _, None) => "digest-posted",
        (RunState::Sent, ..) => "digest-posted-but",
        (RunState::Open, ..) => "digest-posting",
        (RunState::Unknown, ..) => "digest-perhaps-posted",
        _ => "digest-not-posted",
    };
    let mut texts = vec![context.text(key, &arguments)];
    texts.extend(run.fault.map(|fault| advice(locale, fault, digest.plan())));
    single_page(locale, &format!("{key}.title"), texts, vec![buttons])
}

/// Pauses or resumes a digest.
pub(super) async fn set_paused(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let is_paused = request.command == PAUSE.name;
    let digest = load(context, request).await?;
    let key = if is_paused { "digest-pausing" } else { "digest-resuming" };
    let change = Change::PauseDigest { id: digest.id, is_paused };
    let differences = context.change(change).await?;
    if differences.is_empty() {
        // It may have been removed in the meantime.
        load(context, request).await?;
    }
    change_card(context, request, &digest, &differences, key).await
}

pub(super) async fn remove(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let digest = load(context, request).await?;
    // A button is tapped by mistake more easily than a command is typed.
    if context.guild_context.is_component && !confirm::is_confirmed(context, request)? {
        return Ok(removal_question(context, &digest));
    }
    let differences = context.change(SettingValue::Digest(digest.id, None)).await?;
    change_card(context, request, &digest, &differences, "digest-removing").await
}

/// Asks whether to remove a digest.
fn removal_question(context: &AdminContext<'_>, digest: &Digest) -> Card {
    let [to, cancel] = [&REMOVE, &SHOW].map(|command| request_for(command, digest.id));
    let buttons = confirm::buttons(context, "digest-remove-ask.button", to, cancel);
    let question = context.text("digest-remove-ask", &[]);
    let texts = vec![plan_text(context.locale(), digest.plan()), question];
    single_page(context.locale(), "digest-remove-ask.title", texts, vec![buttons])
}

/// The response to a change or a removal.
async fn change_card(
    context: &AdminContext<'_>,
    request: &Request,
    digest: &Digest,
    differences: &[Difference],
    key: &str,
) -> AdminResult {
    let left = (request.command != REMOVE.name).then_some(digest.id);
    let texts = vec![context.text(key, &[]), plan_text(context.locale(), digest.plan())];
    match context.guild_context.is_component {
        true => change_response(context, request, differences, texts).await,
        false => {
            Ok(confirmation(context, differences, texts, digest_buttons(context.catalog, left)))
        }
    }
}

/// Buttons that open the digest, if there is one, and the list.
fn digest_buttons(catalog: &Catalog, digest: Option<DigestId>) -> Control {
    let one = digest.map(|id| button(catalog, "digest-manage", request_for(&SHOW, id)));
    let all = button(catalog, "digest-all", Request::new(LIST.name));
    Control::Buttons(one.into_iter().chain([all]).collect())
}

/// The request of a command about a digest.
fn request_for(command: &Command, digest: DigestId) -> Request {
    Request::new(command.name).with(DIGEST.name, digest.to_string())
}

/// The plan and the state of a digest, as in the list.
fn digest_lines(locale: &Locale, guild: GuildId, digest: &Digest) -> Vec<Text> {
    let mut lines = vec![plan_text(locale, digest.plan())];
    lines.extend(state_lines(locale, guild, digest));
    lines
}
