//! What went wrong with a call, told without what nobody may read: no token, no address that holds one, no body.

use std::fmt;
use std::time::Duration;

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::Method;
use super::client::Sent;
use super::route;

/// The most characters of Discord's words that are repeated.
const MESSAGE_CHARS_MAX: usize = 300;

/// The most characters of the name of a field: that of an interaction's token is longer.
const FIELD_CHARS_MAX: usize = 32;

/// Why a call did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestError {
    method: Method,
    /// The path, with a placeholder for each id and token.
    route: String,
    fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no connection, and nothing was sent.
    Unreachable,
    /// The connection ended before the answer was there: nobody knows whether the call was taken.
    Broken,
    /// The same, after the longest that we wait.
    TimedOut,
    /// Discord answered, but not with success.
    Status {
        status: StatusCode,
        code: Option<u64>,
        message: Option<String>,
        retry_after: Option<Duration>,
    },
    /// Discord's limits would have us wait for too long.
    Limited(Duration),
    /// Discord has refused the token, and nothing is sent with it again.
    TokenRefused,
    /// So many calls have been refused that another might have Discord ban this machine.
    TooManyRefused,
    /// The answer is longer than any that we ask for.
    TooLong,
    /// No address can be made of the path.
    NoAddress,
}

impl RestError {
    pub(super) fn of(method: Method, path: &str, fault: Fault) -> Self {
        Self { method, route: route::template(path), fault }
    }

    /// The status that Discord answered with, if it answered.
    pub fn status(&self) -> Option<u16> {
        match &self.fault {
            Fault::Status { status, .. } => Some(status.as_u16()),
            _ => None,
        }
    }

    /// Discord's own number for what is wrong:
    /// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
    pub fn code(&self) -> Option<u64> {
        match &self.fault {
            Fault::Status { code, .. } => *code,
            _ => None,
        }
    }

    /// How long Discord has us wait, if its limits are why it did not succeed.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.fault {
            Fault::Status { retry_after, .. } => *retry_after,
            Fault::Limited(wait) => Some(*wait),
            _ => None,
        }
    }

    /// Whether Discord surely did nothing of what was asked: it refused, or nothing was sent.
    pub fn is_unsent(&self) -> bool {
        match &self.fault {
            Fault::Status { status, .. } => status.is_client_error(),
            Fault::Unreachable
            | Fault::Limited(_)
            | Fault::TokenRefused
            | Fault::TooManyRefused
            | Fault::NoAddress => true,
            Fault::Broken | Fault::TimedOut | Fault::TooLong => false,
        }
    }

    /// Whether Discord refuses the bot's token: no call will succeed before there is another.
    pub fn is_token_refused(&self) -> bool {
        let is_refused = self.status() == Some(401) && !route::has_token(&self.route);
        self.fault == Fault::TokenRefused || is_refused
    }

    /// Whether the same call may succeed later, with nothing changed on our side.
    pub fn is_passing(&self) -> bool {
        match &self.fault {
            Fault::Status { status, .. } => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
            Fault::Unreachable
            | Fault::Broken
            | Fault::TimedOut
            | Fault::Limited(_)
            | Fault::TooManyRefused => true,
            Fault::TokenRefused | Fault::TooLong | Fault::NoAddress => false,
        }
    }
}

impl fmt::Display for RestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.method.as_hyper();
        write!(f, "{method} {}: ", self.route)?;
        match &self.fault {
            Fault::Unreachable => f.write_str("no connection to Discord"),
            Fault::Broken => f.write_str("the connection to Discord ended before the answer"),
            Fault::TimedOut => f.write_str("no answer in time"),
            Fault::Status { status, code, message, .. } => {
                write!(f, "Discord answered {}", status.as_u16())?;
                if let Some(code) = code {
                    write!(f, ", code {code}")?;
                }
                message.as_ref().map_or(Ok(()), |message| write!(f, ": {message}"))
            }
            Fault::Limited(wait) => {
                write!(f, "Discord allows the next one in {} s", wait.as_secs() + 1)
            }
            Fault::TokenRefused => f.write_str("not sent, since Discord refused the token"),
            Fault::TooManyRefused => f.write_str(
                "not sent, since Discord refused too many calls in the last ten minutes",
            ),
            Fault::TooLong => f.write_str("the answer is too long"),
            Fault::NoAddress => f.write_str("not sent, since this is no path"),
        }
    }
}

