//! Tracks Discord's rate limits from response headers, so that a request waits instead of running
//! into a 429:
//! <https://docs.discord.com/developers/topics/rate-limits>.

use std::collections::HashMap;
use std::time::Duration;

use hyper::{HeaderMap, Method, StatusCode};
use serde::Deserialize;
use tokio::time::Instant;

use super::connection_pool::Response;
use super::route::Route;

/// The wait after a 429 without a valid `Retry-After`.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

/// Upper bound for `Retry-After`.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Expired buckets are pruned once there are this many.
const BUCKETS_MAX: usize = 256;

/// Responses whose windows end within this time of each other are of the same window.
const SAME_WINDOW: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(super) struct RateLimiter {
    /// The end of the global rate limit, if it was hit.
    global: Option<Instant>,
    /// The bucket of each route, from `X-RateLimit-Bucket`, by method and template. It is the same
    /// for every major parameter.
    bucket_names: HashMap<(Method, String), String>,
    /// The key is the bucket's name (the route until Discord has sent a name) and the major
    /// parameter.
    buckets: HashMap<(String, String), Bucket>,
}

struct Bucket {
    /// How many requests a window allows, if Discord says so.
    limit: Option<u32>,
    remaining: u32,
    /// The end of the window, and how long it was when it was first seen.
    reset: Instant,
    window: Duration,
}

impl RateLimiter {
    /// Takes one request from the route's bucket, or returns the time at which to try again.
    pub(super) fn acquire(&mut self, route: &Route, now: Instant) -> Result<(), Instant> {
        if let Some(until) = self.global.filter(|until| *until > now && !route.is_exempt) {
            return Err(until);
        }
        let key = self.key(route);
        let Some(bucket) = self.buckets.get_mut(&key) else {
            return Ok(());
        };
        if bucket.reset <= now {
            let Some(limit) = bucket.limit else {
                self.buckets.remove(&key);
                return Ok(());
            };
            // Everybody who waited for this moment shares the next window.
            bucket.remaining = limit.max(1);
            bucket.reset = now + bucket.window;
        }
        match bucket.remaining.checked_sub(1) {
            Some(remaining) => {
                bucket.remaining = remaining;
                Ok(())
            }
            None => Err(bucket.reset),
        }
    }

    pub(super) fn update(&mut self, route: &Route, response: &Response, now: Instant) {
        if let Some(name) = header(&response.headers, "x-ratelimit-bucket") {
            self.bucket_names.insert(by_template(route), name.to_owned());
        }
        let mut limit = bucket(&response.headers, now);
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            let wait = retry_after(response);
            if is_global(response) && !route.is_exempt {
                self.global = Some(now + wait);
            } else {
                let window = limit.as_ref().map_or(DEFAULT_RETRY_AFTER, |bucket| bucket.window);
                let limit_or_one = limit.and_then(|bucket| bucket.limit).or(Some(1));
                limit =
                    Some(Bucket { limit: limit_or_one, remaining: 0, reset: now + wait, window });
            }
        }
        if let Some(mut bucket) = limit {
            self.prune(now);
            let key = self.key(route);
            if let Some(known) = self.buckets.get(&key)
                && known.is_same_window(&bucket)
            {
                // The response does not count the requests that were sent after it.
                bucket.remaining = bucket.remaining.min(known.remaining);
                bucket.window = bucket.window.max(known.window);
            }
            self.buckets.insert(key, bucket);
        }
    }

    fn key(&self, route: &Route) -> (String, String) {
        let own = || format!("{:?} {}", route.method, route.template);
        let name = self.bucket_names.get(&by_template(route)).cloned();
        (name.unwrap_or_else(own), route.major.clone())
    }

    fn prune(&mut self, now: Instant) {
        if self.buckets.len() >= BUCKETS_MAX {
            self.buckets.retain(|_, bucket| bucket.reset > now);
        }
    }
}

impl Bucket {
    fn is_same_window(&self, other: &Self) -> bool {
        let (earlier, later) = (self.reset.min(other.reset), self.reset.max(other.reset));
        later - earlier < SAME_WINDOW
    }
}

fn by_template(route: &Route) -> (Method, String) {
    (route.method.clone(), route.template.clone())
}

/// Whether a 429 was caused by other clients (`shared` scope). Discord does not count these as
/// invalid requests.
pub(super) fn is_shared(headers: &HeaderMap) -> bool {
    header(headers, "x-ratelimit-scope") == Some("shared")
}

