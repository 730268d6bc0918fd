//! What Discord's own settings say of who may use our commands (Server Settings, Integrations), read with the bot's token:
//! <https://docs.discord.com/developers/interactions/application-commands#permissions>.

use serde::Deserialize;

use super::http::{Method, Rest};
use super::lenient::{list, number};
use crate::guild::{ChannelPath, GuildId, Permissions, RoleId, UserId};
use crate::guild::{Denial, Rights};

/// Whoever asks, as far as Discord's settings look at it.
pub struct Subject {
    pub member: UserId,
    pub roles: Vec<RoleId>,
    /// What the member may do in the channel that is asked in, where Discord said.
    pub permissions: Option<Permissions>,
}

/// The settings of the application, or of one of its commands.
#[derive(Debug, Deserialize)]
struct Overrides {
    #[serde(default, deserialize_with = "number")]
    id: Option<u64>,
    #[serde(default, deserialize_with = "list")]
    permissions: Vec<Override>,
}

#[derive(Debug, Deserialize)]
struct Override {
    #[serde(default, deserialize_with = "number")]
    id: Option<u64>,
    #[serde(rename = "type", default, deserialize_with = "number")]
    kind: Option<u64>,
    #[serde(default)]
    permission: Option<bool>,
}

const ROLE: u64 = 1;
const MEMBER: u64 = 2;
const CHANNEL: u64 = 3;

/// Finds out which commands somebody may use in a place.
pub async fn rights(
    rest: &Rest,
    application: u64,
    guild: GuildId,
    path: ChannelPath,
    subject: &Subject,
) -> Rights {
    // Administrators may use everything.
    if subject.permissions.is_some_and(Permissions::administrator) {
        let others = Vec::new();
        return Rights::Known { all: None, others };
    }
    let route = format!("/applications/{application}/guilds/{guild}/commands/permissions");
    let Some(overrides) = get::<Vec<Overrides>>(rest, &route).await else {
        return Rights::Unchecked;
    };
    let of_all = overrides.iter().find(|one| one.id == Some(application));
    let asked = Question { guild, path, subject, application: of_all };
    let all = asked.denial(None);
    let own: Vec<&Overrides> = overrides
        .iter()
        .filter(|one| one.id != Some(application))
        .filter(|one| asked.denial(Some(one)).is_some() != all.is_some())
        .collect();
    if own.is_empty() {
        return Rights::Known { all, others: Vec::new() };
    }
    let Some(names) = names(rest, application, guild).await else {
        return Rights::Unchecked;
    };
    let others = own.iter().filter_map(|one| {
        let (_, name) = names.iter().find(|(id, _)| Some(*id) == one.id)?;
        Some((name.clone(), all.is_some()))
    });
    Rights::Known { all, others: others.collect() }
}

/// The ids and names of our commands, registered everywhere or in this server.
async fn names(rest: &Rest, application: u64, guild: GuildId) -> Option<Vec<(u64, String)>> {
    #[derive(Deserialize)]
    struct Command {
        #[serde(default, deserialize_with = "number")]
        id: Option<u64>,
        name: Option<String>,
    }
    let mut names = Vec::new();
    for place in ["", &format!("/guilds/{guild}")] {
        let path = format!("/applications/{application}{place}/commands");
        let commands: Vec<Command> = get(rest, &path).await?;
        names.extend(commands.into_iter().filter_map(|command| Some((command.id?, command.name?))));
    }
    Some(names)
}

async fn get<T: serde::de::DeserializeOwned>(rest: &Rest, path: &str) -> Option<T> {
    let answer = rest.request(Method::Get, path, None).await.ok()?;
    serde_json::from_slice(&answer.body).ok()
}

/// Whether somebody may use a command in a place.
struct Question<'a> {
    guild: GuildId,
    path: ChannelPath,
    subject: &'a Subject,
    /// What is set for all commands of the application.
    application: Option<&'a Overrides>,
}

