//! Command permissions as set in Server Settings, Integrations, loaded with the bot's token:
//! <https://docs.discord.com/developers/interactions/application-commands#permissions>.

use std::collections::HashMap;

use super::http::Rest;
use crate::guild::{ChannelPath, CommandRights, Denial, GuildId, Permissions, RoleId, UserId};
use crate::json::Json;

/// The member whose permissions are checked.
pub struct Subject {
    pub member: UserId,
    pub roles: Vec<RoleId>,
    /// The member's permissions in the interaction's channel, if Discord sent them.
    pub permissions: Option<Permissions>,
}

/// The overrides for the application, or for one of its commands.
struct CommandPermissions {
    id: Option<u64>,
    /// Whether a role, member or channel may use it, by type and id.
    overrides: HashMap<(u64, u64), bool>,
}

/// Override types:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-permissions-object-application-command-permission-type>.
const ROLE: u64 = 1;
const USER: u64 = 2;
const CHANNEL: u64 = 3;

/// Determines which commands a member may use in a channel. `None` if Discord does not return the
/// permissions.
pub async fn load_rights(
    rest: &Rest,
    application: u64,
    guild: GuildId,
    path: ChannelPath,
    subject: &Subject,
) -> Option<CommandRights> {
    if subject.permissions.is_some_and(Permissions::administrator) {
        return Some(CommandRights::default());
    }
    let url = format!("/applications/{application}/guilds/{guild}/commands/permissions");
    let body = rest.get(&url).await.ok()?;
    let permissions: Vec<CommandPermissions> =
        parse(&body)?.items().into_iter().map(CommandPermissions::read).collect();
    let (general, of_commands): (Vec<_>, Vec<_>) =
        permissions.into_iter().partition(|one| one.id == Some(application));
    let check = PermissionCheck { guild, path, subject, application: general.first() };
    let denied_by = check.denial(None);
    let differing: Vec<u64> = of_commands
        .iter()
        .filter(|one| check.denial(Some(one)).is_some() != denied_by.is_some())
        .filter_map(|one| one.id)
        .collect();
    let mut names = match differing.is_empty() {
        true => Vec::new(),
        false => load_names(rest, application, guild).await?,
    };
    names.retain(|(id, _)| differing.contains(id));
    let exceptions = names.into_iter().map(|(_, name)| name).collect();
    Some(CommandRights { denied_by, exceptions })
}

/// Loads ids and names of the commands registered globally or in this guild.
async fn load_names(rest: &Rest, application: u64, guild: GuildId) -> Option<Vec<(u64, String)>> {
    let mut names = Vec::new();
    for scope in ["", &format!("/guilds/{guild}")] {
        let path = format!("/applications/{application}{scope}/commands");
        let body = rest.get(&path).await.ok()?;
        names.extend(parse(&body)?.items().into_iter().filter_map(|command| {
            let command = command.object();
            Some((command.number("id")?, command.string("name")?))
        }));
    }
    Some(names)
}

/// Parses a JSON array; `None` for any other value.
fn parse(body: &[u8]) -> Option<Json<'_>> {
    serde_json::from_slice(body).ok().filter(|json: &Json<'_>| json.is_array())
}

/// Checks whether a member may use a command in a channel.
struct PermissionCheck<'a> {
    guild: GuildId,
    path: ChannelPath,
    subject: &'a Subject,
    /// The overrides that apply to all commands of the application.
    application: Option<&'a CommandPermissions>,
}

impl PermissionCheck<'_> {
    /// Returns what denies the subject the use of a command, or of the application's commands in
    /// general if `command` is `None`. Overrides of a command take precedence over those of the
    /// application.
    fn denial(&self, command: Option<&CommandPermissions>) -> Option<Denial> {
        let levels = || command.into_iter().chain(self.application);
        let channel = levels().find_map(|level| self.of_channel(level));
        let subject = levels().find_map(|level| self.of_subject(level));
        let mut found = channel.into_iter().chain(subject);
        found.find(|(is_allowed, _)| !is_allowed).map(|(_, by)| by)
    }

    /// The override for the channel, else for all channels (id: guild id − 1). A thread uses the
    /// overrides of its parent channel.
    fn of_channel(&self, level: &CommandPermissions) -> Option<(bool, Denial)> {
        let channel = self.path.channel;
        let all = self.guild.get().wrapping_sub(1);
        let set = |id: u64, by| Some((level.find(CHANNEL, id)?, by));
        set(channel.get(), Denial::Channel(channel)).or_else(|| set(all, Denial::AllChannels))
    }

    /// The override for the member, else for one of the member's roles, else for @everyone (id:
    /// guild id).
    fn of_subject(&self, level: &CommandPermissions) -> Option<(bool, Denial)> {
        let member = self.subject.member;
        if let Some(may) = level.find(USER, member.get()) {
            return Some((may, Denial::Member));
        }
        let roles = self.subject.roles.iter();
        let set =
            roles.filter_map(|role| Some((level.find(ROLE, role.get())?, Denial::Role(*role))));
        // If roles disagree, one that allows is enough.
        let by_role = set.max_by_key(|(may, _)| *may);
        by_role.or_else(|| Some((level.find(ROLE, self.guild.get())?, Denial::Everyone)))
    }
}

impl CommandPermissions {
    fn read(json: Json<'_>) -> Self {
        let permissions = json.object();
        let overrides = permissions.items("permissions").into_iter().filter_map(|one| {
            let one = one.object();
            Some(((one.number("type")?, one.number("id")?), one.boolean("permission")?))
        });
        Self { id: permissions.number("id"), overrides: overrides.collect() }
    }

    fn find(&self, kind: u64, id: u64) -> Option<bool> {
        self.overrides.get(&(kind, id)).copied()
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
        let read = |permissions: serde_json::Value| {
            let json = json!({ "id": "1", "permissions": permissions }).to_string();
            CommandPermissions::read(serde_json::from_str(&json).expect("JSON"))
        };
        let subject = Subject {
            member: UserId::new(7),
            roles: vec![RoleId::new(20), RoleId::new(21)],
            permissions: None,
        };
        let (application, command) = (read(application), read(command));
        let check = PermissionCheck {
            guild: GUILD,
            path: ChannelPath {
                thread: None,
                channel: ChannelId::new(5),
                category: Category::None,
            },
            subject: &subject,
            application: Some(&application),
        };
        check.denial(Some(&command))
    }

    #[test]
    fn the_most_specific_override_decides() {
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
