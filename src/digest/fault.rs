//! Reasons why a run of a digest fails.

use std::fmt;
use std::str::FromStr;

use super::InvalidValue;

/// Why a run of a digest failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Discord refused the request.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's error code, or 0:
        /// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
        code: u64,
    },
    /// The channel belongs to another server, or to none.
    OtherServer,
    /// Discord could not be reached, or responded with a server error.
    Unavailable,
    /// The rate limit did not reset before the deadline.
    RateLimited,
    /// The role to mention was deleted.
    RoleDeleted,
    /// The bot lacks the permission to mention the role.
    RoleNotMentionable,
    /// There is no entry to post.
    NoEntry,
    /// The run may have been posted; the channel cannot be searched for it.
    DeliveryUnknown,
    /// A moderator paused or rescheduled the digest before the run was posted.
    Changed,
}

const UNKNOWN_CHANNEL: u64 = 10_003;

/// The names of faults without a code in the database. With hyphens, they are Fluent keys.
const NAMES: [(Fault, &str); 8] = [
    (Fault::OtherServer, "other server"),
    (Fault::Unavailable, "away"),
    (Fault::RateLimited, "limited"),
    (Fault::RoleDeleted, "role gone"),
    (Fault::RoleNotMentionable, "role silent"),
    (Fault::NoEntry, "nothing"),
    (Fault::DeliveryUnknown, "untold"),
    (Fault::Changed, "changed"),
];

impl Fault {
    /// Whether retries are pointless until a moderator changes the digest.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused { code: UNKNOWN_CHANNEL, .. } | Self::OtherServer)
    }

    /// Whether Discord or the guild's setup rejects the post, so that a retry fails alike.
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::Refused { .. } | Self::OtherServer)
    }

    /// The Fluent key of the clause that describes it.
    pub fn key(self) -> String {
        let name = match self {
            Self::Refused { code: UNKNOWN_CHANNEL, .. } => "channel-gone",
            Self::Refused { code: 50_001, .. } => "unseen",
            Self::Refused { code: 50_013, .. } => "lacks",
            Self::Refused { code: 50_083 | 160_005, .. } => "archived",
            Self::Refused { code: 50_008, .. } => "not-postable",
            Self::Refused { .. } => "refused",
            plain => &plain.to_string().replace(' ', "-"),
        };
        format!("fault-{name}")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { status, code } => write!(f, "refused {status} {code}"),
            plain => {
                let name = NAMES.iter().find(|(fault, _)| fault == plain);
                f.write_str(name.map_or("", |(_, name)| name))
            }
        }
    }
}

impl FromStr for Fault {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let refused = text.strip_prefix("refused ").and_then(|numbers| {
            let (status, code) = numbers.split_once(' ')?;
            Some(Self::Refused { status: status.parse().ok()?, code: code.parse().ok()? })
        });
        let plain = || NAMES.iter().find(|(_, name)| *name == text).map(|(fault, _)| *fault);
        refused.or_else(plain).ok_or(InvalidValue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_round_trips_through_its_text() {
        for fault in [
            Fault::Refused { status: 403, code: 50_013 },
            Fault::OtherServer,
            Fault::Unavailable,
            Fault::RateLimited,
            Fault::RoleDeleted,
            Fault::RoleNotMentionable,
            Fault::NoEntry,
            Fault::DeliveryUnknown,
            Fault::Changed,
        ] {
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
        for text in ["", "refused", "refused 403", "refused x 7", "broken"] {
            assert_eq!(text.parse::<Fault>(), Err(InvalidValue), "{text}");
        }
    }
}
