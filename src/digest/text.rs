//! Sentences about digests: the plan, the state, and advice after a failure.

use crate::card::{Argument, Card, Mention, Paragraph, Text};
use crate::catalog::Catalog;
use crate::digest::selection::ORDER;
use crate::digest::{Content, Days, Digest, Fault, NoticeState, Plan, Publish, Run, RunState};
use crate::guild::{GuildId, RoleId};
use crate::locale::Locale;

/// The limit of a select option's label:
/// <https://docs.discord.com/developers/components/reference#string-select-select-option-structure>.
const LABEL_CHARS_MAX: usize = 100;

/// Describes a plan in a sentence, with its channel.
pub fn plan_text(locale: &Locale, plan: &Plan) -> Text {
    plan_change_text(locale, plan, plan)
}

/// Describes a plan, with what it was before where that differs.
pub fn plan_change_text(locale: &Locale, from: &Plan, to: &Plan) -> Text {
    let mention = |channel| Argument::from(Mention::Channel(channel));
    let (key, before) = match from.channel == to.channel {
        true => ("digest-plan", None),
        false => ("digest-plan.moved", Some(("before", mention(from.channel)))),
    };
    let both = plan_arguments(locale, from).into_iter().zip(plan_arguments(locale, to));
    let changed = both.map(|((name, from), (_, to))| match from == to {
        true => (name, Argument::from(to)),
        false => (name, format!("{from} → {to}").into()),
    });
    let channel = ("channel", mention(to.channel));
    let arguments: Vec<_> = changed.chain([channel]).chain(before).collect();
    let mut text = Text::format(locale, key, &arguments);
    let role = |role: Option<RoleId>| match role {
        Some(role) => Mention::Role(role).into(),
        None => Argument::from(locale.text("digest-plan.nobody")),
    };
    let roles = [("before", role(from.role)), ("role", role(to.role))];
    let role_key = match (from.role, to.role) {
        (None, None) => None,
        (from, to) if from == to => Some("digest-plan.role"),
        _ => Some("digest-plan.other-role"),
    };
    let publish_key = match (from.publish, to.publish) {
        (false, false) => None,
        (true, true) => Some("digest-plan.publish"),
        (false, true) => Some("digest-plan.publish-on"),
        (true, false) => Some("digest-plan.publish-off"),
    };
    for key in [role_key, publish_key].into_iter().flatten() {
        text.0.extend(Text::format(locale, key, &roles).0);
    }
    text
}

/// Describes a plan without its channel, in plain text.
pub fn plan_summary(locale: &Locale, plan: &Plan) -> String {
    let arguments = plan_arguments(locale, plan).map(|(name, value)| (name, value.into()));
    locale.text_with("digest-plan.short", &arguments)
}

/// The label of a digest in a menu, which cannot show mentions.
pub fn label(locale: &Locale, digest: &Digest) -> String {
    let plan = digest.plan();
    let channel = match &*digest.planned.channel_name {
        "" => plan.channel.to_string(),
        name => name.to_owned(),
    };
    let arguments = plan_arguments(locale, plan).into_iter().chain([("channel", channel)]);
    let arguments: Vec<_> = arguments.map(|(name, value)| (name, value.into())).collect();
    crate::card::shorten(&locale.text_with("digest-label", &arguments), LABEL_CHARS_MAX)
}

