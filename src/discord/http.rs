//! Discord's REST API: every request has a timeout, keeps to Discord's rate limits, is retried where that is safe, and fails without
//! telling secrets.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::wire::{BOUNDARY, Body};
use crate::guild::{ApplicationId, FileFault, InteractionId};
use crate::telemetry;
use address::ApiBase;
use connection_pool::{Connection, ConnectionPool};
use error::{ErrorKind, error_fields, error_message};
use invalid_requests::InvalidRequests;
use rate_limits::RateLimiter;
use route::Route;

pub use connection_pool::Response;
pub use error::RestError;
pub use hyper::Method;

pub mod address;
mod connection_pool;
mod error;
mod invalid_requests;
mod rate_limits;
mod route;

/// Timeout for one try, from the first byte sent to the last one received.
const TRY_TIMEOUT: Duration = Duration::from_secs(8);

/// The longest wait for rate limits, over all retries of a request.
const RATE_LIMIT_WAIT_MAX: Duration = Duration::from_secs(60);

/// The most tries of a request, retries included.
const TRIES_MAX: u32 = 4;

/// The backoff before the retry of a callback, where Discord says nothing of it.
const CALLBACK_BACKOFF: Duration = Duration::from_millis(150);

/// The error code of a callback that was accepted before:
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
const ALREADY_ACKNOWLEDGED: u64 = 40_060;

/// A REST client for one bot.
pub struct Rest {
    base: ApiBase,
    pool: ConnectionPool,
    /// For paths that hold an interaction's token: the bot's token is left out.
    plain: HeaderMap,
    authorized: HeaderMap,
    multipart: HeaderMap,
    authorized_multipart: HeaderMap,
    /// Kept to remove it from error messages.
    token: SecretString,
    rate_limiter: Mutex<RateLimiter>,
    invalid_requests: Mutex<InvalidRequests>,
    token_refused: CancellationToken,
}

impl Rest {
    /// Creates a client of the Discord at `api_url`, such as `https://discord.com`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If `api_url` is no URL that a token may be sent to, or the token is not one.
    pub fn new(api_url: &str, token: SecretString) -> anyhow::Result<Self> {
        let base = ApiBase::parse(api_url)?;
        let authorization = format!("Bot {}", token.expose_secret().trim());
        let mut authorization = HeaderValue::from_str(&authorization)
            .ok()
            .context("the token has characters that no token has")?;
        authorization.set_sensitive(true);
        let agent =
            concat!("DiscordBot (", env!("CARGO_PKG_NAME"), ", ", env!("CARGO_PKG_VERSION"), ")");
        let mut plain = HeaderMap::with_capacity(4);
        plain.insert(USER_AGENT, HeaderValue::from_static(agent));
        plain.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut multipart = plain.clone();
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        multipart.insert(CONTENT_TYPE, HeaderValue::from_str(&content_type)?);
        let mut authorized = plain.clone();
        let mut authorized_multipart = multipart.clone();
        authorized_multipart.insert(AUTHORIZATION, authorization.clone());
        authorized.insert(AUTHORIZATION, authorization);
        Ok(Self {
            base,
            pool: ConnectionPool::new(),
            plain,
            authorized,
            multipart,
            authorized_multipart,
            token,
            rate_limiter: Mutex::default(),
            invalid_requests: Mutex::default(),
            token_refused: CancellationToken::new(),
        })
    }

    /// Creates a client without the bot's token, which can follow up on interactions: their own tokens are enough for that.
    ///
    /// # Errors
    ///
    /// If `api_url` is no URL.
    pub fn without_token(api_url: &str) -> anyhow::Result<Self> {
        Self::new(api_url, SecretString::default())
    }

    /// How many requests Discord has refused in the last ten minutes.
    pub fn invalid_requests(&self) -> usize {
        lock(&self.invalid_requests).len(Instant::now())
    }

    /// The URL that requests go to.
    pub fn base(&self) -> &ApiBase {
        &self.base
    }

    /// Waits until Discord refuses the bot's token; nothing is sent from then on.
    pub async fn token_refused(&self) {
        self.token_refused.cancelled().await;
    }

    /// Answers an interaction, within three seconds: <https://docs.discord.com/developers/interactions/receiving-and-responding>.
    ///
    /// There is one retry, on a new connection: Discord may have closed a kept one without our knowing. It is safe even where nobody
    /// knows whether the first try was taken, as Discord takes no second answer.
    ///
    /// # Errors
    ///
    /// If the answer was not accepted by `deadline`, or it cannot be known whether it was.
    pub async fn callback(
        &self,
        id: InteractionId,
        token: &str,
        body: &Body,
        deadline: Instant,
    ) -> Result<(), RestError> {
        let path = route::callback(id.get(), token);
        let failed = |kind| RestError::new(Method::POST, &path, kind);
        // The other half of the time is left for the retry.
        let half_time = Instant::now() + deadline.duration_since(Instant::now()) / 2;
        let error = match self.try_callback(&path, body, half_time, Connection::Kept).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match callback_backoff(&error) {
            Some(backoff) if Instant::now() + backoff < deadline => sleep(backoff).await,
            _ => return Err(failed(error)),
        }
        match self.try_callback(&path, body, deadline, Connection::New).await {
            // The first try was accepted after all.
            Err(ErrorKind::Status { code: Some(ALREADY_ACKNOWLEDGED), .. }) => Ok(()),
            answered => answered.map_err(failed),
        }
    }

