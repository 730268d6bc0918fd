//! The simulated guild: channels, the bot's permissions, roles and posted messages.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::{State, validator};

/// The default guild.
pub(crate) const GUILD: u64 = 300_000_000_000_000_001;

/// The guild's channels.
pub(crate) const GENERAL: u64 = 300_000_000_000_000_002;
pub(crate) const CATEGORY: u64 = 300_000_000_000_000_003;
pub(crate) const BOTS: u64 = 300_000_000_000_000_004;
pub(crate) const VOICE: u64 = 300_000_000_000_000_005;
pub(crate) const FORUM: u64 = 300_000_000_000_000_006;
pub(crate) const NEWS: u64 = 300_000_000_000_000_010;
pub(crate) const THREAD: u64 = 300_000_000_000_000_011;
pub(crate) const HIDDEN: u64 = 300_000_000_000_000_012;
pub(crate) const STAGE: u64 = 300_000_000_000_000_013;

/// A channel in another guild of the bot, and a direct message channel.
pub(crate) const FOREIGN: u64 = 300_000_000_000_000_014;
pub(crate) const DIRECT: u64 = 300_000_000_000_000_015;

/// The guild's roles, apart from @everyone, whose id is the guild's.
pub(crate) const MEMBERS: u64 = 300_000_000_000_000_020;
pub(crate) const READERS: u64 = 300_000_000_000_000_021;

/// Permission flags:
/// <https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags>.
pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
pub(crate) const SEND_MESSAGES: u64 = 1 << 11;
pub(crate) const ATTACH_FILES: u64 = 1 << 15;
pub(crate) const READ_MESSAGE_HISTORY: u64 = 1 << 16;
pub(crate) const MENTION_EVERYONE: u64 = 1 << 17;
pub(crate) const CONNECT: u64 = 1 << 20;
pub(crate) const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;

/// The bot's default permissions.
const DEFAULT_PERMISSIONS: u64 = VIEW_CHANNEL
    | SEND_MESSAGES
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | CONNECT
    | SEND_MESSAGES_IN_THREADS
    | 1 << 31;

/// How long a nonce is remembered:
/// <https://docs.discord.com/developers/resources/message#create-message>
const NONCE_LIFETIME: Duration = Duration::from_secs(3 * 60);

#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    /// The guild; `None` for direct messages.
    pub(crate) guild: Option<u64>,
    /// Discord's channel type.
    pub(crate) kind: u64,
    pub(crate) parent: Option<u64>,
    /// The bot's permissions in the channel.
    pub(crate) permissions: u64,
    /// Whether interactions contain the bot's permissions in the channel.
    pub(crate) shows_permissions: bool,
    /// Whether the channel is hidden from the bot.
    pub(crate) is_hidden: bool,
    pub(crate) is_deleted: bool,
    pub(crate) is_archived: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) is_mentionable: bool,
}

/// A posted message.
#[derive(Clone, Debug)]
pub(crate) struct PostedMessage {
    pub(crate) channel: u64,
    pub(crate) id: u64,
    pub(crate) body: Value,
    /// The roles notified by the message.
    pub(crate) notified: Vec<u64>,
    pub(crate) is_published: bool,
    pub(crate) at: Instant,
}

#[derive(Debug)]
pub(super) struct Guild {
    pub(super) channels: Vec<Channel>,
    pub(super) roles: Vec<Role>,
    pub(super) posted: Vec<PostedMessage>,
    nonces: HashMap<(u64, String), (u64, Instant)>,
    pub(super) files: HashMap<u64, String>,
    /// The command permissions from the guild's settings (Integrations).
    pub(super) overrides: Value,
}

impl Default for Guild {
    fn default() -> Self {
        let channel = |id, kind, parent| Channel {
            id,
            guild: Some(GUILD),
            kind,
            parent,
            permissions: DEFAULT_PERMISSIONS,
            shows_permissions: true,
            is_hidden: false,
            is_deleted: false,
            is_archived: false,
        };
        let mut channels = vec![
            channel(GENERAL, 0, Some(CATEGORY)),
            channel(CATEGORY, 4, None),
            channel(BOTS, 0, None),
            channel(VOICE, 2, Some(CATEGORY)),
            channel(STAGE, 13, None),
            channel(FORUM, 15, None),
            channel(NEWS, 5, None),
            channel(THREAD, 11, Some(GENERAL)),
            Channel { guild: Some(GUILD + 7), ..channel(FOREIGN, 5, None) },
            Channel { guild: None, ..channel(DIRECT, 1, None) },
            channel(HIDDEN, 0, None),
        ];
        if let Some(hidden) = channels.last_mut() {
            hidden.is_hidden = true;
            hidden.permissions = 0;
        }
        let role = |id, is_mentionable| Role { id, is_mentionable };
        Self {
            channels,
            roles: vec![role(MEMBERS, false), role(READERS, true)],
            posted: Vec::new(),
            nonces: HashMap::new(),
            files: HashMap::new(),
            overrides: json!([]),
        }
    }
}

