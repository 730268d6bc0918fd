//! The font of pictures, Noto Sans from a crate, with Latin, Cyrillic and Greek. Text is measured
//! before it is drawn.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, Source};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::text::is_invisible;

pub(super) const FAMILY: &str = "Noto Sans";

/// The typography of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextStyle {
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) color: &'static str,
}

pub(super) fn database() -> Arc<Database> {
    static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
        let mut database = Database::new();
        for font in [ttf_noto_sans::REGULAR, ttf_noto_sans::BOLD] {
            database.load_font_source(Source::Binary(Arc::new(font)));
        }
        Arc::new(database)
    });
    Arc::clone(&DATABASE)
}

fn font(is_bold: bool) -> FontRef<'static> {
    let font = if is_bold { ttf_noto_sans::BOLD } else { ttf_noto_sans::REGULAR };
    FontRef::new(font).expect("the font of the crate can be read")
}

/// The characters of a text that the font has. The others, such as emoji, appear in the description
/// only.
pub(super) fn drawable(text: &str) -> String {
    let font = font(false);
    let glyphs = font.charmap();
    let has_glyph = |character: &char| {
        !is_invisible(*character)
            && glyphs.map(*character).is_some_and(|glyph| glyph != GlyphId::NOTDEF)
    };
    let spaced = text.chars().map(|one| if one.is_whitespace() { ' ' } else { one });
    let kept: String = spaced.filter(has_glyph).collect();
    match kept.trim().is_empty() {
        true => "…".to_owned(),
        false => kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "),
    }
}

impl TextStyle {
    /// The line height.
    pub(super) fn leading(self) -> f32 {
        (self.size * 1.25).round()
    }

    /// The width of a text without kerning, which would make it slightly narrower.
    pub(super) fn width(self, text: &str) -> f32 {
        let font = font(self.is_bold);
        let (glyphs, metrics) =
            (font.charmap(), font.glyph_metrics(Size::new(self.size), LocationRef::default()));
        let glyph = |character| glyphs.map(character).unwrap_or(GlyphId::NOTDEF);
        let advance = |character| metrics.advance_width(glyph(character)).unwrap_or(self.size);
        text.chars().map(advance).sum()
    }

    /// Wraps a text to a width. The first line is indented by `indent`, and text beyond the last
    /// line is replaced by an ellipsis.
    pub(super) fn wrap(
        self,
        text: &str,
        (indent, width_max): (f32, f32),
        lines_max: usize,
    ) -> Vec<String> {
        let text = drawable(text);
        let mut lines = vec![String::new()];
        let room = |lines: &[String]| if lines.len() == 1 { width_max - indent } else { width_max };
        for word in text.split(' ') {
            let full = lines.len();
            let line = &lines[full - 1];
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer) <= room(&lines) {
                lines[full - 1] = longer;
            } else if full < lines_max && self.width(word) <= width_max {
                lines.push(word.to_owned());
            } else {
                lines[full - 1] = self.cut(&longer, room(&lines));
                break;
            }
        }
        lines
    }

    /// Truncates a text to the width of a line, with an ellipsis.
    fn cut(self, text: &str, width_max: f32) -> String {
        let mut kept = text.to_owned();
        while self.width(&format!("{kept}…")) > width_max && kept.pop().is_some() {}
        format!("{}…", kept.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_missing_from_the_font_are_omitted() {
        for (text, drawn) in [
            ("Crimea", "Crimea"),
            ("Крим і Київ, ґанок", "Крим і Київ, ґанок"),
            ("peace 🕊️ talks", "peace talks"),
            ("a\u{202e}b\u{200f}c\u{0}d\te", "abcd e"),
            ("שלום", "…"),
            ("", "…"),
        ] {
            assert_eq!(drawable(text), drawn);
        }
    }

    #[test]
    fn wrapped_lines_never_exceed_the_width() {
        let long = "Neutral, non-nuclear, demilitarized Ukraine, and Donaudampfschifffahrtsgesellschaftskapitän";
        let style = TextStyle { size: 22.0, is_bold: true, color: "" };
        for width_max in [60.0, 120.0, 300.0] {
            for lines_max in 1..4 {
                let lines = style.wrap(long, (20.0, width_max), lines_max);
                assert!(lines.len() <= lines_max, "{lines:?}");
                for line in &lines {
                    assert!(style.width(line) <= width_max, "{lines:?}");
                }
                assert!(lines.concat().ends_with('…'), "{lines:?}");
            }
        }
        assert_eq!(style.wrap("One two", (0.0, 300.0), 2), ["One two"]);
    }
}
