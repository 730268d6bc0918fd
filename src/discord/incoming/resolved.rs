//! What comes along with an interaction: the channels, members and files that its options or choices name by their ids.
//!
//! Only settings need any of it, so it is read when it is asked for. What cannot be read counts as not sent.

use std::borrow::Cow;
use std::fmt;

use crate::discord::json::{Json, Object};
use crate::guild::{Category, ChannelId, ChannelType, GuildId, Permissions, RoleId, UserId};

/// The most of each sort that is read: an option names one, a menu up to 25.
const EACH_MAX: usize = 25;

/// The most roles of a member. A server has 250 at most: <https://docs.discord.com/developers/resources/guild#create-guild-role>.
const ROLES_MAX: usize = 256;

/// The flag of a channel that the bot cannot see: Discord shows only that it exists.
const IS_HIDDEN: u64 = 1 << 17;

/// What came along. It is read again at each call.
#[derive(Clone, Copy, Default)]
pub struct Resolved<'a> {
    pub(super) entries: Option<Json<'a>>,
    pub(super) member_roles: Option<Json<'a>>,
}

/// [A channel](https://docs.discord.com/developers/resources/channel#channel-object), as far as Discord shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// The server that it belongs to, where Discord says.
    pub guild: Option<GuildId>,
    /// What it is.
    pub kind: Option<ChannelType>,
    /// The category of a channel, the channel of a thread.
    /// [`Category::Unknown`] where Discord did not say.
    pub parent: Category,
    /// Whether the bot may not see it. The rest is not to be relied on then.
    pub is_hidden: bool,
    /// Whether it is a locked thread: only who can manage threads posts there.
    pub is_locked: bool,
    /// What the bot may do there, as bits, without what these imply.
    pub app_permissions: Option<Permissions>,
}

/// A member whom an option names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member's roles.
    pub roles: Vec<RoleId>,
    /// What the member may do in the channel of the interaction, as bits.
    pub permissions: Option<Permissions>,
}

/// A role that an option names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Whether everyone may mention it.
    pub is_mentionable: bool,
}

/// A file that an option names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Where it is.
    pub url: String,
    /// How long it is, in bytes.
    pub size: u64,
}

impl<'a> Resolved<'a> {
    pub fn channels(&self) -> Vec<Channel> {
        self.each("channels").filter_map(|(_, channel)| Channel::read(channel)).collect()
    }

    /// What a channel is called, where Discord says.
    pub fn channel_name(&self, id: ChannelId) -> Option<String> {
        self.find("channels", id.get())?.text("name").map(Cow::into_owned)
    }

    pub fn role(&self, id: RoleId) -> Option<Role> {
        let role = self.find("roles", id.get())?;
        Some(Role { id, is_mentionable: role.is_true("mentionable") })
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
            // Where the size is missing, the answer to the download has it.
            size: attachment.number("size").unwrap_or(0),
        })
    }

    /// The roles of the one who asked.
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
    /// Reads a channel; nothing if it has no id.
    pub(super) fn read(channel: Json<'_>) -> Option<Self> {
        let channel = channel.object();
        Some(Self {
            id: channel.id("id")?,
            guild: channel.id("guild_id"),
            kind: channel
                .number("type")
                .and_then(|kind| u8::try_from(kind).ok())
                .map(ChannelType::from),
            parent: match channel.get("parent_id") {
                None => Category::Unknown,
                Some(parent) => parent.id().map_or(Category::None, Category::Is),
            },
            is_locked: channel.object("thread_metadata").is_true("locked"),
            is_hidden: channel.number("flags").is_some_and(|flags| flags & IS_HIDDEN != 0),
            app_permissions: channel.permissions("app_permissions"),
        })
    }
}

fn roles(list: Json<'_>) -> Vec<RoleId> {
    list.items().into_iter().filter_map(Json::id).take(ROLES_MAX).collect()
}

impl fmt::Debug for Resolved<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolved(..)")
    }
}
