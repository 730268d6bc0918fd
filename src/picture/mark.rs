//! Marks of stances, the same as in texts: shapes that differ without their color.

use super::canvas::{Canvas, MUTED};
use crate::content::{CellStance, Stance};
use crate::locale::Locale;

/// The mark of a stance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// As in texts: "●".
    pub symbol: String,
    /// In words: "asks for it".
    pub meaning: String,
    color: &'static str,
}

/// A palette for color-blind readers after Okabe and Ito, lightened for the dark background. No
/// color suggests that a stance is good or bad.
const BLUE: &str = "#72b4ff";
const ORANGE: &str = "#ffa45e";
const VIOLET: &str = "#cfa9ff";
const TEAL: &str = "#4ed5b7";
const GRAY: &str = "#c6cbd4";

/// The colors of marks, for the test of their contrast.
#[cfg(test)]
pub(super) const COLORS: [&str; 6] = [BLUE, ORANGE, VIOLET, TEAL, GRAY, MUTED];

/// The side of the square that a mark takes.
pub(super) const SIDE: f32 = 34.0;

/// A circle of radius 13 around the origin, and one that is as wide with its outline.
const DISK: &str = "M-13 0a13 13 0 1 0 26 0a13 13 0 1 0 -26 0Z";
const RING: &str = "M-10.75 0a10.75 10.75 0 1 0 21.5 0a10.75 10.75 0 1 0 -21.5 0Z";

impl Mark {
    /// The mark of a holder's stance on a demand.
    pub fn from_stance(locale: &Locale, stance: Stance) -> Self {
        let color = match stance {
            Stance::Demands => BLUE,
            Stance::Opposes => ORANGE,
            Stance::Conditional => VIOLET,
            Stance::Divided => GRAY,
            Stance::Silent => MUTED,
        };
        Self::new(locale, &format!("stance-{}", stance.name()), color)
    }

    /// The mark of a proposal's stance on a demand.
    pub fn from_cell(locale: &Locale, stance: CellStance) -> Self {
        let color = match stance {
            CellStance::Asks => BLUE,
            CellStance::Offers => TEAL,
            CellStance::Accepts => VIOLET,
            CellStance::Rejects => ORANGE,
            CellStance::SetsAside => GRAY,
            CellStance::Silent => MUTED,
        };
        Self::new(locale, &format!("cell-{}", stance.name().replace(' ', "-")), color)
    }

    fn new(locale: &Locale, key: &str, color: &'static str) -> Self {
        let [symbol, meaning] = ["mark", "name"].map(|part| locale.text(&format!("{key}.{part}")));
        Self { symbol, meaning, color }
    }

    /// The mark with its meaning, for descriptions: "● asks for it".
    pub(super) fn text(&self) -> String {
        format!("{}\u{a0}{}", self.symbol, self.meaning)
    }

    /// Draws the mark, centered on a point. The font of pictures has few of these shapes, so they are
    /// drawn as paths.
    pub(super) fn draw(&self, canvas: &mut Canvas, x: f32, y: f32) {
        let (outline, area) = match self.symbol.as_str() {
            "●" => ("", DISK),
            "○" => (RING, ""),
            "◐" => (RING, "M0 -13A13 13 0 0 0 0 13Z"),
            "◇" => ("M0 -12L12 0L0 12L-12 0Z", ""),
            "✕" => ("M-10 -10L10 10M-10 10L10 -10", ""),
            "✓" => ("M-11 1L-4 9L11 -9", ""),
            "±" => ("M-10 -4H10M0 -14V6M-10 12H10", ""),
            // Silence, and any mark without a shape.
            _ => ("M-7 0H7", ""),
        };
        let (color, at) = (self.color, format!("transform=\"translate({x:.1} {y:.1})\""));
        let pen =
            "fill=\"none\" stroke-width=\"4.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\"";
        canvas.path(outline, &format!("{at} {pen} stroke=\"{color}\""));
        canvas.path(area, &format!("{at} fill=\"{color}\""));
    }
}

#[cfg(test)]
impl Mark {
    pub(super) fn for_test(symbol: &str) -> Self {
        Self { symbol: symbol.to_owned(), meaning: symbol.to_owned(), color: ORANGE }
    }
}
