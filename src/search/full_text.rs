//! Full-text search: the documents that answer a query, best first.

use super::english::ENGLISH;
use super::index::Field;
use super::names::NameMatch;
use super::query::Query;
use super::rank::rank;
use super::scoring::ScoredDocument;
use super::tokenizer::normalize;
use super::{
    Confidence, DocumentFilter, Hit, MatchKind, NEAREST_MAX, Nearest, Passage, SearchIndex,
    SearchResults,
};

/// The least score of a further hit, relative to the best one.
const RELATIVE_SCORE_MIN: f32 = 0.55;

/// The least share of an unanswered query that the closest document must match to be shown.
const CLOSEST_SHARE_MIN: f32 = 0.5;

/// The least similarity at which a corrected query counts as a name.
const NAME_SIMILARITY_MIN: f32 = 0.75;

/// The score of a hit by name, higher than that of any text.
const NAME_SCORE: f32 = 2.0;

impl SearchIndex {
    /// Ranks the documents that answer a question: by name first, then by text, unless it asks for
    /// what a record does not answer.
    pub fn search(&self, text: &str, filter: &DocumentFilter) -> SearchResults {
        let margin_min = if self.is_outside(text, |_| true) { f32::INFINITY } else { 0.0 };
        let text = &self.prepared(text);
        let query = Query::new(&self.text, text, false);
        self.search_for(text, &query, filter, margin_min)
    }

    /// Runs one of several searches that share a budget of corrections. Misspelled words beyond it
    /// are not corrected.
    pub fn search_with_budget(
        &self,
        text: &str,
        filter: &DocumentFilter,
        corrections: &mut usize,
    ) -> SearchResults {
        let text = &self.prepared(text);
        let query = Query::with_budget(&self.text, text, false, corrections);
        let margin_min = if self.is_elsewhere(text) { f32::INFINITY } else { 0.0 };
        self.search_for(text, &query, filter, margin_min)
    }

    /// Whether a text names another war, which no document does.
    pub(super) fn is_elsewhere(&self, text: &str) -> bool {
        self.is_outside(text, |phrase| !phrase.contains(' '))
    }

    /// Whether a text has a phrase of what a record does not answer. A name that a document has is
    /// none.
    fn is_outside(&self, text: &str, counts: impl Fn(&str) -> bool) -> bool {
        let is_unknown = |phrase: &str| self.text.vocabulary.term(&ENGLISH.stem(phrase)).is_none();
        let text = normalize(text);
        ENGLISH.outside_phrases(&text).any(|phrase| counts(phrase) && is_unknown(phrase))
    }

    /// Searches for a text without markup, whose text hits need at least this margin of confidence.
    pub(super) fn search_for(
        &self,
        text: &str,
        query: &Query,
        filter: &DocumentFilter,
        margin_min: f32,
    ) -> SearchResults {
        let ranked = rank(&self.text, query, filter);
        let mut names = self.find_name(text, filter);
        if names.is_empty() && query.is_corrected() {
            // An apparent typo may be an unfinished name.
            names = self.find_prefix(text, filter);
            if names.is_empty() {
                names = self.find_misspelled(text, query, filter);
            }
        }
        let is_single_word = !normalize(text).contains(' ');
        let of_best = |best| Confidence::of(best, is_single_word);
        let mut confidence = ranked.first().map_or(Confidence::NO_HIT, of_best);
        if ranked.first().is_some_and(|best| is_passing(best, query)) {
            confidence = Confidence::NO_HIT;
        }
        let has_text_hits = confidence.margin() >= margin_min;
        if names.is_empty() && !has_text_hits {
            names = self.find_prefix(text, filter);
        }
        if !names.is_empty() {
            confidence = Confidence::EXACT_NAME;
        }
        let mut hits: Vec<Hit> = names.iter().map(|name| scored_name_hit(name, &ranked)).collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        if has_text_hits {
            hits.extend(text_hits(&names, &ranked, query));
        }
        let nearest_max = if hits.is_empty() { NEAREST_MAX } else { 0 };
        let nearest = &ranked[..ranked.len().min(nearest_max)];
        let documents = nearest.iter().map(|found| found.document as usize).collect();
        // A single word that only a question or the body has is hardly what the entry is about.
        let is_aside = |first: &ScoredDocument| {
            query.words.len() == 1 && matches!(first.best_value.0, Field::Ask | Field::Body)
        };
        let is_close = nearest
            .first()
            .is_some_and(|first| first.matched_share >= CLOSEST_SHARE_MIN && !is_aside(first));
        SearchResults { hits, nearest: Nearest { documents, is_close }, confidence }
    }
}

/// Less of a word is matched by another name, a synonym or a derived word.
const SAME_WORD_SHARE_MIN: f32 = 0.85;

/// Whether the only word of a query occurs just in passing in its best document: in the body, or as
/// another word in a question.
fn is_passing(best: &ScoredDocument, query: &Query) -> bool {
    let is_other_word = best.matched_share < SAME_WORD_SHARE_MIN;
    let is_aside = match best.best_value.0 {
        Field::Body => true,
        Field::Ask => is_other_word,
        _ => false,
    };
    query.words.len() == 1 && is_aside
}

/// The hit of a name, with its best passage. Names that matched the same way are ordered by text
/// score.
fn scored_name_hit(name: &NameMatch, ranked: &[ScoredDocument]) -> Hit {
    let mut hit = name_hit(name);
    if let Some(scored) = ranked.iter().find(|scored| scored.document == name.document) {
        hit.passage = scored.passage;
        hit.score += scored.score / 100.0;
    }
    hit
}

/// The ranked documents that are good enough to follow the named ones.
fn text_hits(names: &[NameMatch], ranked: &[ScoredDocument], query: &Query) -> Vec<Hit> {
    let best_score = ranked.first().map_or(0.0, |best| best.score);
    let shown = ranked.iter().filter(|scored| {
        let is_named = names.iter().any(|name| name.document == scored.document);
        scored.score >= RELATIVE_SCORE_MIN * best_score && !is_named
    });
    shown.map(|scored| text_hit(scored, query)).collect()
}

/// The hit of a name. Scores of different kinds of matches differ by more than `scored_name_hit`
/// adds.
pub(super) fn name_hit(name: &NameMatch) -> Hit {
    Hit {
        document: name.document as usize,
        kind: name.kind,
        score: NAME_SCORE + 1.0 / (1.0 + name.rank as f32),
        alias: name.alias,
        passage: Passage::Summary,
    }
}

pub(super) fn text_hit(scored: &ScoredDocument, query: &Query) -> Hit {
    let (field, number) = scored.best_value;
    let is_name = (field.is_name() || field == Field::Date)
        && scored.similarity >= NAME_SIMILARITY_MIN
        && query.is_corrected();
    Hit {
        document: scored.document as usize,
        kind: if is_name { MatchKind::Typo } else { MatchKind::Text },
        score: scored.score,
        alias: (field == Field::Alias).then_some(usize::from(number)),
        passage: scored.passage,
    }
}
