//! A simulation of Discord's REST API in this process, limited to the calls that the bot makes,
//! with one small guild.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::server;
use crate::discord::cache::Cache;
use crate::discord::http::Rest;
use crate::guild::{ChannelId, parse_id};

/// The simulated guild: application, channels, roles and members.
const GUILD: &str = include_str!("guild.json");

/// Discord's epoch in Unix milliseconds, the first second of 2015:
/// <https://docs.discord.com/developers/reference#snowflakes>.
const EPOCH_MS: u64 = 1_420_070_400_000;

/// Maximum number of API calls kept for pages that have not fetched them yet.
const CALLS_MAX: usize = 256;

/// Maximum number of interactions whose responses can still be edited, followed up or deleted.
const INTERACTIONS_MAX: usize = 1_024;

/// Maximum number of attachments kept.
const FILES_MAX: usize = 8;

/// Maximum size of an API call, enough for a message with images.
const CALL_BYTES_MAX: usize = 2 * 1024 * 1024;

const UNKNOWN_CHANNEL: u32 = 10_003;
const UNKNOWN_INTERACTION: u32 = 10_062;

/// An API call of the application, with its original body, as sent to the page.
#[derive(Clone)]
pub(super) struct Call {
    /// Method and path, such as `PATCH /webhooks/1/token/messages/@original`.
    name: String,
    content_type: String,
    body: Bytes,
}

pub(super) struct LocalDiscord {
    address: SocketAddr,
    guild: Value,
    /// The bot's random token, which keeps other local programs from posting.
    token: String,
    state: Mutex<Calls>,
    files: Cache<FILES_MAX, String, Bytes>,
    /// The sequence number of the next call.
    next: watch::Sender<u64>,
}

#[derive(Default)]
struct Calls {
    /// Recent interactions by token, oldest first, with the receiver of a callback that is due.
    interactions: VecDeque<(String, Option<oneshot::Sender<Call>>)>,
    recorded: VecDeque<Call>,
    last_id: u64,
}

