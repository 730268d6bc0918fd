//! Discord's ids as serenity names them, read strictly.
//!
//! serenity's own constructors panic on 0 and its parser takes `+7`, so ids from outside are read here alone
//! (`clippy.toml` holds the rest of the crate to it).

use std::fmt;
use std::num::NonZeroU64;

pub use serenity::model::id::{
    ApplicationId, ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId,
};

/// A text or number that is no [snowflake](https://docs.discord.com/developers/reference#snowflakes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseIdError;

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of Discord's")
    }
}

impl std::error::Error for ParseIdError {}

/// Reads an id from a number. Discord writes 0 for nobody, and a database column holds no more than 63 bits.
pub fn id_from_number<Id: From<NonZeroU64>>(number: u64) -> Result<Id, ParseIdError> {
    let number = NonZeroU64::new(number).filter(|number| i64::try_from(number.get()).is_ok());
    number.map(Id::from).ok_or(ParseIdError)
}

/// Reads an id from a text of nothing but digits.
pub fn parse_id<Id: From<NonZeroU64>>(text: &str) -> Result<Id, ParseIdError> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    id_from_number(number.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_number_that_a_database_holds() {
        for (text, id) in [
            ("300000000000000002", Ok(300_000_000_000_000_002)),
            ("9223372036854775807", Ok(i64::MAX as u64)),
            ("9223372036854775808", Err(ParseIdError)),
            ("0", Err(ParseIdError)),
            ("", Err(ParseIdError)),
            ("+7", Err(ParseIdError)),
            (" 7", Err(ParseIdError)),
            ("seven", Err(ParseIdError)),
        ] {
            assert_eq!(parse_id::<ChannelId>(text).map(ChannelId::get), id, "{text}");
        }
    }
}
