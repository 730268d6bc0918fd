//! The events of a page along a time axis, each with its date and title beside it.

use jiff::civil::Date;

use super::axis::{Axis, DaySpan, TICKS_MAX};
use super::canvas::{ACCENT, Canvas, LABEL, MARGIN, NOTE, RULE, STRONG, TITLE, WIDTH};
use super::font::TextStyle;
use super::{Described, Picture, describe};
use crate::catalog::{Catalog, Item};
use crate::locale::Locale;

/// Events in chronological order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timeline {
    title: String,
    axis: Axis,
    rows: Vec<EventRow>,
    /// The legend of dots and bands.
    legend: (String, String),
    footer: String,
    lead: String,
}

/// An event, with its date and title.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct EventRow {
    pub(super) days: DaySpan,
    pub(super) when: String,
    pub(super) what: String,
}

const AXIS_X: f32 = 140.0;
const WHEN_X: f32 = 206.0;
const WHAT_X: f32 = 342.0;

/// The typography of dates.
const WHEN: TextStyle = TextStyle { size: 21.0, ..STRONG };

/// The gap between two rows, and the least distance between labels of the axis.
const GAP: f32 = 13.0;
const TICK_GAP: f32 = 38.0;

/// The width of a band, and the offset between overlapping bands.
const BAND: f32 = 10.0;
const LANE: f32 = 12.0;
const LANES_MAX: usize = 3;

/// The colors of the axis and of the lines from it to the texts.
const LINE: &str = "#b9b4aa";
const LEADER: &str = "#a9a59c";

enum AxisMark {
    Dot(f32),
    Band { x: f32, y: f32, height: f32 },
}

/// The timeline of sorted events; `None` for fewer than two. The axis ends with the period that was
/// asked for, even if an event began before it or went on after it.
pub fn timeline(
    catalog: &Catalog,
    title: String,
    (from, to): (Option<Date>, Option<Date>),
    items: &[Item<'_>],
) -> Option<Picture> {
    let locale = catalog.locale();
    let rows: Vec<EventRow> = events(locale, items.iter().copied());
    let (from, to) = (from.unwrap_or(Date::MIN), to.unwrap_or(Date::MAX));
    let within = |DaySpan { first, last }| DaySpan { first: first.max(from), last: last.min(to) };
    let axis = Axis::around(locale, rows.iter().map(|row| within(row.days)))?;
    let (first, last) = axis.years();
    let legend = if first == last { "picture-timeline.year" } else { "picture-timeline.years" };
    let values = [
        ("title", title.into()),
        ("from", first.to_string().into()),
        ("to", last.to_string().into()),
    ];
    let title = locale.text_with(legend, &values);
    let footer = catalog.covers_until_text(None).unwrap_or_default();
    let key = (locale.text("picture-timeline.day"), locale.text("picture-timeline.band"));
    let lead = locale.text_with("picture-timeline", &[("count", rows.len().into())]);
    (rows.len() > 1).then_some(Picture::Timeline(Timeline {
        title,
        axis,
        rows,
        legend: key,
        footer,
        lead,
    }))
}

/// The events among these entries.
pub(super) fn events<'a>(locale: &Locale, items: impl Iterator<Item = Item<'a>>) -> Vec<EventRow> {
    let row = |item: Item<'_>| {
        let date = item.entry.date()?;
        let days = DaySpan::from_date(date, item.article.covers_until);
        let what = locale.without_date(&item.entry.title).to_owned();
        Some(EventRow { days, when: locale.date_short(date), what })
    };
    items.filter_map(row).collect()
}

impl EventRow {
    pub(super) fn described(&self) -> Described<'_> {
        Described(format!("{}: ", self.when), &self.what, String::new())
    }
}

impl Timeline {
    pub(super) fn description(&self) -> String {
        describe(&self.lead, self.rows.iter().map(EventRow::described))
    }

