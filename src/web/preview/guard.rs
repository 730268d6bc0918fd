//! Checks that every request must pass, and the headers of every response.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

/// Request timeout, body included. Longer than a long-polling request for the next call.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

const SECURITY_HEADERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; \
         base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
];

pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match refusal(request.method(), request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
        None => match timeout(REQUEST_TIMEOUT, next.run(request)).await {
            Ok(response) => response,
            Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
        },
    };
    for (name, value) in SECURITY_HEADERS {
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// Why a request is rejected. Against DNS rebinding, the host must be an IP address or `localhost`,
/// which another site cannot use as its name. Against cross-site requests, a `POST` must come from
/// the page's own origin.
fn refusal(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(HOST).filter(|host| is_local(host)) else {
        return Some("open the preview as localhost or by its IP address");
    };
    let is_own = text(ORIGIN).and_then(|origin| origin.strip_prefix("http://")) == Some(host);
    (method == Method::POST && !is_own).then_some("only the preview's own page may send this")
}

/// Whether a `Host` header is an IP address or `localhost`, with any port.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name == "localhost" || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ip_addresses_and_localhost_are_accepted_as_host() {
        for (host, expected) in [
            ("localhost", true),
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("192.168.1.20:8080", true),
            ("preview.example", false),
            ("localhost.example:8080", false),
            ("127.0.0.1.example", false),
            ("127.0.0.1:8080@example", false),
            ("", false),
        ] {
            assert_eq!(is_local(host), expected, "{host}");
        }
    }

    #[test]
    fn only_the_page_itself_may_send_posts() {
        for (origin, expected) in [
            (Some("http://localhost:8080"), true),
            (Some("http://localhost:8081"), false),
            (Some("https://localhost:8080"), false),
            (Some("http://example.org"), false),
            (Some("null"), false),
            (None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("localhost:8080"));
            headers.extend(origin.map(|origin| (ORIGIN, HeaderValue::from_static(origin))));
            assert_eq!(refusal(&Method::POST, &headers).is_none(), expected, "{origin:?}");
            assert_eq!(refusal(&Method::GET, &headers), None, "{origin:?}");
        }
    }
}