/// The wait after a 429, from the `Retry-After` header or else from the body.
pub(super) fn retry_after(sent: &Response) -> Duration {
    let header = seconds(&sent.headers, "retry-after");
    header.or_else(|| duration(body_of_429(sent)?.retry_after?)).unwrap_or(DEFAULT_RETRY_AFTER)
}

fn is_global(sent: &Response) -> bool {
    sent.headers.contains_key("x-ratelimit-global")
        || header(&sent.headers, "x-ratelimit-scope") == Some("global")
        || body_of_429(sent).and_then(|body| body.global) == Some(true)
}

#[derive(Deserialize)]
struct TooManyRequests {
    retry_after: Option<f64>,
    global: Option<bool>,
}

fn body_of_429(sent: &Response) -> Option<TooManyRequests> {
    serde_json::from_slice(&sent.body).ok()
}

/// The bucket described by a response's headers; `None` if they are missing or invalid.
fn bucket(headers: &HeaderMap, now: Instant) -> Option<Bucket> {
    let remaining = header(headers, "x-ratelimit-remaining")?.parse().ok()?;
    let window = seconds(headers, "x-ratelimit-reset-after")?;
    let limit = header(headers, "x-ratelimit-limit").and_then(|limit| limit.parse().ok());
    Some(Bucket { limit, remaining, reset: now + window, window })
}

fn seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    duration(header(headers, name)?.parse().ok()?)
}

