//! What comes along with an interaction: the channels, members and files that its options or choices name by their ids.
//!
//! Only settings need any of it, so it is bookmarked and read when it is asked for. What cannot be read counts as not sent.

use std::fmt;

use super::Id;
use super::interaction::id;
use super::json::{Json, Read};
use crate::guild::ChannelType;

/// The most of each sort that is read: an option names one, a menu up to 25.
const EACH_MAX: usize = 25;

/// The most roles of a member. A server has 250 at most: <https://docs.discord.com/developers/resources/guild#create-guild-role>.
const ROLES_MAX: usize = 256;

/// The flag of a channel that the bot may not see, and of which it is told no more than that it is there.
const IS_HIDDEN: u64 = 1 << 17;

/// What came along. It is read again at each call.
#[derive(Clone, Copy, Default)]
pub struct Resolved<'a> {
    pub(super) along: Option<Json<'a>>,
    pub(super) own_roles: Option<Json<'a>>,
}

/// [A channel](https://docs.discord.com/developers/resources/channel#channel-object), as far as Discord shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: Id,
    /// The server that it belongs to, where Discord says.
    pub guild: Option<Id>,
    /// What it is.
    pub kind: Option<ChannelType>,
    /// The category of a channel, the channel of a thread.
    pub parent: Parent,
    /// Whether the bot may not see it. The rest is not to be relied on then.
    pub is_hidden: bool,
    /// Whether it is a thread that was locked.
    pub is_locked: bool,
    /// What the bot may do there, as bits, without what these imply.
    pub app_permissions: Option<u64>,
}

/// What a channel is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// This category or channel.
    Is(Id),
    /// None.
    None,
    /// Discord did not say.
    Unsaid,
}

/// A member whom an option names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member's roles.
    pub roles: Vec<Id>,
    /// What the member may do in the channel of the interaction, as bits.
    pub permissions: Option<u64>,
}

/// A role that an option names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: Id,
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

impl Resolved<'_> {
    /// The channels.
    pub fn channels(&self) -> Vec<Channel> {
        let mut channels = Vec::new();
        self.each(b"channels", |_, json| {
            channels.extend(channel(json)?);
            Ok(())
        });
        channels
    }

    /// What a channel is called, where Discord says.
    pub fn channel_name(&self, wanted: Id) -> Option<String> {
        let mut found = None;
        self.each(b"channels", |id, json| {
            if id != Some(wanted) {
                return json.skip();
            }
            json.fields(|name, json| {
                match name {
                    b"name" => found = json.text()?.map(|name| name.into_owned()),
                    _ => json.skip()?,
                }
                Ok(())
            })
        });
        found
    }

    /// The role of an id.
    pub fn role(&self, wanted: Id) -> Option<Role> {
        let mut found = None;
        self.each(b"roles", |id, json| {
            if id != Some(wanted) {
                return json.skip();
            }
            let mut is_mentionable = false;
            json.fields(|name, json| {
                match name {
                    b"mentionable" => is_mentionable = json.is_true()?,
                    _ => json.skip()?,
                }
                Ok(())
            })?;
            found = Some(Role { id: wanted, is_mentionable });
            Ok(())
        });
        found
    }

    /// The member of an id.
    pub fn member(&self, wanted: Id) -> Option<Member> {
        let mut found = None;
        self.each(b"members", |id, json| {
            if id != Some(wanted) {
                return json.skip();
            }
            found = Some(member(json)?);
            Ok(())
        });
        found
    }

    /// The file of an id.
    pub fn attachment(&self, wanted: Id) -> Option<Attachment> {
        let mut found = None;
        self.each(b"attachments", |id, json| {
            if id != Some(wanted) {
                return json.skip();
            }
            found = attachment(json)?;
            Ok(())
        });
        found
    }

    /// The roles of the one who asked.
    pub fn own_roles(&self) -> Vec<Id> {
        let read = |mut json| roles(&mut json);
        self.own_roles.map(read).and_then(Result::ok).unwrap_or_default()
    }

    fn each<'j>(
        &'j self,
        sort: &[u8],
        mut read: impl FnMut(Option<Id>, &mut Json<'j>) -> Read<()>,
    ) {
        let Some(mut along) = self.along else {
            return;
        };
        // Where it cannot be read on, what was read until then stays.
        let _ = along.fields(|name, json| {
            if name != sort {
                return json.skip();
            }
            let mut count = 0;
            json.fields(|id, json| {
                count += 1;
                if count > EACH_MAX {
                    return json.skip();
                }
                let id = str::from_utf8(id).ok().and_then(|id| id.parse().ok());
                read(id.map(Id), json)
            })
        });
    }
}

/// Reads the channel that comes next; nothing if it has no id.
pub(super) fn channel(json: &mut Json<'_>) -> Read<Option<Channel>> {
    let (mut id_read, mut kind, mut flags, mut app_permissions) = (None, u64::MAX, 0, None);
    let (mut parent, mut guild, mut is_locked) = (Parent::Unsaid, None, false);
    json.fields(|name, json| {
        match name {
            b"id" => id_read = id(json)?,
            b"type" => kind = json.whole()?.unwrap_or(u64::MAX),
            b"guild_id" => guild = id(json)?,
            b"parent_id" => parent = id(json)?.map_or(Parent::None, Parent::Is),
            b"flags" => flags = json.whole()?.unwrap_or(0),
            b"app_permissions" => app_permissions = json.whole()?,
            b"thread_metadata" => is_locked = locked(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(id_read.map(|id| Channel {
        id,
        guild,
        kind: u8::try_from(kind).ok().map(ChannelType::from),
        parent,
        is_hidden: flags & IS_HIDDEN != 0,
        is_locked,
        app_permissions,
    }))
}

fn locked(json: &mut Json<'_>) -> Read<bool> {
    let mut is_locked = false;
    json.fields(|name, json| {
        match name {
            b"locked" => is_locked = json.is_true()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(is_locked)
}

fn member(json: &mut Json<'_>) -> Read<Member> {
    let mut member = Member { roles: Vec::new(), permissions: None };
    json.fields(|name, json| {
        match name {
            b"roles" => member.roles = roles(json)?,
            b"permissions" => member.permissions = json.whole()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(member)
}

fn roles(json: &mut Json<'_>) -> Read<Vec<Id>> {
    let mut roles = Vec::new();
    json.items(|json| {
        if roles.len() == ROLES_MAX {
            return json.skip();
        }
        roles.extend(id(json)?);
        Ok(())
    })?;
    Ok(roles)
}

fn attachment(json: &mut Json<'_>) -> Read<Option<Attachment>> {
    let (mut url, mut size) = (None, None);
    json.fields(|name, json| {
        match name {
            b"url" => url = json.text()?,
            b"size" => size = json.whole()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(url.map(|url| Attachment {
        url: url.into_owned(),
        // Where it is not said, the answer itself will tell.
        size: size.unwrap_or(0),
    }))
}

impl fmt::Debug for Resolved<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolved(..)")
    }
}
