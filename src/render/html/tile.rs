//! Key figures for the template: the value, its course, and what it is compared to.
//!
//! Which way a figure moved is said by an arrow and in words; whether that is good is
//! for the reader to say, since cost and revenue are printed alike.

use crate::render::{RenderError, chart, number};
use crate::report::document::{Cell, Change, Comparison, Kind, Tile};

use super::grid::evidence;
use super::words::Words;

/// A key figure.
pub struct TileView {
    /// What it is.
    pub label: Words,
    /// The value.
    pub value: Words,
    /// What a rate rests on, or why there is no value.
    pub evidence: Option<Words>,
    /// Its course as SVG of our own; empty where there is none.
    pub course: Option<String>,
    /// What it is compared to.
    pub comparisons: Vec<ComparisonView>,
}

/// A comparison below a key figure.
pub struct ComparisonView {
    /// The arrow; empty where there is no direction.
    pub arrow: &'static str,
    /// `up 12.3 %`, or nothing where nothing can be said.
    pub change: Words,
    /// The other value.
    pub value: Words,
    /// What it is compared to: `period before, 2026-09`.
    pub label: Words,
}

impl TileView {
    /// The figure in words.
    ///
    /// # Errors
    /// [`RenderError::Chart`] where its course cannot be drawn.
    pub fn new(tile: &Tile, currency: Option<&str>) -> Result<Self, RenderError> {
        let comparison = |other: &Comparison| ComparisonView::new(other, tile.kind, currency);
        Ok(Self {
            label: Words::new(&tile.label),
            value: Words::new(&short(&tile.value, tile.kind, currency)),
            evidence: explanation(&tile.value).as_deref().map(Words::new),
            course: chart::sparkline(&tile.label, &tile.history)?,
            comparisons: tile.comparisons.iter().map(comparison).collect(),
        })
    }
}

/// The value without its evidence.
fn short(value: &Cell, kind: Kind, currency: Option<&str>) -> String {
    match value {
        Cell::Rate(rate) => number::rate_bare(rate),
        other => number::cell(other, kind, currency),
    }
}

/// `30/120, 95 %: 18–33 %`, or the reason for having no value.
fn explanation(value: &Cell) -> Option<String> {
    if let Some(reason) = number::reason(value) {
        return Some(reason.words().to_owned());
    }
    let Cell::Rate(rate) = value else {
        return None;
    };
    let interval = rate
        .interval
        .map(|(low, high)| number::interval(low, high, Kind::Rate, None));
    let interval = interval.map_or_else(String::new, |ends| format!(", 95 %: {ends}"));
    Some(format!("{}{interval}", evidence(rate)))
}

impl ComparisonView {
    fn new(other: &Comparison, kind: Kind, currency: Option<&str>) -> Self {
        let (arrow, change) = match &other.change {
            Ok(change) => (arrow(change), in_words(change)),
            Err(_) => ("", String::new()),
        };
        let missing = number::reason(&other.value);
        let value = match missing {
            Some(reason) => format!("{} ({})", number::UNDEFINED, reason.words()),
            None => short(&other.value, kind, currency),
        };
        Self {
            arrow,
            change: Words::new(&change),
            value: Words::new(&value),
            label: Words::new(&other.label),
        }
    }
}

const UP: &str = "\u{25b2}";
const DOWN: &str = "\u{25bc}";
const SAME: &str = "=";
const UNCLEAR: &str = "\u{2248}";

/// What may be chance has no direction.
fn arrow(change: &Change) -> &'static str {
    let moved = match change {
        Change::Relative { part, .. } => *part,
        Change::Points { difference, .. } => *difference,
    };
    match moved {
        0.0 => SAME,
        _ if !change.is_clear() => UNCLEAR,
        moved if moved > 0.0 => UP,
        moved if moved < 0.0 => DOWN,
        _ => SAME,
    }
}

fn in_words(change: &Change) -> String {
    let amount = number::change(change);
    let unsigned = amount.trim_start_matches(['+', '-']);
    match (arrow(change), change) {
        (UP, Change::Relative { .. }) => format!("up {unsigned}"),
        (DOWN, Change::Relative { .. }) => format!("down {unsigned}"),
        (SAME, Change::Relative { .. }) => "unchanged".to_owned(),
        (UP, _) => format!("up, {amount}"),
        (DOWN, _) => format!("down, {amount}"),
        _ => format!("no clear change, {amount}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_an_arrow_and_words() {
        let points = |difference, low, high| Change::Points {
            difference,
            interval: (low, high),
        };
        let relative = |part, beyond_chance| Change::Relative {
            part,
            beyond_chance,
        };
        for (change, expected, words) in [
            (relative(0.123, None), UP, "up 12.3 %"),
            (relative(-0.5, Some(true)), DOWN, "down 50.0 %"),
            (
                relative(-0.019, Some(false)),
                UNCLEAR,
                "no clear change, -1.9 %",
            ),
            (relative(0.0, Some(false)), SAME, "unchanged"),
            (
                points(-0.04, -0.08, -0.01),
                DOWN,
                "down, -4.0 points (-8.0 to -1.0)",
            ),
            (
                points(0.04, -0.01, 0.09),
                UNCLEAR,
                "no clear change, +4.0 points (-1.0 to +9.0)",
            ),
        ] {
            assert_eq!(arrow(&change), expected);
            assert_eq!(in_words(&change), words);
        }
    }
}
