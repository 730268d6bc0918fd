//! A change of a server's settings: what a moderator asks for, what it makes different, and the line that the log keeps of it.

use std::collections::BTreeSet;

use super::{ChannelId, Elsewhere, Rule, Settings, UserId, id_from_number};
use crate::digest::{DigestId, Digests, Planned};

/// What a moderator asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The rule for each of these channels is to be this, or none.
    Rule(Vec<ChannelId>, Option<Rule>),
    /// There is to be no rule.
    ClearRules,
    /// What happens where answers may not be public.
    Elsewhere(Elsewhere),
    /// How many public answers there may be in a channel within a minute.
    Pace(u16),
    /// The channel where failed digests are reported.
    FailureChannel(Option<ChannelId>),
    /// A digest is to be this, or not to be.
    Digest(DigestId, Option<Planned>),
    /// All of these at once; without digests, these stay.
    All(Settings, Option<Digests>),
}

/// One thing that can be set, with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The rule for a channel.
    Rule(ChannelId, Option<Rule>),
    /// What happens where answers may not be public.
    Elsewhere(Elsewhere),
    /// How many public answers there may be in a channel within a minute.
    Pace(u16),
    /// The channel where failed digests are reported.
    FailureChannel(Option<ChannelId>),
    /// A digest.
    Digest(DigestId, Option<Planned>),
}

/// What a change makes different: the same thing with two values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// As it was.
    pub from: Value,
    /// As it is.
    pub to: Value,
}

/// A line of the log: who changed what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who.
    pub member: UserId,
    /// What.
    pub what: Difference,
}

impl Change {
    /// What differs once it is made; nothing where all is so already.
    pub fn differences(&self, settings: &Settings, digests: &Digests) -> Vec<Difference> {
        let values = self.values(settings, digests).into_iter();
        let differences = values.map(|to| Difference { from: to.current(settings, digests), to });
        differences.filter(|one| one.from != one.to).collect()
    }

    /// What is to be so, whether or not it is already.
    fn values(&self, settings: &Settings, digests: &Digests) -> Vec<Value> {
        match self {
            Self::Rule(channels, rule) => {
                channels.iter().map(|channel| Value::Rule(*channel, *rule)).collect()
            }
            Self::ClearRules => {
                settings.rules.iter().map(|(channel, _)| Value::Rule(channel, None)).collect()
            }
            Self::Elsewhere(elsewhere) => vec![Value::Elsewhere(*elsewhere)],
            Self::Pace(pace) => vec![Value::Pace(*pace)],
            Self::FailureChannel(channel) => vec![Value::FailureChannel(*channel)],
            Self::Digest(id, planned) => vec![Value::Digest(*id, planned.clone())],
            Self::All(to, all) => {
                let rules = settings.rules.iter().chain(to.rules.iter());
                let channels: BTreeSet<ChannelId> = rules.map(|(channel, _)| channel).collect();
                let rules = channels.into_iter().map(|one| Value::Rule(one, to.rules.of(one)));
                let rest = [
                    Value::Elsewhere(to.elsewhere),
                    Value::Pace(to.pace),
                    Value::FailureChannel(to.failure_channel),
                ];
                let all = all.as_ref().unwrap_or(digests);
                let gone = digests.keys().filter(|id| !all.contains_key(id));
                let gone = gone.map(|id| Value::Digest(*id, None));
                let kept = all.iter().map(|(id, one)| Value::Digest(*id, Some(one.clone())));
                rules.chain(rest).chain(gone).chain(kept).collect()
            }
        }
    }

    /// Whether it takes the digests to know what differs.
    pub const fn is_of_digests(&self) -> bool {
        matches!(self, Self::Digest(..) | Self::All(..))
    }
}

impl Settings {
    /// Sets one thing; a digest is none of them.
    pub fn set(&mut self, value: Value) {
        match value {
            Value::Rule(channel, rule) => self.rules.set(channel, rule),
            Value::Elsewhere(elsewhere) => self.elsewhere = elsewhere,
            Value::Pace(pace) => self.pace = pace,
            Value::FailureChannel(channel) => self.failure_channel = channel,
            Value::Digest(..) => {}
        }
    }
}

