//! The visibility of an answer: the guild's rules and the channel's rate limit.

use tokio::time::Instant;

use super::origin::{InteractionOrigin, VisibilityPolicy};
use crate::card::{Argument, Refusal, Text};
use crate::discord::cache::Cache;
use crate::discord::sliding_window::SlidingWindow;
use crate::guild::{ChannelId, ChannelInfo, Elsewhere, Rule, Settings};
use crate::locale::Locale;

/// Whether an answer may be public, or what happens instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Visibility {
    /// Public, up to this many times per minute; 0 means unlimited.
    Public { pace: u16 },
    /// Ephemeral.
    Private(PrivateReason),
    /// Refused here; these channels are allowed.
    Refused(Vec<ChannelId>),
}

/// Why an answer is private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PrivateReason {
    /// Expected, so no note explains it.
    Expected,
    /// A rule of the guild; these channels are allowed.
    ChannelRule(Vec<ChannelId>),
    /// The channel's rate limit was reached.
    PaceExceeded(u16),
    /// The guild's settings cannot be read.
    SettingsUnavailable,
    /// The channel's category decides, and the bot cannot see it.
    CategoryHidden,
    /// The channel's category decides, and could not be loaded.
    CategoryUnavailable,
}

/// The most allowed channels that a refusal lists.
const NAMED_MAX: usize = 3;

impl Visibility {
    /// The visibility by the settings. `None` if it depends on an unknown category.
    pub(super) fn decide(location: &ChannelInfo, settings: &Settings) -> Option<Self> {
        if location.decide(settings)?.can_post() {
            return Some(Self::Public { pace: settings.pace });
        }
        let allowed = settings.rules.channels(Rule::Allow).take(NAMED_MAX).collect();
        Some(match settings.elsewhere {
            Elsewhere::Private => Self::Private(PrivateReason::ChannelRule(allowed)),
            Elsewhere::Refuse => Self::Refused(allowed),
        })
    }

    /// Whether a private answer may be shared from here.
    pub(super) fn may_share(&self, origin: &InteractionOrigin<'_>) -> bool {
        match origin.policy {
            VisibilityPolicy::Nobody => false,
            VisibilityPolicy::Discord { may_share } => may_share,
            VisibilityPolicy::Moderators(..) => matches!(self, Self::Public { .. }),
        }
    }
}

impl PrivateReason {
    /// The note above the answer that explains why it is private.
    pub(super) fn note(&self, locale: &Locale) -> Option<Text> {
        let note =
            |key: &str, values: &[(&str, Argument<'_>)]| Some(Text::format(locale, key, values));
        match self {
            Self::Expected => None,
            Self::ChannelRule(allowed) if allowed.is_empty() => note("private-blocked", &[]),
            Self::ChannelRule(allowed) => {
                note("private-elsewhere", &[("channels", allowed.as_slice().into())])
            }
            Self::PaceExceeded(max) => {
                note("private-paced", &[("count", usize::from(*max).into())])
            }
            Self::SettingsUnavailable => note("private-no-settings", &[]),
            Self::CategoryHidden => note("private-no-category", &[]),
            Self::CategoryUnavailable => note("private-unchecked", &[]),
        }
    }
}

/// The refusal in channels without answers.
pub(super) fn channel_refusal(allowed: &[ChannelId]) -> Refusal {
    match allowed.is_empty() {
        true => Refusal::new("refuse-blocked"),
        false => Refusal::new("refuse-elsewhere").with("channels", allowed),
    }
}

/// The public answers of the last minute, per channel with a rate limit.
#[derive(Debug, Default)]
pub(super) struct PaceLimiter(Cache<CHANNELS_MAX, ChannelId, SlidingWindow<60>>);

/// The channel that was quiet for the longest time is evicted.
const CHANNELS_MAX: usize = 10_000;

impl PaceLimiter {
    /// Counts a public answer. Returns whether it is within the rate limit.
    pub(super) fn allows(&self, channel: ChannelId, max: u16, now: Instant) -> bool {
        if max == 0 {
            return true;
        }
        self.0.change(channel, |answers| {
            let has_room = answers.events(now).len() < usize::from(max);
            if has_room {
                answers.push(now, ());
            }
            has_room
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn public_answers_are_limited_per_minute() {
        let (pace, start) = (PaceLimiter::default(), Instant::now());
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
