//! A cache of guild settings, so that most answers need no database query.

use std::sync::Arc;

use hashlink::LruCache;
use parking_lot::Mutex;

use crate::guild::{GuildId, Settings};

/// The capacity. An entry takes about 150 bytes, and 16 for each channel rule.
pub(super) const GUILDS_MAX: usize = 10_000;

#[derive(Debug)]
pub(super) struct SettingsCache(Mutex<State>);

#[derive(Debug)]
struct State {
    settings: LruCache<GuildId, Arc<Settings>>,
    /// Grows with each invalidation, so that a stale read never overwrites a newer entry.
    epoch: u64,
    /// Whether this process receives changes by others. Otherwise nothing is cached.
    is_listening: bool,
}

impl SettingsCache {
    pub(super) fn new(is_listening: bool) -> Self {
        let settings = LruCache::new(GUILDS_MAX);
        Self(Mutex::new(State { settings, epoch: 0, is_listening }))
    }

    pub(super) fn get(&self, guild: GuildId) -> Option<Arc<Settings>> {
        self.0.lock().settings.get(&guild).cloned()
    }

    /// The current epoch. Take it before reading settings from the database.
    pub(super) fn epoch(&self) -> u64 {
        self.0.lock().epoch
    }

    /// Caches settings, unless something was invalidated since `epoch`.
    pub(super) fn insert(&self, guild: GuildId, settings: &Arc<Settings>, epoch: u64) {
        let mut state = self.0.lock();
        if state.is_listening && state.epoch == epoch {
            state.settings.insert(guild, Arc::clone(settings));
        }
    }

    /// Caches settings that were just changed, or only invalidates them if another change came
    /// between.
    pub(super) fn replace(&self, guild: GuildId, settings: &Arc<Settings>, epoch: u64) {
        let is_latest = self.epoch() == epoch;
        self.invalidate(Some(guild));
        if is_latest {
            self.insert(guild, settings, self.epoch());
        }
    }

    /// Removes the settings of a guild, or of all.
    pub(super) fn invalidate(&self, guild: Option<GuildId>) {
        let mut state = self.0.lock();
        state.epoch += 1;
        match guild {
            Some(guild) => drop(state.settings.remove(&guild)),
            None => state.settings.clear(),
        }
    }

    pub(super) fn set_listening(&self, is_listening: bool) {
        self.invalidate(None);
        self.0.lock().is_listening = is_listening;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_bounded_and_keeps_recently_used_entries() {
        let (cache, settings) = (SettingsCache::new(true), Arc::new(Settings::default()));
        let epoch = cache.epoch();
        for number in 1..=3 * GUILDS_MAX as u64 {
            cache.insert(GuildId::new(number), &settings, epoch);
            assert!(number < 7 || cache.get(GuildId::new(7)).is_some());
        }
        assert_eq!(cache.0.lock().settings.len(), GUILDS_MAX);
    }

    #[test]
    fn a_stale_read_never_overwrites_a_newer_cache_entry() {
        let (cache, settings) = (SettingsCache::new(true), Arc::new(Settings::default()));
        let guild = GuildId::new(1);
        let epoch = cache.epoch();
        cache.invalidate(Some(guild));
        cache.insert(guild, &settings, epoch);
        assert_eq!(cache.get(guild), None);
        cache.insert(guild, &settings, cache.epoch());
        assert!(cache.get(guild).is_some());
        cache.set_listening(false);
        cache.insert(guild, &settings, cache.epoch());
        assert_eq!(cache.get(guild), None);
    }
}
