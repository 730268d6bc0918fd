//! A frame of the gateway: an interaction, or one of the few events that matter here.

use super::{Interaction, InvalidInteraction, interaction};
use crate::discord::json::{Json, Object, Scalar};
use crate::guild::{ApplicationId, ChannelId, GuildId};

/// [An event](https://docs.discord.com/developers/events/gateway-events#receive-events) that a shard received.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "an event is matched where it is made, and most are interactions"
)]
pub enum Event<'a> {
    Interaction(Result<Interaction<'a>, InvalidInteraction>),
    /// A new session begins.
    Ready {
        application_id: Option<ApplicationId>,
        /// The servers of this shard; `None` if the list is missing or has an entry without an id.
        guilds: Option<Vec<u64>>,
    },
    /// A session goes on; the events that were missed come before this.
    Resumed,
    /// A server can be reached, or the bot was added to it.
    GuildCreate {
        id: GuildId,
        /// When the bot was added, in ISO 8601.
        joined_at: Option<String>,
    },
    ChannelUpdate {
        id: ChannelId,
    },
    GuildDelete {
        id: GuildId,
        /// Whether the server only cannot be reached for now. Otherwise the bot was removed from it.
        unavailable: bool,
    },
    /// Anything else, whether it could be read or not.
    Other,
}

/// Reads a frame of the gateway.
pub fn parse_event(frame: &str) -> Event<'_> {
    Object::parse(frame).ok().and_then(|frame| read(&frame)).unwrap_or(Event::Other)
}

fn read<'a>(frame: &Object<'a>) -> Option<Event<'a>> {
    let (name, body) = (frame.text("t")?, frame.get("d")?.object());
    Some(match name.as_ref() {
        "INTERACTION_CREATE" => Event::Interaction(interaction::read(&body)),
        "READY" => Event::Ready {
            application_id: body.object("application").id("id"),
            guilds: body.get("guilds").and_then(ids),
        },
        "RESUMED" => Event::Resumed,
        "GUILD_CREATE" => Event::GuildCreate {
            id: body.id("id")?,
            joined_at: body.text("joined_at").map(Into::into),
        },
        "GUILD_DELETE" => Event::GuildDelete {
            id: body.id("id")?,
            // Only a removal comes without the field. Anything but `false` counts as an outage, which costs nobody anything.
            unavailable: body.get("unavailable").is_some_and(is_not_false),
        },
        "CHANNEL_UPDATE" => Event::ChannelUpdate { id: body.id("id")? },
        _ => return None,
    })
}

/// The ids of the objects in a list, unless one of them has none.
fn ids(list: Json<'_>) -> Option<Vec<u64>> {
    list.is_array()
        .then(|| list.items())?
        .into_iter()
        .map(|one| Some(one.object().id::<GuildId>("id")?.get()))
        .collect()
}

fn is_not_false(value: Json<'_>) -> bool {
    !matches!(value.scalar(), Some(Scalar::Boolean(false)))
}
