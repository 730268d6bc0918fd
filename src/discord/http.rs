//! The one edge to Discord's REST interface: every call has a deadline, keeps to Discord's limits, and fails without telling secrets.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::incoming::Id;
use super::wire::{BOUNDARY, Body};
use crate::request::FileFault;
use crate::telemetry;
use address::ApiBase;
use client::{Client, Connection, Sent};
use error::{Fault, barely_told, told};
use invalid_requests::Refusals;
use rate_limits::Limits;
use route::Route;

pub use error::RestError;

pub mod address;
mod client;
mod error;
mod invalid_requests;
mod rate_limits;
mod route;

/// The most that one try may take, from the first byte sent to the last one received.
const TRY_MAX: Duration = Duration::from_secs(8);

/// The most that a call waits for Discord's limits, all its tries together.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// How often a call is tried, where trying again is right.
const TRIES_MAX: u32 = 4;

/// How long the second try of a callback waits where Discord says nothing of it.
const CALLBACK_PAUSE: Duration = Duration::from_millis(150);

/// The code of a callback that has been accepted before:
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
const ALREADY_ACKNOWLEDGED: u64 = 40_060;

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Adds.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

/// What Discord answered with success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status, 200 to 299.
    pub status: u16,
    /// The body, empty with 204.
    pub body: Bytes,
}

/// Calls Discord as one bot.
pub struct Rest {
    base: ApiBase,
    client: Client,
    /// What goes with every call, and with those that the bot's token allows.
    plain: HeaderMap,
    signed: HeaderMap,
    /// With a body that has a file.
    parts: HeaderMap,
    /// The token, to keep it out of errors.
    token: SecretString,
    limits: Mutex<Limits>,
    refusals: Mutex<Refusals>,
    token_refused: CancellationToken,
}

impl Rest {
    /// A client of the Discord at `api_url`, such as `https://discord.com`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If `api_url` is no address that a token may be sent to, or the token is not one.
    pub fn new(api_url: &str, token: SecretString) -> anyhow::Result<Self> {
        let base = ApiBase::parse(api_url)?;
        let mut authorization =
            HeaderValue::from_str(&format!("Bot {}", token.expose_secret().trim()))
                .ok()
                .context("the token has characters that no token has")?;
        authorization.set_sensitive(true);
        let agent =
            concat!("DiscordBot (", env!("CARGO_PKG_NAME"), ", ", env!("CARGO_PKG_VERSION"), ")");
        let mut plain = HeaderMap::with_capacity(4);
        plain.insert(USER_AGENT, HeaderValue::from_static(agent));
        plain.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut parts = plain.clone();
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let kind = HeaderValue::from_str(&kind).context("a boundary has only letters")?;
        parts.insert(CONTENT_TYPE, kind);
        let mut signed = plain.clone();
        signed.insert(AUTHORIZATION, authorization);
        Ok(Self {
            base,
            client: Client::new(),
            plain,
            signed,
            parts,
            token,
            limits: Mutex::default(),
            refusals: Mutex::default(),
            token_refused: CancellationToken::new(),
        })
    }

    /// A client without the bot's token, which can answer interactions: their own tokens are enough for that.
    ///
    /// # Errors
    ///
    /// If `api_url` is no address.
    pub fn without_token(api_url: &str) -> anyhow::Result<Self> {
        Self::new(api_url, SecretString::default())
    }

    /// The address that calls go to.
    pub fn base(&self) -> &ApiBase {
        &self.base
    }

    /// Comes back once Discord has refused the bot's token: nothing is sent from then on.
    pub async fn token_refused(&self) {
        self.token_refused.cancelled().await;
    }

    /// Answers an interaction, within three seconds: <https://docs.discord.com/developers/interactions/receiving-and-responding>.
    ///
    /// It is tried twice at most, and the second time on a connection of its own: Discord may have closed any kept one without our
    /// knowing. That is safe where nobody knows whether the first was taken, as Discord takes no more than one.
    ///
    /// # Errors
    ///
    /// If the answer was not accepted by `deadline`, or it cannot be known whether it was.
    pub async fn callback(
        &self,
        id: Id,
        token: &str,
        body: &Body,
        deadline: Instant,
    ) -> Result<(), RestError> {
        let path = route::callback(id.get(), token);
        // The other half of the time is left for the second try.
        let first_ends = Instant::now() + deadline.duration_since(Instant::now()) / 2;
        let fault = match self.try_callback(&path, body, first_ends, Connection::Kept).await {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        };
        let Some(pause) = second_try_after(&fault) else {
            return Err(RestError::of(Method::Post, &path, fault));
        };
        if Instant::now() + pause >= deadline {
            return Err(RestError::of(Method::Post, &path, fault));
        }
        sleep(pause).await;
        match self.try_callback(&path, body, deadline, Connection::New).await {
            // The first try was accepted after all.
            Err(Fault::Status { code: Some(ALREADY_ACKNOWLEDGED), .. }) => Ok(()),
            done => done.map_err(|fault| RestError::of(Method::Post, &path, fault)),
        }
    }

