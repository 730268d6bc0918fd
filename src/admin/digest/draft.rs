//! `/config digest add` and `edit`: a draft with its next runs, and its confirmation.

use super::{DIGEST, digest_buttons, load};
use crate::admin::channel::{channel_refusal, require_mentionable, require_postable};
use crate::admin::{
    AdminContext, AdminError, AdminResult, GuildContext, button, confirmation, sentence_card,
};
use crate::card::{Button, ButtonStyle, Card, Control, Mention, Paragraph, Refusal};
use crate::catalog::Catalog;
use crate::command::Command;
use crate::content::Kind;
use crate::digest::text::{self, contents, next_run, next_runs, plan_change_text, plan_text};
use crate::digest::{
    Content, DIGESTS_MAX, Days, Digest, DigestId, Draft, Plan, PlannedDigest, TimeOfDay, Zone,
};
use crate::guild::{Change, ChannelAccess, POSTABLE, Permissions, RoleId, effective_permissions};
use crate::locale::Locale;
use crate::request::{OptionKind, OptionSpec, Request};

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel(POSTABLE));
const AT: OptionSpec = OptionSpec::new("at", OptionKind::Time);
const ZONE: OptionSpec = OptionSpec::new("zone", OptionKind::Zone);
const DAYS: OptionSpec = OptionSpec::new("days", OptionKind::Days);
const CONTENT: OptionSpec = OptionSpec::new("content", OptionKind::Content);
const ROLE: OptionSpec = OptionSpec::new("role", OptionKind::Role);
const PUBLISH: OptionSpec = OptionSpec::new("publish", OptionKind::Flag);

/// The id of the draft. Only buttons set this option.
const DRAFT: OptionSpec = OptionSpec::new("draft", OptionKind::Digest);

/// Clears the role to mention. Only a button sets this option.
pub(super) const NOBODY: OptionSpec = OptionSpec::new("nobody", OptionKind::Flag);

pub(in crate::admin) const ADD: Command = Command::for_moderators(
    "config digest add",
    &[CHANNEL.required(), AT.required(), ZONE.required(), DAYS, CONTENT, ROLE, PUBLISH],
);
pub(in crate::admin) const EDIT: Command = Command::for_moderators(
    "config digest edit",
    &[DIGEST, CHANNEL, AT, ZONE, DAYS, CONTENT, ROLE, PUBLISH],
);
pub(in crate::admin) const CONFIRM: Command = Command::for_moderators("config digest confirm", &[]);
pub(in crate::admin) const CANCEL: Command = Command::for_moderators("config digest cancel", &[]);

/// How many upcoming runs a draft shows.
const RUNS_SHOWN: usize = 3;

pub(in crate::admin) async fn add(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let digests = context.store.digests(context.guild_context.guild).await?;
    require_room(&digests)?;
    let plan = read_plan(context, request, None).await?;
    require_new(context, &plan, &digests, None)?;
    let channel_name = context.guild_context.channel_name.clone();
    draft_card(context, PlannedDigest { plan, channel_name, is_paused: false }, None).await
}

pub(in crate::admin) async fn edit(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let digest = load(context, request).await?;
    let plan = read_plan(context, request, Some(digest.plan())).await?;
    if plan == *digest.plan() {
        return Err(Refusal::new("refuse-nothing-changes").into());
    }
    let digests = context.store.digests(context.guild_context.guild).await?;
    require_new(context, &plan, &digests, Some(digest.id))?;
    let channel_name = match request.option(CHANNEL.name) {
        None => digest.planned.channel_name.clone(),
        Some(_) => context.guild_context.channel_name.clone(),
    };
    draft_card(context, PlannedDigest { plan, channel_name, is_paused: false }, Some(&digest)).await
}

