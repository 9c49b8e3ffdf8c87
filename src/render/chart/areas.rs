//! Shares that add up to a whole, along a number: what became of all, by age.
//!
//! The areas lie on each other and keep level between their steps. Each carries its name
//! and its last share at the right edge, so nothing is said by colour alone.

use super::drawing::{Anchor, Drawing, Ink, Point, Style};
use super::page::{Page, SMALL};
use super::palette::{ACCENT, BELOW_ZERO, GRID, INK, MUTED};
use super::scale::{Axis, Domain, drawable};
use super::text::{Face, clean};
use crate::render::number;
use crate::report::document::{Areas, Kind, Tone};

/// Room for the words at the right edge.
const WORDS: f64 = 120.0;
/// Between the baselines of two names.
const LINE: f64 = 17.0;
const NAME: Style = Style::new(Face::bold(13.0), INK);

/// Draws the areas.
#[must_use]
pub fn draw(areas: &Areas, page: Page) -> Drawing {
    let xs: Option<Vec<f64>> = areas.xs.iter().map(|x| drawable(*x)).collect();
    let fits = |shares: &Vec<f64>| {
        shares.len() == areas.xs.len() && shares.iter().all(|share| share.is_finite())
    };
    let whole = areas.bands.iter().all(|band| fits(&band.shares));
    let Some(xs) = xs.filter(|xs| !xs.is_empty() && whole && !areas.bands.is_empty()) else {
        return page.nothing();
    };
    let height = if page.is_narrow() { 220.0 } else { 290.0 };
    let left = page.left() + 40.0;
    let right = page.right() - if page.is_narrow() { 90.0 } else { WORDS };
    let end = xs.last().copied().unwrap_or(0.0);
    let domain = Domain::around(&[end], &[]);
    let share = Domain {
        low: 0.0,
        high: 1.0,
    };
    let across = Axis::new(domain, left, right);
    let upwards = Axis::new(share, height + 8.0, 8.0);
    let mut drawing = Drawing::new(page.width);
    for tick in share.ticks(0.25) {
        let y = upwards.at(tick).round();
        drawing.line((left, y), (right, y), GRID, 1);
        let label = number::value(tick, Kind::Share, None);
        drawing.text((left - 6.0, y), &label, SMALL.anchored(Anchor::End));
    }
    across.draw_grid(&mut drawing, height + 8.0, 100.0, |tick| {
        number::value(tick, areas.x.kind, None)
    });
    draw_bands(&mut drawing, areas, &xs, across, upwards);
    draw_names(&mut drawing, areas, (right + 8.0, page.right()), upwards);
    drawing.height = height + 8.0 + 24.0;
    let title = clean(&areas.x.title);
    drawing.text(
        (right, drawing.height + 6.0),
        &title,
        SMALL.anchored(Anchor::End),
    );
    drawing.height += 16.0;
    drawing
}

/// From the bottom to the top, each from the sum of those below it.
fn draw_bands(drawing: &mut Drawing, areas: &Areas, xs: &[f64], across: Axis, upwards: Axis) {
    let mut floor = vec![0.0; xs.len()];
    for band in &areas.bands {
        let ceiling: Vec<f64> = floor.iter().zip(&band.shares).map(|(a, b)| a + b).collect();
        let stairs = |levels: &[f64]| -> Vec<Point> {
            let mut points = Vec::with_capacity(2 * xs.len());
            for (place, (x, level)) in xs.iter().zip(levels).enumerate() {
                if let Some(before) = place.checked_sub(1).and_then(|before| levels.get(before)) {
                    points.push((across.at(*x), upwards.at(*before)));
                }
                points.push((across.at(*x), upwards.at(*level)));
            }
            points
        };
        let mut outline = stairs(&ceiling);
        let edge = outline.clone();
        let mut below = stairs(&floor);
        below.reverse();
        outline.extend(below);
        drawing.area(outline, ink(band.tone));
        drawing.path(edge, INK, 1);
        floor = ceiling;
    }
}

fn ink(tone: Tone) -> Ink {
    let (colour, opacity) = match tone {
        Tone::Comes => (ACCENT, 0.75),
        Tone::Goes => (BELOW_ZERO, 0.6),
        Tone::Total => (MUTED, 0.12),
        Tone::Shade(_) => (ACCENT, 0.3),
    };
    Ink { colour, opacity }
}

/// Name and last share of each area beside its middle, kept apart.
fn draw_names(drawing: &mut Drawing, areas: &Areas, (from, to): (f64, f64), upwards: Axis) {
    let mut floor = 0.0;
    let mut lowest = f64::INFINITY;
    for band in &areas.bands {
        let share = band.shares.last().copied().unwrap_or(0.0);
        let middle = upwards.at(floor + share / 2.0).min(lowest - LINE);
        let text = format!(
            "{} {}",
            clean(&band.label),
            number::value(share, Kind::Share, None)
        );
        drawing.text_within((from, middle), &text, to - from, NAME);
        lowest = middle;
        floor += share;
    }
}
