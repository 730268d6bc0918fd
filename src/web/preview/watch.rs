//! Hot reload of the preview: detects changes to the dataset's files by polling.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Preview;

const INTERVAL: Duration = Duration::from_secs(1);

/// Maximum directory depth of a dataset: `articles/<article>/asks/<kind>.toml`.
const DEPTH_MAX: usize = 4;

/// Path, modification time and size of each file.
type WatchedFiles = Vec<(PathBuf, Option<SystemTime>, u64)>;

pub(super) async fn watch(preview: Arc<Preview>, dir: PathBuf) {
    let mut seen = None;
    loop {
        let (preview, dir) = (Arc::clone(&preview), dir.clone());
        let before = seen.take();
        let looked = spawn_blocking(move || {
            let files = files(&dir);
            if before.is_some_and(|before| before != files) {
                preview.reload(&dir);
            }
            files
        });
        seen = looked.await.ok();
        sleep(INTERVAL).await;
    }
}

fn files(dir: &Path) -> WatchedFiles {
    let mut found = Vec::new();
    list(dir, DEPTH_MAX, &mut found);
    found.sort();
    found
}

fn list(dir: &Path, depth: usize, found: &mut WatchedFiles) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(about) if about.is_dir() && depth > 0 => list(&entry.path(), depth - 1, found),
            Ok(about) => found.push((entry.path(), about.modified().ok(), about.len())),
            Err(_) => {}
        }
    }
}
