//! Gateway errors that reconnecting cannot fix, with advice for the operator.

use std::time::Duration;

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GatewayError {
    /// Discord closed the connection with a code that forbids reconnecting:
    /// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>.
    #[error("Discord closed the gateway for good with code {}: {}", .0, advice(*.0))]
    Closed(u16),
    /// The session start limit is used up. One more identify, and Discord would reset the token.
    #[error(
        "only {remaining} session starts are left; the limit resets in {} minutes. Find out why the bot restarts so often before \
         starting it again",
        reset_after.as_secs().div_ceil(60)
    )]
    NoSessionsLeft { remaining: u32, reset_after: Duration },
}

impl GatewayError {
    pub(super) fn from_close_code(code: u16) -> Option<Self> {
        matches!(code, 4004 | 4010..=4014).then_some(Self::Closed(code))
    }
}

const fn advice(code: u16) -> &'static str {
    match code {
        4004 => {
            "the token is invalid. Take a new one from https://discord.com/developers/applications (the page Bot of your \
             application) and put it into DISCORD_TOKEN or the file of DISCORD_TOKEN_FILE"
        }
        4010 => "there is no such shard. Correct `discord.shards`, or set it to \"auto\"",
        4011 => {
            "the bot is in too many servers for so few shards. Set `discord.shards` to \"auto\", or to a larger `total`"
        }
        4012 => "it no longer speaks this version of its protocol. Update Dossier",
        4013 => "it does not know the intents that were asked for. Update Dossier",
        _ => {
            "it does not allow the intents that were asked for, which is GUILDS alone. See the page Bot of your application on \
             https://discord.com/developers/applications"
        }
    }
}
