//! Channel rules, which decide where responses may be public.

use std::collections::BTreeMap;

use super::ChannelId;

/// The rule for a channel, category or thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Rule {
    /// Responses may be public.
    Allow,
    /// Responses may not be public.
    Block,
}

impl Rule {
    /// The name in the database and in exported files.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The rules of a guild, at most one per channel, category or thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules(BTreeMap<ChannelId, Rule>);

/// Maximum number of rules per guild. Discord allows 500 channels, and a category's rule applies to
/// all of its channels.
pub const RULES_MAX: usize = 200;

/// A channel with its ancestors, most specific first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelPath {
    /// The thread, if the channel is one.
    pub thread: Option<ChannelId>,
    /// The channel itself, or the thread's parent channel.
    pub channel: ChannelId,
    pub category: Category,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    Known(ChannelId),
    /// The channel is in no category.
    None,
    /// The channel is hidden from the bot, so its category is unknown.
    NotVisible,
    /// Not loaded yet, or failed to load.
    Unknown,
}

/// Whether responses may be public in a channel, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Public: the guild has no rules.
    NoRules,
    /// Decided by the rule for this channel, category or thread.
    ByRule(Rule, ChannelId),
    /// Public: no rule applies, and no other channel is explicitly allowed.
    NotBlocked,
    /// Not public: no rule applies, but other channels are explicitly allowed.
    NotAllowed,
}

impl Decision {
    /// Whether responses may be public.
    pub const fn can_post(self) -> bool {
        match self {
            Self::NoRules | Self::NotBlocked | Self::ByRule(Rule::Allow, _) => true,
            Self::NotAllowed | Self::ByRule(Rule::Block, _) => false,
        }
    }
}

impl Rules {
    /// If a channel occurs twice, the last rule wins.
    pub fn new(rules: impl IntoIterator<Item = (ChannelId, Rule)>) -> Self {
        Self(rules.into_iter().collect())
    }

    pub fn get(&self, channel: ChannelId) -> Option<Rule> {
        self.0.get(&channel).copied()
    }

    /// Sets the rule of a channel; `None` removes it.
    pub fn set(&mut self, channel: ChannelId, rule: Option<Rule>) {
        match rule {
            Some(rule) => self.0.insert(channel, rule),
            None => self.0.remove(&channel),
        };
    }

    pub fn iter(&self) -> impl Iterator<Item = (ChannelId, Rule)> {
        self.0.iter().map(|(channel, rule)| (*channel, *rule))
    }

    /// The channels with this rule.
    pub fn channels(&self, rule: Rule) -> impl Iterator<Item = ChannelId> {
        self.iter().filter(move |(_, one)| *one == rule).map(|(channel, _)| channel)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Decides whether responses may be public in a channel. The most specific rule wins: thread,
    /// then channel, then category. Without a rule, they may unless another channel is explicitly
    /// allowed. Returns `None` if the result depends on the category and it is unknown.
    pub fn decide(&self, path: ChannelPath) -> Option<Decision> {
        if self.is_empty() {
            return Some(Decision::NoRules);
        }
        let ruled = |channel| Some(Decision::ByRule(self.get(channel)?, channel));
        let nearer = path.thread.and_then(ruled).or_else(|| ruled(path.channel));
        if nearer.is_some() {
            return nearer;
        }
        let of_category = match path.category {
            Category::NotVisible | Category::Unknown => return None,
            Category::None => None,
            Category::Known(category) => ruled(category),
        };
        Some(of_category.unwrap_or_else(|| {
            if self.channels(Rule::Allow).next().is_some() {
                Decision::NotAllowed
            } else {
                Decision::NotBlocked
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREAD: ChannelId = ChannelId::new(1);
    const CHANNEL: ChannelId = ChannelId::new(2);
    const CATEGORY: ChannelId = ChannelId::new(3);
    const OTHER: ChannelId = ChannelId::new(4);

    const IN_THREAD: ChannelPath =
        ChannelPath { thread: Some(THREAD), channel: CHANNEL, category: Category::Known(CATEGORY) };

    #[test]
    fn the_most_specific_rule_wins_and_an_allowed_channel_blocks_the_rest() {
        use Decision::{ByRule, NoRules, NotAllowed, NotBlocked};
        use Rule::{Allow, Block};
        for (rules, decided) in [
            (vec![], NoRules),
            (vec![(OTHER, Block)], NotBlocked),
            (vec![(OTHER, Allow)], NotAllowed),
            (vec![(OTHER, Allow), (CATEGORY, Allow)], ByRule(Allow, CATEGORY)),
            (vec![(CATEGORY, Allow), (CHANNEL, Block)], ByRule(Block, CHANNEL)),
            (vec![(CATEGORY, Allow), (CHANNEL, Block), (THREAD, Allow)], ByRule(Allow, THREAD)),
            (vec![(CATEGORY, Block)], ByRule(Block, CATEGORY)),
        ] {
            assert_eq!(Rules::new(rules.clone()).decide(IN_THREAD), Some(decided), "{rules:?}");
        }
    }

    #[test]
    fn the_category_is_needed_only_if_its_rule_decides() {
        let path = ChannelPath { category: Category::Unknown, ..IN_THREAD };
        let decide = |rules: &[(ChannelId, Rule)]| {
            Rules::new(rules.iter().copied()).decide(path).map(Decision::can_post)
        };
        assert_eq!(decide(&[]), Some(true));
        assert_eq!(decide(&[(CHANNEL, Rule::Block)]), Some(false));
        assert_eq!(decide(&[(OTHER, Rule::Block)]), None);
    }
}
