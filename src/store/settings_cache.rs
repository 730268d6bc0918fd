//! The settings of servers that were read lately: those that are asked in again wait for no database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::guild::{GuildId, Settings};

/// How many servers are remembered at most. A server's settings take about 100 bytes, and 16 for each rule.
pub(super) const SERVERS_MAX: usize = 10_000;

/// The servers that were asked in lately, in two generations: when the young one is full, it takes the place of the old one. So the
/// least used are forgotten, at the cost of no list.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    young: HashMap<GuildId, Arc<Settings>>,
    old: HashMap<GuildId, Arc<Settings>>,
    /// Grows with each change, so that what was read before one is not remembered after it.
    epoch: u64,
    is_deaf: bool,
}

/// When settings began to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Epoch(u64);

impl Known {
    /// The settings of a server, if they are known.
    pub(super) fn of(&self, guild: GuildId) -> Option<Arc<Settings>> {
        let mut state = self.state();
        if let Some(settings) = state.young.get(&guild) {
            return Some(Arc::clone(settings));
        }
        let settings = state.old.remove(&guild)?;
        state.add(guild, Arc::clone(&settings));
        Some(settings)
    }

    /// To be asked before settings are read.
    pub(super) fn now(&self) -> Epoch {
        Epoch(self.state().epoch)
    }

    /// Remembers settings, unless something was changed since they began to be read.
    pub(super) fn remember(&self, guild: GuildId, settings: &Arc<Settings>, read: Epoch) {
        let mut state = self.state();
        if !state.is_deaf && state.epoch == read.0 {
            state.add(guild, Arc::clone(settings));
        }
    }

    /// Remembers what a change made of settings, unless another was made since it began.
    pub(super) fn replace(&self, guild: GuildId, settings: &Arc<Settings>, began: Epoch) {
        let is_latest = self.state().epoch == began.0;
        self.forget(guild);
        if is_latest {
            self.remember(guild, settings, self.now());
        }
    }

    /// Forgets the settings of a server, as they have changed.
    pub(super) fn forget(&self, guild: GuildId) {
        let mut state = self.state();
        state.epoch += 1;
        state.young.remove(&guild);
        state.old.remove(&guild);
    }

    /// Forgets all, as it is not known what has changed.
    pub(super) fn forget_all(&self) {
        let mut state = self.state();
        state.epoch += 1;
        state.young.clear();
        state.old.clear();
    }

    /// Whether the changes that others make are told of. While they are not, nothing is remembered.
    pub(super) fn is_told(&self, is_told: bool) {
        self.forget_all();
        self.state().is_deaf = !is_told;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, guild: GuildId, settings: Arc<Settings>) {
        if self.young.len() == SERVERS_MAX / 2 && !self.young.contains_key(&guild) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(guild, settings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_keeps_what_is_used() {
        let known = Known::default();
        let settings = Arc::new(Settings::default());
        let read = known.now();
        for number in 1..=3 * SERVERS_MAX as u64 {
            known.remember(GuildId::new(number), &settings, read);
            assert!(number < 7 || known.of(GuildId::new(7)).is_some());
        }
        let state = known.state();
        assert!(state.young.len() + state.old.len() <= SERVERS_MAX);
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let known = Known::default();
        let settings = Arc::new(Settings::default());
        let read = known.now();
        known.forget(GuildId::new(1));
        known.remember(GuildId::new(1), &settings, read);
        assert_eq!(known.of(GuildId::new(1)), None);
        known.remember(GuildId::new(1), &settings, known.now());
        assert!(known.of(GuildId::new(1)).is_some());
        known.is_told(false);
        known.remember(GuildId::new(1), &settings, known.now());
        assert_eq!(known.of(GuildId::new(1)), None);
    }
}
