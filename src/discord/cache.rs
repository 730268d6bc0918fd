//! A cache of bounded size that all tasks share.

use std::hash::Hash;

use hashlink::LruCache;
use parking_lot::Mutex;

/// At most `MAX` values; the least recently used are evicted.
#[derive(Debug)]
pub struct Cache<const MAX: usize, K, V>(Mutex<LruCache<K, V>>);

impl<const MAX: usize, K: Eq + Hash, V> Default for Cache<MAX, K, V> {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MAX)))
    }
}

impl<const MAX: usize, K: Eq + Hash, V> Cache<MAX, K, V> {
    pub fn get(&self, key: &K) -> Option<V>
    where
        V: Clone,
    {
        self.0.lock().get(key).cloned()
    }

    /// Returns the value that was there before.
    pub fn insert(&self, key: K, value: V) -> Option<V> {
        self.0.lock().insert(key, value)
    }

    /// Changes a value, or the default where there is none.
    pub fn change<R>(&self, key: K, change: impl FnOnce(&mut V) -> R) -> R
    where
        V: Default,
    {
        change(self.0.lock().entry(key).or_insert_with(V::default))
    }

    pub fn remove(&self, key: &K) {
        self.0.lock().remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_values_are_evicted() {
        let cache = Cache::<2, u8, u8>::default();
        assert_eq!(cache.insert(1, 10), None);
        assert_eq!(cache.insert(1, 11), Some(10));
        cache.change(2, |value| *value += 20);
        assert_eq!(cache.get(&1), Some(11));
        cache.insert(3, 30);
        assert_eq!((cache.get(&1), cache.get(&2), cache.get(&3)), (Some(11), None, Some(30)));
        cache.remove(&3);
        assert_eq!(cache.get(&3), None);
    }
}
