//! What a button or a choice of a menu asks for, and its `custom_id`, which holds all that the press needs, so that any process can
//! answer it, after any restart.
//!
//! [`Action::encode`] and [`Action::decode`] are the only spelling: version and verb, command, page, options, as in
//! `1n:timeline:2:from=2014&to=2019`. `tests/custom_ids.txt` holds every form that was ever released.

use crate::guild::id_from_number;
use crate::guild::{GuildId, UserId};
use crate::request::{PAGE, Request};

/// The most bytes of a `custom_id`. Discord allows [100 characters](https://docs.discord.com/developers/components/reference);
/// counting bytes is on the safe side of every way to count those.
pub const CUSTOM_ID_BYTES_MAX: usize = 100;

const VERSION: char = '1';

/// The last part of the scope of a member who was let in without the permission Manage Server.
const WITHOUT_MANAGE_SERVER: &str = "o";

/// What a press asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What to do with the request.
    pub verb: Verb,
    /// The request, as if it had been typed.
    pub request: Request,
}

/// What a press does with its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Shows it in the place of the card: the page or entry before.
    Previous,
    /// Shows it in the place of the card: the page or entry after.
    Next,
    /// Shows it in the place of the card: an entry of a list. Its number keeps the ids of one message apart.
    Open(u8),
    /// Shows a page of the sources of the card, from 1, to the one who pressed.
    Sources(u8),
    /// Shows the card to everyone, in a message of its own.
    Share,
    /// Opens the form to report an error of an entry, and sends it. The number is the entry's revision that the reader saw.
    Report(u32),
    /// Deletes the card.
    Delete,
    /// A select menu: what was chosen is a request of its own.
    Select(Menu),
    /// Sets something, for which only the one who was answered may press, in the server where that was. Its number keeps the ids of
    /// one message apart.
    Set(PressScope, SelectInput, u8),
}

/// To whom a control was shown, and in which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PressScope {
    /// The server.
    pub guild: GuildId,
    /// Who was answered.
    pub member: UserId,
    /// Whether the member had the permission Manage Server then, and so needs it to press. Whom the server's own settings for
    /// commands let in without it does not.
    pub needs_manage_server: bool,
}

/// What a choice with [`Verb::Set`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectInput {
    /// A button: there is nothing to choose.
    Nothing,
    /// It is a request of its own.
    Request,
    /// It is the ids of channels, for the option `channel` of the request.
    Channel,
}

/// The menus of a card. What they offer are requests, as [`encode_request`] spells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// The other views of an entry.
    Views,
    /// The entries of a list.
    Open,
    /// What to read next.
    Related,
}

impl Action {
    /// The action as a `custom_id`; nothing where it does not fit.
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
            Verb::Select(menu) => return Some(menu.custom_id().to_owned()),
            Verb::Set(scope, input, number) => {
                let letter = input.letter();
                let [guild, member] = [scope.guild.get(), scope.member.get()].map(base36);
                // Unmarked is what was released first: who had it then is not known, so it is asked for.
                match scope.needs_manage_server {
                    true => format!("{letter}{number}.{guild}.{member}"),
                    false => format!("{letter}{number}.{guild}.{member}.{WITHOUT_MANAGE_SERVER}"),
                }
            }
        };
        let spelled = format!("{VERSION}{verb}:{}", spell(&self.request));
        (spelled.len() <= CUSTOM_ID_BYTES_MAX).then_some(spelled)
    }

    /// The action that a `custom_id` spells; nothing where it is not one of ours, or of a version that is no longer known.
    pub fn decode(custom_id: &str) -> Option<Self> {
        let rest = custom_id.strip_prefix(VERSION)?;
        let (verb, request) = rest.split_once(':').unwrap_or((rest, ""));
        let verb = match verb {
            "p" => Verb::Previous,
            "n" => Verb::Next,
            "s" => Verb::Sources(1),
            "h" => Verb::Share,
            "d" => Verb::Delete,
            "mv" => Verb::Select(Menu::Views),
            "mo" => Verb::Select(Menu::Open),
            "mr" => Verb::Select(Menu::Related),
            numbered => {
                let (letter, number) = numbered.split_at_checked(1)?;
                match letter {
                    "o" => Verb::Open(number.parse().ok()?),
                    "s" => Verb::Sources(number.parse().ok()?),
                    "r" => Verb::Report(number.parse().ok()?),
                    letter => set(SelectInput::of(letter)?, number)?,
                }
            }
        };
        let request = match verb {
            Verb::Delete | Verb::Select(_) | Verb::Set(_, SelectInput::Request, _) => {
                Request::default()
            }
            _ => decode_request(request)?,
        };
        Some(Self { verb, request })
    }
}

