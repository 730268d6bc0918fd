//! A digest: a post that comes by itself, as a moderator has set it up.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::Zone;
use crate::content::Kind;
use crate::guild::{ChannelId, RoleId};

/// The number of a digest, which tells it from all others. It is drawn, and not counted up, by whoever sets the digest up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DigestId(i64);

/// The digests of a server: what is set up of each.
pub type Digests = BTreeMap<DigestId, Planned>;

/// What is set up of a digest, and whether it is paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What a moderator set up.
    pub plan: Plan,
    /// What the channel was called then, for menus, which show no mentions; empty if Discord did not say.
    pub channel_name: String,
    /// Whether it is paused.
    pub is_paused: bool,
}

/// What a moderator sets up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Where it is posted.
    pub channel: ChannelId,
    /// At what time of the day.
    pub at: TimeOfDay,
    /// In what time zone.
    pub zone: Zone,
    /// On what days of the week.
    pub days: Days,
    /// What is posted.
    pub content: Content,
    /// Whom it mentions.
    pub role: Option<RoleId>,
    /// Whether it is published to the servers that follow the channel.
    pub publish: bool,
}

/// A minute of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

/// Days of the week, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(u8);

/// What a digest posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The whole dossier, in order.
    Order,
    /// The entries of one kind, in order.
    Kind(Kind),
    /// What happened on the day, in whatever year; where nothing did, the next of the timeline.
    OnThisDay,
}

/// A text that is no time, no days or no content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidValue;

/// The most digests of a server.
pub const DIGESTS_MAX: usize = 50;

impl DigestId {
    /// One that nobody else has, made of a number that was drawn.
    pub const fn drawn(chance: u64) -> Self {
        // A positive number that JSON keeps whole.
        Self(((chance >> 11) | 1).cast_signed())
    }

    /// One that was kept.
    pub const fn kept(number: i64) -> Self {
        Self(number)
    }

    /// The number that is kept.
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
        let number = text.parse().ok().filter(|number| *number > 0);
        number.map(Self).ok_or(InvalidValue)
    }
}

impl TimeOfDay {
    /// So many minutes after midnight; none if that is another day.
    pub fn of_minutes(minutes: i64) -> Option<Self> {
        let minutes = u16::try_from(minutes).ok()?;
        (minutes < 24 * 60).then_some(Self(minutes))
    }

    /// How many minutes after midnight.
    pub const fn minutes(self) -> i64 {
        self.0 as i64
    }

    /// The hour and the minute.
    pub const fn hour_and_minute(self) -> (i8, i8) {
        ((self.0 / 60) as i8, (self.0 % 60) as i8)
    }
}

/// `09:00`, `9`, `9.30`, `0900`, `21h`, `9am`, `9:30 p.m.`, `noon`, `midnight`.
impl FromStr for TimeOfDay {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim().to_ascii_lowercase();
        match text.as_str() {
            "noon" => return Ok(Self(12 * 60)),
            "midnight" => return Ok(Self(0)),
            _ => {}
        }
        let halves = [("am", 0), ("a.m.", 0), ("a.m", 0), ("pm", 12), ("p.m.", 12), ("p.m", 12)];
        let half =
            halves.into_iter().find_map(|(half, hours)| Some((text.strip_suffix(half)?, hours)));
        let (clock, half) =
            half.map_or((text.as_str(), None), |(clock, hours)| (clock.trim_end(), Some(hours)));
        let (hour, minute) = hour_and_minute(clock).ok_or(InvalidValue)?;
        let hour = match half {
            None => hour,
            Some(hours) if (1..=12).contains(&hour) => hour % 12 + hours,
            Some(_) => return Err(InvalidValue),
        };
        if hour > 23 || minute > 59 {
            return Err(InvalidValue);
        }
        Self::of_minutes(hour * 60 + minute).ok_or(InvalidValue)
    }
}

