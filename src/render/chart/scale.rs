//! From values to pixels: which part of the number line a chart shows, where its grid
//! lines are, and where a value falls.
//!
//! Zero is always shown where bars and areas mean lengths from it. An interval is
//! shown whole unless it would squeeze what the chart is about; then the line is cut
//! and ends in an arrow.

use super::drawing::{Anchor, Drawing};
use super::page::SMALL;
use super::palette::{AXIS, GRID};
use crate::domain::figure::{Figure, Undefined};

/// Values beyond this are drawn as this; no pixel arithmetic overflows below it.
const LARGEST: f64 = 1e15;
/// Values nearer to zero than this are drawn as zero, for the same reason.
const SMALLEST: f64 = 1e-200;

/// How far beyond the values, in spans of the values, a single interval may stretch the scale.
const STRETCH: f64 = 0.75;

/// A value fit for drawing; infinities and NaN, which no metric hands out, are none.
#[must_use]
pub fn drawable(value: f64) -> Option<f64> {
    let nothing = value.abs() < SMALLEST;
    let drawn = if nothing { 0.0 } else { value };
    value.is_finite().then(|| drawn.clamp(-LARGEST, LARGEST))
}

/// The two ends of an interval in order, where both can be drawn.
#[must_use]
pub fn drawable_interval(ends: (f64, f64)) -> Option<(f64, f64)> {
    let (a, b) = (drawable(ends.0)?, drawable(ends.1)?);
    Some((a.min(b), a.max(b)))
}

/// The figure, undefined where it cannot be drawn.
///
/// # Errors
/// The reason for having no value.
pub fn drawable_figure(figure: Figure<f64>) -> Figure<f64> {
    drawable(figure?).ok_or(Undefined::NoData)
}

/// The part of the number line that a chart shows. `low < high`, and `low <= 0 <= high`
/// but for [`Domain::between`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Domain {
    /// Leftmost or lowest value.
    pub low: f64,
    /// Rightmost or highest value.
    pub high: f64,
}

impl Domain {
    /// Holds zero, every value, and every interval as far as that leaves room for the values.
    #[must_use]
    pub fn around(values: &[f64], intervals: &[(f64, f64)]) -> Self {
        Self::around_within(values, intervals, STRETCH)
    }

    /// The same where intervals may reach farther: so many spans of the values beyond them.
    #[must_use]
    pub fn around_within(values: &[f64], intervals: &[(f64, f64)], stretch: f64) -> Self {
        let low = values.iter().copied().fold(0.0, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        let reach = stretch * (high - low);
        let lows = intervals.iter().map(|(low, _)| -low).collect();
        let highs = intervals.iter().map(|(_, high)| *high).collect();
        Self {
            low: -stretched(-low, reach, lows),
            high: stretched(high, reach, highs),
        }
        .padded()
    }

    /// From the least to the greatest of the values, zero or not: for an axis along which
    /// no lengths are compared. A range too short for its place on the number line is widened.
    #[must_use]
    pub fn between(values: &[f64]) -> Self {
        const SHORTEST: f64 = 1e-6;
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if low > high {
            return Self {
                low: 0.0,
                high: 1.0,
            };
        }
        let largest = low.abs().max(high.abs());
        if high - low > largest * SHORTEST {
            return Self { low, high };
        }
        let around = (largest * 0.1).max(0.5);
        Self {
            low: low - around,
            high: high + around,
        }
    }

    /// A range of nothing but zero becomes 0 to 1.
    fn padded(self) -> Self {
        if self.low < self.high {
            return self;
        }
        Self {
            low: self.low,
            high: self.low + 1.0,
        }
    }

    /// How much of the number line it is.
    #[must_use]
    pub fn span(self) -> f64 {
        self.high - self.low
    }

    /// The value, or the nearer end.
    #[must_use]
    pub fn clamp(self, value: f64) -> f64 {
        value.clamp(self.low, self.high)
    }

    /// The round distance at which about `wanted` steps span it.
    #[must_use]
    pub fn step(self, wanted: usize) -> f64 {
        round_step(self.span() / wanted.max(1) as f64)
    }

    /// The multiples of a step inside, zero among them.
    #[must_use]
    pub fn ticks(self, step: f64) -> Vec<f64> {
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step * (1.0 + 1e-12)).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }

    /// The same, widened to multiples of a step.
    #[must_use]
    pub fn widened_to(self, step: f64) -> Self {
        Self {
            low: (self.low / step + 1e-9).floor() * step,
            high: (self.high / step - 1e-9).ceil() * step,
        }
        .padded()
    }
}

/// One end of the scale: the farthest value; farther out while the intervals are near it,
/// or while most of them are that far.
fn stretched(value: f64, reach: f64, mut ends: Vec<f64>) -> f64 {
    ends.sort_by(f64::total_cmp);
    let Some(farthest) = ends.last() else {
        return value;
    };
    let usual = ends.get(ends.len() / 2).copied().unwrap_or(0.0);
    let limit = (value + reach).max(usual * 1.25);
    let limit = if limit > 0.0 { limit } else { *farthest };
    value.max(farthest.min(limit))
}

/// The next number of the form 1, 2 or 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.max(f64::MIN_POSITIVE).log10().floor());
    let lead = rough / power;
    let nice = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|step| lead <= step * (1.0 + 1e-9));
    nice.unwrap_or(10.0) * power
}

