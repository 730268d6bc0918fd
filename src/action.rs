//! The action of a button or select option, and its `custom_id`. The `custom_id` contains all
//! state, so that any process can handle it, even after a restart.
//!
//! [`Action::encode`] and [`Action::decode`] define the only format: version and verb, command,
//! page and options, as in `1n:timeline:2:from=2014&to=2019`. `tests/custom_ids.txt` contains every
//! format ever released.

use crate::guild::id_from_number;
use crate::guild::{GuildId, UserId};
use crate::request::{PAGE, Request};

/// Maximum length of a `custom_id` in bytes. Discord allows [100
/// characters](https://docs.discord.com/developers/components/reference);
/// a limit in bytes is safe however it counts characters.
pub const CUSTOM_ID_BYTES_MAX: usize = 100;

const VERSION: char = '1';

/// The suffix of the scope of a member who was let in without Manage Server.
const WITHOUT_MANAGE_SERVER: &str = "o";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub verb: Verb,
    /// The request, as if the user had typed it as a command.
    pub request: Request,
}

/// What an action does with the result of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Replaces the card by the previous page or entry.
    Previous,
    /// Replaces the card by the next page or entry.
    Next,
    /// Replaces the card by an entry of the list. The number keeps `custom_id`s unique within a
    /// message.
    Open(u8),
    /// Shows a page (from 1) of the card's sources in an ephemeral message.
    Sources(u8),
    /// Posts the card as a public message.
    Share,
    /// Opens the form to report an error, and identifies it when it is submitted. The number is the
    /// revision of the entry that the reader saw.
    Report(u32),
    Delete,
    /// A select menu. The selected value is an encoded request.
    Select(Menu),
    /// Changes a setting. Only the member and guild in the scope may use it. The number keeps
    /// `custom_id`s unique within a message.
    ChangeSetting(PressScope, SettingInput, u8),
}

/// The member and guild that a settings control was shown to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PressScope {
    pub guild: GuildId,
    pub member: UserId,
    /// Whether the member needs Manage Server to use the control. False for members who lacked it
    /// but were let in by the guild's command permissions.
    pub needs_manage_server: bool,
}

/// What the value of a [`Verb::ChangeSetting`] component is, and its letter in a `custom_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
pub enum SettingInput {
    /// A button, which has no value.
    #[strum(serialize = "c")]
    Button,
    /// An encoded request.
    #[strum(serialize = "l")]
    Request,
    /// Channel ids, for the request's `channel` option.
    #[strum(serialize = "k")]
    Channel,
}

/// A card's select menus, by their `custom_id`. Their values are requests in the format of
/// [`encode_request`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
pub enum Menu {
    #[strum(serialize = "1mv")]
    Views,
    /// The entries of a list.
    #[strum(serialize = "1mo")]
    Open,
    /// Related entries to read next.
    #[strum(serialize = "1mr")]
    Related,
}

impl Action {
    /// Encodes the action as a `custom_id`; `None` if it is too long.
    pub fn encode(&self) -> Option<String> {
        let verb = match self.verb {
            Verb::Previous => "p".to_owned(),
            Verb::Next => "n".to_owned(),
            Verb::Open(number) => format!("o{number}"),
            Verb::Sources(1) => "s".to_owned(),
            Verb::Sources(page) => format!("s{page}"),
            Verb::Share => "h".to_owned(),
            Verb::Report(revision) => format!("r{revision}"),
            Verb::Delete => return Some(format!("{VERSION}d")),
            Verb::Select(menu) => return Some(<&str>::from(menu).to_owned()),
            Verb::ChangeSetting(scope, input, number) => {
                let letter = <&str>::from(input);
                let [guild, member] = [scope.guild.get(), scope.member.get()].map(base36);
                // The format without suffix was released first. It does not record whether the member
                // had Manage Server, so it requires the permission.
                match scope.needs_manage_server {
                    true => format!("{letter}{number}.{guild}.{member}"),
                    false => format!("{letter}{number}.{guild}.{member}.{WITHOUT_MANAGE_SERVER}"),
                }
            }
        };
        let encoded = format!("{VERSION}{verb}:{}", encode_fields(&self.request));
        (encoded.len() <= CUSTOM_ID_BYTES_MAX).then_some(encoded)
    }

    /// Decodes a `custom_id`; `None` if it is malformed or of an unsupported version.
    pub fn decode(custom_id: &str) -> Option<Self> {
        if let Ok(menu) = custom_id.parse() {
            return Some(Self { verb: Verb::Select(menu), request: Request::default() });
        }
        let rest = custom_id.strip_prefix(VERSION)?;
        let (verb, request) = rest.split_once(':').unwrap_or((rest, ""));
        let verb = match verb {
            "p" => Verb::Previous,
            "n" => Verb::Next,
            "s" => Verb::Sources(1),
            "h" => Verb::Share,
            "d" => Verb::Delete,
            numbered => {
                let (letter, number) = numbered.split_at_checked(1)?;
                match letter {
                    "o" => Verb::Open(number.parse().ok()?),
                    "s" => Verb::Sources(number.parse().ok()?),
                    "r" => Verb::Report(number.parse().ok()?),
                    letter => decode_setting(letter.parse().ok()?, number)?,
                }
            }
        };
        let request = match verb {
            Verb::Delete | Verb::ChangeSetting(_, SettingInput::Request, _) => Request::default(),
            _ => decode_request(request)?,
        };
        Some(Self { verb, request })
    }
}

