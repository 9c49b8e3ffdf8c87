//! Small multiples: one panel per measure over one time axis.
//!
//! Every panel starts at zero and has its own height, since measures differ in unit;
//! the time axis is the same for all and lines up down the page. A period that is still
//! growing is a hollow point at the end of a dashed line; a period without a value is a
//! gap, never a zero.

use super::drawing::{Anchor, Drawing, Point, Style};
use super::page::{MOST_ROWS, Page, REMARK, SMALL, left_out, widest};
use super::palette::{ACCENT, AXIS, GRID, INK, PAPER};
use super::scale::{Axis, Domain, drawable, drawable_interval};
use super::text::{Face, clean};
use crate::render::number;
use crate::report::document::{Kind, Panel, Trend, TrendPoint};

/// Draws the panels.
#[must_use]
pub fn draw(trend: &Trend, page: Page, currency: Option<&str>) -> Drawing {
    if trend.panels.is_empty() || trend.periods.is_empty() {
        return page.nothing();
    }
    let shown = trend.panels.iter().take(MOST_ROWS);
    let panels: Vec<PanelPlot> = shown.map(|panel| PanelPlot::new(panel, currency)).collect();
    let grid = Grid::new(&panels, &trend.periods, page);
    let mut drawing = grid.draw(&panels);
    let notes = [footnote(&panels), left_out(trend.panels.len())];
    for note in notes.iter().flatten() {
        page.footnote(&mut drawing, note);
    }
    drawing
}

const PANEL_TITLE: Style = Style::new(Face::bold(13.0), INK);
const LAST_VALUE: Style = Style::new(Face::bold(13.0), ACCENT);
/// Height of the plot of a panel, of its title and of its time axis.
const PLOT: f64 = 110.0;
const TITLE: f64 = 30.0;
const TIME_AXIS: f64 = 24.0;
/// Between panels, sideways and downwards.
const BETWEEN: f64 = 28.0;
const BELOW: f64 = 12.0;
/// Blank pixels before the first and behind the last point.
const INSET: f64 = 8.0;

/// A panel with its scale and its labels, before it has a place.
struct PanelPlot {
    title: String,
    points: Vec<PlotPoint>,
    domain: Domain,
    /// Grid lines: value and label.
    ticks: Vec<(f64, String)>,
    last: Option<String>,
}

#[derive(Clone, Copy)]
struct PlotPoint {
    value: Option<f64>,
    interval: Option<(f64, f64)>,
    settled: bool,
}

impl PanelPlot {
    fn new(panel: &Panel, currency: Option<&str>) -> Self {
        let points: Vec<PlotPoint> = panel.points.iter().map(PlotPoint::new).collect();
        let values: Vec<f64> = points.iter().filter_map(|point| point.value).collect();
        let intervals: Vec<(f64, f64)> = points.iter().filter_map(|point| point.interval).collect();
        let least = if panel.kind == Kind::Count { 1.0 } else { 0.0 };
        let domain = Domain::around(&values, &intervals);
        let step = domain.step(3).max(least);
        let domain = domain.widened_to(step);
        let label = |value: f64| number::value(value, panel.kind, currency);
        let ticks = domain.ticks(step);
        Self {
            title: clean(&panel.title),
            points,
            domain,
            ticks: ticks.into_iter().map(|tick| (tick, label(tick))).collect(),
            last: values.last().map(|value| label(*value)),
        }
    }
}

impl PlotPoint {
    fn new(point: &TrendPoint) -> Self {
        let value = point.value.and_then(drawable);
        Self {
            value,
            interval: point
                .interval
                .filter(|_| value.is_some())
                .and_then(drawable_interval),
            settled: point.settled,
        }
    }
}

/// How the panels share the page.
struct Grid<'a> {
    periods: &'a [String],
    page: Page,
    columns: usize,
    panel_width: f64,
    /// Kept free for the labels of the grid lines and for the last value.
    before: f64,
    behind: f64,
}

