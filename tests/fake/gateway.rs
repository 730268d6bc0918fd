//! The simulated gateway: sessions, frames and connection faults.
//!
//! <https://docs.discord.com/developers/events/gateway>

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_websockets::{CloseCode, Limits, Message, ServerBuilder, WebSocketStream};

use super::ask::user;
use super::{GatewayEvent, Shared, State};

/// Maximum number of events that a session keeps for a resume.
const REPLAY_MAX: usize = 2_000;

/// The only intent that the bot may request: GUILDS.
const INTENTS: u64 = 1;

/// An instruction for a connection.
#[derive(Clone, Debug)]
pub(super) enum Order {
    /// Sends a text frame.
    Frame(Arc<str>),
    /// Sends raw bytes.
    Bytes(Vec<u8>),
    /// Closes the connection, with a code if given.
    Close(Option<u16>),
    /// Drops the connection without a close frame.
    Drop,
}

/// How the next connection or identify is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greeting {
    /// Accepts the TCP connection and sends nothing.
    Silent,
    /// Completes the WebSocket handshake and sends nothing.
    NoHello,
    /// Drops the connection at once.
    Refused,
    /// Closes the connection with this code after IDENTIFY or RESUME.
    Closed(u16),
    /// Answers with opcode 9 (invalid session) and this `d`.
    InvalidSession(bool),
}

/// A resumable session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) shard: u64,
    sequence: u64,
    sent: VecDeque<(u64, Arc<str>)>,
    /// The current connection, if any.
    pub(super) link: Option<UnboundedSender<Order>>,
}

impl Session {
    /// Sends an event at once, or replays it after the next resume.
    pub(super) fn dispatch(&mut self, name: &str, data: &str) {
        self.sequence += 1;
        let frame: Arc<str> =
            format!(r#"{{"t":"{name}","s":{},"op":0,"d":{data}}}"#, self.sequence).into();
        self.sent.push_back((self.sequence, Arc::clone(&frame)));
        if self.sent.len() > REPLAY_MAX {
            self.sent.pop_front();
        }
        if let Some(link) = &self.link {
            drop(link.send(Order::Frame(frame)));
        }
    }
}

/// Serves one connection.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>, to_resume_url: bool) {
    let greeting = shared.with(|state| {
        state.events.push(GatewayEvent::Connected { to_resume_url });
        let of_connection = |one: &mut Greeting| {
            matches!(one, Greeting::Silent | Greeting::NoHello | Greeting::Refused)
        };
        state.greetings.pop_front_if(of_connection)
    });
    match greeting {
        Some(Greeting::Silent) => {
            let _held = stream;
            std::future::pending::<()>().await;
        }
        Some(Greeting::Refused) => drop(stream),
        greeting => {
            let builder = ServerBuilder::new().limits(Limits::unlimited());
            drop(stream.set_nodelay(true));
            if let Ok((request, socket)) = builder.accept(stream).await {
                if matches!(greeting, Some(Greeting::NoHello)) {
                    return std::future::pending().await;
                }
                let query = request.uri().query().unwrap_or("").to_owned();
                Connection::new(socket, shared, &query).run().await;
            }
        }
    }
}

struct Connection {
    socket: WebSocketStream<TcpStream>,
    shared: Arc<Shared>,
    link: UnboundedSender<Order>,
    orders: UnboundedReceiver<Order>,
    session: Option<String>,
}

/// `None` ends the connection.
type StillOpen = Option<()>;

impl Connection {
    fn new(socket: WebSocketStream<TcpStream>, shared: Arc<Shared>, query: &str) -> Self {
        let has = |pair: &str| query.split('&').any(|one| one == pair);
        // The fake only sends uncompressed JSON.
        if !has("v=10") || !has("encoding=json") || query.contains("compress") {
            shared.violation(format!("the gateway was asked with {query}"));
        }
        let (link, orders) = unbounded_channel();
        Self { socket, shared, link, orders, session: None }
    }

