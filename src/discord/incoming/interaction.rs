//! The outer fields of an interaction, and which reader its `data` is for.

use std::borrow::Cow;

use super::json::{Json, Read};
use super::options::Options;
use super::resolved::{self, Resolved};
use super::{
    Channel, Id, Interaction, InteractionData, SourceMessage, Token, Unreadable, modal, pressed,
    target,
};

const PING: u64 = 1;
const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
const AUTOCOMPLETE: u64 = 4;
const MODAL: u64 = 5;

/// The types of [`COMMAND`] that are offered.
const CHAT_INPUT: u64 = 1;
const MESSAGE: u64 = 3;

/// The outer fields, before it is known what they make.
#[derive(Default)]
struct Outer<'a> {
    id: Option<Id>,
    token: Option<Cow<'a, str>>,
    kind: u64,
    application_id: Option<Id>,
    guild_id: Option<Id>,
    channel_id: Option<Id>,
    context: Option<u8>,
    locale: Option<Cow<'a, str>>,
    app_permissions: Option<u64>,
    installed_in_guild: Option<bool>,
    channel: Option<Channel>,
    member: Member<'a>,
    user_id: Option<Id>,
    message: SourceMessage,
    /// Read when the type is known: it may come later than this.
    data: Option<Json<'a>>,
}

#[derive(Default)]
struct Member<'a> {
    user_id: Option<Id>,
    permissions: Option<u64>,
    /// Few answers need them, and there may be hundreds.
    roles: Option<Json<'a>>,
}

/// Reads the interaction that comes next.
pub(super) fn read<'a>(json: &mut Json<'a>) -> Read<Interaction<'a>> {
    let outer = outer(json)?;
    let is_ping = outer.kind == PING;
    let (asked, along) = asked(outer.kind, outer.message, outer.data)?;
    let id = outer.id.or(is_ping.then_some(Id(0)));
    let token = outer.token.or(is_ping.then_some(Cow::Borrowed("")));
    Ok(Interaction {
        id: id.ok_or(Unreadable::ParseIdError)?,
        token: token.map(Token).ok_or(Unreadable::NoToken)?,
        application_id: outer.application_id.unwrap_or(Id(0)),
        guild_id: outer.guild_id,
        channel_id: outer.channel_id,
        context: outer.context,
        user_id: outer.member.user_id.or(outer.user_id),
        locale: outer.locale,
        app_permissions: outer.app_permissions,
        member_permissions: outer.member.permissions,
        installed_in_guild: outer.installed_in_guild,
        channel: outer.channel,
        resolved: Resolved { along, own_roles: outer.member.roles },
        asked,
    })
}

fn outer<'a>(json: &mut Json<'a>) -> Read<Outer<'a>> {
    if json.peek()? != b'{' {
        return Err(json.unreadable());
    }
    let mut outer = Outer::default();
    json.fields(|name, json| {
        match name {
            b"id" => outer.id = id(json)?,
            b"token" => outer.token = json.text()?.filter(|token| !token.is_empty()),
            b"type" => outer.kind = json.whole()?.unwrap_or(0),
            b"application_id" => outer.application_id = id(json)?,
            b"guild_id" => outer.guild_id = id(json)?,
            b"channel_id" => outer.channel_id = id(json)?,
            b"context" => outer.context = json.whole()?.and_then(|number| number.try_into().ok()),
            b"locale" => outer.locale = json.text()?,
            b"app_permissions" => outer.app_permissions = json.whole()?,
            b"authorizing_integration_owners" => {
                outer.installed_in_guild = installed_in_guild(json)?
            }
            b"channel" => outer.channel = resolved::channel(json)?,
            b"member" => outer.member = member(json)?,
            b"user" => outer.user_id = id_within(json)?,
            b"message" => outer.message = pressed::read(json)?,
            b"data" => outer.data = Some(json.bookmark()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(outer)
}

/// What is asked, and what came along with it.
type WithResolved<'a> = (InteractionData<'a>, Option<Json<'a>>);

fn asked<'a>(kind: u64, message: SourceMessage, data: Option<Json<'a>>) -> Read<WithResolved<'a>> {
    // Nothing said about what was done is the same as nothing said within.
    let mut data = data.unwrap_or(Json::new(b"{}"));
    let alone = match kind {
        COMMAND => {
            let command = Command::read(&mut data)?;
            let along = command.resolved;
            return Ok((command.run()?, along));
        }
        COMPONENT => return component(&mut data, message),
        PING => InteractionData::Ping,
        AUTOCOMPLETE => Command::read(&mut data)?.typed()?,
        MODAL => modal::read(&mut data)?,
        kind => InteractionData::Unknown { kind },
    };
    Ok((alone, None))
}

/// The `data` of a command, before it is known of which type.
#[derive(Default)]
struct Command<'a> {
    name: Cow<'a, str>,
    kind: Option<u64>,
    options: Option<Json<'a>>,
    target_id: Option<Cow<'a, str>>,
    resolved: Option<Json<'a>>,
}

