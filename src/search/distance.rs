//! How far apart two spellings are.

/// How many edits a word of so many letters may have: none up to three, for there every word is near another; two from eight on.
pub(super) fn edits_allowed(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The edits (a letter added, left out, replaced, or two swapped) between two words, if there are at most `most`.
pub(super) fn distance(one: &[char], other: &[char], most: usize) -> Option<usize> {
    let row = last_row(one, other, most)?;
    row.get(other.len()).copied().filter(|edits| *edits <= most)
}

/// The edits between a word and the best beginning of another, if there are at most `most`.
pub(super) fn distance_to_beginning(one: &[char], other: &[char], most: usize) -> Option<usize> {
    let reach = other.len().min(one.len() + most);
    let row = last_row(one, &other[..reach], most)?;
    row.into_iter().min().filter(|edits| *edits <= most)
}

/// The last row of the table of edits; none once every way costs more than `most`.
fn last_row(one: &[char], other: &[char], most: usize) -> Option<Vec<usize>> {
    let width = other.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    let mut row: Vec<usize> = vec![0; width];
    for (i, letter) in one.iter().enumerate() {
        row[0] = i + 1;
        let mut least = row[0];
        for (j, facing) in other.iter().enumerate() {
            let replaced = above[j] + usize::from(letter != facing);
            let mut edits = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && one[i - 1] == *facing && other[j - 1] == *letter {
                edits = edits.min(before[j - 1] + 1);
            }
            row[j + 1] = edits;
            least = least.min(edits);
        }
        // A swap reaches back two rows, so one row over the limit does not end it, but its own entry would.
        if least > most + 1 {
            return None;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    Some(above)
}

/// The letters of a word as a set, one bit per letter, for a quick look whether two words can be near each other.
pub(super) fn letter_set(word: &str) -> u64 {
    word.chars().fold(0, |set, letter| set | 1 << (u32::from(letter) % 61))
}

/// Whether words with these letters can be within `edits` of each other: each edit adds and takes away one letter at most.
pub(super) fn may_be_near(one: u64, other: u64, edits: usize) -> bool {
    (one & !other).count_ones() as usize <= edits && (other & !one).count_ones() as usize <= edits
}

#[cfg(test)]
mod tests {
    use super::{distance, distance_to_beginning, letter_set, may_be_near};

    fn letters(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn edits_are_counted_up_to_the_limit() {
        for (one, other, most, edits) in [
            ("luhnask", "luhansk", 1, Some(1)),
            ("nayto", "nato", 1, Some(1)),
            ("zaporizia", "zaporizhzhia", 2, None),
            ("swtizerland", "switzerland", 2, Some(1)),
            ("київ", "киев", 1, Some(1)),
            ("", "a", 1, Some(1)),
            ("same", "same", 0, Some(0)),
        ] {
            assert_eq!(distance(&letters(one), &letters(other), most), edits, "{one} {other}");
            assert!(
                edits.is_none() || may_be_near(letter_set(one), letter_set(other), most),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn a_beginning_is_enough_while_one_types() {
        assert_eq!(distance_to_beginning(&letters("zapri"), &letters("zaporizhzhia"), 1), Some(1));
        assert_eq!(distance_to_beginning(&letters("crimea"), &letters("kherson"), 2), None);
    }
}