    /// Replaces the message that answered an interaction, or that was pressed on.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached.
    pub async fn edit_original(
        &self,
        application: ApplicationId,
        token: &str,
        body: &Body,
    ) -> Result<(), RestError> {
        let path = route::original(application.get(), token);
        self.send(Method::PATCH, &path, body.bytes.clone(), self.headers_of(body)).await.map(drop)
    }

    /// Adds a follow-up message to the answer to an interaction.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached.
    pub async fn follow_up(
        &self,
        application: ApplicationId,
        token: &str,
        body: &Body,
    ) -> Result<(), RestError> {
        let path = route::follow_up(application.get(), token);
        self.send(Method::POST, &path, body.bytes.clone(), self.headers_of(body)).await.map(drop)
    }

    /// Deletes the message that answered an interaction, or that was pressed on.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached.
    pub async fn delete_original(
        &self,
        application: ApplicationId,
        token: &str,
    ) -> Result<(), RestError> {
        let path = route::original(application.get(), token);
        self.send(Method::DELETE, &path, Bytes::new(), &self.plain).await.map(drop)
    }

    /// Downloads a file that somebody has attached: only from Discord's CDN or the host of the API, and without redirects.
    ///
    /// # Errors
    ///
    /// If it is elsewhere, too long, or cannot be had.
    pub async fn fetch(&self, url: &str, bytes_max: usize) -> Result<Bytes, FileFault> {
        let uri = self.base.attachment(url).ok_or(FileFault::Elsewhere)?;
        let headers = HeaderMap::new();
        let sent = self.pool.send(Method::GET, uri, Bytes::new(), &headers, Connection::New);
        match timeout_at(Instant::now() + TRY_TIMEOUT, sent).await {
            Ok(Ok(response)) if response.body.len() > bytes_max => Err(FileFault::TooLong),
            Ok(Ok(response)) if response.status == StatusCode::OK => Ok(response.body),
            Ok(Err(ErrorKind::TooLong)) => Err(FileFault::TooLong),
            _ => Err(FileFault::Away),
        }
    }