impl<'a> Grid<'a> {
    fn new(panels: &[PanelPlot], periods: &'a [String], page: Page) -> Self {
        let columns = if page.is_narrow() || panels.len() == 1 {
            1
        } else {
            2
        };
        let gaps = BETWEEN * (columns - 1) as f64;
        let ticks = panels.iter().flat_map(|panel| &panel.ticks);
        let lasts = panels.iter().filter_map(|panel| panel.last.as_deref());
        Self {
            periods,
            page,
            columns,
            panel_width: (page.inner() - gaps) / columns as f64,
            before: widest(SMALL.face, ticks.map(|(_, label)| label.as_str())) + 8.0,
            behind: widest(LAST_VALUE.face, lasts) + 10.0,
        }
    }

    fn draw(&self, panels: &[PanelPlot]) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        let height = TITLE + PLOT + TIME_AXIS + BELOW;
        for (index, panel) in panels.iter().enumerate() {
            let column = (index % self.columns) as f64;
            let left = self.page.left() + column * (self.panel_width + BETWEEN);
            let top = (index / self.columns) as f64 * height;
            let place = Place::new(self, panel, (left, top));
            self.draw_frame(&mut drawing, panel, &place, (left, top));
            place.draw_panel(&mut drawing, panel);
        }
        drawing.height = panels.len().div_ceil(self.columns) as f64 * height - BELOW;
        drawing
    }

    /// Title, grid lines and the time axis.
    fn draw_frame(&self, drawing: &mut Drawing, panel: &PanelPlot, place: &Place, at: Point) {
        let title = (at.0, at.1 + 9.0);
        drawing.text_within(title, &panel.title, self.panel_width, PANEL_TITLE);
        for (value, label) in &panel.ticks {
            let y = place.vertical.at(*value).round();
            let colour = if *value == 0.0 { AXIS } else { GRID };
            drawing.line((place.left, y), (place.right, y), colour, 1);
            drawing.text((place.left - 6.0, y), label, SMALL.anchored(Anchor::End));
        }
        let below = at.1 + TITLE + PLOT + 13.0;
        for (index, label) in self.time_labels(place) {
            drawing.text(
                (place.across(index), below),
                label,
                SMALL.anchored(Anchor::Middle),
            );
        }
    }

    /// The labels that fit, the last one among them.
    fn time_labels(&self, place: &Place) -> Vec<(usize, &'a str)> {
        let widest = widest(SMALL.face, self.periods.iter().map(String::as_str)) + 12.0;
        let every = (widest / place.step.max(1.0)).ceil().max(1.0) as usize;
        let last = self.periods.len() - 1;
        (0..=last)
            .filter(|index| (last - index).is_multiple_of(every))
            .filter_map(|index| Some((index, self.periods.get(index)?.as_str())))
            .collect()
    }
}

/// Where a panel's points fall.
struct Place {
    left: f64,
    right: f64,
    /// Pixel of the first period, and pixels from one period to the next.
    first: f64,
    step: f64,
    vertical: Axis,
}

impl Place {
    fn new(grid: &Grid<'_>, panel: &PanelPlot, at: Point) -> Self {
        let left = at.0 + grid.before;
        let right = at.0 + grid.panel_width - grid.behind;
        let (first, step) = match grid.periods.len().saturating_sub(1) {
            0 => ((left + right) / 2.0, 0.0),
            steps => (left + INSET, (right - left - 2.0 * INSET) / steps as f64),
        };
        let top = at.1 + TITLE;
        Self {
            left,
            right,
            first,
            step,
            vertical: Axis::new(panel.domain, top + PLOT, top),
        }
    }

    fn across(&self, index: usize) -> f64 {
        self.first + self.step * index as f64
    }

    fn at(&self, index: usize, value: f64) -> Point {
        (self.across(index), self.vertical.at(value))
    }

    fn draw_panel(&self, drawing: &mut Drawing, panel: &PanelPlot) {
        if panel.last.is_none() {
            let middle = (
                (self.left + self.right) / 2.0,
                self.vertical.at(panel.domain.high) + PLOT / 2.0,
            );
            let half = REMARK.face.width("no data") / 2.0;
            drawing.clear((middle.0 - half, middle.1), half * 2.0);
            drawing.text(middle, "no data", REMARK.anchored(Anchor::Middle));
            return;
        }
        self.draw_bands(drawing, panel);
        self.draw_line(drawing, panel);
        self.draw_points(drawing, panel);
        self.draw_last(drawing, panel);
    }

