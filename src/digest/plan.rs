//! The plan of a digest: what is posted, when and where.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{Days, TimeOfDay, Zone};
use crate::content::Kind;
use crate::guild::{ChannelId, RoleId};
use crate::text::with_hyphens;

/// The id of a digest. It is random, so any process can create one without a database sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DigestId(i64);

/// The digests of a guild.
pub type Digests = BTreeMap<DigestId, PlannedDigest>;

/// A plan with the channel name at the time of setup, and whether it is paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedDigest {
    pub plan: Plan,
    /// The channel name at the time of setup, for menus, which cannot show mentions. Empty if
    /// unknown.
    pub channel_name: String,
    pub is_paused: bool,
}

/// What is posted, when and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub channel: ChannelId,
    pub at: TimeOfDay,
    pub zone: Zone,
    pub days: Days,
    pub content: Content,
    /// The role to mention.
    pub role: Option<RoleId>,
    /// Whether posts are published to the servers that follow the channel.
    pub publish: bool,
}

/// What a digest posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// All entries, in the order of the dossier.
    Order,
    /// The entries of one kind, in order.
    Kind(Kind),
    /// Events of this day of the year, or else the next entry in the timeline.
    OnThisDay,
}

/// A text could not be parsed as a time, days, content or another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidValue;

/// The most digests of a guild.
pub const DIGESTS_MAX: usize = 50;

impl DigestId {
    /// Derives an id from a random number: positive, and small enough to be exact in JSON.
    pub const fn from_random(random: u64) -> Self {
        Self(((random >> 11) | 1).cast_signed())
    }

    /// Returns `None` unless the number is positive.
    pub fn from_number(number: i64) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    pub const fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for DigestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DigestId {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.parse().ok().and_then(Self::from_number).ok_or(InvalidValue)
    }
}

impl Plan {
    /// Whether both plans post the same at the same times, though their zones may have other names.
    pub fn repeats(&self, other: &Self, now: i64) -> bool {
        let is_same = Self { zone: other.zone.clone(), ..self.clone() } == *other;
        is_same && self.zone.agrees_with(&other.zone, now)
    }
}

impl PlannedDigest {
    /// Whether a draft of this digest may be saved: the digest is still as it was `before`, when the
    /// draft was made, or already as in the draft.
    pub fn may_replace(&self, current: Option<&Self>, before: Option<&Self>) -> bool {
        // A draft does not keep the former name of the channel.
        let is_same =
            |one: &Self, other: &Self| (&one.plan, one.is_paused) == (&other.plan, other.is_paused);
        match current {
            None => before.is_none(),
            Some(current) => {
                is_same(current, self) || before.is_some_and(|before| is_same(current, before))
            }
        }
    }
}

/// `order`, `kind:<kind>` or `on-this-day`.
impl FromStr for Content {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let text = with_hyphens(text.trim()).to_ascii_lowercase().replace(['_', ' '], "-");
        match text.as_str() {
            "order" | "in-order" => Ok(Self::Order),
            "on-this-day" | "onthisday" => Ok(Self::OnThisDay),
            "timeline" => Ok(Self::Kind(Kind::Event)),
            "glossary" => Ok(Self::Kind(Kind::Term)),
            text => {
                let prefix = text.strip_prefix("kind");
                let kind = prefix.map(|kind| kind.trim_start_matches([':', '=', '-']));
                let kind = kind.unwrap_or(text);
                let one = || Kind::from_name(kind.strip_suffix('s')?);
                Kind::from_name(kind).or_else(one).map(Self::Kind).ok_or(InvalidValue)
            }
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order => f.write_str("order"),
            Self::Kind(kind) => write!(f, "kind:{}", kind.name()),
            Self::OnThisDay => f.write_str("on-this-day"),
        }
    }
}

/// The format of the change log and of drafts.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { channel, at, zone, days, content, role, publish } = self;
        let role = role.map_or(0, |role| role.get());
        write!(f, "{channel} {at} {zone} {days} {content} {role} {publish}")
    }
}

impl FromStr for Plan {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let words: Vec<&str> = text.split(' ').collect();
        let [channel, at, zone, days, content, role, publish] = words[..] else {
            return Err(InvalidValue);
        };
        Ok(Self {
            channel: channel.parse().map_err(|_| InvalidValue)?,
            at: at.parse()?,
            zone: Zone::from_name(zone).ok_or(InvalidValue)?,
            days: days.parse()?,
            content: content.parse()?,
            role: role.parse().ok(),
            publish: publish.parse().map_err(|_| InvalidValue)?,
        })
    }
}

/// The format of the change log, which omits the channel name.
impl fmt::Display for PlannedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_paused { "paused" } else { "active" };
        write!(f, "{state} {}", self.plan)
    }
}

impl FromStr for PlannedDigest {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let (is_paused, plan) = match text.split_once(' ') {
            Some(("paused", plan)) => (true, plan),
            Some(("active", plan)) => (false, plan),
            _ => return Err(InvalidValue),
        };
        Ok(Self { plan: plan.parse()?, channel_name: String::new(), is_paused })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_parsed_in_common_notations() {
        for (text, shown) in [
            ("order", Some("order")),
            ("In order", Some("order")),
            ("on-this-day", Some("on-this-day")),
            ("on this day", Some("on-this-day")),
            ("on–this–day", Some("on-this-day")),
            ("on_this_day", Some("on-this-day")),
            ("OnThisDay", Some("on-this-day")),
            ("kind:event", Some("kind:event")),
            ("kind: event", Some("kind:event")),
            ("kind=event", Some("kind:event")),
            ("kind events", Some("kind:event")),
            ("events", Some("kind:event")),
            ("timeline", Some("kind:event")),
            ("Glossary", Some("kind:term")),
            ("kind", None),
            ("kind:", None),
            ("poems", None),
        ] {
            let read = text.parse::<Content>().ok().map(|content| content.to_string());
            assert_eq!(read.as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn a_plan_round_trips_through_its_text() {
        for content in ["order", "kind:demand", "on-this-day"] {
            for role in [None, Some(RoleId::new(9))] {
                let plan = Plan {
                    channel: ChannelId::new(7),
                    at: TimeOfDay::from_minutes(545).expect("a time"),
                    zone: Zone::from_name("Europe/Kyiv").expect("a zone"),
                    days: Days::WEEKDAYS,
                    content: content.parse().expect("a content"),
                    role,
                    publish: true,
                };
                assert_eq!(plan.to_string().parse(), Ok(plan));
            }
        }
    }
}
