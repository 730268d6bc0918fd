//! Pictures of answers: rendered from a card's data to SVG and PNG, independent of Discord.
//!
//! A picture shows nothing that its card and its description do not say, and nothing by color
//! alone.

mod axis;
mod banner;
mod canvas;
mod font;
mod mark;
mod matrix;
mod timeline;

pub use banner::{DigestBanner, banner};
pub use mark::Mark;
pub use matrix::{Matrix, MatrixRow};
pub use timeline::{Timeline, timeline};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::text::shorten;

/// The largest picture. Discord accepts more, but members pay for their data.
pub const PNG_BYTES_MAX: usize = 200 * 1_024;

/// The limit of a description:
/// <https://docs.discord.com/developers/components/reference#media-gallery>.
pub const DESCRIPTION_CHARS_MAX: usize = 1_024;

/// The data of a picture. It is small; rendering happens on demand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Picture {
    Timeline(Timeline),
    Matrix(Matrix),
    Banner(DigestBanner),
}

impl Picture {
    /// The alternative text.
    pub fn description(&self) -> String {
        match self {
            Self::Timeline(timeline) => timeline.description(),
            Self::Matrix(matrix) => matrix.description(),
            Self::Banner(banner) => banner.description(),
        }
    }

    /// Renders SVG.
    pub fn svg(&self) -> String {
        match self {
            Self::Timeline(timeline) => timeline.svg(),
            Self::Matrix(matrix) => matrix.svg(),
            Self::Banner(banner) => banner.svg(),
        }
    }

    /// Renders PNG; `None` if it would exceed [`PNG_BYTES_MAX`].
    pub fn png(&self) -> Option<Vec<u8>> {
        let tree = parse_svg(&self.svg())?;
        let size = tree.size().to_int_size();
        let mut pixels = Pixmap::new(size.width(), size.height())?;
        resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
        let png = pixels.encode_png().ok()?;
        (png.len() <= PNG_BYTES_MAX).then_some(png)
    }
}

fn parse_svg(svg: &str) -> Option<Tree> {
    let options = Options { fontdb: font::database(), ..Options::default() };
    Tree::from_str(svg, &options).ok()
}

/// A row of a description: a title that may be shortened, between two parts that may not.
struct DescriptionRow<'a>(String, &'a str, String);

fn describe<'a>(lead: &str, rows: impl Iterator<Item = DescriptionRow<'a>>) -> String {
    let rows: Vec<DescriptionRow<'_>> = rows.collect();
    let with_titles = |chars_max: usize| {
        let row = |DescriptionRow(before, title, after): &DescriptionRow<'_>| {
            format!("{before}{}{after}", shorten(title, chars_max))
        };
        format!("{lead} {}.", rows.iter().map(row).collect::<Vec<_>>().join("; "))
    };
    // The longer the titles may be, the longer the description is.
    let lengths: Vec<usize> = (8..=60).collect();
    let fits = |max: &usize| with_titles(*max).chars().count() <= DESCRIPTION_CHARS_MAX;
    match lengths.partition_point(fits) {
        0 => shorten(&with_titles(lengths[0]), DESCRIPTION_CHARS_MAX),
        fitting => with_titles(lengths[fitting - 1]),
    }
}

#[cfg(test)]
mod tests;
