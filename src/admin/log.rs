//! `/config log`: who changed what, when, from what and to what.

use super::to_panel;
use crate::card::{Answer, Card, Filling, Link, Mention, Paragraph, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::digest::Planned;
use crate::digest::words::plan_in_words;
use crate::guild::{LogLine, Rule, Value};
use crate::locale::Locale;
use crate::request::{Loaded, LogPage, Needs, Request};

pub(super) const COMMAND: Command = Command {
    name: "config log",
    audience: Audience::Moderators,
    options: &[],
    needs: Needs::LOG,
    run,
};

fn run(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let locale = catalog.locale();
    let LogPage { lines, total } = &loaded.log;
    let pages = total.div_ceil(LogPage::LINES_MAX).max(1);
    let page = request.page().min(pages);
    let turn = |to: usize| Link::new(String::new(), Request::new(COMMAND.name).at_page(to));
    let mut body =
        vec![Paragraph::words(locale.say_with("log-lead", &[("count", (*total).into())]))];
    body.extend(lines.iter().map(|one| line(locale, one)));
    Ok(Card {
        title: locale.say("log-title"),
        body,
        page: (page, pages),
        previous: (page > 1).then(|| turn(page - 1)),
        next: (page < pages).then(|| turn(page + 1)),
        controls: vec![to_panel(catalog)],
        ..Card::default()
    }
    .into())
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
    };
    text.0.extend(Text::say(locale, key, &fillings).0);
    Paragraph { item: true, ..text.into() }
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
