//! The tiny line beside a key figure: its course, without axes.

use super::drawing::{Drawing, Point};
use super::paint::{self, Caption};
use super::palette::{ACCENT, AXIS};
use super::scale::{Axis, Domain, drawable};
use crate::render::RenderError;

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 32.0;
const INSET: f64 = 4.0;

/// A line over the values, oldest first, with a dot at the newest; gaps where there is
/// none. Nothing where fewer than two are known.
///
/// # Errors
/// [`RenderError::Chart`] where plotters refuses, which no input should cause.
pub fn sparkline(label: &str, values: &[Option<f64>]) -> Result<Option<String>, RenderError> {
    let values: Vec<Option<f64>> = values
        .iter()
        .map(|value| value.and_then(drawable))
        .collect();
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    if known.len() < 2 {
        return Ok(None);
    }
    let description = format!("The course over {} periods, oldest first.", values.len());
    let caption = Caption {
        title: if label.trim().is_empty() {
            "Course"
        } else {
            label
        },
        description: &description,
    };
    let svg = paint::svg(&lay_out(&values, &known), caption);
    svg.map(Some).map_err(|error| error.of_chart("key figures"))
}

fn lay_out(values: &[Option<f64>], known: &[f64]) -> Drawing {
    let mut drawing = Drawing::new(WIDTH);
    drawing.height = HEIGHT;
    let axis = Axis::new(Domain::around(known, &[]), HEIGHT - INSET, INSET);
    let step = (WIDTH - 2.0 * INSET) / (values.len().max(2) - 1) as f64;
    let zero = axis.at(0.0);
    drawing.line((INSET, zero), (WIDTH - INSET, zero), AXIS, 1);
    let mut run: Vec<Point> = Vec::new();
    let mut newest = None;
    for (index, value) in values.iter().enumerate() {
        match value {
            Some(value) => {
                let at = (INSET + step * index as f64, axis.at(*value));
                run.push(at);
                newest = Some(at);
            }
            None => drawing.path(std::mem::take(&mut run), ACCENT, 2),
        }
    }
    drawing.path(run, ACCENT, 2);
    if let Some(at) = newest {
        drawing.dot(at, 2, ACCENT, ACCENT);
    }
    drawing
}
