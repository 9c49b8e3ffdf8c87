//! A table of shares as fields that are the fuller the larger the share.
//!
//! Every field with something in it carries its number, so nothing is said by colour
//! alone; rows and columns carry their names.

use super::drawing::{Anchor, Drawing, Ink, Style};
use super::page::{GAP, MOST_ROWS, NAME, Page, SMALL, left_out, widest};
use super::palette::{ACCENT, INK, ON_BAR};
use super::scale::drawable;
use super::text::Face;
use crate::render::number;
use crate::report::document::{Heat, Kind};

/// Draws the fields.
#[must_use]
pub fn draw(heat: &Heat, page: Page) -> Drawing {
    if heat.rows.is_empty() || heat.columns.is_empty() {
        return page.nothing();
    }
    let mut drawing = Fields::new(heat, page).draw();
    if let Some(note) = left_out(heat.rows.len().max(heat.columns.len())) {
        page.footnote(&mut drawing, &note);
    }
    drawing
}

/// Height of a field.
const FIELD: f64 = 26.0;
/// Above this a field is so full that its number is written in the colour of paper.
const FULL: f64 = 0.55;
/// Below this a field stays without a number: it would be a page of zeros.
const LEAST: f64 = 0.005;

const FACE: Face = Face::regular(11.0);

struct Fields<'a> {
    heat: &'a Heat,
    page: Page,
    left: f64,
    width: f64,
    most: f64,
}

impl<'a> Fields<'a> {
    fn new(heat: &'a Heat, page: Page) -> Self {
        let names = widest(NAME.face, heat.rows.iter().map(String::as_str));
        let left = page.left() + names.min(page.inner() * 0.25).ceil() + GAP;
        let columns = heat.columns.len().min(MOST_ROWS) as f64;
        let values = heat.values.iter().flatten().filter_map(|value| *value);
        let most = values.filter_map(drawable).fold(0.0, f64::max);
        Self {
            heat,
            page,
            left,
            width: (page.right() - left) / columns,
            most,
        }
    }

    fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(self.page.width);
        let top = self.draw_columns(&mut drawing);
        for (index, name) in self.heat.rows.iter().take(MOST_ROWS).enumerate() {
            let y = top + index as f64 * FIELD;
            let end = self.left - GAP / 2.0;
            let room = end - self.page.left();
            let style = NAME.anchored(Anchor::End);
            drawing.text_within((end, y + FIELD / 2.0), name, room, style);
            for column in 0..self.heat.columns.len().min(MOST_ROWS) {
                let value = self.heat.values.get(index).and_then(|row| row.get(column));
                self.draw_field(&mut drawing, column, y, value.copied().flatten());
            }
        }
        drawing.height = top + self.heat.rows.len().min(MOST_ROWS) as f64 * FIELD + 4.0;
        drawing
    }

    /// The names of the columns, in two lines by turns where one has no room for all.
    fn draw_columns(&self, drawing: &mut Drawing) -> f64 {
        let names = || self.heat.columns.iter().take(MOST_ROWS);
        let in_turns = names().any(|name| SMALL.face.width(name) > self.width - 6.0);
        let (lines, room) = if in_turns {
            (2, 2.0 * self.width - 8.0)
        } else {
            (1, self.width - 4.0)
        };
        for (column, name) in names().enumerate() {
            let x = self.left + (column as f64 + 0.5) * self.width;
            let line = column % lines;
            let y = 8.0 + line as f64 * 15.0;
            drawing.text_within((x, y), name, room, SMALL.anchored(Anchor::Middle));
        }
        4.0 + lines as f64 * 16.0
    }

    fn draw_field(&self, drawing: &mut Drawing, column: usize, y: f64, value: Option<f64>) {
        let x = self.left + column as f64 * self.width;
        let (from, to) = ((x + 1.0, y + 1.0), (x + self.width - 1.0, y + FIELD - 1.0));
        let Some(value) = value.and_then(drawable) else {
            return;
        };
        let part = if self.most > 0.0 {
            value / self.most
        } else {
            0.0
        };
        let field = |opacity: f64| Ink {
            colour: ACCENT,
            opacity,
        };
        if value < LEAST {
            drawing.patch(from, to, field(0.04));
            return;
        }
        drawing.patch(from, to, field(0.08 + 0.92 * part.clamp(0.0, 1.0)));
        let fits = |label: &String| FACE.width(label) <= self.width - 3.0;
        // Per cent without the sign, whole where there is no room for more.
        let share = number::value(value, Kind::Share, None);
        let whole = number::value((value * 100.0).round(), Kind::Number, None);
        let labels = [share.replace(" %", ""), whole];
        if let Some(label) = labels.iter().find(|label| fits(label)) {
            let colour = if part > FULL { ON_BAR } else { INK };
            let at = (x + self.width / 2.0, y + FIELD / 2.0);
            drawing.text(at, label, Style::new(FACE, colour).anchored(Anchor::Middle));
        }
    }
}
