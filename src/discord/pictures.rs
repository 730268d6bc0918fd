//! Renders pictures of answers in blocking threads, a limited number at a time, and caches them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hashlink::LruCache;
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::picture::Picture;

/// How long an answer waits for its picture, out of Discord's three seconds. After that it is sent
/// without.
const DRAWING_TIMEOUT: Duration = Duration::from_millis(1_000);

/// The size of the cache in bytes: about thirty pictures.
const CACHE_BYTES_MAX: usize = 2 * 1_024 * 1_024;

/// The most cached pictures, including those that cannot be rendered.
const CACHED_PICTURES_MAX: usize = 256;

/// The most concurrent renderings. Each takes a few megabytes.
const CONCURRENT_DRAWINGS_MAX: usize = 1;

pub struct Pictures {
    cache: Mutex<DrawnPictures>,
    permits: Arc<Semaphore>,
}

struct DrawnPictures {
    /// PNG by picture; `None` if it cannot be rendered.
    drawn: LruCache<Picture, Option<Bytes>>,
    bytes: usize,
}

impl Default for DrawnPictures {
    fn default() -> Self {
        Self { drawn: LruCache::new_unbounded(), bytes: 0 }
    }
}

impl Default for Pictures {
    fn default() -> Self {
        let permits = Arc::new(Semaphore::new(CONCURRENT_DRAWINGS_MAX));
        Self { cache: Mutex::default(), permits }
    }
}

impl Pictures {
    /// The PNG of a picture, if it is cached or rendered in time.
    pub async fn draw(self: &Arc<Self>, picture: &Picture) -> Option<Bytes> {
        self.draw_within(picture, DRAWING_TIMEOUT).await
    }

    async fn draw_within(self: &Arc<Self>, picture: &Picture, limit: Duration) -> Option<Bytes> {
        if let Some(known) = self.cached(picture) {
            return known;
        }
        let drawn = timeout(limit, self.draw_in_turn(picture.clone())).await;
        drawn.unwrap_or_else(|_| {
            tracing::debug!("the picture was not rendered in time; answering without it");
            None
        })
    }

    async fn draw_in_turn(self: &Arc<Self>, picture: Picture) -> Option<Bytes> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok()?;
        // A concurrent request may have rendered it already.
        if let Some(known) = self.cached(&picture) {
            return known;
        }
        let own = Arc::clone(self);
        let draw = move || {
            let drawn = picture.png().map(Bytes::from);
            own.cache.lock().insert(picture, drawn.clone());
            drop(permit);
            drawn
        };
        // A panic only loses this picture.
        tokio::task::spawn_blocking(draw).await.ok().flatten()
    }

    fn cached(&self, picture: &Picture) -> Option<Option<Bytes>> {
        self.cache.lock().drawn.get(picture).cloned()
    }
}

impl DrawnPictures {
    fn insert(&mut self, picture: Picture, drawn: Option<Bytes>) {
        let size = |drawn: Option<Bytes>| drawn.map_or(0, |bytes| bytes.len());
        self.bytes += size(drawn.clone());
        self.bytes -= size(self.drawn.insert(picture, drawn).flatten());
        while self.bytes > CACHE_BYTES_MAX || self.drawn.len() > CACHED_PICTURES_MAX {
            let oldest = self.drawn.remove_lru().and_then(|(_, drawn)| drawn);
            self.bytes -= size(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Matrix;

    fn matrix(title: &str) -> Matrix {
        let columns = vec![("1".to_owned(), "NATO".to_owned())];
        Matrix { title: title.to_owned(), columns, ..Matrix::default() }
    }

    fn picture() -> Picture {
        Picture::Matrix(matrix("Positions"))
    }

    #[tokio::test]
    async fn a_picture_is_rendered_once_and_then_cached() {
        let (pictures, picture) = (Arc::<Pictures>::default(), picture());
        assert!(pictures.cached(&picture).is_none());
        let drawn = pictures.draw(&picture).await.expect("a picture");
        assert_eq!(pictures.cached(&picture), Some(Some(drawn)));
    }

    #[tokio::test]
    async fn an_answer_is_sent_without_a_late_picture() {
        let (pictures, picture) = (Arc::<Pictures>::default(), picture());
        let _drawing = pictures.permits.acquire().await.expect("a permit");
        assert_eq!(pictures.draw_within(&picture, Duration::from_millis(1)).await, None);
        assert!(pictures.cached(&picture).is_none(), "it is tried again");
    }

    #[test]
    fn the_cache_is_bounded_and_drops_what_was_longest_unused() {
        let mut cache = DrawnPictures::default();
        for number in 0..10 {
            let picture = Picture::Matrix(matrix(&number.to_string()));
            cache.insert(picture, Some(Bytes::from(vec![0; CACHE_BYTES_MAX / 4])));
            assert!(cache.bytes <= CACHE_BYTES_MAX);
        }
        let is_late = |(picture, _): (&Picture, _)| match picture {
            Picture::Matrix(matrix) => matrix.title.as_str() >= "6",
            _ => false,
        };
        assert_eq!((cache.drawn.len(), cache.drawn.iter().all(is_late)), (4, true));
        for number in 0..1_000 {
            cache.insert(Picture::Matrix(matrix(&number.to_string())), None);
        }
        assert_eq!((cache.bytes, cache.drawn.len()), (0, CACHED_PICTURES_MAX));
    }
}
