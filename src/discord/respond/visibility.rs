//! Whether an answer is for everyone: what the moderators decided, and how many there have been lately.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::origin::{Place, VisibilityPolicy};
use crate::card::{Filling, Mention, Refusal, Text};
use crate::guild::{ChannelId, Decision, Elsewhere, Rule, Settings};
use crate::locale::Locale;

/// Whether an answer may be public, and if not, what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Visibility {
    /// It may, so many times a minute; 0: any number.
    Public { pace: u16 },
    /// It is given to the one who asked alone.
    Private(Why),
    /// It is not given here.
    Refused(Vec<ChannelId>),
}

/// Why an answer is private that would have been public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Nobody has to be told: nothing else was to be expected.
    Usual,
    /// The moderators have it so here; these channels are allowed.
    Ruled(Vec<ChannelId>),
    /// There have been so many within a minute.
    Paced(u16),
    /// What the moderators decided cannot be read.
    NoSettings,
    /// What category the channel is in cannot be seen, and that decides.
    NoCategory,
    /// The same, where it could not be found out for another reason.
    Unchecked,
}

/// The most allowed channels that are named to those who ask elsewhere.
const NAMED_MAX: usize = 3;

impl Visibility {
    /// What the settings say of a place. `None` where it takes a category that is not known.
    pub(super) fn of(place: &Place, settings: &Settings) -> Option<Self> {
        match &place.ruled_by {
            VisibilityPolicy::Nobody | VisibilityPolicy::Discord { .. } => {
                Some(Self::Public { pace: 0 })
            }
            VisibilityPolicy::Moderators(_, location) => {
                let decision = location.decide(settings)?;
                Some(Self::decided(decision, settings))
            }
        }
    }

    fn decided(decision: Decision, settings: &Settings) -> Self {
        if decision.may_speak() {
            let pace = settings.pace;
            return Self::Public { pace };
        }
        let allowed = settings.rules.channels(Rule::Allow);
        let allowed = allowed.take(NAMED_MAX).collect();
        match settings.elsewhere {
            Elsewhere::Private => Self::Private(Why::Ruled(allowed)),
            Elsewhere::Refuse => Self::Refused(allowed),
        }
    }

    /// Whether a private answer may be shown to everyone from here.
    pub(super) fn may_share(&self, place: &Place) -> bool {
        match place.ruled_by {
            VisibilityPolicy::Nobody => false,
            VisibilityPolicy::Discord { may_share } => may_share,
            VisibilityPolicy::Moderators(..) => matches!(self, Self::Public { .. }),
        }
    }
}

impl Why {
    /// What is said of it above the answer.
    pub(super) fn note(&self, locale: &Locale) -> Option<Text> {
        let say = |key: &str, values: &[(&str, Filling<'_>)]| Some(Text::say(locale, key, values));
        match self {
            Self::Usual => None,
            Self::Ruled(allowed) if allowed.is_empty() => say("private-blocked", &[]),
            Self::Ruled(allowed) => say("private-elsewhere", &[("channels", mentions(allowed))]),
            Self::Paced(most) => say("private-paced", &[("count", usize::from(*most).into())]),
            Self::NoSettings => say("private-no-settings", &[]),
            Self::NoCategory => say("private-no-category", &[]),
            Self::Unchecked => say("private-unchecked", &[]),
        }
    }
}

fn mentions(channels: &[ChannelId]) -> Filling<'static> {
    let mentions: Vec<Mention> = channels.iter().copied().map(Mention::Channel).collect();
    mentions.into()
}

/// The refusal where questions are not answered.
pub(super) fn not_here(allowed: &[ChannelId]) -> Refusal {
    Refusal::AnsweredElsewhere { allowed: allowed.to_vec() }
}

/// The public answers of the last minute, in those channels that have a pace.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<ChannelId, VecDeque<Instant>>>);

const MINUTE: Duration = Duration::from_secs(60);

/// With more channels than this, those in which nothing was said within the minute are forgotten.
const CHANNELS_MAX: usize = 10_000;

impl Pace {
    /// Counts a public answer, and says whether it still may be one.
    pub(super) fn allows(&self, channel: ChannelId, most: u16, now: Instant) -> bool {
        if most == 0 {
            return true;
        }
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_past = |time: &Instant| now.saturating_duration_since(*time) >= MINUTE;
        if channels.len() >= CHANNELS_MAX && !channels.contains_key(&channel) {
            channels.retain(|_, times| times.back().is_some_and(|last| !is_past(last)));
            if channels.len() >= CHANNELS_MAX {
                return true;
            }
        }
        let times = channels.entry(channel).or_default();
        while times.front().is_some_and(is_past) {
            times.pop_front();
        }
        let has_room = times.len() < usize::from(most);
        if has_room {
            times.push_back(now);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_answers_a_minute_are_public_and_no_more() {
        let (pace, start) = (Pace::default(), Instant::now());
        let channel = ChannelId::new(1);
        let at = |seconds| start + Duration::from_secs(seconds);
        let allowed: Vec<bool> = [0, 10, 20, 59, 60, 61, 70]
            .into_iter()
            .map(|seconds| pace.allows(channel, 2, at(seconds)))
            .collect();
        assert_eq!(allowed, [true, true, false, false, true, false, true]);
        assert!(pace.allows(ChannelId::new(2), 2, at(20)), "another channel");
        assert!(pace.allows(channel, 0, at(70)), "no pace");
    }
}
