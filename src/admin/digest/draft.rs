//! `/config digest add` and `edit`: a draft with its next runs, and its confirmation.

use super::{DIGEST, meant, ways_back};
use crate::admin::{belong_here, button, changed, may_mention, may_speak};
use crate::card::{Answer, Card, Control, Effect, Mention, Paragraph, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::digest::words::{contents, in_words, next_run, next_runs};
use crate::digest::{Content, DIGESTS_MAX, Days, DigestId, Draft, Plan, Planned, TimeOfDay, Zone};
use crate::guild::{Change, ChannelId, ChannelKind, Permission, RoleId};
use crate::request::{Loaded, Needs, OptionKind, OptionSpec, Request};

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel);
const AT: OptionSpec = OptionSpec::new("at", OptionKind::Time);
const ZONE: OptionSpec = OptionSpec::new("zone", OptionKind::Zone);
const DAYS: OptionSpec = OptionSpec::new("days", OptionKind::Days);
const CONTENT: OptionSpec = OptionSpec::new("content", OptionKind::Content);
const ROLE: OptionSpec = OptionSpec::new("role", OptionKind::Role);
const PUBLISH: OptionSpec = OptionSpec::new("publish", OptionKind::Flag);

/// An option that only buttons give: the number of the draft.
const DRAFT: OptionSpec = OptionSpec::new("draft", OptionKind::Digest);

/// An option that only a button gives: no role is to be mentioned.
pub(super) const NOBODY: OptionSpec = OptionSpec::new("nobody", OptionKind::Flag);

pub(in crate::admin) const ADD: Command = Command {
    name: "config digest add",
    audience: Audience::Moderators,
    options: &[CHANNEL.required(), AT.required(), ZONE.required(), DAYS, CONTENT, ROLE, PUBLISH],
    needs: Needs::ACCESS.and(Needs::DIGESTS),
    run: add,
};

pub(in crate::admin) const EDIT: Command = Command {
    name: "config digest edit",
    options: &[DIGEST, CHANNEL, AT, ZONE, DAYS, CONTENT, ROLE, PUBLISH],
    run: edit,
    ..ADD
};

pub(in crate::admin) const CONFIRM: Command = Command {
    name: "config digest confirm",
    options: &[],
    needs: Needs::DRAFT,
    run: confirm,
    ..ADD
};

pub(in crate::admin) const CANCEL: Command = Command {
    name: "config digest cancel",
    options: &[],
    needs: Needs::NOTHING,
    run: cancel,
    ..ADD
};

/// How many of the next runs a draft shows.
const RUNS_SHOWN: usize = 3;

fn add(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    if loaded.digests.len() >= DIGESTS_MAX {
        return Err(Refusal::TooManyDigests);
    }
    let now = loaded.occasion()?.now;
    let plan = Plan {
        channel: CHANNEL.read_needed(request)?,
        at: time(request)?.ok_or(Refusal::Missing { option: AT.name })?,
        zone: zone(request, now)?.ok_or(Refusal::Missing { option: ZONE.name })?,
        days: days(catalog, request)?.unwrap_or(Days::DAILY),
        content: content(catalog, request)?.unwrap_or(Content::Order),
        role: role(request, loaded)?,
        publish: PUBLISH.read(request)?.unwrap_or(false),
    };
    let planned =
        Planned { plan, channel_name: loaded.occasion()?.channel_name.clone(), is_paused: false };
    drafted(catalog, loaded, planned, None)
}

fn edit(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let now = loaded.occasion()?.now;
    let digest = meant(catalog, request, &loaded.digests)?;
    let before = digest.planned.clone();
    let channel: Option<ChannelId> = CHANNEL.read(request)?;
    let is_nobody = request.option(NOBODY.name).is_some();
    let plan = Plan {
        channel: channel.unwrap_or(before.plan.channel),
        at: time(request)?.unwrap_or(before.plan.at),
        zone: zone(request, now)?.unwrap_or(before.plan.zone.clone()),
        days: days(catalog, request)?.unwrap_or(before.plan.days),
        content: content(catalog, request)?.unwrap_or(before.plan.content),
        role: role(request, loaded)?.or(before.plan.role.filter(|_| !is_nobody)),
        publish: PUBLISH.read(request)?.unwrap_or(before.plan.publish),
    };
    if plan == before.plan {
        return Err(Refusal::NothingChanges);
    }
    let channel_name = match channel {
        Some(_) => loaded.occasion()?.channel_name.clone(),
        None => before.channel_name,
    };
    let planned = Planned { plan, channel_name, is_paused: false };
    drafted(catalog, loaded, planned, Some(digest.id))
}

