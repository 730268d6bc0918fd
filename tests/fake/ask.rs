//! What a member does in Discord, and the payload that Discord makes of it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::judge::Asked;
use super::{Answer, State};

/// Something that a member does.
#[derive(Clone)]
pub(crate) struct Ask {
    what: What,
    place: Place,
    user: u64,
    locale: &'static str,
    is_user_installed: bool,
    change: Option<Change>,
}

type Change = Arc<dyn Fn(&mut Value) + Send + Sync>;

#[derive(Clone)]
enum What {
    Slash {
        name: String,
        options: Vec<(String, Value)>,
        typing: bool,
    },
    OnMessage {
        name: String,
        content: String,
    },
    Press {
        message: Value,
        custom_id: String,
        values: Option<Vec<String>>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Server,
    BotDm,
    PrivateChannel,
}

/// The member who asks unless it is said who.
pub(crate) const SOMEBODY: u64 = 300_000_000_000_000_007;
/// Another one.
pub(crate) const SOMEBODY_ELSE: u64 = 300_000_000_000_000_008;

impl Ask {
    /// A slash command.
    pub(crate) fn slash(name: &str) -> Self {
        Self::new(What::Slash {
            name: name.to_owned(),
            options: Vec::new(),
            typing: false,
        })
    }

    /// A command from the menu of a message.
    pub(crate) fn on_message(name: &str, content: &str) -> Self {
        Self::new(What::OnMessage {
            name: name.to_owned(),
            content: content.to_owned(),
        })
    }

    /// A press on a button of an answer.
    pub(crate) fn press(on: &Answer, custom_id: &str) -> Self {
        Self::new(What::Press {
            message: on.message.clone(),
            custom_id: custom_id.to_owned(),
            values: None,
        })
    }

    /// A choice in a select menu of an answer.
    pub(crate) fn choose(on: &Answer, custom_id: &str, value: &str) -> Self {
        Self::new(What::Press {
            message: on.message.clone(),
            custom_id: custom_id.to_owned(),
            values: Some(vec![value.to_owned()]),
        })
    }

    fn new(what: What) -> Self {
        Self {
            what,
            place: Place::Server,
            user: SOMEBODY,
            locale: "en-US",
            is_user_installed: false,
            change: None,
        }
    }

    /// The same with an option given.
    pub(crate) fn with(mut self, option: &str, value: impl Into<Value>) -> Self {
        if let What::Slash { options, .. } = &mut self.what {
            options.push((option.to_owned(), value.into()));
        }
        self
    }

    /// The last option is still being typed.
    pub(crate) fn typing(mut self) -> Self {
        if let What::Slash { typing, .. } = &mut self.what {
            *typing = true;
        }
        self
    }

    /// The same in a direct message with the bot.
    pub(crate) fn in_bot_dm(mut self) -> Self {
        self.place = Place::BotDm;
        self
    }

    /// The same in a private channel of other people.
    pub(crate) fn in_private_channel(mut self) -> Self {
        self.place = Place::PrivateChannel;
        self.is_user_installed = true;
        self
    }

    /// The same where the bot belongs to the account rather than to the server.
    pub(crate) fn by_account(mut self) -> Self {
        self.is_user_installed = true;
        self
    }

    /// The same by another member.
    pub(crate) fn by(mut self, user: u64) -> Self {
        self.user = user;
        self
    }

    /// The same in another language of the client.
    pub(crate) fn in_locale(mut self, locale: &'static str) -> Self {
        self.locale = locale;
        self
    }

    /// The same with the payload changed.
    pub(crate) fn changed(mut self, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        self.change = Some(Arc::new(change));
        self
    }

    /// What it is, in a line.
    pub(crate) fn name(&self) -> String {
        match &self.what {
            What::Slash {
                name,
                options,
                typing,
            } => {
                let options = options
                    .iter()
                    .map(|(name, value)| format!(" {name}:{value}"));
                let typing = if *typing { "…" } else { "" };
                format!("/{name}{}{typing}", options.collect::<String>())
            }
            What::OnMessage { name, .. } => name.clone(),
            What::Press { custom_id, .. } => format!("[{custom_id}]"),
        }
    }

    pub(super) fn asked(&self) -> Asked {
        match &self.what {
            What::Slash { typing: true, .. } => Asked::Autocomplete,
            What::Slash { .. } | What::OnMessage { .. } => Asked::Command,
            What::Press { .. } => Asked::Component,
        }
    }

    /// The message that was pressed on.
    pub(super) fn message(&self) -> Option<&Value> {
        match &self.what {
            What::Press { message, .. } => Some(message),
            _ => None,
        }
    }

    pub(super) fn user(&self) -> u64 {
        self.user
    }

    /// The payload of the event.
    pub(super) fn payload(&self, state: &State, id: u64, token: &str) -> Value {
        let mut payload = self.around(state, id, token);
        let (kind, data) = match &self.what {
            What::Slash {
                name,
                options,
                typing,
            } => {
                let kind = if *typing { 4 } else { 2 };
                (kind, slash(state, name, options, *typing))
            }
            What::OnMessage { name, content } => (2, self.on(state, name, content)),
            What::Press {
                message,
                custom_id,
                values,
            } => {
                payload["message"] = message.clone();
                (3, press(message, custom_id, values.as_deref()))
            }
        };
        payload["type"] = json!(kind);
        payload["data"] = data;
        if let Some(change) = &self.change {
            change(&mut payload);
        }
        payload
    }

