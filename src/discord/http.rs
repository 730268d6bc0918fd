//! Client for Discord's REST API. Every request has a timeout, respects Discord's rate limits, is
//! retried where that is safe, and fails with an error that contains no secrets.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use parking_lot::Mutex;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::sliding_window::SlidingWindow;
use super::wire::Body;
use crate::guild::{ApplicationId, DownloadError, InteractionId};
use crate::telemetry;
pub use address::ApiBase;
use connection_pool::{ConnectionKind, ConnectionPool, Response};
use error::{ErrorBody, ErrorKind};
use rate_limits::RateLimiter;
use route::Route;

pub use error::RestError;

pub mod address;
mod connection_pool;
mod error;
mod rate_limits;
mod route;

/// Timeout for one attempt, from the first byte sent to the last byte received.
const TRY_TIMEOUT: Duration = Duration::from_secs(8);

/// The longest total wait for rate limits, over all attempts of a request.
const RATE_LIMIT_WAIT_MAX: Duration = Duration::from_secs(60);

/// The maximum number of attempts, the first one included.
const ATTEMPTS_MAX: u32 = 4;

/// The delay before a callback is retried, unless Discord sends a `Retry-After`.
const CALLBACK_BACKOFF: Duration = Duration::from_millis(150);

/// Discord's error code for an interaction that was already acknowledged:
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
const ALREADY_ACKNOWLEDGED: u64 = 40_060;

/// Discord bans an IP address after 10,000 invalid requests within ten minutes:
/// <https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>.
/// From this count on, only interaction responses are sent.
const INVALID_REQUESTS_MAX: usize = 5_000;

/// A warning is logged at this count of invalid requests.
const INVALID_REQUESTS_WARNING: usize = 500;

/// How the program names itself: <https://docs.discord.com/developers/reference#user-agent>.
const USER_AGENT_VALUE: &str =
    concat!("DiscordBot (", env!("CARGO_PKG_NAME"), ", ", env!("CARGO_PKG_VERSION"), ")");

/// A REST client for one bot.
pub struct Rest {
    base: ApiBase,
    pool: ConnectionPool,
    /// The bot's token as a header. Paths that contain an interaction token do not need it.
    authorization: HeaderValue,
    /// Kept to redact it from error messages.
    token: SecretString,
    rate_limiter: Mutex<RateLimiter>,
    invalid_requests: Mutex<SlidingWindow<600>>,
    token_refused: CancellationToken,
}

impl Rest {
    /// Creates a client for the API at `api_url`, such as `https://discord.com`. Sends nothing yet.
    ///
    /// # Errors
    ///
    /// Fails if the token must not be sent to `api_url`, or if the token is malformed.
    pub fn new(api_url: &str, token: SecretString) -> anyhow::Result<Self> {
        let base = ApiBase::parse(api_url)?;
        let authorization = format!("Bot {}", token.expose_secret().trim());
        let mut authorization = HeaderValue::from_str(&authorization)
            .ok()
            .context("the token contains invalid characters")?;
        authorization.set_sensitive(true);
        Ok(Self {
            base,
            pool: ConnectionPool::new(),
            authorization,
            token,
            rate_limiter: Mutex::default(),
            invalid_requests: Mutex::default(),
            token_refused: CancellationToken::new(),
        })
    }

    /// The number of invalid requests in the last ten minutes.
    pub fn invalid_requests(&self) -> usize {
        self.invalid_requests.lock().events(Instant::now()).len()
    }

    pub fn base(&self) -> &ApiBase {
        &self.base
    }

    /// Completes when Discord rejects the bot's token. Nothing is sent after that, not even callbacks.
    pub async fn token_refused(&self) {
        self.token_refused.cancelled().await;
    }

    /// Responds to an interaction, within three seconds:
    /// <https://docs.discord.com/developers/interactions/receiving-and-responding>.
    ///
    /// A failed attempt is retried once on a new connection, because Discord may have closed the
    /// pooled one. The retry is safe even if the first attempt got through: Discord rejects a
    /// second callback.
    ///
    /// # Errors
    ///
    /// Fails if the callback was not accepted by `deadline`, or if it is unknown whether it was.
    pub async fn callback(
        &self,
        id: InteractionId,
        token: &str,
        body: &Body,
        deadline: Instant,
    ) -> Result<(), RestError> {
        let path = route::callback(id.get(), token);
        let failed = |kind| RestError::new(Method::POST, &path, kind);
        // Leaves half of the time for the retry.
        let half_time = Instant::now() + deadline.duration_since(Instant::now()) / 2;
        let error = match self.try_callback(&path, body, half_time, ConnectionKind::Pooled).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match callback_backoff(&error) {
            Some(backoff) if Instant::now() + backoff < deadline => sleep(backoff).await,
            _ => return Err(failed(error)),
        }
        match self.try_callback(&path, body, deadline, ConnectionKind::Fresh).await {
            // The first attempt got through after all.
            Err(ErrorKind::Status { code: Some(ALREADY_ACKNOWLEDGED), .. }) => Ok(()),
            answered => answered.map_err(failed),
        }
    }

