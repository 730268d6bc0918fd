//! A matrix of holders or proposals (rows) and demands (columns), with a mark in each cell.

use super::canvas::{ACCENT, CAPTION, Canvas, LABEL, MARGIN, RULE, STRONG, TITLE, WIDTH};
use super::font::TextStyle;
use super::mark::{Mark, SIDE};
use super::{DescriptionRow, Picture, describe};

/// Rows of marks, which the terminal shows as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Matrix {
    pub title: String,
    /// The sentence that starts the description.
    pub lead: String,
    /// The demands by number.
    pub columns: Vec<(String, String)>,
    pub rows: Vec<MatrixRow>,
    /// The marks in the order of the legend.
    pub legend: Vec<Mark>,
    /// The last covered day.
    pub footer: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MatrixRow {
    /// The date of the row, if it is a single day.
    pub when: String,
    pub label: String,
    /// One mark per column.
    pub marks: Vec<Mark>,
    /// The row in words.
    pub words: String,
    /// The name of the row and what the marks do not show, for the terminal.
    pub name: String,
    pub note: String,
}

/// The width of a column, and of one beside short row labels.
const COLUMN: f32 = 50.0;
const WIDE: f32 = 72.0;
const GAP: f32 = 12.0;

/// The width of a demand's number before its name.
const NUMBER: f32 = 36.0;

/// The most lines of a row's label.
const LABEL_LINES_MAX: usize = 3;

/// The most columns that leave room for row labels.
const COLUMNS_MAX: usize = 6;

impl Matrix {
    /// Builds the matrix; `None` if there is nothing to compare or no room.
    pub fn picture(self) -> Option<Picture> {
        let has_room = (1..=COLUMNS_MAX).contains(&self.columns.len());
        (has_room && !self.rows.is_empty()).then_some(Picture::Matrix(self))
    }

    pub(super) fn description(&self) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|(number, demand)| format!("{number} {demand}")).collect();
        let lead = format!("{} {}.", self.lead, columns.join("; "));
        let rows = self.rows.iter().map(|row| {
            let when = if row.when.is_empty() { String::new() } else { format!("{}, ", row.when) };
            DescriptionRow(when, &row.label, format!(": {}", row.words))
        });
        describe(&lead, rows)
    }

    pub(super) fn svg(&self) -> String {
        let mut canvas = Canvas::new();
        canvas.paragraph(TITLE, &self.title, 2);
        canvas.y += 12.0;
        let column = if self.rows.iter().all(|row| row.when.is_empty()) { WIDE } else { COLUMN };
        let left = WIDTH - MARGIN - self.columns.len() as f32 * column;
        let middle = |index: usize| left + (index as f32 + 0.5) * column;
        for (column, (number, _)) in self.columns.iter().enumerate() {
            let y = canvas.y + STRONG.size;
            canvas.text_in_middle(middle(column), y, STRONG, number);
        }
        canvas.y += STRONG.leading() + 6.0;
        for row in &self.rows {
            let top = canvas.y;
            canvas.line(&[(MARGIN, top), (WIDTH - MARGIN, top)], 1.5, RULE);
            let lines = label_type(row).wrap(
                &row.label,
                (indent(row), left - GAP - MARGIN),
                LABEL_LINES_MAX,
            );
            let text = lines.len() as f32 * LABEL.leading();
            let height = text.max(SIDE) + 16.0;
            draw_label(&mut canvas, row, &lines, top + (height - text) / 2.0);
            for (column, mark) in row.marks.iter().enumerate() {
                mark.draw(&mut canvas, middle(column), top + height / 2.0);
            }
            canvas.y = top + height;
        }
        canvas.line(&[(MARGIN, canvas.y), (WIDTH - MARGIN, canvas.y)], 1.5, RULE);
        canvas.y += 14.0;
        let is_used = |mark: &&Mark| self.rows.iter().any(|row| row.marks.contains(mark));
        draw_legend(&mut canvas, self.legend.iter().filter(is_used));
        for (number, demand) in &self.columns {
            let set = TextStyle { color: ACCENT, ..STRONG };
            canvas.text(MARGIN, canvas.y + LABEL.size, set, number);
            let lines = LABEL.wrap(demand, (0.0, WIDTH - 2.0 * MARGIN - NUMBER), 2);
            canvas.y = canvas.lines(MARGIN + NUMBER, canvas.y, LABEL, &lines);
        }
        canvas.y += 8.0;
        canvas.paragraph(CAPTION, &self.footer, 2);
        canvas.finish()
    }
}

/// Draws marks with their words, as many per line as fit.
fn draw_legend<'m>(canvas: &mut Canvas, marks: impl Iterator<Item = &'m Mark>) {
    let mut x = MARGIN;
    for mark in marks {
        let width = SIDE + 10.0 + LABEL.width(&mark.meaning);
        if x > MARGIN && x + width > WIDTH - MARGIN {
            x = MARGIN;
            canvas.y += SIDE + 8.0;
        }
        mark.draw(canvas, x + SIDE / 2.0, canvas.y + SIDE / 2.0);
        canvas.text(
            x + SIDE + 10.0,
            canvas.y + SIDE / 2.0 + LABEL.size * 0.36,
            LABEL,
            &mark.meaning,
        );
        x += width + 26.0;
    }
    canvas.y += SIDE + 16.0;
}

/// The width of the date before a label.
fn indent(row: &MatrixRow) -> f32 {
    if row.when.is_empty() { 0.0 } else { STRONG.width(&row.when) + 12.0 }
}

fn label_type(row: &MatrixRow) -> TextStyle {
    if row.when.is_empty() { STRONG } else { LABEL }
}

/// Draws the date, then the label.
fn draw_label(canvas: &mut Canvas, row: &MatrixRow, lines: &[String], top: f32) {
    let (set, top) = (label_type(row), top - 1.0);
    let Some((first, others)) = lines.split_first() else { return };
    if !row.when.is_empty() {
        canvas.text(MARGIN, top + STRONG.size, STRONG, &row.when);
    }
    canvas.text(MARGIN + indent(row), top + set.size, set, first);
    canvas.lines(MARGIN, top + set.leading(), set, others);
}
