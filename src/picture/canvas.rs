//! An SVG canvas of fixed width, with a dark background of its own: a card that is quiet in Discord's
//! dark theme and stands out in the light one.

use std::fmt::Write;

use super::font::{self, TextStyle};

/// In pixels. A phone shows a picture 260 to 330 wide, so a text of 30 appears at 11 to 14.
pub(super) const WIDTH: f32 = 720.0;
pub(super) const MARGIN: f32 = 28.0;

pub(super) const PAPER: &str = "#1e2025";
pub(super) const INK: &str = "#eceef2";
pub(super) const MUTED: &str = "#b4bac5";
pub(super) const ACCENT: &str = "#72b4ff";
/// Lines between rows, and lines that have a meaning.
pub(super) const RULE: &str = "#3b3f48";
pub(super) const LINE: &str = "#7d838f";

pub(super) const TITLE: TextStyle = TextStyle { size: 38.0, is_bold: true, color: INK };
pub(super) const LABEL: TextStyle = TextStyle { size: 30.0, is_bold: false, color: INK };
pub(super) const STRONG: TextStyle = TextStyle { is_bold: true, ..LABEL };
pub(super) const CAPTION: TextStyle = TextStyle { size: 27.0, is_bold: false, color: MUTED };

pub(super) struct Canvas {
    body: String,
    /// The height drawn so far.
    pub(super) y: f32,
}

impl Canvas {
    pub(super) fn new() -> Self {
        Self { body: String::new(), y: MARGIN }
    }

    /// Draws a text from a baseline origin.
    pub(super) fn text(&mut self, x: f32, baseline: f32, style: TextStyle, text: &str) {
        if text.is_empty() {
            return;
        }
        let weight = if style.is_bold { " font-weight=\"700\"" } else { "" };
        let TextStyle { size, color, .. } = style;
        let text = escape(&font::drawable(text));
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{baseline:.1}\" font-size=\"{size}\" fill=\"{color}\"{weight}>{text}</text>"
        ));
    }

    /// Draws a text centered on a point.
    pub(super) fn text_in_middle(&mut self, x: f32, baseline: f32, style: TextStyle, text: &str) {
        let width = style.width(&font::drawable(text));
        self.text(x - width / 2.0, baseline, style, text);
    }

    /// Draws lines one below the other. Returns the top of the next line.
    pub(super) fn lines(&mut self, x: f32, top: f32, style: TextStyle, lines: &[String]) -> f32 {
        let mut y = top;
        for line in lines {
            self.text(x, y + style.size, style, line);
            y += style.leading();
        }
        y
    }

    /// Draws a paragraph of full width below everything else.
    pub(super) fn paragraph(&mut self, style: TextStyle, text: &str, lines_max: usize) {
        let lines = style.wrap(text, (0.0, WIDTH - 2.0 * MARGIN), lines_max);
        self.y = self.lines(MARGIN, self.y, style, &lines);
    }

    pub(super) fn rect(
        &mut self,
        (x, y): (f32, f32),
        (width, height): (f32, f32),
        radius: f32,
        paint: &str,
    ) {
        self.add(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{radius}\" {paint}/>"
        ));
    }

    /// Draws a dot that stands out from the lines that it covers.
    pub(super) fn dot(&mut self, (x, y): (f32, f32), radius: f32) {
        self.add(format_args!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{ACCENT}\" stroke=\"{PAPER}\" stroke-width=\"2\"/>"
        ));
    }

    /// Draws a path, unless it is empty.
    pub(super) fn path(&mut self, path: &str, paint: &str) {
        if !path.is_empty() {
            self.add(format_args!("<path d=\"{path}\" {paint}/>"));
        }
    }

    pub(super) fn line(&mut self, points: &[(f32, f32)], width: f32, color: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        self.add(format_args!(
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"
        ));
    }

    /// The SVG document, as high as its content.
    pub(super) fn finish(self) -> String {
        let height = (self.y + MARGIN * 0.8).ceil();
        let (body, family) = (self.body, font::FAMILY);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"{family}\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"{PAPER}\"/>\n{body}</svg>\n"
        )
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        writeln!(self.body, "{element}").expect("a string takes all that is written");
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
