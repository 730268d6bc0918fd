//! `/config check`: which rule decides in a channel, for whom, what the bot may do there, and how each is changed.

use super::to_panel;
use crate::card::{Answer, Card, Filling, Mention, Paragraph, Refusal, Text};
use crate::catalog::Catalog;
use crate::command::{Audience, Command};
use crate::guild::{Category, ChannelId, Decision, Permissions, Rule, UserId, permission_names};
use crate::request::{
    Access, Denial, Loaded, Location, Needs, OptionKind, OptionSpec, Request, Rights,
};

use super::channels::{elsewhere_key, pace_in_words};

pub(super) const COMMAND: Command = Command {
    name: "config check",
    audience: Audience::Moderators,
    options: &[CHANNEL, MEMBER],
    needs: Needs::RIGHTS.and(Needs::ACCESS),
    run,
};

const CHANNEL: OptionSpec = OptionSpec::new("channel", OptionKind::Channel);
const MEMBER: OptionSpec = OptionSpec::new("member", OptionKind::Member);

fn run(catalog: &Catalog, request: &Request, loaded: &Loaded) -> Result<Answer, Refusal> {
    let occasion = loaded.occasion()?;
    let channel: Option<ChannelId> = CHANNEL.read(request)?;
    let member: Option<UserId> = MEMBER.read(request)?;
    let location = channel.map_or(occasion.here, |channel| occasion.location(channel));
    let about = [
        ("channel", Mention::Channel(location.channel).into()),
        ("member", Mention::Member(member.unwrap_or(occasion.member)).into()),
    ];
    let locale = catalog.locale();
    let mut said = vec![Text::say(locale, "check-about", &about)];
    said.extend(rule(catalog, loaded, &location));
    said.extend(permissions(catalog, loaded, &location, &about)?);
    said.extend(rights(catalog, &loaded.rights, &about));
    said.extend(loaded.access.iter().map(|reach| bot(catalog, reach.channel, &reach.access)));
    Ok(Card {
        title: locale.say("check-title"),
        body: said.into_iter().map(Paragraph::from).collect(),
        page: (1, 1),
        controls: vec![to_panel(catalog)],
        ..Card::default()
    }
    .into())
}

/// Which of the server's rules decides, and how it is changed.
fn rule(catalog: &Catalog, loaded: &Loaded, location: &Location) -> Vec<Text> {
    let locale = catalog.locale();
    let settings = &loaded.settings;
    let Some(decision) = location.decide(settings) else {
        let key = match location.spot.category {
            Category::NotVisible => "check-no-category",
            _ => "check-category-unchecked",
        };
        return vec![locale.say(key).into()];
    };
    let plain = |key: &str| Text::from(locale.say(key));
    let ruled = |key: &str, channel: ChannelId| {
        Text::say(locale, key, &[("ruled", Mention::Channel(channel).into())])
    };
    let mut said = vec![match decision {
        Decision::NoRules => plain("check-no-rules"),
        Decision::NotBlocked => plain("check-not-blocked"),
        Decision::NotAllowed => plain("check-not-allowed"),
        Decision::Ruled(Rule::Allow, by) => ruled("check-allowed", by),
        Decision::Ruled(Rule::Block, by) => ruled("check-blocked", by),
    }];
    match decision.may_speak() {
        true => said.push(pace_in_words(catalog, settings.pace).into()),
        false => said.push(plain(elsewhere_key(settings.elsewhere))),
    }
    said
}

/// Which permissions a member would need for the commands.
fn permissions(
    catalog: &Catalog,
    loaded: &Loaded,
    location: &Location,
    about: &[(&str, Filling<'_>)],
) -> Result<Vec<Text>, Refusal> {
    let locale = catalog.locale();
    let mut said = Vec::new();
    // What a member may do elsewhere is not told.
    let is_here = loaded.occasion()?.here.channel == location.channel;
    if let Some(has) = loaded.member.filter(|_| is_here) {
        let needed = Permissions::VIEW_CHANNEL | Permissions::USE_APPLICATION_COMMANDS;
        let lacking = needed.difference(has);
        if !has.administrator() && !lacking.is_empty() {
            let names = ("permissions", permission_names(lacking).into());
            let fillings: Vec<_> = about.iter().cloned().chain([names]).collect();
            said.push(Text::say(locale, "check-member-lacks", &fillings));
        }
    }
    let manages = |has: Permissions| has.administrator() || has.manage_guild();
    if !loaded.member.is_some_and(manages) {
        said.push(locale.say("check-config").into());
    }
    Ok(said)
}

/// What Discord's own settings say.
fn rights(catalog: &Catalog, rights: &Rights, about: &[(&str, Filling<'_>)]) -> Vec<Text> {
    let locale = catalog.locale();
    let (all, others) = match rights {
        Rights::NotAsked => return Vec::new(),
        Rights::Unchecked => return vec![locale.say("check-rights-unchecked").into()],
        Rights::Known { all, others } => (all, others),
    };
    let denied = |key: &str, more: Option<Mention>| {
        let more = more.map(|by| ("by", Filling::from(by)));
        let fillings: Vec<_> = about.iter().cloned().chain(more).collect();
        Text::say(locale, key, &fillings)
    };
    let mut said = vec![match all {
        None => denied("check-rights", None),
        Some(Denial::Channel(channel)) => {
            denied("check-denied-channel", Some(Mention::Channel(*channel)))
        }
        Some(Denial::AllChannels) => denied("check-denied-all-channels", None),
        Some(Denial::Member) => denied("check-denied-member", None),
        Some(Denial::Role(role)) => denied("check-denied-role", Some(Mention::Role(*role))),
        Some(Denial::Everyone) => denied("check-denied-everyone", None),
    }];
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(|(name, _)| format!("/{name}")).collect();
        let key = if all.is_some() { "check-others-may" } else { "check-others-may-not" };
        said.push(Text::say(locale, key, &[("commands", names.join(", ").into())]));
    }
    said
}

/// What the bot may do there.
fn bot(catalog: &Catalog, channel: ChannelId, access: &Access) -> Text {
    let about = ("channel", Filling::from(Mention::Channel(channel)));
    match access {
        Access::Full => Text::say(catalog.locale(), "check-bot", &[about]),
        Access::Lacks(lacking) => {
            let lacking = ("permissions", permission_names(*lacking).into());
            Text::say(catalog.locale(), "check-bot-lacks", &[about, lacking])
        }
        Access::NotVisible | Access::OtherServer => {
            Text::say(catalog.locale(), "check-bot-unseen", &[about])
        }
        Access::Unchecked(_) => Text::say(catalog.locale(), "check-bot-unchecked", &[about]),
    }
}