/// The verb that something to set has, from what stands after its letter.
fn set(input: SelectInput, scoped: &str) -> Option<Verb> {
    let mut parts = scoped.split('.');
    let number = parts.next()?.parse().ok()?;
    let mut id = || u64::from_str_radix(parts.next()?, 36).ok();
    let (guild, member) = (id_from_number(id()?).ok()?, id_from_number(id()?).ok()?);
    let needs_manage_server = match parts.next() {
        None => true,
        Some(WITHOUT_MANAGE_SERVER) => false,
        Some(_) => return None,
    };
    let scope = PressScope { guild, member, needs_manage_server };
    Some(Verb::Set(scope, input, number))
}

/// A number in as few characters as it takes.
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

impl SelectInput {
    const ALL: [Self; 3] = [Self::Nothing, Self::Request, Self::Channel];

    const fn letter(self) -> &'static str {
        match self {
            Self::Nothing => "c",
            Self::Request => "l",
            Self::Channel => "k",
        }
    }

    fn of(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|input| input.letter() == letter)
    }
}

impl Menu {
    /// The `custom_id` of the menu.
    pub fn custom_id(self) -> &'static str {
        match self {
            Self::Views => "1mv",
            Self::Open => "1mo",
            Self::Related => "1mr",
        }
    }
}

/// A request as the value of a menu's option, or of a `custom_id`; nothing where it does not fit.
pub fn encode_request(request: &Request) -> Option<String> {
    let spelled = spell(request);
    (spelled.len() <= CUSTOM_ID_BYTES_MAX).then_some(spelled)
}

/// The request that [`encode_request`] spelled.
pub fn decode_request(spelled: &str) -> Option<Request> {
    let mut parts = spelled.splitn(3, ':');
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

fn spell(request: &Request) -> String {
    let mut spelled = format!("{}:{}:", request.command, request.page());
    for (place, (name, value)) in
        request.options().filter(|(name, _)| *name != PAGE.name).enumerate()
    {
        if place > 0 {
            spelled.push('&');
        }
        spelled.push_str(name);
        spelled.push('=');
        spelled.push_str(&value.replace('%', "%25").replace('&', "%26"));
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_custom_id_of_ours_is_nothing() {
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
    fn a_query_that_does_not_fit_has_no_custom_id() {
        let action = |query: String| Action {
            verb: Verb::Next,
            request: Request::new("search").with("query", query).at_page(2),
        };
        assert!(action("x".repeat(80)).encode().is_some());
        assert_eq!(action("ж".repeat(80)).encode(), None);
    }

    proptest! {
        #[test]
        fn what_is_set_has_a_scope(
            guild in 1..i64::MAX as u64, member in 1..i64::MAX as u64, needs_manage_server in prop::bool::ANY, number in 0..40_u8, channel in 1..u64::MAX,
        ) {
            let scope = PressScope { guild: GuildId::new(guild), member: UserId::new(member), needs_manage_server };
            let request = Request::new("config channels remove").with("channel", channel.to_string());
            for input in [SelectInput::Nothing, SelectInput::Channel] {
                let action = Action { verb: Verb::Set(scope, input, number), request: request.clone() };
                let custom_id = action.encode().expect("the longest of all fits");
                prop_assert_eq!(Action::decode(&custom_id), Some(action));
            }
        }

        #[test]
        fn what_is_encoded_is_decoded(command in "[a-z]{3,9}", name in "[a-z]{2,7}", value in "[ -~а-я]{0,60}", page in 1usize..200, open in 0u8..25, revision in 1u32..) {
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
        fn no_text_panics(text in "\\PC{0,120}") {
            if let Some(action) = Action::decode(&text) {
                prop_assert!(action.encode().is_none_or(|again| Action::decode(&again).is_some()));
            }
        }
    }
}
