//! Marks of stances: a sign, a word and a color, so that nobody depends on the color.

use super::canvas::{Canvas, NOTE, PAPER, STRONG};
use super::font::TextStyle;
use crate::content::{CellStance, Stance};
use crate::locale::Locale;

/// The mark of a stance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    sign: String,
    pub(super) word: String,
    /// The sign and its meaning in texts, which have more characters than the font of pictures.
    pub symbol: String,
    pub meaning: String,
    tone: Tone,
}

/// A palette for color-blind readers after Okabe and Ito, darkened for white letters. No color
/// suggests that a stance is good or bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Tone {
    Blue,
    Rust,
    Violet,
    Teal,
    Slate,
    /// The sign alone, for silence.
    Empty,
}

pub(super) const SIDE: f32 = 40.0;

impl Mark {
    /// The mark of a holder's stance on a demand.
    pub fn from_stance(locale: &Locale, stance: Stance) -> Self {
        let tone = match stance {
            Stance::Demands => Tone::Blue,
            Stance::Opposes => Tone::Rust,
            Stance::Conditional => Tone::Violet,
            Stance::Divided => Tone::Slate,
            Stance::Silent => Tone::Empty,
        };
        Self::new(locale, "stance", stance.name(), tone)
    }

    /// The mark of a proposal's stance on a demand.
    pub fn from_cell(locale: &Locale, stance: CellStance) -> Self {
        let tone = match stance {
            CellStance::Asks => Tone::Blue,
            CellStance::Offers => Tone::Teal,
            CellStance::Accepts => Tone::Violet,
            CellStance::Rejects => Tone::Rust,
            CellStance::SetsAside => Tone::Slate,
            CellStance::Silent => Tone::Empty,
        };
        Self::new(locale, "cell", stance.name(), tone)
    }

    fn new(locale: &Locale, kind: &str, name: &str, tone: Tone) -> Self {
        let key = format!("{kind}-{}", name.replace(' ', "-"));
        Self {
            sign: locale.text(&format!("mark-{key}.sign")),
            word: locale.text(&format!("mark-{key}")),
            symbol: locale.text(&format!("{key}.mark")),
            meaning: locale.text(&format!("{key}.name")),
            tone,
        }
    }

    /// Draws the mark, centered on a point.
    pub(super) fn draw(&self, canvas: &mut Canvas, x: f32, y: f32) {
        let half = SIDE / 2.0;
        if self.tone == Tone::Empty {
            canvas.text_in_middle(x, y + STRONG.size * 0.36, NOTE, &self.sign);
            return;
        }
        let fill = match self.tone {
            Tone::Blue => "#1f5a92",
            Tone::Rust => "#a8430f",
            Tone::Violet => "#7b4a86",
            Tone::Teal => "#0b6e66",
            Tone::Slate | Tone::Empty => "#4f5763",
        };
        // Refusals are round; demands and offers are angular.
        let radius = if self.tone == Tone::Rust { half } else { 7.0 };
        canvas.rect((x - half, y - half), (SIDE, SIDE), radius, &format!("fill=\"{fill}\""));
        match &*self.sign {
            // Drawn as a path: the font's glyph is too small or missing.
            "×" => {
                canvas.line(&[(x - 8.0, y - 8.0), (x + 8.0, y + 8.0)], 4.0, PAPER);
                canvas.line(&[(x - 8.0, y + 8.0), (x + 8.0, y - 8.0)], 4.0, PAPER);
            }
            "✓" => {
                let points = [(x - 10.0, y + 1.0), (x - 3.0, y + 8.0), (x + 10.0, y - 8.0)];
                canvas.line(&points, 4.0, PAPER);
            }
            sign => {
                let set = TextStyle { color: PAPER, ..STRONG };
                canvas.text_in_middle(x, y + STRONG.size * 0.36, set, sign);
            }
        }
    }
}

#[cfg(test)]
impl Mark {
    pub(super) fn for_test(sign: &str) -> Self {
        let [word, symbol, meaning] = [sign; 3].map(str::to_owned);
        Self { sign: sign.to_owned(), word, symbol, meaning, tone: Tone::Rust }
    }
}
