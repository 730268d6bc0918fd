//! `/config log`: who changed what, when, from what and to what.

use super::to_panel;
use crate::answer::{Answer, Card, Filling, Link, Mention, Paragraph, Refusal, Text};
use crate::command::{Audience, Command};
use crate::digest::plan_in_words;
use crate::guild::{LogLine, Planned, Rule, Value};
use crate::lang::Lang;
use crate::library::Library;
use crate::request::{Loaded, LogPage, Needs, Request};

pub(super) const COMMAND: Command = Command {
    name: "config log",
    audience: Audience::Moderators,
    options: &[],
    needs: Needs::LOG,
    run,
};

fn run(library: &Library, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let lang = library.lang();
    let LogPage { lines, total } = &loaded.log;
    let pages = total.div_ceil(LogPage::LINES_MAX).max(1);
    let page = request.page().min(pages);
    let turn = |to: usize| Link::new(String::new(), Request::new(COMMAND.name).at_page(to));
    let mut body = vec![Paragraph::words(lang.say_with("log-lead", &[("count", (*total).into())]))];
    body.extend(lines.iter().map(|one| line(lang, one)));
    Ok(Card {
        title: lang.say("log-title"),
        body,
        page: (page, pages),
        previous: (page > 1).then(|| turn(page - 1)),
        next: (page < pages).then(|| turn(page + 1)),
        controls: vec![to_panel(library)],
        ..Card::default()
    }
    .into())
}

fn line(lang: &Lang, line: &LogLine) -> Paragraph {
    let mut text = Text::say(
        lang,
        "log-line",
        &[
            ("at", Mention::Instant(line.at).into()),
            ("member", Mention::Member(line.member).into()),
        ],
    );
    let [from, to] = [&line.what.from, &line.what.to].map(|value| in_words(lang, value));
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
        Value::Trouble(_) => "log-trouble",
    };
    text.0.extend(Text::say(lang, key, &fillings).0);
    Paragraph { item: true, ..text.into() }
}

fn digest_of(value: &Value) -> Option<&Planned> {
    match value {
        Value::Digest(_, planned) => planned.as_ref(),
        _ => None,
    }
}

fn in_words(lang: &Lang, value: &Value) -> Filling<'static> {
    match value {
        Value::Rule(_, None) => lang.say("log-rule.none").into(),
        Value::Rule(_, Some(Rule::Allow)) => lang.say("log-rule.allow").into(),
        Value::Rule(_, Some(Rule::Block)) => lang.say("log-rule.block").into(),
        Value::Elsewhere(elsewhere) => {
            lang.say(&format!("log-elsewhere.{}", elsewhere.name())).into()
        }
        Value::Pace(0) => lang.say("log-pace.none").into(),
        Value::Pace(pace) => usize::from(*pace).into(),
        Value::Trouble(None) => lang.say("log-trouble.none").into(),
        Value::Trouble(Some(channel)) => Mention::Channel(*channel).into(),
        Value::Digest(_, None) => lang.say("log-digest.none").into(),
        Value::Digest(_, Some(planned)) => {
            let key = match planned.is_paused {
                true => "log-digest.paused",
                false => "log-digest.active",
            };
            let plan = plan_in_words(lang, &planned.plan);
            lang.say_with(key, &[("plan", plan.into())]).into()
        }
    }
}
