//! `/config log`: the history of settings changes.

use super::{AdminContext, AdminResult, list_page, panel_button};
use crate::card::{Argument, Mention, Paragraph, Text};
use crate::command::Command;
use crate::digest::PlannedDigest;
use crate::digest::text::plan_change_text;
use crate::guild::{Difference, LogLine, SettingValue};
use crate::locale::Locale;
use crate::request::Request;

pub(super) const COMMAND: Command = Command::for_moderators("config log", &[]);

/// A line about a digest may have 500 characters, and a message 4,000.
const LINES_ON_PAGE: usize = 7;

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let locale = context.locale();
    let guild = context.guild_context.guild;
    let total = context.store.change_log_length(guild).await?;
    let pages = total.div_ceil(LINES_ON_PAGE).max(1);
    let page = request.page().min(pages);
    let first = (page - 1) * LINES_ON_PAGE;
    let lines = context.store.change_log(guild, first, LINES_ON_PAGE).await?;
    let mut body = vec![Paragraph::plain(locale.text_with("log-lead", &[("count", total.into())]))];
    body.extend(lines.iter().map(|one| line_paragraph(locale, one)));
    let mut card = list_page(locale.text("log-title"), body, &COMMAND, page, pages);
    card.controls.push(panel_button(context.catalog));
    Ok(card)
}

fn line_paragraph(locale: &Locale, line: &LogLine) -> Paragraph {
    let mut text = Text::format(
        locale,
        "log-line",
        &[
            ("at", Mention::Instant(line.at).into()),
            ("member", Mention::Member(line.member).into()),
        ],
    );
    text.0.extend(difference_text(locale, &line.difference).0);
    Paragraph::item(text)
}

/// Says what a change modified.
pub(super) fn difference_text(locale: &Locale, difference: &Difference) -> Text {
    let Difference { from, to } = difference;
    if let (SettingValue::Digest(_, from), SettingValue::Digest(_, to)) = (from, to) {
        return digest_text(locale, from.as_ref(), to.as_ref());
    }
    let mut arguments = vec![("from", value_text(locale, from)), ("to", value_text(locale, to))];
    if let SettingValue::Rule(channel, _) = to {
        arguments.push(("channel", Mention::Channel(*channel).into()));
    }
    let (setting, ..) = to.to_columns();
    Text::format(locale, &format!("log-{setting}"), &arguments)
}

/// Says how a digest was changed, and which one it is.
fn digest_text(locale: &Locale, from: Option<&PlannedDigest>, to: Option<&PlannedDigest>) -> Text {
    let is_paused = |digest: Option<&PlannedDigest>| digest.is_some_and(|one| one.is_paused);
    let key = match (from, is_paused(from), to, is_paused(to)) {
        (None, _, _, false) => "log-digest-added",
        (None, _, _, true) => "log-digest-added-paused",
        (_, _, None, _) => "log-digest-removed",
        (_, false, _, true) => "log-digest-paused",
        (_, true, _, false) => "log-digest-resumed",
        _ => "log-digest-changed",
    };
    let mut text = Text::format(locale, key, &[]);
    if let Some((from, to)) = from.or(to).zip(to.or(from)) {
        text.0.extend(plan_change_text(locale, &from.plan, &to.plan).0);
    }
    text
}

fn value_text(locale: &Locale, value: &SettingValue) -> Argument<'static> {
    match value {
        SettingValue::Pace(pace @ 1..) => usize::from(*pace).into(),
        SettingValue::FailureChannel(Some(channel)) => Mention::Channel(*channel).into(),
        // The names of settings and of their values are keys.
        named => {
            let (setting, _, name) = named.to_columns();
            let name = if matches!(&*name, "" | "0") { "none" } else { &name };
            locale.text(&format!("log-{setting}.{name}")).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::DigestId;
    use crate::guild::UserId;

    #[test]
    fn the_longest_lines_fit_into_a_message() {
        let digest = |plan: String| {
            let plan = plan.parse().expect("a plan");
            let planned = PlannedDigest { plan, channel_name: String::new(), is_paused: false };
            SettingValue::Digest(DigestId::from_number(1).expect("an id"), Some(planned))
        };
        let (id, zone) = (i64::MAX, "America/Argentina/");
        let days = ["mon,tue,wed,thu,fri,sat", "tue,wed,thu,fri,sat,sun"];
        let line = LogLine {
            at: i64::from(u32::MAX),
            member: UserId::new(id.cast_unsigned()),
            difference: Difference {
                from: digest(format!(
                    "{id} 09:00 {zone}ComodRivadavia {} order {id} true",
                    days[0]
                )),
                to: digest(format!(
                    "1{} 21:30 {zone}Buenos_Aires {} on-this-day 1{} false",
                    id / 10,
                    days[1],
                    id / 10
                )),
            },
        };
        let longest = line_paragraph(&Locale::english(), &line);
        let chars =
            longest.render(|words, _| words.to_owned(), |_| "<@&".repeat(8)).chars().count();
        assert!((400..4_000 / LINES_ON_PAGE - 20).contains(&chars), "{chars}");
    }
}
