//! Discord's REST interface, as far as the bot calls it, played in this process for one small server.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::server;
use crate::discord::http::Rest;

/// The server: its application, channels, roles and members.
const GUILD: &str = include_str!("guild.json");

/// The first second of 2015 in milliseconds, from which [ids](https://docs.discord.com/developers/reference#snowflakes) count.
const EPOCH_MS: u64 = 1_420_070_400_000;

/// How many calls are kept for pages that have not read them yet.
const CALLS_MAX: usize = 256;

/// How many interactions can still be edited, followed up and deleted.
const INTERACTIONS_MAX: usize = 1_024;

/// How many attachments are kept.
const FILES_MAX: usize = 8;

/// Maximum size of a call: a message with pictures.
const CALL_BYTES_MAX: usize = 2 * 1024 * 1024;

const UNKNOWN_CHANNEL: u32 = 10_003;
const UNKNOWN_INTERACTION: u32 = 10_062;

/// A call of the application, as the page gets it: the body as it was sent.
#[derive(Clone)]
pub(super) struct Call {
    /// The method and the path, such as `PATCH /webhooks/1/token/messages/@original`.
    name: String,
    content_type: String,
    body: Bytes,
}

pub(super) struct Discord {
    address: SocketAddr,
    guild: Value,
    /// The bot's token, so that no other program can post.
    token: String,
    state: Mutex<Calls>,
    /// The number of the next call.
    next: watch::Sender<u64>,
}

#[derive(Default)]
struct Calls {
    /// Interactions without a callback yet, by token.
    pending: HashMap<String, oneshot::Sender<Call>>,
    /// The tokens of interactions, oldest first.
    known: VecDeque<String>,
    recorded: VecDeque<Call>,
    files: VecDeque<(String, Bytes)>,
    last_id: u64,
}

impl Discord {
    /// Listens on a free port of the loopback interface. The second part is a client for it.
    pub(super) async fn start() -> anyhow::Result<(Arc<Self>, Rest)> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("listen on loopback")?;
        let address = listener.local_addr().context("listen on loopback")?;
        let discord = Arc::new(Self {
            address,
            guild: serde_json::from_str(GUILD).context("read the server of the preview")?,
            token: random(),
            state: Mutex::default(),
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

    /// Makes an interaction known; the answer is its callback.
    pub(super) fn expect_callback(&self, token: &str) -> oneshot::Receiver<Call> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        if state.known.len() == INTERACTIONS_MAX
            && let Some(oldest) = state.known.pop_front()
        {
            state.pending.remove(&oldest);
        }
        state.known.push_back(token.to_owned());
        state.pending.insert(token.to_owned(), sender);
        receiver
    }

    /// The number of the next call.
    pub(super) fn next_call(&self) -> u64 {
        *self.next.borrow()
    }

    /// A call, once it has been made; nothing for one that is not kept any more, or that another process must have numbered.
    pub(super) async fn call(&self, number: u64) -> Option<Call> {
        if number > self.next_call() {
            return None;
        }
        self.next.subscribe().wait_for(|next| *next > number).await.ok()?;
        let state = self.lock();
        let newer = usize::try_from(self.next_call() - number).ok()?;
        state.recorded.len().checked_sub(newer).map(|place| state.recorded[place].clone())
    }

    pub(super) fn record(&self, call: Call) {
        let mut state = self.lock();
        if state.recorded.len() == CALLS_MAX {
            state.recorded.pop_front();
        }
        state.recorded.push_back(call);
        self.next.send_modify(|next| *next += 1);
    }

    /// Keeps an attachment; the answer is its URL.
    pub(super) fn keep_file(&self, file: Bytes) -> String {
        let mut state = self.lock();
        if state.files.len() == FILES_MAX {
            state.files.pop_front();
        }
        let name = random();
        state.files.push_back((name.clone(), file));
        format!("http://{}/attachments/{name}", self.address)
    }

    /// Answers a call, by its method and the segments of its path.
    fn answer(&self, method: &Method, path: &[&str], is_bot: bool, call: Call) -> Response {
        let list = |name: &str| self.guild[name].as_array().into_iter().flatten();
        let find = |name: &str, id: &str| list(name).find(|one| one["id"] == id).cloned();
        let is_known = |token: &str| self.lock().known.iter().any(|known| known == token);
        match (method.as_str(), path) {
            ("GET", ["attachments", name]) => {
                let state = self.lock();
                let file = state.files.iter().find(|(kept, _)| kept == name);
                file.map_or_else(not_found, |(_, file)| file.clone().into_response())
            }
            ("POST", ["interactions", _, token, "callback"]) => {
                let pending = self.lock().pending.remove(*token);
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

    /// Records a call that makes or changes a message, and answers it with the message.
    fn message(&self, call: Call) -> Response {
        let said: Value = serde_json::from_slice(json_of_body(&call.body)).unwrap_or_default();
        let mentionable = |id: &&Value| {
            let mut roles = self.guild["roles"].as_array().into_iter().flatten();
            roles.any(|role| role["id"] == **id && role["mentionable"] == true)
        };
        let mentioned = said["allowed_mentions"]["roles"].as_array().into_iter().flatten();
        let message = json!({
            "id": self.new_id().to_string(),
            "author": { "id": self.guild["application"]["id"], "bot": true },
            "components": said["components"],
            "mention_roles": mentioned.filter(mentionable).collect::<Vec<_>>(),
        });
        self.record(call);
        json_of(&message)
    }

    /// An id of now, larger than those before.
    fn new_id(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or(EPOCH_MS).saturating_sub(EPOCH_MS) << 22;
        let mut state = self.lock();
        state.last_id = now.max(state.last_id + 1);
        state.last_id
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call {
    /// Tells the page that the dataset was loaded again.
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
    State(discord): State<Arc<Discord>>,
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

/// 128 bits that nobody can guess: the standard library's hasher is seeded by the system.
fn random() -> String {
    format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1))
}
