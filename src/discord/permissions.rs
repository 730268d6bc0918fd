//! The bot's permissions in a channel, and the channel's category, taken from the interaction or
//! else from Discord's REST API. For a channel hidden from the bot, nothing is inferred.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::cache::Cache;
use super::http::{Rest, RestError};
use super::incoming::resolved::{channel_type, is_hidden};
use crate::guild::{
    Access, Category, ChannelAccess, ChannelId, ChannelInfo, ChannelType, CheckFailure, GuildId,
    Permissions, RoleId, id_from_number, is_thread, missing_permissions, permissions_to_post,
};
use crate::json::{Json, Object};

/// How long a channel's category, or the failure to load it, is cached. A CHANNEL_UPDATE event
/// invalidates the entry earlier.
const CATEGORY_TTL: Duration = Duration::from_secs(10 * 60);

/// Maximum number of channels per cache.
const CACHED_CHANNELS_MAX: usize = 10_000;

/// Error codes for a channel that the bot cannot view and for one that does not exist:
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
const MISSING_ACCESS: u64 = 50_001;
const UNKNOWN_CHANNEL: u64 = 10_003;

/// Checks the bot's permissions in a guild's channels. Loads the guild's roles only once.
pub struct PermissionChecker<'a> {
    rest: Option<&'a Rest>,
    guilds: &'a ChannelGuilds,
    bot: u64,
    guild: GuildId,
    roles: OnceCell<Result<BotRoles, Access>>,
}

/// A channel as returned by the REST API.
struct VisibleChannel {
    kind: Option<ChannelType>,
    parent: Option<ChannelId>,
    overwrites: Vec<Overwrite>,
}

/// A permission overwrite of the role or member with this id.
struct Overwrite {
    id: Option<u64>,
    allow: Permissions,
    deny: Permissions,
}

/// The permissions of all roles of a guild, and the ids of the bot's own roles.
struct BotRoles {
    permissions: Vec<(u64, Permissions)>,
    own: Vec<u64>,
}

impl<'a> PermissionChecker<'a> {
    pub fn new(
        rest: Option<&'a Rest>,
        guilds: &'a ChannelGuilds,
        bot: u64,
        guild: GuildId,
    ) -> Self {
        Self { rest, guilds, bot, guild, roles: OnceCell::new() }
    }

    /// What is known about a channel without a request.
    pub fn unchecked_access(&self, location: &ChannelInfo) -> ChannelAccess {
        let guild = location.guild.or_else(|| self.guilds.0.get(&location.channel)?);
        ChannelAccess {
            channel: location.channel,
            is_in_guild: guild == Some(self.guild),
            kind: location.kind,
            access: Access::Unchecked(CheckFailure::Unavailable),
            permissions: None,
        }
    }

    /// Checks whether the bot can post in a channel.
    pub async fn check_access(&self, location: &ChannelInfo) -> ChannelAccess {
        let checked = self.check(location).await;
        // Read after the check, which may have cached the channel's guild.
        let unchecked = self.unchecked_access(location);
        match checked {
            Ok((permissions, kind)) => ChannelAccess {
                kind,
                access: match missing_permissions(permissions, permissions_to_post(kind)) {
                    missing if missing.is_empty() => Access::Full,
                    missing => Access::MissingPermissions(missing),
                },
                permissions: Some(permissions),
                ..unchecked
            },
            Err(access) => ChannelAccess { access, ..unchecked },
        }
    }

    async fn check(
        &self,
        location: &ChannelInfo,
    ) -> Result<(Permissions, Option<ChannelType>), Access> {
        if location.guild.is_some_and(|guild| guild != self.guild) {
            return Err(Access::OtherServer);
        }
        if location.is_hidden {
            return Err(Access::NotVisible);
        }
        let Some(permissions) = location.bot_permissions else {
            let rest = self.rest.ok_or(Access::Unchecked(CheckFailure::Unavailable))?;
            return self.load(rest, location.channel).await;
        };
        if !self.unchecked_access(location).is_in_guild
            && let Some(rest) = self.rest
            && let Ok(guild) = self.guilds.get_or_load(rest, location.channel).await
            && guild != Some(self.guild)
        {
            return Err(Access::OtherServer);
        }
        Ok((permissions, location.kind))
    }

    async fn load(
        &self,
        rest: &Rest,
        channel: ChannelId,
    ) -> Result<(Permissions, Option<ChannelType>), Access> {
        let found = get(rest, &format!("/channels/{channel}")).await?;
        let found = Json::from(&*found).object();
        let guild = guild_of(&found).ok_or(Access::Unchecked(CheckFailure::Unavailable))?;
        self.guilds.0.insert(channel, guild);
        if guild != Some(self.guild) {
            return Err(Access::OtherServer);
        }
        let found = VisibleChannel::read(&found)?;
        // A thread inherits the overwrites of its parent channel.
        let overwrites = match (found.kind, found.parent) {
            (Some(kind), Some(parent)) if is_thread(kind) => {
                load_channel(rest, parent).await?.overwrites
            }
            _ => found.overwrites,
        };
        let roles = self.roles.get_or_init(|| self.load_roles(rest)).await;
        let roles = roles.as_ref().map_err(Access::clone)?;
        Ok((compute_permissions(self.guild, self.bot, roles, &overwrites), found.kind))
    }

