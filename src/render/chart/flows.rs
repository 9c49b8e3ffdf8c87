//! Amounts on their way through columns of nodes: bars with curved bands between them.
//!
//! Every bar carries its name and number in the room to its right; colour only repeats the
//! name. Where everything stands is decided in `layout`, which leaves each name a line of
//! its own.

mod layout;

use super::drawing::{Anchor, Drawing, Ink, Style};
use super::page::{Page, SMALL, widest};
use super::palette::{Colour, INK, of_channel};
use super::text::{Face, clean};
use crate::render::number;
use crate::report::document::{FlowNode, Flows};
use layout::{Band, Layout, Placed};

/// Draws the flows.
#[must_use]
pub fn draw(flows: &Flows, page: Page) -> Drawing {
    let layout = Layout::new(flows);
    if layout.bands.is_empty() {
        return page.nothing();
    }
    FlowPlot::new(flows, &layout, page).draw()
}

/// From a bar to its name.
const BESIDE: f64 = 5.0;
/// From a name to the next bar, at least.
const BEFORE: f64 = 4.0;
/// Below the last bar, for a name that is higher than it.
const BELOW: f64 = 8.0;
/// Height of the headings, and of a second line of them.
const HEADING: f64 = 26.0;
const HEADING_LINE: f64 = 17.0;
/// Height of a bar that has room for its name and number on lines of their own, with half
/// the room that is free above and below it.
const TWO_LINES: f64 = 15.0;
/// From one of these lines to the next.
const LINE: f64 = 16.0;
/// From so many columns on, letters are smaller.
const MANY: usize = 8;
/// How much a band hides of others below it.
const OPACITY: f64 = 0.42;

struct FlowPlot<'a> {
    flows: &'a Flows,
    layout: &'a Layout,
    page: Page,
    /// Pixels across a bar.
    bar: f64,
    /// From one bar to the next.
    step: f64,
    /// Where the highest pile begins.
    top: f64,
    name: Style,
    number: Style,
}

impl<'a> FlowPlot<'a> {
    fn new(flows: &'a Flows, layout: &'a Layout, page: Page) -> Self {
        let (bar, size, top) = match flows.columns.len() {
            _ if page.is_narrow() => (8.0, 11.0, HEADING + HEADING_LINE),
            0..MANY => (12.0, 13.0, HEADING),
            _ => (12.0, 12.0, HEADING),
        };
        let mut plot = Self {
            flows,
            layout,
            page,
            bar,
            step: 0.0,
            top,
            name: Style::new(Face::regular(size), INK),
            number: Style::new(Face::bold(size), INK),
        };
        let steps = flows.columns.len().saturating_sub(1).max(1) as f64;
        plot.step = (page.inner() - bar - plot.room_behind()) / steps;
        plot
    }

    /// Right of the last bars, for what stands beside and above them.
    fn room_behind(&self) -> f64 {
        if self.page.is_narrow() {
            return 0.0;
        }
        let numbers: Vec<String> = self.ends().map(|placed| self.number_of(placed)).collect();
        let beside = widest(self.number.face, numbers.iter().map(String::as_str)) + BESIDE;
        beside.max(widest(SMALL.face, [self.last_heading()]) - self.bar)
    }

    fn is_last(&self, column: usize) -> bool {
        column + 1 >= self.flows.columns.len()
    }

    fn last_heading(&self) -> &str {
        self.flows.columns.last().map_or("", String::as_str)
    }

    /// The bars of the last column.
    fn ends(&self) -> impl Iterator<Item = &Placed> {
        let bars = self.layout.nodes.iter();
        bars.filter(|placed| self.is_last(placed.column))
    }

    fn node(&self, placed: &Placed) -> Option<&FlowNode> {
        self.flows.nodes.get(placed.node)
    }

    fn number_of(&self, placed: &Placed) -> String {
        let weight = self.node(placed).map_or(0.0, |node| node.weight);
        number::value(weight, self.flows.kind, None)
    }

