//! The banner of a digest post: where its entry lies among the others, on the timeline or by stance.

use super::axis::{Axis, DaySpan};
use super::canvas::{ACCENT, CAPTION, Canvas, LABEL, LINE, MARGIN, TITLE, WIDTH};
use super::mark::{Mark, SIDE};
use super::timeline::{self, EventRow};
use super::{DescriptionRow, Picture, describe};
use crate::catalog::{Catalog, Item};
use crate::content::{Detail, Kind};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DigestBanner {
    kicker: String,
    title: String,
    summary: String,
    content: BannerContent,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum BannerContent {
    /// All events, and the days that the entry covers.
    Axis {
        axis: Axis,
        all: Vec<DaySpan>,
        own: Vec<EventRow>,
        lead: String,
    },
    /// The stances of all holders on one demand, or of one holder on all demands.
    Stances(Vec<(Mark, String)>),
    Nothing,
}

/// The most lines of a kicker and of a title. An event's kicker names all its topics.
const HEAD_LINES_MAX: usize = 3;

/// Builds the banner of an entry.
pub fn banner(catalog: &Catalog, kicker: String, item: Item<'_>) -> Picture {
    let entry = item.entry;
    let content = match &entry.detail {
        Detail::Demand { .. } => demand_body(catalog, item),
        Detail::Position { stances, .. } => {
            let marks = stances.iter().map(|held| Mark::from_stance(catalog.locale(), held.stance));
            BannerContent::Stances(marks.zip(demands(item)).collect())
        }
        Detail::Proposal { cells, .. } => {
            let marks = cells.iter().map(|cell| Mark::from_cell(catalog.locale(), cell.stance));
            BannerContent::Stances(marks.zip(demands(item)).collect())
        }
        Detail::Event { .. } => timeline_body(catalog, item, std::iter::once(item)),
        Detail::Outlook { .. } | Detail::Plain => {
            let is_event = |one: &Item<'_>| one.entry.kind == Kind::Event;
            timeline_body(catalog, item, item.related().filter(is_event))
        }
    };
    let (title, summary) = (entry.title.clone(), entry.summary.clone());
    Picture::Banner(DigestBanner { kicker, title, summary, content })
}

fn demands(item: Item<'_>) -> impl Iterator<Item = String> {
    item.siblings(Kind::Demand).map(|demand| demand.entry.title.clone())
}

/// The stances of all holders on a demand.
fn demand_body(catalog: &Catalog, item: Item<'_>) -> BannerContent {
    let stance = |position: Item<'_>| {
        let mark = Mark::from_stance(catalog.locale(), position.stance_on(item).stance);
        Some((mark, position.holder()?.entry.title.clone()))
    };
    let positions = catalog.featured(Kind::Position, catalog.article_of(item));
    BannerContent::Stances(positions.into_iter().filter_map(stance).collect())
}

fn timeline_body<'a>(
    catalog: &Catalog,
    item: Item<'_>,
    own: impl Iterator<Item = Item<'a>>,
) -> BannerContent {
    let locale = catalog.locale();
    let dates = item.siblings(Kind::Event).filter_map(|event| event.entry.date());
    let today = item.article.covers_until;
    let all: Vec<DaySpan> = dates.map(|date| DaySpan::from_date(date, today)).collect();
    let own = timeline::events(locale, own);
    let lead = locale.text_with("picture-banner.events", &[("count", own.len().into())]);
    match Axis::around(locale, all.iter().copied()) {
        Some(axis) if !own.is_empty() => BannerContent::Axis { axis, all, own, lead },
        _ => BannerContent::Nothing,
    }
}

impl DigestBanner {
    pub(super) fn description(&self) -> String {
        let lead = format!("{}: {}.", self.kicker, self.title);
        match &self.content {
            BannerContent::Axis { own, lead: events, .. } => {
                describe(&format!("{lead} {events}"), own.iter().map(EventRow::described))
            }
            BannerContent::Stances(stances) => {
                let rows = stances.iter().map(|(mark, label)| {
                    DescriptionRow(String::new(), label, format!(": {}", mark.text()))
                });
                describe(&lead, rows)
            }
            BannerContent::Nothing => format!("{lead} {}", self.summary),
        }
    }

    pub(super) fn svg(&self) -> String {
        let mut canvas = Canvas::new();
        canvas.rect((0.0, 0.0), (WIDTH, 8.0), 0.0, &format!("fill=\"{ACCENT}\""));
        canvas.paragraph(CAPTION, &self.kicker, HEAD_LINES_MAX);
        canvas.paragraph(TITLE, &self.title, HEAD_LINES_MAX);
        canvas.y += 12.0;
        match &self.content {
            BannerContent::Axis { axis, all, own, .. } => draw_axis(&mut canvas, axis, all, own),
            BannerContent::Stances(stances) => draw_stances(&mut canvas, stances),
            BannerContent::Nothing => canvas.paragraph(LABEL, &self.summary, 4),
        }
        canvas.finish()
    }
}

fn draw_axis(canvas: &mut Canvas, axis: &Axis, all: &[DaySpan], own: &[EventRow]) {
    let y = canvas.y + 20.0;
    let x_of = |day| MARGIN + 12.0 + axis.position(day) * (WIDTH - 2.0 * MARGIN - 24.0);
    canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], 3.0, LINE);
    for days in all {
        let x = x_of(days.first);
        canvas.line(&[(x, y - 8.0), (x, y + 8.0)], 2.0, LINE);
    }
    for EventRow { days, .. } in own {
        let (x, end) = (x_of(days.first), x_of(days.last));
        match days.is_single_day() {
            true => canvas.dot((x, y), 11.0),
            false => {
                let paint = format!("fill=\"{ACCENT}\" fill-opacity=\"0.75\" stroke=\"{ACCENT}\"");
                canvas.rect((x, y - 8.0), ((end - x).max(12.0), 16.0), 5.0, &paint);
            }
        }
    }
    let mut end = f32::MIN;
    for (day, name) in &axis.ticks {
        let (x, width) = (x_of(*day), CAPTION.width(name));
        let left = (x - width / 2.0).clamp(MARGIN, WIDTH - MARGIN - width);
        if left > end + 12.0 {
            canvas.text(left, y + 42.0, CAPTION, name);
            end = left + width;
        }
    }
    canvas.y = y + 48.0;
}

fn draw_stances(canvas: &mut Canvas, stances: &[(Mark, String)]) {
    for (mark, label) in stances {
        let top = canvas.y;
        let text = format!("{label}: {}", mark.meaning);
        let x = MARGIN + SIDE + 14.0;
        let lines = LABEL.wrap(&text, (0.0, WIDTH - MARGIN - x), 2);
        mark.draw(canvas, MARGIN + SIDE / 2.0, top + LABEL.leading() / 2.0 + 3.0);
        canvas.y = canvas.lines(x, top, LABEL, &lines) + 10.0;
    }
}

#[cfg(test)]
impl DigestBanner {
    pub(super) fn labels(&self) -> Vec<&str> {
        let own: Vec<&str> = match &self.content {
            BannerContent::Axis { own, .. } => {
                own.iter().map(|event| event.when.as_str()).collect()
            }
            BannerContent::Stances(stances) => {
                stances.iter().map(|(_, label)| label.as_str()).collect()
            }
            BannerContent::Nothing => vec![&self.summary],
        };
        [vec![self.kicker.as_str(), &self.title], own].concat()
    }
}
