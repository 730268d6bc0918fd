//! Strict parsing of Discord ids into serenity's types.
//!
//! serenity's constructors panic on 0 and its parser accepts `+7`, so ids from outside are only
//! parsed here (enforced by `clippy.toml`).

use std::fmt;
use std::num::NonZeroU64;

pub use serenity::model::id::{
    ApplicationId, ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId,
};

/// The input is not a [snowflake](https://docs.discord.com/developers/reference#snowflakes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseIdError;

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of Discord's")
    }
}

impl std::error::Error for ParseIdError {}

/// Converts a number to an id. Rejects 0, which Discord uses for "none", and numbers that do not
/// fit into a 64-bit signed database column.
pub fn id_from_number<Id: From<NonZeroU64>>(number: u64) -> Result<Id, ParseIdError> {
    let number = NonZeroU64::new(number).filter(|number| i64::try_from(number.get()).is_ok());
    number.map(Id::from).ok_or(ParseIdError)
}

/// Parses an id that consists of digits only.
pub fn parse_id<Id: From<NonZeroU64>>(text: &str) -> Result<Id, ParseIdError> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    id_from_number(number.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_fit_into_the_database_are_ids() {
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
