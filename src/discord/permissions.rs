//! What the bot may do in a channel, and what category it is in: from what came along with an interaction, else from Discord's REST
//! interface. Nothing is derived from a channel that Discord hides.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::http::{Method, Rest, RestError};
use super::incoming::Id;
use super::lenient::{bits, ids, list, number};
use crate::guild::id_from_number;
use crate::guild::{Access, ChannelAccess, Location, Unchecked};
use crate::guild::{
    Category, ChannelId, ChannelType, GuildId, Permissions, RoleId, is_thread, missing_permissions,
    permissions_to_post,
};

/// How long it is remembered which category a channel is in, or that Discord does not tell. A changed channel is told of sooner, by
/// the gateway.
const REMEMBERED: Duration = Duration::from_secs(10 * 60);

/// Of how many channels that is remembered, or which server they belong to.
const CHANNELS_MAX: usize = 10_000;

/// Discord's codes for a channel that the bot may not see, and for one that is not there:
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
const MISSING_ACCESS: u64 = 50_001;
const UNKNOWN_CHANNEL: u64 = 10_003;

/// The flag of a channel that Discord hides.
const IS_HIDDEN: u64 = 1 << 17;

/// The permission that is all permissions.
const ADMINISTRATOR: u64 = 1 << 3;

/// The types of a direct message and of a group of people: <https://docs.discord.com/developers/resources/channel#channel-object-channel-types>.
const PRIVATE_TYPES: [u64; 2] = [1, 3];

/// Finds out what the bot may do in the channels of a server; what is the same for all of them is asked for once.
pub struct PermissionChecker<'a> {
    rest: Option<&'a Rest>,
    guilds: &'a ChannelGuilds,
    bot: u64,
    guild: GuildId,
    standing: OnceCell<Result<Standing, Unfound>>,
}

impl<'a> PermissionChecker<'a> {
    pub fn new(
        rest: Option<&'a Rest>,
        guilds: &'a ChannelGuilds,
        bot: u64,
        guild: GuildId,
    ) -> Self {
        Self { rest, guilds, bot, guild, standing: OnceCell::new() }
    }

    /// What is known of a channel without asking Discord.
    pub fn unchecked(&self, location: &Location) -> ChannelAccess {
        let guild = location.guild.or_else(|| self.guilds.get(location.channel)?);
        ChannelAccess {
            channel: location.channel,
            is_of_guild: guild == Some(self.guild),
            kind: location.kind,
            access: Access::Unchecked(Unchecked::Away),
            permissions: None,
        }
    }

    /// Whether a channel belongs to the server; what the bot may do there is not asked for.
    pub async fn belonging(&self, channel: ChannelId) -> ChannelAccess {
        let reach = self.unchecked(&Location::unknown(channel));
        let Some(rest) = self.rest else {
            return reach;
        };
        let (is_of_guild, access) = match self.guilds.find(rest, channel).await {
            Ok(Some(guild)) if guild == self.guild => (true, Access::Full),
            Ok(_) => (false, Access::OtherServer),
            Err(error) => match error.map(|error| unfound(&error)) {
                Some(Unfound::Unchecked(why)) => (false, Access::Unchecked(why)),
                Some(_) => (false, Access::NotVisible),
                None => (false, Access::Unchecked(Unchecked::Away)),
            },
        };
        ChannelAccess { is_of_guild, access, ..reach }
    }

    /// What the bot may do in a channel.
    pub async fn access(&self, location: &Location) -> ChannelAccess {
        let reach = self.unchecked(location);
        if location.guild.is_some_and(|guild| guild != self.guild) {
            return ChannelAccess { access: Access::OtherServer, ..reach };
        }
        if location.is_hidden {
            return ChannelAccess { access: Access::NotVisible, ..reach };
        }
        let known = match (location.bot, self.rest) {
            (Some(permissions), _) if reach.is_of_guild => Ok((permissions, location.kind)),
            (Some(permissions), _) => match self.belonging(location.channel).await.access {
                Access::OtherServer => Err(Unfound::OtherServer),
                _ => Ok((permissions, location.kind)),
            },
            (None, Some(rest)) => self.ask_for(rest, location.channel).await,
            (None, None) => Err(Unfound::Unchecked(Unchecked::Away)),
        };
        // Asking for the permissions may have told it.
        let reach = self.unchecked(location);
        match known {
            Ok((permissions, kind)) => ChannelAccess {
                kind,
                access: match missing_permissions(permissions, permissions_to_post(kind)) {
                    lacking if lacking.is_empty() => Access::Full,
                    lacking => Access::Lacks(lacking),
                },
                permissions: Some(permissions),
                ..reach
            },
            Err(Unfound::NotVisible) => ChannelAccess { access: Access::NotVisible, ..reach },
            Err(Unfound::OtherServer) => ChannelAccess { access: Access::OtherServer, ..reach },
            Err(Unfound::Unchecked(why)) => {
                ChannelAccess { access: Access::Unchecked(why), ..reach }
            }
        }
    }
}

