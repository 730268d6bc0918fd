//! The threshold between an answer and a coincidence. A wrong answer is worse than none.

use super::scoring::ScoredDocument;

/// A decision boundary from logistic regression on `tests/questions` (see `curve.txt` there): the
/// more words the best hit matches, and the more they weigh, the less likely is a coincidence.
const SCORE_MIN: f32 = 0.97;
const SCORE_PER_WORD: f32 = 0.08;
const WORDS_MAX: f32 = 5.0;
const SCORE_PER_WEIGHT: f32 = 0.19;
const WEIGHT_MAX: f32 = 1.0;

/// A word that is asked for alone is the subject itself. Those that occur just in passing are
/// refused before.
const SINGLE_WORD: f32 = 0.15;

/// The confidence of a search in its best hit: its distance from the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence(f32);

impl Confidence {
    pub(super) const NO_HIT: Self = Self(-SCORE_MIN);
    pub(super) const EXACT_NAME: Self = Self(1.0);

    pub(super) fn of(best: &ScoredDocument, is_single_word: bool) -> Self {
        let words = SCORE_PER_WORD * best.matched_words.min(WORDS_MAX);
        let weight = SCORE_PER_WEIGHT * best.matched_weight.min(WEIGHT_MAX);
        let single = if is_single_word { SINGLE_WORD } else { 0.0 };
        Self(best.score + words + weight + single - SCORE_MIN)
    }

    /// Hits with a margin of 0 or more are answers.
    pub fn margin(self) -> f32 {
        self.0
    }
}