    /// Edits the original response, or the message whose component was used.
    ///
    /// # Errors
    ///
    /// Fails if Discord rejects the request or is unreachable.
    pub async fn edit_original(
        &self,
        application: ApplicationId,
        token: &str,
        body: &Body,
    ) -> Result<(), RestError> {
        self.send(Method::PATCH, &route::original(application.get(), token), body).await.map(drop)
    }

    /// Sends a follow-up message.
    ///
    /// # Errors
    ///
    /// Fails if Discord rejects the request or is unreachable.
    pub async fn follow_up(
        &self,
        application: ApplicationId,
        token: &str,
        body: &Body,
    ) -> Result<(), RestError> {
        self.send(Method::POST, &route::follow_up(application.get(), token), body).await.map(drop)
    }

    /// Deletes the original response, or the message whose component was used.
    ///
    /// # Errors
    ///
    /// Fails if Discord rejects the request or is unreachable.
    pub async fn delete_original(
        &self,
        application: ApplicationId,
        token: &str,
    ) -> Result<(), RestError> {
        let path = route::original(application.get(), token);
        self.send(Method::DELETE, &path, &Bytes::new().into()).await.map(drop)
    }

    /// Downloads an attachment, only from Discord's CDN or the API's host, and without following
    /// redirects.
    ///
    /// # Errors
    ///
    /// Fails if the URL is on another host, the file exceeds `bytes_max`, or the download fails.
    pub async fn fetch(&self, url: &str, bytes_max: usize) -> Result<Bytes, DownloadError> {
        let mut request = Request::<Full<Bytes>>::default();
        *request.uri_mut() = self.base.attachment(url).ok_or(DownloadError::ForeignHost)?;
        let sent = self.pool.send(request, ConnectionKind::Fresh);
        match timeout_at(Instant::now() + TRY_TIMEOUT, sent).await {
            Ok(Ok(response)) if response.body.len() > bytes_max => Err(DownloadError::TooLarge),
            Ok(Ok(response)) if response.status == StatusCode::OK => Ok(response.body),
            Ok(Err(ErrorKind::TooLong)) => Err(DownloadError::TooLarge),
            _ => Err(DownloadError::Unavailable),
        }
    }

    /// Reads a resource with the bot's token. `path` is relative to `/api/v10`.
    ///
    /// # Errors
    ///
    /// Fails if Discord rejects the request or is unreachable, or if a rate limit would take too
    /// long to wait for.
    pub async fn get(&self, path: &str) -> Result<Bytes, RestError> {
        self.send(Method::GET, path, &Bytes::new().into()).await
    }

    /// Replaces a resource with the bot's token.
    ///
    /// # Errors
    ///
    /// Fails as [`Rest::get`] does.
    pub async fn put(&self, path: &str, body: Bytes) -> Result<(), RestError> {
        self.send(Method::PUT, path, &body.into()).await.map(drop)
    }

    /// Sends a POST with the bot's token, without retries, and waits at most `wait_max` for rate
    /// limits.
    ///
    /// # Errors
    ///
    /// Fails as [`Rest::get`] does.
    pub async fn post(
        &self,
        path: &str,
        body: &Body,
        wait_max: Duration,
    ) -> Result<Bytes, RestError> {
        let route = Route::new(Method::POST, path);
        let sent = self.try_once(&route, path, body, Instant::now() + wait_max).await;
        sent.map_err(|error| RestError::new(Method::POST, path, error))
    }

    /// Makes one attempt to send a callback. Callbacks are exempt from rate limits that would be
    /// worth waiting for.
    async fn try_callback(
        &self,
        path: &str,
        body: &Body,
        deadline: Instant,
        connection: ConnectionKind,
    ) -> Result<(), ErrorKind> {
        if self.token_refused.is_cancelled() {
            return Err(ErrorKind::TokenRefused);
        }
        let route = (&Method::POST, route::CALLBACK);
        let response = self.exchange(route, path, body, deadline, connection).await?;
        self.check_status(response, path).map(drop)
    }