/// Parses the part of a [`Verb::ChangeSetting`] that follows its letter.
fn decode_setting(input: SettingInput, scoped: &str) -> Option<Verb> {
    let mut parts = scoped.split('.');
    let number = parts.next()?.parse().ok()?;
    let mut id = || u64::from_str_radix(parts.next()?, 36).ok();
    let (guild, member) = (id_from_number(id()?)?, id_from_number(id()?)?);
    let needs_manage_server = match parts.next() {
        None => true,
        Some(WITHOUT_MANAGE_SERVER) => false,
        Some(_) => return None,
    };
    let scope = PressScope { guild, member, needs_manage_server };
    Some(Verb::ChangeSetting(scope, input, number))
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.extend(char::from_digit((number % 36) as u32, 36));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// Encodes a request as the value of a select option or as part of a `custom_id`; `None` if it is
/// too long.
pub fn encode_request(request: &Request) -> Option<String> {
    let encoded = encode_fields(request);
    (encoded.len() <= CUSTOM_ID_BYTES_MAX).then_some(encoded)
}

/// Decodes a request encoded by [`encode_request`].
pub fn decode_request(encoded: &str) -> Option<Request> {
    let mut parts = encoded.splitn(3, ':');
    let (command, page, options) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    if command.is_empty() {
        return None;
    }
    let mut request = Request::new(command);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=')?;
        request = request.with(name, value.replace("%26", "&").replace("%25", "%"));
    }
    Some(request.at_page(page))
}

fn encode_fields(request: &Request) -> String {
    let mut encoded = format!("{}:{}:", request.command, request.page());
    for (index, (name, value)) in
        request.options().filter(|(name, _)| *name != PAGE.name).enumerate()
    {
        if index > 0 {
            encoded.push('&');
        }
        encoded.push_str(name);
        encoded.push('=');
        encoded.push_str(&value.replace('%', "%25").replace('&', "%26"));
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_malformed_custom_id_is_rejected() {
        for text in [
            "",
            "1",
            "2n:timeline:1:",
            "1x:timeline:1:",
            "1n",
            "1n:",
            "1n:timeline",
            "1n:timeline:x:",
            "1o999:term:1:",
            "1n:timeline:1:from",
        ] {
            assert_eq!(Action::decode(text), None, "{text}");
        }
    }

    #[test]
    fn a_query_that_is_too_long_has_no_custom_id() {
        let action = |query: String| Action {
            verb: Verb::Next,
            request: Request::new("search").with("query", query).at_page(2),
        };
        assert!(action("x".repeat(80)).encode().is_some());
        assert_eq!(action("ж".repeat(80)).encode(), None);
    }

    proptest! {
        #[test]
        fn a_set_action_survives_a_round_trip(
            guild in 1..i64::MAX as u64, member in 1..i64::MAX as u64, needs_manage_server in prop::bool::ANY, number in 0..40_u8, channel in 1..u64::MAX,
        ) {
            let scope = PressScope { guild: GuildId::new(guild), member: UserId::new(member), needs_manage_server };
            let request = Request::new("config channels remove").with("channel", channel.to_string());
            for input in [SettingInput::Button, SettingInput::Channel] {
                let action = Action { verb: Verb::ChangeSetting(scope, input, number), request: request.clone() };
                let custom_id = action.encode().expect("the longest of all fits");
                prop_assert_eq!(Action::decode(&custom_id), Some(action));
            }
        }

        #[test]
        fn an_encoded_action_survives_a_round_trip(command in "[a-z]{3,9}", name in "[a-z]{2,7}", value in "[ -~а-я]{0,60}", page in 1usize..200, open in 0u8..25, revision in 1u32..) {
            let request = Request::new(&command).with(&name, &value).at_page(page);
            for verb in [Verb::Previous, Verb::Next, Verb::Open(open), Verb::Sources(1), Verb::Sources(2), Verb::Share, Verb::Report(revision)] {
                let action = Action { verb, request: request.clone() };
                if let Some(custom_id) = action.encode() {
                    prop_assert!(custom_id.len() <= CUSTOM_ID_BYTES_MAX);
                    prop_assert_eq!(Action::decode(&custom_id), Some(action));
                }
            }
        }

        #[test]
        fn decoding_arbitrary_text_does_not_panic(text in "\\PC{0,120}") {
            if let Some(action) = Action::decode(&text) {
                prop_assert!(action.encode().is_none_or(|again| Action::decode(&again).is_some()));
            }
        }
    }
}
