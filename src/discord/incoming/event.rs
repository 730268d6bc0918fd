//! A frame of the gateway: an interaction, or one of the few events that matter here.

use std::borrow::Cow;

use super::json::{Json, Read, Scalar};
use super::{Id, Interaction, Unreadable, interaction};

/// [An event](https://docs.discord.com/developers/events/gateway-events#receive-events) that a shard received.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "an event is matched where it is made, and most are interactions"
)]
pub enum Event<'a> {
    /// Somebody asks.
    Interaction(Result<Interaction<'a>, Unreadable>),
    /// A new session begins.
    Ready {
        /// The application whose token was used.
        application_id: Option<Id>,
        /// In which servers of this shard it is; nothing, unless they were all told and read.
        guilds: Option<Vec<u64>>,
    },
    /// A session goes on; what was missed comes before this.
    Resumed,
    /// A server can be reached, or the bot was added to it.
    GuildCreate {
        /// Which.
        id: Id,
        /// Since when the bot is in it, as Discord writes it.
        joined_at: Option<Cow<'a, str>>,
    },
    /// A channel was changed.
    ChannelUpdate {
        /// Which.
        id: Id,
    },
    /// A server is gone.
    GuildDelete {
        /// Which.
        id: Id,
        /// Whether it only cannot be reached for now. Otherwise the bot was removed from it.
        unavailable: bool,
    },
    /// Anything else, whether it could be read or not.
    Other,
}

/// Reads a frame of the gateway: no more of it than it takes to see that nobody here needs it.
pub fn event(json: &[u8]) -> Event<'_> {
    read(json).unwrap_or(Event::Other)
}

fn read(json: &[u8]) -> Read<Event<'_>> {
    let mut frame = Json::new(json);
    let (mut name, mut body) = (None, None);
    let is_object = frame.enter(b'{')?;
    // Discord sends the body last, so it is read where it stands and gone over once, or not at all.
    while is_object && (name.is_none() || body.is_none()) {
        match frame.field()?.as_deref() {
            None => break,
            Some(b"t") => name = frame.text()?,
            Some(b"d") if name.is_some() => body = Some(frame),
            Some(b"d") => body = Some(frame.bookmark()?),
            Some(_) => frame.skip()?,
        }
    }
    let (Some(name), Some(mut body)) = (name, body) else {
        return Ok(Event::Other);
    };
    match name.as_ref() {
        "INTERACTION_CREATE" => Ok(Event::Interaction(interaction::read(&mut body))),
        "READY" => ready(&mut body),
        "RESUMED" => Ok(Event::Resumed),
        "GUILD_CREATE" => guild_create(&mut body),
        "GUILD_DELETE" => guild_delete(&mut body),
        "CHANNEL_UPDATE" => {
            let id = interaction::id_within(&mut body)?;
            Ok(id.map_or(Event::Other, |id| Event::ChannelUpdate { id }))
        }
        _ => Ok(Event::Other),
    }
}

fn ready(body: &mut Json<'_>) -> Read<Event<'static>> {
    let (mut application_id, mut guilds) = (None, None);
    body.fields(|field, json| {
        match field {
            b"application" => application_id = interaction::id_within(json)?,
            b"guilds" => guilds = all_ids(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(Event::Ready { application_id, guilds })
}

/// The ids of the objects in a list; nothing if one of them has none.
fn all_ids(json: &mut Json<'_>) -> Read<Option<Vec<u64>>> {
    if json.peek()? != b'[' {
        return json.skip().map(|()| None);
    }
    let mut ids = Some(Vec::new());
    json.items(|json| {
        let id = interaction::id_within(json)?;
        match (id, &mut ids) {
            (Some(id), Some(ids)) => ids.push(id.get()),
            _ => ids = None,
        }
        Ok(())
    })?;
    Ok(ids)
}

/// Of a whole server, with its channels, members and roles, no more is read than it takes.
fn guild_create<'a>(body: &mut Json<'a>) -> Read<Event<'a>> {
    let (mut id, mut joined_at) = (None, None);
    let is_object = body.enter(b'{')?;
    while is_object && (id.is_none() || joined_at.is_none()) {
        match body.field()?.as_deref() {
            None => break,
            Some(b"id") => id = interaction::id(body)?,
            Some(b"joined_at") => joined_at = body.text()?,
            Some(_) => body.skip()?,
        }
    }
    Ok(id.map_or(Event::Other, |id| Event::GuildCreate { id, joined_at }))
}

fn guild_delete(body: &mut Json<'_>) -> Read<Event<'static>> {
    let (mut id, mut unavailable) = (None, false);
    body.fields(|field, json| {
        match field {
            b"id" => id = interaction::id(json)?,
            // Only a removal comes without the field. What is unclear is taken for an outage, which costs nobody anything.
            b"unavailable" => unavailable = !matches!(json.scalar()?, Some(Scalar::Flag(false))),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(id.map_or(Event::Other, |id| Event::GuildDelete { id, unavailable }))
}