/// Builds the requested plan. Missing options keep their current values; a new digest requires the
/// channel, the time and the zone.
async fn read_plan(
    context: &AdminContext<'_>,
    request: &Request,
    before: Option<&Plan>,
) -> Result<Plan, AdminError> {
    let (locale, now) = (context.locale(), context.guild_context.now);
    let channel = CHANNEL.id(request)?.or(before.map(|plan| plan.channel));
    let at = request.option(AT.name).map(parse_time).transpose()?;
    let zone = request.option(ZONE.name).map(|input| parse_zone(input, now)).transpose()?;
    let days = request.option(DAYS.name).map(|input| parse_days(locale, input)).transpose()?;
    let content = request.option(CONTENT.name);
    let content = content.map(|input| parse_content(context.catalog, input)).transpose()?;
    let role: Option<RoleId> = ROLE.id(request)?;
    if let Some(role) = role {
        require_mentionable(context, role).await?;
    }
    let is_nobody = request.option(NOBODY.name).is_some();
    let role_before = before.and_then(|plan| plan.role).filter(|_| !is_nobody);
    let zone = zone.or(before.map(|plan| plan.zone.clone()));
    Ok(Plan {
        channel: channel.ok_or_else(|| CHANNEL.missing_refusal())?,
        at: at.or(before.map(|plan| plan.at)).ok_or_else(|| AT.missing_refusal())?,
        zone: zone.ok_or_else(|| ZONE.missing_refusal())?,
        days: days.or(before.map(|plan| plan.days)).unwrap_or(Days::DAILY),
        content: content.or(before.map(|plan| plan.content)).unwrap_or(Content::Order),
        role: role.or(role_before),
        publish: PUBLISH.read(request)?.or(before.map(|plan| plan.publish)).unwrap_or(false),
    })
}

/// Saves and shows the draft, if the bot can carry it out.
async fn draft_card(
    context: &AdminContext<'_>,
    planned: PlannedDigest,
    changes: Option<&Digest>,
) -> AdminResult {
    let (locale, plan) = (context.locale(), &planned.plan);
    let GuildContext { guild, member, now, .. } = context.guild_context;
    let (access, unchecked) = require_postable(context, plan.channel, plan.publish).await?;
    let before = changes.map_or(plan, Digest::plan);
    let mut body = vec![Paragraph::from(plan_change_text(locale, before, plan))];
    body.extend(warnings(context, plan, &access));
    body.extend(unchecked.map(Paragraph::from));
    body.push(Paragraph::plain(locale.text("digest-draft-lead")));
    body.extend(next_runs(locale, plan, now, RUNS_SHOWN));
    if changes.is_some_and(|digest| digest.planned.is_paused) {
        body.push(Paragraph::plain(locale.text("digest-draft-resumes")));
    }
    body.push(Paragraph::plain(locale.text("digest-draft-foot")));
    let title = if changes.is_some() { "digest-draft-edit" } else { "digest-draft" };
    let (changes, before) = changes.map(|digest| (digest.id, digest.planned.clone())).unzip();
    let draft = Draft { id: DigestId::from_random(fastrand::u64(..)), changes, before, planned };
    let controls = vec![buttons(context.catalog, &draft)];
    context.store.save_draft(guild, member, now, &draft).await.map_err(AdminError::save_failed)?;
    Ok(Card { controls, ..Card::new(locale.text(title), body) })
}

/// Permissions that the bot lacks in the channel, though it can post there.
fn warnings(context: &AdminContext<'_>, plan: &Plan, access: &ChannelAccess) -> Vec<Paragraph> {
    let lacks = |permission| {
        access.permissions.is_some_and(|all| !effective_permissions(all).contains(permission))
    };
    let mut warnings = Vec::new();
    if lacks(Permissions::READ_MESSAGE_HISTORY) {
        let channel = Mention::Channel(plan.channel).into();
        warnings.push(context.text("digest-no-history", &[("channel", channel)]).into());
    }
    if let Some((role, false)) = context.guild_context.role
        && lacks(Permissions::MENTION_EVERYONE)
    {
        let role = Mention::Role(role).into();
        warnings.push(context.text("digest-silent", &[("role", role)]).into());
    }
    warnings
}

fn buttons(catalog: &Catalog, draft: &Draft) -> Control {
    let of_draft =
        |command: &Command| Request::new(command.name).with(DRAFT.name, draft.id.to_string());
    let confirm = button(catalog, "digest-button-confirm", of_draft(&CONFIRM));
    let mut buttons = vec![Button { style: ButtonStyle::Success, ..confirm }];
    if draft.planned.plan.role.is_some() {
        let nobody = of_draft(&CONFIRM).with(NOBODY.name, "yes");
        buttons.push(button(catalog, "digest-button-confirm-no-role", nobody));
    }
    buttons.push(button(catalog, "config-cancel", of_draft(&CANCEL)));
    Control::Buttons(buttons)
}

