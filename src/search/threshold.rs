//! The threshold between an answer and a coincidence. A wrong answer is worse than none.

use super::scoring::ScoredDocument;

/// A decision boundary from logistic regression on `tests/questions` (see `curve.txt` there): the
/// more of a question is unmatched, the higher the best score must be.
const SCORE_MIN: f32 = 0.16;
const SCORE_PER_UNMATCHED: f32 = 1.2;

/// Less matched weight is a coincidence even if a document has all words: "what is the meaning of
/// life".
const MATCHED_WEIGHT_MIN: f32 = 0.6;

/// The confidence of a search in its best hit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Confidence {
    /// The score of the best hit, from 0 to 1; 2 for an exact name.
    pub score: f32,
    /// The share of the query's weight that the best hit does not match.
    pub unmatched: f32,
}

impl Confidence {
    pub(super) const EXACT_NAME: Self = Self { score: 2.0, unmatched: 0.0 };

    pub(super) fn of(best: &ScoredDocument) -> Self {
        Self {
            score: best.score * (best.matched_weight / MATCHED_WEIGHT_MIN).min(1.0),
            unmatched: 1.0 - best.matched_share,
        }
    }

    /// The distance from the threshold: hits with a margin of 0 or more are answers.
    pub fn margin(self) -> f32 {
        self.score - SCORE_MIN - SCORE_PER_UNMATCHED * self.unmatched
    }

    pub fn is_answer(self) -> bool {
        self.margin() >= 0.0
    }
}
