//! Diminishing returns: the curves of the grid.
//!
//! Effort is in units of its mean, and a curve is 1 at 1, so nothing depends on whether
//! hours or minutes were logged. Every curve rises and is concave: with two dozen months
//! an S shape cannot be told from noise, and concavity is what makes a best plan unique.

use super::delay::log_normal;

/// A curve over effort in units of its mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Curve {
    /// `u / (u + half)`, up to a factor: half of the most is reached at `half`.
    Half(f64),
    /// `u^power`.
    Power(f64),
}

const HALVES: [f64; 6] = [0.25, 0.5, 1.0, 2.0, 4.0, 20.0];
const POWERS: [f64; 5] = [0.3, 0.5, 0.7, 0.85, 1.0];
/// Of the prior of `half`.
const MEDIAN_HALF: f64 = 1.3;
const LOG_DEVIATION: f64 = 0.9;

/// The curves that are possible, each with its prior weight; weights sum to 1.
#[must_use]
pub fn curves() -> Vec<(Curve, f64)> {
    let prior = log_normal(&HALVES, MEDIAN_HALF, LOG_DEVIATION);
    let halves = HALVES
        .iter()
        .zip(prior)
        .map(|(half, prior)| (Curve::Half(*half), 0.5 * prior));
    let powers = POWERS
        .iter()
        .map(|power| (Curve::Power(*power), 0.5 / POWERS.len() as f64));
    halves.chain(powers).collect()
}

impl Curve {
    /// The response to effort `u` (at least 0), as a multiple of that to the mean effort.
    #[must_use]
    pub fn at(self, u: f64) -> f64 {
        match self {
            Self::Half(half) => u / (u + half) * (1.0 + half),
            Self::Power(1.0) => u,
            Self::Power(power) => libm::pow(u, power),
        }
    }

    /// Its slope at `u`; infinite at 0 for powers below 1.
    #[must_use]
    pub fn slope(self, u: f64) -> f64 {
        match self {
            Self::Half(half) => half * (1.0 + half) / ((u + half) * (u + half)),
            Self::Power(1.0) => 1.0,
            Self::Power(power) => power * libm::pow(u, power - 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_is_one_at_the_mean_and_flattens() {
        let curves = curves();
        assert!((curves.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-12);
        for (curve, _) in curves {
            assert!((curve.at(1.0) - 1.0).abs() < 1e-12);
            assert_eq!(curve.at(0.0), 0.0);
            for u in [0.1, 0.7, 1.0, 2.5] {
                let step = (curve.at(u + 1e-6) - curve.at(u - 1e-6)) / 2e-6;
                assert!((step - curve.slope(u)).abs() < 1e-6, "{curve:?} at {u}");
                assert!(curve.slope(u) >= curve.slope(u + 0.5));
            }
        }
    }

    /// Golden case G4: 4000 x / (x + 40), from 40 to 50 hours.
    #[test]
    fn the_next_hours_bring_less_than_the_average() {
        let curve = Curve::Half(1.0);
        let level = 2_000.0;
        let extra = level * (curve.at(50.0 / 40.0) - curve.at(1.0));
        assert!((extra - 222.222_2).abs() < 1e-3);
        assert_eq!(level / 40.0 * 10.0, 500.0);
    }
}
