//! A cache of guild settings, so that most answers need no database query.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::guild::{GuildId, Settings};

/// The capacity. An entry takes about 100 bytes, and 16 for each channel rule.
pub(super) const GUILDS_MAX: usize = 10_000;

/// Two generations: when the young one is full, it replaces the old one. This evicts the least
/// recently used entries without keeping them ordered.
#[derive(Debug, Default)]
pub(super) struct SettingsCache(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    young: HashMap<GuildId, Arc<Settings>>,
    old: HashMap<GuildId, Arc<Settings>>,
    /// Grows with each invalidation, so that a stale read never overwrites a newer entry.
    epoch: u64,
    /// Whether this process receives changes by others. Otherwise nothing is cached.
    is_listening: bool,
}

impl SettingsCache {
    pub(super) fn get(&self, guild: GuildId) -> Option<Arc<Settings>> {
        let mut state = self.0.lock();
        if let Some(settings) = state.young.get(&guild) {
            return Some(Arc::clone(settings));
        }
        let settings = state.old.remove(&guild)?;
        state.insert(guild, Arc::clone(&settings));
        Some(settings)
    }

    /// The current epoch. Take it before reading settings from the database.
    pub(super) fn epoch(&self) -> u64 {
        self.0.lock().epoch
    }

    /// Caches settings, unless something was invalidated since `epoch`.
    pub(super) fn insert(&self, guild: GuildId, settings: &Arc<Settings>, epoch: u64) {
        let mut state = self.0.lock();
        if state.is_listening && state.epoch == epoch {
            state.insert(guild, Arc::clone(settings));
        }
    }

    /// Caches settings that were just changed, or only invalidates them if another change came
    /// between.
    pub(super) fn replace(&self, guild: GuildId, settings: &Arc<Settings>, epoch: u64) {
        let is_latest = self.epoch() == epoch;
        self.invalidate(guild);
        if is_latest {
            self.insert(guild, settings, self.epoch());
        }
    }

    pub(super) fn invalidate(&self, guild: GuildId) {
        let mut state = self.0.lock();
        state.epoch += 1;
        state.young.remove(&guild);
        state.old.remove(&guild);
    }

    pub(super) fn invalidate_all(&self) {
        let mut state = self.0.lock();
        state.epoch += 1;
        state.young.clear();
        state.old.clear();
    }

    pub(super) fn set_listening(&self, is_listening: bool) {
        self.invalidate_all();
        self.0.lock().is_listening = is_listening;
    }
}

impl State {
    fn insert(&mut self, guild: GuildId, settings: Arc<Settings>) {
        if self.young.len() == GUILDS_MAX / 2 && !self.young.contains_key(&guild) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(guild, settings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening() -> SettingsCache {
        let cache = SettingsCache::default();
        cache.set_listening(true);
        cache
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_recently_used_entries() {
        let (cache, settings) = (listening(), Arc::new(Settings::default()));
        let epoch = cache.epoch();
        for number in 1..=3 * GUILDS_MAX as u64 {
            cache.insert(GuildId::new(number), &settings, epoch);
            assert!(number < 7 || cache.get(GuildId::new(7)).is_some());
        }
        let state = cache.0.lock();
        assert!(state.young.len() + state.old.len() <= GUILDS_MAX);
    }

    #[test]
    fn a_stale_read_never_overwrites_a_newer_cache_entry() {
        let (cache, settings) = (listening(), Arc::new(Settings::default()));
        let guild = GuildId::new(1);
        let epoch = cache.epoch();
        cache.invalidate(guild);
        cache.insert(guild, &settings, epoch);
        assert_eq!(cache.get(guild), None);
        cache.insert(guild, &settings, cache.epoch());
        assert!(cache.get(guild).is_some());
        cache.set_listening(false);
        cache.insert(guild, &settings, cache.epoch());
        assert_eq!(cache.get(guild), None);
    }
}