fn plan_arguments(locale: &Locale, plan: &Plan) -> [(&'static str, String); 4] {
    [
        ("what", content_name(locale, plan.content)),
        ("days", days_text(locale, plan.days)),
        ("at", plan.at.to_string()),
        ("zone", plan.zone.to_string()),
    ]
}

/// All contents that a digest can post, with their names.
pub fn contents(catalog: &Catalog) -> Vec<(Content, String)> {
    let kinds = ORDER.into_iter().map(Content::Kind);
    let all = [Content::Order, Content::OnThisDay].into_iter().chain(kinds);
    let named = all.map(|one| (one, content_name(catalog.locale(), one)));
    named.map(|(one, name)| (one, capitalized(&name))).collect()
}

/// The name with a capital initial, as in a menu.
fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

fn content_name(locale: &Locale, content: Content) -> String {
    match content {
        Content::Order => locale.text("digest-content-order"),
        Content::Kind(kind) => locale.text(&format!("digest-content-{}", kind.name())),
        Content::OnThisDay => locale.text("digest-content-on-this-day"),
    }
}

/// Days of the week in words.
pub fn days_text(locale: &Locale, days: Days) -> String {
    match days {
        Days::DAILY => locale.text("digest-days-daily"),
        Days::WEEKDAYS => locale.text("digest-days-weekdays"),
        days => {
            let held = (0..7_i8).filter(|day| days.contains(*day));
            let names = held.map(|day| locale.text(&format!("digest-day-{}", day + 1)));
            names.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The state of a digest, one line each: next run, last run, last error, missed runs.
pub fn state_lines(locale: &Locale, guild: GuildId, digest: &Digest) -> Vec<Text> {
    let because = |key: &str, fault: Fault| {
        Text::format(locale, key, &[("fault", fault_text(locale, fault))])
    };
    let mut lines = vec![match (digest.planned.is_paused, digest.paused_for, digest.next) {
        (false, _, Some(at)) => run_time_text(locale, "digest-next", at),
        (true, Some(fault), _) => because("digest-paused-for", fault),
        _ => locale.text("digest-paused").into(),
    }];
    let sent = digest.runs.iter().find(|run| run.state == RunState::Sent);
    let sent = sent.map(|run| last_post_text(locale, guild, run));
    lines.push(sent.unwrap_or_else(|| locale.text("digest-never").into()));
    if let Some((key, run)) = last_failure(digest) {
        let mut arguments = vec![("at", Argument::from(Mention::Instant(run.due)))];
        let fault = run.fault.map(|fault| fault_text(locale, fault));
        arguments.extend(fault.map(|fault| ("fault", fault)));
        lines.push(Text::format(locale, key, &arguments));
    }
    if digest.missed > 0 {
        let runs = digest.runs.iter();
        let missed = runs.filter(|run| run.state == RunState::Skipped);
        let at: Vec<Mention> =
            missed.take(MISSED_SHOWN).map(|run| Mention::Instant(run.due)).collect();
        let key = if at.is_empty() { "digest-missed" } else { "digest-missed-at" };
        let count = usize::try_from(digest.missed).unwrap_or(usize::MAX);
        let arguments = [("count", count.into()), ("at", at.into())];
        lines.push(Text::format(locale, key, &arguments));
    }
    if let NoticeState::Failed(fault) = digest.notice {
        lines.push(because("digest-not-told", fault));
    }
    lines
}

/// The most missed runs that are listed by date.
const MISSED_SHOWN: usize = 3;

/// Advice on what is wrong with a digest, if anything is.
pub fn remedy(locale: &Locale, digest: &Digest) -> Option<Text> {
    let of_last = || digest.runs.first()?.fault;
    let fault = digest.paused_for.or_else(of_last)?;
    Some(advice(locale, fault, digest.plan()))
}

/// The last failed run, and the key of its sentence.
fn last_failure(digest: &Digest) -> Option<(&'static str, &Run)> {
    let newest = digest.runs.first()?;
    // Earlier skipped runs are summarized in one line.
    let is_reported = |run: &&Run| *run == newest || run.state != RunState::Skipped;
    let mut runs = digest.runs.iter().filter(is_reported);
    runs.find_map(|run| Some((run_key(run)?, run)))
}

/// The key of the sentence about a failed run.
fn run_key(run: &Run) -> Option<&'static str> {
    match (run.state, run.fault) {
        (RunState::Sent | RunState::Open, None) => None,
        (RunState::Sent, Some(_)) if run.publish == Publish::Failed => Some("digest-unpublished"),
        (RunState::Sent, Some(_)) => Some("digest-sent-but"),
        (RunState::Open, Some(_)) => Some("digest-trying"),
        (RunState::Failed, _) => Some("digest-failed"),
        (RunState::Skipped, _) => Some("digest-skipped"),
        (RunState::Unknown, _) => Some("digest-unknown"),
    }
}

/// Where and when a run was posted, how late, and whether it was published.
fn last_post_text(locale: &Locale, guild: GuildId, run: &Run) -> Text {
    let mut text = Text::default();
    let mut add = |key: &str, arguments: &[(&str, Argument<'_>)]| {
        text.0.extend(Text::format(locale, key, arguments).0);
    };
    add("digest-last", &[("at", Mention::Instant(run.at).into())]);
    if let Some(message) = run.message {
        let link = Mention::Message(guild, run.channel, message);
        add("digest-last.link", &[("link", link.into())]);
    }
    match usize::try_from((run.at - run.due) / 60).unwrap_or_default() {
        0..LATE_MINUTES => {}
        minutes @ ..120 => add("digest-late", &[("count", minutes.into())]),
        minutes => add("digest-late-hours", &[("count", (minutes / 60).into())]),
    }
    match run.publish {
        Publish::No | Publish::Failed => {}
        Publish::Done => add("digest-published", &[]),
        Publish::Due(at) => add("digest-publishing", &[("at", Mention::FromNow(at).into())]),
    }
    text
}

/// The delay in minutes from which a run is reported as late. Runs due together are spread over
/// less than one.
const LATE_MINUTES: usize = 5;

/// A sentence about the next run after an instant.
pub fn next_run(locale: &Locale, plan: &Plan, now: i64) -> Option<Text> {
    let next = plan.next_after(now)?;
    Some(run_time_text(locale, "digest-next", next.due))
}

/// The times of the next runs, one line each.
pub fn next_runs(locale: &Locale, plan: &Plan, now: i64, count: usize) -> Vec<Paragraph> {
    let runs = plan.next_runs(now, count);
    let line = |at: i64| Paragraph::item(run_time_text(locale, "digest-run", at));
    runs.iter().map(|slot| line(slot.due)).collect()
}

fn run_time_text(locale: &Locale, key: &str, at: i64) -> Text {
    let arguments = [("at", Mention::DayAndTime(at).into()), ("in", Mention::FromNow(at).into())];
    Text::format(locale, key, &arguments)
}

/// What went wrong, as a clause.
pub fn fault_text(locale: &Locale, fault: Fault) -> Argument<'static> {
    let numbers = match fault {
        Fault::Refused { status, code } => [usize::from(status), code as usize],
        _ => [0, 0],
    };
    let [status, code] = numbers.map(|number| number.to_string());
    locale.text_with(&fault.key(), &[("status", status.into()), ("code", code.into())]).into()
}

/// Advice on a fault, as a sentence.
pub fn advice(locale: &Locale, fault: Fault, plan: &Plan) -> Text {
    let channel = [("channel", Mention::Channel(plan.channel).into())];
    Text::format(locale, &format!("{}.advice", fault.key()), &channel)
}

/// The card posted in the failure channel.
pub fn failure_card(catalog: &Catalog, guild: GuildId, digests: &[Digest]) -> Card {
    let locale = catalog.locale();
    let mut body = Vec::new();
    for digest in digests {
        body.push(plan_text(locale, digest.plan()).into());
        let mut lines = state_lines(locale, guild, digest);
        lines.extend(remedy(locale, digest));
        body.extend(lines.into_iter().map(Paragraph::item));
    }
    let count = [("count", digests.len().into())];
    Card::new(locale.text_with("digest-trouble", &count), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_what_was_before_only_where_it_differs() {
        let locale = Locale::english();
        let mention = |mention| match mention {
            Mention::Channel(id) => format!("#{id}"),
            Mention::Role(id) => format!("@{id}"),
            other => format!("{other:?}"),
        };
        for (from, to, text) in [
            (
                "7 09:00 Europe/Kyiv daily order 0 false",
                "7 09:00 Europe/Kyiv daily order 0 false",
                "#7: the dossier in order, every day at 09:00 (Europe/Kyiv)",
            ),
            (
                "7 09:00 Europe/Kyiv daily order 5 true",
                "7 09:00 Europe/Kyiv daily order 5 true",
                "#7: the dossier in order, every day at 09:00 (Europe/Kyiv), mentioning @5, published to the servers that follow the channel",
            ),
            (
                "7 09:00 Europe/Kyiv daily order 5 true",
                "8 21:30 UTC weekdays kind:term 0 false",
                "#7 → #8: the dossier in order → the terms, every day → Monday to Friday at 09:00 → 21:30 (Europe/Kyiv → UTC), mentioning @5 → nobody, published to the servers that follow the channel: yes → no",
            ),
            (
                "7 09:00 UTC daily order 0 false",
                "7 09:00 UTC daily order 6 true",
                "#7: the dossier in order, every day at 09:00 (UTC), mentioning nobody → @6, published to the servers that follow the channel: no → yes",
            ),
        ] {
            let [from, to] = [from, to].map(|plan| plan.parse().expect("a plan"));
            let shown = plan_change_text(&locale, &from, &to);
            assert_eq!(shown.render(|words, _| words.to_owned(), mention), text);
        }
    }
}
