//! `/config channels`: where answers may be public, what happens elsewhere, and how many there may be.

use super::{changed, may_speak, mentions, refuse_other_servers};
use crate::card::{Answer, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::digest::Digests;
use crate::guild::{Change, Elsewhere, PACE_MAX, RULES_MAX, Rule, Settings};
use crate::request::{Access, Loaded, Needs, OptionKind, OptionSpec, Request};

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel).required();
const MODE: OptionSpec =
    OptionSpec::new("mode", OptionKind::OneOf(&["private", "refuse"])).required();
const ANSWERS: OptionSpec = OptionSpec::new("answers", OptionKind::Number(PACE_MAX)).required();

const GROUP: Command = Command {
    name: "",
    audience: Audience::Moderators,
    options: &[CHANNEL],
    needs: Needs::ACCESS,
    run: allow,
};

pub(super) const ALLOW: Command = Command { name: "config channels allow", ..GROUP };

pub(super) const BLOCK: Command = Command { name: "config channels block", run: block, ..GROUP };

pub(super) const REMOVE: Command =
    Command { name: "config channels remove", needs: Needs::SETTINGS, run: remove, ..GROUP };

pub(super) const CLEAR: Command = Command {
    name: "config channels clear",
    options: &[],
    needs: Needs::SETTINGS,
    run: clear,
    ..GROUP
};

pub(super) const ELSEWHERE: Command = Command {
    name: "config channels elsewhere",
    options: &[MODE],
    needs: Needs::SETTINGS,
    run: elsewhere,
    ..GROUP
};

pub(super) const PACE: Command = Command {
    name: "config channels pace",
    options: &[ANSWERS],
    needs: Needs::SETTINGS,
    run: pace,
    ..GROUP
};

fn allow(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let unchecked = may_speak(catalog, loaded)?;
    let mut answer = ruled(catalog, request, loaded, Some(Rule::Allow))?;
    answer.card.body.extend(unchecked.map(Into::into));
    Ok(answer)
}

/// To be silent somewhere takes no permission there; which is lacking is said all the same.
fn block(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    refuse_other_servers(loaded)?;
    let mut answer = ruled(catalog, request, loaded, Some(Rule::Block))?;
    let unseen = loaded.access.iter().filter(|reach| match reach.access {
        Access::NotVisible => true,
        Access::Lacks(_) | Access::Full | Access::OtherServer | Access::Unchecked(_) => false,
    });
    let unseen: Vec<_> = unseen.map(|reach| reach.channel).collect();
    if !unseen.is_empty() {
        let fillings = [("channels", mentions(&unseen))];
        let said = Text::say(catalog.locale(), "config-blocked-unseen", &fillings);
        answer.card.body.push(said.into());
    }
    Ok(answer)
}

fn remove(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    ruled(catalog, request, loaded, None)
}

/// The rule for the channels of the request is this now, or none.
fn ruled(
    catalog: &Catalog,
    request: &Request,
    loaded: &Loaded,
    rule: Option<Rule>,
) -> Result<Answer, Refusal> {
    let channels = CHANNEL.channels(request)?;
    let key = match rule {
        Some(Rule::Allow) => "config-allowed",
        Some(Rule::Block) => "config-blocked",
        None => "config-unruled",
    };
    let fillings = [("channels", mentions(&channels))];
    let said = Text::say(catalog.locale(), key, &fillings);
    let change = Change::Rule(channels, rule);
    let after = after(&change, &loaded.settings);
    if after.rules.len() > RULES_MAX {
        return Err(Refusal::TooManyRules);
    }
    let mut said = vec![said];
    // The panel says it anyway.
    if !loaded.occasion()?.is_pressed {
        said.push(rest(catalog, &after));
    }
    Ok(changed(catalog, request, loaded, change, said))
}

fn clear(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let said = vec![rest(catalog, &Settings::default())];
    Ok(changed(catalog, request, loaded, Change::ClearRules, said))
}

fn elsewhere(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let asked: String = MODE.read_needed(request)?;
    let Some(mode) = Elsewhere::named(&asked) else {
        return Err(Refusal::NoneOf {
            option: MODE.name,
            known: Elsewhere::ALL.map(Elsewhere::name).join(", "),
        });
    };
    let said = vec![catalog.locale().say(elsewhere_key(mode)).into()];
    Ok(changed(catalog, request, loaded, Change::Elsewhere(mode), said))
}

fn pace(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let too_many = || Refusal::TooMany { option: ANSWERS.name, most: PACE_MAX };
    let answers: u64 = ANSWERS.read_needed(request)?;
    let answers = u16::try_from(answers).map_err(|_| too_many())?;
    if answers > PACE_MAX {
        return Err(too_many());
    }
    let said = vec![pace_in_words(catalog, answers).into()];
    Ok(changed(catalog, request, loaded, Change::Pace(answers), said))
}

/// The settings as they are after a change.
fn after(change: &Change, settings: &Settings) -> Settings {
    let mut after = settings.clone();
    for difference in change.differences(settings, &Digests::new()) {
        after.set(difference.to);
    }
    after
}

/// What is so where there is no rule.
fn rest(catalog: &Catalog, settings: &Settings) -> Text {
    let allows = settings.rules.channels(Rule::Allow).next().is_some();
    let key = match (settings.rules.is_empty(), allows, settings.elsewhere) {
        (true, ..) => "config-rest-all",
        (false, false, _) => "config-rest-open",
        (false, true, Elsewhere::Private) => "config-rest-private",
        (false, true, Elsewhere::Refuse) => "config-rest-refuse",
    };
    catalog.locale().say(key).into()
}

/// What is so where there is no rule, and, if that has not said it, where there is one.
pub(super) fn state(catalog: &Catalog, settings: &Settings) -> Vec<Text> {
    let mut said = vec![rest(catalog, settings)];
    let allows = settings.rules.channels(Rule::Allow).next().is_some();
    if !allows && !settings.rules.is_empty() {
        said.push(catalog.locale().say(elsewhere_key(settings.elsewhere)).into());
    }
    said
}

/// The sentence that tells what happens where answers may not be public.
pub(super) fn elsewhere_key(elsewhere: Elsewhere) -> &'static str {
    match elsewhere {
        Elsewhere::Private => "config-elsewhere-private",
        Elsewhere::Refuse => "config-elsewhere-refuse",
    }
}

pub(super) fn pace_in_words(catalog: &Catalog, answers: u16) -> String {
    let count = [("count", usize::from(answers).into())];
    catalog.locale().say_with("config-pace", &count)
}
