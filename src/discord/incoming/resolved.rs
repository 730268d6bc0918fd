//! The `resolved` data of an interaction: the channels, members, roles and attachments that its
//! options refer to by id.
//!
//! Only settings commands need it, so it is parsed on access. Invalid entries count as missing.

use std::borrow::Cow;
use std::fmt;

use crate::discord::json::{Json, Object};
use crate::guild::{Category, ChannelId, ChannelType, GuildId, Permissions, RoleId, UserId};

/// The maximum number of entries read per kind. A select menu has up to 25 values.
const EACH_MAX: usize = 25;

/// The maximum number of roles read per member. Discord allows 250 roles per guild:
/// <https://docs.discord.com/developers/resources/guild#create-guild-role>.
const ROLES_MAX: usize = 256;

/// The flag of a channel that the bot cannot view; Discord obfuscates such a channel.
const IS_HIDDEN: u64 = 1 << 17;

/// Parsed anew on each access.
#[derive(Clone, Copy, Default)]
pub struct Resolved<'a> {
    pub(super) entries: Option<Json<'a>>,
    pub(super) member_roles: Option<Json<'a>>,
}

/// [A channel](https://docs.discord.com/developers/resources/channel#channel-object), as far as Discord shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    pub id: ChannelId,
    /// The guild, if Discord sent it.
    pub guild: Option<GuildId>,
    pub kind: Option<ChannelType>,
    /// The category of a channel, or the parent channel of a thread. [`Category::Unknown`] if
    /// Discord did not send it.
    pub parent: Category,
    /// Whether the bot cannot view the channel. The other fields are unreliable then.
    pub is_hidden: bool,
    /// Whether this is a locked thread, in which only members with Manage Threads can post.
    pub is_locked: bool,
    /// The bot's permissions as sent by Discord, without implied permissions.
    pub app_permissions: Option<Permissions>,
}

/// A guild member named by an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub roles: Vec<RoleId>,
    /// The member's permissions in the interaction's channel.
    pub permissions: Option<Permissions>,
}

/// A file named by an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub url: String,
    /// Size in bytes.
    pub size: u64,
}

impl<'a> Resolved<'a> {
    pub fn channels(&self) -> Vec<Channel> {
        self.each("channels").filter_map(|(_, channel)| Channel::read(channel)).collect()
    }

    /// The channel's name, if Discord sent it.
    pub fn channel_name(&self, id: ChannelId) -> Option<String> {
        self.find("channels", id.get())?.text("name").map(Cow::into_owned)
    }

    /// Whether everyone may mention a role.
    pub fn is_mentionable(&self, id: RoleId) -> Option<bool> {
        Some(self.find("roles", id.get())?.is_true("mentionable"))
    }

    pub fn member(&self, id: UserId) -> Option<Member> {
        let member = self.find("members", id.get())?;
        Some(Member {
            roles: member.get("roles").map(roles).unwrap_or_default(),
            permissions: member.permissions("permissions"),
        })
    }

    pub fn attachment(&self, id: u64) -> Option<Attachment> {
        let attachment = self.find("attachments", id)?;
        Some(Attachment {
            url: attachment.text("url")?.into_owned(),
            // If the size is missing, the size limit is enforced by the download.
            size: attachment.number("size").unwrap_or(0),
        })
    }

    /// The roles of the member who sent the interaction.
    pub fn own_roles(&self) -> Vec<RoleId> {
        self.member_roles.map(roles).unwrap_or_default()
    }

    fn find(&self, kind: &str, wanted: u64) -> Option<Object<'a>> {
        let found = self.each(kind).find(|(id, _)| *id == Some(wanted));
        found.map(|(_, entry)| entry.object())
    }

    fn each(&self, kind: &str) -> impl Iterator<Item = (Option<u64>, Json<'a>)> {
        let entries = self.entries.map(Json::object).unwrap_or_default().object(kind);
        let mut entries: Vec<_> =
            entries.fields().map(|(id, entry)| (id.parse().ok(), entry)).collect();
        entries.reverse();
        entries.into_iter().take(EACH_MAX)
    }
}

impl Channel {
    /// Parses a channel; `None` if it has no id.
    pub(super) fn read(channel: Json<'_>) -> Option<Self> {
        let channel = channel.object();
        Some(Self {
            id: channel.id("id")?,
            guild: channel.id("guild_id"),
            kind: channel_type(&channel),
            parent: match channel.get("parent_id") {
                None => Category::Unknown,
                Some(parent) => parent.id().map_or(Category::None, Category::Known),
            },
            is_locked: channel.object("thread_metadata").is_true("locked"),
            is_hidden: is_hidden(&channel),
            app_permissions: channel.permissions("app_permissions"),
        })
    }
}

pub(in crate::discord) fn channel_type(channel: &Object<'_>) -> Option<ChannelType> {
    channel.number("type").and_then(|kind| u8::try_from(kind).ok()).map(ChannelType::from)
}

/// Whether the bot cannot view a channel.
pub(in crate::discord) fn is_hidden(channel: &Object<'_>) -> bool {
    channel.number("flags").is_some_and(|flags| flags & IS_HIDDEN != 0)
}

fn roles(list: Json<'_>) -> Vec<RoleId> {
    list.items().into_iter().filter_map(Json::id).take(ROLES_MAX).collect()
}

impl fmt::Debug for Resolved<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolved(..)")
    }
}