/// A value as the log keeps it: what is set, what it is about, and the value; empty where there is none.
type Columns = (&'static str, Option<u64>, String);

impl Value {
    /// What the same thing is set to now.
    fn current(&self, settings: &Settings, digests: &Digests) -> Self {
        match self {
            Self::Rule(channel, _) => Self::Rule(*channel, settings.rules.of(*channel)),
            Self::Elsewhere(_) => Self::Elsewhere(settings.elsewhere),
            Self::Pace(_) => Self::Pace(settings.pace),
            Self::FailureChannel(_) => Self::FailureChannel(settings.failure_channel),
            Self::Digest(id, _) => Self::Digest(*id, digests.get(id).cloned()),
        }
    }

    /// How the log keeps it.
    pub fn to_columns(&self) -> Columns {
        match self {
            Self::Rule(channel, rule) => {
                let rule = rule.map(Rule::name).unwrap_or_default();
                ("rule", Some(channel.get()), rule.to_owned())
            }
            Self::Elsewhere(elsewhere) => ("elsewhere", None, elsewhere.name().to_owned()),
            Self::Pace(pace) => ("pace", None, pace.to_string()),
            Self::FailureChannel(channel) => {
                let channel = channel.map(|channel| channel.to_string());
                ("trouble", None, channel.unwrap_or_default())
            }
            Self::Digest(id, planned) => {
                let planned = planned.as_ref().map(Planned::to_string);
                let id = id.number().cast_unsigned();
                ("digest", Some(id), planned.unwrap_or_default())
            }
        }
    }

    /// Reads what the log keeps; nothing if it is of a version that knew more.
    pub fn from_columns(what: &str, about: Option<u64>, text: &str) -> Option<Self> {
        let channel = || about.and_then(|id| id_from_number(id).ok());
        let digest = || about.and_then(|id| DigestId::from_number(id.cast_signed()));
        Some(match what {
            "rule" if text.is_empty() => Self::Rule(channel()?, None),
            "rule" => Self::Rule(channel()?, Some(Rule::from_name(text)?)),
            "digest" if text.is_empty() => Self::Digest(digest()?, None),
            "digest" => Self::Digest(digest()?, Some(text.parse().ok()?)),
            "elsewhere" => Self::Elsewhere(Elsewhere::from_name(text)?),
            "pace" => Self::Pace(text.parse().ok()?),
            "trouble" if text.is_empty() => Self::FailureChannel(None),
            "trouble" => Self::FailureChannel(Some(text.parse().ok()?)),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Content, Days, Plan, TimeOfDay, Zone};
    use crate::guild::Rules;
    use proptest::prelude::*;

    #[test]
    fn only_what_differs_is_a_difference() {
        let settings = Settings {
            rules: Rules::new([(ChannelId::new(1), Rule::Allow), (ChannelId::new(2), Rule::Block)]),
            ..Settings::default()
        };
        let channels = vec![ChannelId::new(1), ChannelId::new(3)];
        let differences = |change: Change| change.differences(&settings, &Digests::new());
        let made = differences(Change::Rule(channels, Some(Rule::Allow)));
        let expected = Difference {
            from: Value::Rule(ChannelId::new(3), None),
            to: Value::Rule(ChannelId::new(3), Some(Rule::Allow)),
        };
        assert_eq!(made, [expected]);
        assert_eq!(differences(Change::ClearRules).len(), 2);
        assert!(differences(Change::All(settings.clone(), None)).is_empty());
        assert!(differences(Change::Pace(0)).is_empty());
    }

    fn digests() -> impl Strategy<Value = Digests> {
        let digest = (1..5_u64, 0..1_440_i64, 1..128_i64, prop::bool::ANY);
        let digest = digest.prop_map(|(id, at, days, is_paused)| {
            let planned = Planned {
                plan: Plan {
                    channel: ChannelId::new(id),
                    at: TimeOfDay::from_minutes(at).expect("a time"),
                    zone: Zone::from_name("Europe/Kyiv").expect("a zone"),
                    days: Days::from_bits(days).expect("days"),
                    content: Content::Order,
                    role: None,
                    publish: is_paused,
                },
                channel_name: String::new(),
                is_paused,
            };
            (DigestId::from_number(id.cast_signed()).expect("an id"), planned)
        });
        prop::collection::vec(digest, 0..4).prop_map(|all| all.into_iter().collect())
    }

    fn settings() -> impl Strategy<Value = Settings> {
        let rule = (1..9_u64, prop::bool::ANY).prop_map(|(channel, allows)| {
            let rule = if allows { Rule::Allow } else { Rule::Block };
            (ChannelId::new(channel), rule)
        });
        let failure_channel = prop::option::of((1..9_u64).prop_map(ChannelId::new));
        (prop::collection::vec(rule, 0..8), prop::bool::ANY, 0..61_u16, failure_channel).prop_map(
            |(rules, refuses, pace, failure_channel)| Settings {
                rules: Rules::new(rules),
                elsewhere: Elsewhere::ALL[usize::from(refuses)],
                pace,
                failure_channel,
            },
        )
    }

    proptest! {
        #[test]
        fn the_differences_lead_from_one_to_the_other(
            before in (settings(), digests()), after in (settings(), digests()),
        ) {
            let (mut made, mut made_digests) = before.clone();
            for difference in Change::All(after.0.clone(), Some(after.1.clone())).differences(&before.0, &before.1) {
                for value in [&difference.from, &difference.to] {
                    let (what, about, text) = value.to_columns();
                    prop_assert_eq!(Value::from_columns(what, about, &text), Some(value.clone()));
                }
                match difference.to {
                    Value::Digest(id, None) => drop(made_digests.remove(&id)),
                    Value::Digest(id, Some(planned)) => drop(made_digests.insert(id, planned)),
                    value => made.set(value),
                }
            }
            prop_assert_eq!((made, made_digests), after);
        }
    }
}
