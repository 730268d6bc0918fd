//! Errors of REST requests. Their text never contains a token, a URL with a token, or a request
//! body.

use std::fmt::Display;
use std::time::Duration;

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::Method;
use super::connection_pool::Response;
use super::route;

/// Maximum length of Discord's error message in the log, in characters.
const MESSAGE_CHARS_MAX: usize = 300;

/// Maximum length of a field name in characters. Interaction tokens are longer, so a token never
/// passes as a field name.
const FIELD_CHARS_MAX: usize = 32;

/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>
const UNKNOWN_INTERACTION: u64 = 10_062;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{method} {route}: {kind}")]
pub struct RestError {
    method: Method,
    /// The path with ids and tokens replaced by placeholders.
    route: String,
    kind: ErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum ErrorKind {
    #[error("no connection to Discord")]
    ConnectFailed,
    /// Discord may have processed the request.
    #[error("the connection to Discord ended before the answer")]
    ConnectionLost,
    /// Discord may have processed the request.
    #[error("no answer in time")]
    TimedOut,
    #[error("Discord closed the request before the response was ready")]
    RequestClosed,
    #[error("Discord answered {}{}{}", status.as_u16(), after(", code ", code), after(": ", message))]
    Status {
        status: StatusCode,
        code: Option<u64>,
        message: Option<String>,
        retry_after: Option<Duration>,
    },
    /// The rate limit would take too long to wait for.
    #[error("Discord allows the next one in {} s", .0.as_secs() + 1)]
    RateLimited(Duration),
    #[error("not sent, since Discord refused the token")]
    TokenRefused,
    /// Close to the number of invalid requests at which Discord bans the IP address.
    #[error("not sent, since Discord refused too many calls in the last ten minutes")]
    InvalidRequestLimit,
    #[error("the answer is too long")]
    TooLong,
    #[error("not sent, because the path is not valid in a URL")]
    InvalidPath,
}

impl RestError {
    pub(super) fn new(method: Method, path: &str, kind: ErrorKind) -> Self {
        Self { method, route: route::template(path), kind }
    }

    /// The error of a callback for whose HTTP request Discord no longer waits.
    pub fn request_closed() -> Self {
        Self::new(Method::POST, "/interactions", ErrorKind::RequestClosed)
    }

    /// The HTTP status of Discord's response, if there was one.
    pub fn status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Status { status, .. } => Some(status.as_u16()),
            _ => None,
        }
    }

    /// The error code in Discord's response:
    /// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
    pub fn code(&self) -> Option<u64> {
        match &self.kind {
            ErrorKind::Status { code, .. } => *code,
            _ => None,
        }
    }

    /// Whether the interaction has expired, or another process has answered it.
    pub fn is_expired(&self) -> bool {
        self.kind == ErrorKind::RequestClosed || self.code() == Some(UNKNOWN_INTERACTION)
    }

    /// How long to wait before a retry, if the request was rate limited.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.kind {
            ErrorKind::Status { retry_after, .. } => *retry_after,
            ErrorKind::RateLimited(wait) => Some(*wait),
            _ => None,
        }
    }

    /// Whether the request certainly had no effect: it was rejected or never sent.
    pub fn had_no_effect(&self) -> bool {
        match &self.kind {
            ErrorKind::Status { status, .. } => status.is_client_error(),
            ErrorKind::ConnectionLost | ErrorKind::TimedOut | ErrorKind::TooLong => false,
            _ => true,
        }
    }

    /// Whether Discord rejects the bot's token, which makes every further request fail.
    pub fn is_token_refused(&self) -> bool {
        let is_refused = self.status() == Some(401) && !route::has_token(&self.route);
        self.kind == ErrorKind::TokenRefused || is_refused
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match &self.kind {
            ErrorKind::Status { status, .. } => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
            ErrorKind::TokenRefused | ErrorKind::TooLong | ErrorKind::InvalidPath => false,
            _ => true,
        }
    }
}

fn after(words: &str, value: &Option<impl Display>) -> String {
    value.as_ref().map(|value| format!("{words}{value}")).unwrap_or_default()
}

/// The body of an error response: <https://docs.discord.com/developers/reference#error-messages>.
#[derive(Default)]
pub(super) struct ErrorBody {
    pub(super) code: Option<u64>,
    pub(super) message: Option<String>,
}

#[derive(Deserialize)]
struct ErrorResponse {
    code: Option<Value>,
    message: Option<Value>,
    errors: Option<Value>,
}

