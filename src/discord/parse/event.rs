//! A frame of the gateway: an interaction, or one of the few events that matter here.

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
        /// In how many servers of this shard it is.
        guilds: usize,
    },
    /// A session goes on; what was missed comes before this.
    Resumed,
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
        "GUILD_DELETE" => guild_delete(&mut body),
        _ => Ok(Event::Other),
    }
}

fn ready(body: &mut Json<'_>) -> Read<Event<'static>> {
    let (mut application_id, mut guilds) = (None, 0);
    body.fields(|field, json| {
        match field {
            b"application" => application_id = interaction::id_within(json)?,
            b"guilds" => {
                guilds = 0;
                json.items(|json| {
                    guilds += 1;
                    json.skip()
                })?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(Event::Ready {
        application_id,
        guilds,
    })
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
