//! The message that a component is on: whose answer it is, and who sees it.

use super::interaction::{id, id_within};
use super::json::{Json, Read};
use super::{Id, SourceMessage};

/// The flag of a message that one person sees: <https://docs.discord.com/developers/resources/message#message-object-message-flags>.
const EPHEMERAL: u64 = 1 << 6;

/// Reads the message that comes next. Of its components nothing is read: all that a press needs is in its `custom_id`.
pub(super) fn read(json: &mut Json<'_>) -> Read<SourceMessage> {
    let (mut flags, mut metadata, mut interaction) = (0, None, None);
    json.fields(|name, json| {
        match name {
            b"flags" => flags = json.whole()?.unwrap_or(0),
            b"interaction_metadata" => metadata = user_id(json)?,
            // Its predecessor, which Discord still sends beside it.
            b"interaction" => interaction = user_id(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(SourceMessage { ephemeral: flags & EPHEMERAL != 0, asked_by: metadata.or(interaction) })
}

/// Who started an interaction; `user_id` is how it was spelled in 2024.
fn user_id(json: &mut Json<'_>) -> Read<Option<Id>> {
    let (mut within, mut direct) = (None, None);
    json.fields(|name, json| {
        match name {
            b"user" => within = id_within(json)?,
            b"user_id" => direct = id(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(within.or(direct))
}
