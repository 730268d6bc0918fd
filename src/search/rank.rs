//! Retrieval and ranking: candidates from the postings, then a full score for each.

use super::DocumentFilter;
use super::index::FullTextIndex;
use super::query::{Query, QueryWord};
use super::scoring::{ScoredDocument, Scorer};

/// How many candidates are scored in full.
const CANDIDATES_MAX: usize = 32;

/// How many postings are read to find candidates. The rarest words come first, so that the words
/// left out matter little.
const POSTINGS_MAX: usize = 200_000;

/// The best documents for a query, best first.
pub(super) fn rank(
    index: &FullTextIndex,
    query: &Query,
    filter: &DocumentFilter,
) -> Vec<ScoredDocument> {
    let mut scorer = Scorer::new(index, query);
    let mut ranked: Vec<ScoredDocument> =
        candidates(index, query, filter).map(|document| scorer.score(document)).collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.document.cmp(&b.document)));
    ranked
}

/// The documents with the highest sums of posting weights.
fn candidates(
    index: &FullTextIndex,
    query: &Query,
    filter: &DocumentFilter,
) -> impl Iterator<Item = u32> {
    let document_count = |word: &QueryWord| -> usize {
        word.expansions.iter().map(|(term, _)| index.document_count(*term)).sum()
    };
    let words = query.words.iter().map(|word| (document_count(word), word));
    let mut words: Vec<(usize, &QueryWord)> = words.filter(|(count, _)| *count > 0).collect();
    words.sort_by_key(|(count, _)| *count);
    let mut scores = vec![0f32; index.len()];
    let mut postings_read = 0;
    for (count, word) in words {
        if postings_read > 0 && postings_read + count > POSTINGS_MAX {
            break;
        }
        postings_read += count;
        for (term, similarity) in &word.expansions {
            for posting in index.postings(*term) {
                scores[posting.document as usize] += word.weight * similarity * posting.weight;
            }
        }
    }
    let mut found: Vec<(f32, u32)> = filter
        .within(scores.len())
        .flatten()
        .map(|document| (scores[document], document as u32))
        .filter(|(score, _)| *score > 0.0)
        .collect();
    let by_score = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if found.len() > CANDIDATES_MAX {
        found.select_nth_unstable_by(CANDIDATES_MAX, by_score);
        found.truncate(CANDIDATES_MAX);
    }
    found.into_iter().map(|(_, document)| document)
}