/// Values along a line of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    domain: Domain,
    from: f64,
    pixels_per_unit: f64,
}

impl Axis {
    /// Puts the low end of the domain at pixel `from`, the high end at pixel `to`.
    #[must_use]
    pub fn new(domain: Domain, from: f64, to: f64) -> Self {
        Self {
            domain,
            from,
            pixels_per_unit: (to - from) / domain.span(),
        }
    }

    /// The pixel of a value; values outside stand at the nearer end.
    #[must_use]
    pub fn at(self, value: f64) -> f64 {
        self.from + (self.domain.clamp(value) - self.domain.low) * self.pixels_per_unit
    }

    /// Draws a line for each tick down to `bottom`, with its label below where there is
    /// room for it; about one tick every `apart` units of the page.
    pub fn draw_grid(
        self,
        drawing: &mut Drawing,
        bottom: f64,
        apart: f64,
        label: impl Fn(f64) -> String,
    ) {
        let width = self.domain.span() * self.pixels_per_unit;
        let wanted = (width / apart).clamp(2.0, 6.0) as usize;
        let mut free_from = f64::NEG_INFINITY;
        for tick in self.domain.ticks(self.domain.step(wanted)) {
            let x = self.at(tick).round();
            let colour = if tick == 0.0 { AXIS } else { GRID };
            drawing.line((x, 0.0), (x, bottom), colour, 1);
            let label = label(tick);
            let half = SMALL.face.width(&label) / 2.0;
            if x - half > free_from {
                drawing.text((x, bottom + 12.0), &label, SMALL.anchored(Anchor::Middle));
                free_from = x + half + 8.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_shown() {
        assert_eq!(
            Domain::around(&[3.0, 5.0], &[]),
            Domain {
                low: 0.0,
                high: 5.0
            }
        );
        assert_eq!(
            Domain::around(&[-3.0], &[]),
            Domain {
                low: -3.0,
                high: 0.0
            }
        );
        assert_eq!(
            Domain::around(&[0.0], &[]),
            Domain {
                low: 0.0,
                high: 1.0
            }
        );
        assert_eq!(
            Domain::around(&[], &[]),
            Domain {
                low: 0.0,
                high: 1.0
            }
        );
    }

    #[test]
    fn an_axis_without_lengths_need_not_start_at_zero() {
        let ends = |values: &[f64]| {
            let domain = Domain::between(values);
            (domain.low, domain.high)
        };
        assert_eq!(ends(&[26.0, 12.0]), (12.0, 26.0));
        assert_eq!(ends(&[20.0]), (18.0, 22.0));
        assert_eq!(ends(&[0.0, 0.0]), (-0.5, 0.5));
        assert_eq!(ends(&[]), (0.0, 1.0));
        let (low, high) = ends(&[1e15, 1e15 + 1.0]);
        assert!(high - low > 1e13);
    }

    #[test]
    fn one_huge_interval_is_cut_and_many_are_not() {
        let narrow = [(0.5, 1.5), (1.5, 2.5), (0.0, 90.0)];
        assert_eq!(Domain::around(&[1.0, 2.0, 2.0], &narrow).high, 3.5);
        let wide = [(0.0, 80.0), (0.0, 90.0), (0.0, 90.0)];
        assert_eq!(Domain::around(&[1.0, 2.0, 2.0], &wide).high, 90.0);
        assert_eq!(
            Domain::around(&[0.0], &[(0.0, 0.4)]),
            Domain {
                low: 0.0,
                high: 0.4
            }
        );
    }

    #[test]
    fn grid_lines_are_round() {
        let domain = Domain {
            low: 0.0,
            high: 97.0,
        };
        assert_eq!(domain.step(5), 20.0);
        assert_eq!(domain.ticks(20.0), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(
            domain.widened_to(50.0),
            Domain {
                low: 0.0,
                high: 100.0
            }
        );
        let signed = Domain {
            low: -1.2,
            high: 3.1,
        };
        assert_eq!(signed.ticks(2.0), [0.0, 2.0]);
        assert_eq!(
            signed.widened_to(1.0),
            Domain {
                low: -2.0,
                high: 4.0
            }
        );
        let tiny = Domain {
            low: 0.0,
            high: 3e-7,
        };
        assert_eq!(tiny.ticks(tiny.step(3)).len(), 4);
    }

    #[test]
    fn what_cannot_be_drawn_is_undefined() {
        assert_eq!(drawable(f64::NAN), None);
        assert_eq!(drawable_interval((0.0, f64::INFINITY)), None);
        assert_eq!(drawable(1e300), Some(1e15));
        assert_eq!(drawable(-f64::MIN_POSITIVE), Some(0.0));
        assert_eq!(drawable_interval((2.0, 1.0)), Some((1.0, 2.0)));
        assert_eq!(drawable_figure(Ok(f64::INFINITY)), Err(Undefined::NoData));
    }

    #[test]
    fn values_fall_on_pixels() {
        let axis = Axis::new(
            Domain {
                low: -1.0,
                high: 1.0,
            },
            100.0,
            300.0,
        );
        assert_eq!(axis.at(0.0), 200.0);
        assert_eq!(axis.at(9.0), 300.0);
    }
}
