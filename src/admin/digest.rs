//! `/config digest`: posts that come by themselves. `add` and `edit` make a draft, which counts once it is confirmed.

use super::button;
use crate::card::{Answer, Card, Control, Effect, Mention, Paragraph, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::digest::selection::{card, choose};
use crate::digest::words::{advice, fault_in_words, in_words, label, state};
use crate::digest::{Digest, DigestId, Planned, Publish, Run, RunState};
use crate::guild::Change;
use crate::request::{Loaded, Needs, OptionKind, OptionSpec, Request};

mod draft;
mod list;

pub(super) use draft::{ADD, CANCEL, CONFIRM, EDIT};
pub(super) use list::{LIST, SHOW};

/// What the names of all these commands begin with.
pub(super) const GROUP_NAME: &str = "config digest";

const DIGEST: OptionSpec = OptionSpec::new("digest", OptionKind::Digest);

const GROUP: Command = Command {
    name: "",
    audience: Audience::Moderators,
    options: &[DIGEST],
    needs: Needs::RUNS,
    run: preview,
};

pub(super) const PREVIEW: Command =
    Command { name: "config digest preview", needs: Needs::SHOWN, ..GROUP };

pub(super) const POST_NOW: Command =
    Command { name: "config digest post-now", run: post_now, ..GROUP };

pub(super) const PAUSE: Command = Command { name: "config digest pause", run: pause, ..GROUP };

pub(super) const RESUME: Command = Command { name: "config digest resume", run: resume, ..GROUP };

pub(super) const REMOVE: Command = Command { name: "config digest remove", run: remove, ..GROUP };

/// What is shown again where something was pressed: the digest, or, if none is named, all of them.
pub(super) fn panel(request: &Request) -> Request {
    match request.option(DIGEST.name) {
        Some(id) if request.command != REMOVE.name => Request::new(SHOW.name).with(DIGEST.name, id),
        _ => Request::new(LIST.name).at_page(request.page()),
    }
}

/// The digest that a request is about: the one that it names, or else the only one.
///
/// # Errors
///
/// A refusal, if there is none, or more than one.
pub fn meant<'a>(
    catalog: &Catalog,
    request: &Request,
    digests: &'a [Digest],
) -> Result<&'a Digest, Refusal> {
    let Some(asked) = request.option(DIGEST.name) else {
        return match digests {
            [] => Err(Refusal::NoDigests),
            [only] => Ok(only),
            _ => Err(Refusal::WhichDigest),
        };
    };
    // Clients may send a choice's label instead of its value.
    let is_meant = |digest: &&Digest| {
        asked.parse() == Ok(digest.id) || label(catalog.locale(), digest) == asked
    };
    let found = digests.iter().find(is_meant);
    found.ok_or(match digests.is_empty() {
        true => Refusal::NoDigests,
        false => Refusal::NoSuchDigest,
    })
}

/// What will be posted next, to the one who asks alone.
fn preview(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let digest = meant(catalog, request, &loaded.digests)?;
    let plan = digest.plan();
    let day = plan.day_of(digest.next.unwrap_or(loaded.occasion()?.now));
    let chosen = choose(catalog, plan.content, day, &loaded.shown);
    let shown = chosen.and_then(|chosen| card(catalog, plan, &chosen, day));
    let Some(mut card) = shown else {
        return Ok(said(catalog, "digest-preview-nothing", digest).into());
    };
    let channel = [("channel", Mention::Channel(plan.channel).into())];
    let mut notes = vec![Text::say(locale, "digest-preview-lead", &channel)];
    notes.extend(plan.role.map(|role| {
        let role = [("role", Mention::Role(role).into())];
        Text::say(locale, "digest-preview-role", &role)
    }));
    card.notes.splice(0..0, notes);
    card.controls = vec![ways_back(catalog, Some(digest.id))];
    Ok(card.into())
}

fn post_now(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let digest = meant(catalog, request, &loaded.digests)?;
    Ok(Answer {
        effect: Some(Effect::PostNow(digest.id)),
        ..said(catalog, "digest-posting-already", digest).into()
    })
}