impl Guild {
    pub(super) fn channel(&self, id: u64) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id && !channel.is_deleted)
    }

    pub(super) fn forget_nonces(&mut self) {
        self.nonces.clear();
    }

    /// The channel as included in an interaction.
    pub(super) fn payload(&self, id: u64) -> Value {
        let Some(channel) = self.channel(id) else {
            return json!({ "id": id.to_string(), "type": 0, "name": "gone" });
        };
        let mut shown = channel.outline();
        shown["permissions"] = json!("2248473465835073");
        if channel.shows_permissions {
            // Discord includes implied permissions: a thread's permissions contain those of its
            // channel.
            shown["app_permissions"] = json!(channel.permissions.to_string());
        }
        shown
    }
}

impl Channel {
    fn is_thread(&self) -> bool {
        matches!(self.kind, 10..=12)
    }

    fn outline(&self) -> Value {
        let name = match self.is_hidden {
            true => "___hidden___".to_owned(),
            false => format!("channel-{}", self.id % 100),
        };
        let mut outline = json!({
            "id": self.id.to_string(), "type": self.kind, "name": name, "nsfw": false,
            "parent_id": self.parent.map(|parent| parent.to_string()), "position": 1, "rate_limit_per_user": 0,
            "flags": if self.is_hidden { 1 << 17 } else { 0 }, "last_message_id": null, "topic": null,
        });
        if let Some(guild) = self.guild {
            outline["guild_id"] = json!(guild.to_string());
        }
        if self.is_thread() {
            let metadata = json!({
                "archived": self.is_archived, "locked": false, "auto_archive_duration": 1440,
                "archive_timestamp": "2026-11-23T10:00:00.000000+00:00",
            });
            outline["thread_metadata"] = metadata;
        }
        outline
    }

    /// The response of the REST API to a request for the channel.
    fn response(&self) -> Response {
        if self.permissions & VIEW_CHANNEL == 0 && !self.is_hidden {
            return Response::error(403, 50_001, "Missing Access");
        }
        let mut payload = self.outline();
        let lacking = DEFAULT_PERMISSIONS & !self.permissions;
        payload["permission_overwrites"] = match self.is_hidden {
            true => json!([]),
            false => {
                json!([{ "id": GUILD.to_string(), "type": 0, "allow": "0", "deny": lacking.to_string() }])
            }
        };
        Response::json(200, payload)
    }

    /// The error response if the bot cannot post in the channel.
    fn posting_error(&self) -> Option<Response> {
        if self.permissions & VIEW_CHANNEL == 0 {
            return Some(Response::error(403, 50_001, "Missing Access"));
        }
        if matches!(self.kind, 4 | 15 | 16) {
            return Some(Response::error(400, 50_008, "Cannot send messages in this channel"));
        }
        let needed = match self.kind {
            10..=12 => SEND_MESSAGES_IN_THREADS,
            2 | 13 => SEND_MESSAGES | CONNECT,
            _ => SEND_MESSAGES,
        };
        if self.permissions & needed != needed {
            return Some(Response::error(403, 50_013, "Missing Permissions"));
        }
        self.is_archived.then(|| Response::error(400, 50_083, "Thread is archived"))
    }
}

/// Handles `/channels/{id}…`.
pub(super) fn handle_channel(
    state: &mut State,
    request: &Request,
    id: u64,
    rest: &[&str],
) -> Response {
    let Some(channel) = state.guild.channel(id).cloned() else {
        return Response::error(404, 10_003, "Unknown Channel");
    };
    match (request.method.as_str(), rest) {
        ("GET", []) => channel.response(),
        ("POST", ["messages"]) => post(state, request, &channel),
        ("GET", ["messages"]) => history(state, request, &channel),
        ("POST", ["messages", message, "crosspost"]) => publish(state, &channel, message),
        _ => {
            let fault = format!("nobody asks for {} {}", request.method, request.path);
            state.violations.push(fault);
            Response::error(404, 0, "404: Not Found")
        }
    }
}