impl std::error::Error for RestError {}

/// What Discord says of a call that it did not take: <https://docs.discord.com/developers/reference#error-messages>.
#[derive(Default)]
pub(super) struct Told {
    pub(super) code: Option<u64>,
    pub(super) message: Option<String>,
}

#[derive(Deserialize)]
struct Words {
    code: Option<Value>,
    message: Option<Value>,
    errors: Option<Value>,
}

/// Reads Discord's words, without `secret`, should they repeat it.
pub(super) fn told(sent: &Sent, secret: &str) -> Told {
    let Ok(words) = serde_json::from_slice::<Words>(&sent.body) else {
        return Told::default();
    };
    let message = words.message.as_ref().and_then(|message| message.as_str()).unwrap_or_default();
    let errors = words.errors.as_ref().map(|errors| format!(" {errors}")).unwrap_or_default();
    Told::of(&words, &format!("{message}{errors}").replace(secret, "(the token)"))
}

/// Reads Discord's code and which fields it finds fault with, and none of its words.
pub(super) fn barely_told(sent: &Sent) -> Told {
    let Ok(words) = serde_json::from_slice::<Words>(&sent.body) else {
        return Told::default();
    };
    let mut fields = Vec::new();
    if let Some(errors) = &words.errors {
        push_fields(errors, "", &mut fields);
    }
    Told::of(&words, &fields.join(", "))
}

/// Adds the paths of the fields that errors are told of.
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

impl Told {
    fn of(words: &Words, whole: &str) -> Self {
        let shown: String = whole
            .chars()
            .filter(|character| !character.is_control())
            .take(MESSAGE_CHARS_MAX)
            .collect();
        Self {
            code: words.code.as_ref().and_then(Value::as_u64),
            message: (!shown.is_empty()).then_some(shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn sent(status: u16, body: &'static str) -> Sent {
        Sent {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: hyper::HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    fn shown(path: &str, fault: Fault) -> String {
        let error = RestError::of(Method::Post, path, fault);
        let shown = anyhow::Error::new(error).context("answer");
        format!("{shown:#} {shown:?}")
    }

    #[test]
    fn no_error_tells_a_token() {
        let faults = [
            Fault::Unreachable,
            Fault::Broken,
            Fault::TimedOut,
            Fault::Limited(Duration::from_secs(9)),
            Fault::TokenRefused,
            Fault::TooManyRefused,
            Fault::TooLong,
            Fault::NoAddress,
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
    fn discords_words_are_told_without_the_token() {
        let told = told(
            &sent(
                400,
                r#"{"code": 50035, "message": "Invalid Form Body\n for MTIz.token", "errors": {"name": {}}}"#,
            ),
            "MTIz.token",
        );
        assert_eq!(told.code, Some(50_035));
        assert_eq!(
            told.message.as_deref(),
            Some("Invalid Form Body for (the token) {\"name\":{}}")
        );
    }

    #[test]
    fn of_an_answer_to_a_member_only_the_fields_are_told() {
        let told = barely_told(&sent(
            400,
            r#"{"code": 50035, "message": "Invalid Form Body for aW50.secret", "errors": {"data": {"components": {"0": {"content":
            {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "secret is too long"}]}}, "a secret": {"_errors": []}}}}}"#,
        ));
        assert_eq!(told.code, Some(50_035));
        assert_eq!(told.message.as_deref(), Some("data.components.0.content"));
        let told = barely_told(&sent(404, r#"{"message": "Route POST:/secret not found"}"#));
        assert_eq!((told.code, told.message), (None, None));
    }

    #[test]
    fn words_that_are_none_are_passed_over() {
        for body in
            ["", "<html>", "[]", "null", "1", r#"{"code": "x", "message": 7}"#, r#"{"code": -1}"#]
        {
            for told in [told(&sent(502, body), "token"), barely_told(&sent(502, body))] {
                assert_eq!((told.code, told.message), (None, None), "{body}");
            }
        }
    }
}