    pub(super) fn svg(&self) -> String {
        let mut canvas = Canvas::new();
        canvas.paragraph(TITLE, &self.title, 2);
        canvas.y += 14.0;
        let top = canvas.y;
        let texts: Vec<[Vec<String>; 2]> = self.rows.iter().map(texts).collect();
        let height = |lines: &[Vec<String>; 2]| {
            lines[0].len().max(lines[1].len()) as f32 * LABEL.leading() + GAP
        };
        let rows: f32 = texts.iter().map(height).sum();
        let least = TICKS_MAX as f32 * TICK_GAP;
        let stretch = (least - rows).max(0.0) / texts.len().max(1) as f32;
        let bottom = top + rows.max(least);
        let y_of = |day| top + 14.0 + self.axis.position(day) * (bottom - top - 34.0);
        self.draw_axis(&mut canvas, (top, bottom), y_of);
        let marks = self.marks(y_of);
        let mut y = top;
        for (mark, lines) in marks.iter().zip(&texts) {
            let middle = y + LABEL.leading() / 2.0 + 2.0;
            let bend = (WHEN_X - 22.0, middle);
            canvas.line(&[mark.anchor(), bend, (WHEN_X - 8.0, middle)], 1.5, LEADER);
            canvas.lines(WHEN_X, y + 1.5, WHEN, &lines[0]);
            canvas.lines(WHAT_X, y, LABEL, &lines[1]);
            y += height(lines) + stretch;
        }
        for mark in &marks {
            mark.draw(&mut canvas);
        }
        canvas.y = bottom + 6.0;
        self.draw_legend(&mut canvas);
        canvas.paragraph(NOTE, &self.footer, 2);
        canvas.finish()
    }

    /// A single day is a dot on the axis, an interval a band beside it. Overlapping bands are
    /// offset.
    fn marks(&self, y_of: impl Fn(Date) -> f32) -> Vec<AxisMark> {
        let mut lanes = [f32::MIN; LANES_MAX];
        let mark = |row: &EventRow| {
            let (y, end) = (y_of(row.days.first), y_of(row.days.last));
            if row.days.is_single_day() {
                return AxisMark::Dot(y);
            }
            let height = (end - y).max(BAND);
            let lane = lanes.iter().position(|end| *end < y).unwrap_or(LANES_MAX - 1);
            lanes[lane] = y + height + 2.0;
            AxisMark::Band { x: AXIS_X + 8.0 + lane as f32 * LANE, y, height }
        };
        self.rows.iter().map(mark).collect()
    }

    fn draw_axis(
        &self,
        canvas: &mut Canvas,
        (top, bottom): (f32, f32),
        y_of: impl Fn(Date) -> f32,
    ) {
        canvas.line(&[(AXIS_X, top), (AXIS_X, bottom - 12.0)], 3.0, LINE);
        for (day, name) in &self.axis.ticks {
            let y = y_of(*day);
            canvas.line(&[(AXIS_X - 8.0, y), (AXIS_X, y)], 2.0, LINE);
            let x = AXIS_X - 16.0 - NOTE.width(name);
            canvas.text(x, y + NOTE.size * 0.36, NOTE, name);
        }
    }

    fn draw_legend(&self, canvas: &mut Canvas) {
        let y = canvas.y + 14.0;
        canvas.line(&[(MARGIN, canvas.y), (WIDTH - MARGIN, canvas.y)], 1.5, RULE);
        canvas.dot((MARGIN + 8.0, y + 10.0), 8.0, ACCENT);
        canvas.text(MARGIN + 28.0, y + 17.0, NOTE, &self.legend.0);
        let x = MARGIN + 28.0 + NOTE.width(&self.legend.0) + 34.0;
        canvas.rect((x, y - 3.0), (BAND, 26.0), 4.0, &band_paint());
        canvas.text(x + 22.0, y + 17.0, NOTE, &self.legend.1);
        canvas.y = y + NOTE.leading() + 4.0;
    }
}

fn texts(row: &EventRow) -> [Vec<String>; 2] {
    [
        WHEN.wrap(&row.when, (0.0, WHAT_X - WHEN_X - 10.0), 3),
        LABEL.wrap(&row.what, (0.0, WIDTH - MARGIN - WHAT_X), 3),
    ]
}

fn band_paint() -> String {
    format!("fill=\"{ACCENT}\" fill-opacity=\"0.45\" stroke=\"{ACCENT}\" stroke-width=\"1.5\"")
}

impl AxisMark {
    /// The start of the line to an event's text.
    fn anchor(&self) -> (f32, f32) {
        match *self {
            Self::Dot(y) => (AXIS_X, y),
            Self::Band { x, y, height } => (x + BAND, y + (height / 2.0).min(12.0)),
        }
    }

    fn draw(&self, canvas: &mut Canvas) {
        match *self {
            Self::Dot(y) => canvas.dot((AXIS_X, y), 8.0, ACCENT),
            Self::Band { x, y, height } => canvas.rect((x, y), (BAND, height), 4.0, &band_paint()),
        }
    }
}

#[cfg(test)]
impl Timeline {
    pub(super) fn labels(&self) -> Vec<&str> {
        self.rows.iter().flat_map(|row| [row.when.as_str(), &row.what]).collect()
    }
}
