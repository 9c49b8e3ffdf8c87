//! How long effort takes to show: the kernels of the grid.
//!
//! Work on content shows over months and its delay is gamma-shaped; money for
//! advertising shows at once and lingers geometrically.

use super::Driver;
use crate::stats::normal;

/// Months over which effort acts; what comes later is counted into the last ones.
pub const LAGS: usize = 24;

/// Shares of the effect by months since the effort; they add up to 1.
pub type Delay = [f64; LAGS];

const SHAPES: [f64; 3] = [1.0, 2.0, 3.0];
const MEANS: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 5.5, 7.5];
const RETENTIONS: [f64; 5] = [0.0, 0.1, 0.2, 0.3, 0.45];
/// Of the prior of the mean delay: half of those who practise it see an effect by then.
const MEDIAN_MONTHS: f64 = 3.5;
const LOG_DEVIATION: f64 = 0.5;

/// The delays that are possible for a driver, each with its prior weight; weights sum to 1.
#[must_use]
pub fn delays(driver: Driver) -> Vec<(Delay, f64)> {
    let listed: Vec<(Delay, f64)> = match driver {
        Driver::Money => RETENTIONS.iter().map(|r| (geometric(*r), 1.0)).collect(),
        Driver::Hours => {
            let prior = log_normal(&MEANS, MEDIAN_MONTHS, LOG_DEVIATION);
            let of_shape = |shape: &f64| {
                let shape = *shape;
                let means = MEANS.iter().zip(&prior);
                means.map(move |(mean, prior)| (gamma(shape, *mean), *prior))
            };
            SHAPES.iter().flat_map(of_shape).collect()
        }
    };
    let total: f64 = listed.iter().map(|(_, weight)| weight).sum();
    let shared = |(delay, weight)| (delay, weight / total);
    listed.into_iter().map(shared).collect()
}

/// The log-normal distribution on rising points: each has the chance of what lies nearer to
/// it, in logarithms, than to the others. Densities alone would favour points that stand
/// close together, and the median would not be the one that was asked for.
#[must_use]
pub fn log_normal(points: &[f64], median: f64, log_deviation: f64) -> Vec<f64> {
    let below = |index: usize| {
        let Some(end) = points.get(index + 1) else {
            return 1.0;
        };
        let border = 0.5 * (libm::log(points[index]) + libm::log(*end));
        normal::below((border - libm::log(median)) / log_deviation)
    };
    let mut last = 0.0;
    (0..points.len())
        .map(|index| {
            let (before, up_to) = (last, below(index));
            last = up_to;
            up_to - before
        })
        .collect()
}

/// `w_l ∝ (l + ½)^(shape - 1) exp(-(l + ½) shape / mean)`.
fn gamma(shape: f64, mean: f64) -> Delay {
    normalised(|lag| {
        let at = lag + 0.5;
        libm::pow(at, shape - 1.0) * libm::exp(-at * shape / mean)
    })
}

fn geometric(retention: f64) -> Delay {
    normalised(|lag| libm::pow(retention, lag))
}

fn normalised(weight: impl Fn(f64) -> f64) -> Delay {
    let mut delay = [0.0; LAGS];
    for (lag, place) in delay.iter_mut().enumerate() {
        *place = weight(lag as f64);
    }
    let total: f64 = delay.iter().sum();
    delay.map(|share| share / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden case G8.
    #[test]
    fn first_weights_of_mean_four_and_shape_two() {
        let delay = gamma(2.0, 4.0);
        for (lag, weight) in [
            0.096_376, 0.175_364, 0.177_273, 0.150_530, 0.117_387, 0.087_021,
        ]
        .iter()
        .enumerate()
        {
            assert!((delay[lag] - weight).abs() < 5e-7, "{lag}: {}", delay[lag]);
        }
    }

    #[test]
    fn the_median_is_the_one_asked_for_however_the_points_lie() {
        for points in [
            &[0.25, 0.5, 1.0, 1.69, 4.0, 20.0][..],
            &[0.1, 1.0, 1.69][..],
        ] {
            let weights = log_normal(points, 1.3, 0.9);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            // The border between 1 and 1.69 is at 1.3.
            let below: f64 = weights
                .iter()
                .zip(points)
                .filter(|(_, p)| **p < 1.3)
                .map(|(w, _)| w)
                .sum();
            assert!((below - 0.5).abs() < 1e-12, "{below}");
        }
    }

    #[test]
    fn all_effort_and_all_prior_is_shared_out() {
        for driver in [Driver::Hours, Driver::Money] {
            let delays = delays(driver);
            let prior: f64 = delays.iter().map(|(_, weight)| weight).sum();
            assert!((prior - 1.0).abs() < 1e-12);
            for (delay, _) in delays {
                assert!((delay.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
        // No retention: everything at once, also where 0 is raised to the power of 0.
        assert_eq!(geometric(0.0)[0], 1.0);
    }
}
