//! Horizontal bars made of parts: stacked classes, or bars that float between two values.
//!
//! Name, bar, value and remark of a row stand in one line, as in `bars`. The parts of a
//! stack are shades of one colour, explained once above; what comes and what goes in a
//! waterfall differ in colour, direction of the sum and in the sign of their number. A thin
//! line joins the end of a floating bar with the beginning of the next.

use super::drawing::{Anchor, Drawing, Ink};
use super::page::{GAP, MOST_ROWS, NAME, Page, REMARK, SMALL, VALUE, left_out, widest};
use super::palette::{ACCENT, AXIS, BELOW_ZERO, MUTED};
use super::scale::{Axis, Domain, drawable};
use super::text::clean;
use crate::render::number;
use crate::report::document::{Segment, SegmentRow, Segments, Tone};

/// Height of a bar.
const THICKNESS: f64 = 20.0;
/// Height of a row.
const ROW: f64 = 34.0;
/// Height of a row whose name stands above it.
const NARROW_ROW: f64 = 54.0;
/// Between the end of a bar and its words, and between these.
const WORD_GAP: f64 = 8.0;
/// Height of the line that explains the shades.
const LEGEND: f64 = 26.0;
/// Side of a field of that line.
const FIELD: f64 = 12.0;

/// Draws the rows.
#[must_use]
pub fn draw(segments: &Segments, page: Page, currency: Option<&str>) -> Drawing {
    if segments.rows.is_empty() {
        return page.nothing();
    }
    let mut drawing = Plot::new(segments, page, currency).draw();
    if let Some(note) = left_out(segments.rows.len()) {
        page.footnote(&mut drawing, &note);
    }
    drawing
}

struct Row {
    name: String,
    parts: Vec<(f64, f64, Tone)>,
    value: String,
    remark: String,
}

impl Row {
    fn new(row: &SegmentRow, segments: &Segments, currency: Option<&str>) -> Self {
        let part = |part: &Segment| {
            let ends = drawable(part.from).zip(drawable(part.to));
            ends.map(|(from, to)| (from, to, part.tone))
        };
        Self {
            name: clean(&row.label),
            parts: row.parts.iter().filter_map(part).collect(),
            value: match drawable(row.value) {
                Some(value) => number::value(value, segments.kind, currency),
                None => "n/a".to_owned(),
            },
            remark: clean(row.remark.as_deref().unwrap_or_default()),
        }
    }

    /// The largest value of its parts.
    fn reach(&self) -> f64 {
        let ends = self.parts.iter().map(|(from, to, _)| from.max(*to));
        ends.fold(0.0, f64::max)
    }

    fn words_width(&self) -> f64 {
        let value = VALUE.face.width(&self.value) + WORD_GAP;
        if self.remark.is_empty() {
            return value;
        }
        value + REMARK.face.width(&self.remark) + WORD_GAP
    }
}

struct Plot<'a> {
    segments: &'a Segments,
    rows: Vec<Row>,
    page: Page,
    currency: Option<&'a str>,
    axis: Axis,
    left: f64,
}

impl<'a> Plot<'a> {
    fn new(segments: &'a Segments, page: Page, currency: Option<&'a str>) -> Self {
        let shown = segments.rows.iter().take(MOST_ROWS);
        let mut rows: Vec<Row> = shown.map(|row| Row::new(row, segments, currency)).collect();
        let ends: Vec<f64> = rows
            .iter()
            .flat_map(|row| row.parts.iter().flat_map(|(from, to, _)| [*from, *to]))
            .collect();
        let domain = Domain::around(&ends, &[]);
        let names = widest(NAME.face, rows.iter().map(|row| row.name.as_str()));
        let column = names.min(page.inner() * 0.3).ceil() + GAP;
        let left = page.left() + if page.is_narrow() { 0.0 } else { column };
        let room = page.right() - left;
        for row in &mut rows {
            let words = VALUE.face.width(&row.value) + 2.0 * WORD_GAP;
            row.remark = REMARK
                .face
                .fit(&row.remark, (room * 0.6 - words).max(0.0))
                .shown;
        }
        let right = left + scale(&rows, domain, room) * domain.span();
        Self {
            axis: Axis::new(domain, left, right),
            segments,
            rows,
            page,
            currency,
            left,
        }
    }