/// The draft, if it can be done.
fn drafted(
    catalog: &Catalog,
    loaded: &Loaded,
    planned: Planned,
    changes: Option<DigestId>,
) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let plan = &planned.plan;
    let reach = loaded.access.first();
    let kind = loaded.kind(plan.channel)?;
    if matches!(kind, ChannelKind::Forum | ChannelKind::Category) {
        return Err(Refusal::NotPostable(plan.channel));
    }
    if plan.publish && !matches!(kind, ChannelKind::Announcement | ChannelKind::Other) {
        return Err(Refusal::NoAnnouncements(plan.channel));
    }
    let unchecked = may_speak(catalog, loaded)?;
    belong_here(loaded)?;
    let has = |permission| {
        let permissions = reach.and_then(|reach| reach.permissions);
        permissions.is_none_or(|permissions| permissions.has(permission))
    };
    let mut body = vec![Paragraph::from(in_words(locale, plan))];
    let warn = |key: &str, mention: Mention| {
        let name = match mention {
            Mention::Role(_) => "role",
            _ => "channel",
        };
        Paragraph::from(Text::say(locale, key, &[(name, mention.into())]))
    };
    if !has(Permission::ReadMessageHistory) {
        body.push(warn("digest-no-history", Mention::Channel(plan.channel)));
    }
    if let Some((role, false)) = loaded.occasion()?.role
        && !has(Permission::MentionEveryone)
    {
        body.push(warn("digest-silent", Mention::Role(role)));
    }
    body.extend(unchecked.map(Paragraph::from));
    body.push(Paragraph::words(locale.say("digest-draft-lead")));
    body.extend(next_runs(locale, plan, loaded.occasion()?.now, RUNS_SHOWN));
    let is_paused = |id: DigestId| {
        let digest = loaded.digests.iter().find(|digest| digest.id == id);
        digest.is_some_and(|digest| digest.planned.is_paused)
    };
    if changes.is_some_and(is_paused) {
        body.push(Paragraph::words(locale.say("digest-draft-resumes")));
    }
    body.push(Paragraph::words(locale.say("digest-draft-foot")));
    let draft = Draft { id: DigestId::from_random(loaded.chance), changes, planned };
    let title = match changes {
        None => "digest-draft",
        Some(_) => "digest-draft-edit",
    };
    let card = Card {
        title: locale.say(title),
        body,
        page: (1, 1),
        controls: vec![buttons(catalog, &draft)],
        ..Card::default()
    };
    Ok(Answer { card, effect: Some(Effect::Draft(draft)), redraws: None })
}

fn buttons(catalog: &Catalog, draft: &Draft) -> Control {
    let of_draft =
        |command: &Command| Request::new(command.name).with(DRAFT.name, draft.id.to_string());
    let mut buttons = vec![
        button(catalog, "digest-button-confirm", of_draft(&CONFIRM)),
        button(catalog, "digest-button-cancel", of_draft(&CANCEL)),
    ];
    if draft.planned.plan.role.is_some() {
        let nobody = of_draft(&CONFIRM).with(NOBODY.name, "yes");
        buttons.push(button(catalog, "digest-button-confirm-no-role", nobody));
    }
    Control::Buttons(buttons)
}

/// Only a press confirms, on what was shown to the one who presses.
fn confirm(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    if !loaded.occasion()?.is_pressed || request.option(DRAFT.name).is_none() {
        return Err(Refusal::Stale);
    }
    let draft = loaded.draft.as_ref().ok_or(Refusal::DraftGone)?;
    let id = draft.changes.unwrap_or(draft.id);
    let is_there = loaded.digests.iter().any(|digest| digest.id == id);
    if draft.changes.is_some() && !is_there {
        return Err(Refusal::NoSuchDigest);
    }
    if !is_there && loaded.digests.len() >= DIGESTS_MAX {
        return Err(Refusal::TooManyDigests);
    }
    let locale = catalog.locale();
    let mut planned = draft.planned.clone();
    if request.option(NOBODY.name).is_some() {
        planned.plan.role = None;
    }
    let plan = &planned.plan;
    may_speak(catalog, loaded)?;
    belong_here(loaded)?;
    if let Some(role) = plan.role {
        may_mention(loaded, role)?;
    }
    let mut said = vec![locale.say("digest-saved").into(), in_words(locale, plan)];
    said.extend(next_run(locale, plan, loaded.occasion()?.now));
    let change = Change::Digest(id, Some(planned));
    let mut answer = changed(catalog, request, loaded, change, said);
    answer.card.controls = vec![ways_back(catalog, Some(id))];
    // What was shown to be confirmed is over.
    answer.redraws = None;
    Ok(answer)
}

fn cancel(catalog: &Catalog, _: &Request, _: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    Ok(Card {
        title: locale.say("digest-kept.title"),
        body: vec![Paragraph::words(locale.say("digest-kept"))],
        page: (1, 1),
        controls: vec![ways_back(catalog, None)],
        ..Card::default()
    }
    .into())
}

fn time(request: &Request) -> Result<Option<TimeOfDay>, Refusal> {
    let read = |asked: &str| asked.parse().map_err(|_| Refusal::NoTime { asked: asked.to_owned() });
    request.option(AT.name).map(read).transpose()
}

fn zone(request: &Request, now: i64) -> Result<Option<Zone>, Refusal> {
    let read = |asked: &str| {
        Zone::resolve(asked, now).map_err(|known| Refusal::NoZone {
            asked: asked.to_owned(),
            known: known.iter().map(Zone::to_string).collect(),
        })
    };
    request.option(ZONE.name).map(read).transpose()
}

fn days(catalog: &Catalog, request: &Request) -> Result<Option<Days>, Refusal> {
    let read = |asked: &str| {
        // Clients may send a choice's label instead of its value.
        let mut usual = Days::USUAL.into_iter();
        let labelled =
            usual.find(|usual| crate::digest::words::days(catalog.locale(), *usual) == asked);
        let days = labelled.or_else(|| asked.parse().ok());
        days.ok_or_else(|| Refusal::NoDays { asked: asked.to_owned() })
    };
    request.option(DAYS.name).map(read).transpose()
}

fn content(catalog: &Catalog, request: &Request) -> Result<Option<Content>, Refusal> {
    let read = |asked: &str| {
        let mut all = contents(catalog).into_iter();
        let labelled = all.find(|(_, label)| label == asked);
        let labelled = labelled.map(|(content, _)| content);
        let content = labelled.or_else(|| asked.parse().ok());
        content.ok_or_else(|| Refusal::NoContent { asked: asked.to_owned() })
    };
    request.option(CONTENT.name).map(read).transpose()
}

fn role(request: &Request, loaded: &Loaded) -> Result<Option<RoleId>, Refusal> {
    let role: Option<RoleId> = ROLE.read(request)?;
    role.map_or(Ok(()), |role| may_mention(loaded, role))?;
    Ok(role)
}