    /// Puts a message in the place of the one that an interaction came from, or that answered it.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached.
    pub async fn edit_original(
        &self,
        application: Id,
        token: &str,
        body: &Body,
    ) -> Result<(), RestError> {
        let path = route::original(application.get(), token);
        self.send(Method::Patch, &path, body.bytes.clone(), self.headers_of(body)).await.map(drop)
    }

    /// Adds a message to the answer to an interaction.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached.
    pub async fn follow_up(
        &self,
        application: Id,
        token: &str,
        body: &Body,
    ) -> Result<(), RestError> {
        let path = route::follow_up(application.get(), token);
        self.send(Method::Post, &path, body.bytes.clone(), self.headers_of(body)).await.map(drop)
    }

    /// Fetches a file that somebody has attached to an interaction: from where Discord keeps files, or from the host that calls
    /// go to, and from nowhere else. A redirection is not followed.
    ///
    /// # Errors
    ///
    /// If it is elsewhere, too long, or not to be had.
    pub async fn fetch(&self, url: &str, bytes_max: usize) -> Result<Bytes, FileFault> {
        let uri = self.base.of_file(url).ok_or(FileFault::Elsewhere)?;
        let headers = HeaderMap::new();
        let fetched = self.client.send(Method::Get, uri, Bytes::new(), &headers, Connection::New);
        let fetched = timeout_at(Instant::now() + TRY_MAX, fetched).await;
        match fetched {
            Ok(Ok(sent)) if sent.body.len() > bytes_max => Err(FileFault::TooLong),
            Ok(Ok(sent)) if sent.status == StatusCode::OK => Ok(sent.body),
            Ok(Err(Fault::TooLong)) => Err(FileFault::TooLong),
            _ => Err(FileFault::Away),
        }
    }

    /// How many calls Discord has refused in the last ten minutes.
    pub fn refused_requests(&self) -> usize {
        lock(&self.refusals).len(Instant::now())
    }

    fn headers_of(&self, body: &Body) -> &HeaderMap {
        match body.has_file {
            true => &self.parts,
            false => &self.plain,
        }
    }

    /// Deletes the message that an interaction came from, or that answered it.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached.
    pub async fn delete_original(&self, application: Id, token: &str) -> Result<(), RestError> {
        let path = route::original(application.get(), token);
        self.send(Method::Delete, &path, Bytes::new(), &self.plain).await.map(drop)
    }

