//! Discord's ids, each of a type of its own, so that none is taken for another.

use std::fmt;
use std::str::FromStr;

macro_rules! ids {
    ($($(#[$about:meta])* $name:ident),* $(,)?) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                read(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A server, which Discord's interface calls a guild.
    GuildId,
    /// A channel, a category or a thread.
    ChannelId,
    /// A role of a server.
    RoleId,
    /// Somebody who is in a server.
    MemberId,
    /// A message.
    MessageId,
}

/// A text that is no id of Discord's: <https://docs.discord.com/developers/reference#snowflakes>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseIdError;

fn read(text: &str) -> Result<u64, ParseIdError> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    // Discord writes 0 for nobody, and databases hold no more than 63 bits.
    number.filter(|number| (1..=i64::MAX as u64).contains(number)).ok_or(ParseIdError)
}

#[cfg(test)]
mod tests {
    use super::{ChannelId, ParseIdError};

    #[test]
    fn an_id_is_a_number_that_a_database_holds() {
        for (text, id) in [
            ("300000000000000002", Ok(ChannelId(300_000_000_000_000_002))),
            ("9223372036854775807", Ok(ChannelId(i64::MAX as u64))),
            ("9223372036854775808", Err(ParseIdError)),
            ("0", Err(ParseIdError)),
            ("", Err(ParseIdError)),
            ("+7", Err(ParseIdError)),
            (" 7", Err(ParseIdError)),
            ("seven", Err(ParseIdError)),
        ] {
            assert_eq!(text.parse(), id, "{text}");
        }
    }
}
