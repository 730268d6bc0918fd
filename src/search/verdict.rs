//! Whether the best hit is an answer at all. A wrong answer is worse than none.

use super::similarity::Ranked;

/// The boundary, fixed by measurement (`tests/finding.rs`): the more of a question is unexplained, the
/// better the best hit must be.
const QUALITY_LEAST: f32 = 0.18;
const QUALITY_PER_UNEXPLAINED: f32 = 1.1;

/// Words that weigh less together are a coincidence even where a text has them all: "what is the meaning of life".
const EVIDENCE_ENOUGH: f32 = 0.6;

/// The two scores that decide whether a question is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// How good the best hit is, from 0 to about 1.
    pub quality: f32,
    /// The share of the question, by how much its words tell, that the best hit does not explain.
    pub unexplained: f32,
}

impl Score {
    pub(super) fn of(best: &Ranked) -> Self {
        Self {
            quality: best.score * (best.evidence / EVIDENCE_ENOUGH).min(1.0),
            unexplained: 1.0 - best.explained,
        }
    }

    /// Those of a document that was named outright.
    pub(super) fn named() -> Self {
        Self { quality: 2.0, unexplained: 0.0 }
    }

    /// How far on the right side of the boundary: an answer from 0 on.
    pub fn margin(self) -> f32 {
        self.quality - QUALITY_LEAST - QUALITY_PER_UNEXPLAINED * self.unexplained
    }

    /// Whether to answer.
    pub fn answers(self) -> bool {
        self.margin() >= 0.0
    }
}
