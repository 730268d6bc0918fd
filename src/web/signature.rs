//! Verifies the signature of Discord's HTTP requests:
//! <https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use axum::http::HeaderMap;
use ed25519_dalek::{Signature, VerifyingKey};
use hex::FromHex;

const SIGNATURE: &str = "x-signature-ed25519";
const TIMESTAMP: &str = "x-signature-timestamp";

/// Maximum age of a request in seconds. An older one may be a replay.
const AGE_MAX_SECONDS: u64 = 5 * 60;

/// How far our clock may be behind Discord's, in seconds.
const CLOCK_SKEW_MAX_SECONDS: u64 = 30;

/// The application's public key, which verifies Discord's signatures.
#[derive(Clone, Debug)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Parses the hexadecimal key shown on the developer portal's *General Information* page.
    ///
    /// # Errors
    ///
    /// Fails if the key is missing, malformed, or weak (a key for which anybody can forge
    /// signatures).
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let text = text.trim();
        ensure!(
            !text.is_empty(),
            "discord.transport = \"http\" needs `discord.public_key`: copy the Public Key from https://discord.com/developers/applications \
             (your application, page General Information) into DISCORD_PUBLIC_KEY"
        );
        let bytes = <[u8; 32]>::from_hex(text)
            .ok()
            .context("`discord.public_key`, or DISCORD_PUBLIC_KEY, must be 64 hexadecimal digits, as on the page General Information of your application")?;
        let key = VerifyingKey::from_bytes(&bytes).ok();
        let key = key.context(
            "`discord.public_key`, or DISCORD_PUBLIC_KEY, is not an Ed25519 key; copy it again",
        )?;
        ensure!(
            !key.is_weak(),
            "`discord.public_key`, or DISCORD_PUBLIC_KEY, is a weak key; copy it again"
        );
        Ok(Self(key))
    }
}

/// The signature headers, parsed before the body is read.
pub(super) struct SignatureHeaders<'a> {
    signature: Signature,
    timestamp: &'a str,
}

impl<'a> SignatureHeaders<'a> {
    /// Returns `None` if a header is missing, duplicated or malformed, or if the timestamp is too
    /// old or in the future.
    pub(super) fn read(headers: &'a HeaderMap) -> Option<Self> {
        let signature = <[u8; 64]>::from_hex(only(headers, SIGNATURE)?).ok()?;
        let timestamp = only(headers, TIMESTAMP)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        is_current(timestamp, now)
            .then_some(Self { signature: Signature::from_bytes(&signature), timestamp })
    }

    pub(super) fn is_valid(&self, key: &PublicKey, body: &[u8]) -> bool {
        let signed = [self.timestamp.as_bytes(), body].concat();
        key.0.verify_strict(&signed, &self.signature).is_ok()
    }
}

/// The value of a header that occurs exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_current(timestamp: &str, now: u64) -> bool {
    let is_number = timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let sent_at = timestamp.parse::<u64>().ok().filter(|_| is_number);
    sent_at.is_some_and(|at| {
        now.saturating_sub(at) <= AGE_MAX_SECONDS
            && at.saturating_sub(now) <= CLOCK_SKEW_MAX_SECONDS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_is_parsed_or_refused_with_advice() {
        let weak = format!("01{}", "00".repeat(31));
        let no_point = format!("02{}", "00".repeat(31));
        for (text, problem) in [
            ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", None),
            (" D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A\n", None),
            ("", Some("DISCORD_PUBLIC_KEY")),
            ("d75a98", Some("64 hexadecimal digits")),
            (&"+1".repeat(32), Some("64 hexadecimal digits")),
            (&"é".repeat(32), Some("64 hexadecimal digits")),
            (&weak, Some("weak key")),
            (&no_point, Some("not an Ed25519 key")),
        ] {
            let refused = PublicKey::parse(text).err().map(|error| error.to_string());
            match problem {
                None => assert_eq!(refused, None, "{text}"),
                Some(problem) => assert!(refused.expect(text).contains(problem), "{text}"),
            }
        }
    }

    #[test]
    fn only_a_recent_timestamp_is_accepted() {
        for (timestamp, expected) in [
            ("1000", true),
            ("700", true),
            ("699", false),
            ("1030", true),
            ("1031", false),
            ("+1000", false),
            ("-1", false),
            ("", false),
            ("99999999999999999999999", false),
        ] {
            assert_eq!(is_current(timestamp, 1_000), expected, "{timestamp}");
        }
    }
}
