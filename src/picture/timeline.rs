//! The events of a page along a time axis, each with its date and title beside it.

use jiff::civil::Date;

use super::axis::{Axis, DaySpan, TICKS_MAX};
use super::canvas::{ACCENT, CAPTION, Canvas, LABEL, LINE, MARGIN, RULE, STRONG, TITLE, WIDTH};
use super::{DescriptionRow, Picture, describe};
use crate::catalog::{Catalog, Item};
use crate::locale::Locale;

/// Events in chronological order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timeline {
    title: String,
    axis: Axis,
    rows: Vec<EventRow>,
    /// The legend of dots, bands and arrows.
    legend: [String; 3],
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

/// The gap between the axis and the texts, with room for bands.
const BANDS: f32 = 70.0;

/// The gap between two rows, and the least distance between labels of the axis.
const GAP: f32 = 18.0;
const TICK_GAP: f32 = 46.0;

/// The width of a band, and the offset between overlapping bands.
const BAND: f32 = 11.0;
const LANE: f32 = 14.0;
const LANES_MAX: usize = 3;

/// The radius of a dot, and the height of an arrow.
const DOT: f32 = 9.0;
const ARROW: f32 = 13.0;

/// A dot on the axis, or a band beside it from `top` to `bottom`, with an arrow at each end that is
/// beyond the axis.
#[derive(Default)]
struct AxisMark {
    is_dot: bool,
    x: f32,
    top: f32,
    bottom: f32,
    begins_before: bool,
    ends_after: bool,
}

/// The timeline of a page of sorted events; `None` for fewer than two. The axis ends with the period
/// that was asked for, and before the event of the next page, even if an event began before that or
/// went on after it.
pub fn timeline(
    catalog: &Catalog,
    title: String,
    (from, to): (Option<Date>, Option<Date>),
    items: &[Item<'_>],
    next: Option<Item<'_>>,
) -> Option<Picture> {
    let locale = catalog.locale();
    let rows: Vec<EventRow> = events(locale, items.iter().copied());
    let next = next.and_then(|item| item.entry.date()).map(|date| date.start().first_day());
    let to = to.into_iter().chain(next).min();
    let (from, to) = (from.unwrap_or(Date::MIN), to.unwrap_or(Date::MAX));
    let within = |DaySpan { first, last }| DaySpan { first: first.max(from), last: last.min(to) };
    let axis = Axis::around(locale, rows.iter().map(|row| within(row.days)))?;
    let (first, last) = axis.year_range();
    let legend = if first == last { "picture-timeline.year" } else { "picture-timeline.years" };
    let values = [
        ("title", title.into()),
        ("from", first.to_string().into()),
        ("to", last.to_string().into()),
    ];
    let title = locale.text_with(legend, &values);
    let footer = catalog.covers_until_text(None).unwrap_or_default();
    let key = ["day", "band", "beyond"].map(|key| locale.text(&format!("picture-timeline.{key}")));
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
    pub(super) fn described(&self) -> DescriptionRow<'_> {
        DescriptionRow(format!("{}: ", self.when), &self.what, String::new())
    }
}

impl Timeline {
    pub(super) fn description(&self) -> String {
        describe(&self.lead, self.rows.iter().map(EventRow::described))
    }

    pub(super) fn svg(&self) -> String {
        let mut canvas = Canvas::new();
        canvas.paragraph(TITLE, &self.title, 2);
        canvas.y += 16.0;
        let top = canvas.y;
        let ticks = self.axis.ticks.iter().map(|(_, name)| CAPTION.width(name));
        let axis_x = MARGIN + ticks.fold(0.0, f32::max) + 18.0;
        let text_x = axis_x + BANDS;
        let texts: Vec<Vec<String>> = self.rows.iter().map(|row| row.lines(text_x)).collect();
        let height = |lines: &Vec<String>| lines.len() as f32 * LABEL.leading() + GAP;
        let rows: f32 = texts.iter().map(height).sum();
        let least = TICKS_MAX as f32 * TICK_GAP;
        let stretch = (least - rows).max(0.0) / texts.len().max(1) as f32;
        let bottom = top + rows.max(least);
        let y_of = |day| top + 16.0 + self.axis.position(day) * (bottom - top - 40.0);
        self.draw_axis(&mut canvas, axis_x, (top, bottom), y_of);
        let marks = self.marks(axis_x, y_of);
        let mut y = top;
        for ((mark, row), lines) in marks.iter().zip(&self.rows).zip(&texts) {
            let middle = y + LABEL.leading() / 2.0 + 2.0;
            let bend = (text_x - 20.0, middle);
            canvas.line(&[mark.anchor(), bend, (text_x - 8.0, middle)], 1.5, LINE);
            row.draw(&mut canvas, (text_x, y), lines);
            y += height(lines) + stretch;
        }
        for mark in &marks {
            mark.draw(&mut canvas);
        }
        canvas.y = bottom + 6.0;
        self.draw_legend(&mut canvas, &marks);
        canvas.paragraph(CAPTION, &self.footer, 2);
        canvas.finish()
    }

