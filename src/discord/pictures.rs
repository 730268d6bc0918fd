//! Renders pictures of answers in blocking threads, a limited number at a time, and caches them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::cache::Cache;
use crate::picture::Picture;

/// How long an answer waits for its picture, out of Discord's three seconds. After that it is sent
/// without.
const DRAWING_TIMEOUT: Duration = Duration::from_millis(1_000);

/// The most cached pictures, of about 80 KiB each.
const CACHED_PICTURES_MAX: usize = 24;

/// The most concurrent renderings. Each takes a few megabytes.
const CONCURRENT_DRAWINGS_MAX: usize = 1;

pub struct Pictures {
    /// PNG by picture; `None` if it cannot be rendered.
    drawn: Cache<CACHED_PICTURES_MAX, Picture, Option<Bytes>>,
    permits: Arc<Semaphore>,
}

impl Default for Pictures {
    fn default() -> Self {
        let permits = Arc::new(Semaphore::new(CONCURRENT_DRAWINGS_MAX));
        Self { drawn: Cache::default(), permits }
    }
}

impl Pictures {
    /// The PNG of a picture, if it is cached or rendered in time.
    pub async fn draw(self: &Arc<Self>, picture: &Picture) -> Option<Bytes> {
        self.draw_within(picture, DRAWING_TIMEOUT).await
    }

    async fn draw_within(self: &Arc<Self>, picture: &Picture, limit: Duration) -> Option<Bytes> {
        if let Some(known) = self.drawn.get(picture) {
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
        if let Some(known) = self.drawn.get(&picture) {
            return known;
        }
        let own = Arc::clone(self);
        let draw = move || {
            let drawn = picture.png().map(Bytes::from);
            own.drawn.insert(picture, drawn.clone());
            drop(permit);
            drawn
        };
        // A panic only loses this picture.
        tokio::task::spawn_blocking(draw).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Matrix;

    fn picture() -> Picture {
        let columns = vec![("1".to_owned(), "NATO".to_owned())];
        Picture::Matrix(Matrix { title: "Positions".to_owned(), columns, ..Matrix::default() })
    }

    #[tokio::test]
    async fn a_picture_is_rendered_once_and_then_cached() {
        let (pictures, picture) = (Arc::<Pictures>::default(), picture());
        assert!(pictures.drawn.get(&picture).is_none());
        let drawn = pictures.draw(&picture).await.expect("a picture");
        assert_eq!(pictures.drawn.get(&picture), Some(Some(drawn)));
    }

    #[tokio::test]
    async fn an_answer_is_sent_without_a_late_picture() {
        let (pictures, picture) = (Arc::<Pictures>::default(), picture());
        let _drawing = pictures.permits.acquire().await.expect("a permit");
        assert_eq!(pictures.draw_within(&picture, Duration::from_millis(1)).await, None);
        assert!(pictures.drawn.get(&picture).is_none(), "it is tried again");
    }
}
