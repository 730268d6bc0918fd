//! How many files and connections the process may have open at once, and how they are divided, so that neither a crowd of idle HTTP
//! clients nor a burst of interactions takes the descriptors that the database and Discord need.

use std::sync::LazyLock;

/// systemd's default.
const UNKNOWN_LIMIT: usize = 1_024;

static LIMIT: LazyLock<usize> = LazyLock::new(|| {
    let limits = std::fs::read_to_string("/proc/self/limits");
    limits.ok().and_then(|limits| soft_limit(&limits)).unwrap_or(UNKNOWN_LIMIT)
});

/// One part in `parts` of all descriptors, within bounds.
pub fn descriptor_budget(parts: usize, (min, max): (usize, usize)) -> usize {
    (*LIMIT / parts).clamp(min, max)
}

fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                      Max open files            64                   524288               files\n";
        assert_eq!(soft_limit(limits), Some(64));
        assert_eq!(
            soft_limit("Max open files            unlimited            unlimited files"),
            None
        );
        assert_eq!(soft_limit(""), None);
    }
}
