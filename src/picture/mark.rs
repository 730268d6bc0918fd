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
    /// None for silence, the sign alone.
    color: Option<&'static str>,
}

/// A palette for color-blind readers after Okabe and Ito, darkened for white letters. No color
/// suggests that a stance is good or bad.
const BLUE: &str = "#1f5a92";
const RUST: &str = "#a8430f";
const VIOLET: &str = "#7b4a86";
const TEAL: &str = "#0b6e66";
const SLATE: &str = "#4f5763";

pub(super) const SIDE: f32 = 40.0;

impl Mark {
    /// The mark of a holder's stance on a demand.
    pub fn from_stance(locale: &Locale, stance: Stance) -> Self {
        let color = match stance {
            Stance::Demands => Some(BLUE),
            Stance::Opposes => Some(RUST),
            Stance::Conditional => Some(VIOLET),
            Stance::Divided => Some(SLATE),
            Stance::Silent => None,
        };
        Self::new(locale, "stance", stance.name(), color)
    }

    /// The mark of a proposal's stance on a demand.
    pub fn from_cell(locale: &Locale, stance: CellStance) -> Self {
        let color = match stance {
            CellStance::Asks => Some(BLUE),
            CellStance::Offers => Some(TEAL),
            CellStance::Accepts => Some(VIOLET),
            CellStance::Rejects => Some(RUST),
            CellStance::SetsAside => Some(SLATE),
            CellStance::Silent => None,
        };
        Self::new(locale, "cell", stance.name(), color)
    }

    fn new(locale: &Locale, kind: &str, name: &str, color: Option<&'static str>) -> Self {
        let key = format!("{kind}-{}", name.replace(' ', "-"));
        Self {
            sign: locale.text(&format!("mark-{key}.sign")),
            word: locale.text(&format!("mark-{key}")),
            symbol: locale.text(&format!("{key}.mark")),
            meaning: locale.text(&format!("{key}.name")),
            color,
        }
    }

    /// Draws the mark, centered on a point.
    pub(super) fn draw(&self, canvas: &mut Canvas, x: f32, y: f32) {
        let half = SIDE / 2.0;
        let Some(color) = self.color else {
            canvas.text_in_middle(x, y + STRONG.size * 0.36, NOTE, &self.sign);
            return;
        };
        // Refusals are round; demands and offers are angular.
        let radius = if color == RUST { half } else { 7.0 };
        canvas.rect((x - half, y - half), (SIDE, SIDE), radius, &format!("fill=\"{color}\""));
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
        Self { sign: sign.to_owned(), word, symbol, meaning, color: Some(RUST) }
    }
}