/// Why Discord did not tell.
#[derive(Clone, Copy)]
enum Unfound {
    /// It is hidden from the bot, or gone.
    NotVisible,
    /// It belongs to another server, or to none.
    OtherServer,
    Unchecked(Unchecked),
}

/// A channel, as Discord's REST interface shows it.
#[derive(Deserialize)]
struct Channel {
    #[serde(rename = "type", default, deserialize_with = "number")]
    kind: Option<u64>,
    #[serde(default, deserialize_with = "bits")]
    flags: u64,
    #[serde(default, deserialize_with = "number")]
    guild_id: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    parent_id: Option<u64>,
    #[serde(default, deserialize_with = "list")]
    permission_overwrites: Vec<Overwrite>,
}

#[derive(Deserialize)]
struct Overwrite {
    #[serde(default, deserialize_with = "number")]
    id: Option<u64>,
    #[serde(default, deserialize_with = "bits")]
    allow: u64,
    #[serde(default, deserialize_with = "bits")]
    deny: u64,
}

#[derive(Deserialize)]
struct Role {
    #[serde(default, deserialize_with = "number")]
    id: Option<u64>,
    #[serde(default, deserialize_with = "bits")]
    permissions: u64,
}

#[derive(Deserialize)]
struct Member {
    #[serde(default, deserialize_with = "ids")]
    roles: Vec<u64>,
}

/// The roles of a server, and which of them the bot has.
struct Standing {
    roles: Vec<Role>,
    own: Member,
}

impl PermissionChecker<'_> {
    async fn ask_for(
        &self,
        rest: &Rest,
        channel: ChannelId,
    ) -> Result<(Permissions, Option<ChannelType>), Unfound> {
        let named: Channel = get(rest, &format!("/channels/{channel}")).await?;
        let guild = named.guild().ok_or(Unfound::Unchecked(Unchecked::Away))?;
        self.guilds.remember(channel, guild);
        if guild != Some(self.guild) {
            return Err(Unfound::OtherServer);
        }
        let named = named.seen()?;
        let kind = named.kind.and_then(|kind| u8::try_from(kind).ok()).map(ChannelType::from);
        // A thread has the permissions of its channel.
        let overwrites = match (kind, named.parent_id) {
            (Some(kind), Some(parent)) if is_thread(kind) => {
                let parent = id_from_number(parent).map_err(|_| Unfound::NotVisible)?;
                seen(rest, parent).await?.permission_overwrites
            }
            _ => named.permission_overwrites,
        };
        let standing = self.standing.get_or_init(|| self.ask_for_roles(rest)).await;
        let standing = standing.as_ref().map_err(|unfound| *unfound)?;
        let bits = computed(self.guild, self.bot, standing, &overwrites);
        Ok((Permissions::from_bits_retain(bits), kind))
    }

    async fn ask_for_roles(&self, rest: &Rest) -> Result<Standing, Unfound> {
        let (guild, bot) = (self.guild, self.bot);
        Ok(Standing {
            roles: get(rest, &format!("/guilds/{guild}/roles")).await?,
            own: get(rest, &format!("/guilds/{guild}/members/{bot}")).await?,
        })
    }
}

/// A channel that the bot may see.
async fn seen(rest: &Rest, channel: ChannelId) -> Result<Channel, Unfound> {
    get::<Channel>(rest, &format!("/channels/{channel}")).await?.seen()
}

impl Channel {
    fn seen(self) -> Result<Self, Unfound> {
        match self.flags & IS_HIDDEN {
            0 => Ok(self),
            _ => Err(Unfound::NotVisible),
        }
    }