impl ErrorBody {
    /// Reads code and message, with `secret` redacted. Without a secret, the names of the invalid
    /// fields take the place of the message, which may repeat a member's input.
    pub(super) fn read(response: &Response, secret: Option<&str>) -> Self {
        let Ok(ErrorResponse { code, message, errors }) = serde_json::from_slice(&response.body)
        else {
            return Self::default();
        };
        let whole = match secret {
            Some(secret) => {
                let message = message.as_ref().and_then(Value::as_str).unwrap_or_default();
                let errors = errors.map(|errors| format!(" {errors}")).unwrap_or_default();
                format!("{message}{errors}").replace(secret, "(the token)")
            }
            None => {
                let mut fields = Vec::new();
                push_fields(&errors.unwrap_or_default(), "", &mut fields);
                fields.join(", ")
            }
        };
        let shown = whole.chars().filter(|character| !character.is_control());
        let shown: String = shown.take(MESSAGE_CHARS_MAX).collect();
        let message = (!shown.is_empty()).then_some(shown);
        Self { code: code.as_ref().and_then(Value::as_u64), message }
    }
}

/// Collects the paths of the fields that have errors.
fn push_fields(errors: &Value, path: &str, fields: &mut Vec<String>) {
    let is_name = |key: &str| {
        key.len() <= FIELD_CHARS_MAX
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    for (key, within) in errors.as_object().into_iter().flatten() {
        match key.as_str() {
            "_errors" => fields.push(path.to_owned()),
            key if is_name(key) && path.is_empty() => push_fields(within, key, fields),
            key if is_name(key) => push_fields(within, &format!("{path}.{key}"), fields),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn sent(status: u16, body: &'static str) -> Response {
        Response {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: hyper::HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    fn shown(path: &str, fault: ErrorKind) -> String {
        let error = RestError::new(Method::POST, path, fault);
        let shown = anyhow::Error::new(error).context("answer");
        format!("{shown:#} {shown:?}")
    }

    #[test]
    fn no_error_contains_a_token() {
        let faults = [
            ErrorKind::ConnectFailed,
            ErrorKind::ConnectionLost,
            ErrorKind::TimedOut,
            ErrorKind::RateLimited(Duration::from_secs(9)),
            ErrorKind::TokenRefused,
            ErrorKind::InvalidRequestLimit,
            ErrorKind::TooLong,
            ErrorKind::InvalidPath,
        ];
        for path in [
            "/interactions/1200000000000000001/aW50ZXJhY3Rpb24.secret/callback",
            "/interactions/1200000000000000001/aW50ZXJhY3Rpb24.secret/callback?with_response=true",
            "/webhooks/1200000000000000001/secret/messages/@original",
            "/webhooks/1200000000000000001/secret",
            "/webhooks/1200000000000000001/secret%2Fmore/messages/1200000000000000009",
        ] {
            for fault in &faults {
                let shown = shown(path, fault.clone());
                assert!(!shown.contains("secret") && !shown.contains("1200000000"), "{shown}");
            }
        }
    }

    #[test]
    fn discords_message_is_kept_with_the_token_redacted() {
        let error = ErrorBody::read(
            &sent(
                400,
                r#"{"code": 50035, "message": "Invalid Form Body\n for MTIz.token", "errors": {"name": {}}}"#,
            ),
            Some("MTIz.token"),
        );
        assert_eq!(error.code, Some(50_035));
        assert_eq!(
            error.message.as_deref(),
            Some("Invalid Form Body for (the token) {\"name\":{}}")
        );
    }

    #[test]
    fn errors_of_interaction_responses_name_only_the_fields() {
        let error = ErrorBody::read(
            &sent(
                400,
                r#"{"code": 50035, "message": "Invalid Form Body for aW50.secret", "errors": {"data": {"components": {"0": {"content":
            {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "secret is too long"}]}}, "a secret": {"_errors": []}}}}}"#,
            ),
            None,
        );
        assert_eq!(error.code, Some(50_035));
        assert_eq!(error.message.as_deref(), Some("data.components.0.content"));
        let error =
            ErrorBody::read(&sent(404, r#"{"message": "Route POST:/secret not found"}"#), None);
        assert_eq!((error.code, error.message), (None, None));
    }

    #[test]
    fn malformed_error_bodies_are_ignored() {
        for body in
            ["", "<html>", "[]", "null", "1", r#"{"code": "x", "message": 7}"#, r#"{"code": -1}"#]
        {
            for secret in [Some("token"), None] {
                let error = ErrorBody::read(&sent(502, body), secret);
                assert_eq!((error.code, error.message), (None, None), "{body}");
            }
        }
    }
}
