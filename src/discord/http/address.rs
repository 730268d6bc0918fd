//! The URLs that the token may be sent to: HTTPS anywhere, plain HTTP only within a private
//! network.

use std::net::IpAddr;

use anyhow::{Context, bail, ensure};
use hyper::Uri;
use hyper::http::uri::{Authority, Scheme};

/// Discord's CDN: <https://docs.discord.com/developers/reference#image-formatting>.
const FILE_HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// The part of a request's URL that precedes the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiBase {
    scheme: Scheme,
    authority: Authority,
    path: String,
}

impl ApiBase {
    /// Parses `discord.api_url`: `https://discord.com`, or the URL of a proxy or test double.
    ///
    /// # Errors
    ///
    /// Fails if it is not a URL, or not one that the token may be sent to.
    pub fn parse(api_url: &str) -> anyhow::Result<Self> {
        let uri: Uri =
            api_url.trim().parse().ok().context(
                "`discord.api_url` is not a valid URL; Discord's is https://discord.com",
            )?;
        let (Some(scheme), Some(authority)) = (uri.scheme().cloned(), uri.authority().cloned())
        else {
            bail!("`discord.api_url` has to begin with https://, as in https://discord.com");
        };
        ensure!(
            !authority.as_str().contains('@'),
            "`discord.api_url` must not hold a name and password"
        );
        ensure!(uri.query().is_none(), "`discord.api_url` must not hold a `?`");
        let is_allowed =
            scheme == Scheme::HTTPS || scheme == Scheme::HTTP && is_private(authority.host());
        ensure!(
            is_allowed,
            "`discord.api_url` has to begin with https://; http:// is only allowed within a private network, and {} is not in one",
            authority.host()
        );
        let segments: Vec<&str> = uri.path().split('/').filter(|one| !one.is_empty()).collect();
        let is_version =
            |one: &str| one.strip_prefix('v').is_some_and(|rest| rest.parse::<u8>().is_ok());
        let api = segments.iter().position(|segment| *segment == "api");
        if let Some(index) = api
            && segments.get(index + 1).is_none_or(|next| is_version(next))
        {
            let before: String = segments[..index].iter().map(|one| format!("/{one}")).collect();
            bail!(
                "`discord.api_url` must not hold /{}, which Dossier adds: write {scheme}://{authority}{before}",
                segments[index..].join("/")
            );
        }
        let path = format!("{}/api/v10", uri.path().trim_end_matches('/'));
        Ok(Self { scheme, authority, path })
    }

    /// The URL of a request, or `None` if `path` is not a valid path.
    pub(super) fn join(&self, path: &str) -> Option<Uri> {
        let path = format!("{}{path}", self.path);
        let uri = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        uri.path_and_query(path).build().ok()
    }

    /// The URL of an attachment, or `None` if it is not on Discord's CDN or the API's host.
    pub(super) fn attachment(&self, url: &str) -> Option<Uri> {
        let uri: Uri = url.parse().ok()?;
        let (scheme, authority) = (uri.scheme()?, uri.authority()?);
        let is_here = *authority == self.authority && *scheme == self.scheme;
        let is_port = authority.port_u16().is_none_or(|port| port == 443);
        let is_kept = *scheme == Scheme::HTTPS && is_port && FILE_HOSTS.contains(&authority.host());
        let is_allowed = !authority.as_str().contains('@') && (is_here || is_kept);
        is_allowed.then_some(uri)
    }

    /// Whether the API's host is in a private network.
    pub fn is_private(&self) -> bool {
        is_private(self.authority.host())
    }

    pub fn host(&self) -> &str {
        self.authority.host()
    }
}

/// Whether a host is this machine or in a private network, judged by its IP address or by a name
/// that cannot be public.
pub(in crate::discord) fn is_private(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => {
            ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Err(_) => is_private_name(bare),
    }
}

