//! The marks of stances: a sign, its word and a color, so that nobody has to tell colors apart.

use super::canvas::{Canvas, PAPER, STRONG, Type};
use crate::content::{CellStance, Stance};
use crate::locale::Locale;

/// A stance as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    sign: String,
    pub(super) word: String,
    tone: Tone,
}

/// Colors that people who do not see red or green still tell apart, after Okabe and Ito, darkened for white letters. None of them
/// says that a stance is good or bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Tone {
    Blue,
    Rust,
    Violet,
    Teal,
    Slate,
    /// An outline, for what is not said.
    Empty,
}

pub(super) const SIDE: f32 = 40.0;

impl Mark {
    /// The mark of a holder's stance on a demand.
    pub fn of_stance(locale: &Locale, stance: Stance) -> Self {
        let tone = match stance {
            Stance::Demands => Tone::Blue,
            Stance::Opposes => Tone::Rust,
            Stance::Conditional => Tone::Violet,
            Stance::Divided => Tone::Slate,
            Stance::Silent => Tone::Empty,
        };
        Self::new(locale, "mark-stance", stance.name(), tone)
    }

    /// The mark of what a proposal says on a demand.
    pub fn of_cell(locale: &Locale, stance: CellStance) -> Self {
        let tone = match stance {
            CellStance::Asks => Tone::Blue,
            CellStance::Offers => Tone::Teal,
            CellStance::Accepts => Tone::Violet,
            CellStance::Rejects => Tone::Rust,
            CellStance::SetsAside => Tone::Slate,
            CellStance::Silent => Tone::Empty,
        };
        Self::new(locale, "mark-cell", stance.name(), tone)
    }

    fn new(locale: &Locale, kind: &str, name: &str, tone: Tone) -> Self {
        let key = format!("{kind}-{}", name.replace(' ', "-"));
        Self { sign: locale.say(&format!("{key}.sign")), word: locale.say(&key), tone }
    }

    /// Draws it around a point.
    pub(super) fn draw(&self, canvas: &mut Canvas, x: f32, y: f32) {
        let half = SIDE / 2.0;
        let corner = (x - half, y - half);
        let (paint, color) = match self.tone {
            Tone::Blue => ("fill=\"#1f5a92\"", PAPER),
            Tone::Rust => ("fill=\"#a8430f\"", PAPER),
            Tone::Violet => ("fill=\"#7b4a86\"", PAPER),
            Tone::Teal => ("fill=\"#0b6e66\"", PAPER),
            Tone::Slate => ("fill=\"#4f5763\"", PAPER),
            Tone::Empty => ("fill=\"none\" stroke=\"#b9b4aa\" stroke-width=\"2\"", "#59606b"),
        };
        // What is refused is round, what is asked or offered has corners.
        let radius = if self.tone == Tone::Rust { half } else { 7.0 };
        canvas.rect(corner, (SIDE, SIDE), radius, paint);
        canvas.text_in_middle(x, y + STRONG.size * 0.36, Type { color, ..STRONG }, &self.sign);
    }
}