    fn draw(&self) -> Drawing {
        let height = if self.page.is_narrow() {
            NARROW_ROW
        } else {
            ROW
        };
        let mut drawing = Drawing::new(self.page.width);
        let bottom = self.rows.len() as f64 * height;
        self.axis.draw_grid(&mut drawing, bottom, 110.0, |tick| {
            number::value(tick, self.segments.kind, self.currency)
        });
        let mut end: Option<(f64, f64)> = None;
        for (index, row) in self.rows.iter().enumerate() {
            let middle = self.draw_name(&mut drawing, row, index as f64 * height, height);
            if let (Some((value, above)), true) = (end, self.segments.is_linked) {
                let x = self.axis.at(value);
                drawing.line((x, above), (x, middle - THICKNESS / 2.0), AXIS, 1);
            }
            self.draw_parts(&mut drawing, row, middle);
            self.draw_words(&mut drawing, row, middle);
            end = row
                .parts
                .last()
                .map(|(_, to, _)| (*to, middle + THICKNESS / 2.0));
        }
        drawing.height = bottom + 22.0;
        self.with_legend(drawing)
    }

    /// Writes the name beside or above the bar; returns the height of the bar's middle.
    fn draw_name(&self, drawing: &mut Drawing, row: &Row, top: f64, height: f64) -> f64 {
        if self.page.is_narrow() {
            let at = (self.page.left(), top + 13.0);
            drawing.clear(at, NAME.face.width(&row.name).min(self.page.inner()));
            drawing.text_within(at, &row.name, self.page.inner(), NAME);
            return top + 24.0 + THICKNESS / 2.0;
        }
        let middle = top + height / 2.0;
        let room = self.left - GAP - self.page.left();
        let style = NAME.anchored(Anchor::End);
        drawing.text_within((self.left - GAP, middle), &row.name, room, style);
        middle
    }

    fn draw_parts(&self, drawing: &mut Drawing, row: &Row, middle: f64) {
        for (from, to, tone) in &row.parts {
            let (a, b) = (self.axis.at(*from), self.axis.at(*to));
            let (from, to) = (a.min(b), a.max(b));
            if to - from < 0.5 {
                continue;
            }
            let corner = |x: f64, half: f64| (x, middle + half * THICKNESS / 2.0);
            drawing.bar(corner(from, -1.0), corner(to, 1.0), self.fill(*tone));
        }
    }

    fn draw_words(&self, drawing: &mut Drawing, row: &Row, middle: f64) {
        let x = self.axis.at(row.reach()) + WORD_GAP;
        drawing.clear((x, middle), row.words_width() - WORD_GAP);
        drawing.text((x, middle), &row.value, VALUE);
        let behind = x + VALUE.face.width(&row.value) + WORD_GAP;
        if !row.remark.is_empty() {
            drawing.text((behind, middle), &row.remark, REMARK);
        }
    }

    fn fill(&self, tone: Tone) -> Ink {
        match tone {
            Tone::Total => MUTED.into(),
            Tone::Comes => ACCENT.into(),
            Tone::Goes => BELOW_ZERO.into(),
            Tone::Shade(place) => {
                let last = self.segments.shades.len().saturating_sub(1).max(1);
                let place = place.min(last) as f64 / last as f64;
                Ink {
                    colour: ACCENT,
                    opacity: ((0.2 + 0.8 * place) * 100.0).round() / 100.0,
                }
            }
        }
    }

    /// The shades with their names above the drawing, as many lines as they need.
    fn with_legend(&self, drawing: Drawing) -> Drawing {
        if self.segments.shades.is_empty() {
            return drawing;
        }
        let mut legend = Drawing::new(self.page.width);
        let (mut x, mut y) = (self.page.left(), FIELD / 2.0 + 2.0);
        for (place, name) in self.segments.shades.iter().enumerate() {
            let name = clean(name);
            let width = FIELD + 6.0 + SMALL.face.width(&name);
            if x > self.page.left() && x + width > self.page.right() {
                (x, y) = (self.page.left(), y + LEGEND * 0.7);
            }
            let (from, to) = ((x, y - FIELD / 2.0), (x + FIELD, y + FIELD / 2.0));
            legend.bar(from, to, self.fill(Tone::Shade(place)));
            legend.text_within((x + FIELD + 6.0, y), &name, self.page.inner() * 0.4, SMALL);
            x += width + 18.0;
        }
        legend.height = y + LEGEND - FIELD / 2.0 - 2.0;
        legend.append(drawing, 0.0);
        legend
    }
}

/// The largest number of pixels per unit at which every row fits into `room`.
fn scale(rows: &[Row], domain: Domain, room: f64) -> f64 {
    let whole = room / domain.span();
    let by_row = rows.iter().map(|row| {
        let units = row.reach() - domain.low;
        let pixels = room - row.words_width();
        if units > 0.0 { pixels / units } else { whole }
    });
    by_row
        .fold(whole, f64::min)
        .max(room * 0.15 / domain.span())
}