    /// A single day is a dot on the axis, an interval a band beside it. Overlapping bands are
    /// offset.
    fn marks(&self, axis_x: f32, y_of: impl Fn(Date) -> f32) -> Vec<AxisMark> {
        let mut lanes = [f32::MIN; LANES_MAX];
        let mark = |EventRow { days, .. }: &EventRow| {
            let (top, end) = (y_of(days.first), y_of(days.last));
            if days.is_single_day() {
                return AxisMark {
                    is_dot: true,
                    x: axis_x,
                    top,
                    bottom: top,
                    ..Default::default()
                };
            }
            let bottom = end.max(top + BAND);
            let lane = lanes.iter().position(|end| *end < top).unwrap_or(LANES_MAX - 1);
            lanes[lane] = bottom + 2.0;
            AxisMark {
                is_dot: false,
                x: axis_x + 12.0 + lane as f32 * LANE,
                top,
                bottom,
                begins_before: days.first < self.axis.first,
                ends_after: days.last > self.axis.last,
            }
        };
        self.rows.iter().map(mark).collect()
    }

    fn draw_axis(
        &self,
        canvas: &mut Canvas,
        axis_x: f32,
        (top, bottom): (f32, f32),
        y_of: impl Fn(Date) -> f32,
    ) {
        canvas.line(&[(axis_x, top), (axis_x, bottom - 12.0)], 3.0, LINE);
        for (day, name) in &self.axis.ticks {
            let y = y_of(*day);
            canvas.line(&[(axis_x - 9.0, y), (axis_x, y)], 2.0, LINE);
            let x = axis_x - 18.0 - CAPTION.width(name);
            canvas.text(x, y + CAPTION.size * 0.36, CAPTION, name);
        }
    }

    /// The key of the marks that occur, a line each.
    fn draw_legend(&self, canvas: &mut Canvas, marks: &[AxisMark]) {
        canvas.line(&[(MARGIN, canvas.y), (WIDTH - MARGIN, canvas.y)], 1.5, RULE);
        canvas.y += 14.0;
        let is_used = [
            marks.iter().any(|mark| mark.is_dot),
            marks.iter().any(|mark| !mark.is_dot),
            marks.iter().any(|mark| mark.begins_before || mark.ends_after),
        ];
        let x = MARGIN + 10.0 - BAND / 2.0;
        for (index, words) in self.legend.iter().enumerate().filter(|(index, _)| is_used[*index]) {
            let (top, bottom) = (canvas.y + 4.0, canvas.y + CAPTION.size + 4.0);
            let band = AxisMark { x, top, bottom, ..AxisMark::default() };
            match index {
                0 => canvas.dot((MARGIN + 10.0, canvas.y + CAPTION.size * 0.64), DOT),
                1 => band.draw(canvas),
                _ => AxisMark { bottom: bottom - ARROW, ends_after: true, ..band }.draw(canvas),
            }
            canvas.text(MARGIN + 34.0, canvas.y + CAPTION.size, CAPTION, words);
            canvas.y += CAPTION.leading() + 2.0;
        }
        canvas.y += 4.0;
    }
}

impl EventRow {
    /// The date and the title in lines; the title follows the date.
    fn lines(&self, x: f32) -> Vec<String> {
        LABEL.wrap(&self.what, (self.indent(), WIDTH - MARGIN - x), 3)
    }

    fn indent(&self) -> f32 {
        STRONG.width(&self.when) + 14.0
    }

    fn draw(&self, canvas: &mut Canvas, (x, y): (f32, f32), lines: &[String]) {
        let Some((first, others)) = lines.split_first() else { return };
        canvas.text(x, y + STRONG.size, STRONG, &self.when);
        canvas.text(x + self.indent(), y + LABEL.size, LABEL, first);
        canvas.lines(x, y + LABEL.leading(), LABEL, others);
    }
}

impl AxisMark {
    /// The start of the line to an event's text.
    fn anchor(&self) -> (f32, f32) {
        let width = if self.is_dot { 0.0 } else { BAND };
        (self.x + width, self.top + ((self.bottom - self.top) / 2.0).min(12.0))
    }

    fn draw(&self, canvas: &mut Canvas) {
        let &Self { x, top, bottom, .. } = self;
        if self.is_dot {
            return canvas.dot((x, top), DOT);
        }
        let paint = format!(
            "fill=\"{ACCENT}\" fill-opacity=\"0.45\" stroke=\"{ACCENT}\" stroke-width=\"1.5\""
        );
        canvas.rect((x, top), (BAND, bottom - top), 4.0, &paint);
        let tips = [(self.begins_before, top, -ARROW), (self.ends_after, bottom, ARROW)];
        for (_, y, height) in tips.into_iter().filter(|(is_beyond, ..)| *is_beyond) {
            let (left, right, tip) = (x - 3.0, x + BAND + 3.0, x + BAND / 2.0);
            let path = format!("M{left:.1} {y:.1}H{right:.1}L{tip:.1} {:.1}Z", y + height);
            canvas.path(&path, &format!("fill=\"{ACCENT}\""));
        }
    }
}

#[cfg(test)]
impl Timeline {
    pub(super) fn year_range(&self) -> (i16, i16) {
        self.axis.year_range()
    }

    pub(super) fn labels(&self) -> Vec<&str> {
        self.rows.iter().flat_map(|row| [row.when.as_str(), &row.what]).collect()
    }
}
