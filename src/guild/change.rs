//! A change of a server's settings: what a moderator asks for, what it makes different, and the line that the log keeps of it.

use super::{ChannelId, Elsewhere, MemberId, Rule, Settings};

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
    /// Where a failed digest is told of.
    Trouble(Option<ChannelId>),
    /// All of these at once.
    All(Settings),
}

/// One thing that can be set, with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// The rule for a channel.
    Rule(ChannelId, Option<Rule>),
    /// What happens where answers may not be public.
    Elsewhere(Elsewhere),
    /// How many public answers there may be in a channel within a minute.
    Pace(u16),
    /// Where a failed digest is told of.
    Trouble(Option<ChannelId>),
}

/// What a change makes different: the same thing with two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// As it was.
    pub from: Value,
    /// As it is.
    pub to: Value,
}

/// A line of the log: who changed what, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who.
    pub member: MemberId,
    /// What.
    pub what: Difference,
}

impl Change {
    /// What differs once it is made; nothing where all is so already.
    pub fn differences(&self, settings: &Settings) -> Vec<Difference> {
        let rule = |channel, rule| Difference {
            from: Value::Rule(channel, settings.rules.of(channel)),
            to: Value::Rule(channel, rule),
        };
        let all = match self {
            Self::Rule(channels, to) => channels.iter().map(|one| rule(*one, *to)).collect(),
            Self::ClearRules => settings
                .rules
                .iter()
                .map(|(channel, _)| rule(channel, None))
                .collect(),
            Self::Elsewhere(to) => vec![Difference {
                from: Value::Elsewhere(settings.elsewhere),
                to: Value::Elsewhere(*to),
            }],
            Self::Pace(to) => vec![Difference {
                from: Value::Pace(settings.pace),
                to: Value::Pace(*to),
            }],
            Self::Trouble(to) => vec![Difference {
                from: Value::Trouble(settings.trouble),
                to: Value::Trouble(*to),
            }],
            Self::All(to) => {
                let gone = settings.rules.iter().map(|(channel, _)| channel);
                let come = to.rules.iter().map(|(channel, _)| channel);
                let mut channels: Vec<ChannelId> = gone.chain(come).collect();
                channels.sort_unstable();
                channels.dedup();
                let rules = channels.iter().map(|one| rule(*one, to.rules.of(*one)));
                let rest = [
                    Self::Elsewhere(to.elsewhere),
                    Self::Pace(to.pace),
                    Self::Trouble(to.trouble),
                ];
                let rest = rest.iter().flat_map(|one| one.differences(settings));
                rules.chain(rest).collect()
            }
        };
        all.into_iter().filter(|one| one.from != one.to).collect()
    }
}

impl Settings {
    /// Sets one thing.
    pub fn set(&mut self, value: Value) {
        match value {
            Value::Rule(channel, rule) => self.rules.set(channel, rule),
            Value::Elsewhere(elsewhere) => self.elsewhere = elsewhere,
            Value::Pace(pace) => self.pace = pace,
            Value::Trouble(trouble) => self.trouble = trouble,
        }
    }
}

/// A value as the log keeps it: what is set, what it is about, and the value; empty where there is none.
pub(super) type Written = (&'static str, Option<ChannelId>, String);

impl Value {
    /// How the log keeps it.
    pub fn written(self) -> Written {
        match self {
            Self::Rule(channel, rule) => {
                let rule = rule.map(Rule::name).unwrap_or_default();
                ("rule", Some(channel), rule.to_owned())
            }
            Self::Elsewhere(elsewhere) => ("elsewhere", None, elsewhere.name().to_owned()),
            Self::Pace(pace) => ("pace", None, pace.to_string()),
            Self::Trouble(channel) => {
                let channel = channel.map(|channel| channel.to_string());
                ("trouble", None, channel.unwrap_or_default())
            }
        }
    }

    /// Reads what the log keeps; nothing if it is of a version that knew more.
    pub fn read(what: &str, about: Option<ChannelId>, text: &str) -> Option<Self> {
        Some(match what {
            "rule" if text.is_empty() => Self::Rule(about?, None),
            "rule" => Self::Rule(about?, Some(Rule::named(text)?)),
            "elsewhere" => Self::Elsewhere(Elsewhere::named(text)?),
            "pace" => Self::Pace(text.parse().ok()?),
            "trouble" if text.is_empty() => Self::Trouble(None),
            "trouble" => Self::Trouble(Some(text.parse().ok()?)),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guild::Rules;
    use proptest::prelude::*;

    #[test]
    fn only_what_differs_is_a_difference() {
        let settings = Settings {
            rules: Rules::new([(ChannelId(1), Rule::Allow), (ChannelId(2), Rule::Block)]),
            ..Settings::default()
        };
        let channels = vec![ChannelId(1), ChannelId(3)];
        let differences = Change::Rule(channels, Some(Rule::Allow)).differences(&settings);
        let expected = Difference {
            from: Value::Rule(ChannelId(3), None),
            to: Value::Rule(ChannelId(3), Some(Rule::Allow)),
        };
        assert_eq!(differences, [expected]);
        assert_eq!(Change::ClearRules.differences(&settings).len(), 2);
        assert!(
            Change::All(settings.clone())
                .differences(&settings)
                .is_empty()
        );
        assert!(Change::Pace(0).differences(&settings).is_empty());
    }

    fn settings() -> impl Strategy<Value = Settings> {
        let rule = (1..9_u64, prop::bool::ANY).prop_map(|(channel, allows)| {
            let rule = if allows { Rule::Allow } else { Rule::Block };
            (ChannelId(channel), rule)
        });
        let trouble = prop::option::of((1..9_u64).prop_map(ChannelId));
        (
            prop::collection::vec(rule, 0..8),
            prop::bool::ANY,
            0..61_u16,
            trouble,
        )
            .prop_map(|(rules, refuses, pace, trouble)| Settings {
                rules: Rules::new(rules),
                elsewhere: Elsewhere::ALL[usize::from(refuses)],
                pace,
                trouble,
            })
    }

    proptest! {
        #[test]
        fn the_differences_lead_from_one_to_the_other(before in settings(), after in settings()) {
            let mut made = before.clone();
            for difference in Change::All(after.clone()).differences(&before) {
                for value in [difference.from, difference.to] {
                    let (what, about, text) = value.written();
                    prop_assert_eq!(Value::read(what, about, &text), Some(value));
                }
                made.set(difference.to);
            }
            prop_assert_eq!(made, after);
        }
    }
}
