//! `/config log`: the history of settings changes.

use super::{AdminContext, Answer, paged, to_panel};
use crate::card::{Filling, Mention, Paragraph, Text};
use crate::command::Command;
use crate::digest::Planned;
use crate::digest::words::plan_in_words;
use crate::guild::{LogLine, Rule, Value};
use crate::locale::Locale;
use crate::request::Request;

pub(super) const COMMAND: Command = Command::for_moderators("config log", &[]);

const LINES_ON_PAGE: usize = 10;

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> Answer {
    let locale = context.locale();
    let first = (request.page() - 1) * LINES_ON_PAGE;
    let (lines, total) =
        context.store.change_log(context.asked.guild, first, LINES_ON_PAGE).await?;
    let pages = total.div_ceil(LINES_ON_PAGE).max(1);
    let mut body = vec![Paragraph::words(locale.say_with("log-lead", &[("count", total.into())]))];
    body.extend(lines.iter().map(|one| line(locale, one)));
    let mut card = paged(locale.say("log-title"), body, &COMMAND, request.page().min(pages), pages);
    card.controls.push(to_panel(context.catalog));
    Ok(card)
}

fn line(locale: &Locale, line: &LogLine) -> Paragraph {
    let mut text = Text::say(
        locale,
        "log-line",
        &[
            ("at", Mention::Instant(line.at).into()),
            ("member", Mention::Member(line.member).into()),
        ],
    );
    let [from, to] = [&line.what.from, &line.what.to].map(|value| in_words(locale, value));
    let mut fillings = vec![("from", from), ("to", to)];
    let key = match &line.what.to {
        Value::Rule(channel, _) => {
            fillings.push(("channel", Mention::Channel(*channel).into()));
            "log-rule"
        }
        Value::Digest(..) => {
            let digest = [&line.what.to, &line.what.from].into_iter().find_map(digest_of);
            let channel = digest.map(|planned| Mention::Channel(planned.plan.channel));
            fillings.extend(channel.map(|channel| ("channel", channel.into())));
            "log-digest"
        }
        Value::Elsewhere(_) => "log-elsewhere",
        Value::Pace(_) => "log-pace",
        Value::FailureChannel(_) => "log-trouble",
        Value::Pictures(_) => "log-pictures",
    };
    text.0.extend(Text::say(locale, key, &fillings).0);
    Paragraph::item(text)
}

fn digest_of(value: &Value) -> Option<&Planned> {
    match value {
        Value::Digest(_, planned) => planned.as_ref(),
        _ => None,
    }
}

fn in_words(locale: &Locale, value: &Value) -> Filling<'static> {
    match value {
        Value::Rule(_, None) => locale.say("log-rule.none").into(),
        Value::Rule(_, Some(Rule::Allow)) => locale.say("log-rule.allow").into(),
        Value::Rule(_, Some(Rule::Block)) => locale.say("log-rule.block").into(),
        Value::Elsewhere(elsewhere) => {
            locale.say(&format!("log-elsewhere.{}", elsewhere.name())).into()
        }
        Value::Pace(0) => locale.say("log-pace.none").into(),
        Value::Pace(pace) => usize::from(*pace).into(),
        Value::FailureChannel(None) => locale.say("log-trouble.none").into(),
        Value::FailureChannel(Some(channel)) => Mention::Channel(*channel).into(),
        Value::Pictures(true) => locale.say("log-pictures.on").into(),
        Value::Pictures(false) => locale.say("log-pictures.off").into(),
        Value::Digest(_, None) => locale.say("log-digest.none").into(),
        Value::Digest(_, Some(planned)) => {
            let key = match planned.is_paused {
                true => "log-digest.paused",
                false => "log-digest.active",
            };
            let plan = plan_in_words(locale, &planned.plan);
            locale.say_with(key, &[("plan", plan.into())]).into()
        }
    }
}