/// Returns `None` for a negative number or NaN.
fn duration(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(RETRY_AFTER_MAX.as_secs_f64())))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use hyper::header::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    fn sent(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
            })
            .collect();
        let status = StatusCode::from_u16(status).expect("a status");
        Response { status, headers, body: Bytes::from(body.to_owned()) }
    }

    fn route(path: &str) -> Route {
        Route::new(Method::GET, path)
    }

    #[test]
    fn retry_after_is_read_from_header_or_body() {
        for (headers, body, millis) in [
            (vec![("retry-after", "2")], "", 2_000),
            (vec![("retry-after", "0.25")], "{}", 250),
            (vec![], r#"{"retry_after": 1.5}"#, 1_500),
            (vec![("retry-after", "soon")], r#"{"retry_after": 0.5}"#, 500),
            (vec![("retry-after", "-1")], "", 1_000),
            (vec![("retry-after", "NaN")], "", 1_000),
            (vec![("retry-after", "inf")], "", 86_400_000),
            (vec![("retry-after", "1e300")], "", 86_400_000),
            (vec![("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], "<html>", 1_000),
            (vec![], "", 1_000),
        ] {
            let sent = sent(429, &headers, body);
            assert_eq!(retry_after(&sent).as_millis(), millis, "{headers:?} {body}");
        }
    }

    #[tokio::test]
    async fn a_request_waits_for_its_own_empty_bucket_only() {
        let now = Instant::now();
        let mut limits = RateLimiter::default();
        let headers = [
            ("x-ratelimit-remaining", "1"),
            ("x-ratelimit-reset-after", "3"),
            ("x-ratelimit-bucket", "b"),
        ];
        let (one, other) = (route("/guilds/1/roles"), route("/guilds/2/roles"));
        assert_eq!(limits.acquire(&one, now), Ok(()));
        limits.update(&one, &sent(200, &headers, ""), now);
        assert_eq!(limits.acquire(&one, now), Ok(()));
        assert_eq!(limits.acquire(&one, now), Err(now + Duration::from_secs(3)));
        assert_eq!(limits.acquire(&other, now), Ok(()));
        assert_eq!(limits.acquire(&one, now + Duration::from_secs(3)), Ok(()));
        assert_eq!(limits.acquire(&one, now), Ok(()), "what is over is forgotten");
    }

    #[tokio::test]
    async fn those_who_waited_share_the_next_window() {
        let now = Instant::now();
        let mut limits = RateLimiter::default();
        let left = |remaining| {
            [
                ("x-ratelimit-limit", "2"),
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset-after", "3"),
                ("x-ratelimit-bucket", "b"),
            ]
        };
        let route = route("/channels/1/messages");
        limits.update(&route, &sent(200, &left("0"), ""), now);
        let next = now + Duration::from_secs(3);
        assert_eq!(limits.acquire(&route, now), Err(next));
        assert_eq!(limits.acquire(&route, next), Ok(()));
        assert_eq!(limits.acquire(&route, next), Ok(()));
        let after_next = next + Duration::from_secs(3);
        assert_eq!(limits.acquire(&route, next), Err(after_next));
        // The response to the first of the two does not know of the second.
        limits.update(&route, &sent(200, &left("1"), ""), next);
        assert_eq!(limits.acquire(&route, next), Err(after_next));
        assert_eq!(limits.acquire(&route, after_next), Ok(()));
    }

    #[tokio::test]
    async fn after_a_429_without_a_limit_one_request_tries_for_all() {
        let now = Instant::now();
        let mut limits = RateLimiter::default();
        let route = route("/channels/1/messages");
        limits.update(&route, &sent(429, &[("retry-after", "4")], ""), now);
        let until = now + Duration::from_secs(4);
        assert_eq!(limits.acquire(&route, now), Err(until));
        assert_eq!(limits.acquire(&route, until), Ok(()));
        assert!(limits.acquire(&route, until).is_err());
    }

    #[tokio::test]
    async fn routes_with_the_same_bucket_share_its_limit() {
        let now = Instant::now();
        let mut limits = RateLimiter::default();
        let headers = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset-after", "3"),
            ("x-ratelimit-bucket", "b"),
        ];
        let full = [
            ("x-ratelimit-remaining", "5"),
            ("x-ratelimit-reset-after", "3"),
            ("x-ratelimit-bucket", "b"),
        ];
        let (one, other) = (route("/users/1"), route("/users/1/more"));
        limits.update(&one, &sent(200, &full, ""), now);
        limits.update(&other, &sent(200, &headers, ""), now);
        assert!(limits.acquire(&one, now).is_err());
    }

    #[tokio::test]
    async fn the_global_limit_does_not_apply_to_interactions() {
        let now = Instant::now();
        for refused in [
            sent(429, &[("retry-after", "4"), ("x-ratelimit-global", "true")], ""),
            sent(429, &[("retry-after", "4"), ("x-ratelimit-scope", "global")], ""),
            sent(429, &[("retry-after", "4")], r#"{"global": true}"#),
        ] {
            let mut limits = RateLimiter::default();
            limits.update(&route("/users/1"), &refused, now);
            assert_eq!(limits.acquire(&route("/guilds/1"), now), Err(now + Duration::from_secs(4)));
            assert_eq!(limits.acquire(&route("/webhooks/1/t/messages/@original"), now), Ok(()));
            assert_eq!(limits.acquire(&route("/guilds/1"), now + Duration::from_secs(4)), Ok(()));
            let exempt = route("/webhooks/1/t/messages/@original");
            limits.update(&exempt, &refused, now);
            assert_eq!(limits.acquire(&exempt, now), Err(now + Duration::from_secs(4)));
        }
    }

    #[tokio::test]
    async fn the_number_of_buckets_is_bounded() {
        let now = Instant::now();
        let mut limits = RateLimiter::default();
        for number in 0..10_000_u64 {
            let route = route(&format!("/webhooks/1/token{number}/messages/@original"));
            let name = number.to_string();
            let headers = [
                ("x-ratelimit-remaining", "4"),
                ("x-ratelimit-reset-after", "1"),
                ("x-ratelimit-bucket", &name),
            ];
            limits.update(&route, &sent(200, &headers, ""), now + Duration::from_secs(number));
        }
        assert!(limits.buckets.len() <= BUCKETS_MAX && limits.bucket_names.len() == 1);
    }

    /// Every interaction has a token of its own.
    #[tokio::test]
    async fn many_interactions_do_not_make_a_bucket_forgotten() {
        let now = Instant::now();
        let mut limits = RateLimiter::default();
        let limit = |name: &'static str, remaining| {
            [
                ("x-ratelimit-bucket", name),
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset-after", "60"),
            ]
        };
        let channel = route("/channels/1/messages");
        limits.update(&channel, &sent(200, &limit("messages", "0"), ""), now);
        for number in 0..1_000 {
            let edit = route(&format!("/webhooks/1/token{number}/messages/@original"));
            limits.update(&edit, &sent(200, &limit("edits", "4"), ""), now);
        }
        assert!(limits.acquire(&channel, now).is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_headers_never_cause_an_endless_wait(value in "[ -~]{0,24}", name in 0..5_usize, status in 200..600_u16) {
            let names =
                ["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset-after", "x-ratelimit-bucket", "x-ratelimit-scope"];
            let mut headers: Vec<_> = names.iter().map(|name| (*name, "1")).collect();
            headers[name].1 = &value;
            let sent = sent(status, &headers, &value);
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let _guard = runtime.enter();
            let now = Instant::now();
            let mut limits = RateLimiter::default();
            limits.update(&route("/users/1"), &sent, now);
            if let Err(until) = limits.acquire(&route("/users/1"), now) {
                prop_assert!(until <= now + RETRY_AFTER_MAX);
            }
        }
    }
}
