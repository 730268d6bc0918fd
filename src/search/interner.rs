//! Words numbered as they come. All letters lie in one piece of memory, for most of the time that building an index takes is spent here.

use std::hash::Hasher;

use super::hash::Fnv;

/// Words and their numbers.
#[derive(Default)]
pub(super) struct Interner {
    /// For each place of the table the hash of its word and the word's number plus one; zero is an empty place.
    table: Vec<(u32, u32)>,
    text: String,
    ends: Vec<u32>,
}

impl Interner {
    /// The number of a word.
    pub(super) fn number(&mut self, word: &str) -> u32 {
        if self.ends.len() * 2 >= self.table.len() {
            self.grow();
        }
        let hash = hash(word);
        let mut place = self.place(hash);
        loop {
            match self.table[place] {
                (_, 0) => break,
                (other, number) if other == hash && self.word(number - 1) == word => {
                    return number - 1;
                }
                _ => place = (place + 1) & (self.table.len() - 1),
            }
        }
        self.text.push_str(word);
        self.ends.push(self.text.len() as u32);
        let number = self.ends.len() as u32;
        self.table[place] = (hash, number);
        number - 1
    }

    /// The word of a number.
    pub(super) fn word(&self, number: u32) -> &str {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.text[start..self.ends[number] as usize]
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn place(&self, hash: u32) -> usize {
        // Its length is a power of two.
        hash as usize & (self.table.len() - 1)
    }

    fn grow(&mut self) {
        let larger = (self.table.len() * 2).max(1 << 10);
        let words = std::mem::replace(&mut self.table, vec![(0, 0); larger]);
        for (hash, number) in words.into_iter().filter(|(_, number)| *number > 0) {
            let mut place = self.place(hash);
            while self.table[place].1 > 0 {
                place = (place + 1) & (larger - 1);
            }
            self.table[place] = (hash, number);
        }
    }
}

fn hash(word: &str) -> u32 {
    let mut hash = Fnv::default();
    hash.write(word.as_bytes());
    hash.finish() as u32
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn a_word_keeps_its_number() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..5_000).map(|number| format!("word{number}")).collect();
        for round in 0..2 {
            for (number, word) in (0..).zip(&words) {
                assert_eq!(interner.number(word), number, "round {round}");
                assert_eq!(interner.word(number), word);
            }
        }
        assert_eq!(interner.len(), words.len());
    }
}
