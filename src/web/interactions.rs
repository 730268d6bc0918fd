//! `POST /interactions` and `POST /events`: signed requests that Discord sends over HTTP instead of
//! the gateway.
//! <https://docs.discord.com/developers/interactions/receiving-and-responding#receiving-an-interaction>

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::server::Authenticated;
use super::signature::{PublicKey, SignatureHeaders};
use crate::discord::gateway::GatewayEvent;
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::discord::incoming::{self, Interaction, InteractionData};
use crate::guild::{GuildId, parse_id};

/// Maximum size of a request body.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The maximum number of bytes discarded from an oversized body, so that the client receives the
/// response before the connection is closed.
const DISCARDED_BYTES_MAX: usize = 8 * BODY_BYTES_MAX;

/// Bodies up to this size are read without acquiring a permit. Interactions have a few thousand
/// bytes.
const SMALL_BODY_BYTES: usize = 64 * 1024;

/// Maximum number of larger bodies held in memory at the same time.
const LARGE_BODIES_MAX: usize = 16;

/// Timeout for receiving a body. Discord waits three seconds for the response.
const BODY_TIMEOUT: Duration = Duration::from_secs(3);

/// Timeout for the response. Discord gives up after three seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

const PONG: &str = r#"{"type":1}"#;

/// Verifies and answers signed requests.
pub struct Endpoint {
    public_key: PublicKey,
    /// Set once the dataset is loaded.
    handler: OnceLock<Arc<InteractionHandler>>,
    on_event: Box<dyn Fn(GatewayEvent) + Send + Sync>,
    large_bodies: Semaphore,
}

impl Endpoint {
    /// `on_event` is called for each guild that the application is added to. It must not block.
    pub fn new(
        public_key: PublicKey,
        on_event: impl Fn(GatewayEvent) + Send + Sync + 'static,
    ) -> Self {
        Self {
            public_key,
            handler: OnceLock::new(),
            on_event: Box::new(on_event),
            large_bodies: Semaphore::new(LARGE_BODIES_MAX),
        }
    }

    /// Starts to answer interactions; until then the endpoint is not ready.
    pub fn start(&self, handler: Arc<InteractionHandler>) {
        // `set` only fails on a second call, and there is none.
        drop(self.handler.set(handler));
    }

    pub fn is_started(&self) -> bool {
        self.handler.get().is_some()
    }

    /// Reads the body and verifies its signature. Returns the response status on failure.
    async fn verify(&self, request: Request) -> Result<Bytes, StatusCode> {
        let (parts, body) = request.into_parts();
        let received = timeout(BODY_TIMEOUT, self.receive(&parts.headers, body)).await;
        received.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    }

    async fn receive(&self, headers: &HeaderMap, mut body: Body) -> Result<Bytes, StatusCode> {
        let length =
            headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: usize| length > BODY_BYTES_MAX) {
            discard(&mut body).await;
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let signature = SignatureHeaders::read(headers).ok_or(StatusCode::UNAUTHORIZED)?;
        let _permit = match length {
            Some(..=SMALL_BODY_BYTES) => None,
            _ => self.large_bodies.acquire().await.ok(),
        };
        let collected = Limited::new(&mut body, BODY_BYTES_MAX).collect().await;
        let Ok(collected) = collected else {
            discard(&mut body).await;
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        };
        let bytes = collected.to_bytes();
        match signature.is_valid(&self.public_key, &bytes) {
            true => Ok(bytes),
            false => Err(StatusCode::UNAUTHORIZED),
        }
    }
}

pub fn router(endpoint: Arc<Endpoint>) -> Router {
    Router::new()
        .route("/interactions", post(interactions))
        .route("/events", post(events))
        .with_state(endpoint)
}

async fn interactions(
    State(endpoint): State<Arc<Endpoint>>,
    request: Request,
) -> Result<impl IntoResponse, StatusCode> {
    let received = Instant::now();
    let body = endpoint.verify(request).await?;
    Ok((Extension(Authenticated), answer(&endpoint, &body, received).await))
}

async fn answer(
    endpoint: &Endpoint,
    body: &[u8],
    received: Instant,
) -> Result<Response, (StatusCode, String)> {
    let interaction = parse(body).inspect_err(|(_, error)| {
        tracing::warn!(error, bytes = body.len(), "an interaction cannot be answered");
    })?;
    if interaction.data == InteractionData::Ping {
        return Ok(([(CONTENT_TYPE, "application/json")], PONG).into_response());
    }
    let Some(handler) = endpoint.handler.get() else {
        return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    };
    Ok(match timeout(ANSWER_TIMEOUT, handler.respond(interaction, received)).await {
        Ok(Some(callback)) => {
            ([(CONTENT_TYPE, callback.content_type())], callback.bytes).into_response()
        }
        // Discord never sends an interaction twice over HTTP, so this is a replay.
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    })
}

/// Parses the interaction in a request, or says why it is refused.
pub(super) fn parse(body: &[u8]) -> Result<Interaction, (StatusCode, String)> {
    let body = str::from_utf8(body).map_err(|_| "not UTF-8".to_owned());
    let interaction =
        body.and_then(|body| incoming::parse(body).map_err(|error| error.to_string()));
    interaction.map_err(|error| (StatusCode::BAD_REQUEST, error))
}

/// Receives [webhook events](https://docs.discord.com/developers/events/webhook-events#payload-structure).
async fn events(
    State(endpoint): State<Arc<Endpoint>>,
    request: Request,
) -> Result<impl IntoResponse, StatusCode> {
    let body = endpoint.verify(request).await?;
    // Discord counts any other status as a failure and eventually stops sending events, so unused
    // events are acknowledged too.
    let event: Value = serde_json::from_slice(&body).unwrap_or_default();
    let event = &event["event"];
    let guild = event["data"]["guild"]["id"].as_str().and_then(parse_id::<GuildId>);
    match (event["type"].as_str().unwrap_or_default(), guild) {
        ("APPLICATION_AUTHORIZED", Some(guild)) => {
            tracing::info!(server = guild.get(), "added to a server");
            (endpoint.on_event)(GatewayEvent::GuildAdded(guild));
        }
        // No data is stored about user installs, so these events need no action.
        (kind @ ("APPLICATION_AUTHORIZED" | "APPLICATION_DEAUTHORIZED"), _) => {
            tracing::debug!(kind, "a user install was added or removed");
        }
        _ => {}
    }
    Ok((Extension(Authenticated), StatusCode::NO_CONTENT))
}

/// Discards the rest of a body. Closing a connection with unread data resets it, and the client
/// would lose the response.
async fn discard(body: &mut Body) {
    let mut left = DISCARDED_BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        left = left.saturating_sub(length);
        if left == 0 {
            return;
        }
    }
}
