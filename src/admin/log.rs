//! `/config log`: the history of settings changes.

use super::{AdminContext, Answer, list_page, panel_button};
use crate::card::{Argument, Mention, Paragraph, Text};
use crate::command::Command;
use crate::digest::PlannedDigest;
use crate::digest::text::plan_summary;
use crate::guild::{LogLine, Rule, Value};
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
    let key = match &line.difference.to {
        Value::Rule(channel, _) => {
            arguments.push(("channel", Mention::Channel(*channel).into()));
            "log-rule"
        }
        Value::Digest(..) => {
            let digest =
                [&line.difference.to, &line.difference.from].into_iter().find_map(digest_of);
            let channel = digest.map(|planned| Mention::Channel(planned.plan.channel));
            arguments.extend(channel.map(|channel| ("channel", channel.into())));
            "log-digest"
        }
        Value::Elsewhere(_) => "log-elsewhere",
        Value::Pace(_) => "log-pace",
        Value::FailureChannel(_) => "log-trouble",
        Value::Pictures(_) => "log-pictures",
    };
    text.0.extend(Text::format(locale, key, &arguments).0);
    Paragraph::item(text)
}

fn digest_of(value: &Value) -> Option<&PlannedDigest> {
    match value {
        Value::Digest(_, planned) => planned.as_ref(),
        _ => None,
    }
}

fn value_text(locale: &Locale, value: &Value) -> Argument<'static> {
    match value {
        Value::Rule(_, None) => locale.text("log-rule.none").into(),
        Value::Rule(_, Some(Rule::Allow)) => locale.text("log-rule.allow").into(),
        Value::Rule(_, Some(Rule::Block)) => locale.text("log-rule.block").into(),
        Value::Elsewhere(elsewhere) => {
            locale.text(&format!("log-elsewhere.{}", elsewhere.name())).into()
        }
        Value::Pace(0) => locale.text("log-pace.none").into(),
        Value::Pace(pace) => usize::from(*pace).into(),
        Value::FailureChannel(None) => locale.text("log-trouble.none").into(),
        Value::FailureChannel(Some(channel)) => Mention::Channel(*channel).into(),
        Value::Pictures(true) => locale.text("log-pictures.on").into(),
        Value::Pictures(false) => locale.text("log-pictures.off").into(),
        Value::Digest(_, None) => locale.text("log-digest.none").into(),
        Value::Digest(_, Some(planned)) => {
            let key = match planned.is_paused {
                true => "log-digest.paused",
                false => "log-digest.active",
            };
            let plan = plan_summary(locale, &planned.plan);
            locale.text_with(key, &[("plan", plan.into())]).into()
        }
    }
}
