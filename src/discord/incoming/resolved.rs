//! The `resolved` data of an interaction: the channels, members, roles and attachments that its
//! options refer to by id.
//!
//! Only settings commands need it, so it is parsed on access. Invalid entries count as missing.

use std::fmt;

use serde_json::value::RawValue;

use crate::discord::command_permissions::Subject;
use crate::guild::{
    Category, ChannelId, ChannelInfo, ChannelPath, ChannelType, RoleId, UserId, is_thread,
};
use crate::json::{Json, Object};

/// The maximum number of entries read per kind. A select menu has up to 25 values.
const ENTRIES_PER_KIND_MAX: usize = 25;

/// The maximum number of roles read per member. Discord allows 250 roles per guild:
/// <https://docs.discord.com/developers/resources/guild#create-guild-role>.
const ROLES_MAX: usize = 256;

/// The flag of a channel that the bot cannot view; Discord obfuscates such a channel.
const IS_HIDDEN: u64 = 1 << 17;

/// Parsed anew on each access.
#[derive(Clone, Default)]
pub struct Resolved {
    pub(super) entries: Option<Box<RawValue>>,
    pub(super) member_roles: Option<Box<RawValue>>,
}

/// A file named by an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub url: String,
    /// Size in bytes.
    pub size: u64,
}

impl Resolved {
    pub fn channels(&self) -> Vec<ChannelInfo> {
        self.each("channels").filter_map(|(_, channel)| read_channel(channel)).collect()
    }

    /// The channel's name, if Discord sent it.
    pub fn channel_name(&self, id: ChannelId) -> Option<String> {
        self.find("channels", id.get())?.string("name")
    }

    /// Whether everyone may mention a role.
    pub fn is_mentionable(&self, id: RoleId) -> Option<bool> {
        Some(self.find("roles", id.get())?.is_true("mentionable"))
    }

    /// A member named by an option, as far as Discord sent it.
    pub fn member(&self, id: UserId) -> Subject {
        let member = self.find("members", id.get()).unwrap_or_default();
        Subject {
            member: id,
            roles: member.get("roles").map(roles).unwrap_or_default(),
            permissions: member.permissions("permissions"),
        }
    }

    pub fn attachment(&self, id: u64) -> Option<Attachment> {
        let attachment = self.find("attachments", id)?;
        Some(Attachment {
            url: attachment.string("url")?,
            // If the size is missing, the size limit is enforced by the download.
            size: attachment.number("size").unwrap_or(0),
        })
    }

    /// The roles of the member who sent the interaction.
    pub fn own_roles(&self) -> Vec<RoleId> {
        self.member_roles.as_deref().map(|list| roles(list.into())).unwrap_or_default()
    }

    fn find(&self, kind: &str, wanted: u64) -> Option<Object<'_>> {
        let found = self.each(kind).find(|(id, _)| *id == Some(wanted));
        found.map(|(_, entry)| entry.object())
    }

    fn each(&self, kind: &str) -> impl Iterator<Item = (Option<u64>, Json<'_>)> {
        let entries = self.entries.as_deref().map(Json::from).map(Json::object);
        let entries = entries.unwrap_or_default().object(kind);
        let entries: Vec<_> = entries
            .fields()
            .map(|(id, entry)| (id.parse().ok(), entry))
            .take(ENTRIES_PER_KIND_MAX)
            .collect();
        entries.into_iter()
    }
}

/// [A channel](https://docs.discord.com/developers/resources/channel#channel-object), as far as Discord
/// shows it; `None` if it has no id.
pub(super) fn read_channel(channel: Json<'_>) -> Option<ChannelInfo> {
    let channel = channel.object();
    let (id, kind) = (channel.id("id")?, channel_type(&channel));
    let parent = match channel.get("parent_id") {
        None => Category::Unknown,
        Some(parent) => parent.id().map_or(Category::None, Category::Known),
    };
    Some(ChannelInfo {
        channel: id,
        guild: channel.id("guild_id"),
        kind,
        path: match (kind, parent) {
            // Discord sends the parent of a thread, but not the category of that parent.
            (Some(kind), Category::Known(of)) if is_thread(kind) => {
                ChannelPath { thread: Some(id), channel: of, category: Category::Unknown }
            }
            // A category has no parent.
            (Some(ChannelType::Category), _) => {
                ChannelPath { thread: None, channel: id, category: Category::None }
            }
            (_, category) => ChannelPath { thread: None, channel: id, category },
        },
        bot_permissions: channel.permissions("app_permissions"),
        is_hidden: is_hidden(&channel),
        is_locked: channel.object("thread_metadata").is_true("locked"),
    })
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

impl fmt::Debug for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolved(..)")
    }
}