impl Question<'_> {
    /// What keeps the subject from a command, or, without one, from the application's commands in general. What is set for a
    /// command goes before what is set for all.
    fn denial(&self, command: Option<&Overrides>) -> Option<Denial> {
        let levels = || command.into_iter().chain(self.application);
        let channel = levels().find_map(|level| self.of_channel(level));
        let subject = levels().find_map(|level| self.of_subject(level));
        let denied = |found: Option<(bool, Denial)>| match found {
            Some((false, by)) => Some(by),
            _ => None,
        };
        denied(channel).or(denied(subject))
    }

    /// What is set for the channel, else for all channels, whose id is the server's less one. Threads have what their channel has.
    fn of_channel(&self, level: &Overrides) -> Option<(bool, Denial)> {
        let channel = self.path.channel;
        let all = self.guild.get().wrapping_sub(1);
        let set = |id: u64, by| Some((level.set(CHANNEL, id)?, by));
        set(channel.get(), Denial::Channel(channel)).or_else(|| set(all, Denial::AllChannels))
    }

    /// What is set for the member, else for a role of the member's, else for everyone, whose id is the server's.
    fn of_subject(&self, level: &Overrides) -> Option<(bool, Denial)> {
        let member = self.subject.member;
        if let Some(may) = level.set(MEMBER, member.get()) {
            return Some((may, Denial::Member));
        }
        let roles = self.subject.roles.iter();
        let set =
            roles.filter_map(|role| Some((level.set(ROLE, role.get())?, Denial::Role(*role))));
        // One role that may is enough.
        let by_role = set.max_by_key(|(may, _)| *may);
        by_role.or_else(|| Some((level.set(ROLE, self.guild.get())?, Denial::Everyone)))
    }
}

impl Overrides {
    fn set(&self, kind: u64, id: u64) -> Option<bool> {
        let is_meant = |one: &&Override| one.kind == Some(kind) && one.id == Some(id);
        self.permissions.iter().find(is_meant)?.permission
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guild::Category;
    use crate::guild::ChannelId;
    use serde_json::json;

    const GUILD: GuildId = GuildId::new(100);

    fn denial(application: serde_json::Value, command: serde_json::Value) -> Option<Denial> {
        let overrides = |permissions: serde_json::Value| -> Overrides {
            serde_json::from_value(json!({ "id": "1", "permissions": permissions }))
                .expect("overrides")
        };
        let subject = Subject {
            member: UserId::new(7),
            roles: vec![RoleId::new(20), RoleId::new(21)],
            permissions: None,
        };
        let (application, command) = (overrides(application), overrides(command));
        let question = Question {
            guild: GUILD,
            path: ChannelPath {
                thread: None,
                channel: ChannelId::new(5),
                category: Category::None,
            },
            subject: &subject,
            application: Some(&application),
        };
        question.denial(Some(&command))
    }

    #[test]
    fn the_nearest_setting_decides() {
        let set =
            |id: &str, kind: u8, may: bool| json!({ "id": id, "type": kind, "permission": may });
        let everyone = set("100", 1, false);
        let no_channel = set("99", 3, false);
        for (application, command, expected) in [
            (json!([]), json!([]), None),
            (json!([everyone]), json!([]), Some(Denial::Everyone)),
            (json!([everyone, set("20", 1, true)]), json!([]), None),
            (json!([set("20", 1, false)]), json!([]), Some(Denial::Role(RoleId::new(20)))),
            (json!([set("20", 1, false), set("21", 1, true)]), json!([]), None),
            (json!([set("21", 1, true), set("7", 2, false)]), json!([]), Some(Denial::Member)),
            (json!([no_channel]), json!([]), Some(Denial::AllChannels)),
            (json!([no_channel, set("5", 3, true)]), json!([]), None),
            (json!([everyone]), json!([set("7", 2, true)]), None),
            (json!([]), json!([set("5", 3, false)]), Some(Denial::Channel(ChannelId::new(5)))),
        ] {
            assert_eq!(
                denial(application.clone(), command.clone()),
                expected,
                "{application} {command}"
            );
        }
    }
}
