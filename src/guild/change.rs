//! Changes to a guild's settings: the request, the resulting differences, and their form in the
//! change log.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use super::{ChannelId, Elsewhere, RULES_MAX, Rule, Settings, UserId, id_from_number};
use crate::digest::{DIGESTS_MAX, DigestId, Digests, PlannedDigest};

/// A requested change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets these values, unless there were more rules than there may be.
    Set(Vec<SettingValue>),
    /// Sets a digest, unless it is no longer as in `before`, another one repeats it at that time, or
    /// there is no room for it.
    SaveDigest { id: DigestId, before: Option<PlannedDigest>, planned: PlannedDigest, now: i64 },
    /// Pauses or resumes a digest, whatever its plan is by now.
    PauseDigest { id: DigestId, is_paused: bool },
    /// Removes all rules.
    ClearRules,
    /// Replaces all settings at once; without digests, the existing ones stay.
    All(Settings, Option<Digests>),
}

/// A single setting with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// The rule of a channel, if it has one.
    Rule(ChannelId, Option<Rule>),
    Elsewhere(Elsewhere),
    /// Maximum number of public responses per channel and minute.
    Pace(u16),
    /// The channel where failed digests are reported.
    FailureChannel(Option<ChannelId>),
    /// Whether there are pictures.
    Pictures(bool),
    /// A digest; `None` if there is none with this id.
    Digest(DigestId, Option<PlannedDigest>),
}

/// A setting before and after a change. Both values are of the same setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub from: SettingValue,
    pub to: SettingValue,
}

/// An entry of the change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// In seconds since 1970.
    pub at: i64,
    pub member: UserId,
    pub difference: Difference,
}

impl Change {
    /// The settings that the change would modify; empty if it changes nothing.
    pub fn differences(&self, settings: &Settings, digests: &Digests) -> Vec<Difference> {
        let values = self.values(settings, digests).into_iter();
        let differences = values.map(|to| Difference { from: to.current(settings, digests), to });
        differences.filter(|one| one.from != one.to).collect()
    }

    /// The requested values, including those that are set already.
    fn values(&self, settings: &Settings, digests: &Digests) -> Vec<SettingValue> {
        match self {
            Self::Set(values) => {
                let mut changed = settings.clone();
                values.iter().for_each(|value| changed.apply(value.clone()));
                let has_room = changed.rules.len() <= RULES_MAX.max(settings.rules.len());
                if has_room { values.clone() } else { Vec::new() }
            }
            Self::SaveDigest { id, before, planned, now } => {
                let mut others = digests.iter().filter(|(other, _)| *other != id);
                let is_repeated = others.any(|(_, one)| one.plan.repeats(&planned.plan, *now));
                let has_room = digests.contains_key(id) || digests.len() < DIGESTS_MAX;
                let is_current = planned.may_replace(digests.get(id), before.as_ref());
                let is_saved = has_room && !is_repeated && is_current;
                is_saved
                    .then(|| SettingValue::Digest(*id, Some(planned.clone())))
                    .into_iter()
                    .collect()
            }
            Self::PauseDigest { id, is_paused } => {
                let digest = digests.get(id).cloned();
                let planned =
                    digest.map(|digest| PlannedDigest { is_paused: *is_paused, ..digest });
                vec![SettingValue::Digest(*id, planned)]
            }
            Self::ClearRules => settings
                .rules
                .iter()
                .map(|(channel, _)| SettingValue::Rule(channel, None))
                .collect(),
            Self::All(to, all) => {
                let rules = settings.rules.iter().chain(to.rules.iter());
                let channels: BTreeSet<ChannelId> = rules.map(|(channel, _)| channel).collect();
                let rules =
                    channels.into_iter().map(|one| SettingValue::Rule(one, to.rules.get(one)));
                let rest = [
                    SettingValue::Elsewhere(to.elsewhere),
                    SettingValue::Pace(to.pace),
                    SettingValue::FailureChannel(to.failure_channel),
                    SettingValue::Pictures(to.pictures),
                ];
                let all = all.as_ref().unwrap_or(digests);
                let gone = digests.keys().filter(|id| !all.contains_key(id));
                let gone = gone.map(|id| SettingValue::Digest(*id, None));
                let kept = all.iter().map(|(id, one)| SettingValue::Digest(*id, Some(one.clone())));
                rules.chain(rest).chain(gone).chain(kept).collect()
            }
        }
    }
}

impl From<SettingValue> for Change {
    fn from(value: SettingValue) -> Self {
        Self::Set(vec![value])
    }
}

impl Settings {
    /// Applies a single value. Digests are stored separately and ignored here.
    pub fn apply(&mut self, value: SettingValue) {
        match value {
            SettingValue::Rule(channel, rule) => self.rules.set(channel, rule),
            SettingValue::Elsewhere(elsewhere) => self.elsewhere = elsewhere,
            SettingValue::Pace(pace) => self.pace = pace,
            SettingValue::FailureChannel(channel) => self.failure_channel = channel,
            SettingValue::Pictures(is_on) => self.pictures = is_on,
            SettingValue::Digest(..) => {}
        }
    }
}