    /// The server that it belongs to, `Some(None)` for a direct message; nothing where Discord's answer does not say.
    fn guild(&self) -> Option<Option<GuildId>> {
        let is_private = self.kind.is_some_and(|kind| PRIVATE_TYPES.contains(&kind));
        match self.guild_id {
            Some(id) => id_from_number(id).ok().map(Some),
            None => is_private.then_some(None),
        }
    }
}

/// The roles of a server, @everyone's among them; nothing if Discord did not list them.
pub async fn roles(rest: &Rest, guild: GuildId) -> Option<Vec<RoleId>> {
    let roles: Vec<Role> = get(rest, &format!("/guilds/{guild}/roles")).await.ok()?;
    Some(roles.iter().filter_map(|role| role.id).filter_map(|id| id_from_number(id).ok()).collect())
}

async fn get<T: DeserializeOwned>(rest: &Rest, path: &str) -> Result<T, Unfound> {
    let answer = rest.request(Method::Get, path, None).await.map_err(|error| unfound(&error))?;
    serde_json::from_slice(&answer.body).map_err(|_| Unfound::Unchecked(Unchecked::Away))
}

fn unfound(error: &RestError) -> Unfound {
    match error.code() {
        Some(MISSING_ACCESS | UNKNOWN_CHANNEL) => Unfound::NotVisible,
        _ if error.is_passing() => Unfound::Unchecked(Unchecked::Away),
        _ => Unfound::Unchecked(Unchecked::Refused),
    }
}

/// <https://docs.discord.com/developers/topics/permissions#permission-overwrites>
fn computed(guild: GuildId, bot: u64, standing: &Standing, overwrites: &[Overwrite]) -> u64 {
    let everyone = guild.get();
    let has = |id: u64| id == everyone || standing.own.roles.contains(&id);
    let own = standing.roles.iter().filter(|role| role.id.is_some_and(has));
    let base = own.fold(0, |bits, role| bits | role.permissions);
    if base & ADMINISTRATOR != 0 {
        return base;
    }
    let apply = |bits: u64, of: &dyn Fn(u64) -> bool| {
        let those = overwrites.iter().filter(|one| one.id.is_some_and(of));
        let (allow, deny) =
            those.fold((0, 0), |(allow, deny), one| (allow | one.allow, deny | one.deny));
        bits & !deny | allow
    };
    let bits = apply(base, &|id| id == everyone);
    let bits = apply(bits, &|id| id != everyone && has(id));
    apply(bits, &|id| id == bot)
}

/// Which server each channel belongs to, as Discord's REST interface says; that of a direct message is none. It never changes, so
/// that one read per channel is enough.
#[derive(Debug, Default)]
pub struct ChannelGuilds(Mutex<HashMap<ChannelId, Option<GuildId>>>);

impl ChannelGuilds {
    fn get(&self, channel: ChannelId) -> Option<Option<GuildId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&channel).copied()
    }

    fn remember(&self, channel: ChannelId, guild: Option<GuildId>) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= CHANNELS_MAX {
            remembered.clear();
        }
        remembered.insert(channel, guild);
    }

    /// The server of a channel, for which Discord may have to be asked.
    ///
    /// # Errors
    ///
    /// If Discord refuses, cannot be reached, or does not say.
    pub async fn find(
        &self,
        rest: &Rest,
        channel: ChannelId,
    ) -> Result<Option<GuildId>, Option<RestError>> {
        if let Some(guild) = self.get(channel) {
            return Ok(guild);
        }
        let path = format!("/channels/{channel}");
        let answer = rest.request(Method::Get, &path, None).await?;
        let found: Option<Channel> = serde_json::from_slice(&answer.body).ok();
        let guild = found.and_then(|found| found.guild()).ok_or(None)?;
        self.remember(channel, guild);
        Ok(guild)
    }
}

/// The categories of channels in whose threads something was asked, or that Discord refused to tell.
#[derive(Debug, Default)]
pub struct Categories(Mutex<HashMap<ChannelId, (Told, Instant)>>);

/// What Discord told of a channel's category.
type Told = Result<Category, Unchecked>;

