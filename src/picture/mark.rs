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

/// Half the width of a shape, and the width of its lines.
const HALF: f32 = 13.0;
const STROKE: f32 = 4.5;

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
        let color = self.color;
        let (fill, outline) = (
            format!("fill=\"{color}\""),
            format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{STROKE}\""),
        );
        let ring = HALF - STROKE / 2.0;
        let mut line = |from: (f32, f32), to: (f32, f32)| {
            canvas.line(&[(x + from.0, y + from.1), (x + to.0, y + to.1)], STROKE, color);
        };
        match self.symbol.as_str() {
            "●" => canvas.circle((x, y), HALF, &fill),
            "○" => canvas.circle((x, y), ring, &outline),
            "◐" => {
                canvas.circle((x, y), ring, &outline);
                canvas.path(
                    &format!("M{x:.1} {:.1}A{HALF} {HALF} 0 0 0 {x:.1} {:.1}Z", y - HALF, y + HALF),
                    &fill,
                );
            }
            "◇" => {
                let half = HALF - 1.0;
                let path = format!(
                    "M{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}Z",
                    y - half,
                    x + half,
                    y + half,
                    x - half
                );
                canvas.path(&path, &outline);
            }
            "✕" => {
                line((-10.0, -10.0), (10.0, 10.0));
                line((-10.0, 10.0), (10.0, -10.0));
            }
            "✓" => {
                let points = [(x - 11.0, y + 1.0), (x - 4.0, y + 9.0), (x + 11.0, y - 9.0)];
                canvas.line(&points, STROKE, color);
            }
            "±" => {
                line((-10.0, -4.0), (10.0, -4.0));
                line((0.0, -14.0), (0.0, 6.0));
                line((-10.0, 12.0), (10.0, 12.0));
            }
            // Silence, and any mark without a shape.
            _ => line((-7.0, 0.0), (7.0, 0.0)),
        }
    }
}

#[cfg(test)]
impl Mark {
    pub(super) fn for_test(symbol: &str) -> Self {
        Self { symbol: symbol.to_owned(), meaning: symbol.to_owned(), color: ORANGE }
    }
}
