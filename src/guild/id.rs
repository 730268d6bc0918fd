//! Strict parsing of Discord ids into serenity's types.
//!
//! serenity's constructors panic on 0 and its parser accepts `+7`, so ids from outside are only
//! parsed here (enforced by `clippy.toml`).

use std::num::NonZeroU64;

pub use serenity::model::id::{
    ApplicationId, ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId,
};

/// Converts a number to an id. Rejects 0, which Discord uses for "none", and numbers that do not
/// fit into a 64-bit signed database column.
pub fn id_from_number<Id: From<NonZeroU64>>(number: u64) -> Option<Id> {
    let number = NonZeroU64::new(number)?;
    i64::try_from(number.get()).ok().map(|_| Id::from(number))
}

/// Parses a [snowflake](https://docs.discord.com/developers/reference#snowflakes), which consists
/// of digits only.
pub fn parse_id<Id: From<NonZeroU64>>(text: &str) -> Option<Id> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten().and_then(id_from_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_fit_into_the_database_are_ids() {
        for (text, id) in [
            ("300000000000000002", Some(300_000_000_000_000_002)),
            ("9223372036854775807", Some(i64::MAX as u64)),
            ("9223372036854775808", None),
            ("0", None),
            ("", None),
            ("+7", None),
            (" 7", None),
            ("seven", None),
        ] {
            assert_eq!(parse_id::<ChannelId>(text).map(ChannelId::get), id, "{text}");
        }
    }
}
