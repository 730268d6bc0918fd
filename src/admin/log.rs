//! `/config log`: the history of settings changes.

use super::{AdminContext, Answer, list_page, panel_button};
use crate::card::{Argument, Mention, Paragraph, Text};
use crate::command::Command;
use crate::digest::text::plan_summary;
use crate::guild::{ChannelId, LogLine, Value};
use crate::locale::Locale;
use crate::request::Request;

pub(super) const COMMAND: Command = Command::for_moderators("config log", &[]);

const LINES_ON_PAGE: usize = 10;

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> Answer {
    let locale = context.locale();
    let first = (request.page() - 1) * LINES_ON_PAGE;
    let (lines, total) =
        context.store.change_log(context.guild_context.guild, first, LINES_ON_PAGE).await?;
    let pages = total.div_ceil(LINES_ON_PAGE).max(1);
    let mut body = vec![Paragraph::plain(locale.text_with("log-lead", &[("count", total.into())]))];
    body.extend(lines.iter().map(|one| line_paragraph(locale, one)));
    let mut card =
        list_page(locale.text("log-title"), body, &COMMAND, request.page().min(pages), pages);
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
    let [from, to] =
        [&line.difference.from, &line.difference.to].map(|value| value_text(locale, value));
    let mut arguments = vec![("from", from), ("to", to)];
    let channel = match &line.difference.to {
        Value::Rule(channel, _) => Some(*channel),
        to => [to, &line.difference.from].into_iter().find_map(digest_channel),
    };
    arguments.extend(channel.map(|channel| ("channel", Mention::Channel(channel).into())));
    let (setting, ..) = line.difference.to.to_columns();
    text.0.extend(Text::format(locale, &format!("log-{setting}"), &arguments).0);
    Paragraph::item(text)
}

fn digest_channel(value: &Value) -> Option<ChannelId> {
    match value {
        Value::Digest(_, planned) => planned.as_ref().map(|planned| planned.plan.channel),
        _ => None,
    }
}

fn value_text(locale: &Locale, value: &Value) -> Argument<'static> {
    match value {
        Value::Pace(pace @ 1..) => usize::from(*pace).into(),
        Value::FailureChannel(Some(channel)) => Mention::Channel(*channel).into(),
        Value::Digest(_, Some(planned)) => {
            let key = match planned.is_paused {
                true => "log-digest.paused",
                false => "log-digest.active",
            };
            let plan = plan_summary(locale, &planned.plan);
            locale.text_with(key, &[("plan", plan.into())]).into()
        }
        // The names of settings and of their values are keys.
        named => {
            let (setting, _, name) = named.to_columns();
            let name = if matches!(&*name, "" | "0") { "none" } else { &name };
            locale.text(&format!("log-{setting}.{name}")).into()
        }
    }
}
