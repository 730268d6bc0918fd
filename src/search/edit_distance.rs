//! Edit distance: insertions, deletions, substitutions and transpositions of adjacent letters
//! ([optimal string
//! alignment](https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance#Optimal_string_alignment_distance)).
//!
//! `strsim` can neither stop early at a limit nor compute the distance to a prefix; comparing a
//! word with a whole vocabulary needs both.

/// The distance between two words, if it is at most `limit`.
pub(super) fn edit_distance(one: &[char], other: &[char], limit: usize) -> Option<usize> {
    let row = last_row(one, other, limit)?;
    row.get(other.len()).copied().filter(|edits| *edits <= limit)
}

/// The distance between a word and the nearest prefix of another, if it is at most `limit`.
pub(super) fn prefix_edit_distance(one: &[char], other: &[char], limit: usize) -> Option<usize> {
    let longest = other.len().min(one.len() + limit);
    let row = last_row(one, &other[..longest], limit)?;
    row.into_iter().min().filter(|edits| *edits <= limit)
}

/// The last row of the distance matrix. `None` once every distance exceeds the limit.
fn last_row(one: &[char], other: &[char], limit: usize) -> Option<Vec<usize>> {
    let width = other.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    let mut row: Vec<usize> = vec![0; width];
    for (i, letter) in one.iter().enumerate() {
        row[0] = i + 1;
        let mut row_min = row[0];
        for (j, opposite) in other.iter().enumerate() {
            let replaced = above[j] + usize::from(letter != opposite);
            let mut edits = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && one[i - 1] == *opposite && other[j - 1] == *letter {
                edits = edits.min(before[j - 1] + 1);
            }
            row[j + 1] = edits;
            row_min = row_min.min(edits);
        }
        // A transposition reaches back two rows, so one row over the limit is not the end.
        if row_min > limit + 1 {
            return None;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    Some(above)
}

/// The letters of a word as a bit set, a cheap filter before the distance is computed.
pub(super) fn letter_set(word: &str) -> u64 {
    word.chars().fold(0, |set, letter| set | 1 << (u32::from(letter) % 61))
}

/// Whether words with these letter sets can be within a distance: one edit adds and removes at most
/// one letter.
pub(super) fn may_be_within(limit: usize, one: u64, other: u64) -> bool {
    (one & !other).count_ones() as usize <= limit && (other & !one).count_ones() as usize <= limit
}

#[cfg(test)]
mod tests {
    use super::{edit_distance, letter_set, may_be_within, prefix_edit_distance};

    fn letters(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn a_distance_is_computed_up_to_the_limit() {
        for (one, other, limit, edits) in [
            ("luhnask", "luhansk", 1, Some(1)),
            ("nayto", "nato", 1, Some(1)),
            ("zaporizia", "zaporizhzhia", 2, None),
            ("swtizerland", "switzerland", 2, Some(1)),
            ("київ", "киев", 1, Some(1)),
            ("", "a", 1, Some(1)),
            ("same", "same", 0, Some(0)),
        ] {
            assert_eq!(
                edit_distance(&letters(one), &letters(other), limit),
                edits,
                "{one} {other}"
            );
            assert!(
                edits.is_none() || may_be_within(limit, letter_set(one), letter_set(other)),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn a_prefix_distance_ignores_the_rest_of_the_word() {
        assert_eq!(prefix_edit_distance(&letters("zapri"), &letters("zaporizhzhia"), 1), Some(1));
        assert_eq!(prefix_edit_distance(&letters("crimea"), &letters("kherson"), 2), None);
    }
}
