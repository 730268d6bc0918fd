//! Parses gateway frames: interactions and the few events that matter here.

use super::{Interaction, InvalidInteraction, interaction};
use crate::guild::{ApplicationId, ChannelId, GuildId};
use crate::json::{Json, Object};

/// [A gateway event](https://docs.discord.com/developers/events/gateway-events#receive-events).
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "an event is matched where it is made, and most are interactions"
)]
pub enum Event {
    Interaction(Result<Interaction, InvalidInteraction>),
    Ready {
        application_id: Option<ApplicationId>,
        /// The guilds of this shard; `None` if the list is missing or malformed.
        guilds: Option<Vec<u64>>,
    },
    /// The session was resumed. Missed events have been replayed before this one.
    Resumed,
    /// A guild became available, or the bot was added to one.
    GuildCreate {
        id: GuildId,
        /// When the bot joined the guild, as an ISO 8601 timestamp.
        joined_at: Option<String>,
    },
    ChannelUpdate {
        id: ChannelId,
    },
    GuildDelete {
        id: GuildId,
        /// Whether this is an outage. Otherwise the bot was removed from the guild.
        unavailable: bool,
    },
    /// Any other event, or an invalid frame.
    Other,
}

/// Parses a gateway frame.
pub fn parse_event(frame: &str) -> Event {
    Object::parse(frame).ok().and_then(|frame| read(&frame)).unwrap_or(Event::Other)
}

fn read(frame: &Object<'_>) -> Option<Event> {
    let (name, body) = (frame.text("t")?, frame.get("d")?.object());
    Some(match name.as_ref() {
        "INTERACTION_CREATE" => Event::Interaction(interaction::read(&body)),
        "READY" => Event::Ready {
            application_id: body.object("application").id("id"),
            guilds: body.get("guilds").and_then(guild_ids),
        },
        "RESUMED" => Event::Resumed,
        "GUILD_CREATE" => {
            Event::GuildCreate { id: body.id("id")?, joined_at: body.string("joined_at") }
        }
        "GUILD_DELETE" => Event::GuildDelete {
            id: body.id("id")?,
            // The field is absent only if the bot was removed. An odd value counts as an outage,
            // which has no consequences.
            unavailable: body.get("unavailable").is_some()
                && body.boolean("unavailable") != Some(false),
        },
        "CHANNEL_UPDATE" => Event::ChannelUpdate { id: body.id("id")? },
        _ => return None,
    })
}

/// The ids of all objects in a list; `None` if one of them has no id.
fn guild_ids(list: Json<'_>) -> Option<Vec<u64>> {
    list.is_array()
        .then(|| list.items())?
        .into_iter()
        .map(|one| Some(one.object().id::<GuildId>("id")?.get()))
        .collect()
}