fn post(state: &mut State, request: &Request, channel: &Channel) -> Response {
    if let Some(refused) = channel.posting_error() {
        return refused;
    }
    let (body, file) = super::rest::read_body(request).unwrap_or_default();
    let mut faults = validator::post(&body);
    faults.extend(validator::files(&body, file.is_some()));
    if !faults.is_empty() {
        let faults = faults.join("; ");
        state.violations.push(format!("{faults}, in {body}"));
        return Response::error(400, 50_035, &format!("Invalid Form Body: {faults}"));
    }
    let nonce = body["nonce"].as_str().map(str::to_owned);
    let key = nonce.map(|nonce| (channel.id, nonce));
    let is_enforced = body["enforce_nonce"] == json!(true);
    if let Some((known, at)) = key.as_ref().and_then(|key| state.guild.nonces.get(key))
        && is_enforced
        && at.elapsed() < NONCE_LIFETIME
    {
        let known = *known;
        return Response::json(200, message(state, known));
    }
    let id = state.next_id();
    if let Some(key) = key {
        state.guild.nonces.insert(key, (id, Instant::now()));
    }
    let asked = body["allowed_mentions"]["roles"].as_array().cloned();
    let asked = asked.unwrap_or_default();
    let may_all = channel.permissions & MENTION_EVERYONE != 0;
    let notified = state.guild.roles.iter().filter(|role| {
        let id = role.id.to_string();
        asked.iter().any(|asked| asked.as_str() == Some(&id))
            && (role.is_mentionable || may_all)
            && body.to_string().contains(&format!("<@&{}>", role.id))
    });
    let notified = notified.map(|role| role.id).collect();
    state.guild.posted.push(PostedMessage {
        channel: channel.id,
        id,
        body,
        notified,
        is_published: false,
        at: Instant::now(),
    });
    Response::json(200, message(state, id))
}

/// A message object.
fn message(state: &State, id: u64) -> Value {
    let posted = state.guild.posted.iter().find(|one| one.id == id);
    let Some(posted) = posted else {
        return Value::Null;
    };
    let mut author = super::ask::user(state.settings.application);
    author["bot"] = json!(true);
    let roles: Vec<String> = posted.notified.iter().map(u64::to_string).collect();
    json!({
        "id": id.to_string(), "channel_id": posted.channel.to_string(), "type": 0, "content": "", "author": author,
        "components": posted.body["components"], "flags": posted.body["flags"], "mention_roles": roles, "mentions": [],
        "embeds": [], "attachments": [], "pinned": false, "tts": false, "mention_everyone": false, "edited_timestamp": null,
        "timestamp": "2026-11-23T10:00:00.000000+00:00", "nonce": posted.body["nonce"],
    })
}

/// The latest messages, newest first. Discord does not return nonces of stored messages.
fn history(state: &State, request: &Request, channel: &Channel) -> Response {
    if channel.permissions & READ_MESSAGE_HISTORY == 0 {
        return Response::json(200, json!([]));
    }
    let most = request.query.split('&').find_map(|pair| pair.strip_prefix("limit="));
    let most = most.and_then(|most| most.parse().ok()).unwrap_or(50);
    let before = request.query.split('&').find_map(|pair| pair.strip_prefix("before="));
    let before = before.and_then(|id| id.parse().ok()).unwrap_or(u64::MAX);
    let own = state.guild.posted.iter().rev();
    let own = own.filter(|posted| posted.channel == channel.id && posted.id < before);
    let own = own.take(most);
    let payloads = own.map(|posted| {
        let mut payload = message(state, posted.id);
        payload["nonce"] = Value::Null;
        payload
    });
    Response::json(200, payloads.collect())
}

fn publish(state: &mut State, channel: &Channel, message_id: &str) -> Response {
    if channel.kind != 5 {
        let what = "Cannot execute action on this channel type";
        return Response::error(400, 50_024, what);
    }
    let found = state.guild.posted.iter_mut();
    let found = found.into_iter().find(|posted| posted.id.to_string() == message_id);
    match found {
        None => Response::error(404, 10_008, "Unknown Message"),
        Some(posted) if posted.is_published => {
            Response::error(400, 40_033, "This message has already been crossposted.")
        }
        Some(posted) => {
            posted.is_published = true;
            let id = posted.id;
            Response::json(200, message(state, id))
        }
    }
}

/// Handles `/guilds/{id}…`.
pub(super) fn handle_guild(
    state: &mut State,
    request: &Request,
    id: &str,
    rest: &[&str],
) -> Response {
    let bot = state.settings.application.to_string();
    match (request.method.as_str(), rest) {
        ("GET", ["roles"]) => {
            let everyone = json!({ "id": id, "name": "@everyone", "permissions": DEFAULT_PERMISSIONS.to_string(), "mentionable": false });
            let others = state.guild.roles.iter().map(|role| {
                json!({ "id": role.id.to_string(), "name": "a role", "permissions": "0", "mentionable": role.is_mentionable })
            });
            Response::json(200, std::iter::once(everyone).chain(others).collect())
        }
        ("GET", ["members", member]) if *member == bot => Response::json(
            200,
            json!({ "user": super::ask::user(state.settings.application), "roles": [], "flags": 0 }),
        ),
        _ => {
            let fault = format!("nobody asks for {} {}", request.method, request.path);
            state.violations.push(fault);
            Response::error(404, 0, "404: Not Found")
        }
    }
}