/// Single-label names, as containers use them, and the suffixes reserved for private networks:
/// <https://www.iana.org/assignments/special-use-domain-names>.
fn is_private_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_own = |ending: &str| name.strip_suffix(ending).is_some_and(|rest| !rest.is_empty());
    let is_single = !name.is_empty()
        && !name.contains(['.', ':'])
        // An all-digit name is an IPv4 address: 2130706433 is 127.0.0.1, while other numbers are
        // public addresses.
        && name.starts_with(|first: char| first.is_ascii_alphabetic());
    is_single || [".localhost", ".local", ".internal", ".home.arpa"].into_iter().any(is_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_are_fetched_only_from_discords_hosts() {
        let discord = ApiBase::parse("https://discord.com").expect("a base");
        let local = ApiBase::parse("http://127.0.0.1:9").expect("a base");
        for (base, url, is_fetched) in [
            (&discord, "https://cdn.discordapp.com/a/b.json?ex=1", true),
            (&discord, "https://media.discordapp.net/a", true),
            (&discord, "https://discord.com/a", true),
            (&discord, "http://cdn.discordapp.com/a", false),
            (&discord, "https://cdn.discordapp.com:8443/a", false),
            (&discord, "https://cdn.discordapp.com.evil.example/a", false),
            (&discord, "https://me@cdn.discordapp.com/a", false),
            (&discord, "https://127.0.0.1/a", false),
            (&discord, "file:///etc/passwd", false),
            (&discord, "/a", false),
            (&local, "http://127.0.0.1:9/a", true),
            (&local, "http://127.0.0.1:10/a", false),
            (&local, "https://127.0.0.1:9/a", false),
        ] {
            let found = base.attachment(url).map(|uri| uri.to_string());
            assert_eq!(found.as_deref(), is_fetched.then_some(url), "{url}");
        }
    }

    #[test]
    fn plain_http_is_only_allowed_in_a_private_network() {
        for (api_url, is_taken) in [
            ("https://discord.com", true),
            ("https://discord.com/", true),
            ("https://proxy.example/discord", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://[::ffff:10.0.0.1]:8080", true),
            ("http://localhost:1", true),
            ("http://10.1.2.3", true),
            ("http://172.16.0.1", true),
            ("http://172.32.0.1", false),
            ("http://192.168.0.1", true),
            ("http://proxy:3000", true),
            ("http://proxy.internal", true),
            ("http://discord.com", false),
            ("http://8.8.8.8", false),
            ("http://[2001:db8::1]", false),
            ("http://localhost.example.com", false),
            ("http://.local", false),
            ("http://134744072", false),
            ("http://0x7f000001.example", false),
            ("ftp://localhost", false),
            ("localhost:80", false),
            ("discord.com", false),
            ("/api", false),
            ("", false),
            ("https://me:secret@discord.com", false),
            ("https://discord.com?x=1", false),
            ("https://discord.com/ x", false),
        ] {
            assert_eq!(ApiBase::parse(api_url).is_ok(), is_taken, "{api_url}");
        }
    }

    #[test]
    fn the_path_of_the_api_is_refused_with_what_to_write() {
        for (api_url, written) in [
            ("https://discord.com/api/v10", "write https://discord.com"),
            ("https://discord.com/api/v10/", "write https://discord.com"),
            ("https://discord.com/api", "write https://discord.com"),
            ("https://discord.com/api/v9/gateway", "write https://discord.com"),
            ("https://discordapp.com/api/", "write https://discordapp.com"),
            ("http://localhost:3000/proxy/api/v10", "write http://localhost:3000/proxy"),
        ] {
            let refused = ApiBase::parse(api_url).expect_err(api_url).to_string();
            assert!(refused.ends_with(written), "{refused}");
        }
        assert!(ApiBase::parse("http://proxy/api/discord").is_ok());
    }

    #[test]
    fn an_error_about_the_url_does_not_contain_its_password() {
        let refused = ApiBase::parse("https://me:secret@discord.com").expect_err("this is refused");
        assert!(!format!("{refused:#} {refused:?}").contains("secret"));
    }

    #[test]
    fn request_paths_are_appended_to_the_base_url() {
        for (api_url, path, expected) in [
            (
                "https://discord.com",
                "/gateway/bot",
                Some("https://discord.com/api/v10/gateway/bot"),
            ),
            ("http://localhost:1/a/", "/b?c=d", Some("http://localhost:1/a/api/v10/b?c=d")),
            ("https://discord.com", "/a b", None),
            ("https://discord.com", "/a\r\nx: y", None),
        ] {
            let base = ApiBase::parse(api_url).expect("a base");
            let below = base.join(path).map(|uri| uri.to_string());
            assert_eq!(below.as_deref(), expected, "{api_url} {path}");
        }
    }
}
