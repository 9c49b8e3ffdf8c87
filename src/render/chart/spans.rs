//! Median and 90th percentile per step, as two marks joined by a line.
//!
//! The marks differ in shape, not only in colour: the median is a full circle, the
//! 90th percentile a hollow one. Their numbers stand above them and give way to each
//! other where the marks are near.

use super::drawing::{Anchor, Drawing, Point, Style};
use super::page::{GAP, MOST_ROWS, NAME, Page, REMARK, SMALL, left_out, widest};
use super::palette::{ACCENT, INK, PAPER};
use super::scale::{Axis, Domain, drawable_figure};
use super::text::{Face, clean};
use crate::domain::figure::Undefined;
use crate::render::number;
use crate::report::document::{Cell, Kind, Span};

/// Draws the spans.
#[must_use]
pub fn draw(spans: &[Span], page: Page) -> Drawing {
    if spans.is_empty() {
        return page.nothing();
    }
    let rows = spans.iter().take(MOST_ROWS).map(Row::new).collect();
    let plot = SpanPlot::new(rows, page);
    let mut drawing = plot.key();
    drawing.append(plot.draw(), 4.0);
    if let Some(note) = left_out(spans.len()) {
        page.footnote(&mut drawing, &note);
    }
    drawing
}

struct Row {
    name: String,
    median: Result<f64, Undefined>,
    p90: Result<f64, Undefined>,
    cases: String,
}

impl Row {
    fn new(span: &Span) -> Self {
        let n = number::cell(&Cell::from(span.n), Kind::Count, None);
        Self {
            name: clean(&span.label),
            median: drawable_figure(span.median),
            p90: drawable_figure(span.p90),
            cases: format!("n = {n}"),
        }
    }
}

/// Height of a row; its marks stand in the lower half, their numbers above.
const ROW: f64 = 50.0;
/// Height of a name that stands above its row.
const NAME_LINE: f64 = 20.0;
/// From the top of a row to its marks, and to their numbers.
const MARKS: f64 = 33.0;
const NUMBERS: f64 = 14.0;
const RADIUS: u32 = 6;
/// Kept free for the left half of a mark at zero.
const RADIUS_WIDTH: f64 = 8.0;

const DAYS: Style = Style::new(Face::bold(13.0), INK);
const LATE_DAYS: Style = Style::new(Face::regular(13.0), INK);

struct SpanPlot {
    rows: Vec<Row>,
    page: Page,
    axis: Axis,
    left: f64,
}

impl SpanPlot {
    fn new(rows: Vec<Row>, page: Page) -> Self {
        let days: Vec<f64> = rows
            .iter()
            .flat_map(|row| [row.median, row.p90])
            .filter_map(Result::ok)
            .collect();
        let domain = Domain::around(&days, &[]);
        let names = widest(NAME.face, rows.iter().map(|row| row.name.as_str()));
        let column = names.min(page.inner() * 0.3).ceil() + GAP;
        let left = page.left() + RADIUS_WIDTH + if page.is_narrow() { 0.0 } else { column };
        let right = page.right() - 32.0;
        Self {
            axis: Axis::new(domain, left, right),
            rows,
            page,
            left,
        }
    }