    async fn run(mut self) {
        let interval = self.shared.with(|state| state.settings.heartbeat);
        let hello = json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval.as_millis() as u64, "_trace": [] } });
        let mut goes = self.send(&hello.to_string()).await;
        while goes.is_some() {
            goes = tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => self.execute(order).await,
                    None => None,
                },
                frame = self.socket.next() => match frame {
                    Some(Ok(frame)) => self.receive(&frame).await,
                    _ => None,
                },
            };
        }
        let (own, link) = (self.session.take(), self.link.clone());
        self.shared.with(|state| {
            state.events.push(GatewayEvent::Disconnected);
            for session in &mut state.sessions {
                let is_own = Some(&session.id) == own.as_ref();
                if is_own && session.link.as_ref().is_some_and(|one| one.same_channel(&link)) {
                    session.link = None;
                }
            }
        });
    }

    async fn send(&mut self, text: &str) -> StillOpen {
        self.socket.send(Message::text(text.to_owned())).await.ok()
    }

    async fn execute(&mut self, order: Order) -> StillOpen {
        match order {
            Order::Frame(text) => self.send(&text).await,
            Order::Bytes(bytes) => self.socket.send(Message::binary(bytes)).await.ok(),
            Order::Drop => None,
            Order::Close(code) => {
                self.close(code).await;
                None
            }
        }
    }

    /// Sends a close frame and waits for the peer's; dropping the connection at once could lose the
    /// code.
    async fn close(&mut self, code: Option<u16>) {
        let code = code.and_then(|code| CloseCode::try_from(code).ok());
        let sent = self.socket.send(Message::close(code, "")).await;
        let rest = async { while let Some(Ok(_)) = self.socket.next().await {} };
        if sent.is_ok() {
            drop(tokio::time::timeout(Duration::from_secs(2), rest).await);
        }
    }

    async fn receive(&mut self, frame: &Message) -> StillOpen {
        if frame.is_close() {
            let code = frame.as_close().map(|(code, _)| u16::from(code));
            let own = self.session.clone();
            self.shared.with(|state| {
                state.events.push(GatewayEvent::Closed(code));
                if matches!(code, Some(1000 | 1001)) {
                    state.sessions.retain(|session| Some(&session.id) != own.as_ref());
                }
            });
            return Some(());
        }
        let Some(text) = frame.as_text() else {
            return Some(());
        };
        if text.len() > 4096 {
            self.shared.violation("a frame of more than 4096 bytes".to_owned());
        }
        let event: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        match event["op"].as_u64() {
            Some(1) => {
                let is_deaf = self.shared.with(|state| {
                    state.events.push(GatewayEvent::Heartbeat);
                    state.ignores_heartbeats
                });
                if is_deaf {
                    return Some(());
                }
                self.send(r#"{"t":null,"s":null,"op":11,"d":null}"#).await
            }
            Some(2) => self.identify(&event["d"]).await,
            Some(6) => self.resume(&event["d"]).await,
            _ => {
                self.shared.violation(format!("an unasked frame of op {}", event["op"]));
                self.close(Some(4001)).await;
                None
            }
        }
    }

    async fn identify(&mut self, data: &Value) -> StillOpen {
        let (refused, greeting) = self.shared.with(|state| {
            let shard = data["shard"][0].as_u64().unwrap_or(u64::MAX);
            state.events.push(GatewayEvent::Identified { shard });
            state.identified.push((shard, Instant::now()));
            state.identifies_left = state.identifies_left.saturating_sub(1);
            (state.rejection(data), state.greetings.pop_front())
        });
        let code = refused.or(match greeting {
            Some(Greeting::Closed(code)) => Some(code),
            _ => None,
        });
        if let Some(code) = code {
            self.close(Some(code)).await;
            return None;
        }
        if let Some(Greeting::InvalidSession(resumable)) = greeting {
            return self.invalidate(resumable).await;
        }
        let link = self.link.clone();
        let session = self.shared.with(|state| state.new_session(link, &data["shard"]));
        self.session = Some(session);
        Some(())
    }

    async fn resume(&mut self, data: &Value) -> StillOpen {
        let (id, after) = (data["session_id"].as_str().unwrap_or(""), data["seq"].as_u64());
        let link = self.link.clone();
        let replayed = self.shared.with(|state| {
            state.events.push(GatewayEvent::Resumed);
            if !is_token(&data["token"], &state.settings.token) {
                return Err(Some(4004));
            }
            let session = state.sessions.iter_mut().find(|session| session.id == id);
            let session = session.ok_or(None)?;
            let after = after.filter(|after| *after <= session.sequence).ok_or(Some(4007))?;
            session.link = Some(link);
            let missed = session.sent.iter().filter(|(sequence, _)| *sequence > after);
            Ok(missed.map(|(_, frame)| Arc::clone(frame)).collect::<Vec<_>>())
        });
        let greeting = self.shared.with(|state| state.greetings.pop_front());
        match (replayed, greeting) {
            (_, Some(Greeting::Closed(code))) | (Err(Some(code)), _) => {
                self.close(Some(code)).await;
                None
            }
            (_, Some(Greeting::InvalidSession(resumable))) => self.invalidate(resumable).await,
            (Err(None), _) => self.invalidate(false).await,
            (Ok(missed), _) => {
                self.session = Some(id.to_owned());
                for frame in missed {
                    self.send(&frame).await?;
                }
                self.shared.with(|state| {
                    let session = state.sessions.iter_mut().find(|session| session.id == id);
                    if let Some(session) = session {
                        session.dispatch("RESUMED", r#"{"_trace":[]}"#);
                    }
                });
                Some(())
            }
        }
    }

    async fn invalidate(&mut self, resumable: bool) -> StillOpen {
        self.send(&json!({ "op": 9, "s": null, "t": null, "d": resumable }).to_string()).await
    }
}

impl State {
    /// The close code for an invalid IDENTIFY.
    fn rejection(&mut self, data: &Value) -> Option<u16> {
        if !is_token(&data["token"], &self.settings.token) {
            return Some(4004);
        }
        if data["intents"].as_u64() != Some(INTENTS) {
            self.violations.push(format!("asked for the intents {}", data["intents"]));
            return Some(4014);
        }
        let has = |name: &str| data["properties"][name].is_string();
        if !has("os") || !has("browser") || !has("device") {
            self.violations.push("IDENTIFY without properties".to_owned());
        }
        let shard = [data["shard"][0].as_u64(), data["shard"][1].as_u64()];
        match shard {
            [Some(id), Some(total)] if id < total => None,
            _ => Some(4010),
        }
    }

    /// Starts a session with READY and GUILD_CREATE events.
    fn new_session(&mut self, link: UnboundedSender<Order>, shard: &Value) -> String {
        let id = format!("{:032x}", self.next_id());
        let guilds = self.settings.guilds;
        let names = (0..guilds).map(guild_id);
        let unavailable: Vec<Value> =
            names.map(|id| json!({ "id": id, "unavailable": true })).collect();
        let mut ready = json!({
            "v": 10, "user": self.bot_user(), "guilds": unavailable, "session_id": id, "session_type": "normal", "shard": shard,
            "resume_gateway_url": self.resume_url, "application": { "id": self.settings.application.to_string(), "flags": 0 },
            "private_channels": [], "presences": [], "relationships": [], "user_settings": {}, "geo_ordered_rtc_regions": [],
            "guild_join_requests": [], "_trace": [],
        });
        if !self.settings.names_application {
            ready["application"] = Value::Null;
        }
        let mut session = Session {
            id: id.clone(),
            shard: shard[0].as_u64().unwrap_or(0),
            sequence: 0,
            sent: VecDeque::new(),
            link: Some(link),
        };
        session.dispatch("READY", &ready.to_string());
        for number in 0..guilds {
            session.dispatch("GUILD_CREATE", &guild(number).to_string());
        }
        self.begun.push(session.shard);
        self.sessions.push(session);
        self.events.push(GatewayEvent::Ready);
        id
    }

    pub(super) fn bot_user(&self) -> Value {
        let mut bot = user(self.settings.application);
        bot["bot"] = json!(true);
        bot["username"] = json!("Dossier");
        bot["verified"] = json!(true);
        bot
    }
}

/// Like Discord, accepts the token with and without the `Bot` prefix.
fn is_token(value: &Value, token: &str) -> bool {
    let value = value.as_str().unwrap_or("");
    value.strip_prefix("Bot ").unwrap_or(value) == token
}

pub(super) fn guild_id(number: usize) -> String {
    (400_000_000_000_000_000 + 1_000 * number as u64).to_string()
}

/// A guild of ordinary size, with some channels and roles.
fn guild(number: usize) -> Value {
    let id = guild_id(number);
    let channel = |at: usize| {
        json!({
            "id": format!("{}{at:02}", &id[..16]), "type": 0, "name": format!("channel-{at}"), "position": at, "flags": 0,
            "parent_id": null, "topic": "What this channel is for, in a sentence.", "nsfw": false, "rate_limit_per_user": 0,
            "permission_overwrites": [{ "id": id, "type": 0, "allow": "0", "deny": "2048" }], "last_message_id": null,
        })
    };
    let role = |at: usize| {
        json!({
            "id": format!("{}{at:02}", &id[..16]), "name": format!("role {at}"), "color": 0, "hoist": false, "position": at,
            "permissions": "2248473465835073", "managed": false, "mentionable": false, "flags": 0, "icon": null,
        })
    };
    json!({
        "id": id, "name": format!("Server {number}"), "owner_id": "300000000000000007", "member_count": 1200, "large": true,
        "joined_at": "2024-01-02T03:04:05.060000+00:00", "features": ["COMMUNITY", "NEWS"], "preferred_locale": "en-US",
        "channels": (0..12).map(channel).collect::<Vec<_>>(), "roles": (0..8).map(role).collect::<Vec<_>>(),
        "members": [], "threads": [], "voice_states": [], "presences": [], "stage_instances": [], "emojis": [], "stickers": [],
        "guild_scheduled_events": [], "soundboard_sounds": [], "unavailable": false, "verification_level": 1, "nsfw_level": 0,
    })
}