impl Categories {
    /// What Discord told of a channel's category, if it is remembered.
    pub fn of(&self, channel: ChannelId) -> Option<Told> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (told, since) = remembered.get(&channel)?;
        (since.elapsed() < REMEMBERED).then_some(*told)
    }

    /// The category of a channel, for which Discord may have to be asked.
    pub async fn find(&self, rest: &Rest, channel: ChannelId) -> Told {
        match self.of(channel) {
            Some(told) => told,
            None => self.ask(rest, channel).await,
        }
    }

    /// The same, where what Discord refused a while ago is asked for again.
    pub async fn find_again(&self, rest: &Rest, channel: ChannelId) -> Told {
        match self.of(channel) {
            Some(Ok(category)) if category != Category::NotVisible => Ok(category),
            _ => self.ask(rest, channel).await,
        }
    }

    async fn ask(&self, rest: &Rest, channel: ChannelId) -> Told {
        let told = match seen(rest, channel).await {
            Ok(found) => {
                let category = found.parent_id.and_then(|id| id_from_number(id).ok());
                Ok(category.map_or(Category::None, Category::Is))
            }
            Err(Unfound::NotVisible | Unfound::OtherServer) => Ok(Category::NotVisible),
            Err(Unfound::Unchecked(why)) => Err(why),
        };
        // What passes is asked for again; a refusal counts against what Discord lets a machine be refused.
        if told != Err(Unchecked::Away) {
            self.remember(channel, told);
        }
        told
    }

    fn remember(&self, channel: ChannelId, told: Told) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= CHANNELS_MAX {
            remembered.retain(|_, (_, since)| since.elapsed() < REMEMBERED);
            if remembered.len() >= CHANNELS_MAX {
                remembered.clear();
            }
        }
        remembered.insert(channel, (told, Instant::now()));
    }

    /// Forgets the category of a channel that was changed.
    pub fn forget(&self, channel: Id) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.remove(&channel.typed::<ChannelId>());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: u64 = 1 << 10;
    const SEND: u64 = 1 << 11;

    #[test]
    fn overwrites_go_from_everyone_by_roles_to_the_member() {
        let role = |id: u64, permissions| Role { id: Some(id), permissions };
        let overwrite = |id: u64, allow, deny| Overwrite { id: Some(id), allow, deny };
        let of = |own: &[u64], overwrites: &[Overwrite]| {
            let standing = Standing {
                roles: vec![role(1, VIEW | SEND), role(2, 0), role(3, ADMINISTRATOR)],
                own: Member { roles: own.to_vec() },
            };
            computed(GuildId::new(1), 9, &standing, overwrites)
        };
        assert_eq!(of(&[], &[]), VIEW | SEND);
        assert_eq!(of(&[], &[overwrite(1, 0, VIEW)]), SEND);
        assert_eq!(of(&[2], &[overwrite(1, 0, VIEW), overwrite(2, VIEW, 0)]), VIEW | SEND);
        assert_eq!(of(&[2], &[overwrite(9, 0, SEND), overwrite(2, SEND, 0)]), VIEW);
        assert_eq!(of(&[3], &[overwrite(1, 0, VIEW)]) & ADMINISTRATOR, ADMINISTRATOR);
    }

    #[test]
    fn what_discord_writes_otherwise_is_read_all_the_same() {
        for (json, parent, flags, overwrites) in [
            (r#"{}"#, None, 0, 0),
            (
                r#"{"id": 3, "type": null, "flags": null, "guild_id": 1, "parent_id": 2, "permission_overwrites": null}"#,
                Some(2),
                0,
                0,
            ),
            (
                r#"{"type": "0", "flags": "131072", "guild_id": "1", "parent_id": null,
                    "permission_overwrites": [{"id": 1, "allow": null, "deny": 1024}, {"id": null}]}"#,
                None,
                IS_HIDDEN,
                2,
            ),
            (r#"{"type": {}, "parent_id": "x", "flags": -1}"#, None, 0, 0),
        ] {
            let channel: Channel = serde_json::from_str(json).expect(json);
            assert_eq!(channel.parent_id, parent, "{json}");
            assert_eq!(channel.flags, flags, "{json}");
            assert_eq!(channel.permission_overwrites.len(), overwrites, "{json}");
        }
        let member: Member =
            serde_json::from_str(r#"{"roles": [1, "2", null]}"#).expect("a member");
        assert_eq!(member.roles, [1, 2]);
        let member: Member = serde_json::from_str(r#"{"roles": null}"#).expect("a member");
        assert!(member.roles.is_empty());
        let role: Role = serde_json::from_str(r#"{"id": 1, "permissions": 8}"#).expect("a role");
        assert_eq!((role.id, role.permissions), (Some(1), ADMINISTRATOR));
    }
}