    /// What the two marks mean.
    fn key(&self) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        let mut x = self.page.left() + f64::from(RADIUS);
        for (fill, words) in [(ACCENT, "median"), (PAPER, "90th percentile")] {
            drawing.dot((x, 9.0), RADIUS, fill, ACCENT);
            drawing.text((x + 14.0, 9.0), words, REMARK);
            x += 14.0 + REMARK.face.width(words) + 24.0;
        }
        drawing.height = 20.0;
        drawing
    }

    fn name_line(&self) -> f64 {
        if self.page.is_narrow() {
            NAME_LINE
        } else {
            0.0
        }
    }

    fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        let height = ROW + self.name_line();
        let bottom = self.rows.len() as f64 * height;
        self.axis.draw_grid(&mut drawing, bottom, 100.0, |tick| {
            number::value(tick, Kind::Days, None)
        });
        for (index, row) in self.rows.iter().enumerate() {
            let top = index as f64 * height;
            self.draw_name(&mut drawing, row, top);
            self.draw_span(&mut drawing, row, top + self.name_line());
        }
        drawing.height = bottom + 22.0;
        drawing
    }

    /// The step, and below it how many cases stand behind it.
    fn draw_name(&self, drawing: &mut Drawing, row: &Row, top: f64) {
        if self.page.is_narrow() {
            let middle = top + NAME_LINE / 2.0 + 4.0;
            let cases = SMALL.face.width(&row.cases) + GAP;
            let end = (self.page.right(), middle);
            drawing.text(end, &row.cases, SMALL.anchored(Anchor::End));
            let room = self.page.inner() - cases;
            drawing.text_within((self.page.left(), middle), &row.name, room, NAME);
            return;
        }
        let end = self.left - RADIUS_WIDTH - GAP;
        let (name, cases) = ((end, top + MARKS - 9.0), (end, top + MARKS + 9.0));
        drawing.text_within(
            name,
            &row.name,
            end - self.page.left(),
            NAME.anchored(Anchor::End),
        );
        drawing.text(cases, &row.cases, SMALL.anchored(Anchor::End));
    }

    fn draw_span(&self, drawing: &mut Drawing, row: &Row, top: f64) {
        let marks = top + MARKS;
        match (row.median, row.p90) {
            (Ok(median), Ok(p90)) => self.draw_both(drawing, median, p90, top),
            (Ok(median), Err(reason)) => {
                let at = (self.axis.at(median), marks);
                let words = format!("90th percentile n/a: {}", reason.words());
                let start = self.draw_words(drawing, (at.0 + 60.0, marks), &words);
                drawing.dashes(at, (start - 6.0, marks), ACCENT, 2);
                drawing.dot(at, RADIUS, ACCENT, ACCENT);
                self.draw_number(drawing, median, (at.0, top + NUMBERS), DAYS);
            }
            (Err(reason), Ok(p90)) => {
                let at = (self.axis.at(p90), marks);
                drawing.dot(at, RADIUS, PAPER, ACCENT);
                self.draw_number(drawing, p90, (at.0, top + NUMBERS), LATE_DAYS);
                let words = format!("median n/a: {}", reason.words());
                self.draw_words(drawing, (at.0 + 14.0, marks), &words);
            }
            (Err(reason), Err(_)) => {
                let words = format!("n/a: {}", reason.words());
                self.draw_words(drawing, (self.left + 8.0, marks), &words);
            }
        }
    }

    /// Writes words at a place or as far left of it as they need; returns where they start.
    fn draw_words(&self, drawing: &mut Drawing, at: Point, words: &str) -> f64 {
        let width = REMARK.face.width(words);
        let start = at.0.min(self.page.right() - width).max(self.page.left());
        drawing.clear((start, at.1), width);
        drawing.text((start, at.1), words, REMARK);
        start
    }

    fn draw_both(&self, drawing: &mut Drawing, median: f64, p90: f64, top: f64) {
        let marks = top + MARKS;
        let (first, second) = (self.axis.at(median), self.axis.at(p90));
        drawing.line((first, marks), (second, marks), ACCENT, 3);
        drawing.dot((second, marks), RADIUS, PAPER, ACCENT);
        drawing.dot((first, marks), RADIUS, ACCENT, ACCENT);
        let label = |days: f64| number::value(days, Kind::Days, None);
        let (early, late) = (label(median), label(p90));
        let (early_width, late_width) = (DAYS.face.width(&early), LATE_DAYS.face.width(&late));
        let (first, second) = apart((first, early_width), (second, late_width), self.left + 4.0);
        let numbers = top + NUMBERS;
        drawing.text((first, numbers), &early, DAYS.anchored(Anchor::Middle));
        drawing.text((second, numbers), &late, LATE_DAYS.anchored(Anchor::Middle));
    }

    fn draw_number(&self, drawing: &mut Drawing, days: f64, at: Point, style: Style) {
        let label = number::value(days, Kind::Days, None);
        let middle = at.0.max(self.left + 4.0 + style.face.width(&label) / 2.0);
        drawing.text((middle, at.1), &label, style.anchored(Anchor::Middle));
    }
}

/// Middles of two labels (middle wanted, width) that keep a gap between them and stay
/// to the right of `left`.
fn apart(first: (f64, f64), second: (f64, f64), left: f64) -> (f64, f64) {
    const BETWEEN: f64 = 10.0;
    let wanted = (first.1 + second.1) / 2.0 + BETWEEN;
    let lacking = (wanted - (second.0 - first.0)).max(0.0);
    let start = (first.0 - lacking / 2.0).max(left + first.1 / 2.0);
    (start, (second.0 + lacking / 2.0).max(start + wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_give_way() {
        assert_eq!(apart((100.0, 40.0), (300.0, 40.0), 0.0), (100.0, 300.0));
        assert_eq!(apart((100.0, 40.0), (100.0, 40.0), 0.0), (75.0, 125.0));
        assert_eq!(apart((5.0, 40.0), (5.0, 40.0), 0.0), (20.0, 70.0));
    }

    #[test]
    fn unknown_durations_are_words() {
        let spans = [Span {
            label: "lead to mql".into(),
            median: Err(Undefined::NotMature),
            p90: Err(Undefined::NotMature),
            n: 3,
        }];
        let drawing = draw(&spans, Page::WIDE);
        let words: Vec<String> = drawing
            .texts()
            .map(|text| text.words.shown.clone())
            .collect();
        assert!(
            words
                .iter()
                .any(|text| text == "n/a: not observed long enough yet"),
            "{words:?}"
        );
    }
}