impl LocalDiscord {
    /// Listens on a free loopback port. Also returns a REST client for it.
    pub(super) async fn start() -> anyhow::Result<(Arc<Self>, Rest)> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("listen on loopback")?;
        let address = listener.local_addr().context("listen on loopback")?;
        let discord = Arc::new(Self {
            address,
            guild: serde_json::from_str(GUILD).context("read the server of the preview")?,
            token: random(),
            state: Mutex::default(),
            files: Cache::default(),
            next: watch::Sender::new(0),
        });
        let router = Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(CALL_BYTES_MAX))
            .with_state(Arc::clone(&discord));
        tokio::spawn(server::serve(listener, router, CancellationToken::new()));
        let rest = Rest::new(&format!("http://{address}"), discord.token.clone().into())?;
        Ok((discord, rest))
    }

    pub(super) fn guild(&self) -> &Value {
        &self.guild
    }

    /// The channel used as `discord.report_channel`.
    pub(super) fn report_channel(&self) -> Option<ChannelId> {
        let mut channels = self.guild["channels"].as_array()?.iter();
        let channel = channels.find(|channel| channel["name"] == "error-reports")?;
        parse_id(channel["id"].as_str()?)
    }

    /// Registers an interaction and returns a receiver for its callback.
    pub(super) fn expect_callback(&self, token: &str) -> oneshot::Receiver<Call> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state.lock();
        if state.interactions.len() == INTERACTIONS_MAX {
            state.interactions.pop_front();
        }
        state.interactions.push_back((token.to_owned(), Some(sender)));
        receiver
    }

    /// The sequence number of the next call.
    pub(super) fn next_call(&self) -> u64 {
        *self.next.borrow()
    }

    /// Waits for the call with this number. Returns `None` if it is no longer kept, or if the
    /// number is from an earlier run of the preview.
    pub(super) async fn call(&self, number: u64) -> Option<Call> {
        if number > self.next_call() {
            return None;
        }
        self.next.subscribe().wait_for(|next| *next > number).await.ok()?;
        let state = self.state.lock();
        let newer = usize::try_from(self.next_call() - number).ok()?;
        state.recorded.len().checked_sub(newer).map(|index| state.recorded[index].clone())
    }

    pub(super) fn record(&self, call: Call) {
        let mut state = self.state.lock();
        if state.recorded.len() == CALLS_MAX {
            state.recorded.pop_front();
        }
        state.recorded.push_back(call);
        self.next.send_modify(|next| *next += 1);
    }

    /// Stores an attachment and returns its URL.
    pub(super) fn store_file(&self, file: Bytes) -> String {
        let name = random();
        let url = format!("http://{}/attachments/{name}", self.address);
        self.files.insert(name, file);
        url
    }

    /// Responds to an API call, by method and path segments.
    fn answer(&self, method: &Method, path: &[&str], is_bot: bool, call: Call) -> Response {
        let list = |name: &str| self.guild[name].as_array().into_iter().flatten();
        let find = |name: &str, id: &str| list(name).find(|one| one["id"] == id).cloned();
        let is_known =
            |token: &str| self.state.lock().interactions.iter().any(|(one, _)| one == token);
        match (method.as_str(), path) {
            ("GET", ["attachments", name]) => {
                let file = self.files.get(&(*name).to_owned());
                file.map_or_else(not_found, IntoResponse::into_response)
            }
            ("POST", ["interactions", _, token, "callback"]) => {
                let mut state = self.state.lock();
                let mut interactions = state.interactions.iter_mut();
                let pending =
                    interactions.find(|(one, _)| one == token).and_then(|(_, page)| page.take());
                match pending.map(|page| page.send(call)) {
                    Some(Ok(())) => StatusCode::NO_CONTENT.into_response(),
                    _ => error(UNKNOWN_INTERACTION, "Unknown interaction"),
                }
            }
            (_, ["webhooks", _, token, ..]) if !is_known(token) => {
                error(UNKNOWN_INTERACTION, "Unknown interaction")
            }
            ("DELETE", ["webhooks", ..]) => {
                self.record(call);
                StatusCode::NO_CONTENT.into_response()
            }
            ("PATCH" | "POST", ["webhooks", ..]) => self.message(call),
            _ if !is_bot => StatusCode::UNAUTHORIZED.into_response(),
            ("POST", ["channels", channel, "messages"]) if find("channels", channel).is_some() => {
                self.message(call)
            }
            ("GET", ["channels", _, "messages"]) => json_of(&json!([])),
            ("GET", ["channels", id]) => match find("channels", id) {
                Some(channel) => json_of(&channel),
                None => error(UNKNOWN_CHANNEL, "Unknown Channel"),
            },
            ("GET", ["guilds", _, "roles"]) => json_of(&self.guild["roles"]),
            ("GET", ["guilds", _, "members", id]) => {
                let member = list("members").find(|member| member["user"]["id"] == *id);
                member.map_or_else(not_found, json_of)
            }
            ("GET", ["applications", .., "permissions"]) => json_of(&json!([])),
            _ => not_found(),
        }
    }

    /// Records a call that creates or edits a message, and responds with the message.
    fn message(&self, call: Call) -> Response {
        let payload: Value = serde_json::from_slice(json_of_body(&call.body)).unwrap_or_default();
        let mentionable = |id: &&Value| {
            let mut roles = self.guild["roles"].as_array().into_iter().flatten();
            roles.any(|role| role["id"] == **id && role["mentionable"] == true)
        };
        let mentioned = payload["allowed_mentions"]["roles"].as_array().into_iter().flatten();
        let message = json!({
            "id": self.new_id().to_string(),
            "author": { "id": self.guild["application"]["id"], "bot": true },
            "components": payload["components"],
            "mention_roles": mentioned.filter(mentionable).collect::<Vec<_>>(),
        });
        self.record(call);
        json_of(&message)
    }

    /// A snowflake of the current time, larger than all earlier ones.
    fn new_id(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or(EPOCH_MS).saturating_sub(EPOCH_MS) << 22;
        let mut state = self.state.lock();
        state.last_id = now.max(state.last_id + 1);
        state.last_id
    }
}

impl Call {
    /// A pseudo-call that makes the page reload, because the dataset has changed.
    pub(super) fn reload() -> Self {
        let name = "RELOAD".to_owned();
        Self { name, content_type: "text/plain".to_owned(), body: Bytes::new() }
    }
}

impl IntoResponse for Call {
    fn into_response(self) -> Response {
        let headers =
            [(header::CONTENT_TYPE.as_str(), self.content_type), ("preview-call", self.name)];
        (headers, self.body).into_response()
    }
}

async fn answer(
    State(discord): State<Arc<LocalDiscord>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().trim_start_matches("/api/v10").trim_start_matches('/');
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_bot = text(header::AUTHORIZATION) == format!("Bot {}", discord.token);
    let call = Call {
        name: format!("{method} /{path}"),
        content_type: text(header::CONTENT_TYPE).to_owned(),
        body,
    };
    discord.answer(&method, &path.split('/').collect::<Vec<_>>(), is_bot, call)
}

fn json_of(value: &Value) -> Response {
    axum::Json(value).into_response()
}

fn error(code: u32, message: &str) -> Response {
    let body = json!({ "code": code, "message": message });
    (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
}

fn not_found() -> Response {
    error(0, "404: Not Found")
}

/// The JSON of a body, which comes first where files follow it.
fn json_of_body(body: &[u8]) -> &[u8] {
    if !body.starts_with(b"--") {
        return body;
    }
    let find = |body: &[u8], what: &[u8]| body.windows(what.len()).position(|one| one == what);
    let json = find(body, b"\r\n\r\n").map_or(body, |head| &body[head + 4..]);
    find(json, b"\r\n--").map_or(json, |end| &json[..end])
}

/// 128 random bits. `RandomState` is seeded by the operating system, so they cannot be guessed.
fn random() -> String {
    format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1))
}
