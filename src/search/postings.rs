//! The documents of each word.

use std::ops::Range;

use super::index::{HALF, Index};
use super::vocabulary::Term;

/// The documents of each term, ascending, with how sure it is that the term is what the document is about (255 = quite).
#[derive(Default)]
pub(super) struct Postings {
    /// Where the documents of each term start, and the end.
    starts: Vec<u32>,
    documents: Vec<u32>,
    weights: Vec<u8>,
}

impl Postings {
    /// Counts the words of all documents.
    pub(super) fn new(index: &Index) -> Self {
        let mut pairs: Vec<(Term, u32, u8)> = Vec::new();
        let mut of_one: Vec<(Term, f32)> = Vec::new();
        for document in 0..index.len() as u32 {
            of_one.clear();
            for (unit, words) in index.units(document) {
                of_one.extend(words.iter().map(|term| (*term, unit.field.weight())));
            }
            of_one.sort_unstable_by_key(|(term, _)| *term);
            for same in of_one.chunk_by(|one, other| one.0 == other.0) {
                let weight: f32 = same.iter().map(|(_, weight)| weight).sum();
                pairs.push((same[0].0, document, (weight / (weight + HALF) * 255.0) as u8));
            }
        }
        Self::sorted(&pairs, index.vocabulary.len())
    }

    /// Sorts by term what is sorted by document already.
    fn sorted(pairs: &[(Term, u32, u8)], terms: usize) -> Self {
        let mut starts = vec![0u32; terms + 1];
        for (term, ..) in pairs {
            starts[*term as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let (mut documents, mut weights) = (vec![0; pairs.len()], vec![0; pairs.len()]);
        for (term, document, weight) in pairs {
            let place = next[*term as usize] as usize;
            (documents[place], weights[place]) = (*document, *weight);
            next[*term as usize] += 1;
        }
        Self { starts, documents, weights }
    }

    /// The documents of a term and how sure it is that they are about it.
    pub(super) fn of(&self, term: Term) -> impl Iterator<Item = (u32, f32)> {
        let range = self.range(term);
        let weights = self.weights[range.clone()].iter();
        let sure = weights.map(|weight| f32::from(*weight) / 255.0);
        self.documents[range].iter().copied().zip(sure)
    }

    /// How many documents hold a term.
    pub(super) fn count(&self, term: Term) -> usize {
        self.range(term).len()
    }

    fn range(&self, term: Term) -> Range<usize> {
        let term = term as usize;
        self.starts[term] as usize..self.starts[term + 1] as usize
    }
}