/// What a clock shows: `9`, `9:30`, `9.30`, `9h`, `9h30`, `0930`, `9:30:00`.
fn hour_and_minute(clock: &str) -> Option<(i64, i64)> {
    let digits = |text: &str, most: usize| {
        let are_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let fit = (1..=most).contains(&text.len());
        (are_digits && fit).then(|| text.parse().ok()).flatten()
    };
    let clock = clock.strip_suffix('h').unwrap_or(clock);
    let Some((hour, minute)) = clock.split_once([':', '.', 'h']) else {
        return match (digits(clock, 4)?, clock.len()) {
            (hour, 1 | 2) => Some((hour, 0)),
            (both, _) => Some((both / 100, both % 100)),
        };
    };
    let minute = minute.strip_suffix(":00").unwrap_or(minute);
    let is_full = minute.len() == 2;
    is_full.then_some((digits(hour, 2)?, digits(minute, 2)?))
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = self.hour_and_minute();
        write!(f, "{hour:02}:{minute:02}")
    }
}

/// The names of the days, Monday first.
const NAMES: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Days {
    /// All of them.
    pub const DAILY: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WEEKDAYS: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    const WEEKENDS: Self = Self(0b110_0000);

    /// Those that are offered before anything is typed.
    pub const USUAL: [Self; 3] = [Self::DAILY, Self::WEEKDAYS, Self::WEEKENDS];

    /// Those whose bits are set, Monday's being the lowest; none if there are none, or others.
    pub fn of_bits(bits: i64) -> Option<Self> {
        let bits = u8::try_from(bits).ok()?;
        (1..=Self::DAILY.0).contains(&bits).then_some(Self(bits))
    }

    /// A bit for each, Monday's being the lowest.
    pub const fn bits(self) -> i64 {
        self.0 as i64
    }

    /// Whether a day is among them, counted from Monday as 0.
    pub const fn hold(self, day: i8) -> bool {
        self.0 & (1 << day) != 0
    }
}

/// `daily`, `weekdays`, `weekends`, or days as in `mon,wed`, `monday and friday`, `tue-thu`.
impl FromStr for Days {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mut text = text.trim().to_lowercase().replace(['–', '—', '−'], "-");
        for (word, meant) in [(" to ", "-"), (" through ", "-"), (" - ", "-"), ("every ", "")] {
            text = text.replace(word, meant);
        }
        let mut bits = 0_u8;
        let words = text.split([',', ' ', ';', '/', '&', '+']);
        for word in words.filter(|word| !word.is_empty() && *word != "and") {
            bits |= match (word, word.split_once('-')) {
                ("daily" | "day" | "everyday" | "all", _) => Self::DAILY.0,
                ("weekday" | "weekdays", _) => Self::WEEKDAYS.0,
                ("weekend" | "weekends", _) => Self::WEEKENDS.0,
                (_, Some((first, last))) => {
                    let (first, last) = (day(first)?, day(last)?);
                    let days = (first..).take((last + 7 - first) % 7 + 1);
                    days.fold(0, |bits, day| bits | 1 << (day % 7))
                }
                (word, None) => 1 << day(word)?,
            };
        }
        Self::of_bits(bits.into()).ok_or(InvalidValue)
    }
}

/// The day of a name or of its beginning, as in `mo`, `thurs.` or `sundays`, counted from Monday as 0.
fn day(word: &str) -> Result<usize, InvalidValue> {
    let word = word.trim_end_matches('.');
    let named = |word: &str| {
        let is_meant = |name: &str| word.len() >= 2 && name.starts_with(word);
        NAMES.iter().position(|name| is_meant(name))
    };
    let plural = || word.strip_suffix('s').and_then(named);
    named(word).or_else(plural).ok_or(InvalidValue)
}

/// As the option `days` takes them.
impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::DAILY => f.write_str("daily"),
            Self::WEEKDAYS => f.write_str("weekdays"),
            Self::WEEKENDS => f.write_str("weekends"),
            days => {
                let held = (0..7_i8).zip(NAMES).filter(|(day, _)| days.hold(*day));
                let names: Vec<&str> = held.map(|(_, name)| &name[..3]).collect();
                f.write_str(&names.join(","))
            }
        }
    }
}

