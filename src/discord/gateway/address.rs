//! Validated gateway URLs. twilight-gateway panics on a malformed URL, and a URL of another host
//! would receive the token.

use anyhow::{Context, ensure};
use hyper::Uri;

use crate::discord::http::address::{ApiBase, is_private};

/// A gateway URL without a query and without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayUrl {
    url: String,
    host: String,
    is_encrypted: bool,
}

impl GatewayUrl {
    /// Parses the URL returned by the API at `base`.
    ///
    /// # Errors
    ///
    /// Fails if it is not a WebSocket URL, or if it is unencrypted and leads out of the private
    /// network.
    pub fn parse(url: &str, base: &ApiBase) -> anyhow::Result<Self> {
        let url = Self::read(url).with_context(|| {
            format!("{} returned no valid gateway URL; is `discord.api_url` right?", base.host())
        })?;
        ensure!(
            url.is_encrypted || base.is_private() && is_private(&url.host),
            "{} returned the gateway URL of {}, which is not encrypted: ws:// is only allowed within a private network",
            base.host(),
            url.host
        );
        Ok(url)
    }

    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Parses READY's resume URL. Returns `None` if it is on an unexpected host; the initial URL
    /// works as well then. With a private API the resume URL must be private too, so that a test
    /// double cannot direct the token to a public host.
    pub fn resume_url(&self, resume_url: &str) -> Option<Self> {
        let url = Self::read(resume_url)?;
        let is_same_network =
            if is_private(&self.host) { url.host == self.host } else { !is_private(&url.host) };
        let is_as_safe = url.is_encrypted || !self.is_encrypted;
        (is_same_network && is_as_safe).then_some(url)
    }

    fn read(url: &str) -> Option<Self> {
        let uri: Uri = url.trim().parse().ok()?;
        let is_encrypted = match uri.scheme_str()? {
            "wss" => true,
            "ws" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let has_host = !authority.host().is_empty() && !authority.as_str().contains('@');
        let path = uri.path().trim_end_matches('/');
        has_host.then(|| Self {
            url: format!("{}://{authority}{path}", if is_encrypted { "wss" } else { "ws" }),
            host: authority.host().to_ascii_lowercase(),
            is_encrypted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn base(api_url: &str) -> ApiBase {
        ApiBase::parse(api_url).expect("a base")
    }

    #[test]
    fn only_a_private_gateway_may_be_unencrypted() {
        let (discord, local) = (base("https://discord.com"), base("http://127.0.0.1:9"));
        for (url, base, expected) in [
            ("wss://gateway.discord.gg", &discord, Some("wss://gateway.discord.gg")),
            ("wss://gateway.discord.gg/", &discord, Some("wss://gateway.discord.gg")),
            ("wss://gateway.discord.gg/?v=9", &discord, Some("wss://gateway.discord.gg")),
            ("wss://gateway.discord.gg", &local, Some("wss://gateway.discord.gg")),
            ("ws://127.0.0.1:1/gateway/", &local, Some("ws://127.0.0.1:1/gateway")),
            ("ws://[::1]:1", &local, Some("ws://[::1]:1")),
            ("ws://127.0.0.1:1", &discord, None),
            ("ws://gateway.discord.gg", &discord, None),
            ("ws://gateway.discord.gg", &local, None),
            ("https://gateway.discord.gg", &discord, None),
            ("gateway.discord.gg", &discord, None),
            ("wss://", &discord, None),
            ("wss:///path", &discord, None),
            ("wss://me:secret@gateway.discord.gg", &discord, None),
            ("wss://a b", &discord, None),
            ("not an address", &discord, None),
            ("", &discord, None),
        ] {
            let read = GatewayUrl::parse(url, base).ok();
            assert_eq!(read.as_ref().map(GatewayUrl::as_str), expected, "{url}");
        }
    }

    #[test]
    fn a_resume_url_on_an_unexpected_host_is_ignored() {
        let discord = GatewayUrl::parse("wss://gateway.discord.gg", &base("https://discord.com"))
            .expect("an address");
        let local =
            GatewayUrl::parse("ws://127.0.0.1:1", &base("http://127.0.0.1:9")).expect("an address");
        for (url, resume_url, expected) in [
            (
                &discord,
                "wss://gateway-us-east1-b.discord.gg",
                Some("wss://gateway-us-east1-b.discord.gg"),
            ),
            (&discord, "ws://gateway-us-east1-b.discord.gg", None),
            (&discord, "wss://127.0.0.1", None),
            (&discord, "\u{0}", None),
            (&discord, "", None),
            (&local, "ws://127.0.0.1:2/resume", Some("ws://127.0.0.1:2/resume")),
            (&local, "wss://gateway-us-east1-b.discord.gg", None),
            (&local, "ws://10.0.0.1", None),
        ] {
            let read = url.resume_url(resume_url);
            assert_eq!(read.as_ref().map(GatewayUrl::as_str), expected, "{resume_url}");
        }
    }

    proptest! {
        #[test]
        fn every_accepted_url_can_be_connected_to(url in "(wss?://)?[ -~]{0,40}") {
            if let Some(read) = GatewayUrl::read(&url) {
                let whole = format!("{}/?v=10&encoding=json", read.as_str());
                prop_assert!(whole.parse::<Uri>().is_ok(), "{}", whole);
            }
        }
    }
}
