//! Actions of a member, and the interaction payloads that Discord creates for them.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::guild::{GENERAL, GUILD, MEMBERS};
use super::validator::InteractionData;
use super::{Answer, State};

/// An action of a member.
#[derive(Clone)]
pub(crate) struct Ask {
    kind: AskKind,
    context: AskContext,
    guild: u64,
    channel: u64,
    user: u64,
    locale: &'static str,
    is_user_installed: bool,
    change: Option<Change>,
}

type Change = Arc<dyn Fn(&mut Value) + Send + Sync>;

#[derive(Clone)]
enum AskKind {
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
        /// Whether the values are channel ids, for a channel select.
        of_channels: bool,
    },
    Submit {
        /// The message that the form was opened from.
        message: Value,
        form: Value,
        text: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AskContext {
    Server,
    BotDm,
    PrivateChannel,
}

/// The default user of all actions.
pub(crate) const DEFAULT_USER: u64 = 300_000_000_000_000_007;
pub(crate) const OTHER_USER: u64 = 300_000_000_000_000_008;

impl Ask {
    pub(crate) fn slash(name: &str) -> Self {
        Self::new(AskKind::Slash { name: name.to_owned(), options: Vec::new(), typing: false })
    }

    /// A message command, run on a message with this content.
    pub(crate) fn on_message(name: &str, content: &str) -> Self {
        Self::new(AskKind::OnMessage { name: name.to_owned(), content: content.to_owned() })
    }

    /// A click on a button of a response.
    pub(crate) fn press(on: &Answer, custom_id: &str) -> Self {
        Self::new(AskKind::Press {
            message: on.message.clone(),
            custom_id: custom_id.to_owned(),
            values: None,
            of_channels: false,
        })
    }

    /// A selection in a string select of a response.
    pub(crate) fn choose(on: &Answer, custom_id: &str, value: &str) -> Self {
        Self::new(AskKind::Press {
            message: on.message.clone(),
            custom_id: custom_id.to_owned(),
            values: Some(vec![value.to_owned()]),
            of_channels: false,
        })
    }

    /// A submitted form that was opened from a response, with its text input filled.
    pub(crate) fn submit(on: &Answer, form: &Answer, text: &str) -> Self {
        let (message, form) = (on.message.clone(), form.data.clone());
        Self::new(AskKind::Submit { message, form, text: text.to_owned() })
    }

    /// A selection in a channel select of a response.
    pub(crate) fn choose_channels(on: &Answer, custom_id: &str, channels: &[u64]) -> Self {
        Self::new(AskKind::Press {
            message: on.message.clone(),
            custom_id: custom_id.to_owned(),
            values: Some(channels.iter().map(u64::to_string).collect()),
            of_channels: true,
        })
    }

    fn new(kind: AskKind) -> Self {
        Self {
            kind,
            context: AskContext::Server,
            guild: GUILD,
            channel: GENERAL,
            user: DEFAULT_USER,
            locale: "en-US",
            is_user_installed: false,
            change: None,
        }
    }

    /// Sets an option.
    pub(crate) fn with(mut self, option: &str, value: impl Into<Value>) -> Self {
        if let AskKind::Slash { options, .. } = &mut self.kind {
            options.push((option.to_owned(), value.into()));
        }
        self
    }

    /// Makes it an autocomplete interaction with the last option focused.
    pub(crate) fn autocomplete(mut self) -> Self {
        if let AskKind::Slash { typing, .. } = &mut self.kind {
            *typing = true;
        }
        self
    }

    /// Sends it in a direct message with the bot.
    pub(crate) fn in_bot_dm(mut self) -> Self {
        self.context = AskContext::BotDm;
        self
    }

    /// Sends it in a private channel with other users.
    pub(crate) fn in_private_channel(mut self) -> Self {
        self.context = AskContext::PrivateChannel;
        self.is_user_installed = true;
        self
    }

    /// Sends it in a guild where the bot is only installed to the user.
    pub(crate) fn user_installed(mut self) -> Self {
        self.is_user_installed = true;
        self
    }

    /// Sends it in another channel.
    pub(crate) fn in_channel(mut self, channel: u64) -> Self {
        self.channel = channel;
        self
    }

    /// Sends it in another guild.
    pub(crate) fn in_guild(mut self, guild: u64) -> Self {
        self.guild = guild;
        self
    }

    /// Sends it as another user.
    pub(crate) fn by(mut self, user: u64) -> Self {
        self.user = user;
        self
    }

    /// Sets the client's locale.
    pub(crate) fn in_locale(mut self, locale: &'static str) -> Self {
        self.locale = locale;
        self
    }

    /// Modifies the payload.
    pub(crate) fn with_payload(
        mut self,
        change: impl Fn(&mut Value) + Send + Sync + 'static,
    ) -> Self {
        self.change = Some(Arc::new(change));
        self
    }

    /// A one-line description.
    pub(crate) fn name(&self) -> String {
        match &self.kind {
            AskKind::Slash { name, options, typing } => {
                let options = options.iter().map(|(name, value)| format!(" {name}:{value}"));
                let typing = if *typing { "…" } else { "" };
                format!("/{name}{}{typing}", options.collect::<String>())
            }
            AskKind::OnMessage { name, .. } => name.clone(),
            AskKind::Press { custom_id, .. } => format!("[{custom_id}]"),
            AskKind::Submit { form, .. } => format!("a form {}", form["title"]),
        }
    }

    pub(super) fn interaction_data(&self) -> InteractionData {
        match &self.kind {
            AskKind::Slash { typing: true, .. } => InteractionData::Autocomplete,
            AskKind::Slash { .. } | AskKind::OnMessage { .. } => InteractionData::Command,
            AskKind::Press { .. } => InteractionData::Component,
            AskKind::Submit { .. } => InteractionData::Modal,
        }
    }

    /// The message that the component belongs to.
    pub(super) fn message(&self) -> Option<&Value> {
        match &self.kind {
            AskKind::Press { message, .. } => Some(message),
            _ => None,
        }
    }

    pub(super) fn user(&self) -> u64 {
        self.user
    }

    /// The interaction payload.
    pub(super) fn payload(&self, state: &State, id: u64, token: &str) -> Value {
        let mut payload = self.envelope(state, id, token);
        let (kind, data) = match &self.kind {
            AskKind::Slash { name, options, typing } => {
                let kind = if *typing { 4 } else { 2 };
                (kind, slash(state, name, options, *typing))
            }
            AskKind::OnMessage { name, content } => (2, self.message_payload(state, name, content)),
            AskKind::Press { message, custom_id, values, of_channels } => {
                payload["message"] = message.clone();
                let mut data = press(message, custom_id, values.as_deref());
                if *of_channels {
                    data["component_type"] = json!(8);
                    let ids = values.iter().flatten();
                    let channels = ids.map(|id| (id.clone(), shown(state, id)));
                    data["resolved"] = json!({ "channels": channels.collect::<Map<_, _>>() });
                }
                (3, data)
            }
            AskKind::Submit { message, form, text } => {
                payload["message"] = message.clone();
                let input = &form["components"][0]["component"];
                let filled =
                    json!({ "type": 4, "id": 2, "custom_id": input["custom_id"], "value": text });
                let label = json!({ "type": 18, "id": 1, "component": filled });
                (5, json!({ "custom_id": form["custom_id"], "components": [label] }))
            }
        };
        payload["type"] = json!(kind);
        payload["data"] = data;
        if let Some(change) = &self.change {
            change(&mut payload);
        }
        payload
    }

    /// The payload without `data`.
    fn envelope(&self, state: &State, id: u64, token: &str) -> Value {
        let user = user(self.user);
        let context = match self.context {
            AskContext::Server => 0,
            AskContext::BotDm => 1,
            AskContext::PrivateChannel => 2,
        };
        let mut owners = json!({});
        if self.is_user_installed {
            owners["1"] = json!(self.user.to_string());
        } else {
            let is_server = self.context == AskContext::Server;
            let guild = if is_server { self.guild } else { 0 };
            owners["0"] = json!(guild.to_string());
        }
        let mut payload = json!({
            "version": 1, "id": id.to_string(), "token": token, "application_id": state.settings.application.to_string(),
            "app_permissions": "2251799813685247", "attachment_size_limit": 10_485_760, "entitlements": [],
            "entitlement_sku_ids": [], "locale": self.locale, "context": context, "authorizing_integration_owners": owners,
            "channel_id": self.channel.to_string(),
        });
        if self.context == AskContext::Server {
            let guild = self.guild.to_string();
            payload["guild_id"] = json!(guild);
            payload["guild_locale"] = json!("en-US");
            payload["guild"] = json!({ "id": guild, "locale": "en-US", "features": ["COMMUNITY"] });
            payload["member"] = json!({
                "user": user, "nick": null, "avatar": null, "banner": null, "roles": ["300000000000000020"], "flags": 0,
                "joined_at": "2021-03-04T05:06:07.080000+00:00", "premium_since": null, "deaf": false, "mute": false,
                "pending": false, "communication_disabled_until": null, "unusual_dm_activity_until": null,
                "permissions": "2248473465835073",
            });
            let here = state.guild.channel(self.channel);
            payload["app_permissions"] = json!(here.map_or(0, |here| here.permissions).to_string());
            payload["channel"] = state.guild.payload(self.channel);
            if let Some(channel) = payload["channel"].as_object_mut() {
                // It is at the top level of an interaction, beside `channel`.
                channel.remove("app_permissions");
            }
        } else {
            let kind = if self.context == AskContext::BotDm { 1 } else { 3 };
            payload["user"] = user.clone();
            payload["channel"] = json!({ "id": self.channel.to_string(), "type": kind, "flags": 0, "last_message_id": null, "recipients": [user] });
        }
        payload
    }

    fn message_payload(&self, state: &State, name: &str, content: &str) -> Value {
        let message = json!({
            "id": MESSAGE, "channel_id": self.channel.to_string(), "type": 0, "content": content, "author": user(OTHER_USER), "embeds": [],
            "attachments": [], "mentions": [], "mention_roles": [], "components": [], "pinned": false, "tts": false,
            "mention_everyone": false, "edited_timestamp": null, "timestamp": "2026-11-23T10:00:00.000000+00:00", "flags": 0,
        });
        let command = state.command(name, 3);
        let id = command.map_or(&Value::Null, |command| &command["id"]);
        json!({ "id": id, "name": name, "type": 3, "target_id": MESSAGE, "resolved": { "messages": { MESSAGE: message } } })
    }
}

const MESSAGE: &str = "300000000000000077";

/// A user object.
pub(super) fn user(id: u64) -> Value {
    json!({
        "id": id.to_string(), "username": format!("member{}", id % 100), "global_name": "A member", "discriminator": "0",
        "avatar": null, "avatar_decoration_data": null, "clan": null, "primary_guild": null, "public_flags": 0,
    })
}

/// The `data` of a slash command. Option types are taken from the registered command. `name` may
/// contain a subcommand, or a subcommand group and a subcommand.
fn slash(state: &State, name: &str, options: &[(String, Value)], typing: bool) -> Value {
    let mut words = name.split(' ');
    let root = words.next().unwrap_or(name);
    let command = state.command(root, 1);
    let mut level = command;
    let path: Vec<&str> = words.collect();
    for word in &path {
        let inside = level.and_then(|level| level["options"].as_array());
        level = inside.and_then(|inside| inside.iter().find(|one| one["name"] == *word));
    }
    let kind = |option: &str| {
        let known = level?["options"].as_array()?.iter();
        known.clone().find(|one| one["name"] == option)?["type"].as_u64()
    };
    let (mut option_values, mut resolved) = (Vec::new(), json!({}));
    for (at, (option, value)) in options.iter().enumerate() {
        let kind = kind(option).unwrap_or(if value.is_boolean() { 5 } else { 3 });
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is_id = matches!(kind, 6..=9 | 11);
        let value = if is_id { json!(text) } else { value.clone() };
        resolve(state, kind, &text, &mut resolved);
        let mut one = json!({ "name": option, "type": kind, "value": value });
        if typing && at + 1 == options.len() {
            one["focused"] = json!(true);
        }
        option_values.push(one);
    }
    for (depth, word) in path.iter().enumerate().rev() {
        let kind = if depth + 1 == path.len() { 1 } else { 2 };
        option_values = vec![json!({ "name": word, "type": kind, "options": option_values })];
    }
    let id = command.map_or(&Value::Null, |command| &command["id"]);
    let mut data = json!({ "id": id, "name": root, "type": 1 });
    if !option_values.is_empty() {
        data["options"] = Value::Array(option_values);
    }
    if resolved.as_object().is_some_and(|resolved| !resolved.is_empty()) {
        data["resolved"] = resolved;
    }
    data
}

/// Adds the `resolved` data of an option's value.
fn resolve(state: &State, kind: u64, id: &str, resolved: &mut Value) {
    match kind {
        6 => {
            resolved["users"][id] = user(id.parse().unwrap_or(0));
            resolved["members"][id] = json!({ "roles": [MEMBERS.to_string()], "permissions": "2248473465835073", "flags": 0 });
        }
        7 => resolved["channels"][id] = shown(state, id),
        8 => {
            let role = state.guild.roles.iter();
            let role = role.clone().find(|role| role.id.to_string() == id);
            let mentionable = role.is_some_and(|role| role.is_mentionable);
            resolved["roles"][id] = json!({ "id": id, "name": "a role", "permissions": "0", "mentionable": mentionable });
        }
        11 => {
            let file = id.parse().ok().and_then(|id| state.guild.files.get(&id));
            resolved["attachments"][id] = json!({
                "id": id, "filename": "settings.json", "size": file.map_or(0, String::len), "ephemeral": true,
                "url": format!("{}/attachments/1/{id}/settings.json?ex=1&is=2", state.api_url),
                "proxy_url": "https://media.discordapp.net/elsewhere", "content_type": "application/json",
            });
        }
        _ => {}
    }
}

fn shown(state: &State, id: &str) -> Value {
    state.guild.payload(id.parse().unwrap_or(0))
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

/// Finds the component with this `custom_id` anywhere in a message.
pub(super) fn component<'a>(part: &'a Value, custom_id: &str) -> Option<&'a Value> {
    match part {
        Value::Object(fields) if fields.get("custom_id").is_some_and(|id| id == custom_id) => {
            Some(part)
        }
        Value::Object(fields) => fields.values().find_map(|inside| component(inside, custom_id)),
        Value::Array(parts) => parts.iter().find_map(|inside| component(inside, custom_id)),
        _ => None,
    }
}
