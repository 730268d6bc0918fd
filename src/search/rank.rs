//! Which documents answer a question best, and how well.

use super::Scope;
use super::index::Index;
use super::query::{Query, Word};
use super::similarity::{Ranked, Reader};

/// How many documents are read word by word.
const CANDIDATES_MAX: usize = 64;

/// How many postings are walked to find them. The rarest words come first, so the words that are left out tell little.
const POSTINGS_MAX: usize = 200_000;

/// The best documents, best first.
pub(super) fn rank(index: &Index, query: &Query, scope: &Scope) -> Vec<Ranked> {
    let mut reader = Reader::new(index, query);
    let candidates = candidates(index, query, scope).into_iter();
    let mut ranked: Vec<Ranked> = candidates.map(|document| reader.read(document)).collect();
    ranked.sort_by(|one, other| {
        other.score.total_cmp(&one.score).then(one.document.cmp(&other.document))
    });
    ranked
}

/// The documents that the postings speak for most.
fn candidates(index: &Index, query: &Query, scope: &Scope) -> Vec<u32> {
    let count = |word: &Word| -> usize {
        let terms = word.meanings.iter();
        terms.map(|(term, _)| index.count(*term)).sum()
    };
    let words = query.words.iter().map(|word| (count(word), word));
    let mut words: Vec<(usize, &Word)> = words.filter(|(count, _)| *count > 0).collect();
    words.sort_by_key(|(count, _)| *count);
    let mut scores = vec![0f32; index.len()];
    let mut walked = 0;
    for (count, word) in words {
        if walked > 0 && walked + count > POSTINGS_MAX {
            break;
        }
        walked += count;
        for (term, sure) in &word.meanings {
            for (document, weight) in index.postings(*term) {
                scores[document as usize] += word.weight * sure * weight;
            }
        }
    }
    best(&scores, scope)
}

fn best(scores: &[f32], scope: &Scope) -> Vec<u32> {
    let mut found: Vec<(f32, u32)> = Vec::new();
    let mut least = 0.0;
    for range in scope.within(scores.len()) {
        for document in range {
            let score = scores[document];
            if score > least {
                found.push((score, document as u32));
                if found.len() == 2 * CANDIDATES_MAX {
                    keep_best(&mut found);
                    least = found.last().map_or(0.0, |(score, _)| *score);
                }
            }
        }
    }
    keep_best(&mut found);
    found.into_iter().map(|(_, document)| document).collect()
}

fn keep_best(found: &mut Vec<(f32, u32)>) {
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    found.truncate(CANDIDATES_MAX);
}
