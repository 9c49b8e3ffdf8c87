//! One result at the low and the high end of each input: what matters most stands on top.
//!
//! At each end of a bar stands in words which end of the input gave it, and below that the
//! result, so that neither rests on colour or on the side of the bar: a result may well
//! fall while its input rises. The line through all bars is the result with every input at
//! its middle. What lies below zero has a colour of its own, since a result that changes
//! its sign is the news. The scale is as large as the words beside the bars allow.

use super::drawing::{Anchor, Drawing, Point, Style};
use super::page::{GAP, MOST_ROWS, NAME, Page, REMARK, SMALL, left_out, widest};
use super::palette::{ACCENT, AXIS, BELOW_ZERO, INK, PAPER};
use super::scale::{Axis, Domain, drawable};
use super::text::{Face, clean};
use crate::domain::figure::Undefined;
use crate::render::number;
use crate::report::document::{Tornado, TornadoBar};

/// Draws the bars.
#[must_use]
pub fn draw(tornado: &Tornado, page: Page, currency: Option<&str>) -> Drawing {
    let label = |value: f64| number::value(value, tornado.kind, currency);
    let shown = tornado.bars.iter().take(MOST_ROWS);
    let rows: Vec<Row> = shown.map(|bar| Row::new(bar, label)).collect();
    if rows.iter().all(|row| row.ends.is_none()) {
        return page.nothing();
    }
    let plot = TornadoPlot::new(rows, drawable(tornado.base), page, label);
    let mut drawing = plot.draw();
    let notes = [Some(plot.about()), left_out(tornado.bars.len())];
    for note in notes.iter().flatten() {
        page.footnote(&mut drawing, note);
    }
    drawing
}

/// The end of the input, and the result there.
const INPUT: Style = Style::new(Face::bold(13.0), INK);
const RESULT: Style = SMALL;
const BASE: Style = Style::new(Face::bold(13.0), INK);
/// Above the bars, for the words of the line through them.
const TOP: f64 = 24.0;
const ROW: f64 = 44.0;
const THICKNESS: f64 = 24.0;
/// Height of a name that stands above its bar.
const NAME_LINE: f64 = 20.0;
/// From the middle of a row to each of the two lines of words.
const HALF_LINE: f64 = 8.0;
/// Between a bar and its words.
const BESIDE: f64 = 7.0;

/// One end of a bar.
struct End {
    result: f64,
    /// The end of the input.
    input: String,
    /// The result in words.
    words: String,
}

impl End {
    fn new((result, input): &(f64, String), label: impl Fn(f64) -> String) -> Option<Self> {
        let result = drawable(*result)?;
        Some(Self {
            result,
            input: clean(input),
            words: label(result),
        })
    }

    /// Pixels across its words with the gap before them, in at most `room`.
    fn width(&self, room: f64) -> f64 {
        let input = INPUT.face.width(&self.input);
        BESIDE + input.max(RESULT.face.width(&self.words)).min(room)
    }
}

/// An input, ready to be placed.
struct Row {
    name: String,
    /// The end with the smaller result, and the other; none where one is unknown.
    ends: Option<[End; 2]>,
}

impl Row {
    fn new(bar: &TornadoBar, label: impl Fn(f64) -> String) -> Self {
        let ends = End::new(&bar.low, &label).zip(End::new(&bar.high, &label));
        Self {
            name: clean(&bar.label),
            ends: ends.map(|(low, high)| {
                if high.result < low.result {
                    [high, low]
                } else {
                    [low, high]
                }
            }),
        }
    }
}

struct TornadoPlot<L> {
    rows: Vec<Row>,
    base: Option<f64>,
    page: Page,
    label: L,
    axis: Axis,
    domain: Domain,
    left: f64,
    /// Pixels for the words beside a bar, at most.
    room: f64,
}