/// What became of a post that was asked for; nothing, if another process is at it.
pub fn posted(catalog: &Catalog, id: DigestId, loaded: &Loaded, run: Option<&Run>) -> Card {
    let locale = catalog.locale();
    let Some(digest) = loaded.digests.iter().find(|digest| digest.id == id) else {
        return Refusal::NoSuchDigest.card(locale);
    };
    let Some(run) = run else {
        return said(catalog, "digest-posting-already", digest);
    };
    let guild = loaded.occasion.as_ref().map(|occasion| occasion.guild);
    let at = match guild.zip(run.message) {
        Some((guild, message)) => Mention::Message(guild, run.channel, message),
        None => Mention::Channel(run.channel),
    };
    let mut fillings = vec![("at", at.into())];
    fillings.extend(run.fault.map(|fault| ("fault", fault_in_words(locale, fault))));
    let key = match (run.state, run.publish, run.fault) {
        (RunState::Sent, Publish::Failed, _) => "digest-posted-unpublished",
        (RunState::Sent, _, None) => "digest-posted",
        (RunState::Sent, ..) => "digest-posted-but",
        (RunState::Open, ..) => "digest-posting",
        _ => "digest-not-posted",
    };
    let mut said = vec![Text::say(locale, key, &fillings)];
    said.extend(run.fault.map(|fault| advice(locale, fault, digest.plan())));
    plain(catalog, key, said, digest)
}

fn pause(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    set(catalog, request, loaded, "digest-pausing", |planned| {
        Some(Planned { is_paused: true, ..planned })
    })
}

fn resume(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    set(catalog, request, loaded, "digest-resuming", |planned| {
        Some(Planned { is_paused: false, ..planned })
    })
}

fn remove(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    set(catalog, request, loaded, "digest-removing", |_| None)
}

/// Makes something else of the digest that is meant.
fn set(
    catalog: &Catalog,
    request: &Request,
    loaded: &Loaded,
    key: &str,
    to: impl FnOnce(Planned) -> Option<Planned>,
) -> Result<Answer, Refusal> {
    let digest = meant(catalog, request, &loaded.digests)?;
    let to = to(digest.planned.clone());
    let is_left = to.is_some();
    let change = Change::Digest(digest.id, to);
    let said = vec![catalog.locale().say(key).into(), in_words(catalog.locale(), digest.plan())];
    let mut answer = super::changed(catalog, request, loaded, change, said);
    answer.card.controls = vec![ways_back(catalog, is_left.then_some(digest.id))];
    Ok(answer)
}

/// A card that says one thing of a digest.
fn plain(catalog: &Catalog, key: &str, said: Vec<Text>, digest: &Digest) -> Card {
    Card {
        title: catalog.locale().say(&format!("{key}.title")),
        body: said.into_iter().map(Paragraph::from).collect(),
        page: (1, 1),
        controls: vec![ways_back(catalog, Some(digest.id))],
        ..Card::default()
    }
}

/// The same with one sentence that has no places.
fn said(catalog: &Catalog, key: &str, digest: &Digest) -> Card {
    let said = vec![catalog.locale().say(key).into()];
    plain(catalog, key, said, digest)
}

/// The buttons that lead to the digest, if there is one, and to all of them.
fn ways_back(catalog: &Catalog, digest: Option<DigestId>) -> Control {
    let one = digest.map(|id| {
        let to = Request::new(SHOW.name).with(DIGEST.name, id.to_string());
        button(catalog, "digest-manage", to)
    });
    let all = button(catalog, "digest-all", Request::new(LIST.name));
    Control::Buttons(one.into_iter().chain([all]).collect())
}

/// What is set up, and how it goes, as a list has it.
fn lines(catalog: &Catalog, loaded: &Loaded, digest: &Digest) -> Result<Vec<Text>, Refusal> {
    let guild = loaded.occasion()?.guild;
    let mut lines = vec![in_words(catalog.locale(), digest.plan())];
    lines.extend(state(catalog.locale(), guild, digest));
    Ok(lines)
}