    /// The intervals: a band over neighbours, a thin line at a point that stands alone.
    fn draw_bands(&self, drawing: &mut Drawing, panel: &PanelPlot) {
        let known: Vec<Option<(f64, f64)>> =
            panel.points.iter().map(|point| point.interval).collect();
        for run in runs(&known) {
            let upper = run.iter().map(|(index, (_, high))| self.at(*index, *high));
            let lower = run
                .iter()
                .rev()
                .map(|(index, (low, _))| self.at(*index, *low));
            let outline: Vec<Point> = upper.chain(lower).collect();
            match outline.as_slice() {
                [top, bottom] => drawing.line(*top, *bottom, ACCENT, 1),
                _ => drawing.area(outline, ACCENT.veil()),
            }
            let beyond = run
                .iter()
                .filter(|(_, (_, high))| *high > panel.domain.high);
            for (index, (_, high)) in beyond {
                let (x, y) = self.at(*index, *high);
                drawing.area(
                    vec![(x, y - 6.0), (x - 4.0, y), (x + 4.0, y)],
                    ACCENT.into(),
                );
            }
        }
    }

    fn draw_line(&self, drawing: &mut Drawing, panel: &PanelPlot) {
        let settled: Vec<Option<f64>> = panel
            .points
            .iter()
            .map(|point| point.value.filter(|_| point.settled))
            .collect();
        for run in runs(&settled) {
            let points = run
                .iter()
                .map(|(index, value)| self.at(*index, *value))
                .collect();
            drawing.path(points, ACCENT, 2);
        }
        for (index, pair) in panel.points.windows(2).enumerate() {
            if let [
                PlotPoint {
                    value: Some(from),
                    settled: first,
                    ..
                },
                PlotPoint {
                    value: Some(to),
                    settled: second,
                    ..
                },
            ] = pair
                && !(*first && *second)
            {
                drawing.dashes(self.at(index, *from), self.at(index + 1, *to), ACCENT, 2);
            }
        }
    }

    fn draw_points(&self, drawing: &mut Drawing, panel: &PanelPlot) {
        let radius = if self.step > 0.0 && self.step < 12.0 {
            2
        } else {
            3
        };
        for (index, point) in panel.points.iter().enumerate() {
            if let Some(value) = point.value {
                let at = self.at(index, value);
                if point.settled {
                    drawing.dot(at, radius, ACCENT, ACCENT);
                } else {
                    drawing.dot(at, radius + 1, PAPER, ACCENT);
                }
            }
        }
    }

    fn draw_last(&self, drawing: &mut Drawing, panel: &PanelPlot) {
        let last = panel
            .points
            .iter()
            .enumerate()
            .rev()
            .find_map(|(index, point)| Some((index, point.value?)));
        if let (Some((index, value)), Some(label)) = (last, &panel.last) {
            let (x, y) = self.at(index, value);
            let start = (x + 9.0, y);
            drawing.clear(start, LAST_VALUE.face.width(label));
            drawing.text(start, label, LAST_VALUE);
        }
    }
}

/// Unbroken runs of known values, each with its place.
#[must_use]
pub fn runs<T: Copy>(values: &[Option<T>]) -> Vec<Vec<(usize, T)>> {
    let mut runs: Vec<Vec<(usize, T)>> = Vec::new();
    let mut broken = true;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            broken = true;
            continue;
        };
        if broken {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push((index, *value));
        }
        broken = false;
    }
    runs
}

fn footnote(panels: &[PanelPlot]) -> Option<String> {
    let mut points = panels.iter().flat_map(|panel| &panel.points);
    let unsettled = points
        .clone()
        .any(|point| point.value.is_some() && !point.settled);
    let bands = points.any(|point| point.interval.is_some());
    let growing = unsettled.then_some("Hollow point: still growing.");
    let band = bands.then_some("Light band or thin line: 95 % interval.");
    let notes: Vec<&str> = [growing, band].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_breaks_the_line() {
        let values = [Some(1), Some(2), None, Some(4), None];
        assert_eq!(runs(&values), [vec![(0, 1), (1, 2)], vec![(3, 4)]]);
    }
}
