//! Gateway errors that reconnecting cannot fix, with advice for the operator.

use std::fmt;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayError {
    /// Discord closed the connection with a code that forbids reconnecting:
    /// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>.
    Closed(u16),
    /// The session start limit is used up. One more identify, and Discord would reset the token.
    NoSessionsLeft { remaining: u32, reset_after: Duration },
}

impl GatewayError {
    pub(super) fn from_close_code(code: u16) -> Option<Self> {
        matches!(code, 4004 | 4010..=4014).then_some(Self::Closed(code))
    }
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(code) => {
                let fix = match code {
                    4004 => {
                        "it does not know the token. Take a new one from https://discord.com/developers/applications (the page \
                         Bot of your application) and put it into DISCORD_TOKEN or the file of DISCORD_TOKEN_FILE"
                    }
                    4010 => {
                        "there is no such shard. Correct `discord.shards`, or set it to \"auto\""
                    }
                    4011 => {
                        "the bot is in too many servers for so few shards. Set `discord.shards` to \"auto\", or to a larger `total`"
                    }
                    4012 => "it no longer speaks this version of its protocol. Update Dossier",
                    4013 => "it does not know the intents that were asked for. Update Dossier",
                    _ => {
                        "it does not allow the intents that were asked for, which is GUILDS alone. See the page Bot of your \
                         application on https://discord.com/developers/applications"
                    }
                };
                write!(f, "Discord closed the gateway for good with code {code}: {fix}")
            }
            Self::NoSessionsLeft { remaining, reset_after: resets } => {
                let minutes = resets.as_secs().div_ceil(60);
                write!(
                    f,
                    "Discord allows only {remaining} more sessions for now, which is too few; there are new ones in {minutes} \
                     minutes. Find out what starts this bot so often, and start it again then"
                )
            }
        }
    }
}

impl std::error::Error for GatewayError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_fatal_close_codes_have_advice() {
        let fatal: Vec<u16> =
            (0..=u16::MAX).filter(|code| GatewayError::from_close_code(*code).is_some()).collect();
        assert_eq!(fatal, [4004, 4010, 4011, 4012, 4013, 4014]);
        for code in fatal {
            let sentence = GatewayError::Closed(code).to_string();
            assert!(sentence.contains(&code.to_string()) && sentence.contains(". "), "{sentence}");
        }
    }
}
