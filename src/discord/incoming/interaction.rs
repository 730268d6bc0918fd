//! Parses the outer fields of an interaction and selects the parser for its `data`.

use super::options::Options;
use super::resolved::{Resolved, read_channel};
use super::{Interaction, InteractionData, InvalidInteraction, SourceMessage, message_text, modal};
use crate::guild::GuildId;
use crate::json::{Json, Object};

const PING: u64 = 1;
const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
const AUTOCOMPLETE: u64 = 4;
const MODAL: u64 = 5;

/// The command types that the bot offers.
const CHAT_INPUT: u64 = 1;
const MESSAGE: u64 = 3;

/// The flag of an ephemeral message:
/// <https://docs.discord.com/developers/resources/message#message-object-message-flags>.
const EPHEMERAL: u64 = 1 << 6;

pub(super) fn read(outer: &Object<'_>) -> Result<Interaction, InvalidInteraction> {
    let kind = outer.number("type").unwrap_or(0);
    let is_ping = kind == PING;
    let token = outer.string("token").filter(|token| !token.is_empty());
    let token = token.or(is_ping.then(String::new));
    let id = outer.id("id");
    if id.is_none() && !is_ping {
        return Err(InvalidInteraction::MissingId);
    }
    let member = outer.object("member");
    let data = outer.object("data");
    Ok(Interaction {
        id,
        token: token.map(Into::into).ok_or(InvalidInteraction::MissingToken)?,
        application_id: outer.id("application_id"),
        guild_id: outer.id("guild_id"),
        channel_id: outer.id("channel_id"),
        user_id: member.object("user").id("id").or_else(|| outer.object("user").id("id")),
        locale: outer.string("locale"),
        app_permissions: outer.permissions("app_permissions"),
        member_permissions: member.permissions("permissions"),
        installed_in_guild: installed_in_guild(&outer.object("authorizing_integration_owners")),
        channel: outer.get("channel").and_then(read_channel),
        resolved: Resolved {
            entries: data
                .get("resolved")
                .filter(|_| matches!(kind, COMMAND | COMPONENT))
                .map(Json::to_raw),
            member_roles: member.get("roles").map(Json::to_raw),
        },
        data: interaction_data(kind, outer, &data),
    })
}

fn interaction_data(kind: u64, outer: &Object<'_>, data: &Object<'_>) -> InteractionData {
    let name = data.string("name").unwrap_or_default();
    let custom_id = data.string("custom_id").unwrap_or_default();
    match (kind, data.number("type").unwrap_or(CHAT_INPUT)) {
        (PING, _) => InteractionData::Ping,
        (COMMAND, CHAT_INPUT) => {
            let Options { name, options, .. } = Options::read(name, data.items("options"));
            InteractionData::Command { name, options }
        }
        (COMMAND, MESSAGE) => {
            let [content, names] = message_text::content_and_names(data);
            InteractionData::MessageCommand { name, content, names }
        }
        (AUTOCOMPLETE, _) => {
            let Options { name, options, focused } = Options::read(name, data.items("options"));
            InteractionData::Autocomplete { name, options, focused }
        }
        (COMPONENT, _) => InteractionData::Component {
            custom_id,
            values: data.items("values").into_iter().filter_map(Json::string).collect(),
            message: source_message(&outer.object("message")),
        },
        (MODAL, _) => {
            InteractionData::Modal { custom_id, values: modal::values(data.items("components")) }
        }
        _ => InteractionData::Unknown { kind },
    }
}

/// The message's components are not parsed: all state of a component is in its `custom_id`.
fn source_message(message: &Object<'_>) -> SourceMessage {
    // Before 2024, `interaction` was sent instead of `interaction_metadata`, and `user_id` instead
    // of `user`. Discord still sends the old fields next to the new ones.
    let user = |name| {
        let interaction = message.object(name);
        interaction.object("user").id("id").or_else(|| interaction.id("user_id"))
    };
    SourceMessage {
        ephemeral: message.number("flags").is_some_and(|flags| flags & EPHEMERAL != 0),
        invoker: user("interaction_metadata").or_else(|| user("interaction")),
    }
}

/// Whether the [installation
/// owners](https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-authorizing-integration-owners-object)
/// include a guild. In a direct message with the bot the guild id is 0.
fn installed_in_guild(owners: &Object<'_>) -> Option<bool> {
    owners.fields().next()?;
    Some(owners.id::<GuildId>("0").is_some())
}