    /// All but what was done.
    fn around(&self, state: &State, id: u64, token: &str) -> Value {
        let user = user(self.user);
        let context = match self.place {
            Place::Server => 0,
            Place::BotDm => 1,
            Place::PrivateChannel => 2,
        };
        let mut owners = json!({});
        if self.is_user_installed {
            owners["1"] = json!(self.user.to_string());
        } else {
            let is_server = self.place == Place::Server;
            owners["0"] = json!(if is_server { GUILD } else { "0" });
        }
        let mut payload = json!({
            "version": 1, "id": id.to_string(), "token": token, "application_id": state.settings.application.to_string(),
            "app_permissions": "2251799813685247", "attachment_size_limit": 10_485_760, "entitlements": [],
            "entitlement_sku_ids": [], "locale": self.locale, "context": context, "authorizing_integration_owners": owners,
            "channel_id": CHANNEL,
        });
        if self.place == Place::Server {
            payload["guild_id"] = json!(GUILD);
            payload["guild_locale"] = json!("en-US");
            payload["guild"] = json!({ "id": GUILD, "locale": "en-US", "features": ["COMMUNITY"] });
            payload["member"] = json!({
                "user": user, "nick": null, "avatar": null, "banner": null, "roles": ["300000000000000020"], "flags": 0,
                "joined_at": "2021-03-04T05:06:07.080000+00:00", "premium_since": null, "deaf": false, "mute": false,
                "pending": false, "communication_disabled_until": null, "unusual_dm_activity_until": null,
                "permissions": "2248473465835073",
            });
            payload["channel"] = json!({
                "id": CHANNEL, "type": 0, "guild_id": GUILD, "name": "general", "nsfw": false, "parent_id": "300000000000000003",
                "permissions": "2248473465835073", "position": 1, "rate_limit_per_user": 0, "flags": 0,
                "last_message_id": "300000000000000099", "topic": null,
            });
        } else {
            let kind = if self.place == Place::BotDm { 1 } else { 3 };
            payload["user"] = user.clone();
            payload["channel"] = json!({ "id": CHANNEL, "type": kind, "flags": 0, "last_message_id": null, "recipients": [user] });
        }
        payload
    }

    fn on(&self, state: &State, name: &str, content: &str) -> Value {
        let message = json!({
            "id": MESSAGE, "channel_id": CHANNEL, "type": 0, "content": content, "author": user(SOMEBODY_ELSE), "embeds": [],
            "attachments": [], "mentions": [], "mention_roles": [], "components": [], "pinned": false, "tts": false,
            "mention_everyone": false, "edited_timestamp": null, "timestamp": "2026-11-23T10:00:00.000000+00:00", "flags": 0,
        });
        let command = state.command(name, 3);
        let id = command.map_or(&Value::Null, |command| &command["id"]);
        json!({ "id": id, "name": name, "type": 3, "target_id": MESSAGE, "resolved": { "messages": { MESSAGE: message } } })
    }
}

const GUILD: &str = "300000000000000001";
const CHANNEL: &str = "300000000000000002";
const MESSAGE: &str = "300000000000000077";

/// A person, as Discord shows one.
pub(super) fn user(id: u64) -> Value {
    json!({
        "id": id.to_string(), "username": format!("member{}", id % 100), "global_name": "A member", "discriminator": "0",
        "avatar": null, "avatar_decoration_data": null, "clan": null, "primary_guild": null, "public_flags": 0,
    })
}

/// The data of a slash command; what its options are is told by the command as it was registered.
fn slash(state: &State, name: &str, options: &[(String, Value)], typing: bool) -> Value {
    let command = state.command(name, 1);
    let kind = |option: &str| {
        let known = command?["options"].as_array()?.iter();
        known.clone().find(|one| one["name"] == option)?["type"].as_u64()
    };
    let mut given = Vec::new();
    for (at, (option, value)) in options.iter().enumerate() {
        let kind = kind(option).unwrap_or(if value.is_boolean() { 5 } else { 3 });
        let mut one = json!({ "name": option, "type": kind, "value": value });
        if typing && at + 1 == options.len() {
            one["focused"] = json!(true);
        }
        given.push(one);
    }
    let id = command.map_or(&Value::Null, |command| &command["id"]);
    let mut data = json!({ "id": id, "name": name, "type": 1 });
    if !given.is_empty() {
        data["options"] = Value::Array(given);
    }
    data
}

fn press(message: &Value, custom_id: &str, values: Option<&[String]>) -> Value {
    let found = component(message, custom_id);
    let kind = if values.is_some() { 3 } else { 2 };
    let mut data = json!({ "custom_id": custom_id, "component_type": kind });
    if let Some(id) = found.and_then(|found| found.get("id")) {
        data["id"] = id.clone();
    }
    if let Some(values) = values {
        data["values"] = json!(values);
    }
    data
}

/// The component of a custom_id, anywhere in a message.
pub(super) fn component<'a>(part: &'a Value, custom_id: &str) -> Option<&'a Value> {
    match part {
        Value::Object(fields) if fields.get("custom_id").is_some_and(|id| id == custom_id) => {
            Some(part)
        }
        Value::Object(fields) => fields
            .values()
            .find_map(|inside| component(inside, custom_id)),
        Value::Array(parts) => parts.iter().find_map(|inside| component(inside, custom_id)),
        _ => None,
    }
}