/// A value in the change log: the setting, the id of the channel or digest it concerns, and the
/// value (empty for none).
type Columns = (&'static str, Option<u64>, String);

impl SettingValue {
    /// Returns the current value of the same setting.
    fn current(&self, settings: &Settings, digests: &Digests) -> Self {
        match self {
            Self::Rule(channel, _) => Self::Rule(*channel, settings.rules.get(*channel)),
            Self::Elsewhere(_) => Self::Elsewhere(settings.elsewhere),
            Self::Pace(_) => Self::Pace(settings.pace),
            Self::FailureChannel(_) => Self::FailureChannel(settings.failure_channel),
            Self::Pictures(_) => Self::Pictures(settings.pictures),
            Self::Digest(id, _) => Self::Digest(*id, digests.get(id).cloned()),
        }
    }

    /// Serializes the value for the change log.
    pub fn to_columns(&self) -> Columns {
        match self {
            Self::Rule(channel, rule) => {
                ("rule", Some(channel.get()), optional_text(rule.map(Rule::name)))
            }
            Self::Elsewhere(elsewhere) => ("elsewhere", None, elsewhere.name().to_owned()),
            Self::Pace(pace) => ("pace", None, pace.to_string()),
            Self::FailureChannel(channel) => ("trouble", None, optional_text(*channel)),
            Self::Pictures(is_on) => ("pictures", None, if *is_on { "on" } else { "off" }.into()),
            Self::Digest(id, planned) => {
                ("digest", Some(id.number().cast_unsigned()), optional_text(planned.as_ref()))
            }
        }
    }

    /// Parses a value of the change log; `None` if a newer version wrote it.
    pub fn from_columns(what: &str, about: Option<u64>, text: &str) -> Option<Self> {
        let channel = || about.and_then(id_from_number);
        let digest = || about.and_then(|id| DigestId::from_number(id.cast_signed()));
        Some(match what {
            "rule" => Self::Rule(channel()?, parse_optional(text)?),
            "digest" => Self::Digest(digest()?, parse_optional(text)?),
            "elsewhere" => Self::Elsewhere(text.parse().ok()?),
            "pace" => Self::Pace(text.parse().ok()?),
            "trouble" => Self::FailureChannel(parse_optional(text)?),
            "pictures" if text == "on" => Self::Pictures(true),
            "pictures" if text == "off" => Self::Pictures(false),
            _ => return None,
        })
    }
}

fn optional_text(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The inverse of [`optional_text`]; `None` if the text is invalid.
fn parse_optional<T: FromStr>(text: &str) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Content, Days, Plan, TimeOfDay, Zone};
    use crate::guild::Rules;
    use proptest::prelude::*;

    #[test]
    fn unchanged_values_are_not_reported_as_differences() {
        let settings = Settings {
            rules: Rules::new([(ChannelId::new(1), Rule::Allow), (ChannelId::new(2), Rule::Block)]),
            ..Settings::default()
        };
        let rules =
            [1, 3].map(|channel| SettingValue::Rule(ChannelId::new(channel), Some(Rule::Allow)));
        let differences = |change: Change| change.differences(&settings, &Digests::new());
        let changed = differences(Change::Set(rules.into()));
        let expected = Difference {
            from: SettingValue::Rule(ChannelId::new(3), None),
            to: SettingValue::Rule(ChannelId::new(3), Some(Rule::Allow)),
        };
        assert_eq!(changed, [expected]);
        assert_eq!(differences(Change::ClearRules).len(), 2);
        assert!(differences(Change::All(settings.clone(), None)).is_empty());
        assert!(differences(SettingValue::Pace(0).into()).is_empty());
    }

    #[test]
    fn no_rule_is_set_beyond_the_limit() {
        let rule = |channel: usize| (ChannelId::new(channel as u64), Rule::Allow);
        let rules = Rules::new((1..RULES_MAX).map(rule));
        let settings = Settings { rules, ..Settings::default() };
        let set = |channels: &[usize]| {
            let values = channels.iter().map(|channel| rule(*channel));
            let values = values.map(|(channel, rule)| SettingValue::Rule(channel, Some(rule)));
            Change::Set(values.collect()).differences(&settings, &Digests::new()).len()
        };
        assert_eq!(set(&[RULES_MAX]), 1);
        assert_eq!(set(&[RULES_MAX, RULES_MAX + 1]), 0);
        assert_eq!(set(&[1, RULES_MAX]), 1);
    }

    #[test]
    fn a_digest_that_repeats_another_is_not_saved_nor_one_too_many() {
        let id = |number: i64| DigestId::from_number(number).expect("an id");
        let save = |number, channel, digests: &Digests| {
            let (id, planned) = (id(number), planned(channel));
            let before = digests.get(&id).cloned();
            let change = Change::SaveDigest { id, before, planned, now: 0 };
            change.differences(&Settings::default(), digests).len()
        };
        let one = Digests::from([(id(1), planned(1))]);
        assert_eq!(save(2, 1, &one), 0, "a repetition");
        assert_eq!(save(1, 1, &one), 0, "no change");
        assert_eq!(save(1, 2, &one), 1, "another channel");
        let most = DIGESTS_MAX as i64;
        let all: Digests = (1..=most).map(|number| (id(number), planned(number))).collect();
        assert_eq!(save(most + 1, most + 1, &all), 0, "no room");
        assert_eq!(save(most, most + 1, &all), 1, "one that is there");
    }

    #[test]
    fn a_digest_is_saved_only_if_it_is_as_it_was_when_the_draft_was_made() {
        let id = DigestId::from_number(1).expect("an id");
        let paused = PlannedDigest { is_paused: true, ..planned(1) };
        for (before, current, is_saved) in [
            (None, None, true),
            (Some(planned(1)), Some(planned(1)), true),
            (Some(planned(1)), Some(planned(2)), false),
            (Some(planned(1)), Some(paused.clone()), false),
            (Some(planned(1)), None, false),
            (None, Some(planned(1)), false),
        ] {
            let digests: Digests = current.map(|current| (id, current)).into_iter().collect();
            let change = Change::SaveDigest { id, before, planned: planned(3), now: 0 };
            let differences = change.differences(&Settings::default(), &digests);
            assert_eq!(!differences.is_empty(), is_saved, "{change:?} {digests:?}");
        }
    }

    #[test]
    fn pausing_changes_nothing_else_of_a_digest() {
        let id = DigestId::from_number(1).expect("an id");
        let pause = Change::PauseDigest { id, is_paused: true };
        let differences = |digests: &Digests| pause.differences(&Settings::default(), digests);
        let changed = differences(&Digests::from([(id, planned(2))]));
        let paused = PlannedDigest { is_paused: true, ..planned(2) };
        assert_eq!(changed[0].to, SettingValue::Digest(id, Some(paused.clone())));
        assert!(differences(&Digests::from([(id, paused)])).is_empty());
        assert!(differences(&Digests::new()).is_empty(), "it is not brought back");
    }

    fn planned(channel: i64) -> PlannedDigest {
        let plan = Plan {
            channel: ChannelId::new(channel.cast_unsigned()),
            at: TimeOfDay::from_minutes(540).expect("a time"),
            zone: Zone::from_name("Europe/Kyiv").expect("a zone"),
            days: Days::DAILY,
            content: Content::Order,
            role: None,
            publish: false,
        };
        PlannedDigest { plan, channel_name: String::new(), is_paused: false }
    }

    fn digests() -> impl Strategy<Value = Digests> {
        let digest = (1..5_i64, 0..1_440_i64, 1..128_i64, prop::bool::ANY);
        let digest = digest.prop_map(|(id, at, days, is_paused)| {
            let mut planned = PlannedDigest { is_paused, ..planned(id) };
            planned.plan.at = TimeOfDay::from_minutes(at).expect("a time");
            planned.plan.days = Days::from_bits(days).expect("days");
            planned.plan.publish = is_paused;
            (DigestId::from_number(id).expect("an id"), planned)
        });
        prop::collection::vec(digest, 0..4).prop_map(|all| all.into_iter().collect())
    }

    fn settings() -> impl Strategy<Value = Settings> {
        let rule = (1..9_u64, prop::bool::ANY).prop_map(|(channel, allows)| {
            let rule = if allows { Rule::Allow } else { Rule::Block };
            (ChannelId::new(channel), rule)
        });
        let failure_channel = prop::option::of((1..9_u64).prop_map(ChannelId::new));
        let flags = (prop::bool::ANY, prop::bool::ANY);
        (prop::collection::vec(rule, 0..8), flags, 0..61_u16, failure_channel).prop_map(
            |(rules, (refuses, pictures), pace, failure_channel)| Settings {
                rules: Rules::new(rules),
                elsewhere: [Elsewhere::Private, Elsewhere::Refuse][usize::from(refuses)],
                pace,
                failure_channel,
                pictures,
            },
        )
    }

    proptest! {
        #[test]
        fn applying_the_differences_leads_to_the_new_settings(
            before in (settings(), digests()), after in (settings(), digests()),
        ) {
            let (mut settings, mut digests) = before.clone();
            for difference in Change::All(after.0.clone(), Some(after.1.clone())).differences(&before.0, &before.1) {
                for value in [&difference.from, &difference.to] {
                    let (what, about, text) = value.to_columns();
                    prop_assert_eq!(SettingValue::from_columns(what, about, &text), Some(value.clone()));
                }
                match difference.to {
                    SettingValue::Digest(id, None) => drop(digests.remove(&id)),
                    SettingValue::Digest(id, Some(planned)) => drop(digests.insert(id, planned)),
                    value => settings.apply(value),
                }
            }
            prop_assert_eq!((settings, digests), after);
        }
    }
}
