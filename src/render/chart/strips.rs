//! Several values per name on one line: how far they are apart.
//!
//! Every value is a small mark, the smallest and the largest carry their number and what
//! gave it. Marks that fall together lie on each other; that they agree is the message.

use super::drawing::{Anchor, Drawing, Style};
use super::page::{GAP, MOST_ROWS, NAME, Page, left_out, widest};
use super::palette::{ACCENT, INK, PAPER};
use super::scale::{Axis, Domain, drawable};
use super::text::{Face, clean};
use crate::render::number;
use crate::report::document::{Kind, Strip, Strips};

/// Draws the strips.
#[must_use]
pub fn draw(strips: &Strips, page: Page) -> Drawing {
    let rows: Vec<Row> = strips.rows.iter().take(MOST_ROWS).map(Row::new).collect();
    if rows.iter().all(|row| row.values.is_empty()) {
        return page.nothing();
    }
    let mut drawing = StripPlot::new(rows, strips.kind, page).draw();
    if let Some(note) = left_out(strips.rows.len()) {
        page.footnote(&mut drawing, &note);
    }
    drawing
}

/// A value and what gave it.
type Value = (f64, String);

struct Row {
    name: String,
    values: Vec<Value>,
}

impl Row {
    fn new(strip: &Strip) -> Self {
        let value = |(from, value): &(String, f64)| Some((drawable(*value)?, clean(from)));
        Self {
            name: clean(&strip.label),
            values: strip.values.iter().filter_map(value).collect(),
        }
    }

    /// Smallest and largest value, each the first of its equals.
    fn ends(&self) -> Option<(&Value, &Value)> {
        let values = || self.values.iter();
        let low = values().reduce(|a, b| if b.0 < a.0 { b } else { a })?;
        let high = values().reduce(|a, b| if b.0 > a.0 { b } else { a })?;
        Some((low, high))
    }
}

/// Height of a row; its marks stand in the lower part, its numbers above.
const ROW: f64 = 44.0;
const MARKS: f64 = 31.0;
const NUMBERS: f64 = 13.0;
/// Height of a name that stands above its row.
const NAME_LINE: f64 = 18.0;
const RADIUS: u32 = 4;

const NUMBER: Style = Style::new(Face::bold(12.0), INK);

struct StripPlot {
    rows: Vec<Row>,
    kind: Kind,
    page: Page,
    axis: Axis,
    left: f64,
}

impl StripPlot {
    fn new(rows: Vec<Row>, kind: Kind, page: Page) -> Self {
        let values: Vec<f64> = rows
            .iter()
            .flat_map(|row| row.values.iter().map(|(value, _)| *value))
            .collect();
        let domain = Domain::around(&values, &[]);
        let names = widest(NAME.face, rows.iter().map(|row| row.name.as_str()));
        let column = names.min(page.inner() * 0.3).ceil() + GAP;
        let left = page.left() + 6.0 + if page.is_narrow() { 0.0 } else { column };
        let right = page.right() - 10.0;
        Self {
            axis: Axis::new(domain, left, right),
            rows,
            kind,
            page,
            left,
        }
    }

    fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        let above = if self.page.is_narrow() {
            NAME_LINE
        } else {
            0.0
        };
        let height = ROW + above;
        let bottom = self.rows.len() as f64 * height;
        self.axis.draw_grid(&mut drawing, bottom, 100.0, |tick| {
            number::value(tick, self.kind, None)
        });
        for (index, row) in self.rows.iter().enumerate() {
            let top = index as f64 * height;
            self.draw_name(&mut drawing, row, top);
            self.draw_values(&mut drawing, row, top + above);
        }
        drawing.height = bottom + 22.0;
        drawing
    }

    fn draw_name(&self, drawing: &mut Drawing, row: &Row, top: f64) {
        if self.page.is_narrow() {
            let at = (self.page.left(), top + NAME_LINE / 2.0 + 2.0);
            drawing.text_within(at, &row.name, self.page.inner(), NAME);
            return;
        }
        let end = self.left - 6.0 - GAP / 2.0;
        let room = end - self.page.left();
        let style = NAME.anchored(Anchor::End);
        drawing.text_within((end, top + MARKS), &row.name, room, style);
    }

    fn draw_values(&self, drawing: &mut Drawing, row: &Row, top: f64) {
        let Some((low, high)) = row.ends() else {
            return;
        };
        let marks = top + MARKS;
        let (from, to) = (self.axis.at(low.0), self.axis.at(high.0));
        drawing.line((from, marks), (to, marks), ACCENT, 3);
        for (value, _) in &row.values {
            drawing.dot((self.axis.at(*value), marks), RADIUS, PAPER, ACCENT);
        }
        self.draw_numbers(drawing, low, high, top + NUMBERS);
    }

    /// The two ends in words, kept apart and on the page: `27.0 % markov:1`.
    fn draw_numbers(&self, drawing: &mut Drawing, low: &Value, high: &Value, at: f64) {
        let label =
            |(value, from): &Value| format!("{} {from}", number::value(*value, self.kind, None));
        let width = |text: &str| NUMBER.face.width(text);
        let page = (self.left + 4.0, self.page.right());
        let text = number::value(low.0, self.kind, None);
        if text == number::value(high.0, self.kind, None) {
            let half = width(&text) / 2.0;
            let x = self.axis.at(low.0).clamp(page.0 + half, page.1 - half);
            drawing.text((x, at), &text, NUMBER.anchored(Anchor::Middle));
            return;
        }
        let (first, second) = (label(low), label(high));
        let (one, two) = (width(&first), width(&second));
        let together = one + GAP + two;
        let middle = (self.axis.at(low.0) + self.axis.at(high.0)) / 2.0;
        let apart = self.axis.at(high.0) - self.axis.at(low.0);
        // Each above its end, or both side by side above the middle.
        let (start, end) = if apart >= (one + two) / 2.0 + GAP {
            (
                self.axis.at(low.0) - one / 2.0,
                self.axis.at(high.0) + two / 2.0,
            )
        } else {
            (middle - together / 2.0, middle + together / 2.0)
        };
        let pushed = (page.0 - start).max(0.0) - (end - page.1).max(0.0);
        drawing.text(
            (start.max(page.0).min(end + pushed - together), at),
            &first,
            NUMBER,
        );
        let end = (end + pushed).min(page.1);
        drawing.text((end, at), &second, NUMBER.anchored(Anchor::End));
    }
}
