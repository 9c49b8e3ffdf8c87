//! Horizontal bars with intervals.
//!
//! Everything of a bar stands in one row: name, bar, whisker, value, remark. The value
//! comes behind whichever reaches farther, bar or whisker, so it never lies on one;
//! the scale is chosen as large as the widest of these rows allows. Negative bars grow
//! to the left of the zero line, their value stands to the right of it, where there is
//! room for all of them.

use super::drawing::{Anchor, Drawing, Style};
use super::page::{GAP, MOST_ROWS, NAME, Page, REMARK, VALUE, left_out, widest};
use super::palette::{ACCENT, Colour, INK, MUTED, PAPER, of_channel};
use super::scale::{Axis, Domain, drawable_figure, drawable_interval};
use super::text::clean;
use crate::render::number;
use crate::report::document::{Bar, Bars, Kind};

/// Draws the bars.
#[must_use]
pub fn draw(bars: &Bars, page: Page, currency: Option<&str>) -> Drawing {
    draw_in(bars, page, currency, of_channel)
}

/// Draws the classes of one quantity: bars of one colour.
#[must_use]
pub fn draw_histogram(bars: &Bars, page: Page, currency: Option<&str>) -> Drawing {
    draw_in(bars, page, currency, |_| ACCENT)
}

fn draw_in(bars: &Bars, page: Page, currency: Option<&str>, colour: fn(&str) -> Colour) -> Drawing {
    if bars.bars.is_empty() {
        return page.nothing();
    }
    let shown = bars.bars.iter().take(MOST_ROWS);
    let rows = shown
        .map(|bar| Row::new(bar, colour(&bar.label), bars.kind, currency))
        .collect();
    let plot = BarPlot::new(rows, page, bars.kind, currency);
    let mut drawing = plot.draw();
    for note in plot.footnotes(bars.bars.len()) {
        page.footnote(&mut drawing, &note);
    }
    drawing
}

/// One bar, ready to be placed.
struct Row {
    name: String,
    colour: Colour,
    value: Option<f64>,
    interval: Option<(f64, f64)>,
    /// The value in words, or why there is none.
    label: String,
    remark: String,
}

impl Row {
    fn new(bar: &Bar, colour: Colour, kind: Kind, currency: Option<&str>) -> Self {
        let value = drawable_figure(bar.value);
        Self {
            name: clean(&bar.label),
            colour,
            value: value.ok(),
            interval: bar
                .interval
                .filter(|_| value.is_ok())
                .and_then(drawable_interval),
            label: match value {
                Ok(value) => number::value(value, kind, currency),
                Err(reason) => format!("n/a: {}", reason.words()),
            },
            remark: clean(bar.remark.as_deref().unwrap_or_default()),
        }
    }

    fn label_style(&self) -> Style {
        if self.value.is_some() { VALUE } else { REMARK }
    }

    /// The rightmost value of everything that is drawn in the row.
    fn reach(&self, domain: Domain) -> f64 {
        let whisker = self.interval.map_or(0.0, |(_, high)| domain.clamp(high));
        self.value.unwrap_or(0.0).max(whisker).max(0.0)
    }

    fn is_cut(&self, domain: Domain) -> bool {
        self.interval
            .is_some_and(|(low, high)| low < domain.low || high > domain.high)
    }

    /// Pixels from the end of the marks to the end of the words.
    fn words_width(&self) -> f64 {
        let label = self.label_style().face.width(&self.label);
        let remark = REMARK.face.width(&self.remark);
        let between = if self.remark.is_empty() {
            0.0
        } else {
            WORD_GAP
        };
        MARK_GAP + label + between + remark
    }
}

/// Between the end of bar or whisker and its value.
const MARK_GAP: f64 = 8.0;
/// Between the value and its remark.
const WORD_GAP: f64 = 8.0;
/// Height of a bar.
const THICKNESS: f64 = 20.0;
/// Height of a name that stands above its bar.
const NAME_LINE: f64 = 22.0;
/// Half the height of the ends of a whisker.
const CAP: f64 = 4.0;

struct BarPlot<'a> {
    rows: Vec<Row>,
    page: Page,
    kind: Kind,
    currency: Option<&'a str>,
    domain: Domain,
    axis: Axis,
    left: f64,
}

impl<'a> BarPlot<'a> {
    fn new(mut rows: Vec<Row>, page: Page, kind: Kind, currency: Option<&'a str>) -> Self {
        let domain = domain_of(&rows);
        add_cut_intervals(&mut rows, domain, kind, currency);
        let left = page.left() + name_column(&rows, page);
        for row in &mut rows {
            row.shorten_remark((page.right() - left) * 0.7);
        }
        let right = left + scale_for(&rows, domain, page.right() - left) * domain.span();
        Self {
            axis: Axis::new(domain, left, right),
            rows,
            page,
            kind,
            currency,
            domain,
            left,
        }
    }

    fn row_height(&self) -> f64 {
        if self.page.is_narrow() { 54.0 } else { 34.0 }
    }

    fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        let bottom = self.rows.len() as f64 * self.row_height();
        self.axis.draw_grid(&mut drawing, bottom, 110.0, |tick| {
            number::value(tick, self.kind, self.currency)
        });
        for (index, row) in self.rows.iter().enumerate() {
            self.draw_row(&mut drawing, row, index as f64 * self.row_height());
        }
        drawing.height = bottom + 22.0;
        drawing
    }

    fn draw_row(&self, drawing: &mut Drawing, row: &Row, top: f64) {
        let middle = self.draw_name(drawing, row, top);
        if let Some(value) = row.value {
            self.draw_bar(drawing, value, row.colour, middle);
        }
        if let Some(interval) = row.interval {
            self.draw_whisker(drawing, interval, middle);
        }
        let mut x = self.axis.at(row.reach(self.domain)) + MARK_GAP;
        drawing.clear((x, middle), row.words_width() - MARK_GAP);
        drawing.text((x, middle), &row.label, row.label_style());
        x += row.label_style().face.width(&row.label) + WORD_GAP;
        if !row.remark.is_empty() {
            drawing.text((x, middle), &row.remark, REMARK);
        }
    }

    /// Writes the name beside or above the bar; returns the height of the bar's middle.
    fn draw_name(&self, drawing: &mut Drawing, row: &Row, top: f64) -> f64 {
        if self.page.is_narrow() {
            let at = (self.page.left(), top + NAME_LINE / 2.0 + 2.0);
            drawing.clear(at, NAME.face.width(&row.name).min(self.page.inner()));
            drawing.text_within(at, &row.name, self.page.inner(), NAME);
            return top + NAME_LINE + THICKNESS / 2.0 + 2.0;
        }
        let middle = top + self.row_height() / 2.0;
        let room = self.left - GAP - self.page.left();
        let style = NAME.anchored(Anchor::End);
        drawing.text_within((self.left - GAP, middle), &row.name, room, style);
        middle
    }

    fn draw_bar(&self, drawing: &mut Drawing, value: f64, colour: Colour, middle: f64) {
        let (zero, end) = (self.axis.at(0.0), self.axis.at(value));
        if (end - zero).abs() >= 0.5 {
            let from = (zero.min(end), middle - THICKNESS / 2.0);
            drawing.bar(from, (zero.max(end), middle + THICKNESS / 2.0), colour);
        }
    }

    fn draw_whisker(&self, drawing: &mut Drawing, (low, high): (f64, f64), middle: f64) {
        let (from, to) = ((self.axis.at(low), middle), (self.axis.at(high), middle));
        drawing.line(from, to, PAPER, 3);
        drawing.line(from, to, INK, 1);
        draw_end(drawing, from, -1.0, low < self.domain.low);
        draw_end(drawing, to, 1.0, high > self.domain.high);
    }

    fn footnotes(&self, bars: usize) -> Vec<String> {
        let mut notes = Vec::new();
        if self.rows.iter().any(|row| row.interval.is_some()) {
            let cut = self.rows.iter().any(|row| row.is_cut(self.domain));
            let arrows = if cut {
                "; an arrow: it goes on beyond the scale"
            } else {
                ""
            };
            notes.push(format!("Thin line: 95 % interval{arrows}."));
        }
        notes.extend(left_out(bars));
        notes
    }
}

impl Row {
    fn shorten_remark(&mut self, room: f64) {
        if self.remark.is_empty() {
            return;
        }
        let label = self.label_style().face.width(&self.label) + MARK_GAP + WORD_GAP;
        self.remark = REMARK.face.fit(&self.remark, room - label).shown;
    }
}

fn domain_of(rows: &[Row]) -> Domain {
    let values: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
    let intervals: Vec<(f64, f64)> = rows.iter().filter_map(|row| row.interval).collect();
    Domain::around(&values, &intervals)
}

/// Where the picture cannot show an interval, the words do.
fn add_cut_intervals(rows: &mut [Row], domain: Domain, kind: Kind, currency: Option<&str>) {
    for row in rows {
        if let Some((low, high)) = row.interval.filter(|_| row.is_cut(domain)) {
            let ends = number::interval(low, high, kind, currency);
            let comma = if row.remark.is_empty() { "" } else { ", " };
            row.remark = format!("{ends}{comma}{}", row.remark);
        }
    }
}

/// Pixels kept free for the names, with the gap behind them.
fn name_column(rows: &[Row], page: Page) -> f64 {
    if page.is_narrow() {
        return 0.0;
    }
    let names = widest(NAME.face, rows.iter().map(|row| row.name.as_str()));
    names.min(page.inner() * 0.3).ceil() + GAP
}

/// The largest number of pixels per unit at which every row fits into `room`.
fn scale_for(rows: &[Row], domain: Domain, room: f64) -> f64 {
    let whole = room / domain.span();
    let by_row = rows.iter().map(|row| {
        let units = row.reach(domain) - domain.low;
        let pixels = room - row.words_width();
        if units > 0.0 { pixels / units } else { whole }
    });
    by_row
        .fold(whole, f64::min)
        .max(room * 0.15 / domain.span())
}

/// The end of a whisker: a short stroke, or an arrow head where it was cut.
fn draw_end(drawing: &mut Drawing, at: (f64, f64), outwards: f64, cut: bool) {
    let (x, y) = at;
    if cut {
        let back = x - outwards * 7.0;
        drawing.area(vec![(x, y), (back, y - 4.0), (back, y + 4.0)], MUTED.into());
    } else {
        drawing.line((x, y - CAP), (x, y + CAP), INK, 1);
    }
}