    /// Sends a request with the bot's token. `path` begins after `/api/v10`.
    ///
    /// # Errors
    ///
    /// If Discord refuses or cannot be reached, or the wait for its rate limits would be too long.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Response, RestError> {
        self.send(method, path, body.unwrap_or_default(), &self.authorized).await
    }

    /// Sends a POST with the bot's token, without a retry, and waits for rate limits no longer than `wait_max`.
    ///
    /// # Errors
    ///
    /// As [`Rest::request`].
    pub async fn post(
        &self,
        path: &str,
        body: &Body,
        wait_max: Duration,
    ) -> Result<Response, RestError> {
        let route = Route::new(Method::POST, path);
        let wait_until = Instant::now() + wait_max;
        let headers =
            if body.has_file { &self.authorized_multipart } else { &self.authorized };
        let sent = self.try_once(&route, path, body.bytes.clone(), headers, wait_until).await;
        sent.map_err(|error| RestError::new(Method::POST, path, error))
    }

    fn headers_of(&self, body: &Body) -> &HeaderMap {
        if body.has_file { &self.multipart } else { &self.plain }
    }

    /// Callbacks are under no rate limit that could be waited for.
    async fn try_callback(
        &self,
        path: &str,
        body: &Body,
        deadline: Instant,
        connection: Connection,
    ) -> Result<(), ErrorKind> {
        if self.token_refused.is_cancelled() {
            return Err(ErrorKind::TokenRefused);
        }
        let headers = self.headers_of(body);
        let uri = self.base.join(path).ok_or(ErrorKind::InvalidPath)?;
        let sent = self.pool.send(Method::POST, uri, body.bytes.clone(), headers, connection);
        let sent = timeout_at(deadline, sent).await.unwrap_or(Err(ErrorKind::TimedOut));
        measure(&Method::POST, route::CALLBACK, &sent);
        let response = sent?;
        if response.status.is_success() {
            return Ok(());
        }
        Err(self.refused(&response, headers))
    }

    /// Sends a request, with retries.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        headers: &HeaderMap,
    ) -> Result<Response, RestError> {
        let route = Route::new(method.clone(), path);
        let wait_until = Instant::now() + RATE_LIMIT_WAIT_MAX;
        let mut tries = 0;
        loop {
            tries += 1;
            let sent = self.try_once(&route, path, body.clone(), headers, wait_until).await;
            let error = match sent {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            match backoff(&error, &method, tries) {
                Some(backoff) if tries < TRIES_MAX => sleep(backoff).await,
                _ => return Err(RestError::new(method, path, error)),
            }
        }
    }

    /// One try of a request, which waits for its rate limit first.
    async fn try_once(
        &self,
        route: &Route,
        path: &str,
        body: Bytes,
        headers: &HeaderMap,
        wait_until: Instant,
    ) -> Result<Response, ErrorKind> {
        loop {
            if self.token_refused.is_cancelled() {
                return Err(ErrorKind::TokenRefused);
            }
            if lock(&self.invalid_requests).is_limit_reached(Instant::now()) {
                return Err(ErrorKind::InvalidRequestLimit);
            }
            let acquired = lock(&self.rate_limiter).acquire(route, Instant::now());
            match acquired {
                Ok(()) => break,
                Err(until) if until > wait_until => {
                    return Err(ErrorKind::RateLimited(until - Instant::now()));
                }
                Err(until) => sleep_until(until).await,
            }
        }
        let uri = self.base.join(path).ok_or(ErrorKind::InvalidPath)?;
        let sent = self.pool.send(route.method.clone(), uri, body, headers, Connection::Kept);
        let deadline = Instant::now() + TRY_TIMEOUT;
        let sent = timeout_at(deadline, sent).await.unwrap_or(Err(ErrorKind::TimedOut));
        measure(&route.method, &route.template, &sent);
        let response = sent?;
        lock(&self.rate_limiter).update(route, &response, Instant::now());
        if response.status.is_success() {
            return Ok(response);
        }
        Err(self.refused(&response, headers))
    }

    /// What an error response means; it is counted where Discord counts it too. `headers` are those of the request.
    fn refused(&self, response: &Response, headers: &HeaderMap) -> ErrorKind {
        let status = response.status;
        let is_authorized = headers.contains_key(AUTHORIZATION);
        // Messages about the others may repeat the token in their path, or what a member wrote.
        let body = match is_authorized {
            true => error_message(response, self.token.expose_secret()),
            false => error_fields(response),
        };
        // A request without the bot's token says nothing of it.
        if status == StatusCode::UNAUTHORIZED && is_authorized {
            self.token_refused.cancel();
        }
        let is_invalid = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
            StatusCode::TOO_MANY_REQUESTS => !rate_limits::is_shared(&response.headers),
            _ => false,
        };
        if is_invalid && let Some(count) = lock(&self.invalid_requests).count(Instant::now()) {
            tracing::warn!(
                count,
                "Discord refused many requests within ten minutes; at {} only answers are sent",
                invalid_requests::MAX
            );
        }
        let retry_after =
            (status == StatusCode::TOO_MANY_REQUESTS).then(|| rate_limits::retry_after(response));
        ErrorKind::Status { status, code: body.code, message: body.message, retry_after }
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").finish_non_exhaustive()
    }
}

fn measure(method: &Method, route: &str, sent: &Result<Response, ErrorKind>) {
    let status = sent.as_ref().ok().map(|response| response.status.as_u16());
    telemetry::requested(method, route, status);
}

/// The backoff before a retry of a callback; `None` where a retry would not help.
fn callback_backoff(error: &ErrorKind) -> Option<Duration> {
    match error {
        // A new connection is all that it takes.
        ErrorKind::ConnectionLost | ErrorKind::TimedOut => Some(Duration::ZERO),
        ErrorKind::NotSent => Some(CALLBACK_BACKOFF),
        ErrorKind::Status { retry_after: Some(wait), .. } => Some(*wait),
        ErrorKind::Status { status, .. } if status.is_server_error() => Some(CALLBACK_BACKOFF),
        _ => None,
    }
}

/// The backoff before a retry; `None` where a retry would not help, or might do a thing twice. Half a second before the second try,
/// doubled with each, with jitter of as much again, so that many do not come back at once.
fn backoff(error: &ErrorKind, method: &Method, tries: u32) -> Option<Duration> {
    let is_repeatable = *method != Method::POST;
    let is_retried = match error {
        // The rate limiter knows now how long to wait.
        ErrorKind::Status { status: StatusCode::TOO_MANY_REQUESTS, .. } => {
            return Some(Duration::ZERO);
        }
        ErrorKind::NotSent => true,
        ErrorKind::Status { status, .. } => status.is_server_error() && is_repeatable,
        ErrorKind::ConnectionLost | ErrorKind::TimedOut => is_repeatable,
        _ => false,
    };
    let least = Duration::from_millis(250 << tries.min(5));
    is_retried.then(|| least + least.mul_f64(fastrand::f64()))
}

/// What these locks guard stays consistent at every step, so a panic elsewhere is no reason to give up.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