impl<L: Fn(f64) -> String> TornadoPlot<L> {
    fn new(rows: Vec<Row>, base: Option<f64>, page: Page, label: L) -> Self {
        let results = rows.iter().filter_map(|row| row.ends.as_ref());
        let results = results.flat_map(|[one, two]| [one.result, two.result]);
        let domain = Domain::around(&results.chain(base).collect::<Vec<f64>>(), &[]);
        let left = page.left() + name_column(&rows, page);
        let room = (page.right() - left) * 0.28;
        let ticks = [label(domain.low), label(domain.high)];
        let tick = widest(SMALL.face, ticks.iter().map(String::as_str)) / 2.0 + 4.0;
        let reaches = reaches(&rows, domain, room, tick);
        Self {
            axis: axis(&reaches, domain, (left, page.right())),
            rows,
            base,
            page,
            label,
            domain,
            left,
            room,
        }
    }

    fn row_height(&self) -> f64 {
        if self.page.is_narrow() {
            ROW + NAME_LINE
        } else {
            ROW
        }
    }

    /// The rows, each with the height of the middle of its bar.
    fn middles(&self) -> impl Iterator<Item = (f64, &Row)> {
        let height = self.row_height();
        let rows = self.rows.iter().enumerate();
        rows.map(move |(index, row)| ((index + 1) as f64 * height - ROW / 2.0, row))
    }

    fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        let bottom = self.rows.len() as f64 * self.row_height();
        let apart = if self.page.is_narrow() { 55.0 } else { 90.0 };
        self.axis
            .draw_grid(&mut drawing, bottom, apart, &self.label);
        let zero = self.axis.at(0.0).round();
        drawing.line((zero, 0.0), (zero, bottom), AXIS, 2);
        for (middle, row) in self.middles() {
            if let Some([low, high]) = &row.ends {
                self.draw_bar(&mut drawing, low.result, high.result, middle);
            }
        }
        let mut whole = self.draw_base(&mut drawing, bottom);
        for (middle, row) in self.middles() {
            self.draw_name(&mut drawing, row, middle);
            self.draw_ends(&mut drawing, row, middle);
        }
        drawing.height = bottom + 22.0;
        whole.append(drawing, 0.0);
        whole
    }

    /// The line through all bars; returns the words above it.
    fn draw_base(&self, drawing: &mut Drawing, bottom: f64) -> Drawing {
        let mut above = Drawing::new(self.page.width);
        let Some(base) = self.base else {
            return above;
        };
        let x = self.axis.at(base).round();
        drawing.line((x, 0.0), (x, bottom), PAPER, 4);
        drawing.line((x, 0.0), (x, bottom), INK, 2);
        let words = format!("every input at its middle: {}", (self.label)(base));
        let half = BASE.face.width(&words) / 2.0;
        let (left, right) = (self.page.left() + half, self.page.right() - half);
        let at = (x.max(left).min(right), TOP / 2.0 - 2.0);
        above.text(at, &words, BASE.anchored(Anchor::Middle));
        above.height = TOP;
        above
    }

    fn draw_ends(&self, drawing: &mut Drawing, row: &Row, middle: f64) {
        let Some([low, high]) = &row.ends else {
            let words = format!("n/a: {}", Undefined::NoData.words());
            let at = (self.left + BESIDE, middle);
            drawing.clear(at, REMARK.face.width(&words));
            drawing.text(at, &words, REMARK);
            return;
        };
        let from = (self.axis.at(low.result) - BESIDE, middle);
        self.draw_words(drawing, low, from, Anchor::End);
        let to = (self.axis.at(high.result) + BESIDE, middle);
        self.draw_words(drawing, high, to, Anchor::Start);
    }

    /// Writes the name beside or above the bar.
    fn draw_name(&self, drawing: &mut Drawing, row: &Row, middle: f64) {
        if self.page.is_narrow() {
            let at = (self.page.left(), middle - ROW / 2.0 - NAME_LINE / 2.0 + 3.0);
            drawing.clear(at, NAME.face.width(&row.name).min(self.page.inner()));
            drawing.text_within(at, &row.name, self.page.inner(), NAME);
            return;
        }
        let room = self.left - GAP - self.page.left();
        let style = NAME.anchored(Anchor::End);
        drawing.text_within((self.left - GAP, middle), &row.name, room, style);
    }

    /// From one result to the other, in two parts where zero lies between.
    fn draw_bar(&self, drawing: &mut Drawing, low: f64, high: f64, middle: f64) {
        let half = THICKNESS / 2.0;
        let parts = [
            (low, high.min(0.0), BELOW_ZERO),
            (low.max(0.0), high, ACCENT),
        ];
        for (from, to, colour) in parts {
            let (from, to) = (self.axis.at(from), self.axis.at(to));
            if to - from >= 0.5 {
                drawing.bar((from, middle - half), (to, middle + half), colour);
            }
        }
        let (from, to) = (self.axis.at(low), self.axis.at(high));
        if to - from < 2.0 {
            drawing.line((from, middle - half), (from, middle + half), INK, 2);
        }
        if low < 0.0 && high > 0.0 {
            let zero = self.axis.at(0.0).round();
            let (from, to) = ((zero, middle - half), (zero, middle + half));
            drawing.line(from, to, PAPER, 2);
        }
    }

    fn draw_words(&self, drawing: &mut Drawing, end: &End, at: Point, anchor: Anchor) {
        let width = end.width(self.room) - BESIDE;
        let start = if anchor == Anchor::End {
            at.0 - width
        } else {
            at.0
        };
        let lines = [(end.input.as_str(), INPUT), (end.words.as_str(), RESULT)];
        let lines = lines.into_iter().filter(|(words, _)| !words.is_empty());
        let lines: Vec<(&str, Style)> = lines.collect();
        let first = at.1 - HALF_LINE * (lines.len().saturating_sub(1)) as f64;
        let heights = (0..lines.len()).map(|index| first + index as f64 * 2.0 * HALF_LINE);
        for y in heights.clone() {
            drawing.clear((start, y), width);
        }
        for ((words, style), y) in lines.into_iter().zip(heights) {
            drawing.text_within((at.0, y), words, self.room, style.anchored(anchor));
        }
    }

    fn about(&self) -> String {
        let below = if self.domain.low < 0.0 {
            " Orange: below zero."
        } else {
            ""
        };
        format!(
            "Each bar: the result as one input goes from its low to its high end, all others \
             at their middle. Beside it: the input in bold, the result below.{below}"
        )
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

/// From where to where something goes, and the pixels for words before and behind it.
struct Reach {
    low: f64,
    high: f64,
    before: f64,
    behind: f64,
}

/// The rows, and the numbers of the axis at both its ends.
fn reaches(rows: &[Row], domain: Domain, room: f64, tick: f64) -> Vec<Reach> {
    let ends = rows.iter().filter_map(|row| row.ends.as_ref());
    let of_row = ends.map(|[low, high]| Reach {
        low: low.result,
        high: high.result,
        before: low.width(room),
        behind: high.width(room),
    });
    let of_axis = Reach {
        low: domain.low,
        high: domain.high,
        before: tick,
        behind: tick,
    };
    of_row.chain([of_axis]).collect()
}

/// The largest scale at which everything has room between two pixels.
fn axis(reaches: &[Reach], domain: Domain, (from, to): (f64, f64)) -> Axis {
    let pairs = reaches
        .iter()
        .flat_map(|one| reaches.iter().map(move |other| (one, other)));
    let scales = pairs.filter_map(|(one, other)| {
        let units = other.high - one.low;
        let pixels = to - from - one.before - other.behind;
        (units > 0.0).then(|| pixels / units)
    });
    let scale = scales.fold(f64::INFINITY, f64::min);
    let scale = scale.min((to - from) / domain.span());
    let before = |reach: &Reach| reach.before - (reach.low - domain.low) * scale;
    let start = from + reaches.iter().map(before).fold(0.0, f64::max);
    Axis::new(domain, start, start + domain.span() * scale)
}

#[cfg(test)]
mod tests;