    fn left_of(&self, column: usize) -> f64 {
        self.page.left() + column as f64 * self.step
    }

    fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        self.draw_headings(&mut drawing);
        for band in &self.layout.bands {
            self.draw_band(&mut drawing, band);
        }
        for placed in &self.layout.nodes {
            self.draw_bar(&mut drawing, placed);
        }
        for placed in &self.layout.nodes {
            self.draw_label(&mut drawing, placed);
        }
        drawing.height = self.top + self.layout.height + BELOW;
        drawing
    }

    fn draw_headings(&self, drawing: &mut Drawing) {
        let line = self.top - HEADING + 9.0;
        for (column, heading) in self.flows.columns.iter().enumerate() {
            if self.is_last(column) && self.page.is_narrow() {
                self.draw_end(drawing);
            } else {
                let at = (self.left_of(column), line);
                drawing.text_within(at, heading, self.room_above(column), SMALL);
            }
        }
    }

    fn room_above(&self, column: usize) -> f64 {
        if self.is_last(column) {
            self.page.right() - self.left_of(column)
        } else {
            self.step - BEFORE
        }
    }

    /// Where there is no room beside the last bars: their numbers and heading above it all.
    fn draw_end(&self, drawing: &mut Drawing) {
        let numbers = self.ends().map(|placed| self.number_of(placed));
        let heading = [self.last_heading().to_owned()];
        let words: Vec<String> = numbers.chain(heading).collect();
        let at = (self.page.right(), 9.0);
        let style = SMALL.anchored(Anchor::End);
        drawing.text_within(at, &words.join(" "), self.page.inner(), style);
    }

    fn draw_band(&self, drawing: &mut Drawing, band: &Band) {
        let last = band.tops.len().saturating_sub(1);
        let point = |(place, top): (usize, &f64)| {
            let left = self.left_of(band.column + place);
            let x = match place {
                0 => left + self.bar,
                place if place == last => left,
                _ => left + self.bar / 2.0,
            };
            (x, self.top + top)
        };
        let fill = Ink {
            colour: self.flows.nodes.get(band.from).map_or(INK, colour),
            opacity: OPACITY,
        };
        let points = band.tops.iter().enumerate().map(point).collect();
        drawing.band(points, band.height, fill);
    }

    fn draw_bar(&self, drawing: &mut Drawing, placed: &Placed) {
        let Some(node) = self.node(placed) else {
            return;
        };
        let left = self.left_of(placed.column);
        let top = self.top + placed.top;
        let to = (left + self.bar, top + placed.height);
        drawing.bar((left, top), to, colour(node));
    }

    fn draw_label(&self, drawing: &mut Drawing, placed: &Placed) {
        let Some(node) = self.node(placed) else {
            return;
        };
        let x = self.left_of(placed.column) + self.bar + BESIDE;
        let middle = self.top + placed.top + placed.height / 2.0;
        let number = self.number_of(placed);
        if self.is_last(placed.column) {
            if !self.page.is_narrow() {
                drawing.text((x, middle), &number, self.number);
            }
            return;
        }
        let room = self.step - self.bar - BESIDE - BEFORE;
        let name = clean(&node.label);
        let behind = self.name.face.width(&name) + BESIDE;
        let width = self.number.face.width(&number);
        if behind + width <= room {
            drawing.text((x, middle), &name, self.name);
            drawing.text((x + behind, middle), &number, self.number);
        } else if placed.height >= TWO_LINES && width <= room {
            drawing.text_within((x, middle - LINE / 2.0), &name, room, self.name);
            drawing.text((x, middle + LINE / 2.0), &number, self.number);
        } else {
            drawing.text_within((x, middle), &name, room, self.name);
        }
    }
}

/// Of a channel its own; of anything else that of other things.
fn colour(node: &FlowNode) -> Colour {
    of_channel(if node.is_channel {
        &node.label
    } else {
        "(other)"
    })
}

#[cfg(test)]
mod tests;