    async fn load_roles(&self, rest: &Rest) -> Result<BotRoles, Access> {
        let (guild, bot) = (self.guild, self.bot);
        let roles = get(rest, &format!("/guilds/{guild}/roles")).await?;
        let member = get(rest, &format!("/guilds/{guild}/members/{bot}")).await?;
        let permissions = Json::from(&*roles).items().into_iter().filter_map(|role| {
            let role = role.object();
            Some((role.number("id")?, role.permissions("permissions").unwrap_or_default()))
        });
        let own = Json::from(&*member).object().items("roles");
        Ok(BotRoles {
            permissions: permissions.collect(),
            own: own.into_iter().filter_map(Json::number).collect(),
        })
    }
}

/// What is known about a channel after a failed request.
fn access_after(error: &RestError) -> Access {
    match error.code() {
        Some(MISSING_ACCESS | UNKNOWN_CHANNEL) => Access::NotVisible,
        _ if error.is_transient() => Access::Unchecked(CheckFailure::Unavailable),
        _ => Access::Unchecked(CheckFailure::Refused),
    }
}

impl VisibleChannel {
    fn read(channel: &Object<'_>) -> Result<Self, Access> {
        if is_hidden(channel) {
            return Err(Access::NotVisible);
        }
        let overwrites = channel.items("permission_overwrites").into_iter().map(Json::object);
        Ok(Self {
            kind: channel_type(channel),
            parent: channel.id("parent_id"),
            overwrites: overwrites
                .map(|one| Overwrite {
                    id: one.number("id"),
                    allow: one.permissions("allow").unwrap_or_default(),
                    deny: one.permissions("deny").unwrap_or_default(),
                })
                .collect(),
        })
    }
}

/// Loads a channel that the bot can view.
async fn load_channel(rest: &Rest, channel: ChannelId) -> Result<VisibleChannel, Access> {
    let found = get(rest, &format!("/channels/{channel}")).await?;
    VisibleChannel::read(&Json::from(&*found).object())
}

/// The guild of a channel: `Some(None)` for a direct message, `None` if the response does not say.
fn guild_of(channel: &Object<'_>) -> Option<Option<GuildId>> {
    let is_private =
        matches!(channel_type(channel), Some(ChannelType::Private | ChannelType::GroupDm));
    match channel.number("guild_id") {
        Some(id) => id_from_number(id).map(Some),
        None => is_private.then_some(None),
    }
}

/// Loads all roles of a guild, including @everyone, and whether everyone may mention them; `None` if
/// Discord refuses.
pub async fn load_guild_roles(rest: &Rest, guild: GuildId) -> Option<HashMap<RoleId, bool>> {
    let roles = get(rest, &format!("/guilds/{guild}/roles")).await.ok()?;
    let roles = Json::from(&*roles);
    let roles = roles.is_array().then(|| roles.items())?.into_iter().map(Json::object);
    Some(roles.filter_map(|role| Some((role.id("id")?, role.is_true("mentionable")))).collect())
}

async fn get(rest: &Rest, path: &str) -> Result<Box<RawValue>, Access> {
    let body = rest.get(path).await.map_err(|error| access_after(&error))?;
    serde_json::from_slice(&body).map_err(|_| Access::Unchecked(CheckFailure::Unavailable))
}

/// <https://docs.discord.com/developers/topics/permissions#permission-overwrites>
fn compute_permissions(
    guild: GuildId,
    bot: u64,
    roles: &BotRoles,
    overwrites: &[Overwrite],
) -> Permissions {
    let everyone = guild.get();
    let has = |id: u64| id == everyone || roles.own.contains(&id);
    let own = roles.permissions.iter().filter(|(id, _)| has(*id));
    let base = own.fold(Permissions::empty(), |all, (_, permissions)| all | *permissions);
    if base.administrator() {
        return base;
    }
    let apply = |to: Permissions, is_applied: &dyn Fn(u64) -> bool| {
        let applied = overwrites.iter().filter(|one| one.id.is_some_and(is_applied));
        let none = (Permissions::empty(), Permissions::empty());
        let (allow, deny) =
            applied.fold(none, |(allow, deny), one| (allow | one.allow, deny | one.deny));
        to.difference(deny) | allow
    };
    let permissions = apply(base, &|id| id == everyone);
    let permissions = apply(permissions, &|id| id != everyone && has(id));
    apply(permissions, &|id| id == bot)
}

/// Caches the guild of each channel, `None` for a direct message. Entries never change and never
/// expire.
#[derive(Debug, Default)]
pub struct ChannelGuilds(Cache<CACHED_CHANNELS_MAX, ChannelId, Option<GuildId>>);

