//! A question: every document that answers it, best first, or none.

use super::index::Field;
use super::names::Named;
use super::query::{MISSPELLED_MAX, Query};
use super::rank::rank;
use super::similarity::Ranked;
use super::{Finder, Found, Hit, Match, NEAREST_MAX, Passage, Scope, Score};

/// A hit is worth showing when it is at least this good beside the best.
const WORTH_SHOWING: f32 = 0.4;

/// A name in a question is a misspelling of an entry's name from this likeness on.
const SAME_NAME: f32 = 0.75;

/// What a name that was hit outright scores: more than any text.
const NAMED: f32 = 2.0;

impl Finder {
    /// Ranks the documents that answer a question: those that it names, then those that say something like it.
    pub fn search(&self, text: &str, scope: &Scope) -> Found {
        let mut misspelled = MISSPELLED_MAX;
        self.search_sparing(text, scope, &mut misspelled)
    }

    /// The same for one of several questions, which together may have so many misspelled words looked for: what is left of these is
    /// told, and what is misspelled beyond them is not corrected.
    pub fn search_sparing(&self, text: &str, scope: &Scope, misspelled: &mut usize) -> Found {
        let query = Query::sparing(&self.index, text, false, misspelled);
        let ranked = rank(&self.index, &query, scope);
        let mut named = self.named(text, scope);
        if named.is_empty() && query.is_corrected() {
            // What looks like a typo may be a name that is not finished.
            named = self.begun(text, scope);
            if named.is_empty() {
                named = self.misspelled(text, &query, scope);
            }
        }
        let mut scores = ranked.first().map(Score::of).unwrap_or_default();
        let like_it = scores.answers();
        if named.is_empty() && !like_it {
            named = self.begun(text, scope);
        }
        if !named.is_empty() {
            scores = Score::named();
        }
        let mut hits: Vec<Hit> = named.iter().map(|named| explained(named, &ranked)).collect();
        hits.sort_by(|one, other| other.score.total_cmp(&one.score));
        if like_it {
            hits.extend(others(&named, &ranked, &query));
        }
        let nearest = ranked.iter().map(|ranked| ranked.document as usize);
        let nearest_max = if hits.is_empty() { NEAREST_MAX } else { 0 };
        Found { hits, nearest: nearest.take(nearest_max).collect(), scores }
    }
}

/// The hit of a name, with the passage that its text offers.
fn explained(named: &Named, ranked: &[Ranked]) -> Hit {
    let mut hit = hit(named);
    let same = |ranked: &&Ranked| ranked.document == named.document;
    if let Some(ranked) = ranked.iter().find(same) {
        hit.passage = ranked.passage;
        // Names that were found the same way are told apart by their texts.
        hit.score += ranked.score / 100.0;
    }
    hit
}

/// The ranked documents that are worth showing after the named ones.
fn others(named: &[Named], ranked: &[Ranked], query: &Query) -> Vec<Hit> {
    let best = ranked.first().map_or(0.0, |best| best.score);
    let worth = ranked.iter().filter(|ranked| {
        let is_named = named.iter().any(|named| named.document == ranked.document);
        ranked.score >= WORTH_SHOWING * best && !is_named
    });
    worth.map(|ranked| text_hit(ranked, query)).collect()
}

/// The hit of a name. Names found the same way differ by less than what their texts add.
pub(super) fn hit(named: &Named) -> Hit {
    Hit {
        document: named.document as usize,
        how: named.how,
        score: NAMED + 1.0 / (1.0 + named.rank as f32),
        alias: named.alias,
        passage: Passage::Summary,
    }
}

/// The hit of a text.
pub(super) fn text_hit(ranked: &Ranked, query: &Query) -> Hit {
    let (field, number) = ranked.best;
    let of_name = matches!(field, Field::Title | Field::Alias | Field::Date);
    let same_name = of_name && ranked.likeness >= SAME_NAME;
    Hit {
        document: ranked.document as usize,
        how: if same_name && query.is_corrected() { Match::Typo } else { Match::Text },
        score: ranked.score,
        alias: (field == Field::Alias).then_some(usize::from(number)),
        passage: ranked.passage,
    }
}