/// Saves a draft. Only a button confirms, so the member has seen what is saved.
pub(in crate::admin) async fn confirm(
    context: &AdminContext<'_>,
    request: &Request,
) -> AdminResult {
    let draft: Option<DigestId> = DRAFT.read(request)?;
    let Some(draft) = draft.filter(|_| context.guild_context.is_component) else {
        return Err(Refusal::new("refuse-stale").into());
    };
    let GuildContext { guild, member, now, .. } = context.guild_context;
    let draft = context.store.find_draft(guild, member, now, draft).await?;
    let Draft { id, changes, before, mut planned } =
        draft.ok_or(Refusal::new("refuse-draft-gone"))?;
    if request.option(NOBODY.name).is_some() {
        planned.plan.role = None;
    }
    let (id, plan) = (changes.unwrap_or(id), &planned.plan);
    let require_savable = async || {
        let digests = context.store.digests(guild).await?;
        let current = digests.iter().find(|digest| digest.id == id).map(|digest| &digest.planned);
        match (current, changes) {
            (None, Some(_)) => return Err(Refusal::new("refuse-no-such-digest").into()),
            (None, None) => require_room(&digests)?,
            (Some(_), _) if !planned.may_replace(current, before.as_ref()) => {
                return Err(Refusal::new("refuse-digest-changed").into());
            }
            (Some(_), _) => {}
        }
        require_new(context, plan, &digests, Some(id)).map_err(AdminError::from)
    };
    require_savable().await?;
    require_postable(context, plan.channel, plan.publish).await?;
    if let Some(role) = plan.role {
        require_mentionable(context, role).await?;
    }
    let (before, planned) = (before.clone(), planned.clone());
    let change = Change::SaveDigest { id, before, planned, now };
    let differences = context.change(change).await?;
    if differences.is_empty() {
        // Another draft may have been saved in the meantime.
        require_savable().await?;
    }
    let mut texts = vec![context.text("digest-saved", &[]), plan_text(context.locale(), plan)];
    texts.extend(next_run(context.locale(), plan, now));
    // This card replaces the draft's.
    Ok(confirmation(context, &differences, texts, digest_buttons(context.catalog, Some(id))))
}

pub(in crate::admin) async fn cancel(context: &AdminContext<'_>, _: &Request) -> AdminResult {
    Ok(sentence_card(context, "digest-kept", digest_buttons(context.catalog, None)))
}

fn require_room(digests: &[Digest]) -> Result<(), Refusal> {
    match digests.len() < DIGESTS_MAX {
        true => Ok(()),
        false => Err(Refusal::new("refuse-too-many-digests").with("most", DIGESTS_MAX)),
    }
}

/// Refuses a duplicate of another digest: each entry would be posted twice.
fn require_new(
    context: &AdminContext<'_>,
    plan: &Plan,
    digests: &[Digest],
    own: Option<DigestId>,
) -> Result<(), Refusal> {
    let now = context.guild_context.now;
    let is_same = |digest: &&Digest| Some(digest.id) != own && digest.plan().repeats(plan, now);
    let Some(digest) = digests.iter().find(is_same) else {
        return Ok(());
    };
    let plan = text::plan_summary(context.locale(), digest.plan());
    let key = match digest.planned.is_paused {
        true => "refuse-same-digest-paused",
        false => "refuse-same-digest",
    };
    Err(channel_refusal(key, digest.plan().channel).with("plan", plan))
}

fn parse_time(input: &str) -> Result<TimeOfDay, Refusal> {
    input.parse().map_err(|_| Refusal::new("refuse-no-time").input(input))
}

fn parse_zone(input: &str, now: i64) -> Result<Zone, Refusal> {
    Zone::resolve(input, now).map_err(|known| {
        let key = match known.len() {
            0 => return Refusal::new("refuse-no-zone").input(input),
            1 => "refuse-other-zone",
            _ => "refuse-which-zone",
        };
        let known: Vec<String> = known.iter().map(Zone::to_string).collect();
        Refusal::new(key).input(input).with("known", known.join(", "))
    })
}

/// Clients may send a choice's label instead of its value.
fn parse_days(locale: &Locale, input: &str) -> Result<Days, Refusal> {
    let labelled = Days::USUAL.into_iter().find(|usual| text::days_text(locale, *usual) == input);
    let days = labelled.or_else(|| input.parse().ok());
    days.ok_or_else(|| {
        let similar: Vec<String> = Days::similar(input).iter().map(Days::to_string).collect();
        match similar.is_empty() {
            true => Refusal::new("refuse-no-days").input(input),
            false => {
                Refusal::new("refuse-other-days").input(input).with("known", similar.join(" or "))
            }
        }
    })
}

fn parse_content(catalog: &Catalog, input: &str) -> Result<Content, Refusal> {
    let labelled = contents(catalog).into_iter().find(|(_, label)| label == input);
    let content = labelled.map(|(content, _)| content).or_else(|| input.parse().ok());
    content.ok_or_else(|| {
        let known = Kind::ALL.map(Kind::name).join(", ");
        Refusal::new("refuse-no-content").input(input).with("known", known)
    })
}