impl ChannelGuilds {
    /// Returns the channel's guild from the cache, or loads it.
    ///
    /// # Errors
    ///
    /// Fails with the request's error, or with `None` if the response does not contain the guild.
    pub async fn get_or_load(
        &self,
        rest: &Rest,
        channel: ChannelId,
    ) -> Result<Option<GuildId>, Option<RestError>> {
        if let Some(guild) = self.0.get(&channel) {
            return Ok(guild);
        }
        let body = rest.get(&format!("/channels/{channel}")).await?;
        let found: Object<'_> = serde_json::from_slice(&body).map_err(|_| None)?;
        let guild = guild_of(&found).ok_or(None)?;
        self.0.insert(channel, guild);
        Ok(guild)
    }
}

/// Caches the category of each channel, or that Discord refused to show it.
#[derive(Debug, Default)]
pub struct CategoryCache {
    categories: Cache<CACHED_CHANNELS_MAX, ChannelId, (CachedCategory, Instant)>,
    /// Grows with each removal, so that what was loaded before it is not cached.
    removals: AtomicU64,
}

type CachedCategory = Result<Category, CheckFailure>;

impl CategoryCache {
    pub fn get(&self, channel: ChannelId) -> Option<CachedCategory> {
        let (category, since) = self.categories.get(&channel)?;
        (since.elapsed() < CATEGORY_TTL).then_some(category)
    }

    /// Returns the channel's category from the cache, or loads it.
    pub async fn get_or_load(&self, rest: &Rest, channel: ChannelId) -> CachedCategory {
        match self.get(channel) {
            Some(category) => category,
            None => self.load(rest, channel).await,
        }
    }

    /// Like [`CategoryCache::get_or_load`], but ignores cached failures.
    pub async fn get_or_retry(&self, rest: &Rest, channel: ChannelId) -> CachedCategory {
        match self.get(channel) {
            Some(Ok(category)) if category != Category::NotVisible => Ok(category),
            _ => self.load(rest, channel).await,
        }
    }

    async fn load(&self, rest: &Rest, channel: ChannelId) -> CachedCategory {
        let removals = self.removals.load(Ordering::Relaxed);
        let category = match load_channel(rest, channel).await {
            Ok(found) => Ok(found.parent.map_or(Category::None, Category::Known)),
            Err(Access::Unchecked(why)) => Err(why),
            Err(_) => Ok(Category::NotVisible),
        };
        // Outages are not cached, because they pass. Refusals are, because each one counts as an
        // invalid request.
        let is_current = self.removals.load(Ordering::Relaxed) == removals;
        if category != Err(CheckFailure::Unavailable) && is_current {
            self.categories.insert(channel, (category, Instant::now()));
        }
        category
    }

    pub fn remove(&self, channel: ChannelId) {
        self.removals.fetch_add(1, Ordering::Relaxed);
        self.categories.remove(&channel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: Permissions = Permissions::VIEW_CHANNEL;
    const SEND: Permissions = Permissions::SEND_MESSAGES;
    const NONE: Permissions = Permissions::empty();

    #[test]
    fn overwrites_apply_in_the_order_everyone_roles_member() {
        let overwrite = |id: u64, allow, deny| Overwrite { id: Some(id), allow, deny };
        let of = |own: &[u64], overwrites: &[Overwrite]| {
            let roles = BotRoles {
                permissions: vec![(1, VIEW | SEND), (2, NONE), (3, Permissions::ADMINISTRATOR)],
                own: own.to_vec(),
            };
            compute_permissions(GuildId::new(1), 9, &roles, overwrites)
        };
        assert_eq!(of(&[], &[]), VIEW | SEND);
        assert_eq!(of(&[], &[overwrite(1, NONE, VIEW)]), SEND);
        assert_eq!(of(&[2], &[overwrite(1, NONE, VIEW), overwrite(2, VIEW, NONE)]), VIEW | SEND);
        assert_eq!(of(&[2], &[overwrite(9, NONE, SEND), overwrite(2, SEND, NONE)]), VIEW);
        assert!(of(&[3], &[overwrite(1, NONE, VIEW)]).administrator());
    }

    #[test]
    fn a_field_of_another_type_counts_as_absent() {
        for (json, parent, overwrites) in [
            (r#"{}"#, None, 0),
            (
                r#"{"id": 3, "type": null, "flags": null, "guild_id": 1, "parent_id": 2, "permission_overwrites": null}"#,
                Some(2),
                0,
            ),
            (
                r#"{"type": "0", "flags": "8", "guild_id": "1", "parent_id": null,
                    "permission_overwrites": [{"id": 1, "allow": null, "deny": 1024}, {"id": null}]}"#,
                None,
                2,
            ),
            (r#"{"type": {}, "parent_id": "x", "flags": -1}"#, None, 0),
        ] {
            let channel = Object::parse(json).expect(json);
            let channel = VisibleChannel::read(&channel).expect(json);
            assert_eq!(channel.parent.map(ChannelId::get), parent, "{json}");
            assert_eq!(channel.overwrites.len(), overwrites, "{json}");
        }
        let hidden = Object::parse(r#"{"type": 0, "flags": "131072"}"#).expect("an object");
        assert!(matches!(VisibleChannel::read(&hidden), Err(Access::NotVisible)));
    }
}
