//! Routes: request paths, their rate limit buckets and their names in logs.

use std::borrow::Cow;

use super::Method;

/// The key of a rate limit: method, path without ids, and major parameter (such as a guild id):
/// <https://docs.discord.com/developers/topics/rate-limits>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) template: String,
    pub(super) major: String,
    /// Whether the route is exempt from the global rate limit, as interaction endpoints are.
    pub(super) is_exempt: bool,
}

impl Route {
    pub(super) fn new(method: Method, path: &str) -> Self {
        let mut segments = path.split(['/', '?']).skip(1);
        let kind = segments.next().unwrap_or_default();
        let major = match kind {
            "channels" | "guilds" => segments.next().unwrap_or_default().to_owned(),
            "webhooks" | "interactions" => segments.take(2).collect::<Vec<_>>().join("/"),
            _ => String::new(),
        };
        Self { method, template: template(path), major, is_exempt: has_token(path) }
    }
}

/// The route template of [`callback`].
pub(super) const CALLBACK: &str = "/interactions/{id}/{token}/callback";

pub(super) fn callback(id: u64, token: &str) -> String {
    format!("/interactions/{id}/{}/callback", encoded(token))
}

/// The path of the original response to an interaction.
pub(super) fn original(application: u64, token: &str) -> String {
    format!("/webhooks/{application}/{}/messages/@original", encoded(token))
}

pub(super) fn follow_up(application: u64, token: &str) -> String {
    format!("/webhooks/{application}/{}", encoded(token))
}

/// A percent-encoded path segment.
fn encoded(segment: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.' | b'=' | b':')
    };
    if segment.bytes().all(is_plain) && !matches!(segment, "" | "." | "..") {
        return segment.into();
    }
    let bytes = segment.bytes().map(|byte| match is_plain(byte) && byte != b'.' {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    bytes.collect()
}

/// Whether the path, or its template, contains an interaction token. Such requests do not need the
/// bot's token.
pub(super) fn has_token(path: &str) -> bool {
    path.starts_with("/webhooks/") || path.starts_with("/interactions/")
}

/// Replaces ids and tokens in a path by placeholders and drops the query.
pub(super) fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let segments = path.split('/').enumerate().map(|(index, segment)| match segment {
        _ if index == 3 && has_token(path) => "{token}",
        "" => "",
        id if id.bytes().all(|byte| byte.is_ascii_digit()) => "{id}",
        other => other,
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_contains_no_id_and_no_token() {
        for (path, expected) in [
            ("/gateway/bot", "/gateway/bot"),
            ("/applications/1/commands?with_localizations=true", "/applications/{id}/commands"),
            ("/applications/1/guilds/2/commands/3", "/applications/{id}/guilds/{id}/commands/{id}"),
            ("/interactions/1/abc/callback", "/interactions/{id}/{token}/callback"),
            ("/webhooks/1/abc/messages/@original", "/webhooks/{id}/{token}/messages/@original"),
            ("/webhooks/1/123/messages/4", "/webhooks/{id}/{token}/messages/{id}"),
            ("", ""),
        ] {
            assert_eq!(template(path), expected);
        }
    }

    #[test]
    fn a_token_is_encoded_as_one_path_segment() {
        for (token, expected) in [
            ("aW50-_x.y=", "/interactions/7/aW50-_x.y=/callback"),
            (
                "../../users/@me?x#y",
                "/interactions/7/%2E%2E%2F%2E%2E%2Fusers%2F%40me%3Fx%23y/callback",
            ),
            ("..", "/interactions/7/%2E%2E/callback"),
            ("a b\r\n", "/interactions/7/a%20b%0D%0A/callback"),
            ("é", "/interactions/7/%C3%A9/callback"),
        ] {
            assert_eq!(callback(7, token), expected);
        }
        assert_eq!(original(7, "t"), "/webhooks/7/t/messages/@original");
    }

    #[test]
    fn each_guild_and_channel_has_its_own_rate_limit() {
        let route = |path| Route::new(Method::GET, path);
        assert_ne!(route("/guilds/1/roles"), route("/guilds/2/roles"));
        assert_eq!(route("/guilds/1/members/2"), route("/guilds/1/members/3"));
        assert_eq!(route("/users/1"), route("/users/2"));
        assert!(route("/webhooks/1/abc").is_exempt && !route("/guilds/1").is_exempt);
    }
}