/// `order`, `kind:<kind>` or `on-this-day`.
impl FromStr for Content {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim().to_ascii_lowercase();
        match text.as_str() {
            "order" => Ok(Self::Order),
            "on-this-day" | "on this day" => Ok(Self::OnThisDay),
            text => {
                let kind = text.strip_prefix("kind:").unwrap_or(text).trim();
                Kind::from_name(kind).map(Self::Kind).ok_or(InvalidValue)
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

/// As the log keeps it, and the database the drafts.
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
            zone: Zone::named(zone).ok_or(InvalidValue)?,
            days: days.parse()?,
            content: content.parse()?,
            role: role.parse().ok(),
            publish: publish.parse().map_err(|_| InvalidValue)?,
        })
    }
}

/// As the log keeps it, without the name of the channel.
impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_paused { "paused" } else { "active" };
        write!(f, "{state} {}", self.plan)
    }
}

impl FromStr for Planned {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let (state, plan) = text.split_once(' ').ok_or(InvalidValue)?;
        Ok(Self {
            plan: plan.parse()?,
            channel_name: String::new(),
            is_paused: match state {
                "paused" => true,
                "active" => false,
                _ => return Err(InvalidValue),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, shown) in [
            ("09:00", Some("09:00")),
            ("9:00", Some("09:00")),
            ("9", Some("09:00")),
            ("9.30", Some("09:30")),
            ("9am", Some("09:00")),
            ("9:30 PM", Some("21:30")),
            ("12am", Some("00:00")),
            ("12pm", Some("12:00")),
            ("00:00", Some("00:00")),
            ("23:59", Some("23:59")),
            ("24:00", None),
            ("99:30", None),
            ("9:60", None),
            ("9:3", None),
            ("0900", Some("09:00")),
            ("900", Some("09:00")),
            ("2130", Some("21:30")),
            ("21h", Some("21:00")),
            ("9h30", Some("09:30")),
            ("9 a.m.", Some("09:00")),
            ("9:30 p.m.", Some("21:30")),
            ("09:00:00", Some("09:00")),
            ("noon", Some("12:00")),
            ("Midnight", Some("00:00")),
            ("13pm", None),
            ("0am", None),
            ("", None),
            ("pm", None),
            (":", None),
            ("h", None),
            ("-9", None),
            ("12345", None),
            ("2460", None),
            ("9:00:30", None),
            ("９:00", None),
        ] {
            let read: Result<TimeOfDay, InvalidValue> = text.parse();
            assert_eq!(read.ok().map(|time| time.to_string()).as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, shown) in [
            ("daily", Some("daily")),
            ("Weekdays", Some("weekdays")),
            ("mon,wed", Some("mon,wed")),
            ("Wed, Mon", Some("mon,wed")),
            ("monday and friday", Some("mon,fri")),
            ("Sundays", Some("sun")),
            ("sa su", Some("weekends")),
            ("mon,tue,wed,thu,fri,sat,sun", Some("daily")),
            ("weekday", Some("weekdays")),
            ("mon-fri", Some("weekdays")),
            ("Mon – Fri", Some("weekdays")),
            ("Monday to Friday", Some("weekdays")),
            ("fri-mon", Some("mon,fri,sat,sun")),
            ("tue-tue", Some("tue")),
            ("mon & weds", Some("mon,wed")),
            ("mon+thurs.", Some("mon,thu")),
            ("every Monday", Some("mon")),
            ("every day", Some("daily")),
            ("all", Some("daily")),
            ("weekends, mon", Some("mon,sat,sun")),
            ("t", None),
            ("..", None),
            ("-", None),
            ("mon-", None),
            ("mon,someday", None),
            ("", None),
        ] {
            let read: Result<Days, InvalidValue> = text.parse();
            assert_eq!(read.ok().map(|days| days.to_string()).as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn a_plan_is_read_as_it_was_written() {
        for content in ["order", "kind:demand", "on-this-day"] {
            for role in [None, Some(RoleId::new(9))] {
                let plan = Plan {
                    channel: ChannelId::new(7),
                    at: TimeOfDay(545),
                    zone: Zone::named("Europe/Kyiv").expect("a zone"),
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