    /// Calls `path`, which begins after `/api/v10`, with the bot's token.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached, or would have to be waited for too long.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Answer, RestError> {
        self.send(method, path, body.unwrap_or_default(), &self.signed).await
    }

    /// Adds something, as [`Rest::request`] does, but tries only once, and waits for Discord's limits for no longer than this.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached, or would have to be waited for too long.
    pub async fn post(
        &self,
        path: &str,
        body: Bytes,
        wait_max: Duration,
    ) -> Result<Answer, RestError> {
        let method = Method::Post;
        let route = Route::of(method, path);
        let waiting_ends = Instant::now() + wait_max;
        let answer = self.attempt(&route, path, body, &self.signed, waiting_ends);
        answer.await.map_err(|fault| RestError::of(method, path, fault))
    }

    /// Callbacks are under no limit that could be waited for.
    async fn try_callback(
        &self,
        path: &str,
        body: &Body,
        deadline: Instant,
        connection: Connection,
    ) -> Result<(), Fault> {
        if self.token_refused.is_cancelled() {
            return Err(Fault::TokenRefused);
        }
        let headers = self.headers_of(body);
        let uri = self.base.below(path).ok_or(Fault::NoAddress)?;
        let sent = self.client.send(Method::Post, uri, body.bytes.clone(), headers, connection);
        let sent = timeout_at(deadline, sent).await.unwrap_or(Err(Fault::TimedOut));
        measure(Method::Post, route::CALLBACK, &sent);
        let sent = sent?;
        if sent.status.is_success() {
            return Ok(());
        }
        Err(self.fault(&sent, headers))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        headers: &HeaderMap,
    ) -> Result<Answer, RestError> {
        let route = Route::of(method, path);
        let waiting_ends = Instant::now() + WAIT_MAX;
        let mut tries = 0;
        loop {
            tries += 1;
            let fault = match self.attempt(&route, path, body.clone(), headers, waiting_ends).await
            {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            let pause = match &fault {
                // The limits now know until when to wait.
                Fault::Status { status: StatusCode::TOO_MANY_REQUESTS, .. } => Some(Duration::ZERO),
                Fault::Status { status, .. }
                    if status.is_server_error() && method.is_idempotent() =>
                {
                    Some(pause(tries))
                }
                Fault::Unreachable => Some(pause(tries)),
                Fault::Broken | Fault::TimedOut if method.is_idempotent() => Some(pause(tries)),
                _ => None,
            };
            match pause {
                Some(pause) if tries < TRIES_MAX => sleep(pause).await,
                _ => return Err(RestError::of(method, path, fault)),
            }
        }
    }

    /// One try of a call that is under Discord's limits.
    async fn attempt(
        &self,
        route: &Route,
        path: &str,
        body: Bytes,
        headers: &HeaderMap,
        waiting_ends: Instant,
    ) -> Result<Answer, Fault> {
        loop {
            if self.token_refused.is_cancelled() {
                return Err(Fault::TokenRefused);
            }
            if lock(&self.refusals).are_too_many(Instant::now()) {
                return Err(Fault::TooManyRefused);
            }
            let entered = lock(&self.limits).enter(route, Instant::now());
            match entered {
                Ok(()) => break,
                Err(until) if until > waiting_ends => {
                    return Err(Fault::Limited(until - Instant::now()));
                }
                Err(until) => tokio::time::sleep_until(until).await,
            }
        }
        let uri = self.base.below(path).ok_or(Fault::NoAddress)?;
        let sent = self.client.send(route.method, uri, body, headers, Connection::Kept);
        let sent = timeout_at(Instant::now() + TRY_MAX, sent).await.unwrap_or(Err(Fault::TimedOut));
        measure(route.method, &route.template, &sent);
        let sent = sent?;
        lock(&self.limits).learn(route, &sent, Instant::now());
        if sent.status.is_success() {
            return Ok(Answer { status: sent.status.as_u16(), body: sent.body });
        }
        Err(self.fault(&sent, headers))
    }

    /// What an answer without success means, noted where Discord counts it too. `headers` went with the call.
    fn fault(&self, sent: &Sent, headers: &HeaderMap) -> Fault {
        let is_signed = headers.contains_key(AUTHORIZATION);
        // Discord's words on the others may repeat the token in their path, or what a member wrote.
        let told = match is_signed {
            true => told(sent, self.token.expose_secret()),
            false => barely_told(sent),
        };
        // What was sent without the bot's token says nothing of it.
        if sent.status == StatusCode::UNAUTHORIZED && is_signed {
            self.token_refused.cancel();
        }
        let is_counted = match sent.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
            StatusCode::TOO_MANY_REQUESTS => !rate_limits::is_shared(&sent.headers),
            _ => false,
        };
        if is_counted && let Some(count) = lock(&self.refusals).count(Instant::now()) {
            tracing::warn!(
                count,
                "Discord refused many calls within ten minutes; at {} only answers are sent on",
                invalid_requests::MAX
            );
        }
        let retry_after =
            (sent.status == StatusCode::TOO_MANY_REQUESTS).then(|| rate_limits::retry_after(sent));
        Fault::Status { status: sent.status, code: told.code, message: told.message, retry_after }
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").finish_non_exhaustive()
    }
}

impl Method {
    /// Whether doing it twice is the same as doing it once.
    fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn as_hyper(self) -> hyper::Method {
        match self {
            Self::Get => hyper::Method::GET,
            Self::Post => hyper::Method::POST,
            Self::Put => hyper::Method::PUT,
            Self::Patch => hyper::Method::PATCH,
            Self::Delete => hyper::Method::DELETE,
        }
    }
}

fn measure(method: Method, route: &str, sent: &Result<Sent, Fault>) {
    let status = sent.as_ref().ok().map(|sent| sent.status.as_u16());
    telemetry::requested(method.name(), route, status);
}

/// How long to wait before a callback is tried again; nothing where Discord has refused it, or it cannot be sent.
fn second_try_after(fault: &Fault) -> Option<Duration> {
    match fault {
        // Nothing that another connection would not mend.
        Fault::Broken | Fault::TimedOut => Some(Duration::ZERO),
        Fault::Unreachable => Some(CALLBACK_PAUSE),
        Fault::Status { retry_after: Some(pause), .. } => Some(*pause),
        Fault::Status { status, .. } if status.is_server_error() => Some(CALLBACK_PAUSE),
        _ => None,
    }
}

/// Half a second before the second try, doubled with each, and up to as much again, so that many do not come back at once.
fn pause(tries: u32) -> Duration {
    let least = Duration::from_millis(250 << tries.min(5));
    least + least.mul_f64(fastrand::f64())
}

/// What is behind these locks stays true at every step, so a panic elsewhere is no reason to give up.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