    async fn send(&self, method: Method, path: &str, body: &Body) -> Result<Bytes, RestError> {
        let route = Route::new(method.clone(), path);
        let wait_until = Instant::now() + RATE_LIMIT_WAIT_MAX;
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.try_once(&route, path, body, wait_until).await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            match backoff(&error, &method, tries) {
                Some(backoff) if tries < ATTEMPTS_MAX => sleep(backoff).await,
                _ => return Err(RestError::new(method, path, error)),
            }
        }
    }

    /// Makes one attempt to send a request, after waiting for its rate limit.
    async fn try_once(
        &self,
        route: &Route,
        path: &str,
        body: &Body,
        wait_until: Instant,
    ) -> Result<Bytes, ErrorKind> {
        loop {
            if self.token_refused.is_cancelled() {
                return Err(ErrorKind::TokenRefused);
            }
            if self.invalid_requests() >= INVALID_REQUESTS_MAX {
                return Err(ErrorKind::InvalidRequestLimit);
            }
            let acquired = self.rate_limiter.lock().acquire(route, Instant::now());
            match acquired {
                Ok(()) => break,
                Err(until) if until > wait_until => {
                    return Err(ErrorKind::RateLimited(until - Instant::now()));
                }
                Err(until) => sleep_until(until).await,
            }
        }
        let deadline = Instant::now() + TRY_TIMEOUT;
        let named = (&route.method, &*route.template);
        let response = self.exchange(named, path, body, deadline, ConnectionKind::Pooled).await?;
        self.rate_limiter.lock().update(route, &response, Instant::now());
        self.check_status(response, path)
    }

    /// Sends a request with the bot's token, unless the path contains an interaction's own, and
    /// reads the response.
    async fn exchange(
        &self,
        (method, route): (&Method, &str),
        path: &str,
        body: &Body,
        deadline: Instant,
        connection: ConnectionKind,
    ) -> Result<Response, ErrorKind> {
        let mut request = Request::new(Full::new(body.bytes.clone()));
        *request.method_mut() = method.clone();
        *request.uri_mut() = self.base.join(path).ok_or(ErrorKind::InvalidPath)?;
        let headers = request.headers_mut();
        headers.reserve(4);
        headers.insert(USER_AGENT, HeaderValue::from_static(USER_AGENT_VALUE));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type()));
        if !route::has_token(path) {
            headers.insert(AUTHORIZATION, self.authorization.clone());
        }
        let sent = timeout_at(deadline, self.pool.send(request, connection)).await;
        let sent = sent.unwrap_or(Err(ErrorKind::TimedOut));
        let status = sent.as_ref().ok().map(|response| response.status.as_u16());
        telemetry::record_request(method, route, status);
        sent
    }

    /// The body of a response. An error is counted if Discord counts it as an invalid request.
    fn check_status(&self, response: Response, path: &str) -> Result<Bytes, ErrorKind> {
        let status = response.status;
        if status.is_success() {
            return Ok(response.body);
        }
        // Without the bot's token, the path contains an interaction token and the body a member's
        // input. Discord's message may repeat both.
        let is_authorized = !route::has_token(path);
        let secret = is_authorized.then(|| self.token.expose_secret());
        let body = ErrorBody::read(&response, secret);
        // A 401 only concerns the bot's token if the request carried it.
        if status == StatusCode::UNAUTHORIZED && is_authorized {
            self.token_refused.cancel();
        }
        let is_invalid = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
            StatusCode::TOO_MANY_REQUESTS => !rate_limits::is_shared(&response.headers),
            _ => false,
        };
        if is_invalid {
            self.count_invalid_request();
        }
        let retry_after =
            (status == StatusCode::TOO_MANY_REQUESTS).then(|| rate_limits::retry_after(&response));
        Err(ErrorKind::Status { status, code: body.code, message: body.message, retry_after })
    }

    fn count_invalid_request(&self) {
        let now = Instant::now();
        let mut recent = self.invalid_requests.lock();
        if recent.events(now).len() < INVALID_REQUESTS_MAX {
            recent.push(now, ());
        }
        let count = recent.events(now).len();
        if matches!(count, INVALID_REQUESTS_WARNING | INVALID_REQUESTS_MAX) {
            tracing::warn!(
                count,
                "many invalid requests within ten minutes; at {INVALID_REQUESTS_MAX} all but interaction responses are blocked"
            );
        }
    }
}

/// The delay before a callback is retried; `None` if a retry cannot help.
fn callback_backoff(error: &ErrorKind) -> Option<Duration> {
    match error {
        // A new connection is enough.
        ErrorKind::ConnectionLost | ErrorKind::TimedOut => Some(Duration::ZERO),
        ErrorKind::ConnectFailed => Some(CALLBACK_BACKOFF),
        ErrorKind::Status { retry_after: Some(wait), .. } => Some(*wait),
        ErrorKind::Status { status, .. } if status.is_server_error() => Some(CALLBACK_BACKOFF),
        _ => None,
    }
}

/// The delay before a request is retried; `None` if a retry cannot help or might repeat a side
/// effect. Exponential from half a second, with up to 100% jitter against thundering herds.
fn backoff(error: &ErrorKind, method: &Method, tries: u32) -> Option<Duration> {
    let is_repeatable = *method != Method::POST;
    let is_retried = match error {
        // The rate limiter waits before the next attempt.
        ErrorKind::Status { status: StatusCode::TOO_MANY_REQUESTS, .. } => {
            return Some(Duration::ZERO);
        }
        ErrorKind::ConnectFailed => true,
        ErrorKind::Status { status, .. } => status.is_server_error() && is_repeatable,
        ErrorKind::ConnectionLost | ErrorKind::TimedOut => is_repeatable,
        _ => false,
    };
    let min = Duration::from_millis(250 << tries.min(5));
    is_retried.then(|| min + min.mul_f64(fastrand::f64()))
}
