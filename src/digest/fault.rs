//! What goes wrong with a digest.

use std::fmt;
use std::str::FromStr;

use super::InvalidValue;

/// What goes wrong with a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Discord refused.
    Refused {
        /// The HTTP status.
        status: u16,
        /// [Discord's own code](https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes), or 0.
        code: u64,
    },
    /// The channel belongs to another server, or to none.
    OtherServer,
    /// Discord could not be reached, or had a fault of its own.
    Away,
    /// Discord's rate limits did not allow it in time.
    Limited,
    /// The role that is to be mentioned was deleted.
    RoleGone,
    /// Dossier may not mention the role.
    RoleSilent,
    /// There is no entry to post.
    Nothing,
    /// It cannot be found out whether it was posted.
    Untold,
    /// It was paused, or set to another time, before it was posted.
    Changed,
}

const UNKNOWN_CHANNEL: u64 = 10_003;

impl Fault {
    /// Whether a retry is of no use before a moderator changes the digest.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused { code: UNKNOWN_CHANNEL, .. } | Self::OtherServer)
    }

    /// Whether a retry changes nothing.
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::Refused { .. } | Self::OtherServer)
    }

    /// The key of the clause for people.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Refused { code, .. } => match code {
                UNKNOWN_CHANNEL => "fault-channel-gone",
                50_001 => "fault-unseen",
                50_013 => "fault-lacks",
                50_083 | 160_005 => "fault-archived",
                50_008 => "fault-not-postable",
                _ => "fault-refused",
            },
            Self::OtherServer => "fault-other-server",
            Self::Away => "fault-away",
            Self::Limited => "fault-limited",
            Self::RoleGone => "fault-role-gone",
            Self::RoleSilent => "fault-role-silent",
            Self::Nothing => "fault-nothing",
            Self::Untold => "fault-untold",
            Self::Changed => "fault-changed",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { status, code } => write!(f, "refused {status} {code}"),
            Self::OtherServer => f.write_str("other server"),
            Self::Away => f.write_str("away"),
            Self::Limited => f.write_str("limited"),
            Self::RoleGone => f.write_str("role gone"),
            Self::RoleSilent => f.write_str("role silent"),
            Self::Nothing => f.write_str("nothing"),
            Self::Untold => f.write_str("untold"),
            Self::Changed => f.write_str("changed"),
        }
    }
}

impl FromStr for Fault {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if let Some((status, code)) =
            text.strip_prefix("refused ").and_then(|two| two.split_once(' '))
        {
            return Ok(Self::Refused {
                status: status.parse().map_err(|_| InvalidValue)?,
                code: code.parse().map_err(|_| InvalidValue)?,
            });
        }
        let plain = [
            Self::OtherServer,
            Self::Away,
            Self::Limited,
            Self::RoleGone,
            Self::RoleSilent,
            Self::Nothing,
            Self::Untold,
            Self::Changed,
        ];
        plain.into_iter().find(|one| one.to_string() == text).ok_or(InvalidValue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_it_was_written() {
        for fault in [
            Fault::Refused { status: 403, code: 50_013 },
            Fault::OtherServer,
            Fault::Away,
            Fault::Limited,
            Fault::RoleGone,
            Fault::RoleSilent,
            Fault::Nothing,
            Fault::Untold,
            Fault::Changed,
        ] {
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
        for text in ["", "refused", "refused 403", "refused x 7", "broken"] {
            assert_eq!(text.parse::<Fault>(), Err(InvalidValue), "{text}");
        }
    }
}