impl<'a> Command<'a> {
    fn read(data: &mut Json<'a>) -> Read<Self> {
        let mut command = Self::default();
        data.fields(|name, json| {
            match name {
                b"name" => command.name = json.text()?.unwrap_or_default(),
                b"type" => command.kind = json.whole()?,
                b"options" => command.options = Some(json.bookmark()?),
                b"target_id" => command.target_id = json.text()?,
                b"resolved" => command.resolved = Some(json.bookmark()?),
                _ => json.skip()?,
            }
            Ok(())
        })?;
        Ok(command)
    }

    fn run(self) -> Read<InteractionData<'a>> {
        match self.kind.unwrap_or(CHAT_INPUT) {
            CHAT_INPUT => {
                let Options { path, options, .. } = Options::read(self.options)?;
                Ok(InteractionData::Command { name: self.name, path, options })
            }
            MESSAGE => {
                let content = target::content(self.resolved, self.target_id.as_deref())?;
                Ok(InteractionData::Message { name: self.name, content })
            }
            _ => Ok(InteractionData::Unknown { kind: COMMAND }),
        }
    }

    fn typed(self) -> Read<InteractionData<'a>> {
        let Options { path, options, focused } = Options::read(self.options)?;
        Ok(InteractionData::Autocomplete { name: self.name, path, options, focused })
    }
}

fn component<'a>(data: &mut Json<'a>, message: SourceMessage) -> Read<WithResolved<'a>> {
    let (mut custom_id, mut values, mut along) = (Cow::default(), Vec::new(), None);
    data.fields(|name, json| {
        match name {
            b"custom_id" => custom_id = json.text()?.unwrap_or_default(),
            b"values" => values = json.texts()?,
            b"resolved" => along = Some(json.bookmark()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let asked = InteractionData::Component { custom_id, values, message };
    Ok((asked, along))
}

fn member<'a>(json: &mut Json<'a>) -> Read<Member<'a>> {
    let mut member = Member::default();
    json.fields(|name, json| {
        match name {
            b"user" => member.user_id = id_within(json)?,
            b"permissions" => member.permissions = json.whole()?,
            b"roles" => member.roles = Some(json.bookmark()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(member)
}

/// Whether [the owners of the installation](https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-authorizing-integration-owners-object)
/// name a server. In a direct message with the bot the server's id is 0.
fn installed_in_guild(json: &mut Json<'_>) -> Read<Option<bool>> {
    let mut installed = None;
    json.fields(|kind, json| {
        let owner = id(json)?;
        let is_guild = kind == b"0" && owner.is_some();
        installed = Some(is_guild || installed == Some(true));
        Ok(())
    })?;
    Ok(installed)
}

/// An id, as a string or as a number. Discord writes 0 for nobody.
pub(super) fn id(json: &mut Json<'_>) -> Read<Option<Id>> {
    Ok(json.whole()?.filter(|number| *number != 0).map(Id))
}

/// The `id` of the object that comes next.
pub(super) fn id_within(json: &mut Json<'_>) -> Read<Option<Id>> {
    let mut found = None;
    json.fields(|name, json| {
        match name {
            b"id" => found = id(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(found)
}
